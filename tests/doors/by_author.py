"""Cells of what the author of a server does: tries it line by line, and has it reviewed."""

from __future__ import annotations

import asyncio

from click.testing import CliRunner

from assistant.cli.main import cli
from tests.doors.cells import CELLS, PAID, asks_first, cell, needs_the_servers_login, opens_no_port
from tests.doors.ways import SENTENCE, Place, call, command, ports_opened


async def type_into_try(place: Place, *lines: str) -> str:
    """Type lines into `mcqueen try`; return what it showed."""
    words = ["try", "--only", "--server", place.oracle.url]
    done = await asyncio.to_thread(CliRunner().invoke, cli, words, input="\n".join(lines))
    place.shown.append(done.output)
    return done.output


async def try_it(place: Place, yes: bool) -> None:
    """Ask in words."""
    await type_into_try(place, SENTENCE, "yes" if yes else "no")


async def review(place: Place, yes: bool) -> None:
    """Have the server reviewed; there is nothing to agree to."""
    await command(place, "review", "--server", place.oracle.url, "--all")


CELLS["try", "login"] = needs_the_servers_login(try_it)
CELLS["try", "consent"] = asks_first(try_it)
CELLS["try", "host"] = opens_no_port(try_it)
CELLS["review", "login"] = needs_the_servers_login(review)


@cell("try", "limits")
async def after_three_answers_that_fit_nothing_the_tried_request_is_dropped(place: Place) -> None:
    await type_into_try(place, SENTENCE, "the moon is made of cheese", "purple", "purple", "yes")
    assert place.oracle.effects == []


@cell("try", "changed")
async def what_a_session_agreed_to_is_approved_nowhere_else(place: Place) -> None:
    await call(place, False)
    place.oracle.change("pay_bill", description="Pay a bill twice.")
    await try_it(place, True)
    assert place.oracle.effects == [PAID]
    await call(place, True)
    assert place.oracle.effects == [PAID]
    assert "changed" in place.shown[-1]


@cell("review", "consent")
async def a_review_calls_only_what_looks(place: Place) -> None:
    await review(place, True)
    assert (place.oracle.reads, place.oracle.effects) == (1, [])
    await command(place, "review", "--server", place.oracle.url, "--no-calls")
    assert (place.oracle.reads, place.oracle.effects) == (1, [])


@cell("review", "limits")
async def a_review_calls_forty_tools_at_most(place: Place) -> None:
    meter = next(tool for tool in place.oracle.tools if tool["name"] == "get_meter")
    place.oracle.tools += [{**meter, "name": f"get_meter_of_floor_{floor}"} for floor in range(50)]
    await review(place, True)
    assert (place.oracle.reads, place.oracle.effects) == (40, [])


@cell("review", "host")
async def a_review_opens_no_port(place: Place) -> None:
    with ports_opened() as opened:
        await review(place, True)
    assert all(isinstance(address, str) for address in opened), opened


@cell("review", "changed")
async def a_review_approves_nothing(place: Place) -> None:
    await call(place, False)
    place.oracle.change("pay_bill", description="Pay a bill twice.")
    await review(place, True)
    await call(place, True)
    assert place.oracle.effects == []
    assert "changed" in place.shown[-1]
