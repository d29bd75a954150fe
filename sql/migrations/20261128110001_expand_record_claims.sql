-- A run's reward is one statement; rows that verdicts change often keep room for it.
-- migrate:up
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

alter table completions.totals set (fillfactor = 70);
alter table ranks.leaders set (fillfactor = 70);
alter table lootbox.xp set (fillfactor = 70);

-- migrate:down
alter table lootbox.xp reset (fillfactor);
alter table ranks.leaders reset (fillfactor);
alter table completions.totals reset (fillfactor);
drop function completions.claim_record_xp(integer);
