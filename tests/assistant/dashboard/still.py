"""A dashboard that is given what it shows: the same on every machine and at every time, without an assistant behind it.

Servers, tools, outbox, turns, a drive: all seeded. What stands in for the assistant keeps the contract of the seam
that the screens look through, and nothing runs behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from textual.pilot import Pilot

from assistant.assembly import Live
from assistant.conversation.observations import Called, Stepped
from assistant.dashboard.app import Dashboard
from assistant.dashboard.history import STAGES, History, ToolCount, Turn
from assistant.dashboard.last_minute import LastMinute
from assistant.dashboard.level_strip import LevelStrip
from assistant.dashboard.panes.metrics_pane import MetricsPane
from assistant.dashboard.panes.servers_pane import ServersPane
from assistant.dashboard.panes.vehicle_pane import VehiclePane
from assistant.dashboard.panes.voice_pane import VoicePane
from assistant.dashboard.symbols import UNICODE, Symbols
from assistant.dashboard.widgets.facts import SpeedAndStop
from assistant.dashboard.widgets.line import Line
from assistant.dashboard.widgets.parked import Parked
from assistant.dashboard.widgets.question import QuestionBar
from assistant.dashboard.widgets.state_word import StateWord
from assistant.dashboard.widgets.status import Standing, Status
from assistant.dialogue.events import NetworkChanged
from assistant.dialogue.state import State
from assistant.drives.format import Drive
from assistant.drives.runner import DriveRunner
from assistant.drives.travelling import journey_on
from assistant.policy.driving import DrivingState
from assistant.settings.settings import DashboardSettings, Settings
from assistant.settings.sources import DATABASE
from assistant.understanding.reading import Interpretation, Reading, Span
from assistant.vehicle.signals import GEAR, PARKING_BRAKE, SPEED
from assistant.vehicle.simulation import SimulatedVehicle
from client.call import CallError, Consent, ConsentSource, Deferred, Sent, Succeeded, ToolCall, Unknown
from client.catalog import Catalog
from client.connections.links import ServerState
from client.records import outbox
from client.records.storage import Storage
from tests.assistant.dashboard.harness import has_pane, until
from tests.assistant.dialogue.conversation import BOOK, CATALOG, NOW, asked_to_confirm
from voice.ears import Progress
from voice.endpointing import Endpoint
from voice.recognition.recognizer_base import Ending

SENTENCE = "book a table at luigi's for four tomorrow at seven"
SMALL_TALK = (
    ("how far can I go", "320 kilometers."),
    ("turn the fan up", "The fan is at three."),
    ("where is it", "I am not sure what you mean. You can say help."),
    ("read my messages", "There are none."),
)
EXAMPLE = "book a table at [luigi's](restaurant) for [four](party_size) [tomorrow](date) at [seven](time)"
SERVERS = (
    ServerState("town", True, "", 4, session="MCP 2026-07-28"),
    ServerState("home", True, "", 12, circuit="half_open", places=(True, False), session="MCP 2025-06-18"),
    ServerState("garage", False, "garage cannot be reached: connection refused", 0, circuit="open"),
)
REPORT = {
    "status": "HEALTHY", "pid": 4711, "uptime": 754.0, "restarts": 1, "totalCalls": 31, "averageExecutionTime": 18,
}  # fmt: skip
LOG = ("loading 12 tools", "listening on stdio", "call find_lights took 17 ms", "warning: lamp 3 does not answer")
DRIVE = Drive.model_validate(
    {
        "title": "A message from a dead zone",
        "now": "2026-11-20T18:05:00+01:00",
        "vehicle": {SPEED: 80, GEAR: 127, PARKING_BRAKE: False},
        "route": {"kilometers": 20, "tunnels": [[3, 5]], "dead_zones": [[9, 12]]},
        "steps": [{"driver": "tell anna i'm late"}, {"driver": "yes"}, {"wait": 60}],
        "final": {},
    }
)
STORY = (
    (0.0, "driver", "tell anna i'm late"),
    (0.2, "heard", "tell anna i'm late"),
    (0.2, "asked", "Send a message: anna, message i'm late. Shall I send this?"),
    (5.9, "driver", "yes"),
    (6.0, "network", "tunnel on the way"),
    (7.0, "called", "send_message(contact=anna, message=i'm late) -> deferred (not_sent)"),
    (7.0, "answered", "There is no network. I keep this and see to it as soon as I can: Send a message."),
)


HEARD = (
    *[(-58.0, 0.0)] * 6, (-40.0, 0.7), (-22.0, 0.9), (-18.0, 0.9), (-25.0, 0.9), (-12.0, 0.95), (-20.0, 0.9),
    *[(-55.0, 0.1)] * 4, (-24.0, 0.9), (-15.0, 0.9), *[(-57.0, 0.1)] * 4,
)  # fmt: skip
"""Level and speech, five times a second."""


class StillTools:
    """What the screens ask the tool client for, as it was given."""

    def __init__(self) -> None:
        table = replace(BOOK, examples=(EXAMPLE,))
        self.catalog = Catalog((table, *(tool for tool in CATALOG if tool is not BOOK and tool.name != BOOK.name)))
        self.held: Sequence[Any] = ()

    def server_states(self) -> Sequence[ServerState]:
        """The servers."""
        return SERVERS


class Still(Dashboard):
    """A dashboard without an assistant."""

    def __init__(self, settings: Settings, symbols: Symbols = UNICODE) -> None:
        super().__init__(settings, sound=False, symbols=symbols)
        self.animation_level = "none"
        runtime = SimpleNamespace(state=asked_to_confirm().state)
        self._still = cast("Live", SimpleNamespace(
            runtime=runtime, tools=StillTools(), vehicle=SimulatedVehicle(), ear=None, mouth=None, cabin=None,
            has_microphone=False,
        ))  # fmt: skip
        self.feed.history = history()

    @property
    def live(self) -> Live | None:
        """What was given."""
        return self._still

    async def _start(self) -> None:
        await self.base.query_one(Parked).open()

    def show_state(self) -> None:
        """Nothing by itself."""

    def show(self, state: State, standing: Standing) -> None:
        """Show that state."""
        self._drive(state.driving)
        self.query_one(StateWord).show(state)
        self.query_one(QuestionBar).show(state)
        self.query_one(SpeedAndStop).show(118.0 if state.driving is DrivingState.MOVING else 0.0, "Heilbronn")
        self.query_one(Status).show(standing)
        self.screen.set_focus(None)


def history() -> History:
    """Six turns, the last in the middle of its confirmation, with figures."""
    found = History()
    weather = Interpretation("town.get_weather", {"place": "Mannheim"}, (), 0.98, {"place": Span(22, 30)})
    spans = {"restaurant": Span(16, 23), "party_size": Span(28, 32), "date": Span(33, 41), "time": Span(45, 50)}
    table = Interpretation("town.book_table", {"restaurant": "Luigi's", "party_size": 4}, (), 0.97, spans)
    call = ToolCall("c1", "town", "get_weather", {"place": "Mannheim"}, "k1")
    first = Turn(1, NOW, "what's the weather in Mannheim", True, reading=Reading(interpretations=(weather,)))
    first.calls.append(Called(NOW, call, Succeeded({"text": "sunny"}), 0.034))
    first.answers.append("In Mannheim it is 11 degrees, sunny; tomorrow rain, up to 11.")
    second = Turn(6, NOW, SENTENCE, True, reading=Reading(interpretations=(table,)))
    second.asked.append(asked_to_confirm().state.said.text)
    small = [Turn(2 + number, NOW, text, True, answers=[answer]) for number, (text, answer) in enumerate(SMALL_TALK)]
    found.turns.extend((first, *small, second))
    for turn, seconds in zip(found.turns, (0.41, 0.38, 0.52, 0.44, 0.36, 0.47), strict=True):
        for stage, share in zip(STAGES, (1.0, 0.01, 0.2 + 0.1 * turn.number, 0.15), strict=True):
            found.stages[stage].append(seconds * share)
        turn.seconds = {stage: values[-1] for stage, values in found.stages.items()}
    found.tools = {"town.get_weather": ToolCount(4, 4, 2, 4), "town.book_table": ToolCount(2, 1, 0, 3)}
    return found


async def kept(folder: Path) -> None:
    """A call that waits, and one whose end nobody knows."""
    await asyncio.to_thread(folder.mkdir)
    storage = await Storage.open(folder / DATABASE)
    try:
        waiting = ToolCall("w1", "home", "send_message", {"contact": "Anna", "message": "I'm late"}, "key-w1")
        lost = ToolCall("u1", "town", "book_table", {"restaurant": "Luigi's", "party_size": 4}, "key-u1")
        for call in (waiting, lost):
            consent = Consent(f"c-{call.call_id}", call.digest, ConsentSource.DRIVER, NOW)
            deferred = Deferred(CallError("not_sent", "home cannot be reached.", Sent.NO), NOW + 3600)
            await storage.run(lambda db: outbox.enqueue(db, NOW, call, consent, deferred, repeatable=False))  # noqa: B023  # awaited in the same round
        unknown = Unknown(CallError("answer_lost", "It is not known whether it happened.", Sent.MAYBE))
        row = next(row for row in await storage.run(outbox.waiting) if row.call == lost)
        await storage.run(lambda db: outbox.finish(db, NOW, row, unknown))
    finally:
        await storage.close()


def watch(pane: MetricsPane, app: Dashboard) -> None:
    """A minute with a stretch without network, a server that is away, and calls."""
    pane.clock = lambda: NOW + 60
    minute = LastMinute()
    for second in range(61):
        inside = 20 <= second < 30
        minute.look(NOW + second, online=not inside, reachable={"town": not inside, "garage": False})
    for second, kind in ((5, "succeeded"), (18, "failed"), (25, "deferred"), (32, "succeeded")):
        minute.called(NOW + second, "town", kind)
    app.feed.minute = minute


def listen(pane: VoicePane) -> None:
    """A turn that has just ended."""
    pane.strip = LevelStrip()
    for number, (level, speech) in enumerate(HEARD):
        state = Endpoint.ENDED if number == len(HEARD) - 1 else Endpoint.SPEECH if number > 5 else Endpoint.WAITING
        ending = Ending.COMPLETE if speech < 0.5 and number > 5 else None
        pane.strip.take(level, Progress(number / 5, level, speech, state, "", ending))
    pane._show_strip()


def play(pane: VehiclePane) -> None:
    """A drive that is held in its tunnel."""
    runner = DriveRunner(Path("a-message-from-a-tunnel.yaml"), DRIVE)
    runner.vehicle.set(DRIVE.vehicle)
    assert DRIVE.route is not None
    journey_on(DRIVE.route, runner.vehicle).kilometers = 4.2
    for at, kind, text in STORY:
        runner.timeline.note(DRIVE.now.timestamp() + at, kind, text)
    inside = replace(State("still"), driving=DrivingState.MOVING, online=False)
    runner.timeline.steps.append(Stepped(DRIVE.now.timestamp() + 6, NetworkChanged(NOW, False), (), inside))
    player = pane.player
    player._runner, player.name, player.steps, player.done, player.waiting = runner, "a-message-from-a-tunnel", 3, 2, 1


def serve(pane: ServersPane, app: Dashboard) -> None:
    """A process of the second server, with a log, looked at."""
    pane._reports = {"home": REPORT}
    path = app.settings.upkeep.log_path("home")
    assert path is not None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"2026-11-21T10:00:0{number} {line}\n" for number, line in enumerate(LOG)))


@asynccontextmanager
async def still(
    driving: DrivingState, size: tuple[int, int], theme: str, folder: Path | None = None, symbols: Symbols = UNICODE
) -> AsyncIterator[tuple[Still, Pilot[int]]]:
    """A dashboard in the middle of a confirmation, in that driving state."""
    settings = Settings(dashboard=DashboardSettings(theme=theme), data_folder=str(folder) if folder else "")
    app = Still(settings, symbols)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: has_pane(app))
        app.query_one(Line).cursor_blink = False
        state = replace(asked_to_confirm().state, driving=driving)
        app.show(state, Standing(driving, waiting=1, tools=40, microphone=True))
        await pilot.pause()
        yield app, pilot


def ready(driving: DrivingState) -> State:
    """Nothing is going on."""
    return replace(State("still"), driving=driving)
