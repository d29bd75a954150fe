-- Instances with everything that happened in them. Of a row that came twice the one that was read last counts, once
-- the table is asked with `final`; so a message may be handled as often as it comes.
create table if not exists instance (
  instance_id Int64,
  hash UInt32,
  completed UInt8,
  player_count UInt32,
  fresh UInt8 comment '2 is unknown',
  flawless UInt8 comment '2 is unknown',
  date_started DateTime('UTC'),
  date_completed DateTime('UTC'),
  platform_type UInt16,
  duration UInt32,
  score Int32,
  players Array(Tuple(
    membership_id Int64,
    completed UInt8,
    time_played_seconds UInt32,
    sherpas UInt32,
    is_first_clear UInt8,
    characters Array(Tuple(
      character_id Int64,
      class_hash UInt32,
      emblem_hash UInt32,
      completed UInt8,
      score Int32,
      kills UInt32,
      assists UInt32,
      deaths UInt32,
      precision_kills UInt32,
      super_kills UInt32,
      grenade_kills UInt32,
      melee_kills UInt32,
      time_played_seconds UInt32,
      start_seconds UInt32,
      weapons Array(Tuple(weapon_hash UInt32, kills UInt32, precision_kills UInt32))
    ))
  )),
  read_at UInt64 comment 'the time of PostgreSQL before it was asked, microseconds since 1970'
)
engine = ReplacingMergeTree(read_at)
order by (date_completed, instance_id)
