"""What a copy for development must not hold: names, e-mails, tokens, addresses, sessions, what people wrote.

Ids stay, so that everything still hangs together; each name becomes one that follows from its row's id.
"""

import re
from typing import Any, Final

from psycopg import AsyncConnection, sql

from genjilib.core.errors import Conflict
from genjilib.ops.backup import content
from genjilib.ops.postgres import Target

MARK: Final = "Copy for development, personal data masked"
"""Comment of a masked database: only such a one is replaced by a newer copy without asking for its name."""

EMPTIED: Final = (
    "crawl.permits",
    "messages.dead_letter_actions",
    "messages.dead_letters",
    "messages.failures",
    "messages.outbox",
    "messages.sent",
    "notifications.delivery_log",
    "notifications.events",
    "public.analytics",
    "public.api_tokens",
    "public.newsfeed",
    "raw.pgcr",
    "tournaments.pending_transitions",
    "users.auth_rate_limits",
    "users.email_tokens",
    "users.merges",
    "users.remember_tokens",
    "users.sessions",
    "web.answers",
)
"""Tables whose rows are secrets, messages to people, or texts about them."""

MASKED: Final[dict[str, dict[str, str]]] = {
    "audit.entries": {"reason": "'masked'"},
    "core.completions": {"reason": "'masked'"},
    "core.player": {
        "display_name": "'Guardian ' || membership_id",
        "bungie_global_display_name": "'Guardian ' || membership_id",
        "bungie_global_display_name_code": "'0000'",
    },
    "core.users": {"nickname": "'Player ' || id", "global_name": "'Player ' || id"},
    "maps.clicks": {"user_agent": "'masked'", "ip_hash": "md5(id::text)"},
    "maps.details": {
        "creators": "array(select row(c.id, c.is_primary, 'Player ' || c.id)::maps.shown_creator"
        " from unnest(creators) as c)",
        "creator_names": "concat((select string_agg('player ' || c.id, E'\\n') from unnest(creators) as c))",
    },
    # What is written of maps follows from maps.details, whose turn was before.
    "maps.card_texts": {
        "opening": "(select c.opening from maps.collected_card_texts as c"
        " where c.map_id = maps.card_texts.map_id)",
    },
    "maps.searchable": {
        "creator_names": "(select d.creator_names from maps.details as d"
        " where d.map_id = maps.searchable.map_id)",
    },
    "maps.edit_requests": {"reason": "'masked'", "rejection_reason": "'masked'"},
    "public.auth_users": {"username": "'service ' || id", "info": "'masked'"},
    "public.change_requests": {"content": "'masked'", "creator_mentions": "''"},
    "public.jobs": {"error_msg": "'masked'"},
    "ranks.players": {
        "nickname": "'Player ' || user_id",
        "discord_tag": "'Player ' || user_id",
        "names": "'player ' || user_id",
    },
    "users.email_auth": {"email": "'player' || user_id || '@example.invalid'", "password_hash": "'!'"},
    "users.overwatch_usernames": {"username": "'Player' || id"},
    "users.suspicious_flags": {"context": "'masked'"},
}
"""What takes the place of each value that is not null, by table and column."""

_OWN: Final = """
select n.nspname, c.relname
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'm')
  and (n.nspname !~ '^(pg_|information_schema$)' or c.relname in ('pg_statistic', 'pg_statistic_ext_data'))
order by n.nspname = 'pg_catalog', 1, 2
"""

IMPERSONAL: Final = {"bot.command_syncs.hash", "core.player.bungie_name"}
"""Columns that only sound as if they were about somebody, or that PostgreSQL computes of masked ones."""

_PERSONAL: Final = re.compile(
    r"(^|_)(e?mails?|tokens?|secrets?|password|hash|ip|address|agent|payload|session|mentions?|context|reason_text"
    r"|username|nickname|global_name|display_name|bungie_name|discord_tag|api_key|(merged|flagged)_by)(_|$)"
)
_KINDS: Final = ("text", "character varying", "character", "json", "jsonb", "bytea", "inet", "cidr", "text[]")


def unmasked(tables: list[tuple[str, str, list[str], list[str]]]) -> list[str]:
    """Return the columns of ``tables`` (rows of ``content.tables``) that sound personal and are not known."""
    return [
        f"{schema}.{table}.{column}"
        for schema, table, columns, kinds in tables
        for column, kind in zip(columns, kinds, strict=True)
        if kind in _KINDS
        and _PERSONAL.search(column)
        and f"{schema}.{table}" not in EMPTIED
        and column not in MASKED.get(f"{schema}.{table}", {})
        and f"{schema}.{table}.{column}" not in IMPERSONAL
    ]


async def mask(target: Target) -> None:
    """Mask a database that nobody else uses, and rewrite its tables, so that no old value stays on disk.

    Raises ``Conflict`` when it has a column that sounds personal and that nothing here knows.
    """
    async with await target.connect() as connection:
        await content.prepare(connection)
        tables = await content.tables(connection)
        unknown = unmasked(tables)
        if unknown:
            raise Conflict(
                f"Nothing says how to mask {', '.join(unknown)} (genjilib/ops/backup/masking.py).",
                code="not-masked",
            )
        found = {f"{schema}.{table}": columns for schema, table, columns, _ in tables}
        async with connection.transaction():
            # They hold rules for people at work, not for this.
            for table in [table for table in MASKED if table in found]:
                await connection.execute(_of("alter table {} disable trigger user", table))
                await _mask_table(connection, table, found[table])
                await connection.execute(_of("alter table {} enable trigger user", table))
            emptied = [sql.Identifier(*table.split(".")) for table in EMPTIED if table in found]
            if emptied:
                await connection.execute(sql.SQL("truncate {}").format(sql.SQL(", ").join(emptied)))
        # The statistics, written anew by then and rewritten last, held samples of what was there before. Not
        # the whole database: that takes tables that all databases share, and whoever connects anywhere waits.
        own = await (await connection.execute(_OWN)).fetchall()
        await connection.execute(
            sql.SQL("vacuum (full, analyze) {}").format(
                sql.SQL(", ").join(sql.Identifier(*row) for row in own)
            )
        )
        await connection.execute(
            sql.SQL("comment on database {} is {}").format(sql.Identifier(target.database), sql.Literal(MARK))
        )


async def is_copy(target: Target) -> bool:
    """Return whether the database is there and is a masked copy."""
    async with await target.named("postgres").connect() as connection:
        found = await connection.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = %s",
            (target.database,),
        )
        return await found.fetchone() == (MARK,)


async def _mask_table(connection: AsyncConnection[Any], table: str, columns: list[str]) -> None:
    changes = [
        sql.SQL("{0} = case when {0} is not null then {1} end").format(sql.Identifier(column), _sql(value))
        for column, value in MASKED[table].items()
        if column in columns
    ]
    if changes:
        await connection.execute(_of("update {} set ", table) + sql.SQL(", ").join(changes))


def _of(statement: str, table: str) -> sql.Composed:
    return _sql(statement).format(sql.Identifier(*table.split(".")))


def _sql(text: str) -> sql.SQL:
    return sql.SQL(text)  # pyright: ignore[reportArgumentType]  # of the lists above, nobody's input
