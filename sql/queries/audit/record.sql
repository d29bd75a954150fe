-- Keep that somebody decided something about a run, map, playtest or player; the action names the kind.
-- Nothing is kept of what no person did: the keys of services have no user.
-- returns: none
-- null: actor_id, reason
-- writes: audit.entries
insert into audit.entries (actor_id, action, subject_id, reason)
select :actor_id::bigint, :action, :subject_id, nullif(:reason, '')
where :actor_id is not null
