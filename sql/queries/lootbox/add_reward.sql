-- Give a user a reward that it does not have yet; returns 0 when it has it. The user is locked before.
-- returns: count
-- writes: lootbox.user_rewards
insert into lootbox.user_rewards (user_id, reward_name, reward_type, key_type)
select :user_id, r.name, r.type, r.key_type
from lootbox.reward_types as r
where r.key_type = :key_type
  and r.type = :reward_type
  and r.name = :reward_name
  and not exists (
    select
    from lootbox.user_rewards as u
    where u.user_id = :user_id
      and u.key_type = r.key_type
      and u.reward_type = r.type
      and u.reward_name = r.name
  )
