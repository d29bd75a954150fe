-- Compute leaderboard.individual_global_leaderboard anew, while it is read.
-- returns: none
-- writes: leaderboard.individual_global_leaderboard
refresh materialized view concurrently leaderboard.individual_global_leaderboard
