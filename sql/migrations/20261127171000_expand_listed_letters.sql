-- Dead letters are listed newest first, by their state, mostly of one queue.
-- migrate:up
create index dead_letters_state_idx on messages.dead_letters (state, id);
create index dead_letters_queue_idx on messages.dead_letters (queue, state, id);

-- migrate:down
drop index messages.dead_letters_queue_idx;
drop index messages.dead_letters_state_idx;
