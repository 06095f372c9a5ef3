"""Where the speech model is on this machine, and whether its files are right.

Never downloads, and never imports the package that contains the model.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

from voice.recognition.model_store import models_folder
from voice.recognition.neural.model import DECODER, ENCODER, FILES, TOKENIZER
from voice.voice_errors import RecognitionError

NAME = "moonshine-tiny-en"
PACKAGE = "moonshine_voice"
"""The package whose wheels up to 0.1.0 contain the model, in `FOLDER_IN_PACKAGE`."""
FOLDER_IN_PACKAGE = "assets/tiny-en"
SHA256 = {
    ENCODER: "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
    DECODER: "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
    TOKENIZER: "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
}
"""SHA-256 of the three files in the wheel of version 0.1.0."""


@dataclass(frozen=True)
class Lacking:
    """Why this machine has no neural recognizer."""

    reason: str


def environment_folder() -> Path:
    """Return the folder for the model of this virtual environment, which disappears with it."""
    return Path(sys.prefix) / "share" / "mcqueen" / "models" / NAME


def find_model(setting: Path | None = None) -> Path | Lacking:
    """Return the folder of a complete model: the setting's, the user's, the environment's or the package's.

    Raises `RecognitionError` if the setting names a folder that is not a model.
    """
    if setting is not None:
        if not is_model(setting):
            raise RecognitionError(f"{setting} is no speech model: it needs {', '.join(FILES)}")
        return setting
    if importlib.util.find_spec("onnxruntime") is None:
        return Lacking("onnxruntime is not installed; pip install 'mcqueen[neural]'")
    places = (models_folder() / NAME, environment_folder(), *_package_folders())
    found = next((place for place in places if is_model(place)), None)
    return found or Lacking("no speech model is found; mcqueen models install moonshine-tiny")


def is_model(folder: Path) -> bool:
    """Return whether the folder has all files of a model, by name."""
    return all((folder / name).is_file() for name in FILES)


def _package_folders() -> list[Path]:
    spec = importlib.util.find_spec(PACKAGE)  # looks for it only: nothing of it runs
    places = spec.submodule_search_locations if spec is not None else None
    return [Path(place) / FOLDER_IN_PACKAGE for place in places or ()]


def differences(folder: Path) -> list[str]:
    """Return how the files differ from the published model, one line each."""
    found: list[str] = []
    for name, wanted in SHA256.items():
        try:
            with (folder / name).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            found.append(f"{name} cannot be read: {error.strerror}")
            continue
        if digest != wanted:
            found.append(f"{name} is not the published one: its SHA-256 is {digest[:12]}..., not {wanted[:12]}...")
    return found
