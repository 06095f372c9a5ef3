"""What a running conversation reads words with: it learns, may ask a model, and hears what servers offer."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from assistant.conversation.observations import Called, Stepped, Understood
from assistant.conversation.reader import Reader
from assistant.dialogue.events import CallEnded
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Purpose, Say
from assistant.understanding.grammar.compiler import compile_grammar
from assistant.understanding.learning.experience import Experience
from assistant.understanding.learning.language_model import Model, ModelSettings
from assistant.understanding.reading import Context, Reading
from client.call import CallError, Failed, Outcome, Sent, Succeeded, ToolCall
from client.catalog import Catalog
from client.connections.resources_and_prompts import Material
from client.servers.mcp.in_process import InProcessServer
from client.values import JSON
from tests.assistant.understanding.catalogs import CAR
from tests.assistant.understanding.test_hints import music
from tests.assistant.understanding.test_model import UNCLEAR, Endpoint, calling
from voice.recognition.recognizer_base import Transcript

NOW = Context(now=1.795e9)
SAID = "my meter is running out, feed zone 4711 for two hours"


def call_of(tool: str, arguments: dict[str, JSON]) -> ToolCall:
    return ToolCall("1", "made-up", tool, arguments, "key-1")


async def reader_at(path: Path, said: str, call: ToolCall, outcome: Outcome) -> Reading:
    """Read a sentence, let a call end so, and read the sentence again with what was learned."""
    reader = Reader(experience=Experience(path))
    await reader.adopt(CAR)
    reader.read([said], NOW)
    await reader.called(call, outcome)
    return reader.read([said], NOW)


def score_of(reading: Reading, tool: str) -> float:
    return next((found.score for found in reading.interpretations if found.tool == f"made-up.{tool}"), 0.0)


@pytest.mark.proves("U.learning")
async def test_what_the_driver_confirmed_is_known_at_once_and_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "experience.json"
    done = call_of("pay_parking", {"zone": 4711, "duration": "PT2H"})
    after = await reader_at(path, SAID, done, Succeeded({}))
    assert after.interpretations[0].tool == "made-up.pay_parking"
    assert after.interpretations[0].score > 0.9
    again = Reader(experience=Experience(path))
    await again.adopt(CAR)
    assert again.read([SAID], NOW).interpretations == after.interpretations
    Experience(path).forget()
    assert not Experience(path).examples


@pytest.mark.proves("U.learning")
async def test_what_failed_or_was_never_confirmed_is_not_learned(tmp_path: Path) -> None:
    path = tmp_path / "experience.json"
    failed = Failed(CallError("tool_error", "The zone is not known.", Sent.YES))
    await reader_at(path, SAID, call_of("pay_parking", {"zone": 4711, "duration": "PT2H"}), failed)
    await reader_at(path, "weather in Ulm", call_of("get_forecast", {"city": "Ulm"}), Succeeded({}))
    assert not path.exists()


@pytest.mark.proves("U.model")
async def test_a_model_is_asked_where_the_reading_is_unsure_and_nothing_changes_without_one() -> None:
    endpoint = Endpoint(calling("send_text", recipient="my better half", message="we roll in soon"))
    async with endpoint.serving(), httpx.AsyncClient() as http:
        reader = Reader(model=Model(ModelSettings(endpoint.url, "small", seconds=5.0), http))
        await reader.adopt(CAR)
        best = (await reader.improved(reader.read([UNCLEAR], NOW), NOW)).interpretations[0]
    assert best.tool == "made-up.send_text"
    alone = Reader()
    await alone.adopt(CAR)
    reading = alone.read([UNCLEAR], NOW)
    assert await alone.improved(reading, NOW) is reading


@pytest.mark.proves("U.hints")
async def test_what_servers_offer_is_asked_for_and_a_server_with_nothing_to_offer_holds_up_nothing() -> None:
    server = InProcessServer("music", music())
    await server.connect()
    try:
        catalog = Catalog(tuple((await server.list_tools()).tools))
        reader = Reader(material=Material([server]))
        await reader.adopt(catalog)
        await reader.enrich(catalog)
        best = reader.read(["play night at ten"], NOW).interpretations[0]
        assert dict(best.arguments) == {"station": "night at ten"}
        heard, plain = str(reader.grammar(catalog, NOW)), str(compile_grammar(catalog, NOW))
        for offered in ("night at ten", "wind down"):  # a value that a resource names, and a prompt
            assert offered in heard, "the recognizer listens for it, too"
            assert offered not in plain
    finally:
        await server.close()
    await reader.enrich(catalog)  # the server is gone: what was offered is, too
    assert reader.read(["play night at ten"], NOW).interpretations[0].tool == "music.play_station"


@pytest.mark.proves("U.model")
async def test_the_model_is_told_the_conversation_that_the_reader_saw() -> None:
    endpoint = Endpoint(calling("send_text"))
    made = call_of("get_forecast", {"city": "Bonn"})
    said = Say(1, "It is 3 degrees.", Purpose.STATEMENT)
    async with endpoint.serving(), httpx.AsyncClient() as http:
        reader = Reader(model=Model(ModelSettings(endpoint.url, "small", seconds=5.0), http))
        await reader.adopt(CAR)
        for seen in (
            Understood(NOW.now - 5, "is it cold in Bonn", Reading(), 0.0),
            Called(NOW.now - 4, made, Succeeded({"temperature": 3}), 0.0),
            Stepped(NOW.now - 4, CallEnded(NOW.now - 4, "1", Succeeded(None)), (said,), State("s")),
        ):
            reader.saw(seen)
        await reader.understand(Transcript(UNCLEAR), NOW)
    messages = endpoint.asked[0]["messages"]
    assert [message.get("content") for message in messages[1:]] == [
        "is it cold in Bonn", "", '{"temperature": 3}', "It is 3 degrees.", UNCLEAR,
    ]  # fmt: skip
