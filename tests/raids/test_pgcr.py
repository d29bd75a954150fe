"""The rules by which a report becomes an instance, one by one, and what holds for any report."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genjilib.local.bungie.reports import Entry, Played, Weapon, report
from genjilib.raids import pgcr
from genjilib.raids.pgcr import BadFormat
from genjilib.raids.types import Instance, NonRaid

VAULT, SCOURGE, LEVIATHAN = 3881495763, 548750096, 2693136601
OPENED, BLIND, RISEN, LATER = (
    datetime(2019, 6, 1, tzinfo=UTC),
    datetime(2021, 6, 1, tzinfo=UTC),
    datetime(2022, 3, 10, tzinfo=UTC),
    datetime(2024, 7, 1, tzinfo=UTC),
)
RED_WAR = datetime(2017, 9, 6, tzinfo=UTC)
SIX = [Entry(100 + n, 900 + n) for n in range(6)]


def played(start: datetime = LATER, entries: Any = SIX, **fields: Any) -> Played:
    return Played(1, start, entries, **fields)


def process(what: Played | dict[str, Any]) -> Instance:
    body = report(what) if isinstance(what, Played) else what
    instance = pgcr.process(json.dumps(body).encode())
    assert isinstance(instance, Instance)
    return instance


def entry_with(**stats: int) -> Entry:
    return Entry(100, 900, stats=stats)


def test_six_finishers_from_the_beginning() -> None:
    instance = process(played(duration=2400, team_score=16_777_217))
    assert (instance.completed, instance.fresh, instance.flawless) == (True, True, True)
    assert instance.player_count == 6
    assert instance.date_completed - instance.date_started == timedelta(seconds=instance.duration)
    assert instance.duration == 2400
    assert instance.score == 16_777_217
    assert not instance.lowman


def test_one_death_ends_flawless() -> None:
    assert process(played(entries=[*SIX[:5], entry_with(deaths=1)][1:])).flawless is False


@pytest.mark.parametrize(
    ("start", "hash", "phase", "flag", "deaths", "fresh"),
    [
        (OPENED, VAULT, 0, None, 1, True),
        (OPENED, VAULT, 1, None, 1, False),
        (OPENED, VAULT, 2, None, 1, False),
        (OPENED, VAULT, 1, True, 1, False),
        (OPENED, VAULT, None, True, 1, None),
        (OPENED, SCOURGE, 0, None, 1, True),
        (OPENED, SCOURGE, 1, None, 1, True),
        (OPENED, SCOURGE, 2, None, 1, False),
        (OPENED, 2812525063, 1, None, 1, True),
        (OPENED, LEVIATHAN, 0, None, 1, True),
        (OPENED, LEVIATHAN, 1, None, 1, False),
        (OPENED, LEVIATHAN, 2, None, 1, True),
        (OPENED, 3857338478, 2, None, 1, True),
        (BLIND, VAULT, 0, True, 0, None),
        (BLIND, VAULT, 1, False, 1, None),
        (RISEN, VAULT, 0, True, 1, True),
        (RISEN, VAULT, 0, True, 0, True),
        (RISEN, VAULT, 0, False, 1, None),
        (RISEN, VAULT, 0, False, 0, False),
        (RISEN, VAULT, 0, None, 0, None),
        (LATER, VAULT, 1, True, 1, True),
        (LATER, VAULT, 0, False, 0, False),
        (LATER, VAULT, 0, None, 0, None),
        (pgcr.BEYOND_LIGHT - timedelta(seconds=1), VAULT, 0, None, 1, True),
        (pgcr.BEYOND_LIGHT, VAULT, 0, True, 1, None),
        (pgcr.WITCH_QUEEN - timedelta(seconds=1), VAULT, 0, True, 1, None),
        (pgcr.WITCH_QUEEN, VAULT, 0, True, 1, True),
        (pgcr.HAUNTED - timedelta(seconds=1), VAULT, 0, False, 1, None),
        (pgcr.HAUNTED, VAULT, 0, False, 1, False),
    ],
)
def test_fresh_by_the_sign_of_its_era(
    start: datetime, hash: int, phase: int | None, flag: bool | None, deaths: int, fresh: bool | None
) -> None:
    instance = process(
        played(start, [entry_with(deaths=deaths)], hash=hash, phase=phase, from_beginning=flag)
    )
    assert instance.fresh is fresh


@pytest.mark.parametrize(
    ("start", "completed", "deaths", "flawless"),
    [
        (LATER, True, 0, True),
        (LATER, True, 1, False),
        (LATER, False, 0, False),
        (BLIND, True, 0, None),
        (BLIND, True, 1, False),
        (BLIND, False, 0, False),
    ],
)
def test_flawless_is_a_deathless_fresh_clear(
    start: datetime, completed: bool, deaths: int, flawless: bool | None
) -> None:
    entry = Entry(100, 900, completed=completed, stats={"deaths": deaths})
    assert process(played(start, [entry])).flawless is flawless


@pytest.mark.parametrize(
    ("people", "completed", "lowman"), [(3, True, True), (3, False, False), (4, True, False)]
)
def test_lowman_is_a_clear_of_three_at_most(people: int, completed: bool, lowman: bool) -> None:
    entries = [Entry(100 + n, 900 + n, completed=completed) for n in range(people)]
    assert process(played(entries=entries)).lowman is lowman


@pytest.mark.parametrize(
    ("spans", "seconds"),
    [
        ([(0, 100), (50, 150)], 200),
        ([(0, 100), (150, 50)], 150),
        ([(250, 200)], 51),
        ([(0, 300)], 300),
        ([(0, 301)], 301),
        ([(0, 32767)], 301),
        ([(400, 10)], 0),
        ([(0, 0)], 0),
        ([(-20, 120)], 120),
        ([(100, 50), (0, 20), (110, 10)], 70),
    ],
)
def test_seconds_with_two_characters_count_once(spans: list[tuple[int, int]], seconds: int) -> None:
    """Spans are (start, played) of 300 seconds; a start before 0 is one at 0."""
    entries = [Entry(100, 900 + n, start=begin, played=length) for n, (begin, length) in enumerate(spans)]
    instance = process(played(entries=entries, duration=300))
    assert (instance.player_count, instance.players[0].time_played_seconds) == (1, seconds)


@pytest.mark.parametrize("reason", [1, 2, 255])
def test_an_activity_that_ended_otherwise_was_finished_by_nobody(reason: int) -> None:
    instance = process(played(reason=reason))
    assert not instance.completed
    assert not any(player.finished for player in instance.players)
    assert all(character.completed for player in instance.players for character in player.characters)


def test_a_player_finishes_with_any_character() -> None:
    entries = [Entry(100, 900, completed=False), Entry(100, 901), Entry(101, 902, completed=False)]
    assert [player.finished for player in process(played(entries=entries)).players] == [True, False]


def test_players_keep_their_names_as_they_are_shown() -> None:
    first, second, third = process(
        played(
            entries=[
                Entry(100, 900, name="Ana", code=7),
                Entry(101, 901, name="Bo", code=None, membership_type=0),
                Entry(102, 902, name="", code=12),
            ]
        )
    ).players
    assert (first.bungie_global_display_name, first.bungie_global_display_name_code) == ("Ana", "0007")
    assert (first.display_name, first.membership_type) == ("Ana", 3)
    assert (second.bungie_global_display_name, second.bungie_global_display_name_code) == (None, None)
    assert (second.display_name, second.membership_type) == ("Bo", None)
    assert (third.display_name, third.bungie_global_display_name_code) == (None, None)


def test_a_player_is_seen_from_the_start_to_the_end_of_the_first_character() -> None:
    entries = [Entry(100, 900, start=30, played=600), Entry(100, 901, start=700, played=100)]
    player = process(played(entries=entries)).players[0]
    assert player.first_seen == LATER
    assert player.last_seen == LATER + timedelta(seconds=630)


def test_statistics_of_a_character_come_from_both_parts() -> None:
    stats = {"score": 5, "kills": 70, "assists": 8, "deaths": 2}
    extended = {
        "precisionKills": 30,
        "weaponKillsSuper": 6,
        "weaponKillsGrenade": 4,
        "weaponKillsMelee": 3,
    }
    entry = Entry(100, 900, class_hash=0, emblem_hash=0, stats=stats, extended=extended)
    character = process(played(entries=[entry])).players[0].characters[0]
    assert (character.score, character.kills, character.assists, character.deaths) == (5, 70, 8, 2)
    assert (character.precision_kills, character.super_kills) == (30, 6)
    assert (character.grenade_kills, character.melee_kills) == (4, 3)
    assert (character.class_hash, character.emblem_hash) == (None, None)


def test_a_weapon_listed_twice_is_one_weapon() -> None:
    entry = Entry(100, 900, weapons=[Weapon(1, 10, 4), Weapon(2, 1), Weapon(1, 5, 1)])
    weapons = process(played(entries=[entry])).players[0].characters[0].weapons
    assert [(w.weapon_hash, w.kills, w.precision_kills) for w in weapons] == [(1, 15, 5), (2, 1, 0)]


def test_skulls_are_named_once_and_zero_is_none() -> None:
    assert process(played(skulls=[5, 0, 3, 5])).skull_hashes == (5, 3)
    assert process(played(skulls=None)).skull_hashes == ()


def test_missing_statistics_are_zero() -> None:
    body = report(played(entries=[entry_with(kills=9)]))
    entry = body["entries"][0]
    entry["values"] = {"activityDurationSeconds": entry["values"]["activityDurationSeconds"]}
    del entry["extended"]
    character = process(body).players[0].characters[0]
    assert (character.kills, character.completed, character.weapons) == (0, False, ())


def test_another_mode_tells_only_when_it_ended() -> None:
    body = json.dumps(report(played(mode=5, duration=600))).encode()
    assert pgcr.process(body) == NonRaid(1, LATER + timedelta(seconds=600))


def test_another_mode_without_entries_is_no_mistake() -> None:
    body = json.dumps(report(played(entries=[], mode=5))).encode()
    assert pgcr.process(body) == NonRaid(1, LATER)


def changed(path: str, value: Any) -> dict[str, Any]:
    """A good report with one value replaced, or removed by `...`."""
    body = json.loads(json.dumps(report(played())))  # its equal parts are one otherwise
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place: Any = body
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return body


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("period", ""),
        ("period", "2024-07-01T00:00:00"),
        ("period", "0001-01-01T00:00:00+14:00"),
        ("period", ...),
        ("activityDetails", ...),
        ("activityDetails.instanceId", "no number"),
        ("entries", []),
        ("entries.0.values.playerCount.basic.value", 5.0),
        ("entries.0.characterId", ...),
        ("entries.0.characterId", "901"),
        ("entries.0.player.destinyUserInfo.membershipId", ...),
        ("entries.0.values.activityDurationSeconds.basic.value", -1.0),
        ("entries.0.values.activityDurationSeconds.basic.value", 1e15),
        ("entries.0.values.teamScore.basic.value", 1e30),
    ],
)
def test_a_report_that_contradicts_itself_is_refused(path: str, value: Any) -> None:
    body = changed(path, value)
    if path == "entries.0.characterId" and value == "901":
        body["entries"][0]["player"]["destinyUserInfo"]["membershipId"] = "101"
    with pytest.raises(BadFormat):
        pgcr.process(json.dumps(body).encode())


def test_a_report_of_which_nothing_was_played_is_refused() -> None:
    with pytest.raises(BadFormat, match="nobody played"):
        pgcr.process(json.dumps(report(played(duration=0))).encode())


@pytest.mark.parametrize("raw", [b"", b"<html>", b"null", b"[]", b'{"period":', b"\xff\xfe"])
def test_bytes_that_are_no_report_are_refused(raw: bytes) -> None:
    with pytest.raises(BadFormat):
        pgcr.process(raw)


def test_without_a_count_of_players_entries_are_believed() -> None:
    assert process(changed("entries.0.values.playerCount", ...)).player_count == 6


SPANS = st.lists(st.tuples(st.integers(-50, 400), st.integers(0, 400)), max_size=5)


@given(SPANS, st.integers(0, 300))
def test_time_played_is_the_number_of_seconds_somebody_ran(
    lengths: list[tuple[int, int]], duration: int
) -> None:
    spans = [(start, start + length) for start, length in lengths]
    running = {s for s in range(duration + 1) if any(begin <= s < end for begin, end in spans)}
    assert pgcr.time_played(spans, duration) == len(running)


ENTRIES = st.lists(
    st.builds(
        Entry,
        membership_id=st.integers(1, 4),
        character_id=st.integers(1, 2**62),
        completed=st.booleans(),
        start=st.integers(-10, 4000),
        played=st.integers(0, 40_000),
        stats=st.fixed_dictionaries({"deaths": st.integers(0, 2), "kills": st.integers(0, 2**53)}),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda entry: (entry.membership_id, entry.character_id),
)
REPORTS = st.builds(
    Played,
    instance_id=st.integers(1, 2**62),
    start=st.integers(0, 4500 * 86_400).map(lambda seconds: RED_WAR + timedelta(seconds=seconds)),
    entries=ENTRIES,
    hash=st.sampled_from([VAULT, SCOURGE, LEVIATHAN]),
    duration=st.integers(1, 30_000),
    reason=st.integers(0, 2),
    phase=st.none() | st.integers(0, 4),
    from_beginning=st.none() | st.booleans(),
)


@given(REPORTS)
def test_what_holds_for_every_report(what: Played) -> None:
    instance = process(what)
    characters = [character for player in instance.players for character in player.characters]
    assert len(characters) == len(what.entries)
    assert sum(character.kills for character in characters) == sum(e.stats["kills"] for e in what.entries)
    assert len({player.membership_id for player in instance.players}) == instance.player_count
    assert instance.completed == any(player.finished for player in instance.players)
    assert instance.flawless is not True or (instance.completed and instance.fresh)
    assert all(0 <= player.time_played_seconds <= instance.duration + 1 for player in instance.players)


@given(REPORTS, st.randoms(use_true_random=False))
def test_the_order_of_entries_decides_nothing_about_the_team(what: Played, rng: Any) -> None:
    entries = list(what.entries)
    rng.shuffle(entries)
    one, other = process(what), process(Played(**{**vars(what), "entries": entries}))
    assert (one.completed, one.fresh, one.flawless) == (other.completed, other.fresh, other.flawless)

    def times(instance: Instance) -> dict[int, tuple[int, bool]]:
        return {p.membership_id: (p.time_played_seconds, p.finished) for p in instance.players}

    assert times(one) == times(other)
