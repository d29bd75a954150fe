-- Return a page of the clans, by their weighted score of contests.
-- returns: many
select
  c.group_id::text as group_id, c.name, c.call_sign, c.motto, b.known_member_count as "known_member_count!",
  b.clears as "clears!", b.fresh_clears as "fresh_clears!", b.sherpas as "sherpas!",
  b.time_played_seconds as "time_played_seconds!", b.total_contest_score as "total_contest_score!",
  b.weighted_contest_score as "weighted_contest_score!"
from leaderboard.clan_leaderboard as b
join clan.clan as c on c.group_id = b.group_id
order by b.weighted_contest_score desc, b.group_id
limit :size offset :skip
