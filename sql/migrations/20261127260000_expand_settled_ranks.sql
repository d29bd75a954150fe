-- What is kept of each player in ranks.players changes when the transaction commits, of all its players at once and in
-- the order of their ids. So the locks on these rows are the last that a transaction takes, and no two transactions wait
-- for each other in a circle, whatever each did before; and a popular player's row is held for a moment only.
-- migrate:up
-- What a transaction has still to change; its rows are gone when it commits.
create unlogged table ranks.pending (
    transaction xid8 not null default pg_current_xact_id(),
    user_id bigint not null,
    profile boolean not null default false,
    xp boolean not null default false,
    runs boolean not null default false,
    records integer not null default 0,
    constraint pending_pkey primary key (transaction, user_id)
)
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

create function ranks.settle() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
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

create constraint trigger settle after insert on ranks.pending
deferrable initially deferred
for each row execute function ranks.settle();

-- Have what does not follow from runs right when the transaction commits.
create or replace function ranks.refresh_profiles(ids bigint[]) returns void
language plpgsql
as $$
begin
    insert into ranks.pending (user_id, profile)
    select distinct i.id, true from unnest(ids) as i (id)
    on conflict (transaction, user_id) do update set profile = true;
end;
$$;

create or replace function ranks.follow_xp() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    insert into ranks.pending (user_id, xp)
    select n.user_id, true from new_rows as n
    on conflict (transaction, user_id) do update set xp = true;
    return null;
end;
$$;

-- Have ranks and records right when the transaction commits, after runs of these users on these maps changed.
create or replace function ranks.refresh_runs(users bigint[], maps integer[], fastest numeric) returns void
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_hashjoin = off
set enable_mergejoin = off
as $$
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

create or replace function ranks.rebuild() returns void
language plpgsql
as $$
begin
    perform completions.rebuild();
    delete from ranks.pending as c where c.transaction = pg_current_xact_id();
    truncate ranks.players, ranks.leaders;
    insert into ranks.leaders (map_id, user_ids, run_time)
    select g.map_id, array_agg(g.user_id order by g.user_id), min(g.run_time)
    from ranks.leading as g
    group by g.map_id;
    insert into ranks.players
        (
            user_id, nickname, discord_tag, xp, map_count, playtest_count, skill_score, skill_rank, wr_count,
            skill_percentile, names
        )
    select
        f.user_id, f.nickname, f.discord_tag, f.xp, f.map_count, f.playtest_count, f.skill_score,
        coalesce(e.highest, 0), coalesce(r.amount, 0), coalesce(q.skill_percentile, 0), f.names
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

-- migrate:down
create or replace function ranks.refresh_profiles(ids bigint[]) returns void
language plpgsql
as $$
begin
    perform from ranks.players as p where p.user_id = any (ids) order by p.user_id for no key update;
    insert into ranks.players as p
        (user_id, nickname, discord_tag, xp, map_count, playtest_count, skill_score, names)
    select f.user_id, f.nickname, f.discord_tag, f.xp, f.map_count, f.playtest_count, f.skill_score, f.names
    from ranks.profiles as f
    where f.user_id = any (ids)
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
end;
$$;

create or replace function ranks.follow_xp() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    update ranks.players as p set xp = n.amount from new_rows as n where p.user_id = n.user_id and p.xp <> n.amount;
    return null;
end;
$$;

create or replace function ranks.refresh_runs(users bigint[], maps integer[], fastest numeric) returns void
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_hashjoin = off
set enable_mergejoin = off
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
            skill_percentile, names
        )
    select
        f.user_id, f.nickname, f.discord_tag, f.xp, f.map_count, f.playtest_count, f.skill_score,
        coalesce(e.highest, 0), coalesce(r.amount, 0), coalesce(q.skill_percentile, 0), f.names
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

drop table ranks.pending;
drop function ranks.settle();
