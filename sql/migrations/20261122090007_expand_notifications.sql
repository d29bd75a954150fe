-- What a player is told, by which channels, and what became of it.
-- migrate:up
create table notifications.events (
    id bigserial,
    user_id bigint not null,
    event_type text not null,
    title text not null,
    body text not null,
    metadata jsonb,
    created_at timestamptz not null default now(),
    read_at timestamptz,
    dismissed_at timestamptz,
    constraint events_pkey primary key (id),
    constraint events_user_id_fkey foreign key (user_id)
        references core.users (id) on update cascade on delete cascade
);

create index idx_notifications_events_user_active on notifications.events (user_id, created_at desc)
    where dismissed_at is null;
create index idx_notifications_events_user_unread on notifications.events (user_id, created_at desc)
    where read_at is null;
create unique index uq_notifications_quest_rotation
    on notifications.events (user_id, event_type, (metadata ->> 'rotation_id'))
    where event_type = 'quest_rotation';

create table notifications.preferences (
    user_id bigint not null,
    event_type text not null,
    channel text not null,
    enabled boolean not null default true,
    constraint preferences_pkey primary key (user_id, event_type, channel),
    constraint preferences_user_id_fkey foreign key (user_id)
        references core.users (id) on update cascade on delete cascade
);

create index idx_notifications_preferences_user on notifications.preferences (user_id);

create table notifications.delivery_log (
    id bigserial,
    event_id bigint not null,
    channel text not null,
    status text not null,
    attempted_at timestamptz,
    delivered_at timestamptz,
    error_message text,
    constraint delivery_log_pkey primary key (id),
    constraint delivery_log_event_id_channel_key unique (event_id, channel),
    constraint delivery_log_event_id_fkey foreign key (event_id)
        references notifications.events (id) on update cascade on delete cascade
);

create index idx_notifications_delivery_pending on notifications.delivery_log (status, attempted_at)
    where status = 'pending';

-- migrate:down
drop table notifications.delivery_log;
drop table notifications.preferences;
drop table notifications.events;
