-- What a run earns is given by the statement that finds it out.
-- migrate:up
-- Add XP, multiplied by the current multiplier and rounded down; tell what the user had and has.
create function lootbox.add_xp(
    of_user bigint, amount integer, kind text, out previous_amount integer, out new_amount integer
)
language plpgsql
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

-- migrate:down
drop function lootbox.add_xp(bigint, integer, text);
