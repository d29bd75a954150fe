-- Return a page of the leaderboard over all raids, by one of its categories.
-- order: clears = b.clears_position
-- order: freshClears = b.fresh_clears_position
-- order: sherpas = b.sherpas_position
-- order: powerRankings = b.wfr_score_position
-- order: speedrun = b.speed_position
-- returns: many
select
  c.position, c.rank as "rank!", c.value::float8 as "value!", p.membership_id::text as membership_id,
  p.membership_type, p.bungie_name, p.icon_path
from leaderboard.individual_global_leaderboard as b
join core.player as p on p.membership_id = b.membership_id
cross join lateral (
  values
    ('clears', b.clears_position, b.clears_rank, b.clears::float8),
    ('freshClears', b.fresh_clears_position, b.fresh_clears_rank, b.fresh_clears::float8),
    ('sherpas', b.sherpas_position, b.sherpas_rank, b.sherpas::float8),
    ('powerRankings', b.wfr_score_position, b.wfr_score_rank, b.wfr_score),
    ('speedrun', b.speed_position, b.speed_rank, b.speed::float8)
) as c (category, position, rank, value)
where c.category = :category
  and c.position is not null
order by b.clears_position /*order*/
limit :size offset :skip
