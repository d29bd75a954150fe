-- List the runs that wait for a verdict and have a message in the verification queue.
-- returns: many
-- row: PendingVerificationResponse
select c.id, c.verification_id as verification_id
from core.completions as c
where not c.verified and c.verified_by is null and c.verification_id is not null
order by c.id
