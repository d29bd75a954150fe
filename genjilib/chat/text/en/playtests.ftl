# Playtests and the maps they are about.

playtest-title = Playtest of { $code }
playtest-closed = Playtest closed
playtest-accepted = The map was accepted as { $difficulty }.
playtest-approved = The map was accepted as { $difficulty }, the average of the votes.
playtest-denied = The map was rejected.
playtest-opened = { $creator } Your map can be tried here.
playtest-voted = { $name } voted { $difficulty }.
playtest-unvoted = { $name } took the vote back.
playtest-enough = { $creator } The map has the votes it needs: { $count }.
playtest-vote = Vote
playtest-unvote = Remove vote
playtest-ballot = How hard is the map?
playtest-vote-kept = Your vote: { $difficulty }.
playtest-vote-gone = Your vote is taken back.
playtest-reset = The playtest starts over.
playtest-reset-votes = All votes were removed.
playtest-reset-runs = All runs since its beginning were removed.

map-code = Code
map-name = Map
map-difficulty = Difficulty
map-creators = By
map-checkpoints = Checkpoints
map-mechanics = Mechanics
map-restrictions = Restrictions
map-medals = Gold / silver / bronze
map-votes = Votes
map-description = Description

error-no-verified-run = Only players with a verified run of the map may vote.
error-own-map = Creators do not vote on their own map.
error-playtest-over = This playtest is over already.
error-vote-not-found = You have no vote here.
