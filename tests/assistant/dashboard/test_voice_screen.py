"""The voice screen: models from a real server, with progress and with breaks; the driver's words played again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import ProgressBar, Select

from assistant.conversation.live_sound import LiveEar
from assistant.conversation.observations import Recognized, Understood
from assistant.dashboard.app import Dashboard
from assistant.dashboard.panes.voice_pane import VoicePane
from assistant.dashboard.playback import Playback
from assistant.dashboard.screens.sheet_screen import FormSheet
from assistant.dashboard.widgets.turn_view import TurnView
from assistant.understanding.reading import Reading
from tests.assistant.dashboard.harness import at, live, opened, shown, told, until
from tests.voice.test_models import MODEL, Server, serving
from voice.recognition.model_store import installed
from voice.recognition.recognizer_base import SAMPLE_RATE, Samples, Transcript
from voice.voice_errors import DeviceError


async def install(app: Dashboard, pilot: Pilot[int]) -> None:
    """Install the model by key and form."""
    await pilot.press("i")
    await until(pilot, lambda: isinstance(app.screen, FormSheet))
    app.screen.query_one(Select).value = MODEL.name
    await pilot.press("ctrl+s")
    await until(pilot, lambda: len(app.screen_stack) == 1)


@pytest.mark.proves("F.models")
async def test_a_model_is_installed_with_a_progress_bar(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.dashboard.panes.voice_pane.PUBLISHED", (MODEL,))
    seen: list[float] = []
    move = VoicePane.on_voice_pane_fetched

    def watch(pane: VoicePane, message: VoicePane.Fetched) -> None:
        move(pane, message)
        bar = pane.query_one(ProgressBar)
        if bar.display and bar.percentage is not None:
            seen.append(bar.percentage)

    monkeypatch.setattr(VoicePane, "on_voice_pane_fetched", watch)
    with serving(Server()) as server:
        monkeypatch.setattr("voice.recognition.model_store.CATALOG_URL", server.url.rpartition("/")[0])
        async with opened(folder) as (app, pilot):
            await at(app, pilot, "voice", VoicePane)
            server.statuses = [404]
            await install(app, pilot)
            await until(pilot, lambda: "could not be fetched" in shown(app))
            assert "the server answered 404" in shown(app)
            assert "try again when there is a network" in " ".join(shown(app).split())
            assert installed() == []

            server.breaks = [100_000, 0, 0, 0, 0, 0, 0, 0, 0]
            await install(app, pilot)
            await until(pilot, lambda: "0.1 MB that came are kept" in " ".join(shown(app).split()))
            server.breaks = [200_000]
            seen.clear()
            await install(app, pilot)
            await until(pilot, lambda: "is installed in" in " ".join(shown(app).split()))
            assert server.ranges[-2:] == ["bytes=100000-", "bytes=300000-"], "it went on where it broke off"
            assert seen == sorted(seen)
            assert seen[0] < 0.9
            assert seen[-1] == 1.0
            assert not app.query_one(ProgressBar).display
            await until(pilot, lambda: MODEL.name in str(app.query_one("#voice-facts").render()))


class Sink:
    """A speaker by hand: notes what is played, or is not there."""

    def __init__(self, played: list[tuple[Samples, int]], *, broken: bool = False) -> None:
        self._played = played
        self._broken = broken
        self.closed = False

    async def play(self, samples: Samples, sample_rate: int) -> None:
        """Note it."""
        if self._broken:
            raise DeviceError("there is no speaker; plug one in")
        self._played.append((samples, sample_rate))

    async def close(self) -> None:
        """Be given back."""
        self.closed = True


class Microphone:
    """What the screens ask the ear for."""

    def __init__(self) -> None:
        self.tap = None
        self.watcher = None
        self.ready = True


@pytest.mark.proves("F.replay")
async def test_the_words_of_a_turn_are_kept_on_a_key_and_played_again_as_they_were(folder: Path) -> None:
    async with opened(folder) as (app, pilot):
        ear = cast("LiveEar", Microphone())
        app.assistant.live = replace(live(app), ear=ear)
        await at(app, pilot, "voice", VoicePane)
        await pilot.press("k")
        await until(pilot, told(app, "Sound of turns is kept"))
        assert ear.tap is not None
        blocks = [np.full(320, value, dtype=np.int16) for value in (1, 2, 3)]
        for block in blocks:
            ear.tap(block)
        app.feed.take(Recognized(1.0, Transcript("help", decode_seconds=0.2)))
        app.feed.take(Understood(1.0, "help", Reading(), 0.001))
        app.action_show("conversation")
        await until(pilot, lambda: bool(app.query(TurnView)))
        played: list[tuple[Samples, int]] = []
        opened_as: list[str] = []

        def speaker(device: str) -> Sink:
            opened_as.append(device)
            return Sink(played, broken=len(opened_as) > 1)

        app.playback = Playback(speaker)
        app.query(TurnView).last().focus()
        await pilot.press("p")
        await until(pilot, lambda: bool(played))
        assert played[0][0].tolist() == np.concatenate(blocks).tolist()
        assert played[0][1] == SAMPLE_RATE
        await pilot.press("p")  # the speaker has gone: said, and the app lives
        await until(pilot, told(app, "there is no speaker"))
        await at(app, pilot, "voice", VoicePane)
        await pilot.press("k")
        await until(pilot, told(app, "Sound is forgotten"))
        assert all(turn.sound is None for turn in app.history or ())
