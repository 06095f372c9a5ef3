"""The wheel has every file of the packages in it: what is not Python is forgotten easily, and missed only elsewhere."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("assistant", "client", "voice")


@pytest.mark.proves("G.wheel")
def test_every_file_of_the_packages_is_in_the_wheel(tmp_path: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", *PACKAGES, "pyproject.toml", "README.md", "LICENSE"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout, so nobody knows which files belong to it")
    files = [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]
    for name in files:  # a copy, so that no folder of a build is left among the sources
        place = tmp_path / "sources" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run(
        [*command, "--no-build-isolation", "--wheel-dir", str(tmp_path), str(tmp_path / "sources")], check=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    assert [name for name in files if name.startswith(PACKAGES) and name not in inside] == []
