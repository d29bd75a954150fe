-- Tournaments: editions, one cycle a category in each, their runs, streaks, grants and pending events.
-- migrate:up
create table tournaments.config (
    id integer generated always as identity,
    blacklist_weeks integer not null default 4,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    cadence text not null default 'weekly',
    anchor_weekday integer not null default 1,
    anchor_time time not null default '00:00',
    anchor_tz text not null default 'UTC',
    transitions_paused boolean not null default false,
    debug_cycle_seconds integer,
    constraint config_pkey primary key (id),
    constraint config_anchor_weekday_check check (anchor_weekday between 0 and 6),
    constraint config_blacklist_weeks_check check (blacklist_weeks > 0),
    constraint config_cadence_check check (cadence in ('weekly', 'biweekly')),
    constraint config_debug_cycle_seconds_check check (
        debug_cycle_seconds is null or debug_cycle_seconds > 0
    ),
    constraint config_id_check check (id = 1)
);

create table tournaments.categories (
    id integer generated always as identity,
    name text not null,
    difficulties text[] not null,
    participation_xp integer not null default 0,
    placement_xp jsonb not null default '[]',
    streak_xp jsonb not null default '[]',
    champion_role_id bigint,
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint categories_pkey primary key (id),
    constraint categories_name_key unique (name)
);

create table tournaments.editions (
    id integer generated always as identity,
    started_at timestamptz not null,
    ends_at timestamptz not null,
    status text not null default 'active',
    created_at timestamptz not null default now(),
    start_announced boolean not null default false,
    constraint editions_pkey primary key (id),
    constraint editions_status_check check (status in ('active', 'awaiting_results', 'completed'))
);

create index idx_editions_ends_at on tournaments.editions (ends_at);
create index idx_editions_status on tournaments.editions (status);

create table tournaments.cycles (
    id integer generated always as identity,
    category_id integer not null,
    map_id integer not null,
    status text not null default 'pending',
    started_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz not null default now(),
    edition_id integer,
    constraint cycles_pkey primary key (id),
    constraint cycles_category_id_fkey foreign key (category_id)
        references tournaments.categories (id) on delete cascade,
    constraint cycles_edition_id_fkey foreign key (edition_id)
        references tournaments.editions (id) on delete cascade,
    constraint cycles_map_id_fkey foreign key (map_id) references core.maps (id) on delete restrict,
    constraint cycles_status_check check (status in ('pending', 'active', 'finalizing', 'completed'))
);

create index idx_cycles_category_id on tournaments.cycles (category_id);
create index idx_cycles_category_status on tournaments.cycles (category_id, status);
create index idx_cycles_edition_id on tournaments.cycles (edition_id);
create index idx_cycles_map_id on tournaments.cycles (map_id);
create index idx_cycles_started_at on tournaments.cycles (started_at);
create index idx_cycles_status on tournaments.cycles (status);

create table tournaments.completions (
    id integer generated always as identity,
    cycle_id integer not null,
    user_id bigint not null,
    map_id integer not null,
    time numeric(10,2) not null,
    screenshot text not null,
    video text,
    inserted_at timestamptz not null default now(),
    status text not null default 'pending',
    verified boolean generated always as (status = 'verified') stored,
    completion boolean not null generated always as (video is not null) stored,
    constraint completions_pkey primary key (id),
    constraint completions_cycle_id_user_id_inserted_at_key unique (cycle_id, user_id, inserted_at),
    constraint completions_cycle_id_fkey foreign key (cycle_id)
        references tournaments.cycles (id) on delete cascade,
    constraint completions_map_id_fkey foreign key (map_id) references core.maps (id) on delete cascade,
    constraint completions_user_id_fkey foreign key (user_id)
        references core.users (id) on delete cascade,
    constraint completions_status_check check (status in ('pending', 'verified', 'rejected'))
);

create index idx_tournament_completions_cycle_id on tournaments.completions (cycle_id);
create index idx_tournament_completions_cycle_user on tournaments.completions (cycle_id, user_id);
create index idx_tournament_completions_map_id on tournaments.completions (map_id);
create index idx_tournament_completions_ranking
    on tournaments.completions (cycle_id, verified desc, completion desc, time);
create index idx_tournament_completions_user_id on tournaments.completions (user_id);

create table tournaments.streaks (
    id integer generated always as identity,
    user_id bigint not null,
    current_streak integer not null default 0,
    max_streak integer not null default 0,
    last_cycle_id integer,
    updated_at timestamptz not null default now(),
    constraint streaks_pkey primary key (id),
    constraint streaks_last_cycle_id_fkey foreign key (last_cycle_id)
        references tournaments.cycles (id) on delete set null,
    constraint streaks_user_id_fkey foreign key (user_id) references core.users (id) on delete cascade
);

create unique index idx_streaks_user_id on tournaments.streaks (user_id);

create table tournaments.xp_grants (
    id integer generated always as identity,
    cycle_id integer not null,
    user_id bigint not null,
    reason text not null,
    amount integer not null,
    granted_at timestamptz not null default now(),
    constraint xp_grants_pkey primary key (id),
    constraint xp_grants_cycle_id_user_id_reason_key unique (cycle_id, user_id, reason),
    constraint xp_grants_cycle_id_fkey foreign key (cycle_id)
        references tournaments.cycles (id) on delete cascade,
    constraint xp_grants_user_id_fkey foreign key (user_id) references core.users (id) on delete cascade,
    constraint xp_grants_reason_check check (reason in ('participation', 'placement', 'streak'))
);

create index idx_xp_grants_cycle on tournaments.xp_grants (cycle_id);
create index idx_xp_grants_user on tournaments.xp_grants (user_id);

create table tournaments.pending_transitions (
    id integer generated always as identity,
    cycle_id integer,
    event_type text not null,
    payload jsonb not null default '{}',
    published boolean not null default false,
    created_at timestamptz not null default now(),
    edition_id integer,
    constraint pending_transitions_pkey primary key (id),
    constraint pending_transitions_cycle_id_fkey foreign key (cycle_id)
        references tournaments.cycles (id) on delete cascade,
    constraint pending_transitions_edition_id_fkey foreign key (edition_id)
        references tournaments.editions (id) on delete cascade,
    constraint pending_transitions_event_type_check check (
        event_type in ('cycle_started', 'cycle_completed', 'edition_rollover', 'edition_results')
    )
);

create index idx_pending_transitions_cycle_id on tournaments.pending_transitions (cycle_id);
create index idx_pending_transitions_edition_id on tournaments.pending_transitions (edition_id);
create index idx_pending_transitions_unpublished
    on tournaments.pending_transitions (published, created_at)
    where published = false;

alter table core.completions
    add constraint completions_tournament_completion_id_fkey
    foreign key (tournament_completion_id) references tournaments.completions (id) on delete set null;

-- migrate:down
-- Runs of a tournament stay as ordinary runs.
alter table core.completions drop constraint completions_tournament_completion_id_fkey;
update core.completions set tournament_completion_id = null where tournament_completion_id is not null;
drop table tournaments.pending_transitions;
drop table tournaments.xp_grants;
drop table tournaments.streaks;
drop table tournaments.completions;
drop table tournaments.cycles;
drop table tournaments.editions;
drop table tournaments.categories;
drop table tournaments.config;
