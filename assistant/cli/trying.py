"""A session that tries a server: shows at once how each line is understood and what it does, and can store it.

It is the live conversation with a trace; its records are in a temporary folder.
"""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from assistant.assembly import Live, open_live
from assistant.cli.open_servers import wait_for_servers
from assistant.cli.output import answer, complain, invite
from assistant.cli.plain import type_lines
from assistant.conversation.observations import Observation, Stepped
from assistant.conversation.trace import TraceLine, trace_lines
from assistant.dialogue.events import Heard
from assistant.drives.checks import OURS
from assistant.drives.from_journal import DriveDraft, as_yaml
from assistant.settings.settings import Settings
from assistant.understanding.explaining import requests
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.learning.index_cache import IndexFolder
from assistant.understanding.reading import Context
from assistant.understanding.slots.wire_spelling import on_the_wire
from client.client_errors import ConfigurationError

WIDTH = 12
"""Columns of the labels of the trace."""


@dataclass(frozen=True)
class TrySession:
    """What is tried, and how."""

    server: str | None
    """URL, configured name or command line; None for the configured servers, else the town."""
    only: bool
    """Whether the car's and the profile's tools are left out."""
    voice: bool
    keep: Path | None
    """File in which the session is stored as a drive."""


def trace_text(line: TraceLine) -> str:
    """Return a line of the trace as the terminal shows it."""
    return f"\n> {line.text}" if line.kind == "line" else f"  {line.kind:<{WIDTH}} {line.text}"


class SessionDrive:
    """Turns the session into a drive, and remembers which lines are understood without the lines before them."""

    def __init__(self, live: Live, interpreter: Callable[[], Interpreter]) -> None:
        self._before = live.runtime.state
        self._draft = DriveDraft(self._before)
        self._interpreter = interpreter

    def observe(self, seen: Observation) -> None:
        """Take one observation."""
        if not isinstance(seen, Stepped):
            return
        before, self._before = self._before, seen.state
        self._draft.take(seen.event, before, seen.effects)
        if isinstance(seen.event, Heard) and before.request is None and seen.state.language == before.language:
            self._understand(seen.event.reading.text, seen.at)

    def _understand(self, text: str, at: float) -> None:
        """Expect what the last line asks for by itself, in the form that is sent."""
        context = Context(now=at, utc_offset=self._before.utc_offset)
        for one in requests(self._interpreter().read([text], context))[:1]:
            tool = self._before.catalog.find(one.tool)
            if tool is not None:
                self._draft.understand(tool.name, on_the_wire(tool, one.arguments, self._before.utc_offset))

    def text(self, session: TrySession, settings: Settings) -> str | None:
        """Return the drive's file; None if nothing was said."""
        if self._draft.began is None:
            return None
        self._draft.close(str(self._before.mode.value))
        told = settings.profile
        profile = {
            name: value
            for name, value in (
                ("contacts", dict(told.contacts)),
                ("places", dict(told.places)),
                ("quick_messages", list(told.quick_messages)),
            )
            if value
        }
        more: dict[str, Any] = {"place": told.here} if told.here else {}
        more |= {"profile": profile} if profile else {}
        more |= {"only": True} if session.only else {"car": True} if settings.car.tools else {}
        title = session.keep.stem if session.keep is not None else "a session"
        head = "# Made by mcqueen try. Take out or correct what should have come out otherwise, then run\n"
        head += "".join(f"#   {command}\n" for command in how_to_run(session))
        return head + as_yaml(self._draft.content(title, "kept from a session", **more))


def how_to_run(session: TrySession) -> tuple[str, str]:
    """Return the two commands that run a stored session."""
    server = f" --server {shlex.quote(session.server)}" if session.server is not None else ""
    return f"mcqueen drive {session.keep}{server}", f"mcqueen review{server} --try {session.keep}"


async def try_server(session: TrySession, settings: Settings, lines: TextIO) -> bool:
    """Read lines until the input ends; return whether the server listed a tool. Raises `ConfigurationError`."""
    typed = lines.isatty()

    def observe(seen: Observation) -> None:
        for line in trace_lines(seen, settings.language):
            answer(trace_text(line))

    with tempfile.TemporaryDirectory(prefix="mcqueen-try-") as folder:
        opening = open_live(
            settings, complain, sound=session.voice, server=session.server, only=session.only, records=Path(folder)
        )
        async with opening as live:
            await wait_for_servers(live.tools)
            if not any(tool.server not in OURS for tool in live.tools.catalog):
                complain("there is no tool to try: no server listed any; mcqueen doctor looks into it")
                return False
            kept = SessionDrive(live, lambda: _interpreter(live, settings))
            if session.keep is not None:
                live.runtime.observe(kept.observe)
            live.runtime.observe(observe)
            complain(f"{len(live.tools.catalog)} tools; say what a driver would say, then yes if asked; {_how(live)}")
            await type_lines(live, lines, (lambda: invite("\n> ")) if typed else lambda: None)
        if session.keep is not None:
            _write(session, kept.text(session, settings))
    return True


def _how(live: Live) -> str:
    spoken = "Enter alone opens the microphone, " if live.has_microphone else ""
    return f"{spoken}Ctrl-D ends"


def _interpreter(live: Live, settings: Settings) -> Interpreter:
    catalog = live.runtime.state.catalog
    return Interpreter(catalog, spoken=language(settings.language), kept=IndexFolder.on_this_machine())


def _write(session: TrySession, text: str | None) -> None:
    assert session.keep is not None
    if text is None:
        complain("nothing was said, so nothing is kept")
        return
    try:
        with session.keep.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ConfigurationError(f"cannot write {session.keep}: {error.strerror}") from None
    drive, review = how_to_run(session)
    complain(f"kept in {session.keep}; run it with {drive}, or with {review}")
