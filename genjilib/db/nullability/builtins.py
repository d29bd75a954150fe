"""What is known of PostgreSQL's own functions, versions 15 to 18: which never return NULL, and when.

`builtins.txt` lists, by signature, the strict functions that never return NULL when no argument is null. They
were found by reading the functions' C bodies for a NULL exit. `tests/db/nullability/test_builtins.py` calls
each of them with ordinary and extreme values (infinities, NaN, empty strings, arrays, ranges, documents) and
fails if one returns NULL, is not strict, or cannot be called although it is not listed as argued. What is not
listed counts as nullable. To add a function: write its signature as pg_proc has it and run that test on each
major version.
"""

from __future__ import annotations

from enum import Enum, auto
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from genjilib.db.nullability.catalog import Function
from genjilib.db.nullability.nodes import Node


def _names(text: str) -> list[str]:
    return text.split()


class Needs(NamedTuple):
    """A non-strict function is non-null if these arguments are (all of them, or any of them)."""

    arguments: tuple[int, ...]
    any_of: bool = False


class Aggregate(Enum):
    """When an aggregate is never null."""

    ALWAYS = auto()
    ANY_ROW = auto()
    NON_NULL_ROW = auto()


class Window(Enum):
    """When a window function is never null."""

    ALWAYS = auto()
    ARGUMENTS = auto()
    NEIGHBOUR = auto()
    ANY_ROW = auto()
    CURRENT_ROW = auto()
    EVERY_ROW = auto()


_NEVER: Final = Needs(())
_FIRST: Final = Needs((0,))

_NOT_STRICT: Final = {
    **dict.fromkeys(
        _names(
            "concat json_build_object jsonb_build_object json_build_array jsonb_build_array num_nulls "
            "num_nonnulls quote_nullable pg_typeof array_append array_prepend enum_first enum_last "
            "enum_range int4range int8range numrange daterange tsrange tstzrange pg_notify set_config "
            "array_fill"
        ),
        _NEVER,
    ),
    **dict.fromkeys(
        _names("concat_ws format string_to_array format_type array_positions array_remove array_replace"),
        _FIRST,
    ),
    "jsonb_set_lax": Needs((0, 1, 3)),
    "array_to_string": Needs((0, 1)),
    "array_cat": Needs((0, 1), any_of=True),
    "overlaps": Needs((0, 1, 2, 3)),
}

_AGGREGATES: Final = {
    **dict.fromkeys(
        _names("count regr_count rank dense_rank percent_rank cume_dist"), Aggregate.ALWAYS
    ),  # the last four as hypothetical-set aggregates
    **dict.fromkeys(
        _names(
            "array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg json_agg_strict "
            "jsonb_agg_strict json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict "
            "jsonb_object_agg_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict"
        ),
        Aggregate.ANY_ROW,
    ),
    **dict.fromkeys(
        _names(
            "sum avg min max string_agg bool_and bool_or every bit_and bit_or bit_xor var_pop stddev_pop "
            "range_agg range_intersect_agg any_value mode percentile_disc percentile_cont xmlagg "
            "covar_pop regr_avgx regr_avgy regr_sxx regr_syy regr_sxy"
        ),
        Aggregate.NON_NULL_ROW,
    ),
}

_WINDOWS: Final = {
    **dict.fromkeys(
        _names("row_number rank dense_rank percent_rank cume_dist count regr_count"), Window.ALWAYS
    ),
    "ntile": Window.ARGUMENTS,
    "lag": Window.NEIGHBOUR,
    "lead": Window.NEIGHBOUR,
    "first_value": Window.EVERY_ROW,
    "last_value": Window.EVERY_ROW,
}
_AS_WINDOW: Final = {Aggregate.ANY_ROW: Window.ANY_ROW, Aggregate.NON_NULL_ROW: Window.CURRENT_ROW}

# Set-returning functions → the numbers of the columns that are never null.
_SET_COLUMNS: Final[dict[str, frozenset[int]]] = {
    **dict.fromkeys(
        _names(
            "generate_series generate_subscripts json_array_elements jsonb_array_elements "
            "json_object_keys jsonb_object_keys jsonb_path_query jsonb_path_query_tz "
            "regexp_split_to_table regexp_matches"
        ),
        frozenset((1,)),
    ),
    "ts_parse": frozenset((1, 2)),
    "ts_token_type": frozenset((1, 2, 3)),
    "ts_stat": frozenset((1, 2, 3)),
    "aclexplode": frozenset((1, 2, 3, 4)),
    "json_each": frozenset((1, 2)),
    "jsonb_each": frozenset((1, 2)),
    "json_each_text": frozenset((1,)),
    "jsonb_each_text": frozenset((1,)),
}

# Volatile functions that change nothing in the database.
_HARMLESS: Final = frozenset(
    _names(
        "random random_normal clock_timestamp timeofday gen_random_uuid uuidv4 uuidv7 pg_sleep pg_sleep_for "
        "pg_sleep_until setseed lastval currval array_sample array_shuffle txid_current_if_assigned "
        "pg_current_xact_id_if_assigned"
    )
)


@cache
def _listed() -> frozenset[str]:
    text = files("genjilib.db.nullability").joinpath("builtins.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def never_null_on_values(function: Function) -> bool:
    """Whether a function never returns NULL when all its arguments are non-null."""
    return function.signature in _listed()


def special_arguments(function: Function) -> Needs | None:
    """The arguments that decide, for functions to which the common rule does not apply."""
    if function.signature and not function.strict and function.name in _NOT_STRICT:
        return _NOT_STRICT[function.name]
    return None


def set_returning(function: Function, arguments: list[Node]) -> bool:
    """Whether a set-returning function of one column gives no null."""
    return 1 in set_columns(function, arguments)


def set_columns(function: Function, arguments: list[Node]) -> frozenset[int]:
    """The columns of a set-returning function that are never null."""
    if not function.signature:
        return frozenset()
    if function.name == "string_to_table" and len(arguments) == 2:
        return frozenset((1,))
    if function.signature in ("unnest(tsvector)", "unnest(anymultirange)"):
        return frozenset((1,))
    return _SET_COLUMNS.get(function.name, frozenset())


def aggregate(function: Function) -> Aggregate | None:
    """When an aggregate is never null; None for one that is not known."""
    return _AGGREGATES.get(function.name) if function.signature else None


def window(function: Function) -> Window | None:
    """When a window function, or an aggregate used as one, is never null."""
    if not function.signature:
        return None
    known = _AGGREGATES.get(function.name)
    return _WINDOWS.get(function.name) or (_AS_WINDOW.get(known) if known else None)


def is_harmless(function: Function) -> bool:
    """Whether a volatile function is known to change nothing."""
    return bool(function.signature) and function.name in _HARMLESS
