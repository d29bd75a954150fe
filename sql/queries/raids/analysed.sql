-- Return instances as lines of JSON, as ClickHouse keeps them; what is unknown is 2 or 0 there. Of two such lines the
-- one with the later moment counts, which is to be the database's time before this statement.
-- returns: many
select jsonb_build_object(
  'instance_id', i.instance_id,
  'hash', i.hash,
  'completed', i.completed,
  'player_count', i.player_count,
  'fresh', coalesce(i.fresh::integer, 2),
  'flawless', coalesce(i.flawless::integer, 2),
  'date_started', extract(epoch from i.date_started)::bigint,
  'date_completed', extract(epoch from i.date_completed)::bigint,
  'platform_type', i.platform_type,
  'duration', i.duration,
  'score', i.score,
  'players', t.players,
  'read_at', :moment::bigint
)::text as line
from core.instance as i
cross join lateral (
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'membership_id', s.membership_id,
        'completed', s.completed,
        'time_played_seconds', s.time_played_seconds,
        'sherpas', s.sherpas,
        'is_first_clear', s.is_first_clear,
        'characters', (
          select coalesce(
            jsonb_agg(
              to_jsonb(c) - 'instance_id' - 'membership_id' || jsonb_build_object(
                'class_hash', coalesce(c.class_hash, 0),
                'emblem_hash', coalesce(c.emblem_hash, 0),
                'weapons', (
                  select coalesce(
                    jsonb_agg(to_jsonb(w) - 'instance_id' - 'membership_id' - 'character_id' order by w.weapon_hash),
                    '[]'
                  )
                  from extended.instance_character_weapon as w
                  where w.instance_id = c.instance_id
                    and w.membership_id = c.membership_id
                    and w.character_id = c.character_id
                )
              )
              order by c.character_id
            ),
            '[]'
          )
          from extended.instance_character as c
          where c.instance_id = s.instance_id
            and c.membership_id = s.membership_id
        )
      )
      order by s.membership_id
    ),
    '[]'
  ) as players
  from core.instance_player as s
  where s.instance_id = i.instance_id
) as t
where i.instance_id = any(:instance_ids::bigint[])
