"""Settings come from the environment; all faults are told in one message."""

from collections.abc import Callable
from pathlib import Path

import pytest

from genjilib.core.errors import Invalid
from genjilib.core.settings import Settings

NEEDED = {
    "DATABASE_URL": "postgresql://genji:hunter2@db.example/genji",
    "AMQP_URL": "amqp://genji:hunter2@mq.example/genji",
    "TOKEN_SECRET": "hunter2-" + "x" * 32,
}

Load = Callable[..., Settings]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Load:
    """Read settings from an environment of the test alone."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    def with_environment(**environment: str) -> Settings:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return Settings.load()

    return with_environment


def test_three_settings_are_enough(load: Load) -> None:
    settings = load(**NEEDED)
    assert settings.database_url.get_secret_value() == NEEDED["DATABASE_URL"]
    assert (settings.api_port, settings.database_pool_size) == (8000, 10)


def test_a_file_beside_the_program_counts_and_the_environment_goes_before_it(
    load: Load, tmp_path: Path
) -> None:
    lines = [f"{name}={value}" for name, value in NEEDED.items()]
    (tmp_path / ".env").write_text("\n".join([*lines, "API_PORT=1", "API_HOST=0.0.0.0", "OTHER=1"]))
    settings = load(API_PORT="2")
    assert (settings.api_port, settings.api_host) == (2, "0.0.0.0")


def test_all_faults_are_told_in_one_message_that_repeats_no_secret(load: Load) -> None:
    with pytest.raises(Invalid) as caught:
        load(
            TOKEN_SECRET="hunter2",
            API_PORT="70000",
            LOG_LEVEL="LOUD",
            STATEMENT_TIMEOUT="0",
            SENTRY_TRACES_SAMPLE_RATE="2",
            SHUTDOWN_SECONDS="soon",
        )
    first, *faults = caught.value.detail.splitlines()
    assert first == "These settings are missing or wrong (environment or .env):"
    names = [fault.strip().partition(":")[0] for fault in faults]
    assert sorted(names) == [
        "AMQP_URL",
        "API_PORT",
        "DATABASE_URL",
        "LOG_LEVEL",
        "SENTRY_TRACES_SAMPLE_RATE",
        "SHUTDOWN_SECONDS",
        "STATEMENT_TIMEOUT",
        "TOKEN_SECRET",
    ]
    assert "  AMQP_URL: is required" in faults
    assert "hunter2" not in caught.value.detail
    assert caught.value.code == "settings"
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("given", ["1,10", " 1, 10 ", "[1, 10]"])
def test_waits_are_given_as_they_are_listed(load: Load, given: str) -> None:
    assert load(**NEEDED, RETRY_SECONDS=given).retry_seconds == (1, 10)


def test_no_waits_at_all_can_be_given(load: Load) -> None:
    assert load(**NEEDED, RETRY_SECONDS="").retry_seconds == ()


@pytest.mark.parametrize("given", ["1;10", "soon", "1,0"])
def test_waits_that_are_none_are_named(load: Load, given: str) -> None:
    with pytest.raises(Invalid, match="  RETRY_SECONDS: "):
        load(**NEEDED, RETRY_SECONDS=given)


def test_a_file_that_is_no_text_is_refused_without_being_quoted(load: Load, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"TOKEN_SECRET=hunter2\xff\n")
    with pytest.raises(Invalid) as caught:
        load()
    assert caught.value.detail == ".env cannot be read as UTF-8 text (UnicodeDecodeError)."
    assert caught.value.__suppress_context__


def test_secrets_are_hidden_when_settings_are_shown(load: Load) -> None:
    assert "hunter2" not in repr(load(**NEEDED))
    assert "hunter2" not in load(**NEEDED).model_dump_json()


def test_a_secret_may_be_in_a_file_that_goes_before_the_one_beside_the_program(
    load: Load, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(f"TOKEN_SECRET={'e' * 32}")
    (tmp_path / "secret").write_text(f"{'f' * 32}\n")
    settings = load(**{**NEEDED, "TOKEN_SECRET": ""}, TOKEN_SECRET_FILE=str(tmp_path / "secret"))
    assert settings.token_secret.get_secret_value() == "f" * 32


def test_a_file_and_a_value_for_the_same_setting_are_refused(load: Load, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="TOKEN_SECRET and TOKEN_SECRET_FILE are both set"):
        load(**NEEDED, TOKEN_SECRET_FILE=str(tmp_path / "secret"))


def test_a_file_that_is_not_there_is_named(load: Load, tmp_path: Path) -> None:
    needed = {name: value for name, value in NEEDED.items() if name != "AMQP_URL"}
    with pytest.raises(Invalid, match=r"AMQP_URL_FILE: .*/secret cannot be read \(FileNotFoundError\)"):
        load(**needed, AMQP_URL_FILE=str(tmp_path / "secret"))


def test_every_setting_says_what_it_is() -> None:
    silent = [name for name, field in Settings.model_fields.items() if not field.description]
    assert silent == []
