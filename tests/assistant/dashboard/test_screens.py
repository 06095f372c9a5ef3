"""Every screen of a parked car, and every key on it, on the real town."""

from __future__ import annotations

import json
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, ProgressBar, Select, Static

from assistant.dashboard.app import Dashboard
from assistant.dashboard.history import History
from assistant.dashboard.palette import commands
from assistant.dashboard.panes.metrics_pane import MetricsPane, figure_lines
from assistant.dashboard.panes.outbox_pane import OutboxPane
from assistant.dashboard.panes.servers_pane import ServersPane, server_rows
from assistant.dashboard.panes.tools_pane import ToolsPane
from assistant.dashboard.panes.vehicle_pane import VehiclePane
from assistant.dashboard.panes.voice_pane import VoicePane
from assistant.dashboard.screens.keys_screen import KeysScreen
from assistant.dashboard.screens.set_up_screen import SetUpScreen
from assistant.dashboard.screens.settings_screen import SettingsScreen
from assistant.dashboard.screens.sheet_screen import FormSheet
from assistant.dashboard.widgets.line import Line
from assistant.dashboard.widgets.parked import PANES, Parked
from assistant.dialogue.turns import Mode
from assistant.settings.sources import DATABASE
from client.call import CallError, Consent, ConsentSource, Deferred, Sent, ToolCall, Unknown
from client.connections.links import ServerState
from client.records import outbox
from client.records.storage import Storage
from tests.assistant.dashboard.harness import at, has_pane, live, mode, opened, shown, text_of, told, typed, until


async def settings_of_its_own(app: Dashboard, pilot: Pilot[int]) -> None:
    """Give the highlighted tool settings: what is no JSON is refused, what is is kept."""
    await pilot.press("s")
    await until(pilot, lambda: isinstance(app.screen, FormSheet))
    app.screen.query_one(Input).value = "not json"
    await pilot.press("ctrl+s")
    await until(pilot, lambda: "settings is not JSON" in shown(app))
    app.screen.query_one(Input).value = '{"units": "metric"}'
    await pilot.press("ctrl+s")
    await until(pilot, lambda: len(app.screen_stack) == 1)
    kept = {"units": "metric"}
    for _ in range(200):
        settings = (await live(app).tools.preferences.kept("town"))["book_restaurant_public"]
        if settings.custom_settings == kept:
            break
        await pilot.pause(0.01)
    assert settings.custom_settings == kept


@pytest.mark.proves("F.tools")
async def test_a_tool_is_looked_at_tried_from_its_form_and_switched(folder: Path) -> None:
    async with opened(folder) as (app, pilot):
        await at(app, pilot, "tools", ToolsPane)
        place = app.query_one("#tools", OptionList)
        place.highlighted = next(
            number for number, option in enumerate(place.options) if option.id == "town.book_restaurant_public"
        )
        await until(pilot, lambda: "asks first  yes" in text_of(app, "#tool"))
        for part in ("tier", "hints", "examples", "party_size", '"required"', "priority    5"):
            assert part in text_of(app, "#tool")

        await pilot.press("+")
        await until(pilot, lambda: "priority    6" in text_of(app, "#tool"))
        await pilot.press("-")
        await until(pilot, lambda: "priority    5" in text_of(app, "#tool"))
        await pilot.press("e")
        await until(pilot, lambda: live(app).tools.catalog.find("town.book_restaurant_public") is None)
        await until(pilot, lambda: "is left out: you switched it off" in text_of(app, "#tool"))
        await pilot.press("e")
        await until(pilot, lambda: live(app).tools.catalog.find("town.book_restaurant_public") is not None)
        await settings_of_its_own(app, pilot)
        await until(pilot, lambda: live(app).runtime.state.catalog.find("town.book_restaurant_public") is not None)
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, FormSheet) and bool(app.screen.query(Input)))
        fields = dict(zip(("restaurant_name", "date", "time"), app.screen.query(Input), strict=False))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "is needed" in shown(app))
        for name, value in (("restaurant_name", "Luigi's"), ("date", "2099-01-02"), ("time", "19:00:00")):
            fields[name].value = value
        numbers = [field for field in app.screen.query(Input) if field not in fields.values()]
        numbers[0].value = "two"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "wants an integer" in shown(app))
        numbers[0].value = "2"
        await pilot.press("ctrl+s")
        # the same question as for spoken words, and nothing has happened yet
        await until(pilot, lambda: mode(app) is Mode.CONFIRMING)
        assert live(app).runtime.state.memory.past is None
        await until(pilot, lambda: "Shall I book this?" in shown(app))
        assert app.query_one(Parked).current == "conversation"
        app.action_show("servers")  # the question stays on every screen
        await until(pilot, lambda: app.query_one(Parked).current == "servers" and "Shall I book this?" in shown(app))


@pytest.mark.proves("F.set-up")
async def test_the_first_keys_are_pressed_for_the_set_up_which_ends_with_a_sentence_that_is_understood(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over: list[object] = []
    opens = Parked.open

    async def noted(parked: Parked) -> None:
        over.append(type(parked.app.screen))
        await opens(parked)

    monkeypatch.setattr(Parked, "open", noted)
    async with opened(folder, welcome=True) as (app, pilot):
        assert over == [SetUpScreen]  # it is there before the slow parts are, so that it takes the keys
        await pilot.press("n", "n", "n")
        await until(pilot, lambda: "4 of 4" in shown(app))
        assert app.base.query_one(Line).value == ""
        await until(pilot, lambda: app.live is not None and len(app.live.runtime.state.catalog) > 0)
        await pilot.press("b", "n")
        first = live(app).runtime.sayable()[0]
        await until(pilot, lambda: first in shown(app))
        await pilot.press("n")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        await live(app).runtime.type(first)
        state = live(app).runtime.state
        assert state.memory.past is None
        assert state.request is None
        await until(pilot, lambda: any((live(app).runtime.state.memory.past, live(app).runtime.state.request)))


def offers_everything(app: Dashboard) -> None:
    """The palette has every command, screen and tool."""
    names = {command.title for command in commands(app)}
    assert {"Talk", "Mute or speak", "Settings", "Set up", "Keys", "Look: night", "Restart the assistant"} <= names
    assert {f"Show {label}" for label, _ in PANES.values()} <= names
    assert "Try town.get_weather" in names


@pytest.mark.proves("F.palette", "F.settings", "F.set-up", "F.themes")
async def test_palette_keys_settings_and_set_up(folder: Path, tmp_path: Path) -> None:
    config = tmp_path / "config" / "mcqueen" / "mcqueen.toml"
    config.parent.mkdir(parents=True)
    config.write_text("# mine\n[voice]\nvolume = 70  # loud enough\n")
    async with opened(folder, welcome=True) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, SetUpScreen))
        for words in ("1 of 4", "2 of 4", "3 of 4", "4 of 4"):
            await until(pilot, lambda words=words: words in shown(app) and "Looking" not in shown(app))  # type: ignore[misc]  # bound at once
            await pilot.press("n")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert tomllib.loads(config.read_text())["dashboard"]["welcomed"] is True

        offers_everything(app)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press(*"show metr", "enter", "enter")
        await until(pilot, lambda: app.base.query_one(Parked).current == "metrics")

        for number, name in enumerate(PANES, 1):
            app.screen.set_focus(None)
            await pilot.press(str(number))
            await until(pilot, lambda name=name: app.query_one(Parked).current == name and has_pane(app))  # type: ignore[misc]  # bound at once
            await pilot.press("f1")
            await until(pilot, lambda: isinstance(app.screen, KeysScreen))
            await pilot.press("escape")
        await pilot.press("f6")
        await until(pilot, lambda: app.query_one(Parked).current == "conversation")
        await pilot.press("shift+f6")
        await until(pilot, lambda: app.query_one(Parked).current == "metrics")
        await pilot.click("#conversation")  # a tab, by mouse
        await until(pilot, lambda: app.query_one(Parked).current == "conversation")
        await pilot.press("slash")
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        volume = next(field for field in app.screen.query(Input) if field.value in ("80", "70"))
        volume.value = "300"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "voice.volume" in str(app.screen.query_one(".wrong", Static).render()))
        volume.value = "55"
        theme = next(field for field in app.screen.query(Select) if field.value == "dark")
        theme.value = "light"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert app.theme == "mcqueen-light"
        await pilot.press("f3")
        assert app.theme == "mcqueen-high-contrast"
        written = config.read_text()
        assert written.startswith("# mine\n[voice]\nvolume = 55  # loud enough\n")
        assert tomllib.loads(written)["dashboard"]["theme"] == "high-contrast"


async def filled(folder: Path) -> None:
    """An outbox with a call that waits for a server that is not there, and one whose end is unknown."""
    storage = await Storage.open(folder / DATABASE)
    now = time.time()
    waiting = ToolCall("w1", "away", "send_message", {"contact": "Anna"}, "key-w1")
    lost = ToolCall("u1", "town", "book_restaurant_public", {"restaurant_name": "Luigi's"}, "key-u1")
    unsent = CallError("not_sent", "away cannot be reached.", Sent.NO)
    for call in (waiting, lost):
        consent = Consent(f"c-{call.call_id}", call.digest, ConsentSource.DRIVER, now)
        deferred = Deferred(unsent, now + 3600)
        await storage.run(lambda db: outbox.enqueue(db, now, call, consent, deferred, repeatable=False))  # noqa: B023  # awaited in the same round
    unknown = Unknown(CallError("answer_lost", "It is not known whether it happened.", Sent.MAYBE))
    row = next(row for row in await storage.run(outbox.waiting) if row.call == lost)
    await storage.run(lambda db: outbox.finish(db, now, row, unknown))
    await storage.close()


@pytest.mark.proves("F.outbox", "F.servers")
async def test_outbox_ledger_and_servers(folder: Path, tmp_path: Path) -> None:
    await filled(folder)
    async with opened(folder) as (app, pilot):
        await at(app, pilot, "outbox", OutboxPane)
        place = app.query_one("#records", OptionList)
        await until(pilot, lambda: "Outbox: 1 waiting" in shown(app) and "Unknown: 1" in shown(app))
        await until(pilot, lambda: "1 waiting" in shown(app).splitlines()[-2])  # the same in the status line
        rows = {option.id: number for number, option in enumerate(place.options) if option.id}
        place.highlighted = rows["w-1"]
        await until(pilot, lambda: "Anna" in text_of(app, "#record"))
        await pilot.press("v")
        await until(pilot, told(app, "The ledger is whole"))
        place.highlighted = rows["u-2"]
        await until(pilot, lambda: "It is not known" in text_of(app, "#record"))
        await pilot.press("r")
        await until(pilot, told(app, "Trying now"))
        await pilot.press("l")  # a request like any other: the town is asked for the bookings
        await until(pilot, lambda: any(turn.calls for turn in app.history or ()))
        called = next(turn.calls[0] for turn in app.history or () if turn.calls)
        assert called.call.tool == "find_bookings"
        await at(app, pilot, "outbox", OutboxPane)
        place.highlighted = rows["w-1"]
        await pilot.press("c")
        await until(pilot, told(app, "Taken back"))
        await until(pilot, lambda: "Outbox: nothing waiting" in shown(app))

        await at(app, pilot, "servers", ServersPane)
        await until(pilot, lambda: "circuit  closed" in shown(app) and "session  MCP" in shown(app))
        await pilot.press("s")
        await until(pilot, told(app, "is built in"))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, FormSheet) and len(app.screen.query(Input)) == 2)
        name, target = app.screen.query(Input)
        name.value, target.value = "home", "http://[broken"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(str(app.screen.query_one(".wrong", Static).render())))
        target.value = "http://127.0.0.1:9/mcp"
        await pilot.press("ctrl+s")
        await until(pilot, told(app, "home is added"))
        theirs = tmp_path / "other.json"
        theirs.write_text(json.dumps({"mcpServers": {"files": {"command": "true", "args": []}}}))
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, FormSheet) and len(app.screen.query(Input)) == 1)
        app.screen.query_one(Input).value = str(theirs)
        await pilot.press("ctrl+s")
        await until(pilot, told(app, "files added"))
        kept = json.loads((tmp_path / "config" / "mcqueen" / "servers.json").read_text())
        assert set(kept["mcpServers"]) == {"home", "files"}


@pytest.mark.proves("F.servers")
def test_a_server_is_told_with_its_endpoints_process_and_breaker() -> None:
    state = ServerState("home", False, "home cannot be reached.", 3, "not_sent", "half_open", (True, False), "MCP 1")
    report = {"status": "ERROR", "pid": None, "uptime": 0.0, "restarts": 3, "totalCalls": 7, "averageExecutionTime": 12}
    text = "\n".join(f"{row.label} {row.text}" for row in server_rows(state, report))
    for part in (
        "down: home cannot",
        "half open",
        "1 up, 2 down",
        "MCP 1",
        "error, no process",
        "restarts 3",
        "7, 12",
    ):
        assert part in text


@pytest.mark.proves("F.voice", "F.vehicle", "F.metrics")
async def test_voice_vehicle_and_metrics(folder: Path, tmp_path: Path) -> None:
    async with opened(folder, (140, 45)) as (app, pilot):
        await typed(app, pilot, "what's the weather in mannheim")
        await until(pilot, lambda: any(turn.calls for turn in app.history or ()))
        await at(app, pilot, "metrics", MetricsPane)
        await until(pilot, lambda: "get_weather" in shown(app) and "milliseconds a turn" in shown(app))

        voice = await at(app, pilot, "voice", VoicePane)
        await until(pilot, lambda: "recognizer  embedded" in shown(app))
        for key in ("m", "r", "k"):
            app.clear_notifications()
            await pilot.press(key)
            await until(pilot, told(app, "There is no microphone"))
        voice.post_message(VoicePane.Level(-30.0))
        await until(pilot, lambda: "-30 dB" in shown(app))
        voice.post_message(VoicePane.Fetched(30, 100))
        await until(pilot, lambda: app.query_one(ProgressBar).percentage == 0.3)
        voice.post_message(VoicePane.Fetched(0, 0))
        await until(pilot, lambda: not app.query_one(ProgressBar).display)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, FormSheet))
        app.screen.query(Input).first().value = "headset"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.settings.voice.microphone == "headset")

        vehicle = await at(app, pilot, "vehicle", VehiclePane)
        assert isinstance(vehicle, VehiclePane)
        await until(pilot, lambda: "◆" in text_of(app, "#map") and "░" in text_of(app, "#map"))
        assert "Parking brake" in text_of(app, "#signals")
        vehicle.play("message-from-the-tunnel", paused=True)
        await until(pilot, lambda: "step 0 of" in text_of(app, "#drive"))
        await pilot.press("n")
        await until(pilot, lambda: vehicle.player.done == 1)
        await pilot.press("t")
        await until(pilot, lambda: "next: tunnel" in text_of(app, "#drive"))
        await pilot.press("n")
        await until(pilot, lambda: any(entry.text == "tunnel" for entry in vehicle.player.entries))
        assert not vehicle.player.running
        before = len(vehicle.player.entries)
        await pilot.press("left")
        await until(pilot, lambda: f"looking at {before - 1} of" in text_of(app, "#drive"))
        await pilot.press("end")
        await pilot.press("g")
        await until(pilot, lambda: vehicle.player.running or vehicle.player.result is not None)
        await until(pilot, lambda: vehicle.player.done > 3)
        assert vehicle.player.limits()
        await pilot.press("j")
        await until(pilot, told(app, "travels"))
        line = app.query_one(Line)
        assert not line.region.height, "the line belongs to the conversation"


@pytest.mark.proves("F.metrics")
def test_figures_count_stages_tools_and_the_cache() -> None:
    history = History()
    history.stages["call"].extend([0.1] * 19 + [2.0])
    lines = figure_lines(history)
    assert any(line.startswith("call") and line.split()[1:4] == ["100", "2000", "20"] for line in lines)


@pytest.mark.proves("F.voice")
def test_sound_of_a_turn_is_joined_and_no_longer_than_the_turn() -> None:
    from assistant.dashboard.history import joined

    blocks = [np.ones(3, dtype=np.int16), np.zeros(2, dtype=np.int16)]
    assert joined(blocks).tolist() == [1, 1, 1, 0, 0]
    assert blocks == []
