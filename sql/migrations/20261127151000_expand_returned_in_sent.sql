-- A message that was put back and sent once more is still to be waited for by the later ones of its order key.
-- migrate:up
alter table messages.sent add column returned boolean not null default false;

comment on column messages.sent.returned is 'Its consumer had put it back; later messages of its order_key wait until it is applied or dead.';

create index sent_returned_idx on messages.sent (queue, order_key, position) where returned and order_key is not null;

create index dead_letters_message_id_idx on messages.dead_letters (message_id);

-- migrate:down
drop index messages.dead_letters_message_id_idx;
alter table messages.sent drop column returned;
