-- Find stored first clears that are not the first any more, because a clear below was earlier.
-- returns: many
with clear as (
  select distinct on (c.membership_id, v.activity_id)
    c.membership_id, v.activity_id, c.date_completed, c.instance_id
  from unnest(
    :membership_ids::bigint[], :hashes::bigint[], :dates_completed::timestamptz[], :instance_ids::bigint[]
  ) as c (membership_id, hash, date_completed, instance_id)
  join definitions.activity_version as v using (hash)
  order by c.membership_id, v.activity_id, c.date_completed, c.instance_id
)
select s.instance_id, s.membership_id
from clear as c
join core.instance_player as s on s.membership_id = c.membership_id and s.is_first_clear
join core.instance as i on i.instance_id = s.instance_id
join definitions.activity_version as v on v.hash = i.hash and v.activity_id = c.activity_id
where (i.date_completed, i.instance_id) > (c.date_completed, c.instance_id)
