"""Finds recognition models on this machine. It never downloads."""

from __future__ import annotations

from pathlib import Path

from voice.errors import RecognitionError


def models_folder() -> Path:
    """Return the folder where models are kept, whether or not it exists."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("mcqueen")) / "models"


def find_vosk_model(setting: Path | None = None) -> Path | None:
    """Return a Vosk model's folder: the setting, or the first in the models folder; else None.

    Raises `RecognitionError` where a folder was named that is no model.
    """
    if setting is not None:
        if not is_vosk_model(setting):
            raise RecognitionError(f"{setting} is not a Vosk model; give a folder that has am/final.mdl in it")
        return setting
    folder = models_folder()
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return next((path for path in found if is_vosk_model(path)), None)


def is_vosk_model(path: Path) -> bool:
    """Whether the folder holds a Vosk model (newer layout, or the older one with `final.mdl` at the top)."""
    return (path / "am" / "final.mdl").is_file() or (path / "final.mdl").is_file()
