"""A drive along a route: the vehicle moves, is warned of a tunnel, loses the network in it, and a timer rings."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.drives.loading import load_drive
from assistant.drives.runner import DriveRunner
from assistant.vehicle.signals import BATTERY, LATITUDE, RANGE

DRIVE = """\
title: A tunnel on the way
now: 2026-11-20T17:40:00+01:00
place: Heidelberg
car: true
announcements: [dead zone]
vehicle:
  Vehicle.Speed: 120
  Vehicle.Powertrain.Transmission.SelectedGear: 127
  Vehicle.Chassis.ParkingBrake.IsEngaged: false
route: {kilometers: 20, tunnels: [[6, 8]]}
profile: {contacts: {anna: Anna}}
steps:
  - driver: "set a timer for 1 minute"
  - expect: {called: {tool: set_timer}}
  - wait: 95
  - expect: {said: [The timer is up, There is a tunnel ahead]}
  - wait: 95
  - driver: "tell Anna I'm late"
  - driver: "yes"
  - expect: {called: {tool: send_message, outcome: deferred}}
  - wait: 120
  - expect: {said: has gone through}
final:
  calls: {send_message: 1}
"""


@pytest.mark.proves("C.journey", "D.timer", "D.unasked", "P3.deferred")
async def test_a_tunnel_ahead_is_told_takes_the_network_and_gives_it_back(tmp_path: Path) -> None:
    path = tmp_path / "tunnel.yaml"
    path.write_text(DRIVE, encoding="utf-8")
    runner = DriveRunner(path, load_drive(path))
    before = dict(runner.vehicle.values())
    result = await runner.run()
    assert [f"{finding.name}: {finding.detail}" for finding in result.findings if not finding.holds] == []
    after = runner.vehicle.values()
    assert after[LATITUDE] > 49.41
    assert (after[BATTERY] < before[BATTERY], after[RANGE] < before[RANGE]) == (True, True)
