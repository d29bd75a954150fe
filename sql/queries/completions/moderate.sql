-- Correct a run's time or its verdict; who gave the verdict stays.
-- returns: none
-- writes: core.completions
update core.completions
set
  /*[ time = :time, ]*/
  /*[ verified = :verified, ]*/
  reason = reason
where id = :completion_id
