"""The tools that come with McQueen itself, in this process: the car's, and those of the driver's profile.

Makes servers; it opens none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.profile.store import Kept
from assistant.settings import ProfileSettings
from assistant.understanding.reading import Profile
from client.clock import Clock
from client.servers.base import ToolServer

if TYPE_CHECKING:
    from assistant.profile.store import ProfileStore
    from assistant.vehicle.cabin import Cabin


def car_server(cabin: Cabin, clock: Clock) -> ToolServer:
    """Return the car's own tools."""
    from assistant.vehicle.mcp_server import NAME, vehicle_server  # heavy: only where the car's tools are wanted
    from client.servers.in_process import InProcessServer

    return InProcessServer(NAME, vehicle_server(cabin), clock)


def profile_server(store: ProfileStore, clock: Clock) -> ToolServer:
    """Return the tools with which the driver has things kept, shown and forgotten."""
    from assistant.profile.definitions import NAME
    from assistant.profile.mcp_server import profile_server as server_of  # heavy: only where tools are called
    from client.servers.in_process import InProcessServer

    return InProcessServer(NAME, server_of(store), clock)


def profile_of(settings: ProfileSettings, kept: Kept) -> Profile:
    """Return what understanding knows of the driver: what settings say, then what they had kept."""
    contacts = dict(settings.contacts) | {name: name for name in kept.contacts}
    for relation, name in kept.relations.items():
        contacts |= {relation: name, f"my {relation}": name}
    return Profile(
        contacts,
        dict(settings.places) | kept.places,
        tuple(settings.quick_messages),
        {name: contact.phone for name, contact in kept.contacts.items() if contact.phone},
        tuple(kept.preferences),
        kept.units,
    )
