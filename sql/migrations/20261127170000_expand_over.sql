-- When a message is over for those that wait behind it, in one place.
-- migrate:up
create function messages.is_over(queue text, message_id uuid) returns boolean
language sql stable
as $$
    -- Applied, or given up: a letter that was replayed lives on, one that was edited does so under another id.
    select exists (
        select from messages.inbox as i where i.consumer = is_over.queue and i.message_id = is_over.message_id
    ) or exists (
        select
        from messages.dead_letters as d
        left join messages.dead_letter_actions as a on a.id = d.action_id
        where d.queue = is_over.queue
          and d.message_id = is_over.message_id
          and (d.state <> 'replayed' or a.what = 'edit')
    )
$$;

-- migrate:down
drop function messages.is_over(text, uuid);
