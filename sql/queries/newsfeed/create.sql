-- Add an entry to the newsfeed, of now or another time.
-- returns: scalar
-- writes: public.newsfeed
insert into public.newsfeed (payload, timestamp)
values (:payload, coalesce(:at::timestamptz, now()))
returning id
