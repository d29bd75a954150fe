"""Messages that somebody forged: what they claim is not believed, what cannot be one of ours is dead."""

from typing import Any

import msgspec
import pika

from genjilib.broker.envelope import Message, properties
from genjilib.completions.types import VerificationChangedEvent
from genjilib.core.clock import now
from genjilib.core.ids import new_id
from genjilib.lootbox.types import XpGrantEvent
from genjilib.map_edits.types import MapEditResolvedEvent
from tests.lootbox.test_bot import roles
from tests.town import Town

RUN = "select verified, verified_by, message_id from core.completions where id = %s"
FORGED: list[tuple[str, bytes, str]] = [
    ("api.completion.verification", b'{"user_id": 1, "amount": 9, "type": "Other"}', "undecodable"),
    (
        "api.xp.grant",
        b'{"completion_id": 1, "verified": true, "verified_by": 1, "reason": null}',
        "undecodable",
    ),
    ("api.completion.submission", b'{"completion_id": "1 or true"}', "undecodable"),
    ("api.completion.submission", b'{"completion_id": 99999999999999999999}', "out-of-range"),
    ("api.completion.submission", b'{"completion_id": -1}', "completion-not-found"),
    ("api.notification.delivery", b"[]", "undecodable"),
    ("api.newsfeed.create", b"\xff\xfe", "undecodable"),
    ("api.playtest.approve", b"x" * 10_000_000, "too-large"),
]


def forged(queue: str, body: bytes) -> Message:
    return Message(message_id=new_id(), queue=queue, body=body, created_at=now())


def publish(amqp_url: str, *messages: Message) -> None:
    """Publish past the outbox, as who holds the worker's password could."""
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        for message in messages:
            given = pika.BasicProperties(**properties(message))
            channel.basic_publish("", message.queue, message.body, given, mandatory=True)


async def rest(town: Town) -> list[Any]:
    """What no message may change: who has what, and every verdict."""
    return await town.rows(
        "select 'xp', user_id, amount from lootbox.xp union all select 'run', id, verified::int"
        " from core.completions union all select 'edit', id, accepted::int from maps.edit_requests"
        " union all select 'key', user_id, 1 from lootbox.user_keys order by 1, 2"
    )


async def test_what_is_none_of_our_messages_is_dead_at_once(town: Town, amqp_url: str) -> None:
    await town.settled()
    before = await rest(town)
    publish(amqp_url, *(forged(queue, body) for queue, body, _ in FORGED))

    async def buried() -> list[Any]:
        found = await town.rows("select queue, error from messages.dead_letters order by 1, 2")
        return found if len(found) == len(FORGED) else []

    assert await town.until(buried) == sorted((queue, error) for queue, _, error in FORGED)
    assert await rest(town) == before


async def test_a_verdict_that_nobody_gave_is_not_believed(town: Town, amqp_url: str) -> None:
    await town.map()
    run = await town.run()
    await town.queued(run)
    before = await rest(town)
    claims = (
        VerificationChangedEvent(
            completion_id=run, verified=True, verified_by=town.id("sombra"), reason=None
        ),
        XpGrantEvent(
            user_id=town.id("tracer"), amount=10**6, type="Other", previous_amount=0, new_amount=10**6
        ),
        MapEditResolvedEvent(edit_request_id=run, accepted=True, resolved_by=town.id("sombra")),
    )
    sent = [forged(claim.queue, msgspec.json.encode(claim)) for claim in claims]
    publish(amqp_url, *sent)
    handled = (
        "select count(*) from (select message_id from messages.inbox union"
        " select message_id from messages.dead_letters) as m where message_id = any(%s)"
    )

    async def all_handled() -> bool:
        return await town.ask(handled, [message.message_id for message in sent]) == len(sent)

    await town.until(all_handled)
    assert await rest(town) == before
    assert await town.rows(RUN, run) == [(False, None, None)]
    assert await town.texts("completions") == []
    assert roles(town, "tracer") == {"Ninja"}, "what the rows give: no run that counts, no XP"
