"""Files below one folder, opened so that no name and no link leads out of it. Blocking; knows no words.

Each name of a path is opened by itself, from the folder above it, and never through a link: what changes on the disk
meanwhile cannot lead elsewhere. A file is replaced as a whole or not at all.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.hosting.host_errors import RefusedError
from assistant.services.files.spoken_paths import OWN_PREFIX, Parts, shown

LARGEST = 1024 * 1024
"""Most bytes of a file that is read or written."""
_NEW = f"{OWN_PREFIX}new-"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class FileItem:
    """A file or a folder."""

    parts: Parts
    folder: bool
    size: int
    """Bytes."""
    changed: float
    """Seconds since the epoch."""


class FolderTree:
    """The files below a folder. Every method may raise `RefusedError`; then nothing was changed."""

    def __init__(self, root: Path) -> None:
        """`root` may itself be reached through links."""
        self.root = root.resolve()
        with self.folder(()) as opened:
            for name in os.listdir(opened):
                if name.startswith(_NEW):  # an earlier process was killed while it wrote
                    with suppress(OSError):
                        os.unlink(name, dir_fd=opened)

    @contextmanager
    def folder(self, parts: Parts, *, make: bool = False) -> Iterator[int]:
        """Yield a folder as a descriptor; `make` makes the folders that are missing."""
        with _told(parts):
            opened = os.open(self.root, _FOLDER)
        try:
            for part in parts:
                with _told(parts):
                    if make:
                        with suppress(FileExistsError):
                            os.mkdir(part, dir_fd=opened)
                    inner = os.open(part, _FOLDER, dir_fd=opened)
                os.close(opened)
                opened = inner
            yield opened
        finally:
            os.close(opened)

    def items(self, parts: Parts) -> list[FileItem]:
        """Return the contents of a folder by name. Links, and entries that are neither file nor folder, are
        left out.
        """
        found: list[FileItem] = []
        with self.folder(parts) as opened, _told(parts):
            for name in sorted(os.listdir(opened), key=str.casefold):
                with suppress(FileNotFoundError):
                    item = _item((*parts, name), os.stat(name, dir_fd=opened, follow_symlinks=False))
                    if item is not None and not name.startswith(OWN_PREFIX):
                        found.append(item)
        return found

    def item(self, parts: Parts) -> FileItem | None:
        """Return the file or folder at the path; None if there is none, or only a link."""
        if not parts:
            return FileItem((), True, 0, 0.0)
        try:
            with self.folder(parts[:-1]) as opened:
                return _item(parts, os.stat(parts[-1], dir_fd=opened, follow_symlinks=False))
        except (OSError, RefusedError):
            return None

    def read(self, parts: Parts) -> bytes:
        """Return the bytes of a file of at most `LARGEST`."""
        with self.folder(parts[:-1]) as opened, _told(parts):
            # Without O_NONBLOCK a pipe would hold the open until somebody writes.
            file = os.open(
                parts[-1] if parts else ".",
                os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC,
                dir_fd=opened,
            )
            with os.fdopen(file, "rb") as opened_file:
                kind = os.fstat(opened_file.fileno())
                if not stat.S_ISREG(kind.st_mode):
                    raise RefusedError(f"{shown(parts)} is a folder and no file.", [], ["path"])
                raw = opened_file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise RefusedError(f"{shown(parts)} is too large to be read.", [], ["path"])
        return raw

    def write(self, parts: Parts, raw: bytes) -> None:
        """Write these bytes to a file, new or old. If killed at any moment, the old file or the new one is left
        whole.
        """
        if not parts:
            raise RefusedError("What is the file called?", [], ["path"])
        there = self.item(parts)
        if there is not None and there.folder:
            raise RefusedError(f"{shown(parts)} is a folder and no file.", [], ["path"])
        new = f"{_NEW}{secrets.token_hex(8)}"
        with self.folder(()) as root, self.folder(parts[:-1], make=True) as opened, _told(parts):
            # In the root, where the next start finds what a kill leaves behind.
            file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644, dir_fd=root)
            try:
                with os.fdopen(file, "wb") as written:
                    if there is not None:
                        mode = os.stat(parts[-1], dir_fd=opened, follow_symlinks=False).st_mode
                        os.fchmod(written.fileno(), stat.S_IMODE(mode))
                    written.write(raw)
                    written.flush()
                    os.fsync(written.fileno())
                os.replace(new, parts[-1], src_dir_fd=root, dst_dir_fd=opened)
            except OSError:
                with suppress(OSError):
                    os.unlink(new, dir_fd=root)
                raise
            os.fsync(opened)

    def make_folder(self, parts: Parts) -> bool:
        """Make a folder and its parents; return whether it is new."""
        with self.folder(parts[:-1], make=True) as opened, _told(parts):
            try:
                os.mkdir(parts[-1], dir_fd=opened)
            except FileExistsError:
                return False
        return True

    def move(self, parts: Parts, to: Parts) -> None:
        """Rename a file or folder. An existing one is never replaced."""
        if not parts or not to:
            raise RefusedError("What is it to be called?", [], ["destination_path"])
        if to[: len(parts)] == parts:
            raise RefusedError(f"{shown(parts)} cannot be moved into itself.", [], ["destination_path"])
        there = self.item(parts)
        with self.folder(parts[:-1]) as source, self.folder(to[:-1], make=True) as target, _told(parts):
            if there is not None and there.folder:
                os.mkdir(to[-1], dir_fd=target)  # an empty folder reserves the name against others
                try:
                    os.replace(parts[-1], to[-1], src_dir_fd=source, dst_dir_fd=target)
                except OSError:
                    with suppress(OSError):
                        os.rmdir(to[-1], dir_fd=target)
                    raise
            else:
                _rename(parts[-1], to[-1], source, target)
            os.fsync(target)

    def erase(self, parts: Parts) -> None:
        """Delete for good, a folder with all its contents; no link in it is followed."""
        there = self.item(parts)
        with self.folder(parts[:-1]) as opened, _told(parts):
            if there is not None and there.folder:
                shutil.rmtree(parts[-1], dir_fd=opened)  # through descriptors, if the system supports that
            else:
                os.unlink(parts[-1], dir_fd=opened)


def _rename(name: str, other: str, source: int, target: int) -> None:
    """Rename a file to a free name: through a second link, or on disks without links, through an empty file."""
    try:
        os.link(name, other, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        os.close(os.open(other, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=target))
        os.replace(name, other, src_dir_fd=source, dst_dir_fd=target)
    else:
        os.unlink(name, dir_fd=source)


def _item(parts: Parts, found: os.stat_result) -> FileItem | None:
    if stat.S_ISDIR(found.st_mode):
        return FileItem(parts, True, 0, found.st_mtime)
    return FileItem(parts, False, found.st_size, found.st_mtime) if stat.S_ISREG(found.st_mode) else None


_SENTENCES = {
    errno.ENOENT: "There is no {path}.",
    errno.ELOOP: "{path} is a link; links are not followed.",
    errno.ENOTDIR: "There is no {path}: part of it is no folder.",
    errno.EISDIR: "{path} is a folder and no file.",
    errno.EEXIST: "There is a {path} already; choose another name.",
    errno.EACCES: "This user may not use {path}.",
    errno.EPERM: "This user may not use {path}.",
    errno.EROFS: "The disk is read-only; nothing was changed.",
    errno.ENOSPC: "The disk is full; nothing was changed.",
    errno.ENAMETOOLONG: "That name is too long.",
    errno.ENXIO: "{path} is no file.",
}


@contextmanager
def _told(parts: Parts) -> Iterator[None]:
    """Turn a disk error into a sentence."""
    try:
        yield
    except OSError as error:
        sentence = _SENTENCES.get(error.errno or 0, "The disk could not do that with {path}.")
        raise RefusedError(sentence.format(path=shown(parts) or "the folder"), [], ["path"]) from error
