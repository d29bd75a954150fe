-- Newsfeed, API keys, change requests, jobs, handled messages, kept answers, the team's decisions, command statistics, the
-- bot's commands and its text tags.
-- migrate:up
create table public.newsfeed (
    id integer generated always as identity,
    "timestamp" timestamptz not null default now(),
    payload json not null,
    event_type text generated always as (payload ->> 'type') stored,
    constraint newsfeed_pkey primary key (id)
);

create index newsfeed_id_desc_idx on public.newsfeed (id desc);
create index newsfeed_type_idx on public.newsfeed (event_type);

create table public.auth_users (
    id integer generated always as identity,
    username text not null,
    info text,
    constraint auth_users_pkey primary key (id)
);

create table public.api_tokens (
    id bigserial,
    user_id bigint,
    api_key text not null,
    is_superuser boolean default false,
    scopes text[] default '{}',
    name text,
    prefix text,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    constraint api_tokens_pkey primary key (id),
    constraint api_tokens_api_key_key unique (api_key),
    constraint api_tokens_user_id_fkey foreign key (user_id) references public.auth_users (id)
);

create table public.change_requests (
    thread_id bigint not null,
    code text,
    user_id bigint not null,
    resolved boolean default false,
    created_at timestamptz not null default current_timestamp,
    change_request_type text not null,
    content text not null,
    creator_mentions text not null,
    alerted boolean default false,
    constraint change_requests_pkey primary key (thread_id),
    constraint change_requests_code_fkey foreign key (code)
        references core.maps (code) on update cascade on delete cascade,
    constraint change_requests_user_id_fkey foreign key (user_id)
        references core.users (id) on update cascade on delete cascade
);

create index change_requests_code_idx on public.change_requests (code, created_at desc);
create index change_requests_stale_idx on public.change_requests (created_at)
    where resolved is not true and alerted is not true;

create table public.jobs (
    id uuid not null,
    action text not null,
    status public.job_status not null default 'queued',
    error_code text,
    error_msg text,
    attempts integer not null default 0,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    -- When it was last queued: a replayed job is as fresh as a new one.
    queued_at timestamptz not null default now(),
    constraint jobs_pkey primary key (id)
);

create index jobs_status_created_at_idx on public.jobs (status, created_at);

create table public.processed_messages (
    idempotency_key text not null,
    processed_at timestamptz not null default now(),
    claimed_at timestamptz not null default now(),
    constraint processed_messages_pkey primary key (idempotency_key)
);

create index processed_messages_claimed_at_idx on public.processed_messages (claimed_at);

create schema web;

create table web.answers (
    id bytea not null,
    request bytea not null,
    operation text not null,
    caller text not null,
    status smallint not null,
    content_type text,
    body bytea,
    answered_at timestamptz not null default now(),
    constraint answers_pkey primary key (id)
);

comment on table web.answers is 'What was answered to a request with an Idempotency-Key, written in the transaction of its effect.';
comment on column web.answers.id is 'Keyed hash of the caller''s API key and the Idempotency-Key.';
comment on column web.answers.request is 'Keyed hash of what was asked: a repetition must ask the same.';
comment on column web.answers.body is 'Null where there is none, or where it holds a secret.';

create index answers_answered_at_idx on web.answers (answered_at);

create schema audit;

-- What the team decided: who did what to which run, playtest or edit, and why. Rows are only added.
create table audit.entries (
    id bigint generated always as identity,
    made_at timestamptz not null default now(),
    actor_id bigint not null,
    action text not null,
    subject_id bigint not null,
    reason text,
    constraint entries_pkey primary key (id)
);

create index entries_subject_idx on audit.entries (subject_id, action);

create table public.analytics (
    command_name text not null,
    user_id bigint not null,
    created_at timestamptz not null,
    namespace jsonb,
    constraint analytics_pkey primary key (command_name, user_id, created_at)
);

create index analytics_command_name_date_idx on public.analytics (command_name, created_at);
create index analytics_command_name_idx on public.analytics (command_name);
create index analytics_date_idx on public.analytics (created_at);

create schema bot;

-- What the bot last told Discord about its commands, so that a start without a change tells nothing.
create table bot.command_syncs (
    application_id bigint not null,
    guild_id bigint not null,
    hash text not null,
    commands jsonb not null,
    synced_at timestamptz not null default now(),
    constraint command_syncs_pkey primary key (application_id, guild_id)
);

create table public.tags (
    id serial,
    name text,
    content text,
    owner_id bigint,
    uses integer default 0,
    location_id bigint,
    created_at timestamp default (now() at time zone 'utc'),
    constraint tags_pkey primary key (id)
);

create index tags_location_id_idx on public.tags (location_id);
create index tags_name_idx on public.tags (name);
create index tags_name_lower_idx on public.tags (lower(name));
create index tags_name_trgm_idx on public.tags using gin (name public.gin_trgm_ops);
create unique index tags_uniq_idx on public.tags (lower(name), location_id);

create table public.tag_lookup (
    id serial,
    name text,
    location_id bigint,
    owner_id bigint,
    created_at timestamp default (now() at time zone 'utc'),
    tag_id integer,
    constraint tag_lookup_pkey primary key (id),
    constraint tag_lookup_tag_id_fkey foreign key (tag_id) references public.tags (id) on delete cascade
);

create index tag_lookup_location_id_idx on public.tag_lookup (location_id);
create index tag_lookup_name_idx on public.tag_lookup (name);
create index tag_lookup_name_lower_idx on public.tag_lookup (lower(name));
create index tag_lookup_name_trgm_idx on public.tag_lookup using gin (name public.gin_trgm_ops);
create unique index tag_lookup_uniq_idx on public.tag_lookup (lower(name), location_id);

-- migrate:down
drop table public.tag_lookup;
drop table public.tags;
drop table bot.command_syncs;
drop schema bot;
drop table public.analytics;
drop table audit.entries;
drop schema audit;
drop table web.answers;
drop schema web;
drop table public.processed_messages;
drop table public.jobs;
drop table public.change_requests;
drop table public.api_tokens;
drop table public.auth_users;
drop table public.newsfeed;
