"""A fresh database holds the lists, rewards and tiers that the rules count on, and nothing else."""

import pytest

from tests.rows import SYSTEM, Db, scalar

# Lookup lists as name and position, in the order of positions.
MECHANICS = (
    "Edge Climb, Bhop, Crouch Edge, Save Climb, High Edge, Bhop First, Distance Edge, Quick Climb, Slide, "
    "Stall, Dash, Ultimate, Emote Save Bhop, Death Bhop, Triple Jump, Multi Climb, Vertical Multi Climb, "
    "Create Bhop, Standing Create Bhop, Save Double"
)
RESTRICTIONS = (
    "Bhop, Dash Start, Triple Jump, Emote Save Bhop, Death Bhop, Multi Climb, Create Bhop, "
    "Standing Create Bhop, Wall Climb, Double Jump"
)
TAGS = "Other Heroes, XP Based, Custom Grav/Speed, Aim Parkour"
MAIN_TIERS = (
    "Newcomer, Initiate, Apprentice, Disciple, Enthusiast, Explorer, Visionary, Aficionado, Virtuoso, "
    "Savant, Prodigy, Shadow, Shinobi, Assassin, Ronin, Shogun, Dragon, Cyber Ninja, Legend, Mythic"
)

# Rewards of a key type: how many common / rare / epic / legendary ones of each kind.
REWARDS = {
    "Classic": {"background": "35/15/7/3", "spray": "17/16/10/2", "skin": "3/6/5/4", "pose": "0/0/4/3"},
    "Winter": {"background": "1/2/2/0", "spray": "22/10/4/1", "skin": "2/2/0/1", "pose": "0/0/2/0"},
    "Autumn": {"background": "2/1/0/0", "spray": "21/7/5/1", "skin": "0/0/0/1", "pose": "0/0/1/0"},
    "Halloween": {"background": "2/0/0/0", "spray": "13/9/3/1", "skin": "0/0/1/0", "pose": "0/0/0/1"},
    "Spring": {"background": "2/0/0/0", "spray": "18/8/4/1", "skin": "0/0/0/1", "pose": "0/0/1/1"},
    "Summer": {"background": "3/0/0/0", "spray": "17/11/5/1", "skin": "0/0/0/2", "pose": "0/0/1/1"},
}

COUNTS = {
    "maps.mechanics": 20,
    "maps.restrictions": 10,
    "maps.tags": 4,
    "maps.names": 70,
    "lootbox.key_types": 6,
    "lootbox.active_key": 1,
    "lootbox.xp_multiplier": 1,
    "maps.listed": 1,
    "lootbox.main_tiers": 20,
    "lootbox.sub_tiers": 5,
    "lootbox.reward_types": 349,
    "lootbox.rarities": 4,
    "ranks.skill_ranks": 7,
    "ranks.skill_tiers": 9,
    "ranks.players": 1,
    "core.users": 1,
    "definitions.class_definition": 3,
    "definitions.season": 29,
    "definitions.activity_definition": 17,
    "definitions.version_definition": 12,
    "definitions.activity_version": 79,
}


def test_these_tables_are_seeded_and_no_other(db: Db) -> None:
    tables = db.execute(
        "select schemaname || '.' || relname from pg_stat_user_tables where relname <> 'schema_migrations'"
    ).fetchall()
    counts = {table: scalar(db, f"select count(*) from {table}") for (table,) in tables}
    assert {table: n for table, n in counts.items() if n} == COUNTS


@pytest.mark.parametrize(
    ("table", "names", "first"),
    [("mechanics", MECHANICS, -1), ("restrictions", RESTRICTIONS, -1), ("tags", TAGS, 1)],
)
def test_list_stands_in_its_order_and_can_grow(db: Db, table: str, names: str, first: int) -> None:
    expected = list(enumerate(names.split(", "), first))
    assert (
        db.execute(f"select position, name from maps.{table} order by position".encode()).fetchall()
        == expected
    )
    db.execute(f"insert into maps.{table} (name) values ('one more')".encode())


def test_tiers_stand_in_their_order(db: Db) -> None:
    query = "select name from lootbox.{} order by threshold"
    assert [name for (name,) in db.execute(query.format("main_tiers").encode())] == MAIN_TIERS.split(", ")
    assert [name for (name,) in db.execute(query.format("sub_tiers").encode())] == [
        "I",
        "II",
        "III",
        "IV",
        "V",
    ]
    assert scalar(db, "select array_agg(threshold order by threshold) from lootbox.main_tiers") == list(
        range(20)
    )


def test_classic_is_active_and_experience_is_not_multiplied(db: Db) -> None:
    assert scalar(db, "select key from lootbox.active_key") == "Classic"
    assert scalar(db, "select value from lootbox.xp_multiplier") == 1


@pytest.mark.parametrize("key_type", REWARDS)
def test_rewards_of_a_key_type(db: Db, key_type: str) -> None:
    rows = db.execute(
        "select type, string_agg(n::text, '/' order by place) from ("
        "  select type, place, count(name) filter (where rarity = r) as n"
        "  from unnest('{common,rare,epic,legendary}'::text[]) with ordinality as x (r, place),"
        "    lootbox.reward_types"
        "  where key_type = %s and type <> 'coins' group by type, place) group by type",
        [key_type],
    ).fetchall()
    assert dict(rows) == REWARDS[key_type]
    coins = (
        "select name, rarity from lootbox.reward_types"
        " where type = 'coins' and key_type = %s order by name::int"
    )
    expected = [("100", "common"), ("250", "rare"), ("500", "epic"), ("1000", "legendary")]
    assert db.execute(coins.encode(), [key_type]).fetchall() == expected


def test_system_can_give_verdicts(db: Db) -> None:
    assert scalar(db, "select nickname from core.users where id = %s", SYSTEM) == "Genji Shimada"


def test_first_email_user_has_the_first_id_of_the_range(db: Db) -> None:
    with db.transaction(force_rollback=True):
        db.execute("alter sequence users.email_user_id_seq restart")
        assert scalar(db, "select nextval('users.email_user_id_seq')") == 100_000_000
