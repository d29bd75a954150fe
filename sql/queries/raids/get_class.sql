-- Return the class of a character, if one of its instances tells it.
-- returns: scalar
select c.class_hash
from extended.instance_character as c
where c.membership_id = :membership_id
  and c.character_id = :character_id
  and c.class_hash is not null
order by c.instance_id desc
limit 1
