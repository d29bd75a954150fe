-- Forget some answers of before a time.
-- returns: count
-- writes: web.answers
delete from web.answers
where id = any(array(
  select a.id
  from web.answers as a
  where a.answered_at < :before
  order by a.answered_at
  limit :n
))
