-- Count for each difficulty, easiest first, the maps of a kind and how many of them a user has completed, with medals.
-- returns: many
-- type: difficulty = DifficultyTop
with completed as (
  select
    c.difficulty,
    sum(c.completions)::bigint as completed,
    sum(c.gold)::bigint as gold,
    sum(c.silver)::bigint as silver,
    sum(c.bronze)::bigint as bronze
  from ranks.counts as c
  where c.user_id = :user_id
    and c.official = :official
    /*[ and c.playable = :playable ]*/
  group by c.difficulty
),
existing as (
  select maps.top_difficulty(m.difficulty) as difficulty, count(*) as total
  from core.maps as m
  where m.official = :official
    /*[ and (not m.archived and m.playtesting = 'Approved') = :playable ]*/
  group by 1
)
select
  k.difficulty,
  coalesce(c.completed, 0) as completed,
  coalesce(c.gold, 0) as gold,
  coalesce(c.silver, 0) as silver,
  coalesce(c.bronze, 0) as bronze,
  coalesce(e.total, 0) as total
from ranks.skill_ranks as k
left join completed as c on c.difficulty = k.difficulty
left join existing as e on e.difficulty = k.difficulty
where k.difficulty is not null
order by k.position
