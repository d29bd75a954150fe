-- A community of the size that benchmarks/data.py names. Each step ends where the next one begins.

-- step: helpers
-- roll: a number from 0 to 1 that depends on its arguments alone. curve: the line through points of a picture with
-- logarithmic axes, here how many runs the place-th busiest map or player has.
create function pg_temp.roll(n bigint, salt bigint) returns float8 language sql immutable
return (hashint8extended(n, salt) & 1073741823) / 1073741824.0::float8;

create function pg_temp.curve(place int, places float8[], amounts float8[]) returns float8 language sql immutable as $$
    select exp(ln(amounts[i]) + (ln(amounts[i + 1]) - ln(amounts[i]))
        * (ln(place) - ln(places[i])) / (ln(places[i + 1]) - ln(places[i])))
    from generate_series(1, cardinality(places) - 1) as i
    where place <= places[i + 1]
    order by i limit 1
$$;

create function pg_temp.user_id(n bigint) returns bigint language sql immutable
return case when n <= 250 then n else 100000000000000000 + n end;

-- step: users and maps
insert into core.users (id, nickname, global_name, coins, created_at, is_mod)
select
    pg_temp.user_id(n), initcap(substr(md5(n::text), 1, 3 + n % 7)) || n % 97, 'global' || n,
    n % 900, timestamptz '2022-01-01' + n * interval '5 hours', n % 500 = 0
from generate_series(1, 5000) as n;

insert into users.overwatch_usernames (user_id, username, is_primary)
select pg_temp.user_id(1 + n % 4000), 'Player' || substr(md5((n * 31)::text), 1, 4) || '#' || 1000 + n, n <= 4000
from generate_series(1, 5202) as n;

insert into core.maps
    (code, map_name, category, checkpoints, official, playtesting, hidden, archived, difficulty, raw_difficulty,
     description, title, created_at, updated_at)
select
    upper(lpad(to_hex(n * 7919 % 1048576), 5, '0')),
    (select array_agg(k.name order by k.name) from maps.names as k)[1 + (pg_temp.roll(n, 1) * 60)::int],
    (array['Classic', 'Increasing Difficulty', 'Other'])[1 + n % 3],
    5 + (pg_temp.roll(n, 2) * 60)::int,
    pg_temp.roll(n, 3) < 0.72,
    case when pg_temp.roll(n, 4) < 0.9 then 'Approved' when n % 2 = 0 then 'In Progress' else 'Rejected' end
        ::public.playtest_status,
    pg_temp.roll(n, 4) >= 0.9,
    pg_temp.roll(n, 5) < 0.15,
    'Hell',
    round((pg_temp.roll(n, 6) * 10)::numeric, 2),
    'A map about ' || repeat(md5(n::text), 2),
    case when n % 10 = 0 then 'Title ' || n end,
    timestamptz '2022-02-01' + n * interval '12 hours',
    timestamptz '2022-02-01' + n * interval '13 hours'
from generate_series(1, 2000) as n;

insert into maps.creators (map_id, user_id, is_primary)
select m.id, pg_temp.user_id(1 + (power(pg_temp.roll(m.id * 7 + k, 7), 3) * 1500 + k * 1501)::int), k = 0
from core.maps as m cross join generate_series(0, 1) as k
where k = 0 or m.id % 5 = 0;

insert into maps.medals (map_id, gold, silver, bronze)
select m.id, 40 + m.id % 50, 80 + m.id % 50, 140 + m.id % 50 from core.maps as m where pg_temp.roll(m.id, 8) < 0.6;

insert into maps.mechanic_links (map_id, mechanic_id)
select m.id, k.id from core.maps as m join maps.mechanics as k
on pg_temp.roll(m.id * 100 + k.id, 9) < 6730.0 / 2000 / (select count(*) from maps.mechanics);

insert into maps.restriction_links (map_id, restriction_id)
select m.id, k.id from core.maps as m join maps.restrictions as k on pg_temp.roll(m.id * 100 + k.id, 10) < 0.1;

insert into maps.tag_links (map_id, tag_id)
select m.id, k.id from core.maps as m join maps.tags as k on pg_temp.roll(m.id * 100 + k.id, 11) < 0.1;

insert into maps.guides (map_id, url, user_id)
select m.id, 'https://video.example/guide/' || m.id, pg_temp.user_id(300 + m.id) from core.maps as m
where m.id % 4 = 0;

-- step: runs
-- Players are drawn for each map, the busiest most often; who is drawn twice has one run all the same.
create temporary table pairs as
with shares as (
    select array_agg(s.share order by s.n) as sums
    from (
        select w.n, sum(w.amount) over (order by w.n) / sum(w.amount) over () as share
        from (
            select n, pg_temp.curve(1 + (n * 2003 % 5000)::int, '{1,50,2500,5000}', '{5600,160,22,5}') as amount
            from generate_series(1, 5000) as n
        ) as w
    ) as s
)
select distinct w.map_id, 1 + width_bucket(pg_temp.roll(w.map_id * 1000000 + k, 12), s.sums) as user_number
from (
    select m.id as map_id,
        pg_temp.curve(1 + (m.id * 1009 % 2000)::int, '{1,20,200,1000,2000}', '{11000,460,130,59,15}') as amount
    from core.maps as m
) as w
cross join shares as s
cross join lateral generate_series(1, (w.amount * current_setting('bench.times')::int)::int) as k;

insert into core.completions
    (map_id, user_id, time, screenshot, video, verified, verification_id, message_id, completion, inserted_at,
     verified_by, legacy, legacy_medal, reason)
select
    r.map_id, r.user_id,
    round((30 + r.map_id % 50 + power(pg_temp.roll(r.id, 13), 2) * 600)::numeric, 2),
    'https://cdn.example/shot/' || r.id || '.png',
    r.video,
    r.state = 'verified',
    case when r.state = 'pending' then 300000000000000000 + r.id end,
    case when r.state = 'verified' then 200000000000000000 + r.id end,
    r.video is null or not r.official,
    timestamptz '2022-03-01' + r.id * interval '15 minutes' / current_setting('bench.times')::int,
    case when r.state <> 'pending' then 100000000000000500 end,
    r.legacy,
    case when r.legacy and r.video is not null and r.id % 2 = 0 then 'Silver' end,
    case when r.state = 'rejected' then 'Not readable' end
from (
    select
        n.id, n.map_id, pg_temp.user_id(n.user_number) as user_id, m.official,
        case when pg_temp.roll(n.id, 14) < 0.39 then 'https://video.example/run/' || n.id end as video,
        case
            when pg_temp.roll(n.id, 15) < 8.0 / 150 then 'pending'
            when pg_temp.roll(n.id, 15) < 13.5 / 150 then 'rejected'
            else 'verified'
        end as state,
        pg_temp.roll(n.id, 15) > 1 - 13.5 / 150 as legacy
    from (
        select row_number() over (order by hashint8extended(p.map_id * 10000 + p.user_number, p.again)) as id,
            p.map_id, p.user_number
        from (
            select p.map_id, p.user_number, again
            from pairs as p
            cross join generate_series(0, 1) as again
            where again = 0 or pg_temp.roll(p.map_id * 10000 + p.user_number, 16) < 6.0 / 144
        ) as p
    ) as n
    join core.maps as m on m.id = n.map_id
) as r
order by r.id;

-- step: everything else
insert into completions.upvotes (user_id, message_id, inserted_at)
select pg_temp.user_id(1000 + k * 7), c.message_id, c.inserted_at + interval '1 day'
from core.completions as c cross join generate_series(1, 5) as k
where c.verified and pg_temp.roll(c.id * 10 + k, 20) < 27.0 / 150 / 5;

insert into maps.ratings (map_id, user_id, quality, verified)
select c.map_id, c.user_id, 1 + (pg_temp.roll(c.id, 21) * 6)::int, c.verified
from core.completions as c where pg_temp.roll(c.id, 22) < 0.35
on conflict do nothing;

insert into playtests.meta (thread_id, map_id, verification_id, initial_difficulty, completed)
select 400000000000000000 + n, n, 500000000000000000 + n, m.raw_difficulty, m.playtesting <> 'In Progress'
from generate_series(1, 2000) as n join core.maps as m on m.id = n
where m.playtesting = 'In Progress' or pg_temp.roll(n, 23) < 0.59;

insert into playtests.votes (user_id, map_id, playtest_thread_id, difficulty)
select distinct on (c.user_id, p.thread_id)
    c.user_id, p.map_id, p.thread_id, round((pg_temp.roll(c.id, 24) * 10)::numeric, 2)
from playtests.meta as p join core.completions as c on c.map_id = p.map_id
where c.verified and pg_temp.roll(c.id, 25) < 0.21;

insert into lootbox.xp (user_id, amount)
select pg_temp.user_id(n), (power(pg_temp.roll(n, 26), 4) * 60000)::int from generate_series(1, 5000) as n;

insert into lootbox.user_rewards (user_id, reward_name, reward_type, key_type, earned_at)
select pg_temp.user_id(251 + (pg_temp.roll(n, 27) * 4748)::int), r.name, r.type, r.key_type,
    timestamptz '2024-01-01' + n * interval '10 minutes'
from generate_series(1, 57000) as n
join (
    select row_number() over (order by type, name) as place, count(*) over () as amount, t.* from lootbox.reward_types as t
) as r on r.place = 1 + n % r.amount;

insert into lootbox.user_keys (user_id, key_type, earned_at)
select pg_temp.user_id(251 + (pg_temp.roll(n, 28) * 4748)::int), k.name,
    timestamptz '2024-01-01' + n * interval '15 minutes'
from generate_series(1, 30000) as n
join (
    select row_number() over (order by name) as place, count(*) over () as amount, t.name from lootbox.key_types as t
) as k on k.place = 1 + n % k.amount;

insert into notifications.events (user_id, event_type, title, body, created_at, read_at)
select pg_temp.user_id(251 + (pg_temp.roll(n, 29) * 4748)::int), 'verification_approved', 'Run accepted',
    'Your run was accepted.', timestamptz '2025-01-01' + n * interval '10 minutes',
    case when n % 3 > 0 then timestamptz '2026-01-01' end
from generate_series(1, 50000) as n;

insert into notifications.preferences (user_id, event_type, channel, enabled)
select pg_temp.user_id(251 + n), e.kind, c.name, (n + length(e.kind)) % 2 = 0
from generate_series(0, 1666) as n
cross join (values ('xp_gain'), ('rank_up')) as e (kind)
cross join (values ('web'), ('discord_dm'), ('discord_ping')) as c (name);

insert into public.newsfeed (timestamp, payload)
select timestamptz '2024-01-01' + n * interval '6 hours', json_build_object(
    'type', 'record', 'code', m.code, 'map_name', m.map_name, 'time', 40 + n % 100,
    'video', 'https://video.example/' || n,
    'rank_num', 1, 'name', 'Player' || n, 'medal', null, 'difficulty', m.difficulty)
from generate_series(1, 2000) as n join core.maps as m on m.id = n;

insert into maps.clicks (map_id, user_id, source, ip_hash, inserted_at, day_bucket)
select 1 + (power(pg_temp.roll(n, 30), 2) * 1999)::int, null, 'web', md5(n::text),
    now() - n * interval '3 minutes', n
from generate_series(1, 50000) as n
-- As they come.
order by n desc;

insert into skill.snapshot (user_id, skill_score, maps_cleared, video_clears, hardest_raw)
select c.user_id, count(*) * 3 + pg_temp.roll(c.user_id, 31), count(*), count(c.video), 9
from core.completions as c where c.verified group by c.user_id;

-- step: what triggers keep
select ranks.rebuild(), maps.rebuild_rating_totals(), maps.rebuild_details();

-- step: statistics
vacuum analyze;
