-- Take the right to refresh leaderboards until the transaction ends; false while somebody else has it.
-- returns: value
select pg_try_advisory_xact_lock(hashtext('leaderboard')) as taken
