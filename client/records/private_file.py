"""Replaces a file that only its owner may read: readers and a crash find the old text or the new one, never half of it.

Knows nothing of what is written, and takes no lock.
"""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Replace the file, mode 0600 from its first byte, and make its folder if there is none.

    `durable` is whether the content survives a loss of power, too; the end of a process it survives anyway. Raises
    `OSError`, and then leaves the old file as it was.
    """
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
