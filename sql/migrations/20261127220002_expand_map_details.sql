-- What hangs on a map and is shown of it, kept beside it: a page of maps was mostly the work of collecting this.
-- migrate:up
create table maps.details (
    map_id integer not null,
    guides text[],
    mechanics text[] not null default '{}',
    restrictions text[] not null default '{}',
    tags text[] not null default '{}',
    constraint details_pkey primary key (map_id),
    constraint details_map_id_fkey foreign key (map_id) references core.maps (id) on delete cascade
);

create index details_mechanics_idx on maps.details using gin (mechanics);
create index details_restrictions_idx on maps.details using gin (restrictions);
create index details_tags_idx on maps.details using gin (tags);

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
    ) as tags
from core.maps as m;

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
    set guides = c.guides, mechanics = c.mechanics, restrictions = c.restrictions, tags = c.tags
    from maps.collected_details as c
    where c.map_id = d.map_id
        and d.map_id = any (ids)
        and (d.guides, d.mechanics, d.restrictions, d.tags)
            is distinct from (c.guides, c.mechanics, c.restrictions, c.tags);
end;
$$;

-- Fill them from nothing: after a restore of data alone, or when they are doubted.
create function maps.rebuild_details() returns void
language plpgsql
as $$
begin
    truncate maps.details, maps.listed;
    insert into maps.details (map_id, guides, mechanics, restrictions, tags)
    select c.map_id, c.guides, c.mechanics, c.restrictions, c.tags from maps.collected_details as c;
    insert into maps.listed (amount) select count(m.code) from core.maps as m;
end;
$$;

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

do $$
declare
    name text;
begin
    foreach name in array array['guides', 'mechanic_links', 'restriction_links', 'tag_links'] loop
        execute format(
            'create trigger details_insert after insert on maps.%I
             referencing new table as new_rows for each statement execute function maps.follow_details()', name);
        execute format(
            'create trigger details_update after update on maps.%I
             referencing old table as old_rows new table as new_rows
             for each statement execute function maps.follow_details()', name);
        execute format(
            'create trigger details_delete after delete on maps.%I
             referencing old table as old_rows for each statement execute function maps.follow_details()', name);
    end loop;
    foreach name in array array['mechanics', 'restrictions', 'tags'] loop
        execute format(
            'create trigger details_update after update on maps.%I
             for each statement execute function maps.follow_choices()', name);
    end loop;
end;
$$;

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

create trigger listed_insert after insert on core.maps
referencing new table as new_rows for each statement execute function maps.count_listed();
create trigger listed_update after update on core.maps
referencing old table as old_rows new table as new_rows for each statement execute function maps.count_listed();
create trigger listed_delete after delete on core.maps
referencing old table as old_rows for each statement execute function maps.count_listed();

select maps.rebuild_details();

create index meta_open_idx on playtests.meta (map_id, id desc)
where thread_id is not null and not coalesce(completed, false);

create or replace view maps.cards as
select
  m.id,
  m.code,
  m.map_name,
  m.category,
  creators.list as creators,
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
cross join lateral (
  select coalesce(
    json_agg(
      json_build_object('id', c.user_id, 'is_primary', coalesce(c.is_primary, false), 'name', n.name)
      order by c.is_primary desc nulls last, n.name
    ),
    '[]'
  ) as list
  from maps.creators as c
  join users.names as n on n.user_id = c.user_id
  where c.map_id = m.id
) as creators
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

-- migrate:down
create or replace view maps.cards as
select
  m.id,
  m.code,
  m.map_name,
  m.category,
  creators.list as creators,
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
  (select array_agg(g.url order by g.id) from maps.guides as g where g.map_id = m.id) as guides,
  m.raw_difficulty,
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
cross join lateral (
  select coalesce(
    json_agg(
      json_build_object('id', c.user_id, 'is_primary', coalesce(c.is_primary, false), 'name', n.name)
      order by c.is_primary desc nulls last, n.name
    ),
    '[]'
  ) as list
  from maps.creators as c
  join users.names as n on n.user_id = c.user_id
  where c.map_id = m.id
) as creators
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

do $$
declare
    made record;
begin
    for made in
        select g.tgname, g.tgrelid::regclass as name
        from pg_trigger as g
        where g.tgname similar to '(details|listed)_(insert|update|delete)'
    loop
        execute format('drop trigger %I on %s', made.tgname, made.name);
    end loop;
end;
$$;
drop index playtests.meta_open_idx;
drop function maps.count_listed();
drop table maps.listed;
drop function maps.follow_choices();
drop function maps.follow_details();
drop function maps.rebuild_details();
drop function maps.refresh_details(integer[]);
drop view maps.collected_details;
drop table maps.details;
