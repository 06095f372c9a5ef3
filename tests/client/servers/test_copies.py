"""Copies that come and go on a virtual clock, and which of them gets a call."""

from __future__ import annotations

import pytest

from client.servers.processes.scaled import HELD_OFF_SECONDS, LOOK_SECONDS
from client.servers.processes.scaling import LoadHistory, ScaleRules
from client.servers.tool_server import (
    Answered,
    FailureKind,
    Faulted,
    InputWanted,
)
from tests.client.clocks import VirtualClock
from tests.client.harness import make_call
from tests.client.servers.pretended import yard

DAY, HOUR = 86_400.0, 3_600.0


@pytest.mark.proves("S.copies")
async def test_copies_come_with_calls_share_them_and_go_after_the_cooldown() -> None:
    async with yard(ScaleRules(least=1, most=4, queue=5, cooldown=60)) as made:

        async def scene() -> None:
            await made.server.connect()
            answers = await made.many(40)
            assert all(isinstance(answer, Answered) for answer in answers)
            assert made.copies == 4
            await made.pass_by(50)
            assert made.copies == 4
            await made.pass_by(10 + 2 * LOOK_SECONDS)
            assert made.copies == 1

        await made.clock.drive(scene())
        assert sum(len(copy.asked) for copy in made.made) == 40  # each once
        assert min(len(copy.asked) for copy in made.made) >= 5
        assert made.most <= 20  # no copy had more than five at once
        assert made.server.report().counts.calls == 40  # those of the copies that went are not forgotten


@pytest.mark.proves("S.copies")
async def test_a_busy_processor_brings_copies_and_what_starting_took_does_not_count() -> None:
    async with yard(ScaleRules(least=1, most=3, cpu=0.5, queue=0, cooldown=60)) as made:
        made.cpu = 0.9

        async def scene() -> None:
            await made.server.connect()
            await made.pass_by(LOOK_SECONDS * 1.5)
            assert made.copies == 1
            await made.pass_by(LOOK_SECONDS * 6)
            assert made.copies == 3
            made.cpu = 0.1
            await made.pass_by(60 + 3 * LOOK_SECONDS)
            assert made.copies == 1

        await made.clock.drive(scene())


@pytest.mark.proves("S.forecast")
async def test_copies_stand_ready_at_the_hour_in_which_past_days_needed_them() -> None:
    history = LoadHistory()
    start = VirtualClock().now()
    hour = start - start % HOUR + 2 * HOUR
    for days in (1, 2, 3):
        history.note(hour - days * DAY + 5, 3)
    async with yard(ScaleRules(least=1, most=4, cooldown=60), history) as made:

        async def scene() -> None:
            await made.server.connect()
            await made.pass_by(hour - start - 180)
            assert made.copies == 1
            await made.pass_by(120)
            assert made.copies == 3  # a minute before the hour, without a call
            await made.pass_by(HOUR)
            assert made.copies == 3
            await made.pass_by(180)
            assert made.copies == 1

        await made.clock.drive(scene())
        assert history.expected(hour + DAY) == 3  # a forecast is no load: three of the four past days needed them
        history.note(hour + DAY, 0)
        history.note(hour + 2 * DAY, 0)
        history.note(hour + 3 * DAY, 0)
        assert history.expected(hour + 4 * DAY) == 0


@pytest.mark.proves("S.copies")
@pytest.mark.parametrize("trouble", ["broken", "others"])
async def test_a_copy_that_does_not_start_or_lists_other_tools_gets_no_call(trouble: str) -> None:
    async with yard(ScaleRules(least=1, most=4, queue=5, cooldown=60)) as made:
        {"broken": made.broken, "others": made.others}[trouble].update({2, 3, 4, 5, 6, 7})

        async def scene() -> None:
            await made.server.connect()
            answers = await made.many(20)
            assert [answer.result for answer in answers if isinstance(answer, Answered)] == [{"text": "1"}] * 20

        await made.clock.drive(scene())
        assert made.copies == 1
        assert len(made.made) <= 4  # it is not tried again and again


@pytest.mark.proves("S.copies")
async def test_a_copy_that_crashed_too_often_is_replaced_after_a_while() -> None:
    async with yard(ScaleRules(least=2, most=4, cooldown=10)) as made:

        async def scene() -> None:
            await made.server.connect()
            await made.pass_by(2 * LOOK_SECONDS)
            made.made[1].up = False
            made.given_up.add(2)
            await made.pass_by(2 * LOOK_SECONDS)
            assert (made.copies, len(made.made)) == (1, 2)
            made.given_up.clear()
            await made.pass_by(HELD_OFF_SECONDS + LOOK_SECONDS)
            assert (made.copies, len(made.made)) == (2, 3)

        await made.clock.drive(scene())


@pytest.mark.proves("S.copies")
async def test_an_answer_goes_to_the_copy_that_asked_and_that_one_stays_for_it() -> None:
    async with yard(ScaleRules(least=1, most=2, queue=1, cooldown=10)) as made:

        async def scene() -> None:
            await made.server.connect()
            await made.many(4)
            calls = [make_call("ask") for _ in range(4)]
            asked_by = {}
            for call in calls:
                held = await made.at_once(1)  # keeps the first copy at work
                assert isinstance(await made.server.call(call, seconds=5, confirmed=False), InputWanted)
                asked_by[call.call_id] = next(one.number for one in made.made if call.call_id in one.asked)
                await held
            assert set(asked_by.values()) == {2}
            await made.pass_by(60)
            assert made.copies == 2
            for call in calls:
                answer = await made.server.call(call, seconds=5, confirmed=False, answers={})
                assert answer == Answered({"text": "2"})
            await made.pass_by(60)
            assert made.copies == 1

        await made.clock.drive(scene())


async def test_what_finds_no_room_in_its_time_was_not_sent_and_costs_no_room() -> None:
    async with yard(ScaleRules(least=1, most=1, queue=1)) as made:
        made.seconds = 50.0

        async def scene() -> None:
            await made.server.connect()
            first = await made.at_once(1)
            with made.clock.working():  # the time that a call has for waiting is real
                [late] = await made.many(1, seconds=0.02)
            assert isinstance(late, Faulted)
            assert (late.kind, late.error.code, late.error.sent.value) == (
                FailureKind.REFUSED_FOR_NOW,
                "refused_for_now",
                "no",
            )
            waiting = await made.at_once(1)
            waiting.cancel()
            assert [isinstance(answer, Answered) for answer in (*await first, *await made.many(1))] == [True, True]

        await made.clock.drive(scene())
        assert len(made.made[0].asked) == 2


async def test_a_server_that_is_stopped_turns_waiting_calls_away_and_starts_with_one_copy() -> None:
    async with yard(ScaleRules(least=2, most=2, queue=1)) as made:

        async def scene() -> None:
            await made.server.connect()
            await made.pass_by(2 * LOOK_SECONDS)
            assert made.copies == 2
            begun = await made.at_once(5)
            await made.server.stop()
            assert made.copies == 0
            answers = await begun
            assert [isinstance(answer, Answered) for answer in answers] == [True, True, False, False, False]
            await made.server.start()
            await made.pass_by(2 * LOOK_SECONDS)
            assert made.copies == 2

        await made.clock.drive(scene())


async def test_no_tool_of_several_copies_is_said_to_recognise_a_repeated_key() -> None:
    async with yard(ScaleRules()) as made:
        assert [tool.honours_keys for tool in (await made.made[0].list_tools()).tools] == [True]
        assert [tool.honours_keys for tool in (await made.server.list_tools()).tools] == [False]
