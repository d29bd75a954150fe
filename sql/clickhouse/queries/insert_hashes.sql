-- Tell which activity and version hashes are.
insert into hash_map format JSONEachRow
