"""Drives a simulated Discord: people who use commands, press buttons, fill in forms; and its faults."""

import base64
import re
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from genjilib.local.discord import seen
from genjilib.local.discord.faults import Kind
from genjilib.local.discord.jsons import Json
from genjilib.local.discord.people import TimedOut
from genjilib.local.discord.seen import Answer, File, Modal, SeenMessage

WITHIN = 60.0


class Transport(Protocol):
    """How a driver reaches the simulation: in the same process, or over HTTP."""

    async def __call__(self, action: str, body: Json) -> Json:
        """Do an action of control.py and return what it answers."""
        ...


class Person:
    """One user and what they can do. Every action answers what they then see.

    Raises Wrong for what Discord's client would not let them do, NoResponse when the bot does not answer.
    `within` is how long (s) they wait for a bot that deferred; `only_ack` does not wait for it at all.
    """

    def __init__(self, name: str, transport: Transport) -> None:
        self.name = name
        self._transport = transport

    async def slash(
        self,
        command: str,
        given: dict[str, Any] | None = None,
        /,
        *,
        in_: str | int = "general",
        within: float = WITHIN,
        only_ack: bool = False,
        **options: Any,
    ) -> Answer:
        """Use "/group command", options by name: users, roles and channels by name or id, files as File."""
        body: Json = {"command": command, "options": _sent({**(given or {}), **options}), "channel": in_}
        return await self._interact("slash", {**body, "within": within, "only_ack": only_ack})

    async def autocomplete(
        self, command: str, option: str, text: str | float = "", *, in_: str | int = "general", **options: Any
    ) -> list[tuple[str, Any]]:
        """The choices (shown, sent) offered while typing `text`."""
        body: Json = {
            "command": command,
            "option": option,
            "text": text,
            "channel": in_,
            "options": _sent(options),
        }
        return (await self._interact("autocomplete", body)).choices

    async def press(
        self,
        message: SeenMessage | Answer | int,
        button: str,
        *,
        within: float = WITHIN,
        only_ack: bool = False,
    ) -> Answer:
        """Press a button by label, custom id or emoji."""
        body: Json = {"message": _id(message), "button": button, "within": within, "only_ack": only_ack}
        return await self._interact("press", body)

    async def select(
        self,
        message: SeenMessage | Answer | int,
        *values: str | int,
        which: str | None = None,
        within: float = WITHIN,
    ) -> Answer:
        """Choose values by label, name or id in the select `which` (custom id or placeholder)."""
        body: Json = {"message": _id(message), "values": list(values), "select": which, "within": within}
        return await self._interact("select", body)

    async def submit_modal(
        self, modal: Modal | Answer, values: dict[str, Any], *, within: float = WITHIN, only_ack: bool = False
    ) -> Answer:
        """Send a form, its fields by label or custom id."""
        form = modal if isinstance(modal, Modal) else (await self.opened(modal, within=within)).form
        body: Json = {"interaction": str(form.interaction), "values": _sent(values)}
        return await self._interact("submit_modal", {**body, "within": within, "only_ack": only_ack})

    async def opened(self, answer: Answer, *, within: float = WITHIN) -> Answer:
        """The answer with the form: a bot that was too late to open it may show one button that does."""
        buttons = [button for message in answer.messages for button in message.buttons]
        if answer.modal is not None or len(buttons) != 1:
            return answer
        return await self.press(answer, buttons[0].label, within=within)

    async def context_menu(
        self,
        command: str,
        target: SeenMessage | str | int,
        *,
        in_: str | int = "general",
        within: float = WITHIN,
    ) -> Answer:
        """Use a menu of a message, or of a user given by name."""
        body: Json = {"command": command, "channel": in_, "within": within}
        body |= {"target": target} if isinstance(target, str) else {"message": _id(target)}
        return await self._interact("context_menu", body)

    async def follow(self, answer: Answer, *, within: float = WITHIN) -> Answer:
        """Wait for the next visible thing the bot does with this interaction."""
        body: Json = {"interaction": str(answer.interaction), "effects": answer.effects + 1, "within": within}
        return await self._interact("follow", body)

    async def say(
        self,
        channel: str | int,
        text: str = "",
        *,
        files: Sequence[File] = (),
        reply_to: SeenMessage | int | None = None,
    ) -> SeenMessage:
        """Write in a channel; "@bot" is the conversation with the bot."""
        body: Json = {"channel": channel, "text": text, "files": _sent(list(files))}
        body["reply_to"] = None if reply_to is None else str(_id(reply_to))
        return seen.message(await self._do("say", body))

    async def react(self, message: SeenMessage | int, emoji: str, *, remove: bool = False) -> SeenMessage:
        """Put a reaction under a message, or take one's own away."""
        return seen.message(
            await self._do("react", {"message": _id(message), "emoji": emoji, "remove": remove})
        )

    async def delete(self, message: SeenMessage | int) -> None:
        """Delete a message."""
        await self._do("delete", {"message": _id(message)})

    async def join(self) -> None:
        """Join the guild."""
        await self._do("join", {})

    async def leave(self) -> None:
        """Leave the guild."""
        await self._do("leave", {})

    async def messages(self, channel: str | int, limit: int = 50) -> list[SeenMessage]:
        """What they see in a channel, oldest first; "@bot" is the conversation with the bot."""
        answered = await self._do("messages", {"channel": channel, "limit": limit})
        return [seen.message(one) for one in answered["messages"]]

    async def _interact(self, action: str, body: Json) -> Answer:
        return seen.answer(await self._do(action, body))

    async def _do(self, action: str, body: Json) -> Json:
        return await self._transport(action, {"user": self.name, **body})


class Driver:
    """All a test or a demo does with a simulated Discord beside its people."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def user(self, name: str) -> Person:
        """A user of the world by name."""
        return Person(name, self._transport)

    async def new_user(self, name: str, *roles: str, member: bool = True, locale: str = "en-US") -> Person:
        """Bring a new user into the world, as a member with roles unless told otherwise."""
        body: Json = {"name": name, "roles": list(roles), "member": member, "locale": locale}
        await self._transport("new_user", body)
        return self.user(name)

    async def change_user(self, name: str, **changes: Any) -> None:
        """Change `roles` (names), `nick`, `display_name`, `locale` or `dms_open` of a user."""
        await self._transport("change_user", {"name": name, **changes})

    async def describe(self) -> Json:
        """Ids by name: guild, channels, roles, tags, users; and the bot's token."""
        return await self._transport("world", {})

    async def messages(self, channel: str | int, limit: int = 50) -> list[SeenMessage]:
        """The messages of a channel everyone may see, oldest first; "@name" is the bot's talk with a user."""
        answered = await self._transport("history", {"channel": channel, "limit": limit})
        return [seen.message(one) for one in answered["messages"]]

    async def wait_for_message(
        self,
        channel: str | int,
        matching: str | re.Pattern[str] | Callable[[SeenMessage], bool] = "",
        *,
        after: SeenMessage | int = 0,
        within: float = WITHIN,
    ) -> SeenMessage:
        """The first message after `after` that contains a text or fits a pattern or test; else TimedOut."""
        last = _id(after)
        while True:
            body: Json = {"channel": channel, "after": str(last), "within": within}
            found = seen.message(await self._transport("next_message", body))
            if _fits(found, matching):
                return found
            last = found.id

    async def wait_until(
        self,
        channel: str | int,
        test: Callable[[list[SeenMessage]], bool],
        *,
        within: float = WITHIN,
        limit: int = 50,
    ) -> list[SeenMessage]:
        """The channel's messages as soon as they pass a test (one edited, one deleted …); else TimedOut."""
        deadline = time.monotonic() + within
        while True:
            answered = await self._transport("history", {"channel": channel, "limit": limit})
            found = [seen.message(one) for one in answered["messages"]]
            if test(found):
                return found
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                texts = "\n".join(one.text for one in found) or "nothing"
                raise TimedOut(f"After {within:g} s the messages of {channel} still are:\n{texts}")
            await self._transport("rings", {"after": answered["rings"], "within": remaining})

    async def threads(self, channel: str | int) -> list[Json]:
        """A channel's threads, archived ones too, with the names of their tags."""
        return (await self._transport("threads", {"channel": channel}))["threads"]

    async def wait_for_bot(self, *, within: float = 30.0) -> None:
        """Until a bot is connected; TimedOut if none comes."""
        await self._transport("wait_for_bot", {"within": within})

    async def fault(
        self,
        kind: Kind,
        path: str = "*",
        *,
        seconds: float = 1.0,
        every: int = 1,
        times: int | None = None,
        lasting: float | None = None,
        status: int = 500,
        everywhere: bool = False,
    ) -> None:
        """Let REST fail; see faults.Fault for the meaning of each."""
        body: Json = {"kind": kind, "path": path, "seconds": seconds, "every": every, "times": times}
        await self._transport(
            "fault", {**body, "lasting": lasting, "status": status, "everywhere": everywhere}
        )

    async def outage(self, seconds: float, *, refuse: bool = True) -> None:
        """Be away: refuse connections and cut those there are, or answer 500 to everything."""
        await self._transport("outage", {"seconds": seconds, "refuse": refuse})

    async def heal(self) -> None:
        """End every fault."""
        await self._transport("heal", {})

    async def gateway(self, what: str) -> None:
        """Do "reconnect", "invalidate", "invalidate_resumable", "cut" (no word), "deaf" (no ACK)."""
        await self._transport("gateway", {"what": what})


def _fits(message: SeenMessage, matching: str | re.Pattern[str] | Callable[[SeenMessage], bool]) -> bool:
    if isinstance(matching, str):
        return matching in message.text
    if isinstance(matching, re.Pattern):
        return matching.search(message.text) is not None
    return matching(message)


def _id(message: SeenMessage | Answer | int) -> int:
    if isinstance(message, Answer):
        return message.message.id
    return message if isinstance(message, int) else message.id


def _sent(value: Any) -> Any:
    if isinstance(value, File):
        return {"filename": value.filename, "base64": base64.b64encode(value.content).decode()}
    if isinstance(value, dict):
        return {key: _sent(one) for key, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list | tuple):
        return [_sent(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
    return value
