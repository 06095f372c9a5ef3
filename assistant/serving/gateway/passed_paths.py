"""Which paths and headers of a request may be passed on to a service behind the gateway.

A path is judged as the last of several decoders would read it, and is passed on as it was sent. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import unquote_to_bytes

from assistant.serving.gateway.gateway_consent import HEADER

CALLER = "X-McQueen-Caller"
"""The header that tells a service who calls: a JWT signed with the service's own key."""
_MOST_DECODINGS = 8
_OURS = ("x-mcqueen-", "x-forwarded-", "x-auth-request-")
"""Prefixes of headers that only a gateway may set."""
_ALWAYS = frozenset({"forwarded", "x-real-ip", HEADER})
_IDENTITY = frozenset(
    {
        "authorization",
        "remote-user",
        "x-remote-user",
        "x-user",
        "x-user-id",
        "x-authenticated-user",
        "x-authenticated-userid",
        "x-session-id",
    }
)
"""Headers that say who somebody is. They are not passed on to a service whose callers log in here."""


def decoded(raw: str) -> str:
    """Return a path without any layer of percent-encoding. Raises `ValueError`: it is not UTF-8, or has more than 8
    layers.
    """
    now = raw.encode("latin-1")
    for _ in range(_MOST_DECODINGS):
        inner = unquote_to_bytes(now)
        if inner == now:
            return now.decode("utf-8")
        now = inner
    raise ValueError("the path is encoded too often")


def leads_out(path: str) -> bool:
    """Return whether a fully decoded path could be read as another one: by dot segments, backslashes or control
    characters.
    """
    dots = any(segment.partition(";")[0].strip() in (".", "..") for segment in path.split("/"))
    return dots or "\\" in path or any(ord(sign) < 0x20 or ord(sign) == 0x7F for sign in path)


def passed_headers(headers: Mapping[str, str] | Sequence[tuple[str, str]], *, login: bool) -> list[tuple[str, str]]:
    """Return the caller's headers that are passed on. With `login`, headers that say who somebody is are dropped, too.

    A service may read `_` in a name as `-`, so both count as the same sign.
    """
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    kept = []
    for name, value in pairs:
        plain = name.lower().replace("_", "-")
        if plain.startswith(_OURS) or plain in _ALWAYS or (login and plain in _IDENTITY):
            continue
        kept.append((name, value))
    return kept
