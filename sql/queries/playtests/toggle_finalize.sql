-- Let creators of a playtest's map finalize with few votes, or no longer; returns whether they may now.
-- returns: value
-- writes: playtests.meta
update playtests.meta
set finalize_allowed = not finalize_allowed
where id = :playtest_id
returning finalize_allowed
