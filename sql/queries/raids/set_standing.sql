-- Set a player's cheat level, and whether checks leave the player alone; what is null stays.
-- returns: count
-- null: cheat_level, is_whitelisted
-- writes: core.player
update core.player as p
set
  cheat_level = coalesce(:cheat_level::smallint, p.cheat_level),
  is_whitelisted = coalesce(:is_whitelisted::boolean, p.is_whitelisted)
where p.membership_id = :membership_id
