"""Downloads a published model: continues an interrupted download, checks it, unpacks it in a temporary folder and moves
it in place. A model is either complete or absent. An archive may write only into its own folder. Downloads only on
request, and only the named archive.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from time import sleep

from voice.recognition.model_store import PublishedModel, is_vosk_model, write_record
from voice.voice_errors import RecognitionError

Progress = Callable[[int, int | None], None]
"""Called with the bytes downloaded so far, and the total if it is known."""
_TRIES = 4
_UNPACKED = 2.5
"""Largest ratio of a model's size to its archive's, for checking the free disk space first."""
_LARGEST_UNPACKED = 8 << 30
"""Most bytes that an archive may unpack to; the largest published model takes half of it."""
_BY_HAND = "or fetch it elsewhere, and give the file: mcqueen models install {name} --from FILE.zip"


def install(model: PublishedModel, folder: Path, *, url: str | None = None, progress: Progress | None = None) -> Path:
    """Download and unpack a model; return its folder.

    Raises `RecognitionError`, which says what to do. `url` replaces the published address. An interrupted download is
    continued.
    """
    place = folder / model.name
    if is_vosk_model(place):
        raise RecognitionError(f"{model.name} is installed already; mcqueen models verify {model.name} checks it")
    folder.mkdir(parents=True, exist_ok=True)
    needed = round(model.megabytes * 1_000_000 * (1 + _UNPACKED))
    _need_disk(folder, needed)
    part = folder / f"{model.name}.zip.part"
    _fetch(model, url or model.url, part, progress or (lambda _there, _all: None))
    try:
        return install_archive(model, folder, part, source=url or model.url)
    finally:
        part.unlink(missing_ok=True)  # complete: it is now installed, or it failed the check


def install_archive(model: PublishedModel, folder: Path, archive: Path, *, source: str) -> Path:
    """Unpack a local archive; return the model's folder. Raises `RecognitionError`."""
    try:
        with archive.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RecognitionError(f"cannot read {archive}: {error.strerror}") from error
    if digest != model.sha256:
        raise RecognitionError(
            f"what came is not {model.name}: its SHA-256 is {digest[:12]}..., not {model.sha256[:12]}...; "
            "nothing was installed"
        )
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=folder) as space:
        unpacked = _unpack(archive, Path(space))
        write_record(unpacked, source, digest)
        place = folder / model.name
        try:
            os.rename(unpacked, place)  # on one disk: there at once, or not at all
        except OSError as error:
            raise RecognitionError(
                f"cannot put the model into {place}: {error.strerror}; remove what is there"
            ) from error
    return place


def _need_disk(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise RecognitionError(
            f"the model needs {needed / 1e6:.0f} MB in {folder}, and {free / 1e6:.0f} MB are free; make room"
        )


def _fetch(model: PublishedModel, url: str, part: Path, progress: Progress) -> None:
    """Download into `part`, with new tries as long as each brings some bytes."""
    import httpx  # loaded only if something is downloaded

    failures = 0
    problem = ""
    with httpx.Client(follow_redirects=True, timeout=httpx.Timeout(20.0, read=30.0)) as client:
        while failures < _TRIES:
            before = part.stat().st_size if part.exists() else 0
            try:
                if _fetch_rest(client, url, part, progress):
                    return
                problem = "the connection broke off"
            except httpx.HTTPStatusError as error:
                problem = f"the server answered {error.response.status_code}"
                if error.response.status_code < 500:
                    break
            except httpx.TransportError as error:
                problem = str(error) or type(error).__name__
            except OSError as error:
                raise RecognitionError(f"cannot write {part}: {error.strerror}; make room") from error
            after = part.stat().st_size if part.exists() else 0
            failures = 0 if after > before else failures + 1
            if failures:
                sleep(min(0.2 * 2**failures, 2.0))
    kept = part.stat().st_size if part.exists() else 0
    raise RecognitionError(
        f"{model.name} could not be fetched ({problem}); "
        + (f"the {kept / 1e6:.1f} MB that came are kept; " if kept else "")
        + f"try again when there is a network, {_BY_HAND.format(name=model.name)}"
    )


def _fetch_rest(client: object, url: str, part: Path, progress: Progress) -> bool:
    """Download the missing bytes; return whether the file is complete."""
    import httpx

    assert isinstance(client, httpx.Client)
    there = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={there}-"} if there else {})
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink()  # not the archive whose download was begun
            return False
        response.raise_for_status()
        if response.status_code != httpx.codes.PARTIAL_CONTENT:
            there = 0  # it sends all of it again
        length = response.headers.get("Content-Length")
        whole = there + int(length) if length and length.isdigit() else None
        with part.open("ab" if there else "wb") as file:
            for piece in response.iter_raw():
                file.write(piece)
                there += len(piece)
                progress(there, whole)
        return whole is None or there >= whole


def _unpack(archive: Path, space: Path) -> Path:
    """Unpack into an empty folder; return the folder of the model in it."""
    try:
        with zipfile.ZipFile(archive) as file:
            entries = file.infolist()
            if sum(entry.file_size for entry in entries) > _LARGEST_UNPACKED:
                raise RecognitionError("the archive would unpack to more than 8 GB; it is not a model")
            _need_disk(space, sum(entry.file_size for entry in entries))
            for entry in entries:
                _check_entry(entry)
                file.extract(entry, space)
    except zipfile.BadZipFile as error:
        raise RecognitionError(f"the archive is broken ({error}); fetch it again") from error
    except OSError as error:
        raise RecognitionError(f"cannot unpack into {space.parent}: {error.strerror}; make room") from error
    found = [path for path in (space, *sorted(space.iterdir())) if is_vosk_model(path)]
    if not found:
        raise RecognitionError("the archive holds no Vosk model; nothing was installed")
    if found[0] is space:  # without a folder of its own: it gets one, so that it can be moved as a whole
        inner = space / ".model"
        inner.mkdir()
        for path in [path for path in space.iterdir() if path != inner]:
            path.rename(inner / path.name)
        return inner
    return found[0]


def _check_entry(entry: zipfile.ZipInfo) -> None:
    """Reject entries that would be written elsewhere or are not plain files."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    outside = path.is_absolute() or ".." in path.parts or (bool(path.parts) and ":" in path.parts[0])
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if outside or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise RecognitionError(
            f"the archive wants to write outside its folder ({entry.filename}); nothing was installed"
        )
