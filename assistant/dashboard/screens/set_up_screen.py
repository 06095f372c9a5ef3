"""A short guided set-up: devices, recognizer, a server, a first spoken command.

Each step can be skipped. The command palette opens it again. It only shows what exists and opens the screens that
change it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label, Static

from assistant.settings.settings_file import keep

if TYPE_CHECKING:
    from assistant.dashboard.face import Face

TRY = "what's the weather in Mannheim"
"""A sentence to try while no tool is known."""
STEPS = ("Microphone and speaker", "Recognizer", "A server", "A first command")


class SetUpScreen(ModalScreen[None]):
    """The four steps."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "finish", "Skip all"),
        Binding("enter,right,n", "step(1)", "Next"),
        Binding("left,b", "step(-1)", "Back"),
        Binding("o", "open", "Open"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.at = 0

    def compose(self) -> ComposeResult:
        """The screen's widgets."""
        with Vertical(classes="sheet"):
            yield Label("", id="step", classes="title", markup=False)
            yield Static("", id="about", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Next", id="next", variant="primary")
                yield Button("Back", id="back")
                yield Button("Open (o)", id="open")
                yield Button("Skip all (Esc)", id="skip")

    def on_mount(self) -> None:
        """Show the first step."""
        self.query_one("#next", Button).focus()
        self._show()

    @property
    def _dashboard(self) -> Face:
        return cast("Face", self.app)

    def _show(self) -> None:
        self.query_one("#step", Label).update(f"Set up McQueen, {self.at + 1} of {len(STEPS)}: {STEPS[self.at]}")
        self.query_one("#about", Static).update("Looking")
        self._dashboard.work_on(self._look(), "set-up", group="set-up")

    async def _look(self) -> None:
        looks: tuple[Callable[[], str], ...] = (_devices, _recognizer, self._servers, self._first)
        step = self.at
        told = await asyncio.to_thread(looks[step])
        if step == self.at and self.is_attached:
            self.query_one("#about", Static).update(told)

    def _servers(self) -> str:
        live = self._dashboard.live
        names = [f"{one.name} ({one.tools} tools)" for one in live.tools.server_states()] if live else []
        found = f"There are: {', '.join(names)}." if names else "McQueen is still starting."
        return f"{found}\nYour own are added by URL, by command, or from another program's file (o opens the screen)."

    def _first(self) -> str:
        live = self._dashboard.live
        ears = live is not None and live.has_microphone
        heard = f"{_recognizer().splitlines()[0]}\n" if ears else ""
        how = "press space and say" if ears else "there is no microphone, so type"
        said = next(iter(live.runtime.sayable() if live is not None else ()), TRY)
        return (
            f"{heard}When this is closed, {how}:\n\n    {said}\n\nWhat matters is asked about first. Space interrupts."
        )

    def action_step(self, step: int) -> None:
        """Go to the next or the previous step; after the last one, finish."""
        if self.at + step >= len(STEPS):
            self.action_finish()
        elif self.at + step >= 0:
            self.at += step
            self._show()

    def action_finish(self) -> None:
        """Close the set-up, and do not open it by itself again."""
        app = self._dashboard
        self.app.pop_screen()
        if not app.settings.dashboard.welcomed:
            app.settings = keep(app.settings, {"dashboard.welcomed": True}, app.complain)

    def action_open(self) -> None:
        """Open the screen that changes this step's setting."""
        name = ("voice", "voice", "servers", "conversation")[self.at]
        self.action_finish()
        self._dashboard.action_show(name)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do what the button's key does."""
        event.stop()
        {"next": lambda: self.action_step(1), "back": lambda: self.action_step(-1), "open": self.action_open}.get(
            event.button.id or "", self.action_finish
        )()


def _devices() -> str:
    from voice.devices import describe_devices  # PortAudio: only if it is looked at
    from voice.voice_errors import VoiceError

    try:
        return "\n".join(["McQueen finds:", *(f"  {line}"[:100] for line in describe_devices()[:8])])
    except VoiceError as error:
        told = str(error)
        return f"{told[:1].upper()}{told[1:]}\n\nMcQueen works without: you type, and it shows what it would say."


def _recognizer() -> str:
    from voice.recognition.model_store import find_vosk_model
    from voice.recognition.neural.files import find_model

    if isinstance(find_model(None), Path):
        return "Speech is recognized by the neural recognizer, which hears best in noise, on this machine."
    model = find_vosk_model()
    if model is not None:
        return f"Speech is recognized by Vosk with the model {model.name}, on this machine."
    return (
        "Speech is recognized by the embedded recognizer, on this machine, without any download.\n"
        "The neural one hears better: mcqueen models install moonshine-tiny. The Voice screen has others (o opens it)."
    )
