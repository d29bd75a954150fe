-- Add an entry to the newsfeed.
-- returns: scalar
-- writes: public.newsfeed
insert into public.newsfeed (payload)
values (:payload)
returning id
