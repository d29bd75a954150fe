-- Search players whose name begins with a text, who is played with most likely first.
-- returns: many
select
  p.membership_id::text as membership_id, p.membership_type, p.icon_path, p.display_name,
  p.bungie_global_display_name, p.bungie_global_display_name_code, p.last_seen, p.is_private, p.cheat_level
from core.player as p
where p.last_seen > 'epoch'
  and (
    -- Ranges, which the indices serve for any text; of "like" they would have to know it beforehand.
    lower(p.bungie_name) ~>=~ :prefix and lower(p.bungie_name) ~<~ (:prefix || chr(1114111))
    or lower(p.display_name) ~>=~ :prefix and lower(p.display_name) ~<~ (:prefix || chr(1114111))
  )
  /*[ and p.membership_type = :membership_type ]*/
order by p._search_score desc, p.membership_id
limit :n
