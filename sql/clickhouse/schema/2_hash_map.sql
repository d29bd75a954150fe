-- Which activity and version a hash is.
create table if not exists hash_map (
  hash UInt32,
  activity_id UInt16,
  version_id UInt16
)
engine = ReplacingMergeTree
order by hash
