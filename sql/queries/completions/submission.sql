-- Return a run as a moderator judges it, with the rank and medal it would have among the verified full runs.
-- returns: maybe
-- type: hypothetical_medal = Medal
-- type: difficulty = Difficulty
-- row: CompletionSubmissionResponse
select
  c.id,
  c.user_id,
  c.time::float8 as time,
  c.screenshot,
  c.video,
  c.verified,
  c.completion,
  c.inserted_at,
  m.code as "code!",
  m.difficulty,
  m.map_name,
  r.rank as hypothetical_rank,
  case when r.rank is not null then maps.medal(c.time, d.gold, d.silver, d.bronze) end as hypothetical_medal,
  n.name as name,
  n.also_known_as as also_known_as,
  c.verified_by,
  c.verification_id,
  c.message_id,
  exists(
    select from users.suspicious_flags as f join core.completions as o on o.id = f.completion_id
    where o.user_id = c.user_id
  ) as suspicious
from core.completions as c
join core.maps as m on m.id = c.map_id
join users.names as n on n.user_id = c.user_id
left join maps.medals as d on d.map_id = c.map_id
left join lateral (
  select count(*) + 1 as rank
  from completions.current as s
  where s.map_id = c.map_id and s.user_id <> c.user_id and not s.partial and not s.legacy and s.time < c.time
) as r on not c.completion
where c.id = :completion_id
