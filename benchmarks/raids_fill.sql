-- Fill the raids' tables with bench.instances older instances of six players each, without their constraints' checks.
-- Every sixth seat is one of those who played already; the others are a third as many players as instances. One seat
-- in each instance is a first clear, and what it counted for stands with the player.
begin;
set local session_replication_role = replica;
set local synchronous_commit = off;
set local work_mem = '256MB';

create temporary table member on commit drop as
select row_number() over (order by p.membership_id) - 1 as n, p.membership_id
from core.player as p;

insert into core.player (membership_id, membership_type, display_name, last_seen, clears)
select 1000000000 + n, 3, 'Bench ' || n, '2017-09-13', 10
from generate_series(0, current_setting('bench.instances')::integer / 3) as n;

insert into core.instance (
  instance_id, hash, completed, fresh, player_count, date_started, date_completed, duration, platform_type
)
select
  n, h.hashes[1 + n % cardinality(h.hashes)], true, true, 6, '2017-09-01', '2017-09-01'::timestamptz + n * interval '1 s',
  9000, 3
from generate_series(1, current_setting('bench.instances')::integer) as n
cross join (select array_agg(hash order by hash) as hashes from definitions.activity_version) as h;

insert into core.instance_player (instance_id, membership_id, completed, time_played_seconds, is_first_clear)
select n, 1000000000 + (n * 7 + seat * 7919) % (current_setting('bench.instances')::integer / 3), true, 9000, seat = 1
from generate_series(1, current_setting('bench.instances')::integer) as n
cross join generate_series(1, 5) as seat
union all
select i.n, m.membership_id, true, 9000, false
from generate_series(1, current_setting('bench.instances')::integer) as i (n)
join member as m on m.n = i.n % (select count(*) from member);

insert into core.player_stats (membership_id, activity_id, clears, total_time_played_seconds, fastest_instance_id)
select s.membership_id, v.activity_id, count(*), sum(s.time_played_seconds), min(s.instance_id)
from core.instance_player as s
join core.instance as i on i.instance_id = s.instance_id
join definitions.activity_version as v on v.hash = i.hash
where s.is_first_clear
  and s.instance_id <= current_setting('bench.instances')::integer
group by s.membership_id, v.activity_id;

insert into extended.instance_character (
  instance_id, membership_id, character_id, completed, time_played_seconds, start_seconds
)
select s.instance_id, s.membership_id, s.membership_id, true, 9000, 0
from core.instance_player as s
where s.instance_id <= current_setting('bench.instances')::integer;
commit;
analyze core.player;
analyze core.instance;
analyze core.instance_player;
analyze core.player_stats;
analyze extended.instance_character;
