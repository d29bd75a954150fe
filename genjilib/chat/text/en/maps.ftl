# Maps: finding them, their guides.

map-search = Maps
map-category = Category
map-tags = Tags
map-rating = Rating
map-your-time = Your time
map-linked = Linked code
map-playtest = Playtest

guide-list = Guides to { $code }
guide-confirm = Add this guide to { $code }? { $url }
guide-added = Your guide to { $code } is added.

error-guide-not-found = There is no such guide to this map.
error-guide-exists = You have a guide to this map already.
