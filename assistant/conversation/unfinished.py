"""Stores the open request on this device while it is open, so that a restart can take it up.

It holds the tool and arguments of the current request in a file of mode 0600, which is erased once the question is
over. It holds no consent, no answer of a server and none of the driver's words. If the disk fails, the request is
merely not taken up.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.conversation.days_record import Record
from assistant.conversation.observations import Observation, Stepped
from assistant.dialogue.events import Unfinished, UnfinishedFound
from assistant.dialogue.speaking import WAITING
from assistant.dialogue.state import State
from assistant.dialogue.turns import Request
from assistant.dialogue.unfinished_requests import UNFINISHED
from assistant.policy.timing import UNFINISHED_SECONDS
from client.client_errors import ClientError
from client.records.private_file import write_private
from client.schemas.tool_names import parted_name
from client.servers.processes.process_use import process_lives

FILE_NAME = "unfinished.json"
MOST_REQUESTS = 3
"""Most requests that are stored: the open one and the next ones from the same sentence."""
_RECENT = 50
"""How many of the record's newest rows are searched."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Kept:
    """The contents of the file. `at` is in seconds since the epoch; `pid` is the process that has the request open."""

    at: float
    requests: tuple[Unfinished, ...]
    pid: int


_ADAPTER = TypeAdapter(_Kept)


class UnfinishedRequests:
    """The file of one conversation. It is an observer of the runtime."""

    def __init__(self, path: Path, wait: float = 0.0) -> None:
        """`wait` is how many seconds after the start a stored request is reported."""
        self.wait = wait
        self._path = path
        self._kept: tuple[Unfinished, ...] | None = None
        self._found = False
        """Whether a stored request was found that the conversation does not know yet."""

    async def found(self, record: Record, now: float) -> UnfinishedFound | None:
        """Return the last conversation's open request; None if it is too old, or may have been carried out since."""
        kept = self._read()
        if kept is not None and kept.pid != os.getpid() and process_lives(kept.pid, kept.at):
            self._kept = ()  # another McQueen has this request open; the file belongs to it
            return None
        if kept is None or not 0 <= now - kept.at <= UNFINISHED_SECONDS or not kept.requests:
            return None
        try:
            rows = await record.recent(_RECENT)
        except ClientError as error:
            _log.error("whether an unfinished request was done cannot be read: %s", error)
            return None
        tools = {parted_name(one.tool) for one in kept.requests}
        if any(row.at >= kept.at and (row.server, row.tool) in tools for row in rows):
            return None
        self._kept, self._found = kept.requests, True
        return UnfinishedFound(now, kept.requests)

    def saw(self, seen: Observation) -> None:
        """Store the open request, and erase it as soon as there is none."""
        if not isinstance(seen, Stepped):
            return
        self._found = self._found and not isinstance(seen.event, UnfinishedFound)
        wanted = tuple(_asked(seen.state))
        if wanted:
            self._found = False
            self._keep(_Kept(seen.at, wanted, os.getpid()))
        elif not self._found and not seen.state.backlog.unfinished:
            self.erase()

    def _keep(self, kept: _Kept) -> None:
        if kept.requests == self._kept:
            return
        try:
            write_private(self._path, _ADAPTER.dump_json(kept), durable=False)
        except OSError as error:
            _log.warning("what is asked cannot be kept: %s", error.strerror)
            return
        self._kept = kept.requests

    def erase(self) -> None:
        """Erase the open request: the conversation was ended on purpose."""
        if self._kept == ():
            return
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("what was asked cannot be erased: %s", error.strerror)
            return
        self._kept = ()

    def _read(self) -> _Kept | None:
        try:
            raw: Any = json.loads(self._path.read_text(encoding="utf-8"))
            return _ADAPTER.validate_python(raw)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, ValidationError) as error:
            _log.warning("what was asked before cannot be read: %s", error)
            return None


def _asked(state: State) -> Iterable[Unfinished]:
    """Yield the request that our question is about, and the requests that follow it; nothing if no question waits."""
    asked = state.mode in WAITING or state.offer == UNFINISHED
    if not asked or state.request is None or state.request.kept:
        return
    following = state.waiting if state.mode in WAITING else state.backlog.unfinished
    for request in (state.request, *following)[:MOST_REQUESTS]:
        goal = _goal(request)
        yield Unfinished(goal.tool, dict(goal.arguments), dict(goal.named))


def _goal(request: Request) -> Request:
    """Return the request that a look-up is for, because the look-up is made anew."""
    while request.goal is not None:
        request = request.goal
    return request
