-- Set the skulls that an instance was played with.
-- returns: none
-- writes: core.instance
update core.instance as i
set skull_hashes = :skull_hashes
where i.instance_id = :instance_id
