"""Lists as CSV: the same rows as in JSON, and nothing in them that a spreadsheet or terminal would obey."""

import csv
import io

from aiohttp.test_utils import TestClient

from tests.api import Answer, Api

HOSTILE = {
    '=HYPERLINK("https://a.example")': '\'=HYPERLINK("https://a.example")',
    "+1+cmd|' /C calc'!A0": "'+1+cmd|' /C calc'!A0",
    "-2+3": "'-2+3",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": "␉=1",
    " \n=1": "' \n=1",
    "＝1": "'＝1",
    'a",=1,"': 'a",=1,"',
    "\x1b[31mred\x1b[0m": "␛[31mred␛[0m",
    "two\r\nlines": "two\nlines",
    "bell\x07\x9b1m": "bell␇\ufffd1m",
    "源氏, “genji”": "源氏, “genji”",
}


async def as_csv(api: Api, path: str, accept: str = "text/csv") -> tuple[Answer, list[dict[str, str]]]:
    answer = await api.ask("GET", path, headers={"Accept": accept})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present", answer.raw
    return answer, list(csv.DictReader(io.StringIO(answer.raw.decode(), newline=""), strict=True))


async def test_a_list_comes_as_csv_with_the_fields_of_its_json(api: Api) -> None:
    map_id = api.add_map(medals=(5, 10, 20))
    for time in (4.25, 9, 30):
        api.add_run(api.add_user(), map_id, time, verified=True)
    answer, rows = await as_csv(api, "/completions/AAAA?page_size=2")
    expected = (await api.get("/completions/AAAA", page_size=2)).json
    assert [list(row) for row in rows] == [list(row) for row in expected]
    assert [(row["time"], row["rank"], row["medal"], row["verified"]) for row in rows] == [
        ("4.25", "1", "Gold", "true"),
        ("9", "2", "Silver", "true"),
    ]
    assert {row["message_id"] for row in rows} == {""}
    assert answer.headers["Content-Disposition"] == 'attachment; filename="completions.leaderboard.csv"'
    assert answer.raw.count(b"\r\n") == 3


async def test_what_is_no_plain_value_is_json_in_its_cell(api: Api) -> None:
    user_id = api.add_user("a")
    api.sql.execute("insert into users.overwatch_usernames values (default, %s, 'A#1', true)", [user_id])
    _, rows = await as_csv(api, "/users")
    assert [row["overwatch_usernames"] for row in rows if row["id"] == str(user_id)] == ['["A#1"]']


async def test_no_text_is_a_formula_or_moves_a_cursor(api: Api) -> None:
    ids = {str(api.add_user(text)): text for text in HOSTILE}
    _, rows = await as_csv(api, "/users")
    shown = {ids[row["id"]]: row["nickname"] for row in rows if row["id"] in ids}
    assert shown == HOSTILE


async def test_a_long_list_comes_whole(api: Api) -> None:
    api.sql.execute(
        "insert into core.users (id, nickname) select 5000 + n, 'u' || n from generate_series(1, 1200) as n"
    )
    _, rows = await as_csv(api, "/users")
    assert len(rows) == len({row["id"] for row in rows}) == api.value("select count(*) from core.users")
    head = await api.ask("HEAD", "/users", headers={"Accept": "text/csv"})
    assert (head.status, head.raw) == (200, b"")


WISHES = {
    "*/*": "application/json",
    "text/csv;q=0": "application/json",
    "text/csv, application/json": "application/json",
    "text/csv;q=0.9, application/json": "application/json",
    "application/json;q=0.5, text/csv ; q=0.9": "text/csv",
    "application/json;q=0.5, TEXT/CSV": "text/csv",
    "text/html, */*;q=0.1, text/csv;header=present": "text/csv",
}


async def test_json_comes_unless_csv_is_wanted_more(api: Api) -> None:
    for accept, kind in WISHES.items():
        answer = await api.ask("GET", "/lootbox/keys", headers={"Accept": accept})
        assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (200, kind), accept


async def test_mistakes_and_single_things_stay_json(api: Api) -> None:
    user_id = api.add_user()
    for path in (f"/users/{user_id}", "/utilities/map-names"):
        answer = await api.ask("GET", path, headers={"Accept": "text/csv"})
        assert answer.headers["Content-Type"] == "application/json"
    refused = await api.ask("GET", "/community/leaderboard?page_size=0", headers={"Accept": "text/csv"})
    refused.refused(400, "validation-failed")


async def test_numbers_are_no_formulas(client: TestClient) -> None:
    async with client.get("/api/v3/toys/weights", headers={"Accept": "text/csv"}) as answer:
        assert await answer.text() == "change,exact,note\r\n-5,-1.25,'-5\r\n"
