-- Compute leaderboard.clan_leaderboard anew, while it is read.
-- returns: none
-- writes: leaderboard.clan_leaderboard
refresh materialized view concurrently leaderboard.clan_leaderboard
