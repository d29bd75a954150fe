-- Sorting by a number that stands for a key and its direction costs a quarter of sorting by their names.
-- migrate:up
-- What maps are sorted by when a number is asked for, and by when a text is; null for any other key. The sign of a number
-- carries the direction; a text whose direction is the other one is null.
create function maps.sort_number(key integer, difficulty numeric, checkpoints integer, rating double precision)
returns double precision
language sql immutable parallel safe
return case key
  when 1 then difficulty::double precision
  when 2 then - difficulty::double precision
  when 3 then checkpoints::double precision
  when 4 then - checkpoints::double precision
  when 5 then rating
  when 6 then - rating
end;

create function maps.sort_text(key integer, direction integer, map_name text, title text, code text) returns text
language sql immutable parallel safe
return case key - direction
  when 7 then map_name
  when 9 then title
  when 11 then code
end;

-- migrate:down
drop function maps.sort_number(integer, numeric, integer, double precision);
drop function maps.sort_text(integer, integer, text, text, text);
