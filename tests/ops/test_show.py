"""The lists: every row names the line where the thing stands."""

from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from genjilib.chat.client import Cog
from genjilib.core.settings import Settings
from tests.ops.conftest import ROOT, Genji


async def wind_toy(interaction: discord.Interaction, message: discord.Message) -> None: ...


class Toys(Cog):
    """A cog with a command in a group of a group."""

    toy = app_commands.Group(name="toy", description="Toys.")
    wind = app_commands.Group(name="wind", description="Winding.", parent=toy)

    @wind.command(name="up", description="Wind a toy up.")
    async def up(self, interaction: discord.Interaction) -> None: ...

    @commands.command()
    async def unwind(self, context: commands.Context) -> None: ...

    menus = (app_commands.ContextMenu(name="Wind Toy", callback=wind_toy),)


LISTS = ["routes", "queries", "queues", "commands", "settings", "metrics", "services"]


def rows(genji: Genji, name: str) -> list[dict[str, Any]]:
    done = genji("show", name, "--json")
    assert done.code == 0, done.err
    return done.json


def line(row: dict[str, Any]) -> str:
    return (ROOT / row["file"]).read_text().splitlines()[row["line"] - 1]


@pytest.mark.parametrize("name", LISTS)
def test_every_row_has_a_name_a_file_and_a_line(genji: Genji, name: str) -> None:
    found = rows(genji, name)
    assert found
    for row in found:
        assert row["name"]
        assert line(row)


@pytest.mark.parametrize("name", LISTS)
def test_people_see_where_each_thing_stands(genji: Genji, name: str) -> None:
    done = genji("show", name)
    assert done.err == ""
    head, *lines = done.out.splitlines()
    assert "name" in head
    assert all(":" in line for line in lines)


def test_each_query_file_is_listed_with_what_it_writes(genji: Genji) -> None:
    found = {row["name"]: row for row in rows(genji, "queries")}
    assert len(found) == len(list((ROOT / "sql" / "queries").rglob("*.sql")))
    assert found["auth.create_key"]["writes"] == ["public.api_tokens"]
    assert found["auth.authenticate"]["writes"] == []
    assert found["auth.authenticate"]["returns"] == "maybe"


def test_each_setting_is_listed_where_it_is_defined_and_no_secret_shown(genji: Genji) -> None:
    found = {row["name"].lower(): row for row in rows(genji, "settings")}
    assert set(found) == set(Settings.model_fields)
    for name, row in found.items():
        assert line(row).strip().startswith(f"{name}:")
        assert row["meaning"]
    assert found["database_url"]["secret"]
    assert found["database_url"]["required"]
    assert found["api_port"]["default"] == 8000
    assert found["log_format"]["type"] == "json | text"


def test_each_metric_is_listed_where_it_is_defined(genji: Genji) -> None:
    from genjilib.core.metrics import REGISTRY

    found = {row["name"].removesuffix("_total"): row for row in rows(genji, "metrics")}
    assert set(found) == {family.name for family in REGISTRY.collect()}
    assert found["genji_query_seconds"]["labels"] == ["query"]
    assert line(found["genji_query_seconds"]).startswith("QUERY_SECONDS")


def test_each_service_is_where_the_list_says(genji: Genji) -> None:
    for row in rows(genji, "services"):
        assert line(row).strip().startswith(("class ", "def ", "async def ")), row
        assert set(row["settings"]) <= {name.upper() for name in Settings.model_fields}


def test_the_commands_of_the_bot_are_listed_with_their_groups(
    genji: Genji, monkeypatch: pytest.MonkeyPatch
) -> None:
    import runners.bot

    monkeypatch.setattr(runners.bot, "COGS", (Toys,))
    found = {row["name"]: row for row in rows(genji, "commands") if row["kind"] == "discord"}
    assert set(found) == {"/toy wind up", "Wind Toy", "$unwind"}
    assert found["/toy wind up"]["meaning"] == "Wind a toy up."
    assert found["/toy wind up"]["file"] == "tests/ops/test_show.py"
