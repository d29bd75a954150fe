-- Newsfeed, API keys, change requests, jobs, handled messages, command statistics and the bot's text tags.
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
    constraint jobs_pkey primary key (id)
);

create index jobs_status_created_at_idx on public.jobs (status, created_at);

create table public.processed_messages (
    idempotency_key text not null,
    processed_at timestamptz not null default now(),
    constraint processed_messages_pkey primary key (idempotency_key)
);

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
drop table public.analytics;
drop table public.processed_messages;
drop table public.jobs;
drop table public.change_requests;
drop table public.api_tokens;
drop table public.auth_users;
drop table public.newsfeed;
