-- What is shown of a map, written as JSON when it changes and not each time it is shown, beside all that it is found and
-- sorted by: to put ten maps together was four fifths of a page, and to filter was to look at five tables.
-- migrate:up
-- A moment as answers have it: in UTC, with six decimals of the second or none.
create function maps.moment(moment timestamp with time zone) returns text
language sql stable parallel safe
return to_char(
    moment at time zone 'UTC',
    case
        when date_trunc('second', moment at time zone 'UTC') = moment at time zone 'UTC' then 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
        else 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
    end
);

-- A map as JSON, but for what changes often, depends on who asks, or on where banners are: maps.written puts it together.
create table maps.card_texts (
    map_id integer primary key references core.maps on delete cascade,
    opening text not null,
    mean double precision,
    middle text not null,
    banner text,
    closing text not null
)
with (fillfactor = 80);

-- What maps with a code are found and sorted by. All of them are looked at for many a question: few bytes are a quick answer.
create table maps.searchable (
    map_id integer primary key references core.maps on delete cascade,
    traits integer not null,
    -- Easiest first, and then by id, as one number: to sort those takes a quarter of the time.
    place bigint not null,
    difficulty double precision not null,
    quality double precision not null,
    checkpoints integer not null,
    -- What has no fixed length, or can be null, stands behind what is looked at most often: it is found sooner so.
    creator_names text not null,
    category text not null,
    map_name text not null,
    code text not null,
    facets text[] not null,
    mean double precision,
    title text
)
with (fillfactor = 90);

-- What a map is and is not, a bit each; what is null is left out. With what is asked for instead it gives the bits that a map
-- must have: one look at them takes the place of one at each.
create function maps.traits(
    official boolean,
    archived boolean,
    hidden boolean,
    playtesting public.playtest_status,
    with_medals boolean,
    in_playtest boolean,
    finalized boolean
)
returns integer
language sql immutable parallel safe
return
    case official when true then 1 when false then 2 else 0 end
    | case archived when true then 4 when false then 8 else 0 end
    | case hidden when true then 16 when false then 32 else 0 end
    | case playtesting when 'Approved' then 64 when 'In Progress' then 128 when 'Rejected' then 256 else 0 end
    | case with_medals when true then 512 when false then 1024 else 0 end
    | case in_playtest when true then 2048 when false then 4096 else 0 end
    | case finalized when true then 8192 when false then 16384 else 0 end;

create view maps.collected_searchable as
select
    c.id as map_id,
    maps.traits(
        c.official,
        c.archived,
        c.hidden,
        c.playtesting,
        c.medals is not null,
        c.playtest is not null,
        c.playtesting = 'In Progress' and exists (
            select
            from playtests.meta as p
            where p.map_id = c.id and p.verification_id is not null and not coalesce(p.completed, false)
        )
    ) as traits,
    ((c.raw_difficulty * 100)::bigint << 32) + c.id as place,
    c.raw_difficulty::double precision as difficulty,
    coalesce(r.verified_mean, 0) as quality,
    c.checkpoints,
    coalesce(d.creator_names, '') as creator_names,
    c.category,
    c.map_name,
    c.code,
    coalesce(d.facets, '{}') as facets,
    c.ratings as mean,
    c.title
from maps.cards as c
left join maps.rating_totals as r on r.map_id = c.id
left join maps.details as d on d.map_id = c.id
where c.code is not null;

create view maps.collected_card_texts as
select
    c.id as map_id,
    concat(left(row_to_json(o)::text, -1), ',"ratings":') as opening,
    c.ratings as mean,
    concat(',', substr(left(row_to_json(s)::text, -1), 2), ',"map_banner":"', b.own) as middle,
    case when b.own is null then lootbox.file_name(c.map_name) || '.png' end as banner,
    concat(',"linked_code":', coalesce(to_json(c.linked_code)::text, 'null'), '}') as closing
from maps.cards as c
cross join lateral (
    select
        c.id,
        c.code,
        c.map_name,
        c.category,
        c.creators,
        c.checkpoints,
        c.difficulty,
        c.official,
        c.playtesting,
        c.archived,
        c.hidden,
        maps.moment(c.created_at) as created_at,
        maps.moment(c.updated_at) as updated_at
) as o
cross join lateral (
    select
        c.playtest,
        c.guides,
        c.raw_difficulty::double precision as raw_difficulty,
        c.mechanics,
        c.restrictions,
        c.tags,
        c.description,
        c.medals,
        c.title
) as s
cross join lateral (
    select substr(w.text, 2, length(w.text) - 2) as own
    from (select to_json(nullif(c.custom_banner, ''))::text as text) as w
) as b;

-- A map of maps.card_texts as the answer has it: banners, written as in JSON, is the address below which maps without a banner of
-- their own have the one of their name; seconds is the time of who asks, total the number of maps that were found.
create function maps.written(
    opening text,
    mean double precision,
    middle text,
    banner text,
    closing text,
    banners text,
    seconds double precision,
    total bigint
)
returns text
language sql stable parallel safe
return concat(
    opening,
    coalesce(mean::text, 'null'),
    middle,
    banners || banner,
    '","time":',
    coalesce(seconds::text, 'null'),
    ',"total_results":',
    total,
    closing
);

create function maps.refresh_searchable(ids integer[]) returns void
language plpgsql
set plan_cache_mode = force_generic_plan
as $$
begin
    -- What is read after this has what others wrote who held these locks.
    perform from maps.details as d where d.map_id = any (ids) order by d.map_id for no key update;
    insert into maps.card_texts as t
    select c.* from maps.collected_card_texts as c where c.map_id = any (ids) order by c.map_id
    on conflict (map_id) do update
    set
        opening = excluded.opening,
        mean = excluded.mean,
        middle = excluded.middle,
        banner = excluded.banner,
        closing = excluded.closing
    where (t.*) is distinct from (excluded.*);
    insert into maps.searchable as s
    select c.* from maps.collected_searchable as c where c.map_id = any (ids) order by c.map_id
    on conflict (map_id) do update
    set
        traits = excluded.traits,
        place = excluded.place,
        difficulty = excluded.difficulty,
        quality = excluded.quality,
        checkpoints = excluded.checkpoints,
        creator_names = excluded.creator_names,
        category = excluded.category,
        map_name = excluded.map_name,
        code = excluded.code,
        facets = excluded.facets,
        mean = excluded.mean,
        title = excluded.title
    where (s.*) is distinct from (excluded.*);
end;
$$;

create or replace function maps.refresh_details(ids integer[]) returns void
language plpgsql
set plan_cache_mode = force_generic_plan
as $$
begin
    insert into maps.details (map_id)
    select m.id from core.maps as m where m.id = any (ids) order by m.id
    on conflict do nothing;
    perform from maps.details as d where d.map_id = any (ids) order by d.map_id for no key update;
    update maps.details as d
    set
        guides = c.guides,
        mechanics = c.mechanics,
        restrictions = c.restrictions,
        tags = c.tags,
        creators = c.creators,
        creator_names = c.creator_names,
        facets = c.facets
    from maps.collected_details as c
    where c.map_id = d.map_id
        and d.map_id = any (ids)
        and (d.guides, d.mechanics, d.restrictions, d.tags, d.creators, d.creator_names, d.facets)
            is distinct from
            (c.guides, c.mechanics, c.restrictions, c.tags, c.creators, c.creator_names, c.facets);
    perform maps.refresh_searchable(ids);
end;
$$;

create or replace function maps.rebuild_details() returns void
language plpgsql
as $$
begin
    truncate maps.details, maps.card_texts, maps.searchable, maps.listed;
    insert into maps.details (map_id, guides, mechanics, restrictions, tags, creators, creator_names, facets)
    select c.map_id, c.guides, c.mechanics, c.restrictions, c.tags, c.creators, c.creator_names, c.facets
    from maps.collected_details as c;
    insert into maps.card_texts select c.* from maps.collected_card_texts as c;
    insert into maps.searchable select c.* from maps.collected_searchable as c order by c.place;
    perform maps.rebuild_visitors();
    insert into maps.listed (amount) select count(m.code) from core.maps as m;
end;
$$;

create or replace function maps.follow_maps() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    ids integer[];
    others integer[];
    gone integer[];
begin
    if tg_op = 'INSERT' then
        ids := array(select n.id from new_rows as n);
        insert into maps.rating_totals (map_id, amount, total, verified_amount, verified_total)
        select i.id, 0, 0, 0, 0 from unnest(ids) as i (id) order by i.id;
        perform maps.refresh_details(ids);
        return null;
    end if;
    select
        array_agg(n.id) filter (where n.difficulty <> o.difficulty),
        array_agg(n.id) filter (where n.difficulty = o.difficulty),
        array_agg(n.id) filter (where n.code is null and o.code is not null)
    into ids, others, gone
    from new_rows as n
    join old_rows as o on o.id = n.id
    where (n.*) is distinct from (o.*);
    if gone is not null then
        delete from maps.searchable as s where s.map_id = any (gone);
    end if;
    if ids is not null then
        perform maps.refresh_details(ids);
    end if;
    if others is not null then
        perform maps.refresh_searchable(others);
    end if;
    return null;
end;
$$;

-- For medals, playtests and votes: what is shown of a map, and nothing that is kept in maps.details.
create function maps.follow_shown() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    ids integer[];
begin
    if tg_table_name = 'votes' then
        if tg_op <> 'DELETE' then
            ids := array(
                select distinct p.map_id
                from new_rows as n
                join playtests.meta as p on p.thread_id = n.playtest_thread_id
            );
        end if;
        if tg_op <> 'INSERT' then
            ids := ids || array(
                select distinct p.map_id
                from old_rows as o
                join playtests.meta as p on p.thread_id = o.playtest_thread_id
            );
        end if;
    elsif tg_op = 'INSERT' then
        ids := array(select distinct n.map_id from new_rows as n);
    elsif tg_op = 'DELETE' then
        ids := array(select distinct o.map_id from old_rows as o);
    else
        ids := array(select n.map_id from new_rows as n union select o.map_id from old_rows as o);
    end if;
    if ids <> '{}' then
        perform maps.refresh_searchable(ids);
    end if;
    return null;
end;
$$;

create trigger shown_insert after insert on maps.medals
referencing new table as new_rows for each statement execute function maps.follow_shown();
create trigger shown_update after update on maps.medals
referencing old table as old_rows new table as new_rows for each statement execute function maps.follow_shown();
create trigger shown_delete after delete on maps.medals
referencing old table as old_rows for each statement execute function maps.follow_shown();
create trigger shown_insert after insert on playtests.meta
referencing new table as new_rows for each statement execute function maps.follow_shown();
create trigger shown_update after update on playtests.meta
referencing old table as old_rows new table as new_rows for each statement execute function maps.follow_shown();
create trigger shown_delete after delete on playtests.meta
referencing old table as old_rows for each statement execute function maps.follow_shown();
create trigger shown_insert after insert on playtests.votes
referencing new table as new_rows for each statement execute function maps.follow_shown();
create trigger shown_update after update on playtests.votes
referencing old table as old_rows new table as new_rows for each statement execute function maps.follow_shown();
create trigger shown_delete after delete on playtests.votes
referencing old table as old_rows for each statement execute function maps.follow_shown();

-- As before, but with what a change adds and takes away summed up at once: a rating that becomes verified changes the sums once.
-- They stand beside the texts of maps, so that a rating writes none of them anew.
create or replace function maps.count_ratings() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    more maps.ratings[];
    fewer maps.ratings[];
    ids integer[];
    amounts bigint[];
    totals bigint[];
    verified_amounts bigint[];
    verified_totals bigint[];
begin
    if tg_op <> 'DELETE' then
        more := array(select a from added as a);
    end if;
    if tg_op <> 'INSERT' then
        fewer := array(select r from removed as r);
    end if;
    select
        array_agg(c.map_id order by c.map_id),
        array_agg(c.amount order by c.map_id),
        array_agg(c.total order by c.map_id),
        array_agg(c.verified_amount order by c.map_id),
        array_agg(c.verified_total order by c.map_id)
    into ids, amounts, totals, verified_amounts, verified_totals
    from (
        select
            s.map_id,
            sum(s.step) as amount,
            sum(s.step * s.quality) as total,
            coalesce(sum(s.step) filter (where s.verified), 0) as verified_amount,
            coalesce(sum(s.step * s.quality) filter (where s.verified), 0) as verified_total
        from (
            select m.map_id, m.quality, m.verified, 1 as step from unnest(more) as m
            union all
            select f.map_id, f.quality, f.verified, -1 from unnest(fewer) as f
        ) as s
        where s.map_id is not null and s.quality is not null
        group by s.map_id
    ) as c
    where (c.amount, c.total, c.verified_amount, c.verified_total) <> (0, 0, 0, 0);
    if ids is null then
        return null;
    end if;
    -- As whoever changes something else of these maps does, and before all other locks.
    perform from maps.details as d where d.map_id = any (ids) order by d.map_id for no key update;
    for i in 1 .. cardinality(ids) loop
        update maps.rating_totals as t
        set
            amount = t.amount + amounts[i],
            total = t.total + totals[i],
            verified_amount = t.verified_amount + verified_amounts[i],
            verified_total = t.verified_total + verified_totals[i]
        where t.map_id = ids[i];
    end loop;
    update maps.card_texts as t
    set mean = r.mean
    from maps.rating_totals as r
    where r.map_id = t.map_id and t.map_id = any (ids) and t.mean is distinct from r.mean;
    update maps.searchable as s
    set mean = r.mean, quality = coalesce(r.verified_mean, 0)
    from maps.rating_totals as r
    where r.map_id = s.map_id
        and s.map_id = any (ids)
        and (s.mean, s.quality) is distinct from (r.mean, coalesce(r.verified_mean, 0));
    return null;
end
$$;

-- The keys to sort by as maps.searchable has them; a numeric is taken too.
drop function maps.sort_number(integer, numeric, integer, double precision);
create function maps.sort_number(key integer, difficulty double precision, checkpoints integer, rating double precision)
returns double precision
language sql immutable parallel safe
return case key
    when 1 then difficulty
    when 2 then - difficulty
    when 3 then checkpoints::double precision
    when 4 then - checkpoints::double precision
    when 5 then rating
    when 6 then - rating
end;

insert into maps.card_texts select c.* from maps.collected_card_texts as c;
insert into maps.searchable select c.* from maps.collected_searchable as c order by c.place;

-- What changes of a map is none of what it is found by, most often: then the indexes stay as they are.
create unique index searchable_place_idx on maps.searchable (place);
create index searchable_facets_idx on maps.searchable using gin (facets) with (fastupdate = off);
drop index maps.details_facets_idx;

-- migrate:down
create index details_facets_idx on maps.details using gin (facets);
drop function maps.sort_number(integer, double precision, integer, double precision);
create function maps.sort_number(key integer, difficulty numeric, checkpoints integer, rating double precision)
returns double precision
language sql immutable parallel safe
return case key
    when 1 then difficulty::double precision
    when 2 then - difficulty::double precision
    when 3 then checkpoints::double precision
    when 4 then - checkpoints::double precision
    when 5 then rating
    when 6 then - rating
end;

drop trigger shown_delete on playtests.votes;
drop trigger shown_update on playtests.votes;
drop trigger shown_insert on playtests.votes;
drop trigger shown_delete on playtests.meta;
drop trigger shown_update on playtests.meta;
drop trigger shown_insert on playtests.meta;
drop trigger shown_delete on maps.medals;
drop trigger shown_update on maps.medals;
drop trigger shown_insert on maps.medals;
drop function maps.follow_shown();

create or replace function maps.count_ratings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
    if tg_op <> 'INSERT' then
        with gone as (
            select
                r.map_id,
                count(*) as amount,
                sum(r.quality) as total,
                count(*) filter (where r.verified) as verified_amount,
                coalesce(sum(r.quality) filter (where r.verified), 0) as verified_total
            from removed as r
            where r.quality is not null
            group by r.map_id
        ),
        held as (
            select t.map_id
            from maps.rating_totals as t
            where t.map_id in (select g.map_id from gone as g)
            order by t.map_id
            for no key update
        )
        update maps.rating_totals as t
        set
            amount = t.amount - g.amount,
            total = t.total - g.total,
            verified_amount = t.verified_amount - g.verified_amount,
            verified_total = t.verified_total - g.verified_total
        from gone as g
        join held as h on h.map_id = g.map_id
        where t.map_id = h.map_id;
    end if;
    if tg_op <> 'DELETE' then
        insert into maps.rating_totals as t (map_id, amount, total, verified_amount, verified_total)
        select
            r.map_id,
            count(*),
            sum(r.quality),
            count(*) filter (where r.verified),
            coalesce(sum(r.quality) filter (where r.verified), 0)
        from added as r
        where r.map_id is not null and r.quality is not null
        group by r.map_id
        order by r.map_id
        on conflict (map_id) do update
        set
            amount = t.amount + excluded.amount,
            total = t.total + excluded.total,
            verified_amount = t.verified_amount + excluded.verified_amount,
            verified_total = t.verified_total + excluded.verified_total;
    end if;
    return null;
end
$$;

create or replace function maps.follow_maps() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
    ids integer[];
begin
    if tg_op = 'INSERT' then
        ids := array(select n.id from new_rows as n);
        insert into maps.rating_totals (map_id, amount, total, verified_amount, verified_total)
        select i.id, 0, 0, 0, 0 from unnest(ids) as i (id) order by i.id;
    else
        ids := array(
            select n.id from new_rows as n join old_rows as o on o.id = n.id where n.difficulty <> o.difficulty
        );
    end if;
    if ids <> '{}' then
        perform maps.refresh_details(ids);
    end if;
    return null;
end;
$$;

create or replace function maps.rebuild_details() RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    truncate maps.details, maps.listed;
    insert into maps.details (map_id, guides, mechanics, restrictions, tags, creators, creator_names, facets)
    select c.map_id, c.guides, c.mechanics, c.restrictions, c.tags, c.creators, c.creator_names, c.facets
    from maps.collected_details as c;
    perform maps.rebuild_visitors();
    insert into maps.listed (amount) select count(m.code) from core.maps as m;
end;
$$;

create or replace function maps.refresh_details(ids integer[]) RETURNS void
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
begin
    insert into maps.details (map_id)
    select m.id from core.maps as m where m.id = any (ids) order by m.id
    on conflict do nothing;
    perform from maps.details as d where d.map_id = any (ids) order by d.map_id for no key update;
    update maps.details as d
    set
        guides = c.guides,
        mechanics = c.mechanics,
        restrictions = c.restrictions,
        tags = c.tags,
        creators = c.creators,
        creator_names = c.creator_names,
        facets = c.facets
    from maps.collected_details as c
    where c.map_id = d.map_id
        and d.map_id = any (ids)
        and (d.guides, d.mechanics, d.restrictions, d.tags, d.creators, d.creator_names, d.facets)
            is distinct from
            (c.guides, c.mechanics, c.restrictions, c.tags, c.creators, c.creator_names, c.facets);
end;
$$;

drop function maps.refresh_searchable(integer[]);
drop function maps.written(text, double precision, text, text, text, text, double precision, bigint);
drop view maps.collected_card_texts;
drop view maps.collected_searchable;
drop function maps.traits(boolean, boolean, boolean, public.playtest_status, boolean, boolean, boolean);
drop table maps.searchable;
drop table maps.card_texts;
drop function maps.moment(timestamp with time zone);
