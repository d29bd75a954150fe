-- Note which manifest the definitions were read from.
-- returns: none
-- writes: definitions.manifest
insert into definitions.manifest (version)
values (:version)
on conflict (only_one) do update
set version = excluded.version, read_at = now()
