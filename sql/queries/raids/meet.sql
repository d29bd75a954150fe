-- Give players who were never seen a row; what is known about them is written with their first instance.
-- returns: none
-- writes: core.player
insert into core.player (membership_id, last_seen)
select p.membership_id, 'epoch'
from unnest(:membership_ids::bigint[]) as p (membership_id)
order by p.membership_id
on conflict (membership_id) do nothing
