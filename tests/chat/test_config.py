"""The file of Discord ids: read strictly, compared with the server, every fault in one message."""

import re
from pathlib import Path

import pytest

from genjilib.chat.client import GenjiBot
from genjilib.chat.config import Config
from genjilib.core.errors import Invalid
from genjilib.local.discord import standard_world
from genjilib.local.discord_config import toml_of
from tests.chat.conftest import LOCAL


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    path = tmp_path / "edited.toml"
    path.write_text(LOCAL.read_text())
    return path


def replace(path: Path, pattern: str, by: str) -> None:
    changed, count = re.subn(pattern, by, path.read_text(), flags=re.MULTILINE)
    assert count
    path.write_text(changed)


def test_the_local_file_is_what_the_simulated_world_has() -> None:
    assert LOCAL.read_text() == toml_of(standard_world())


def test_the_example_names_every_id_with_a_comment() -> None:
    example = Path("configs/example.toml")
    assert Config.load(example).guild
    channels = example.read_text().split("[channels]")[1].split("[tags")[0]
    for line in re.findall(r"^.*\n\w+ = \d+$", channels, re.MULTILINE):
        assert line.startswith("#"), line


def test_a_missing_file_is_named() -> None:
    with pytest.raises(Invalid, match=r"nowhere\.toml"):
        Config.load(Path("nowhere.toml"))


def test_broken_toml_is_named(edited: Path) -> None:
    edited.write_text("guild = ")
    with pytest.raises(Invalid, match=r"edited\.toml"):
        Config.load(edited)


def test_every_fault_of_a_file_is_in_one_message(edited: Path) -> None:
    replace(edited, r"^sensei = \d+$", "sensai = 1")
    replace(edited, r"^xp = \d+$", 'xp = "here"')
    replace(edited, r"^upvotes = \d+\n", "")
    with pytest.raises(Invalid) as refused:
        Config.load(edited)
    said = refused.value.detail
    assert str(edited) in said
    assert "roles.sensai: is not known" in said
    assert "roles.sensei: is required" in said
    assert "channels.xp: expected `int`, got `str`" in said
    assert "channels.upvotes: is required" in said


def test_roles_that_are_found_by_name_must_have_the_known_names(edited: Path) -> None:
    replace(edited, r'^"Pro \+" = ', '"Pro minus" = ')
    replace(edited, r'^"Prestige 2" = ', '"Prestige 22" = ')
    with pytest.raises(Invalid) as refused:
        Config.load(edited)
    assert 'roles.skill."Pro +": is required' in refused.value.detail
    assert 'roles.skill."Pro minus": is not known' in refused.value.detail
    assert "roles.prestige: must be" in refused.value.detail


async def test_ids_the_server_lacks_are_all_in_one_message(bot: GenjiBot, edited: Path) -> None:
    playtest = bot.config.channels.playtest
    replace(edited, r"^ninja = \d+$", "ninja = 11")
    replace(edited, r"^newsfeed = \d+$", "newsfeed = 12")
    replace(edited, r"^updates = \d+$", f"updates = {playtest}")
    replace(edited, r"^Hell = \d+$", "Hell = 13")
    guild = bot.get_guild(bot.config.guild)
    assert guild is not None
    bot.config.check(guild)
    with pytest.raises(Invalid) as refused:
        Config.load(edited).check(guild)
    lines = refused.value.detail.splitlines()
    assert "Genji Parkour" in lines[0]
    assert [line.split(":")[0].strip() for line in lines[1:]] == [
        "roles.ninja",
        "channels.updates",
        "channels.newsfeed",
        "tags.playtest.Hell",
    ]
