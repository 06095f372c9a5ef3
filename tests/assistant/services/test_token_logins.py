"""Mail and calendar with a login by OAuth: what is shown to the servers, and a token that is renewed when refused.

The first messages are written down from Google's page on XOAUTH2 and from RFC 7628, not made by the code under test.
"""

from __future__ import annotations

import base64
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from assistant.hosting.host import Done, Refused
from assistant.hosting.host_errors import RefusedError, TryLaterError
from assistant.services.calendar.dav import CalDav
from assistant.services.mail.mail_account import MailAccount
from assistant.services.mail.mail_addresses import MailEndpoint
from assistant.services.mail.mail_service import MailService
from assistant.services.service_secrets import AccessToken, RenewedTokens, SecretSource, ServiceSecret
from client.client_errors import LoginError, RenewLaterError
from tests.assistant.services.imap_server import Kept, imap_server
from tests.assistant.town.clock import SetClock

pytestmark = pytest.mark.proves("G.services.oauth")

USER = "someuser@example.com"
XOAUTH2 = b"user=someuser@example.com\x01auth=Bearer {token}\x01\x01"
OAUTHBEARER = b"n,a=someuser@example.com,\x01auth=Bearer {token}\x01\x01"
MAIL = Kept(b"From: a@x.example\r\nSubject: Hello\r\n\r\nx\r\n")


def message(pattern: bytes, token: str) -> bytes:
    return pattern.replace(b"{token}", token.encode())


@dataclass
class Source:
    """A login whose tokens a test sets; `newer` is what it gives after a refusal."""

    token: str
    newer: str = ""
    trouble: Exception | None = None
    refused: list[str] = field(default_factory=list)

    async def current(self) -> ServiceSecret:
        if self.trouble is not None:
            raise self.trouble
        return AccessToken(self.token)

    async def after_refusal(self, refused: ServiceSecret) -> ServiceSecret | None:
        self.refused.append(refused.text)
        return AccessToken(self.newer) if self.newer else None


class Submission:
    """An SMTP server that knows XOAUTH2 and one token."""

    def __init__(self) -> None:
        self.token = ""
        self.taken: list[Envelope] = []
        self.shown: list[bytes] = []

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802  # aiosmtpd's name
        first = base64.b64decode(args[1])
        self.shown.append(first)
        if first == message(XOAUTH2, self.token):
            return AuthResult(success=True, auth_data=USER)
        await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # same
        assert session.authenticated
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def submission() -> Iterator[tuple[Submission, int]]:
    handler = Submission()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        handler, hostname="127.0.0.1", port=port, auth_require_tls=False, auth_exclude_mechanism=["PLAIN", "LOGIN"]
    )
    controller.start()
    yield handler, port
    controller.stop()


def service(source: SecretSource, *, imap: int = 1, smtp: int = 1) -> MailService:
    account = MailAccount(
        MailEndpoint("imap", "127.0.0.1", imap), MailEndpoint("smtp", "127.0.0.1", smtp), USER, source
    )
    return MailService(account, USER, SetClock())


@pytest.mark.parametrize(("mechanism", "pattern"), [("XOAUTH2", XOAUTH2), ("OAUTHBEARER", OAUTHBEARER)])
async def test_mail_is_read_with_the_mechanism_that_the_server_has(mechanism: str, pattern: bytes) -> None:
    with imap_server(USER, "") as server:
        server.more_capabilities = f" AUTH={mechanism}"
        server.mails = [MAIL]
        server.first_messages = {message(pattern, "new")}
        source = Source("old", newer="new")
        told = await service(source, imap=server.port).host().call("email_personal", {"action": "read"})
        assert isinstance(told, Done), told
        assert "Hello" in told.text
        assert source.refused == ["old"]


async def test_a_mail_is_sent_once_although_its_first_token_was_refused(submission: tuple[Submission, int]) -> None:
    handler, port = submission
    handler.token = "new"
    mail = service(Source("old", newer="new"), smtp=port).host()
    sent = await mail.call("email_personal", {"action": "send", "to": ["b@x.example"], "subject": "Hello"})
    assert isinstance(sent, Done), sent
    assert len(handler.taken) == 1
    assert handler.shown == [message(XOAUTH2, "old"), message(XOAUTH2, "new")]


async def test_a_refused_login_without_a_newer_token_says_how_to_log_in(submission: tuple[Submission, int]) -> None:
    handler, port = submission
    handler.token = "another"
    mail = service(Source("old"), smtp=port).host()
    refused = await mail.call("email_personal", {"action": "send", "to": ["b@x.example"], "subject": "Hello"})
    assert isinstance(refused, Refused)
    assert "mcqueen login --service" in refused.message
    assert "Nothing was sent" in refused.message
    assert "old" not in refused.message.replace("someuser", "")
    assert handler.taken == []


async def test_a_server_without_these_mechanisms_is_named() -> None:
    with imap_server(USER, "") as server:
        refused = await service(Source("t"), imap=server.port).host().call("email_personal", {"action": "read"})
    assert isinstance(refused, Refused)
    assert "takes no login by OAuth" in refused.message


async def test_a_login_that_cannot_be_renewed_now_lets_a_confirmed_mail_wait() -> None:
    mail = service(Source("", trouble=TryLaterError("Later.", 60))).host()
    refused = await mail.call("email_personal", {"action": "send", "to": ["b@x.example"], "subject": "Hello"})
    assert isinstance(refused, Refused)
    assert (refused.code, refused.retry_after) == ("try_later", 60)


class Tokens:
    """Stands for `ServiceTokens` at its edge: gives a token or fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def token(self, *, refused: str = "") -> str:
        raise self.error


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (RenewLaterError(503), TryLaterError, "cannot be renewed at the moment"),
        (LoginError("the login of ben to gmail has ended; run mcqueen login"), RefusedError, "The login of ben"),
    ],
)
async def test_what_fails_at_a_renewal_is_one_sentence(error: Exception, kind: type[Exception], words: str) -> None:
    tokens: Any = Tokens(error)
    with pytest.raises(kind, match=words) as raised:
        await RenewedTokens(tokens).current()
    assert type(raised.value) is kind


def calendar_with(answers: Callable[[httpx.Request], httpx.Response], source: SecretSource) -> CalDav:
    return CalDav(httpx.AsyncClient(transport=httpx.MockTransport(answers)), "https://dav.example/c/", USER, source)


async def test_a_calendar_gets_a_bearer_token_and_a_newer_one_after_401() -> None:
    shown: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        shown.append(request.headers["authorization"])
        return httpx.Response(401 if shown[-1].endswith("old") else 404)

    with pytest.raises(RefusedError, match="no calendar"):
        await calendar_with(answer, Source("old", newer="new")).check()
    assert shown[:2] == ["Bearer old", "Bearer new"]


async def test_a_calendar_that_refuses_every_token_says_how_to_log_in() -> None:
    dav = calendar_with(lambda _: httpx.Response(401), Source("old", newer="new"))
    with pytest.raises(RefusedError, match="mcqueen login --service"):
        await dav.between(datetime(2026, 11, 21, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC))
