-- Open a request to change a map, in a thread of its own.
-- returns: none
-- writes: public.change_requests
insert into public.change_requests (thread_id, user_id, code, content, change_request_type, creator_mentions)
values (:thread_id, :user_id, :code, :content, :change_request_type, :creator_mentions)
