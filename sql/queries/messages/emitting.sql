-- Tell whether a transaction is open that has put messages into the outbox.
-- returns: scalar
select messages.emitting() as "emitting!"
