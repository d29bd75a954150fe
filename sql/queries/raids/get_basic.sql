-- Return who players are, in the order in which they are asked for; unknown ones are left out.
-- returns: many
select
  p.membership_id::text as membership_id, p.membership_type, p.icon_path, p.display_name,
  p.bungie_global_display_name, p.bungie_global_display_name_code, p.last_seen, p.last_crawled, p.is_private,
  p.cheat_level
from unnest(:membership_ids::bigint[]) with ordinality as w (membership_id, place)
join core.player as p on p.membership_id = w.membership_id
order by w.place
