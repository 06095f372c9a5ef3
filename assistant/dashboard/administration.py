"""Reads the tables of a running `mcqueen serve` for the dashboard: with a token made from this machine's own secrets.

It looks and changes nothing. The token is good for a minute and for the tables alone, and goes to no other machine.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import platformdirs
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.serving.platform.admin_face import ADMIN_PATH
from assistant.serving.platform.callers import Permission
from assistant.serving.serving_errors import SecretsError
from assistant.serving.state.secret_keys import known_secrets, mint_login_token
from client.access.credentials import CredentialStore

TOKEN_SECONDS = 60.0
ANSWER_SECONDS = 3.0
USER = "dashboard"
"""Who looks, as the audit log has it."""
_HERE = ("127.0.0.1", "localhost", "::1")


class Table(BaseModel):
    """One table of text."""

    model_config = ConfigDict(frozen=True)

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class _Tables(BaseModel):
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class WhatServes:
    """What was read: tables, or why there are none, as a sentence."""

    tables: tuple[Table, ...] = ()
    trouble: str = ""


async def read_tables(url: str, http: httpx.AsyncClient) -> WhatServes:
    """Return the tables of `mcqueen serve` at that address without a path. Never raises."""
    if urlsplit(url).hostname not in _HERE:
        return WhatServes(trouble=f"{url} is another machine; open {url}{ADMIN_PATH} in a browser there")
    path = platformdirs.user_config_path("mcqueen") / "serving-secrets.json"
    try:
        secrets = await known_secrets(path, os.environ, CredentialStore(platformdirs.user_data_path("mcqueen")))
    except SecretsError as error:
        return WhatServes(trouble=str(error))
    if secrets is None:
        return WhatServes(trouble="mcqueen serve has not run here yet")
    token = mint_login_token(
        secrets.jwt_secret, USER, now=time.time(), seconds=TOKEN_SECONDS, permissions=[Permission.ADMIN]
    )
    try:
        answer = await http.get(
            f"{url.rstrip('/')}{ADMIN_PATH}/tables",
            headers={"Authorization": f"Bearer {token}"},
            timeout=ANSWER_SECONDS,
        )
    except (httpx.HTTPError, httpx.InvalidURL):
        return WhatServes(trouble=f"no mcqueen serve answers at {url}; start it, or set serving.url")
    if answer.status_code != httpx.codes.OK:
        return WhatServes(trouble=f"mcqueen serve at {url} refuses to tell ({answer.status_code})")
    try:
        return WhatServes(_Tables.model_validate_json(answer.content).tables)
    except ValidationError:
        return WhatServes(trouble=f"what answers at {url} is no mcqueen serve")
