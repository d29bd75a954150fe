"""From emit to effect."""

from genjilib.broker.handler import Handler
from genjilib.broker.outbox import emit
from tests.broker.world import World, apply


async def test_an_event_takes_effect_once(world: World) -> None:
    world.relay()
    world.consume(Handler(world.event, apply=apply))
    for n in range(20):
        await emit(world.db, world.event(n=n))
    await world.until_count("inbox", 20)
    assert await world.effects() == list(range(20))
    assert await world.ask("select count(*) from messages.outbox") == 0
    assert await world.ask("select count(*) from messages.sent") == 20
