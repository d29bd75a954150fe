"""The raids' demo looks: every table beside the truth, and charts of what is in them."""

from collections import Counter
from datetime import datetime, timedelta

import msgspec
from rich.console import Console
from rich.table import Table

from genjilib.local.bungie.answers import KINDS_OF_WEAPONS, WEAPONS
from genjilib.local.bungie.reports import report
from genjilib.local.bungie.stage import Stage
from genjilib.local.bungie.truth import Rows
from genjilib.raids import cheats
from genjilib.raids.store import decompress


def compare(stage: Stage) -> None:
    """Compare every table that the crawler and the worker fill with what happened in the world."""
    stage.console.print("\n[bold]3. Every table is what happened[/bold]")
    world, truth = stage.world, stage.truth
    names = ("instance_id", "hash", "score", "flawless", "completed", "fresh", "player_count", "date_started")
    names += ("date_completed", "duration", "platform_type")
    found = stage.rows(
        "select instance_id, hash, score, flawless, completed, fresh, player_count, date_started,"
        " date_completed, duration, platform_type, skull_hashes from core.instance order by 1"
    )
    wanted: Rows = [
        (*(getattr(one, name) for name in names), list(one.skull_hashes)) for one in truth.instances
    ]
    stage.check(f"{len(wanted)} instances", found == wanted)
    reports = {
        row[0]: row[1] for row in stage.rows("select instance_id, data from raw.pgcr order by instance_id")
    }
    sent = {
        one.instance_id: msgspec.json.encode(report(world.played(one.instance_id))) for one in truth.instances
    }
    same = reports.keys() == sent.keys() and all(decompress(reports[n]) == sent[n] for n in sent)
    stage.check("every report is kept, byte by byte", same)
    missed = stage.rows("select instance_id from crawl.missed order by 1")
    missed = [row for row in missed if row[0] < world.frontier]
    gone = [(n,) for n in sorted([*stage.ids("absent"), *stage.ids("malformed")])]
    stage.check(f"{len(gone)} ids wait with a state", missed == gone, len(missed))
    numbers = ("kills", "deaths", "assists", "score", "time_played_seconds", "start_seconds")
    numbers += ("precision_kills", "super_kills", "grenade_kills", "melee_kills", "emblem_hash", "completed")
    found = stage.rows(
        "select instance_id, membership_id, character_id, class_hash, kills, deaths, assists, score,"
        " time_played_seconds, start_seconds, precision_kills, super_kills, grenade_kills, melee_kills,"
        " emblem_hash, completed from extended.instance_character order by 1, 3"
    )
    classes = dict(character for person in world.persons for character in person.characters)
    wanted = [
        (
            *(i.instance_id, p.membership_id, c.character_id, classes[c.character_id]),
            *(getattr(c, name) for name in numbers),
        )
        for i, p, c in truth.characters
    ]
    stage.check(f"{len(wanted)} characters", found == sorted(wanted, key=lambda row: (row[0], row[2])))
    found = stage.rows(
        "select instance_id, character_id, weapon_hash, kills, precision_kills"
        " from extended.instance_character_weapon order by 1, 2, 3"
    )
    wanted = sorted(
        (i.instance_id, c.character_id, w.weapon_hash, w.kills, w.precision_kills)
        for i, c, w in truth.weapons
    )
    stage.check(f"{len(wanted)} weapons", found == wanted)
    found = stage.rows(
        "select instance_id, membership_id, completed, time_played_seconds, sherpas, is_first_clear"
        " from core.instance_player order by 1, 2"
    )
    stage.check(f"{len(truth.seats)} seats, with sherpas and first clears", found == truth.seats)
    found = stage.rows(
        "select membership_id, activity_id, clears, fresh_clears, sherpas, total_time_played_seconds,"
        " fastest_instance_id from core.player_stats order by 1, 2"
    )
    wanted = [
        (*key, best.clears, best.fresh, best.sherpas, best.time, best.fastest[2] if best.fastest else None)
        for key, best in sorted(truth.best.items())
    ]
    stage.check(f"{len(wanted)} players' totals in a raid, with the fastest", found == wanted)
    current = [
        row[0]
        for row in stage.rows(
            "select id from definitions.activity_definition where is_raid and not is_sunset"
        )
    ]
    found = stage.rows(
        "select membership_id, clears, fresh_clears, sherpas, total_time_played_seconds, sum_of_best"
        " from core.player where exists"
        " (select from core.instance_player as s where s.membership_id = player.membership_id) order by 1"
    )
    wanted = truth.totals(current)
    stage.check(f"{len(wanted)} players' totals", found == wanted)
    found = stage.rows(
        "select membership_id, membership_type, bungie_name, is_private from core.player"
        " where last_crawled is not null order by 1"
    )
    wanted = [
        (one.membership_id, one.membership_type, f"{one.name}#{one.code:04}", one.private)
        for one in world.persons
        if one.membership_id in {row[0] for row in found}
    ]
    stage.check(f"names, platforms and privacy of {len(wanted)} who were asked about", found == wanted)


async def judge(stage: Stage) -> None:
    """Compare flags with those of the truth, and see what becomes of the cheaters."""
    stage.console.print("\n[bold]4. Who cheated[/bold]")
    world, truth = stage.world, stage.truth
    wanted = [one.instance_id for one in truth.instances]
    versions = dict(stage.rows("select hash, version_id from definitions.activity_version"))
    verdicts = [cheats.check(one) for one in truth.subjects(versions)]
    found = stage.rows(
        "select instance_id, cheat_check_bitmask, round(cheat_probability, 6)::float8"
        " from flagging.flag_instance order by 1"
    )
    flagged = [(one.instance_id, one.reasons, round(one.probability, 6)) for one in verdicts if one.flagged]
    stage.check(f"{len(flagged)} flags of instances", found == flagged)
    found = stage.rows(
        "select instance_id, membership_id, cheat_check_bitmask, round(cheat_probability, 6)::float8"
        " from flagging.flag_instance_player order by 1, 2"
    )
    people = [
        (one.instance_id, one.membership_id, one.reasons, round(one.probability, 6))
        for verdict in verdicts
        for one in sorted(verdict.players, key=lambda one: one.membership_id)
    ]
    stage.check(f"{len(people)} flags of players", found == people)
    cheated = {n for n in wanted if world.cheated(n) and not truth.excused(n)}
    caught = {one.instance_id for one in verdicts if one.probability >= 0.95}
    stage.check(f"all {len(cheated)} raids that were cheated in are caught", caught >= cheated)
    wrong = {one.instance_id for one in verdicts if one.flagged} - cheated
    findings = [
        (str(one.instance_id), cheats.said(one.probability, one.reasons)) for one in verdicts if one.flagged
    ]
    _table(stage.console, "What was found", findings[:8], "instance", "probability and reasons")
    honest = len(wanted) - len(cheated)
    stage.check(f"{len(wrong)} of {honest} others are flagged", len(wrong) * 100 < honest, len(wrong))
    outcome = await stage.command("cheat-levels", "--yes")
    stage.console.print(f"   cheat levels: {outcome}")
    listed = {row[0] for row in stage.rows("select instance_id from flagging.blacklist_instance")}
    stage.check("and blacklisted", listed >= cheated)
    flags = Counter(one.membership_id for verdict in verdicts for one in verdict.players)
    many = {one.membership_id for one in world.cheaters if flags[one.membership_id] >= 5}
    levels = dict(stage.rows("select membership_id, cheat_level from core.player where cheat_level >= 2"))
    cheaters = {one.membership_id for one in world.cheaters}
    stage.check("nobody honest has a cheat level above 1", levels.keys() <= cheaters, levels)
    stage.check(f"{len(many)} cheaters have level 4", all(levels[one] == 4 for one in many), levels)
    await stage.command("refresh-leaderboards", "--yes")
    found = stage.rows(
        "select activity_id, version_id, position, instance_id"
        " from leaderboard.team_activity_version_leaderboard order by 1, 2, 3"
    )
    teams = truth.teams(versions, listed)
    stage.check(f"{len(teams)} first teams of all versions, no cheaters among them", found == teams)
    kept_off = {row[0] for row in stage.rows("select membership_id from core.player where is_private")}
    kept_off |= levels.keys()
    found = stage.rows(
        "select membership_id, clears from leaderboard.individual_global_leaderboard order by clears_position"
    )
    ranked = [row[:2] for row in truth.totals(()) if row[1] and row[0] not in kept_off]
    ranked.sort(key=lambda row: (-row[1], row[0]))
    stage.check(f"{len(ranked)} players by their clears, no cheaters among them", found == ranked)


async def gather(stage: Stage) -> None:
    """Read clans and the manifest, and compare them with the world's."""
    stage.console.print("\n[bold]5. Clans and the manifest[/bold]")
    world = stage.world
    await stage.command("crawl-clans", "--yes")
    known = {row[0] for row in stage.rows("select membership_id from core.player")}
    leading = {
        row[0] for row in stage.rows("select membership_id from leaderboard.individual_global_leaderboard")
    }
    groups = {
        one.group_id for one in world.persons if one.membership_id in leading and one.group_id is not None
    }
    found = stage.rows("select group_id, name from clan.clan order by 1")
    stage.check(
        f"{len(groups)} clans", found == [(n, f"Fire & Flame {n}") for n in sorted(groups)], found[:3]
    )
    seats = [
        (one.group_id, one.membership_id)
        for one in world.persons
        if one.group_id in groups and one.membership_id in known
    ]
    found = stage.rows("select group_id, membership_id from clan.clan_members order by 1, 2")
    stage.check(f"{len(seats)} members of clans", found == sorted(seats))
    await stage.command("update-manifest", "--yes")
    found = stage.rows("select hash, name from definitions.weapon_definition order by 1")
    wanted = [(WEAPONS + n, f"Weapon {n}") for n in range(len(KINDS_OF_WEAPONS))]
    stage.check(f"{len(wanted)} weapons of the manifest", found == wanted)


async def analyse(stage: Stage) -> None:
    """Compare ClickHouse with PostgreSQL and with the truth."""
    stage.console.print("\n[bold]6. What ClickHouse says[/bold]")
    differing = await stage.command("fill-clickhouse", "--dry-run")
    stage.check("PostgreSQL's instances, in every range of ids", differing["ranges"] == 0, differing)
    truth = stage.truth.instances
    end = max(one.date_completed for one in truth)
    until = end.replace(minute=0, second=0) + timedelta(hours=1)
    days, since = 7, until - timedelta(days=7)
    asked = ("--days", str(days), "--until", f"{until:%FT%T}")
    hours: Counter[datetime] = Counter()
    uses: Counter[int] = Counter()
    kills: Counter[int] = Counter()
    for one in truth:
        hour = one.date_started.replace(minute=0, second=0)
        while hour <= one.date_completed:
            if since <= hour < until:
                hours[hour] += one.player_count
            hour += timedelta(hours=1)
        if since <= one.date_completed < until:
            for weapon in (w for p in one.players for c in p.characters for w in c.weapons):
                uses[weapon.weapon_hash] += 1
                kills[weapon.weapon_hash] += weapon.kills
    population = await stage.command("population", *asked)
    found: Counter[datetime] = Counter()
    for row in population:
        found[datetime.fromisoformat(row["hour"])] += row["player_count"]
    stage.check(f"the people of {len(hours)} hours", found == hours, (found, hours))
    weapons = await stage.command("weapons", *asked, "--n", "1000")
    seen = {row["weapon_hash"]: (row["usage_count"], row["kill_count"]) for row in weapons}
    stage.check(f"the kills with {len(uses)} weapons", seen == {one: (uses[one], kills[one]) for one in uses})
    most = max(hours.values())
    bars = [(f"{hour:%F %H:%M}", n, "█" * round(30 * n / most)) for hour, n in sorted(hours.items())[-24:]]
    _table(stage.console, "People by hour, the last day with raids", bars, "hour", "people", "")
    most = max(kills.values())
    best = [(w["weapon_hash"], w["usage_count"], w["kill_count"]) for w in weapons[:10]]
    bars = [(*row, "█" * round(30 * row[2] / most)) for row in best]
    _table(stage.console, "Weapons of the last week", bars, "weapon", "used", "kills", "")


def charts(stage: Stage) -> None:
    """Print who leads."""
    players = stage.rows(
        "select b.clears_rank, p.bungie_name, b.clears, b.fresh_clears, b.sherpas, b.total_time_played / 3600"
        " from leaderboard.individual_global_leaderboard as b join core.player as p using (membership_id)"
        " order by b.clears_position limit 10"
    )
    _table(stage.console, "Players", players, "rank", "player", "clears", "fresh", "sherpas", "hours")
    teams = stage.rows(
        "select a.name, b.instance_id, b.time_after_launch * interval '1 second',"
        " (select string_agg(p.bungie_name, ', ') from core.instance_player as s join core.player as p"
        " using (membership_id) where s.instance_id = b.instance_id and s.completed)"
        " from leaderboard.world_first_contest_leaderboard as b"
        " join definitions.activity_definition as a on a.id = b.activity_id"
        " where b.position = 1 order by a.id"
    )
    _table(stage.console, "First in the world", teams, "raid", "instance", "after", "team")
    clans = stage.rows(
        "select c.name, b.clears, round(b.average_clears, 1), round(b.weighted_contest_score::numeric, 2)"
        " from leaderboard.clan_leaderboard as b join clan.clan as c using (group_id)"
        " order by b.clears desc, group_id limit 5"
    )
    _table(stage.console, "Clans", clans, "clan", "clears", "on average", "contests")
    raids = stage.rows(
        "select a.name, count(*), sum(i.player_count) from core.instance as i"
        " join definitions.activity_version as v using (hash)"
        " join definitions.activity_definition as a on a.id = v.activity_id"
        " group by a.id order by a.id"
    )
    _table(stage.console, "Raids", raids, "raid", "instances", "players")


def _table(console: Console, title: str, rows: Rows, *columns: str) -> None:
    table = Table(*columns, title=title, box=None, padding=(0, 2), header_style="dim", title_justify="left")
    for row in rows:
        table.add_row(*(str(value) for value in row))
    console.print()
    console.print(table)
