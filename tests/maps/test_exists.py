"""GET /maps/{code}/exists: whether a code is taken."""

from tests.api import Api


async def test_a_code_is_taken_or_free(api: Api) -> None:
    api.add_map("AAAA", archived=True)
    for code, exists in (("AAAA", True), ("BBBB", False)):
        answer = await api.get(f"/maps/{code}/exists")
        assert (answer.status, answer.json) == (200, exists)


async def test_what_is_no_code_is_refused(api: Api) -> None:
    for code in ("aaaa", "AAA", "AAAAAAA", "AA%20A", "AAAA%0A", "%27--", "AAA%2F"):
        (await api.get(f"/maps/{code}/exists")).refused(400, "validation-failed")
