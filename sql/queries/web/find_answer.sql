-- Return what was answered to an Idempotency-Key; nothing when it was never used.
-- returns: maybe
select a.request, a.status, a.content_type, a.body
from web.answers as a
where a.id = :id
