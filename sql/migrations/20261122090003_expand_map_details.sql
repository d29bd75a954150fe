-- What hangs on a map: mechanics, restrictions, tags, creators, medals, guides, ratings, clicks, edits.
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
    -- Whether the same visitor looked at the map again later.
    superseded boolean not null default false,
    constraint clicks_pkey primary key (id),
    constraint u_click_unique_per_day unique (map_id, ip_hash, day_bucket),
    constraint clicks_map_id_fkey foreign key (map_id) references core.maps (id) on delete cascade,
    constraint clicks_user_id_fkey foreign key (user_id) references core.users (id)
);

create index idx_clicks_map_time on maps.clicks (map_id, inserted_at desc);
create index idx_clicks_recent on maps.clicks (inserted_at desc);
create index clicks_visitors_idx on maps.clicks (inserted_at) include (map_id) where not superseded;

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

-- A visitor of a map counts once in two weeks: that is its latest look, which is marked when it comes. To tell apart all who
-- looked takes half of the time of the list of maps that people care about.
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

-- migrate:down
drop table maps.edit_requests;
drop function maps.rebuild_visitors();
drop table maps.clicks;
drop function maps.mark_clicks();
drop function maps.set_clicks_day_bucket();
drop function maps.mastery_level(bigint);
drop table maps.mastery;
drop table maps.ratings;
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
