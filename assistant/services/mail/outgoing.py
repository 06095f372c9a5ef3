"""Sending over SMTP: one mail, once. Tries nothing again, and says so where it is not known whether it went.

In a thread with a timeout, like the inbox. No password goes over a wire that others can read.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from assistant.hosting.host_errors import RefusedError
from assistant.services.mail.mail_addresses import MailPlace, tls_context

TIMEOUT = 6.0
"""Seconds that one step may take."""


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
    """The way out. The methods block; call them in a thread."""

    def __init__(self, place: MailPlace, user: str, password: str, *, context: ssl.SSLContext | None = None) -> None:
        self._place = place
        self._user = user
        self._password = password
        self._context = context

    def check(self) -> None:
        """Log in and out again. Raises `RefusedError`."""
        connection = self._open()
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()

    def send(self, message: EmailMessage) -> None:
        """Send it. Raises `RefusedError`: not sent, or not known whether it was."""
        host = self._place.host
        connection = self._open()
        try:
            connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            refused = ", ".join(error.recipients)
            raise RefusedError(f"The mail server does not know {refused}; nothing was sent.", [], ["to"]) from None
        except smtplib.SMTPNotSupportedError:
            raise RefusedError(f"The mail server {host} cannot send to such an address.", [], ["to"]) from None
        except smtplib.SMTPServerDisconnected:
            raise _unknown(host) from None
        except smtplib.SMTPResponseException as error:
            raise RefusedError(
                f"The mail server {host} refused the e-mail with code {error.smtp_code}; nothing was sent."
            ) from None
        except (TimeoutError, OSError):
            raise _unknown(host) from None
        finally:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()

    def _open(self) -> smtplib.SMTP:
        """Connect and log in; nothing is sent where this fails."""
        place = self._place
        context = self._context or tls_context()
        connection: smtplib.SMTP | None = None
        opened = False
        try:
            if place.wrapped:
                connection = smtplib.SMTP_SSL(place.host, place.port, timeout=TIMEOUT, context=context)
            else:
                connection = smtplib.SMTP(place.host, place.port, timeout=TIMEOUT)
            connection.ehlo()
            if not place.wrapped and connection.has_extn("starttls"):
                connection.starttls(context=context)
                connection.ehlo()
            elif not place.wrapped and not place.loopback:
                raise RefusedError(f"{place.host} offers no encryption, so no password is sent to it.")
            if connection.has_extn("auth"):
                connection.login(self._user, self._password)
            opened = True
        except (smtplib.SMTPAuthenticationError, UnicodeEncodeError):  # passwords of the protocol are ASCII
            raise RefusedError(
                f"The mail server refused the password of {self._user}; log in to it again, with its command and "
                "the word login. Nothing was sent."
            ) from None
        except ssl.SSLCertVerificationError:
            raise RefusedError(
                f"The mail server {place.host} cannot be trusted: its certificate is not valid; nothing was sent."
            ) from None
        except (smtplib.SMTPException, OSError):
            raise RefusedError(f"The mail server {place.host} does not answer; nothing was sent.") from None
        finally:
            if connection is not None and not opened:
                connection.close()
        return connection


def _unknown(host: str) -> RefusedError:
    return RefusedError(
        f"The mail server {host} was lost while sending; I do not know whether the e-mail went, look among those sent."
    )
