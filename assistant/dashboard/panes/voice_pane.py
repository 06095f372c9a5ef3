"""The pane of voice: devices, recognizer and model, level with the endpoint's decisions, a test recording.

Uses the sound of the microphone that is already open, and keeps it in memory only on request (promise 6).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import ProgressBar, Static

from assistant.dashboard.level_strip import LABEL, LevelStrip
from assistant.dashboard.pane_keys import PANE_KEYS
from assistant.dashboard.panes.pane_base import Pane
from assistant.dashboard.screens.sheet_screen import FormSheet
from assistant.dashboard.widgets.rows import Row, Rows, told
from assistant.settings.settings_file import keep
from client.values import JSON
from voice.devices import describe_devices
from voice.recognition.download import install
from voice.recognition.model_store import PUBLISHED, PublishedModel, choose, find_vosk_model, installed, models_folder
from voice.voice_errors import VoiceError

if TYPE_CHECKING:
    from voice.ears import Progress
    from voice.recognition.recognizer_base import Samples

METER = 74
"""Columns of the meter until the first layout."""
GOES_ON = ("waiting", "speech")
"""States of the endpoint in which a turn goes on."""
LONGEST = 120
"""Most characters of a line (row S7)."""
NO_LEVEL = "level       m shows how loud it is; in a turn, also what the endpoint decides"
TEST_SECONDS = 3.0
SHOWN_A_SECOND = 5
"""Updates of the meter per second."""


class VoicePane(Pane, can_focus=True):
    """Facts from top to bottom, then the last seconds of the microphone."""

    BINDINGS: ClassVar[list[BindingType]] = [*PANE_KEYS["voice"]]

    class Level(Message):
        """The microphone's level in decibels of full scale."""

        def __init__(self, level: float) -> None:
            super().__init__()
            self.level = level

    class Fetched(Message):
        """Progress of a model's download in bytes; `whole` is None while the size is unknown, and 0 at the end."""

        def __init__(self, there: int, whole: int | None) -> None:
            super().__init__()
            self.there = there
            self.whole = whole

    def __init__(self, *, id: str) -> None:  # Textual's own name
        super().__init__(id=id)
        self.strip = LevelStrip()
        self._watched_at = 0.0
        self._state = ""
        self._turn: Progress | None = None
        """The endpoint's last word of the turn that is heard; None outside a turn."""

    def compose(self) -> ComposeResult:
        """Facts, meter, progress bar."""
        with VerticalScroll(can_focus=False):
            yield Rows(id="voice-facts")
            yield Static(NO_LEVEL, id="level", markup=False)
            yield ProgressBar(id="fetching", show_eta=False)
            yield Static("", id="voice-told", markup=False)

    def on_mount(self) -> None:
        """Hide the progress bar."""
        self.query_one("#fetching").display = False

    def take_focus(self) -> None:
        """Focus the pane itself: its keys need no widget."""
        self.focus()

    def look(self) -> None:
        """Read devices and models in the background, because PortAudio is slow."""
        self.dashboard.work_on(self._look(), "devices", group="devices")
        if self.live is not None and self.live.ear is not None:
            self.live.ear.watcher = self._watched

    async def _look(self) -> None:
        rows = await asyncio.to_thread(_facts, self.dashboard.settings.voice.recognizer)
        ear = self.live.ear if self.live else None
        kept = "kept in memory until McQueen ends" if ear is not None and ear.tap is not None else "not kept"
        self.query_one("#voice-facts", Rows).show([*rows, Row("sound", f"{kept} (k changes it)"), Row()])

    # -- level and endpoint ------------------------------------------------------------------------------------------

    def action_meter(self) -> None:
        """Show the level meter, or hide it."""
        running = [worker for worker in self.workers if worker.group == "meter" and not worker.is_finished]
        if running:
            running[0].cancel()
            self.strip = LevelStrip()
            self.query_one("#level", Static).update(NO_LEVEL)
            return
        if self.live is None or self.live.ear is None:
            self.say("There is no microphone; mcqueen doctor says how to get one")
            return
        self.run_worker(self._meter(), name="level meter", group="meter", exit_on_error=False)

    async def _meter(self) -> None:
        from voice.front_end import level_db

        assert self.live is not None
        assert self.live.ear is not None
        loop = asyncio.get_running_loop()
        told = 0.0
        async with contextlib.aclosing(self.live.ear.blocks()) as blocks:
            async for block in blocks:
                if loop.time() - told >= 1 / SHOWN_A_SECOND:
                    told = loop.time()
                    self.post_message(self.Level(level_db(block)))

    def on_voice_pane_level(self, message: Level) -> None:
        """Draw the meter."""
        self.strip.take(message.level, self._turn)
        self._show_strip()

    def _show_strip(self) -> None:
        place = self.query_one("#level", Static)
        lines = self.strip.lines(self.dashboard.symbols, place.content_size.width or METER)
        partial = self._turn.partial if self._turn is not None else ""
        place.update("\n".join([*lines, *([f"{'words':<{LABEL}}{partial}"[:LONGEST]] if partial else [])]))

    def _watched(self, now: Progress) -> None:
        """Show what the endpoint decides; the runtime calls this for each block of a turn."""
        began = now.seconds < self._watched_at
        if not began and now.state == self._state and now.seconds - self._watched_at < 1 / SHOWN_A_SECOND:
            return
        self._watched_at, self._state, self._turn = now.seconds, now.state, now
        if self.is_mounted and self.display:
            self.strip.take(now.level, now)
            self._show_strip()
        if now.state not in GOES_ON:
            self._turn, self._watched_at = None, 0.0

    # -- test recording ----------------------------------------------------------------------------------------------

    def action_record(self) -> None:
        """Record three seconds, report problems with them, and play them."""
        if self.live is None or self.live.ear is None:
            self.say("There is no microphone; mcqueen doctor says how to get one")
            return
        self._tell(f"Speak now, for {TEST_SECONDS:.0f} seconds")
        self.dashboard.work_on(self._record(), "test recording", group="recording")

    async def _record(self) -> None:
        import numpy as np

        from voice.recognition.recognizer_base import SAMPLE_RATE
        from voice.recording import describe_recording

        assert self.live is not None
        assert self.live.ear is not None
        taken: list[Samples] = []
        try:
            async with contextlib.aclosing(self.live.ear.blocks()) as blocks:
                async for block in blocks:
                    taken.append(block)
                    if sum(map(len, taken)) >= TEST_SECONDS * SAMPLE_RATE:
                        break
            samples = np.concatenate(taken)
            self._tell(describe_recording(samples) or "Well heard; this is how it sounds")
            await self.dashboard.playback.play(samples, self.dashboard.settings.voice.speaker)
        except VoiceError as error:
            self._tell(str(error))

    def _tell(self, text: str) -> None:
        self.query_one("#voice-told", Static).update("\n".join(told(text)))

    # -- choices -----------------------------------------------------------------------------------------------------

    def action_keep_sound(self) -> None:
        """Start keeping the driver's words of each turn for replay, or stop and delete them."""
        app = self.dashboard
        if self.live is None or self.live.ear is None:
            self.say("There is no microphone, so there is nothing to keep")
            return
        wanted = self.live.ear.tap is None
        app.feed.keep_sound(self.live.ear, wanted=wanted)
        self.say("Sound of turns is kept in memory until McQueen ends" if wanted else "Sound is forgotten")
        self.look()

    def action_devices(self) -> None:
        """Choose microphone and speaker by name."""
        voice = self.dashboard.settings.voice
        schema: dict[str, JSON] = {
            "properties": {
                "microphone": {"type": "string", "description": "part of its name; empty for the system's"},
                "speaker": {"type": "string", "description": "part of its name; empty for the system's"},
            }
        }

        def take(values: dict[str, JSON]) -> str:
            changes = {f"voice.{name}": str(values.get(name, "")) for name in ("microphone", "speaker")}
            self.dashboard.settings = keep(self.dashboard.settings, changes, self.dashboard.complain)
            self.say("Kept; Ctrl+P, restart the assistant, uses them")
            return ""

        now: dict[str, JSON] = {"microphone": voice.microphone, "speaker": voice.speaker}
        self.app.push_screen(FormSheet("Devices", schema, take, values=now, button="Keep"))

    def action_install(self) -> None:
        """Download a published model, with a progress bar."""
        names: list[JSON] = [model.name for model in PUBLISHED]
        schema: dict[str, JSON] = {"properties": {"model": {"enum": names}}, "required": ["model"]}

        def take(values: dict[str, JSON]) -> str:
            model = next(model for model in PUBLISHED if model.name == values["model"])
            self.fetch(model, models_folder())
            return ""

        self.app.push_screen(FormSheet("Install a model", schema, take, button="Install"))

    def fetch(self, model: PublishedModel, folder: Path, url: str | None = None) -> None:
        """Download a model in the background."""
        self.query_one("#fetching").display = True
        self._tell(f"Fetching {model.name}")
        work = partial(install, model, folder, url=url, progress=self._fetched)
        self.dashboard.work_on(self._fetch(work, model.name), f"installing {model.name}", group="model")

    async def _fetch(self, work: Callable[[], Path], name: str) -> None:
        try:
            place = await asyncio.to_thread(work)
        except VoiceError as error:
            self._tell(str(error))
        else:
            self._tell(f"{name} is installed in {place}; restart the assistant to use it")
        self.post_message(self.Fetched(0, 0))
        self.look()

    def _fetched(self, there: int, whole: int | None) -> None:
        self.post_message(self.Fetched(there, whole))  # from the thread: a message is the only way in

    def on_voice_pane_fetched(self, message: Fetched) -> None:
        """Update the progress bar."""
        bar = self.query_one("#fetching", ProgressBar)
        bar.display = message.whole != 0
        bar.update(total=message.whole, progress=message.there)

    def action_use(self) -> None:
        """Use an installed model."""
        names: list[JSON] = [path.name for path in installed()]
        if not names:
            self.say("No model is installed; i installs one")
            return
        schema: dict[str, JSON] = {"properties": {"model": {"enum": names}}, "required": ["model"]}

        def take(values: dict[str, JSON]) -> str:
            choose(str(values["model"]))
            self.say("In use after a restart of the assistant (Ctrl+P)")
            self.look()
            return ""

        self.app.push_screen(FormSheet("Use a model", schema, take, button="Use"))


def _facts(recognizer: str) -> list[Row]:
    try:
        devices = describe_devices()
    except VoiceError as error:
        devices = [str(error)]
    model = find_vosk_model()
    heard = f"Vosk, {model.name}" if model and recognizer != "sphinx" else "embedded (pocketsphinx), no download"
    others = ", ".join(path.name for path in installed()) or "none; i installs one"
    rows = [Row("devices" if not number else " ", line) for number, line in enumerate(devices)]
    return [*rows, Row(), Row("recognizer", heard), Row("models", others)]
