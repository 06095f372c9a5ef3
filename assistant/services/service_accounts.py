"""Services that McQueen can log in to by OAuth: the addresses of their logins, mail servers and calendars.

Data only, from the providers' published pages (Google: "Using OAuth 2.0 to Access Google APIs" for desktop apps, "IMAP,
POP, and SMTP", "CalDAV API Developer's Guide"; Microsoft: "Authenticate an IMAP, POP or SMTP connection using OAuth").
Not tried on the real ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from client.access.service_login import AuthorizationServer

_GOOGLE = AuthorizationServer(
    "https://accounts.google.com",
    "https://accounts.google.com/o/oauth2/v2/auth",
    "https://oauth2.googleapis.com/token",
    "https://oauth2.googleapis.com/revoke",
    {"access_type": "offline", "prompt": "consent"},  # Google gives a refresh token only for these
)
_MICROSOFT = AuthorizationServer(
    "https://login.microsoftonline.com/common/v2.0",
    "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
    "https://login.microsoftonline.com/common/oauth2/v2.0/token",
)


@dataclass(frozen=True)
class ServiceAccount:
    """A service with a login of its own."""

    server: AuthorizationServer
    scope: str
    """Scopes, separated by spaces: those of the tool and no more."""
    imap: str = ""
    smtp: str = ""
    calendar: str = ""
    """Address of the calendars; `{account}` stands for the account."""


ACCOUNTS = {
    "gmail": ServiceAccount(
        _GOOGLE, "https://mail.google.com/", imap="imaps://imap.gmail.com", smtp="smtps://smtp.gmail.com"
    ),
    "google_calendar": ServiceAccount(
        _GOOGLE,
        "https://www.googleapis.com/auth/calendar",
        calendar="https://apidata.googleusercontent.com/caldav/v2/{account}/events/",
    ),
    "outlook": ServiceAccount(
        _MICROSOFT,
        "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
        imap="imaps://outlook.office365.com",
        smtp="smtp://smtp.office365.com",
    ),
}
"""Services by the name of `mcqueen login --service`; for others the user gives issuer, scopes and servers."""
