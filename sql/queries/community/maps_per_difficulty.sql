-- Count the official maps that everybody sees, by difficulty, easiest first; difficulties without maps are left out.
-- returns: many
-- type: difficulty = DifficultyTop
-- row: MapPerDifficultyStatisticsResponse
select k.difficulty as difficulty, count(*) as amount
from core.maps as m
join ranks.skill_ranks as k on k.difficulty = maps.top_difficulty(m.difficulty)
where m.official and not m.archived and not m.hidden
group by k.position, k.difficulty
order by k.position
