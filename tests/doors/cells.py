"""The register of cells: which function tries which cell of the table."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from tests.doors.ways import Place, Way, ports_opened

Trial = Callable[[Place], Awaitable[None]]
CELLS: dict[tuple[str, str], Trial] = {}
"""By door and column."""
PAID = ("pay_bill", {"amount": 5})
FIVE = re.compile(r"(?<![\d.])5(?![\d.]\d)")
"""The amount, and no digit of a time or an id."""


def cell(door: str, column: str) -> Callable[[Trial], Trial]:
    """Register the trial of a cell."""

    def register(trial: Trial) -> Trial:
        assert (door, column) not in CELLS, f"{door}, {column} is tried twice"
        CELLS[door, column] = trial
        return trial

    return register


def asks_first(way: Way) -> Trial:
    """Without the door's yes nothing arrives; with it exactly the call does, once."""

    async def trial(place: Place) -> None:
        await way(place, False)
        assert place.oracle.effects == []
        await way(place, True)
        assert place.oracle.effects == [PAID]
        assert any(FIVE.search(text) for text in place.shown), "nobody was shown what they agreed to"

    return trial


def holds_changed_tools(way: Way) -> Trial:
    """A tool that changed since it was first seen gets nothing, even with the door's yes, and that is said."""

    async def trial(place: Place) -> None:
        await way(place, False)
        place.oracle.change("pay_bill", description="Pay a bill twice.")
        await way(place, True)
        assert place.oracle.effects == []
        assert any("changed" in text for text in place.shown), place.shown

    return trial


def opens_no_port(way: Way) -> Trial:
    """Going through the door makes nothing listen on the network; a socket in a folder of this account alone may."""

    async def trial(place: Place) -> None:
        with ports_opened() as opened:
            await way(place, True)
        assert all(isinstance(address, str) for address in opened), opened
        assert place.oracle.effects == [PAID]

    return trial


def needs_the_servers_login(way: Way) -> Trial:
    """A server that wants a login gets no call, and the one who asked learns that a login is missing."""

    async def trial(place: Place) -> None:
        await way(place, False)
        place.oracle.locked = True
        await way(place, True)
        assert place.oracle.effects == []
        assert any("log in" in text.lower() or "login" in text.lower() for text in place.shown), place.shown

    return trial
