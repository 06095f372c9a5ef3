"""The inbox over IMAP4rev1: unread mail, and a search. Marks as seen only the mails that are read to the driver, and
changes nothing else.

One connection a question, in a thread with a timeout: a driver asks now and then, and a kept connection would be dead
after a tunnel. It looks through a mailbox from its newest end in windows, so that no answer grows with the mailbox.
Every failure is a `RefusedError` with a sentence.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from assistant.hosting.host_errors import RefusedError
from assistant.services.mail.fetched_mails import FETCHED, fetched_mails, text_section
from assistant.services.mail.mail_addresses import MailEndpoint, tls_context
from assistant.services.mail.mail_logins import AFTER_REFUSAL, TOKEN_MECHANISMS, first_message
from assistant.services.mail.message_parsing import Mail, read_mail, text_of_part
from assistant.services.service_secrets import AccessToken, Password, SecretRefusedError, ServiceSecret

TIMEOUT = 6.0
"""Seconds that one step may take; a turn's deadline is 10 s."""
TOLD = 3
"""Most unread mails in one answer; only these are marked as read."""
MOST = 10
"""Most mails that a search returns."""
WINDOWS = (2_000, 50_000)
"""Mails that one search looks at: few at first, then as many as fit into one line of an answer with uids of ten digits
(`imaplib` ends the connection at a line of 1,000,000 bytes)."""
_KEPT = "UNDELETED"
"""Mails that another program marked as deleted stay in the mailbox until it is purged; they are not reported."""
_NO_PASSWORD_MATTER = re.compile(r"\[(?:UNAVAILABLE|LIMIT|INUSE|SERVERBUG)\]")
"""Codes of a refused login that say nothing about the password (RFC 5530)."""

T = TypeVar("T")


@dataclass(frozen=True)
class Unread:
    """The mails of an inbox to report."""

    mails: list[Mail]
    """Newest first. If none is unread, mails that were read before."""
    remaining: int
    """How many further unread mails there are; they stay unread."""


class Inbox:
    """One user's inbox. The methods block; call them in a thread."""

    def __init__(
        self, endpoint: MailEndpoint, user: str, secret: ServiceSecret, *, context: ssl.SSLContext | None = None
    ) -> None:
        self._endpoint = endpoint
        self._user = user
        self._secret = secret
        self._context = context

    def check(self) -> None:
        """Log in and out again. Raises `RefusedError`."""
        self._with(lambda connection: None)

    def unread(self) -> Unread:
        """Return the newest unread mails and mark them as read, or the newest mails if all are read."""

        def read(connection: imaplib.IMAP4) -> Unread:
            unseen = _count(connection.status("INBOX", "(UNSEEN)"), rb"UNSEEN (\d+)")
            exists = _opened(connection, read_only=False)
            found = _newest(connection, exists, [["UNSEEN", _KEPT]], TOLD) if unseen else []
            if not found:
                return Unread(_fetched(connection, _newest(connection, exists, [[_KEPT]], TOLD)), 0)
            mails = _fetched(connection, found)
            if seen := [mail.mail_id for mail in mails if mail.unread]:
                connection.uid("STORE", ",".join(seen), "+FLAGS.SILENT", "(\\Seen)")
            if remaining := max(0, unseen - len(mails)):  # the server counts deleted mails as well
                remaining -= min(remaining, len(_newest(connection, exists, [["UNSEEN", "DELETED"]], unseen)))
            return Unread(mails, remaining)

        return self._with(read)

    def search(self, words: Sequence[str]) -> list[Mail]:
        """Return the newest mails that contain every word. Marks none as read."""

        def read(connection: imaplib.IMAP4) -> list[Mail]:
            exists = _opened(connection, read_only=True)
            return _fetched(connection, _newest(connection, exists, _criteria(words), MOST))

        return self._with(read)

    def _with(self, work: Callable[[imaplib.IMAP4], T]) -> T:
        host = self._endpoint.host
        try:
            with self._connected() as connection:
                return work(connection)
        except ssl.SSLCertVerificationError:
            raise RefusedError(f"The mail server {host} cannot be trusted: its certificate is not valid.") from None
        except (OSError, imaplib.IMAP4.abort, EOFError) as error:  # broken TLS is one of them
            if isinstance(error, ssl.SSLError) and error.reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"):
                raise RefusedError(f"The mail server {host} does not speak TLS at that address.") from None
            raise RefusedError(f"The mail server {host} does not answer; try again later.") from None
        except imaplib.IMAP4.error:
            raise RefusedError(f"The mail server {host} could not do that; try again later.") from None

    @contextmanager
    def _connected(self) -> Iterator[imaplib.IMAP4]:
        endpoint = self._endpoint
        context = self._context or tls_context()
        connection: imaplib.IMAP4
        if endpoint.wrapped:
            connection = imaplib.IMAP4_SSL(endpoint.host, endpoint.port, ssl_context=context, timeout=TIMEOUT)
        else:
            connection = imaplib.IMAP4(endpoint.host, endpoint.port, timeout=TIMEOUT)
        try:
            if not endpoint.wrapped and "STARTTLS" in connection.capabilities:
                connection.starttls(context)
            elif not endpoint.wrapped and not endpoint.loopback:
                raise RefusedError(f"{endpoint.host} offers no encryption, so no password is sent to it.")
            self._log_in(connection)
            yield connection
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                connection.logout()
            with suppress(OSError):
                connection.shutdown()  # if the farewell failed, the socket is still open

    def _log_in(self, connection: imaplib.IMAP4) -> None:
        """Log in; with a password by PLAIN in UTF-8 (RFC 4616), else by LOGIN, which knows ASCII alone."""
        try:
            match self._secret:
                case AccessToken() as token:
                    self._show_token(connection, token)
                case Password(text) if "AUTH=PLAIN" in connection.capabilities:
                    answer = b"\0" + self._user.encode() + b"\0" + text.encode()
                    connection.authenticate("PLAIN", lambda _: answer)
                case Password(text):
                    # imaplib quotes only the password; a quote in the user's name would break out of it.
                    connection.login(_quoted(self._user), text)
        except imaplib.IMAP4.abort:
            raise
        except UnicodeEncodeError:
            raise RefusedError(
                f"The mail server {self._endpoint.host} takes only passwords of plain letters."
            ) from None
        except imaplib.IMAP4.error as error:
            if _NO_PASSWORD_MATTER.search(str(error).upper()):
                raise
            raise SecretRefusedError(f"The mail server {self._endpoint.host}", self._user, self._secret) from None

    def _show_token(self, connection: imaplib.IMAP4, token: AccessToken) -> None:
        mechanism = next((name for name in TOKEN_MECHANISMS if f"AUTH={name}" in connection.capabilities), None)
        if mechanism is None:
            raise RefusedError(f"The mail server {self._endpoint.host} takes no login by OAuth; use a password for it.")
        first = first_message(mechanism, self._user, token)
        # A server that refuses sends its reason as a challenge, and wants an answer before it says no.
        connection.authenticate(mechanism, lambda challenge: AFTER_REFUSAL if challenge else first)


def _opened(connection: imaplib.IMAP4, *, read_only: bool) -> int:
    """Open the inbox and return how many mails it holds."""
    return _count(connection.select("INBOX", read_only), rb"(\d+)")


def _count(answer: tuple[str, Sequence[object]], pattern: bytes) -> int:
    status, data = answer
    found = re.search(pattern, data[0]) if data and isinstance(data[0], bytes) else None
    if status != "OK" or found is None:
        raise imaplib.IMAP4.error("no count")
    return int(found.group(1))


def _criteria(words: Sequence[str]) -> list[list[str]]:
    """Return the searches for all words, each with its words; their common mails have every word. A literal comes last.

    IMAP takes letters outside ASCII only as literals, and `imaplib` sends one per command.
    """
    plain = [part for word in words if word.isascii() for part in ("TEXT", _quoted(word))]
    return [[_KEPT, *plain, word] for word in words if not word.isascii()] or [[_KEPT, *plain]]


def _newest(connection: imaplib.IMAP4, exists: int, searches: Sequence[Sequence[str]], most: int) -> list[int]:
    """Return the uids of the newest mails that all searches find, the oldest of them first."""
    found: list[int] = []
    high, sizes = exists, iter(WINDOWS)
    size = 0
    while high > 0 and len(found) < most:
        size = next(sizes, size)
        low = max(1, high - size + 1)
        common: set[int] | None = None
        for search in searches:
            uids = _searched(connection, f"{low}:{high}", search)
            common = uids if common is None else common & uids
        found = [*sorted(common or ()), *found]
        high = low - 1
    return found[-most:]


def _searched(connection: imaplib.IMAP4, window: str, search: Sequence[str]) -> set[int]:
    if search[-1].isascii():
        status, data = connection.uid("SEARCH", window, *search)
    else:
        connection.literal = search[-1].encode()  # type: ignore[assignment]  # typeshed says text; the code writes bytes
        status, data = connection.uid("SEARCH", "CHARSET", "UTF-8", window, *search[:-1], "TEXT")
    if status != "OK":
        raise imaplib.IMAP4.error("search refused")
    return {int(uid) for line in data if isinstance(line, bytes) for uid in line.split() if uid.isdigit()}


def _fetched(connection: imaplib.IMAP4, uids: Sequence[int]) -> list[Mail]:
    """Return the mails, the newest first; PEEK leaves them unread."""
    if not uids:
        return []
    what = f"(UID FLAGS INTERNALDATE BODY.PEEK[]<0.{FETCHED}>)"
    status, data = connection.uid("FETCH", ",".join(map(str, uids)), what)
    if status != "OK":
        raise imaplib.IMAP4.error("fetch refused")
    mails: list[Mail] = []
    for fetched in fetched_mails(data):
        mail = read_mail(fetched.uid, fetched.raw, unread=not fetched.seen, received=fetched.received)
        if not mail.body and len(fetched.raw) >= FETCHED:
            mail = mail.with_body(_text_behind(connection, fetched.uid))
        mails.append(mail)
    return sorted(mails, key=lambda mail: int(mail.mail_id), reverse=True)


def _text_behind(connection: imaplib.IMAP4, uid: str) -> str:
    """Return the text of a mail that stands after large attachments; "" if there is none or it cannot be fetched."""
    status, data = connection.uid("FETCH", uid, "(BODYSTRUCTURE)")
    section = text_section(data) if status == "OK" else None
    if section is None:
        return ""
    status, data = connection.uid("FETCH", uid, f"(BODY.PEEK[{section}.MIME] BODY.PEEK[{section}]<0.{FETCHED}>)")
    parts = [bytes(entry[1]) for entry in data if isinstance(entry, tuple) and len(entry) > 1]
    return text_of_part(parts[0] + parts[1]) if status == "OK" and len(parts) == 2 else ""


def _quoted(text: str) -> str:
    """Return a quoted string of the protocol; what cannot stand in one is left out."""
    kept = "".join(c for c in text if c.isprintable())
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"') + '"'
