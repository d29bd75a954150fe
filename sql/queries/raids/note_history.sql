-- Note that a player's history was read; an account that shows none is private.
-- returns: none
-- writes: core.player
update core.player as p
set history_last_crawled = now(), is_private = :is_private
where p.membership_id = :membership_id
