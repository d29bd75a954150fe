-- A verdict changes one run: what follows it asks for rows by their keys, one after the other, and asks once. To start a
-- statement over sets of one row took longer than to run it.
-- migrate:up
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
    counted_users bigint[];
    locked integer;
    has_runs integer;
    has_waiting integer;
    more_players integer;
    more_waiting integer;
    more_current integer;
begin
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
    if counted_maps is not null then
        -- What a run counts for depends on its map: wait for who changes the map, and let the next one wait for us.
        -- First of all locks, as whoever changes a map and then its runs has it.
        perform from core.maps as m where m.id = any (counted_maps) order by m.id for share;
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
        perform from ranks.leaders as l where l.map_id = any (counted_maps) order by l.map_id for update;
        get diagnostics locked = row_count;
        if locked < cardinality(counted_maps) then
            insert into ranks.leaders (map_id)
            select m.id from core.maps as m where m.id = any (counted_maps) order by m.id
            on conflict do nothing;
            perform from ranks.leaders as l where l.map_id = any (counted_maps) order by l.map_id for update;
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
    end loop;
    if counted_maps is not null then
        perform ranks.refresh_runs(counted_users, counted_maps, fastest);
    end if;
    return null;
end;
$$;

drop function completions.refresh_current(bigint[], integer[]);
drop function completions.count_pairs(integer[], bigint[], integer[], integer[]);

-- As before, but for players whom no leader's place changes with: most of them.
create or replace function ranks.refresh_runs(users bigint[], maps integer[], fastest numeric) returns void
language plpgsql
set plan_cache_mode = force_generic_plan
as $$
begin
    insert into ranks.pending as t (user_id, runs)
    select i.id, true from unnest(users) as i (id)
    on conflict (transaction, user_id) do update set runs = true;
    -- A run behind the leader, of somebody who is not a leader, leaves the leaders as they are.
    maps := array(
        select l.map_id
        from ranks.leaders as l
        where l.map_id = any (maps) and (l.user_ids && users or l.run_time is null or fastest <= l.run_time)
    );
    if maps = '{}' then
        return;
    end if;
    with before as (
        select l.map_id, l.user_ids from ranks.leaders as l where l.map_id = any (maps)
    ),
    now as (
        select b.map_id, coalesce(f.user_ids, '{}') as user_ids, f.run_time
        from before as b
        cross join lateral (
            select array_agg(g.user_id order by g.user_id) as user_ids, min(g.run_time) as run_time
            from ranks.leading as g
            where g.map_id = b.map_id
        ) as f
    ),
    kept as (
        update ranks.leaders as l
        set user_ids = n.user_ids, run_time = n.run_time
        from now as n
        where l.map_id = n.map_id and (l.user_ids, l.run_time) is distinct from (n.user_ids, n.run_time)
    ),
    moved as (
        select c.user_id, sum(c.step)::integer as step
        from (
            select unnest(n.user_ids) as user_id, 1 as step from now as n
            union all
            select unnest(b.user_ids), -1 from before as b
        ) as c
        group by c.user_id
        having sum(c.step) <> 0
    )
    insert into ranks.pending as t (user_id, records)
    select m.user_id, m.step from moved as m
    on conflict (transaction, user_id) do update set records = t.records + excluded.records;
end;
$$;

-- A row that a rating's verdict does not change starts none of the sums over ratings.
create or replace function maps.ratings_verify_on_completion() returns trigger
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

-- As before, but each player's rank is worked out once, by the keys of the few maps that it has runs on.
create or replace function ranks.settle() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    players bigint[];
    profiles bigint[];
    with_xp boolean[];
    with_runs boolean[];
    more_records integer[];
begin
    with gone as (
        delete from ranks.pending as c where c.transaction = new.transaction
        returning c.user_id, c.profile, c.xp, c.runs, c.records
    )
    select
        array_agg(g.user_id order by g.user_id),
        array_agg(g.user_id) filter (where g.profile),
        array_agg(g.xp order by g.user_id),
        array_agg(g.runs order by g.user_id),
        array_agg(g.records order by g.user_id)
    into players, profiles, with_xp, with_runs, more_records
    from gone as g;
    -- The first of a transaction's players brings all of them.
    if players is null then
        return null;
    end if;
    perform from ranks.players as p where p.user_id = any (players) order by p.user_id for no key update;
    if profiles is not null then
        insert into ranks.players as p
            (user_id, nickname, discord_tag, xp, map_count, playtest_count, skill_score, names)
        select f.user_id, f.nickname, f.discord_tag, f.xp, f.map_count, f.playtest_count, f.skill_score, f.names
        from ranks.profiles as f
        where f.user_id = any (profiles)
        order by f.user_id
        on conflict (user_id) do update
        set
            nickname = excluded.nickname,
            discord_tag = excluded.discord_tag,
            xp = excluded.xp,
            map_count = excluded.map_count,
            playtest_count = excluded.playtest_count,
            skill_score = excluded.skill_score,
            names = excluded.names
        where (p.nickname, p.discord_tag, p.xp, p.map_count, p.playtest_count, p.skill_score, p.names)
            is distinct from (
                excluded.nickname, excluded.discord_tag, excluded.xp, excluded.map_count, excluded.playtest_count,
                excluded.skill_score, excluded.names
            );
    end if;
    if true = any (with_xp) or true = any (with_runs) or 0 <> any (more_records) then
        update ranks.players as p
        set xp = n.xp, skill_rank = n.skill_rank, wr_count = n.wr_count
        from (
            select
                o.user_id,
                case
                    when c.xp then coalesce((select x.amount from lootbox.xp as x where x.user_id = c.user_id), 0)
                    else o.xp
                end as xp,
                case
                    when c.runs
                        then coalesce((select max(g.position) from ranks.earned as g where g.user_id = c.user_id), 0)
                    else o.skill_rank
                end as skill_rank,
                o.wr_count + c.records as wr_count
            from unnest(players, with_xp, with_runs, more_records) as c (user_id, xp, runs, records)
            join ranks.players as o on o.user_id = c.user_id
            -- Kept a subquery: else a rank is worked out to compare it, and once more to set it.
            offset 0
        ) as n
        where p.user_id = n.user_id
            and (p.xp, p.skill_rank, p.wr_count) is distinct from (n.xp, n.skill_rank, n.wr_count);
    end if;
    return null;
end;
$$;

-- migrate:down
create function completions.count_pairs(maps integer[], users bigint[], runs integer[], waiting integer[]) RETURNS void
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
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

create function completions.refresh_current(users bigint[], maps integer[]) RETURNS void
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
begin
    with wanted as (
        select distinct p.user_id, p.map_id from unnest(users, maps) as p (user_id, map_id)
    ),
    now as (
        select w.map_id, w.user_id, l.*
        from wanted as w
        cross join lateral (
            select c.id, c.time, c.completion as partial, coalesce(c.legacy, false) as legacy, c.inserted_at
            from core.completions as c
            where c.map_id = w.map_id and c.user_id = w.user_id and c.verified
            order by c.inserted_at desc
            limit 1
        ) as l
    ),
    gone as (
        delete from completions.current as k
        using wanted as w
        where k.map_id = w.map_id
            and k.user_id = w.user_id
            and not exists (select from now as n where n.map_id = w.map_id and n.user_id = w.user_id)
        returning k.map_id, -1 as step
    ),
    kept as (
        insert into completions.current as k (map_id, user_id, id, time, partial, legacy, inserted_at)
        select n.map_id, n.user_id, n.id, n.time, n.partial, n.legacy, n.inserted_at
        from now as n
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
        returning k.map_id, (xmax = 0)::integer as step
    )
    update completions.totals as t
    set current = t.current + s.step
    from (
        select c.map_id, sum(c.step)::integer as step
        from (select * from gone union all select * from kept) as c
        group by c.map_id
        having sum(c.step) <> 0
    ) as s
    where t.map_id = s.map_id;
end;
$$;

create or replace function ranks.follow_runs() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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

create or replace function ranks.refresh_runs(users bigint[], maps integer[], fastest numeric) RETURNS void
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
begin
    -- A run behind the leader, of somebody who is not a leader, leaves the leaders as they are.
    maps := array(
        select l.map_id
        from ranks.leaders as l
        where l.map_id = any (maps) and (l.user_ids && users or l.run_time is null or fastest <= l.run_time)
    );
    with before as (
        select l.map_id, l.user_ids from ranks.leaders as l where l.map_id = any (maps)
    ),
    now as (
        select b.map_id, coalesce(f.user_ids, '{}') as user_ids, f.run_time
        from before as b
        cross join lateral (
            select array_agg(g.user_id order by g.user_id) as user_ids, min(g.run_time) as run_time
            from ranks.leading as g
            where g.map_id = b.map_id
        ) as f
    ),
    kept as (
        update ranks.leaders as l
        set user_ids = n.user_ids, run_time = n.run_time
        from now as n
        where l.map_id = n.map_id and (l.user_ids, l.run_time) is distinct from (n.user_ids, n.run_time)
    ),
    moved as (
        select c.user_id, sum(c.step)::integer as step
        from (
            select unnest(n.user_ids) as user_id, 1 as step from now as n
            union all
            select unnest(b.user_ids), -1 from before as b
        ) as c
        group by c.user_id
        having sum(c.step) <> 0
    )
    insert into ranks.pending as t (user_id, runs, records)
    select coalesce(u.id, m.user_id), u.id is not null, coalesce(m.step, 0)
    from moved as m
    full join (select distinct i.id from unnest(users) as i (id)) as u on u.id = m.user_id
    on conflict (transaction, user_id) do update
    set runs = t.runs or excluded.runs, records = t.records + excluded.records;
end;
$$;

create or replace function maps.ratings_verify_on_completion() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
    update maps.ratings
    set verified = true
    where map_id = new.map_id
        and user_id = new.user_id
        and verified is not true;
    return null;
end
$$;

create or replace function ranks.settle() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
    -- The first of a transaction's players brings all of them.
    if not exists (
        select from ranks.pending as c where c.transaction = new.transaction and c.user_id = new.user_id
    ) then
        return null;
    end if;
    perform
    from ranks.players as p
    where p.user_id in (select c.user_id from ranks.pending as c where c.transaction = new.transaction)
    order by p.user_id
    for no key update;
    insert into ranks.players as p
        (user_id, nickname, discord_tag, xp, map_count, playtest_count, skill_score, names)
    select f.user_id, f.nickname, f.discord_tag, f.xp, f.map_count, f.playtest_count, f.skill_score, f.names
    from ranks.profiles as f
    where f.user_id in (
        select c.user_id from ranks.pending as c where c.transaction = new.transaction and c.profile
    )
    order by f.user_id
    on conflict (user_id) do update
    set
        nickname = excluded.nickname,
        discord_tag = excluded.discord_tag,
        xp = excluded.xp,
        map_count = excluded.map_count,
        playtest_count = excluded.playtest_count,
        skill_score = excluded.skill_score,
        names = excluded.names
    where (p.nickname, p.discord_tag, p.xp, p.map_count, p.playtest_count, p.skill_score, p.names)
        is distinct from (
            excluded.nickname, excluded.discord_tag, excluded.xp, excluded.map_count, excluded.playtest_count,
            excluded.skill_score, excluded.names
        );
    update ranks.players as p
    set xp = n.xp, skill_rank = n.skill_rank, wr_count = n.wr_count
    from (
        select
            o.user_id,
            case when c.xp then coalesce(x.amount, 0) else o.xp end as xp,
            case
                when c.runs
                    then coalesce((select max(g.position) from ranks.earned as g where g.user_id = c.user_id), 0)
                else o.skill_rank
            end as skill_rank,
            o.wr_count + c.records as wr_count
        from ranks.pending as c
        join ranks.players as o on o.user_id = c.user_id
        left join lootbox.xp as x on x.user_id = c.user_id
        where c.transaction = new.transaction and (c.xp or c.runs or c.records <> 0)
    ) as n
    where p.user_id = n.user_id
        and (p.xp, p.skill_rank, p.wr_count) is distinct from (n.xp, n.skill_rank, n.wr_count);
    delete from ranks.pending as c where c.transaction = new.transaction;
    return null;
end;
$$;
