-- Note that the team was told of a kind of dead letters.
-- returns: none
-- writes: messages.alerts
insert into messages.alerts (queue, error, last_id)
values (:queue, :error, :last_id)
on conflict (queue, error) do update
set last_id = excluded.last_id,
    alerted_at = now()
