"""The inbox on a real Dovecot: letters of every kind, what counts as read, and a mailbox of 200,000."""

from __future__ import annotations

import imaplib
import os
import shutil
import subprocess

import pytest

from assistant.hosting.host_errors import RefusedError
from assistant.services.mail.fetched_mails import FETCHED
from assistant.services.mail.inbox import Inbox
from assistant.services.mail.mail_addresses import MailEndpoint
from assistant.services.service_secrets import Password
from tests.assistant.services.test_inbox import attached_first
from tests.system.services.conftest import DRIVER, SECRET, RunningServer

pytestmark = pytest.mark.system


def inbox_at(server: RunningServer, password: str = SECRET) -> Inbox:
    return Inbox(MailEndpoint("imap", "127.0.0.1", server.port), DRIVER, Password(password))


def put(server: RunningServer, *mails: bytes) -> None:
    for number, raw in enumerate(mails, 1):
        (server.folder / "mail" / "new" / f"{1_900_000_000 + number}.M{number}.h").write_bytes(raw)
    give_away(server)


def give_away(server: RunningServer) -> None:
    if os.getuid() == 0:
        subprocess.run(["chown", "-R", "mail:mail", str(server.folder / "mail")], check=True)


def test_a_password_of_other_letters_logs_in(dovecot: RunningServer) -> None:
    inbox_at(dovecot).check()
    with pytest.raises(RefusedError, match="refused the password"):
        inbox_at(dovecot, "große-9").check()


@pytest.mark.proves("G.mail.marked")
def test_ten_unread_mails_are_told_three_at_a_time(dovecot: RunningServer) -> None:
    put(dovecot, *(f"From: q@x.example\r\nSubject: mail {n}\r\n\r\ngröße {n}\r\n".encode() for n in range(1, 11)))
    inbox = inbox_at(dovecot)
    told: list[str] = []
    for remaining in (7, 4, 1, 0):
        unread = inbox.unread()
        assert unread.remaining == remaining
        told += [mail.subject for mail in unread.mails]
    assert told == [f"mail {n}" for n in range(10, 0, -1)]
    assert [mail.subject for mail in inbox.search(["größe", "7"])] == ["mail 7"]


@pytest.mark.proves("G.mail.marked")
def test_mails_that_another_program_deleted_are_not_told(dovecot: RunningServer) -> None:
    put(dovecot, *(f"Subject: mail {n}\r\n\r\ngröße\r\n".encode() for n in range(1, 7)))
    with imaplib.IMAP4("127.0.0.1", dovecot.port) as other:
        other.authenticate("PLAIN", lambda _: f"\0{DRIVER}\0{SECRET}".encode())
        other.select("INBOX")
        other.store("2,6", "+FLAGS", "\\Deleted")
    inbox = inbox_at(dovecot)
    told = inbox.unread()
    assert ([mail.subject for mail in told.mails], told.remaining) == (["mail 5", "mail 4", "mail 3"], 1)
    assert [mail.subject for mail in inbox.search(["größe"])] == ["mail 5", "mail 4", "mail 3", "mail 1"]


def test_mails_of_every_kind_are_read(dovecot: RunningServer) -> None:
    put(
        dovecot,
        "From: Jürgen Müller <j@x.example>\r\nSubject: Rohe Grüße\r\n\r\nx\r\n".encode(),
        attached_first(FETCHED + 1000),
        b"",
    )
    empty, photos, raw = inbox_at(dovecot).unread().mails
    assert (raw.subject, raw.sender_name) == ("Rohe Grüße", "Jürgen Müller")
    assert photos.body == "Here they are."
    assert empty.subject == "no subject"
    assert all(mail.at.year > 2020 for mail in (empty, photos, raw)), "of the day when it came"


@pytest.mark.proves("G.mail.large")
def test_two_hundred_thousand_mails_with_the_longest_uids_are_read(dovecot: RunningServer) -> None:
    current = dovecot.folder / "mail" / "cur"
    uids = ["3 V1700000000 N4200200001 G0123456789abcdef0123456789abcdef"]
    seed = current
    for number in range(200_000):
        name = f"{1_700_000_000 + number}.M{number}.h"
        if number % 20_000 == 0:  # a file takes only so many links
            seed = current / f"{name}:2,S"
            seed.write_bytes(b"From: a@x.example\r\nSubject: old\r\n\r\nx\r\n")
        else:
            os.link(seed, current / f"{name}:2,S")
        uids.append(f"{4_200_000_000 + number} :{name}")
    (dovecot.folder / "mail" / "dovecot-uidlist").write_text("\n".join(uids) + "\n")
    put(dovecot, b"From: a@x.example\r\nSubject: new\r\n\r\nx\r\n")
    with imaplib.IMAP4("127.0.0.1", dovecot.port) as other:  # its first look makes an index, which takes its time
        other.authenticate("PLAIN", lambda _: f"\0{DRIVER}\0{SECRET}".encode())
        other.select("INBOX")
        other.fetch("199999:200001", "(FLAGS BODY.PEEK[])")
    inbox = inbox_at(dovecot)
    unread = inbox.unread()
    assert ([mail.subject for mail in unread.mails], unread.remaining) == (["new"], 0)
    assert [mail.subject for mail in inbox.unread().mails] == ["new", "old", "old"]
    shutil.rmtree(current)
