-- Return who stands among the first on any leaderboard of all raids or of one, where a platform can be asked.
-- returns: many
-- slow: every leaderboard is looked through
select p.membership_id, p.membership_type
from core.player as p
where p.membership_id in (
    select b.membership_id
    from leaderboard.individual_global_leaderboard as b
    where least(
        b.clears_rank, b.fresh_clears_rank, b.sherpas_rank, b.total_time_played_rank, b.wfr_score_rank, b.speed_rank
      ) <= :top
    union
    select b.membership_id
    from leaderboard.individual_raid_leaderboard as b
    where least(b.clears_rank, b.fresh_clears_rank, b.sherpas_rank, b.total_time_played_rank) <= :top
  )
  and p.membership_type not in (0, 4)
order by p.membership_id
