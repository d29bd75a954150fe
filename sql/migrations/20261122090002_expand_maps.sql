-- Maps: the difficulty label that follows the number, and the link between two maps.
-- migrate:up
create table maps.names (
    name text not null,
    constraint names_pkey primary key (name)
);

create table core.maps (
    id integer generated always as identity,
    code text,
    map_name text not null,
    category text not null,
    checkpoints integer not null,
    official boolean not null default true,
    playtesting public.playtest_status not null default 'In Progress',
    hidden boolean not null default true,
    archived boolean not null default false,
    difficulty text not null,
    raw_difficulty numeric(4,2) not null,
    description text,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    custom_banner text,
    title text,
    linked_code text,
    original_code text,
    constraint maps_pkey primary key (id),
    constraint maps_code_key unique (code),
    constraint maps_linked_code_fkey foreign key (linked_code)
        references core.maps (code) on update cascade on delete set null,
    constraint maps_map_name_names_fk foreign key (map_name)
        references maps.names (name) on update cascade,
    constraint maps_linked_code_not_self check (linked_code is null or linked_code <> code),
    constraint maps_title_check check (char_length(title) <= 50),
    constraint overwatch_code check (code ~ '[A-Z0-9]{4,6}')
);

create index idx_maps_archived on core.maps (archived);
create index idx_maps_category on core.maps (category);
create index idx_maps_difficulty on core.maps (difficulty);
create index idx_maps_official on core.maps (official);
create index idx_maps_playtesting on core.maps (playtesting);
create index idx_maps_raw_difficulty on core.maps (raw_difficulty);
create index maps_map_name_idx on core.maps (map_name);
create index maps_title_idx on core.maps (title);
create index maps_checkpoints_idx on core.maps (checkpoints);
create index maps_without_code_idx on core.maps (id) where code is null;

-- A code and all that remains of it when one sign is left out: two codes that differ by one sign share one of these.
create function maps.code_keys(code text) returns text[]
language sql immutable parallel safe
return array[code] || array(
  select overlay(code placing '' from i.position for 1)
  from generate_series(1, length(code)) as i (position)
);

create index maps_code_keys_idx on core.maps using gin (maps.code_keys(code));

-- Codes have few trigrams in common: with room for all of a page's in its signature, fewer pages are read.
-- It is of an expression: an index of the code itself is also taken to find the map that has a code, at nine times the
-- blocks that the unique index reads.
create index maps_code_nearest_idx on core.maps using gist ((code || '') public.gist_trgm_ops (siglen = 256));

-- The label of a number: lower bound in, upper bound out, Hell takes 10.00 too.
create function core.difficulty_label(raw numeric) returns text
language sql immutable parallel safe
return case
  when raw < 0 then null
  when raw < 1.18 then 'Easy -'
  when raw < 1.76 then 'Easy'
  when raw < 2.35 then 'Easy +'
  when raw < 2.94 then 'Medium -'
  when raw < 3.53 then 'Medium'
  when raw < 4.12 then 'Medium +'
  when raw < 4.71 then 'Hard -'
  when raw < 5.29 then 'Hard'
  when raw < 5.88 then 'Hard +'
  when raw < 6.47 then 'Very Hard -'
  when raw < 7.06 then 'Very Hard'
  when raw < 7.65 then 'Very Hard +'
  when raw < 8.24 then 'Extreme -'
  when raw < 8.82 then 'Extreme'
  when raw < 9.41 then 'Extreme +'
  when raw <= 10 then 'Hell'
end;

-- The label always follows the number.
create function core.set_maps_difficulty_from_raw() returns trigger language plpgsql as $$
begin
    if new.raw_difficulty not between 0 and 10 then
        raise exception 'raw difficulty % is outside 0 to 10', new.raw_difficulty
            using errcode = 'numeric_value_out_of_range',
                schema = 'core', table = 'maps', column = 'raw_difficulty',
                constraint = 'maps_difficulty_range_check';
    end if;
    new.difficulty := core.difficulty_label(new.raw_difficulty);
    return new;
end
$$;

-- The difficulty without its sign: Hard + is Hard.
create function maps.top_difficulty(difficulty text) returns text
language sql immutable parallel safe
return rtrim(difficulty, ' +-');

-- Whether runs on a map count for ranks that only playable maps earn.
create function maps.is_playable(archived boolean, playtesting public.playtest_status) returns boolean
language sql immutable parallel safe
return not archived and playtesting = 'Approved';

-- Two maps are linked both ways or not at all. This half decides whether a link may be made and holds the
-- partner still; core.mirror_linked_code writes the way back, once the row it must point at is there.
create function core.sync_linked_code() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    taken text;
begin
    -- Deeper calls come from the mirror and from the foreign key, which keep both sides equal by themselves.
    if pg_trigger_depth() > 1 then
        return new;
    end if;
    if new.code is null then
        new.linked_code := null;
    end if;
    if tg_op = 'UPDATE' and new.linked_code is not distinct from old.linked_code then
        return new;
    end if;
    -- A link to itself is refused by maps_linked_code_not_self, one to an unknown map by the foreign key.
    if new.linked_code = new.code then
        return new;
    end if;
    select partner.linked_code into taken
    from core.maps as partner
    where partner.code = new.linked_code
    for update;
    if taken <> new.code and taken is distinct from old.code then
        raise exception 'map % is already linked to %', new.linked_code, taken
            using errcode = 'check_violation',
                schema = 'core', table = 'maps', column = 'linked_code',
                constraint = 'maps_linked_code_taken_check';
    end if;
    -- The foreign key would carry a new code to the old partner, so that one is let go before.
    if new.code is distinct from old.code then
        update core.maps set linked_code = null where code = old.linked_code and linked_code = old.code;
    end if;
    return new;
end
$$;

create function core.mirror_linked_code() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if pg_trigger_depth() > 1 then
        return null;
    end if;
    update core.maps
    set linked_code = null
    where code = old.linked_code
        and linked_code = old.code
        and new.linked_code is distinct from old.linked_code;
    update core.maps
    set linked_code = new.code
    where code = new.linked_code
        and linked_code is null;
    return null;
end
$$;

create trigger trg_maps_set_difficulty_from_raw
    before insert or update of raw_difficulty on core.maps
    for each row execute function core.set_maps_difficulty_from_raw();

create trigger trg_sync_linked_code
    before insert or update of linked_code, code on core.maps
    for each row execute function core.sync_linked_code();

create trigger trg_mirror_linked_code
    after insert or update of linked_code, code on core.maps
    for each row execute function core.mirror_linked_code();

create trigger update_core_maps_updated_at
    before update on core.maps
    for each row execute function public.set_updated_at();

-- migrate:down
drop table core.maps;
drop function core.mirror_linked_code();
drop function core.sync_linked_code();
drop function maps.is_playable(boolean, public.playtest_status);
drop function maps.top_difficulty(text);
drop function core.set_maps_difficulty_from_raw();
drop function core.difficulty_label(numeric);
drop function maps.code_keys(text);
drop table maps.names;
