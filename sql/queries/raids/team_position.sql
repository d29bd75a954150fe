-- Tell the best place of a player's teams among the first of a version of a raid; nothing without one.
-- returns: value
select min(c.position) as position
from leaderboard.team_activity_version_leaderboard as c
join definitions.activity_definition as a on a.id = c.activity_id
join definitions.version_definition as d on d.id = c.version_id
where a.path = :raid
  and d.path = :version
  and c.membership_ids @> to_jsonb(:membership_id::bigint)
