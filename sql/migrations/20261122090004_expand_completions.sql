-- Runs, the rule that a new one must be faster, their upvotes and the flags on suspicious ones.
-- migrate:up
create table core.completions (
    id integer generated always as identity,
    map_id integer not null,
    user_id bigint not null,
    time numeric(10,2) not null,
    screenshot text not null,
    video text,
    verified boolean not null default false,
    verification_id bigint,
    message_id bigint,
    completion boolean not null default false,
    inserted_at timestamptz not null default now(),
    verified_by bigint,
    legacy boolean default false,
    legacy_medal text,
    wr_xp_check boolean default false,
    reason text,
    tournament_completion_id integer,
    constraint completions_pkey primary key (id),
    constraint completions_map_id_user_id_inserted_at_key unique (map_id, user_id, inserted_at),
    constraint completions_message_id_key unique (message_id),
    constraint completions_map_id_fkey foreign key (map_id) references core.maps (id) on delete cascade,
    constraint completions_user_id_fkey foreign key (user_id)
        references core.users (id) on delete cascade,
    constraint completions_verified_by_fkey foreign key (verified_by) references core.users (id)
);

create index idx_completions_nonlegacy_best on core.completions (user_id, map_id, time)
    where legacy = false;
create index idx_completions_tournament_completion_id on core.completions (tournament_completion_id)
    where tournament_completion_id is not null;
create index idx_completions_verified_nonlegacy_pair on core.completions (user_id, map_id)
    where verified = true and legacy = false;
create index idx_records_inserted_at on core.completions (inserted_at);
create index idx_records_map_id on core.completions (map_id);
create index idx_records_map_user_date on core.completions (map_id, user_id, inserted_at desc);
create index idx_records_user_date on core.completions (user_id, inserted_at);

-- A run must beat the player's fastest standing run of the map; rejected and legacy ones do not stand.
-- A full run (completion false: official map, video) need not beat a partial one (completion true).
-- A run older than the fastest may come in late.
create function core.enforce_speed_rules_nonlegacy_only() returns trigger language plpgsql as $$
declare
    best record;
begin
    if new.legacy then
        return new;
    end if;
    select run.time, run.completion, run.inserted_at, not run.verified as pending into best
    from core.completions as run
    where run.user_id = new.user_id
        and run.map_id = new.map_id
        and run.legacy = false
        and run.id <> new.id
        and (run.verified or run.verified_by is null)
    order by run.time, run.completion, run.inserted_at
    limit 1;
    if not found
        or new.inserted_at < best.inserted_at
        or new.time < best.time
        or (best.completion and not new.completion)
    then
        return new;
    end if;
    raise exception 'time % is not faster than the % run of %',
        new.time, case when best.pending then 'pending' else 'verified' end, best.time
        using errcode = 'check_violation',
            schema = 'core', table = 'completions', column = 'time',
            constraint = case
                when best.pending then 'completions_pending_faster_check'
                else 'completions_faster_check'
            end;
end
$$;

-- Whoever has a verified run of a map has a rating of it that counts.
create function maps.ratings_verify_on_completion() returns trigger language plpgsql as $$
begin
    update maps.ratings
    set verified = true
    where map_id = new.map_id
        and user_id = new.user_id
        and verified is not true;
    return null;
end
$$;

create trigger trg_enforce_speed_rules_nonlegacy_only
    before insert or update of time, completion, user_id, map_id, legacy on core.completions
    for each row execute function core.enforce_speed_rules_nonlegacy_only();

create trigger trg_ratings_verify_on_completion
    after insert or update of verified on core.completions
    for each row when (new.verified is true) execute function maps.ratings_verify_on_completion();

create table completions.upvotes (
    id integer generated always as identity,
    user_id bigint not null,
    message_id bigint,
    inserted_at timestamptz default now(),
    constraint upvotes_pkey primary key (id),
    constraint upvotes_message_id_user_id_key unique (message_id, user_id),
    constraint upvotes_message_id_fkey foreign key (message_id)
        references core.completions (message_id) on delete cascade,
    constraint upvotes_user_id_fkey foreign key (user_id) references core.users (id) on delete cascade
);

create table users.suspicious_flags (
    id integer generated always as identity,
    user_id bigint,
    completion_id bigint,
    context text,
    flag_type text,
    flagged_by bigint,
    inserted_at timestamptz not null default now(),
    constraint suspicious_flags_pkey primary key (id),
    constraint suspicious_flags_completion_id_fkey foreign key (completion_id)
        references core.completions (id) on delete cascade,
    constraint suspicious_flags_flagged_by_fkey foreign key (flagged_by)
        references core.users (id) on delete cascade,
    constraint suspicious_flags_user_id_fkey foreign key (user_id)
        references core.users (id) on delete cascade
);

create index suspicious_flags_user_id_idx on users.suspicious_flags (user_id);

-- migrate:down
drop table users.suspicious_flags;
drop table completions.upvotes;
drop table core.completions;
drop function maps.ratings_verify_on_completion();
drop function core.enforce_speed_rules_nonlegacy_only();
