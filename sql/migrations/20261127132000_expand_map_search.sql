-- What pages of maps show, find and sort by, kept beside the maps; and keys to sort by.
-- migrate:up
-- The ratings of each map, counted as they are written: a mean over all of them would be read at each search.
create table maps.rating_totals (
    map_id integer not null,
    amount integer not null,
    total bigint not null,
    verified_amount integer not null,
    verified_total bigint not null,
    mean double precision generated always as (total::double precision / nullif(amount, 0)) stored,
    verified_mean double precision
        generated always as (verified_total::double precision / nullif(verified_amount, 0)) stored,
    constraint rating_totals_pkey primary key (map_id),
    constraint rating_totals_map_id_fkey foreign key (map_id) references core.maps (id) on delete cascade
);

create index rating_totals_mean_idx on maps.rating_totals (mean);
create index rating_totals_mean_first_idx on maps.rating_totals (mean nulls first);

-- Counts everything again; for ratings that were loaded while triggers were off.
create function maps.rebuild_rating_totals() returns void
language sql
as $$
    delete from maps.rating_totals;
    insert into maps.rating_totals (map_id, amount, total, verified_amount, verified_total)
    select
        m.id,
        count(r.quality),
        coalesce(sum(r.quality), 0),
        count(r.quality) filter (where r.verified),
        coalesce(sum(r.quality) filter (where r.verified), 0)
    from core.maps as m
    left join maps.ratings as r on r.map_id = m.id
    group by m.id;
$$;

-- Who made a map, as it is shown.
create type maps.shown_creator as (
    id bigint,
    is_primary boolean,
    name text
);

-- What is shown of a map beside itself, and what its creators are known by, kept: to collect this is most of the work of a
-- page of maps, and to search for a part of a name is to compare the names of all players.
create table maps.details (
    map_id integer not null,
    guides text[],
    mechanics text[] not null default '{}',
    restrictions text[] not null default '{}',
    tags text[] not null default '{}',
    creators maps.shown_creator[] not null default '{}',
    -- All that its creators are known by, in lower case, a name a line.
    creator_names text not null default '',
    -- What a map must have one of, or all of, to be found: 'm:' and a mechanic, 'r:' and a restriction, 't:' and a tag,
    -- 'd:' and its difficulty without - or +.
    facets text[] not null default '{}',
    constraint details_pkey primary key (map_id),
    constraint details_map_id_fkey foreign key (map_id) references core.maps (id) on delete cascade
);

-- The one definition of what is kept; a map of which nothing is kept has nothing of it.
create view maps.collected_details as
select
    m.id as map_id,
    (select array_agg(g.url order by g.id) from maps.guides as g where g.map_id = m.id) as guides,
    array(
        select k.name
        from maps.mechanic_links as l
        join maps.mechanics as k on k.id = l.mechanic_id
        where l.map_id = m.id
        order by k.position, k.name
    ) as mechanics,
    array(
        select k.name
        from maps.restriction_links as l
        join maps.restrictions as k on k.id = l.restriction_id
        where l.map_id = m.id
        order by k.position, k.name
    ) as restrictions,
    array(
        select k.name
        from maps.tag_links as l
        join maps.tags as k on k.id = l.tag_id
        where l.map_id = m.id
        order by k.position, k.name
    ) as tags,
    array(
        select row(c.user_id, coalesce(c.is_primary, false), n.name)::maps.shown_creator
        from maps.creators as c
        join users.names as n on n.user_id = c.user_id
        where c.map_id = m.id
        order by c.is_primary desc nulls last, n.name, c.user_id
    ) as creators,
    (
        select coalesce(
            lower(string_agg(concat_ws(E'\n', u.nickname, u.global_name, o.usernames), E'\n' order by u.id)), ''
        )
        from maps.creators as c
        join core.users as u on u.id = c.user_id
        cross join lateral (
            select string_agg(a.username, E'\n' order by a.id) as usernames
            from users.overwatch_usernames as a
            where a.user_id = u.id
        ) as o
        where c.map_id = m.id
    ) as creator_names,
    array(
        select 'm:' || k.name
        from maps.mechanic_links as l
        join maps.mechanics as k on k.id = l.mechanic_id
        where l.map_id = m.id
        union all
        select 'r:' || k.name
        from maps.restriction_links as l
        join maps.restrictions as k on k.id = l.restriction_id
        where l.map_id = m.id
        union all
        select 't:' || k.name
        from maps.tag_links as l
        join maps.tags as k on k.id = l.tag_id
        where l.map_id = m.id
        union all
        select 'd:' || maps.top_difficulty(m.difficulty)
        order by 1
    ) as facets
from core.maps as m;

-- All that is shown of a map.
create view maps.cards as
select
  m.id,
  m.code,
  m.map_name,
  m.category,
  coalesce(k.creators, '{}') as creators,
  m.checkpoints,
  m.difficulty,
  m.official,
  m.playtesting,
  m.archived,
  m.hidden,
  m.created_at,
  m.updated_at,
  r.mean as ratings,
  playtest.summary as playtest,
  k.guides,
  m.raw_difficulty,
  coalesce(k.mechanics, '{}') as mechanics,
  coalesce(k.restrictions, '{}') as restrictions,
  coalesce(k.tags, '{}') as tags,
  m.description,
  (
    select json_build_object('gold', d.gold, 'silver', d.silver, 'bronze', d.bronze)
    from maps.medals as d
    where d.map_id = m.id
  ) as medals,
  m.title,
  m.custom_banner,
  m.linked_code
from core.maps as m
left join maps.rating_totals as r on r.map_id = m.id
left join maps.details as k on k.map_id = m.id
left join lateral (
  select json_build_object(
    'thread_id', p.thread_id,
    'vote_average', v.average,
    'vote_count', v.amount,
    'voters', v.voters,
    'verification_id', p.verification_id,
    'initial_difficulty', p.initial_difficulty,
    'completed', coalesce(p.completed, false)
  ) as summary
  from playtests.meta as p
  cross join lateral (
    select
      round(avg(w.difficulty), 2) as average,
      count(*) as amount,
      coalesce(json_agg(w.user_id order by w.id), '[]') as voters
    from playtests.votes as w
    where w.playtest_thread_id = p.thread_id
  ) as v
  where p.map_id = m.id and p.thread_id is not null and not coalesce(p.completed, false)
  order by p.id desc
  limit 1
) as playtest on true;

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

-- A map as JSON, written when it changes and not each time it is shown: to put ten maps together is four fifths of a page.
-- What changes often, depends on who asks, or on where banners are stands beside it; maps.written puts it together.
create table maps.card_texts (
    map_id integer primary key references core.maps on delete cascade,
    opening text not null,
    mean double precision,
    middle text not null,
    banner text,
    closing text not null
)
with (fillfactor = 80);

-- What maps with a code are found and sorted by, which is in five tables else. All of them are looked at for many a question:
-- few bytes are a quick answer.
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

-- What changes of a map is none of what it is found by, most often: then the indexes stay as they are.
create unique index searchable_place_idx on maps.searchable (place);
create index searchable_facets_idx on maps.searchable using gin (facets) with (fastupdate = off);

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

-- How many maps have a code, which every page of all maps tells.
create table maps.listed (
    amount bigint not null
);

create function maps.count_listed() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    more bigint := 0;
begin
    if tg_op <> 'DELETE' then
        more := more + (select count(n.code) from new_rows as n);
    end if;
    if tg_op <> 'INSERT' then
        more := more - (select count(o.code) from old_rows as o);
    end if;
    if more <> 0 then
        update maps.listed set amount = amount + more;
    end if;
    return null;
end;
$$;

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

-- Collect anew, in a statement of its own: what was committed while it waited for the rows' locks counts as well.
create function maps.refresh_details(ids integer[]) returns void
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

-- Fill all of this but the sums of ratings from nothing: after a restore of data alone, or when they are doubted.
create function maps.rebuild_details() returns void
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

-- One statement's changes, with what it adds and takes away summed up at once: a rating that becomes verified changes the sums
-- once. They stand beside the texts of maps, so that a rating writes none of them anew.
create function maps.count_ratings() returns trigger
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

create trigger trg_count_ratings_insert
    after insert on maps.ratings referencing new table as added
    for each statement execute function maps.count_ratings();

create trigger trg_count_ratings_update
    after update on maps.ratings referencing old table as removed new table as added
    for each statement execute function maps.count_ratings();

create trigger trg_count_ratings_delete
    after delete on maps.ratings referencing old table as removed
    for each statement execute function maps.count_ratings();

-- For every table whose rows belong to a map_id.
create function maps.follow_details() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        perform maps.refresh_details(array(select distinct n.map_id from new_rows as n));
    elsif tg_op = 'DELETE' then
        perform maps.refresh_details(array(select distinct o.map_id from old_rows as o));
    else
        perform maps.refresh_details(
            array(select n.map_id from new_rows as n union select o.map_id from old_rows as o)
        );
    end if;
    return null;
end;
$$;

-- For the lists that they choose from, which hardly ever change.
create function maps.follow_choices() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    perform maps.refresh_details(array(select d.map_id from maps.details as d));
    return null;
end;
$$;

-- For names of players: few of them make maps.
create function maps.follow_names() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    changed bigint[];
    ids integer[];
begin
    if tg_table_name = 'users' then
        changed := array(
            select n.id
            from new_rows as n
            join old_rows as o on o.id = n.id
            where (n.nickname, n.global_name) is distinct from (o.nickname, o.global_name)
        );
    elsif tg_op = 'INSERT' then
        changed := array(select n.user_id from new_rows as n);
    elsif tg_op = 'DELETE' then
        changed := array(select o.user_id from old_rows as o);
    else
        changed := array(select n.user_id from new_rows as n union select o.user_id from old_rows as o);
    end if;
    if changed <> '{}' then
        ids := array(select distinct c.map_id from maps.creators as c where c.user_id = any (changed));
        if ids <> '{}' then
            perform maps.refresh_details(ids);
        end if;
    end if;
    return null;
end;
$$;

-- For maps: each has a row from the start, which knows its difficulty, and one for the sums of its ratings.
create function maps.follow_maps() returns trigger
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

do $$
declare
    followed record;
begin
    for followed in
        select name, 'details' as prefix, 'maps.follow_details' as follower
        from unnest(array[
            'maps.guides', 'maps.mechanic_links', 'maps.restriction_links', 'maps.tag_links', 'maps.creators'
        ]) as name
        union all
        select name, 'shown', 'maps.follow_shown'
        from unnest(array['maps.medals', 'playtests.meta', 'playtests.votes']) as name
        union all
        values
            ('users.overwatch_usernames', 'details', 'maps.follow_names'), ('core.maps', 'listed', 'maps.count_listed')
    loop
        execute format(
            'create trigger %s_insert after insert on %s
             referencing new table as new_rows for each statement execute function %s()',
            followed.prefix, followed.name, followed.follower
        );
        execute format(
            'create trigger %s_update after update on %s
             referencing old table as old_rows new table as new_rows for each statement execute function %s()',
            followed.prefix, followed.name, followed.follower
        );
        execute format(
            'create trigger %s_delete after delete on %s
             referencing old table as old_rows for each statement execute function %s()',
            followed.prefix, followed.name, followed.follower
        );
    end loop;
end;
$$;

create trigger details_update after update on maps.mechanics
for each statement execute function maps.follow_choices();
create trigger details_update after update on maps.restrictions
for each statement execute function maps.follow_choices();
create trigger details_update after update on maps.tags
for each statement execute function maps.follow_choices();
create trigger details_update after update on core.users
referencing old table as old_rows new table as new_rows for each statement execute function maps.follow_names();
create trigger details_insert after insert on core.maps
referencing new table as new_rows for each statement execute function maps.follow_maps();
create trigger details_update after update on core.maps
referencing old table as old_rows new table as new_rows for each statement execute function maps.follow_maps();

-- What maps are sorted by when a number is asked for, and by when a text is; null for any other key. The sign
-- of a number carries the direction, a text has it in the place where it is asked for.
create function maps.sort_number(key text, difficulty numeric, checkpoints integer, rating double precision)
returns double precision
language sql immutable parallel safe
return case key
  when 'difficulty:asc' then difficulty::double precision
  when 'difficulty:desc' then - difficulty::double precision
  when 'checkpoints:asc' then checkpoints::double precision
  when 'checkpoints:desc' then - checkpoints::double precision
  when 'ratings:asc' then rating
  when 'ratings:desc' then - rating
end;

create function maps.sort_text(key text, direction text, map_name text, title text, code text) returns text
language sql immutable parallel safe
return case key
  when 'map_name:' || direction then map_name
  when 'title:' || direction then title
  when 'code:' || direction then code
end;

-- The same by a number that stands for a key and its direction, which costs a quarter of sorting by their names. A text
-- whose direction is the other one is null. The difficulty is as maps.searchable has it; a numeric is taken too.
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

create function maps.sort_text(key integer, direction integer, map_name text, title text, code text) returns text
language sql immutable parallel safe
return case key - direction
  when 7 then map_name
  when 9 then title
  when 11 then code
end;

-- A page of all maps with a code, sorted by up to six numbers of maps.sort_number and maps.sort_text and then by id. Only
-- those that come as early by the first of them are sorted by all.
create function maps.sorted(keys integer[], page integer, before integer) returns integer[]
language plpgsql stable
security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    early integer[];
    ending integer := page + before;
begin
    case keys[1]
        when 1 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.raw_difficulty fetch first (ending) rows with ties);
        when 2 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.raw_difficulty desc fetch first (ending) rows with ties);
        when 3 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.checkpoints fetch first (ending) rows with ties);
        when 4 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.checkpoints desc fetch first (ending) rows with ties);
        when 5 then early := array(
            select m.id from maps.rating_totals as r join core.maps as m on m.id = r.map_id and m.code is not null
            order by r.mean nulls first fetch first (ending) rows with ties);
        when 6 then early := array(
            select m.id from maps.rating_totals as r join core.maps as m on m.id = r.map_id and m.code is not null
            order by r.mean desc nulls first fetch first (ending) rows with ties);
        when 7 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.map_name fetch first (ending) rows with ties);
        when 8 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.map_name desc fetch first (ending) rows with ties);
        when 9 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.title nulls first fetch first (ending) rows with ties);
        when 10 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.title desc nulls first fetch first (ending) rows with ties);
        when 11 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.code fetch first (ending) rows with ties);
        when 12 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.code desc fetch first (ending) rows with ties);
    end case;
    return array(
        select m.id
        from core.maps as m
        left join maps.rating_totals as r on r.map_id = m.id
        where m.id = any (early)
        order by
            maps.sort_number(keys[1], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
            maps.sort_text(keys[1], 0, m.map_name, m.title, m.code) nulls first,
            maps.sort_text(keys[1], 1, m.map_name, m.title, m.code) desc nulls first,
            maps.sort_number(keys[2], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
            maps.sort_text(keys[2], 0, m.map_name, m.title, m.code) nulls first,
            maps.sort_text(keys[2], 1, m.map_name, m.title, m.code) desc nulls first,
            maps.sort_number(keys[3], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
            maps.sort_text(keys[3], 0, m.map_name, m.title, m.code) nulls first,
            maps.sort_text(keys[3], 1, m.map_name, m.title, m.code) desc nulls first,
            maps.sort_number(keys[4], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
            maps.sort_text(keys[4], 0, m.map_name, m.title, m.code) nulls first,
            maps.sort_text(keys[4], 1, m.map_name, m.title, m.code) desc nulls first,
            maps.sort_number(keys[5], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
            maps.sort_text(keys[5], 0, m.map_name, m.title, m.code) nulls first,
            maps.sort_text(keys[5], 1, m.map_name, m.title, m.code) desc nulls first,
            maps.sort_number(keys[6], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
            maps.sort_text(keys[6], 0, m.map_name, m.title, m.code) nulls first,
            maps.sort_text(keys[6], 1, m.map_name, m.title, m.code) desc nulls first,
            m.id
        limit page offset before
    );
end;
$$;

select maps.rebuild_rating_totals(), maps.rebuild_details();

-- migrate:down
drop function maps.sorted(integer[], integer, integer);
drop function maps.sort_text(integer, integer, text, text, text);
drop function maps.sort_number(integer, double precision, integer, double precision);
drop function maps.sort_text(text, text, text, text, text);
drop function maps.sort_number(text, numeric, integer, double precision);
-- With their triggers.
drop function
    maps.follow_shown(),
    maps.follow_maps(),
    maps.follow_names(),
    maps.follow_choices(),
    maps.follow_details(),
    maps.count_ratings(),
    maps.count_listed()
cascade;
drop function maps.rebuild_details();
drop function maps.refresh_details(integer[]);
drop function maps.refresh_searchable(integer[]);
drop table maps.listed;
drop function maps.written(text, double precision, text, text, text, text, double precision, bigint);
drop view maps.collected_card_texts;
drop view maps.collected_searchable;
drop function maps.traits(boolean, boolean, boolean, public.playtest_status, boolean, boolean, boolean);
drop table maps.searchable;
drop table maps.card_texts;
drop function maps.moment(timestamp with time zone);
drop view maps.cards;
drop view maps.collected_details;
drop table maps.details;
drop type maps.shown_creator;
drop function maps.rebuild_rating_totals();
drop table maps.rating_totals;
