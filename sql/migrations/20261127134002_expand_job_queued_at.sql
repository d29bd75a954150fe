-- When a job was last queued: a replayed one is as fresh as a new one.
-- migrate:up
alter table public.jobs add column queued_at timestamptz not null default now();
update public.jobs set queued_at = coalesce(started_at, created_at);

-- migrate:down
alter table public.jobs drop column queued_at;
