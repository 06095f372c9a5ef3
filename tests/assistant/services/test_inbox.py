"""Reading mailboxes: only what was told counts as read, however large the mailbox is and whatever wrote the mails."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime

import pytest

from assistant.hosting.host_errors import RefusedError
from assistant.services.mail.fetched_mails import FETCHED, fetched_mails, text_section
from assistant.services.mail.inbox import Inbox
from assistant.services.mail.mail_addresses import MailEndpoint
from assistant.services.mail.message_parsing import read_mail
from assistant.services.service_secrets import Password
from tests.assistant.services.conftest import PASSWORD, USER
from tests.assistant.services.imap_server import ImapServer, Kept, imap_server

SEEN = "\\Seen"


def inbox_at(server: ImapServer, password: str = PASSWORD) -> Inbox:
    return Inbox(MailEndpoint("imap", "127.0.0.1", server.port), USER, Password(password))


def numbered(number: int) -> Kept:
    return Kept(f"From: a{number}@b.example\r\nSubject: mail {number}\r\n\r\ntext\r\n".encode())


@pytest.mark.proves("G.mail.marked")
def test_only_what_was_told_is_marked_as_read_and_asking_again_tells_the_rest(imap: ImapServer) -> None:
    imap.mails = [numbered(number) for number in range(1, 11)]
    inbox = inbox_at(imap)
    told: list[str] = []
    for remaining in (7, 4, 1, 0):
        unread = inbox.unread()
        told += [mail.subject for mail in unread.mails]
        assert unread.remaining == remaining
        assert [mail.subject for mail in unread.mails] == told[-len(unread.mails) :]
        assert {f"mail {n}" for n, mail in enumerate(imap.mails, 1) if SEEN in mail.flags} == set(told)
    assert told == [f"mail {number}" for number in range(10, 0, -1)]
    again = inbox.unread()
    assert [mail.subject for mail in again.mails] == ["mail 10", "mail 9", "mail 8"]
    assert (again.remaining, any(mail.unread for mail in again.mails)) == (0, False)


@pytest.mark.proves("G.mail.large")
@pytest.mark.parametrize("unread", ["all", "oldest", "none"])
def test_two_hundred_thousand_mails_with_the_longest_uids_are_read(imap: ImapServer, unread: str) -> None:
    imap.before_uids = 4_200_000_000
    shared = Kept(b"Subject: many\r\n\r\nword here\r\n", set() if unread == "all" else {SEEN})
    imap.mails = [Kept(b"Subject: first\r\n\r\nx\r\n", {SEEN} if unread == "none" else set())]
    imap.mails += [shared] * 199_998 + [Kept(b"Subject: last\r\n\r\nrare\r\n", set(shared.flags))]
    inbox = inbox_at(imap)
    found = inbox.unread()
    subjects = ["first"] if unread == "oldest" else ["last", "many", "many"]
    assert [mail.subject for mail in found.mails] == subjects
    assert found.mails[0].mail_id == str(imap.before_uids + (1 if unread == "oldest" else 200_000))
    assert found.remaining == (199_997 if unread == "all" else 0)
    assert len(inbox.search(["word"])) == 10
    searches = [command for command in imap.commands if command.startswith("UID SEARCH")]
    assert len(searches) <= 7


@pytest.mark.parametrize(
    ("header", "subject", "name"),
    [
        ("From: Jürgen Müller <jm@x.example>\r\nSubject: Rohe Grüße".encode(), "Rohe Grüße", "Jürgen Müller"),
        ("From: Zoë\r\nSubject: Grüße".encode("latin-1"), "Grüße", None),
        (b"From: =?iso-8859-1?q?J=FCrgen?= <j@x.example>\r\nSubject: Gr\xfc\xdfe", "Grüße", "Jürgen"),
        ("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= aus Łódź".encode(), "Grüße aus Łódź", None),
        (b"Subject: =?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=", "Grüße", None),
        (b"Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\n =?utf-8?b?IGFu?= alle", "Grüße an alle", None),
        ("Subject: 会議の予定\r\nFrom: 山田 <y@x.example>".encode(), "会議の予定", "山田"),
        ("Subject: Привет".encode(), "Привет", None),
        (b"Subject: a \\u0142 b = c?", "a \\u0142 b = c?", None),
    ],
)
def test_raw_letters_in_headers_are_read_as_utf_8_or_latin_1(header: bytes, subject: str, name: str | None) -> None:
    mail = read_mail("1", header + b"\r\n\r\nx\r\n", unread=True)
    assert mail.subject == subject
    assert name in (None, mail.sender_name)


def test_a_mail_without_a_date_is_of_the_day_when_it_came(imap: ImapServer) -> None:
    imap.mails = [Kept(b"Subject: undated\r\n\r\nx\r\n"), Kept(b"Subject: odd\r\nDate: soon\r\n\r\nx\r\n")]
    for mail in inbox_at(imap).unread().mails:
        assert mail.at == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def attached_first(size: int) -> bytes:
    return (
        b"Subject: photos\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/jpeg\r\n"
        b"Content-Disposition: attachment; filename=a.jpg\r\n\r\n" + b"x" * size + b"\r\n--b\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nHere they are.\r\n--b--\r\n"
    )


@pytest.mark.parametrize("size", [10, FETCHED])
def test_text_behind_attachments_is_read_however_large_they_are(imap: ImapServer, size: int) -> None:
    imap.mails = [Kept(attached_first(size))]
    imap.structure = (
        '(("image" "jpeg" ("name" "a)\\"(.jpg") NIL NIL "7bit" 300000 NIL ("attachment" ("filename" "a.jpg")) NIL NIL)'
        '(("text" "html" NIL NIL NIL "7bit" 9 1 NIL NIL NIL NIL)("text" "plain" ("charset" "utf-8") NIL NIL '
        '"quoted-printable" 20 1 NIL NIL NIL NIL) "alternative" ("boundary" "c") NIL NIL NIL) '
        '"mixed" ("boundary" "b") NIL NIL NIL)'
    )
    part = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    imap.sections = {"2.2": (part, b"Here they =\r\nare.\r\n")}
    (mail,) = inbox_at(imap).unread().mails
    assert mail.body == "Here they are."


def mixed(*parts: str) -> bytes:
    return f"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{'--b'.join(parts)}--b--\r\n".encode()


NAMED = "Content-Type: text/plain; name=log.txt\r\n\r\nnamed\r\n"
ATTACHED = "Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nattached\r\n"
PASSED_ON = "Content-Type: message/rfc822\r\n\r\nSubject: old\r\n\r\npassed on\r\n"
SAID = "Content-Type: text/plain\r\n\r\nsaid\r\n"
AS_HTML = "Content-Type: text/html\r\n\r\n<p>as <b>HTML</b></p>\r\n"


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (mixed(ATTACHED, "\r\n" + SAID), "said"),
        (mixed(PASSED_ON, "\r\n" + SAID), "said"),
        (mixed(NAMED, "\r\n" + SAID), "said"),
        (mixed(NAMED, "\r\n" + AS_HTML), "as HTML"),
        (mixed(AS_HTML, "\r\n" + SAID), "said"),
        (mixed(ATTACHED, "\r\n" + NAMED), "named"),
        (mixed(ATTACHED, "\r\n" + PASSED_ON), "passed on"),
        (mixed(PASSED_ON, "\r\n" + NAMED), "named"),
        (mixed(ATTACHED), ""),
        (
            b"Content-Type: text/plain\r\nContent-Disposition: inline; filename=a.txt\r\n\r\nthis alone\r\n",
            "this alone",
        ),
        (mixed("Content-Type: text/plain\r\n\r\n \r\n", "\r\n" + AS_HTML), "as HTML"),
    ],
)
def test_what_the_sender_wrote_is_told_and_not_what_was_attached(raw: bytes, body: str) -> None:
    assert read_mail("1", b"From: a@x.example\r\nMIME-Version: 1.0\r\n" + raw, unread=True).body == body


def test_mail_inside_mail_without_end_is_read_no_further() -> None:
    wrapped = b"Content-Type: message/rfc822\r\n\r\n" * 200 + b"Subject: inmost\r\n\r\nx\r\n"
    assert read_mail("1", wrapped, unread=True).body == ""


@pytest.mark.proves("G.mail.marked")
def test_mails_that_another_program_deleted_are_not_told(imap: ImapServer) -> None:
    imap.mails = [numbered(number) for number in range(1, 8)]
    for number in (7, 5, 1):
        imap.mails[number - 1].flags.add("\\Deleted")
    inbox = inbox_at(imap)
    for subjects, remaining in ((["mail 6", "mail 4", "mail 3"], 1), (["mail 2"], 0)):
        told = inbox.unread()
        assert ([mail.subject for mail in told.mails], told.remaining) == (subjects, remaining)
    again = inbox.unread()
    assert ([mail.subject for mail in again.mails], again.remaining) == (["mail 6", "mail 4", "mail 3"], 0)
    assert [mail.subject for mail in inbox.search(["text"])] == ["mail 6", "mail 4", "mail 3", "mail 2"]
    assert SEEN not in imap.mails[6].flags


@pytest.mark.parametrize(
    ("structure", "section"),
    [
        ('("text" "plain" NIL NIL NIL "7bit" 3 1)', "1"),
        ('(("text" "plain" NIL NIL NIL "7bit" 3 1 NIL ("attachment" NIL))("text" "html" NIL NIL NIL) "mixed")', "2"),
        ('("application" "pdf" NIL NIL NIL "base64" 3)', None),
        ("((((((((((((((((", None),
        ("(" * 40 + ")" * 40, None),
        ("", None),
    ],
)  # fmt: skip
def test_the_text_is_found_in_any_structure(structure: str, section: str | None) -> None:
    assert text_section([f"1 (UID 7 BODYSTRUCTURE {structure})".encode()]) == section


def test_an_empty_mail_is_no_literal_and_still_a_mail() -> None:
    (mail,) = fetched_mails([b'1 (UID 7 FLAGS (\\Seen) BODY[]<0> "")'])
    assert (mail.uid, mail.raw, mail.seen) == ("7", b"", True)


def test_a_password_of_other_letters_logs_in() -> None:
    with imap_server(USER, "größe-9") as server:
        with pytest.raises(RefusedError, match="takes only passwords of plain letters"):
            inbox_at(server, "größe-9").check()
        server.more_capabilities = " AUTH=PLAIN"
        inbox_at(server, "größe-9").check()
        with pytest.raises(RefusedError, match="refused the password"):
            inbox_at(server, "große-9").check()


def broken_tls(answer: bytes) -> int:
    """Serve something that is no TLS to one client, and return the port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listening, listening.accept()[0] as connection:
            connection.recv(4096)
            connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return int(listening.getsockname()[1])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "does not answer; try again later"),
        (b"\x15\x03\x03\x00\x02\x02\x50", "does not answer; try again later"),
        (b"* OK IMAP4rev1 ready\r\n", "does not speak TLS"),
    ],
)
def test_tls_that_breaks_is_a_server_that_does_not_answer(answer: bytes, words: str) -> None:
    inbox = Inbox(MailEndpoint("imaps", "127.0.0.1", broken_tls(answer)), USER, Password(PASSWORD))
    with pytest.raises(RefusedError, match=words):
        inbox.check()
