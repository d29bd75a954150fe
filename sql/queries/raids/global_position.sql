-- Tell where a player stands on a leaderboard over all raids; nothing for who does not.
-- returns: scalar
select
  case :category
    when 'clears' then b.clears_position
    when 'freshClears' then b.fresh_clears_position
    when 'sherpas' then b.sherpas_position
    when 'powerRankings' then b.wfr_score_position
    when 'speedrun' then b.speed_position
  end as position
from leaderboard.individual_global_leaderboard as b
where b.membership_id = :membership_id
