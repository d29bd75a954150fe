-- Tell the best place of a player's teams in a raid's contest; nothing without one.
-- returns: value
select min(c.position) as position
from leaderboard.world_first_contest_leaderboard as c
join definitions.activity_definition as a on a.id = c.activity_id
where a.path = :raid
  and c.membership_ids @> to_jsonb(:membership_id::bigint)
