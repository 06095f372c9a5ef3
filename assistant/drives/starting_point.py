"""Writes a first drive to start from, and tells when drive files changed.

Writes one file and never overwrites another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from assistant.drives.yaml_guard import DriveError

_TEXT = """\
# yaml-language-server: $schema=drive.schema.json
# (mcqueen drive --schema > drive.schema.json gives editors completion and checks.)
# Run it with: mcqueen drive {name}          (again at every change: mcqueen drive {name} --watch)
title: {title}
about: what this drive shows, in a line
now: {now}
place: Heidelberg
vehicle:
  Vehicle.Speed: 80  # km/h
  Vehicle.Powertrain.Transmission.SelectedGear: 127  # 127 drive, 126 park
  Vehicle.Chassis.ParkingBrake.IsEngaged: false
profile:
  quick_messages: ["I'm on my way", "I'm running {{duration}} late"]  # heard best: the recognizer knows their words
steps:
  - driver: "what's the weather in Mannheim"
  - expect: {{called: {{tool: get_weather, outcome: succeeded}}, said: Mannheim}}
  - driver: "tell anna i'm on my way"
  - expect: {{said: "Shall I send this?", mode: confirming, absent: [send_message]}}
  - driver: "yes"
  - expect: {{called: {{tool: send_message, outcome: succeeded}}}}
# Other steps: network: tunnel | edge | good, fault: reset, server: stopped, vehicle: {{...}}, wait: 20, silence: true,
# press: true, heard: "what a recognizer would get wrong" beside a driver's line, repeat, include.
final:
  calls: {{send_message: 1}}
"""


def write_starting_point(path: Path, now: datetime) -> None:
    """Write a drive that passes. Raises `DriveError` if the file exists or cannot be written."""
    if path.suffix not in (".yaml", ".yml"):
        raise DriveError(f"a drive's file ends in .yaml: mcqueen drive new {path}.yaml")
    title = path.stem.replace("-", " ").replace("_", " ").capitalize()
    text = _TEXT.format(name=path, title=title, now=now.replace(microsecond=0).isoformat())
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise DriveError(f"{path} is there already; choose another name") from error
    except OSError as error:
        raise DriveError(f"cannot write {path}: {error.strerror}") from error


def stamp(paths: Sequence[Path]) -> tuple[tuple[str, int], ...]:
    """Return a value that changes whenever a YAML file in the folders of these drives is changed, added or removed."""
    folders = {path.parent for path in paths}
    files = sorted({file for folder in folders for file in (*folder.glob("*.yaml"), *folder.glob("*.yml"))})
    found: list[tuple[str, int]] = []
    for file in files:
        try:
            found.append((str(file), file.stat().st_mtime_ns))
        except OSError:
            continue  # taken away meanwhile
    return tuple(found)
