-- Change the given fields of a playtest; returns 0 when the thread is unknown.
-- returns: count
-- writes: playtests.meta
update playtests.meta
set
  /*[ thread_id = :new_thread_id, ]*/
  /*[ verification_id = :verification_id, ]*/
  /*[ completed = :completed, ]*/
  map_id = map_id
where thread_id = :thread_id
