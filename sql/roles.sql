-- Written by './cli.py db roles' from the queries; read its diff as you would read code.
-- What each runner may do in the database is what its queries need; './cli.py db grant' sees to it, after
-- each migration. Nobody here may create or drop anything. Functions that write into tables of others do so
-- with the rights of whoever owns the schema.
do $$
declare
  who text;
begin
  foreach who in array array['genji_api', 'genji_bot', 'genji_crawler', 'genji_worker', 'genji_backup', 'genji_monitor'] loop
    if not exists (select from pg_roles where rolname = who) then
      execute format('create role %I nologin', who);
      -- What connections ask for by themselves is lost on its way through PgBouncer.
      execute format('alter role %I set timezone = %L', who, 'UTC');
      execute format('alter role %I set jit = off', who);
      execute format('alter role %I set statement_timeout = %L', who, '30s');
      execute format('alter role %I set client_connection_check_interval = %L', who, '1s');
    end if;
  end loop;
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to genji_api, genji_bot, genji_crawler, genji_worker, genji_backup, genji_monitor', current_database());
end
$$;
revoke all on all tables in schema
  audit,
  bot,
  clan,
  completions,
  content,
  core,
  crawl,
  definitions,
  extended,
  flagging,
  leaderboard,
  lootbox,
  maps,
  messages,
  notifications,
  playtests,
  public,
  rank_card,
  ranks,
  raw,
  skill,
  store,
  tournaments,
  users,
  web
from public, genji_api, genji_bot, genji_crawler, genji_worker, genji_backup, genji_monitor;
revoke all on all sequences in schema
  audit,
  bot,
  clan,
  completions,
  content,
  core,
  crawl,
  definitions,
  extended,
  flagging,
  leaderboard,
  lootbox,
  maps,
  messages,
  notifications,
  playtests,
  public,
  rank_card,
  ranks,
  raw,
  skill,
  store,
  tournaments,
  users,
  web
from public, genji_api, genji_bot, genji_crawler, genji_worker, genji_backup, genji_monitor;
revoke all on schema
  audit,
  bot,
  clan,
  completions,
  content,
  core,
  crawl,
  definitions,
  extended,
  flagging,
  leaderboard,
  lootbox,
  maps,
  messages,
  notifications,
  playtests,
  public,
  rank_card,
  ranks,
  raw,
  skill,
  store,
  tournaments,
  users,
  web
from public, genji_api, genji_bot, genji_crawler, genji_worker, genji_backup, genji_monitor;
revoke all on function
  completions.claim_record_xp(integer),
  maps.sorted(integer[],integer,integer),
  messages.send(text,jsonb,text,timestamp with time zone,text,uuid,integer,text,boolean),
  users.merge(bigint,bigint,text),
  users.nearest(text,bigint,bigint)
from public, genji_api, genji_bot, genji_crawler, genji_worker, genji_backup, genji_monitor;
grant usage on schema
  audit,
  bot,
  clan,
  completions,
  content,
  core,
  crawl,
  definitions,
  extended,
  flagging,
  leaderboard,
  lootbox,
  maps,
  messages,
  notifications,
  playtests,
  public,
  rank_card,
  ranks,
  raw,
  skill,
  store,
  tournaments,
  users,
  web
to genji_api, genji_bot, genji_crawler, genji_worker;
grant pg_read_all_data to genji_backup;
grant pg_monitor to genji_monitor;
-- It measures for the alerts who waits for locks, and how long transactions last: other roles' sessions.
grant pg_read_all_stats to genji_worker;
alter role genji_backup set statement_timeout = 0;

-- genji_api
grant insert on
  audit.entries,
  messages.outbox
to genji_api;
grant select on
  clan.clan,
  clan.clan_members,
  completions.cards,
  completions.current,
  completions.standings,
  completions.totals,
  core.instance_player,
  core.player_stats,
  crawl."position",
  crawl.gaps,
  crawl.missed,
  crawl.shown,
  definitions.activity_definition,
  definitions.activity_feat_definition,
  definitions.activity_version,
  definitions.manifest,
  definitions.version_definition,
  definitions.weapon_definition,
  extended.instance_character,
  extended.instance_character_weapon,
  flagging.flag_instance,
  flagging.flag_instance_player,
  leaderboard.clan_leaderboard,
  leaderboard.individual_global_leaderboard,
  leaderboard.individual_pantheon_version_leaderboard,
  leaderboard.individual_raid_leaderboard,
  leaderboard.team_activity_version_leaderboard,
  leaderboard.world_first_contest_leaderboard,
  lootbox.key_types,
  lootbox.main_tiers,
  lootbox.rarities,
  lootbox.reward_types,
  lootbox.sub_tiers,
  maps.card_texts,
  maps.listed,
  maps.mechanics,
  maps.names,
  maps.rating_totals,
  maps.restrictions,
  maps.searchable,
  maps.tags,
  public.auth_users,
  ranks.counts,
  ranks.leaders,
  ranks.players,
  ranks.skill_ranks,
  ranks.standings,
  raw.pgcr,
  users.names
to genji_api;
grant select, insert on
  completions.upvotes,
  lootbox.user_rewards,
  maps.clicks,
  public.analytics,
  public.newsfeed,
  web.answers
to genji_api;
grant select, insert, delete on
  lootbox.offers,
  lootbox.user_keys,
  maps.mechanic_links,
  maps.restriction_links,
  maps.tag_links,
  public.processed_messages,
  users.overwatch_usernames,
  users.suspicious_flags
to genji_api;
grant select, insert, update on
  core.maps,
  core.users,
  lootbox.xp,
  maps.edit_requests,
  maps.mastery,
  maps.ratings,
  notifications.delivery_log,
  notifications.events,
  notifications.preferences,
  playtests.meta,
  public.change_requests,
  public.jobs,
  rank_card.avatar,
  rank_card.background,
  rank_card.badges,
  users.auth_rate_limits,
  users.email_auth,
  users.email_tokens
to genji_api;
grant select, insert, update, delete on
  core.completions,
  flagging.blacklist_instance,
  flagging.blacklist_instance_player,
  maps.creators,
  maps.guides,
  maps.medals,
  playtests.votes,
  users.remember_tokens,
  users.sessions
to genji_api;
grant select, update on
  core.instance,
  core.player,
  lootbox.active_key,
  lootbox.xp_multiplier,
  public.api_tokens
to genji_api;
grant usage on sequence
  maps.clicks_id_seq,
  maps.edit_requests_id_seq,
  notifications.delivery_log_id_seq,
  notifications.events_id_seq,
  users.auth_rate_limits_id_seq,
  users.email_tokens_id_seq,
  users.email_user_id_seq
to genji_api;
grant execute on function
  completions.claim_record_xp(integer),
  maps.sorted(integer[],integer,integer),
  messages.send(text,jsonb,text,timestamp with time zone,text,uuid,integer,text,boolean),
  users.merge(bigint,bigint,text),
  users.nearest(text,bigint,bigint)
to genji_api;

-- genji_bot
grant insert on
  audit.entries,
  lootbox.user_keys
to genji_bot;
grant select on
  completions.cards,
  completions.current,
  completions.standings,
  completions.totals,
  lootbox.active_key,
  lootbox.main_tiers,
  lootbox.sub_tiers,
  lootbox.xp_multiplier,
  maps.card_texts,
  maps.listed,
  maps.mechanics,
  maps.names,
  maps.restrictions,
  maps.searchable,
  maps.tags,
  messages.dead_letter_actions,
  messages.sent,
  rank_card.avatar,
  rank_card.background,
  rank_card.badges,
  ranks.counts,
  ranks.leaders,
  ranks.skill_ranks,
  ranks.standings,
  users.names
to genji_bot;
grant select, insert on
  completions.upvotes,
  messages.dead_letters,
  messages.failures,
  messages.inbox,
  notifications.events,
  public.analytics,
  public.newsfeed
to genji_bot;
grant select, insert, delete on
  maps.mechanic_links,
  maps.restriction_links,
  maps.tag_links,
  users.overwatch_usernames,
  users.suspicious_flags
to genji_bot;
grant select, insert, update on
  bot.command_syncs,
  core.maps,
  core.users,
  lootbox.xp,
  maps.edit_requests,
  maps.mastery,
  maps.ratings,
  messages.alerts,
  messages.outbox,
  notifications.delivery_log,
  notifications.preferences,
  playtests.meta,
  public.change_requests,
  public.jobs
to genji_bot;
grant select, insert, update, delete on
  core.completions,
  maps.creators,
  maps.guides,
  maps.medals,
  playtests.votes
to genji_bot;
grant usage on sequence
  maps.edit_requests_id_seq,
  notifications.delivery_log_id_seq,
  notifications.events_id_seq
to genji_bot;
grant execute on function
  completions.claim_record_xp(integer),
  maps.sorted(integer[],integer,integer),
  messages.send(text,jsonb,text,timestamp with time zone,text,uuid,integer,text,boolean),
  users.merge(bigint,bigint,text),
  users.nearest(text,bigint,bigint)
to genji_bot;

-- genji_crawler
grant insert on
  extended.instance_character,
  extended.instance_character_weapon,
  messages.outbox,
  public.jobs
to genji_crawler;
grant select on
  definitions.activity_definition,
  definitions.activity_version,
  definitions.season,
  definitions.version_definition
to genji_crawler;
grant select, insert on
  core.instance,
  crawl.shown,
  raw.pgcr
to genji_crawler;
grant select, insert, update on
  core.instance_player,
  core.player,
  core.player_stats,
  crawl."position",
  crawl.permits
to genji_crawler;
grant select, insert, update, delete on
  crawl.gaps,
  crawl.missed
to genji_crawler;

-- genji_worker
grant insert on
  audit.entries,
  lootbox.user_keys
to genji_worker;
grant select on
  completions.current,
  core.maps,
  definitions.activity_definition,
  definitions.activity_version,
  definitions.season,
  definitions.version_definition,
  definitions.weapon_definition,
  lootbox.active_key,
  lootbox.main_tiers,
  lootbox.sub_tiers,
  lootbox.xp_multiplier,
  maps.medals,
  messages.dead_letter_actions,
  notifications.preferences,
  users.email_auth,
  users.names,
  users.overwatch_usernames
to genji_worker;
grant select, delete on
  public.processed_messages,
  web.answers
to genji_worker;
grant select, insert on
  core.instance,
  crawl.shown,
  extended.instance_character_weapon,
  flagging.flag_instance,
  flagging.flag_instance_player,
  messages.dead_letters,
  notifications.events,
  public.newsfeed,
  raw.pgcr
to genji_worker;
grant select, insert, delete on
  messages.failures,
  messages.inbox,
  messages.sent
to genji_worker;
grant select, insert, update on
  clan.clan,
  core.instance_player,
  core.player,
  core.player_stats,
  crawl.gaps,
  crawl.permits,
  extended.instance_character,
  lootbox.xp,
  maps.mastery
to genji_worker;
grant select, insert, update, delete on
  crawl.missed,
  messages.outbox,
  public.jobs
to genji_worker;
grant select, maintain on
  leaderboard.clan_leaderboard,
  leaderboard.individual_global_leaderboard,
  leaderboard.individual_pantheon_version_leaderboard,
  leaderboard.individual_raid_leaderboard,
  leaderboard.team_activity_version_leaderboard,
  leaderboard.world_first_contest_leaderboard
to genji_worker;
grant select, update on
  core.completions,
  core.users
to genji_worker;
grant usage on sequence
  notifications.events_id_seq
to genji_worker;
grant execute on function
  completions.claim_record_xp(integer),
  messages.send(text,jsonb,text,timestamp with time zone,text,uuid,integer,text,boolean)
to genji_worker;

-- Of queries and schema with the hash 06558db7fad512cb18049f18484fd329
