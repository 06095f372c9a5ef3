"""The recognition models on this machine: their folders, the published models, and whether a model is unchanged.

Never downloads; `download.py` does.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from voice.voice_errors import RecognitionError

CATALOG_URL = "https://alphacephei.com/vosk/models"
RECORD = ".mcqueen.json"
"""File in each installed model with its origin and the SHA-256 of each of its files."""
_CHOSEN = "chosen"
"""File in the models folder with the name of the model in use."""


@dataclass(frozen=True)
class PublishedModel:
    """A model that Vosk's authors publish (their page of models, as quoted in many public projects)."""

    name: str
    language: str
    megabytes: int
    """Size of the archive, rounded, as the authors' page gives it."""
    note: str
    sha256: str
    """SHA-256 of the archive as other projects pin it (Arch and Yocto packages, apps); the authors publish none."""

    @property
    def url(self) -> str:
        """Address of the archive."""
        return f"{CATALOG_URL}/{self.name}.zip"


PUBLISHED = (
    PublishedModel(
        "vosk-model-small-en-us-0.15",
        "en-us",
        40,
        "small; the one to begin with",
        "30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498",
    ),
    PublishedModel(
        "vosk-model-en-us-0.22-lgraph",
        "en-us",
        128,
        "larger, still takes grammars",
        "d9838b4aaa82a75c4a17f5aca300eaca129aaab2a7cbf951bafbb500eb9c4334",
    ),
    PublishedModel(
        "vosk-model-en-us-0.22",
        "en-us",
        1843,
        "for servers; takes no grammars",
        "47f9a81ebb039dbb0bd319175c36ac393c0893b796c2b6303e64cf58c27b69f6",
    ),
    PublishedModel(
        "vosk-model-small-en-in-0.4",
        "en-in",
        36,
        "Indian English",
        "20663dcac4d5cb783a579c54d98339344a688e4ec6e1b4a4b059fd1235454cc7",
    ),
    PublishedModel(
        "vosk-model-small-de-0.15",
        "de",
        45,
        "German",
        "b7e53c90b1f0a38456f4cd62b366ecd58803cd97cd42b06438e2c131713d5e43",
    ),
    PublishedModel(
        "vosk-model-small-fr-0.22",
        "fr",
        41,
        "French",
        "cabf6180e177eb9b3a9a9d43a437bd5e549f3a7d09525e5d69a3fed787be12ad",
    ),
    PublishedModel(
        "vosk-model-small-es-0.42",
        "es",
        39,
        "Spanish",
        "09b239888f633ef2f0b4e09736e3d9936acfd810bc65d53fad45261762c6511f",
    ),
    PublishedModel(
        "vosk-model-small-it-0.22",
        "it",
        48,
        "Italian",
        "9ec65e75861d1c6c2e457cccd932705340dcdf233f5b239f00733b4de0bf3267",
    ),
    PublishedModel(
        "vosk-model-small-pt-0.3",
        "pt",
        31,
        "Portuguese",
        "6e1ce909032e1afa7a88e68a3d628ecafff302bdf195befab308826c395e93b7",
    ),
    PublishedModel(
        "vosk-model-small-nl-0.22",
        "nl",
        39,
        "Dutch",
        "039811c3b829de64e4f123a9f684a53784005b212a346ac0b899dc7efce2ed0a",
    ),
    PublishedModel(
        "vosk-model-small-ru-0.22",
        "ru",
        45,
        "Russian",
        "961d5ff98a17f4aa6de69864d0aa71fa5bac682301d2b5d17a3f24c5c99a46d4",
    ),
    PublishedModel(
        "vosk-model-small-hi-0.22",
        "hi",
        42,
        "Hindi",
        "7c50a10866889f0ac21d912c20537a055a597ed09fc1d3e5bcd798f9f0017e48",
    ),
    PublishedModel(
        "vosk-model-small-ja-0.22",
        "ja",
        48,
        "Japanese",
        "efa092d280153a77615e9e0c7d7283e93e600de3d19d3bec686c57ef19d52eac",
    ),
    PublishedModel(
        "vosk-model-small-cn-0.22",
        "zh",
        42,
        "Chinese",
        "3af8b0e7e0f835ae9d414ce5df580237a3cfb08d586c9fbbb0f7ff29ad5b14ba",
    ),
)


def published(name: str) -> PublishedModel:
    """Return the published model of that name or language. Raises `RecognitionError`."""
    found = next((one for one in PUBLISHED if one.name == name or f"{one.language}-".startswith(f"{name}-")), None)
    if found is None:
        raise RecognitionError(f"there is no published model {name!r}; see mcqueen models list")
    return found


def models_folder() -> Path:
    """Return the folder of the models; it need not exist."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("mcqueen")) / "models"


def installed(folder: Path | None = None) -> list[Path]:
    """Return the folders of installed models, by name."""
    folder = folder or models_folder()
    return sorted(path for path in folder.iterdir() if is_vosk_model(path)) if folder.is_dir() else []


def chosen(folder: Path | None = None) -> Path | None:
    """Return the model in use: the chosen one, else the first; None without any."""
    found = installed(folder)
    mark = (folder or models_folder()) / _CHOSEN
    name = mark.read_text(encoding="utf-8").strip() if mark.is_file() else ""
    return next((path for path in found if path.name == name), found[0] if found else None)


def choose(name: str, folder: Path | None = None) -> Path:
    """Use this model from now on. Raises `RecognitionError` if it is not installed."""
    path = installed_model(name, folder)
    (path.parent / _CHOSEN).write_text(name + "\n", encoding="utf-8")
    return path


def installed_model(name: str, folder: Path | None = None) -> Path:
    """Return the folder of an installed model. Raises `RecognitionError`."""
    found = next((path for path in installed(folder) if path.name == name), None)
    if found is None:
        if any(model.name == name for model in PUBLISHED):
            raise RecognitionError(f"the model {name} is not installed; mcqueen models install {name}")
        there = ", ".join(path.name for path in installed(folder)) or "none"
        raise RecognitionError(f"no model is called {name}; installed: {there}; mcqueen models list shows all")
    return found


def find_vosk_model(setting: Path | None = None) -> Path | None:
    """Return the folder of a Vosk model: the setting's, else the one in use; else None.

    Raises `RecognitionError` if the named folder is not a model.
    """
    if setting is not None:
        if not is_vosk_model(setting):
            raise RecognitionError(f"{setting} is not a Vosk model; give a folder that has am/final.mdl in it")
        return setting
    return chosen()


def is_vosk_model(path: Path) -> bool:
    """Whether the folder holds a Vosk model (newer layout, or the older one with `final.mdl` at the top)."""
    return (path / "am" / "final.mdl").is_file() or (path / "final.mdl").is_file()


def digests(model: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a model, by its relative path."""
    found = {}
    for path in sorted(model.rglob("*")):
        if path.is_file() and path.name != RECORD:
            with path.open("rb") as file:
                found[path.relative_to(model).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def write_record(model: Path, source: str, archive_sha256: str) -> None:
    """Write the origin of a model and the digests of its files."""
    record = {"source": source, "archive_sha256": archive_sha256, "files": digests(model)}
    (model / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def verify(model: Path) -> list[str]:
    """Return the differences from the record, one line each; none if the model is unchanged.

    Raises `RecognitionError` without a record.
    """
    try:
        files = dict(json.loads((model / RECORD).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecognitionError(
            f"{model.name} was not installed by mcqueen, so there is nothing to compare it with"
        ) from error
    now = digests(model)
    changed = [f"{name} has changed" for name in files if name in now and now[name] != files[name]]
    return [
        *changed,
        *(f"{name} is missing" for name in files if name not in now),
        *(f"{name} is new" for name in now if name not in files),
    ]
