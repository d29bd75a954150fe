-- Add a user for a player who is not here, under the next id below those of real users, and return the id.
-- returns: value
-- writes: core.users
insert into core.users (id, nickname, global_name)
select coalesce(max(u.id), 0) + 1, :name::text, :name::text
from core.users as u
where u.id < :first_own_id
returning id
