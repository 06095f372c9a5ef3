"""What SMTP servers answer to recipients, passwords and connections, and what is told of it: no more than is true."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from assistant.hosting.host import Done, Refused
from assistant.services.mail.mail_service import MailService
from assistant.services.mail.recipient_answers import RecipientAnswer, answer_about
from tests.assistant.services.conftest import mail_account
from tests.assistant.town.clock import SetClock

ANSWERS = {
    "nobody": "550 5.1.1 <nobody>: Recipient address rejected: User unknown in local recipient table",
    "exim-nobody": "550 Unknown user",
    "relay": "554 5.7.1 <relay>: Relay access denied",
    "grey": "450 4.2.0 <grey>: Recipient address rejected: Greylisted, see http://postgrey.example",
    "full": "452 4.2.2 Mailbox full",
    "over": "552 5.2.2 <over> Quota exceeded (mailbox for user is full)",
    "busy": "451 4.3.0 Temporary lookup failure",
}
CONTACTS = {name.title(): f"{name}@example.org" for name in (*ANSWERS, "ann", "tom")}
KEPT_PASSWORD = "größe-9"


class Recipients:
    """Answers each recipient by its name, and the text as told."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.at_sender = self.at_text = "250 OK"

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_sender.startswith("250"):
            envelope.mail_from = address
        return self.at_sender

    async def handle_RCPT(  # noqa: N802  # the same
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = ANSWERS.get(address.split("@")[0], "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # the same
        if self.at_text.startswith("250"):
            self.taken.append(envelope)
        return self.at_text


def known(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=data.password == KEPT_PASSWORD.encode(), handled=False)


@pytest.fixture
def served() -> Iterator[tuple[Recipients, MailService]]:
    recipients = Recipients()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(recipients, hostname="127.0.0.1", port=port, authenticator=known, auth_require_tls=False)
    controller.start()
    yield recipients, mail_at(port)
    controller.stop()


def mail_at(port: int, password: str = KEPT_PASSWORD) -> MailService:
    return MailService(mail_account("ben", password, smtp=port), "b@example.org", SetClock(), CONTACTS)


async def sent_to(mail: MailService, *names: str) -> Done | Refused:
    arguments = {"action": "send", "to": list(names), "subject": "party", "body": "come"}
    return await mail.host().call("email_personal", arguments)


@pytest.mark.proves("G.mail.reached")
@pytest.mark.parametrize(
    ("missed", "words"),
    [
        ("Nobody", "Nobody did not get it: the mail server does not know nobody@example.org."),
        ("Grey", "Grey did not get it: the mail server asks to try grey@example.org again later."),
        ("Full", "Full did not get it: the mailbox of full@example.org is full for now."),
        ("Relay", "Relay did not get it: the mail server takes no mail for relay@example.org."),
    ],
)
async def test_nobody_is_told_as_reached_who_was_not(
    served: tuple[Recipients, MailService], missed: str, words: str
) -> None:
    recipients, mail = served
    for names in (["Ann", missed], [missed, "Ann"]):
        told = await sent_to(mail, *names)
        assert isinstance(told, Done)
        assert told.text == f"Your e-mail to Ann about party is sent. {words}"
        assert told.result["not_reached"] == [missed]
        assert told.result["emails"][0]["to"] == ["ann@example.org"]
    assert [envelope.rcpt_tos for envelope in recipients.taken] == [["ann@example.org"]] * 2


async def test_all_who_were_missed_are_named_with_their_reasons(served: tuple[Recipients, MailService]) -> None:
    told = await sent_to(served[1], "Grey", "Ann", "Nobody", "Tom", "Exim-Nobody")
    assert isinstance(told, Done)
    assert told.text == (
        "Your e-mail to Ann and Tom about party is sent. Grey, Nobody and Exim-Nobody did not get it: the mail server "
        "does not know nobody@example.org, the mail server takes no mail for exim-nobody@example.org and the mail "
        "server asks to try grey@example.org again later."
    )


@pytest.mark.proves("P3.put-off")
@pytest.mark.parametrize("name", ["Grey", "Full", "Over", "Busy"])
async def test_what_a_server_puts_off_may_be_sent_later(served: tuple[Recipients, MailService], name: str) -> None:
    recipients, mail = served
    answer = await sent_to(mail, name)
    assert isinstance(answer, Refused)
    assert (answer.code, answer.retry_after) == ("try_later", 300.0)
    assert answer.message.endswith("; nothing was sent.")
    assert name.lower() in answer.message
    assert not recipients.taken


@pytest.mark.parametrize(
    ("name", "code"), [("Nobody", "invalid_arguments"), ("Exim-Nobody", "invalid_arguments"), ("Relay", "refused")]
)
async def test_only_somebody_unknown_is_asked_for_anew(
    served: tuple[Recipients, MailService], name: str, code: str
) -> None:
    for names in ([name], [name, "Grey"]):
        answer = await sent_to(served[1], *names)
        assert isinstance(answer, Refused)
        assert answer.code == code
        assert answer.names == (() if name == "Relay" else ("to",))


@pytest.mark.parametrize("step", ["at_sender", "at_text"])
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("451 4.3.0 try later", "try_later"),
        ("554 5.7.1 spam", "refused"),
        ("552 5.3.4 too big", "refused"),
    ],
)
async def test_a_refused_sender_or_text_is_told_as_not_sent(
    served: tuple[Recipients, MailService], step: str, said: str, code: str
) -> None:
    recipients, mail = served
    setattr(recipients, step, said)
    answer = await sent_to(mail, "Ann")
    assert isinstance(answer, Refused)
    assert answer.code == code
    assert "nothing was sent" in answer.message


@pytest.mark.parametrize(
    "said", ["552 5.2.2 Mailbox full", "452 4.2.2 <ann@example.org> Mailbox full", "552 over quota"]
)
async def test_a_mailbox_that_is_full_for_the_text_is_told_as_full(
    served: tuple[Recipients, MailService], said: str
) -> None:
    recipients, mail = served
    recipients.at_text = said
    answer = await sent_to(mail, "Ann")
    assert isinstance(answer, Refused)
    assert (answer.code, answer.retry_after) == ("try_later", 300.0)
    assert answer.message == "The mailbox of ann@example.org is full for now; nothing was sent."


@pytest.mark.proves("G.services")
async def test_a_password_of_other_letters_logs_in(served: tuple[Recipients, MailService]) -> None:
    recipients, mail = served
    assert isinstance(await sent_to(mail, "Ann"), Done)
    refused = await sent_to(mail_at(mail.account.smtp.port, "große-9"), "Ann")
    assert isinstance(refused, Refused)
    assert "refused the password of ben" in refused.message
    assert len(recipients.taken) == 1


class Scripted(asyncio.Protocol):
    """A server that answers with set lines whatever it is told, and then hangs up."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._next()

    def _next(self) -> None:
        if not self.lines:
            self.transport.abort()
            return
        self.transport.write(f"{self.lines.pop(0)}\r\n".encode())


GREETING = ["220 hello", "250 hello"]


@pytest.mark.proves("G.services")
@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "try_later"),
        (["421 4.3.2 too many connections"], "try_later"),
        (["554 5.7.1 no service for you"], "refused"),
        (GREETING[:1], "try_later"),
        (["220 hello", "250-hello\r\n250 AUTH PLAIN", "454 4.7.0 temporary authentication failure"], "try_later"),
        (["220 hello", "250-hello\r\n250 AUTH PLAIN", "535 5.7.8 wrong"], "refused"),
        (GREETING, "try_later"),
        ([*GREETING, "250 OK"], "try_later"),
        ([*GREETING, "250 OK", "421 4.4.2 timeout"], "try_later"),
        ([*GREETING, "250 OK", "250 OK", "354 go on"], "outcome_unknown"),
        ([*GREETING, "250 OK", "250 OK", "354 go on", "451 4.3.0 disk full"], "try_later"),
        ([*GREETING, "250 OK", "250 OK", "354 go on", "250 OK"], "sent"),
    ],
)
async def test_a_server_that_stops_at_any_step_is_told_as_it_is(lines: list[str], code: str) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Scripted(list(lines)), "127.0.0.1", 0)
    async with server:
        answer = await sent_to(mail_at(server.sockets[0].getsockname()[1]), "Ann")
    assert (answer.code if isinstance(answer, Refused) else "sent") == code
    if isinstance(answer, Refused) and code != "outcome_unknown":
        assert "nothing was sent" in answer.message.lower()


@pytest.mark.parametrize(
    ("code", "said", "meaning"),
    [
        (550, b"5.1.1 no", RecipientAnswer.UNKNOWN),
        (550, b"no such user", RecipientAnswer.PERHAPS_UNKNOWN),
        (550, b"5.7.1 not allowed", RecipientAnswer.NOT_TAKEN),
        (550, b"5.1.8 bad sender", RecipientAnswer.NOT_TAKEN),
        (556, b"5.1.10 null MX", RecipientAnswer.UNKNOWN),
        (550, b"5.2.1 mailbox disabled", RecipientAnswer.NOT_TAKEN),
        (552, b"mailbox full", RecipientAnswer.FULL),
        (552, b"5.2.2 full", RecipientAnswer.FULL),
        (552, b"5.3.4 too big", RecipientAnswer.NOT_TAKEN),
        (524, b"5.2.4 Mailing list expansion problem: <nobody@example.org>", RecipientAnswer.PERHAPS_UNKNOWN),
        (550, b"5.4.1 Recipient address rejected: Access denied", RecipientAnswer.PERHAPS_UNKNOWN),
        (554, b"no", RecipientAnswer.NOT_TAKEN),
        (450, b"", RecipientAnswer.LATER),
        (452, b"4.5.3 too many recipients", RecipientAnswer.LATER),
    ],
)
def test_codes_mean_what_the_standard_says(code: int, said: bytes, meaning: Any) -> None:
    assert answer_about(code, said) is meaning
