-- Record a run that waits for its verdict. The column completion means that the run is partial.
-- returns: value
-- writes: core.completions
insert into core.completions (map_id, user_id, time, screenshot, video, completion)
values (:map_id, :user_id, :time, :screenshot, :video, :partial)
returning id
