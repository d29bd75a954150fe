-- Reserve an Idempotency-Key until the transaction ends; false while another request has it.
-- returns: value
-- writes: web.answers
select pg_try_advisory_xact_lock(hashtextextended(encode(:id::bytea, 'hex'), 0)) as locked
