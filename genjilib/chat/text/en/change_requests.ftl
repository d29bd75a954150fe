# Requests to change a map.

change-form = Change request for { $code }
change-kind = What kind of change?
change-text = What shall be changed?
change-difficulty = Difficulty change
change-geometry = Map geometry
change-edit = Map edit required
change-framework = Framework or workshop
change-other = Other
change-made = Your request has a thread: { $thread }
change-open = { $code } has { $count ->
    [one] an open request
   *[other] { $count } open requests
}
change-another = Ask for something else
change-by = Asked by
change-confirm = The change is made
change-deny = Nothing will be changed
change-ask-archive = Archive the map instead
change-close = Close (team)
change-closed = The request is closed.
change-confirmed = The change is made.
change-denied = Nothing will be changed.
change-archive = The map shall be archived.
change-answered = The team was called.
change-stale = { $called } This request has been open for two weeks.

error-change-empty = A request says what shall be changed.
error-change-not-found = There is no such request.
error-change-over = This request is closed already.
