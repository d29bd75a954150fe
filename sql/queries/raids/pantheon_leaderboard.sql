-- Return a page of the leaderboard of one version of the Pantheon, by one of its categories.
-- order: clears = b.clears_position
-- order: freshClears = b.fresh_clears_position
-- order: score = b.score_position
-- returns: many
select
  c.position as "position!", c.rank as "rank!", c.value as "value!", p.membership_id::text as membership_id,
  p.membership_type, p.bungie_name, p.icon_path
from leaderboard.individual_pantheon_version_leaderboard as b
join core.player as p on p.membership_id = b.membership_id
cross join lateral (
  values
    ('clears', b.clears_position, b.clears_rank, b.clears),
    ('freshClears', b.fresh_clears_position, b.fresh_clears_rank, b.fresh_clears),
    ('score', b.score_position, b.score_rank, b.score)
) as c (category, position, rank, value)
where b.version_id = :version_id
  and c.category = :category
order by b.clears_position /*order*/
limit :size offset :skip
