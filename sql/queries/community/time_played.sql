-- Add up the times of all verified runs by the difficulty of their maps, easiest first.
-- returns: many
-- type: difficulty = DifficultyTop
-- row: TimePlayedPerRankResponse
select sum(t.seconds)::float8 as total_seconds, k.difficulty as difficulty
from completions.totals as t
join core.maps as m on m.id = t.map_id
join ranks.skill_ranks as k on k.difficulty = maps.top_difficulty(m.difficulty)
where t.seconds > 0
group by k.position, k.difficulty
order by k.position
