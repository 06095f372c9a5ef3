"""Keeps what took long to learn from a catalog, on disk or in this process, so that it is learned once.

Holds nothing but figures: no words, no code, nothing that would be run when read. What is damaged, foreign or of
another version is learned again; a folder that cannot be written costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_log = logging.getLogger(__name__)

Arrays = Mapping[str, NDArray[Any]]

MOST_BYTES = 64_000_000
"""Of all files together; the ones not used for longest go first. Seven tools with 70 examples each take 2 MB."""
RECENT_BYTES = 32_000_000
"""Of what this process learned last and still has: some catalogs."""
LARGEST = 16_000_000
"""Bytes of one file; what is larger is not kept."""
FORMAT = "mcqueen index 1"
_ABOUT = "about"
_ENDING = ".npz"
_DAMAGED = (
    OSError, ValueError, KeyError, EOFError, RuntimeError, MemoryError, NotImplementedError, zipfile.BadZipFile,
    zlib.error,
)  # fmt: skip
"""What reading a file may raise that is damaged or none of ours."""


class IndexFolder:
    """One folder of learned figures."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        """Neither the folder nor any file in it needs to exist."""
        self._folder = folder
        self._most_bytes = most_bytes

    @classmethod
    def on_this_machine(cls) -> IndexFolder:
        """Return the cache of this user."""
        import platformdirs  # only where something is kept

        return cls(platformdirs.user_cache_path("mcqueen") / "understanding")

    def arrays(self, kind: str, key: Sequence[object], build: Callable[[], Arrays]) -> Arrays:
        """Return what `build` makes, from disk where it was made before from the same.

        `key` holds all that it is made from, as values that JSON knows; code, language data and word vectors are
        taken into account besides.
        """
        digest = hashlib.sha256(json.dumps([kind, versions(), *key]).encode()).hexdigest()
        path = self._folder / f"{kind}-{digest[:32]}{_ENDING}"
        found = self._read(path, digest)
        if found is None:
            found = build()
            self._write(path, digest, found)
        return found

    def clear(self) -> None:
        """Remove all files, and what this process has. Raises `OSError` where one cannot be removed."""
        _recent.clear()
        for path in self._files():
            path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return list(self._folder.glob(f"*{_ENDING}")) if self._folder.is_dir() else []

    @staticmethod
    def _read(path: Path, digest: str) -> Arrays | None:
        try:
            if path.stat().st_size > LARGEST:
                return None
            with zipfile.ZipFile(path) as packed:
                if sum(each.file_size for each in packed.infolist()) > LARGEST:
                    return None
            with np.load(path, allow_pickle=False) as loaded:
                found = {name: loaded[name] for name in loaded.files}
            if bytes(found.pop(_ABOUT)).decode() != _about(digest):
                return None
            os.utime(path)  # read just now: others go before it
        except FileNotFoundError:
            return None
        except _DAMAGED as error:
            _log.info("%s cannot be read (%s); it is made again", path, type(error).__name__)
            return None
        return found

    def _write(self, path: Path, digest: str, arrays: Arrays) -> None:
        about = np.frombuffer(_about(digest).encode(), dtype=np.uint8)
        if sum(array.nbytes for array in arrays.values()) > LARGEST // 2:
            return
        written = None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as file:
                written = Path(file.name)
                np.savez(file, allow_pickle=False, **{_ABOUT: about, **arrays})
            os.replace(written, path)
            self._bound(path)
        except OSError as error:
            _log.info("what was learned cannot be kept in %s (%s)", self._folder, error.strerror)
            if written is not None:
                with contextlib.suppress(OSError):
                    written.unlink(missing_ok=True)

    def _bound(self, newest: Path) -> None:
        """Remove the files not used for longest until the rest is small enough; parts left by a crash count too."""
        files = []
        for path in (*self._files(), *self._folder.glob("*.part")):
            with contextlib.suppress(FileNotFoundError):  # another process may clear up as well
                files.append((path != newest, -path.stat().st_mtime, path, path.stat().st_size))
        total = 0
        for _, _, path, size in sorted(files):
            total += size
            if total > self._most_bytes:
                path.unlink(missing_ok=True)


def _about(digest: str) -> str:
    return f"{FORMAT} {digest}"


@cache
def versions() -> str:
    """Return a digest of the code and the language data of understanding, and of what its figures rest on."""
    folder = Path(__file__).parents[1]  # all of understanding
    made = hashlib.sha256(FORMAT.encode())
    for path in sorted(
        (*folder.rglob("*.py"), *(folder / "language").glob("*.toml"), *(folder / "language").glob("*.npz"))
    ):
        made.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for package in ("numpy", "wordllama"):
        made.update(f"{package} {metadata.version(package)}".encode())
    return made.hexdigest()


_current: ContextVar[IndexFolder | None] = ContextVar("kept", default=None)


@contextlib.contextmanager
def keeping(kept: IndexFolder | None) -> Iterator[None]:
    """Keep there what is learned inside the block; with None it is kept only in this process, for a while."""
    before = _current.set(kept)
    try:
        yield
    finally:
        _current.reset(before)


class RecentlyLearned:
    """What this process learned last: a second drive, or a catalog that comes back, learns nothing again."""

    def __init__(self, most_bytes: int = RECENT_BYTES) -> None:
        self._most_bytes = most_bytes
        self._found: dict[str, Arrays] = {}
        self._lock = threading.Lock()

    def arrays(self, kind: str, key: Sequence[object], build: Callable[[], Arrays]) -> Arrays:
        """Return what `build` makes, as it was made before from the same; nobody may write in it."""
        digest = hashlib.sha256(json.dumps([kind, *key]).encode()).hexdigest()
        found = self._found.get(digest)
        if found is None:
            found = build()
            for array in found.values():
                array.flags.writeable = False
        with self._lock:  # catalogs are learned in threads
            self._found.pop(digest, None)
            self._found[digest] = found  # the newest is last
            while len(self._found) > 1 and sum(map(_size, self._found.values())) > self._most_bytes:
                self._found.pop(next(iter(self._found)))
        return found

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._found.clear()


def _size(arrays: Arrays) -> int:
    return sum(array.nbytes for array in arrays.values())


_recent = RecentlyLearned()
"""Of this process, whoever asks."""


def learned(kind: str, key: Sequence[object], build: Callable[[], Arrays]) -> Arrays:
    """Return what `build` makes, kept in this process for a while, and where the caller of the catalog keeps it."""
    kept = _current.get()
    return _recent.arrays(kind, key, build if kept is None else lambda: kept.arrays(kind, key, build))
