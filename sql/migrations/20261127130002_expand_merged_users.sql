-- A placeholder becomes the user it stood for: every row of every table goes over, and what was done is kept.
-- migrate:up
create table users.merges (
    id bigint generated always as identity primary key,
    placeholder_id bigint not null,
    user_id bigint not null,
    placeholder jsonb not null,
    superseded_runs integer[] not null,
    leftovers jsonb not null,
    merged_by text not null,
    merged_at timestamptz not null default now()
);

comment on table users.merges is 'Which placeholders became which users, and by whom';
comment on column users.merges.leftovers is
    'Rows of the placeholder that could not stand beside one of the user: table and row';

-- The runs of two users that no longer stand when the two are one: a later run that is not faster, and of two
-- waiting ones the slower. Only runs of the same kind, legacy or not, are compared; partial ones do not stand
-- in the way of full ones.
create function users.superseded_runs(one bigint, other bigint) returns setof integer
language sql stable
begin atomic
    select run.id
    from core.completions as run
    where run.user_id in (one, other)
        and (run.verified or run.verified_by is null)
        and exists (
            select
            from core.completions as better
            where better.user_id in (one, other)
                and better.user_id <> run.user_id
                and better.map_id = run.map_id
                and coalesce(better.legacy, false) = coalesce(run.legacy, false)
                and case
                    when better.verified then
                        (better.inserted_at, better.id) < (run.inserted_at, run.id)
                        and better.time <= run.time
                        and not (better.completion and not run.completion)
                    when better.verified_by is null then
                        not run.verified and (better.time, better.id) < (run.time, run.id)
                    else false
                end
        );
end;

create function users.merge(placeholder_id bigint, user_id bigint, merged_by text) returns bigint
language plpgsql
set users.merging = 'true'
security definer set search_path = pg_catalog, public, pg_temp
as $$
#variable_conflict use_column
declare
    placeholder constant bigint := $1;
    successor constant bigint := $2;
    medals constant text[] :=
        '{Placeholder,Rookie,Explorer,Trailblazer,Pathfinder,Specialist,Prodigy}';
    superseded integer[];
    leftovers jsonb := '[]';
    place record;
    spot tid;
    leftover jsonb;
    merge_id bigint;
begin
    select coalesce(array_agg(run order by run), '{}') into superseded
    from users.superseded_runs(placeholder, successor) as run;
    update core.completions
    set verified = false, verified_by = 969632729643753482,
        reason = 'Superseded: the player has a faster run under another name.'
    where id = any (superseded);
    -- A player has one run of a map at one moment.
    update core.completions as run
    set inserted_at = run.inserted_at + interval '1 microsecond'
    where run.user_id = placeholder and exists (
        select
        from core.completions as same
        where same.user_id = successor and same.map_id = run.map_id and same.inserted_at = run.inserted_at
    );

    update core.users as u
    set coins = coalesce(u.coins, 0) + coalesce(p.coins, 0)
    from core.users as p
    where u.id = successor and p.id = placeholder;
    update lootbox.xp as x
    set amount = x.amount + p.amount
    from lootbox.xp as p
    where x.user_id = successor and p.user_id = placeholder;
    update maps.mastery as y
    set medal = p.medal
    from maps.mastery as p
    where y.user_id = successor and p.user_id = placeholder and p.map_name = y.map_name
        and array_position(medals, p.medal) > array_position(medals, y.medal);
    update maps.creators as c
    set is_primary = true
    from maps.creators as p
    where c.user_id = successor and p.user_id = placeholder and p.map_id = c.map_id and p.is_primary;
    update users.overwatch_usernames as n
    set is_primary = false
    where n.user_id = placeholder and exists (
        select from users.overwatch_usernames as o where o.user_id = successor and o.is_primary
    );
    update public.change_requests
    set creator_mentions = regexp_replace(
        creator_mentions, '\y' || placeholder || '\y', successor::text, 'g'
    )
    where not coalesce(resolved, false) and creator_mentions ~ ('\y' || placeholder || '\y');

    -- Every column that names a user, also of tables added later. What opens doors ends with the placeholder.
    for place in
        select k.conrelid::regclass as relation, a.attname as name
        from pg_constraint as k
        join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
        where k.contype = 'f'
            and k.confrelid = 'core.users'::regclass
            and k.conrelid <> all (array[
                'users.sessions', 'users.remember_tokens', 'users.email_auth', 'users.email_tokens'
            ]::regclass[])
        union all
        values
            ('public.analytics'::regclass, 'user_id'),
            ('public.tags'::regclass, 'owner_id'),
            ('public.tag_lookup'::regclass, 'owner_id'),
            ('skill.snapshot'::regclass, 'user_id'),
            ('skill.score_history'::regclass, 'user_id'),
            ('skill.score_change'::regclass, 'user_id')
    loop
        begin
            execute format('update %s set %I = $1 where %2$I = $2', place.relation, place.name)
            using successor, placeholder;
        exception when unique_violation then
            for spot in execute format('select ctid from %s where %I = $1', place.relation, place.name)
                using placeholder
            loop
                begin
                    execute format('update %s set %I = $1 where ctid = $2', place.relation, place.name)
                    using successor, spot;
                exception when unique_violation then
                    execute format('delete from %s as t where ctid = $1 returning to_jsonb(t)', place.relation)
                    into leftover using spot;
                    leftovers := leftovers || jsonb_build_object(
                        'table', place.relation::text, 'row', leftover
                    );
                end;
            end loop;
        end;
    end loop;

    insert into users.merges (placeholder_id, user_id, placeholder, superseded_runs, leftovers, merged_by)
    select placeholder, successor, to_jsonb(u), superseded, leftovers, $3
    from core.users as u
    where u.id = placeholder
    returning id into merge_id;
    delete from core.users where id = placeholder;
    return merge_id;
end
$$;

-- migrate:down
drop function users.merge(bigint, bigint, text);
drop function users.superseded_runs(bigint, bigint);
drop table users.merges;
