-- Take a claim back, so that the message can be taken on again.
-- returns: count
-- writes: public.processed_messages
delete from public.processed_messages
where idempotency_key = :key
