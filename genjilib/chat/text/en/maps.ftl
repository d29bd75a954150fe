# Maps: finding them, their guides.

map-search = Maps
map-category = Category
map-tags = Tags
map-rating = Rating
map-your-time = Your time
map-linked = Linked code
map-playtest = Playtest
map-details = Details of { $code }
map-submitted = { $code } is submitted. Its playtest is about to begin.
map-changed = { $code } is changed.
map-again = It is tried again, and its runs become legacy.
map-creators-confirm = { $code } was made by { $names }?
map-link = Link { $official } and { $unofficial }?
map-link-done = The codes are linked.
map-unlink = Unlink { $official } and { $unofficial }?
map-unlink-done = The codes are no longer linked.
guide-remove = Remove the guide of { $name } to { $code }?
map-title = Title
map-edit-collect = Changes of { $code }
map-edit-nothing = Nothing is changed yet.
map-edit-facts = Facts
map-edit-contents = Contents
map-edit-texts = Texts
map-edit-done = Done

guide-list = Guides to { $code }
guide-confirm = Add this guide to { $code }? { $url }
guide-added = Your guide to { $code } is added.

error-guide-not-found = There is no such guide to this map.
error-guide-exists = You have a guide to this map already.
error-already-in-playtest = The map is in playtest already.
error-map-code-exists = There is a map with this code already.
error-medal-order = Medal times must rise from gold to silver to bronze.
error-medals-incomplete = A map has all three medals or none.
error-nothing-to-change = Nothing is to be changed.
error-checkpoints-unreadable = The number of checkpoints is a number.
