-- Keep the answer to an Idempotency-Key.
-- returns: none
-- null: content_type, body
-- writes: web.answers
insert into web.answers (id, request, operation, caller, status, content_type, body)
values (:id, :request, :operation, :caller, :status, :content_type, :body)
