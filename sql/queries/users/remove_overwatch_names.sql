-- Take away all names a user plays under.
-- returns: none
-- writes: users.overwatch_usernames
delete from users.overwatch_usernames
where user_id = :user_id
