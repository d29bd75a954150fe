-- Compute leaderboard.individual_raid_leaderboard anew, while it is read.
-- returns: none
-- writes: leaderboard.individual_raid_leaderboard
refresh materialized view concurrently leaderboard.individual_raid_leaderboard
