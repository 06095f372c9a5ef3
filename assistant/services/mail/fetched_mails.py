"""Parses an IMAP server's answers to FETCH, as `imaplib` returns them: mails, and the position of a mail's text.

Pure, and lenient: an answer that cannot be read is left out. It asks no server.
"""

from __future__ import annotations

import imaplib
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

FETCHED = 256 * 1024
"""How many bytes of a mail, or of its text, are fetched. Nobody would listen to more text."""
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)", re.I)
_UID = re.compile(rb"UID (\d+)", re.I)
_SHORT_BODY = re.compile(rb'BODY\[\](?:<0>)? (?:NIL|"((?:[^"\\]|\\.)*)")', re.I)
_WORD = re.compile(r'\(|\)|"(?:[^"\\]|\\.)*"|[^\s()"]+')
_DEEPEST = 12
"""How deeply nested parts are read."""

Tree = list["Tree | str"]


@dataclass(frozen=True)
class FetchedMail:
    """One mail of an answer."""

    uid: str
    raw: bytes
    """Its first bytes."""
    seen: bool
    received: datetime | None
    """When the server received it."""


def fetched_mails(data: Sequence[object]) -> Iterator[FetchedMail]:
    """Yield the mails of an answer to `FETCH (UID FLAGS INTERNALDATE BODY.PEEK[]<0.N>)`."""
    for number, entry in enumerate(data):
        if isinstance(entry, tuple) and len(entry) > 1:
            after = data[number + 1] if number + 1 < len(data) else b""
            about = bytes(entry[0]) + b" " + (after if isinstance(after, bytes) else b"")  # flags on either side
            raw = bytes(entry[1])
        elif isinstance(entry, bytes) and (short := _SHORT_BODY.search(entry)):
            about, raw = entry, re.sub(rb"\\(.)", rb"\1", short.group(1) or b"")  # an empty mail is no literal
        else:
            continue
        uid, flags = _UID.search(about), _FLAGS.search(about)
        if uid is not None:
            seen = flags is not None and b"\\seen" in flags.group(1).lower()
            yield FetchedMail(uid.group(1).decode(), raw, seen, _received(about))


def _received(about: bytes) -> datetime | None:
    try:
        found = imaplib.Internaldate2tuple(about)
        return datetime.fromtimestamp(time.mktime(found), UTC) if found else None
    except (ValueError, OverflowError, KeyError):
        return None


def text_section(data: Sequence[object]) -> str | None:
    """Return the number of the section with the plain text, else with HTML, of an answer to `FETCH (BODYSTRUCTURE)`."""
    text = b"".join(
        bytes(entry) if isinstance(entry, bytes) else _without_length(entry)
        for entry in data
        if isinstance(entry, bytes | tuple)
    ).decode("latin-1")
    _, marker, structure = text.partition("BODYSTRUCTURE ")
    tree = _tree(structure) if marker else None
    if tree is None:
        return None
    kinds: dict[str, str] = {}
    for section, kind in _texts(tree, "", 0):
        kinds.setdefault(kind, section)
    return kinds.get("plain") or kinds.get("html")


def _without_length(entry: tuple[object, ...]) -> bytes:
    """Return a line that ends in a literal with the literal as a quoted string."""
    head, literal = (part if isinstance(part, bytes) else b"" for part in entry[:2])
    quoted = literal.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return re.sub(rb"\{\d+\+?\}\s*$", b"", head) + b'"' + quoted + b'" '


def _tree(structure: str) -> Tree | None:
    """Return the first list of the text; None if it does not end."""
    stack: list[Tree] = []
    for word in _WORD.findall(structure):
        if word == "(":
            stack.append([])
        elif word != ")":
            if stack:
                stack[-1].append(word.strip('"').lower())
        elif stack:
            closed = stack.pop()
            if not stack:
                return closed
            stack[-1].append(closed)
    return None


def _texts(tree: Tree, section: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield section and subtype of each text that is no attachment."""
    if depth > _DEEPEST or not tree:
        return
    if isinstance(tree[0], list):
        for number, part in enumerate((part for part in tree if isinstance(part, list)), 1):
            if number > _multiparts(tree):
                return
            yield from _texts(part, f"{section}.{number}" if section else str(number), depth + 1)
    elif tree[0] == "text" and len(tree) > 1 and not _attached(tree):
        yield section or "1", str(tree[1])


def _multiparts(tree: Tree) -> int:
    """Return how many parts come before the subtype of a multipart; lists behind it are its parameters."""
    return next((number for number, part in enumerate(tree) if not isinstance(part, list)), len(tree))


def _attached(part: Tree) -> bool:
    return any(isinstance(entry, list) and entry and entry[0] == "attachment" for entry in part)
