-- Names nearest to a text are found in a third of the time where a page of the index tells its trigrams apart from those of
-- other pages: with PostgreSQL's 12 bytes each page seems to hold all of them, so that all names were compared.
-- Of nicknames and global names only those are looked at that are nearer than what is found by then.
-- migrate:up
drop index core.users_nickname_nearest_idx, core.users_global_name_nearest_idx, users.overwatch_usernames_nearest_idx;
create index users_nickname_nearest_idx on core.users using gist (nickname public.gist_trgm_ops (siglen = 1024));
create index users_global_name_nearest_idx on core.users using gist (global_name public.gist_trgm_ops (siglen = 1024));
create index overwatch_usernames_nearest_idx
on users.overwatch_usernames using gist (username public.gist_trgm_ops (siglen = 1024));

create function users.nearest(search text, below bigint, size bigint) returns table (user_id bigint, distance real)
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    ids bigint[];
    distances real[];
    farthest real;
    threshold text;
begin
    if show_trgm(search) = '{}' then
        -- A text without a letter or digit is as far from each name.
        return query
        select u.id, 1::real
        from core.users as u
        where u.id < coalesce(below, 9223372036854775807)
            and (
                coalesce(u.nickname, u.global_name) is not null
                or exists (select from users.overwatch_usernames as o where o.user_id = u.id)
            )
        order by u.id
        limit size;
        return;
    end if;
    -- Nobody has more than ten names, so these are the names of at least that many users.
    select array_agg(n.user_id), array_agg(n.distance) into ids, distances
    from (
        select o.user_id, o.username <-> search as distance
        from users.overwatch_usernames as o
        where o.user_id < coalesce(below, 9223372036854775807)
        order by o.username <-> search
        limit size * 10
    ) as n;
    select max(b.distance) into farthest
    from (
        select min(n.distance) as distance
        from unnest(ids, distances) as n (user_id, distance)
        group by n.user_id
        order by min(n.distance)
        limit size
    ) as b
    having count(*) = size;
    -- A little less, for distances are rounded. It is put back by hand: to name it in the function's head takes a superuser.
    threshold := current_setting('pg_trgm.similarity_threshold');
    perform set_config('pg_trgm.similarity_threshold', greatest(0, 0.9999 - coalesce(farthest, 1))::text, true);
    return query
    select n.user_id, min(n.distance)
    from (
        select k.user_id, k.distance from unnest(ids, distances) as k (user_id, distance)
        union all
        (
            select u.id, u.nickname <-> search
            from core.users as u
            where u.nickname % search and u.id < coalesce(below, 9223372036854775807)
            order by u.nickname <-> search
            limit size
        )
        union all
        (
            select u.id, u.global_name <-> search
            from core.users as u
            where u.global_name % search and u.id < coalesce(below, 9223372036854775807)
            order by u.global_name <-> search
            limit size
        )
    ) as n
    group by n.user_id
    order by min(n.distance), n.user_id
    limit size;
    perform set_config('pg_trgm.similarity_threshold', threshold, true);
end;
$$;

-- migrate:down
drop function users.nearest(text, bigint, bigint);
drop index core.users_nickname_nearest_idx, core.users_global_name_nearest_idx, users.overwatch_usernames_nearest_idx;
create index users_nickname_nearest_idx on core.users using gist (nickname public.gist_trgm_ops);
create index users_global_name_nearest_idx on core.users using gist (global_name public.gist_trgm_ops);
create index overwatch_usernames_nearest_idx on users.overwatch_usernames using gist (username public.gist_trgm_ops);
