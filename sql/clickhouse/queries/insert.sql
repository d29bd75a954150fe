-- Add rows of instances; a real server puts several inserts together and answers once they are there.
insert into instance settings async_insert = 1, wait_for_async_insert = 1 format JSONEachRow
