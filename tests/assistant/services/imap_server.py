"""A small IMAP4rev1 server of ours for the tests: real sockets and the protocol's own syntax, one mailbox, one user.

It is no existing product: it speaks the part of RFC 3501 that a reader of mail needs (LOGIN, SELECT, UID SEARCH, FETCH,
STORE, LOGOUT, literals, partial fetches), and refuses the rest with BAD.
"""

from __future__ import annotations

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
    """The server; `mails` is the mailbox, uid 1 first. `hang_up_at` is a command at which it closes the connection."""

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
                self._send("* CAPABILITY IMAP4rev1")
            case "LOGIN":
                given = shlex.split(arguments)
                if given != [self.server.user, self.server.password]:
                    done = f"{tag} NO [AUTHENTICATIONFAILED] wrong"
            case "SELECT":
                self._send(f"* {len(self.server.mails)} EXISTS")
            case "UID":
                done = self._uid(tag, *arguments.partition(" ")[::2])
            case "LOGOUT":
                self._send("* BYE")
            case _:
                done = f"{tag} BAD unknown"
        self._send(done)
        return name.upper() != "LOGOUT"

    def _uid(self, tag: str, name: str, arguments: str) -> str:
        if name.upper() == "SEARCH":
            self._send(f"* SEARCH {' '.join(map(str, self._found(shlex.split(arguments))))}".rstrip())
            return f"{tag} OK found"
        uids, _, what = arguments.partition(" ")
        for uid in map(int, uids.split(",")):
            mail = self.server.mails[uid - 1]
            if name.upper() == "STORE":
                mail.flags.update(re.findall(r"\\\w+", what))
                continue
            limit = re.search(r"BODY\.PEEK\[\]<0\.(\d+)>", what)
            raw = mail.raw[: int(limit.group(1))] if limit else mail.raw
            head = f"* {uid} FETCH (UID {uid} FLAGS ({' '.join(mail.flags)}) BODY[]<0> {{{len(raw)}}}\r\n"
            self.wfile.write(head.encode() + raw + b")\r\n")
        return f"{tag} OK done"

    def _found(self, criteria: list[str]) -> Iterator[int]:
        words = [after.casefold() for before, after in itertools.pairwise(criteria) if before == "TEXT"]
        for uid, mail in enumerate(self.server.mails, 1):
            if criteria[0] == "UNSEEN" and "\\Seen" in mail.flags:
                continue
            text = mail.raw.decode("utf-8", "replace").casefold()
            if all(word in text for word in words):
                yield uid


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
