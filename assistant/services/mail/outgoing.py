"""Sends one mail over SMTP, once. It reports who was not reached, and if the answer is lost, that the outcome is
unknown.

It runs in a thread with a timeout, like the inbox. It never sends again, and sends no password unencrypted.
"""

from __future__ import annotations

import base64
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from assistant.hosting.host_errors import ArgumentsError, LostOutcomeError, RefusedError, TryLaterError
from assistant.services.mail.mail_addresses import MailEndpoint, tls_context
from assistant.services.mail.mail_logins import AFTER_REFUSAL, TOKEN_MECHANISMS, first_message
from assistant.services.mail.recipient_answers import RecipientAnswer, answer_about, sentence_about
from assistant.services.service_secrets import AccessToken, Password, SecretRefusedError, ServiceSecret

TIMEOUT = 6.0
"""Seconds that one step may take."""
AGAIN_AFTER = 300.0
"""Seconds after which a deferred mail is sent again; greylisting asks for one to five minutes."""
AWAY_FOR = 30.0
"""Seconds after which a server that does not answer is asked again."""


def compose(sender: str, to: Sequence[str], subject: str, body: str, at: datetime) -> EmailMessage:
    """Return the mail. Line ends and controls in headers become spaces, so that no words make headers of their own."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Subject"] = " ".join("".join(c if c.isprintable() else " " for c in subject).split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    message.set_content(body or subject)
    return message


class Outgoing:
    """The outgoing mail. The methods block; call them in a thread."""

    def __init__(
        self, endpoint: MailEndpoint, user: str, secret: ServiceSecret, *, context: ssl.SSLContext | None = None
    ) -> None:
        self._endpoint = endpoint
        self._user = user
        self._secret = secret
        self._context = context

    def check(self) -> None:
        """Log in and out again. Raises `RefusedError`."""
        connection = self._open()
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()

    def send(self, message: EmailMessage, sender: str, to: Sequence[str]) -> Mapping[str, RecipientAnswer]:
        """Send the mail, and return the addresses that the server did not accept, with its answer to each.

        Raises `TryLaterError` (nothing was sent, and it may be taken later), `ArgumentsError` (nobody is known there),
        `LostOutcomeError` (it is not known whether it was sent) and `RefusedError` (nothing was sent).
        """
        connection = self._open()
        try:
            left_out = self._offered(connection, sender, to)
            self._handed_over(connection, message, [address for address in to if address not in left_out])
            return left_out
        finally:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()

    def _offered(self, connection: smtplib.SMTP, sender: str, to: Sequence[str]) -> dict[str, RecipientAnswer]:
        """Name sender and recipients; this sends nothing yet. Return the refused recipients, if at least one was
        accepted."""
        options: list[str] = []
        if not all(address.isascii() for address in (sender, *to)):
            if not connection.has_extn("smtputf8"):
                raise RefusedError(f"The mail server {self._endpoint.host} cannot send to such an address.", [], ["to"])
            options = ["SMTPUTF8", "BODY=8BITMIME"]
            connection.command_encoding = "utf-8"
        refused: dict[str, RecipientAnswer] = {}
        try:
            code, _ = connection.mail(sender, options)
            if code != 250:
                raise self._refused(code)
            for address in dict.fromkeys(to):
                code, said = connection.rcpt(address)
                if code == 421:  # the server says goodbye: it refuses no address by that
                    raise self._refused(code)
                if code not in (250, 251):
                    refused[address] = answer_about(code, said)
        except (smtplib.SMTPException, OSError):
            raise self._away() from None
        if len(refused) < len(set(to)):
            return refused
        about = sentence_about(refused)
        sentence = f"{about[:1].upper()}{about[1:]}; nothing was sent."
        if all(answer.later for answer in refused.values()):
            raise TryLaterError(sentence, AGAIN_AFTER)
        if any(answer.asked_anew for answer in refused.values()):
            raise ArgumentsError([sentence], ["to"])
        raise RefusedError(sentence)

    def _handed_over(self, connection: smtplib.SMTP, message: EmailMessage, takers: Sequence[str]) -> None:
        """Send the text to the accepted recipients. A server that only now finds their mailbox full defers the mail."""
        international = connection.command_encoding != "ascii"
        raw = message.as_bytes(policy=policy.SMTPUTF8 if international else policy.SMTP)
        try:
            code, said = connection.data(raw)
        except smtplib.SMTPDataError as error:  # before the text was sent
            code, said = error.smtp_code, b""
        except (smtplib.SMTPException, OSError):
            raise LostOutcomeError(
                f"The mail server {self._endpoint.host} was lost while sending; I do not know whether the e-mail went, "
                "look among those sent."
            ) from None
        if code != 250 and answer_about(code, said) is RecipientAnswer.FULL:
            about = sentence_about(dict.fromkeys(takers, RecipientAnswer.FULL))
            raise TryLaterError(f"{about[:1].upper()}{about[1:]}; nothing was sent.", AGAIN_AFTER)
        if code != 250:
            raise self._refused(code)

    def _open(self) -> smtplib.SMTP:
        """Connect and log in; nothing is sent if this fails."""
        endpoint = self._endpoint
        context = self._context or tls_context()
        connection: smtplib.SMTP | None = None
        opened = False
        try:
            if endpoint.wrapped:
                connection = smtplib.SMTP_SSL(endpoint.host, endpoint.port, timeout=TIMEOUT, context=context)
            else:
                connection = smtplib.SMTP(endpoint.host, endpoint.port, timeout=TIMEOUT)
            connection.ehlo()
            if not endpoint.wrapped and connection.has_extn("starttls"):
                connection.starttls(context=context)
                connection.ehlo()
            elif not endpoint.wrapped and not endpoint.loopback:
                raise RefusedError(f"{endpoint.host} offers no encryption, so no password is sent to it.")
            if connection.has_extn("auth"):
                self._log_in(connection)
            opened = True
        except ssl.SSLCertVerificationError:
            raise RefusedError(
                f"The mail server {endpoint.host} cannot be trusted: its certificate is not valid; nothing was sent."
            ) from None
        except smtplib.SMTPResponseException as error:
            raise self._refused(error.smtp_code) from None
        except (smtplib.SMTPException, OSError):
            raise self._away() from None
        finally:
            if connection is not None and not opened:
                connection.close()
        return connection

    def _log_in(self, connection: smtplib.SMTP) -> None:
        """Log in with the secret. Raises `SecretRefusedError` and `RefusedError`; nothing is sent then."""
        offered = str(connection.esmtp_features.get("auth", "")).upper().split()
        match self._secret:
            case AccessToken() as token:
                code = self._show_token(connection, offered, token)
            case Password(text):
                code = self._give_password(connection, offered, text)
        if code in (235, 503):
            return
        if code // 100 == 4:
            raise self._refused(code)
        raise SecretRefusedError(
            f"The mail server {self._endpoint.host}", self._user, self._secret, "Nothing was sent."
        )

    def _show_token(self, connection: smtplib.SMTP, offered: Sequence[str], token: AccessToken) -> int:
        for mechanism in TOKEN_MECHANISMS:
            if mechanism in offered:
                first = _base64(first_message(mechanism, self._user, token))
                code, _ = connection.docmd("AUTH", f"{mechanism} {first}")
                if code == 334:  # the server says why it refuses, and wants an answer before it says no
                    code, _ = connection.docmd(_base64(AFTER_REFUSAL))
                return code
        raise RefusedError(
            f"The mail server {self._endpoint.host} takes no login by OAuth; use a password for it. Nothing was sent."
        )

    def _give_password(self, connection: smtplib.SMTP, offered: Sequence[str], text: str) -> int:
        """Log in by PLAIN in UTF-8 (RFC 4616), else by what the server has; smtplib itself writes ASCII alone."""
        user, password = self._user.encode(), text.encode()
        if "PLAIN" in offered:
            return connection.docmd("AUTH", "PLAIN " + _base64(b"\0" + user + b"\0" + password))[0]
        if "LOGIN" in offered:
            code, _ = connection.docmd("AUTH", f"LOGIN {_base64(user)}")
            return connection.docmd(_base64(password))[0] if code == 334 else code
        try:
            return connection.login(self._user, text)[0]
        except smtplib.SMTPAuthenticationError as error:
            return error.smtp_code
        except UnicodeEncodeError:
            raise RefusedError(
                f"The mail server {self._endpoint.host} takes only passwords of plain letters; nothing was sent."
            ) from None

    def _refused(self, code: int) -> RefusedError:
        host = self._endpoint.host
        if code // 100 == 4 or code == -1:
            return TryLaterError(f"The mail server {host} asks to try again later; nothing was sent.", AGAIN_AFTER)
        return RefusedError(f"The mail server {host} refused the e-mail with code {code}; nothing was sent.")

    def _away(self) -> TryLaterError:
        return TryLaterError(f"The mail server {self._endpoint.host} does not answer; nothing was sent.", AWAY_FOR)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
