-- Playtests of maps in progress, the votes cast in them and the vote totals of older times.
-- migrate:up
create table playtests.meta (
    id integer generated always as identity,
    thread_id bigint,
    map_id integer not null,
    verification_id bigint,
    initial_difficulty numeric(4,2) not null,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    completed boolean default false,
    -- The message in the thread that said that there are enough votes: it is said once, however many votes follow.
    enough_votes_message_id bigint,
    -- Whether the team lets creators ask for the verdict with fewer votes than are needed.
    finalize_allowed boolean not null default false,
    constraint meta_pkey primary key (id, map_id),
    constraint meta_thread_id_key unique (thread_id),
    constraint meta_map_id_fkey foreign key (map_id) references core.maps (id) on delete cascade,
    constraint difficulty_range check (initial_difficulty between 0 and 10)
);

create index idx_meta_map_id on playtests.meta (map_id);
create index meta_open_idx on playtests.meta (map_id, id desc)
where thread_id is not null and not coalesce(completed, false);

create trigger update_playtests_meta_updated_at
    before update on playtests.meta
    for each row execute function public.set_updated_at();

create table playtests.votes (
    id integer generated always as identity,
    user_id bigint,
    map_id integer,
    playtest_thread_id bigint not null,
    difficulty numeric(4,2) not null,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    constraint votes_pkey primary key (id),
    constraint votes_map_id_fkey foreign key (map_id) references core.maps (id) on delete cascade,
    constraint votes_playtest_thread_id_fkey foreign key (playtest_thread_id)
        references playtests.meta (thread_id) on delete cascade,
    constraint votes_user_id_fkey foreign key (user_id) references core.users (id) on delete cascade,
    constraint difficulty_range check (difficulty between 0 and 10)
);

create unique index votes_user_id_map_id_playtest_thread_id_uindex
    on playtests.votes (user_id, map_id, playtest_thread_id);

-- The unique index leads with the player, but every list, count and average is of one thread.
create index idx_votes_playtest_thread_id on playtests.votes (playtest_thread_id);

-- Only who has finished the map may judge it. An import of votes older than their runs sets
-- migration.skip_verified_check, and such votes are left out without an error. Votes that only change hands when two
-- users become one were taken before.
create function playtests.enforce_verified_completion_immediate() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if current_setting('users.merging', true) = 'true' or exists (
        select
        from core.completions as run
        where run.user_id = new.user_id
            and run.map_id = new.map_id
            and run.verified = true
            and run.legacy = false
    ) then
        return new;
    end if;
    if current_setting('migration.skip_verified_check', true) = 'true' then
        return null;
    end if;
    raise exception 'user % has no verified run of map %', new.user_id, new.map_id
        using errcode = 'check_violation',
            schema = 'playtests', table = 'votes',
            constraint = 'votes_verified_completion_check';
end
$$;

create trigger update_playtests_votes_updated_at
    before update on playtests.votes
    for each row execute function public.set_updated_at();

create trigger votes_requires_verified_completion
    before insert or update of user_id, map_id on playtests.votes
    for each row execute function playtests.enforce_verified_completion_immediate();

create table playtests.stale_alerts (
    user_id bigint not null,
    map_id integer not null,
    playtest_thread_id bigint not null,
    created_at timestamptz default now(),
    alerted boolean default false,
    approved boolean default false,
    constraint stale_alerts_pkey primary key (user_id, map_id),
    constraint stale_alerts_map_id_fkey foreign key (map_id) references core.maps (id) on delete cascade,
    constraint stale_alerts_playtest_thread_id_fkey foreign key (playtest_thread_id)
        references playtests.meta (thread_id) on delete cascade,
    constraint stale_alerts_user_id_fkey foreign key (user_id)
        references core.users (id) on delete cascade
);

create table playtests.deprecated_count (
    user_id bigint not null,
    count bigint not null,
    constraint deprecated_count_pkey primary key (user_id),
    constraint deprecated_count_count_check check (count >= 0)
);

create index deprecated_count_count_idx on playtests.deprecated_count (count desc);

-- migrate:down
drop table playtests.deprecated_count;
drop table playtests.stale_alerts;
drop table playtests.votes;
drop function playtests.enforce_verified_completion_immediate();
drop table playtests.meta;
