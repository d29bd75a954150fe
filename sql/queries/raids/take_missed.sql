-- Take ids that are due for another try; until it is recorded nobody else takes them, for five minutes at most.
-- returns: many
-- writes: crawl.missed
update crawl.missed as m
set attempts = m.attempts + 1, due_at = now() + interval '5 minutes'
where m.instance_id = any(array(
  -- An array is few to the planner; a join would be with a tenth of all, and read the table from end to end.
  select d.instance_id
  from crawl.missed as d
  where d.state = 'missed'
    and d.due_at <= now()
  order by d.due_at
  limit :n
  for update skip locked
))
returning m.instance_id, m.attempts
