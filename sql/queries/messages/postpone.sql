-- Let messages that RabbitMQ had no place for wait: 1 s, doubled each time, at most a minute.
-- returns: none
-- writes: messages.outbox
update messages.outbox
set refusals = refusals + 1,
    returned = true,
    run_at = now() + least(60, 2 ^ least(refusals, 6)) * interval '1 second'
where message_id = any(:ids::uuid[])
