-- Return what is known about asking Bungie for a player.
-- returns: maybe
select p.membership_id, p.membership_type, p.last_crawled, p.history_last_crawled
from core.player as p
where p.membership_id = :membership_id
