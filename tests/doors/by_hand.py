"""Cells of the command line: `call` and its batch."""

from __future__ import annotations

import stat

from tests.doors.cells import CELLS, PAID, asks_first, cell, holds_changed_tools, opens_no_port
from tests.doors.ways import Place, batch, batch_of, call, command

CELLS["call", "consent"] = asks_first(call)
CELLS["call", "host"] = opens_no_port(call)
CELLS["call", "changed"] = holds_changed_tools(call)
CELLS["batch", "consent"] = asks_first(batch)
CELLS["batch", "host"] = opens_no_port(batch)
CELLS["batch", "changed"] = holds_changed_tools(batch)


async def only_the_account_can_read(place: Place) -> None:
    """The records that a call leaves are readable for their owner alone."""
    await call(place, True)
    await batch(place, True)
    files = [path for path in place.folder.parent.rglob("mcqueen.sqlite3*") if path.is_file()]
    assert files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert place.oracle.effects == [PAID, PAID]


CELLS["call", "login"] = only_the_account_can_read
CELLS["batch", "login"] = only_the_account_can_read


@cell("call", "limits")
async def a_deadline_beyond_ten_minutes_is_a_usage_error(place: Place) -> None:
    for words in (["--deadline", "601"], ["--deadline", "0"]):
        code, _, _ = await command(
            place, "call", "pay_bill", "amount:=5", "--server", place.oracle.url, "--yes", *words
        )
        assert code == 2
    assert place.oracle.effects == []


@cell("batch", "limits")
async def a_line_beyond_the_limits_is_answered_as_bad_and_the_others_go_on(place: Place) -> None:
    payment = {"tool": "pay_bill", "arguments": {"amount": 5}}
    lines = [
        {"id": 1, **payment, "deadline": 601},
        {"id": 2, **payment, "deadline": 600},
        {"id": 3, **payment, "deadline": 0},
    ]
    answers = await batch_of(place, lines, yes=True)
    assert [answer.get("error", {}).get("code", answer.get("outcome")) for answer in answers] == [
        "bad_line", "succeeded", "bad_line",
    ]  # fmt: skip
    assert place.oracle.effects == [PAID]
    code, _, _ = await command(
        place,
        "call",
        "--batch",
        str(place.folder / "batch.jsonl"),
        "--server",
        place.oracle.url,
        "--concurrency",
        "257",
    )
    assert code == 2
