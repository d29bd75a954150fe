-- Return a page of the first teams that completed a version of a raid.
-- returns: many
select
  c.position as "position!", c.rank as "rank!", c.value as "value!", c.instance_id::text as "instance_id!",
  c.date_completed as "date_completed!",
  (
    select jsonb_agg(e.id #>> '{}')
    from jsonb_array_elements(c.membership_ids) as e (id)
  ) as "membership_ids!"
from leaderboard.team_activity_version_leaderboard as c
join definitions.activity_definition as a on a.id = c.activity_id
join definitions.version_definition as d on d.id = c.version_id
where a.path = :raid
  and d.path = :version
order by c.position
limit :size offset :skip
