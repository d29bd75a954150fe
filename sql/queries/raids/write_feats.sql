-- Write feats; those that a manifest does not name any more stay, because instances were played with them.
-- returns: none
-- writes: definitions.activity_feat_definition
insert into definitions.activity_feat_definition (
  hash, skull_hash, name, description, icon_path, description_short, modifier_power_contribution
)
select
  f.hash, f.skull_hash, f.name, f.description, f.icon_path, f.description_short, f.modifier_power_contribution
from jsonb_to_recordset(:feats) as f (
  hash bigint, skull_hash bigint, name text, description text, icon_path text, description_short text,
  modifier_power_contribution integer
)
on conflict (hash) do update
set skull_hash = excluded.skull_hash,
    name = excluded.name,
    description = excluded.description,
    icon_path = excluded.icon_path,
    description_short = excluded.description_short,
    modifier_power_contribution = excluded.modifier_power_contribution
