"""A small IMAP4rev1 server of ours for the tests: real sockets and the protocol's own syntax, one mailbox, one user.

It is no existing product: it speaks the part of RFC 3501 that a reader of mail needs (LOGIN, SELECT, UID SEARCH, FETCH,
STORE, LOGOUT, literals, partial fetches), and refuses the rest with BAD.
"""

from __future__ import annotations

import base64
import itertools
import re
import shlex
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Kept:
    """One mail in the mailbox."""

    raw: bytes
    flags: set[str] = field(default_factory=set)


class ImapServer(socketserver.ThreadingTCPServer):
    """The server; `mails` is the mailbox, the oldest first. At the command `hang_up_at` it closes the connection.

    The uid of a mail is its number and `before_uids`.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, user: str, password: str, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.user = user
        self.password = password
        self.context = context
        self.mails: list[Kept] = []
        self.commands: list[str] = []
        self.hang_up_at = ""
        self.more_capabilities = ""
        self.first_messages: set[bytes] = set()
        """First messages of XOAUTH2 and OAUTHBEARER that log in."""
        self.before_uids = 0
        self.structure = ""
        self.sections: dict[str, tuple[bytes, bytes]] = {}

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no news."""


class _Session(socketserver.StreamRequestHandler):
    server: ImapServer

    def setup(self) -> None:
        if self.server.context is not None:
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def handle(self) -> None:
        self._send("* OK [CAPABILITY IMAP4rev1] ready")
        while line := self.rfile.readline():
            command = line
            while literal := re.search(rb"\{(\d+)\}\r\n$", command):
                self._send("+ go on")
                said = self.rfile.read(int(literal.group(1)))
                quoted = said.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
                command = command[: literal.start()] + b'"' + quoted + b'"' + self.rfile.readline()
            tag, _, rest = command.decode("utf-8", "replace").strip().partition(" ")
            self.server.commands.append(rest)
            if self.server.hang_up_at and rest.startswith(self.server.hang_up_at):
                return
            if not self._answer(tag, rest):
                return

    def _send(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _answer(self, tag: str, rest: str) -> bool:
        name, _, arguments = rest.partition(" ")
        done = f"{tag} OK done"
        match name.upper():
            case "CAPABILITY":
                self._send(f"* CAPABILITY IMAP4rev1{self.server.more_capabilities}")
            case "LOGIN":
                given = shlex.split(arguments)
                if given != [self.server.user, self.server.password]:
                    done = f"{tag} NO [AUTHENTICATIONFAILED] wrong"
            case "STATUS":
                unseen = sum("\\Seen" not in mail.flags for mail in self.server.mails)
                self._send(f"* STATUS INBOX (UNSEEN {unseen})")
            case "SELECT" | "EXAMINE":
                self._send(f"* {len(self.server.mails)} EXISTS")
            case "UID":
                done = self._uid(tag, *arguments.partition(" ")[::2])
            case "AUTHENTICATE" if arguments in ("XOAUTH2", "OAUTHBEARER"):
                if not self._shown_token():
                    done = f"{tag} NO [AUTHENTICATIONFAILED] wrong"
            case "AUTHENTICATE":
                self._send("+")
                given = base64.b64decode(self.rfile.readline()).decode().split("\0")
                if given != ["", self.server.user, self.server.password]:
                    done = f"{tag} NO [AUTHENTICATIONFAILED] wrong"
            case "LOGOUT":
                self._send("* BYE")
            case _:
                done = f"{tag} BAD unknown"
        self._send(done)
        return name.upper() != "LOGOUT"

    def _shown_token(self) -> bool:
        self._send("+")
        first = base64.b64decode(self.rfile.readline())
        if first in self.server.first_messages:
            return True
        why = base64.b64encode(b'{"status":"401"}').decode()
        self._send(f"+ {why}")
        self.rfile.readline()
        return False

    def _uid(self, tag: str, name: str, arguments: str) -> str:
        if name.upper() == "SEARCH":
            self._send(f"* SEARCH {' '.join(map(str, self._found(shlex.split(arguments))))}".rstrip())
            return f"{tag} OK found"
        uids, _, what = arguments.partition(" ")
        for uid in map(int, uids.split(",")):
            mail = self.server.mails[uid - self.server.before_uids - 1]
            if name.upper() == "STORE":
                mail.flags.update(re.findall(r"\\\w+", what))
                continue
            if what == "(BODYSTRUCTURE)":
                self._send(f"* 1 FETCH (UID {uid} BODYSTRUCTURE {self.server.structure})")
                continue
            if section := re.match(r"\(BODY\.PEEK\[([\d.]+)\.MIME\]", what):
                head, body = self.server.sections[section.group(1)]
                self.wfile.write(f"* 1 FETCH (UID {uid} BODY[1.MIME] {{{len(head)}}}\r\n".encode() + head)
                self.wfile.write(f" BODY[1]<0> {{{len(body)}}}\r\n".encode() + body + b")\r\n")
                continue
            limit = re.search(r"BODY\.PEEK\[\]<0\.(\d+)>", what)
            raw = mail.raw[: int(limit.group(1))] if limit else mail.raw
            flags = " ".join(mail.flags)
            date = "23-Nov-2026 09:30:00 +0100"
            line = f'* {uid} FETCH (UID {uid} FLAGS ({flags}) INTERNALDATE "{date}" BODY[]<0> {{{len(raw)}}}\r\n'
            self.wfile.write(line.encode() + raw + b")\r\n")
        return f"{tag} OK done"

    def _found(self, criteria: list[str]) -> Iterator[int]:
        words = [after.casefold() for before, after in itertools.pairwise(criteria) if before == "TEXT"]
        low, high = next((word.split(":") for word in criteria if re.fullmatch(r"\d+:\d+", word)), ("1", "999999"))
        for uid, mail in enumerate(self.server.mails, 1):
            deleted = "\\Deleted" in mail.flags
            if not int(low) <= uid <= int(high) or ("UNSEEN" in criteria and "\\Seen" in mail.flags):
                continue
            if ("UNDELETED" in criteria and deleted) or ("DELETED" in criteria and not deleted):
                continue
            text = mail.raw.decode("utf-8", "replace").casefold() if words else ""
            if all(word in text for word in words):
                yield uid + self.server.before_uids


@contextmanager
def imap_server(user: str, password: str, context: ssl.SSLContext | None = None) -> Iterator[ImapServer]:
    """Serve in a thread until the end."""
    with ImapServer(user, password, context) as server:
        thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
