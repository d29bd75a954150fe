-- Wake the relays once the transaction commits.
-- returns: scalar
-- writes: messages.outbox
select messages.wake()
