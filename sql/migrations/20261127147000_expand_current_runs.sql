-- The run that counts for a player on a map, and sums over the runs of a map, kept by the transaction that changes a
-- run: a list is then as quick for a map with thousands of runs as for one with fifty.
-- migrate:up
create table completions.current (
    map_id integer not null,
    user_id bigint not null,
    id integer not null,
    time numeric(10, 2) not null,
    partial boolean not null,
    legacy boolean not null,
    inserted_at timestamptz not null,
    constraint current_pkey primary key (map_id, user_id)
);

-- The order of a leaderboard.
create index current_board_idx on completions.current (map_id, legacy, partial, time, inserted_at, id);
create index current_user_id_idx on completions.current (user_id);

-- Of all runs of a map how many there are, how many the list of latest runs shows, how many count for their players,
-- and how long the verified ones took together.
create table completions.totals (
    map_id integer not null,
    runs integer not null,
    shown integer not null,
    current integer not null,
    seconds numeric not null,
    constraint totals_pkey primary key (map_id)
);

create or replace view completions.standings as
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

create or replace view ranks.leading as
select m.id as map_id, k.user_id, k.time as run_time
from core.maps as m
cross join lateral (
    select min(o.time) as run_time
    from completions.current as o
    where o.map_id = m.id and not o.legacy and not o.partial
) as f
join completions.current as k on k.map_id = m.id and not k.legacy and not k.partial and k.time = f.run_time;

create or replace function completions.ranks(map_id integer) returns table (id integer, rank bigint)
language sql stable parallel safe as $$
    select k.id, rank() over (partition by k.legacy order by k.time)
    from completions.current as k
    where k.map_id = ranks.map_id and not k.partial
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

-- Find out anew which run counts for each of these pairs; whoever calls it holds the maps' rows in ranks.leaders.
create function completions.refresh_current(users bigint[], maps integer[]) returns void
language plpgsql
as $$
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

-- Fill both from nothing.
create function completions.rebuild() returns void
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

-- The share of one run in completions.totals.shown and completions.totals.seconds.
create function completions.is_shown(verified boolean, message_id bigint, legacy boolean) returns integer
language sql immutable parallel safe
return (verified and message_id is not null and not coalesce(legacy, false))::integer;

create function completions.played(verified boolean, run_time numeric) returns numeric
language sql immutable parallel safe
return case when verified and run_time < 99999999 then run_time else 0 end;

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

-- As before, but whoever calls it has locked the maps' rows in ranks.leaders.
create or replace function ranks.refresh_runs(users bigint[], maps integer[], fastest numeric) returns void
language plpgsql
as $$
declare
    movers bigint[];
    steps integer[];
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
    select array_agg(m.user_id), array_agg(m.step) into movers, steps from moved as m;

    perform from ranks.players as p where p.user_id = any (users || movers) order by p.user_id for no key update;
    update ranks.players as p
    set skill_rank = coalesce(e.highest, 0)
    from unnest(users) as i (id)
    cross join lateral (select max(g.position) as highest from ranks.earned as g where g.user_id = i.id) as e
    where p.user_id = i.id and p.skill_rank <> coalesce(e.highest, 0);
    update ranks.players as p
    set wr_count = p.wr_count + m.step
    from unnest(movers, steps) as m (user_id, step)
    where p.user_id = m.user_id;
end;
$$;

create or replace function ranks.rebuild() returns void
language plpgsql
as $$
begin
    perform completions.rebuild();
    truncate ranks.players, ranks.leaders;
    insert into ranks.leaders (map_id, user_ids, run_time)
    select g.map_id, array_agg(g.user_id order by g.user_id), min(g.run_time)
    from ranks.leading as g
    group by g.map_id;
    insert into ranks.players
        (
            user_id, nickname, discord_tag, xp, map_count, playtest_count, skill_score, skill_rank, wr_count,
            skill_percentile
        )
    select
        f.user_id, f.nickname, f.discord_tag, f.xp, f.map_count, f.playtest_count, f.skill_score,
        coalesce(e.highest, 0), coalesce(r.amount, 0), coalesce(q.skill_percentile, 0)
    from ranks.profiles as f
    left join (
        select g.user_id, max(g.position) as highest from ranks.earned as g group by g.user_id
    ) as e on e.user_id = f.user_id
    left join (
        select u.user_id, count(*) as amount
        from ranks.leaders as l
        cross join unnest(l.user_ids) as u (user_id)
        group by u.user_id
    ) as r on r.user_id = f.user_id
    left join ranks.percentiles as q on q.user_id = f.user_id;
end;
$$;

select completions.rebuild();
-- migrate:down
create or replace view completions.standings as
select distinct on (c.map_id, c.user_id)
  c.id,
  c.map_id,
  c.user_id,
  c.time,
  c.screenshot,
  c.video,
  c.message_id,
  c.completion as partial,
  coalesce(c.legacy, false) as legacy,
  c.legacy_medal,
  c.inserted_at
from core.completions as c
where c.verified
order by c.map_id, c.user_id, c.inserted_at desc;

create or replace view ranks.leading as
select l.map_id, l.user_id, l.run_time
from (
    select s.map_id, s.user_id, s.time as run_time, rank() over (partition by s.map_id order by s.time) as rank
    from completions.standings as s
    where not s.partial and not s.legacy
) as l
where l.rank = 1;

create or replace function completions.ranks(map_id integer) returns table (id integer, rank bigint)
language sql stable parallel safe as $$
    select s.id, rank() over (partition by s.legacy order by s.time)
    from completions.standings as s
    where s.map_id = ranks.map_id and not s.partial
$$;

create or replace function completions.rank(map_id integer, user_id bigint, run_id integer) returns table (rank bigint)
language sql stable parallel safe as $$
    select count(o.id) + 1
    from completions.standings as s
    left join completions.standings as o
        on o.map_id = s.map_id and not o.partial and o.legacy = s.legacy and o.time < s.time
    where s.map_id = rank.map_id and s.user_id = rank.user_id and s.id = rank.run_id and not s.partial
    having count(s.id) > 0
$$;

create or replace function ranks.follow_runs() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    users bigint[];
    maps integer[];
    fastest numeric;
begin
    if tg_op = 'INSERT' then
        select array_agg(distinct n.user_id), array_agg(distinct n.map_id), min(n.time) into users, maps, fastest
        from new_rows as n where n.verified;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct o.user_id), array_agg(distinct o.map_id), min(o.time) into users, maps, fastest
        from old_rows as o where o.verified;
    else
        select array_agg(distinct c.user_id), array_agg(distinct c.map_id), min(least(o.time, n.time))
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
        perform from core.maps as m where m.id = any (maps) order by m.id for share;
        perform ranks.refresh_runs(users, maps, fastest);
    end if;
    return null;
end;
$$;

create or replace function ranks.refresh_runs(users bigint[], maps integer[], fastest numeric) returns void
language plpgsql
as $$
declare
    movers bigint[];
    steps integer[];
begin
    insert into ranks.leaders (map_id)
    select m.id from core.maps as m where m.id = any (maps) order by m.id
    on conflict do nothing;
    perform from ranks.leaders as l where l.map_id = any (maps) order by l.map_id for update;
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
    select array_agg(m.user_id), array_agg(m.step) into movers, steps from moved as m;

    perform from ranks.players as p where p.user_id = any (users || movers) order by p.user_id for no key update;
    update ranks.players as p
    set skill_rank = coalesce(e.highest, 0)
    from unnest(users) as i (id)
    cross join lateral (select max(g.position) as highest from ranks.earned as g where g.user_id = i.id) as e
    where p.user_id = i.id and p.skill_rank <> coalesce(e.highest, 0);
    update ranks.players as p
    set wr_count = p.wr_count + m.step
    from unnest(movers, steps) as m (user_id, step)
    where p.user_id = m.user_id;
end;
$$;

create or replace function ranks.rebuild() returns void
language plpgsql
as $$
begin
    truncate ranks.players, ranks.leaders;
    insert into ranks.leaders (map_id, user_ids, run_time)
    select g.map_id, array_agg(g.user_id order by g.user_id), min(g.run_time)
    from ranks.leading as g
    group by g.map_id;
    insert into ranks.players
        (
            user_id, nickname, discord_tag, xp, map_count, playtest_count, skill_score, skill_rank, wr_count,
            skill_percentile
        )
    select
        f.user_id, f.nickname, f.discord_tag, f.xp, f.map_count, f.playtest_count, f.skill_score,
        coalesce(e.highest, 0), coalesce(r.amount, 0), coalesce(q.skill_percentile, 0)
    from ranks.profiles as f
    left join (
        select g.user_id, max(g.position) as highest from ranks.earned as g group by g.user_id
    ) as e on e.user_id = f.user_id
    left join (
        select u.user_id, count(*) as amount
        from ranks.leaders as l
        cross join unnest(l.user_ids) as u (user_id)
        group by u.user_id
    ) as r on r.user_id = f.user_id
    left join ranks.percentiles as q on q.user_id = f.user_id;
end;
$$;

drop function completions.rebuild();
drop function completions.refresh_current(bigint[], integer[]);
drop function completions.played(boolean, numeric);
drop function completions.is_shown(boolean, bigint, boolean);
drop table completions.totals;
drop table completions.current;
