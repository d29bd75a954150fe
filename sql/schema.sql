\restrict dbmate

-- Dumped from database version 17.10
-- Dumped by pg_dump version 17.10

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: audit; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA audit;


--
-- Name: bot; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA bot;


--
-- Name: clan; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA clan;


--
-- Name: completions; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA completions;


--
-- Name: content; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA content;


--
-- Name: core; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA core;


--
-- Name: crawl; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA crawl;


--
-- Name: definitions; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA definitions;


--
-- Name: extended; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA extended;


--
-- Name: flagging; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA flagging;


--
-- Name: leaderboard; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA leaderboard;


--
-- Name: lootbox; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA lootbox;


--
-- Name: maps; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA maps;


--
-- Name: messages; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA messages;


--
-- Name: notifications; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA notifications;


--
-- Name: playtests; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA playtests;


--
-- Name: rank_card; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA rank_card;


--
-- Name: ranks; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA ranks;


--
-- Name: raw; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA raw;


--
-- Name: skill; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA skill;


--
-- Name: store; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA store;


--
-- Name: tournaments; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA tournaments;


--
-- Name: users; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA users;


--
-- Name: web; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA web;


--
-- Name: pg_trgm; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;


--
-- Name: EXTENSION pg_trgm; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';


--
-- Name: missed_state; Type: TYPE; Schema: crawl; Owner: -
--

CREATE TYPE crawl.missed_state AS ENUM (
    'missed',
    'blocked',
    'lost'
);


--
-- Name: weapon_ammo_type; Type: TYPE; Schema: definitions; Owner: -
--

CREATE TYPE definitions.weapon_ammo_type AS ENUM (
    'Primary',
    'Special',
    'Heavy'
);


--
-- Name: weapon_element; Type: TYPE; Schema: definitions; Owner: -
--

CREATE TYPE definitions.weapon_element AS ENUM (
    'Kinetic',
    'Arc',
    'Solar',
    'Void',
    'Stasis',
    'Strand'
);


--
-- Name: weapon_rarity; Type: TYPE; Schema: definitions; Owner: -
--

CREATE TYPE definitions.weapon_rarity AS ENUM (
    'Common',
    'Uncommon',
    'Rare',
    'Legendary',
    'Exotic'
);


--
-- Name: weapon_slot; Type: TYPE; Schema: definitions; Owner: -
--

CREATE TYPE definitions.weapon_slot AS ENUM (
    'Kinetic',
    'Energy',
    'Power'
);


--
-- Name: weapon_type; Type: TYPE; Schema: definitions; Owner: -
--

CREATE TYPE definitions.weapon_type AS ENUM (
    'Auto Rifle',
    'Shotgun',
    'Machine Gun',
    'Hand Cannon',
    'Rocket Launcher',
    'Fusion Rifle',
    'Sniper Rifle',
    'Pulse Rifle',
    'Scout Rifle',
    'Sidearm',
    'Sword',
    'Linear Fusion Rifle',
    'Grenade Launcher',
    'Submachine Gun',
    'Trace Rifle',
    'Bow',
    'Glaive'
);


--
-- Name: blacklist_report_source; Type: TYPE; Schema: flagging; Owner: -
--

CREATE TYPE flagging.blacklist_report_source AS ENUM (
    'Manual',
    'WebReport',
    'CheatCheck',
    'BlacklistedPlayerCascade'
);


--
-- Name: shown_creator; Type: TYPE; Schema: maps; Owner: -
--

CREATE TYPE maps.shown_creator AS (
	id bigint,
	is_primary boolean,
	name text
);


--
-- Name: dead_letter_state; Type: TYPE; Schema: messages; Owner: -
--

CREATE TYPE messages.dead_letter_state AS ENUM (
    'dead',
    'replayed',
    'discarded',
    'applied'
);


--
-- Name: job_status; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.job_status AS ENUM (
    'queued',
    'processing',
    'succeeded',
    'failed',
    'timeout'
);


--
-- Name: playtest_status; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.playtest_status AS ENUM (
    'Approved',
    'In Progress',
    'Rejected'
);


--
-- Name: claim_record_xp(integer); Type: FUNCTION; Schema: completions; Owner: -
--

CREATE FUNCTION completions.claim_record_xp(of_run integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
    update core.completions as c
    set wr_xp_check = true
    where c.id = of_run
        and not exists (
            select
            from core.completions as o
            where o.map_id = c.map_id and o.user_id = c.user_id and o.wr_xp_check and not coalesce(o.legacy, false)
        );
    return found;
end;
$$;


--
-- Name: medal(numeric, numeric, numeric, numeric); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.medal(run_time numeric, gold numeric, silver numeric, bronze numeric) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (run_time <= gold) THEN 'Gold'::text WHEN (run_time <= silver) THEN 'Silver'::text WHEN (run_time <= bronze) THEN 'Bronze'::text ELSE NULL::text END;


--
-- Name: earned_medal(numeric, boolean, text, boolean, text, numeric, numeric, numeric); Type: FUNCTION; Schema: completions; Owner: -
--

CREATE FUNCTION completions.earned_medal(run_time numeric, partial boolean, video text, legacy boolean, legacy_medal text, gold numeric, silver numeric, bronze numeric) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN ((NOT partial) AND (video <> ''::text)) THEN COALESCE(CASE WHEN legacy THEN legacy_medal ELSE NULL::text END, maps.medal(run_time, gold, silver, bronze)) ELSE NULL::text END;


--
-- Name: follow_medals(); Type: FUNCTION; Schema: completions; Owner: -
--

CREATE FUNCTION completions.follow_medals() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
    changed integer[];
begin
    if tg_op = 'DELETE' then
        changed := array(select o.map_id from old_rows as o order by 1);
    else
        changed := array(select n.map_id from new_rows as n order by 1);
    end if;
    perform from core.maps as m where m.id = any (changed) order by m.id for no key update;
    perform completions.refresh_current(changed);
    return null;
end;
$$;


--
-- Name: is_shown(boolean, bigint, boolean); Type: FUNCTION; Schema: completions; Owner: -
--

CREATE FUNCTION completions.is_shown(verified boolean, message_id bigint, legacy boolean) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((verified AND (message_id IS NOT NULL) AND (NOT COALESCE(legacy, false))))::integer;


--
-- Name: place(integer, boolean, numeric); Type: FUNCTION; Schema: completions; Owner: -
--

CREATE FUNCTION completions.place(map_id integer, legacy boolean, run_time numeric) RETURNS TABLE(rank bigint)
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select count(*) + 1
    from completions.current as o
    where o.map_id = place.map_id and o.legacy = place.legacy and not o.partial and o.time < place.run_time
$$;


--
-- Name: played(boolean, numeric); Type: FUNCTION; Schema: completions; Owner: -
--

CREATE FUNCTION completions.played(verified boolean, run_time numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (verified AND (run_time < (99999999)::numeric)) THEN run_time ELSE (0)::numeric END;


--
-- Name: rank(integer, bigint, integer); Type: FUNCTION; Schema: completions; Owner: -
--

CREATE FUNCTION completions.rank(map_id integer, user_id bigint, run_id integer) RETURNS TABLE(rank bigint)
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select (select p.rank from completions.place(k.map_id, k.legacy, k.time) as p)
    from completions.current as k
    where k.map_id = rank.map_id and k.user_id = rank.user_id and k.id = rank.run_id and not k.partial
$$;


--
-- Name: ranks(integer); Type: FUNCTION; Schema: completions; Owner: -
--

CREATE FUNCTION completions.ranks(map_id integer) RETURNS TABLE(id integer, rank bigint)
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select k.id, rank() over (partition by k.legacy order by k.time)
    from completions.current as k
    where k.map_id = ranks.map_id and not k.partial
$$;


--
-- Name: rebuild(); Type: FUNCTION; Schema: completions; Owner: -
--

CREATE FUNCTION completions.rebuild() RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    truncate completions.current, completions.totals;
    insert into completions.current
        (
            map_id, user_id, id, time, partial, legacy, inserted_at, raw_difficulty, difficulty, official, playable,
            medal
        )
    select distinct on (c.map_id, c.user_id)
        c.map_id, c.user_id, c.id, c.time, c.partial, c.legacy, c.inserted_at, c.raw_difficulty, c.difficulty,
        c.official, c.playable, c.medal
    from completions.verified_runs as c
    order by c.map_id, c.user_id, c.inserted_at desc;
    insert into completions.totals (map_id, runs, waiting, players, waiting_players, shown, current, seconds)
    select
        c.map_id,
        count(*),
        count(*) filter (where not c.verified),
        count(distinct c.user_id),
        count(distinct c.user_id) filter (where not c.verified),
        count(*) filter (where c.verified and c.message_id is not null and not coalesce(c.legacy, false)),
        (select count(*) from completions.current as k where k.map_id = c.map_id),
        coalesce(sum(c.time) filter (where c.verified and c.time < 99999999), 0)
    from core.completions as c
    group by c.map_id;
end;
$$;


--
-- Name: is_playable(boolean, public.playtest_status); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.is_playable(archived boolean, playtesting public.playtest_status) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((NOT archived) AND (playtesting = 'Approved'::public.playtest_status));


--
-- Name: top_difficulty(text); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.top_difficulty(difficulty text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN rtrim(difficulty, ' +-'::text);


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: current; Type: TABLE; Schema: completions; Owner: -
--

CREATE TABLE completions.current (
    map_id integer NOT NULL,
    user_id bigint NOT NULL,
    id integer NOT NULL,
    "time" numeric(10,2) NOT NULL,
    partial boolean NOT NULL,
    legacy boolean NOT NULL,
    inserted_at timestamp with time zone NOT NULL,
    raw_difficulty numeric(4,2) NOT NULL,
    difficulty text NOT NULL,
    official boolean NOT NULL,
    playable boolean NOT NULL,
    medal text
);


--
-- Name: completions; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.completions (
    id integer NOT NULL,
    map_id integer NOT NULL,
    user_id bigint NOT NULL,
    "time" numeric(10,2) NOT NULL,
    screenshot text NOT NULL,
    video text,
    verified boolean DEFAULT false NOT NULL,
    verification_id bigint,
    message_id bigint,
    completion boolean DEFAULT false NOT NULL,
    inserted_at timestamp with time zone DEFAULT now() NOT NULL,
    verified_by bigint,
    legacy boolean DEFAULT false,
    legacy_medal text,
    wr_xp_check boolean DEFAULT false,
    reason text,
    tournament_completion_id integer
);


--
-- Name: maps; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.maps (
    id integer NOT NULL,
    code text,
    map_name text NOT NULL,
    category text NOT NULL,
    checkpoints integer NOT NULL,
    official boolean DEFAULT true NOT NULL,
    playtesting public.playtest_status DEFAULT 'In Progress'::public.playtest_status NOT NULL,
    hidden boolean DEFAULT true NOT NULL,
    archived boolean DEFAULT false NOT NULL,
    difficulty text NOT NULL,
    raw_difficulty numeric(4,2) NOT NULL,
    description text,
    created_at timestamp with time zone DEFAULT now(),
    updated_at timestamp with time zone DEFAULT now(),
    custom_banner text,
    title text,
    linked_code text,
    original_code text,
    CONSTRAINT maps_linked_code_not_self CHECK (((linked_code IS NULL) OR (linked_code <> code))),
    CONSTRAINT maps_title_check CHECK ((char_length(title) <= 50)),
    CONSTRAINT overwatch_code CHECK ((code ~ '[A-Z0-9]{4,6}'::text))
);


--
-- Name: medals; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.medals (
    map_id integer NOT NULL,
    gold numeric(10,2),
    silver numeric(10,2),
    bronze numeric(10,2)
);


--
-- Name: verified_runs; Type: VIEW; Schema: completions; Owner: -
--

CREATE VIEW completions.verified_runs AS
 SELECT c.map_id,
    c.user_id,
    c.id,
    c."time",
    c.completion AS partial,
    COALESCE(c.legacy, false) AS legacy,
    c.inserted_at,
    m.raw_difficulty,
    maps.top_difficulty(m.difficulty) AS difficulty,
    m.official,
    maps.is_playable(m.archived, m.playtesting) AS playable,
    completions.earned_medal(c."time", c.completion, c.video, COALESCE(c.legacy, false), c.legacy_medal, d.gold, d.silver, d.bronze) AS medal
   FROM ((core.completions c
     JOIN core.maps m ON ((m.id = c.map_id)))
     LEFT JOIN maps.medals d ON ((d.map_id = c.map_id)))
  WHERE c.verified;


--
-- Name: refresh_current(integer[]); Type: FUNCTION; Schema: completions; Owner: -
--

CREATE FUNCTION completions.refresh_current(map_ids integer[]) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 UPDATE completions.current k SET raw_difficulty = c.raw_difficulty, difficulty = c.difficulty, official = c.official, playable = c.playable, medal = c.medal
    FROM completions.verified_runs c
   WHERE ((c.id = k.id) AND (c.map_id = k.map_id) AND (k.map_id = ANY (refresh_current.map_ids)) AND (((((k.raw_difficulty IS DISTINCT FROM c.raw_difficulty) OR (k.difficulty IS DISTINCT FROM c.difficulty)) OR (k.official IS DISTINCT FROM c.official)) OR (k.playable IS DISTINCT FROM c.playable)) OR (k.medal IS DISTINCT FROM c.medal)));
END;


--
-- Name: difficulty_label(numeric); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.difficulty_label(raw numeric) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (raw < (0)::numeric) THEN NULL::text WHEN (raw < 1.18) THEN 'Easy -'::text WHEN (raw < 1.76) THEN 'Easy'::text WHEN (raw < 2.35) THEN 'Easy +'::text WHEN (raw < 2.94) THEN 'Medium -'::text WHEN (raw < 3.53) THEN 'Medium'::text WHEN (raw < 4.12) THEN 'Medium +'::text WHEN (raw < 4.71) THEN 'Hard -'::text WHEN (raw < 5.29) THEN 'Hard'::text WHEN (raw < 5.88) THEN 'Hard +'::text WHEN (raw < 6.47) THEN 'Very Hard -'::text WHEN (raw < 7.06) THEN 'Very Hard'::text WHEN (raw < 7.65) THEN 'Very Hard +'::text WHEN (raw < 8.24) THEN 'Extreme -'::text WHEN (raw < 8.82) THEN 'Extreme'::text WHEN (raw < 9.41) THEN 'Extreme +'::text WHEN (raw <= (10)::numeric) THEN 'Hell'::text ELSE NULL::text END;


--
-- Name: enforce_speed_rules_nonlegacy_only(); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.enforce_speed_rules_nonlegacy_only() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
    best record;
begin
    if new.legacy or current_setting('users.merging', true) = 'true' then
        return new;
    end if;
    select run.time, run.completion, run.inserted_at, not run.verified as pending into best
    from core.completions as run
    where run.user_id = new.user_id
        and run.map_id = new.map_id
        and run.legacy = false
        and run.id <> new.id
        and (run.verified or run.verified_by is null)
    order by run.time, run.completion, run.inserted_at
    limit 1;
    if not found
        or new.inserted_at < best.inserted_at
        or new.time < best.time
        or (best.completion and not new.completion)
    then
        return new;
    end if;
    raise exception 'time % is not faster than the % run of %',
        new.time, case when best.pending then 'pending' else 'verified' end, best.time
        using errcode = 'check_violation',
            schema = 'core', table = 'completions', column = 'time',
            constraint = case
                when best.pending then 'completions_pending_faster_check'
                else 'completions_faster_check'
            end;
end
$$;


--
-- Name: mirror_linked_code(); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.mirror_linked_code() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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


--
-- Name: set_maps_difficulty_from_raw(); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.set_maps_difficulty_from_raw() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: sync_linked_code(); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.sync_linked_code() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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


--
-- Name: get_ammo_type(integer); Type: FUNCTION; Schema: definitions; Owner: -
--

CREATE FUNCTION definitions.get_ammo_type(ammo_type integer) RETURNS definitions.weapon_ammo_type
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
begin
    case ammo_type
        when 1 then return 'Primary';
        when 2 then return 'Special';
        when 3 then return 'Heavy';
    end case;
end
$$;


--
-- Name: get_element(integer); Type: FUNCTION; Schema: definitions; Owner: -
--

CREATE FUNCTION definitions.get_element(damage_type integer) RETURNS definitions.weapon_element
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
begin
    case damage_type
        when 1 then return 'Kinetic';
        when 2 then return 'Arc';
        when 3 then return 'Solar';
        when 4 then return 'Void';
        when 6 then return 'Stasis';
        when 7 then return 'Strand';
    end case;
end
$$;


--
-- Name: get_season(timestamp with time zone); Type: FUNCTION; Schema: definitions; Owner: -
--

CREATE FUNCTION definitions.get_season(moment timestamp with time zone) RETURNS integer
    LANGUAGE sql STABLE
    AS $$
    select s.id from definitions.season as s
    where s.start_date < moment
    order by s.start_date desc
    limit 1
$$;


--
-- Name: get_slot(bigint); Type: FUNCTION; Schema: definitions; Owner: -
--

CREATE FUNCTION definitions.get_slot(slot_hash bigint) RETURNS definitions.weapon_slot
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
begin
    case slot_hash
        when 1498876634 then return 'Kinetic';
        when 2465295065 then return 'Energy';
        when 953998645 then return 'Power';
    end case;
end
$$;


--
-- Name: get_weapon_type(integer); Type: FUNCTION; Schema: definitions; Owner: -
--

CREATE FUNCTION definitions.get_weapon_type(item_sub_type integer) RETURNS definitions.weapon_type
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
begin
    case item_sub_type
        when 6 then return 'Auto Rifle';
        when 7 then return 'Shotgun';
        when 8 then return 'Machine Gun';
        when 9 then return 'Hand Cannon';
        when 10 then return 'Rocket Launcher';
        when 11 then return 'Fusion Rifle';
        when 12 then return 'Sniper Rifle';
        when 13 then return 'Pulse Rifle';
        when 14 then return 'Scout Rifle';
        when 17 then return 'Sidearm';
        when 18 then return 'Sword';
        when 22 then return 'Linear Fusion Rifle';
        when 23 then return 'Grenade Launcher';
        when 24 then return 'Submachine Gun';
        when 25 then return 'Trace Rifle';
        when 31 then return 'Bow';
        when 33 then return 'Glaive';
    end case;
end
$$;


--
-- Name: has_words(integer, integer, bigint, integer, text); Type: FUNCTION; Schema: definitions; Owner: -
--

CREATE FUNCTION definitions.has_words(damage_type integer, ammo_type integer, slot_hash bigint, item_sub_type integer, rarity text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return definitions.get_element(damage_type) is not null
        and definitions.get_ammo_type(ammo_type) is not null
        and definitions.get_slot(slot_hash) is not null
        and definitions.get_weapon_type(item_sub_type) is not null
        and rarity::definitions.weapon_rarity is not null;
exception when case_not_found or invalid_text_representation then
    return false;
end
$$;


--
-- Name: file_name(text); Type: FUNCTION; Schema: lootbox; Owner: -
--

CREATE FUNCTION lootbox.file_name(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lower(replace(TRIM(BOTH FROM regexp_replace(name, '[^a-zA-Z0-9\s]'::text, ''::text, 'g'::text)), ' '::text, '_'::text));


--
-- Name: mastery_path(text, text); Type: FUNCTION; Schema: lootbox; Owner: -
--

CREATE FUNCTION lootbox.mastery_path(map_name text, medal text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (((('/assets/mastery/'::text || lootbox.file_name(map_name)) || '_'::text) || lootbox.file_name(medal)) || '.webp'::text);


--
-- Name: picture_path(text, text); Type: FUNCTION; Schema: lootbox; Owner: -
--

CREATE FUNCTION lootbox.picture_path(type text, name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE type WHEN 'spray'::text THEN (('/assets/rank_card/spray/'::text || lootbox.file_name(name)) || '.webp'::text) WHEN 'skin'::text THEN (('/assets/rank_card/avatar/'::text || lootbox.file_name(name)) || '/heroic.webp'::text) WHEN 'pose'::text THEN (('/assets/rank_card/avatar/overwatch_1/'::text || lootbox.file_name(name)) || '.webp'::text) WHEN 'background'::text THEN (('/assets/rank_card/background/'::text || lootbox.file_name(name)) || '.webp'::text) WHEN 'coins'::text THEN (('/assets/rank_card/coins/'::text || lootbox.file_name(name)) || '.webp'::text) ELSE NULL::text END;


--
-- Name: main_tiers; Type: TABLE; Schema: lootbox; Owner: -
--

CREATE TABLE lootbox.main_tiers (
    threshold integer NOT NULL,
    name text NOT NULL
);


--
-- Name: sub_tiers; Type: TABLE; Schema: lootbox; Owner: -
--

CREATE TABLE lootbox.sub_tiers (
    threshold integer NOT NULL,
    name text NOT NULL
);


--
-- Name: tier_of(integer); Type: FUNCTION; Schema: lootbox; Owner: -
--

CREATE FUNCTION lootbox.tier_of(amount integer) RETURNS TABLE(raw_tier integer, normalized_tier integer, prestige_level integer, main_tier_name text, sub_tier_name text, full_tier_name text)
    LANGUAGE sql STABLE ROWS 1 PARALLEL SAFE
    BEGIN ATOMIC
 SELECT (tier_of.amount / 100),
     ((tier_of.amount / 100) % 100),
     (tier_of.amount / 10000),
     m.name,
     s.name,
     ((m.name || ' '::text) || s.name)
    FROM (lootbox.main_tiers m
      JOIN lootbox.sub_tiers s ON ((s.threshold = ((tier_of.amount / 100) % 5))))
   WHERE (m.threshold = (((tier_of.amount / 100) % 100) / 5));
END;


--
-- Name: code_keys(text); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.code_keys(code text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (ARRAY[code] || ARRAY(SELECT OVERLAY(code_keys.code PLACING ''::text FROM i."position" FOR 1) AS "overlay" FROM generate_series(1, length(code_keys.code)) i("position")));


--
-- Name: count_listed(); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.count_listed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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


--
-- Name: count_ratings(); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.count_ratings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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


--
-- Name: follow_choices(); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.follow_choices() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
    perform maps.refresh_details(array(select d.map_id from maps.details as d));
    return null;
end;
$$;


--
-- Name: follow_details(); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.follow_details() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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


--
-- Name: follow_maps(); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.follow_maps() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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


--
-- Name: follow_names(); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.follow_names() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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


--
-- Name: follow_shown(); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.follow_shown() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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


--
-- Name: mark_clicks(); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.mark_clicks() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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


--
-- Name: mastery_level(bigint); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.mastery_level(amount bigint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (amount >= 30) THEN 'Prodigy'::text WHEN (amount >= 25) THEN 'Specialist'::text WHEN (amount >= 20) THEN 'Pathfinder'::text WHEN (amount >= 15) THEN 'Trailblazer'::text WHEN (amount >= 10) THEN 'Explorer'::text WHEN (amount >= 5) THEN 'Rookie'::text ELSE 'Placeholder'::text END;


--
-- Name: moment(timestamp with time zone); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.moment(moment timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN to_char((moment AT TIME ZONE 'UTC'::text), CASE WHEN (date_trunc('second'::text, (moment AT TIME ZONE 'UTC'::text)) = (moment AT TIME ZONE 'UTC'::text)) THEN 'YYYY-MM-DD"T"HH24:MI:SS"Z"'::text ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text END);


--
-- Name: ratings_verify_on_completion(); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.ratings_verify_on_completion() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
    if exists (
        select
        from maps.ratings as r
        where r.map_id = new.map_id and r.user_id = new.user_id and r.verified is not true
    ) then
        update maps.ratings
        set verified = true
        where map_id = new.map_id
            and user_id = new.user_id
            and verified is not true;
    end if;
    return null;
end
$$;


--
-- Name: rebuild_details(); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.rebuild_details() RETURNS void
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: rebuild_rating_totals(); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.rebuild_rating_totals() RETURNS void
    LANGUAGE sql
    AS $$
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


--
-- Name: rebuild_visitors(); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.rebuild_visitors() RETURNS void
    LANGUAGE sql
    SET enable_nestloop TO 'off'
    AS $$
    update maps.clicks as c
    set superseded = l.superseded
    from (
        select d.id, row_number() over (partition by d.map_id, d.ip_hash order by d.inserted_at desc, d.id desc) > 1 as superseded
        from maps.clicks as d
    ) as l
    where c.id = l.id and c.superseded <> l.superseded;
$$;


--
-- Name: refresh_details(integer[]); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.refresh_details(ids integer[]) RETURNS void
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
    perform maps.refresh_searchable(ids);
end;
$$;


--
-- Name: refresh_searchable(integer[]); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.refresh_searchable(ids integer[]) RETURNS void
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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


--
-- Name: set_clicks_day_bucket(); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.set_clicks_day_bucket() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.day_bucket := floor(extract(epoch from new.inserted_at) / 86400);
    return new;
end
$$;


--
-- Name: sort_number(integer, double precision, integer, double precision); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.sort_number(key integer, difficulty double precision, checkpoints integer, rating double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE key WHEN 1 THEN difficulty WHEN 2 THEN (- difficulty) WHEN 3 THEN (checkpoints)::double precision WHEN 4 THEN (- (checkpoints)::double precision) WHEN 5 THEN rating WHEN 6 THEN (- rating) ELSE NULL::double precision END;


--
-- Name: sort_number(text, numeric, integer, double precision); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.sort_number(key text, difficulty numeric, checkpoints integer, rating double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE key WHEN 'difficulty:asc'::text THEN (difficulty)::double precision WHEN 'difficulty:desc'::text THEN (- (difficulty)::double precision) WHEN 'checkpoints:asc'::text THEN (checkpoints)::double precision WHEN 'checkpoints:desc'::text THEN (- (checkpoints)::double precision) WHEN 'ratings:asc'::text THEN rating WHEN 'ratings:desc'::text THEN (- rating) ELSE NULL::double precision END;


--
-- Name: sort_text(integer, integer, text, text, text); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.sort_text(key integer, direction integer, map_name text, title text, code text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE (key - direction) WHEN 7 THEN map_name WHEN 9 THEN title WHEN 11 THEN code ELSE NULL::text END;


--
-- Name: sort_text(text, text, text, text, text); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.sort_text(key text, direction text, map_name text, title text, code text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE key WHEN ('map_name:'::text || direction) THEN map_name WHEN ('title:'::text || direction) THEN title WHEN ('code:'::text || direction) THEN code ELSE NULL::text END;


--
-- Name: sorted(integer[], integer, integer); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.sorted(keys integer[], page integer, before integer) RETURNS integer[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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


--
-- Name: traits(boolean, boolean, boolean, public.playtest_status, boolean, boolean, boolean); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.traits(official boolean, archived boolean, hidden boolean, playtesting public.playtest_status, with_medals boolean, in_playtest boolean, finalized boolean) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((((((CASE official WHEN true THEN 1 WHEN false THEN 2 ELSE 0 END | CASE archived WHEN true THEN 4 WHEN false THEN 8 ELSE 0 END) | CASE hidden WHEN true THEN 16 WHEN false THEN 32 ELSE 0 END) | CASE playtesting WHEN 'Approved'::public.playtest_status THEN 64 WHEN 'In Progress'::public.playtest_status THEN 128 WHEN 'Rejected'::public.playtest_status THEN 256 ELSE 0 END) | CASE with_medals WHEN true THEN 512 WHEN false THEN 1024 ELSE 0 END) | CASE in_playtest WHEN true THEN 2048 WHEN false THEN 4096 ELSE 0 END) | CASE finalized WHEN true THEN 8192 WHEN false THEN 16384 ELSE 0 END);


--
-- Name: written(text, double precision, text, text, text, text, double precision, bigint); Type: FUNCTION; Schema: maps; Owner: -
--

CREATE FUNCTION maps.written(opening text, mean double precision, middle text, banner text, closing text, banners text, seconds double precision, total bigint) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN concat(opening, COALESCE((mean)::text, 'null'::text), middle, (banners || banner), '","time":', COALESCE((seconds)::text, 'null'::text), ',"total_results":', total, closing);


--
-- Name: emit(text, jsonb, text, timestamp with time zone, text, uuid, integer, text); Type: FUNCTION; Schema: messages; Owner: -
--

CREATE FUNCTION messages.emit(queue text, body jsonb, order_key text DEFAULT NULL::text, run_at timestamp with time zone DEFAULT NULL::timestamp with time zone, trace text DEFAULT NULL::text, causation uuid DEFAULT NULL::uuid, version integer DEFAULT 1, key text DEFAULT NULL::text) RETURNS uuid
    LANGUAGE sql
    AS $$
    -- Put a message into the outbox inside the caller's statement; returns its id.
    select s.message_id from messages.send(queue, body, order_key, run_at, trace, causation, version, key, false) as s
$$;


--
-- Name: emit_job(text, jsonb, text, timestamp with time zone, text, uuid, integer, text); Type: FUNCTION; Schema: messages; Owner: -
--

CREATE FUNCTION messages.emit_job(queue text, body jsonb, order_key text DEFAULT NULL::text, run_at timestamp with time zone DEFAULT NULL::timestamp with time zone, trace text DEFAULT NULL::text, causation uuid DEFAULT NULL::uuid, version integer DEFAULT 1, key text DEFAULT NULL::text) RETURNS uuid
    LANGUAGE sql
    AS $$
    -- The same with a row in public.jobs that follows the message; returns the job's id.
    select s.job_id from messages.send(queue, body, order_key, run_at, trace, causation, version, key, true) as s
$$;


--
-- Name: emitting(); Type: FUNCTION; Schema: messages; Owner: -
--

CREATE FUNCTION messages.emitting() RETURNS boolean
    LANGUAGE sql
    AS $$
    -- Whether a transaction that is open has messages for the outbox; the caller's own does not count.
    select exists (
        select
        from pg_locks as l
        where l.locktype = 'advisory'
            and l.database = (select d.oid from pg_database as d where d.datname = current_database())
            and l.classid = hashtext('messages.wake')::bigint & 4294967295
            and l.objid = 1
            and l.objsubid = 2
            and l.pid <> pg_backend_pid()
    )
$$;


--
-- Name: hold_outbox(); Type: FUNCTION; Schema: messages; Owner: -
--

CREATE FUNCTION messages.hold_outbox() RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
    -- Waits for batches that are being published, and lets nobody claim or emit until the transaction ends.
    lock table messages.outbox in exclusive mode;
    return true;
end
$$;


--
-- Name: holds(jsonb, jsonb); Type: FUNCTION; Schema: messages; Owner: -
--

CREATE FUNCTION messages.holds(body jsonb, wanted jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    -- Whether the body has these texts at these paths (map.code).
    select not exists (
        select from jsonb_each_text(wanted) as w
        where (body #>> string_to_array(w.key, '.')) is distinct from w.value
    )
$$;


--
-- Name: is_over(text, uuid); Type: FUNCTION; Schema: messages; Owner: -
--

CREATE FUNCTION messages.is_over(queue text, message_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    -- Applied, or given up: a letter that was replayed lives on, one that was edited does so under another id.
    select exists (
        select from messages.inbox as i where i.consumer = is_over.queue and i.message_id = is_over.message_id
    ) or exists (
        select
        from messages.dead_letters as d
        left join messages.dead_letter_actions as a on a.id = d.action_id
        where d.queue = is_over.queue
          and d.message_id = is_over.message_id
          and (d.state <> 'replayed' or a.what = 'edit')
    )
$$;


--
-- Name: dead_letters; Type: TABLE; Schema: messages; Owner: -
--

CREATE TABLE messages.dead_letters (
    id bigint NOT NULL,
    message_id uuid,
    queue text NOT NULL,
    version integer,
    body jsonb,
    raw bytea,
    order_key text,
    "position" bigint,
    job_id uuid,
    trace text,
    causation uuid,
    replay_of bigint,
    created_at timestamp with time zone,
    state messages.dead_letter_state DEFAULT 'dead'::messages.dead_letter_state NOT NULL,
    error text NOT NULL,
    detail text NOT NULL,
    place text,
    stack text,
    attempts integer NOT NULL,
    first_failed_at timestamp with time zone DEFAULT now() NOT NULL,
    died_at timestamp with time zone DEFAULT now() NOT NULL,
    resolved_at timestamp with time zone,
    action_id bigint
);


--
-- Name: TABLE dead_letters; Type: COMMENT; Schema: messages; Owner: -
--

COMMENT ON TABLE messages.dead_letters IS 'Messages given up, until somebody replays, edits or discards them.';


--
-- Name: COLUMN dead_letters.raw; Type: COMMENT; Schema: messages; Owner: -
--

COMMENT ON COLUMN messages.dead_letters.raw IS 'What arrived, where it is not JSON that PostgreSQL can hold.';


--
-- Name: matches(messages.dead_letters, jsonb); Type: FUNCTION; Schema: messages; Owner: -
--

CREATE FUNCTION messages.matches(d messages.dead_letters, filter jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    -- One place for what the filters of the dead-letter tool mean; an absent member matches everything. No SQL
    -- function: inlined, its nine conditions look as if hardly a row met them, and a batch would sort them all.
    return (filter ->> 'queue' is null or d.queue = filter ->> 'queue')
      and (filter ->> 'type' is null or d.queue in (filter ->> 'type', 'api.' || (filter ->> 'type')))
      and (filter ->> 'error' is null or d.error = filter ->> 'error')
      and (filter ->> 'state' is null or d.state::text = filter ->> 'state')
      and (filter ->> 'died_before' is null or d.died_at < (filter ->> 'died_before')::timestamptz)
      and (filter ->> 'died_after' is null or d.died_at >= (filter ->> 'died_after')::timestamptz)
      and (filter -> 'ids' is null or filter -> 'ids' @> to_jsonb(d.id))
      and (filter -> 'where' is null or messages.holds(d.body, filter -> 'where'));
end
$$;


--
-- Name: matching(jsonb); Type: FUNCTION; Schema: messages; Owner: -
--

CREATE FUNCTION messages.matching(filter jsonb) RETURNS SETOF messages.dead_letters
    LANGUAGE sql STABLE
    AS $$
    select d.* from messages.dead_letters as d where messages.matches(d, filter)
$$;


--
-- Name: new_id(); Type: FUNCTION; Schema: messages; Owner: -
--

CREATE FUNCTION messages.new_id() RETURNS uuid
    LANGUAGE sql PARALLEL SAFE
    AS $$
    -- UUID version 7: milliseconds since 1970, then random bits, so that ids sort by age.
    select encode(
        set_bit(set_bit(
            overlay(
                uuid_send(gen_random_uuid())
                placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
                from 1 for 6
            ), 52, 1), 53, 1), 'hex')::uuid
$$;


--
-- Name: send(text, jsonb, text, timestamp with time zone, text, uuid, integer, text, boolean); Type: FUNCTION; Schema: messages; Owner: -
--

CREATE FUNCTION messages.send(queue text, body jsonb, order_key text, run_at timestamp with time zone, trace text, causation uuid, version integer, key text, wants_job boolean, OUT message_id uuid, OUT job_id uuid) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
#variable_conflict use_column
begin
    message_id := case when key is null then messages.new_id() else md5(send.queue || ':' || key)::uuid end;
    if wants_job then
        job_id := messages.new_id();
    end if;
    loop
        insert into messages.outbox (message_id, queue, version, body, order_key, job_id, run_at, trace, causation)
        values (
            send.message_id, send.queue, send.version, send.body, send.order_key, send.job_id,
            coalesce(send.run_at, now()), send.trace, send.causation
        )
        on conflict (message_id) do nothing;
        exit when found;
        update messages.outbox as o
        set job_id = coalesce(o.job_id, send.job_id)
        where o.message_id = send.message_id
        returning o.job_id into job_id;
        exit when found;
        -- A relay has sent the other message meanwhile.
    end loop;
    if wants_job then
        insert into public.jobs (id, action) values (send.job_id, send.queue) on conflict do nothing;
    end if;
    perform messages.wake();
end
$$;


--
-- Name: wake(); Type: FUNCTION; Schema: messages; Owner: -
--

CREATE FUNCTION messages.wake() RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_advisory_xact_lock_shared(hashtext('messages.wake'), 1);
    if pg_try_advisory_xact_lock(hashtextextended('messages.wake', 0)) then
        perform pg_notify('outbox', '');
    end if;
end
$$;


--
-- Name: enforce_verified_completion_immediate(); Type: FUNCTION; Schema: playtests; Owner: -
--

CREATE FUNCTION playtests.enforce_verified_completion_immediate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
    if current_setting('users.merging', true) = 'true' or exists (
        select
        from core.completions as run
        where run.user_id = new.user_id
            and run.map_id = new.map_id
            and run.verified = true
            and run.legacy = false
    ) then
        return new;
    end if;
    if current_setting('migration.skip_verified_check', true) = 'true' then
        return null;
    end if;
    raise exception 'user % has no verified run of map %', new.user_id, new.map_id
        using errcode = 'check_violation',
            schema = 'playtests', table = 'votes',
            constraint = 'votes_verified_completion_check';
end
$$;


--
-- Name: set_updated_at(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.set_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new is distinct from old then
        new.updated_at := now();
    end if;
    return new;
end
$$;


--
-- Name: mastery; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.mastery (
    user_id bigint NOT NULL,
    map_name text NOT NULL,
    medal text NOT NULL
);


--
-- Name: badge_path(bigint, text, text); Type: FUNCTION; Schema: rank_card; Owner: -
--

CREATE FUNCTION rank_card.badge_path(owner_id bigint, type text, name text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN (type = 'spray'::text) THEN lootbox.picture_path(type, name) WHEN (type = 'mastery'::text) THEN lootbox.mastery_path(name, COALESCE((SELECT y.medal FROM maps.mastery y WHERE ((y.user_id = badge_path.owner_id) AND (y.map_name = badge_path.name))), 'Placeholder'::text)) ELSE NULL::text END;


--
-- Name: follow_maps(); Type: FUNCTION; Schema: ranks; Owner: -
--

CREATE FUNCTION ranks.follow_maps() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
    changed integer[];
begin
    select array_agg(n.id order by n.id) into changed
    from old_rows as o
    join new_rows as n on n.id = o.id
    where (o.raw_difficulty, o.difficulty, o.official, o.archived, o.playtesting)
        is distinct from (n.raw_difficulty, n.difficulty, n.official, n.archived, n.playtesting);
    if changed is not null then
        perform completions.refresh_current(changed);
    end if;
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


--
-- Name: follow_rows(); Type: FUNCTION; Schema: ranks; Owner: -
--

CREATE FUNCTION ranks.follow_rows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
    if tg_op = 'INSERT' then
        perform ranks.refresh_profiles(array(select distinct n.user_id from new_rows as n));
    elsif tg_op = 'DELETE' then
        perform ranks.refresh_profiles(array(select distinct o.user_id from old_rows as o));
    else
        perform ranks.refresh_profiles(
            array(select n.user_id from new_rows as n union select o.user_id from old_rows as o)
        );
    end if;
    return null;
end;
$$;


--
-- Name: follow_runs(); Type: FUNCTION; Schema: ranks; Owner: -
--

CREATE FUNCTION ranks.follow_runs() RETURNS trigger
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
                and (n.verified, n.time, n.completion, n.legacy, n.inserted_at, n.video, n.legacy_medal)
                is distinct from
                (o.verified, o.time, o.completion, o.legacy, o.inserted_at, o.video, o.legacy_medal)
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
                    (c.id, c.time, c.completion, c.legacy, c.inserted_at, c.video, c.legacy_medal) order by c.id
                ) filter (where c.verified and c.step > 0)
                is distinct from array_agg(
                    (c.id, c.time, c.completion, c.legacy, c.inserted_at, c.video, c.legacy_medal) order by c.id
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
            insert into completions.current as k
                (
                    map_id, user_id, id, time, partial, legacy, inserted_at, raw_difficulty, difficulty, official,
                    playable, medal
                )
            select
                c.map_id, c.user_id, c.id, c.time, c.partial, c.legacy, c.inserted_at, c.raw_difficulty, c.difficulty,
                c.official, c.playable, c.medal
            from completions.verified_runs as c
            where c.map_id = maps[i] and c.user_id = users[i]
            order by c.inserted_at desc
            limit 1
            on conflict (map_id, user_id) do update
            set
                id = excluded.id,
                time = excluded.time,
                partial = excluded.partial,
                legacy = excluded.legacy,
                inserted_at = excluded.inserted_at,
                medal = excluded.medal
            where (k.id, k.time, k.partial, k.legacy, k.inserted_at, k.medal)
                is distinct from
                (
                    excluded.id, excluded.time, excluded.partial, excluded.legacy, excluded.inserted_at,
                    excluded.medal
                )
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


--
-- Name: follow_scores(); Type: FUNCTION; Schema: ranks; Owner: -
--

CREATE FUNCTION ranks.follow_scores() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
    perform from ranks.players as p order by p.user_id for no key update;
    update ranks.players as p
    set skill_score = n.skill_score, skill_percentile = n.skill_percentile
    from (
        select f.user_id, f.skill_score, coalesce(q.skill_percentile, 0) as skill_percentile
        from ranks.profiles as f
        left join ranks.percentiles as q on q.user_id = f.user_id
    ) as n
    where p.user_id = n.user_id
        and (p.skill_score, p.skill_percentile) is distinct from (n.skill_score, n.skill_percentile);
    return null;
end;
$$;


--
-- Name: follow_users(); Type: FUNCTION; Schema: ranks; Owner: -
--

CREATE FUNCTION ranks.follow_users() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
    perform ranks.refresh_profiles(array(select n.id from new_rows as n));
    return null;
end;
$$;


--
-- Name: follow_xp(); Type: FUNCTION; Schema: ranks; Owner: -
--

CREATE FUNCTION ranks.follow_xp() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
    insert into ranks.pending (user_id, xp)
    select n.user_id, true from new_rows as n
    on conflict (transaction, user_id) do update set xp = true;
    return null;
end;
$$;


--
-- Name: rebuild(); Type: FUNCTION; Schema: ranks; Owner: -
--

CREATE FUNCTION ranks.rebuild() RETURNS void
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: refresh_profiles(bigint[]); Type: FUNCTION; Schema: ranks; Owner: -
--

CREATE FUNCTION ranks.refresh_profiles(ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    insert into ranks.pending (user_id, profile)
    select distinct i.id, true from unnest(ids) as i (id)
    on conflict (transaction, user_id) do update set profile = true;
end;
$$;


--
-- Name: settle(); Type: FUNCTION; Schema: ranks; Owner: -
--

CREATE FUNCTION ranks.settle() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
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


--
-- Name: merge(bigint, bigint, text); Type: FUNCTION; Schema: users; Owner: -
--

CREATE FUNCTION users.merge(placeholder_id bigint, user_id bigint, merged_by text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET "users.merging" TO 'true'
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
#variable_conflict use_column
declare
    placeholder constant bigint := $1;
    successor constant bigint := $2;
    medals constant text[] :=
        '{Placeholder,Rookie,Explorer,Trailblazer,Pathfinder,Specialist,Prodigy}';
    superseded integer[];
    leftovers jsonb := '[]';
    place record;
    spot tid;
    leftover jsonb;
    merge_id bigint;
begin
    select coalesce(array_agg(run order by run), '{}') into superseded
    from users.superseded_runs(placeholder, successor) as run;
    update core.completions
    set verified = false, verified_by = 969632729643753482,
        reason = 'Superseded: the player has a faster run under another name.'
    where id = any (superseded);
    -- A player has one run of a map at one moment.
    update core.completions as run
    set inserted_at = run.inserted_at + interval '1 microsecond'
    where run.user_id = placeholder and exists (
        select
        from core.completions as same
        where same.user_id = successor and same.map_id = run.map_id and same.inserted_at = run.inserted_at
    );

    update core.users as u
    set coins = coalesce(u.coins, 0) + coalesce(p.coins, 0)
    from core.users as p
    where u.id = successor and p.id = placeholder;
    update lootbox.xp as x
    set amount = x.amount + p.amount
    from lootbox.xp as p
    where x.user_id = successor and p.user_id = placeholder;
    update maps.mastery as y
    set medal = p.medal
    from maps.mastery as p
    where y.user_id = successor and p.user_id = placeholder and p.map_name = y.map_name
        and array_position(medals, p.medal) > array_position(medals, y.medal);
    update maps.creators as c
    set is_primary = true
    from maps.creators as p
    where c.user_id = successor and p.user_id = placeholder and p.map_id = c.map_id and p.is_primary;
    update users.overwatch_usernames as n
    set is_primary = false
    where n.user_id = placeholder and exists (
        select from users.overwatch_usernames as o where o.user_id = successor and o.is_primary
    );
    update public.change_requests
    set creator_mentions = regexp_replace(
        creator_mentions, '\y' || placeholder || '\y', successor::text, 'g'
    )
    where not coalesce(resolved, false) and creator_mentions ~ ('\y' || placeholder || '\y');

    -- Every column that names a user, also of tables added later. What opens doors ends with the placeholder.
    for place in
        select k.conrelid::regclass as relation, a.attname as name
        from pg_constraint as k
        join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
        where k.contype = 'f'
            and k.confrelid = 'core.users'::regclass
            and k.conrelid <> all (array[
                'users.sessions', 'users.remember_tokens', 'users.email_auth', 'users.email_tokens'
            ]::regclass[])
        union all
        values
            ('public.analytics'::regclass, 'user_id'),
            ('public.tags'::regclass, 'owner_id'),
            ('public.tag_lookup'::regclass, 'owner_id'),
            ('skill.snapshot'::regclass, 'user_id'),
            ('skill.score_history'::regclass, 'user_id'),
            ('skill.score_change'::regclass, 'user_id')
    loop
        begin
            execute format('update %s set %I = $1 where %2$I = $2', place.relation, place.name)
            using successor, placeholder;
        exception when unique_violation then
            for spot in execute format('select ctid from %s where %I = $1', place.relation, place.name)
                using placeholder
            loop
                begin
                    execute format('update %s set %I = $1 where ctid = $2', place.relation, place.name)
                    using successor, spot;
                exception when unique_violation then
                    execute format('delete from %s as t where ctid = $1 returning to_jsonb(t)', place.relation)
                    into leftover using spot;
                    leftovers := leftovers || jsonb_build_object(
                        'table', place.relation::text, 'row', leftover
                    );
                end;
            end loop;
        end;
    end loop;

    insert into users.merges (placeholder_id, user_id, placeholder, superseded_runs, leftovers, merged_by)
    select placeholder, successor, to_jsonb(u), superseded, leftovers, $3
    from core.users as u
    where u.id = placeholder
    returning id into merge_id;
    delete from core.users where id = placeholder;
    return merge_id;
end
$_$;


--
-- Name: nearest(text, bigint, bigint); Type: FUNCTION; Schema: users; Owner: -
--

CREATE FUNCTION users.nearest(search text, below bigint, size bigint) RETURNS TABLE(user_id bigint, distance real)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    ids bigint[];
    distances real[];
    farthest real;
    threshold text;
begin
    if show_trgm(search) = '{}' then
        -- A text without a letter or digit is as far from each name.
        return query
        select u.id, 1::real
        from core.users as u
        where u.id < coalesce(below, 9223372036854775807)
            and (
                coalesce(u.nickname, u.global_name) is not null
                or exists (select from users.overwatch_usernames as o where o.user_id = u.id)
            )
        order by u.id
        limit size;
        return;
    end if;
    -- Nobody has more than ten names, so these are the names of at least that many users.
    select array_agg(n.user_id), array_agg(n.distance) into ids, distances
    from (
        select o.user_id, o.username <-> search as distance
        from users.overwatch_usernames as o
        where o.user_id < coalesce(below, 9223372036854775807)
        order by o.username <-> search
        limit size * 10
    ) as n;
    select max(b.distance) into farthest
    from (
        select min(n.distance) as distance
        from unnest(ids, distances) as n (user_id, distance)
        group by n.user_id
        order by min(n.distance)
        limit size
    ) as b
    having count(*) = size;
    -- A little less, for distances are rounded. It is put back by hand: to name it in the function's head takes a superuser.
    threshold := current_setting('pg_trgm.similarity_threshold');
    perform set_config('pg_trgm.similarity_threshold', greatest(0, 0.9999 - coalesce(farthest, 1))::text, true);
    return query
    select n.user_id, min(n.distance)
    from (
        select k.user_id, k.distance from unnest(ids, distances) as k (user_id, distance)
        union all
        (
            select u.id, u.nickname <-> search
            from core.users as u
            where u.nickname % search and u.id < coalesce(below, 9223372036854775807)
            order by u.nickname <-> search
            limit size
        )
        union all
        (
            select u.id, u.global_name <-> search
            from core.users as u
            where u.global_name % search and u.id < coalesce(below, 9223372036854775807)
            order by u.global_name <-> search
            limit size
        )
    ) as n
    group by n.user_id
    order by min(n.distance), n.user_id
    limit size;
    perform set_config('pg_trgm.similarity_threshold', threshold, true);
end;
$$;


--
-- Name: superseded_runs(bigint, bigint); Type: FUNCTION; Schema: users; Owner: -
--

CREATE FUNCTION users.superseded_runs(one bigint, other bigint) RETURNS SETOF integer
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT run.id
    FROM core.completions run
   WHERE ((run.user_id = ANY (ARRAY[superseded_runs.one, superseded_runs.other])) AND (run.verified OR (run.verified_by IS NULL)) AND (EXISTS ( SELECT
            FROM core.completions better
           WHERE ((better.user_id = ANY (ARRAY[superseded_runs.one, superseded_runs.other])) AND (better.user_id <> run.user_id) AND (better.map_id = run.map_id) AND (COALESCE(better.legacy, false) = COALESCE(run.legacy, false)) AND
                 CASE
                     WHEN better.verified THEN ((ROW(better.inserted_at, better.id) < ROW(run.inserted_at, run.id)) AND (better."time" <= run."time") AND (NOT (better.completion AND (NOT run.completion))))
                     WHEN (better.verified_by IS NULL) THEN ((NOT run.verified) AND (ROW(better."time", better.id) < ROW(run."time", run.id)))
                     ELSE false
                 END))));
END;


--
-- Name: entries; Type: TABLE; Schema: audit; Owner: -
--

CREATE TABLE audit.entries (
    id bigint NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    actor_id bigint NOT NULL,
    action text NOT NULL,
    subject_id bigint NOT NULL,
    reason text
);


--
-- Name: entries_id_seq; Type: SEQUENCE; Schema: audit; Owner: -
--

ALTER TABLE audit.entries ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME audit.entries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: command_syncs; Type: TABLE; Schema: bot; Owner: -
--

CREATE TABLE bot.command_syncs (
    application_id bigint NOT NULL,
    guild_id bigint NOT NULL,
    hash text NOT NULL,
    commands jsonb NOT NULL,
    synced_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: clan; Type: TABLE; Schema: clan; Owner: -
--

CREATE TABLE clan.clan (
    group_id bigint NOT NULL,
    name text NOT NULL,
    motto text NOT NULL,
    call_sign text NOT NULL,
    clan_banner_data jsonb NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL
);


--
-- Name: clan_members; Type: TABLE; Schema: clan; Owner: -
--

CREATE TABLE clan.clan_members (
    group_id bigint NOT NULL,
    membership_id bigint NOT NULL
);


--
-- Name: upvotes; Type: TABLE; Schema: completions; Owner: -
--

CREATE TABLE completions.upvotes (
    id integer NOT NULL,
    user_id bigint NOT NULL,
    message_id bigint,
    inserted_at timestamp with time zone DEFAULT now()
);


--
-- Name: users; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.users (
    id bigint NOT NULL,
    nickname text,
    global_name text,
    coins integer DEFAULT 0,
    created_at timestamp with time zone DEFAULT now(),
    updated_at timestamp with time zone DEFAULT now(),
    is_mod boolean DEFAULT false NOT NULL
);


--
-- Name: overwatch_usernames; Type: TABLE; Schema: users; Owner: -
--

CREATE TABLE users.overwatch_usernames (
    id integer NOT NULL,
    user_id bigint,
    username text NOT NULL,
    is_primary boolean DEFAULT false NOT NULL
);


--
-- Name: names; Type: VIEW; Schema: users; Owner: -
--

CREATE VIEW users.names AS
 SELECT u.id AS user_id,
    COALESCE(o.primary_name, u.nickname, u.global_name, 'Unknown User'::text) AS name,
    COALESCE(o.other_names, ''::text) AS also_known_as
   FROM (core.users u
     LEFT JOIN LATERAL ( SELECT max(n.username) FILTER (WHERE n.is_primary) AS primary_name,
            string_agg(n.username, ', '::text ORDER BY n.username) FILTER (WHERE (NOT n.is_primary)) AS other_names
           FROM users.overwatch_usernames n
          WHERE (n.user_id = u.id)) o ON (true));


--
-- Name: suspicious_flags; Type: TABLE; Schema: users; Owner: -
--

CREATE TABLE users.suspicious_flags (
    id integer NOT NULL,
    user_id bigint,
    completion_id bigint,
    context text,
    flag_type text,
    flagged_by bigint,
    inserted_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: cards; Type: VIEW; Schema: completions; Owner: -
--

CREATE VIEW completions.cards AS
 SELECT c.id,
    m.code,
    c.user_id,
    n.name,
    n.also_known_as,
    (c."time")::double precision AS "time",
    c.screenshot,
    c.video,
    c.completion AS partial,
    c.verified,
    maps.medal(c."time", d.gold, d.silver, d.bronze) AS time_medal,
    m.map_name,
    m.difficulty,
    c.message_id,
    COALESCE(c.legacy, false) AS legacy,
    c.legacy_medal,
    (EXISTS ( SELECT
           FROM users.suspicious_flags f
          WHERE (f.completion_id = c.id))) AS suspicious,
    ( SELECT count(*) AS count
           FROM completions.upvotes u
          WHERE (u.message_id = c.message_id)) AS upvotes
   FROM (((core.completions c
     JOIN core.maps m ON ((m.id = c.map_id)))
     JOIN users.names n ON ((n.user_id = c.user_id)))
     LEFT JOIN maps.medals d ON ((d.map_id = c.map_id)));


--
-- Name: standings; Type: VIEW; Schema: completions; Owner: -
--

CREATE VIEW completions.standings AS
 SELECT k.id,
    k.map_id,
    k.user_id,
    k."time",
    c.screenshot,
    c.video,
    c.message_id,
    k.partial,
    k.legacy,
    c.legacy_medal,
    k.inserted_at
   FROM (completions.current k
     LEFT JOIN core.completions c ON ((c.id = k.id)));


--
-- Name: totals; Type: TABLE; Schema: completions; Owner: -
--

CREATE TABLE completions.totals (
    map_id integer NOT NULL,
    runs integer NOT NULL,
    shown integer NOT NULL,
    current integer NOT NULL,
    seconds numeric NOT NULL,
    waiting integer DEFAULT 0 NOT NULL,
    players integer DEFAULT 0 NOT NULL,
    waiting_players integer DEFAULT 0 NOT NULL
)
WITH (fillfactor='70');


--
-- Name: upvotes_id_seq; Type: SEQUENCE; Schema: completions; Owner: -
--

ALTER TABLE completions.upvotes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME completions.upvotes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: movement_tech_categories; Type: TABLE; Schema: content; Owner: -
--

CREATE TABLE content.movement_tech_categories (
    id integer NOT NULL,
    name text NOT NULL,
    sort_order integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: movement_tech_categories_id_seq; Type: SEQUENCE; Schema: content; Owner: -
--

ALTER TABLE content.movement_tech_categories ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME content.movement_tech_categories_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: movement_tech_difficulties; Type: TABLE; Schema: content; Owner: -
--

CREATE TABLE content.movement_tech_difficulties (
    id integer NOT NULL,
    name text NOT NULL,
    sort_order integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: movement_tech_difficulties_id_seq; Type: SEQUENCE; Schema: content; Owner: -
--

ALTER TABLE content.movement_tech_difficulties ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME content.movement_tech_difficulties_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: movement_tech_tips; Type: TABLE; Schema: content; Owner: -
--

CREATE TABLE content.movement_tech_tips (
    id integer NOT NULL,
    technique_id integer NOT NULL,
    text text NOT NULL,
    sort_order integer NOT NULL
);


--
-- Name: movement_tech_tips_id_seq; Type: SEQUENCE; Schema: content; Owner: -
--

ALTER TABLE content.movement_tech_tips ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME content.movement_tech_tips_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: movement_tech_videos; Type: TABLE; Schema: content; Owner: -
--

CREATE TABLE content.movement_tech_videos (
    id integer NOT NULL,
    technique_id integer NOT NULL,
    url text NOT NULL,
    caption text,
    sort_order integer NOT NULL
);


--
-- Name: movement_tech_videos_id_seq; Type: SEQUENCE; Schema: content; Owner: -
--

ALTER TABLE content.movement_tech_videos ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME content.movement_tech_videos_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: movement_techniques; Type: TABLE; Schema: content; Owner: -
--

CREATE TABLE content.movement_techniques (
    id integer NOT NULL,
    name text NOT NULL,
    description text,
    instructions text,
    display_order integer NOT NULL,
    category_id integer,
    difficulty_id integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: movement_techniques_id_seq; Type: SEQUENCE; Schema: content; Owner: -
--

ALTER TABLE content.movement_techniques ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME content.movement_techniques_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: completions_id_seq; Type: SEQUENCE; Schema: core; Owner: -
--

ALTER TABLE core.completions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME core.completions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: instance; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.instance (
    instance_id bigint NOT NULL,
    hash bigint NOT NULL,
    score integer DEFAULT 0 NOT NULL,
    flawless boolean,
    completed boolean NOT NULL,
    fresh boolean,
    player_count integer NOT NULL,
    date_started timestamp(0) with time zone NOT NULL,
    date_completed timestamp(0) with time zone NOT NULL,
    duration integer NOT NULL,
    platform_type integer NOT NULL,
    season_id integer,
    skull_hashes bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    is_whitelisted boolean DEFAULT false NOT NULL
);


--
-- Name: instance_player; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.instance_player (
    instance_id bigint NOT NULL,
    membership_id bigint NOT NULL,
    completed boolean NOT NULL,
    time_played_seconds integer DEFAULT 0 NOT NULL,
    sherpas integer DEFAULT 0 NOT NULL,
    is_first_clear boolean DEFAULT false NOT NULL
);


--
-- Name: maps_id_seq; Type: SEQUENCE; Schema: core; Owner: -
--

ALTER TABLE core.maps ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME core.maps_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: player; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.player (
    membership_id bigint NOT NULL,
    membership_type integer,
    icon_path text,
    display_name text,
    bungie_global_display_name text,
    bungie_global_display_name_code text,
    bungie_name text GENERATED ALWAYS AS (
CASE
    WHEN ((bungie_global_display_name IS NOT NULL) AND (bungie_global_display_name_code IS NOT NULL)) THEN ((bungie_global_display_name || '#'::text) || bungie_global_display_name_code)
    ELSE display_name
END) STORED,
    first_seen timestamp(3) with time zone DEFAULT now() NOT NULL,
    last_seen timestamp(3) with time zone NOT NULL,
    clears integer DEFAULT 0 NOT NULL,
    fresh_clears integer DEFAULT 0 NOT NULL,
    sherpas integer DEFAULT 0 NOT NULL,
    total_time_played_seconds integer DEFAULT 0 NOT NULL,
    sum_of_best integer,
    last_crawled timestamp(3) with time zone,
    history_last_crawled timestamp(3) with time zone,
    wfr_score double precision DEFAULT 0 NOT NULL,
    _search_score numeric(14,4) GENERATED ALWAYS AS (((sqrt(((clears + 1))::double precision) * sqrt((wfr_score + (1)::double precision))) * (power((2)::numeric, (GREATEST((0)::numeric, EXTRACT(epoch FROM ((last_seen AT TIME ZONE 'UTC'::text) - '2017-08-27 00:00:00'::timestamp without time zone))) / '20000000'::numeric)))::double precision)) STORED,
    cheat_level smallint DEFAULT 0 NOT NULL,
    is_private boolean DEFAULT false NOT NULL,
    is_whitelisted boolean DEFAULT false NOT NULL,
    CONSTRAINT player_cheat_level_check CHECK (((cheat_level >= 0) AND (cheat_level <= 4)))
);


--
-- Name: player_stats; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.player_stats (
    membership_id bigint NOT NULL,
    activity_id integer NOT NULL,
    clears integer DEFAULT 0 NOT NULL,
    fresh_clears integer DEFAULT 0 NOT NULL,
    sherpas integer DEFAULT 0 NOT NULL,
    total_time_played_seconds integer DEFAULT 0 NOT NULL,
    fastest_instance_id bigint
);


--
-- Name: gaps; Type: TABLE; Schema: crawl; Owner: -
--

CREATE TABLE crawl.gaps (
    first_id bigint NOT NULL,
    last_id bigint NOT NULL,
    next_id bigint NOT NULL,
    found_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT gaps_order_check CHECK (((first_id <= next_id) AND (next_id <= last_id)))
);


--
-- Name: TABLE gaps; Type: COMMENT; Schema: crawl; Owner: -
--

COMMENT ON TABLE crawl.gaps IS 'Ranges that were jumped over because nothing was there; looked through from next_id on, then forgotten.';


--
-- Name: missed; Type: TABLE; Schema: crawl; Owner: -
--

CREATE TABLE crawl.missed (
    instance_id bigint NOT NULL,
    state crawl.missed_state NOT NULL,
    result text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    found_at timestamp with time zone DEFAULT now() NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE missed; Type: COMMENT; Schema: crawl; Owner: -
--

COMMENT ON TABLE crawl.missed IS 'missed is tried again when due, blocked waits until Bungie shows it (raid.pgcr.blocked), lost was given up.';


--
-- Name: permits; Type: TABLE; Schema: crawl; Owner: -
--

CREATE UNLOGGED TABLE crawl.permits (
    host text NOT NULL,
    address text NOT NULL,
    free_at timestamp with time zone NOT NULL
);


--
-- Name: COLUMN permits.free_at; Type: COMMENT; Schema: crawl; Owner: -
--

COMMENT ON COLUMN crawl.permits.free_at IS 'When the next request is permitted; every permission moves it on.';


--
-- Name: position; Type: TABLE; Schema: crawl; Owner: -
--

CREATE TABLE crawl."position" (
    only_one boolean DEFAULT true NOT NULL,
    next_id bigint NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT position_only_one_check CHECK (only_one)
);


--
-- Name: COLUMN "position".next_id; Type: COMMENT; Schema: crawl; Owner: -
--

COMMENT ON COLUMN crawl."position".next_id IS 'Every id below is stored, of another mode, in crawl.missed, or inside a range of crawl.gaps.';


--
-- Name: COLUMN "position".closed_at; Type: COMMENT; Schema: crawl; Owner: -
--

COMMENT ON COLUMN crawl."position".closed_at IS 'When Bungie last said that it is in maintenance.';


--
-- Name: shown; Type: TABLE; Schema: crawl; Owner: -
--

CREATE TABLE crawl.shown (
    instance_id bigint NOT NULL,
    shown_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE shown; Type: COMMENT; Schema: crawl; Owner: -
--

COMMENT ON TABLE crawl.shown IS 'Reports that Bungie hid for a while, and when it was seen to show them.';


--
-- Name: activity_definition; Type: TABLE; Schema: definitions; Owner: -
--

CREATE TABLE definitions.activity_definition (
    id integer NOT NULL,
    name text NOT NULL,
    path text NOT NULL,
    splash_path text NOT NULL,
    is_sunset boolean DEFAULT false NOT NULL,
    is_raid boolean DEFAULT true NOT NULL,
    release_date timestamp(0) with time zone NOT NULL,
    day_one_end timestamp(0) with time zone GENERATED ALWAYS AS ((((release_date AT TIME ZONE 'UTC'::text) + '1 day'::interval) AT TIME ZONE 'UTC'::text)) STORED,
    contest_end timestamp(0) with time zone,
    week_one_end timestamp(0) with time zone,
    milestone_hash bigint
);


--
-- Name: activity_feat_definition; Type: TABLE; Schema: definitions; Owner: -
--

CREATE TABLE definitions.activity_feat_definition (
    hash bigint NOT NULL,
    skull_hash bigint NOT NULL,
    name text NOT NULL,
    name_short text GENERATED ALWAYS AS (regexp_replace(name, '^Feat:\s*'::text, ''::text)) STORED,
    description text NOT NULL,
    icon_path text NOT NULL,
    description_short text NOT NULL,
    modifier_power_contribution integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: activity_version; Type: TABLE; Schema: definitions; Owner: -
--

CREATE TABLE definitions.activity_version (
    hash bigint NOT NULL,
    activity_id integer NOT NULL,
    version_id integer NOT NULL,
    is_world_first boolean DEFAULT false NOT NULL,
    is_contest_eligible boolean DEFAULT false NOT NULL,
    release_date_override timestamp(0) with time zone
);


--
-- Name: class_definition; Type: TABLE; Schema: definitions; Owner: -
--

CREATE TABLE definitions.class_definition (
    hash bigint NOT NULL,
    name text NOT NULL
);


--
-- Name: manifest; Type: TABLE; Schema: definitions; Owner: -
--

CREATE TABLE definitions.manifest (
    only_one boolean DEFAULT true NOT NULL,
    version text NOT NULL,
    read_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT manifest_only_one_check CHECK (only_one)
);


--
-- Name: season; Type: TABLE; Schema: definitions; Owner: -
--

CREATE TABLE definitions.season (
    id integer NOT NULL,
    short_name text NOT NULL,
    long_name text NOT NULL,
    dlc text NOT NULL,
    start_date timestamp(0) with time zone NOT NULL
);


--
-- Name: version_definition; Type: TABLE; Schema: definitions; Owner: -
--

CREATE TABLE definitions.version_definition (
    id integer NOT NULL,
    name text NOT NULL,
    associated_activity_id integer,
    path text NOT NULL,
    is_challenge_mode boolean DEFAULT false NOT NULL
);


--
-- Name: weapon_definition; Type: TABLE; Schema: definitions; Owner: -
--

CREATE TABLE definitions.weapon_definition (
    hash bigint NOT NULL,
    name text NOT NULL,
    icon_path text NOT NULL,
    weapon_type definitions.weapon_type NOT NULL,
    element definitions.weapon_element NOT NULL,
    slot definitions.weapon_slot NOT NULL,
    ammo_type definitions.weapon_ammo_type NOT NULL,
    rarity definitions.weapon_rarity NOT NULL
);


--
-- Name: instance_character; Type: TABLE; Schema: extended; Owner: -
--

CREATE TABLE extended.instance_character (
    instance_id bigint NOT NULL,
    membership_id bigint NOT NULL,
    character_id bigint NOT NULL,
    class_hash bigint,
    emblem_hash bigint,
    completed boolean NOT NULL,
    score integer DEFAULT 0 NOT NULL,
    kills integer DEFAULT 0 NOT NULL,
    assists integer DEFAULT 0 NOT NULL,
    deaths integer DEFAULT 0 NOT NULL,
    precision_kills integer DEFAULT 0 NOT NULL,
    super_kills integer DEFAULT 0 NOT NULL,
    grenade_kills integer DEFAULT 0 NOT NULL,
    melee_kills integer DEFAULT 0 NOT NULL,
    time_played_seconds integer NOT NULL,
    start_seconds integer NOT NULL
);


--
-- Name: instance_character_weapon; Type: TABLE; Schema: extended; Owner: -
--

CREATE TABLE extended.instance_character_weapon (
    instance_id bigint NOT NULL,
    membership_id bigint NOT NULL,
    character_id bigint NOT NULL,
    weapon_hash bigint NOT NULL,
    kills integer DEFAULT 0 NOT NULL,
    precision_kills integer DEFAULT 0 NOT NULL
);


--
-- Name: blacklist_instance; Type: TABLE; Schema: flagging; Owner: -
--

CREATE TABLE flagging.blacklist_instance (
    instance_id bigint NOT NULL,
    report_source flagging.blacklist_report_source NOT NULL,
    report_id bigint,
    cheat_check_version text,
    reason text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: blacklist_instance_player; Type: TABLE; Schema: flagging; Owner: -
--

CREATE TABLE flagging.blacklist_instance_player (
    instance_id bigint NOT NULL,
    membership_id bigint NOT NULL,
    reason text NOT NULL
);


--
-- Name: flag_instance; Type: TABLE; Schema: flagging; Owner: -
--

CREATE TABLE flagging.flag_instance (
    instance_id bigint NOT NULL,
    cheat_check_version text NOT NULL,
    cheat_check_bitmask bigint NOT NULL,
    flagged_at timestamp with time zone DEFAULT now() NOT NULL,
    cheat_probability numeric NOT NULL,
    CONSTRAINT flag_instance_probability_check CHECK (((cheat_probability >= (0)::numeric) AND (cheat_probability <= (1)::numeric)))
);


--
-- Name: flag_instance_player; Type: TABLE; Schema: flagging; Owner: -
--

CREATE TABLE flagging.flag_instance_player (
    instance_id bigint NOT NULL,
    membership_id bigint NOT NULL,
    cheat_check_version text NOT NULL,
    cheat_check_bitmask bigint NOT NULL,
    flagged_at timestamp with time zone DEFAULT now() NOT NULL,
    cheat_probability numeric NOT NULL,
    CONSTRAINT flag_instance_player_probability_check CHECK (((cheat_probability >= (0)::numeric) AND (cheat_probability <= (1)::numeric)))
);


--
-- Name: clan_leaderboard; Type: MATERIALIZED VIEW; Schema: leaderboard; Owner: -
--

CREATE MATERIALIZED VIEW leaderboard.clan_leaderboard AS
 SELECT group_id,
    count(*) AS known_member_count,
    sum(clears) AS clears,
    avg(clears) AS average_clears,
    sum(fresh_clears) AS fresh_clears,
    avg(fresh_clears) AS average_fresh_clears,
    sum(sherpas) AS sherpas,
    avg(sherpas) AS average_sherpas,
    sum(total_time_played_seconds) AS time_played_seconds,
    avg(total_time_played_seconds) AS average_time_played_seconds,
    sum(wfr_score) AS total_contest_score,
    (((3)::double precision * sum((wfr_score * (power(0.9, ((place - 6))::numeric))::double precision))) / (power(((1 + count(*)))::numeric, ((1)::numeric / 3.0)))::double precision) AS weighted_contest_score
   FROM ( SELECT c.group_id,
            p.clears,
            p.fresh_clears,
            p.sherpas,
            p.total_time_played_seconds,
            p.wfr_score,
            row_number() OVER (PARTITION BY c.group_id ORDER BY p.wfr_score DESC, p.membership_id) AS place
           FROM (clan.clan_members c
             JOIN core.player p ON ((p.membership_id = c.membership_id)))) m
  GROUP BY group_id
  WITH NO DATA;


--
-- Name: counted_instance; Type: VIEW; Schema: leaderboard; Owner: -
--

CREATE VIEW leaderboard.counted_instance AS
 SELECT instance_id,
    hash,
    date_started,
    date_completed
   FROM core.instance i
  WHERE (completed AND (is_whitelisted OR (NOT (EXISTS ( SELECT
           FROM flagging.blacklist_instance b
          WHERE (b.instance_id = i.instance_id))))));


--
-- Name: individual_global_leaderboard; Type: MATERIALIZED VIEW; Schema: leaderboard; Owner: -
--

CREATE MATERIALIZED VIEW leaderboard.individual_global_leaderboard AS
 SELECT membership_id,
    clears,
    row_number() OVER (ORDER BY clears DESC, membership_id) AS clears_position,
    rank() OVER (ORDER BY clears DESC) AS clears_rank,
    ((1)::double precision - percent_rank() OVER (ORDER BY clears DESC)) AS clears_percentile,
    fresh_clears,
    row_number() OVER (ORDER BY fresh_clears DESC, membership_id) AS fresh_clears_position,
    rank() OVER (ORDER BY fresh_clears DESC) AS fresh_clears_rank,
    ((1)::double precision - percent_rank() OVER (ORDER BY fresh_clears DESC)) AS fresh_clears_percentile,
    sherpas,
    row_number() OVER (ORDER BY sherpas DESC, membership_id) AS sherpas_position,
    rank() OVER (ORDER BY sherpas DESC) AS sherpas_rank,
    ((1)::double precision - percent_rank() OVER (ORDER BY sherpas DESC)) AS sherpas_percentile,
    total_time_played_seconds AS total_time_played,
    row_number() OVER (ORDER BY total_time_played_seconds DESC, membership_id) AS total_time_played_position,
    rank() OVER (ORDER BY total_time_played_seconds DESC) AS total_time_played_rank,
    ((1)::double precision - percent_rank() OVER (ORDER BY total_time_played_seconds DESC)) AS total_time_played_percentile,
    wfr_score,
    row_number() OVER (ORDER BY wfr_score DESC, membership_id) AS wfr_score_position,
    rank() OVER (ORDER BY wfr_score DESC) AS wfr_score_rank,
    ((1)::double precision - percent_rank() OVER (ORDER BY wfr_score DESC)) AS wfr_score_percentile,
    sum_of_best AS speed,
        CASE
            WHEN (sum_of_best IS NOT NULL) THEN row_number() OVER (PARTITION BY (sum_of_best IS NULL) ORDER BY sum_of_best, membership_id)
            ELSE NULL::bigint
        END AS speed_position,
        CASE
            WHEN (sum_of_best IS NOT NULL) THEN rank() OVER (PARTITION BY (sum_of_best IS NULL) ORDER BY sum_of_best)
            ELSE NULL::bigint
        END AS speed_rank,
        CASE
            WHEN (sum_of_best IS NOT NULL) THEN ((1)::double precision - percent_rank() OVER (PARTITION BY (sum_of_best IS NULL) ORDER BY sum_of_best))
            ELSE NULL::double precision
        END AS speed_percentile
   FROM core.player p
  WHERE ((clears > 0) AND (NOT is_private) AND (cheat_level < 2))
  WITH NO DATA;


--
-- Name: individual_pantheon_version_leaderboard; Type: MATERIALIZED VIEW; Schema: leaderboard; Owner: -
--

CREATE MATERIALIZED VIEW leaderboard.individual_pantheon_version_leaderboard AS
 SELECT s.version_id,
    s.membership_id,
    s.clears,
    row_number() OVER (PARTITION BY s.version_id ORDER BY s.clears DESC, p.membership_id) AS clears_position,
    rank() OVER (PARTITION BY s.version_id ORDER BY s.clears DESC) AS clears_rank,
    ((1)::double precision - percent_rank() OVER (PARTITION BY s.version_id ORDER BY s.clears DESC)) AS clears_percentile,
    s.fresh_clears,
    row_number() OVER (PARTITION BY s.version_id ORDER BY s.fresh_clears DESC, p.membership_id) AS fresh_clears_position,
    rank() OVER (PARTITION BY s.version_id ORDER BY s.fresh_clears DESC) AS fresh_clears_rank,
    ((1)::double precision - percent_rank() OVER (PARTITION BY s.version_id ORDER BY s.fresh_clears DESC)) AS fresh_clears_percentile,
    s.score,
    row_number() OVER (PARTITION BY s.version_id ORDER BY s.score DESC, p.membership_id) AS score_position,
    rank() OVER (PARTITION BY s.version_id ORDER BY s.score DESC) AS score_rank,
    ((1)::double precision - percent_rank() OVER (PARTITION BY s.version_id ORDER BY s.score DESC)) AS score_percentile
   FROM (( SELECT v.version_id,
            t.membership_id,
            count(*) AS clears,
            count(*) FILTER (WHERE i.fresh) AS fresh_clears,
            sum(i.score) AS score
           FROM ((core.instance i
             JOIN definitions.activity_version v ON (((v.hash = i.hash) AND (v.activity_id = 101))))
             JOIN core.instance_player t ON (((t.instance_id = i.instance_id) AND t.completed)))
          GROUP BY v.version_id, t.membership_id) s
     JOIN core.player p ON ((p.membership_id = s.membership_id)))
  WHERE ((NOT p.is_private) AND (p.cheat_level < 2))
  WITH NO DATA;


--
-- Name: individual_raid_leaderboard; Type: MATERIALIZED VIEW; Schema: leaderboard; Owner: -
--

CREATE MATERIALIZED VIEW leaderboard.individual_raid_leaderboard AS
 SELECT s.activity_id,
    s.membership_id,
    s.clears,
    row_number() OVER (PARTITION BY s.activity_id ORDER BY s.clears DESC, p.membership_id) AS clears_position,
    rank() OVER (PARTITION BY s.activity_id ORDER BY s.clears DESC) AS clears_rank,
    ((1)::double precision - percent_rank() OVER (PARTITION BY s.activity_id ORDER BY s.clears DESC)) AS clears_percentile,
    s.fresh_clears,
    row_number() OVER (PARTITION BY s.activity_id ORDER BY s.fresh_clears DESC, p.membership_id) AS fresh_clears_position,
    rank() OVER (PARTITION BY s.activity_id ORDER BY s.fresh_clears DESC) AS fresh_clears_rank,
    ((1)::double precision - percent_rank() OVER (PARTITION BY s.activity_id ORDER BY s.fresh_clears DESC)) AS fresh_clears_percentile,
    s.sherpas,
    row_number() OVER (PARTITION BY s.activity_id ORDER BY s.sherpas DESC, p.membership_id) AS sherpas_position,
    rank() OVER (PARTITION BY s.activity_id ORDER BY s.sherpas DESC) AS sherpas_rank,
    ((1)::double precision - percent_rank() OVER (PARTITION BY s.activity_id ORDER BY s.sherpas DESC)) AS sherpas_percentile,
    s.total_time_played_seconds AS total_time_played,
    row_number() OVER (PARTITION BY s.activity_id ORDER BY s.total_time_played_seconds DESC, p.membership_id) AS total_time_played_position,
    rank() OVER (PARTITION BY s.activity_id ORDER BY s.total_time_played_seconds DESC) AS total_time_played_rank,
    ((1)::double precision - percent_rank() OVER (PARTITION BY s.activity_id ORDER BY s.total_time_played_seconds DESC)) AS total_time_played_percentile
   FROM ((core.player_stats s
     JOIN core.player p ON ((p.membership_id = s.membership_id)))
     JOIN definitions.activity_definition a ON ((a.id = s.activity_id)))
  WHERE ((s.clears > 0) AND (NOT p.is_private) AND (p.cheat_level < 2) AND a.is_raid)
  WITH NO DATA;


--
-- Name: team_activity_version_leaderboard; Type: MATERIALIZED VIEW; Schema: leaderboard; Owner: -
--

CREATE MATERIALIZED VIEW leaderboard.team_activity_version_leaderboard AS
 SELECT r.activity_id,
    r.version_id,
    r."position",
    r.rank,
    r.value,
    r.instance_id,
    r.date_completed,
    m.membership_ids
   FROM (( SELECT v.activity_id,
            v.version_id,
            i.instance_id,
            i.date_completed,
            row_number() OVER (PARTITION BY v.activity_id, v.version_id ORDER BY i.date_completed, i.instance_id) AS "position",
            rank() OVER (PARTITION BY v.activity_id, v.version_id ORDER BY i.date_completed) AS rank,
            (EXTRACT(epoch FROM (i.date_completed - COALESCE(v.release_date_override, a.release_date))))::bigint AS value
           FROM ((leaderboard.counted_instance i
             JOIN definitions.activity_version v ON (((v.hash = i.hash) AND (v.version_id <> 2))))
             JOIN definitions.activity_definition a ON ((a.id = v.activity_id)))) r
     CROSS JOIN LATERAL ( SELECT jsonb_agg(t.membership_id ORDER BY t.membership_id) AS membership_ids
           FROM core.instance_player t
          WHERE ((t.instance_id = r.instance_id) AND t.completed)) m)
  WHERE (r."position" <= 1000)
  WITH NO DATA;


--
-- Name: world_first_contest_leaderboard; Type: MATERIALIZED VIEW; Schema: leaderboard; Owner: -
--

CREATE MATERIALIZED VIEW leaderboard.world_first_contest_leaderboard AS
 SELECT r.activity_id,
    r."position",
    r.rank,
    r.instance_id,
    r.date_completed,
    r.time_after_launch,
    r.is_challenge_mode,
    m.membership_ids
   FROM (( SELECT v.activity_id,
            i.instance_id,
            i.date_completed,
            row_number() OVER (PARTITION BY v.activity_id ORDER BY i.date_completed, i.instance_id) AS "position",
            rank() OVER (PARTITION BY v.activity_id ORDER BY i.date_completed) AS rank,
            (EXTRACT(epoch FROM (i.date_completed - a.release_date)))::bigint AS time_after_launch,
            d.is_challenge_mode
           FROM (((leaderboard.counted_instance i
             JOIN definitions.activity_version v ON (((v.hash = i.hash) AND v.is_world_first)))
             JOIN definitions.activity_definition a ON ((a.id = v.activity_id)))
             JOIN definitions.version_definition d ON ((d.id = v.version_id)))
          WHERE ((i.date_started < COALESCE(a.contest_end, a.week_one_end)) AND (i.date_completed < a.week_one_end))) r
     CROSS JOIN LATERAL ( SELECT jsonb_agg(t.membership_id ORDER BY t.membership_id) AS membership_ids
           FROM core.instance_player t
          WHERE ((t.instance_id = r.instance_id) AND t.completed)) m)
  WITH NO DATA;


--
-- Name: active_key; Type: TABLE; Schema: lootbox; Owner: -
--

CREATE TABLE lootbox.active_key (
    key text
);


--
-- Name: key_types; Type: TABLE; Schema: lootbox; Owner: -
--

CREATE TABLE lootbox.key_types (
    name text NOT NULL
);


--
-- Name: offers; Type: TABLE; Schema: lootbox; Owner: -
--

CREATE TABLE lootbox.offers (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    key_type text NOT NULL,
    rewards jsonb NOT NULL,
    drawn_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: offers_id_seq; Type: SEQUENCE; Schema: lootbox; Owner: -
--

ALTER TABLE lootbox.offers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME lootbox.offers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: rarities; Type: TABLE; Schema: lootbox; Owner: -
--

CREATE TABLE lootbox.rarities (
    name text NOT NULL,
    weight integer NOT NULL,
    duplicate_coins integer NOT NULL,
    CONSTRAINT rarities_duplicate_coins_check CHECK ((duplicate_coins >= 0)),
    CONSTRAINT rarities_weight_check CHECK ((weight > 0))
);


--
-- Name: reward_types; Type: TABLE; Schema: lootbox; Owner: -
--

CREATE TABLE lootbox.reward_types (
    name text NOT NULL,
    type text NOT NULL,
    rarity text,
    key_type text NOT NULL
);


--
-- Name: user_keys; Type: TABLE; Schema: lootbox; Owner: -
--

CREATE TABLE lootbox.user_keys (
    user_id bigint,
    key_type text,
    earned_at timestamp with time zone DEFAULT now(),
    inserted_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: user_rewards; Type: TABLE; Schema: lootbox; Owner: -
--

CREATE TABLE lootbox.user_rewards (
    user_id bigint,
    reward_name text,
    earned_at timestamp with time zone DEFAULT now(),
    reward_type text,
    key_type text,
    inserted_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: xp; Type: TABLE; Schema: lootbox; Owner: -
--

CREATE TABLE lootbox.xp (
    user_id bigint NOT NULL,
    amount integer NOT NULL,
    type text DEFAULT 'Other'::text
)
WITH (fillfactor='70');


--
-- Name: xp_multiplier; Type: TABLE; Schema: lootbox; Owner: -
--

CREATE TABLE lootbox.xp_multiplier (
    value numeric(4,2) DEFAULT 1 NOT NULL
);


--
-- Name: card_texts; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.card_texts (
    map_id integer NOT NULL,
    opening text NOT NULL,
    mean double precision,
    middle text NOT NULL,
    banner text,
    closing text NOT NULL
)
WITH (fillfactor='80');


--
-- Name: details; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.details (
    map_id integer NOT NULL,
    guides text[],
    mechanics text[] DEFAULT '{}'::text[] NOT NULL,
    restrictions text[] DEFAULT '{}'::text[] NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    creators maps.shown_creator[] DEFAULT '{}'::maps.shown_creator[] NOT NULL,
    creator_names text DEFAULT ''::text NOT NULL,
    facets text[] DEFAULT '{}'::text[] NOT NULL
);


--
-- Name: rating_totals; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.rating_totals (
    map_id integer NOT NULL,
    amount integer NOT NULL,
    total bigint NOT NULL,
    verified_amount integer NOT NULL,
    verified_total bigint NOT NULL,
    mean double precision GENERATED ALWAYS AS (((total)::double precision / (NULLIF(amount, 0))::double precision)) STORED,
    verified_mean double precision GENERATED ALWAYS AS (((verified_total)::double precision / (NULLIF(verified_amount, 0))::double precision)) STORED
);


--
-- Name: meta; Type: TABLE; Schema: playtests; Owner: -
--

CREATE TABLE playtests.meta (
    id integer NOT NULL,
    thread_id bigint,
    map_id integer NOT NULL,
    verification_id bigint,
    initial_difficulty numeric(4,2) NOT NULL,
    created_at timestamp with time zone DEFAULT now(),
    updated_at timestamp with time zone DEFAULT now(),
    completed boolean DEFAULT false,
    enough_votes_message_id bigint,
    finalize_allowed boolean DEFAULT false NOT NULL,
    CONSTRAINT difficulty_range CHECK (((initial_difficulty >= (0)::numeric) AND (initial_difficulty <= (10)::numeric)))
);


--
-- Name: votes; Type: TABLE; Schema: playtests; Owner: -
--

CREATE TABLE playtests.votes (
    id integer NOT NULL,
    user_id bigint,
    map_id integer,
    playtest_thread_id bigint NOT NULL,
    difficulty numeric(4,2) NOT NULL,
    created_at timestamp with time zone DEFAULT now(),
    updated_at timestamp with time zone DEFAULT now(),
    CONSTRAINT difficulty_range CHECK (((difficulty >= (0)::numeric) AND (difficulty <= (10)::numeric)))
);


--
-- Name: cards; Type: VIEW; Schema: maps; Owner: -
--

CREATE VIEW maps.cards AS
 SELECT m.id,
    m.code,
    m.map_name,
    m.category,
    COALESCE(k.creators, '{}'::maps.shown_creator[]) AS creators,
    m.checkpoints,
    m.difficulty,
    m.official,
    m.playtesting,
    m.archived,
    m.hidden,
    m.created_at,
    m.updated_at,
    r.mean AS ratings,
    playtest.summary AS playtest,
    k.guides,
    m.raw_difficulty,
    COALESCE(k.mechanics, '{}'::text[]) AS mechanics,
    COALESCE(k.restrictions, '{}'::text[]) AS restrictions,
    COALESCE(k.tags, '{}'::text[]) AS tags,
    m.description,
    ( SELECT json_build_object('gold', d.gold, 'silver', d.silver, 'bronze', d.bronze) AS json_build_object
           FROM maps.medals d
          WHERE (d.map_id = m.id)) AS medals,
    m.title,
    m.custom_banner,
    m.linked_code
   FROM (((core.maps m
     LEFT JOIN maps.rating_totals r ON ((r.map_id = m.id)))
     LEFT JOIN maps.details k ON ((k.map_id = m.id)))
     LEFT JOIN LATERAL ( SELECT json_build_object('thread_id', p.thread_id, 'vote_average', v.average, 'vote_count', v.amount, 'voters', v.voters, 'verification_id', p.verification_id, 'initial_difficulty', p.initial_difficulty, 'completed', COALESCE(p.completed, false)) AS summary
           FROM (playtests.meta p
             CROSS JOIN LATERAL ( SELECT round(avg(w.difficulty), 2) AS average,
                    count(*) AS amount,
                    COALESCE(json_agg(w.user_id ORDER BY w.id), '[]'::json) AS voters
                   FROM playtests.votes w
                  WHERE (w.playtest_thread_id = p.thread_id)) v)
          WHERE ((p.map_id = m.id) AND (p.thread_id IS NOT NULL) AND (NOT COALESCE(p.completed, false)))
          ORDER BY p.id DESC
         LIMIT 1) playtest ON (true));


--
-- Name: clicks; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.clicks (
    id bigint NOT NULL,
    map_id integer NOT NULL,
    user_id bigint,
    source text,
    user_agent text,
    ip_hash text,
    inserted_at timestamp with time zone DEFAULT now() NOT NULL,
    day_bucket bigint,
    superseded boolean DEFAULT false NOT NULL
);


--
-- Name: clicks_id_seq; Type: SEQUENCE; Schema: maps; Owner: -
--

CREATE SEQUENCE maps.clicks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: clicks_id_seq; Type: SEQUENCE OWNED BY; Schema: maps; Owner: -
--

ALTER SEQUENCE maps.clicks_id_seq OWNED BY maps.clicks.id;


--
-- Name: collected_card_texts; Type: VIEW; Schema: maps; Owner: -
--

CREATE VIEW maps.collected_card_texts AS
 SELECT c.id AS map_id,
    concat("left"((row_to_json(o.*))::text, '-1'::integer), ',"ratings":') AS opening,
    c.ratings AS mean,
    concat(',', substr("left"((row_to_json(s.*))::text, '-1'::integer), 2), ',"map_banner":"', b.own) AS middle,
        CASE
            WHEN (b.own IS NULL) THEN (lootbox.file_name(c.map_name) || '.png'::text)
            ELSE NULL::text
        END AS banner,
    concat(',"linked_code":', COALESCE((to_json(c.linked_code))::text, 'null'::text), '}') AS closing
   FROM (((maps.cards c
     CROSS JOIN LATERAL ( SELECT c.id,
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
            maps.moment(c.created_at) AS created_at,
            maps.moment(c.updated_at) AS updated_at) o)
     CROSS JOIN LATERAL ( SELECT c.playtest,
            c.guides,
            (c.raw_difficulty)::double precision AS raw_difficulty,
            c.mechanics,
            c.restrictions,
            c.tags,
            c.description,
            c.medals,
            c.title) s)
     CROSS JOIN LATERAL ( SELECT substr(w.text, 2, (length(w.text) - 2)) AS own
           FROM ( SELECT (to_json(NULLIF(c.custom_banner, ''::text)))::text AS text) w) b);


--
-- Name: creators; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.creators (
    map_id integer NOT NULL,
    user_id bigint NOT NULL,
    is_primary boolean DEFAULT false
);


--
-- Name: guides; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.guides (
    id integer NOT NULL,
    map_id integer,
    url text NOT NULL,
    user_id bigint,
    inserted_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: mechanic_links; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.mechanic_links (
    map_id integer NOT NULL,
    mechanic_id integer NOT NULL
);


--
-- Name: mechanics; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.mechanics (
    id integer NOT NULL,
    name text NOT NULL,
    "position" integer
);


--
-- Name: restriction_links; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.restriction_links (
    map_id integer NOT NULL,
    restriction_id integer NOT NULL
);


--
-- Name: restrictions; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.restrictions (
    id integer NOT NULL,
    name text NOT NULL,
    "position" integer
);


--
-- Name: tag_links; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.tag_links (
    map_id integer NOT NULL,
    tag_id integer NOT NULL
);


--
-- Name: tags; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.tags (
    id integer NOT NULL,
    name text NOT NULL,
    "position" integer
);


--
-- Name: collected_details; Type: VIEW; Schema: maps; Owner: -
--

CREATE VIEW maps.collected_details AS
 SELECT id AS map_id,
    ( SELECT array_agg(g.url ORDER BY g.id) AS array_agg
           FROM maps.guides g
          WHERE (g.map_id = m.id)) AS guides,
    ARRAY( SELECT k.name
           FROM (maps.mechanic_links l
             JOIN maps.mechanics k ON ((k.id = l.mechanic_id)))
          WHERE (l.map_id = m.id)
          ORDER BY k."position", k.name) AS mechanics,
    ARRAY( SELECT k.name
           FROM (maps.restriction_links l
             JOIN maps.restrictions k ON ((k.id = l.restriction_id)))
          WHERE (l.map_id = m.id)
          ORDER BY k."position", k.name) AS restrictions,
    ARRAY( SELECT k.name
           FROM (maps.tag_links l
             JOIN maps.tags k ON ((k.id = l.tag_id)))
          WHERE (l.map_id = m.id)
          ORDER BY k."position", k.name) AS tags,
    ARRAY( SELECT ROW(c.user_id, COALESCE(c.is_primary, false), n.name)::maps.shown_creator AS "row"
           FROM (maps.creators c
             JOIN users.names n ON ((n.user_id = c.user_id)))
          WHERE (c.map_id = m.id)
          ORDER BY c.is_primary DESC NULLS LAST, n.name, c.user_id) AS creators,
    ( SELECT COALESCE(lower(string_agg(concat_ws('
'::text, u.nickname, u.global_name, o.usernames), '
'::text ORDER BY u.id)), ''::text) AS "coalesce"
           FROM ((maps.creators c
             JOIN core.users u ON ((u.id = c.user_id)))
             CROSS JOIN LATERAL ( SELECT string_agg(a.username, '
'::text ORDER BY a.id) AS usernames
                   FROM users.overwatch_usernames a
                  WHERE (a.user_id = u.id)) o)
          WHERE (c.map_id = m.id)) AS creator_names,
    ARRAY( SELECT ('m:'::text || k.name)
           FROM (maps.mechanic_links l
             JOIN maps.mechanics k ON ((k.id = l.mechanic_id)))
          WHERE (l.map_id = m.id)
        UNION ALL
         SELECT ('r:'::text || k.name)
           FROM (maps.restriction_links l
             JOIN maps.restrictions k ON ((k.id = l.restriction_id)))
          WHERE (l.map_id = m.id)
        UNION ALL
         SELECT ('t:'::text || k.name)
           FROM (maps.tag_links l
             JOIN maps.tags k ON ((k.id = l.tag_id)))
          WHERE (l.map_id = m.id)
        UNION ALL
         SELECT ('d:'::text || maps.top_difficulty(m.difficulty))
  ORDER BY 1) AS facets
   FROM core.maps m;


--
-- Name: collected_searchable; Type: VIEW; Schema: maps; Owner: -
--

CREATE VIEW maps.collected_searchable AS
 SELECT c.id AS map_id,
    maps.traits(c.official, c.archived, c.hidden, c.playtesting, (c.medals IS NOT NULL), (c.playtest IS NOT NULL), ((c.playtesting = 'In Progress'::public.playtest_status) AND (EXISTS ( SELECT
           FROM playtests.meta p
          WHERE ((p.map_id = c.id) AND (p.verification_id IS NOT NULL) AND (NOT COALESCE(p.completed, false))))))) AS traits,
    ((((c.raw_difficulty * (100)::numeric))::bigint << 32) + c.id) AS place,
    (c.raw_difficulty)::double precision AS difficulty,
    COALESCE(r.verified_mean, (0)::double precision) AS quality,
    c.checkpoints,
    COALESCE(d.creator_names, ''::text) AS creator_names,
    c.category,
    c.map_name,
    c.code,
    COALESCE(d.facets, '{}'::text[]) AS facets,
    c.ratings AS mean,
    c.title
   FROM ((maps.cards c
     LEFT JOIN maps.rating_totals r ON ((r.map_id = c.id)))
     LEFT JOIN maps.details d ON ((d.map_id = c.id)))
  WHERE (c.code IS NOT NULL);


--
-- Name: edit_requests; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.edit_requests (
    id integer NOT NULL,
    map_id integer NOT NULL,
    code character varying(6),
    proposed_changes jsonb NOT NULL,
    reason text NOT NULL,
    created_by bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    message_id bigint,
    resolved_at timestamp with time zone,
    accepted boolean,
    resolved_by bigint,
    rejection_reason text
);


--
-- Name: edit_requests_id_seq; Type: SEQUENCE; Schema: maps; Owner: -
--

CREATE SEQUENCE maps.edit_requests_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: edit_requests_id_seq; Type: SEQUENCE OWNED BY; Schema: maps; Owner: -
--

ALTER SEQUENCE maps.edit_requests_id_seq OWNED BY maps.edit_requests.id;


--
-- Name: guides_id_seq; Type: SEQUENCE; Schema: maps; Owner: -
--

ALTER TABLE maps.guides ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME maps.guides_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: listed; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.listed (
    amount bigint NOT NULL
);


--
-- Name: mechanics_id_seq; Type: SEQUENCE; Schema: maps; Owner: -
--

ALTER TABLE maps.mechanics ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME maps.mechanics_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: names; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.names (
    name text NOT NULL
);


--
-- Name: ratings; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.ratings (
    id integer NOT NULL,
    map_id integer,
    user_id bigint,
    quality integer,
    verified boolean DEFAULT false,
    created_at timestamp with time zone DEFAULT now(),
    updated_at timestamp with time zone DEFAULT now(),
    CONSTRAINT quality_range CHECK (((quality >= 1) AND (quality <= 10)))
);


--
-- Name: ratings_id_seq; Type: SEQUENCE; Schema: maps; Owner: -
--

ALTER TABLE maps.ratings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME maps.ratings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: restrictions_id_seq; Type: SEQUENCE; Schema: maps; Owner: -
--

ALTER TABLE maps.restrictions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME maps.restrictions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: searchable; Type: TABLE; Schema: maps; Owner: -
--

CREATE TABLE maps.searchable (
    map_id integer NOT NULL,
    traits integer NOT NULL,
    place bigint NOT NULL,
    difficulty double precision NOT NULL,
    quality double precision NOT NULL,
    checkpoints integer NOT NULL,
    creator_names text NOT NULL,
    category text NOT NULL,
    map_name text NOT NULL,
    code text NOT NULL,
    facets text[] NOT NULL,
    mean double precision,
    title text
)
WITH (fillfactor='90');


--
-- Name: tags_id_seq; Type: SEQUENCE; Schema: maps; Owner: -
--

ALTER TABLE maps.tags ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME maps.tags_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: alerts; Type: TABLE; Schema: messages; Owner: -
--

CREATE TABLE messages.alerts (
    queue text NOT NULL,
    error text NOT NULL,
    last_id bigint NOT NULL,
    alerted_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE alerts; Type: COMMENT; Schema: messages; Owner: -
--

COMMENT ON TABLE messages.alerts IS 'Which kinds of dead letters the team was told of, and the newest letter at that time.';


--
-- Name: dead_letter_actions; Type: TABLE; Schema: messages; Owner: -
--

CREATE TABLE messages.dead_letter_actions (
    id bigint NOT NULL,
    who text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    what text NOT NULL,
    filter jsonb NOT NULL,
    n integer DEFAULT 0 NOT NULL,
    outcome text NOT NULL,
    reason text,
    finished_at timestamp with time zone
);


--
-- Name: TABLE dead_letter_actions; Type: COMMENT; Schema: messages; Owner: -
--

COMMENT ON TABLE messages.dead_letter_actions IS 'Who replayed, edited or discarded which dead letters, when and with what result.';


--
-- Name: dead_letter_actions_id_seq; Type: SEQUENCE; Schema: messages; Owner: -
--

ALTER TABLE messages.dead_letter_actions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME messages.dead_letter_actions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: dead_letters_id_seq; Type: SEQUENCE; Schema: messages; Owner: -
--

ALTER TABLE messages.dead_letters ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME messages.dead_letters_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: failures; Type: TABLE; Schema: messages; Owner: -
--

CREATE TABLE messages.failures (
    id bigint NOT NULL,
    message_id uuid NOT NULL,
    queue text NOT NULL,
    attempt integer NOT NULL,
    counted boolean NOT NULL,
    failed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    error text NOT NULL,
    detail text NOT NULL,
    place text,
    stack text
);


--
-- Name: TABLE failures; Type: COMMENT; Schema: messages; Owner: -
--

COMMENT ON TABLE messages.failures IS 'Every try that failed, with the place in the code.';


--
-- Name: failures_id_seq; Type: SEQUENCE; Schema: messages; Owner: -
--

ALTER TABLE messages.failures ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME messages.failures_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: inbox; Type: TABLE; Schema: messages; Owner: -
--

CREATE TABLE messages.inbox (
    consumer text NOT NULL,
    message_id uuid NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_vacuum_insert_scale_factor='0.05');


--
-- Name: TABLE inbox; Type: COMMENT; Schema: messages; Owner: -
--

COMMENT ON TABLE messages.inbox IS 'Messages whose effect is in the database, written in the transaction of the effect.';


--
-- Name: outbox; Type: TABLE; Schema: messages; Owner: -
--

CREATE TABLE messages.outbox (
    message_id uuid DEFAULT messages.new_id() NOT NULL,
    "position" bigint NOT NULL,
    queue text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    body jsonb NOT NULL,
    order_key text,
    job_id uuid,
    attempts integer DEFAULT 0 NOT NULL,
    refusals integer DEFAULT 0 NOT NULL,
    returned boolean DEFAULT false NOT NULL,
    run_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    trace text,
    causation uuid,
    replay_of bigint,
    CONSTRAINT outbox_body_check CHECK ((octet_length((body)::text) <= 1048576))
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='0');


--
-- Name: TABLE outbox; Type: COMMENT; Schema: messages; Owner: -
--

COMMENT ON TABLE messages.outbox IS 'Messages to publish once run_at has come; a row leaves when RabbitMQ has it.';


--
-- Name: COLUMN outbox."position"; Type: COMMENT; Schema: messages; Owner: -
--

COMMENT ON COLUMN messages.outbox."position" IS 'Order among the messages of one order_key; kept when a message is tried again.';


--
-- Name: COLUMN outbox.attempts; Type: COMMENT; Schema: messages; Owner: -
--

COMMENT ON COLUMN messages.outbox.attempts IS 'Tries of the consumer that failed and count.';


--
-- Name: COLUMN outbox.refusals; Type: COMMENT; Schema: messages; Owner: -
--

COMMENT ON COLUMN messages.outbox.refusals IS 'Times that RabbitMQ had no place for it.';


--
-- Name: COLUMN outbox.returned; Type: COMMENT; Schema: messages; Owner: -
--

COMMENT ON COLUMN messages.outbox.returned IS 'Put back by its consumer; later messages of its order_key wait for it.';


--
-- Name: outbox_position_seq; Type: SEQUENCE; Schema: messages; Owner: -
--

ALTER TABLE messages.outbox ALTER COLUMN "position" ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME messages.outbox_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: sent; Type: TABLE; Schema: messages; Owner: -
--

CREATE TABLE messages.sent (
    message_id uuid NOT NULL,
    "position" bigint NOT NULL,
    queue text NOT NULL,
    version integer NOT NULL,
    body jsonb NOT NULL,
    order_key text,
    job_id uuid,
    attempts integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    trace text,
    causation uuid,
    replay_of bigint,
    sent_at timestamp with time zone DEFAULT now() NOT NULL,
    returned boolean DEFAULT false NOT NULL
)
WITH (autovacuum_vacuum_insert_scale_factor='0.05');


--
-- Name: TABLE sent; Type: COMMENT; Schema: messages; Owner: -
--

COMMENT ON TABLE messages.sent IS 'Messages that RabbitMQ confirmed; kept to publish them again after a restore.';


--
-- Name: COLUMN sent.returned; Type: COMMENT; Schema: messages; Owner: -
--

COMMENT ON COLUMN messages.sent.returned IS 'Its consumer had put it back; later messages of its order_key wait until it is applied or dead.';


--
-- Name: delivery_log; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.delivery_log (
    id bigint NOT NULL,
    event_id bigint NOT NULL,
    channel text NOT NULL,
    status text NOT NULL,
    attempted_at timestamp with time zone,
    delivered_at timestamp with time zone,
    error_message text
);


--
-- Name: delivery_log_id_seq; Type: SEQUENCE; Schema: notifications; Owner: -
--

CREATE SEQUENCE notifications.delivery_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: delivery_log_id_seq; Type: SEQUENCE OWNED BY; Schema: notifications; Owner: -
--

ALTER SEQUENCE notifications.delivery_log_id_seq OWNED BY notifications.delivery_log.id;


--
-- Name: events; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.events (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    event_type text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    metadata jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    read_at timestamp with time zone,
    dismissed_at timestamp with time zone
);


--
-- Name: events_id_seq; Type: SEQUENCE; Schema: notifications; Owner: -
--

CREATE SEQUENCE notifications.events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: events_id_seq; Type: SEQUENCE OWNED BY; Schema: notifications; Owner: -
--

ALTER SEQUENCE notifications.events_id_seq OWNED BY notifications.events.id;


--
-- Name: preferences; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.preferences (
    user_id bigint NOT NULL,
    event_type text NOT NULL,
    channel text NOT NULL,
    enabled boolean DEFAULT true NOT NULL
);


--
-- Name: deprecated_count; Type: TABLE; Schema: playtests; Owner: -
--

CREATE TABLE playtests.deprecated_count (
    user_id bigint NOT NULL,
    count bigint NOT NULL,
    CONSTRAINT deprecated_count_count_check CHECK ((count >= 0))
);


--
-- Name: meta_id_seq; Type: SEQUENCE; Schema: playtests; Owner: -
--

ALTER TABLE playtests.meta ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME playtests.meta_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: stale_alerts; Type: TABLE; Schema: playtests; Owner: -
--

CREATE TABLE playtests.stale_alerts (
    user_id bigint NOT NULL,
    map_id integer NOT NULL,
    playtest_thread_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now(),
    alerted boolean DEFAULT false,
    approved boolean DEFAULT false
);


--
-- Name: votes_id_seq; Type: SEQUENCE; Schema: playtests; Owner: -
--

ALTER TABLE playtests.votes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME playtests.votes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: analytics; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.analytics (
    command_name text NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    namespace jsonb
);


--
-- Name: api_tokens; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.api_tokens (
    id bigint NOT NULL,
    user_id bigint,
    api_key text NOT NULL,
    is_superuser boolean DEFAULT false,
    scopes text[] DEFAULT '{}'::text[],
    name text,
    prefix text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone
);


--
-- Name: api_tokens_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.api_tokens_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: api_tokens_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.api_tokens_id_seq OWNED BY public.api_tokens.id;


--
-- Name: auth_users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.auth_users (
    id integer NOT NULL,
    username text NOT NULL,
    info text
);


--
-- Name: auth_users_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.auth_users ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.auth_users_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: change_requests; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.change_requests (
    thread_id bigint NOT NULL,
    code text,
    user_id bigint NOT NULL,
    resolved boolean DEFAULT false,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    change_request_type text NOT NULL,
    content text NOT NULL,
    creator_mentions text NOT NULL,
    alerted boolean DEFAULT false
);


--
-- Name: jobs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.jobs (
    id uuid NOT NULL,
    action text NOT NULL,
    status public.job_status DEFAULT 'queued'::public.job_status NOT NULL,
    error_code text,
    error_msg text,
    attempts integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    queued_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: newsfeed; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.newsfeed (
    id integer NOT NULL,
    "timestamp" timestamp with time zone DEFAULT now() NOT NULL,
    payload json NOT NULL,
    event_type text GENERATED ALWAYS AS ((payload ->> 'type'::text)) STORED
);


--
-- Name: newsfeed_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.newsfeed ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.newsfeed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: processed_messages; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.processed_messages (
    idempotency_key text NOT NULL,
    processed_at timestamp with time zone DEFAULT now() NOT NULL,
    claimed_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: schema_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_migrations (
    version character varying NOT NULL
);


--
-- Name: tag_lookup; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tag_lookup (
    id integer NOT NULL,
    name text,
    location_id bigint,
    owner_id bigint,
    created_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text),
    tag_id integer
);


--
-- Name: tag_lookup_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.tag_lookup_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: tag_lookup_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.tag_lookup_id_seq OWNED BY public.tag_lookup.id;


--
-- Name: tags; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tags (
    id integer NOT NULL,
    name text,
    content text,
    owner_id bigint,
    uses integer DEFAULT 0,
    location_id bigint,
    created_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text)
);


--
-- Name: tags_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.tags_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: tags_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.tags_id_seq OWNED BY public.tags.id;


--
-- Name: avatar; Type: TABLE; Schema: rank_card; Owner: -
--

CREATE TABLE rank_card.avatar (
    user_id bigint NOT NULL,
    skin text DEFAULT 'Overwatch 1'::text NOT NULL,
    pose text DEFAULT 'Heroic'::text NOT NULL
);


--
-- Name: background; Type: TABLE; Schema: rank_card; Owner: -
--

CREATE TABLE rank_card.background (
    name text NOT NULL,
    user_id bigint NOT NULL,
    key_type text
);


--
-- Name: badges; Type: TABLE; Schema: rank_card; Owner: -
--

CREATE TABLE rank_card.badges (
    user_id bigint NOT NULL,
    badge_name1 text,
    badge_type1 text,
    badge_name2 text,
    badge_type2 text,
    badge_name3 text,
    badge_type3 text,
    badge_name4 text,
    badge_type4 text,
    badge_name5 text,
    badge_type5 text,
    badge_name6 text,
    badge_type6 text
);


--
-- Name: counts; Type: VIEW; Schema: ranks; Owner: -
--

CREATE VIEW ranks.counts AS
 SELECT user_id,
    official,
    playable,
    difficulty,
    count(*) AS completions,
    count(*) FILTER (WHERE (medal = 'Gold'::text)) AS gold,
    count(*) FILTER (WHERE (medal = 'Silver'::text)) AS silver,
    count(*) FILTER (WHERE (medal = 'Bronze'::text)) AS bronze
   FROM completions.current k
  GROUP BY user_id, official, playable, difficulty;


--
-- Name: skill_ranks; Type: TABLE; Schema: ranks; Owner: -
--

CREATE TABLE ranks.skill_ranks (
    "position" smallint NOT NULL,
    name text NOT NULL,
    difficulty text,
    required integer NOT NULL
);


--
-- Name: earned; Type: VIEW; Schema: ranks; Owner: -
--

CREATE VIEW ranks.earned AS
 SELECT c.user_id,
    k."position"
   FROM (ranks.counts c
     JOIN ranks.skill_ranks k ON (((k.difficulty = c.difficulty) AND (c.completions >= k.required))))
  WHERE (c.official AND c.playable);


--
-- Name: leaders; Type: TABLE; Schema: ranks; Owner: -
--

CREATE TABLE ranks.leaders (
    map_id integer NOT NULL,
    user_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    run_time numeric(10,2)
)
WITH (fillfactor='70');


--
-- Name: leading; Type: VIEW; Schema: ranks; Owner: -
--

CREATE VIEW ranks."leading" AS
 SELECT m.id AS map_id,
    k.user_id,
    k."time" AS run_time
   FROM ((core.maps m
     CROSS JOIN LATERAL ( SELECT min(o."time") AS run_time
           FROM completions.current o
          WHERE ((o.map_id = m.id) AND (NOT o.legacy) AND (NOT o.partial))) f)
     JOIN completions.current k ON (((k.map_id = m.id) AND (NOT k.legacy) AND (NOT k.partial) AND (k."time" = f.run_time))));


--
-- Name: pending; Type: TABLE; Schema: ranks; Owner: -
--

CREATE UNLOGGED TABLE ranks.pending (
    transaction xid8 DEFAULT pg_current_xact_id() NOT NULL,
    user_id bigint NOT NULL,
    profile boolean DEFAULT false NOT NULL,
    xp boolean DEFAULT false NOT NULL,
    runs boolean DEFAULT false NOT NULL,
    records integer DEFAULT 0 NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000');


--
-- Name: snapshot; Type: TABLE; Schema: skill; Owner: -
--

CREATE TABLE skill.snapshot (
    user_id bigint NOT NULL,
    skill_score double precision NOT NULL,
    maps_cleared integer NOT NULL,
    video_clears integer NOT NULL,
    hardest_raw double precision NOT NULL,
    breakdown jsonb DEFAULT '[]'::jsonb NOT NULL,
    computed_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: percentiles; Type: VIEW; Schema: ranks; Owner: -
--

CREATE VIEW ranks.percentiles AS
 SELECT p.user_id,
    cume_dist() OVER (ORDER BY p.skill_score) AS skill_percentile
   FROM (skill.snapshot p
     JOIN core.users u ON ((u.id = p.user_id)))
  WHERE (p.skill_score > (0)::double precision);


--
-- Name: players; Type: TABLE; Schema: ranks; Owner: -
--

CREATE TABLE ranks.players (
    user_id bigint NOT NULL,
    nickname text,
    discord_tag text NOT NULL,
    xp integer NOT NULL,
    map_count integer NOT NULL,
    playtest_count integer NOT NULL,
    skill_score double precision NOT NULL,
    skill_rank smallint DEFAULT 0 NOT NULL,
    wr_count integer DEFAULT 0 NOT NULL,
    skill_percentile double precision DEFAULT 0 NOT NULL,
    search text GENERATED ALWAYS AS (lower(((COALESCE(nickname, ''::text) || '
'::text) || discord_tag))) STORED NOT NULL,
    names text DEFAULT ''::text NOT NULL
);


--
-- Name: profiles; Type: VIEW; Schema: ranks; Owner: -
--

CREATE VIEW ranks.profiles AS
 SELECT u.id AS user_id,
    COALESCE(o.username, u.nickname) AS nickname,
    COALESCE(u.global_name, 'Unknown Username'::text) AS discord_tag,
    COALESCE(x.amount, 0) AS xp,
    (( SELECT count(*) AS count
           FROM (maps.creators c
             JOIN core.maps m ON ((m.id = c.map_id)))
          WHERE ((c.user_id = u.id) AND m.official AND (NOT m.archived))))::integer AS map_count,
    ((COALESCE(( SELECT d.count
           FROM playtests.deprecated_count d
          WHERE (d.user_id = u.id)), (0)::bigint) + ( SELECT count(*) AS count
           FROM playtests.votes v
          WHERE (v.user_id = u.id))))::integer AS playtest_count,
    COALESCE(p.skill_score, (0)::double precision) AS skill_score,
    lower(concat_ws('
'::text, u.nickname, u.global_name, ( SELECT string_agg(a.username, '
'::text ORDER BY a.id) AS string_agg
           FROM users.overwatch_usernames a
          WHERE (a.user_id = u.id)))) AS names
   FROM (((core.users u
     LEFT JOIN users.overwatch_usernames o ON (((o.user_id = u.id) AND o.is_primary)))
     LEFT JOIN lootbox.xp x ON ((x.user_id = u.id)))
     LEFT JOIN skill.snapshot p ON ((p.user_id = u.id)));


--
-- Name: skill_tiers; Type: TABLE; Schema: ranks; Owner: -
--

CREATE TABLE ranks.skill_tiers (
    tier smallint NOT NULL,
    name text NOT NULL
);


--
-- Name: tier_config; Type: TABLE; Schema: skill; Owner: -
--

CREATE TABLE skill.tier_config (
    id integer NOT NULL,
    boundaries double precision[] DEFAULT '{}'::double precision[] NOT NULL,
    percentiles double precision[] NOT NULL,
    computed_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: standings; Type: VIEW; Schema: ranks; Owner: -
--

CREATE VIEW ranks.standings AS
 SELECT p.user_id,
    p.nickname,
    p.discord_tag,
    p.xp AS xp_amount,
    (p.xp / 100) AS raw_tier,
    ((p.xp / 100) % 100) AS normalized_tier,
    (p.xp / 10000) AS prestige_level,
    ( SELECT t_1.full_tier_name
           FROM lootbox.tier_of(p.xp) t_1(raw_tier, normalized_tier, prestige_level, main_tier_name, sub_tier_name, full_tier_name)) AS tier_name,
    p.wr_count,
    p.map_count,
    p.playtest_count,
    p.skill_rank AS skill_position,
    ( SELECT k.name
           FROM ranks.skill_ranks k
          WHERE (k."position" = p.skill_rank)) AS skill_rank,
    p.skill_score,
    t.skill_tier,
    ( SELECT n.name
           FROM ranks.skill_tiers n
          WHERE (n.tier = t.skill_tier)) AS skill_tier_name,
    p.skill_percentile
   FROM (ranks.players p
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN (p.skill_score > (0)::double precision) THEN COALESCE(( SELECT (width_bucket(p.skill_score, c.boundaries) + 1)
                       FROM skill.tier_config c
                      WHERE (c.boundaries <> '{}'::double precision[])), 0)
                    ELSE 0
                END AS skill_tier) t);


--
-- Name: pgcr; Type: TABLE; Schema: raw; Owner: -
--

CREATE TABLE raw.pgcr (
    instance_id bigint NOT NULL,
    data bytea NOT NULL,
    date_crawled timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: COLUMN pgcr.data; Type: COMMENT; Schema: raw; Owner: -
--

COMMENT ON COLUMN raw.pgcr.data IS 'The report without its envelope: JSON, compressed by gzip.';


--
-- Name: score_change; Type: TABLE; Schema: skill; Owner: -
--

CREATE TABLE skill.score_change (
    change_id bigint NOT NULL,
    user_id bigint NOT NULL,
    captured_at timestamp with time zone NOT NULL,
    previous_score double precision NOT NULL,
    new_score double precision NOT NULL,
    delta double precision NOT NULL,
    cause_category text NOT NULL,
    reason text,
    diff jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT score_change_cause_category_check CHECK ((cause_category = ANY (ARRAY['PLAYER_ACTION'::text, 'MAP_ENVIRONMENT'::text, 'SYSTEM'::text])))
);


--
-- Name: score_change_change_id_seq; Type: SEQUENCE; Schema: skill; Owner: -
--

CREATE SEQUENCE skill.score_change_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: score_change_change_id_seq; Type: SEQUENCE OWNED BY; Schema: skill; Owner: -
--

ALTER SEQUENCE skill.score_change_change_id_seq OWNED BY skill.score_change.change_id;


--
-- Name: score_history; Type: TABLE; Schema: skill; Owner: -
--

CREATE TABLE skill.score_history (
    user_id bigint NOT NULL,
    captured_at timestamp with time zone NOT NULL,
    skill_score double precision NOT NULL
);


--
-- Name: tier_config_id_seq; Type: SEQUENCE; Schema: skill; Owner: -
--

ALTER TABLE skill.tier_config ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skill.tier_config_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: weight_config; Type: TABLE; Schema: skill; Owner: -
--

CREATE TABLE skill.weight_config (
    id integer NOT NULL,
    diff_base double precision NOT NULL,
    gamma double precision NOT NULL,
    time_bonus double precision NOT NULL,
    shrink_k double precision NOT NULL,
    wr_bonus double precision NOT NULL,
    partial_factor double precision NOT NULL,
    medal_gold double precision NOT NULL,
    medal_silver double precision NOT NULL,
    medal_bronze double precision NOT NULL,
    CONSTRAINT weight_config_gamma_floor CHECK ((gamma >= (0.5)::double precision))
);


--
-- Name: weight_config_id_seq; Type: SEQUENCE; Schema: skill; Owner: -
--

ALTER TABLE skill.weight_config ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skill.weight_config_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: config; Type: TABLE; Schema: store; Owner: -
--

CREATE TABLE store.config (
    id integer NOT NULL,
    rotation_period_days integer DEFAULT 7 NOT NULL,
    last_rotation_at timestamp with time zone DEFAULT now() NOT NULL,
    next_rotation_at timestamp with time zone DEFAULT (now() + '7 days'::interval) NOT NULL,
    active_key_type text DEFAULT 'Classic'::text NOT NULL,
    CONSTRAINT config_id_check CHECK ((id = 1)),
    CONSTRAINT config_rotation_period_days_check CHECK ((rotation_period_days > 0))
);


--
-- Name: config_id_seq; Type: SEQUENCE; Schema: store; Owner: -
--

ALTER TABLE store.config ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME store.config_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: purchases; Type: TABLE; Schema: store; Owner: -
--

CREATE TABLE store.purchases (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    purchase_type text NOT NULL,
    item_name text,
    item_type text,
    key_type text NOT NULL,
    quantity integer DEFAULT 1 NOT NULL,
    price_paid integer NOT NULL,
    rotation_id uuid,
    purchased_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT check_item_purchase_fields CHECK ((((purchase_type = 'item'::text) AND (item_name IS NOT NULL) AND (item_type IS NOT NULL)) OR ((purchase_type = 'key'::text) AND (item_name IS NULL) AND (item_type IS NULL)))),
    CONSTRAINT purchases_purchase_type_check CHECK ((purchase_type = ANY (ARRAY['key'::text, 'item'::text])))
);


--
-- Name: purchases_id_seq; Type: SEQUENCE; Schema: store; Owner: -
--

ALTER TABLE store.purchases ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME store.purchases_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: quest_config; Type: TABLE; Schema: store; Owner: -
--

CREATE TABLE store.quest_config (
    id integer NOT NULL,
    rotation_day integer DEFAULT 1 NOT NULL,
    rotation_hour integer DEFAULT 0 NOT NULL,
    current_rotation_id uuid,
    last_rotation_at timestamp with time zone DEFAULT now() NOT NULL,
    next_rotation_at timestamp with time zone NOT NULL,
    easy_quest_count integer DEFAULT 2 NOT NULL,
    medium_quest_count integer DEFAULT 2 NOT NULL,
    hard_quest_count integer DEFAULT 1 NOT NULL,
    CONSTRAINT quest_config_id_check CHECK ((id = 1)),
    CONSTRAINT quest_config_rotation_day_check CHECK (((rotation_day >= 1) AND (rotation_day <= 7))),
    CONSTRAINT quest_config_rotation_hour_check CHECK (((rotation_hour >= 0) AND (rotation_hour <= 23)))
);


--
-- Name: quest_config_id_seq; Type: SEQUENCE; Schema: store; Owner: -
--

ALTER TABLE store.quest_config ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME store.quest_config_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: quest_rotation; Type: TABLE; Schema: store; Owner: -
--

CREATE TABLE store.quest_rotation (
    id integer NOT NULL,
    rotation_id uuid NOT NULL,
    quest_id integer,
    user_id bigint,
    quest_data jsonb NOT NULL,
    available_from timestamp with time zone DEFAULT now() NOT NULL,
    available_until timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT check_quest_or_user CHECK ((((quest_id IS NOT NULL) AND (user_id IS NULL)) OR ((quest_id IS NULL) AND (user_id IS NOT NULL))))
);


--
-- Name: quest_rotation_id_seq; Type: SEQUENCE; Schema: store; Owner: -
--

ALTER TABLE store.quest_rotation ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME store.quest_rotation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: quests; Type: TABLE; Schema: store; Owner: -
--

CREATE TABLE store.quests (
    id integer NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    quest_type text NOT NULL,
    difficulty text NOT NULL,
    coin_reward integer NOT NULL,
    xp_reward integer NOT NULL,
    requirements jsonb NOT NULL,
    is_active boolean DEFAULT true,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT quests_difficulty_check CHECK ((difficulty = ANY (ARRAY['easy'::text, 'medium'::text, 'hard'::text]))),
    CONSTRAINT quests_quest_type_check CHECK ((quest_type = ANY (ARRAY['global'::text, 'bounty'::text])))
);


--
-- Name: quests_id_seq; Type: SEQUENCE; Schema: store; Owner: -
--

ALTER TABLE store.quests ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME store.quests_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: rotations; Type: TABLE; Schema: store; Owner: -
--

CREATE TABLE store.rotations (
    id integer NOT NULL,
    rotation_id uuid NOT NULL,
    item_name text NOT NULL,
    item_type text NOT NULL,
    key_type text NOT NULL,
    rarity text NOT NULL,
    price integer NOT NULL,
    available_from timestamp with time zone DEFAULT now() NOT NULL,
    available_until timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: rotations_id_seq; Type: SEQUENCE; Schema: store; Owner: -
--

ALTER TABLE store.rotations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME store.rotations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: user_quest_progress; Type: TABLE; Schema: store; Owner: -
--

CREATE TABLE store.user_quest_progress (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    rotation_id uuid NOT NULL,
    quest_id integer,
    quest_data jsonb NOT NULL,
    progress jsonb NOT NULL,
    completed_at timestamp with time zone,
    claimed_at timestamp with time zone,
    coins_rewarded integer,
    xp_rewarded integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: user_quest_progress_id_seq; Type: SEQUENCE; Schema: store; Owner: -
--

ALTER TABLE store.user_quest_progress ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME store.user_quest_progress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: categories; Type: TABLE; Schema: tournaments; Owner: -
--

CREATE TABLE tournaments.categories (
    id integer NOT NULL,
    name text NOT NULL,
    difficulties text[] NOT NULL,
    participation_xp integer DEFAULT 0 NOT NULL,
    placement_xp jsonb DEFAULT '[]'::jsonb NOT NULL,
    streak_xp jsonb DEFAULT '[]'::jsonb NOT NULL,
    champion_role_id bigint,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: categories_id_seq; Type: SEQUENCE; Schema: tournaments; Owner: -
--

ALTER TABLE tournaments.categories ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tournaments.categories_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: completions; Type: TABLE; Schema: tournaments; Owner: -
--

CREATE TABLE tournaments.completions (
    id integer NOT NULL,
    cycle_id integer NOT NULL,
    user_id bigint NOT NULL,
    map_id integer NOT NULL,
    "time" numeric(10,2) NOT NULL,
    screenshot text NOT NULL,
    video text,
    inserted_at timestamp with time zone DEFAULT now() NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    verified boolean GENERATED ALWAYS AS ((status = 'verified'::text)) STORED,
    completion boolean GENERATED ALWAYS AS ((video IS NOT NULL)) STORED NOT NULL,
    CONSTRAINT completions_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'verified'::text, 'rejected'::text])))
);


--
-- Name: completions_id_seq; Type: SEQUENCE; Schema: tournaments; Owner: -
--

ALTER TABLE tournaments.completions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tournaments.completions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: config; Type: TABLE; Schema: tournaments; Owner: -
--

CREATE TABLE tournaments.config (
    id integer NOT NULL,
    blacklist_weeks integer DEFAULT 4 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    cadence text DEFAULT 'weekly'::text NOT NULL,
    anchor_weekday integer DEFAULT 1 NOT NULL,
    anchor_time time without time zone DEFAULT '00:00:00'::time without time zone NOT NULL,
    anchor_tz text DEFAULT 'UTC'::text NOT NULL,
    transitions_paused boolean DEFAULT false NOT NULL,
    debug_cycle_seconds integer,
    CONSTRAINT config_anchor_weekday_check CHECK (((anchor_weekday >= 0) AND (anchor_weekday <= 6))),
    CONSTRAINT config_blacklist_weeks_check CHECK ((blacklist_weeks > 0)),
    CONSTRAINT config_cadence_check CHECK ((cadence = ANY (ARRAY['weekly'::text, 'biweekly'::text]))),
    CONSTRAINT config_debug_cycle_seconds_check CHECK (((debug_cycle_seconds IS NULL) OR (debug_cycle_seconds > 0))),
    CONSTRAINT config_id_check CHECK ((id = 1))
);


--
-- Name: config_id_seq; Type: SEQUENCE; Schema: tournaments; Owner: -
--

ALTER TABLE tournaments.config ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tournaments.config_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: cycles; Type: TABLE; Schema: tournaments; Owner: -
--

CREATE TABLE tournaments.cycles (
    id integer NOT NULL,
    category_id integer NOT NULL,
    map_id integer NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    edition_id integer,
    CONSTRAINT cycles_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'active'::text, 'finalizing'::text, 'completed'::text])))
);


--
-- Name: cycles_id_seq; Type: SEQUENCE; Schema: tournaments; Owner: -
--

ALTER TABLE tournaments.cycles ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tournaments.cycles_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: editions; Type: TABLE; Schema: tournaments; Owner: -
--

CREATE TABLE tournaments.editions (
    id integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    start_announced boolean DEFAULT false NOT NULL,
    CONSTRAINT editions_status_check CHECK ((status = ANY (ARRAY['active'::text, 'awaiting_results'::text, 'completed'::text])))
);


--
-- Name: editions_id_seq; Type: SEQUENCE; Schema: tournaments; Owner: -
--

ALTER TABLE tournaments.editions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tournaments.editions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: pending_transitions; Type: TABLE; Schema: tournaments; Owner: -
--

CREATE TABLE tournaments.pending_transitions (
    id integer NOT NULL,
    cycle_id integer,
    event_type text NOT NULL,
    payload jsonb DEFAULT '{}'::jsonb NOT NULL,
    published boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    edition_id integer,
    CONSTRAINT pending_transitions_event_type_check CHECK ((event_type = ANY (ARRAY['cycle_started'::text, 'cycle_completed'::text, 'edition_rollover'::text, 'edition_results'::text])))
);


--
-- Name: pending_transitions_id_seq; Type: SEQUENCE; Schema: tournaments; Owner: -
--

ALTER TABLE tournaments.pending_transitions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tournaments.pending_transitions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: streaks; Type: TABLE; Schema: tournaments; Owner: -
--

CREATE TABLE tournaments.streaks (
    id integer NOT NULL,
    user_id bigint NOT NULL,
    current_streak integer DEFAULT 0 NOT NULL,
    max_streak integer DEFAULT 0 NOT NULL,
    last_cycle_id integer,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: streaks_id_seq; Type: SEQUENCE; Schema: tournaments; Owner: -
--

ALTER TABLE tournaments.streaks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tournaments.streaks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: xp_grants; Type: TABLE; Schema: tournaments; Owner: -
--

CREATE TABLE tournaments.xp_grants (
    id integer NOT NULL,
    cycle_id integer NOT NULL,
    user_id bigint NOT NULL,
    reason text NOT NULL,
    amount integer NOT NULL,
    granted_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT xp_grants_reason_check CHECK ((reason = ANY (ARRAY['participation'::text, 'placement'::text, 'streak'::text])))
);


--
-- Name: xp_grants_id_seq; Type: SEQUENCE; Schema: tournaments; Owner: -
--

ALTER TABLE tournaments.xp_grants ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tournaments.xp_grants_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: auth_rate_limits; Type: TABLE; Schema: users; Owner: -
--

CREATE TABLE users.auth_rate_limits (
    id bigint NOT NULL,
    identifier text NOT NULL,
    action text NOT NULL,
    attempt_at timestamp with time zone DEFAULT now(),
    success boolean DEFAULT false
);


--
-- Name: auth_rate_limits_id_seq; Type: SEQUENCE; Schema: users; Owner: -
--

CREATE SEQUENCE users.auth_rate_limits_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: auth_rate_limits_id_seq; Type: SEQUENCE OWNED BY; Schema: users; Owner: -
--

ALTER SEQUENCE users.auth_rate_limits_id_seq OWNED BY users.auth_rate_limits.id;


--
-- Name: email_auth; Type: TABLE; Schema: users; Owner: -
--

CREATE TABLE users.email_auth (
    user_id bigint NOT NULL,
    email text NOT NULL,
    password_hash text NOT NULL,
    email_verified_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now(),
    updated_at timestamp with time zone DEFAULT now()
);


--
-- Name: email_tokens; Type: TABLE; Schema: users; Owner: -
--

CREATE TABLE users.email_tokens (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    token_hash text NOT NULL,
    token_type text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now(),
    CONSTRAINT email_tokens_token_type_check CHECK ((token_type = ANY (ARRAY['verification'::text, 'password_reset'::text])))
);


--
-- Name: email_tokens_id_seq; Type: SEQUENCE; Schema: users; Owner: -
--

CREATE SEQUENCE users.email_tokens_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: email_tokens_id_seq; Type: SEQUENCE OWNED BY; Schema: users; Owner: -
--

ALTER SEQUENCE users.email_tokens_id_seq OWNED BY users.email_tokens.id;


--
-- Name: email_user_id_seq; Type: SEQUENCE; Schema: users; Owner: -
--

CREATE SEQUENCE users.email_user_id_seq
    START WITH 100000000
    INCREMENT BY 1
    MINVALUE 100000000
    MAXVALUE 999999999999999
    CACHE 1;


--
-- Name: merges; Type: TABLE; Schema: users; Owner: -
--

CREATE TABLE users.merges (
    id bigint NOT NULL,
    placeholder_id bigint NOT NULL,
    user_id bigint NOT NULL,
    placeholder jsonb NOT NULL,
    superseded_runs integer[] NOT NULL,
    leftovers jsonb NOT NULL,
    merged_by text NOT NULL,
    merged_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE merges; Type: COMMENT; Schema: users; Owner: -
--

COMMENT ON TABLE users.merges IS 'Which placeholders became which users, and by whom';


--
-- Name: COLUMN merges.leftovers; Type: COMMENT; Schema: users; Owner: -
--

COMMENT ON COLUMN users.merges.leftovers IS 'Rows of the placeholder that could not stand beside one of the user: table and row';


--
-- Name: merges_id_seq; Type: SEQUENCE; Schema: users; Owner: -
--

ALTER TABLE users.merges ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME users.merges_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: notification_settings; Type: TABLE; Schema: users; Owner: -
--

CREATE TABLE users.notification_settings (
    user_id bigint NOT NULL,
    flags integer DEFAULT 0
);


--
-- Name: overwatch_usernames_id_seq; Type: SEQUENCE; Schema: users; Owner: -
--

ALTER TABLE users.overwatch_usernames ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME users.overwatch_usernames_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: remember_tokens; Type: TABLE; Schema: users; Owner: -
--

CREATE TABLE users.remember_tokens (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id bigint NOT NULL,
    token_hash character varying(64) NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    ip_address inet,
    user_agent text
);


--
-- Name: sessions; Type: TABLE; Schema: users; Owner: -
--

CREATE TABLE users.sessions (
    id text NOT NULL,
    user_id bigint,
    payload text NOT NULL,
    last_activity timestamp with time zone DEFAULT now() NOT NULL,
    ip_address text,
    user_agent text
);


--
-- Name: suspicious_flags_id_seq; Type: SEQUENCE; Schema: users; Owner: -
--

ALTER TABLE users.suspicious_flags ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME users.suspicious_flags_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: answers; Type: TABLE; Schema: web; Owner: -
--

CREATE TABLE web.answers (
    id bytea NOT NULL,
    request bytea NOT NULL,
    operation text NOT NULL,
    caller text NOT NULL,
    status smallint NOT NULL,
    content_type text,
    body bytea,
    answered_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE answers; Type: COMMENT; Schema: web; Owner: -
--

COMMENT ON TABLE web.answers IS 'What was answered to a request with an Idempotency-Key, written in the transaction of its effect.';


--
-- Name: COLUMN answers.id; Type: COMMENT; Schema: web; Owner: -
--

COMMENT ON COLUMN web.answers.id IS 'Keyed hash of the caller''s API key and the Idempotency-Key.';


--
-- Name: COLUMN answers.request; Type: COMMENT; Schema: web; Owner: -
--

COMMENT ON COLUMN web.answers.request IS 'Keyed hash of what was asked: a repetition must ask the same.';


--
-- Name: COLUMN answers.body; Type: COMMENT; Schema: web; Owner: -
--

COMMENT ON COLUMN web.answers.body IS 'Null where there is none, or where it holds a secret.';


--
-- Name: clicks id; Type: DEFAULT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.clicks ALTER COLUMN id SET DEFAULT nextval('maps.clicks_id_seq'::regclass);


--
-- Name: edit_requests id; Type: DEFAULT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.edit_requests ALTER COLUMN id SET DEFAULT nextval('maps.edit_requests_id_seq'::regclass);


--
-- Name: delivery_log id; Type: DEFAULT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.delivery_log ALTER COLUMN id SET DEFAULT nextval('notifications.delivery_log_id_seq'::regclass);


--
-- Name: events id; Type: DEFAULT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.events ALTER COLUMN id SET DEFAULT nextval('notifications.events_id_seq'::regclass);


--
-- Name: api_tokens id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens ALTER COLUMN id SET DEFAULT nextval('public.api_tokens_id_seq'::regclass);


--
-- Name: tag_lookup id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tag_lookup ALTER COLUMN id SET DEFAULT nextval('public.tag_lookup_id_seq'::regclass);


--
-- Name: tags id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tags ALTER COLUMN id SET DEFAULT nextval('public.tags_id_seq'::regclass);


--
-- Name: score_change change_id; Type: DEFAULT; Schema: skill; Owner: -
--

ALTER TABLE ONLY skill.score_change ALTER COLUMN change_id SET DEFAULT nextval('skill.score_change_change_id_seq'::regclass);


--
-- Name: auth_rate_limits id; Type: DEFAULT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.auth_rate_limits ALTER COLUMN id SET DEFAULT nextval('users.auth_rate_limits_id_seq'::regclass);


--
-- Name: email_tokens id; Type: DEFAULT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.email_tokens ALTER COLUMN id SET DEFAULT nextval('users.email_tokens_id_seq'::regclass);


--
-- Name: entries entries_pkey; Type: CONSTRAINT; Schema: audit; Owner: -
--

ALTER TABLE ONLY audit.entries
    ADD CONSTRAINT entries_pkey PRIMARY KEY (id);


--
-- Name: command_syncs command_syncs_pkey; Type: CONSTRAINT; Schema: bot; Owner: -
--

ALTER TABLE ONLY bot.command_syncs
    ADD CONSTRAINT command_syncs_pkey PRIMARY KEY (application_id, guild_id);


--
-- Name: clan_members clan_members_pk; Type: CONSTRAINT; Schema: clan; Owner: -
--

ALTER TABLE ONLY clan.clan_members
    ADD CONSTRAINT clan_members_pk PRIMARY KEY (group_id, membership_id);


--
-- Name: clan clan_pk; Type: CONSTRAINT; Schema: clan; Owner: -
--

ALTER TABLE ONLY clan.clan
    ADD CONSTRAINT clan_pk PRIMARY KEY (group_id);


--
-- Name: current current_pkey; Type: CONSTRAINT; Schema: completions; Owner: -
--

ALTER TABLE ONLY completions.current
    ADD CONSTRAINT current_pkey PRIMARY KEY (map_id, user_id) INCLUDE (id, "time", partial, legacy);


--
-- Name: totals totals_pkey; Type: CONSTRAINT; Schema: completions; Owner: -
--

ALTER TABLE ONLY completions.totals
    ADD CONSTRAINT totals_pkey PRIMARY KEY (map_id);


--
-- Name: upvotes upvotes_message_id_user_id_key; Type: CONSTRAINT; Schema: completions; Owner: -
--

ALTER TABLE ONLY completions.upvotes
    ADD CONSTRAINT upvotes_message_id_user_id_key UNIQUE (message_id, user_id);


--
-- Name: upvotes upvotes_pkey; Type: CONSTRAINT; Schema: completions; Owner: -
--

ALTER TABLE ONLY completions.upvotes
    ADD CONSTRAINT upvotes_pkey PRIMARY KEY (id);


--
-- Name: movement_tech_categories movement_tech_categories_name_key; Type: CONSTRAINT; Schema: content; Owner: -
--

ALTER TABLE ONLY content.movement_tech_categories
    ADD CONSTRAINT movement_tech_categories_name_key UNIQUE (name);


--
-- Name: movement_tech_categories movement_tech_categories_pkey; Type: CONSTRAINT; Schema: content; Owner: -
--

ALTER TABLE ONLY content.movement_tech_categories
    ADD CONSTRAINT movement_tech_categories_pkey PRIMARY KEY (id);


--
-- Name: movement_tech_difficulties movement_tech_difficulties_name_key; Type: CONSTRAINT; Schema: content; Owner: -
--

ALTER TABLE ONLY content.movement_tech_difficulties
    ADD CONSTRAINT movement_tech_difficulties_name_key UNIQUE (name);


--
-- Name: movement_tech_difficulties movement_tech_difficulties_pkey; Type: CONSTRAINT; Schema: content; Owner: -
--

ALTER TABLE ONLY content.movement_tech_difficulties
    ADD CONSTRAINT movement_tech_difficulties_pkey PRIMARY KEY (id);


--
-- Name: movement_tech_tips movement_tech_tips_pkey; Type: CONSTRAINT; Schema: content; Owner: -
--

ALTER TABLE ONLY content.movement_tech_tips
    ADD CONSTRAINT movement_tech_tips_pkey PRIMARY KEY (id);


--
-- Name: movement_tech_videos movement_tech_videos_pkey; Type: CONSTRAINT; Schema: content; Owner: -
--

ALTER TABLE ONLY content.movement_tech_videos
    ADD CONSTRAINT movement_tech_videos_pkey PRIMARY KEY (id);


--
-- Name: movement_techniques movement_techniques_pkey; Type: CONSTRAINT; Schema: content; Owner: -
--

ALTER TABLE ONLY content.movement_techniques
    ADD CONSTRAINT movement_techniques_pkey PRIMARY KEY (id);


--
-- Name: completions completions_map_id_user_id_inserted_at_key; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.completions
    ADD CONSTRAINT completions_map_id_user_id_inserted_at_key UNIQUE (map_id, user_id, inserted_at);


--
-- Name: completions completions_message_id_key; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.completions
    ADD CONSTRAINT completions_message_id_key UNIQUE (message_id);


--
-- Name: completions completions_pkey; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.completions
    ADD CONSTRAINT completions_pkey PRIMARY KEY (id);


--
-- Name: instance instance_pk; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.instance
    ADD CONSTRAINT instance_pk PRIMARY KEY (instance_id);


--
-- Name: instance_player instance_player_pk; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.instance_player
    ADD CONSTRAINT instance_player_pk PRIMARY KEY (instance_id, membership_id);


--
-- Name: maps maps_code_key; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.maps
    ADD CONSTRAINT maps_code_key UNIQUE (code);


--
-- Name: maps maps_pkey; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.maps
    ADD CONSTRAINT maps_pkey PRIMARY KEY (id);


--
-- Name: player player_pk; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.player
    ADD CONSTRAINT player_pk PRIMARY KEY (membership_id);


--
-- Name: player_stats player_stats_pk; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.player_stats
    ADD CONSTRAINT player_stats_pk PRIMARY KEY (membership_id, activity_id);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: gaps gaps_pk; Type: CONSTRAINT; Schema: crawl; Owner: -
--

ALTER TABLE ONLY crawl.gaps
    ADD CONSTRAINT gaps_pk PRIMARY KEY (first_id);


--
-- Name: missed missed_pk; Type: CONSTRAINT; Schema: crawl; Owner: -
--

ALTER TABLE ONLY crawl.missed
    ADD CONSTRAINT missed_pk PRIMARY KEY (instance_id);


--
-- Name: permits permits_pk; Type: CONSTRAINT; Schema: crawl; Owner: -
--

ALTER TABLE ONLY crawl.permits
    ADD CONSTRAINT permits_pk PRIMARY KEY (host, address);


--
-- Name: position position_pk; Type: CONSTRAINT; Schema: crawl; Owner: -
--

ALTER TABLE ONLY crawl."position"
    ADD CONSTRAINT position_pk PRIMARY KEY (only_one);


--
-- Name: shown shown_pk; Type: CONSTRAINT; Schema: crawl; Owner: -
--

ALTER TABLE ONLY crawl.shown
    ADD CONSTRAINT shown_pk PRIMARY KEY (instance_id);


--
-- Name: activity_definition activity_definition_pk; Type: CONSTRAINT; Schema: definitions; Owner: -
--

ALTER TABLE ONLY definitions.activity_definition
    ADD CONSTRAINT activity_definition_pk PRIMARY KEY (id);


--
-- Name: activity_feat_definition activity_feat_definition_pk; Type: CONSTRAINT; Schema: definitions; Owner: -
--

ALTER TABLE ONLY definitions.activity_feat_definition
    ADD CONSTRAINT activity_feat_definition_pk PRIMARY KEY (hash);


--
-- Name: activity_version activity_version_pk; Type: CONSTRAINT; Schema: definitions; Owner: -
--

ALTER TABLE ONLY definitions.activity_version
    ADD CONSTRAINT activity_version_pk PRIMARY KEY (hash);


--
-- Name: class_definition class_definition_pk; Type: CONSTRAINT; Schema: definitions; Owner: -
--

ALTER TABLE ONLY definitions.class_definition
    ADD CONSTRAINT class_definition_pk PRIMARY KEY (hash);


--
-- Name: manifest manifest_pk; Type: CONSTRAINT; Schema: definitions; Owner: -
--

ALTER TABLE ONLY definitions.manifest
    ADD CONSTRAINT manifest_pk PRIMARY KEY (only_one);


--
-- Name: season season_pk; Type: CONSTRAINT; Schema: definitions; Owner: -
--

ALTER TABLE ONLY definitions.season
    ADD CONSTRAINT season_pk PRIMARY KEY (id);


--
-- Name: version_definition version_definition_pk; Type: CONSTRAINT; Schema: definitions; Owner: -
--

ALTER TABLE ONLY definitions.version_definition
    ADD CONSTRAINT version_definition_pk PRIMARY KEY (id);


--
-- Name: weapon_definition weapon_definition_pk; Type: CONSTRAINT; Schema: definitions; Owner: -
--

ALTER TABLE ONLY definitions.weapon_definition
    ADD CONSTRAINT weapon_definition_pk PRIMARY KEY (hash);


--
-- Name: instance_character instance_character_pk; Type: CONSTRAINT; Schema: extended; Owner: -
--

ALTER TABLE ONLY extended.instance_character
    ADD CONSTRAINT instance_character_pk PRIMARY KEY (instance_id, membership_id, character_id);


--
-- Name: instance_character_weapon instance_character_weapon_pk; Type: CONSTRAINT; Schema: extended; Owner: -
--

ALTER TABLE ONLY extended.instance_character_weapon
    ADD CONSTRAINT instance_character_weapon_pk PRIMARY KEY (instance_id, membership_id, character_id, weapon_hash);


--
-- Name: blacklist_instance blacklist_instance_pk; Type: CONSTRAINT; Schema: flagging; Owner: -
--

ALTER TABLE ONLY flagging.blacklist_instance
    ADD CONSTRAINT blacklist_instance_pk PRIMARY KEY (instance_id);


--
-- Name: blacklist_instance_player blacklist_instance_player_pk; Type: CONSTRAINT; Schema: flagging; Owner: -
--

ALTER TABLE ONLY flagging.blacklist_instance_player
    ADD CONSTRAINT blacklist_instance_player_pk PRIMARY KEY (instance_id, membership_id);


--
-- Name: flag_instance flag_instance_pk; Type: CONSTRAINT; Schema: flagging; Owner: -
--

ALTER TABLE ONLY flagging.flag_instance
    ADD CONSTRAINT flag_instance_pk PRIMARY KEY (instance_id, cheat_check_version);


--
-- Name: flag_instance_player flag_instance_player_pk; Type: CONSTRAINT; Schema: flagging; Owner: -
--

ALTER TABLE ONLY flagging.flag_instance_player
    ADD CONSTRAINT flag_instance_player_pk PRIMARY KEY (instance_id, membership_id, cheat_check_version);


--
-- Name: key_types lootbox_box_types_pkey; Type: CONSTRAINT; Schema: lootbox; Owner: -
--

ALTER TABLE ONLY lootbox.key_types
    ADD CONSTRAINT lootbox_box_types_pkey PRIMARY KEY (name);


--
-- Name: offers offers_pkey; Type: CONSTRAINT; Schema: lootbox; Owner: -
--

ALTER TABLE ONLY lootbox.offers
    ADD CONSTRAINT offers_pkey PRIMARY KEY (id);


--
-- Name: rarities rarities_pkey; Type: CONSTRAINT; Schema: lootbox; Owner: -
--

ALTER TABLE ONLY lootbox.rarities
    ADD CONSTRAINT rarities_pkey PRIMARY KEY (name);


--
-- Name: reward_types reward_types_pkey; Type: CONSTRAINT; Schema: lootbox; Owner: -
--

ALTER TABLE ONLY lootbox.reward_types
    ADD CONSTRAINT reward_types_pkey PRIMARY KEY (name, type, key_type);


--
-- Name: xp xp_pkey; Type: CONSTRAINT; Schema: lootbox; Owner: -
--

ALTER TABLE ONLY lootbox.xp
    ADD CONSTRAINT xp_pkey PRIMARY KEY (user_id);


--
-- Name: card_texts card_texts_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.card_texts
    ADD CONSTRAINT card_texts_pkey PRIMARY KEY (map_id);


--
-- Name: clicks clicks_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.clicks
    ADD CONSTRAINT clicks_pkey PRIMARY KEY (id);


--
-- Name: creators creators_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.creators
    ADD CONSTRAINT creators_pkey PRIMARY KEY (map_id, user_id);


--
-- Name: details details_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.details
    ADD CONSTRAINT details_pkey PRIMARY KEY (map_id);


--
-- Name: edit_requests edit_requests_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.edit_requests
    ADD CONSTRAINT edit_requests_pkey PRIMARY KEY (id);


--
-- Name: guides guides_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.guides
    ADD CONSTRAINT guides_pkey PRIMARY KEY (id);


--
-- Name: guides guides_user_id_map_id_unique; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.guides
    ADD CONSTRAINT guides_user_id_map_id_unique UNIQUE (user_id, map_id);


--
-- Name: mastery map_mastery_pk; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.mastery
    ADD CONSTRAINT map_mastery_pk PRIMARY KEY (user_id, map_name);


--
-- Name: mechanic_links mechanic_links_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.mechanic_links
    ADD CONSTRAINT mechanic_links_pkey PRIMARY KEY (map_id, mechanic_id);


--
-- Name: mechanics mechanics_name_key; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.mechanics
    ADD CONSTRAINT mechanics_name_key UNIQUE (name);


--
-- Name: mechanics mechanics_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.mechanics
    ADD CONSTRAINT mechanics_pkey PRIMARY KEY (id);


--
-- Name: mechanics mechanics_position_key; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.mechanics
    ADD CONSTRAINT mechanics_position_key UNIQUE ("position");


--
-- Name: medals medals_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.medals
    ADD CONSTRAINT medals_pkey PRIMARY KEY (map_id);


--
-- Name: names names_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.names
    ADD CONSTRAINT names_pkey PRIMARY KEY (name);


--
-- Name: rating_totals rating_totals_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.rating_totals
    ADD CONSTRAINT rating_totals_pkey PRIMARY KEY (map_id);


--
-- Name: ratings ratings_map_id_user_id_key; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.ratings
    ADD CONSTRAINT ratings_map_id_user_id_key UNIQUE (map_id, user_id);


--
-- Name: ratings ratings_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.ratings
    ADD CONSTRAINT ratings_pkey PRIMARY KEY (id);


--
-- Name: restriction_links restriction_links_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.restriction_links
    ADD CONSTRAINT restriction_links_pkey PRIMARY KEY (map_id, restriction_id);


--
-- Name: restrictions restrictions_name_key; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.restrictions
    ADD CONSTRAINT restrictions_name_key UNIQUE (name);


--
-- Name: restrictions restrictions_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.restrictions
    ADD CONSTRAINT restrictions_pkey PRIMARY KEY (id);


--
-- Name: restrictions restrictions_position_key; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.restrictions
    ADD CONSTRAINT restrictions_position_key UNIQUE ("position");


--
-- Name: searchable searchable_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.searchable
    ADD CONSTRAINT searchable_pkey PRIMARY KEY (map_id);


--
-- Name: tag_links tag_links_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.tag_links
    ADD CONSTRAINT tag_links_pkey PRIMARY KEY (map_id, tag_id);


--
-- Name: tags tags_name_key; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.tags
    ADD CONSTRAINT tags_name_key UNIQUE (name);


--
-- Name: tags tags_pkey; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.tags
    ADD CONSTRAINT tags_pkey PRIMARY KEY (id);


--
-- Name: tags tags_position_key; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.tags
    ADD CONSTRAINT tags_position_key UNIQUE ("position");


--
-- Name: clicks u_click_unique_per_day; Type: CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.clicks
    ADD CONSTRAINT u_click_unique_per_day UNIQUE (map_id, ip_hash, day_bucket);


--
-- Name: alerts alerts_pkey; Type: CONSTRAINT; Schema: messages; Owner: -
--

ALTER TABLE ONLY messages.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (queue, error);


--
-- Name: dead_letter_actions dead_letter_actions_pkey; Type: CONSTRAINT; Schema: messages; Owner: -
--

ALTER TABLE ONLY messages.dead_letter_actions
    ADD CONSTRAINT dead_letter_actions_pkey PRIMARY KEY (id);


--
-- Name: dead_letters dead_letters_pkey; Type: CONSTRAINT; Schema: messages; Owner: -
--

ALTER TABLE ONLY messages.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (id);


--
-- Name: failures failures_pkey; Type: CONSTRAINT; Schema: messages; Owner: -
--

ALTER TABLE ONLY messages.failures
    ADD CONSTRAINT failures_pkey PRIMARY KEY (id);


--
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: messages; Owner: -
--

ALTER TABLE ONLY messages.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, message_id);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: messages; Owner: -
--

ALTER TABLE ONLY messages.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (message_id);


--
-- Name: delivery_log delivery_log_event_id_channel_key; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.delivery_log
    ADD CONSTRAINT delivery_log_event_id_channel_key UNIQUE (event_id, channel);


--
-- Name: delivery_log delivery_log_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.delivery_log
    ADD CONSTRAINT delivery_log_pkey PRIMARY KEY (id);


--
-- Name: events events_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);


--
-- Name: preferences preferences_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.preferences
    ADD CONSTRAINT preferences_pkey PRIMARY KEY (user_id, event_type, channel);


--
-- Name: deprecated_count deprecated_count_pkey; Type: CONSTRAINT; Schema: playtests; Owner: -
--

ALTER TABLE ONLY playtests.deprecated_count
    ADD CONSTRAINT deprecated_count_pkey PRIMARY KEY (user_id);


--
-- Name: meta meta_pkey; Type: CONSTRAINT; Schema: playtests; Owner: -
--

ALTER TABLE ONLY playtests.meta
    ADD CONSTRAINT meta_pkey PRIMARY KEY (id, map_id);


--
-- Name: meta meta_thread_id_key; Type: CONSTRAINT; Schema: playtests; Owner: -
--

ALTER TABLE ONLY playtests.meta
    ADD CONSTRAINT meta_thread_id_key UNIQUE (thread_id);


--
-- Name: stale_alerts stale_alerts_pkey; Type: CONSTRAINT; Schema: playtests; Owner: -
--

ALTER TABLE ONLY playtests.stale_alerts
    ADD CONSTRAINT stale_alerts_pkey PRIMARY KEY (user_id, map_id);


--
-- Name: votes votes_pkey; Type: CONSTRAINT; Schema: playtests; Owner: -
--

ALTER TABLE ONLY playtests.votes
    ADD CONSTRAINT votes_pkey PRIMARY KEY (id);


--
-- Name: analytics analytics_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.analytics
    ADD CONSTRAINT analytics_pkey PRIMARY KEY (command_name, user_id, created_at);


--
-- Name: api_tokens api_tokens_api_key_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_api_key_key UNIQUE (api_key);


--
-- Name: api_tokens api_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);


--
-- Name: auth_users auth_users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_users
    ADD CONSTRAINT auth_users_pkey PRIMARY KEY (id);


--
-- Name: change_requests change_requests_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.change_requests
    ADD CONSTRAINT change_requests_pkey PRIMARY KEY (thread_id);


--
-- Name: jobs jobs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);


--
-- Name: newsfeed newsfeed_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.newsfeed
    ADD CONSTRAINT newsfeed_pkey PRIMARY KEY (id);


--
-- Name: processed_messages processed_messages_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.processed_messages
    ADD CONSTRAINT processed_messages_pkey PRIMARY KEY (idempotency_key);


--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);


--
-- Name: tag_lookup tag_lookup_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tag_lookup
    ADD CONSTRAINT tag_lookup_pkey PRIMARY KEY (id);


--
-- Name: tags tags_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tags
    ADD CONSTRAINT tags_pkey PRIMARY KEY (id);


--
-- Name: avatar rank_card_avatar_pk; Type: CONSTRAINT; Schema: rank_card; Owner: -
--

ALTER TABLE ONLY rank_card.avatar
    ADD CONSTRAINT rank_card_avatar_pk PRIMARY KEY (user_id);


--
-- Name: background rank_card_background_pk; Type: CONSTRAINT; Schema: rank_card; Owner: -
--

ALTER TABLE ONLY rank_card.background
    ADD CONSTRAINT rank_card_background_pk PRIMARY KEY (user_id);


--
-- Name: badges rank_card_badges_pk; Type: CONSTRAINT; Schema: rank_card; Owner: -
--

ALTER TABLE ONLY rank_card.badges
    ADD CONSTRAINT rank_card_badges_pk PRIMARY KEY (user_id);


--
-- Name: leaders leaders_pkey; Type: CONSTRAINT; Schema: ranks; Owner: -
--

ALTER TABLE ONLY ranks.leaders
    ADD CONSTRAINT leaders_pkey PRIMARY KEY (map_id);


--
-- Name: pending pending_pkey; Type: CONSTRAINT; Schema: ranks; Owner: -
--

ALTER TABLE ONLY ranks.pending
    ADD CONSTRAINT pending_pkey PRIMARY KEY (transaction, user_id);


--
-- Name: players players_pkey; Type: CONSTRAINT; Schema: ranks; Owner: -
--

ALTER TABLE ONLY ranks.players
    ADD CONSTRAINT players_pkey PRIMARY KEY (user_id);


--
-- Name: skill_ranks skill_ranks_difficulty_key; Type: CONSTRAINT; Schema: ranks; Owner: -
--

ALTER TABLE ONLY ranks.skill_ranks
    ADD CONSTRAINT skill_ranks_difficulty_key UNIQUE (difficulty);


--
-- Name: skill_ranks skill_ranks_name_key; Type: CONSTRAINT; Schema: ranks; Owner: -
--

ALTER TABLE ONLY ranks.skill_ranks
    ADD CONSTRAINT skill_ranks_name_key UNIQUE (name);


--
-- Name: skill_ranks skill_ranks_pkey; Type: CONSTRAINT; Schema: ranks; Owner: -
--

ALTER TABLE ONLY ranks.skill_ranks
    ADD CONSTRAINT skill_ranks_pkey PRIMARY KEY ("position");


--
-- Name: skill_tiers skill_tiers_pkey; Type: CONSTRAINT; Schema: ranks; Owner: -
--

ALTER TABLE ONLY ranks.skill_tiers
    ADD CONSTRAINT skill_tiers_pkey PRIMARY KEY (tier);


--
-- Name: pgcr pgcr_pk; Type: CONSTRAINT; Schema: raw; Owner: -
--

ALTER TABLE ONLY raw.pgcr
    ADD CONSTRAINT pgcr_pk PRIMARY KEY (instance_id);


--
-- Name: score_change score_change_pkey; Type: CONSTRAINT; Schema: skill; Owner: -
--

ALTER TABLE ONLY skill.score_change
    ADD CONSTRAINT score_change_pkey PRIMARY KEY (change_id);


--
-- Name: score_history score_history_pkey; Type: CONSTRAINT; Schema: skill; Owner: -
--

ALTER TABLE ONLY skill.score_history
    ADD CONSTRAINT score_history_pkey PRIMARY KEY (user_id, captured_at);


--
-- Name: snapshot snapshot_pkey; Type: CONSTRAINT; Schema: skill; Owner: -
--

ALTER TABLE ONLY skill.snapshot
    ADD CONSTRAINT snapshot_pkey PRIMARY KEY (user_id);


--
-- Name: tier_config tier_config_pkey; Type: CONSTRAINT; Schema: skill; Owner: -
--

ALTER TABLE ONLY skill.tier_config
    ADD CONSTRAINT tier_config_pkey PRIMARY KEY (id);


--
-- Name: weight_config weight_config_pkey; Type: CONSTRAINT; Schema: skill; Owner: -
--

ALTER TABLE ONLY skill.weight_config
    ADD CONSTRAINT weight_config_pkey PRIMARY KEY (id);


--
-- Name: config config_pkey; Type: CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.config
    ADD CONSTRAINT config_pkey PRIMARY KEY (id);


--
-- Name: purchases purchases_pkey; Type: CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.purchases
    ADD CONSTRAINT purchases_pkey PRIMARY KEY (id);


--
-- Name: quest_config quest_config_pkey; Type: CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.quest_config
    ADD CONSTRAINT quest_config_pkey PRIMARY KEY (id);


--
-- Name: quest_rotation quest_rotation_pkey; Type: CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.quest_rotation
    ADD CONSTRAINT quest_rotation_pkey PRIMARY KEY (id);


--
-- Name: quests quests_pkey; Type: CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.quests
    ADD CONSTRAINT quests_pkey PRIMARY KEY (id);


--
-- Name: rotations rotations_pkey; Type: CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.rotations
    ADD CONSTRAINT rotations_pkey PRIMARY KEY (id);


--
-- Name: rotations unique_rotation_item; Type: CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.rotations
    ADD CONSTRAINT unique_rotation_item UNIQUE (rotation_id, item_name, item_type, key_type);


--
-- Name: user_quest_progress user_quest_progress_pkey; Type: CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.user_quest_progress
    ADD CONSTRAINT user_quest_progress_pkey PRIMARY KEY (id);


--
-- Name: categories categories_name_key; Type: CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.categories
    ADD CONSTRAINT categories_name_key UNIQUE (name);


--
-- Name: categories categories_pkey; Type: CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.categories
    ADD CONSTRAINT categories_pkey PRIMARY KEY (id);


--
-- Name: completions completions_cycle_id_user_id_inserted_at_key; Type: CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.completions
    ADD CONSTRAINT completions_cycle_id_user_id_inserted_at_key UNIQUE (cycle_id, user_id, inserted_at);


--
-- Name: completions completions_pkey; Type: CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.completions
    ADD CONSTRAINT completions_pkey PRIMARY KEY (id);


--
-- Name: config config_pkey; Type: CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.config
    ADD CONSTRAINT config_pkey PRIMARY KEY (id);


--
-- Name: cycles cycles_pkey; Type: CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.cycles
    ADD CONSTRAINT cycles_pkey PRIMARY KEY (id);


--
-- Name: editions editions_pkey; Type: CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.editions
    ADD CONSTRAINT editions_pkey PRIMARY KEY (id);


--
-- Name: pending_transitions pending_transitions_pkey; Type: CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.pending_transitions
    ADD CONSTRAINT pending_transitions_pkey PRIMARY KEY (id);


--
-- Name: streaks streaks_pkey; Type: CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.streaks
    ADD CONSTRAINT streaks_pkey PRIMARY KEY (id);


--
-- Name: xp_grants xp_grants_cycle_id_user_id_reason_key; Type: CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.xp_grants
    ADD CONSTRAINT xp_grants_cycle_id_user_id_reason_key UNIQUE (cycle_id, user_id, reason);


--
-- Name: xp_grants xp_grants_pkey; Type: CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.xp_grants
    ADD CONSTRAINT xp_grants_pkey PRIMARY KEY (id);


--
-- Name: auth_rate_limits auth_rate_limits_pkey; Type: CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.auth_rate_limits
    ADD CONSTRAINT auth_rate_limits_pkey PRIMARY KEY (id);


--
-- Name: email_auth email_auth_pkey; Type: CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.email_auth
    ADD CONSTRAINT email_auth_pkey PRIMARY KEY (user_id);


--
-- Name: email_tokens email_tokens_pkey; Type: CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.email_tokens
    ADD CONSTRAINT email_tokens_pkey PRIMARY KEY (id);


--
-- Name: merges merges_pkey; Type: CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.merges
    ADD CONSTRAINT merges_pkey PRIMARY KEY (id);


--
-- Name: notification_settings notification_settings_pkey; Type: CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.notification_settings
    ADD CONSTRAINT notification_settings_pkey PRIMARY KEY (user_id);


--
-- Name: overwatch_usernames overwatch_usernames_pkey; Type: CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.overwatch_usernames
    ADD CONSTRAINT overwatch_usernames_pkey PRIMARY KEY (id);


--
-- Name: overwatch_usernames overwatch_usernames_user_id_username_key; Type: CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.overwatch_usernames
    ADD CONSTRAINT overwatch_usernames_user_id_username_key UNIQUE (user_id, username);


--
-- Name: remember_tokens remember_tokens_pkey; Type: CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.remember_tokens
    ADD CONSTRAINT remember_tokens_pkey PRIMARY KEY (id);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);


--
-- Name: suspicious_flags suspicious_flags_pkey; Type: CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.suspicious_flags
    ADD CONSTRAINT suspicious_flags_pkey PRIMARY KEY (id);


--
-- Name: answers answers_pkey; Type: CONSTRAINT; Schema: web; Owner: -
--

ALTER TABLE ONLY web.answers
    ADD CONSTRAINT answers_pkey PRIMARY KEY (id);


--
-- Name: entries_subject_idx; Type: INDEX; Schema: audit; Owner: -
--

CREATE INDEX entries_subject_idx ON audit.entries USING btree (subject_id, action);


--
-- Name: clan_members_membership_id_idx; Type: INDEX; Schema: clan; Owner: -
--

CREATE INDEX clan_members_membership_id_idx ON clan.clan_members USING btree (membership_id);


--
-- Name: current_board_idx; Type: INDEX; Schema: completions; Owner: -
--

CREATE INDEX current_board_idx ON completions.current USING btree (map_id, legacy, partial, "time", inserted_at, id);


--
-- Name: current_player_idx; Type: INDEX; Schema: completions; Owner: -
--

CREATE INDEX current_player_idx ON completions.current USING btree (user_id, raw_difficulty, partial, "time", id) INCLUDE (map_id, legacy, difficulty, official, playable, medal);


--
-- Name: idx_upvotes_inserted_at; Type: INDEX; Schema: completions; Owner: -
--

CREATE INDEX idx_upvotes_inserted_at ON completions.upvotes USING btree (inserted_at);


--
-- Name: idx_movement_tech_tips_technique_id; Type: INDEX; Schema: content; Owner: -
--

CREATE INDEX idx_movement_tech_tips_technique_id ON content.movement_tech_tips USING btree (technique_id);


--
-- Name: idx_movement_tech_videos_technique_id; Type: INDEX; Schema: content; Owner: -
--

CREATE INDEX idx_movement_tech_videos_technique_id ON content.movement_tech_videos USING btree (technique_id);


--
-- Name: idx_movement_techniques_category_id; Type: INDEX; Schema: content; Owner: -
--

CREATE INDEX idx_movement_techniques_category_id ON content.movement_techniques USING btree (category_id);


--
-- Name: idx_movement_techniques_difficulty_id; Type: INDEX; Schema: content; Owner: -
--

CREATE INDEX idx_movement_techniques_difficulty_id ON content.movement_techniques USING btree (difficulty_id);


--
-- Name: completions_recent_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX completions_recent_idx ON core.completions USING btree (inserted_at, id) INCLUDE (map_id, message_id) WHERE (verified AND (NOT COALESCE(legacy, false)));


--
-- Name: completions_verification_id_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX completions_verification_id_idx ON core.completions USING btree (verification_id) WHERE (verification_id IS NOT NULL);


--
-- Name: completions_waiting_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX completions_waiting_idx ON core.completions USING btree (id) INCLUDE (verification_id) WHERE ((NOT verified) AND (verified_by IS NULL) AND (verification_id IS NOT NULL));


--
-- Name: idx_completions_nonlegacy_best; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_completions_nonlegacy_best ON core.completions USING btree (user_id, map_id, "time") WHERE (legacy = false);


--
-- Name: idx_completions_tournament_completion_id; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_completions_tournament_completion_id ON core.completions USING btree (tournament_completion_id) WHERE (tournament_completion_id IS NOT NULL);


--
-- Name: idx_completions_verified_nonlegacy_pair; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_completions_verified_nonlegacy_pair ON core.completions USING btree (user_id, map_id) WHERE ((verified = true) AND (legacy = false));


--
-- Name: idx_maps_archived; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_maps_archived ON core.maps USING btree (archived);


--
-- Name: idx_maps_category; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_maps_category ON core.maps USING btree (category);


--
-- Name: idx_maps_difficulty; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_maps_difficulty ON core.maps USING btree (difficulty);


--
-- Name: idx_maps_official; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_maps_official ON core.maps USING btree (official);


--
-- Name: idx_maps_playtesting; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_maps_playtesting ON core.maps USING btree (playtesting);


--
-- Name: idx_maps_raw_difficulty; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_maps_raw_difficulty ON core.maps USING btree (raw_difficulty);


--
-- Name: idx_records_inserted_at; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_records_inserted_at ON core.completions USING btree (inserted_at);


--
-- Name: idx_records_map_id; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_records_map_id ON core.completions USING btree (map_id);


--
-- Name: idx_records_map_user_date; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_records_map_user_date ON core.completions USING btree (map_id, user_id, inserted_at DESC);


--
-- Name: idx_records_user_date; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_records_user_date ON core.completions USING btree (user_id, inserted_at);


--
-- Name: idx_users_global_name_trgm; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_users_global_name_trgm ON core.users USING gin (global_name public.gin_trgm_ops);


--
-- Name: idx_users_is_mod; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_users_is_mod ON core.users USING btree (is_mod) WHERE (is_mod = true);


--
-- Name: idx_users_nickname_trgm; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX idx_users_nickname_trgm ON core.users USING gin (nickname public.gin_trgm_ops);


--
-- Name: instance_completed_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX instance_completed_idx ON core.instance USING btree (hash, date_completed) WHERE completed;


--
-- Name: instance_lowman_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX instance_lowman_idx ON core.instance USING btree (hash, player_count, fresh, flawless) WHERE (completed AND ((player_count <= 3) OR flawless));


--
-- Name: instance_player_first_clear_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX instance_player_first_clear_idx ON core.instance_player USING btree (membership_id) INCLUDE (instance_id) WHERE is_first_clear;


--
-- Name: instance_player_membership_id_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX instance_player_membership_id_idx ON core.instance_player USING btree (membership_id);


--
-- Name: instance_score_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX instance_score_idx ON core.instance USING btree (hash, score DESC) WHERE (completed AND fresh AND (score > 0));


--
-- Name: instance_speedrun_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX instance_speedrun_idx ON core.instance USING btree (hash, duration) WHERE (completed AND fresh);


--
-- Name: maps_checkpoints_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX maps_checkpoints_idx ON core.maps USING btree (checkpoints);


--
-- Name: maps_code_keys_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX maps_code_keys_idx ON core.maps USING gin (maps.code_keys(code));


--
-- Name: maps_code_nearest_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX maps_code_nearest_idx ON core.maps USING gist (((code || ''::text)) public.gist_trgm_ops (siglen='256'));


--
-- Name: maps_map_name_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX maps_map_name_idx ON core.maps USING btree (map_name);


--
-- Name: maps_title_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX maps_title_idx ON core.maps USING btree (title);


--
-- Name: maps_without_code_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX maps_without_code_idx ON core.maps USING btree (id) WHERE (code IS NULL);


--
-- Name: player_bungie_name_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX player_bungie_name_idx ON core.player USING btree (lower(bungie_name) text_pattern_ops, _search_score DESC);


--
-- Name: player_clears_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX player_clears_idx ON core.player USING btree (clears DESC, membership_id);


--
-- Name: player_display_name_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX player_display_name_idx ON core.player USING btree (lower(display_name) text_pattern_ops, _search_score DESC);


--
-- Name: users_global_name_nearest_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX users_global_name_nearest_idx ON core.users USING gist (global_name public.gist_trgm_ops (siglen='1024'));


--
-- Name: users_nickname_nearest_idx; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX users_nickname_nearest_idx ON core.users USING gist (nickname public.gist_trgm_ops (siglen='1024'));


--
-- Name: missed_due_at_idx; Type: INDEX; Schema: crawl; Owner: -
--

CREATE INDEX missed_due_at_idx ON crawl.missed USING btree (due_at) WHERE (state = 'missed'::crawl.missed_state);


--
-- Name: shown_shown_at_idx; Type: INDEX; Schema: crawl; Owner: -
--

CREATE INDEX shown_shown_at_idx ON crawl.shown USING btree (shown_at);


--
-- Name: activity_version_activity_id_idx; Type: INDEX; Schema: definitions; Owner: -
--

CREATE INDEX activity_version_activity_id_idx ON definitions.activity_version USING btree (activity_id);


--
-- Name: activity_version_version_id_idx; Type: INDEX; Schema: definitions; Owner: -
--

CREATE INDEX activity_version_version_id_idx ON definitions.activity_version USING btree (version_id);


--
-- Name: season_start_date_idx; Type: INDEX; Schema: definitions; Owner: -
--

CREATE INDEX season_start_date_idx ON definitions.season USING btree (start_date DESC);


--
-- Name: instance_character_membership_id_idx; Type: INDEX; Schema: extended; Owner: -
--

CREATE INDEX instance_character_membership_id_idx ON extended.instance_character USING btree (membership_id);


--
-- Name: blacklist_instance_player_membership_id_idx; Type: INDEX; Schema: flagging; Owner: -
--

CREATE INDEX blacklist_instance_player_membership_id_idx ON flagging.blacklist_instance_player USING btree (membership_id);


--
-- Name: flag_instance_flagged_at_idx; Type: INDEX; Schema: flagging; Owner: -
--

CREATE INDEX flag_instance_flagged_at_idx ON flagging.flag_instance USING btree (flagged_at DESC);


--
-- Name: flag_instance_player_flagged_at_idx; Type: INDEX; Schema: flagging; Owner: -
--

CREATE INDEX flag_instance_player_flagged_at_idx ON flagging.flag_instance_player USING btree (flagged_at DESC);


--
-- Name: flag_instance_player_membership_id_idx; Type: INDEX; Schema: flagging; Owner: -
--

CREATE INDEX flag_instance_player_membership_id_idx ON flagging.flag_instance_player USING btree (membership_id);


--
-- Name: clan_leaderboard_group_id_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX clan_leaderboard_group_id_key ON leaderboard.clan_leaderboard USING btree (group_id);


--
-- Name: individual_global_leaderboard_clears_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_global_leaderboard_clears_key ON leaderboard.individual_global_leaderboard USING btree (clears_position);


--
-- Name: individual_global_leaderboard_fresh_clears_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_global_leaderboard_fresh_clears_key ON leaderboard.individual_global_leaderboard USING btree (fresh_clears_position);


--
-- Name: individual_global_leaderboard_membership_id_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_global_leaderboard_membership_id_key ON leaderboard.individual_global_leaderboard USING btree (membership_id);


--
-- Name: individual_global_leaderboard_sherpas_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_global_leaderboard_sherpas_key ON leaderboard.individual_global_leaderboard USING btree (sherpas_position);


--
-- Name: individual_global_leaderboard_speed_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_global_leaderboard_speed_key ON leaderboard.individual_global_leaderboard USING btree (speed_position);


--
-- Name: individual_global_leaderboard_total_time_played_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_global_leaderboard_total_time_played_key ON leaderboard.individual_global_leaderboard USING btree (total_time_played_position);


--
-- Name: individual_global_leaderboard_wfr_score_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_global_leaderboard_wfr_score_key ON leaderboard.individual_global_leaderboard USING btree (wfr_score_position);


--
-- Name: individual_pantheon_version_leaderboard_clears_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_pantheon_version_leaderboard_clears_key ON leaderboard.individual_pantheon_version_leaderboard USING btree (version_id, clears_position);


--
-- Name: individual_pantheon_version_leaderboard_fresh_clears_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_pantheon_version_leaderboard_fresh_clears_key ON leaderboard.individual_pantheon_version_leaderboard USING btree (version_id, fresh_clears_position);


--
-- Name: individual_pantheon_version_leaderboard_membership_id_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_pantheon_version_leaderboard_membership_id_key ON leaderboard.individual_pantheon_version_leaderboard USING btree (membership_id, version_id);


--
-- Name: individual_pantheon_version_leaderboard_score_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_pantheon_version_leaderboard_score_key ON leaderboard.individual_pantheon_version_leaderboard USING btree (version_id, score_position);


--
-- Name: individual_raid_leaderboard_clears_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_raid_leaderboard_clears_key ON leaderboard.individual_raid_leaderboard USING btree (activity_id, clears_position);


--
-- Name: individual_raid_leaderboard_fresh_clears_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_raid_leaderboard_fresh_clears_key ON leaderboard.individual_raid_leaderboard USING btree (activity_id, fresh_clears_position);


--
-- Name: individual_raid_leaderboard_membership_id_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_raid_leaderboard_membership_id_key ON leaderboard.individual_raid_leaderboard USING btree (membership_id, activity_id);


--
-- Name: individual_raid_leaderboard_sherpas_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_raid_leaderboard_sherpas_key ON leaderboard.individual_raid_leaderboard USING btree (activity_id, sherpas_position);


--
-- Name: individual_raid_leaderboard_total_time_played_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX individual_raid_leaderboard_total_time_played_key ON leaderboard.individual_raid_leaderboard USING btree (activity_id, total_time_played_position);


--
-- Name: team_activity_version_leaderboard_instance_id_idx; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE INDEX team_activity_version_leaderboard_instance_id_idx ON leaderboard.team_activity_version_leaderboard USING btree (instance_id);


--
-- Name: team_activity_version_leaderboard_members_idx; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE INDEX team_activity_version_leaderboard_members_idx ON leaderboard.team_activity_version_leaderboard USING gin (membership_ids);


--
-- Name: team_activity_version_leaderboard_position_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX team_activity_version_leaderboard_position_key ON leaderboard.team_activity_version_leaderboard USING btree (activity_id, version_id, "position");


--
-- Name: world_first_contest_leaderboard_instance_id_key; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE UNIQUE INDEX world_first_contest_leaderboard_instance_id_key ON leaderboard.world_first_contest_leaderboard USING btree (instance_id);


--
-- Name: world_first_contest_leaderboard_members_idx; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE INDEX world_first_contest_leaderboard_members_idx ON leaderboard.world_first_contest_leaderboard USING gin (membership_ids);


--
-- Name: world_first_contest_leaderboard_rank_idx; Type: INDEX; Schema: leaderboard; Owner: -
--

CREATE INDEX world_first_contest_leaderboard_rank_idx ON leaderboard.world_first_contest_leaderboard USING btree (activity_id, "position");


--
-- Name: offers_user_id_idx; Type: INDEX; Schema: lootbox; Owner: -
--

CREATE INDEX offers_user_id_idx ON lootbox.offers USING btree (user_id);


--
-- Name: user_keys_owner_idx; Type: INDEX; Schema: lootbox; Owner: -
--

CREATE INDEX user_keys_owner_idx ON lootbox.user_keys USING btree (user_id, key_type, earned_at);


--
-- Name: user_rewards_owner_idx; Type: INDEX; Schema: lootbox; Owner: -
--

CREATE INDEX user_rewards_owner_idx ON lootbox.user_rewards USING btree (user_id, key_type, reward_type, reward_name);


--
-- Name: clicks_visitors_idx; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX clicks_visitors_idx ON maps.clicks USING btree (inserted_at) INCLUDE (map_id) WHERE (NOT superseded);


--
-- Name: guides_map_id_idx; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX guides_map_id_idx ON maps.guides USING btree (map_id);


--
-- Name: idx_clicks_map_time; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX idx_clicks_map_time ON maps.clicks USING btree (map_id, inserted_at DESC);


--
-- Name: idx_clicks_recent; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX idx_clicks_recent ON maps.clicks USING btree (inserted_at DESC);


--
-- Name: idx_creators_user_id; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX idx_creators_user_id ON maps.creators USING btree (user_id);


--
-- Name: idx_creators_user_primary; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX idx_creators_user_primary ON maps.creators USING btree (user_id, is_primary);


--
-- Name: idx_guides_map_id; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX idx_guides_map_id ON maps.guides USING btree (map_id);


--
-- Name: idx_map_edit_requests_code; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX idx_map_edit_requests_code ON maps.edit_requests USING btree (code);


--
-- Name: idx_map_edit_requests_created_by; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX idx_map_edit_requests_created_by ON maps.edit_requests USING btree (created_by);


--
-- Name: idx_map_edit_requests_message_id; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX idx_map_edit_requests_message_id ON maps.edit_requests USING btree (message_id) WHERE (message_id IS NOT NULL);


--
-- Name: idx_map_edit_requests_pending; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX idx_map_edit_requests_pending ON maps.edit_requests USING btree (accepted) WHERE (accepted IS NULL);


--
-- Name: idx_mechanic_links_mechanic_id; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX idx_mechanic_links_mechanic_id ON maps.mechanic_links USING btree (mechanic_id);


--
-- Name: idx_ratings_map_id_quality; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX idx_ratings_map_id_quality ON maps.ratings USING btree (map_id, quality);


--
-- Name: idx_ratings_map_id_quality_verified; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX idx_ratings_map_id_quality_verified ON maps.ratings USING btree (map_id, quality, verified);


--
-- Name: idx_restriction_links_restriction_id; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX idx_restriction_links_restriction_id ON maps.restriction_links USING btree (restriction_id);


--
-- Name: idx_tag_links_tag_id; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX idx_tag_links_tag_id ON maps.tag_links USING btree (tag_id);


--
-- Name: map_mastery_user_id_index; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX map_mastery_user_id_index ON maps.mastery USING btree (user_id);


--
-- Name: rating_totals_mean_first_idx; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX rating_totals_mean_first_idx ON maps.rating_totals USING btree (mean NULLS FIRST);


--
-- Name: rating_totals_mean_idx; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX rating_totals_mean_idx ON maps.rating_totals USING btree (mean);


--
-- Name: searchable_facets_idx; Type: INDEX; Schema: maps; Owner: -
--

CREATE INDEX searchable_facets_idx ON maps.searchable USING gin (facets) WITH (fastupdate=off);


--
-- Name: searchable_place_idx; Type: INDEX; Schema: maps; Owner: -
--

CREATE UNIQUE INDEX searchable_place_idx ON maps.searchable USING btree (place);


--
-- Name: dead_letters_action_id_idx; Type: INDEX; Schema: messages; Owner: -
--

CREATE INDEX dead_letters_action_id_idx ON messages.dead_letters USING btree (action_id) WHERE (action_id IS NOT NULL);


--
-- Name: dead_letters_died_at_idx; Type: INDEX; Schema: messages; Owner: -
--

CREATE INDEX dead_letters_died_at_idx ON messages.dead_letters USING btree (died_at);


--
-- Name: dead_letters_message_id_idx; Type: INDEX; Schema: messages; Owner: -
--

CREATE INDEX dead_letters_message_id_idx ON messages.dead_letters USING btree (message_id);


--
-- Name: dead_letters_queue_idx; Type: INDEX; Schema: messages; Owner: -
--

CREATE INDEX dead_letters_queue_idx ON messages.dead_letters USING btree (queue, state, id);


--
-- Name: dead_letters_queue_message_id_key; Type: INDEX; Schema: messages; Owner: -
--

CREATE UNIQUE INDEX dead_letters_queue_message_id_key ON messages.dead_letters USING btree (queue, message_id) WHERE (state = 'dead'::messages.dead_letter_state);


--
-- Name: dead_letters_replay_of_idx; Type: INDEX; Schema: messages; Owner: -
--

CREATE INDEX dead_letters_replay_of_idx ON messages.dead_letters USING btree (replay_of) WHERE (replay_of IS NOT NULL);


--
-- Name: dead_letters_state_idx; Type: INDEX; Schema: messages; Owner: -
--

CREATE INDEX dead_letters_state_idx ON messages.dead_letters USING btree (state, id);


--
-- Name: dead_letters_waiting_idx; Type: INDEX; Schema: messages; Owner: -
--

CREATE INDEX dead_letters_waiting_idx ON messages.dead_letters USING btree ("position", id) WHERE (state = 'dead'::messages.dead_letter_state);


--
-- Name: failures_failed_at_idx; Type: INDEX; Schema: messages; Owner: -
--

CREATE INDEX failures_failed_at_idx ON messages.failures USING btree (failed_at);


--
-- Name: failures_message_id_idx; Type: INDEX; Schema: messages; Owner: -
--

CREATE INDEX failures_message_id_idx ON messages.failures USING btree (message_id);


--
-- Name: inbox_applied_at_idx; Type: INDEX; Schema: messages; Owner: -
--

CREATE INDEX inbox_applied_at_idx ON messages.inbox USING btree (applied_at);


--
-- Name: outbox_due_idx; Type: INDEX; Schema: messages; Owner: -
--

CREATE INDEX outbox_due_idx ON messages.outbox USING btree (run_at, "position");


--
-- Name: outbox_order_idx; Type: INDEX; Schema: messages; Owner: -
--

CREATE INDEX outbox_order_idx ON messages.outbox USING btree (queue, order_key, "position") WHERE (order_key IS NOT NULL);


--
-- Name: sent_order_idx; Type: INDEX; Schema: messages; Owner: -
--

CREATE INDEX sent_order_idx ON messages.sent USING btree (queue, order_key, "position") WHERE (order_key IS NOT NULL);


--
-- Name: sent_returned_idx; Type: INDEX; Schema: messages; Owner: -
--

CREATE INDEX sent_returned_idx ON messages.sent USING btree (queue, order_key, "position") WHERE (returned AND (order_key IS NOT NULL));


--
-- Name: sent_sent_at_idx; Type: INDEX; Schema: messages; Owner: -
--

CREATE INDEX sent_sent_at_idx ON messages.sent USING btree (sent_at);


--
-- Name: idx_notifications_delivery_pending; Type: INDEX; Schema: notifications; Owner: -
--

CREATE INDEX idx_notifications_delivery_pending ON notifications.delivery_log USING btree (status, attempted_at) WHERE (status = 'pending'::text);


--
-- Name: idx_notifications_events_user_active; Type: INDEX; Schema: notifications; Owner: -
--

CREATE INDEX idx_notifications_events_user_active ON notifications.events USING btree (user_id, created_at DESC) WHERE (dismissed_at IS NULL);


--
-- Name: idx_notifications_events_user_unread; Type: INDEX; Schema: notifications; Owner: -
--

CREATE INDEX idx_notifications_events_user_unread ON notifications.events USING btree (user_id, created_at DESC) WHERE (read_at IS NULL);


--
-- Name: idx_notifications_preferences_user; Type: INDEX; Schema: notifications; Owner: -
--

CREATE INDEX idx_notifications_preferences_user ON notifications.preferences USING btree (user_id);


--
-- Name: uq_notifications_quest_rotation; Type: INDEX; Schema: notifications; Owner: -
--

CREATE UNIQUE INDEX uq_notifications_quest_rotation ON notifications.events USING btree (user_id, event_type, ((metadata ->> 'rotation_id'::text))) WHERE (event_type = 'quest_rotation'::text);


--
-- Name: deprecated_count_count_idx; Type: INDEX; Schema: playtests; Owner: -
--

CREATE INDEX deprecated_count_count_idx ON playtests.deprecated_count USING btree (count DESC);


--
-- Name: idx_meta_map_id; Type: INDEX; Schema: playtests; Owner: -
--

CREATE INDEX idx_meta_map_id ON playtests.meta USING btree (map_id);


--
-- Name: idx_votes_playtest_thread_id; Type: INDEX; Schema: playtests; Owner: -
--

CREATE INDEX idx_votes_playtest_thread_id ON playtests.votes USING btree (playtest_thread_id);


--
-- Name: meta_open_idx; Type: INDEX; Schema: playtests; Owner: -
--

CREATE INDEX meta_open_idx ON playtests.meta USING btree (map_id, id DESC) WHERE ((thread_id IS NOT NULL) AND (NOT COALESCE(completed, false)));


--
-- Name: votes_user_id_map_id_playtest_thread_id_uindex; Type: INDEX; Schema: playtests; Owner: -
--

CREATE UNIQUE INDEX votes_user_id_map_id_playtest_thread_id_uindex ON playtests.votes USING btree (user_id, map_id, playtest_thread_id);


--
-- Name: analytics_command_name_date_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX analytics_command_name_date_idx ON public.analytics USING btree (command_name, created_at);


--
-- Name: analytics_command_name_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX analytics_command_name_idx ON public.analytics USING btree (command_name);


--
-- Name: analytics_date_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX analytics_date_idx ON public.analytics USING btree (created_at);


--
-- Name: change_requests_code_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX change_requests_code_idx ON public.change_requests USING btree (code, created_at DESC);


--
-- Name: change_requests_stale_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX change_requests_stale_idx ON public.change_requests USING btree (created_at) WHERE ((resolved IS NOT TRUE) AND (alerted IS NOT TRUE));


--
-- Name: jobs_status_created_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX jobs_status_created_at_idx ON public.jobs USING btree (status, created_at);


--
-- Name: newsfeed_id_desc_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX newsfeed_id_desc_idx ON public.newsfeed USING btree (id DESC);


--
-- Name: newsfeed_type_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX newsfeed_type_idx ON public.newsfeed USING btree (event_type);


--
-- Name: processed_messages_claimed_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX processed_messages_claimed_at_idx ON public.processed_messages USING btree (claimed_at);


--
-- Name: tag_lookup_location_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tag_lookup_location_id_idx ON public.tag_lookup USING btree (location_id);


--
-- Name: tag_lookup_name_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tag_lookup_name_idx ON public.tag_lookup USING btree (name);


--
-- Name: tag_lookup_name_lower_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tag_lookup_name_lower_idx ON public.tag_lookup USING btree (lower(name));


--
-- Name: tag_lookup_name_trgm_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tag_lookup_name_trgm_idx ON public.tag_lookup USING gin (name public.gin_trgm_ops);


--
-- Name: tag_lookup_uniq_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX tag_lookup_uniq_idx ON public.tag_lookup USING btree (lower(name), location_id);


--
-- Name: tags_location_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tags_location_id_idx ON public.tags USING btree (location_id);


--
-- Name: tags_name_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tags_name_idx ON public.tags USING btree (name);


--
-- Name: tags_name_lower_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tags_name_lower_idx ON public.tags USING btree (lower(name));


--
-- Name: tags_name_trgm_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tags_name_trgm_idx ON public.tags USING gin (name public.gin_trgm_ops);


--
-- Name: tags_uniq_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX tags_uniq_idx ON public.tags USING btree (lower(name), location_id);


--
-- Name: leaders_user_ids_idx; Type: INDEX; Schema: ranks; Owner: -
--

CREATE INDEX leaders_user_ids_idx ON ranks.leaders USING gin (user_ids) WITH (fastupdate=off);


--
-- Name: players_discord_tag_idx; Type: INDEX; Schema: ranks; Owner: -
--

CREATE INDEX players_discord_tag_idx ON ranks.players USING btree (discord_tag, user_id);


--
-- Name: players_map_count_idx; Type: INDEX; Schema: ranks; Owner: -
--

CREATE INDEX players_map_count_idx ON ranks.players USING btree (map_count, user_id);


--
-- Name: players_nickname_idx; Type: INDEX; Schema: ranks; Owner: -
--

CREATE INDEX players_nickname_idx ON ranks.players USING btree (nickname, user_id);


--
-- Name: players_playtest_count_idx; Type: INDEX; Schema: ranks; Owner: -
--

CREATE INDEX players_playtest_count_idx ON ranks.players USING btree (playtest_count, user_id);


--
-- Name: players_skill_rank_idx; Type: INDEX; Schema: ranks; Owner: -
--

CREATE INDEX players_skill_rank_idx ON ranks.players USING btree (skill_rank, user_id);


--
-- Name: players_skill_score_idx; Type: INDEX; Schema: ranks; Owner: -
--

CREATE INDEX players_skill_score_idx ON ranks.players USING btree (skill_score, user_id);


--
-- Name: players_tier_idx; Type: INDEX; Schema: ranks; Owner: -
--

CREATE INDEX players_tier_idx ON ranks.players USING btree ((((xp / 100) % 100)), user_id);


--
-- Name: players_wr_count_idx; Type: INDEX; Schema: ranks; Owner: -
--

CREATE INDEX players_wr_count_idx ON ranks.players USING btree (wr_count, user_id);


--
-- Name: players_xp_idx; Type: INDEX; Schema: ranks; Owner: -
--

CREATE INDEX players_xp_idx ON ranks.players USING btree (xp, user_id);


--
-- Name: skill_score_change_user_captured_idx; Type: INDEX; Schema: skill; Owner: -
--

CREATE INDEX skill_score_change_user_captured_idx ON skill.score_change USING btree (user_id, captured_at DESC);


--
-- Name: idx_purchases_rotation; Type: INDEX; Schema: store; Owner: -
--

CREATE INDEX idx_purchases_rotation ON store.purchases USING btree (rotation_id);


--
-- Name: idx_purchases_user; Type: INDEX; Schema: store; Owner: -
--

CREATE INDEX idx_purchases_user ON store.purchases USING btree (user_id, purchased_at DESC);


--
-- Name: idx_quest_rotation_active; Type: INDEX; Schema: store; Owner: -
--

CREATE INDEX idx_quest_rotation_active ON store.quest_rotation USING btree (rotation_id, available_until);


--
-- Name: idx_quest_rotation_global; Type: INDEX; Schema: store; Owner: -
--

CREATE INDEX idx_quest_rotation_global ON store.quest_rotation USING btree (rotation_id) WHERE (user_id IS NULL);


--
-- Name: idx_quest_rotation_user; Type: INDEX; Schema: store; Owner: -
--

CREATE INDEX idx_quest_rotation_user ON store.quest_rotation USING btree (user_id, available_until);


--
-- Name: idx_quests_active; Type: INDEX; Schema: store; Owner: -
--

CREATE INDEX idx_quests_active ON store.quests USING btree (is_active, quest_type, difficulty);


--
-- Name: idx_rotations_active; Type: INDEX; Schema: store; Owner: -
--

CREATE INDEX idx_rotations_active ON store.rotations USING btree (available_from, available_until);


--
-- Name: idx_rotations_available_from; Type: INDEX; Schema: store; Owner: -
--

CREATE INDEX idx_rotations_available_from ON store.rotations USING btree (available_from DESC);


--
-- Name: idx_rotations_rotation_id; Type: INDEX; Schema: store; Owner: -
--

CREATE INDEX idx_rotations_rotation_id ON store.rotations USING btree (rotation_id);


--
-- Name: idx_user_quest_progress_rotation; Type: INDEX; Schema: store; Owner: -
--

CREATE INDEX idx_user_quest_progress_rotation ON store.user_quest_progress USING btree (rotation_id);


--
-- Name: idx_user_quest_progress_unclaimed; Type: INDEX; Schema: store; Owner: -
--

CREATE INDEX idx_user_quest_progress_unclaimed ON store.user_quest_progress USING btree (user_id, completed_at) WHERE ((completed_at IS NOT NULL) AND (claimed_at IS NULL));


--
-- Name: idx_user_quest_progress_user; Type: INDEX; Schema: store; Owner: -
--

CREATE INDEX idx_user_quest_progress_user ON store.user_quest_progress USING btree (user_id, completed_at);


--
-- Name: uq_quest_rotation_bounty; Type: INDEX; Schema: store; Owner: -
--

CREATE UNIQUE INDEX uq_quest_rotation_bounty ON store.quest_rotation USING btree (rotation_id, user_id) WHERE (quest_id IS NULL);


--
-- Name: uq_quest_rotation_global; Type: INDEX; Schema: store; Owner: -
--

CREATE UNIQUE INDEX uq_quest_rotation_global ON store.quest_rotation USING btree (rotation_id, quest_id) WHERE (user_id IS NULL);


--
-- Name: uq_user_quest_progress_bounty; Type: INDEX; Schema: store; Owner: -
--

CREATE UNIQUE INDEX uq_user_quest_progress_bounty ON store.user_quest_progress USING btree (user_id, rotation_id) WHERE (quest_id IS NULL);


--
-- Name: uq_user_quest_progress_global; Type: INDEX; Schema: store; Owner: -
--

CREATE UNIQUE INDEX uq_user_quest_progress_global ON store.user_quest_progress USING btree (user_id, rotation_id, quest_id) WHERE (quest_id IS NOT NULL);


--
-- Name: idx_cycles_category_id; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_cycles_category_id ON tournaments.cycles USING btree (category_id);


--
-- Name: idx_cycles_category_status; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_cycles_category_status ON tournaments.cycles USING btree (category_id, status);


--
-- Name: idx_cycles_edition_id; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_cycles_edition_id ON tournaments.cycles USING btree (edition_id);


--
-- Name: idx_cycles_map_id; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_cycles_map_id ON tournaments.cycles USING btree (map_id);


--
-- Name: idx_cycles_started_at; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_cycles_started_at ON tournaments.cycles USING btree (started_at);


--
-- Name: idx_cycles_status; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_cycles_status ON tournaments.cycles USING btree (status);


--
-- Name: idx_editions_ends_at; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_editions_ends_at ON tournaments.editions USING btree (ends_at);


--
-- Name: idx_editions_status; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_editions_status ON tournaments.editions USING btree (status);


--
-- Name: idx_pending_transitions_cycle_id; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_pending_transitions_cycle_id ON tournaments.pending_transitions USING btree (cycle_id);


--
-- Name: idx_pending_transitions_edition_id; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_pending_transitions_edition_id ON tournaments.pending_transitions USING btree (edition_id);


--
-- Name: idx_pending_transitions_unpublished; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_pending_transitions_unpublished ON tournaments.pending_transitions USING btree (published, created_at) WHERE (published = false);


--
-- Name: idx_streaks_user_id; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE UNIQUE INDEX idx_streaks_user_id ON tournaments.streaks USING btree (user_id);


--
-- Name: idx_tournament_completions_cycle_id; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_tournament_completions_cycle_id ON tournaments.completions USING btree (cycle_id);


--
-- Name: idx_tournament_completions_cycle_user; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_tournament_completions_cycle_user ON tournaments.completions USING btree (cycle_id, user_id);


--
-- Name: idx_tournament_completions_map_id; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_tournament_completions_map_id ON tournaments.completions USING btree (map_id);


--
-- Name: idx_tournament_completions_ranking; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_tournament_completions_ranking ON tournaments.completions USING btree (cycle_id, verified DESC, completion DESC, "time");


--
-- Name: idx_tournament_completions_user_id; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_tournament_completions_user_id ON tournaments.completions USING btree (user_id);


--
-- Name: idx_xp_grants_cycle; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_xp_grants_cycle ON tournaments.xp_grants USING btree (cycle_id);


--
-- Name: idx_xp_grants_user; Type: INDEX; Schema: tournaments; Owner: -
--

CREATE INDEX idx_xp_grants_user ON tournaments.xp_grants USING btree (user_id);


--
-- Name: email_tokens_token_hash_idx; Type: INDEX; Schema: users; Owner: -
--

CREATE INDEX email_tokens_token_hash_idx ON users.email_tokens USING btree (token_hash);


--
-- Name: idx_auth_rate_limits_identifier_action; Type: INDEX; Schema: users; Owner: -
--

CREATE INDEX idx_auth_rate_limits_identifier_action ON users.auth_rate_limits USING btree (identifier, action, attempt_at DESC);


--
-- Name: idx_email_auth_email_lower; Type: INDEX; Schema: users; Owner: -
--

CREATE UNIQUE INDEX idx_email_auth_email_lower ON users.email_auth USING btree (lower(email));


--
-- Name: idx_email_tokens_expires; Type: INDEX; Schema: users; Owner: -
--

CREATE INDEX idx_email_tokens_expires ON users.email_tokens USING btree (expires_at) WHERE (used_at IS NULL);


--
-- Name: idx_email_tokens_user_id; Type: INDEX; Schema: users; Owner: -
--

CREATE INDEX idx_email_tokens_user_id ON users.email_tokens USING btree (user_id);


--
-- Name: idx_overwatch_username_trgm; Type: INDEX; Schema: users; Owner: -
--

CREATE INDEX idx_overwatch_username_trgm ON users.overwatch_usernames USING gin (username public.gin_trgm_ops);


--
-- Name: idx_remember_tokens_hash; Type: INDEX; Schema: users; Owner: -
--

CREATE INDEX idx_remember_tokens_hash ON users.remember_tokens USING btree (token_hash);


--
-- Name: idx_remember_tokens_user_id; Type: INDEX; Schema: users; Owner: -
--

CREATE INDEX idx_remember_tokens_user_id ON users.remember_tokens USING btree (user_id);


--
-- Name: idx_sessions_last_activity; Type: INDEX; Schema: users; Owner: -
--

CREATE INDEX idx_sessions_last_activity ON users.sessions USING btree (last_activity);


--
-- Name: idx_sessions_user_id; Type: INDEX; Schema: users; Owner: -
--

CREATE INDEX idx_sessions_user_id ON users.sessions USING btree (user_id);


--
-- Name: idx_suspicious_flags_completion_id; Type: INDEX; Schema: users; Owner: -
--

CREATE INDEX idx_suspicious_flags_completion_id ON users.suspicious_flags USING btree (completion_id);


--
-- Name: overwatch_usernames_nearest_idx; Type: INDEX; Schema: users; Owner: -
--

CREATE INDEX overwatch_usernames_nearest_idx ON users.overwatch_usernames USING gist (username public.gist_trgm_ops (siglen='1024'));


--
-- Name: suspicious_flags_user_id_idx; Type: INDEX; Schema: users; Owner: -
--

CREATE INDEX suspicious_flags_user_id_idx ON users.suspicious_flags USING btree (user_id);


--
-- Name: unique_primary_per_user; Type: INDEX; Schema: users; Owner: -
--

CREATE UNIQUE INDEX unique_primary_per_user ON users.overwatch_usernames USING btree (user_id) WHERE is_primary;


--
-- Name: answers_answered_at_idx; Type: INDEX; Schema: web; Owner: -
--

CREATE INDEX answers_answered_at_idx ON web.answers USING btree (answered_at);


--
-- Name: maps details_insert; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER details_insert AFTER INSERT ON core.maps REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_maps();


--
-- Name: maps details_update; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER details_update AFTER UPDATE ON core.maps REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_maps();


--
-- Name: users details_update; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER details_update AFTER UPDATE ON core.users REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_names();


--
-- Name: maps listed_delete; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER listed_delete AFTER DELETE ON core.maps REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.count_listed();


--
-- Name: maps listed_insert; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER listed_insert AFTER INSERT ON core.maps REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.count_listed();


--
-- Name: maps listed_update; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER listed_update AFTER UPDATE ON core.maps REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.count_listed();


--
-- Name: completions ranks_delete; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER ranks_delete AFTER DELETE ON core.completions REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_runs();


--
-- Name: completions ranks_insert; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER ranks_insert AFTER INSERT ON core.completions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_runs();


--
-- Name: users ranks_insert; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER ranks_insert AFTER INSERT ON core.users REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_users();


--
-- Name: completions ranks_update; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER ranks_update AFTER UPDATE ON core.completions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_runs();


--
-- Name: maps ranks_update; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER ranks_update AFTER UPDATE ON core.maps REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_maps();


--
-- Name: users ranks_update; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER ranks_update AFTER UPDATE ON core.users REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_users();


--
-- Name: completions trg_enforce_speed_rules_nonlegacy_only; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER trg_enforce_speed_rules_nonlegacy_only BEFORE INSERT OR UPDATE OF "time", completion, user_id, map_id, legacy ON core.completions FOR EACH ROW EXECUTE FUNCTION core.enforce_speed_rules_nonlegacy_only();


--
-- Name: maps trg_maps_set_difficulty_from_raw; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER trg_maps_set_difficulty_from_raw BEFORE INSERT OR UPDATE OF raw_difficulty ON core.maps FOR EACH ROW EXECUTE FUNCTION core.set_maps_difficulty_from_raw();


--
-- Name: maps trg_mirror_linked_code; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER trg_mirror_linked_code AFTER INSERT OR UPDATE OF linked_code, code ON core.maps FOR EACH ROW EXECUTE FUNCTION core.mirror_linked_code();


--
-- Name: completions trg_ratings_verify_on_completion; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER trg_ratings_verify_on_completion AFTER INSERT OR UPDATE OF verified ON core.completions FOR EACH ROW WHEN ((new.verified IS TRUE)) EXECUTE FUNCTION maps.ratings_verify_on_completion();


--
-- Name: maps trg_sync_linked_code; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER trg_sync_linked_code BEFORE INSERT OR UPDATE OF linked_code, code ON core.maps FOR EACH ROW EXECUTE FUNCTION core.sync_linked_code();


--
-- Name: maps update_core_maps_updated_at; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER update_core_maps_updated_at BEFORE UPDATE ON core.maps FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();


--
-- Name: users update_core_users_updated_at; Type: TRIGGER; Schema: core; Owner: -
--

CREATE TRIGGER update_core_users_updated_at BEFORE UPDATE ON core.users FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();


--
-- Name: xp ranks_delete; Type: TRIGGER; Schema: lootbox; Owner: -
--

CREATE TRIGGER ranks_delete AFTER DELETE ON lootbox.xp REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_rows();


--
-- Name: xp ranks_insert; Type: TRIGGER; Schema: lootbox; Owner: -
--

CREATE TRIGGER ranks_insert AFTER INSERT ON lootbox.xp REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_xp();


--
-- Name: xp ranks_update; Type: TRIGGER; Schema: lootbox; Owner: -
--

CREATE TRIGGER ranks_update AFTER UPDATE ON lootbox.xp REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_xp();


--
-- Name: medals completions_delete; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER completions_delete AFTER DELETE ON maps.medals REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION completions.follow_medals();


--
-- Name: medals completions_insert; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER completions_insert AFTER INSERT ON maps.medals REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION completions.follow_medals();


--
-- Name: medals completions_update; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER completions_update AFTER UPDATE ON maps.medals REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION completions.follow_medals();


--
-- Name: creators details_delete; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_delete AFTER DELETE ON maps.creators REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_details();


--
-- Name: guides details_delete; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_delete AFTER DELETE ON maps.guides REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_details();


--
-- Name: mechanic_links details_delete; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_delete AFTER DELETE ON maps.mechanic_links REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_details();


--
-- Name: restriction_links details_delete; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_delete AFTER DELETE ON maps.restriction_links REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_details();


--
-- Name: tag_links details_delete; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_delete AFTER DELETE ON maps.tag_links REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_details();


--
-- Name: creators details_insert; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_insert AFTER INSERT ON maps.creators REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_details();


--
-- Name: guides details_insert; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_insert AFTER INSERT ON maps.guides REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_details();


--
-- Name: mechanic_links details_insert; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_insert AFTER INSERT ON maps.mechanic_links REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_details();


--
-- Name: restriction_links details_insert; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_insert AFTER INSERT ON maps.restriction_links REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_details();


--
-- Name: tag_links details_insert; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_insert AFTER INSERT ON maps.tag_links REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_details();


--
-- Name: creators details_update; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_update AFTER UPDATE ON maps.creators REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_details();


--
-- Name: guides details_update; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_update AFTER UPDATE ON maps.guides REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_details();


--
-- Name: mechanic_links details_update; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_update AFTER UPDATE ON maps.mechanic_links REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_details();


--
-- Name: mechanics details_update; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_update AFTER UPDATE ON maps.mechanics FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_choices();


--
-- Name: restriction_links details_update; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_update AFTER UPDATE ON maps.restriction_links REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_details();


--
-- Name: restrictions details_update; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_update AFTER UPDATE ON maps.restrictions FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_choices();


--
-- Name: tag_links details_update; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_update AFTER UPDATE ON maps.tag_links REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_details();


--
-- Name: tags details_update; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER details_update AFTER UPDATE ON maps.tags FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_choices();


--
-- Name: creators ranks_delete; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER ranks_delete AFTER DELETE ON maps.creators REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_rows();


--
-- Name: creators ranks_insert; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER ranks_insert AFTER INSERT ON maps.creators REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_rows();


--
-- Name: creators ranks_update; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER ranks_update AFTER UPDATE ON maps.creators REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_rows();


--
-- Name: medals shown_delete; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER shown_delete AFTER DELETE ON maps.medals REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_shown();


--
-- Name: medals shown_insert; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER shown_insert AFTER INSERT ON maps.medals REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_shown();


--
-- Name: medals shown_update; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER shown_update AFTER UPDATE ON maps.medals REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_shown();


--
-- Name: clicks trg_clicks_day_bucket_ins; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER trg_clicks_day_bucket_ins BEFORE INSERT ON maps.clicks FOR EACH ROW EXECUTE FUNCTION maps.set_clicks_day_bucket();


--
-- Name: ratings trg_count_ratings_delete; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER trg_count_ratings_delete AFTER DELETE ON maps.ratings REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION maps.count_ratings();


--
-- Name: ratings trg_count_ratings_insert; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER trg_count_ratings_insert AFTER INSERT ON maps.ratings REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION maps.count_ratings();


--
-- Name: ratings trg_count_ratings_update; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER trg_count_ratings_update AFTER UPDATE ON maps.ratings REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION maps.count_ratings();


--
-- Name: ratings update_maps_ratings_updated_at; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER update_maps_ratings_updated_at BEFORE UPDATE ON maps.ratings FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();


--
-- Name: clicks visitors_change; Type: TRIGGER; Schema: maps; Owner: -
--

CREATE TRIGGER visitors_change AFTER INSERT OR DELETE ON maps.clicks FOR EACH ROW EXECUTE FUNCTION maps.mark_clicks();


--
-- Name: deprecated_count ranks_delete; Type: TRIGGER; Schema: playtests; Owner: -
--

CREATE TRIGGER ranks_delete AFTER DELETE ON playtests.deprecated_count REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_rows();


--
-- Name: votes ranks_delete; Type: TRIGGER; Schema: playtests; Owner: -
--

CREATE TRIGGER ranks_delete AFTER DELETE ON playtests.votes REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_rows();


--
-- Name: deprecated_count ranks_insert; Type: TRIGGER; Schema: playtests; Owner: -
--

CREATE TRIGGER ranks_insert AFTER INSERT ON playtests.deprecated_count REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_rows();


--
-- Name: votes ranks_insert; Type: TRIGGER; Schema: playtests; Owner: -
--

CREATE TRIGGER ranks_insert AFTER INSERT ON playtests.votes REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_rows();


--
-- Name: deprecated_count ranks_update; Type: TRIGGER; Schema: playtests; Owner: -
--

CREATE TRIGGER ranks_update AFTER UPDATE ON playtests.deprecated_count REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_rows();


--
-- Name: votes ranks_update; Type: TRIGGER; Schema: playtests; Owner: -
--

CREATE TRIGGER ranks_update AFTER UPDATE ON playtests.votes REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_rows();


--
-- Name: meta shown_delete; Type: TRIGGER; Schema: playtests; Owner: -
--

CREATE TRIGGER shown_delete AFTER DELETE ON playtests.meta REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_shown();


--
-- Name: votes shown_delete; Type: TRIGGER; Schema: playtests; Owner: -
--

CREATE TRIGGER shown_delete AFTER DELETE ON playtests.votes REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_shown();


--
-- Name: meta shown_insert; Type: TRIGGER; Schema: playtests; Owner: -
--

CREATE TRIGGER shown_insert AFTER INSERT ON playtests.meta REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_shown();


--
-- Name: votes shown_insert; Type: TRIGGER; Schema: playtests; Owner: -
--

CREATE TRIGGER shown_insert AFTER INSERT ON playtests.votes REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_shown();


--
-- Name: meta shown_update; Type: TRIGGER; Schema: playtests; Owner: -
--

CREATE TRIGGER shown_update AFTER UPDATE ON playtests.meta REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_shown();


--
-- Name: votes shown_update; Type: TRIGGER; Schema: playtests; Owner: -
--

CREATE TRIGGER shown_update AFTER UPDATE ON playtests.votes REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_shown();


--
-- Name: meta update_playtests_meta_updated_at; Type: TRIGGER; Schema: playtests; Owner: -
--

CREATE TRIGGER update_playtests_meta_updated_at BEFORE UPDATE ON playtests.meta FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();


--
-- Name: votes update_playtests_votes_updated_at; Type: TRIGGER; Schema: playtests; Owner: -
--

CREATE TRIGGER update_playtests_votes_updated_at BEFORE UPDATE ON playtests.votes FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();


--
-- Name: votes votes_requires_verified_completion; Type: TRIGGER; Schema: playtests; Owner: -
--

CREATE TRIGGER votes_requires_verified_completion BEFORE INSERT OR UPDATE OF user_id, map_id ON playtests.votes FOR EACH ROW EXECUTE FUNCTION playtests.enforce_verified_completion_immediate();


--
-- Name: pending settle; Type: TRIGGER; Schema: ranks; Owner: -
--

CREATE CONSTRAINT TRIGGER settle AFTER INSERT ON ranks.pending DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ranks.settle();


--
-- Name: snapshot ranks_delete; Type: TRIGGER; Schema: skill; Owner: -
--

CREATE TRIGGER ranks_delete AFTER DELETE ON skill.snapshot REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_scores();


--
-- Name: snapshot ranks_insert; Type: TRIGGER; Schema: skill; Owner: -
--

CREATE TRIGGER ranks_insert AFTER INSERT ON skill.snapshot REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_scores();


--
-- Name: snapshot ranks_update; Type: TRIGGER; Schema: skill; Owner: -
--

CREATE TRIGGER ranks_update AFTER UPDATE ON skill.snapshot REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_scores();


--
-- Name: overwatch_usernames details_delete; Type: TRIGGER; Schema: users; Owner: -
--

CREATE TRIGGER details_delete AFTER DELETE ON users.overwatch_usernames REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_names();


--
-- Name: overwatch_usernames details_insert; Type: TRIGGER; Schema: users; Owner: -
--

CREATE TRIGGER details_insert AFTER INSERT ON users.overwatch_usernames REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_names();


--
-- Name: overwatch_usernames details_update; Type: TRIGGER; Schema: users; Owner: -
--

CREATE TRIGGER details_update AFTER UPDATE ON users.overwatch_usernames REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION maps.follow_names();


--
-- Name: overwatch_usernames ranks_delete; Type: TRIGGER; Schema: users; Owner: -
--

CREATE TRIGGER ranks_delete AFTER DELETE ON users.overwatch_usernames REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_rows();


--
-- Name: overwatch_usernames ranks_insert; Type: TRIGGER; Schema: users; Owner: -
--

CREATE TRIGGER ranks_insert AFTER INSERT ON users.overwatch_usernames REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_rows();


--
-- Name: overwatch_usernames ranks_update; Type: TRIGGER; Schema: users; Owner: -
--

CREATE TRIGGER ranks_update AFTER UPDATE ON users.overwatch_usernames REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ranks.follow_rows();


--
-- Name: email_auth update_users_email_auth_updated_at; Type: TRIGGER; Schema: users; Owner: -
--

CREATE TRIGGER update_users_email_auth_updated_at BEFORE UPDATE ON users.email_auth FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();


--
-- Name: clan_members clan_members_clan_fk; Type: FK CONSTRAINT; Schema: clan; Owner: -
--

ALTER TABLE ONLY clan.clan_members
    ADD CONSTRAINT clan_members_clan_fk FOREIGN KEY (group_id) REFERENCES clan.clan(group_id);


--
-- Name: clan_members clan_members_player_fk; Type: FK CONSTRAINT; Schema: clan; Owner: -
--

ALTER TABLE ONLY clan.clan_members
    ADD CONSTRAINT clan_members_player_fk FOREIGN KEY (membership_id) REFERENCES core.player(membership_id);


--
-- Name: upvotes upvotes_message_id_fkey; Type: FK CONSTRAINT; Schema: completions; Owner: -
--

ALTER TABLE ONLY completions.upvotes
    ADD CONSTRAINT upvotes_message_id_fkey FOREIGN KEY (message_id) REFERENCES core.completions(message_id) ON DELETE CASCADE;


--
-- Name: upvotes upvotes_user_id_fkey; Type: FK CONSTRAINT; Schema: completions; Owner: -
--

ALTER TABLE ONLY completions.upvotes
    ADD CONSTRAINT upvotes_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: movement_tech_tips movement_tech_tips_technique_id_fkey; Type: FK CONSTRAINT; Schema: content; Owner: -
--

ALTER TABLE ONLY content.movement_tech_tips
    ADD CONSTRAINT movement_tech_tips_technique_id_fkey FOREIGN KEY (technique_id) REFERENCES content.movement_techniques(id) ON DELETE CASCADE;


--
-- Name: movement_tech_videos movement_tech_videos_technique_id_fkey; Type: FK CONSTRAINT; Schema: content; Owner: -
--

ALTER TABLE ONLY content.movement_tech_videos
    ADD CONSTRAINT movement_tech_videos_technique_id_fkey FOREIGN KEY (technique_id) REFERENCES content.movement_techniques(id) ON DELETE CASCADE;


--
-- Name: movement_techniques movement_techniques_category_id_fkey; Type: FK CONSTRAINT; Schema: content; Owner: -
--

ALTER TABLE ONLY content.movement_techniques
    ADD CONSTRAINT movement_techniques_category_id_fkey FOREIGN KEY (category_id) REFERENCES content.movement_tech_categories(id) ON DELETE SET NULL;


--
-- Name: movement_techniques movement_techniques_difficulty_id_fkey; Type: FK CONSTRAINT; Schema: content; Owner: -
--

ALTER TABLE ONLY content.movement_techniques
    ADD CONSTRAINT movement_techniques_difficulty_id_fkey FOREIGN KEY (difficulty_id) REFERENCES content.movement_tech_difficulties(id) ON DELETE SET NULL;


--
-- Name: completions completions_map_id_fkey; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.completions
    ADD CONSTRAINT completions_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: completions completions_tournament_completion_id_fkey; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.completions
    ADD CONSTRAINT completions_tournament_completion_id_fkey FOREIGN KEY (tournament_completion_id) REFERENCES tournaments.completions(id) ON DELETE SET NULL;


--
-- Name: completions completions_user_id_fkey; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.completions
    ADD CONSTRAINT completions_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: completions completions_verified_by_fkey; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.completions
    ADD CONSTRAINT completions_verified_by_fkey FOREIGN KEY (verified_by) REFERENCES core.users(id);


--
-- Name: instance instance_hash_fk; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.instance
    ADD CONSTRAINT instance_hash_fk FOREIGN KEY (hash) REFERENCES definitions.activity_version(hash);


--
-- Name: instance_player instance_player_instance_fk; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.instance_player
    ADD CONSTRAINT instance_player_instance_fk FOREIGN KEY (instance_id) REFERENCES core.instance(instance_id) ON DELETE RESTRICT;


--
-- Name: instance_player instance_player_player_fk; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.instance_player
    ADD CONSTRAINT instance_player_player_fk FOREIGN KEY (membership_id) REFERENCES core.player(membership_id) ON DELETE RESTRICT;


--
-- Name: maps maps_linked_code_fkey; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.maps
    ADD CONSTRAINT maps_linked_code_fkey FOREIGN KEY (linked_code) REFERENCES core.maps(code) ON UPDATE CASCADE ON DELETE SET NULL;


--
-- Name: maps maps_map_name_names_fk; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.maps
    ADD CONSTRAINT maps_map_name_names_fk FOREIGN KEY (map_name) REFERENCES maps.names(name) ON UPDATE CASCADE;


--
-- Name: player_stats player_stats_activity_fk; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.player_stats
    ADD CONSTRAINT player_stats_activity_fk FOREIGN KEY (activity_id) REFERENCES definitions.activity_definition(id);


--
-- Name: player_stats player_stats_fastest_fk; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.player_stats
    ADD CONSTRAINT player_stats_fastest_fk FOREIGN KEY (fastest_instance_id) REFERENCES core.instance(instance_id) ON DELETE SET NULL;


--
-- Name: player_stats player_stats_player_fk; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.player_stats
    ADD CONSTRAINT player_stats_player_fk FOREIGN KEY (membership_id) REFERENCES core.player(membership_id) ON DELETE RESTRICT;


--
-- Name: activity_version activity_version_activity_fk; Type: FK CONSTRAINT; Schema: definitions; Owner: -
--

ALTER TABLE ONLY definitions.activity_version
    ADD CONSTRAINT activity_version_activity_fk FOREIGN KEY (activity_id) REFERENCES definitions.activity_definition(id) ON DELETE RESTRICT;


--
-- Name: activity_version activity_version_version_fk; Type: FK CONSTRAINT; Schema: definitions; Owner: -
--

ALTER TABLE ONLY definitions.activity_version
    ADD CONSTRAINT activity_version_version_fk FOREIGN KEY (version_id) REFERENCES definitions.version_definition(id) ON DELETE RESTRICT;


--
-- Name: version_definition version_definition_activity_fk; Type: FK CONSTRAINT; Schema: definitions; Owner: -
--

ALTER TABLE ONLY definitions.version_definition
    ADD CONSTRAINT version_definition_activity_fk FOREIGN KEY (associated_activity_id) REFERENCES definitions.activity_definition(id) ON DELETE SET NULL;


--
-- Name: instance_character instance_character_player_fk; Type: FK CONSTRAINT; Schema: extended; Owner: -
--

ALTER TABLE ONLY extended.instance_character
    ADD CONSTRAINT instance_character_player_fk FOREIGN KEY (instance_id, membership_id) REFERENCES core.instance_player(instance_id, membership_id) ON DELETE RESTRICT;


--
-- Name: instance_character_weapon instance_character_weapon_character_fk; Type: FK CONSTRAINT; Schema: extended; Owner: -
--

ALTER TABLE ONLY extended.instance_character_weapon
    ADD CONSTRAINT instance_character_weapon_character_fk FOREIGN KEY (instance_id, membership_id, character_id) REFERENCES extended.instance_character(instance_id, membership_id, character_id) ON DELETE RESTRICT;


--
-- Name: blacklist_instance blacklist_instance_instance_fk; Type: FK CONSTRAINT; Schema: flagging; Owner: -
--

ALTER TABLE ONLY flagging.blacklist_instance
    ADD CONSTRAINT blacklist_instance_instance_fk FOREIGN KEY (instance_id) REFERENCES core.instance(instance_id);


--
-- Name: blacklist_instance_player blacklist_instance_player_blacklist_fk; Type: FK CONSTRAINT; Schema: flagging; Owner: -
--

ALTER TABLE ONLY flagging.blacklist_instance_player
    ADD CONSTRAINT blacklist_instance_player_blacklist_fk FOREIGN KEY (instance_id) REFERENCES flagging.blacklist_instance(instance_id) ON DELETE CASCADE;


--
-- Name: blacklist_instance_player blacklist_instance_player_player_fk; Type: FK CONSTRAINT; Schema: flagging; Owner: -
--

ALTER TABLE ONLY flagging.blacklist_instance_player
    ADD CONSTRAINT blacklist_instance_player_player_fk FOREIGN KEY (instance_id, membership_id) REFERENCES core.instance_player(instance_id, membership_id);


--
-- Name: flag_instance flag_instance_instance_fk; Type: FK CONSTRAINT; Schema: flagging; Owner: -
--

ALTER TABLE ONLY flagging.flag_instance
    ADD CONSTRAINT flag_instance_instance_fk FOREIGN KEY (instance_id) REFERENCES core.instance(instance_id);


--
-- Name: flag_instance_player flag_instance_player_player_fk; Type: FK CONSTRAINT; Schema: flagging; Owner: -
--

ALTER TABLE ONLY flagging.flag_instance_player
    ADD CONSTRAINT flag_instance_player_player_fk FOREIGN KEY (instance_id, membership_id) REFERENCES core.instance_player(instance_id, membership_id);


--
-- Name: active_key lootbox_active_key_lootbox_key_types_name_fk; Type: FK CONSTRAINT; Schema: lootbox; Owner: -
--

ALTER TABLE ONLY lootbox.active_key
    ADD CONSTRAINT lootbox_active_key_lootbox_key_types_name_fk FOREIGN KEY (key) REFERENCES lootbox.key_types(name);


--
-- Name: reward_types lootbox_reward_types_lootbox_fkey; Type: FK CONSTRAINT; Schema: lootbox; Owner: -
--

ALTER TABLE ONLY lootbox.reward_types
    ADD CONSTRAINT lootbox_reward_types_lootbox_fkey FOREIGN KEY (key_type) REFERENCES lootbox.key_types(name) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: user_keys lootbox_user_keys_lootbox_fkey; Type: FK CONSTRAINT; Schema: lootbox; Owner: -
--

ALTER TABLE ONLY lootbox.user_keys
    ADD CONSTRAINT lootbox_user_keys_lootbox_fkey FOREIGN KEY (key_type) REFERENCES lootbox.key_types(name) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: user_rewards lootbox_user_rewards_lootbox_reward_types_name_type_key_type_fk; Type: FK CONSTRAINT; Schema: lootbox; Owner: -
--

ALTER TABLE ONLY lootbox.user_rewards
    ADD CONSTRAINT lootbox_user_rewards_lootbox_reward_types_name_type_key_type_fk FOREIGN KEY (reward_name, reward_type, key_type) REFERENCES lootbox.reward_types(name, type, key_type) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: offers offers_key_type_fkey; Type: FK CONSTRAINT; Schema: lootbox; Owner: -
--

ALTER TABLE ONLY lootbox.offers
    ADD CONSTRAINT offers_key_type_fkey FOREIGN KEY (key_type) REFERENCES lootbox.key_types(name) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: offers offers_user_id_fkey; Type: FK CONSTRAINT; Schema: lootbox; Owner: -
--

ALTER TABLE ONLY lootbox.offers
    ADD CONSTRAINT offers_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: user_keys user_keys_user_id_fkey; Type: FK CONSTRAINT; Schema: lootbox; Owner: -
--

ALTER TABLE ONLY lootbox.user_keys
    ADD CONSTRAINT user_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: user_rewards user_rewards_user_id_fkey; Type: FK CONSTRAINT; Schema: lootbox; Owner: -
--

ALTER TABLE ONLY lootbox.user_rewards
    ADD CONSTRAINT user_rewards_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: xp xp_users_user_id_fk; Type: FK CONSTRAINT; Schema: lootbox; Owner: -
--

ALTER TABLE ONLY lootbox.xp
    ADD CONSTRAINT xp_users_user_id_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON UPDATE CASCADE;


--
-- Name: card_texts card_texts_map_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.card_texts
    ADD CONSTRAINT card_texts_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: clicks clicks_map_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.clicks
    ADD CONSTRAINT clicks_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: clicks clicks_user_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.clicks
    ADD CONSTRAINT clicks_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id);


--
-- Name: creators creators_map_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.creators
    ADD CONSTRAINT creators_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: creators creators_user_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.creators
    ADD CONSTRAINT creators_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: details details_map_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.details
    ADD CONSTRAINT details_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: edit_requests edit_requests_map_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.edit_requests
    ADD CONSTRAINT edit_requests_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: edit_requests fk_created_by; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.edit_requests
    ADD CONSTRAINT fk_created_by FOREIGN KEY (created_by) REFERENCES core.users(id);


--
-- Name: edit_requests fk_resolved_by; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.edit_requests
    ADD CONSTRAINT fk_resolved_by FOREIGN KEY (resolved_by) REFERENCES core.users(id);


--
-- Name: guides guides_map_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.guides
    ADD CONSTRAINT guides_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: guides guides_user_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.guides
    ADD CONSTRAINT guides_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: mastery map_mastery_map_names_user_id_fk; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.mastery
    ADD CONSTRAINT map_mastery_map_names_user_id_fk FOREIGN KEY (map_name) REFERENCES maps.names(name) ON UPDATE CASCADE;


--
-- Name: mastery map_mastery_users_user_id_fk; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.mastery
    ADD CONSTRAINT map_mastery_users_user_id_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON UPDATE CASCADE;


--
-- Name: mechanic_links mechanic_links_map_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.mechanic_links
    ADD CONSTRAINT mechanic_links_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: mechanic_links mechanic_links_mechanic_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.mechanic_links
    ADD CONSTRAINT mechanic_links_mechanic_id_fkey FOREIGN KEY (mechanic_id) REFERENCES maps.mechanics(id) ON DELETE CASCADE;


--
-- Name: medals medals_map_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.medals
    ADD CONSTRAINT medals_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: rating_totals rating_totals_map_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.rating_totals
    ADD CONSTRAINT rating_totals_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: ratings ratings_map_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.ratings
    ADD CONSTRAINT ratings_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: ratings ratings_user_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.ratings
    ADD CONSTRAINT ratings_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: restriction_links restriction_links_map_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.restriction_links
    ADD CONSTRAINT restriction_links_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: restriction_links restriction_links_restriction_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.restriction_links
    ADD CONSTRAINT restriction_links_restriction_id_fkey FOREIGN KEY (restriction_id) REFERENCES maps.restrictions(id) ON DELETE CASCADE;


--
-- Name: searchable searchable_map_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.searchable
    ADD CONSTRAINT searchable_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: tag_links tag_links_map_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.tag_links
    ADD CONSTRAINT tag_links_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: tag_links tag_links_tag_id_fkey; Type: FK CONSTRAINT; Schema: maps; Owner: -
--

ALTER TABLE ONLY maps.tag_links
    ADD CONSTRAINT tag_links_tag_id_fkey FOREIGN KEY (tag_id) REFERENCES maps.tags(id) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: dead_letters dead_letters_action_id_fkey; Type: FK CONSTRAINT; Schema: messages; Owner: -
--

ALTER TABLE ONLY messages.dead_letters
    ADD CONSTRAINT dead_letters_action_id_fkey FOREIGN KEY (action_id) REFERENCES messages.dead_letter_actions(id);


--
-- Name: dead_letters dead_letters_replay_of_fkey; Type: FK CONSTRAINT; Schema: messages; Owner: -
--

ALTER TABLE ONLY messages.dead_letters
    ADD CONSTRAINT dead_letters_replay_of_fkey FOREIGN KEY (replay_of) REFERENCES messages.dead_letters(id);


--
-- Name: delivery_log delivery_log_event_id_fkey; Type: FK CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.delivery_log
    ADD CONSTRAINT delivery_log_event_id_fkey FOREIGN KEY (event_id) REFERENCES notifications.events(id) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: events events_user_id_fkey; Type: FK CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.events
    ADD CONSTRAINT events_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: preferences preferences_user_id_fkey; Type: FK CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.preferences
    ADD CONSTRAINT preferences_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: meta meta_map_id_fkey; Type: FK CONSTRAINT; Schema: playtests; Owner: -
--

ALTER TABLE ONLY playtests.meta
    ADD CONSTRAINT meta_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: stale_alerts stale_alerts_map_id_fkey; Type: FK CONSTRAINT; Schema: playtests; Owner: -
--

ALTER TABLE ONLY playtests.stale_alerts
    ADD CONSTRAINT stale_alerts_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: stale_alerts stale_alerts_playtest_thread_id_fkey; Type: FK CONSTRAINT; Schema: playtests; Owner: -
--

ALTER TABLE ONLY playtests.stale_alerts
    ADD CONSTRAINT stale_alerts_playtest_thread_id_fkey FOREIGN KEY (playtest_thread_id) REFERENCES playtests.meta(thread_id) ON DELETE CASCADE;


--
-- Name: stale_alerts stale_alerts_user_id_fkey; Type: FK CONSTRAINT; Schema: playtests; Owner: -
--

ALTER TABLE ONLY playtests.stale_alerts
    ADD CONSTRAINT stale_alerts_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: votes votes_map_id_fkey; Type: FK CONSTRAINT; Schema: playtests; Owner: -
--

ALTER TABLE ONLY playtests.votes
    ADD CONSTRAINT votes_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: votes votes_playtest_thread_id_fkey; Type: FK CONSTRAINT; Schema: playtests; Owner: -
--

ALTER TABLE ONLY playtests.votes
    ADD CONSTRAINT votes_playtest_thread_id_fkey FOREIGN KEY (playtest_thread_id) REFERENCES playtests.meta(thread_id) ON DELETE CASCADE;


--
-- Name: votes votes_user_id_fkey; Type: FK CONSTRAINT; Schema: playtests; Owner: -
--

ALTER TABLE ONLY playtests.votes
    ADD CONSTRAINT votes_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: api_tokens api_tokens_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.auth_users(id);


--
-- Name: change_requests change_requests_code_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.change_requests
    ADD CONSTRAINT change_requests_code_fkey FOREIGN KEY (code) REFERENCES core.maps(code) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: change_requests change_requests_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.change_requests
    ADD CONSTRAINT change_requests_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: tag_lookup tag_lookup_tag_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tag_lookup
    ADD CONSTRAINT tag_lookup_tag_id_fkey FOREIGN KEY (tag_id) REFERENCES public.tags(id) ON DELETE CASCADE;


--
-- Name: avatar rank_card_avatar_users_user_id_fk; Type: FK CONSTRAINT; Schema: rank_card; Owner: -
--

ALTER TABLE ONLY rank_card.avatar
    ADD CONSTRAINT rank_card_avatar_users_user_id_fk FOREIGN KEY (user_id) REFERENCES core.users(id);


--
-- Name: background rank_card_background_users_user_id_fk; Type: FK CONSTRAINT; Schema: rank_card; Owner: -
--

ALTER TABLE ONLY rank_card.background
    ADD CONSTRAINT rank_card_background_users_user_id_fk FOREIGN KEY (user_id) REFERENCES core.users(id);


--
-- Name: badges rank_card_badges_users_user_id_fk; Type: FK CONSTRAINT; Schema: rank_card; Owner: -
--

ALTER TABLE ONLY rank_card.badges
    ADD CONSTRAINT rank_card_badges_users_user_id_fk FOREIGN KEY (user_id) REFERENCES core.users(id);


--
-- Name: players players_skill_rank_fkey; Type: FK CONSTRAINT; Schema: ranks; Owner: -
--

ALTER TABLE ONLY ranks.players
    ADD CONSTRAINT players_skill_rank_fkey FOREIGN KEY (skill_rank) REFERENCES ranks.skill_ranks("position");


--
-- Name: players players_user_id_fkey; Type: FK CONSTRAINT; Schema: ranks; Owner: -
--

ALTER TABLE ONLY ranks.players
    ADD CONSTRAINT players_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: config fk_active_key_type; Type: FK CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.config
    ADD CONSTRAINT fk_active_key_type FOREIGN KEY (active_key_type) REFERENCES lootbox.key_types(name) ON DELETE RESTRICT;


--
-- Name: purchases fk_key_type; Type: FK CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.purchases
    ADD CONSTRAINT fk_key_type FOREIGN KEY (key_type) REFERENCES lootbox.key_types(name) ON DELETE RESTRICT;


--
-- Name: quest_rotation fk_quest; Type: FK CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.quest_rotation
    ADD CONSTRAINT fk_quest FOREIGN KEY (quest_id) REFERENCES store.quests(id) ON DELETE CASCADE;


--
-- Name: user_quest_progress fk_quest; Type: FK CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.user_quest_progress
    ADD CONSTRAINT fk_quest FOREIGN KEY (quest_id) REFERENCES store.quests(id) ON DELETE SET NULL;


--
-- Name: rotations fk_reward_item; Type: FK CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.rotations
    ADD CONSTRAINT fk_reward_item FOREIGN KEY (item_name, item_type, key_type) REFERENCES lootbox.reward_types(name, type, key_type) ON DELETE CASCADE;


--
-- Name: purchases fk_user; Type: FK CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.purchases
    ADD CONSTRAINT fk_user FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: quest_rotation fk_user; Type: FK CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.quest_rotation
    ADD CONSTRAINT fk_user FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: user_quest_progress fk_user; Type: FK CONSTRAINT; Schema: store; Owner: -
--

ALTER TABLE ONLY store.user_quest_progress
    ADD CONSTRAINT fk_user FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: completions completions_cycle_id_fkey; Type: FK CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.completions
    ADD CONSTRAINT completions_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES tournaments.cycles(id) ON DELETE CASCADE;


--
-- Name: completions completions_map_id_fkey; Type: FK CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.completions
    ADD CONSTRAINT completions_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE CASCADE;


--
-- Name: completions completions_user_id_fkey; Type: FK CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.completions
    ADD CONSTRAINT completions_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: cycles cycles_category_id_fkey; Type: FK CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.cycles
    ADD CONSTRAINT cycles_category_id_fkey FOREIGN KEY (category_id) REFERENCES tournaments.categories(id) ON DELETE CASCADE;


--
-- Name: cycles cycles_edition_id_fkey; Type: FK CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.cycles
    ADD CONSTRAINT cycles_edition_id_fkey FOREIGN KEY (edition_id) REFERENCES tournaments.editions(id) ON DELETE CASCADE;


--
-- Name: cycles cycles_map_id_fkey; Type: FK CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.cycles
    ADD CONSTRAINT cycles_map_id_fkey FOREIGN KEY (map_id) REFERENCES core.maps(id) ON DELETE RESTRICT;


--
-- Name: pending_transitions pending_transitions_cycle_id_fkey; Type: FK CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.pending_transitions
    ADD CONSTRAINT pending_transitions_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES tournaments.cycles(id) ON DELETE CASCADE;


--
-- Name: pending_transitions pending_transitions_edition_id_fkey; Type: FK CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.pending_transitions
    ADD CONSTRAINT pending_transitions_edition_id_fkey FOREIGN KEY (edition_id) REFERENCES tournaments.editions(id) ON DELETE CASCADE;


--
-- Name: streaks streaks_last_cycle_id_fkey; Type: FK CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.streaks
    ADD CONSTRAINT streaks_last_cycle_id_fkey FOREIGN KEY (last_cycle_id) REFERENCES tournaments.cycles(id) ON DELETE SET NULL;


--
-- Name: streaks streaks_user_id_fkey; Type: FK CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.streaks
    ADD CONSTRAINT streaks_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: xp_grants xp_grants_cycle_id_fkey; Type: FK CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.xp_grants
    ADD CONSTRAINT xp_grants_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES tournaments.cycles(id) ON DELETE CASCADE;


--
-- Name: xp_grants xp_grants_user_id_fkey; Type: FK CONSTRAINT; Schema: tournaments; Owner: -
--

ALTER TABLE ONLY tournaments.xp_grants
    ADD CONSTRAINT xp_grants_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: email_auth email_auth_user_id_fkey; Type: FK CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.email_auth
    ADD CONSTRAINT email_auth_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: email_tokens email_tokens_user_id_fkey; Type: FK CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.email_tokens
    ADD CONSTRAINT email_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: notification_settings notification_settings_user_id_fkey; Type: FK CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.notification_settings
    ADD CONSTRAINT notification_settings_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: overwatch_usernames overwatch_usernames_user_id_fkey; Type: FK CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.overwatch_usernames
    ADD CONSTRAINT overwatch_usernames_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: remember_tokens remember_tokens_user_id_fkey; Type: FK CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.remember_tokens
    ADD CONSTRAINT remember_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: sessions sessions_user_id_fkey; Type: FK CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: suspicious_flags suspicious_flags_completion_id_fkey; Type: FK CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.suspicious_flags
    ADD CONSTRAINT suspicious_flags_completion_id_fkey FOREIGN KEY (completion_id) REFERENCES core.completions(id) ON DELETE CASCADE;


--
-- Name: suspicious_flags suspicious_flags_flagged_by_fkey; Type: FK CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.suspicious_flags
    ADD CONSTRAINT suspicious_flags_flagged_by_fkey FOREIGN KEY (flagged_by) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- Name: suspicious_flags suspicious_flags_user_id_fkey; Type: FK CONSTRAINT; Schema: users; Owner: -
--

ALTER TABLE ONLY users.suspicious_flags
    ADD CONSTRAINT suspicious_flags_user_id_fkey FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--

\unrestrict dbmate


--
-- Dbmate schema migrations
--

INSERT INTO public.schema_migrations (version) VALUES
    ('20261122090000'),
    ('20261122090001'),
    ('20261122090002'),
    ('20261122090003'),
    ('20261122090004'),
    ('20261122090005'),
    ('20261122090006'),
    ('20261122090007'),
    ('20261122090008'),
    ('20261122090009'),
    ('20261122090010'),
    ('20261122090011'),
    ('20261122090012'),
    ('20261122090013'),
    ('20261122100000'),
    ('20261127090000'),
    ('20261127090001'),
    ('20261127090002'),
    ('20261127090003'),
    ('20261127130002'),
    ('20261127132000'),
    ('20261127136000'),
    ('20261127136001'),
    ('20261128150000');
