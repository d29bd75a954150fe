-- migrate:up

-- Whether the team lets creators ask for the verdict with fewer votes than are needed.
alter table playtests.meta add column finalize_allowed boolean not null default false;

-- migrate:down

alter table playtests.meta drop column finalize_allowed;
