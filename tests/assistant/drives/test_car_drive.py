"""A whole drive with the car's own tools beside the town's."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.drives.loading import load_drive
from assistant.drives.runner import DriveRunner

DRIVE = """\
title: The car itself
now: 2026-11-20T17:40:00+01:00
place: Heidelberg
car: true
announcements: [range]
vehicle:
  Vehicle.Speed: 100
  Vehicle.Powertrain.Transmission.SelectedGear: 127
  Vehicle.Chassis.ParkingBrake.IsEngaged: false
steps:
  - driver: "open the driver window to 80 percent"
  - expect: {said: [The car is moving, 80 percent], mode: confirming}
  - driver: "yes"
  - expect: {called: {tool: set_window, arguments: {percent: 80}, outcome: succeeded}, not_said: window}
  - driver: "turn on the air conditioning"
  - expect: {said: [A window is far open, Air conditioning], mode: confirming}
  - driver: "yes"
  - expect: {called: {tool: set_air_conditioning, outcome: succeeded}}
  - driver: "open the sunroof to 50 percent"
  - expect: {called: {tool: set_sunroof, outcome: failed}, said: needs the shade open}
  - wait: 40
  - vehicle: {Vehicle.Powertrain.Range: 42000}
  - wait: 5
  - expect: {said: down to 42 kilometers}
"""


@pytest.mark.proves("C.car", "C.car-rules", "D.visible", "D.unasked")
async def test_the_car_does_what_is_asked_asks_back_refuses_and_speaks_up(tmp_path: Path) -> None:
    path = tmp_path / "car.yaml"
    path.write_text(DRIVE, encoding="utf-8")
    result = await DriveRunner(path, load_drive(path)).run()
    assert [f"{finding.name}: {finding.detail}" for finding in result.findings if not finding.holds] == []
