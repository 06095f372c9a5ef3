"""What was done today and yesterday is told from the record on disk, also by a McQueen that was started since."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest

from assistant.cli.plain import converse
from assistant.conversation.days_record import deeds_of
from assistant.settings.settings import Settings
from assistant.settings.sources import DATABASE
from assistant.understanding.reading import Control
from client.call import ToolCall
from client.client_errors import RecordsError
from client.records import ledger
from client.records.ledger import LedgerRow
from client.records.storage import Storage

DAY = 86_400.0
NOON = 1_795_435_200.0
"""A noon in UTC."""


async def talk(folder: Path, *lines: str, language: str = "en") -> list[str]:
    answers: list[str] = []
    settings = Settings(data_folder=str(folder), language=language)
    await converse(settings, io.StringIO("\n".join(lines)), answers.append, lambda _: None)
    return answers


async def write(folder: Path, at: float, tool: str, outcome: str) -> None:
    """Put the end of a call into the record, as if it had been made then."""
    storage = await Storage.open(folder / DATABASE)
    call = ToolCall(f"{tool}-{at}", "town", tool, {}, "key")
    await storage.run(lambda db: ledger.append(db, at, "outcome", call, {"outcome": outcome, "attempts": 1}))
    await storage.close()


@pytest.mark.proves("D.days-done")
async def test_a_mcqueen_that_was_started_again_tells_what_was_done_today_and_yesterday(tmp_path: Path) -> None:
    assert await talk(tmp_path, "what did you do today", "what did you do yesterday") == [
        "I have done nothing today.",
        "I did nothing yesterday.",
    ]
    await write(tmp_path, time.time() - DAY, "book_restaurant", "unknown")
    await write(tmp_path, time.time() - DAY, "pay_bill", "failed")
    await write(tmp_path, time.time() - 2 * DAY, "transfer_money", "succeeded")
    assert "is sent" in (await talk(tmp_path, "send a message to Anna saying hello", "yes"))[-1]
    today, yesterday = await talk(tmp_path, "what did you do today?", "what did you do yesterday")
    assert today.startswith("Today I did this. Send a message, ")
    assert today.count(",") == 1
    assert yesterday.startswith("Yesterday I did this. ")
    assert yesterday.endswith("and nobody knows whether it went through.")
    assert yesterday.count(",") == 2


@pytest.mark.proves("D.days-done")
async def test_it_is_told_in_german(tmp_path: Path) -> None:
    assert await talk(tmp_path, "was hast du gestern gemacht", language="de") == ["Gestern habe ich nichts getan."]
    await write(tmp_path, time.time(), "send_message", "succeeded")
    (told,) = await talk(tmp_path, "was hast du heute gemacht", language="de")
    assert told.startswith("Heute habe ich das erledigt. ")
    assert " Uhr" in told


@pytest.mark.proves("D.days-done")
async def test_asking_in_the_middle_of_a_question_does_not_lose_it(tmp_path: Path) -> None:
    said = await talk(tmp_path, "send a message to Anna saying hello", "what did you do today", "yes")
    assert said[1].startswith("I have done nothing today.")
    assert said[1].endswith("Shall I send this?")
    assert "is sent" in said[2]


class _Rows:
    """A record with these rows, or none that can be read."""

    def __init__(self, *rows: LedgerRow, broken: bool = False) -> None:
        self.rows = list(rows)
        self.broken = broken

    async def recent(self, limit: int = 20) -> list[LedgerRow]:
        if self.broken:
            raise RecordsError("the disk is away")
        return self.rows


async def test_a_day_begins_at_midnight_where_the_car_is() -> None:
    def row(at: float) -> LedgerRow:
        return LedgerRow(1, at, "outcome", "c", "town", "pay", "", {"outcome": "succeeded"}, "", "")

    half_past_eleven, half_past_twelve = NOON - 12.5 * 3600, NOON - 11.5 * 3600
    rows = _Rows(row(half_past_twelve), row(half_past_eleven))
    for offset, today in ((0.0, 1), (3600.0, 2), (-3600.0, 0)):
        told = await deeds_of(rows, Control.DONE_TODAY, NOON, offset)
        before = await deeds_of(rows, Control.DONE_YESTERDAY, NOON, offset)
        assert told is not None
        assert before is not None
        assert (len(told), len(before)) == (today, 2 - today)
    assert await deeds_of(_Rows(broken=True), Control.DONE_TODAY, NOON, 0.0) is None
    assert await deeds_of(_Rows(broken=True), Control.HELP, NOON, 0.0) == ()
