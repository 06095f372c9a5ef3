"""A login from the command to the driver's ears: an authorization server, a mail server, and the service between."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import httpx
import pytest

from tests.assistant.services.imap_server import ImapServer, Kept, imap_server
from tests.assistant.services.service_drives import ENVIRONMENT, drive
from tests.client.service_authorization import CLIENT_ID, CLIENT_SECRET, ServiceAuthorization
from tests.client.serving import serve

USER = "driver@family.example"
MAIL = Kept(b"From: ben@x.example\r\nSubject: The bridge is open\r\n\r\nSince noon.\r\n")


class Issued(set[bytes]):
    """The first messages of XOAUTH2 with a token that the authorization server has given and not ended."""

    def __init__(self, authorization: ServiceAuthorization) -> None:
        super().__init__()
        self._authorization = authorization

    def __contains__(self, first: object) -> bool:
        messages = (f"user={USER}\x01auth=Bearer {token}\x01\x01".encode() for token in self._authorization.access)
        return first in set(messages)


def words_of(server: ImapServer) -> list[str]:
    return [
        "--service", "family", "--imap", f"imap://127.0.0.1:{server.port}", "--smtp", "smtp://127.0.0.1:1",
        "--user", USER,
    ]  # fmt: skip


async def log_in(folder: Path, issuer: str) -> None:
    """Run `mcqueen login --service` and be the browser of its page."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "assistant.cli", "login", "--service", "family", "--account", USER,
        "--client-id", CLIENT_ID, "--issuer", issuer, "--scope", "mail", "--no-browser",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**ENVIRONMENT, "HOME": str(folder)}, cwd=folder,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(f"{CLIENT_SECRET}\n".encode())
    process.stdin.close()
    told = ""
    while "http" not in told:
        line = await asyncio.wait_for(process.stderr.readline(), 60)
        assert line, told
        told += line.decode()
    page = told[told.index("http", told.index("log in at")) :].strip()
    async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as browser:
        assert (await browser.get(page)).status_code == 200
    out, rest = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, told + rest.decode()
    assert f"logged in to family as {USER}" in out.decode()


@pytest.mark.proves("G.services.oauth")
@pytest.mark.parametrize("how", [(), ("--voice",)], ids=["typed", "spoken"])
async def test_a_driver_hears_mail_behind_a_login_also_after_its_token_has_ended(
    tmp_path: Path, how: tuple[str, ...]
) -> None:
    authorization = ServiceAuthorization(user=USER, token_seconds=1)
    async with serve(authorization.app()) as url:
        authorization.url = url.replace("localhost", "127.0.0.1")
        await log_in(tmp_path, authorization.url)
        with imap_server(USER, "") as server:
            server.more_capabilities, server.mails = " AUTH=XOAUTH2", [MAIL]
            server.first_messages = Issued(authorization)
            await asyncio.to_thread(drive, tmp_path, "login.yaml", "mail", words_of(server), "", *how)
    grants = [form["grant_type"] for form in authorization.asked]
    assert grants[0] == "authorization_code"
    assert "refresh_token" in grants[1:]
    assert len(authorization.refresh) == 1, "a refresh token is replaced by each renewal"
