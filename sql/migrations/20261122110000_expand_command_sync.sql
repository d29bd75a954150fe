-- What the bot last told Discord about its commands, so that a start without a change tells nothing.
-- migrate:up
create schema bot;

create table bot.command_syncs (
    application_id bigint not null,
    guild_id bigint not null,
    hash text not null,
    commands jsonb not null,
    synced_at timestamptz not null default now(),
    constraint command_syncs_pkey primary key (application_id, guild_id)
);

-- migrate:down
drop table bot.command_syncs;
drop schema bot;
