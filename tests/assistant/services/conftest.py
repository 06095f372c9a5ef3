"""Real counterparts on loopback: SMTP by aiosmtpd, IMAP by a small server of ours, CalDAV by Radicale."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from assistant.services.mail.mail_account import MailAccount
from assistant.services.mail.mail_addresses import MailEndpoint
from assistant.services.service_secrets import FixedPassword, Password
from tests.assistant.services.imap_server import ImapServer, imap_server

USER, PASSWORD = "driver@family.example", 'pass "word" \\ 1'


class Post:
    """What the SMTP server took, and at which command it hangs up."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.refused = ""
        self.hang_up = False

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 log in first"
        if address == self.refused:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # same
        self.taken.append(envelope)
        if self.hang_up and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 OK"


@dataclass(frozen=True)
class SmtpServer:
    post: Post
    port: int


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
) -> AuthResult:
    known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    post = Post()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        post,
        hostname="127.0.0.1",
        port=port,
        authenticator=_authenticate,
        auth_require_tls=False,
    )
    controller.start()
    yield SmtpServer(post, port)
    controller.stop()


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with imap_server(USER, PASSWORD) as server:
        yield server


@dataclass(frozen=True)
class DavServer:
    url: str
    user: str
    password: str


@pytest.fixture(scope="session")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DavServer]:
    """A real Radicale, as a process of its own."""
    folder: Path = tmp_path_factory.mktemp("radicale")
    (folder / "users").write_text("anna:secret words\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "--server-hosts": f"127.0.0.1:{port}",
        "--auth-type": "htpasswd",
        "--auth-htpasswd-filename": str(folder / "users"),
        "--auth-htpasswd-encryption": "plain",
        "--auth-delay": "0",
        "--storage-filesystem-folder": str(folder / "data"),
        "--rights-type": "owner_only",
    }
    flat = [word for pair in options.items() for word in pair]
    process = subprocess.Popen(
        [sys.executable, "-m", "radicale", "--config", "", *flat], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 20
    while True:
        assert process.poll() is None, "Radicale ended"
        assert time.monotonic() < until, "Radicale does not answer"
        try:
            httpx.get(url, timeout=2)
            break
        except httpx.TransportError:
            time.sleep(0.02)
    yield DavServer(url, "anna", "secret words")
    process.terminate()
    process.wait(10)


def known(password: str) -> FixedPassword:
    """Return the source of a password that never changes."""
    return FixedPassword(Password(password))


def mail_account(user: str, password: str, *, imap: int = 1, smtp: int = 1) -> MailAccount:
    """Return an account on servers of this machine; nobody listens at port 1."""
    places = MailEndpoint("imap", "127.0.0.1", imap), MailEndpoint("smtp", "127.0.0.1", smtp)
    return MailAccount(*places, user, known(password))
