-- Keep that somebody decided something about a run, playtest or edit; the action names the kind.
-- returns: none
-- null: reason
-- writes: audit.entries
insert into audit.entries (actor_id, action, subject_id, reason)
values (:actor_id, :action, :subject_id, nullif(:reason, ''))
