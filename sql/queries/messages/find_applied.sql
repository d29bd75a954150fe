-- Tell which messages have their effect in the database already.
-- returns: many
select message_id
from messages.inbox
where consumer = :consumer
  and message_id = any(:ids::uuid[])
