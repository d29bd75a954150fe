-- Record how the delivery of a notification through one channel ended.
-- returns: none
-- writes: notifications.delivery_log
insert into notifications.delivery_log (event_id, channel, status, attempted_at, delivered_at, error_message)
values (:event_id, :channel, :status::text, now(), case when :status::text = 'delivered' then now() end, :error_message)
on conflict (event_id, channel) do update
set
  status = excluded.status,
  attempted_at = excluded.attempted_at,
  delivered_at = excluded.delivered_at,
  error_message = excluded.error_message
