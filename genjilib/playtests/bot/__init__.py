"""The bot's part of playtests: the thread of a new map, its votes and chart, decisions about it, its end."""

from genjilib.broker.handler import Handler
from genjilib.maps.types import PlaytestCreatedEvent
from genjilib.playtests.bot import decisions, finalize, threads, votes
from genjilib.playtests.types import (
    PlaytestApprovedEvent,
    PlaytestForceAcceptedEvent,
    PlaytestForceDeniedEvent,
    PlaytestResetEvent,
    PlaytestVoteCastEvent,
    PlaytestVoteRemovedEvent,
)

cogs = [decisions.Decisions, finalize.Finalizing, votes.Votes]

handlers = [
    Handler(PlaytestCreatedEvent, prepare=threads.on_create),
    Handler(PlaytestVoteCastEvent, prepare=threads.on_vote_cast),
    Handler(PlaytestVoteRemovedEvent, prepare=threads.on_vote_remove),
    Handler(PlaytestApprovedEvent, prepare=threads.on_approve),
    Handler(PlaytestForceAcceptedEvent, prepare=threads.on_force_accept),
    Handler(PlaytestForceDeniedEvent, prepare=threads.on_force_deny),
    Handler(PlaytestResetEvent, prepare=threads.on_reset),
]
