"""Turns the bytes of a mail into decoded headers and plain text that can be said, even if the mail is malformed.

It parses a bounded part of a mail and never fails on one. It runs, fetches and renders nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html import unescape
from itertools import islice

from assistant.services.spoken import bounded, one_line

LONGEST_BODY = 5000
"""Most letters of a body that are passed on."""
_MOST_PARTS = 50
"""How many texts of a mail are read."""
_DEEPEST = 12
"""How deeply nested parts are read."""
_BLOCKS = re.compile(r"(?is)<(script|style|head)\b.*?(</\1\s*>|\Z)")
_BREAKS = re.compile(r"(?i)<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^>]*>")
_ENCODED_WORDS = re.compile(r"=\?[^?\s]*\?[bq]\?[^?]*\?=(?:\s+=\?[^?\s]*\?[bq]\?[^?]*\?=)*", re.I)
_TAGS = re.compile(r"<[^>]*>?")


@dataclass(frozen=True)
class Mail:
    """The parts of an e-mail that are reported."""

    mail_id: str
    sender: str
    """Address."""
    sender_name: str
    """Name that can be spoken."""
    to: tuple[str, ...]
    subject: str
    body: str
    at: datetime
    unread: bool

    def with_body(self, body: str) -> Mail:
        """Return the mail with another text."""
        return replace(self, body=bounded(body, LONGEST_BODY))


def read_mail(mail_id: str, raw: bytes, *, unread: bool, received: datetime | None = None) -> Mail:
    """Return the speakable parts of a mail from its bytes, which may be cut. Without a date, it is dated `received`."""
    message = message_from_bytes(raw, policy=policy.compat32)
    name, address = _addresses(message, "From")[0]
    return Mail(
        mail_id,
        address,
        one_line(name or address.split("@")[0] or "somebody", 60),
        tuple(address for _, address in _addresses(message, "To") if address),
        one_line(_decoded(next(_raw(message, "Subject"), ""))) or "no subject",
        bounded(_body(message), LONGEST_BODY),
        _date(message) or received or datetime.fromtimestamp(0, UTC),
        unread,
    )


def _addresses(message: Message, header: str) -> list[tuple[str, str]]:
    raw = list(islice(_raw(message, header), 4))
    found = [(_decoded(name), one_line(address, 254)) for name, address in getaddresses(raw)[:50]]
    return found or [("", "")]


def _raw(message: Message, header: str) -> Iterator[str]:
    """Yield the headers of that name; letters outside ASCII are UTF-8 (RFC 6532), else Latin-1 of old programs."""
    for name, value in message.raw_items():
        if name.lower() == header.lower():
            raw = str(value).encode("ascii", "surrogateescape") if _has_octets(str(value)) else None
            yield str(value) if raw is None else _text(raw, None)


def _has_octets(text: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in text)


def _decoded(header: object) -> str:
    """Return a header as text; unknown charsets and broken encodings lose letters, not the mail."""
    return _ENCODED_WORDS.sub(_decoded_words, str(header)[:2000])


def _decoded_words(found: re.Match[str]) -> str:
    """Return encoded words that follow each other as text; only they are decoded, never what stands around them."""
    try:
        parts = decode_header(found.group())
    except (HeaderParseError, ValueError, LookupError):  # broken base64 inside an encoded word
        return found.group()
    return "".join(part if isinstance(part, str) else _text(part, charset) for part, charset in parts)


def _text(raw: bytes, charset: str | None) -> str:
    for name in (charset, "utf-8"):
        try:
            return raw.decode(name or "utf-8")
        except (LookupError, ValueError):
            continue
    return raw.decode("latin-1")


def text_of_part(raw: bytes) -> str:
    """Return the text of one part of a mail, given with its own headers."""
    return bounded(_body(message_from_bytes(raw, policy=policy.compat32)), LONGEST_BODY)


def _body(message: Message) -> str:
    """Return what the sender wrote: the first plain text, else the first HTML as text.

    A text with a file name counts only if there is no other text. A text in a forwarded mail comes after both.
    """
    found: dict[tuple[int, str], str] = {}
    for rank, part in islice(_parts(message, 0), _MOST_PARTS):
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            text = _text(payload[: LONGEST_BODY * 40], part.get_content_charset())
            kind = part.get_content_type()
            found.setdefault((rank, kind), text if kind == "text/plain" else _plain(text))
    said = (text for _, text in sorted(found.items(), key=_rank_and_kind) if text.strip())
    return next(said, "")


def _rank_and_kind(entry: tuple[tuple[int, str], str]) -> tuple[int, bool]:
    (rank, kind), _ = entry
    return rank, kind != "text/plain"


def _parts(part: Message, rank: int, depth: int = 0) -> Iterator[tuple[int, Message]]:
    """Yield each text that is no attachment with its rank: 0; 1 more if it has a file name; 2 if it is in a forwarded
    mail."""
    if depth > _DEEPEST or part.get_content_disposition() == "attachment":
        return
    if part.is_multipart():
        inner = rank + 2 if part.get_content_maintype() == "message" else rank
        for child in part.get_payload():
            if isinstance(child, Message):
                yield from _parts(child, inner, depth + 1)
    elif part.get_content_type() in ("text/plain", "text/html"):
        yield rank + (1 if part.get_filename() else 0), part


def _plain(html: str) -> str:
    text = _TAGS.sub(" ", _BREAKS.sub("\n", _BLOCKS.sub(" ", html)))
    lines = (" ".join(line.split()) for line in unescape(text).splitlines())
    return "\n".join(line for line in lines if line)


def _date(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(next(_raw(message, "Date"), ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
