"""A mail that its server puts off waits in the outbox and goes out once, later; an untrusted server is not believed."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from assistant.conversation.client_events import event_of
from assistant.dialogue.events import Delivered
from assistant.hosting.host import Done, Refused
from assistant.hosting.mcp_over_host import mcp_server
from assistant.services.mail.mail_service import MailService
from assistant.services.service_host import ServiceHost
from assistant.town.definitions.communication_tools import EMAIL_PERSONAL
from assistant.wording.replies import delivered_text, report
from client.call import Deferred, Outcome, Succeeded, ToolCall
from client.clock import Clock
from client.notices import DeliveryNotice, Notice
from client.servers.mcp.in_process import InProcessServer
from client.servers.tool_server import ToolServer
from client.tool_client import ToolClient
from tests.assistant.services.conftest import mail_account
from tests.assistant.town.clock import SetClock
from tests.client.clocks import VirtualClock
from tests.client.harness import consent_to, make_call, tool_client


class Greylist:
    """Puts every recipient off as often as told, and takes it then; `unknown` it never takes."""

    def __init__(self) -> None:
        self.times = 1
        self.taken: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.times > 0:
            self.times -= 1
            return "450 4.7.1 Greylisted, try again in five minutes"
        if address.startswith("unknown"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # the same
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def greylist() -> Iterator[tuple[Greylist, MailService]]:
    handler = Greylist()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, MailService(mail_account("ben", "x", smtp=port), "ben@example.org", SetClock())
    controller.stop()


def served(host: ServiceHost, *, trusted: bool) -> Callable[[httpx.AsyncClient, Clock], Sequence[ToolServer]]:
    return lambda _http, clock: [InProcessServer("town", mcp_server(host), clock, trusted=trusted)]


def outcomes(tools: ToolClient) -> list[DeliveryNotice]:
    seen: list[DeliveryNotice] = []

    def told(notice: Notice) -> None:
        if isinstance(notice, DeliveryNotice):
            seen.append(notice)

    tools.subscribe(told)
    return seen


def mail_to(*addresses: str) -> ToolCall:
    return make_call("email_personal", action="send", to=list(addresses), subject="dinner")


async def later(clock: VirtualClock, done: Callable[[], bool]) -> None:
    """Let virtual time pass until something is so, for at most an hour of it."""
    until = clock.now() + 3600
    while not done():
        assert clock.now() < until
        await clock.sleep(1.0)


@pytest.mark.proves("P3.put-off", "P3.deferred")
async def test_a_mail_that_is_put_off_waits_and_goes_out_once(
    tmp_path: Path, greylist: tuple[Greylist, MailService]
) -> None:
    handler, mail = greylist
    clock = VirtualClock()

    async def drive() -> tuple[Outcome, list[DeliveryNotice], str]:
        host = served(mail.host(), trusted=True)
        async with tool_client(tmp_path / "records.db", host, clock=clock, deferrable=True) as tools:
            notices = outcomes(tools)
            call = mail_to("ann@example.org")
            began = clock.now()
            outcome = await tools.call(call, consent=consent_to(call, clock))
            tool = tools.catalog.of("town", "email_personal")
            assert tool is not None
            text = report(tool, outcome, 0.0)
            assert not handler.taken
            await later(clock, lambda: bool(notices))
            assert clock.now() - began >= 30
            return outcome, notices, text

    outcome, notices, text = await clock.drive(drive())
    assert isinstance(outcome, Deferred)
    assert outcome.error.code == "try_later"
    assert text == (
        "The mail server asks to try ann@example.org again later; nothing was sent. "
        "I keep it and try again later: E-mail."
    )
    assert [notice.outcome.kind for notice in notices] == ["succeeded"]
    assert [envelope.rcpt_tos for envelope in handler.taken] == [["ann@example.org"]]


@pytest.mark.proves("G.mail.reached", "P3.reported")
async def test_who_was_not_reached_is_named_also_after_waiting(
    tmp_path: Path, greylist: tuple[Greylist, MailService]
) -> None:
    handler, mail = greylist
    handler.times = 2
    clock = VirtualClock()

    async def drive() -> DeliveryNotice:
        host = served(mail.host(), trusted=True)
        async with tool_client(tmp_path / "records.db", host, clock=clock, deferrable=True) as tools:
            notices = outcomes(tools)
            call = mail_to("ann@example.org", "unknown@example.org")
            assert isinstance(await tools.call(call, consent=consent_to(call, clock)), Deferred)
            await later(clock, lambda: bool(notices))
            return notices[0]

    notice = await clock.drive(drive())
    assert isinstance(notice.outcome, Succeeded)
    event = event_of(notice, 0.0)
    assert isinstance(event, Delivered)
    told = delivered_text("E-mail", event.succeeded, event.reason)
    assert told.startswith("What you confirmed before has gone through in part: E-mail. Your e-mail to ann@example.org")
    assert told.endswith("unknown@example.org did not get it: the mail server does not know unknown@example.org.")


class Busy(ServiceHost):
    """Says that it did nothing and may do it later."""

    def __init__(self) -> None:
        super().__init__("busy", (EMAIL_PERSONAL, self.nothing))
        self.calls = 0

    async def nothing(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        raise AssertionError("never reached")

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused:
        self.calls += 1
        return Refused("try_later", "Busy.", retry_after=60.0)


@pytest.mark.proves("P3.put-off", "P2.once")
@pytest.mark.parametrize(("trusted", "deferrable", "kind"), [
    (True, True, "deferred"), (False, True, "failed"), (True, False, "failed"),
])  # fmt: skip
async def test_only_a_trusted_servers_word_lets_a_call_be_sent_again(
    tmp_path: Path, trusted: bool, deferrable: bool, kind: str
) -> None:
    clock, busy = VirtualClock(), Busy()

    async def drive() -> Outcome:
        host = served(busy, trusted=trusted)
        async with tool_client(tmp_path / "records.db", host, clock=clock, deferrable=deferrable) as tools:
            call = mail_to("ann@example.org")
            return await tools.call(call, consent=consent_to(call, clock))

    assert (await clock.drive(drive())).kind == kind
    assert busy.calls == 1
