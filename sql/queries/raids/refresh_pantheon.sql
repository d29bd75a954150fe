-- Compute leaderboard.individual_pantheon_version_leaderboard anew, while it is read.
-- returns: none
-- writes: leaderboard.individual_pantheon_version_leaderboard
refresh materialized view concurrently leaderboard.individual_pantheon_version_leaderboard
