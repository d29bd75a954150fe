-- Return a page of the teams of a raid's contest for the world's first.
-- returns: many
select
  c.position as "position!", c.rank as "rank!", c.time_after_launch as "value!",
  c.instance_id::text as "instance_id!", c.date_completed as "date_completed!",
  c.is_challenge_mode as "is_challenge_mode!",
  (
    select jsonb_agg(
      jsonb_build_object(
        'membership_id', p.membership_id::text, 'membership_type', p.membership_type,
        'bungie_name', p.bungie_name, 'icon_path', p.icon_path
      )
      order by p.membership_id
    )
    from core.player as p
    where p.membership_id in (select e.id::bigint from jsonb_array_elements(c.membership_ids) as e (id))
  ) as "players!"
from leaderboard.world_first_contest_leaderboard as c
join definitions.activity_definition as a on a.id = c.activity_id
where a.path = :raid
order by c.position
limit :size offset :skip
