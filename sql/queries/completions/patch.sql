-- Change the given fields of a run; returns 0 when there is no such run.
-- returns: count
-- writes: core.completions
update core.completions
set
  /*[ message_id = :message_id, ]*/
  /*[ verification_id = :verification_id, ]*/
  /*[ completion = :completion, ]*/
  /*[ legacy = :legacy, ]*/
  /*[ legacy_medal = :legacy_medal, ]*/
  /*[ wr_xp_check = :wr_xp_check, ]*/
  reason = reason
where id = :completion_id
