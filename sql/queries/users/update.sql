-- Change the names of a user that are given; returns the number of users changed.
-- returns: count
-- writes: core.users
update core.users
set
  /*[ nickname = :nickname, ]*/
  /*[ global_name = :global_name, ]*/
  updated_at = now()
where id = :user_id
