-- Answers kept for repeated requests, and the age of claims, so that both can be forgotten.
-- migrate:up
create schema web;

create table web.answers (
    id bytea not null,
    request bytea not null,
    operation text not null,
    caller text not null,
    status smallint not null,
    content_type text,
    body bytea,
    answered_at timestamptz not null default now(),
    constraint answers_pkey primary key (id)
);

comment on table web.answers is 'What was answered to a request with an Idempotency-Key, written in the transaction of its effect.';
comment on column web.answers.id is 'Keyed hash of the caller''s API key and the Idempotency-Key.';
comment on column web.answers.request is 'Keyed hash of what was asked: a repetition must ask the same.';
comment on column web.answers.body is 'Null where there is none, or where it holds a secret.';

create index answers_answered_at_idx on web.answers (answered_at);

alter table public.processed_messages add column claimed_at timestamptz not null default now();

create index processed_messages_claimed_at_idx on public.processed_messages (claimed_at);

-- migrate:down
drop index public.processed_messages_claimed_at_idx;
alter table public.processed_messages drop column claimed_at;
drop schema web cascade;
