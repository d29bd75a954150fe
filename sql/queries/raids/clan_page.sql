-- Return a page of the clans, by one of their sums.
-- order: weightedContestScore = b.weighted_contest_score desc, b.group_id
-- order: totalContestScore = b.total_contest_score desc, b.group_id
-- order: clears = b.clears desc, b.group_id
-- order: averageClears = b.average_clears desc, b.group_id
-- order: freshClears = b.fresh_clears desc, b.group_id
-- order: averageFreshClears = b.average_fresh_clears desc, b.group_id
-- order: sherpas = b.sherpas desc, b.group_id
-- order: averageSherpas = b.average_sherpas desc, b.group_id
-- order: timePlayed = b.time_played_seconds desc, b.group_id
-- order: averageTimePlayed = b.average_time_played_seconds desc, b.group_id
-- returns: many
select
  c.group_id::text as group_id, c.name, c.call_sign, c.motto, b.known_member_count as "known_member_count!",
  b.clears as "clears!", b.average_clears::float8 as "average_clears!", b.fresh_clears as "fresh_clears!",
  b.average_fresh_clears::float8 as "average_fresh_clears!", b.sherpas as "sherpas!",
  b.average_sherpas::float8 as "average_sherpas!", b.time_played_seconds as "time_played_seconds!",
  b.average_time_played_seconds::float8 as "average_time_played_seconds!",
  b.total_contest_score as "total_contest_score!", b.weighted_contest_score as "weighted_contest_score!"
from leaderboard.clan_leaderboard as b
join clan.clan as c on c.group_id = b.group_id
order by b.weighted_contest_score desc, b.group_id /*order*/
limit :size offset :skip
