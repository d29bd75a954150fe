-- What follows a verdict asks less: a single run is not sorted and added up as many are, a rank is worked out anew
-- where it may change, and who leads a map is written where it changed.
-- migrate:up
-- Whether runs on a map count for ranks that only playable maps earn.
create function maps.is_playable(archived boolean, playtesting playtest_status) returns boolean
language sql
immutable
parallel safe
return not archived and playtesting = 'Approved';

create or replace view ranks.counts AS
 SELECT s.user_id,
    m.official,
    maps.is_playable(m.archived, m.playtesting) AS playable,
    maps.top_difficulty(m.difficulty) AS difficulty,
    count(*) AS completions,
    count(*) FILTER (WHERE (r.medal = 'Gold'::text)) AS gold,
    count(*) FILTER (WHERE (r.medal = 'Silver'::text)) AS silver,
    count(*) FILTER (WHERE (r.medal = 'Bronze'::text)) AS bronze
   FROM (((completions.standings s
     JOIN core.maps m ON ((m.id = s.map_id)))
     LEFT JOIN maps.medals d ON ((d.map_id = s.map_id)))
     LEFT JOIN LATERAL ( SELECT COALESCE(
                CASE
                    WHEN s.legacy THEN s.legacy_medal
                    ELSE NULL::text
                END, maps.medal(s."time", d.gold, d.silver, d.bronze)) AS medal) r ON (((NOT s.partial) AND (s.video <> ''::text))))
  GROUP BY s.user_id, m.official, maps.is_playable(m.archived, m.playtesting), (maps.top_difficulty(m.difficulty));

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

drop function ranks.refresh_runs(bigint[], integer[], numeric);

create or replace function ranks.settle() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    changed ranks.pending[];
    known integer;
    with_profiles boolean;
    with_others boolean;
begin
    with gone as (
        delete from ranks.pending as c where c.transaction = new.transaction returning c
    ),
    locked as (
        select
        from ranks.players as p
        where p.user_id = any (array(select (g.c).user_id from gone as g))
        order by p.user_id
        for no key update
    )
    select
        array_agg(g.c),
        (select count(*) from locked),
        bool_or((g.c).profile),
        bool_or((g.c).xp or (g.c).runs or (g.c).records <> 0)
    into changed, known, with_profiles, with_others
    from gone as g;
    -- The first of a transaction's players brings all of them.
    if changed is null then
        return null;
    end if;
    if with_profiles then
        insert into ranks.players as p
            (user_id, nickname, discord_tag, xp, map_count, playtest_count, skill_score, names)
        select f.user_id, f.nickname, f.discord_tag, f.xp, f.map_count, f.playtest_count, f.skill_score, f.names
        from ranks.profiles as f
        where f.user_id = any (array(select c.user_id from unnest(changed) as c where c.profile))
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
    if with_others then
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
            from unnest(changed) as c
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
create or replace function ranks.settle() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
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

create or replace function ranks.refresh_runs(users bigint[], maps integer[], fastest numeric) RETURNS void
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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

create or replace function ranks.follow_maps() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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
        perform ranks.refresh_runs(
            array(select distinct c.user_id from core.completions as c where c.map_id = any (changed) and c.verified),
            '{}',
            null
        );
    end if;
    return null;
end;
$$;

create or replace function ranks.follow_runs() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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

create or replace view ranks.counts AS
 SELECT s.user_id,
    m.official,
    ((NOT m.archived) AND (m.playtesting = 'Approved'::public.playtest_status)) AS playable,
    maps.top_difficulty(m.difficulty) AS difficulty,
    count(*) AS completions,
    count(*) FILTER (WHERE (r.medal = 'Gold'::text)) AS gold,
    count(*) FILTER (WHERE (r.medal = 'Silver'::text)) AS silver,
    count(*) FILTER (WHERE (r.medal = 'Bronze'::text)) AS bronze
   FROM (((completions.standings s
     JOIN core.maps m ON ((m.id = s.map_id)))
     LEFT JOIN maps.medals d ON ((d.map_id = s.map_id)))
     LEFT JOIN LATERAL ( SELECT COALESCE(
                CASE
                    WHEN s.legacy THEN s.legacy_medal
                    ELSE NULL::text
                END, maps.medal(s."time", d.gold, d.silver, d.bronze)) AS medal) r ON (((NOT s.partial) AND (s.video <> ''::text))))
  GROUP BY s.user_id, m.official, ((NOT m.archived) AND (m.playtesting = 'Approved'::public.playtest_status)), (maps.top_difficulty(m.difficulty));

drop function maps.is_playable(boolean, playtest_status);
