-- Flag a run as suspicious.
-- returns: count
-- writes: users.suspicious_flags
insert into users.suspicious_flags (user_id, completion_id, context, flag_type, flagged_by)
select c.user_id, c.id, :context, :flag_type, :flagged_by
from core.completions as c
where c.id = :completion_id
