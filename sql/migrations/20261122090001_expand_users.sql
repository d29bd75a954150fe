-- People: Discord members, made-up members, e-mail accounts; their names, sessions and tokens.
-- migrate:up
create table core.users (
    id bigint not null,
    nickname text,
    global_name text,
    coins integer default 0,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    is_mod boolean not null default false,
    constraint users_pkey primary key (id)
);

create index idx_users_global_name_trgm on core.users using gin (global_name public.gin_trgm_ops);
create index idx_users_is_mod on core.users (is_mod) where is_mod = true;
create index idx_users_nickname_trgm on core.users using gin (nickname public.gin_trgm_ops);
create index users_nickname_nearest_idx on core.users using gist (nickname public.gist_trgm_ops);
create index users_global_name_nearest_idx on core.users using gist (global_name public.gist_trgm_ops);

create trigger update_core_users_updated_at
    before update on core.users
    for each row execute function public.set_updated_at();

-- The system itself: verifier of automatic verdicts.
insert into core.users (id, nickname, global_name)
values (969632729643753482, 'Genji Shimada', 'Genji Shimada');

-- Ids of people who registered by e-mail; below are made-up members, above Discord's own ids.
create sequence users.email_user_id_seq minvalue 100000000 maxvalue 999999999999999;

create table users.overwatch_usernames (
    id integer generated always as identity,
    user_id bigint,
    username text not null,
    is_primary boolean not null default false,
    constraint overwatch_usernames_pkey primary key (id),
    constraint overwatch_usernames_user_id_username_key unique (user_id, username),
    constraint overwatch_usernames_user_id_fkey foreign key (user_id)
        references core.users (id) on delete cascade
);

create index idx_overwatch_username_trgm
    on users.overwatch_usernames using gin (username public.gin_trgm_ops);
create index overwatch_usernames_nearest_idx
    on users.overwatch_usernames using gist (username public.gist_trgm_ops);
create unique index unique_primary_per_user on users.overwatch_usernames (user_id) where is_primary;

-- The name shown for a user, and the other names it is known by.
create view users.names as
select
  u.id as user_id,
  coalesce(o.primary_name, u.nickname, u.global_name, 'Unknown User') as name,
  coalesce(o.other_names, '') as also_known_as
from core.users as u
left join lateral (
  select
    max(n.username) filter (where n.is_primary) as primary_name,
    string_agg(n.username, ', ' order by n.username) filter (where not n.is_primary) as other_names
  from users.overwatch_usernames as n
  where n.user_id = u.id
) as o on true;

create table users.notification_settings (
    user_id bigint not null,
    flags integer default 0,
    constraint notification_settings_pkey primary key (user_id),
    constraint notification_settings_user_id_fkey foreign key (user_id)
        references core.users (id) on delete cascade
);

create table users.email_auth (
    user_id bigint not null,
    email text not null,
    password_hash text not null,
    email_verified_at timestamptz,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    constraint email_auth_pkey primary key (user_id),
    constraint email_auth_user_id_fkey foreign key (user_id)
        references core.users (id) on update cascade on delete cascade
);

create unique index idx_email_auth_email_lower on users.email_auth (lower(email));

create trigger update_users_email_auth_updated_at
    before update on users.email_auth
    for each row execute function public.set_updated_at();

create table users.email_tokens (
    id bigserial,
    user_id bigint not null,
    token_hash text not null,
    token_type text not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    created_at timestamptz default now(),
    constraint email_tokens_pkey primary key (id),
    constraint email_tokens_user_id_fkey foreign key (user_id)
        references core.users (id) on update cascade on delete cascade,
    constraint email_tokens_token_type_check check (token_type in ('verification', 'password_reset'))
);

create index idx_email_tokens_expires on users.email_tokens (expires_at) where used_at is null;
create index idx_email_tokens_user_id on users.email_tokens (user_id);
create index email_tokens_token_hash_idx on users.email_tokens (token_hash);

create table users.sessions (
    id text not null,
    user_id bigint,
    payload text not null,
    last_activity timestamptz not null default now(),
    ip_address text,
    user_agent text,
    constraint sessions_pkey primary key (id),
    constraint sessions_user_id_fkey foreign key (user_id)
        references core.users (id) on update cascade on delete cascade
);

create index idx_sessions_last_activity on users.sessions (last_activity);
create index idx_sessions_user_id on users.sessions (user_id);

create table users.remember_tokens (
    id uuid not null default gen_random_uuid(),
    user_id bigint not null,
    token_hash varchar(64) not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    ip_address inet,
    user_agent text,
    constraint remember_tokens_pkey primary key (id),
    constraint remember_tokens_user_id_fkey foreign key (user_id)
        references core.users (id) on update cascade on delete cascade
);

create index idx_remember_tokens_hash on users.remember_tokens (token_hash);
create index idx_remember_tokens_user_id on users.remember_tokens (user_id);

create table users.auth_rate_limits (
    id bigserial,
    identifier text not null,
    action text not null,
    attempt_at timestamptz default now(),
    success boolean default false,
    constraint auth_rate_limits_pkey primary key (id)
);

create index idx_auth_rate_limits_identifier_action
    on users.auth_rate_limits (identifier, action, attempt_at desc);

-- migrate:down
drop table users.auth_rate_limits;
drop table users.remember_tokens;
drop table users.sessions;
drop table users.email_tokens;
drop table users.email_auth;
drop table users.notification_settings;
drop view users.names;
drop table users.overwatch_usernames;
drop sequence users.email_user_id_seq;
drop table core.users;
