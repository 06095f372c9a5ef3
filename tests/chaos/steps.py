"""What the program does with its records, as short lives of a car; each is run once for every operation that can fail.

A step prepares, arms the fault, and acts. What must hold afterwards is judged elsewhere, from the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from client.client_errors import RecordsError
from tests.chaos.judging import WAITS
from tests.chaos.till import SCHEMA, Car, World, payment
from tests.client.harness import consent_to


@dataclass(frozen=True)
class Step:
    """One life. `options` are those of `tests.chaos.till.car`; `from_start` arms the fault before it begins."""

    name: str
    act: Callable[[Car], Awaitable[object]]
    options: dict[str, Any] = field(default_factory=dict)
    from_start: bool = False
    left_by: Callable[[Car], Awaitable[object]] | None = None
    """An earlier life, without faults, whose database this one finds."""
    later: float = 60.0
    """Seconds from the earlier life to this one."""
    left_at: int | None = None
    """Steps of the schema in the database of an older version, which is found instead: one call waits in it."""


async def _one(car: Car) -> None:
    car.arm()
    await car.pay("ann")


async def _one_with_key(car: Car) -> None:
    car.arm()
    await car.pay("ann", "pay_once")


async def _unasked(car: Car) -> None:
    car.arm()
    await car.pay("ann", agreed=False)


async def _twice(car: Car) -> None:
    car.arm()
    await car.pay("ann")
    await car.pay("ann")


async def _after_one(car: Car) -> None:
    await car.pay("ann")
    car.arm()
    await car.pay("bob")


async def _many(car: Car) -> None:
    car.arm()
    await asyncio.gather(*(car.pay(f"p{number}", "pay_once" if number % 2 else "pay") for number in range(4)))


async def _undo(car: Car) -> None:
    await car.pay("ann")
    car.arm()
    await car.pay("refund-ann", "pay_once")


async def _reading(car: Car) -> None:
    await car.pay("balance", "get_balance")
    car.arm()
    await car.pay("balance", "get_balance")
    car.till.away = True
    await car.pay("balance", "get_balance")
    car.till.away = False
    await car.pay("ann")


async def _defer(car: Car) -> None:
    car.till.away = True
    car.arm()
    await car.pay("ann")
    await car.pay("bob", "pay_once")


async def _deliver(car: Car) -> None:
    car.till.away = True
    await car.pay("ann")
    await car.pay("bob", "pay_once")
    car.arm()
    await _back(car)


async def _back(car: Car) -> None:
    """The network is back, and there is time for what waits."""
    car.till.away = False
    car.tools.deliver_soon()
    await car.all_told()


async def _lost_on_delivery(car: Car) -> None:
    car.till.script.extend(["lost", "lost", "done"])
    await _deliver(car)


async def _refused_on_delivery(car: Car) -> None:
    car.till.script.extend(["refuses", "asks"])
    await _deliver(car)


async def _after_what_waits(car: Car) -> None:
    car.till.away = True
    await car.pay("ann")
    car.till.away = False
    car.arm()
    await car.pay("bob")


async def _taken_back(car: Car) -> None:
    car.till.away = True
    await car.pay("ann")
    car.arm()
    with suppress(RecordsError):
        if await car.tools.cancel_waiting("id-ann"):
            car.log.write("told", "ann", "needs_input", "cancelled", "no")
    await _back(car)


async def _expired(car: Car) -> None:
    car.till.away = True
    await car.pay("ann")
    car.arm()
    await car.clock.sleep(WAITS + 1.0)
    await _back(car)


async def _nobody_listened(car: Car) -> None:
    car.till.away = True
    await car.pay("ann")
    await _back(car)
    car.arm()
    car.tools.subscribe(car.told)
    await car.clock.sleep(5.0)


async def _approved(car: Car) -> None:
    await car.pay("ann")
    car.arm()
    with suppress(RecordsError):
        await car.tools.approve("till", "pay")
    await car.pay("bob")


async def _allowed(car: Car) -> None:
    tool = car.tools.catalog.of("till", "pay")
    assert tool is not None
    car.arm()
    with suppress(RecordsError):
        await car.tools.permissions.give(tool)
        await car.tools.permissions.take_back(tool)
    await car.pay("ann")


async def _unworded(car: Car) -> None:
    car.arm()
    with suppress(RecordsError):
        await car.tools.unworded.keep("r1", "till.pay", {"who": "ann"})
        await car.tools.unworded.rows()
        await car.tools.unworded.forget("r1")
    await car.pay("bob")


async def _leave_waiting(car: Car) -> None:
    car.till.away = True
    await car.pay("ann")
    await car.pay("bob", "pay_once")


async def _elsewhere(car: Car) -> None:
    car.till.away = True
    car.arm()
    await car.pay("balance", "get_balance")
    await car.pay("ann")


async def _late_yes(car: Car) -> None:
    call = payment("ann")
    car.agree("ann", "pay")
    consent = consent_to(call, car.clock)
    car.arm()
    await car.pay("bob")
    await car.clock.sleep(WAITS + 40.0)
    await car.pay("cem")
    await car.make(call, consent)


async def _old_answers(car: Car) -> None:
    await car.pay("balance", "get_balance")
    car.arm()
    await car.pay("ann")
    await car.pay("balance", "get_balance")
    car.clock.pass_by(600.0)
    car.till.away = True
    await car.pay("balance", "get_balance")
    await car.pay("bob")


async def _look(car: Car) -> None:
    await car.pay("balance", "get_balance")


async def _look_away(car: Car) -> None:
    car.arm()
    await car.pay("balance", "get_balance")
    car.till.away = False
    await car.pay("ann")


CHANGED = {
    "tool": World("Pay anybody."),
    "schema": World(schema={**SCHEMA, "properties": {"who": {"type": "string"}, "sum": {"type": "integer"}}}),
    "address": World(address="http://till.example.org/mcp"),
    "account": World(account="bob"),
    "rule": World(asks_first=False),
    "right to wait": World(waits=False),
    "list of tools": World(gone=True),
}
"""What is otherwise when a waiting call is replayed."""

STEPS = (
    Step("call", _one),
    Step("call with a key", _one_with_key),
    Step("call, answer lost", _one, {"script": ("lost",)}),
    Step("call, lost before the effect", _one, {"script": ("lost_before",)}),
    Step("call with a key, answer lost twice", _one_with_key, {"script": ("lost", "lost")}),
    Step("call, busy at first", _one, {"script": ("busy", "busy")}),
    Step("call, refused", _one, {"script": ("refuses",)}),
    Step("call, the server asks", _one, {"script": ("asks",)}),
    Step("call without a yes", _unasked),
    Step("call asked twice", _twice),
    Step("call after a call", _after_one),
    Step("four calls at once", _many),
    Step("undo", _undo),
    Step("reading", _reading),
    Step("defer", _defer),
    Step("flush", _deliver),
    Step("flush, answers lost", _lost_on_delivery),
    Step("flush, refused and asked", _refused_on_delivery),
    Step("call after what waits", _after_what_waits),
    Step("cancel", _taken_back),
    Step("expire", _expired),
    Step("report", _nobody_listened, {"listening": False}),
    Step("approve", _approved, {"world": World("Pay anybody.")}, left_by=_one),
    Step("permission", _allowed),
    Step("unworded", _unworded),
    Step("start", _one, from_start=True, left_by=_after_one),
    Step("start with what waits", _back, from_start=True, left_by=_leave_waiting),
    *(
        Step(f"start with another {what}", _back, {"world": world}, from_start=True, left_by=_leave_waiting)
        for what, world in CHANGED.items()
    ),
    *(Step(f"start from schema {number}", _back, from_start=True, left_at=number) for number in (1, 4, 5, 6)),
    Step("forget", _one, from_start=True, left_by=_deliver, later=8 * 86400.0),
    Step("late yes", _late_yes),
    Step("old answers", _old_answers),
    Step("old answers after a start", _look_away, {"away": True}, left_by=_look, later=600.0),
    Step("other server", _elsewhere, {"servers": ("till", "desk")}),
)
"""All of them, by name in docs/reliability.md."""
