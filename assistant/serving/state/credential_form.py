"""Whether a user's credentials for a service are well-formed before they are stored. Pure.

It never says that a login works: that is for the tool's host to say (`ToolHost.admits`), each time that they are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SECRETS = ("token", "access_token", "refresh_token", "api_key", "password")
"""Fields of which one must hold the secret."""
NAMES = ("username", "user", "email")
"""Fields of which one must be given with a password."""
_MOST_FIELDS, _LONGEST = 20, 8192


def credential_problem(credentials: Mapping[str, Any]) -> str:
    """Return what is wrong with credentials, as a sentence without a full stop; empty if nothing is.

    They are text, numbers or flags by name, at most 20 with 8,192 characters each: a token, or a user name and a
    password.
    """
    if not credentials:
        return "credentials is empty"
    if len(credentials) > _MOST_FIELDS or any(len(name) > _LONGEST for name in credentials):
        return f"credentials has more than {_MOST_FIELDS} fields, or one with a very long name"
    for name, value in credentials.items():
        if not isinstance(value, str | int | float):
            return f"credentials.{name[:60]} must be text, a number, true or false"
        if isinstance(value, str) and (len(value) > _LONGEST or not value.isprintable()):
            return f"credentials.{name[:60]} must be printable and have {_LONGEST} characters at most"
    given = [name for name in SECRETS if _text(credentials.get(name))]
    if not given:
        return f"credentials has none of {', '.join(SECRETS)}"
    if given == ["password"] and not any(_text(credentials.get(name)) for name in NAMES):
        return f"credentials has a password, and none of {', '.join(NAMES)}"
    return ""


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
