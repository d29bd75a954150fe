-- Note that a consumer takes a message on; no row when somebody did before.
-- returns: count
-- writes: public.processed_messages
insert into public.processed_messages (idempotency_key)
values (:key)
on conflict (idempotency_key) do nothing
