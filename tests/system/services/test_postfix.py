"""Sending through a real Postfix: who was not reached is named, what is put off waits."""

from __future__ import annotations

import pytest

from assistant.hosting.host import Done, Refused
from tests.assistant.services.test_mail_answers import mail_at, sent_to
from tests.system.services.conftest import RunningServer

pytestmark = pytest.mark.system


@pytest.mark.proves("G.mail.reached")
async def test_who_was_not_reached_is_named(postfix: RunningServer) -> None:
    mail = mail_at(postfix.port)
    everybody = await sent_to(mail, "Ann", "Tom")
    assert isinstance(everybody, Done), everybody
    assert "not_reached" not in everybody.result
    for missed in ("Nobody", "Grey", "Full"):
        told = await sent_to(mail, "Ann", missed)
        assert isinstance(told, Done), told
        assert told.result["not_reached"] == [missed]
        assert told.text.startswith("Your e-mail to Ann about party is sent. ")


@pytest.mark.parametrize(
    ("name", "code"), [("Nobody", "invalid_arguments"), ("Grey", "try_later"), ("Full", "try_later")]
)
async def test_what_is_put_off_is_later_and_who_is_unknown_is_asked_for(
    postfix: RunningServer, name: str, code: str
) -> None:
    answer = await sent_to(mail_at(postfix.port), name)
    assert isinstance(answer, Refused)
    assert answer.code == code


async def test_a_recipient_elsewhere_is_refused_by_a_rule(postfix: RunningServer) -> None:
    answer = await sent_to(mail_at(postfix.port), "x@elsewhere.example")
    assert isinstance(answer, Refused)
    assert answer.code == "refused"
    assert answer.message == "The mail server takes no mail for x@elsewhere.example; nothing was sent."
