-- Write a verdict on a run.
-- returns: none
-- writes: core.completions
update core.completions
set verified = :verified, verified_by = :verified_by, reason = :reason
where id = :completion_id
