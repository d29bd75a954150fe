-- Fill in the class of a character wherever it is missing.
-- returns: many
-- writes: extended.instance_character
update extended.instance_character as c
set class_hash = :class_hash
where c.membership_id = :membership_id
  and c.character_id = :character_id
  and c.class_hash is null
returning instance_id
