-- The numbers of runs and of players with runs that lists of all runs tell, kept beside the others of a map; and what
-- the lists of waiting and of recent runs and of maps without a code read.
-- migrate:up
-- Runs that are not verified, players with a run, and players with a run that is not verified.
alter table completions.totals
    add column waiting integer not null default 0,
    add column players integer not null default 0,
    add column waiting_players integer not null default 0;

-- Count what changed for pairs of a map and a player: how many more runs they have now, and how many more that are not
-- verified. How many they had before follows from how many there are, so it is read only once nobody else can change it.
create function completions.count_pairs(maps integer[], users bigint[], runs integer[], waiting integer[])
returns void
language plpgsql
set plan_cache_mode = force_generic_plan
-- There are few of them mostly, so each is looked up.
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
    perform from completions.totals as t where t.map_id = any (maps) order by t.map_id for no key update;
    update completions.totals as t
    set
        waiting = t.waiting + s.waiting,
        players = t.players + s.players,
        waiting_players = t.waiting_players + s.waiting_players
    from (
        select
            p.map_id,
            sum(p.waiting)::integer as waiting,
            sum((n.runs > 0)::integer - (n.runs > p.runs)::integer)::integer as players,
            sum((n.waiting > 0)::integer - (n.waiting > p.waiting)::integer)::integer as waiting_players
        from (
            select u.map_id, u.user_id, u.runs, coalesce(u.waiting, 0) as waiting
            from unnest(maps, users, runs, waiting) as u (map_id, user_id, runs, waiting)
        ) as p
        cross join lateral (
            select count(*) as runs, count(*) filter (where not c.verified) as waiting
            from core.completions as c
            where c.map_id = p.map_id and c.user_id = p.user_id
        ) as n
        group by p.map_id
    ) as s
    where t.map_id = s.map_id;
end;
$$;

create or replace function ranks.follow_runs() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    touched integer[];
    runs integer[];
    shown integer[];
    seconds numeric[];
    users bigint[];
    maps integer[];
    fastest numeric;
    pair_maps integer[];
    pair_users bigint[];
    pair_runs integer[];
    pair_waiting integer[];
begin
    if tg_op = 'INSERT' then
        select array_agg(d.map_id), array_agg(d.runs), array_agg(d.shown), array_agg(d.seconds)
        into touched, runs, shown, seconds
        from (
            select
                n.map_id,
                count(*) as runs,
                sum(completions.is_shown(n.verified, n.message_id, n.legacy)) as shown,
                sum(completions.played(n.verified, n.time)) as seconds
            from new_rows as n
            group by n.map_id
        ) as d;
        select array_agg(n.user_id), array_agg(n.map_id), min(n.time) into users, maps, fastest
        from new_rows as n
        where n.verified;
        select array_agg(d.map_id), array_agg(d.user_id), array_agg(d.runs), array_agg(d.waiting)
        into pair_maps, pair_users, pair_runs, pair_waiting
        from (
            select c.map_id, c.user_id, sum(c.step) as runs, sum(c.step) filter (where not c.verified) as waiting
            from (select n.map_id, n.user_id, n.verified, 1 as step from new_rows as n) as c
            group by c.map_id, c.user_id
            having sum(c.step) <> 0 or sum(c.step) filter (where not c.verified) <> 0
        ) as d;
    elsif tg_op = 'DELETE' then
        select array_agg(d.map_id), array_agg(d.runs), array_agg(d.shown), array_agg(d.seconds)
        into touched, runs, shown, seconds
        from (
            select
                o.map_id,
                - count(*) as runs,
                - sum(completions.is_shown(o.verified, o.message_id, o.legacy)) as shown,
                - sum(completions.played(o.verified, o.time)) as seconds
            from old_rows as o
            group by o.map_id
        ) as d;
        select array_agg(o.user_id), array_agg(o.map_id), min(o.time) into users, maps, fastest
        from old_rows as o
        where o.verified;
        select array_agg(d.map_id), array_agg(d.user_id), array_agg(d.runs), array_agg(d.waiting)
        into pair_maps, pair_users, pair_runs, pair_waiting
        from (
            select c.map_id, c.user_id, sum(c.step) as runs, sum(c.step) filter (where not c.verified) as waiting
            from (select o.map_id, o.user_id, o.verified, -1 as step from old_rows as o) as c
            group by c.map_id, c.user_id
            having sum(c.step) <> 0 or sum(c.step) filter (where not c.verified) <> 0
        ) as d;
    else
        select array_agg(d.map_id), array_agg(d.runs), array_agg(d.shown), array_agg(d.seconds)
        into touched, runs, shown, seconds
        from (
            select c.map_id, sum(c.runs) as runs, sum(c.shown) as shown, sum(c.seconds) as seconds
            from (
                select
                    n.map_id,
                    1 as runs,
                    completions.is_shown(n.verified, n.message_id, n.legacy) as shown,
                    completions.played(n.verified, n.time) as seconds
                from new_rows as n
                union all
                select
                    o.map_id,
                    -1,
                    - completions.is_shown(o.verified, o.message_id, o.legacy),
                    - completions.played(o.verified, o.time)
                from old_rows as o
            ) as c
            group by c.map_id
            having sum(c.runs) <> 0 or sum(c.shown) <> 0 or sum(c.seconds) <> 0
        ) as d;
        select array_agg(c.user_id), array_agg(c.map_id), min(least(o.time, n.time))
        into users, maps, fastest
        from old_rows as o
        join new_rows as n on n.id = o.id
        cross join lateral (values (o.user_id, o.map_id), (n.user_id, n.map_id)) as c (user_id, map_id)
        where (o.verified or n.verified)
            and (o.verified, o.time, o.completion, o.legacy, o.inserted_at, o.user_id, o.map_id)
            is distinct from (n.verified, n.time, n.completion, n.legacy, n.inserted_at, n.user_id, n.map_id);
        select array_agg(d.map_id), array_agg(d.user_id), array_agg(d.runs), array_agg(d.waiting)
        into pair_maps, pair_users, pair_runs, pair_waiting
        from (
            select c.map_id, c.user_id, sum(c.step) as runs, sum(c.step) filter (where not c.verified) as waiting
            from (
                select n.map_id, n.user_id, n.verified, 1 as step from new_rows as n
                union all
                select o.map_id, o.user_id, o.verified, -1 as step from old_rows as o
            ) as c
            group by c.map_id, c.user_id
            having sum(c.step) <> 0 or sum(c.step) filter (where not c.verified) <> 0
        ) as d;
    end if;
    if users is not null then
        -- What a run counts for depends on its map: wait for who changes the map, and let the next one wait for us.
        -- First of all locks, as whoever changes a map and then its runs has it.
        perform from core.maps as m where m.id = any (maps) order by m.id for share;
    end if;
    if touched is not null then
        insert into completions.totals as t (map_id, runs, shown, current, seconds)
        select d.map_id, d.runs, d.shown, 0, d.seconds
        from unnest(touched, runs, shown, seconds) as d (map_id, runs, shown, seconds)
        order by d.map_id
        on conflict (map_id) do update
        set
            runs = t.runs + excluded.runs,
            shown = t.shown + excluded.shown,
            seconds = t.seconds + excluded.seconds;
    end if;
    if pair_maps is not null then
        perform completions.count_pairs(pair_maps, pair_users, pair_runs, pair_waiting);
    end if;
    if users is not null then
        insert into ranks.leaders (map_id)
        select m.id from core.maps as m where m.id = any (maps) order by m.id
        on conflict do nothing;
        perform from ranks.leaders as l where l.map_id = any (maps) order by l.map_id for update;
        perform completions.refresh_current(users, maps);
        perform ranks.refresh_runs(
            array(select distinct u.id from unnest(users) as u (id)),
            array(select distinct m.id from unnest(maps) as m (id)),
            fastest
        );
    end if;
    return null;
end;
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

-- Their plans do not depend on whose runs they are about; to plan them anew each time takes longer than to run them.
alter function ranks.follow_runs() set plan_cache_mode = force_generic_plan;
alter function ranks.refresh_runs(bigint[], integer[], numeric) set plan_cache_mode = force_generic_plan;
alter function completions.refresh_current(bigint[], integer[]) set plan_cache_mode = force_generic_plan;
alter function completions.refresh_current(bigint[], integer[]) set enable_hashjoin = off;
alter function completions.refresh_current(bigint[], integer[]) set enable_mergejoin = off;

create index completions_waiting_idx on core.completions (id) include (verification_id)
where not verified and verified_by is null and verification_id is not null;
create index completions_recent_idx on core.completions (inserted_at, id) include (map_id)
where verified and not coalesce(legacy, false);
create index maps_without_code_idx on core.maps (id) where code is null;

update completions.totals as t
set waiting = c.waiting, players = c.players, waiting_players = c.waiting_players
from (
    select
        r.map_id,
        count(*) filter (where not r.verified) as waiting,
        count(distinct r.user_id) as players,
        count(distinct r.user_id) filter (where not r.verified) as waiting_players
    from core.completions as r
    group by r.map_id
) as c
where c.map_id = t.map_id;

-- migrate:down
drop index core.maps_without_code_idx;
drop index core.completions_recent_idx;
drop index core.completions_waiting_idx;
alter function completions.refresh_current(bigint[], integer[]) reset all;
alter function ranks.refresh_runs(bigint[], integer[], numeric) reset plan_cache_mode;

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
    insert into completions.totals (map_id, runs, shown, current, seconds)
    select
        c.map_id,
        count(*),
        count(*) filter (where c.verified and c.message_id is not null and not coalesce(c.legacy, false)),
        (select count(*) from completions.current as k where k.map_id = c.map_id),
        coalesce(sum(c.time) filter (where c.verified and c.time < 99999999), 0)
    from core.completions as c
    group by c.map_id;
end;
$$;

create or replace function ranks.follow_runs() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    touched integer[];
    runs integer[];
    shown integer[];
    seconds numeric[];
    users bigint[];
    maps integer[];
    fastest numeric;
begin
    if tg_op = 'INSERT' then
        select array_agg(d.map_id), array_agg(d.runs), array_agg(d.shown), array_agg(d.seconds)
        into touched, runs, shown, seconds
        from (
            select
                n.map_id,
                count(*) as runs,
                sum(completions.is_shown(n.verified, n.message_id, n.legacy)) as shown,
                sum(completions.played(n.verified, n.time)) as seconds
            from new_rows as n
            group by n.map_id
        ) as d;
        select array_agg(n.user_id), array_agg(n.map_id), min(n.time) into users, maps, fastest
        from new_rows as n
        where n.verified;
    elsif tg_op = 'DELETE' then
        select array_agg(d.map_id), array_agg(d.runs), array_agg(d.shown), array_agg(d.seconds)
        into touched, runs, shown, seconds
        from (
            select
                o.map_id,
                - count(*) as runs,
                - sum(completions.is_shown(o.verified, o.message_id, o.legacy)) as shown,
                - sum(completions.played(o.verified, o.time)) as seconds
            from old_rows as o
            group by o.map_id
        ) as d;
        select array_agg(o.user_id), array_agg(o.map_id), min(o.time) into users, maps, fastest
        from old_rows as o
        where o.verified;
    else
        select array_agg(d.map_id), array_agg(d.runs), array_agg(d.shown), array_agg(d.seconds)
        into touched, runs, shown, seconds
        from (
            select c.map_id, sum(c.runs) as runs, sum(c.shown) as shown, sum(c.seconds) as seconds
            from (
                select
                    n.map_id,
                    1 as runs,
                    completions.is_shown(n.verified, n.message_id, n.legacy) as shown,
                    completions.played(n.verified, n.time) as seconds
                from new_rows as n
                union all
                select
                    o.map_id,
                    -1,
                    - completions.is_shown(o.verified, o.message_id, o.legacy),
                    - completions.played(o.verified, o.time)
                from old_rows as o
            ) as c
            group by c.map_id
            having sum(c.runs) <> 0 or sum(c.shown) <> 0 or sum(c.seconds) <> 0
        ) as d;
        select array_agg(c.user_id), array_agg(c.map_id), min(least(o.time, n.time))
        into users, maps, fastest
        from old_rows as o
        join new_rows as n on n.id = o.id
        cross join lateral (values (o.user_id, o.map_id), (n.user_id, n.map_id)) as c (user_id, map_id)
        where (o.verified or n.verified)
            and (o.verified, o.time, o.completion, o.legacy, o.inserted_at, o.user_id, o.map_id)
            is distinct from (n.verified, n.time, n.completion, n.legacy, n.inserted_at, n.user_id, n.map_id);
    end if;
    if users is not null then
        -- What a run counts for depends on its map: wait for who changes the map, and let the next one wait for us.
        -- First of all locks, as whoever changes a map and then its runs has it.
        perform from core.maps as m where m.id = any (maps) order by m.id for share;
    end if;
    if touched is not null then
        insert into completions.totals as t (map_id, runs, shown, current, seconds)
        select d.map_id, d.runs, d.shown, 0, d.seconds
        from unnest(touched, runs, shown, seconds) as d (map_id, runs, shown, seconds)
        order by d.map_id
        on conflict (map_id) do update
        set
            runs = t.runs + excluded.runs,
            shown = t.shown + excluded.shown,
            seconds = t.seconds + excluded.seconds;
    end if;
    if users is not null then
        insert into ranks.leaders (map_id)
        select m.id from core.maps as m where m.id = any (maps) order by m.id
        on conflict do nothing;
        perform from ranks.leaders as l where l.map_id = any (maps) order by l.map_id for update;
        perform completions.refresh_current(users, maps);
        perform ranks.refresh_runs(
            array(select distinct u.id from unnest(users) as u (id)),
            array(select distinct m.id from unnest(maps) as m (id)),
            fastest
        );
    end if;
    return null;
end;
$$;

drop function completions.count_pairs(integer[], bigint[], integer[], integer[]);
alter table completions.totals drop column waiting_players, drop column players, drop column waiting;
