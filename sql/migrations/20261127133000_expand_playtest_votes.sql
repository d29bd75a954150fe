-- One definition of a difficulty's label, and where it is kept that a playtest has the votes it needs.
-- migrate:up
create function core.difficulty_label(raw numeric) returns text
language sql immutable parallel safe
return case
  when raw < 0 then null
  when raw < 1.18 then 'Easy -'
  when raw < 1.76 then 'Easy'
  when raw < 2.35 then 'Easy +'
  when raw < 2.94 then 'Medium -'
  when raw < 3.53 then 'Medium'
  when raw < 4.12 then 'Medium +'
  when raw < 4.71 then 'Hard -'
  when raw < 5.29 then 'Hard'
  when raw < 5.88 then 'Hard +'
  when raw < 6.47 then 'Very Hard -'
  when raw < 7.06 then 'Very Hard'
  when raw < 7.65 then 'Very Hard +'
  when raw < 8.24 then 'Extreme -'
  when raw < 8.82 then 'Extreme'
  when raw < 9.41 then 'Extreme +'
  when raw <= 10 then 'Hell'
end;

create or replace function core.set_maps_difficulty_from_raw() returns trigger language plpgsql as $$
begin
    if new.raw_difficulty not between 0 and 10 then
        raise exception 'raw difficulty % is outside 0 to 10', new.raw_difficulty
            using errcode = 'numeric_value_out_of_range',
                schema = 'core', table = 'maps', column = 'raw_difficulty',
                constraint = 'maps_difficulty_range_check';
    end if;
    new.difficulty := core.difficulty_label(new.raw_difficulty);
    return new;
end
$$;

-- The message in the thread that said so: it is said once, however many votes follow.
alter table playtests.meta add column enough_votes_message_id bigint;

-- The unique index leads with the player, but every list, count and average is of one thread.
create index idx_votes_playtest_thread_id on playtests.votes (playtest_thread_id);

-- migrate:down
drop index playtests.idx_votes_playtest_thread_id;
alter table playtests.meta drop column enough_votes_message_id;

create or replace function core.set_maps_difficulty_from_raw() returns trigger language plpgsql as $$
begin
    if new.raw_difficulty not between 0 and 10 then
        raise exception 'raw difficulty % is outside 0 to 10', new.raw_difficulty
            using errcode = 'numeric_value_out_of_range',
                schema = 'core', table = 'maps', column = 'raw_difficulty',
                constraint = 'maps_difficulty_range_check';
    end if;
    new.difficulty := case
        when new.raw_difficulty < 1.18 then 'Easy -'
        when new.raw_difficulty < 1.76 then 'Easy'
        when new.raw_difficulty < 2.35 then 'Easy +'
        when new.raw_difficulty < 2.94 then 'Medium -'
        when new.raw_difficulty < 3.53 then 'Medium'
        when new.raw_difficulty < 4.12 then 'Medium +'
        when new.raw_difficulty < 4.71 then 'Hard -'
        when new.raw_difficulty < 5.29 then 'Hard'
        when new.raw_difficulty < 5.88 then 'Hard +'
        when new.raw_difficulty < 6.47 then 'Very Hard -'
        when new.raw_difficulty < 7.06 then 'Very Hard'
        when new.raw_difficulty < 7.65 then 'Very Hard +'
        when new.raw_difficulty < 8.24 then 'Extreme -'
        when new.raw_difficulty < 8.82 then 'Extreme'
        when new.raw_difficulty < 9.41 then 'Extreme +'
        when new.raw_difficulty <= 10 then 'Hell'
    end;
    return new;
end
$$;

drop function core.difficulty_label(numeric);
