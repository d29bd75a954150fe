-- Tell whether a user is among the creators that a request mentions; false when there is no such request.
-- returns: value
select exists(
  select
  from public.change_requests as r
  where r.thread_id = :thread_id
    and r.code = :code
    and :user_id::bigint::text = any (regexp_split_to_array(r.creator_mentions, '[^0-9]+'))
) as permitted
