-- Runs, the rule that a new one must be faster, their upvotes, the flags on suspicious ones; which run counts for a player, and
-- what lists of runs read.
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
create index completions_verification_id_idx on core.completions (verification_id)
where verification_id is not null;
create index completions_waiting_idx on core.completions (id) include (verification_id)
where not verified and verified_by is null and verification_id is not null;

-- Runs that Discord shows, found in the index alone: pages far from the newest pass over the others there.
create index completions_recent_idx on core.completions (inserted_at, id) include (map_id, message_id)
where verified and not coalesce(legacy, false);

-- A run must beat the player's fastest standing run of the map; rejected and legacy ones do not stand.
-- A full run (completion false: official map, video) need not beat a partial one (completion true).
-- A run older than the fastest may come in late.
-- Runs that only change hands when two users become one were taken before, by the rules of their time.
create function core.enforce_speed_rules_nonlegacy_only() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    best record;
begin
    if new.legacy or current_setting('users.merging', true) = 'true' then
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
-- A rating that counts already is not written, for that would start all the sums over ratings.
create function maps.ratings_verify_on_completion() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if exists (
        select
        from maps.ratings as r
        where r.map_id = new.map_id and r.user_id = new.user_id and r.verified is not true
    ) then
        update maps.ratings
        set verified = true
        where map_id = new.map_id
            and user_id = new.user_id
            and verified is not true;
    end if;
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

create index idx_upvotes_inserted_at on completions.upvotes (inserted_at);

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
create index idx_suspicious_flags_completion_id on users.suspicious_flags (completion_id);

-- The run that counts for a player on a map, the latest verified one: the only one that ranks, earns a medal or counts.
-- It and the sums over the runs of a map are kept by the transaction that changes a run: a list is then as quick for a map
-- with thousands of runs as for one with fifty.
create table completions.current (
    map_id integer not null,
    user_id bigint not null,
    id integer not null,
    time numeric(10, 2) not null,
    partial boolean not null,
    legacy boolean not null,
    inserted_at timestamptz not null,
    -- What it earns there, and what that depends on.
    raw_difficulty numeric(4, 2) not null,
    difficulty text not null,
    official boolean not null,
    playable boolean not null,
    medal text,
    -- A rank is looked up without the row.
    constraint current_pkey primary key (map_id, user_id) include (id, time, partial, legacy)
);

-- The order of a leaderboard.
create index current_board_idx on completions.current (map_id, legacy, partial, time, inserted_at, id);
-- The order of a player's runs: a page of them is read, and all are counted without their rows.
create index current_player_idx on completions.current (user_id, raw_difficulty, partial, time, id)
include (map_id, legacy, difficulty, official, playable, medal);

-- Of all runs of a map how many there are, how many the list of latest runs shows, how many count for their players,
-- how long the verified ones took together, how many are not verified, and how many players have a run and one that
-- is not verified.
create table completions.totals (
    map_id integer not null,
    runs integer not null,
    shown integer not null,
    current integer not null,
    seconds numeric not null,
    waiting integer not null default 0,
    players integer not null default 0,
    waiting_players integer not null default 0,
    constraint totals_pkey primary key (map_id)
)
-- Verdicts change its rows often: room for that is kept beside them.
with (fillfactor = 70);

-- The share of one run in completions.totals.shown and completions.totals.seconds.
create function completions.is_shown(verified boolean, message_id bigint, legacy boolean) returns integer
language sql immutable parallel safe
return (verified and message_id is not null and not coalesce(legacy, false))::integer;

create function completions.played(verified boolean, run_time numeric) returns numeric
language sql immutable parallel safe
return case when verified and run_time < 99999999 then run_time else 0 end;

-- The medal that a run counts with: a legacy one keeps what it had. It needs a full run with a video.
create function completions.earned_medal(
    run_time numeric, partial boolean, video text, legacy boolean, legacy_medal text,
    gold numeric, silver numeric, bronze numeric
) returns text
language sql immutable parallel safe
return case
  when not partial and video <> ''
    then coalesce(case when legacy then legacy_medal end, maps.medal(run_time, gold, silver, bronze))
end;

-- The verified runs, with what is kept of the one that counts.
create view completions.verified_runs as
select
    c.map_id,
    c.user_id,
    c.id,
    c.time,
    c.completion as partial,
    coalesce(c.legacy, false) as legacy,
    c.inserted_at,
    m.raw_difficulty,
    maps.top_difficulty(m.difficulty) as difficulty,
    m.official,
    maps.is_playable(m.archived, m.playtesting) as playable,
    completions.earned_medal(
        c.time, c.completion, c.video, coalesce(c.legacy, false), c.legacy_medal, d.gold, d.silver, d.bronze
    ) as medal
from core.completions as c
join core.maps as m on m.id = c.map_id
left join maps.medals as d on d.map_id = c.map_id
where c.verified;

-- Fill both from nothing.
create function completions.rebuild() returns void
language plpgsql
as $$
begin
    truncate completions.current, completions.totals;
    insert into completions.current
        (
            map_id, user_id, id, time, partial, legacy, inserted_at, raw_difficulty, difficulty, official, playable,
            medal
        )
    select distinct on (c.map_id, c.user_id)
        c.map_id, c.user_id, c.id, c.time, c.partial, c.legacy, c.inserted_at, c.raw_difficulty, c.difficulty,
        c.official, c.playable, c.medal
    from completions.verified_runs as c
    order by c.map_id, c.user_id, c.inserted_at desc;
    insert into completions.totals (map_id, runs, waiting, players, waiting_players, shown, current, seconds)
    select
        c.map_id,
        count(*),
        count(*) filter (where not c.verified),
        count(distinct c.user_id),
        count(distinct c.user_id) filter (where not c.verified),
        count(*) filter (where c.verified and c.message_id is not null and not coalesce(c.legacy, false)),
        (select count(*) from completions.current as k where k.map_id = c.map_id),
        coalesce(sum(c.time) filter (where c.verified and c.time < 99999999), 0)
    from core.completions as c
    group by c.map_id;
end;
$$;

-- Have the runs that count on these maps say what they earn there now. Who calls it holds the rows of the maps, so that
-- no verdict adds a run meanwhile that says what was.
create function completions.refresh_current(map_ids integer[]) returns void
language sql
begin atomic
    update completions.current as k
    set
        raw_difficulty = c.raw_difficulty,
        difficulty = c.difficulty,
        official = c.official,
        playable = c.playable,
        medal = c.medal
    from completions.verified_runs as c
    where c.id = k.id
        and c.map_id = k.map_id
        and k.map_id = any (map_ids)
        and (k.raw_difficulty, k.difficulty, k.official, k.playable, k.medal)
            is distinct from (c.raw_difficulty, c.difficulty, c.official, c.playable, c.medal);
end;

-- Medals decide what the runs of their map earn.
create function completions.follow_medals() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    changed integer[];
begin
    if tg_op = 'DELETE' then
        changed := array(select o.map_id from old_rows as o order by 1);
    else
        changed := array(select n.map_id from new_rows as n order by 1);
    end if;
    perform from core.maps as m where m.id = any (changed) order by m.id for no key update;
    perform completions.refresh_current(changed);
    return null;
end;
$$;

create trigger completions_insert after insert on maps.medals
referencing new table as new_rows for each statement execute function completions.follow_medals();
create trigger completions_update after update on maps.medals
referencing new table as new_rows for each statement execute function completions.follow_medals();
create trigger completions_delete after delete on maps.medals
referencing old table as old_rows for each statement execute function completions.follow_medals();

-- Mark that a player was given the XP of a world record on a run's map; tell whether that was not done before.
-- A function, for an update asks its triggers even where nothing is to be updated.
create function completions.claim_record_xp(of_run integer) returns boolean
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    update core.completions as c
    set wr_xp_check = true
    where c.id = of_run
        and not exists (
            select
            from core.completions as o
            where o.map_id = c.map_id and o.user_id = c.user_id and o.wr_xp_check and not coalesce(o.legacy, false)
        );
    return found;
end;
$$;

-- The runs that count, with what is shown of them.
create view completions.standings as
select
    k.id,
    k.map_id,
    k.user_id,
    k.time,
    c.screenshot,
    c.video,
    c.message_id,
    k.partial,
    k.legacy,
    c.legacy_medal,
    k.inserted_at
from completions.current as k
left join core.completions as c on c.id = k.id;

-- The rank of every ranked run of a map, the fastest 1, equal times equal; legacy runs are ranked by themselves.
-- Plain enough for PostgreSQL to put in the place of each call.
create function completions.ranks(map_id integer) returns table (id integer, rank bigint)
language sql stable parallel safe as $$
    select k.id, rank() over (partition by k.legacy order by k.time)
    from completions.current as k
    where k.map_id = ranks.map_id and not k.partial
$$;

-- The rank that a run of this time has on a map, the fastest 1, equal times equal; legacy runs are ranked by themselves.
create function completions.place(map_id integer, legacy boolean, run_time numeric) returns table (rank bigint)
language sql stable parallel safe as $$
    select count(*) + 1
    from completions.current as o
    where o.map_id = place.map_id and o.legacy = place.legacy and not o.partial and o.time < place.run_time
$$;

-- The rank of one run, if it is ranked; nothing for a partial one and for one that does not count.
create function completions.rank(map_id integer, user_id bigint, run_id integer)
returns table (rank bigint)
language sql stable parallel safe as $$
    select (select p.rank from completions.place(k.map_id, k.legacy, k.time) as p)
    from completions.current as k
    where k.map_id = rank.map_id and k.user_id = rank.user_id and k.id = rank.run_id and not k.partial
$$;

-- All that is shown of a run but its rank; a run has time_medal only if it has a rank.
create view completions.cards as
select
  c.id,
  m.code,
  c.user_id,
  n.name,
  n.also_known_as,
  c.time::double precision as time,
  c.screenshot,
  c.video,
  c.completion as partial,
  c.verified,
  maps.medal(c.time, d.gold, d.silver, d.bronze) as time_medal,
  m.map_name,
  m.difficulty,
  c.message_id,
  coalesce(c.legacy, false) as legacy,
  c.legacy_medal,
  exists(select from users.suspicious_flags as f where f.completion_id = c.id) as suspicious,
  (select count(*) from completions.upvotes as u where u.message_id = c.message_id) as upvotes
from core.completions as c
join core.maps as m on m.id = c.map_id
join users.names as n on n.user_id = c.user_id
left join maps.medals as d on d.map_id = c.map_id;

-- migrate:down
drop view completions.cards;
drop function completions.rank(integer, bigint, integer);
drop function completions.place(integer, boolean, numeric);
drop function completions.ranks(integer);
drop view completions.standings;
drop function completions.claim_record_xp(integer);
drop trigger completions_delete on maps.medals;
drop trigger completions_update on maps.medals;
drop trigger completions_insert on maps.medals;
drop function completions.follow_medals();
drop function completions.refresh_current(integer[]);
drop function completions.rebuild();
drop view completions.verified_runs;
drop function completions.earned_medal(numeric, boolean, text, boolean, text, numeric, numeric, numeric);
drop function completions.played(boolean, numeric);
drop function completions.is_shown(boolean, bigint, boolean);
drop table completions.totals;
drop table completions.current;
drop table users.suspicious_flags;
drop table completions.upvotes;
drop table core.completions;
drop function maps.ratings_verify_on_completion();
drop function core.enforce_speed_rules_nonlegacy_only();
