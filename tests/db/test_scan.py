"""Query files are read right: parameters, optional clauses, orders, and what only looks like them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genjilib.db.scan import Key, SqlFileError, parse

HEAD = "-- Do something.\n"


def compiled(sql: str, key: Key | None = None) -> str:
    text = parse("a/b.sql", HEAD + sql).compile(key or Key()).text
    return text.removeprefix("/* a.b */ ")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select :a::text", "select $1::text"),
        ("select :a, :b, :a", "select $1, $2, $1"),
        ("select ':no'", "select ':no'"),
        ("select 'it''s :no'", "select 'it''s :no'"),
        (r"select E'\':no'", r"select E'\':no'"),
        ('select 1 as ":no"', 'select 1 as ":no"'),
        ("select $$ :no $$", "select $$ :no $$"),
        ("select $tag$ :no $$ :no $tag$", "select $tag$ :no $$ :no $tag$"),
        ("select 1 -- :no", "select 1 "),
        ("select 1 /* :no /* :no */ :no */, :a", "select 1  , $1"),
        ("select x[1:n]", "select x[1:n]"),
        ("select x[:a]", "select x[$1]"),
        ("select j ? 'k', j ->> :a, 7 % 3", "select j ? 'k', j ->> $1, 7 % 3"),
        ("select j @? '$.a', :a", "select j @? '$.a', $1"),
        ("select x::int[], :a::bigint[]", "select x::int[], $1::bigint[]"),
        ("select f(x := :a)", "select f(x := $1)"),
        ("select 1;", "select 1"),
        ("select 1;\n-- the end", "select 1"),
        ("select a$b, :a", "select a$b, $1"),
    ],
)
def test_only_parameters_are_replaced(sql: str, expected: str) -> None:
    assert compiled(sql).strip() == expected.strip()


def test_optional_clause_is_in_only_when_chosen() -> None:
    sql = "select 1 where true /*[ and x = :x ]*/ /*[ and y = :y ]*/ limit :n"
    file = parse("a/b.sql", HEAD + sql)
    assert file.parameters == ("x", "y", "n")
    assert file.optional == {"x", "y"}
    assert len(list(file.variants())) == 4
    only_y = file.compile(Key(None, frozenset({1})))
    assert " ".join(only_y.text.split()) == "/* a.b */ select 1 where true and y = $1 limit $2"
    assert only_y.parameters == ("y", "n")


def test_clauses_that_are_alone_come_without_others() -> None:
    sql = "select 1 where true /*[ and x = :x ]*/ /*[ and y = :y ]*/ /*[ and z = :z ]*/ /*[ or z < :z ]*/"
    file = parse("a/b.sql", f"{HEAD}-- alone: z\n{sql}")
    assert [set(key.clauses) for key in file.variants()] == [set(), {0}, {1}, {0, 1}, {2, 3}]


def test_order_replaces_the_text_before_its_mark() -> None:
    head = "-- order: new = t.at desc, t.id\n-- order: name = t.name\n"
    sql = f"{head}select 1 from t order by t.at desc, t.id /*order*/ limit 1"
    file = parse("a/b.sql", HEAD + sql)
    assert [key.order for key in file.variants()] == ["new", "name"]
    assert "order by t.name  limit 1" in file.compile(Key("name")).text


def test_the_first_comment_is_the_doc_and_the_rest_are_directives() -> None:
    file = parse("a/b.sql", "-- First line.\n-- Second line.\n-- returns: many\n-- writes: a.t\nselect 1")
    assert file.doc == "First line.\nSecond line."
    assert file.directives == {"returns": "many", "writes": "a.t"}
    assert file.name == "a.b"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("select 1", "sql/queries/a/b.sql:1:1: the first comment must say in a sentence what the query does"),
        (HEAD, "sql/queries/a/b.sql:1:1: there is no statement in this file"),
        (
            HEAD + "select 1; select 2",
            "sql/queries/a/b.sql:2:9: one statement a file: nothing may follow ';'",
        ),
        (HEAD + "select :class", 'sql/queries/a/b.sql:2:8: a parameter cannot be called "class" in Python'),
        (HEAD + "select :db", 'sql/queries/a/b.sql:2:8: a parameter cannot be called "db" in Python'),
        (HEAD + "select 1 /* never", "sql/queries/a/b.sql:2:10: this comment is never closed"),
        (
            HEAD + "select 1 /*[ and x",
            "sql/queries/a/b.sql:2:10: this optional clause is never closed by ]*/",
        ),
        (
            HEAD + "select 1 /*[ and true ]*/",
            "sql/queries/a/b.sql:2:10: an optional clause needs a parameter that stands in no other part",
        ),
        (HEAD + "select 'it", "sql/queries/a/b.sql:2:8: this quote is never closed"),
        (HEAD + 'select 1 as "x', "sql/queries/a/b.sql:2:13: this quote is never closed"),
        (
            HEAD + "select 1 /*[ and :x /*[ and :y ]*/ ]*/",
            "sql/queries/a/b.sql:2:21: an optional clause cannot hold another one",
        ),
        (
            HEAD + "select 1 where true" + "".join(f" /*[ and :p{n} ]*/" for n in range(10)),
            "sql/queries/a/b.sql:1:1: 1024 combinations of clauses and orders; at most 512 are allowed",
        ),
        (
            HEAD + "-- order: new = id\nselect id from t",
            "sql/queries/a/b.sql:2:4: a file with '-- order:' lines marks one place with /*order*/",
        ),
        (
            HEAD + "-- order: new = id\nselect id from t order by t.id /*order*/",
            'sql/queries/a/b.sql:3:26: the text before /*order*/ must be that of the first order, "new"',
        ),
        (
            HEAD + "select 1 order by 1 /*order*/",
            "sql/queries/a/b.sql:2:18: /*order*/ needs '-- order: name = …' lines in the header",
        ),
    ],
)
def test_mistakes_are_named_with_line_and_column(source: str, message: str) -> None:
    with pytest.raises(SqlFileError) as caught:
        parse("a/b.sql", source)
    assert str(caught.value) == message


def test_an_offset_of_the_text_leads_back_to_the_file() -> None:
    file = parse("a/b.sql", HEAD + "select :long_name, coda from maps")
    text = file.compile()
    offset = text.source_offset(text.text.index("coda"))
    assert file.source[offset : offset + 4] == "coda"


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (
            "-- retruns: many\n",
            '2:4: there is no directive "retruns" — did you mean "returns"? '
            "(known are returns, writes, null, alone, row, type, order, scan, slow)",
        ),
        (
            "-- Returns: many\n",
            '2:4: there is no directive "Returns" — did you mean "returns"? '
            "(known are returns, writes, null, alone, row, type, order, scan, slow)",
        ),
        (
            "-- returns: mayb\n",
            '2:4: nothing returns "mayb" — did you mean "maybe"? '
            "(known are one, maybe, many, stream, scalar, value, count, batch, copy, none)",
        ),
        ("-- returns:\n", "2:4: '-- returns:' takes one word"),
        ("-- returns: one\n-- returns: many\n", "3:4: '-- returns:' stands twice"),
        (
            "-- writes: maps\n",
            "2:4: '-- writes:' takes tables with their schemas, such as core.maps, maps.creators",
        ),
        ("-- null: a b\n", "2:4: '-- null:' takes names of parameters"),
        ("-- alone: x\n", '2:4: no optional clause has a parameter "x"'),
        ("-- row: map_row\n", "2:4: '-- row:' takes the name of a class, such as MapResponse"),
        ("-- type: medal\n", "2:4: '-- type:' takes column = Type"),
        ("-- order: newest\n", "2:4: '-- order:' takes name = expressions"),
        ("-- scan:\n", "2:4: '-- scan:' takes a reason"),
        ("-- slow:\n", "2:4: '-- slow:' takes a reason"),
        ("-- scan: a\n-- order: a = 1\n-- order: a = 2\n", '4:4: the order "a" stands twice'),
    ],
)
def test_header_lines_that_nobody_would_read_are_refused(head: str, message: str) -> None:
    with pytest.raises(SqlFileError) as caught:
        parse("a/b.sql", f"{HEAD}{head}select 1")
    assert f"sql/queries/a/b.sql:{message}" in map(str, caught.value.all())


def test_a_directive_below_the_first_comment_is_refused() -> None:
    with pytest.raises(SqlFileError, match=r"3:1: '-- returns:' belongs to the first comment of the file"):
        parse("a/b.sql", f"{HEAD}\n-- returns: many\nselect 1")
    assert parse("a/b.sql", f"{HEAD}select '\n-- returns: many\n'").parameters == ()


def test_prose_with_a_colon_is_no_directive() -> None:
    assert parse("a/b.sql", f"{HEAD}-- Note: it is prose.\nselect 1").doc.endswith("Note: it is prose.")


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    with pytest.raises(SqlFileError) as caught:
        parse("a/b.sql", "-- retruns: many\n-- rwo: X\nselect :class; select :db")
    assert [(error.line, error.column) for error in caught.value.all()] == [
        (1, 1),
        (1, 4),
        (2, 4),
        (3, 8),
        (3, 14),
    ]


WORDS = st.text(alphabet="ab'\"$\\:;?%-/*[]{}\n x1é", max_size=12)
QUOTED = st.one_of(
    WORDS.map(lambda text: "'" + text.replace("'", "''") + "'"),
    WORDS.map(lambda text: "E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"),
    WORDS.map(lambda text: '"' + text.replace('"', '""') + '"'),
    WORDS.filter(lambda text: "$" not in text).map(lambda text: f"$q${text}$q$"),
    WORDS.filter(lambda text: "$$" not in text and not text.endswith("$")).map(lambda text: f"$${text}$$"),
    st.sampled_from(
        ["a[1:x]", "'x'::text", "x ? 'k'", "j #>> '{a}'", "f(y := 1)", "7 % 3", "$tag$ :x $$ $tag$"]
    ),
)
HIDDEN = st.one_of(
    WORDS.filter(lambda text: "*/" not in text and "/*" not in text and not text.startswith(("[", "order")))
    .filter(lambda text: not text.endswith(("/", "*")))
    .map(lambda text: f"/* {text} */"),
    st.sampled_from(["/* :x /* :y */ :z */", "-- :x 'y\n", "-- don't\n"]),
)
PLAIN = st.sampled_from([" select ", "+", "(", ")", ", ", "a.b", "%", "?", " ->> ", "\n", "1"])
# How busy the machine is decides nothing.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PIECES = st.lists(st.one_of(QUOTED, HIDDEN, PLAIN), max_size=12)


@patient
@given(PIECES, PIECES)
def test_whatever_stands_around_it_one_parameter_is_found(before: list[str], after: list[str]) -> None:
    sql = "select 1 " + " ".join(before) + " :found " + " ".join(after)
    assert parse("a/b.sql", HEAD + sql).parameters == ("found",)


@patient
@given(st.lists(st.one_of(QUOTED, PLAIN), max_size=12))
def test_what_is_no_parameter_and_no_comment_stays_as_it_is(pieces: list[str]) -> None:
    sql = "select 1 " + " ".join(pieces)
    assert compiled(sql).strip() == sql.strip()


@patient
@given(PIECES, PIECES)
def test_every_offset_of_a_text_leads_back_to_the_file(before: list[str], after: list[str]) -> None:
    file = parse("a/b.sql", HEAD + "select 1 " + " ".join(before) + " /*[ :a ]*/ coda " + " ".join(after))
    for key in file.variants():
        text = file.compile(key)
        offset = text.source_offset(text.text.rindex("coda"))
        assert file.source[offset : offset + 4] == "coda"
