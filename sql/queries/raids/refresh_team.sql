-- Compute leaderboard.team_activity_version_leaderboard anew, while it is read.
-- returns: none
-- writes: leaderboard.team_activity_version_leaderboard
refresh materialized view concurrently leaderboard.team_activity_version_leaderboard
