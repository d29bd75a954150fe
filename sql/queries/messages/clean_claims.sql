-- Forget some claims of before a time.
-- returns: count
-- writes: public.processed_messages
delete from public.processed_messages
where idempotency_key = any(array(
  select p.idempotency_key
  from public.processed_messages as p
  where p.claimed_at < :before
  order by p.claimed_at
  limit :n
))
