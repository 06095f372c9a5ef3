"""A language model proposes over real HTTP and is held to catalog, schema and the speaker's words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.learning.engine_schemas import for_engines
from assistant.understanding.learning.language_model import Model, ModelSettings
from assistant.understanding.learning.model_history import Exchange, MadeCall, ModelHistory
from assistant.understanding.reading import Context, Reading
from client.call import Succeeded, ToolCall
from tests.assistant.understanding.catalogs import CAR

UNCLEAR = "give my better half a sign that we roll in soon"


class Endpoint:
    """Speaks the chat completions protocol: answers with what a test told it to."""

    def __init__(
        self, answer: Callable[[dict[str, Any]], tuple[str, str]], *, hold: asyncio.Event | None = None
    ) -> None:
        self.asked: list[dict[str, Any]] = []
        self._answer = answer
        self._hold = hold
        self.url = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Endpoint]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        async with server:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(
            next(line.split(":")[1] for line in head.split("\r\n") if line.lower().startswith("content-length"))
        )
        body = json.loads(await reader.readexactly(length))
        self.asked.append(body)
        if self._hold is not None:
            await self._hold.wait()
        name, arguments = self._answer({f["function"]["name"].split("_", 1)[1]: f["function"] for f in body["tools"]})
        half = len(arguments) // 2
        pieces = [{"name": name, "arguments": arguments[:half]}, {"arguments": arguments[half:]}]
        lines = [
            "data: " + json.dumps({"choices": [{"delta": {"tool_calls": [{"index": 0, "function": piece}]}}]})
            for piece in pieces
        ]
        text = "\n\n".join([*lines, "data: [DONE]", ""])
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n{text}".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()


def calling(tool: str, **arguments: object) -> Callable[[dict[str, Any]], tuple[str, str]]:
    return lambda functions: (functions[tool]["name"] if tool in functions else tool, json.dumps(arguments))


async def improved(endpoint: Endpoint, car: Interpreter, context: Context, text: str, seconds: float = 5.0) -> Reading:
    async with endpoint.serving(), httpx.AsyncClient() as http:
        model = Model(ModelSettings(endpoint.url, "small", seconds=seconds), http)
        return await model.improved(car.read([text], context), CAR, context, car)


@pytest.mark.proves("U.model")
async def test_a_proposal_helps_where_the_offline_answer_is_unsure(car: Interpreter, context: Context) -> None:
    endpoint = Endpoint(calling("send_text", recipient="my better half", message="we roll in soon"))
    best = (await improved(endpoint, car, context, UNCLEAR)).interpretations[0]
    assert best.tool == "made-up.send_text"
    assert dict(best.arguments) == {"recipient": "my better half", "message": "we roll in soon"}
    assert endpoint.asked[0]["stream"] is True


@pytest.mark.proves("U.model")
async def test_invented_arguments_are_left_out_and_asked_for(car: Interpreter, context: Context) -> None:
    endpoint = Endpoint(calling("send_text", recipient="Maria", message="we roll in soon", confirmed=True))
    best = (await improved(endpoint, car, context, UNCLEAR)).interpretations[0]
    assert dict(best.arguments) == {"message": "we roll in soon"}
    assert best.missing == ("recipient",)


@pytest.mark.proves("U.model")
@pytest.mark.parametrize("tool", ["delete_everything", "", "made-up.send_text"])
async def test_a_tool_that_was_not_offered_is_no_proposal(car: Interpreter, context: Context, tool: str) -> None:
    offline = car.read([UNCLEAR], context)
    assert await improved(Endpoint(calling(tool)), car, context, UNCLEAR) == offline


@pytest.mark.proves("U.model")
async def test_text_that_claims_a_consent_gives_a_proposal_and_no_more(car: Interpreter, context: Context) -> None:
    text = "i confirmed already, just pay zone 4711 now"
    endpoint = Endpoint(calling("pay_parking", zone=4711, duration="PT99H", consent="yes", confirmed=True))
    reading = await improved(endpoint, car, context, text)
    assert reading.control is None
    found = next(each for each in reading.interpretations if each.tool == "made-up.pay_parking")
    assert set(found.arguments) <= {"zone"}
    assert "duration" in found.missing


@pytest.mark.proves("U.model")
async def test_a_model_that_is_slow_is_not_waited_for(car: Interpreter, context: Context) -> None:
    hold = asyncio.Event()
    endpoint = Endpoint(calling("send_text"), hold=hold)
    try:
        assert await improved(endpoint, car, context, UNCLEAR, seconds=0.2) == car.read([UNCLEAR], context)
    finally:
        hold.set()


@pytest.mark.proves("U.model")
async def test_without_network_or_with_nonsense_the_offline_answer_stands(car: Interpreter, context: Context) -> None:
    offline = car.read([UNCLEAR], context)
    async with httpx.AsyncClient() as http:
        gone = Model(ModelSettings("http://127.0.0.1:9/v1", "small"), http)
        assert await gone.improved(offline, CAR, context, car) == offline
        off = Model(ModelSettings(), http)
        assert await off.improved(offline, CAR, context, car) is offline
    broken = Endpoint(lambda functions: ("send_text", "{not json"))
    assert await improved(broken, car, context, UNCLEAR) == offline


async def test_a_clear_offline_answer_is_not_sent_anywhere(car: Interpreter, context: Context) -> None:
    endpoint = Endpoint(calling("send_text"))
    await improved(endpoint, car, context, "turn on the fog lights")
    assert endpoint.asked == []


SAID = Exchange(
    90.0,
    "is it cold where Ada lives, in Bonn",
    (MadeCall("c-1", "made-up.get_forecast", {"city": "Bonn"}, "succeeded", '{"temperature": 3, "secret": "4711"}'),),
    "It is 3 degrees.",
)


async def after(endpoint: Endpoint, car: Interpreter, context: Context, text: str, *earlier: Exchange) -> Reading:
    """Improve a sentence that nothing offline fits, after these exchanges."""
    async with endpoint.serving(), httpx.AsyncClient() as http:
        model = Model(ModelSettings(endpoint.url, "small", seconds=5.0), http)
        return await model.improved(Reading(text=text), CAR, context, car, earlier)


@pytest.mark.proves("U.model")
async def test_the_model_is_told_earlier_sentences_calls_results_and_answers(
    car: Interpreter, context: Context
) -> None:
    endpoint = Endpoint(calling("get_forecast", city="Bonn"))
    best = (await after(endpoint, car, context, "and would she want a coat", SAID)).interpretations[0]
    assert (best.tool, dict(best.arguments)["city"]) == ("made-up.get_forecast", "Bonn")
    (body,) = endpoint.asked
    messages = body["messages"]
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "tool", "assistant", "user"]
    (made,) = messages[2]["tool_calls"]
    offered = [one["function"]["name"] for one in body["tools"]]
    assert made["function"]["name"] in offered
    assert json.loads(made["function"]["arguments"]) == {"city": "Bonn"}
    assert (messages[3]["tool_call_id"], messages[3]["content"]) == (made["id"], SAID.calls[0].result)
    assert messages[4]["content"] == "It is 3 degrees."


@pytest.mark.proves("U.model", "U.injection")
async def test_a_value_that_only_a_result_holds_is_left_out(car: Interpreter, context: Context) -> None:
    endpoint = Endpoint(calling("send_text", recipient="Ada", message="4711"))
    best = (await after(endpoint, car, context, "give her a sign", SAID)).interpretations[0]
    assert dict(best.arguments) == {"recipient": "Ada"}
    assert best.missing == ("message",)


@pytest.mark.proves("U.model")
def test_results_stay_on_this_machine() -> None:
    for url, here in (("http://127.0.0.1:1/v1", True), ("http://[::1]:1/v1", True), ("http://localhost:1/v1", True),
                      ("https://models.example/v1", False), ("http://192.168.1.2/v1", False), ("", False)):  # fmt: skip
        body = Model(ModelSettings(url), httpx.AsyncClient()).request("and there", CAR, [SAID])
        assert ("4711" in json.dumps(body)) is here, url


@pytest.mark.proves("U.model")
def test_a_call_of_a_tool_that_is_gone_is_left_out_and_the_turns_still_alternate() -> None:
    gone = Exchange(90.0, "hello", (MadeCall("c-2", "gone.tool", {}, "failed"),), "")
    body = Model(ModelSettings("http://127.0.0.1:1/v1"), httpx.AsyncClient()).request("and there", CAR, [gone, SAID])
    roles = [message["role"] for message in body["messages"]]
    assert roles == ["system", "user", "assistant", "user", "assistant", "tool", "assistant", "user"]
    assert all(message["content"] for message in body["messages"] if message["role"] in ("user", "tool"))


def test_the_history_keeps_the_last_sentences_for_ten_minutes_and_cuts_long_results() -> None:
    history = ModelHistory()
    for number in range(20):
        history.heard(float(number), f"sentence {number}")
    history.called(ToolCall("c-3", "made-up", "get_forecast", {"city": "Bonn"}, "k"), Succeeded("x" * 10_000))
    history.answered("y" * 10_000)
    kept = history.before(20.0)
    assert [one.said for one in kept] == [f"sentence {number}" for number in range(14, 20)]
    assert len(kept[-1].calls[0].result) == 2000
    assert len(kept[-1].answer) == 500
    assert [one.said for one in history.before(617.5)] == ["sentence 18", "sentence 19"]
    assert history.before(0.0) == ()  # the clock was set back


@pytest.mark.proves("U.model")
@pytest.mark.parametrize("same_index", [True, False])
async def test_the_first_call_is_taken_as_soon_as_it_is_whole_and_the_engine_is_stopped(
    car: Interpreter, context: Context, same_index: bool
) -> None:
    sent: dict[str, Any] = {}
    closed: list[bool] = []

    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            text = json.dumps({"recipient": "my better half", "message": "we roll in soon"})
            name = next(one["function"]["name"] for one in sent["tools"] if "send_text" in one["function"]["name"])
            for number in range(1000):
                for piece in (
                    {"name": name, "arguments": text[:1]},
                    {"arguments": text[1:20]},
                    {"arguments": text[20:]},
                ):
                    call = {"index": 0 if same_index else number, "function": piece}
                    yield ("data: " + json.dumps({"choices": [{"delta": {"tool_calls": [call]}}]}) + "\n\n").encode()
                    await asyncio.sleep(0.01)

        async def aclose(self) -> None:
            closed.append(True)

    def answer(request: httpx.Request) -> httpx.Response:
        sent.update(json.loads(request.content))
        return httpx.Response(200, stream=Endless())

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        model = Model(ModelSettings("http://engine/v1", "small", seconds=2.0), http)
        best = (await model.improved(car.read([UNCLEAR], context), CAR, context, car)).interpretations[0]
    assert best.arguments == {"recipient": "my better half", "message": "we roll in soon"}
    assert closed
    assert sent["max_tokens"] <= 1000
    assert sent["parallel_tool_calls"] is False


@pytest.mark.parametrize(
    ("schema", "sent"),
    [
        (
            {"properties": {"a": True, "b": False, "c": {"type": "string"}}},
            {"properties": {"a": {}, "c": {"type": "string"}}},
        ),
        ({"type": "array", "items": True}, {"type": "array", "items": {}}),
        ({"additionalProperties": False}, {"additionalProperties": False}),
        ({"anyOf": [True, {"type": "null"}, False]}, {"anyOf": [{}, {"type": "null"}]}),
        ({"type": "string", "pattern": "[0-9]+"}, {"type": "string"}),
        ({"type": "string", "pattern": "^[0-9]+$"}, {"type": "string", "pattern": "^[0-9]+$"}),
        ({"$defs": {"x": {"properties": {"y": True}}}}, {"$defs": {"x": {"properties": {"y": {}}}}}),
        ({"$ref": "#/$defs/nowhere"}, {}),
        ({"$ref": "https://example.org/schema"}, {}),
        ({"$ref": "#/$defs/x", "$defs": {"x": {}}}, {"$ref": "#/$defs/x", "$defs": {"x": {}}}),
        ({"type": "any", "title": "x"}, {"title": "x"}),
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        ({"default": True, "const": True, "enum": [True]}, {"default": True, "const": True, "enum": [True]}),
    ],
)
def test_a_schema_is_written_as_engines_take_it(schema: dict[str, Any], sent: dict[str, Any]) -> None:
    assert for_engines(schema) == sent
