-- What a run earns is given by the statement that finds it out.
-- migrate:up
-- Add XP, multiplied by the current multiplier and rounded down; tell what the user had and has.
create function lootbox.add_xp(
    of_user bigint, amount integer, kind text, out previous_amount integer, out new_amount integer
)
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    added integer;
begin
    select floor(add_xp.amount * m.value) into added from lootbox.xp_multiplier as m;
    insert into lootbox.xp as x (user_id, amount, type)
    values (of_user, added, kind)
    on conflict (user_id) do update
    set amount = x.amount + excluded.amount, type = excluded.type
    returning x.amount into new_amount;
    previous_amount := new_amount - added;
end;
$$;

-- Mark that a player was given the XP of a world record on a run's map; tell whether that was not done before.
-- A function, for an update asks its triggers even where nothing is to be updated.
create function completions.claim_record_xp(of_run integer) returns boolean
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    update core.completions as c
    set wr_xp_check = true
    where c.id = of_run
        and not exists (
            select
            from core.completions as o
            where o.map_id = c.map_id and o.user_id = c.user_id and o.wr_xp_check and not coalesce(o.legacy, false)
        );
    return found;
end;
$$;

-- migrate:down
drop function completions.claim_record_xp(integer);
drop function lootbox.add_xp(bigint, integer, text);
