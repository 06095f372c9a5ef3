"""Replaces a file that only its owner may read. Readers, also after a crash, find the whole old text or the whole new
one.

It does not know what the text means, and takes no lock.
"""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Replace the file, mode 0600 from its first byte, and make its folder if there is none.

    With `durable` the content survives a power cut. Without it, the content survives only the end of the process.
    Raises `OSError`; the old file is then unchanged.
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
