-- What a player's runs earn was found out for each list and card of it, by the rows of all its runs and of their maps. It
-- stands beside the runs that count now, and an index has it: a page is read in the index's order, and all runs are
-- counted without their rows. A run that comes to count writes this index anyway.
-- migrate:up
alter table completions.current
    add column raw_difficulty numeric(4, 2),
    add column difficulty text,
    add column official boolean,
    add column playable boolean,
    add column medal text;

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

select completions.refresh_current(array(select m.id from core.maps as m));

alter table completions.current
    alter column raw_difficulty set not null,
    alter column difficulty set not null,
    alter column official set not null,
    alter column playable set not null;

-- A rank is looked up without the row.
alter table completions.current drop constraint current_pkey;
alter table completions.current
    add constraint current_pkey primary key (map_id, user_id) include (id, time, partial, legacy);

drop index completions.current_user_id_idx;
create index current_player_idx on completions.current (user_id, raw_difficulty, partial, time, id)
include (map_id, legacy, difficulty, official, playable, medal);

-- Who leads which maps is asked of a player too.
create index leaders_user_ids_idx on ranks.leaders using gin (user_ids) with (fastupdate = off);

create or replace function completions.rebuild() returns void
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

-- The rank that a run of this time has on a map, the fastest 1, equal times equal; legacy runs are ranked by themselves.
create function completions.place(map_id integer, legacy boolean, run_time numeric) returns table (rank bigint)
language sql stable parallel safe as $$
    select count(*) + 1
    from completions.current as o
    where o.map_id = place.map_id and o.legacy = place.legacy and not o.partial and o.time < place.run_time
$$;

create or replace function completions.rank(map_id integer, user_id bigint, run_id integer)
returns table (rank bigint)
language sql stable parallel safe as $$
    select (select p.rank from completions.place(k.map_id, k.legacy, k.time) as p)
    from completions.current as k
    where k.map_id = rank.map_id and k.user_id = rank.user_id and k.id = rank.run_id and not k.partial
$$;

-- How many maps a player completed and with which medal, by difficulty and by kind of map. Each run has one medal at most,
-- so the columns add up.
create or replace view ranks.counts as
select
    k.user_id,
    k.official,
    k.playable,
    k.difficulty,
    count(*) as completions,
    count(*) filter (where k.medal = 'Gold') as gold,
    count(*) filter (where k.medal = 'Silver') as silver,
    count(*) filter (where k.medal = 'Bronze') as bronze
from completions.current as k
group by 1, 2, 3, 4;

create or replace function ranks.follow_runs() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    added core.completions[];
    removed core.completions[];
    -- What changed, a player's runs of a map each, in the order of maps.
    maps integer[];
    users bigint[];
    runs integer[];
    waiting integer[];
    shown integer[];
    seconds numeric[];
    -- Whether another run may count for the player now; of those that did or may, the fastest.
    counts boolean[];
    fastest numeric;
    counted_maps integer[];
    ranked_maps integer[];
    counted_users bigint[];
    led ranks.leaders[];
    leader ranks.leaders;
    leads bigint[];
    lead_time numeric;
    alone boolean;
    has_runs integer;
    has_waiting integer;
    more_players integer;
    more_waiting integer;
    more_current integer;
begin
    -- Nearly always it is one run: nothing is to be sorted and added up then.
    if tg_op = 'UPDATE' then
        select
            o.id is not null,
            array[n.map_id],
            array[n.user_id],
            array[0],
            array[(not n.verified)::integer - (not o.verified)::integer],
            array[
                completions.is_shown(n.verified, n.message_id, n.legacy)
                - completions.is_shown(o.verified, o.message_id, o.legacy)
            ],
            array[completions.played(n.verified, n.time) - completions.played(o.verified, o.time)],
            array[
                (n.verified or o.verified)
                and (n.verified, n.time, n.completion, n.legacy, n.inserted_at, n.video, n.legacy_medal)
                is distinct from
                (o.verified, o.time, o.completion, o.legacy, o.inserted_at, o.video, o.legacy_medal)
            ],
            least(case when n.verified then n.time end, case when o.verified then o.time end)
        into alone, maps, users, runs, waiting, shown, seconds, counts, fastest
        from new_rows as n
        left join old_rows as o
            on (o.id, o.map_id, o.user_id) = (n.id, n.map_id, n.user_id) and (select count(*) from new_rows) = 1
        limit 1;
        -- A statement that found nothing to change asks as well.
        if not found then
            return null;
        end if;
    elsif tg_op = 'INSERT' then
        select
            (select count(*) from new_rows) = 1,
            array[n.map_id],
            array[n.user_id],
            array[1],
            array[(not n.verified)::integer],
            array[completions.is_shown(n.verified, n.message_id, n.legacy)],
            array[completions.played(n.verified, n.time)],
            array[n.verified],
            case when n.verified then n.time end
        into alone, maps, users, runs, waiting, shown, seconds, counts, fastest
        from new_rows as n
        limit 1;
    end if;
    if alone then
        if not (counts[1] or runs[1] <> 0 or waiting[1] <> 0 or shown[1] <> 0 or seconds[1] <> 0) then
            return null;
        end if;
        if counts[1] then
            counted_maps := maps;
            counted_users := users;
        end if;
    else
        if tg_op <> 'DELETE' then
            added := array(select n from new_rows as n);
        end if;
        if tg_op <> 'INSERT' then
            removed := array(select o from old_rows as o);
        end if;
        select
            array_agg(p.map_id order by p.map_id, p.user_id),
            array_agg(p.user_id order by p.map_id, p.user_id),
            array_agg(p.runs order by p.map_id, p.user_id),
            array_agg(p.waiting order by p.map_id, p.user_id),
            array_agg(p.shown order by p.map_id, p.user_id),
            array_agg(p.seconds order by p.map_id, p.user_id),
            array_agg(p.counts order by p.map_id, p.user_id),
            array_agg(distinct p.map_id) filter (where p.counts),
            array_agg(distinct p.user_id) filter (where p.counts),
            min(p.fastest) filter (where p.counts)
        into maps, users, runs, waiting, shown, seconds, counts, counted_maps, counted_users, fastest
        from (
            select
                c.map_id,
                c.user_id,
                sum(c.step) as runs,
                coalesce(sum(c.step) filter (where not c.verified), 0) as waiting,
                sum(c.step * completions.is_shown(c.verified, c.message_id, c.legacy)) as shown,
                sum(c.step * completions.played(c.verified, c.time)) as seconds,
                array_agg(
                    (c.id, c.time, c.completion, c.legacy, c.inserted_at, c.video, c.legacy_medal) order by c.id
                ) filter (where c.verified and c.step > 0)
                is distinct from array_agg(
                    (c.id, c.time, c.completion, c.legacy, c.inserted_at, c.video, c.legacy_medal) order by c.id
                ) filter (where c.verified and c.step < 0) as counts,
                min(c.time) filter (where c.verified) as fastest
            from (
                select n.*, 1 as step from unnest(added) as n
                union all
                select o.*, -1 from unnest(removed) as o
            ) as c
            group by c.map_id, c.user_id
        ) as p
        where p.counts or p.runs <> 0 or p.waiting <> 0 or p.shown <> 0 or p.seconds <> 0;
        if maps is null then
            return null;
        end if;
    end if;
    if counted_maps is not null then
        -- What a run counts for depends on its map: wait for who changes the map, and let the next one wait for us.
        -- First of all locks, as whoever changes a map and then its runs has it.
        ranked_maps := array(
            select case when m.official and maps.is_playable(m.archived, m.playtesting) then m.id end
            from core.maps as m
            where m.id = any (counted_maps)
            order by m.id
            for share
        );
    end if;
    for i in 1 .. cardinality(maps) loop
        insert into completions.totals as t (map_id, runs, waiting, shown, current, seconds)
        values (maps[i], runs[i], waiting[i], shown[i], 0, seconds[i])
        on conflict (map_id) do update
        set
            runs = t.runs + excluded.runs,
            waiting = t.waiting + excluded.waiting,
            shown = t.shown + excluded.shown,
            seconds = t.seconds + excluded.seconds;
    end loop;
    if counted_maps is not null then
        led := array(
            select l from ranks.leaders as l where l.map_id = any (counted_maps) order by l.map_id for update
        );
        if cardinality(led) < cardinality(counted_maps) then
            insert into ranks.leaders (map_id)
            select m.id from core.maps as m where m.id = any (counted_maps) order by m.id
            on conflict do nothing;
            led := array(
                select l from ranks.leaders as l where l.map_id = any (counted_maps) order by l.map_id for update
            );
        end if;
    end if;
    -- What is read from here on nobody else can change: the rows of its maps are locked.
    for i in 1 .. cardinality(maps) loop
        select count(*), count(*) filter (where not c.verified) into has_runs, has_waiting
        from core.completions as c
        where c.map_id = maps[i] and c.user_id = users[i];
        more_players := (has_runs > 0)::integer - (has_runs > runs[i])::integer;
        more_waiting := (has_waiting > 0)::integer - (has_waiting > waiting[i])::integer;
        more_current := 0;
        if counts[i] then
            insert into completions.current as k
                (
                    map_id, user_id, id, time, partial, legacy, inserted_at, raw_difficulty, difficulty, official,
                    playable, medal
                )
            select
                c.map_id, c.user_id, c.id, c.time, c.partial, c.legacy, c.inserted_at, c.raw_difficulty, c.difficulty,
                c.official, c.playable, c.medal
            from completions.verified_runs as c
            where c.map_id = maps[i] and c.user_id = users[i]
            order by c.inserted_at desc
            limit 1
            on conflict (map_id, user_id) do update
            set
                id = excluded.id,
                time = excluded.time,
                partial = excluded.partial,
                legacy = excluded.legacy,
                inserted_at = excluded.inserted_at,
                medal = excluded.medal
            where (k.id, k.time, k.partial, k.legacy, k.inserted_at, k.medal)
                is distinct from
                (
                    excluded.id, excluded.time, excluded.partial, excluded.legacy, excluded.inserted_at,
                    excluded.medal
                )
            returning (xmax = 0)::integer into more_current;
            if not found then
                delete from completions.current as k
                where k.map_id = maps[i]
                    and k.user_id = users[i]
                    and not exists (
                        select
                        from core.completions as c
                        where c.map_id = k.map_id and c.user_id = k.user_id and c.verified
                    );
                more_current := - found::integer;
            end if;
        end if;
        if more_players <> 0 or more_waiting <> 0 or more_current <> 0 then
            update completions.totals as t
            set
                players = t.players + more_players,
                waiting_players = t.waiting_players + more_waiting,
                current = t.current + more_current
            where t.map_id = maps[i];
        end if;
        -- A rank counts maps: another run on the same one leaves it as it is.
        if more_current <> 0 and maps[i] = any (ranked_maps) then
            insert into ranks.pending as t (user_id, runs)
            values (users[i], true)
            on conflict (transaction, user_id) do update set runs = true;
        end if;
    end loop;
    if counted_maps is null then
        return null;
    end if;
    foreach leader in array led loop
        -- A run behind the leader, of somebody who is not a leader, leaves the leaders as they are.
        continue when not (leader.user_ids && counted_users) and fastest > leader.run_time;
        select coalesce(array_agg(g.user_id order by g.user_id), '{}'), min(g.run_time) into leads, lead_time
        from ranks.leading as g
        where g.map_id = leader.map_id;
        continue when (leads, lead_time) is not distinct from (leader.user_ids, leader.run_time);
        update ranks.leaders as l set user_ids = leads, run_time = lead_time where l.map_id = leader.map_id;
        insert into ranks.pending as t (user_id, records)
        select c.user_id, sum(c.step)
        from (
            select unnest(leads) as user_id, 1 as step
            union all
            select unnest(leader.user_ids), -1
        ) as c
        group by c.user_id
        having sum(c.step) <> 0
        on conflict (transaction, user_id) do update set records = t.records + excluded.records;
    end loop;
    return null;
end;
$$;

create or replace function ranks.follow_maps() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    changed integer[];
begin
    select array_agg(n.id order by n.id) into changed
    from old_rows as o
    join new_rows as n on n.id = o.id
    where (o.raw_difficulty, o.difficulty, o.official, o.archived, o.playtesting)
        is distinct from (n.raw_difficulty, n.difficulty, n.official, n.archived, n.playtesting);
    if changed is not null then
        perform completions.refresh_current(changed);
    end if;
    select array_agg(n.id) into changed
    from old_rows as o
    join new_rows as n on n.id = o.id
    where (o.official, o.archived, o.playtesting, o.difficulty)
        is distinct from (n.official, n.archived, n.playtesting, n.difficulty);
    if changed is not null then
        perform ranks.refresh_profiles(
            array(select distinct c.user_id from maps.creators as c where c.map_id = any (changed))
        );
        insert into ranks.pending as t (user_id, runs)
        select distinct c.user_id, true from core.completions as c where c.map_id = any (changed) and c.verified
        on conflict (transaction, user_id) do update set runs = true;
    end if;
    return null;
end;
$$;

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

-- migrate:down
drop trigger completions_delete on maps.medals;
drop trigger completions_update on maps.medals;
drop trigger completions_insert on maps.medals;
drop function completions.follow_medals();

-- How many maps a player completed and with which medal, by difficulty and by kind of map. The latest verified run on
-- a map counts; a medal needs a full run with a video. Each run has one medal at most, so the columns add up.
create or replace view ranks.counts as
select
    s.user_id,
    m.official,
    maps.is_playable(m.archived, m.playtesting) as playable,
    maps.top_difficulty(m.difficulty) as difficulty,
    count(*) as completions,
    count(*) filter (where r.medal = 'Gold') as gold,
    count(*) filter (where r.medal = 'Silver') as silver,
    count(*) filter (where r.medal = 'Bronze') as bronze
from completions.standings as s
join core.maps as m on m.id = s.map_id
left join maps.medals as d on d.map_id = s.map_id
left join lateral (
    select coalesce(
        case when s.legacy then s.legacy_medal end,
        maps.medal(s.time, d.gold, d.silver, d.bronze)
    ) as medal
) as r on not s.partial and s.video <> ''
group by 1, 2, 3, 4;

create or replace function ranks.follow_maps() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    changed integer[];
begin
    select array_agg(n.id) into changed
    from old_rows as o
    join new_rows as n on n.id = o.id
    where (o.official, o.archived, o.playtesting, o.difficulty)
        is distinct from (n.official, n.archived, n.playtesting, n.difficulty);
    if changed is not null then
        perform ranks.refresh_profiles(
            array(select distinct c.user_id from maps.creators as c where c.map_id = any (changed))
        );
        insert into ranks.pending as t (user_id, runs)
        select distinct c.user_id, true from core.completions as c where c.map_id = any (changed) and c.verified
        on conflict (transaction, user_id) do update set runs = true;
    end if;
    return null;
end;
$$;

create or replace function ranks.follow_runs() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    added core.completions[];
    removed core.completions[];
    -- What changed, a player's runs of a map each, in the order of maps.
    maps integer[];
    users bigint[];
    runs integer[];
    waiting integer[];
    shown integer[];
    seconds numeric[];
    -- Whether another run may count for the player now; of those that did or may, the fastest.
    counts boolean[];
    fastest numeric;
    counted_maps integer[];
    ranked_maps integer[];
    counted_users bigint[];
    led ranks.leaders[];
    leader ranks.leaders;
    leads bigint[];
    lead_time numeric;
    alone boolean;
    has_runs integer;
    has_waiting integer;
    more_players integer;
    more_waiting integer;
    more_current integer;
begin
    -- Nearly always it is one run: nothing is to be sorted and added up then.
    if tg_op = 'UPDATE' then
        select
            o.id is not null,
            array[n.map_id],
            array[n.user_id],
            array[0],
            array[(not n.verified)::integer - (not o.verified)::integer],
            array[
                completions.is_shown(n.verified, n.message_id, n.legacy)
                - completions.is_shown(o.verified, o.message_id, o.legacy)
            ],
            array[completions.played(n.verified, n.time) - completions.played(o.verified, o.time)],
            array[
                (n.verified or o.verified)
                and (n.verified, n.time, n.completion, n.legacy, n.inserted_at)
                is distinct from (o.verified, o.time, o.completion, o.legacy, o.inserted_at)
            ],
            least(case when n.verified then n.time end, case when o.verified then o.time end)
        into alone, maps, users, runs, waiting, shown, seconds, counts, fastest
        from new_rows as n
        left join old_rows as o
            on (o.id, o.map_id, o.user_id) = (n.id, n.map_id, n.user_id) and (select count(*) from new_rows) = 1
        limit 1;
        -- A statement that found nothing to change asks as well.
        if not found then
            return null;
        end if;
    elsif tg_op = 'INSERT' then
        select
            (select count(*) from new_rows) = 1,
            array[n.map_id],
            array[n.user_id],
            array[1],
            array[(not n.verified)::integer],
            array[completions.is_shown(n.verified, n.message_id, n.legacy)],
            array[completions.played(n.verified, n.time)],
            array[n.verified],
            case when n.verified then n.time end
        into alone, maps, users, runs, waiting, shown, seconds, counts, fastest
        from new_rows as n
        limit 1;
    end if;
    if alone then
        if not (counts[1] or runs[1] <> 0 or waiting[1] <> 0 or shown[1] <> 0 or seconds[1] <> 0) then
            return null;
        end if;
        if counts[1] then
            counted_maps := maps;
            counted_users := users;
        end if;
    else
        if tg_op <> 'DELETE' then
            added := array(select n from new_rows as n);
        end if;
        if tg_op <> 'INSERT' then
            removed := array(select o from old_rows as o);
        end if;
        select
            array_agg(p.map_id order by p.map_id, p.user_id),
            array_agg(p.user_id order by p.map_id, p.user_id),
            array_agg(p.runs order by p.map_id, p.user_id),
            array_agg(p.waiting order by p.map_id, p.user_id),
            array_agg(p.shown order by p.map_id, p.user_id),
            array_agg(p.seconds order by p.map_id, p.user_id),
            array_agg(p.counts order by p.map_id, p.user_id),
            array_agg(distinct p.map_id) filter (where p.counts),
            array_agg(distinct p.user_id) filter (where p.counts),
            min(p.fastest) filter (where p.counts)
        into maps, users, runs, waiting, shown, seconds, counts, counted_maps, counted_users, fastest
        from (
            select
                c.map_id,
                c.user_id,
                sum(c.step) as runs,
                coalesce(sum(c.step) filter (where not c.verified), 0) as waiting,
                sum(c.step * completions.is_shown(c.verified, c.message_id, c.legacy)) as shown,
                sum(c.step * completions.played(c.verified, c.time)) as seconds,
                array_agg(
                    (c.id, c.time, c.completion, c.legacy, c.inserted_at) order by c.id
                ) filter (where c.verified and c.step > 0)
                is distinct from array_agg(
                    (c.id, c.time, c.completion, c.legacy, c.inserted_at) order by c.id
                ) filter (where c.verified and c.step < 0) as counts,
                min(c.time) filter (where c.verified) as fastest
            from (
                select n.*, 1 as step from unnest(added) as n
                union all
                select o.*, -1 from unnest(removed) as o
            ) as c
            group by c.map_id, c.user_id
        ) as p
        where p.counts or p.runs <> 0 or p.waiting <> 0 or p.shown <> 0 or p.seconds <> 0;
        if maps is null then
            return null;
        end if;
    end if;
    if counted_maps is not null then
        -- What a run counts for depends on its map: wait for who changes the map, and let the next one wait for us.
        -- First of all locks, as whoever changes a map and then its runs has it.
        ranked_maps := array(
            select case when m.official and maps.is_playable(m.archived, m.playtesting) then m.id end
            from core.maps as m
            where m.id = any (counted_maps)
            order by m.id
            for share
        );
    end if;
    for i in 1 .. cardinality(maps) loop
        insert into completions.totals as t (map_id, runs, waiting, shown, current, seconds)
        values (maps[i], runs[i], waiting[i], shown[i], 0, seconds[i])
        on conflict (map_id) do update
        set
            runs = t.runs + excluded.runs,
            waiting = t.waiting + excluded.waiting,
            shown = t.shown + excluded.shown,
            seconds = t.seconds + excluded.seconds;
    end loop;
    if counted_maps is not null then
        led := array(
            select l from ranks.leaders as l where l.map_id = any (counted_maps) order by l.map_id for update
        );
        if cardinality(led) < cardinality(counted_maps) then
            insert into ranks.leaders (map_id)
            select m.id from core.maps as m where m.id = any (counted_maps) order by m.id
            on conflict do nothing;
            led := array(
                select l from ranks.leaders as l where l.map_id = any (counted_maps) order by l.map_id for update
            );
        end if;
    end if;
    -- What is read from here on nobody else can change: the rows of its maps are locked.
    for i in 1 .. cardinality(maps) loop
        select count(*), count(*) filter (where not c.verified) into has_runs, has_waiting
        from core.completions as c
        where c.map_id = maps[i] and c.user_id = users[i];
        more_players := (has_runs > 0)::integer - (has_runs > runs[i])::integer;
        more_waiting := (has_waiting > 0)::integer - (has_waiting > waiting[i])::integer;
        more_current := 0;
        if counts[i] then
            insert into completions.current as k (map_id, user_id, id, time, partial, legacy, inserted_at)
            select c.map_id, c.user_id, c.id, c.time, c.completion, coalesce(c.legacy, false), c.inserted_at
            from core.completions as c
            where c.map_id = maps[i] and c.user_id = users[i] and c.verified
            order by c.inserted_at desc
            limit 1
            on conflict (map_id, user_id) do update
            set
                id = excluded.id,
                time = excluded.time,
                partial = excluded.partial,
                legacy = excluded.legacy,
                inserted_at = excluded.inserted_at
            where (k.id, k.time, k.partial, k.legacy, k.inserted_at)
                is distinct from
                (excluded.id, excluded.time, excluded.partial, excluded.legacy, excluded.inserted_at)
            returning (xmax = 0)::integer into more_current;
            if not found then
                delete from completions.current as k
                where k.map_id = maps[i]
                    and k.user_id = users[i]
                    and not exists (
                        select
                        from core.completions as c
                        where c.map_id = k.map_id and c.user_id = k.user_id and c.verified
                    );
                more_current := - found::integer;
            end if;
        end if;
        if more_players <> 0 or more_waiting <> 0 or more_current <> 0 then
            update completions.totals as t
            set
                players = t.players + more_players,
                waiting_players = t.waiting_players + more_waiting,
                current = t.current + more_current
            where t.map_id = maps[i];
        end if;
        -- A rank counts maps: another run on the same one leaves it as it is.
        if more_current <> 0 and maps[i] = any (ranked_maps) then
            insert into ranks.pending as t (user_id, runs)
            values (users[i], true)
            on conflict (transaction, user_id) do update set runs = true;
        end if;
    end loop;
    if counted_maps is null then
        return null;
    end if;
    foreach leader in array led loop
        -- A run behind the leader, of somebody who is not a leader, leaves the leaders as they are.
        continue when not (leader.user_ids && counted_users) and fastest > leader.run_time;
        select coalesce(array_agg(g.user_id order by g.user_id), '{}'), min(g.run_time) into leads, lead_time
        from ranks.leading as g
        where g.map_id = leader.map_id;
        continue when (leads, lead_time) is not distinct from (leader.user_ids, leader.run_time);
        update ranks.leaders as l set user_ids = leads, run_time = lead_time where l.map_id = leader.map_id;
        insert into ranks.pending as t (user_id, records)
        select c.user_id, sum(c.step)
        from (
            select unnest(leads) as user_id, 1 as step
            union all
            select unnest(leader.user_ids), -1
        ) as c
        group by c.user_id
        having sum(c.step) <> 0
        on conflict (transaction, user_id) do update set records = t.records + excluded.records;
    end loop;
    return null;
end;
$$;

create or replace function completions.rank(map_id integer, user_id bigint, run_id integer)
returns table (rank bigint)
language sql stable parallel safe as $$
    select (
        select count(*) + 1
        from completions.current as o
        where o.map_id = k.map_id and o.legacy = k.legacy and not o.partial and o.time < k.time
    )
    from completions.current as k
    where k.map_id = rank.map_id and k.user_id = rank.user_id and k.id = rank.run_id and not k.partial
$$;

create or replace function completions.rebuild() returns void
language plpgsql
as $$
begin
    truncate completions.current, completions.totals;
    insert into completions.current (map_id, user_id, id, time, partial, legacy, inserted_at)
    select distinct on (c.map_id, c.user_id)
        c.map_id, c.user_id, c.id, c.time, c.completion, coalesce(c.legacy, false), c.inserted_at
    from core.completions as c
    where c.verified
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

drop function completions.place(integer, boolean, numeric);
drop function completions.refresh_current(integer[]);
drop view completions.verified_runs;
drop function completions.earned_medal(numeric, boolean, text, boolean, text, numeric, numeric, numeric);
drop index ranks.leaders_user_ids_idx;
drop index completions.current_player_idx;
alter table completions.current drop constraint current_pkey;
alter table completions.current add constraint current_pkey primary key (map_id, user_id);
alter table completions.current
    drop column raw_difficulty,
    drop column difficulty,
    drop column official,
    drop column playable,
    drop column medal;
create index current_user_id_idx on completions.current (user_id) include (map_id, partial, time, id);
