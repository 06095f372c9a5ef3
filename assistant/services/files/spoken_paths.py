"""Turns a spoken or written path into the parts of a path below the root. Pure; looks at no disk.

A path that leads above the root is refused here, and `folder_tree` refuses it a second time by how it opens files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath

from assistant.hosting.host_errors import RefusedError

Parts = tuple[str, ...]
"""Names from the root down; none of them is empty, "." or "..", and none holds a slash. Empty means the root."""

SIGNS: Mapping[str, str] = {
    "dot": ".", "punkt": ".", "slash": "/", "schrägstrich": "/", "underscore": "_", "unterstrich": "_",
    "dash": "-", "hyphen": "-", "bindestrich": "-",
}  # fmt: skip
"""Words that people say for the characters of a path, in English and German."""
_SIGN = re.compile(rf"\s*(?<!\S)(?:forward )?({'|'.join(SIGNS)})(?!\S)\s*", re.IGNORECASE)
"""Such a word standing alone: "called.dot/secrets" contains "dot" as part of a name, not as a spoken character."""
_SOUND = re.compile(rf"(?<!\w)(?:forward )?(?:{'|'.join(SIGNS)})(?!\w)", re.IGNORECASE)
_LONGEST = 1000
_LONGEST_NAME = 255
"""Bytes of one name that Linux and macOS take."""
OWN_PREFIX = ".mcqueen-"
"""Files of this server in the root: the trash, and files that are being written."""


def readings(said: str, root: str = "") -> list[Parts]:
    """Return the possible meanings of a path, likeliest first: as written, and with spoken characters replaced.

    Raises `RefusedError` if no meaning stays below the root.
    """
    text = unicodedata.normalize("NFC", said).strip().strip("\"'")
    if len(text) > _LONGEST or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise RefusedError("That is no path; say the name of a file.", [], ["path"])
    spoken = _SIGN.sub(lambda found: SIGNS[found[1].casefold()], text)
    found: list[Parts] = []
    for written in dict.fromkeys((text, spoken)):
        parts = _below(_within(written.replace("\\", "/"), root))
        if parts is None:
            raise RefusedError("That leads out of the folder; only files inside of it can be used.", [], ["path"])
        found.append(parts)
    return list(dict.fromkeys(found))


def heard_alike(name: str) -> str:
    """Return the sound of a name: no case, no punctuation, no accents."""
    spoken = _SOUND.sub(" ", name)
    bare = "".join(c for c in unicodedata.normalize("NFKD", spoken.casefold()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w]|_", " ", bare).split())


def without_ending(name: str) -> str:
    """Return a name without its ending ("shopping.txt" is "shopping")."""
    return PurePosixPath(name).stem


def shown(parts: Parts) -> str:
    """Return a path for people and programs."""
    return "/".join(parts)


def _within(path: str, root: str) -> str:
    """Return a whole path that names the root as one below it."""
    if root and (path == root or path.startswith(f"{root.rstrip('/')}/")):
        return path[len(root.rstrip("/")) :].lstrip("/")
    return path


def _below(path: str) -> Parts | None:
    """Return the parts; None if they lead out of the root, or if no file can have such a name."""
    if path.startswith("/"):
        return None
    parts: list[str] = []
    for part in (part.strip() for part in path.split("/")):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part and part != ".":
            if len(part.encode()) > _LONGEST_NAME or part.casefold().startswith(OWN_PREFIX):
                return None
            parts.append(part)
    return tuple(parts)
