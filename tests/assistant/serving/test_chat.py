"""The chat over REST: whole conversations of several users, judged by what the desk and the town really did."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from assistant.conversation.chat.chat import Chat
from assistant.conversation.chat.chat_lines import ChatLines
from assistant.conversation.chat.chats import Chats
from assistant.conversation.observations import Stepped
from assistant.dialogue.events import PushToTalk
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Purpose, Say, Show
from assistant.serving.rest.rest_models import LONGEST_MESSAGE
from assistant.serving.rest.rest_settings import RestSettings
from assistant.town.service_booking.desk import ServiceDesk
from assistant.town.service_booking.desk_records import ServiceBooking, ServiceRecords
from assistant.town.town_host import TownHost
from assistant.town.world import World
from client.clock import SystemClock
from tests.assistant.serving.chats import Phone, chatting, phones
from tests.assistant.town.clock import SetClock

FLOW = (
    ("my mobile is nine eight seven six five four three two one zero", "You are Rahul Sharma from Pune."),
    ("my car is m h one two a b one two three four", "A 2023 Maruti Suzuki Swift ZXI+, due for service."),
    ("find dealers in Pune for regular service", "There is Arena Hinjewadi, three kilometres"),
    ("when is Arena Hinjewadi free tomorrow", "Arena Hinjewadi is free tomorrow at "),
)
BOOK = "book a regular service at Arena Hinjewadi tomorrow at {hour}"


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[ServiceRecords]:
    kept = await ServiceRecords.open(tmp_path / "service.sqlite")
    yield kept
    await kept.close()


async def booked(records: ServiceRecords) -> list[ServiceBooking]:
    """What the desk holds: the judge of these tests."""
    return list(await records.find())


async def _free_hours(phone: Phone) -> list[int]:
    answer = await phone.say("when is Arena Hinjewadi free tomorrow")
    return [int(word.partition(":")[0]) for word in answer.replace(",", " ").split() if ":" in word]


@pytest.mark.proves("G.chat", "G.service-booking")
async def test_a_service_is_booked_from_the_registration_to_the_confirmation(
    tmp_path: Path, clock: SetClock, records: ServiceRecords
) -> None:
    desk = ServiceDesk(records, clock)
    async with chatting(desk, clock, tmp_path) as running, phones(running, "rahul") as (phone,):
        for words, answer in FLOW:
            assert answer in (await phone.say(words)).replace("3 kilo", "three kilo")
        hour = (await _free_hours(phone))[0]
        read_back = await phone.say(BOOK.format(hour=hour))
        assert read_back.startswith("Book a car service: Swift, dealer name Arena Hinjewadi, service type regular")
        assert await booked(records) == []
        assert "is booked" in await phone.say("yes")
        (booking,) = await booked(records)
        assert (booking.vehicle_id, booking.status, booking.service_type) == ("V-2001", "confirmed", "regular")
        assert booking.time == f"{hour:02}:00:00"
        assert "is booked" in await phone.say("is my service booked")  # it still knows which car
        entries = [one for one in running.audit.entries if one.get("face") == "chat" and one["tool"] == "book_service"]
        assert [(one["user_id"], one["outcome"]) for one in entries] == [("rahul", "done")]
        assert (await phone.request("GET", "/usage")).json()["usage"]["book_service"] == 1


@pytest.mark.proves("G.chat", "G.people-apart")
async def test_the_desk_keeps_the_context_of_each_user(
    tmp_path: Path, clock: SetClock, records: ServiceRecords
) -> None:
    desk = ServiceDesk(records, clock)
    async with chatting(desk, clock, tmp_path) as running, phones(running, "rahul", "other") as (rahul, other):
        await rahul.say("my car is MH 12 AB 1234")
        await other.say("my car is KA 05 EF 9012")
        hours = await _free_hours(rahul)
        assert "Swift" in await rahul.say(BOOK.format(hour=hours[0]))
        theirs = await other.say(BOOK.format(hour=hours[1]))
        assert "Swift" not in theirs
        await asyncio.gather(rahul.say("yes"), other.say("yes"))
        by_time = {booking.time: booking.vehicle_id for booking in await booked(records)}
        assert len(by_time) == 2
        assert by_time[f"{hours[0]:02}:00:00"] == "V-2001"
        assert by_time[f"{hours[1]:02}:00:00"] != "V-2001"
        assert not any("Swift" in said or "MH12AB1234" in said for said in other.heard)


@pytest.mark.proves("G.chat", "G.people-apart")
async def test_users_of_the_town_have_their_own_world_and_records(tmp_path: Path, clock: SetClock) -> None:
    host = TownHost(World(1, now=clock))
    async with chatting(host, clock, tmp_path) as running, phones(running, "anna", "ben") as (anna, ben):
        await anna.say("send a message to Anna saying zqabcdefgh")
        assert "is sent" in await anna.say("yes")
        assert "zqabcdefgh" in await anna.say("read my messages from Anna")
        assert "zqabcdefgh" not in await ben.say("read my messages from Anna")
        assert "zqabcdefgh" in str(host.for_user("anna").world.snapshot())
        assert "zqabcdefgh" not in str(host.for_user("ben").world.snapshot())
        assert len(list((tmp_path / "chats").iterdir())) == 2


@pytest.mark.proves("G.chat")
async def test_a_yes_of_somebody_who_does_not_have_the_read_back_is_not_taken(tmp_path: Path, clock: SetClock) -> None:
    host = TownHost(World(1, now=clock))
    async with chatting(host, clock, tmp_path) as running, phones(running, "anna") as (anna,):
        start = host.for_user("anna").world.snapshot()
        asked = await anna.post(text="send a message to Anna saying hello", after=0)
        (line,) = asked.json()["lines"]
        assert (line["kind"], asked.json()["state"]) == ("read_back", "confirming")
        for body in ({"text": "yes"}, {"text": "yes", "after": 0}, {"text": "yes", "after": 999}):
            refused = await anna.post(**body)
            assert refused.status_code == 409
            assert refused.json()["lines"] == [line]
        assert host.for_user("anna").world.snapshot() == start
        done = await anna.post(text="yes", after=line["number"])
        assert "is sent" in done.json()["lines"][0]["text"]
        again = await anna.post(text="yes", after=done.json()["last"])
        assert not any("sent" in one["text"] for one in again.json()["lines"])


@pytest.mark.proves("G.chat")
async def test_a_yes_after_a_minute_and_a_yes_to_something_changed_get_a_new_read_back(
    tmp_path: Path, clock: SetClock
) -> None:
    host = TownHost(World(1, now=clock))
    async with chatting(host, clock, tmp_path) as running, phones(running, "anna") as (anna,):
        await anna.say("send a message to Anna saying hello")
        clock.forward(seconds=61)
        assert "Shall I send this?" in await anna.say("yes")
        assert "Shall I send this?" in await anna.say("change the message to goodbye")
        assert (await anna.say("yes")).startswith("Your message to Anna is sent: goodbye")


@pytest.mark.proves("G.chat")
async def test_what_is_switched_off_or_wants_a_login_is_refused_and_said(tmp_path: Path, clock: SetClock) -> None:
    host = TownHost(World(1, now=clock))
    async with chatting(host, clock, tmp_path) as running, phones(running, "anna") as (anna,):
        assert await anna.say("write a note buy milk") == "Log in to documents first."
        await anna.request("PUT", "/auth/services/documents", credentials={"token": "x"})
        assert "first" not in await anna.say("write a note buy milk")
        await anna.request("PUT", "/mcp/tools/send_message/configure", enabled=False)
        await anna.say("send a message to Anna saying hello")
        assert "You switched send message off" in await anna.say("yes")


@pytest.mark.proves("G.chat")
async def test_a_message_needs_a_session_words_and_room(tmp_path: Path, clock: SetClock) -> None:
    host = TownHost(World(1, now=clock))
    settings = RestSettings(rate_max=13)
    async with (
        chatting(host, clock, tmp_path, settings=settings) as running,
        phones(running, "anna") as (anna,),
        httpx.AsyncClient(base_url=running.rest_url, trust_env=False) as nobody,
    ):
        page = (await nobody.get("/openapi.json")).json()
        assert set(page["paths"]["/api/v1/chat"]) == {"post", "get", "delete"}
        for method in ("POST", "GET", "DELETE"):
            assert (await nobody.request(method, "/chat", json={"text": "hello"})).status_code == 401
        for text in ("", "   ", "x" * (LONGEST_MESSAGE + 1), 7, None):
            assert (await anna.post(text=text)).status_code == 400
        statuses = [(await anna.request("GET", "/chat")).status_code for _ in range(4)]
        assert statuses[-1] == 429


@pytest.mark.proves("G.chat")
async def test_the_end_of_a_conversation_takes_what_it_had_asked_with_it(tmp_path: Path, clock: SetClock) -> None:
    host = TownHost(World(1, now=clock))
    async with chatting(host, clock, tmp_path) as running, phones(running, "anna") as (anna,):
        start = host.for_user("anna").world.snapshot()
        await anna.say("send a message to Anna saying hello")
        assert (await anna.request("DELETE", "/chat")).json()["message"] == "The conversation ended."
        assert (await anna.request("GET", "/chat")).json() | {"request_id": ""} == {
            "success": True, "lines": [], "last": 0, "state": "idle", "request_id": "",
        }  # fmt: skip
        await anna.say("yes")
        assert host.for_user("anna").world.snapshot() == start


async def test_a_read_back_counts_as_heard_only_when_it_went_out() -> None:
    lines = ChatLines()
    effects = (Say(1, "Sent.", Purpose.STATEMENT), Show("Sent to Anna"), Say(2, "Shall I?", Purpose.READ_BACK))
    lines.saw(Stepped(0.0, PushToTalk(0.0), effects, State("x")))
    assert [(line.number, line.kind) for line in lines.after(0)] == [(1, "statement"), (2, "shown"), (3, "read_back")]
    await asyncio.wait_for(lines.say("Sent."), 1)
    speaking = asyncio.create_task(lines.say("Shall I?"))
    await asyncio.sleep(0)
    lines.sent(2)
    await asyncio.sleep(0)
    assert lines.waiting
    assert not speaking.done()
    lines.sent(3)
    await asyncio.wait_for(speaking, 1)
    assert not lines.waiting


class _Idle:
    """A conversation that is busy if a test says so."""

    busy = False

    def leave(self) -> None:
        """Have nothing taken up, as there is nothing."""


async def test_beyond_the_most_conversations_the_idlest_ends_and_none_that_is_busy() -> None:
    ended: list[str] = []
    made: dict[str, _Idle] = {}

    @asynccontextmanager
    async def opening(user_id: str) -> AsyncIterator[Chat]:
        made[user_id] = _Idle()
        yield made[user_id]  # type: ignore[misc]  # all that is asked of it is whether it is busy
        ended.append(user_id)

    chats = Chats(opening, SystemClock(), most=2)
    for user_id in ("a", "b", "a", "c"):
        found: object = await chats.of(user_id)
        assert found is made[user_id]
    assert len(chats) == 2
    made["a"].busy = made["c"].busy = True
    assert await chats.of("d") is None
    await chats.close()
    assert sorted(ended) == ["a", "b", "c"]


async def test_a_conversation_that_cannot_open_fails_its_user_alone() -> None:
    @asynccontextmanager
    async def opening(user_id: str) -> AsyncIterator[Chat]:
        if user_id == "bad":
            raise ValueError(user_id)
        yield _Idle()  # type: ignore[misc]  # as above

    chats = Chats(opening, SystemClock())
    with pytest.raises(ValueError, match="bad"):
        await chats.of("bad")
    assert await chats.of("good") is not None
    assert len(chats) == 1
    await chats.close()


async def test_a_conversation_nobody_uses_ends_after_its_time() -> None:
    class Hurried(SystemClock):
        passed = 0.0

        def monotonic(self) -> float:
            return self.passed

        async def sleep(self, seconds: float) -> None:
            self.passed += seconds
            await asyncio.sleep(0)

    ended = asyncio.Event()

    @asynccontextmanager
    async def opening(user_id: str) -> AsyncIterator[Chat]:
        yield _Idle()  # type: ignore[misc]  # as above
        ended.set()

    clock = Hurried()
    chats = Chats(opening, clock, idle=1800)
    await chats.of("a")
    looking = asyncio.create_task(chats.end_idle())
    await asyncio.wait_for(ended.wait(), 5)
    looking.cancel()
    await chats.close()
    assert len(chats) == 0
    assert 1800 < clock.passed < 3600
