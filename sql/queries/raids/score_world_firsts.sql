-- Score everybody's best place in each contest for the world's first: more for later raids, less by the root of it.
-- The players that change are locked in the order that everybody locks them in.
-- returns: count
-- scan: everybody is scored anew, by schedule
-- writes: core.player
with places as (
  select m.membership_id, c.activity_id, min(c.rank) as rank
  from leaderboard.world_first_contest_leaderboard as c
  cross join lateral jsonb_array_elements(c.membership_ids) as e (id)
  cross join lateral (select e.id::bigint as membership_id) as m
  group by m.membership_id, c.activity_id
), scores as (
  select p.membership_id, sum(power(1.25::float8, p.activity_id - 1) / sqrt(p.rank::float8)) as score
  from places as p
  group by p.membership_id
), changed as (
  select p.membership_id, coalesce(s.score, 0) as score
  from core.player as p
  left join scores as s on s.membership_id = p.membership_id
  where p.wfr_score <> coalesce(s.score, 0)
  order by p.membership_id
  for no key update of p
)
update core.player as p
set wfr_score = c.score
from changed as c
where p.membership_id = c.membership_id
