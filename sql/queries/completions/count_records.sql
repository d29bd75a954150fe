-- Count the runs of all maps and players that a moderator looks at; a filter of null lets all through.
-- With :latest_only, of each player's runs of a map only one.
-- returns: value
-- null: verified
select coalesce(
  sum(
    case
      when :latest_only::boolean and :verified::boolean then t.current
      when :latest_only and not :verified then t.waiting_players
      when :latest_only then t.players
      when :verified then t.runs - t.waiting
      when not :verified then t.waiting
      else t.runs
    end
  ),
  0
)::bigint as amount
from completions.totals as t
where not exists (select from core.maps as m where m.id = t.map_id and m.code is null)
