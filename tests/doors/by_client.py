"""Cells of what the client does by itself: deliveries from the outbox, fallbacks to other servers, the cache."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from client.call import Consent, ConsentSource, Need, NeedsInput, Outcome, Succeeded, ToolCall
from client.notices import DeliveryNotice, Notice
from client.tool_client import ToolClient
from client.values import JSON
from tests.client.clocks import ShiftedClock
from tests.client.harness import QUICK, consent_to, until
from tests.doors.cells import CELLS, cell, opens_no_port
from tests.doors.oracle import Oracle
from tests.doors.ways import Place, client_of

HELLO = ("send_message", {"text": "hello"})


def call_to(tool: str, server: str = "bank", **arguments: JSON) -> ToolCall:
    """A fresh call."""
    return ToolCall(str(uuid.uuid4()), server, tool, arguments, str(uuid.uuid4()))


# -- outbox ------------------------------------------------------------------------------------------------------------


async def one_waits(place: Place) -> None:
    """Have a confirmed message wait, because its server was away when it was said."""
    async with client_of(place):
        pass  # the tools are known from an earlier drive
    place.oracle.down = True
    async with client_of(place) as tools:
        call = call_to("send_message", text="hello")
        outcome = await tools.call(call, consent=consent_to(call))
        assert outcome.kind == "deferred", outcome
    place.oracle.down = False


async def delivered(place: Place, **servers: str) -> Outcome:
    """Let the outbox deliver, and return what became of the call."""
    told: list[Outcome] = []

    def noted(notice: Notice) -> None:
        if isinstance(notice, DeliveryNotice):
            told.append(notice.outcome)

    async with client_of(place, *servers.items()) as tools:
        tools.subscribe(noted)
        await until(lambda: bool(told))
        assert await tools.waiting() == []
    return told[0]


@cell("outbox", "consent")
async def only_what_was_confirmed_waits_and_its_yes_is_spent(place: Place) -> None:
    await one_waits(place)
    place.oracle.down = True
    async with client_of(place) as tools:
        unasked = call_to("send_message", text="unasked")
        assert (await tools.call(unasked)).kind == "needs_input"
        assert [row.call.arguments["text"] for row in await tools.waiting()] == ["hello"]
    place.oracle.down = False
    assert isinstance(await delivered(place), Succeeded)
    assert place.oracle.effects == [HELLO]


@cell("outbox", "login")
async def without_the_servers_login_nothing_is_delivered_and_that_is_told(place: Place) -> None:
    await one_waits(place)
    async with client_of(place) as tools:
        told: list[Outcome] = []
        # The server lists its tools and then wants a login for the call itself.
        place.oracle.locks_calls = True
        tools.subscribe(lambda notice: told.append(notice.outcome) if isinstance(notice, DeliveryNotice) else None)
        await until(lambda: bool(told))
    assert isinstance(told[0], NeedsInput)
    assert told[0].need is Need.LOGIN
    assert place.oracle.effects == []


@cell("outbox", "limits")
async def what_waited_too_long_is_not_sent_and_asked_about_again(place: Place) -> None:
    await one_waits(place)
    later = ShiftedClock()
    later.shift = 40 * 86400.0
    place.monkeypatch.setattr("tests.doors.ways.SystemClock", lambda: later)
    outcome = await delivered(place)
    assert isinstance(outcome, NeedsInput)
    assert (outcome.need, outcome.error.code) == (Need.CONSENT, "deferral_expired")
    assert place.oracle.effects == []


@cell("outbox", "host")
async def a_delivery_goes_only_to_the_address_that_was_confirmed(place: Place) -> None:
    await one_waits(place)
    async with Oracle().serving() as other:
        outcome = await delivered(place, bank=other.url)
        assert isinstance(outcome, NeedsInput)
        assert outcome.error.code == "address_changed"
        assert other.effects == place.oracle.effects == []
    await opens_no_port(lambda there, yes: one_paid(there))(place)


async def one_paid(place: Place) -> None:
    """Pay a bill of 5 with a yes."""
    async with client_of(place) as tools:
        call = call_to("pay_bill", amount=5)
        assert (await tools.call(call, consent=consent_to(call))).kind == "succeeded"


@cell("outbox", "changed")
async def a_changed_tool_gets_nothing_that_waited_also_after_it_was_approved(place: Place) -> None:
    await one_waits(place)
    place.oracle.change("send_message", description="Send a message to everybody.")
    outcome = await delivered(place)
    assert isinstance(outcome, NeedsInput)
    assert (outcome.need, outcome.error.code) == (Need.CONSENT, "tool_changed")
    async with client_of(place) as tools:
        assert await tools.approve("bank", "send_message")
        await asyncio.sleep(0)
        assert await tools.waiting() == []
    assert place.oracle.effects == []


# -- fallback ----------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def two_banks(place: Place) -> AsyncIterator[tuple[Oracle, ToolClient]]:
    """A second server with the same tools, which settings name as a stand-in; the first one is away."""
    settings = replace(QUICK, fallbacks={"bank.pay_bill": ["other"], "bank.get_meter": ["other"]})
    async with Oracle().serving() as other:
        servers = (("bank", place.oracle.url), ("other", other.url))
        async with client_of(place, *servers):
            pass
        place.oracle.down = True
        async with client_of(place, *servers, settings=settings) as tools:
            yield other, tools


def named(call: ToolCall, *servers: str) -> Consent:
    """A yes to a read-back that named these servers beside the call's own."""
    given_at = consent_to(call).given_at
    return Consent(str(uuid.uuid4()), call.digest, ConsentSource.DRIVER, given_at, servers)


@cell("fallback", "consent")
async def a_payment_goes_to_no_server_that_the_read_back_did_not_name(place: Place) -> None:
    async with two_banks(place) as (other, tools):
        call = call_to("pay_bill", amount=5)
        assert (await tools.call(call, consent=named(call))).kind != "succeeded"
        assert other.effects == []
        call = call_to("pay_bill", amount=6)
        assert (await tools.call(call, consent=named(call, "other"))).kind == "succeeded"
        assert other.effects == [("pay_bill", {"amount": 6})]


@cell("fallback", "changed")
async def a_tool_that_changed_stands_in_for_nothing(place: Place) -> None:
    async with two_banks(place) as (other, tools):
        other.change("pay_bill", description="Pay a bill twice.")
        async with client_of(place, ("bank", place.oracle.url), ("other", other.url)):
            pass
    settings = replace(QUICK, fallbacks={"bank.pay_bill": ["other"]})
    async with Oracle().serving() as other:
        servers = (("bank", place.oracle.url), ("other", other.url))
        other.change("pay_bill", description="Pay a bill three times.")
        async with client_of(place, *servers, settings=settings) as tools:
            call = call_to("pay_bill", amount=5)
            assert (await tools.call(call, consent=named(call, "other"))).kind != "succeeded"
            assert other.effects == []


@cell("fallback", "login")
async def a_stand_in_that_wants_a_login_did_nothing_and_its_refusal_is_told(place: Place) -> None:
    async with two_banks(place) as (other, tools):
        other.locks_calls = True
        call = call_to("pay_bill", amount=5)
        outcome = await tools.call(call, consent=named(call, "other"))
        assert isinstance(outcome, NeedsInput), outcome
        assert outcome.need is Need.LOGIN
        assert other.effects == []


@cell("fallback", "limits")
async def nothing_stands_in_once_something_may_have_been_sent(place: Place) -> None:
    async with two_banks(place) as (other, tools):
        place.oracle.down = False
        place.oracle.breaks = True
        await until(lambda: all(state.healthy for state in tools.server_states()))
        call = call_to("pay_bill", amount=5)
        assert (await tools.call(call, consent=named(call, "other"))).kind == "unknown"
        assert other.effects == []


@cell("fallback", "host")
async def a_fallback_opens_no_port(place: Place) -> None:
    await opens_no_port(lambda there, yes: one_paid(there))(place)


# -- cache -------------------------------------------------------------------------------------------------------------


async def read(tools: ToolClient) -> Outcome:
    """Read the meter."""
    return await tools.call(call_to("get_meter"))


@cell("cache", "consent")
async def a_payment_is_never_answered_from_the_cache(place: Place) -> None:
    async with client_of(place) as tools:
        for _ in range(2):
            call = call_to("pay_bill", amount=5)
            assert (await tools.call(call)).kind == "needs_input"
            assert (await tools.call(call, consent=consent_to(call))).kind == "succeeded"
        assert len(place.oracle.effects) == 2


@cell("cache", "limits")
async def an_answer_is_fresh_as_long_as_settings_say_and_later_told_with_its_age(place: Place) -> None:
    settings = replace(QUICK, fresh_for={"bank.get_meter": 3600.0})
    async with client_of(place, settings=settings) as tools:
        await read(tools)
        await read(tools)
        assert place.oracle.reads == 1
    async with client_of(place) as tools:
        await read(tools)
        assert place.oracle.reads == 2
    place.oracle.down = True
    async with client_of(place) as tools:
        old = await read(tools)
        assert isinstance(old, Succeeded)
        assert old.age is not None
        assert place.oracle.reads == 2


@cell("cache", "login")
async def no_answer_is_kept_in_place_of_a_login(place: Place) -> None:
    async with client_of(place) as tools:
        assert (await read(tools)).kind == "succeeded"
        place.oracle.locked = True
        outcome = await read(tools)
        assert isinstance(outcome, NeedsInput), outcome
        assert outcome.need is Need.LOGIN


@cell("cache", "changed")
async def nothing_is_answered_for_a_tool_that_changed(place: Place) -> None:
    settings = replace(QUICK, fresh_for={"bank.get_meter": 3600.0})
    async with client_of(place, settings=settings) as tools:
        assert (await read(tools)).kind == "succeeded"
    place.oracle.change("get_meter", description="Get the state of another meter.")
    async with client_of(place, settings=settings) as tools:
        outcome = await read(tools)
        assert isinstance(outcome, NeedsInput)
        assert outcome.need is Need.APPROVAL


async def read_and_pay(place: Place, yes: bool) -> None:
    """Read twice, so that the cache is used, and pay once."""
    async with client_of(place) as tools:
        await read(tools)
        await read(tools)
    await one_paid(place)


CELLS["cache", "host"] = opens_no_port(read_and_pay)
