# Playtests and the maps they are about.

playtest-title = Playtest of { $code }
playtest-closed = Playtest closed
playtest-accepted = The map was accepted as { $difficulty }.

map-code = Code
map-name = Map
map-difficulty = Difficulty
map-creators = By
map-checkpoints = Checkpoints
map-mechanics = Mechanics
map-restrictions = Restrictions
map-medals = Gold / silver / bronze
map-description = Description
