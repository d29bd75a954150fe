-- Return a page of the leaderboard of one raid, by one of its categories.
-- order: clears = b.clears_position
-- order: freshClears = b.fresh_clears_position
-- order: sherpas = b.sherpas_position
-- order: timePlayed = b.total_time_played_position
-- returns: many
select
  c.position as "position!", c.rank as "rank!", c.value as "value!", p.membership_id::text as membership_id,
  p.membership_type, p.bungie_name, p.icon_path
from leaderboard.individual_raid_leaderboard as b
join definitions.activity_definition as a on a.id = b.activity_id
join core.player as p on p.membership_id = b.membership_id
cross join lateral (
  values
    ('clears', b.clears_position, b.clears_rank, b.clears),
    ('freshClears', b.fresh_clears_position, b.fresh_clears_rank, b.fresh_clears),
    ('sherpas', b.sherpas_position, b.sherpas_rank, b.sherpas),
    ('timePlayed', b.total_time_played_position, b.total_time_played_rank, b.total_time_played)
) as c (category, position, rank, value)
where a.path = :raid
  and c.category = :category
order by b.clears_position /*order*/
limit :size offset :skip
