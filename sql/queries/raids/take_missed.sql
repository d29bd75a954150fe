-- Take ids that are due for another try; until it is recorded nobody else takes them, for five minutes at most.
-- returns: many
-- writes: crawl.missed
update crawl.missed as m
set attempts = m.attempts + 1, due_at = now() + interval '5 minutes'
from (
  select d.instance_id
  from crawl.missed as d
  where d.state = 'missed'
    and d.due_at <= now()
  order by d.due_at
  limit :n
  for update skip locked
) as d
where m.instance_id = d.instance_id
returning m.instance_id, m.attempts
