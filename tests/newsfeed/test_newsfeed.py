"""POST and GET /newsfeed: entries of thirteen kinds."""

import pytest

from tests import contract
from tests.api import Api

AT = "2026-01-02T03:04:05Z"
MAP = {"code": "AAAA", "map_name": "Hanamura", "creators": ["Genji", "汉字"], "difficulty": "Very Hard +"}
LINKED = {"official_code": "AAAA", "unofficial_code": "BBBB"}
RECORD = {
    "code": "AAAA",
    "map_name": "King's Row",
    "time": 12.34,
    "video": "https://a.example/v?x=1#y",
    "rank_num": 1,
    "name": 'Genji "the" \\ 源氏',
    "medal": "Gold",
    "difficulty": "Hell",
}
KINDS = {
    "new_map": MAP | {"title": "T", "banner_url": "https://a.example/b.png", "official": False},
    "record": RECORD,
    "archive": MAP | {"reason": "old"},
    "unarchive": MAP | {"reason": "new"},
    "bulk_archive": {"codes": ["AAAA", "BBBB"], "reason": "old"},
    "bulk_unarchive": {"codes": ["AAAA"], "reason": "new"},
    "guide": {"code": "AAAA", "guide_url": "https://a.example/g", "name": "Genji"},
    "legacy_record": {"code": "AAAA", "affected_count": 3, "reason": "changed"},
    "map_edit": {
        "code": "AAAA",
        "changes": [
            {"field": "Title", "old": None, "new": "T"},
            {"field": "Checkpoints", "old": 1, "new": 2},
            {"field": "Raw", "old": 1.5, "new": 2.5},
            {"field": "Mechanics", "old": ["Bhop"], "new": []},
            {"field": "Hidden", "old": True, "new": False},
        ],
        "reason": "fixed",
    },
    "role": {"user_id": 123456789012345678, "name": "Genji", "added": ["Pro", "Pro +"]},
    "announcement": {
        "title": "Hi",
        "content": "There",
        "url": None,
        "banner_url": "https://a.example/b.png",
        "thumbnail_url": None,
        "from_discord": True,
    },
    "linked_map": LINKED | {"playtest_id": 7},
    "unlinked_map": LINKED | {"reason": "wrong"},
}


def entry(kind: str = "announcement", **changes: object) -> dict[str, object]:
    return {"id": None, "timestamp": AT, "payload": {"type": kind} | KINDS[kind] | changes}


async def publish(api: Api, kind: str = "announcement") -> int:
    answer = await api.post("/newsfeed", entry(kind))
    return answer.read(contract.PublishNewsfeedJobResponse, status=201).newsfeed_id


@pytest.mark.parametrize("kind", KINDS)
async def test_an_entry_of_every_kind_comes_back_as_it_was_sent(api: Api, kind: str) -> None:
    newsfeed_id = await publish(api, kind)
    found = (await api.get(f"/newsfeed/{newsfeed_id}")).read(contract.NewsfeedEvent)
    assert found.payload == {"type": kind} | KINDS[kind]
    assert (found.id, found.event_type) == (newsfeed_id, kind)
    assert found.timestamp.isoformat() == AT.replace("Z", "+00:00")


async def test_an_entry_is_announced_with_a_job(api: Api) -> None:
    answer = await api.post("/newsfeed", entry())
    made = answer.read(contract.PublishNewsfeedJobResponse, status=201)
    (message,) = api.sent()
    assert (message.queue, message.body) == ("api.newsfeed.create", {"newsfeed_id": made.newsfeed_id})
    assert made.job_status.status == "queued"
    assert api.jobs() == [(made.job_status.id, "api.newsfeed.create", "queued")]
    assert message.job_id == made.job_status.id


async def test_id_and_kind_of_a_request_are_ignored(api: Api) -> None:
    body = entry() | {"id": 999, "event_type": "record", "total_results": 5}
    made = (await api.post("/newsfeed", body)).read(contract.PublishNewsfeedJobResponse, status=201)
    assert made.newsfeed_id != 999
    assert (await api.get(f"/newsfeed/{made.newsfeed_id}")).json["event_type"] == "announcement"


async def test_an_empty_newsfeed_is_null(api: Api) -> None:
    answer = await api.get("/newsfeed")
    assert (answer.status, answer.json) == (200, None)
    assert (await api.get("/newsfeed/1")).json is None


async def test_pages_are_newest_first_and_of_one_kind_where_asked(api: Api) -> None:
    ids = [await publish(api, kind) for kind in ("record", "guide", "record", "guide", "record")]
    page = (await api.get("/newsfeed", page_size=2)).read(list[contract.NewsfeedEvent])
    assert [(item.id, item.total_results) for item in page] == [(ids[4], 5), (ids[3], 5)]
    last = (await api.get("/newsfeed", page_size=2, page_number=3)).read(list[contract.NewsfeedEvent])
    assert [item.id for item in last] == [ids[0]]
    records = (await api.get("/newsfeed", type="record")).read(list[contract.NewsfeedEvent])
    assert [(item.id, item.total_results) for item in records] == [(ids[4], 3), (ids[2], 3), (ids[0], 3)]
    assert (await api.get("/newsfeed", page_number=4, page_size=2)).json is None


async def test_a_page_that_no_list_has_is_refused(api: Api) -> None:
    for query in (
        {"page_number": 0},
        {"page_number": -1},
        {"page_size": 0},
        {"page_size": "x"},
        {"type": "x"},
    ):
        (await api.get("/newsfeed", **query)).refused(400, "validation-failed")


async def test_a_malformed_entry_is_refused(api: Api) -> None:
    bodies = [
        entry() | {"payload": {"type": "gossip"}},
        entry() | {"payload": {"title": "no type", "content": "x"}},
        entry() | {"timestamp": "yesterday"},
        entry() | {"timestamp": "2026-01-02T03:04:05"},
        entry("record", code="lower"),
        entry("record", code="TOOLONG"),
        entry("record", video="ftp://a.example"),
        entry("record", medal="Platinum"),
        entry("record", difficulty="Impossible"),
        entry("bulk_archive", codes="AAAA"),
        {"payload": entry()["payload"]},
    ]
    await api.finds_malformed("POST", "/newsfeed", bodies)


async def test_an_old_entry_that_fits_no_kind_is_shown_as_it_was_written(api: Api) -> None:
    old = '{"type": "record", "code": "toolong7", "time": null}'
    (newsfeed_id,) = api.sql.execute(
        "insert into public.newsfeed (payload) values (%s) returning id", [old]
    ).fetchone() or (0,)
    found = (await api.get(f"/newsfeed/{newsfeed_id}")).json
    assert found["payload"] == {"type": "record", "code": "toolong7", "time": None}
    assert found.keys() == {"id", "timestamp", "payload", "event_type", "total_results"}
    assert (await api.get("/newsfeed/999999")).json is None
