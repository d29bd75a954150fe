-- What the team decided: who did what to which run, playtest or edit, and why. Rows are only added.
-- migrate:up

create schema audit;

create table audit.entries (
    id bigint generated always as identity,
    made_at timestamptz not null default now(),
    actor_id bigint not null,
    action text not null,
    subject_id bigint not null,
    reason text,
    constraint entries_pkey primary key (id)
);

create index entries_subject_idx on audit.entries (subject_id, action);

-- migrate:down

drop table audit.entries;
drop schema audit;
