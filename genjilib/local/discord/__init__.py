"""A simulated Discord: an unmodified discord.py connects to it, people drive it, a browser shows it."""

from genjilib.local.discord.client import ControlClient
from genjilib.local.discord.errors import ApiError
from genjilib.local.discord.options import Wrong
from genjilib.local.discord.people import NoResponse, TimedOut
from genjilib.local.discord.person import Driver, Person
from genjilib.local.discord.seen import Answer, File, Modal, SeenMessage
from genjilib.local.discord.server import SimulatedDiscord
from genjilib.local.discord.standard import (
    add_channel,
    add_guild,
    add_person,
    add_role,
    empty_world,
    standard_world,
)
from genjilib.local.discord.state import Limits
from genjilib.local.discord.world import World

__all__ = [
    "Answer",
    "ApiError",
    "ControlClient",
    "Driver",
    "File",
    "Limits",
    "Modal",
    "NoResponse",
    "Person",
    "SeenMessage",
    "SimulatedDiscord",
    "TimedOut",
    "World",
    "Wrong",
    "add_channel",
    "add_guild",
    "add_person",
    "add_role",
    "empty_world",
    "standard_world",
]
