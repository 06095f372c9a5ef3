"""The drives that come with McQueen. Finds files; reads none."""

from __future__ import annotations

from pathlib import Path

from assistant.drives.yaml_guard import DriveError

FOLDER = Path(__file__).parent / "files"


def bundled_drives() -> list[Path]:
    """Return the bundled drives, sorted by name."""
    return sorted(FOLDER.glob("*.yaml"))


def find_drive(name: str) -> Path:
    """Return the drive at a path, or the bundled drive with that name. Raises `DriveError`, which says what to do."""
    path = Path(name)
    if path.is_file():
        return path
    bundled = FOLDER / f"{name}.yaml"
    if bundled.is_file():
        return bundled
    known = ", ".join(found.stem for found in bundled_drives())
    raise DriveError(f"no drive {name!r}: neither a file nor bundled; bundled are {known}")
