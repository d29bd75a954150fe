"""How commands print, ask and fail."""

import json
from datetime import UTC, datetime

import psycopg
import pytest
import typer
from typer.testing import CliRunner, Result

from genjilib.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Poison,
    RateLimited,
    Unauthenticated,
    Unavailable,
)
from genjilib.ops import shell, tables


def fail_with(error: BaseException) -> Result:
    app = typer.Typer(cls=shell.Group, pretty_exceptions_enable=False)

    @app.command()
    def one() -> None:
        raise error

    @app.command()
    def other() -> None: ...

    return CliRunner().invoke(app, ["one"])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Invalid("That cannot be."), 2),
        (Unauthenticated("That cannot be."), 2),
        (Forbidden("That cannot be."), 2),
        (NotFound("That cannot be."), 2),
        (Conflict("That cannot be."), 2),
        (Poison("That cannot be."), 2),
        (RateLimited("That cannot be.", after=1), 75),
        (Unavailable("That cannot be.", after=1), 75),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_of_the_eight_errors_has_its_exit_code_and_a_sentence(error: Exception, code: int) -> None:
    result = fail_with(error)
    assert result.exit_code == code
    assert result.stdout == ""
    assert "That cannot be." in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unforeseen_error_ends_with_70_and_a_reference_found_in_the_log() -> None:
    result = fail_with(ZeroDivisionError("division by zero"))
    assert result.exit_code == 70
    assert "Traceback" not in result.stderr
    line, sentence = result.stderr.strip().splitlines()
    entry = json.loads(line)
    assert entry["error"] == "ZeroDivisionError: division by zero"
    assert entry["reference"] in sentence
    assert any("test_shell.py" in place for place in entry["where"])


def test_an_interruption_ends_with_130() -> None:
    assert fail_with(KeyboardInterrupt()).exit_code == 130


def test_a_database_that_is_away_is_no_bug() -> None:
    assert fail_with(psycopg.OperationalError("gone")).exit_code == 75


def test_a_missing_right_is_said_to_be_one() -> None:
    result = fail_with(psycopg.errors.InsufficientPrivilege())
    assert result.exit_code == 2
    assert "DATABASE_URL" in result.stderr


def ask(answer: str | None, *, count: int = 3, **options: bool) -> tuple[int, bool | None, str]:
    app = typer.Typer(cls=shell.Group)
    said: list[bool] = []

    @app.command()
    def one() -> None:
        said.append(shell.confirm(count, "keys to revoke", **{"yes": False, "dry_run": False, **options}))

    with pytest.MonkeyPatch.context() as patch:
        if answer is not None:
            patch.setattr("typer.testing._NamedTextIOWrapper.isatty", lambda _: True)
        result = CliRunner().invoke(app, [], input=answer)
    return result.exit_code, said[0] if said else None, result.output


def test_destructive_work_is_refused_where_nobody_can_be_asked() -> None:
    code, went_on, said = ask(None)
    assert (code, went_on) == (2, None)
    assert "3 keys to revoke; pass --yes" in said


def test_harmless_work_goes_on_where_nobody_can_be_asked() -> None:
    assert ask(None, harmless=True)[:2] == (0, True)


def test_yes_answers_in_advance() -> None:
    assert ask(None, yes=True)[:2] == (0, True)


def test_a_dry_run_goes_before_yes() -> None:
    code, went_on, said = ask(None, yes=True, dry_run=True)
    assert (code, went_on) == (0, False)
    assert "3 keys to revoke; nothing was changed" in said


def test_one_thing_is_counted_in_the_singular() -> None:
    assert "1 key to revoke; nothing was changed" in ask(None, dry_run=True, count=1)[2]


def test_nothing_to_do_asks_nothing() -> None:
    assert ask(None, count=0)[:2] == (0, False)


def test_a_person_can_say_no() -> None:
    code, went_on, said = ask("n\n")
    assert (code, went_on) == (1, None)
    assert "Nothing was changed." in said


def test_a_person_can_say_yes() -> None:
    assert ask("y\n")[:2] == (0, True)


def test_tables_are_aligned_and_say_units() -> None:
    row = {"name": "a", "size_bytes": 4_200_000, "took_seconds": 1.25, "at": datetime(2026, 1, 2, tzinfo=UTC)}
    head, line = tables.plain_table([row], ["name", "size_bytes", "took_seconds", "at"]).splitlines()
    assert head.split() == ["name", "size", "took", "at"]
    assert line.split("  ")[1:] == ["4.2 MB", "1.2 s", "2026-01-02 00:00:00 UTC"] or "4.2 MB" in line
    assert head.index("took") == line.index("1.2 s")


def test_a_name_cannot_send_control_characters_to_the_terminal() -> None:
    assert "\x1b" not in tables.plain_table([{"name": "\x1b[2J\nx"}], ["name"])


def test_a_terminal_gets_a_table_without_colours_where_they_are_unwanted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    tables.rich_table([{"name": "[red]x", "count": 3}], ["name", "count"])
    out = capsys.readouterr().out
    assert "[red]x" in out
    assert "\x1b[3" not in out


def test_an_empty_list_is_an_empty_json_list_and_a_sentence_for_people(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shell.show([], ["name"], json=True)
    assert json.loads(capsys.readouterr().out) == []
    shell.show([], ["name"])
    assert capsys.readouterr() == ("", "There are none.\n")
