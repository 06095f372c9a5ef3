"""The Textual app: shows the runtime's state and passes on keys and typed lines.

It owns no conversation: everything it shows comes from observations of the runtime, everything it does is an event.
While the vehicle moves it shows no transcript and takes no text (rows S14, S22).
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Footer, Input

from assistant.assembly import Live, open_live
from assistant.dashboard.widgets.conversation import Conversation
from assistant.dashboard.widgets.question import Question
from assistant.dashboard.widgets.state_word import StateWord
from assistant.dashboard.widgets.status import Status
from assistant.dialogue.effects import Say
from assistant.policy.driving import LIMITS, DrivingState
from assistant.runtime import Called, Observation, Recognized, Stepped, Understood
from assistant.settings import Settings
from assistant.sound import LiveMouth
from assistant.vehicle.signals import GEAR, PARKED, PARKING_BRAKE, SPEED
from client.errors import ClientError


class Seen(Message):
    """The runtime observed something."""

    def __init__(self, observation: Observation) -> None:
        super().__init__()
        self.observation = observation


class Dashboard(App[int]):
    """McQueen on a terminal."""

    TITLE = "McQueen"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "press", "Push to talk", priority=False),
        Binding("ctrl+t", "press", "Push to talk", show=False, priority=True),
        Binding("f2", "mute", "Mute", priority=True),
        Binding("f5", "vehicle", "Park / drive (simulated)", priority=True),
        Binding("ctrl+q", "quit", "Quit", priority=True),
    ]

    def __init__(self, settings: Settings, *, sound: bool = True) -> None:
        super().__init__()
        self._settings = settings
        self._sound = sound
        self._stack = AsyncExitStack()
        self.live: Live | None = None

    def compose(self) -> ComposeResult:
        """Lay the widgets out: state, question, conversation, line, status."""
        yield StateWord()
        yield Question()
        yield Conversation(wrap=True, markup=False)
        yield Input(placeholder="Type what you would say, or press space here when empty to talk", id="line")
        yield Status()
        yield Footer()

    def on_mount(self) -> None:
        """Show at once; open the assistant after the first paint."""
        self.query_one(StateWord).update("…  S T A R T I N G")
        self.query_one("#line", Input).focus()
        self.run_worker(self._open(), name="assistant", exclusive=True)

    async def _open(self) -> None:
        try:
            self.live = await self._stack.enter_async_context(
                open_live(self._settings, self._complain, sound=self._sound)
            )
        except ClientError as error:
            self._complain(str(error))
            return
        self.live.runtime.observe(self._observe)
        self._show()

    async def on_unmount(self) -> None:
        """End the assistant: what was confirmed stays stored."""
        await self._stack.aclose()

    def _observe(self, seen: Observation) -> None:
        self.post_message(Seen(seen))

    def _complain(self, text: str) -> None:
        self.query_one(Conversation).add("note", text)

    # -- what the runtime tells --------------------------------------------------------------------------------------

    def on_seen(self, message: Seen) -> None:
        """Show what was observed."""
        seen = message.observation
        log = self.query_one(Conversation)
        match seen:
            case Stepped():
                for effect in seen.effects:
                    if isinstance(effect, Say):
                        log.add("said", effect.text)
                self._show()
            case Recognized():
                log.add("heard", seen.transcript.text or "(not understood)")
            case Understood() if seen.reading.interpretations:
                best = seen.reading.interpretations[0]
                log.add("understood", f"{best.tool.partition('.')[2]} {dict(best.arguments)}")
            case Called():
                log.add("called", f"{seen.call.tool} -> {seen.outcome.kind}  ({seen.seconds * 1000:.0f} ms)")
            case _:
                pass

    def _show(self) -> None:
        if self.live is None:
            return
        state = self.live.runtime.state
        self.query_one(StateWord).show(state)
        self.query_one(Question).show(state)
        down = [server.name for server in self.live.tools.server_states() if not server.healthy]
        servers = f"✕ {', '.join(down)} down" if down else ""
        self.query_one(Status).show(state, microphone=self.live.has_microphone, servers=servers)
        self.screen.set_class(not LIMITS[state.driving].shows_transcript, "driving")
        self.screen.set_class(state.driving is DrivingState.IDLING, "idling")
        line = self.query_one("#line", Input)
        line.disabled = not LIMITS[state.driving].allows_typing
        if not line.disabled and self.focused is None:
            line.focus()

    # -- what the driver does ----------------------------------------------------------------------------------------

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take a typed line as the driver's words; an empty one is push-to-talk."""
        if self.live is None:
            return
        text = event.value.strip()
        event.input.value = ""
        if not text:
            self.live.runtime.press()
        elif LIMITS[self.live.runtime.state.driving].allows_typing:
            self.query_one(Conversation).add("driver", text)
            await self.live.runtime.type(text)

    def action_press(self) -> None:
        """Push-to-talk."""
        if self.live is not None:
            self.live.runtime.press()

    def action_mute(self) -> None:
        """Speak, or only show."""
        if self.live is not None and isinstance(self.live.mouth, LiveMouth):
            self.live.mouth.muted = not self.live.mouth.muted
            self.notify("Muted" if self.live.mouth.muted else "Speaking")

    def action_vehicle(self) -> None:
        """Let the simulated vehicle drive off, or park it."""
        if self.live is None:
            return
        moving = self.live.runtime.state.driving is DrivingState.MOVING
        self.live.vehicle.set(PARKED if moving else {SPEED: 50.0, GEAR: 127, PARKING_BRAKE: False})
