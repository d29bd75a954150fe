-- Reject a waiting run because its player submitted a faster one.
-- returns: none
-- writes: core.completions
update core.completions
set verified_by = :verified_by, reason = :reason
where id = :completion_id
