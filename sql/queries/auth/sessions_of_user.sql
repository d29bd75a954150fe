-- List a user's sessions that have not expired, the one used last first.
-- returns: many
-- row: SessionInfo
select s.id, s.last_activity, s.ip_address, s.user_agent
from users.sessions as s
where s.user_id = :user_id and s.last_activity > now() - :life::interval
order by s.last_activity desc, s.id
limit 100
