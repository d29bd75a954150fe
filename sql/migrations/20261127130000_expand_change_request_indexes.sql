-- The requests of one map, and those whose creators are to be reminded.
-- migrate:up
create index change_requests_code_idx on public.change_requests (code, created_at desc);

create index change_requests_stale_idx on public.change_requests (created_at)
    where resolved is not true and alerted is not true;

-- migrate:down
drop index public.change_requests_stale_idx;
drop index public.change_requests_code_idx;
