-- migrate:up

-- What statements look for and had no index: each was a read of the whole table.
create index completions_message_id_idx on core.completions (message_id) where message_id is not null;
create index completions_verification_id_idx on core.completions (verification_id)
where verification_id is not null;
create index completions_pending_idx on core.completions (inserted_at)
where not verified and verified_by is null and verification_id is not null;
create index email_tokens_token_hash_idx on users.email_tokens (token_hash);
create index guides_map_id_idx on maps.guides (map_id);
create index player_clears_idx on core.player (clears desc, membership_id);

-- migrate:down

drop index core.player_clears_idx;
drop index maps.guides_map_id_idx;
drop index users.email_tokens_token_hash_idx;
drop index core.completions_pending_idx;
drop index core.completions_verification_id_idx;
drop index core.completions_message_id_idx;
