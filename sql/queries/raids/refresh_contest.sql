-- Compute leaderboard.world_first_contest_leaderboard anew, while it is read.
-- returns: none
-- writes: leaderboard.world_first_contest_leaderboard
refresh materialized view concurrently leaderboard.world_first_contest_leaderboard
