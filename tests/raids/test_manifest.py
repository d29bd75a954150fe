"""Athena: the manifest's weapons and feats become definitions, once for each version."""

from typing import Any

import pytest

from genjilib.core.errors import Unavailable
from genjilib.db import Db
from genjilib.local.bungie import answers
from genjilib.local.bungie.server import Bungie as Simulated
from genjilib.local.bungie.server import Conditions, serving
from genjilib.raids import manifest
from genjilib.raids.bungie import Bungie
from genjilib.raids.manifest import Updated
from tests.raids.test_bungie import WORLD, asking, settings_for
from tests.raids.test_store import rows
from tests.raids.test_worker import change

WEAPONS = "select * from definitions.weapon_definition order by hash"
FEATS = (
    "select hash, skull_hash, name, name_short, description, icon_path, description_short,"
    " modifier_power_contribution from definitions.activity_feat_definition order by hash"
)


async def test_weapons_and_feats_are_written_in_words(db: Db, database_url: str) -> None:
    change(
        database_url,
        "insert into definitions.weapon_definition values"
        " (1, 'Old', '', 'Bow', 'Arc', 'Power', 'Heavy', 'Rare')",
    )
    async with asking(db, Conditions()) as (bungie, _):
        assert await manifest.update(db, bungie) == Updated("world-1", 17, 1, 2)
        found = rows(database_url, WEAPONS)
        assert len(found) == 17
        first = answers.WEAPONS
        icon = "/common/Weapon 0.png"
        assert found[0] == (first, "Weapon 0", icon, "Auto Rifle", "Stasis", "Energy", "Special", "Legendary")
        assert {row[3] for row in found} == {
            label
            for (label,) in rows(
                database_url, "select unnest(enum_range(null::definitions.weapon_type))::text"
            )
        }
        assert rows(database_url, FEATS) == [
            (
                1001,
                845104503,
                "Feat: Number 845104503",
                "Number 845104503",
                "It is Feat: Number 845104503.",
                "/common/Feat: Number 845104503.png",
                "Harder",
                10,
            ),
            (
                1002,
                2008962334,
                "Feat: Number 2008962334",
                "Number 2008962334",
                "It is Feat: Number 2008962334.",
                "/common/Feat: Number 2008962334.png",
                "Harder",
                20,
            ),
        ]


async def test_a_manifest_is_read_once_unless_forced(db: Db, database_url: str) -> None:
    async with asking(db, Conditions()) as (bungie, _):
        assert await manifest.update(db, bungie) is not None
        change(database_url, "update definitions.weapon_definition set name = 'x'")
        assert await manifest.update(db, bungie) is None
        assert {row[1] for row in rows(database_url, WEAPONS)} == {"x"}
        assert await manifest.update(db, bungie, force=True) == Updated("world-1", 17, 1, 2)
        assert "x" not in {row[1] for row in rows(database_url, WEAPONS)}


@pytest.mark.parametrize("lacking", [{}, {"DestinyInventoryItemDefinition": dict}])
async def test_half_a_manifest_changes_nothing(
    db: Db, database_url: str, monkeypatch: pytest.MonkeyPatch, lacking: dict[str, Any]
) -> None:
    async with serving(Simulated(WORLD)) as url, Bungie.open(settings_for(url), db) as bungie:
        await manifest.update(db, bungie)
        before = rows(database_url, WEAPONS)
        monkeypatch.setattr(answers, "TABLES", answers.TABLES | lacking if lacking else {})
        with pytest.raises(Unavailable, match="manifest"):
            await manifest.update(db, bungie, force=True)
    assert rows(database_url, WEAPONS) == before
