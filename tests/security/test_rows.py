"""Which test holds which promise: the security matrix, row by row; a row without a test fails here."""

import ast
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]

ROWS: dict[str, tuple[str, ...]] = {
    # A: who somebody is
    "A1 keys, tokens and sessions are kept as hashes of 128 random bits or more": (
        "auth/test_secrets.py::test_keys_tokens_and_passwords_are_nowhere_in_plain",
        "auth/test_secrets.py::test_a_key_is_kept_as_the_hash_of_256_random_bits",
        "auth/test_sessions.py::test_the_id_of_a_session_is_stored_nowhere",
        "ops/test_keys.py::test_a_key_is_shown_once_and_only_its_hash_is_stored",
    ),
    "A2 no secret is found by comparing it": (
        "security/test_secrets.py::test_every_secret_is_looked_up_by_its_hash",
    ),
    "A3 passwords are whole, strong and argon2id, renewed when its parameters change": (
        "auth/test_register.py::test_the_password_is_kept_as_argon2id_and_whole",
        "auth/test_register.py::test_a_weak_password_is_refused_with_what_it_lacks",
        "auth/test_login.py::test_a_hash_of_other_parameters_is_replaced_by_the_right_password_only",
    ),
    "A4 a login does not tell who has an account": (
        "auth/test_login.py::test_no_answer_tells_whether_there_is_such_an_account",
        "auth/test_login.py::test_an_unknown_account_costs_the_same_work",
        "auth/test_login.py::test_a_refusal_tries_both_kinds_of_hashes_whichever_is_kept",
        "auth/test_register.py::test_a_taken_address_is_not_told_but_its_owner_is",
        "auth/test_reset_password.py::test_the_answer_does_not_tell_whether_there_is_an_account",
    ),
    "A5 guesses are counted by account and address, and nobody is locked out for ever": (
        "auth/test_login.py::test_of_many_attempts_at_once_ten_are_looked_at",
        "auth/test_limits.py::test_attempts_count_for_the_account_and_for_the_client",
    ),
    "A6 a session ends by logout, reset of the password and disuse": (
        "auth/test_sessions.py::test_a_session_ends_once",
        "auth/test_sessions.py::test_an_unused_session_expires_after_ninety_days_and_is_cleaned",
        "auth/test_reset_password.py::test_a_reset_replaces_the_password_and_ends_every_session",
        "auth/test_remember_token.py::test_a_token_lasts_thirty_days",
    ),
    "A7 sessions are listed and ended": (
        "auth/test_sessions.py::test_a_users_sessions_are_listed_and_end_but_for_one",
    ),
    "A8 mailed tokens work once and for a short time": (
        "auth/test_verify_email.py::test_of_ten_uses_at_once_one_succeeds",
        "auth/test_verify_email.py::test_an_expired_token_is_refused",
        "auth/test_reset_password.py::test_a_reset_token_works_once_and_ends_the_others",
        "auth/test_reset_password.py::test_a_token_that_will_not_do_is_refused",
    ),
    # B: what somebody may
    "B1 every route with every kind of key": (
        "auth/test_access.py::test_no_route_opens_without_a_known_key",
        "auth/test_access.py::test_no_route_opens_to_a_key_without_its_scope",
        "auth/test_access.py::test_a_key_with_its_scopes_opens_their_routes_and_no_other",
        "auth/test_access.py::test_every_route_asks_for_the_scopes_of_the_contract",
    ),
    "B2 fields that are not the caller's": (
        "security/test_inputs.py::test_what_only_the_product_decides_is_not_read_from_a_body",
    ),
    "B3 the bot acts with the rights of the person": (
        "chat/test_deeds.py::test_everything_is_done_by_who_may_and_kept",
        "chat/test_deeds.py::test_who_may_not_is_refused_even_when_the_right_is_lost_in_between",
    ),
    "B4 a scope taken away is missed by the next request": (
        "auth/test_access.py::test_a_scope_taken_away_is_missed_by_the_next_request",
        "auth/test_access.py::test_a_revoked_or_expired_key_opens_nothing",
    ),
    # C: what HTTP can carry
    "C1 bodies too long, deep, wide or strange": (
        "web/test_server.py::test_a_body_one_byte_too_long_is_413",
        "web/test_server.py::test_a_chunked_body_is_counted_while_it_arrives",
        "web/test_decode.py::test_json_that_cannot_be_kept_is_refused",
        "web/test_decode.py::test_no_json_is_a_500",
        "security/test_inputs.py::test_a_body_of_very_many_keys_is_read_and_forgotten",
    ),
    "C2 a compressed body": ("web/test_decode.py::test_a_compressed_body_is_refused_unread",),
    "C3 headers too large, too many keys, keys twice": (
        "web/test_server.py::test_too_long_an_address_or_too_many_headers_are_refused",
        "web/test_decode.py::test_too_many_query_keys_are_refused",
        "web/test_decode.py::test_a_query_that_cannot_be_meant_is_refused",
    ),
    "C4 dribbling clients": (
        "web/test_server.py::test_dribbling_clients_are_cut_off_and_others_are_served",
        "web/test_server.py::test_a_body_that_does_not_come_is_408",
    ),
    "C5 a request that hides another, directly and through Caddy": (
        "web/test_server.py::test_what_is_not_http_is_a_problem_too_and_closes",
        "security/test_front.py::test_the_front_passes_on_no_request_that_hides_another",
    ),
    "C6 X-Forwarded-For is believed of a trusted hop only": (
        "auth/test_reset_password.py::test_a_client_cannot_choose_the_address_it_is_counted_under",
        "auth/test_limits.py::test_attempts_count_for_the_account_and_for_the_client",
    ),
    "C7 methods that no route has": (
        "web/test_app.py::test_unknown_paths_and_methods_have_the_contracts_texts",
    ),
    # D: what text can carry
    "D1 SQL": (
        "auth/test_hostile_text.py::test_a_hostile_text_breaks_no_route",
        "auth/test_hostile_text.py::test_a_text_that_is_kept_is_kept_as_it_was",
    ),
    "D2 addresses of others are never asked": (
        "security/test_addresses.py::test_only_these_ask_other_servers",
    ),
    "D3 pictures": (
        "images/test_upload.py::test_nothing_but_pixels_is_stored",
        "images/test_upload.py::test_what_is_hidden_behind_a_picture_is_left_behind",
        "images/test_upload.py::test_what_is_no_picture_of_the_three_kinds_is_refused",
        "images/test_upload.py::test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked",
    ),
    "D4 arguments of programs": (
        "ops/test_postgres.py::test_every_name_of_a_database_is_one_argument",
        "ops/test_postgres.py::test_a_password_is_in_the_environment_and_never_in_an_argument",
    ),
    "D5 mentions, markdown and length in Discord": (
        "chat/test_send.py::test_mentions_in_a_post_ping_nobody",
        "chat/test_look.py::test_text_of_users_shows_as_it_was_typed",
        "chat/test_look.py::test_a_card_with_far_too_much_text_is_cut_to_what_discord_takes",
    ),
    "D6 lines of the log and cells of a sheet": (
        "security/test_addresses.py::test_what_a_user_writes_stays_inside_its_field_of_one_line",
        "web/test_sheets.py::test_no_text_is_a_formula_or_moves_a_cursor",
    ),
    # E: what is told of it
    "E1 a defect is told by its reference only": (
        "web/test_app.py::test_a_defect_is_told_by_its_reference_only_and_logged_once",
        "runners/test_reference.py::test_a_reference_finds_log_line_and_report",
    ),
    "E2 no secret is left anywhere": (
        "security/test_traces.py::test_no_secret_is_left_in_logs_metrics_messages_or_tables",
        "broker/test_failures.py::test_a_failure_names_its_place_and_hides_passwords",
        "core/test_reports.py::test_no_planted_secret_leaves_the_process",
    ),
    "E3 who did what": (
        "security/test_traces.py::test_each_denied_request_is_one_line_that_says_who_and_why",
        "auth/test_login.py::test_of_each_attempt_is_kept_whether_it_succeeded",
        "ops/test_dlq.py::test_a_replay_is_counted_confirmed_done_and_written_down",
        "ops/test_keys.py::test_use_is_noted_at_most_once_a_minute",
        "test_audit.py::test_verdicts_on_runs_are_kept",
    ),
    # F: the same thing twice, or at once
    "F1 Idempotency-Key": (
        "web/test_idempotency.py::test_a_repeated_request_gets_the_first_answer_and_no_second_effect",
        "web/test_idempotency.py::test_the_key_belongs_to_one_request_of_one_caller",
        "web/test_idempotency.py::test_a_key_in_use_is_refused_without_waiting",
        "web/test_idempotency.py::test_a_key_that_is_no_string_of_1_to_255_characters_is_refused",
    ),
    "F2 fifty identical requests at once": (
        "web/test_idempotency.py::test_of_fifty_at_once_one_has_an_effect",
    ),
    "F3 a hundred draws, payments, votes, upvotes and runs at once": (
        "lootbox/test_draw.py::test_a_hundred_draws_of_one_key_at_once_spend_it_once",
        "lootbox/test_draw.py::test_a_hundred_payments_at_once_spend_what_is_there_and_no_more",
        "playtests/test_vote.py::test_a_hundred_parallel_votes_of_one_player_are_one_vote",
        "completions/test_upvote.py::test_of_a_hundred_upvotes_of_one_user_at_once_one_counts",
        "completions/test_submit.py::test_of_a_hundred_runs_at_once_the_fastest_waits",
    ),
    "F4 If-Match and If-None-Match": (
        "web/test_versions.py::test_only_the_version_that_was_seen_is_changed",
        "web/test_versions.py::test_of_many_who_saw_the_same_version_one_changes_it",
        "web/test_app.py::test_an_etag_spares_the_body",
    ),
    "F5 a limit says when to come back": (
        "auth/test_register.py::test_the_sixth_attempt_within_an_hour_comes_too_soon",
        "web/test_app.py::test_what_a_later_try_heals_says_when",
    ),
    # G: the place it runs in
    "G1 accounts of the runners": (
        "broker/test_users.py::test_a_runner_may_do_its_work_and_nothing_else",
        "broker/test_users.py::test_the_command_prints_what_rabbitmq_loads_without_a_password",
        "ops/test_grants.py::test_a_runner_is_refused_every_table_that_its_queries_do_not_name",
        "ops/test_grants.py::test_nobody_changes_the_schema_or_leaves_the_database",
        "security/test_place.py::test_the_api_has_no_account_at_the_broker_and_nobody_is_guest",
    ),
    "G2 forged messages": (
        "security/test_messages.py::test_what_is_none_of_our_messages_is_dead_at_once",
        "security/test_messages.py::test_a_verdict_that_nobody_gave_is_not_believed",
    ),
    "G3 what the public port hides": (
        "web/test_server.py::test_the_inner_port_tells_what_the_public_one_hides",
        "web/test_app.py::test_every_answer_is_uncached_unsniffed_and_nameless",
        "security/test_front.py::test_the_front_guards_every_answer_and_lets_no_foreign_page_in",
    ),
    "G4 TLS, HSTS and foreign pages": (
        "security/test_front.py::test_the_sites_are_served_over_tls_and_plain_http_only_leads_there",
        "security/test_front.py::test_the_front_guards_every_answer_and_lets_no_foreign_page_in",
    ),
    "G5 no secret in the repository, no package without its hash": (
        "security/test_repository.py::test_no_file_holds_a_secret",
        "security/test_repository.py::test_the_environment_is_never_kept",
        "security/test_repository.py::test_every_locked_package_has_one_version_and_its_hashes",
        "infra/test_files.py::test_the_image_is_small_reproducible_and_not_roots",
    ),
    "G6 backups": (
        "ops/test_backup.py::test_backups_are_for_their_owner_only",
        "ops/test_backup.py::test_an_encrypted_backup_is_read_with_the_secret_key_only",
        "ops/test_backup.py::test_a_backup_that_cannot_be_encrypted_is_not_made",
        "ops/test_backup.py::test_production_is_restored_only_when_its_name_is_typed",
    ),
    "G7 patterns and signs that look alike": (
        "security/test_inputs.py::test_no_pattern_takes_long_over_a_text_made_for_it",
        "security/test_inputs.py::test_a_code_of_signs_that_look_like_ascii_is_refused",
    ),
}
"""Promises by their numbers, and the tests that hold them. Known flaws of packages: ``make audit``."""

NUMBERS = {f"{letter}{number}" for letter, most in zip("ABCDEFG", (8, 4, 7, 6, 3, 5, 7), strict=True)
           for number in range(1, most + 1)}  # fmt: skip


@cache
def functions_of(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_row_is_there_once() -> None:
    assert sorted(row.split()[0] for row in ROWS) == sorted(NUMBERS)


def test_the_tests_of_every_row_exist() -> None:
    for row, names in ROWS.items():
        assert names, row
        for name in names:
            file, _, test = name.partition("::")
            assert test in functions_of(file), (row, name)
