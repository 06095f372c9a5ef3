"""The tools that are part of McQueen and run in this process: the car's tools and those of the driver's profile.

It makes servers; it opens none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from assistant.profile.store import KeptProfile
from assistant.settings.settings import ProfileSettings, Settings
from assistant.understanding.language import BASE
from assistant.understanding.reading import Profile
from assistant.wording.host_messages import words_of
from client.clock import Clock
from client.servers.tool_server import ToolServer
from client.values import JSON

if TYPE_CHECKING:
    from assistant.conversation.routine_book import RoutineBook
    from assistant.profile.store import ProfileStore
    from assistant.vehicle.cabin import Cabin


def own_servers(settings: Settings, clock: Clock) -> list[ToolServer]:
    """Return the servers that commands add to the requested ones: the simulated car in its first state, and the
    profile.
    """
    from assistant.profile.store import FILE_NAME, ProfileStore
    from assistant.vehicle.cabin import Cabin
    from assistant.vehicle.simulation import SimulatedVehicle

    profile = profile_server(ProfileStore(settings.data_path / FILE_NAME), clock, settings.language)
    offered = settings.car.tools and not settings.car.databroker  # a real car needs no simulated cabin
    return [car_server(Cabin(SimulatedVehicle()), clock, settings.language), profile] if offered else [profile]


def own_definitions(settings: Settings) -> list[tuple[str, list[JSON]]]:
    """Return their tools as entries of MCP `tools/list` results, by server, for code that only reads them."""
    from assistant.profile import profile_tools as profile
    from assistant.vehicle.localized_car import definitions_in

    offered = settings.car.tools and not settings.car.databroker
    own: list[tuple[str, list[JSON]]] = [("car", [*definitions_in(settings.language)])] if offered else []
    return [*own, (profile.NAME, [*profile.DEFINITIONS])]


def car_server(cabin: Cabin, clock: Clock, language: str = BASE) -> ToolServer:
    """Return the car's own tools, which answer in that language."""
    from assistant.vehicle.car_server import NAME, vehicle_server  # heavy: only if the car's tools are wanted
    from client.servers.mcp.in_process import InProcessServer

    return InProcessServer(NAME, vehicle_server(cabin, words_of("car", language), language), clock, built_in=True)


def profile_server(store: ProfileStore, clock: Clock, language: str = BASE) -> ToolServer:
    """Return the tools that save, show and delete facts about the driver; they answer in that language."""
    from assistant.profile.profile_server import profile_server as server_of  # heavy: only if tools are called
    from assistant.profile.profile_tools import NAME
    from client.servers.mcp.in_process import InProcessServer

    return InProcessServer(NAME, server_of(store, words_of("profile", language)), clock, built_in=True)


def routine_server(book: RoutineBook, clock: Clock, language: str = BASE) -> ToolServer:
    """Return the driver's routines as tools that can be listed and found; a conversation carries out their steps.

    A routine that is made or deleted there changes the tools at once.
    """
    from assistant.conversation.routine_server import routine_mcp_server  # heavy: only in conversations
    from assistant.conversation.routine_tools import NAME
    from client.servers.mcp.in_process import InProcessServer

    server = routine_mcp_server(book, words_of("routines", language), steering(language))
    made = InProcessServer(NAME, server, clock, built_in=True)

    def changed() -> None:
        if made.on_tools_changed is not None:
            made.on_tools_changed()

    book.subscribe(changed)
    return made


@cache
def steering(language: str = BASE) -> Callable[[str], bool]:
    """Return a test whether words are a yes, a no or another control word; no routine may be called by such words."""
    from assistant.understanding.answers.control_words import Controls
    from assistant.understanding.answers.yes_or_no import YesOrNoReader
    from assistant.understanding.language import language as language_of

    spoken = language_of(language)
    controls = Controls(spoken, YesOrNoReader(spoken))
    return lambda words: controls.find(words, confirming=True) is not None


def profile_of(settings: ProfileSettings, kept: KeptProfile) -> Profile:
    """Return what understanding knows about the driver: facts from the settings, then facts that the driver saved."""
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
