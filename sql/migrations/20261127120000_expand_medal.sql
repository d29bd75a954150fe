-- One definition of the medal that a time earns.
-- migrate:up
-- Plain enough for PostgreSQL to put in the place of each call.
create function maps.medal(run_time numeric, gold numeric, silver numeric, bronze numeric) returns text
language sql immutable parallel safe
return case
  when run_time <= gold then 'Gold'
  when run_time <= silver then 'Silver'
  when run_time <= bronze then 'Bronze'
end;

-- migrate:down
drop function maps.medal(numeric, numeric, numeric, numeric);
