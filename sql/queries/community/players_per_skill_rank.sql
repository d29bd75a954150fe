-- Count the players of each skill rank, lowest first.
-- returns: many
-- row: PlayersPerSkillTierResponse
select k.name as tier, count(p.user_id) as amount
from ranks.skill_ranks as k
left join ranks.players as p on p.skill_rank = k.position
group by k.position, k.name
order by k.position
