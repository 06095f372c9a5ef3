"""The vehicle screen with a drive on a way: held and stepped; a dead zone takes its network, the outbox shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.dashboard.journey import draw_map, make_journey, where
from assistant.dashboard.panes.vehicle_pane import VehiclePane
from assistant.dashboard.symbols import UNICODE
from assistant.dashboard.widgets.rows import Row
from assistant.vehicle.signals import SPEED
from assistant.vehicle.simulation import SimulatedVehicle
from tests.assistant.dashboard.harness import at, opened, shown, text_of, until


def facts(pane: VehiclePane) -> dict[str, str]:
    """What stands at the left, by its label."""
    rows: list[Row] = pane._facts()
    return {row.label: str(row.text) for row in rows}


@pytest.mark.proves("F.route", "F.vehicle")
async def test_a_dead_zone_takes_the_drives_network_and_the_outbox_shows_it(folder: Path) -> None:
    async with opened(folder, (140, 45)) as (app, pilot):
        pane = await at(app, pilot, "vehicle", VehiclePane)
        assert isinstance(pane, VehiclePane)
        pane.play("through-a-dead-zone", paused=True)
        await until(pilot, lambda: "step 0 of 7, held" in text_of(app, "#drive"))
        await until(pilot, lambda: "dead zone at km 1.0" in text_of(app, "#where"))
        assert "░" in text_of(app, "#map")
        assert "online" in facts(pane)["network"]
        before = facts(pane)["limits now: moving"]

        for step in range(1, 6):
            await pilot.press("n")
            await until(pilot, lambda step=step: pane.player.done == step and not pane.player.running)  # type: ignore[misc]  # bound at once
        # held before the long wait, inside the dead zone
        await until(pilot, lambda: "offline" in facts(pane)["network"])
        await until(pilot, lambda: "1 waiting" in facts(pane)["network"])
        assert "no network until km 5.0" in text_of(app, "#where")
        assert "✕ offline   ✉ 1 waiting" in shown(app)
        assert "⇄ online" in shown(app).splitlines()[-2], "the driver's own network is another"
        words = [str(row.text) for row in pane._facts() if row.label == "holds"]
        assert any(text.startswith("25 words in a breath") and text.endswith("(V1 words)") for text in words)
        assert before == ""

        await pilot.press("g")
        await until(pilot, lambda: pane.player.result is not None)
        assert pane.player.result is not None
        assert pane.player.result.passed, [one for one in pane.player.result.findings if not one.holds]
        await until(pilot, lambda: "online" in facts(pane)["network"] and "waiting" not in facts(pane)["network"])


@pytest.mark.proves("F.vehicle")
def test_the_map_names_towns_where_there_is_room_and_shades_what_has_no_network() -> None:
    vehicle = SimulatedVehicle()
    journey = make_journey(vehicle)
    for columns, rows in ((46, 8), (80, 16), (10, 3)):
        lines = draw_map(journey, columns, rows, UNICODE)
        assert len(lines) == rows
        assert all(len(line) <= columns for line in lines)
        assert sum(line.count("◆") for line in lines) == 1
    whole = "\n".join(draw_map(journey, 80, 16, UNICODE))
    assert "Heidelberg" in whole
    assert "Stuttgart" in whole
    assert "░" in whole
    assert draw_map(journey, 9, 2, UNICODE) == []
    assert "network; dead zone at km" in where(journey)
    vehicle.set({SPEED: 3600.0})
    journey.advance(journey.stretches[0].begin + 0.1)
    assert "no network until" in where(journey)
    journey.advance(1000.0)
    assert where(journey).endswith("network")
