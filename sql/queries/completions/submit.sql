-- Record a run that waits for its verdict.
-- returns: value
-- writes: core.completions
insert into core.completions (map_id, user_id, time, screenshot, video, completion)
values (:map_id, :user_id, :time, :screenshot, :video, :partial)
returning id
