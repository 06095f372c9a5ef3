"""The file that holds what is being asked: who may read it, when it is erased, and when it is not taken up."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import pytest

from assistant.conversation.observations import Stepped
from assistant.conversation.unfinished import UnfinishedRequests
from assistant.dialogue.events import PushToTalk
from assistant.dialogue.state import State
from assistant.dialogue.turns import Confirming, Idle, Request, Turn
from client.records.ledger import LedgerRow

pytestmark = pytest.mark.proves("D.unfinished")
ASKED = Confirming(Request("bank.pay_bill", {"amount": 5}, call_id="live-1"))


class Record:
    """A record of calls with the rows of a test."""

    def __init__(self, *rows: LedgerRow) -> None:
        self.rows = list(rows)

    async def recent(self, limit: int = 20) -> list[LedgerRow]:
        return self.rows[:limit]


def row(at: float, tool: str) -> LedgerRow:
    return LedgerRow(1, at, "attempt", "live-1", "bank", tool, "", {}, "", "")


def stand(kept: UnfinishedRequests, turn: Turn, at: float = 100.0) -> None:
    """Have the conversation stand there."""
    kept.saw(Stepped(at, PushToTalk(at), (), State("live", turn)))


def test_only_its_owner_reads_it_and_it_lasts_as_long_as_the_question(tmp_path: Path) -> None:
    path = tmp_path / "records" / "unfinished.json"
    kept = UnfinishedRequests(path)
    stand(kept, ASKED)
    assert path.stat().st_mode & 0o777 == 0o600
    assert "live-1" not in path.read_text()
    assert json.loads(path.read_text())["requests"][0]["arguments"] == {"amount": 5}
    stand(kept, Idle())
    assert list(path.parent.iterdir()) == []


async def test_it_is_taken_up_within_an_hour_and_not_after_the_tool_was_called(tmp_path: Path) -> None:
    path = tmp_path / "unfinished.json"
    stand(UnfinishedRequests(path), ASKED, at=100.0)

    async def found(record: Record, now: float) -> list[str]:
        event = await UnfinishedRequests(path).found(record, now)
        return [] if event is None else [one.tool for one in event.requests]

    assert await found(Record(), 200.0) == ["bank.pay_bill"]
    assert await found(Record(row(99.0, "pay_bill"), row(150.0, "get_meter")), 200.0) == ["bank.pay_bill"]
    assert await found(Record(row(101.0, "pay_bill")), 200.0) == []
    assert await found(Record(), 100.0 + 3601) == []
    assert await found(Record(), 50.0) == []  # the clock was set back


async def test_a_question_that_another_process_is_still_asking_is_left_to_it(tmp_path: Path) -> None:
    path, now = tmp_path / "unfinished.json", time.time() + 1
    stand(UnfinishedRequests(path), ASKED, at=now)
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE)
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "at": now + 60, "pid": other.pid}))
    second = UnfinishedRequests(path)
    assert await second.found(Record(), now + 61) is None
    stand(second, Idle(), at=now + 61)
    assert path.exists()
    other.kill()
    await other.wait()
    assert await UnfinishedRequests(path).found(Record(), now + 61) is not None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"at": "x", "requests": []}', '{"at": 1, "requests": [{"tool": 3}]}'])
async def test_a_file_that_makes_no_sense_is_left_aside(tmp_path: Path, text: str) -> None:
    path = tmp_path / "unfinished.json"
    path.write_text(text)
    assert await UnfinishedRequests(path).found(Record(), 2.0) is None
