-- Filters of dead letters that an index walk can apply row by row, and what the team was told of.
-- migrate:up
create function messages.holds(body jsonb, wanted jsonb) returns boolean
language sql immutable
as $$
    -- Whether the body has these texts at these paths (map.code).
    select not exists (
        select from jsonb_each_text(wanted) as w
        where (body #>> string_to_array(w.key, '.')) is distinct from w.value
    )
$$;

create function messages.matches(d messages.dead_letters, filter jsonb) returns boolean
language plpgsql stable
as $$
begin
    -- One place for what the filters of the dead-letter tool mean; an absent member matches everything. No SQL
    -- function: inlined, its nine conditions look as if hardly a row met them, and a batch would sort them all.
    return (filter ->> 'queue' is null or d.queue = filter ->> 'queue')
      and (filter ->> 'type' is null or d.queue in (filter ->> 'type', 'api.' || (filter ->> 'type')))
      and (filter ->> 'error' is null or d.error = filter ->> 'error')
      and (filter ->> 'state' is null or d.state::text = filter ->> 'state')
      and (filter ->> 'died_before' is null or d.died_at < (filter ->> 'died_before')::timestamptz)
      and (filter ->> 'died_after' is null or d.died_at >= (filter ->> 'died_after')::timestamptz)
      and (filter -> 'ids' is null or filter -> 'ids' @> to_jsonb(d.id))
      and (filter -> 'where' is null or messages.holds(d.body, filter -> 'where'));
end
$$;

create or replace function messages.matching(filter jsonb) returns setof messages.dead_letters
language sql stable
as $$
    select d.* from messages.dead_letters as d where messages.matches(d, filter)
$$;

create index dead_letters_waiting_idx on messages.dead_letters (position, id) where state = 'dead';

create table messages.alerts (
    queue text not null,
    error text not null,
    last_id bigint not null,
    alerted_at timestamptz not null default now(),
    constraint alerts_pkey primary key (queue, error)
);

comment on table messages.alerts is 'Which kinds of dead letters the team was told of, and the newest letter at that time.';

-- migrate:down
drop table messages.alerts;
drop index messages.dead_letters_waiting_idx;

create or replace function messages.matching(filter jsonb) returns setof messages.dead_letters
language sql stable
as $$
    -- One place for what the filters of the dead-letter tool mean; an absent member matches everything.
    select d.*
    from messages.dead_letters as d
    where (filter ->> 'queue' is null or d.queue = filter ->> 'queue')
      and (filter ->> 'type' is null or d.queue in (filter ->> 'type', 'api.' || (filter ->> 'type')))
      and (filter ->> 'error' is null or d.error = filter ->> 'error')
      and (filter ->> 'state' is null or d.state::text = filter ->> 'state')
      and (filter ->> 'died_before' is null or d.died_at < (filter ->> 'died_before')::timestamptz)
      and (filter ->> 'died_after' is null or d.died_at >= (filter ->> 'died_after')::timestamptz)
      and (filter -> 'ids' is null or filter -> 'ids' @> to_jsonb(d.id))
      and (filter -> 'where' is null or not exists (
          select from jsonb_each_text(filter -> 'where') as w
          where (d.body #>> string_to_array(w.key, '.')) is distinct from w.value
      ))
$$;

drop function messages.matches(messages.dead_letters, jsonb);
drop function messages.holds(jsonb, jsonb);
