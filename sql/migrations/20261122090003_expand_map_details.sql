-- What hangs on a map: mechanics, restrictions, tags, creators, medals, guides, ratings, clicks, edits; and what of it is kept
-- beside it, because pages of maps show it.
-- migrate:up
create table maps.mechanics (
    id integer generated always as identity,
    name text not null,
    position integer,
    constraint mechanics_pkey primary key (id),
    constraint mechanics_name_key unique (name),
    constraint mechanics_position_key unique (position)
);

create table maps.mechanic_links (
    map_id integer not null,
    mechanic_id integer not null,
    constraint mechanic_links_pkey primary key (map_id, mechanic_id),
    constraint mechanic_links_map_id_fkey foreign key (map_id)
        references core.maps (id) on delete cascade,
    constraint mechanic_links_mechanic_id_fkey foreign key (mechanic_id)
        references maps.mechanics (id) on delete cascade
);

create index idx_mechanic_links_mechanic_id on maps.mechanic_links (mechanic_id);

create table maps.restrictions (
    id integer generated always as identity,
    name text not null,
    position integer,
    constraint restrictions_pkey primary key (id),
    constraint restrictions_name_key unique (name),
    constraint restrictions_position_key unique (position)
);

create table maps.restriction_links (
    map_id integer not null,
    restriction_id integer not null,
    constraint restriction_links_pkey primary key (map_id, restriction_id),
    constraint restriction_links_map_id_fkey foreign key (map_id)
        references core.maps (id) on delete cascade,
    constraint restriction_links_restriction_id_fkey foreign key (restriction_id)
        references maps.restrictions (id) on delete cascade
);

create index idx_restriction_links_restriction_id on maps.restriction_links (restriction_id);

create table maps.tags (
    id integer generated always as identity,
    name text not null,
    position integer,
    constraint tags_pkey primary key (id),
    constraint tags_name_key unique (name),
    constraint tags_position_key unique (position)
);

create table maps.tag_links (
    map_id integer not null,
    tag_id integer not null,
    constraint tag_links_pkey primary key (map_id, tag_id),
    constraint tag_links_map_id_fkey foreign key (map_id)
        references core.maps (id) on update cascade on delete cascade,
    constraint tag_links_tag_id_fkey foreign key (tag_id)
        references maps.tags (id) on update cascade on delete cascade
);

create index idx_tag_links_tag_id on maps.tag_links (tag_id);

create table maps.creators (
    map_id integer not null,
    user_id bigint not null,
    is_primary boolean default false,
    constraint creators_pkey primary key (map_id, user_id),
    constraint creators_map_id_fkey foreign key (map_id) references core.maps (id) on delete cascade,
    constraint creators_user_id_fkey foreign key (user_id) references core.users (id) on delete cascade
);

create index idx_creators_user_id on maps.creators (user_id);
create index idx_creators_user_primary on maps.creators (user_id, is_primary);

create table maps.medals (
    map_id integer not null,
    gold numeric(10,2),
    silver numeric(10,2),
    bronze numeric(10,2),
    constraint medals_pkey primary key (map_id),
    constraint medals_map_id_fkey foreign key (map_id) references core.maps (id) on delete cascade
);

-- The one definition of the medal that a time earns.
-- Plain enough for PostgreSQL to put in the place of each call.
create function maps.medal(run_time numeric, gold numeric, silver numeric, bronze numeric) returns text
language sql immutable parallel safe
return case
  when run_time <= gold then 'Gold'
  when run_time <= silver then 'Silver'
  when run_time <= bronze then 'Bronze'
end;

create table maps.guides (
    id integer generated always as identity,
    map_id integer,
    url text not null,
    user_id bigint,
    inserted_at timestamptz not null default now(),
    constraint guides_pkey primary key (id),
    constraint guides_user_id_map_id_unique unique (user_id, map_id),
    constraint guides_map_id_fkey foreign key (map_id) references core.maps (id) on delete cascade,
    constraint guides_user_id_fkey foreign key (user_id) references core.users (id) on delete cascade
);

create index idx_guides_map_id on maps.guides (map_id);
create index guides_map_id_idx on maps.guides (map_id);

create table maps.ratings (
    id integer generated always as identity,
    map_id integer,
    user_id bigint,
    quality integer,
    verified boolean default false,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    constraint ratings_pkey primary key (id),
    constraint ratings_map_id_user_id_key unique (map_id, user_id),
    constraint ratings_map_id_fkey foreign key (map_id) references core.maps (id) on delete cascade,
    constraint ratings_user_id_fkey foreign key (user_id) references core.users (id) on delete cascade,
    constraint quality_range check (quality >= 1 and quality <= 10)
);

create index idx_ratings_map_id_quality on maps.ratings (map_id, quality);
create index idx_ratings_map_id_quality_verified on maps.ratings (map_id, quality, verified);

create trigger update_maps_ratings_updated_at
    before update on maps.ratings
    for each row execute function public.set_updated_at();

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

-- Counts everything again; for ratings that were loaded while triggers were off.
create function maps.rebuild_rating_totals() returns void language sql as $$
    delete from maps.rating_totals;
    insert into maps.rating_totals (map_id, amount, total, verified_amount, verified_total)
    select
        r.map_id,
        count(*),
        sum(r.quality),
        count(*) filter (where r.verified),
        coalesce(sum(r.quality) filter (where r.verified), 0)
    from maps.ratings as r
    where r.map_id is not null and r.quality is not null
    group by r.map_id;
$$;

-- One statement's changes at once, the maps in their order so that two statements cannot wait for each other.
create function maps.count_ratings() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
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

create trigger trg_count_ratings_insert
    after insert on maps.ratings referencing new table as added
    for each statement execute function maps.count_ratings();

create trigger trg_count_ratings_update
    after update on maps.ratings referencing old table as removed new table as added
    for each statement execute function maps.count_ratings();

create trigger trg_count_ratings_delete
    after delete on maps.ratings referencing old table as removed
    for each statement execute function maps.count_ratings();

create table maps.mastery (
    user_id bigint not null,
    map_name text not null,
    medal text not null,
    constraint map_mastery_pk primary key (user_id, map_name),
    constraint map_mastery_map_names_user_id_fk foreign key (map_name)
        references maps.names (name) on update cascade,
    constraint map_mastery_users_user_id_fk foreign key (user_id)
        references core.users (id) on update cascade
);

create index map_mastery_user_id_index on maps.mastery (user_id);

-- The level of mastery that runs on so many maps of one name earn.
create function maps.mastery_level(amount bigint) returns text
language sql immutable parallel safe
return case
  when amount >= 30 then 'Prodigy'
  when amount >= 25 then 'Specialist'
  when amount >= 20 then 'Pathfinder'
  when amount >= 15 then 'Trailblazer'
  when amount >= 10 then 'Explorer'
  when amount >= 5 then 'Rookie'
  else 'Placeholder'
end;

create table maps.clicks (
    id bigserial,
    map_id integer not null,
    user_id bigint,
    source text,
    user_agent text,
    ip_hash text,
    inserted_at timestamptz not null default now(),
    day_bucket bigint,
    constraint clicks_pkey primary key (id),
    constraint u_click_unique_per_day unique (map_id, ip_hash, day_bucket),
    constraint clicks_map_id_fkey foreign key (map_id) references core.maps (id) on delete cascade,
    constraint clicks_user_id_fkey foreign key (user_id) references core.users (id)
);

create index idx_clicks_map_time on maps.clicks (map_id, inserted_at desc);
create index idx_clicks_recent on maps.clicks (inserted_at desc);

-- One click counts a day, map and visitor; days are UTC and numbered from 1970-01-01.
create function maps.set_clicks_day_bucket() returns trigger language plpgsql as $$
begin
    new.day_bucket := floor(extract(epoch from new.inserted_at) / 86400);
    return new;
end
$$;

create trigger trg_clicks_day_bucket_ins
    before insert on maps.clicks
    for each row execute function maps.set_clicks_day_bucket();

create table maps.edit_requests (
    id serial,
    map_id integer not null,
    code varchar(6),
    proposed_changes jsonb not null,
    reason text not null,
    created_by bigint not null,
    created_at timestamptz not null default now(),
    message_id bigint,
    resolved_at timestamptz,
    accepted boolean,
    resolved_by bigint,
    rejection_reason text,
    constraint edit_requests_pkey primary key (id),
    constraint edit_requests_map_id_fkey foreign key (map_id)
        references core.maps (id) on update cascade on delete cascade,
    constraint fk_created_by foreign key (created_by) references core.users (id),
    constraint fk_resolved_by foreign key (resolved_by) references core.users (id)
);

create index idx_map_edit_requests_code on maps.edit_requests (code);
create index idx_map_edit_requests_created_by on maps.edit_requests (created_by);
create index idx_map_edit_requests_message_id on maps.edit_requests (message_id)
    where message_id is not null;
create index idx_map_edit_requests_pending on maps.edit_requests (accepted) where accepted is null;

-- What is shown of a map beside itself, kept: a page of maps was mostly the work of collecting this.
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

select maps.rebuild_details();

-- migrate:down
drop function maps.rebuild_details();
drop trigger listed_delete on core.maps;
drop trigger listed_update on core.maps;
drop trigger listed_insert on core.maps;
drop function maps.count_listed();
drop table maps.listed;
drop view maps.collected_details;
drop table maps.details;
drop table maps.edit_requests;
drop table maps.clicks;
drop function maps.set_clicks_day_bucket();
drop function maps.mastery_level(bigint);
drop table maps.mastery;
drop table maps.ratings;
drop table maps.rating_totals;
drop function maps.count_ratings();
drop function maps.rebuild_rating_totals();
drop table maps.guides;
drop function maps.medal(numeric, numeric, numeric, numeric);
drop table maps.medals;
drop table maps.creators;
drop table maps.tag_links;
drop table maps.tags;
drop table maps.restriction_links;
drop table maps.restrictions;
drop table maps.mechanic_links;
drop table maps.mechanics;
drop function maps.follow_choices();
drop function maps.follow_details();
drop function maps.refresh_details(integer[]);
