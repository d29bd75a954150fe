-- Tell where a player stands on a leaderboard of one version of the Pantheon; nothing for who does not.
-- returns: scalar
select
  case :category
    when 'clears' then b.clears_position
    when 'freshClears' then b.fresh_clears_position
    when 'score' then b.score_position
  end as position
from leaderboard.individual_pantheon_version_leaderboard as b
where b.membership_id = :membership_id
  and b.version_id = :version_id
