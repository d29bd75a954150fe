-- Note that Bungie was asked for a player and has nothing to tell.
-- returns: none
-- writes: core.player
update core.player as p
set last_crawled = now()
where p.membership_id = :membership_id
