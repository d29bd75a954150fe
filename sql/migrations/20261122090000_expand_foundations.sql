-- The schemas, the enums and the one function that every domain shares.
-- Runners have roles that may do what their queries need. What functions of the schema do beside a query, in tables that the
-- query does not name, they do with the rights of whoever owns the tables: those are security definers.
-- migrate:up
create extension if not exists pg_trgm with schema public;

create schema core;
create schema users;
create schema maps;
create schema completions;
create schema playtests;
create schema lootbox;
create schema rank_card;
create schema notifications;
create schema store;
create schema tournaments;
create schema skill;
create schema content;

create type public.playtest_status as enum ('Approved', 'In Progress', 'Rejected');
create type public.job_status as enum ('queued', 'processing', 'succeeded', 'failed', 'timeout');

-- Stamp a row that really changed; writing the same values again leaves the stamp alone.
create function public.set_updated_at() returns trigger language plpgsql as $$
begin
    if new is distinct from old then
        new.updated_at := now();
    end if;
    return new;
end
$$;

-- migrate:down
drop function public.set_updated_at();
drop type public.job_status;
drop type public.playtest_status;
drop schema content;
drop schema skill;
drop schema tournaments;
drop schema store;
drop schema notifications;
drop schema rank_card;
drop schema lootbox;
drop schema playtests;
drop schema completions;
drop schema maps;
drop schema users;
drop schema core;
drop extension pg_trgm;
