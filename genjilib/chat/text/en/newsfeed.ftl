# Entries of the newsfeed.

news-record = Record on { $code }
news-new-map = New map { $code }
news-archive = { $code } was archived
news-unarchive = { $code } is back from the archive
news-bulk-archive = Maps were archived
news-bulk-unarchive = Maps are back from the archive
news-guide = Guide to { $code }
news-legacy = { $code } has legacy records now
news-legacy-count = { $count ->
    [one] One run became legacy.
   *[other] { $count } runs became legacy.
}
news-map-edit = { $code } was changed
news-yes = yes
news-no = no
news-role = New roles
news-linked = Two codes were linked
news-unlinked = Two codes are no longer linked
news-announcement = Announcement
