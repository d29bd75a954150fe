-- Keep every relay from publishing until the transaction ends.
-- returns: scalar
-- writes: messages.outbox
select messages.hold_outbox() as held
