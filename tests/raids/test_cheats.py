"""Cheat checks: each heuristic by itself, what the reference got wrong, and flags as rows."""

import math
import statistics
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from genjilib import queries
from genjilib.db import Db
from genjilib.local.bungie.reports import Entry, Played, Weapon
from genjilib.local.bungie.server import Bungie as Simulated
from genjilib.queries.raids import Subject
from genjilib.queries.raids import SubjectsPlayers as Part
from genjilib.raids import cheat_tables, cheats
from genjilib.raids.alerts import Alerts, Embed, Limit
from genjilib.raids.cheat_tables import GUIDED, MASTER, PRESTIGE, RECORDS, Curve, Reason
from genjilib.raids.cheats import PlayerVerdict, Verdict
from genjilib.raids.store import store
from genjilib.raids.types import CheatCheckEvent
from tests.raids.test_crawler import WORLD
from tests.raids.test_store import VAULT, read, rows
from tests.raids.test_worker import change, emitted, handle, working

VAULT_ID, EATER, WISH, UNKNOWN = 9, 2, 4, 77
SUMMER_24, WINTER_24 = datetime(2024, 8, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)


def part(member: int = 1, **fields: Any) -> Part:
    """Somebody who plays an hour as people do."""
    usual = Part(member, True, False, 3600, 3600, 250, 5, 10, 5, 0, [100, 60, 50, 30, 10])
    return replace(usual, **fields)


def subject(n: int = 6, **fields: Any) -> Subject:
    """A whole Vault of Glass of an hour as teams play it."""
    players = [part(member) for member in range(n)]
    raid = ("Vault of Glass", "vaultofglass")
    usual = Subject(1, 9, 1, True, True, False, n, 3600, SUMMER_24, SUMMER_24, 1000.0, players, *raid)
    return replace(usual, **fields)


def with_part(**fields: Any) -> Subject:
    """The same with one player who is different, the first."""
    players = subject().players
    return subject(players=[part(0, **fields), *players[1:]])


def test_people_who_play_as_people_do_are_not_flagged() -> None:
    verdict = cheats.check(subject())
    assert verdict.probability < cheats.LISTED
    assert not verdict.flagged
    assert verdict.players == ()


def test_curves_rise_or_fall_through_their_middle() -> None:
    assert Curve(-0.15, 40)(40) == 0.5
    assert Curve(-0.15, 40)(60) == pytest.approx(1 / (1 + math.exp(-3)))
    assert Curve(40, 0.93)(0.5) > 0.99
    assert Curve(40, 0.93)(1e6) == 0
    assert RECORDS[9].after(99) == pytest.approx(1310.42 - 36.37 * math.log10(100**3.45))


@pytest.mark.parametrize(
    ("chances", "any_of", "two"),
    [
        ([], 0, 0),
        ([0.4], 0.4, 0),
        ([0.5, 0.5], 0.75, 0.25),
        ([0.1, 0.2, 0.3], 1 - 0.9 * 0.8 * 0.7, 0.098),
        ([1.5, 1.0, 0], 1, 1),
    ],
)
def test_chances_are_combined(chances: list[float], any_of: float, two: float) -> None:
    assert cheats.any_of(chances) == pytest.approx(any_of)
    assert cheats.at_least_two(chances) == pytest.approx(two)


LOWMAN = [
    # raid, version, fresh, players, when, seconds → terms
    (VAULT_ID, 1, True, 1, SUMMER_24, 3600, {Reason.UNLIKELY_LOWMAN: 0.20}),
    (VAULT_ID, 1, True, 1, WINTER_24, 3600, {Reason.TOO_FEW_PLAYERS_FRESH: 0.995}),
    (VAULT_ID, 1, True, 2, WINTER_24, 3600, {Reason.UNLIKELY_LOWMAN: 0}),
    (VAULT_ID, 1, True, 3, WINTER_24, 3600, {}),
    (VAULT_ID, MASTER, True, 1, SUMMER_24, 3600, {Reason.TOO_FEW_PLAYERS_FRESH: 0.995}),
    (VAULT_ID, MASTER, True, 2, SUMMER_24, 3600, {Reason.UNLIKELY_LOWMAN: 0.04}),
    (VAULT_ID, 1, False, 1, SUMMER_24, 3600, {Reason.UNLIKELY_LOWMAN: 0.15}),
    (VAULT_ID, 1, None, 1, SUMMER_24, 3600, {Reason.UNLIKELY_LOWMAN: 0.15}),
    (
        *(VAULT_ID, 1, False, 2, SUMMER_24, 105 * 0.82 - 0.1),
        {Reason.UNLIKELY_LOWMAN: 0, Reason.FAST_LOWMAN_CHECKPOINT: 0.5036},
    ),
    (1, 1, False, 1, SUMMER_24, 3600, {Reason.TOO_FEW_PLAYERS_CHECKPOINT: 0.995}),
    (14, 1, True, 4, SUMMER_24, 3600, {Reason.UNLIKELY_LOWMAN: 0.04}),
    (WISH, 1, True, 1, datetime(2021, 1, 1, tzinfo=UTC), 3600, {Reason.TOO_FEW_PLAYERS_FRESH: 0.995}),
    (12, 1, True, 1, SUMMER_24, 3600, {}),
    (UNKNOWN, 1, True, 1, SUMMER_24, 3600, {}),
]


@pytest.mark.parametrize(("raid", "version", "fresh", "n", "at", "seconds", "terms"), LOWMAN)
def test_teams_are_compared_with_the_smallest_of_their_time(
    raid: int, version: int, fresh: bool | None, n: int, at: datetime, seconds: float, terms: Any
) -> None:
    one = subject(n, activity_id=raid, version_id=version, fresh=fresh, date_completed=at)
    one = replace(one, duration=seconds)
    assert cheats.lowman(one) == pytest.approx(terms, abs=0.001)
    assert cheats.lowman(replace(one, completed=False)) == {}


def test_a_flawless_small_team_is_less_likely_still() -> None:
    terms = cheats.lowman(subject(1, flawless=True))
    assert terms == {Reason.UNLIKELY_LOWMAN: pytest.approx(math.sqrt(0.20))}


def test_prestige_and_guided_games_are_what_the_database_says() -> None:
    """The reference swapped the two, and gave Prestige's window to Guided Games."""
    between = datetime(2018, 9, 15, tzinfo=UTC)
    one = subject(1, activity_id=EATER, fresh=False, date_completed=between)
    impossible = {Reason.TOO_FEW_PLAYERS_CHECKPOINT: 0.995}
    assert cheats.lowman(replace(one, version_id=PRESTIGE)) == impossible
    assert cheats.lowman(replace(one, version_id=GUIDED)) == {Reason.UNLIKELY_LOWMAN: 0}
    assert (GUIDED, PRESTIGE) == (2, 3)


def test_reasons_have_the_bits_that_stored_flags_have() -> None:
    """The reference set the bits of fresh and checkpoint the wrong way round."""
    bits = {reason: int(math.log2(reason)) for reason in Reason}
    assert bits[Reason.TOO_FEW_PLAYERS_FRESH] == 61
    assert bits[Reason.TOO_FEW_PLAYERS_CHECKPOINT] == 62
    assert [bits[one] for one in (Reason.MANUAL, Reason.PANTHEON, Reason.RESTRICTED_PGCR)] == [0, 33, 46]
    assert sorted(bits.values()) == [0, 33, *range(46, 63)]
    assert [cheat_tables.raid_bit(n) for n in (0, 1, 16, 101, 500)] == [0, 2, 65536, 1 << 33, 0]
    assert cheats.check(subject(1, date_completed=WINTER_24)).reasons & Reason.TOO_FEW_PLAYERS_FRESH


def test_a_raid_without_a_record_is_not_too_fast() -> None:
    """The reference stopped at an activity that had no curve."""
    for raid in (15, 16, UNKNOWN):
        assert cheats.too_fast(subject(activity_id=raid, duration=30)) == {}
    assert cheats.check(subject(activity_id=UNKNOWN, duration=30)).instance_id == 1
    assert cheats.too_fast(subject(days=1e20)) == {}


@pytest.mark.parametrize(
    ("n", "share", "chance"), [(6, 0.93, 0.5), (6, 0.83, 0.982), (6, 1.2, 0), (3, 0.93, 0.5)]
)
def test_whole_raids_are_compared_with_the_best_time_of_the_day(n: int, share: float, chance: float) -> None:
    best = RECORDS[9].after(1000) * (6 / n) ** 0.2
    seconds = round(25 + share * best)
    players = [part(member, seconds=seconds) for member in range(n)]
    one = subject(n, duration=seconds, players=players)
    assert cheats.too_fast(one)[Reason.TOO_FAST] == pytest.approx(chance, abs=0.02)
    assert cheats.too_fast(replace(one, fresh=False)) == {}
    assert cheats.too_fast(replace(one, completed=False)) == {}


def test_somebody_must_have_been_there_all_the_time() -> None:
    lone = subject(1, players=[part(seconds=2160)])
    assert cheats.dilation(lone) == {Reason.TIME_DILATION: pytest.approx(0.5)}
    assert cheats.dilation(replace(lone, duration=360)) == {}
    assert cheats.dilation(replace(lone, player_count=50)) == {}
    assert cheats.dilation(subject(1, players=[part(seconds=2160, longest=32767)])) == {}
    assert cheats.dilation(subject()) == {}


@pytest.mark.parametrize(
    ("fresh", "each", "chance"), [(True, 250, 0), (True, 100, 0.99), (False, 7, 0.004), (False, 1, 0.424)]
)
def test_kills_are_compared_with_those_nobody_did_without(fresh: bool, each: int, chance: float) -> None:
    one = subject(fresh=fresh, players=[part(member, kills=each) for member in range(6)])
    terms = cheats.fewest_kills(one)
    assert terms[Reason.TOTAL_INSTANCE_KILLS] == pytest.approx(chance, abs=0.02)
    assert cheats.fewest_kills(replace(one, completed=False)) == {}


def test_nothing_but_the_fewest_kills_counts_for_a_ratio_of_its_own() -> None:
    """With fewer than 30 kills what was found weighs more: it is raised to a power below one."""
    few = subject(activity_id=WISH, players=[part(0, kills=0)])
    ratio = Curve(20, 0.83)(1 / 19) * Curve(-0.04, 60)(19)
    assert cheats.fewest_kills(few)[Reason.TOTAL_INSTANCE_KILLS] == pytest.approx(math.sqrt(ratio))


OWN = [
    (Reason.GRENADE_KILLS, {"grenade_kills": 1205, "melee_kills": 5}, 0.5),
    (Reason.GRENADE_KILLS, {"grenade_kills": 1300, "melee_kills": 1300}, 0.001),
    (Reason.PLAYER_TOTAL_KILLS, {"kills": 2400}, 0.5),
    (Reason.PLAYER_TOTAL_KILLS, {"kills": 40, "seconds": 60}, 0.1),
    (Reason.SUPER_KILLS, {"super_kills": 360}, 0.5),
    (Reason.HEAVY_AMMO, {"heavy_kills": 900, "weapon_kills": [900]}, 0.997),
    (Reason.HEAVY_AMMO, {"heavy_kills": 40, "weapon_kills": [40]}, 0),
    (Reason.WEAPON_DIVERSITY, {"weapon_kills": [800]}, 0.5 * math.exp(-0.2)),
    (
        Reason.WEAPON_DIVERSITY,
        {"weapon_kills": [800], "finished": False},
        0.5 * math.exp(-0.3 * (2 / 3) ** 2),
    ),
    (Reason.WEAPON_DIVERSITY, {"weapon_kills": [100]}, 0),
    (Reason.KILLS_SHARE, {"kills": 250}, 0),
    (Reason.KILLS_SHARE, {"kills": 5000}, 0.5),
]


@pytest.mark.parametrize(("reason", "fields", "chance"), OWN)
def test_what_a_player_does_alone_is_judged(reason: Reason, fields: dict[str, Any], chance: float) -> None:
    one = with_part(**fields)
    assert cheats.own(one, one.players[0])[reason] == pytest.approx(chance, abs=0.01)


def test_who_was_hardly_there_did_nothing_to_judge() -> None:
    one = with_part(seconds=59, kills=5000)
    assert cheats.own(one, one.players[0]) == {}


def test_weapons_that_stand_out_do_not_count_as_variety() -> None:
    """Four weapons and more: the square root of average by deviation, and the ordinary ones' number."""
    kills = [500, 20, 20, 20, 20, 20, 20]
    expected = (math.sqrt(620 / 7 / statistics.pstdev(kills)) + 6**1.5) / (620 / 600)
    assert cheats.diversity(part(weapon_kills=kills)) == pytest.approx(expected, rel=1e-3)


def test_the_part_in_what_the_team_did_follows_kills_and_time() -> None:
    alike = subject()
    idle = with_part(kills=0)
    lone = subject(1)
    parts = [cheats.participation(one, one.players[0]) for one in (alike, idle, lone)]
    x = (250 / 1501) ** 1.25 / (3600 / 21601) * 2.5 * 251 / 1501
    assert parts == [pytest.approx(Curve(-1.6, 3)(x)), pytest.approx(Curve(-1.6, 3)(0)), 0]


def test_two_signs_make_a_cheater_and_one_does_not() -> None:
    one = cheats.check(with_part(kills=6000))
    [cheater] = one.players
    assert (cheater.membership_id, cheater.probability) == (0, pytest.approx(0.6, abs=0.01))
    assert cheater.reasons & Reason.PLAYER_TOTAL_KILLS
    assert cheater.reasons & Reason.KILLS_SHARE
    assert cheater.reasons & 1 << 9
    assert cheats.check(with_part(super_kills=600, melee_kills=0)).players == ()


def test_who_left_weighs_less_and_a_first_clear_more() -> None:
    usual: dict[str, Any] = {"kills": 6000, "weapon_kills": [10]}
    finished = cheats.check(with_part(**usual)).players[0].probability
    left = cheats.check(with_part(**usual, finished=False)).players[0].probability
    first = cheats.check(with_part(**usual, first_clear=True)).players[0]
    assert left == pytest.approx(finished / (1 + Curve(0.0052, 220)(3600)))
    assert first.probability == pytest.approx(finished**0.8)
    assert first.reasons & Reason.FIRST_CLEAR


def test_two_cheaters_make_a_cheated_instance() -> None:
    cheaters = [part(member, kills=8000, super_kills=600) for member in range(2)]
    one = cheats.check(subject(players=[*cheaters, *subject().players[2:]]))
    assert one.probability > 0.5
    assert one.reasons & Reason.TWO_PLUS_CHEATERS
    assert [player.membership_id for player in one.players] == [0, 1]


def test_what_one_does_alone_is_their_own_doing() -> None:
    one = cheats.check(subject(1, date_completed=WINTER_24))
    assert one.probability >= 0.995
    [player] = one.players
    assert (player.probability, player.reasons) == (one.probability, one.reasons)
    assert player.reasons & Reason.SOLO


@pytest.mark.parametrize(
    ("begin", "end", "skipped"),
    [
        ("2023-09-15T12:00", "2023-09-15T13:54", False),
        ("2023-09-15T12:00", "2023-09-15T13:55", True),
        ("2023-09-18T04:00:08", "2023-09-18T05:00", True),
        ("2025-09-20T00:00", "2025-09-20T01:00", True),
        ("2024-09-20T00:00", "2024-09-20T01:00", False),
    ],
)
def test_nothing_is_proved_while_the_game_is_broken(begin: str, end: str, skipped: bool) -> None:
    moments = [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (begin, end)]
    one = subject(date_started=moments[0], date_completed=moments[1], duration=60)
    assert cheats.excused(one) is skipped
    assert cheats.check(one).flagged is not skipped


@pytest.mark.parametrize(("raid", "skipped"), [(4, True), (11, True), (9, False)])
def test_two_raids_may_be_left_without_a_proof(raid: int, skipped: bool) -> None:
    assert cheats.excused(subject(activity_id=raid, completed=False)) is skipped
    assert not cheats.excused(subject(activity_id=raid))


@pytest.mark.parametrize(
    ("whole", "players", "lines", "color"),
    [
        (1.0, [], ["100.0% (too_fast)"], 0xFF0000),
        (0.25, [0.5], ["25.0% (too_fast)", "7: 50.0% (kills_share)"], 0xFF4B46),
        (0.01, [0.09, 0.06], ["7: 9.0% (kills_share)", "8: 6.0% (kills_share)"], 0xFFB2A7),
    ],
)
def test_flags_are_told_the_redder_the_likelier(
    whole: float, players: list[float], lines: list[str], color: int
) -> None:
    seats = [PlayerVerdict(1, member, one, Reason.KILLS_SHARE) for member, one in enumerate(players, start=7)]
    told = cheats.told(subject(), Verdict(1, whole, Reason.TOO_FAST, tuple(seats)))
    assert told["description"].splitlines() == lines
    assert told["color"] == color


async def test_what_is_stored_is_checked_flagged_once_and_told(
    db: Db, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(
        database_url,
        "insert into definitions.weapon_definition values"
        " (100, 'Gjallarhorn', 'x', 'Rocket Launcher', 'Solar', 'Power', 'Heavy', 'Exotic')",
    )
    weapons = [Weapon(100, 900), Weapon(200, 3)]
    stats = {"kills": 950}
    extended = {"weaponKillsSuper": 4, "weaponKillsGrenade": 3, "weaponKillsMelee": 2}
    alone = Entry(5, 50, played=600, stats=stats, extended=extended, weapons=weapons)
    again = Entry(5, 51, start=600, played=1200, stats={"kills": 50}, weapons=[Weapon(100, 10), Weapon(9, 0)])
    team = [Entry(member, member, stats={"kills": 250}) for member in range(11, 17)]
    winter = datetime(2024, 2, 1, tzinfo=UTC)
    played = [Played(1, winter, [alone, again], hash=VAULT), Played(2, winter, team, hash=VAULT)]
    await store(db, [read(one) for one in played])
    assert emitted(database_url, CheatCheckEvent) == [{"instance_ids": [1, 2]}]
    told: list[list[Embed]] = []

    def show(_: Alerts, kind: str, embeds: list[Embed], limit: Limit) -> None:
        assert (kind, limit) == ("Flags", Limit(3, 5))
        told.append(embeds)

    monkeypatch.setattr(Alerts, "show", show)
    async with working(db, Simulated(WORLD)) as context:
        [[verdict, other]] = await handle(context, CheatCheckEvent(instance_ids=(1, 2)))
        change(database_url, "update flagging.flag_instance set cheat_probability = 0.5")
        await handle(context, CheatCheckEvent(instance_ids=(1, 2)))
    assert not other.flagged
    [embed] = told[0]
    assert told == [[embed]] * 2
    assert embed["title"] == "Vault of Glass: 1"
    assert embed["description"].startswith("99.8% (")  # of the one who was alone it says nothing more
    assert "too_few_players_fresh" in embed["description"]
    assert embed["color"] == 0xFF0000
    assert embed.get("thumbnail") == {"url": "https://cdn.raidhub.io/content/splash/vog/tiny.jpg"}
    flags = rows(
        database_url,
        "select instance_id, cheat_check_version, cheat_check_bitmask, cheat_probability::float8"
        " from flagging.flag_instance",
    )
    assert flags == [(1, "beta-2.1.13", verdict.reasons, 0.5)]  # what stood there stays
    reasons = Reason(verdict.reasons & ~(1 << 9))
    assert {Reason.SOLO, Reason.TOO_FEW_PLAYERS_FRESH, Reason.HEAVY_AMMO, Reason.FIRST_CLEAR} <= set(reasons)
    people = "select instance_id, membership_id, cheat_probability::float8 from flagging.flag_instance_player"
    assert rows(database_url, people) == [(1, 5, pytest.approx(verdict.probability))]
    found = await queries.raids.subjects(db, instance_ids=[1])
    assert found[0].players == [Part(5, True, True, 1800, 1200, 1000, 4, 3, 2, 910, [910, 3])]
    released = datetime(2021, 5, 22, 17, tzinfo=UTC)
    assert found[0].days == pytest.approx((winter - released) / timedelta(days=1), abs=0.1)
