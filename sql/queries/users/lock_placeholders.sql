-- Let placeholders be added one after the other, until the transaction ends.
-- returns: value
select count(pg_advisory_xact_lock(hashtextextended('placeholders', 0))) as locked
