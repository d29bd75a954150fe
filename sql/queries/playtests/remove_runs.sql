-- Remove the runs of a playtest's map that were submitted since it began; returns the messages that showed waiting ones.
-- returns: many
-- writes: core.completions
with removed as (
  delete from core.completions as c
  using playtests.meta as p
  where p.id = :playtest_id and c.map_id = p.map_id and c.inserted_at >= p.created_at
  returning c.id, c.verification_id, c.verified, c.verified_by
)
select r.verification_id
from removed as r
where r.verification_id is not null and not r.verified and r.verified_by is null
order by r.id
