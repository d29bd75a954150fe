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

-- Names nearest to a text are found in a third of the time where a page of the index tells its trigrams apart from those of
-- other pages: with PostgreSQL's 12 bytes each page seems to hold all of them, and all names are compared.
create index users_nickname_nearest_idx on core.users using gist (nickname public.gist_trgm_ops (siglen = 1024));
create index users_global_name_nearest_idx on core.users using gist (global_name public.gist_trgm_ops (siglen = 1024));

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
    on users.overwatch_usernames using gist (username public.gist_trgm_ops (siglen = 1024));
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

-- The users with the names nearest to a text. Of nicknames and global names only those are looked at that are nearer than what
-- is found by then.
create function users.nearest(search text, below bigint, size bigint) returns table (user_id bigint, distance real)
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    ids bigint[];
    distances real[];
    farthest real;
    threshold text;
begin
    if show_trgm(search) = '{}' then
        -- A text without a letter or digit is as far from each name.
        return query
        select u.id, 1::real
        from core.users as u
        where u.id < coalesce(below, 9223372036854775807)
            and (
                coalesce(u.nickname, u.global_name) is not null
                or exists (select from users.overwatch_usernames as o where o.user_id = u.id)
            )
        order by u.id
        limit size;
        return;
    end if;
    -- Nobody has more than ten names, so these are the names of at least that many users.
    select array_agg(n.user_id), array_agg(n.distance) into ids, distances
    from (
        select o.user_id, o.username <-> search as distance
        from users.overwatch_usernames as o
        where o.user_id < coalesce(below, 9223372036854775807)
        order by o.username <-> search
        limit size * 10
    ) as n;
    select max(b.distance) into farthest
    from (
        select min(n.distance) as distance
        from unnest(ids, distances) as n (user_id, distance)
        group by n.user_id
        order by min(n.distance)
        limit size
    ) as b
    having count(*) = size;
    -- A little less, for distances are rounded. It is put back by hand: to name it in the function's head takes a superuser.
    threshold := current_setting('pg_trgm.similarity_threshold');
    perform set_config('pg_trgm.similarity_threshold', greatest(0, 0.9999 - coalesce(farthest, 1))::text, true);
    return query
    select n.user_id, min(n.distance)
    from (
        select k.user_id, k.distance from unnest(ids, distances) as k (user_id, distance)
        union all
        (
            select u.id, u.nickname <-> search
            from core.users as u
            where u.nickname % search and u.id < coalesce(below, 9223372036854775807)
            order by u.nickname <-> search
            limit size
        )
        union all
        (
            select u.id, u.global_name <-> search
            from core.users as u
            where u.global_name % search and u.id < coalesce(below, 9223372036854775807)
            order by u.global_name <-> search
            limit size
        )
    ) as n
    group by n.user_id
    order by min(n.distance), n.user_id
    limit size;
    perform set_config('pg_trgm.similarity_threshold', threshold, true);
end;
$$;

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
drop function users.nearest(text, bigint, bigint);
drop view users.names;
drop table users.overwatch_usernames;
drop sequence users.email_user_id_seq;
drop table core.users;
