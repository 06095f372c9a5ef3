"""A conversation's stages, calls, servers and outbox are counted, traced, and told aloud where a rule asks for it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from assistant.assembly import open_live
from assistant.conversation.observations import Called, Observation, Recognized, Spoke, Stepped, Understood
from assistant.dialogue.events import Noticed
from assistant.hosting.host import ToolHost
from assistant.metrics.conversation_figures import call_observer, stage_observer
from assistant.metrics.figures import Figures
from assistant.metrics.serving_figures import Watch
from assistant.metrics.tracing import Traced, Traces, tracing
from assistant.metrics.tracing_wish import ENDPOINT
from assistant.settings.settings import AlertRule, MetricsSettings, Settings
from assistant.town.town_host import TownHost
from assistant.town.world import World
from assistant.understanding.reading import Reading
from client.call import CallError, Failed, Sent, Succeeded, ToolCall
from client.clock import SystemClock
from tests.client.harness import until
from voice.recognition.recognizer_base import Transcript

CALL = ToolCall("1", "town", "get_weather", {"location": "Speyer"}, "key")


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def traces(spans: InMemorySpanExporter) -> Traces:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return Traces(provider.get_tracer("test"))


@pytest.mark.proves("M.figures", "M.traces")
def test_every_stage_of_a_turn_is_timed_and_belongs_to_one_trace_without_a_word_of_it(
    traces: Traces, spans: InMemorySpanExporter
) -> None:
    figures = Figures(lambda: 100.0)
    seen = stage_observer(figures, traces, SystemClock())
    seen(Recognized(101.0, Transcript("the weather in Speyer", audio_seconds=1.5, decode_seconds=0.2)))
    seen(Understood(101.1, "the weather in Speyer", Reading(text="the weather in Speyer"), 0.01))
    seen(Called(101.5, CALL, Succeeded({"summary": "sunny"}, served_by="town"), 0.4))
    seen(Spoke(103.5, 101.6, "It is sunny.", 0.05, True))
    seen(Recognized(110.0, Transcript("stop", audio_seconds=0.5, decode_seconds=0.1)))
    seen(Called(110.5, CALL, Failed(CallError("timed_out", "No answer.", Sent.MAYBE), 1), 0.4))
    traces.end()
    text = figures.exposition().decode()
    for stage, seconds in (("understanding", 0.01), ("synthesis", 0.05)):
        assert f'mcqueen_voice_seconds_sum{{stage="{stage}"}} {seconds}' in text
    assert 'mcqueen_voice_seconds_count{stage="recognition"} 2.0' in text
    done = spans.get_finished_spans()
    turns = [span for span in done if span.name == "turn"]
    assert len(turns) == 2
    first = [span.name for span in done if span.parent and span.parent.span_id == turns[0].context.span_id]
    assert first == ["recognition", "understanding", "call", "speech"]
    assert turns[0].start_time == int(99.5e9)
    failed = [span for span in done if span.name == "call" and span.status.status_code is StatusCode.ERROR]
    assert len(failed) == 1
    assert "Speyer" not in repr([span.to_json() for span in done])


@pytest.mark.proves("M.traces")
async def test_a_request_goes_on_with_the_trace_of_its_caller_and_calls_belong_to_it(
    spans: InMemorySpanExporter, traces: Traces
) -> None:
    figures = Figures(lambda: 100.0)

    async def app(scope: object, receive: object, send: object) -> None:
        call_observer(figures, traces, SystemClock())(CALL, Succeeded({}, served_by="town"), 0.1)
        await send({"type": "http.response.start", "status": 204, "headers": []})  # type: ignore[operator]  # ASGI
        await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]  # ASGI

    traced = Traced(app, traces._tracer)
    transport = httpx.ASGITransport(app=traced)
    above = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        await http.get("/mcp", headers={"traceparent": above})
    call, request = spans.get_finished_spans()
    assert f"{request.context.trace_id:032x}" in above
    assert request.attributes is not None
    assert request.attributes["http.response.status_code"] == 204
    assert call.parent is not None
    assert call.parent.span_id == request.context.span_id


def test_nothing_is_traced_unless_it_is_wished() -> None:
    with tracing({}) as on:
        assert on is False
    with tracing({ENDPOINT: ""}) as on:
        assert on is False


@pytest.mark.proves("M.traces")
@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize("counted", [False, True])
async def test_requests_are_traced_and_counted_independently_of_each_other(
    monkeypatch: pytest.MonkeyPatch, spans: InMemorySpanExporter, traces: Traces, *, traced: bool, counted: bool
) -> None:
    @contextmanager
    def configured() -> Iterator[bool]:
        yield traced

    monkeypatch.setattr("assistant.metrics.serving_figures.tracing", configured)
    monkeypatch.setattr("assistant.metrics.serving_figures.Traced", lambda app: Traced(app, traces._tracer))
    monkeypatch.setattr("assistant.metrics.serving_figures.Traces", lambda: traces if traced else Traces())

    async def app(scope: object, receive: object, send: object) -> None:
        assert isinstance(host, ToolHost)
        await host.call("get_weather", {"location": "Speyer"})
        await send({"type": "http.response.start", "status": 204, "headers": []})  # type: ignore[operator]  # ASGI
        await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]  # ASGI

    watch = Watch(MetricsSettings(), lambda: 100.0, counts=counted)
    with watch.tracing():
        host = watch.measured(TownHost(World(1, now=lambda: datetime.fromtimestamp(1_796_029_200.0, UTC))))
        transport = httpx.ASGITransport(app=watch.around(app))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            await http.get("/mcp")
    assert [span.name for span in spans.get_finished_spans()] == (["call", "GET request"] if traced else [])
    assert ("mcqueen_requests_total{" in watch.figures.exposition().decode()) is counted


@pytest.mark.proves("M.traces")
async def test_a_conversation_is_traced_although_no_figures_are_shown_in_the_car(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spans: InMemorySpanExporter, traces: Traces
) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setattr("assistant.metrics.conversation_figures.Traces", lambda: traces)
    port = _free_port()
    settings = Settings(data_folder=str(tmp_path), metrics=MetricsSettings(port=port))
    complaints: list[str] = []
    async with open_live(settings, complaints.append, sound=False) as live:
        await live.runtime.type("what is the weather in Speyer")
        await until(lambda: "call" in [span.name for span in spans.get_finished_spans()])
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), 1).close()


@pytest.mark.proves("M.port", "M.alerts")
async def test_in_the_car_the_figures_are_shown_where_wished_and_a_broken_rule_is_told_to_the_driver(
    tmp_path: Path,
) -> None:
    rule = AlertRule(name="slow", figure="slow_calls", above=0.0, calls=1, tell=("spoken", "shown"))
    port = _free_port()
    metrics = MetricsSettings(port=port, in_car=True, alerts=[rule])
    settings = Settings(data_folder=str(tmp_path), metrics=metrics)
    complaints: list[str] = []
    async with open_live(settings, complaints.append, sound=False) as live, httpx.AsyncClient(trust_env=False) as http:
        said: asyncio.Queue[str] = asyncio.Queue()

        def seen(what: Observation) -> None:
            if isinstance(what, Spoke):
                said.put_nowait(what.text)
            elif isinstance(what, Stepped) and isinstance(what.event, Noticed):
                said.put_nowait(what.event.text)

        live.runtime.observe(seen)
        await live.runtime.type("what is the weather in Speyer")
        async with asyncio.timeout(10):
            while "Speyer" not in await said.get():
                pass
            page = await http.get(f"http://127.0.0.1:{port}/dashboard")
            while "Calls take" not in await said.get():
                pass
        text = (await http.get(f"http://127.0.0.1:{port}/metrics")).text
    assert "get_weather" in page.text
    assert 'mcqueen_server_up{server="town"} 1.0' in text
    assert 'mcqueen_circuit{server="town"} 0.0' in text
    assert 'mcqueen_voice_seconds_count{stage="understanding"} 1.0' in text
    assert "mcqueen_outbox_waiting 0.0" in text
    with pytest.raises(httpx.ConnectError):
        async with httpx.AsyncClient(trust_env=False) as http:
            await http.get(f"http://127.0.0.1:{port}/metrics")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
