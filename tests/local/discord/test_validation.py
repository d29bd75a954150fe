"""Every form Discord refuses is refused, with Discord's code and the place of the error."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from genjilib.local.discord import SimulatedDiscord

Json = dict[str, Any]
V2 = 1 << 15


def row(*children: Json) -> Json:
    return {"type": 1, "components": list(children)}


def button(**changes: Any) -> Json:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go", **changes}


def select(count: int, **changes: Any) -> Json:
    options = [{"label": str(n), "value": str(n)} for n in range(count)]
    return {"type": 3, "custom_id": "pick", "options": options, **changes}


def text(content: str) -> Json:
    return {"type": 10, "content": content}


def field(n: int) -> Json:
    return {"name": f"n{n}", "value": "v"}


MESSAGES: list[tuple[Json, str, str]] = [
    ({"content": "x" * 2001}, "content", "BASE_TYPE_MAX_LENGTH"),
    ({"content": "x", "nonce": "n" * 26}, "nonce", "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title", "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description", "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"fields": [field(n) for n in range(26)]}]}, "embeds.0.fields", "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"fields": [{"name": "", "value": "v"}]}]}, "embeds.0.fields.0.name", "BASE_TYPE_REQUIRED"),
    (
        {"embeds": [{"title": "x", "image": {"url": "ftp://x"}}]},
        "embeds.0.image.url",
        "URL_TYPE_INVALID_SCHEME",
    ),
    ({"embeds": [{"description": "x" * 3001}] * 2}, "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
    ({"embeds": [{"title": "x"}] * 11}, "embeds", "BASE_TYPE_MAX_LENGTH"),
    (
        {"components": [row(*(button(custom_id=str(n)) for n in range(6)))]},
        "components.0.components",
        "BASE_TYPE_BAD_LENGTH",
    ),
    ({"components": [row(button())] * 6}, "components", "BASE_TYPE_MAX_LENGTH"),
    (
        {"components": [row(button(), button())]},
        "components.0.components.1.custom_id",
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    (
        {"components": [row(button(custom_id="x" * 101))]},
        "components.0.components.0.custom_id",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        {"components": [row(button(label="x" * 81))]},
        "components.0.components.0.label",
        "BASE_TYPE_MAX_LENGTH",
    ),
    ({"components": [row(button(style=9))]}, "components.0.components.0.style", "BASE_TYPE_CHOICES"),
    (
        {"components": [row(button(custom_id=None))]},
        "components.0.components.0.custom_id",
        "BASE_TYPE_REQUIRED",
    ),
    ({"components": [row(button(style=5))]}, "components.0.components.0.url", "BASE_TYPE_REQUIRED"),
    (
        {"components": [row(button(label=None))]},
        "components.0.components.0",
        "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED",
    ),
    ({"components": [row(select(26))]}, "components.0.components.0.options", "BASE_TYPE_BAD_LENGTH"),
    ({"components": [row(select(0))]}, "components.0.components.0.options", "BASE_TYPE_REQUIRED"),
    (
        {"components": [row(select(2, max_values=26))]},
        "components.0.components.0.max_values",
        "NUMBER_TYPE_MAX",
    ),
    (
        {"components": [row(select(2), button())]},
        "components.0.components",
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ),
    ({"components": [text("v2 without its flag")]}, "components.0.type", "UNION_TYPE_CHOICES"),
    (
        {"flags": V2, "content": "x", "components": [text("x")]},
        "content",
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ),
    (
        {"flags": V2, "components": [text("x" * 3000), text("x" * 1001)]},
        "components",
        "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
    ),
    ({"flags": V2, "components": [text("x")] * 41}, "components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"),
    (
        {"flags": V2, "components": [{"type": 17, "components": []}]},
        "components.0.components",
        "BASE_TYPE_REQUIRED",
    ),
    (
        {"flags": V2, "components": [{"type": 17, "components": [{"type": 17}]}]},
        "components.0.components.0.type",
        "UNION_TYPE_CHOICES",
    ),
    (
        {"flags": V2, "components": [{"type": 9, "components": [text("x")]}]},
        "components.0.accessory",
        "BASE_TYPE_REQUIRED",
    ),
    (
        {"flags": V2, "components": [{"type": 12, "items": [{"media": {"url": "attachment://no.png"}}]}]},
        "components.0.items.0.media.url",
        "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
    ),
    ({"content": "x", "flags": 1}, "flags", "BASE_TYPE_CHOICES"),
    (
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        "allowed_mentions",
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ),
    (
        {"content": "x", "message_reference": {"message_id": "1"}},
        "message_reference",
        "REPLIES_UNKNOWN_MESSAGE",
    ),
]


def option(**changes: Any) -> Json:
    return {"type": 3, "name": "code", "description": "A code", **changes}


def command(*options: Json, **changes: Any) -> Json:
    return {"name": "map", "description": "A map", "options": list(options), **changes}


COMMANDS: list[tuple[Json, str, str]] = [
    (command(name="Map"), "name", "APPLICATION_COMMAND_INVALID_NAME"),
    (command(name="a map"), "name", "APPLICATION_COMMAND_INVALID_NAME"),
    (command(name="x" * 33), "name", "BASE_TYPE_MAX_LENGTH"),
    (command(description=""), "description", "BASE_TYPE_REQUIRED"),
    (command(description="x" * 101), "description", "BASE_TYPE_MAX_LENGTH"),
    (
        command(description_localizations={"zh-CN": "x" * 101}),
        "description_localizations.zh-CN",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        command(name_localizations={"zh-CN": "地 图"}),
        "name_localizations.zh-CN",
        "APPLICATION_COMMAND_INVALID_NAME",
    ),
    (command(*(option(name=f"o{n}") for n in range(26))), "options", "BASE_TYPE_MAX_LENGTH"),
    (command(option(), option()), "options.1.name", "APPLICATION_COMMAND_OPTIONS_DUPLICATE_NAME"),
    (
        command(option(), option(name="b", required=True)),
        "options.1",
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    (command(option(type=12)), "options.0.type", "BASE_TYPE_CHOICES"),
    (
        command(option(choices=[{"name": str(n), "value": str(n)} for n in range(26)])),
        "options.0.choices",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        command(option(choices=[{"name": "a", "value": "a"}], autocomplete=True)),
        "options.0.autocomplete",
        "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE_EXCLUSIVE",
    ),
    (
        command(option(type=6, autocomplete=True)),
        "options.0",
        "APPLICATION_COMMAND_OPTIONS_CHOICES_TYPE_INVALID",
    ),
    (command(option(), option(type=1, name="sub")), "options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
    (command(type=3), "description", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_CANNOT_BE_SET"),
    (
        command(
            *(
                option(
                    name=f"o{n}", description="x" * 100, choices=[{"name": "y" * 100, "value": "z" * 100}] * 4
                )
                for n in range(10)
            )
        ),
        "",
        "APPLICATION_COMMAND_TOO_LARGE",
    ),
]

MODAL = {"title": "T", "custom_id": "c"}
INPUT = {"type": 4, "custom_id": "i", "style": 1}


def label(component: Json | None = None, **changes: Any) -> Json:
    return {"type": 18, "label": "L", "component": component or INPUT, **changes}


MODALS: list[tuple[Json, str, str]] = [
    ({**MODAL, "title": "x" * 46, "components": [label()]}, "title", "BASE_TYPE_MAX_LENGTH"),
    ({**MODAL, "custom_id": "x" * 101, "components": [label()]}, "custom_id", "BASE_TYPE_MAX_LENGTH"),
    (
        {**MODAL, "components": [label({**INPUT, "custom_id": str(n)}) for n in range(6)]},
        "components",
        "BASE_TYPE_BAD_LENGTH",
    ),
    ({**MODAL, "components": []}, "components", "BASE_TYPE_REQUIRED"),
    ({**MODAL, "components": [label(label="x" * 46)]}, "components.0.label", "BASE_TYPE_MAX_LENGTH"),
    ({**MODAL, "components": [label(button())]}, "components.0.component.type", "UNION_TYPE_CHOICES"),
    (
        {**MODAL, "components": [label({**INPUT, "max_length": 4001})]},
        "components.0.component.max_length",
        "NUMBER_TYPE_MAX",
    ),
    ({**MODAL, "components": [row({**INPUT})]}, "components.0.components.0.label", "BASE_TYPE_REQUIRED"),
]


@pytest.fixture
async def api(server: SimulatedDiscord) -> AsyncIterator[Any]:
    headers = {"Authorization": f"Bot {server.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def call(method: str, path: str, body: Any = None) -> tuple[int, Any]:
            async with session.request(method, server.api_url + path, json=body) as response:
                return response.status, await response.json(
                    content_type=None
                ) if response.status != 204 else None

        yield call


def errors_at(body: Json, path: str) -> list[str]:
    node = body["errors"]
    for step in path.split(".") if path else ():
        node = node[step]
    return [one["code"] for one in node["_errors"]]


@pytest.mark.parametrize(
    ("body", "path", "code"), MESSAGES, ids=lambda value: value if isinstance(value, str) else ""
)
async def test_invalid_message_is_refused(
    server: SimulatedDiscord, api: Any, body: Json, path: str, code: str
) -> None:
    if body.get("components") and not body.get("flags"):
        body = {"content": "x", **body}
    status, answer = await api("POST", f"/channels/{server.world.channel_id('general')}/messages", body)
    assert (status, answer["code"], answer["message"]) == (400, 50035, "Invalid Form Body")
    assert code in errors_at(answer, path)
    assert await server.messages("general") == []


@pytest.mark.parametrize(
    ("body", "path", "code"), COMMANDS, ids=lambda value: value if isinstance(value, str) else ""
)
async def test_invalid_command_is_refused(
    server: SimulatedDiscord, api: Any, body: Json, path: str, code: str
) -> None:
    world = server.world
    base = f"/applications/{world.application.id}/guilds/{world.guild.id}/commands"
    status, answer = await api("POST", base, body)
    assert (status, answer["code"]) == (400, 50035)
    assert code in errors_at(answer, path)
    status, answer = await api("PUT", base, [body])
    assert code in errors_at(answer, f"0.{path}".rstrip("."))
    assert (await api("GET", base)) == (200, [])


@pytest.mark.parametrize(
    ("body", "path", "code"), MODALS, ids=lambda value: value if isinstance(value, str) else ""
)
async def test_invalid_modal_is_refused(
    server: SimulatedDiscord, api: Any, body: Json, path: str, code: str
) -> None:
    it = _begin(server)
    status, answer = await api(
        "POST", f"/interactions/{it.id}/{it.token}/callback", {"type": 9, "data": body}
    )
    assert (status, answer["code"]) == (400, 50035)
    assert code in errors_at(answer, path)


async def test_wrong_callback_type_and_too_many_choices(server: SimulatedDiscord, api: Any) -> None:
    it = _begin(server)
    status, answer = await api("POST", f"/interactions/{it.id}/{it.token}/callback", {"type": 7, "data": {}})
    assert (status, errors_at(answer, "type")[0]) == (400, "BASE_TYPE_CHOICES")
    typing = _begin(server, kind=4)
    choices = [{"name": str(n), "value": n} for n in range(26)]
    sent = {"type": 8, "data": {"choices": choices}}
    status, answer = await api("POST", f"/interactions/{typing.id}/{typing.token}/callback", sent)
    assert (status, errors_at(answer, "data.choices")[0]) == (400, "BASE_TYPE_MAX_LENGTH")


async def test_empty_message_too_many_files_and_unknown_things(server: SimulatedDiscord, api: Any) -> None:
    channel = server.world.channel_id("general")
    assert (await api("POST", f"/channels/{channel}/messages", {}))[1]["code"] == 50006
    assert (await api("POST", "/channels/123/messages", {"content": "x"}))[1]["code"] == 10003
    assert (await api("GET", f"/channels/{channel}/messages/123"))[1]["code"] == 10008
    assert (await api("GET", f"/guilds/{server.world.guild.id}/members/123"))[1]["code"] == 10013
    assert (await api("GET", "/guilds/123"))[1]["code"] == 10004
    assert (await api("GET", "/channels/abc"))[1]["code"] == 50035
    assert (await api("POST", "/interactions/1/x/callback", {"type": 4}))[1]["code"] == 10062
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {server.token}"}) as session:
        form = aiohttp.FormData(quote_fields=False)
        for number in range(11):
            form.add_field(f"files[{number}]", b"x", filename=f"{number}.txt")
        async with session.post(f"{server.api_url}/channels/{channel}/messages", data=form) as response:
            assert errors_at(await response.json(), "attachments") == ["BASE_TYPE_MAX_LENGTH"]
        async with session.post(f"{server.api_url}/channels/{channel}/messages", data=b"{no") as response:
            assert (await response.json())["code"] == 50109
            assert response.headers["Content-Type"] == "application/json"


async def test_ids_of_commands_stay_over_a_sync(server: SimulatedDiscord, api: Any) -> None:
    world = server.world
    base = f"/applications/{world.application.id}/guilds/{world.guild.id}/commands"
    _, first = await api("PUT", base, [command(option()), {"type": 2, "name": "Who Is"}])
    _, second = await api("PUT", base, [{"type": 2, "name": "Who Is"}, command(option(description="Else"))])
    assert {one["name"]: one["id"] for one in first} == {one["name"]: one["id"] for one in second}
    assert second[0]["version"] == first[1]["version"]
    assert second[1]["version"] != first[0]["version"]
    _, third = await api("POST", base, command(name="other"))
    _, changed = await api("PATCH", f"{base}/{third['id']}", {"description": "Changed"})
    assert (changed["id"], changed["description"]) == (third["id"], "Changed")
    assert (await api("DELETE", f"{base}/{third['id']}"))[0] == 204
    assert (await api("GET", f"{base}/{third['id']}"))[1]["code"] == 10063
    too_many = [command(name=f"c{number}") for number in range(101)]
    assert (await api("PUT", base, too_many))[1]["code"] == 30032
    assert len((await api("GET", base))[1]) == 2


def _begin(server: SimulatedDiscord, kind: int = 2) -> Any:
    from genjilib.local.discord.begin import begin

    world = server.world
    return begin(server.state, world.find_user("kuromi"), world.find_channel("general"), kind, {"name": "x"})
