-- A visitor of a map counts once in two weeks: that is its latest look, which is marked when it comes. To tell apart all who
-- looked took half of the time of the list of maps that people care about.
-- migrate:up
alter table maps.clicks
    -- Whether the same visitor looked at the map again later.
    add column superseded boolean not null default false;

create index clicks_visitors_idx on maps.clicks (inserted_at) include (map_id) where not superseded;

create function maps.mark_clicks() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    changed maps.clicks := coalesce(new, old);
begin
    -- Two looks of one visitor wait for each other, so that each sees the other.
    perform pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'maps.clicks', changed.map_id, changed.ip_hash), 0));
    update maps.clicks as c
    set superseded = l.superseded
    from (
        select d.id, row_number() over (order by d.inserted_at desc, d.id desc) > 1 as superseded
        from maps.clicks as d
        where d.map_id = changed.map_id
            and (d.ip_hash = changed.ip_hash or (d.ip_hash is null and changed.ip_hash is null))
    ) as l
    where c.id = l.id and c.superseded <> l.superseded;
    return null;
end;
$$;

create trigger visitors_change after insert or delete on maps.clicks
for each row execute function maps.mark_clicks();

-- Mark all of them anew: after a restore of data alone, or when they are doubted.
create function maps.rebuild_visitors() returns void
language sql
set enable_nestloop = off
as $$
    update maps.clicks as c
    set superseded = l.superseded
    from (
        select d.id, row_number() over (partition by d.map_id, d.ip_hash order by d.inserted_at desc, d.id desc) > 1 as superseded
        from maps.clicks as d
    ) as l
    where c.id = l.id and c.superseded <> l.superseded;
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

select maps.rebuild_visitors();

-- Each run that is written or judged was put into these two as well: what they find the key of message_id and
-- completions_waiting_idx find too.
drop index core.completions_message_id_idx, core.completions_pending_idx;

-- migrate:down
create index completions_pending_idx on core.completions (inserted_at)
where not verified and verified_by is null and verification_id is not null;
create index completions_message_id_idx on core.completions (message_id) where message_id is not null;
drop trigger visitors_change on maps.clicks;

create or replace function maps.rebuild_details() RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    truncate maps.details, maps.listed;
    insert into maps.details (map_id, guides, mechanics, restrictions, tags, creators, creator_names, facets)
    select c.map_id, c.guides, c.mechanics, c.restrictions, c.tags, c.creators, c.creator_names, c.facets
    from maps.collected_details as c;
    insert into maps.listed (amount) select count(m.code) from core.maps as m;
end;
$$;

drop function maps.rebuild_visitors();
drop function maps.mark_clicks();
drop index maps.clicks_visitors_idx;
alter table maps.clicks drop column superseded;
