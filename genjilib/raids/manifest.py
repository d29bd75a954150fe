"""The manifest: what Bungie says about weapons and feats, read when there is a new one (Athena)."""

import time
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct, structs

from genjilib import queries
from genjilib.core import log
from genjilib.core.errors import Unavailable
from genjilib.db import Db
from genjilib.raids.bungie import Bungie

WEAPON: Final = 3
"""The type of items that are weapons."""
ITEMS: Final = "DestinyInventoryItemDefinition"
ACTIVITIES: Final = "DestinyActivityDefinition"
TIERS: Final = "DestinyActivityDifficultyTierCollectionDefinition"
SKULLS: Final = "DestinyActivitySelectableSkullCollectionDefinition"

_logger = log.get_logger(__name__)


class Updated(Struct, frozen=True):
    """What a manifest brought; ``unknown`` weapons have a number that no word stands for yet."""

    version: str
    weapons: int
    unknown: int
    feats: int


class Weapon(Struct, frozen=True):
    """A weapon in Bungie's numbers."""

    hash: int
    name: str
    icon_path: str
    damage_type: int
    ammo_type: int
    slot_hash: int
    item_sub_type: int
    rarity: str


class Feat(Struct, frozen=True):
    """A skull that a team chooses to make a raid harder."""

    hash: int
    skull_hash: int
    name: str
    description: str
    icon_path: str
    description_short: str
    modifier_power_contribution: int


class _Wire(Struct, frozen=True, rename="camel", gc=False):
    """A part of the manifest; of thousands of fields only those that are used."""


class _Manifest(_Wire, frozen=True):
    version: str
    json_world_component_content_paths: dict[str, dict[str, str]]


class _Display(_Wire, frozen=True):
    name: str = ""
    icon: str = ""
    description: str = ""


class _Inventory(_Wire, frozen=True):
    tier_type_name: str = ""


class _Equipping(_Wire, frozen=True):
    ammo_type: int = 0
    equipment_slot_type_hash: int = 0


class _Item(_Wire, frozen=True):
    item_type: int = 0
    item_sub_type: int = 0
    default_damage_type: int = 0
    display_properties: _Display = _Display()
    inventory: _Inventory = _Inventory()
    equipping_block: _Equipping = _Equipping()


class _Activity(_Wire, frozen=True):
    difficulty_tier_collection_hash: int | None = None


class _Tier(_Wire, frozen=True):
    selectable_skull_collection_hashes: list[int] = []


class _TierCollection(_Wire, frozen=True):
    difficulty_tiers: list[_Tier] = []


class _Skull(_Wire, frozen=True):
    hash: int
    skull_identifier_hash: int = 0
    display_properties: _Display = _Display()
    display_description_override_for_nav_mode: str = ""
    dynamic_use: int = 0
    modifier_power_contribution: int = 0


class _Selectable(_Wire, frozen=True):
    activity_skull: _Skull


class _SkullCollection(_Wire, frozen=True):
    selectable_activity_skulls: list[_Selectable] = []


async def update(db: Db, bungie: Bungie, *, force: bool = False) -> Updated | None:
    """Write weapons and feats of the manifest, all or nothing; return nothing where it was read before.

    ``force`` reads it again. Raises ``Unavailable`` where Bungie has no whole manifest.
    """
    # A number that was never asked for: caches between here and Bungie keep an old manifest for hours.
    told = await bungie.get("/Destiny2/Manifest/", _Manifest, c=time.time_ns())
    if not force and await queries.raids.manifest_version(db) == told.version:
        return None
    paths = told.json_world_component_content_paths.get("en", {})
    if missing := {ITEMS, ACTIVITIES, TIERS, SKULLS} - paths.keys():
        raise Unavailable(f"The manifest lacks {', '.join(sorted(missing))}.", after=300, code="no-manifest")
    weapons = _weapons(await bungie.content(paths[ITEMS], dict[int, _Item]))
    if not weapons:
        raise Unavailable("The manifest has no weapons.", after=300, code="no-manifest")
    feats = await _feats(db, bungie, paths)
    async with db.transaction() as tx:
        unknown = await queries.raids.write_weapons(tx, weapons=[structs.asdict(one) for one in weapons])
        await queries.raids.write_feats(tx, feats=[structs.asdict(one) for one in feats])
        await queries.raids.note_manifest(tx, version=told.version)
    if unknown:
        _logger.warning("weapons-without-words", count=unknown, version=told.version)
    return Updated(told.version, len(weapons) - unknown, unknown, len(feats))


def _weapons(items: Mapping[int, _Item]) -> list[Weapon]:
    return [
        Weapon(
            hash=item_hash,
            name=item.display_properties.name,
            icon_path=item.display_properties.icon,
            damage_type=item.default_damage_type,
            ammo_type=item.equipping_block.ammo_type,
            slot_hash=item.equipping_block.equipment_slot_type_hash,
            item_sub_type=item.item_sub_type,
            rarity=item.inventory.tier_type_name,
        )
        for item_hash, item in items.items()
        if item.item_type == WEAPON
    ]


async def _feats(db: Db, bungie: Bungie, paths: Mapping[str, str]) -> list[Feat]:
    """Return the skulls that teams of our raids can choose: activity → tiers → collections → skulls."""
    activities = await bungie.content(paths[ACTIVITIES], dict[int, _Activity])
    tiers = await bungie.content(paths[TIERS], dict[int, _TierCollection])
    skulls = await bungie.content(paths[SKULLS], dict[int, _SkullCollection])

    def collections() -> Iterator[int]:
        for row in ours:
            activity = activities.get(row.hash, _Activity())
            collection = tiers.get(activity.difficulty_tier_collection_hash or 0, _TierCollection())
            for tier in collection.difficulty_tiers:
                yield from tier.selectable_skull_collection_hashes

    ours = await queries.raids.hashes(db)
    found = {
        one.activity_skull.hash: _feat(one.activity_skull)
        for collection in dict.fromkeys(collections())
        for one in skulls.get(collection, _SkullCollection()).selectable_activity_skulls
        if one.activity_skull.dynamic_use > 0
    }
    return list(found.values())


def _feat(skull: _Skull) -> Feat:
    return Feat(
        hash=skull.hash,
        skull_hash=skull.skull_identifier_hash,
        name=skull.display_properties.name,
        description=skull.display_properties.description,
        icon_path=skull.display_properties.icon,
        description_short=skull.display_description_override_for_nav_mode,
        modifier_power_contribution=skull.modifier_power_contribution,
    )
