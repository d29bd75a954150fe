-- Put a message back into the outbox behind an earlier one of its order key that has to be applied first.
-- While that one travels through RabbitMQ, each wait is as long as it has travelled since it was last sent, up to
-- ten seconds.
-- returns: none
-- writes: messages.outbox
insert into messages.outbox (
  message_id, position, queue, version, body, order_key, job_id, attempts, returned, run_at, created_at,
  trace, causation, replay_of
)
select
  :message_id, :position, :queue, :version, :body::text::jsonb, :order_key, :job_id, :attempt - 1, true,
  greatest(
    clock_timestamp() + interval '50 milliseconds',
    (
      select max(e.run_at)
      from messages.outbox as e
      where e.queue = :queue and e.order_key = :order_key and e.position < :position
    ),
    (
      select clock_timestamp() + least(clock_timestamp() - e.sent_at, interval '10 seconds')
      from (
        select s.message_id, s.sent_at
        from messages.sent as s
        where s.queue = :queue and s.order_key = :order_key and s.position < :position and s.returned
        union all
        (
          select s.message_id, s.sent_at
          from messages.sent as s
          where s.queue = :queue and s.order_key = :order_key and s.position < :position
          order by s.position desc, s.sent_at desc
          limit 1
        )
      ) as e
      where e.sent_at > now() - interval '1 hour' and not messages.is_over(:queue, e.message_id)
      order by e.sent_at desc
      limit 1
    )
  ),
  :created_at, :trace, :causation, :replay_of
-- A relay may hold the row still: it must be gone, or be changed, before this one counts.
on conflict (message_id) do update
set run_at = excluded.run_at,
    returned = true
