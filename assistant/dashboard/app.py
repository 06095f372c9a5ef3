"""The Textual app: shows the runtime's state and passes on keys and typed lines.

It owns no conversation: all it shows comes from observations of the runtime, and all it does is send events. While the
vehicle moves it shows no transcript, accepts no text and opens no screen (rows S14, S15, S22). Slow modules load after
the first paint.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from assistant.dashboard.assistant_worker import AssistantWorker
from assistant.dashboard.feed import Feed
from assistant.dashboard.log_lines import LogLines, innermost_words
from assistant.dashboard.playback import Playback
from assistant.dashboard.symbols import UNICODE, Symbols
from assistant.dashboard.themes import NAMES, THEMES
from assistant.dashboard.widgets.facts import SpeedAndStop
from assistant.dashboard.widgets.keys_line import KeysLine
from assistant.dashboard.widgets.line import Line
from assistant.dashboard.widgets.parked import PANES, Parked
from assistant.dashboard.widgets.question import QuestionBar
from assistant.dashboard.widgets.state_word import StateWord
from assistant.dashboard.widgets.status import Status, standing
from assistant.policy.driving import LIMITS, DrivingState
from assistant.understanding.language import BASE
from assistant.wording.languages import wording_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.assembly import Live
    from assistant.dashboard.history import History
    from assistant.dialogue.state import State
    from assistant.settings.settings import Settings
    from client.values import JSON

SMALLEST = (50, 14)
"""Columns and rows of the smallest terminal that shows more than the glance view."""
NARROW = 100
"""Columns below which frames and gaps are left out."""
LOW = 32
"""Rows below which frames and gaps are left out."""
ALWAYS = frozenset({"press", "mute", "vehicle", "quit"})
"""Actions that are allowed while driving."""
HINT_SECONDS = 60.0
"""Least seconds between two spoken answers to refused keys."""


class News(Message):
    """The runtime observed something; the observations themselves wait in the app."""


class Note(Message):
    """A problem, in one sentence."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Dashboard(App[int], inherit_bindings=False):
    """McQueen on a terminal."""

    TITLE = "McQueen"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "keys", "Keys", priority=True),
        Binding("space", "press", "Talk", priority=False),
        Binding("ctrl+t", "press", "Talk", show=False, priority=True),
        Binding("f2", "mute", "Mute", priority=True),
        Binding("f5", "vehicle", "Drive/park", priority=True),
        Binding("f3", "next_theme", "Look", priority=True, show=False),
        Binding("f4", "settings", "Settings", priority=True, show=False),
        Binding("f6,ctrl+pagedown", "pane(1)", "Next screen", priority=True, show=False),
        Binding("shift+f6,ctrl+pageup", "pane(-1)", "Screen before", priority=True, show=False),
        Binding("ctrl+q", "quit", "Quit", priority=True),
        Binding("ctrl+c", "help_quit", "How to quit", show=False, system=True),
        *(
            Binding(str(number), f"show('{name}')", label, show=False)
            for number, (name, (label, _)) in enumerate(PANES.items(), 1)
        ),
        Binding("slash", "type", "Type", show=False),
    ]

    def __init__(
        self, settings: Settings, *, sound: bool = True, symbols: Symbols = UNICODE, welcome: bool = False
    ) -> None:
        """`welcome` opens the guided set-up once McQueen has started; without `sound` nothing is played or heard."""
        super().__init__()
        self.settings = settings
        self.symbols = symbols
        self.welcome = welcome
        self.sound = sound
        self.feed = Feed(lambda: self.post_message(News()))
        self.assistant = AssistantWorker(self.feed.take, self.complain)
        self.driving = DrivingState.PARKED
        self.muted = False
        self.waiting = 0
        self.notes: deque[tuple[str, str]] = deque(maxlen=100)
        """Problems so far: the time of day, and a sentence."""
        self.log_lines = LogLines()
        self.playback = Playback()
        self._hinted = -HINT_SECONDS
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = f"mcqueen-{settings.dashboard.theme}"

    @property
    def base(self) -> Screen[Any]:
        """The screen below all others."""
        return self.screen_stack[0]

    @property
    def shows(self) -> bool:
        """Whether the app can draw: true from the first paint until it closes."""
        return bool(self.screen_stack) and bool(self.base.query(Parked)) and bool(self.base.query(StateWord))

    @property
    def live(self) -> Live | None:
        """The running assistant; None until it has started."""
        return self.assistant.live

    @property
    def state(self) -> State | None:
        """The state of the conversation."""
        return self.live.runtime.state if self.live else None

    def compose(self) -> ComposeResult:
        """Lay out the widgets: speed and next stop, state, question, screens of the parked car, input line, status,
        keys.
        """
        yield SpeedAndStop(self.symbols)
        yield StateWord(self.symbols)
        yield QuestionBar(self.symbols)
        yield Static("", id="refused", markup=False)
        yield Static(f"Make the terminal {SMALLEST[0]}x{SMALLEST[1]} or larger for more", id="small", markup=False)
        yield Parked()
        yield Line()
        yield Status(self.symbols)
        yield KeysLine()

    def on_mount(self) -> None:
        """Draw at once; open the assistant after the first paint."""
        self.set_class(not self.symbols.block, "ascii")
        self.log_lines.install()
        self.show_state()
        self.base.query_one(Line).focus()
        if self.welcome:
            self.action_set_up()  # before anything else: the first keys are pressed for it
        self.call_after_refresh(self._start)

    async def _start(self) -> None:
        self.work_on(self.assistant.run(self.settings, sound=self.sound), "assistant")
        self.set_interval(1.0, self._tick)
        await self.base.query_one(Parked).open()

    async def on_unmount(self) -> None:
        """End the assistant; confirmed calls stay stored."""
        self.log_lines.remove()
        await self.assistant.close()

    # -- work beside the app -----------------------------------------------------------------------------------------

    def work_on(self, work: Coroutine[Any, Any, None], name: str, *, group: str = "default") -> Worker[None]:
        """Run it in the background; a failure is shown and logged, and the app goes on."""
        return self.run_worker(work, name=name, group=group, exclusive=group != "default", exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show a worker's failure."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.log_lines.failed(event.worker.name, event.worker.error)
            self.complain(f"{event.worker.name} failed: {innermost_words(event.worker.error)}; see the log")
            if event.worker.name == "assistant":
                self.show_state()

    async def action_restart(self) -> None:
        """End the assistant and open it again with the present settings, and the routines made since."""
        if self.live is not None:
            self.settings = self.settings.model_copy(update={"tools": dict(self.live.routines.routines)})
        await self.assistant.close()
        self.show_state()
        self.work_on(self.assistant.run(self.settings, sound=self.sound), "assistant")

    # -- what the runtime tells --------------------------------------------------------------------------------------

    @property
    def history(self) -> History | None:
        """The turns so far; None before the first."""
        return self.feed.history

    def on_news(self) -> None:
        """Show the new observations."""
        changed = self.feed.drain()
        self.show_state()
        if self.driving is DrivingState.PARKED and self.shows:
            self.base.query_one(Parked).turns_changed(changed)

    def complain(self, text: str) -> None:
        """Report a problem in one sentence; any task may call it."""
        self.post_message(Note(text))

    def on_note(self, message: Note) -> None:
        """Store a problem, and show it unless it would distract."""
        from datetime import datetime

        self.notes.append((f"{datetime.now():%H:%M}", message.text))
        if self.driving is DrivingState.PARKED and self.shows:
            self.base.query_one(Parked).noted()
        self.show_state()

    def show_state(self) -> None:
        """Update everything on the screen from the runtime's state."""
        if not self.shows:
            return
        state = self.state
        if state is not None and state.driving is not self.driving:
            self._drive(state.driving)
        self.base.query_one(StateWord).show(state, hears=self.live is None or self.live.has_microphone)
        self.base.query_one(QuestionBar).show(state)
        self.base.query_one(Status).show(standing(self.live, self.driving, self.waiting, muted=self.muted))
        if self.live is not None and self.driving is not DrivingState.PARKED:
            self.base.query_one(SpeedAndStop).show(self.live.vehicle.speed, self.assistant.following)

    def _drive(self, driving: DrivingState) -> None:
        """Switch at once to what may be shown in that driving state."""
        self.driving = driving
        parked = driving is DrivingState.PARKED
        if not parked:
            while len(self.screen_stack) > 1:
                self.pop_screen()
            self.clear_notifications()
        screen = self.base
        screen.set_class(not parked, "glance")
        screen.set_class(parked and screen.size.height < LOW, "compact")
        screen.set_class(driving is DrivingState.MOVING, "moving")
        screen.set_class(driving is DrivingState.IDLING, "idling")
        screen.query_one("#refused", Static).update("")
        line = screen.query_one(Line)
        line.disabled = not LIMITS[driving].allows_typing
        if line.disabled:
            line.value = ""
            screen.set_focus(None)
        elif screen.focused is None:
            line.focus()
        if parked:
            screen.query_one(Parked).refresh_pane()
        screen.refresh_bindings()

    def _tick(self) -> None:
        """Update once a second what changes without an event; while moving, only the speed."""
        if self.live is None or not self.shows:
            return
        self.work_on(self._count_waiting(), "outbox", group="outbox")
        self.feed.look(self.live, time.time())
        if self.driving is DrivingState.PARKED and len(self.screen_stack) == 1:
            self.base.query_one(Parked).tick()
        self.show_state()

    async def _count_waiting(self) -> None:
        if self.live is not None:
            self.waiting = await self.live.tools.count_waiting()

    def on_resize(self, event: events.Resize) -> None:
        """Show only the glance view in a small terminal, and fewer frames in a low one."""
        width, height = event.size
        self.base.set_class(width < SMALLEST[0] or height < SMALLEST[1], "small")
        self.base.set_class(width < NARROW, "narrow")
        self.base.set_class(height < LOW and self.driving is DrivingState.PARKED, "compact")

    # -- what the driver does ----------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow drivers only what they may do while moving; when stopped they may also type."""
        if self.driving is DrivingState.PARKED or action in ALWAYS:
            return True
        return self.driving is DrivingState.IDLING and action == "type"

    def on_key(self, event: events.Key) -> None:
        """Refuse letters while moving, and say why (row S14)."""
        if self.driving is not DrivingState.MOVING or not event.is_printable or event.key == "space":
            return
        words = wording_of(self.live.runtime.state.language if self.live is not None else BASE)
        refused = words.text("unasked", "typing_refused")
        self.base.query_one("#refused", Static).update(refused)
        if self.live is not None and event.time - self._hinted >= HINT_SECONDS:
            self._hinted = event.time
            self.live.runtime.notice("typing", words.text("unasked", "typing_refused_aloud", refused=refused))

    async def on_input_submitted(self, event: Line.Submitted) -> None:
        """Take a typed line as the driver's words; an empty line means push-to-talk."""
        if not isinstance(event.input, Line) or self.live is None:
            return
        text = event.value.strip()
        event.input.value = ""
        if not text:
            self.live.runtime.press()
        elif LIMITS[self.driving].allows_typing:
            await self.live.runtime.type(text)

    def on_line_pressed(self) -> None:
        """Take space on the empty line as push-to-talk."""
        self.action_press()

    def on_line_upwards(self) -> None:
        """Move to the newest turn."""
        if self.driving is DrivingState.PARKED and (turns := self.base.query("TurnView")):
            turns.last().focus()

    def action_press(self) -> None:
        """Push-to-talk."""
        if self.live is not None:
            self.live.runtime.press()

    def action_mute(self) -> None:
        """Switch between speaking and only showing."""
        self.muted = not self.muted
        self.assistant.mute(self.muted)
        self.show_state()

    def action_vehicle(self) -> None:
        """Start or park the simulated vehicle."""
        self.assistant.drive_off_or_park()

    def action_type(self) -> None:
        """Focus the input line."""
        self.base.query_one(Line).focus()

    def request(self, tool: str, arguments: Mapping[str, JSON]) -> None:
        """Request a tool with arguments from a form, with the same confirmation as a spoken request."""
        self.assistant.request(tool, arguments)
        self.action_show("conversation")

    def action_show(self, name: str) -> None:
        """Open a pane."""
        self.base.query_one(Parked).show(name)

    def action_pane(self, step: int) -> None:
        """Open the next or the previous pane."""
        self.base.query_one(Parked).move(step)

    def action_next_theme(self) -> None:
        """Switch to the next theme and store it."""
        names = [f"mcqueen-{name}" for name in NAMES]
        at = names.index(self.theme) if self.theme in names else -1
        self.take_theme(NAMES[(at + 1) % len(NAMES)])

    def take_theme(self, name: str) -> None:
        """Switch to a theme and store it in mcqueen.toml."""
        from assistant.settings.settings_file import keep  # only when something is kept

        self.theme = f"mcqueen-{name}"
        self.settings = keep(self.settings, {"dashboard.theme": name}, self.complain)

    def action_command_palette(self) -> None:
        """Open the command palette."""
        from textual.command import CommandPalette  # only when it is opened

        if len(self.screen_stack) == 1:
            self.push_screen(CommandPalette(placeholder="Type what you want to do", id="--command-palette"))

    def action_keys(self) -> None:
        """Show every key."""
        from assistant.dashboard.screens.keys_screen import KeysScreen

        if not isinstance(self.screen, KeysScreen):
            self.push_screen(KeysScreen())

    def action_settings(self) -> None:
        """Open the settings."""
        from assistant.dashboard.screens.settings_screen import SettingsScreen

        if len(self.screen_stack) == 1:
            self.push_screen(SettingsScreen(self.settings))

    def action_set_up(self) -> None:
        """Open the guided set-up."""
        from assistant.dashboard.screens.set_up_screen import SetUpScreen

        if len(self.screen_stack) == 1:
            self.push_screen(SetUpScreen())

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Offer every command in the palette."""
        from assistant.dashboard.palette import commands  # only when the palette is opened

        yield from commands(self)
