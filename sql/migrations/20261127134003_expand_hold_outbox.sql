-- A way to keep every relay from publishing for as long as a transaction lasts.
-- migrate:up
create function messages.hold_outbox() returns boolean
language plpgsql volatile
as $$
begin
    -- Waits for batches that are being published, and lets nobody claim or emit until the transaction ends.
    lock table messages.outbox in exclusive mode;
    return true;
end
$$;

-- migrate:down
drop function messages.hold_outbox();
