"""The inbox over IMAP4rev1: unread mail, and a search. Marks what was read as seen and changes nothing else.

One connection a question, in a thread with a timeout: a driver asks now and then, and a kept connection would be
dead after a tunnel. Every failure is a `RefusedError` with a sentence.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from assistant.hosting.host_errors import RefusedError
from assistant.services.mail.mail_addresses import MailPlace, tls_context
from assistant.services.mail.message_parsing import Mail, read_mail

TIMEOUT = 6.0
"""Seconds that one step may take; a turn's deadline is 10 s."""
MOST = 10
"""Mails that are told at most."""
FETCHED = 256 * 1024
"""Bytes of a mail that are fetched; more would only be text that nobody hears."""
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
_UID = re.compile(rb"UID (\d+)")

T = TypeVar("T")


class Inbox:
    """One user's inbox. The methods block; call them in a thread."""

    def __init__(self, place: MailPlace, user: str, password: str, *, context: ssl.SSLContext | None = None) -> None:
        self._place = place
        self._user = user
        self._password = password
        self._context = context

    def check(self) -> None:
        """Log in and out again. Raises `RefusedError`."""
        self._with(lambda connection: None)

    def unread(self) -> list[Mail]:
        """Return the newest unread mails, or the newest three where all are read; they count as read afterwards."""

        def read(connection: imaplib.IMAP4) -> list[Mail]:
            fresh = _found(connection.uid("SEARCH", "UNSEEN"))
            mails = _fetched(connection, fresh[-MOST:] or _found(connection.uid("SEARCH", "ALL"))[-3:])
            if seen := [mail.mail_id for mail in mails if mail.unread]:
                connection.uid("STORE", ",".join(seen), "+FLAGS.SILENT", "(\\Seen)")
            return mails

        return self._with(read)

    def search(self, words: Sequence[str]) -> list[Mail]:
        """Return the newest mails in which every word occurs. Marks none as read."""

        def read(connection: imaplib.IMAP4) -> list[Mail]:
            return _fetched(connection, _searched(connection, words)[-MOST:])

        return self._with(read)

    def _with(self, work: Callable[[imaplib.IMAP4], T]) -> T:
        try:
            with self._opened() as connection:
                return work(connection)
        except ssl.SSLError as error:
            raise RefusedError(_tls(self._place.host, error)) from None
        except (TimeoutError, OSError, imaplib.IMAP4.abort, EOFError):
            raise RefusedError(f"The mail server {self._place.host} does not answer; try again later.") from None
        except imaplib.IMAP4.error:
            raise RefusedError(f"The mail server {self._place.host} could not do that; try again later.") from None

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        place = self._place
        context = self._context or tls_context()
        connection: imaplib.IMAP4
        if place.wrapped:
            connection = imaplib.IMAP4_SSL(place.host, place.port, ssl_context=context, timeout=TIMEOUT)
        else:
            connection = imaplib.IMAP4(place.host, place.port, timeout=TIMEOUT)
        try:
            if not place.wrapped and "STARTTLS" in connection.capabilities:
                connection.starttls(context)
            elif not place.wrapped and not place.loopback:
                raise RefusedError(f"{place.host} offers no encryption, so no password is sent to it.")
            self._log_in(connection)
            connection.select("INBOX")
            yield connection
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                connection.logout()
            with suppress(OSError):
                connection.shutdown()  # where the farewell failed, the socket is still open

    def _log_in(self, connection: imaplib.IMAP4) -> None:
        try:
            # imaplib quotes only the password; a quote in the user's name would break out of it.
            connection.login(_quoted(self._user), self._password)
        except imaplib.IMAP4.abort:
            raise
        except (imaplib.IMAP4.error, UnicodeEncodeError):  # passwords of the protocol are ASCII
            raise RefusedError(
                f"The mail server refused the password of {self._user}; log in to it again, with its command and "
                "the word login."
            ) from None


def _searched(connection: imaplib.IMAP4, words: Sequence[str]) -> list[bytes]:
    plain = [part for word in words if word.isascii() for part in ("TEXT", _quoted(word))]
    other = [word for word in words if not word.isascii()]
    if not other:
        return _found(connection.uid("SEARCH", *plain))
    # IMAP takes other letters only as literals, and imaplib sends one a command: one search a word, and what all have.
    found: list[set[bytes]] = []
    for word in other:
        connection.literal = word.encode()  # type: ignore[assignment]  # typeshed says text; the code writes bytes
        found.append(set(_found(connection.uid("SEARCH", "CHARSET", "UTF-8", *plain, "TEXT"))))
    return sorted(set.intersection(*found), key=int)


def _found(answer: tuple[str, list[Any]]) -> list[bytes]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error("search refused")
    return [uid for line in data if isinstance(line, bytes) for uid in line.split() if uid.isdigit()]


def _fetched(connection: imaplib.IMAP4, uids: Sequence[bytes]) -> list[Mail]:
    """Return the mails, the newest first; PEEK leaves them unread."""
    if not uids:
        return []
    status, data = connection.uid("FETCH", b",".join(uids).decode(), f"(UID FLAGS BODY.PEEK[]<0.{FETCHED}>)")
    if status != "OK":
        raise imaplib.IMAP4.error("fetch refused")
    mails: list[Mail] = []
    for number, entry in enumerate(data):
        if not isinstance(entry, tuple) or len(entry) < 2:
            continue
        after = data[number + 1] if number + 1 < len(data) and isinstance(data[number + 1], bytes) else b""
        about = bytes(entry[0]) + b" " + bytes(after)  # servers put flags before or after the text
        uid, flags = _UID.search(about), _FLAGS.search(about)
        if uid is not None:
            seen = flags is not None and b"\\seen" in flags.group(1).lower()
            mails.append(read_mail(uid.group(1).decode(), bytes(entry[1]), unread=not seen))
    return sorted(mails, key=lambda mail: int(mail.mail_id), reverse=True)


def _quoted(text: str) -> str:
    """Return a quoted string of the protocol; what cannot stand in one is left out."""
    kept = "".join(c for c in text if c.isprintable())
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _tls(host: str, error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The mail server {host} cannot be trusted: its certificate is not valid."
    return f"The mail server {host} does not speak TLS at that address."
