"""What stands behind McQueen's MCP face comes through it: progress, resources, prompts; and calls are counted."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Literal

import httpx
import mcp_types as types
import pytest
from mcp import Client, MCPError

from assistant.metrics.serving_figures import Watch
from assistant.policy.sensitivity import is_deferrable
from assistant.serving.server import RunningServer, serve_tools
from assistant.serving.tool_client_host import ToolClientHost
from assistant.settings.settings import MetricsSettings
from assistant.tool_opening import needs_consent, open_tools
from client.clock import SystemClock
from client.servers.mcp.stdio import StdioServer
from tests.conformance.behind import AUDIO, EMBEDDED, IMAGE, PIXEL, SILENCE

BEHIND = ("-m", "tests.conformance.behind")
Era = Literal["auto", "legacy"]


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


async def front(stack: AsyncExitStack, folder: Path, *names: str, watch: Watch | None = None) -> RunningServer:
    """Serve servers over stdio, each under a name, through McQueen."""
    clock = SystemClock()
    servers = [StdioServer(name, sys.executable, BEHIND, {}, clock=clock, trusted=True) for name in names]
    tools = await stack.enter_async_context(open_tools(servers, folder, clock))
    await tools.ready(20)
    options: dict[str, Any] = {"on_outcome": watch.called(clock)} if watch is not None else {}
    host = ToolClientHost(tools, clock=clock, needs_consent=needs_consent, deferrable=is_deferrable, **options)
    running = await stack.enter_async_context(serve_tools(host, clock.now, faces=("mcp",)))
    if watch is not None:
        await stack.enter_async_context(watch.shown(tools))
    return running


def all_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


@pytest.mark.proves("G.passed-on")
@pytest.mark.parametrize("era", ["auto", "legacy"])
async def test_progress_comes_through_in_order_and_only_to_who_asked(
    stack: AsyncExitStack, tmp_path: Path, era: Era
) -> None:
    running = await front(stack, tmp_path, "behind")
    told: list[tuple[float, float | None]] = []

    async def progressed(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total))

    async with Client(running.mcp_url, mode=era) as one, Client(running.mcp_url, mode=era) as other:
        await other.call_tool("test_simple_text", {})
        await one.call_tool("test_tool_with_progress", {}, progress_callback=progressed)
    assert told == [(0, 100), (50, 100), (100, 100)]


@pytest.mark.proves("G.passed-on")
@pytest.mark.parametrize("era", ["auto", "legacy"])
async def test_resources_and_prompts_come_through_and_shared_names_are_kept_apart(
    stack: AsyncExitStack, tmp_path: Path, era: Era
) -> None:
    running = await front(stack, tmp_path, "here", "there")
    async with Client(running.mcp_url, mode=era) as client:
        uris = [str(one.uri) for one in (await client.list_resources()).resources]
        assert uris == ["test://static-text", "test://static-binary"] * 2
        templates = (await client.list_resource_templates()).resource_templates
        assert {one.uri_template for one in templates} == {"test://template/{id}/data"}
        text = (await client.read_resource("test://template/7/data")).contents[0]
        assert isinstance(text, types.TextResourceContents)
        assert '"id": "7"' in text.text
        picture = (await client.read_resource("test://static-binary")).contents[0]
        assert isinstance(picture, types.BlobResourceContents)
        with pytest.raises(MCPError, match="Resource not found"):
            await client.read_resource("test://nothing")
        names = {prompt.name for prompt in (await client.list_prompts()).prompts}
        assert {"here.test_simple_prompt", "there.test_simple_prompt"} <= names
        filled = await client.get_prompt("there.test_prompt_with_arguments", {"arg1": "one", "arg2": "two"})
        assert "one" in filled.messages[0].content.model_dump_json()
        shown = (await client.get_prompt("here.test_prompt_with_image")).messages[0].content
        assert isinstance(shown, types.ImageContent)
        with pytest.raises(MCPError, match="no prompt called"):
            await client.get_prompt("nothing")
        blank = {"name": "arg1", "value": "par"}
        for name, values in (("here.test_prompt_with_arguments", ["paris", "park"]), ("nothing", [])):
            found = await client.complete(types.PromptReference(type="ref/prompt", name=name), blank)
            assert found.completion.values == values


@pytest.mark.proves("G.passed-on")
@pytest.mark.parametrize("era", ["auto", "legacy"])
async def test_pictures_sound_and_resources_come_through_in_their_order_and_are_kept_nowhere(
    stack: AsyncExitStack, tmp_path: Path, era: Era
) -> None:
    running = await front(stack, tmp_path, "behind")
    async with Client(running.mcp_url, mode=era) as client:
        mixed = (await client.call_tool("test_multiple_content_types", {})).content
        assert [block.type for block in mixed] == ["text", "image", "resource"]
        assert mixed[1] == IMAGE
        assert mixed[2] == EMBEDDED
        assert (await client.call_tool("test_audio_content", {})).content == [AUDIO]
    await stack.aclose()
    kept = all_bytes(tmp_path)
    assert PIXEL.encode() not in kept
    assert SILENCE.encode() not in kept


@pytest.mark.proves("G.passed-on")
async def test_a_question_keeps_the_name_that_the_server_behind_gave_it(stack: AsyncExitStack, tmp_path: Path) -> None:
    running = await front(stack, tmp_path, "behind")
    asked = []

    async def ask(method: str, answers: dict[str, Any], state: str | None) -> Any:
        params: dict[str, Any] = {
            "name": "test_input_required_result_multi_round",
            "arguments": {},
            "inputResponses": answers,
        }
        meta = {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}}},
        }
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "requestState": state, "_meta": meta}}
        headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2026-07-28"}
        headers |= {"Mcp-Method": method, "Mcp-Name": params["name"]}
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.post(running.mcp_url, json=body, headers=headers)
        return json.loads(answer.text.partition("data: ")[2] or answer.text)["result"]

    answers: dict[str, Any] = {}
    state = None
    for _ in range(3):
        result = await ask("tools/call", answers, state)
        if result["resultType"] == "complete":
            break
        (name,) = result["inputRequests"]
        asked.append(name)
        answers, state = {name: {"action": "accept", "content": {"name": "Alice"}}}, result["requestState"]
    assert asked == ["step1", "step2"]
    assert "Alice" in result["content"][0]["text"]


@pytest.mark.proves("M.figures")
async def test_calls_through_the_face_are_counted_with_their_server(stack: AsyncExitStack, tmp_path: Path) -> None:
    watch = Watch(MetricsSettings(port=0), SystemClock().now)
    running = await front(stack, tmp_path, "behind", watch=watch)
    async with Client(running.mcp_url) as client:
        await client.call_tool("test_simple_text", {})
        await client.call_tool("test_error_handling", {})
    text = watch.figures.exposition().decode()
    assert 'mcqueen_calls_total{outcome="succeeded",server="behind",tool="test_simple_text"} 1.0' in text
    assert 'mcqueen_calls_total{outcome="refused",server="behind",tool="test_error_handling"} 1.0' in text
    assert 'mcqueen_server_up{server="behind"} 1.0' in text
