"""Sending through OpenSMTPD and Exim, which say otherwise than Postfix why somebody is not reached."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.hosting.host import Done, Refused
from tests.assistant.services.test_mail_answers import mail_at, sent_to
from tests.system.services.conftest import RunningServer
from tests.system.services.smtp_servers import running_exim, running_opensmtpd

pytestmark = [pytest.mark.system, pytest.mark.proves("G.mail.reached")]
SERVERS = {"opensmtpd": running_opensmtpd, "exim": running_exim}


@pytest.fixture(scope="module", params=SERVERS)
def smtp_server(request: pytest.FixtureRequest) -> Iterator[RunningServer]:
    with SERVERS[request.param]() as server:
        yield server


@pytest.fixture(scope="module")
def exim() -> Iterator[RunningServer]:
    with running_exim() as server:
        yield server


async def test_who_was_not_reached_is_named(smtp_server: RunningServer) -> None:
    mail = mail_at(smtp_server.port)
    everybody = await sent_to(mail, "Ann", "Tom")
    assert isinstance(everybody, Done), everybody
    assert "not_reached" not in everybody.result
    for missed in ("Nobody", "x@elsewhere.example"):
        for names in (["Ann", missed], [missed, "Ann"]):
            told = await sent_to(mail, *names)
            assert isinstance(told, Done), told
            assert told.result["not_reached"] == [missed]
            assert told.text.startswith("Your e-mail to Ann about party is sent. ")


@pytest.mark.parametrize("name", ["Nobody", "x@elsewhere.example"])
async def test_who_may_be_unknown_is_asked_for_anew(smtp_server: RunningServer, name: str) -> None:
    answer = await sent_to(mail_at(smtp_server.port), name)
    assert isinstance(answer, Refused)
    assert (answer.code, answer.names) == ("invalid_arguments", ("to",))
    assert "takes no mail for" in answer.message


@pytest.mark.parametrize(("name", "said"), [("Grey", "again later"), ("Full", "is full for now")])
async def test_what_exim_puts_off_waits(exim: RunningServer, name: str, said: str) -> None:
    answer = await sent_to(mail_at(exim.port), name)
    assert isinstance(answer, Refused)
    assert answer.code == "try_later"
    assert said in answer.message
