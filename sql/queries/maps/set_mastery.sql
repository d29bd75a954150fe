-- Give a player a mastery medal; nothing when they have it already, else whether it is their first of this map name.
-- returns: maybe
-- writes: maps.mastery
insert into maps.mastery as y (user_id, map_name, medal)
values (:user_id, :map_name, :medal)
on conflict (user_id, map_name) do update
set medal = excluded.medal
where y.medal <> excluded.medal
returning y.medal, (xmax = 0) as inserted
