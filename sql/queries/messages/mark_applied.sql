-- Note messages as applied, in the transaction of their effect; returns those that were not applied before.
-- returns: many
-- writes: messages.inbox
insert into messages.inbox (consumer, message_id)
select :consumer, m.message_id
from unnest(:ids::uuid[]) as m (message_id)
order by m.message_id
on conflict do nothing
returning message_id
