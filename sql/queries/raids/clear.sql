-- Take an instance off the blacklist; no check puts it there again.
-- returns: none
-- writes: flagging.blacklist_instance, core.instance
with taken_back as (
  delete from flagging.blacklist_instance as b
  where b.instance_id = :instance_id
)
update core.instance as i
set is_whitelisted = true
where i.instance_id = :instance_id
