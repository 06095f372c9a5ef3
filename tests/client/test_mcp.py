"""What all MCP transports share, on real SDK servers: elicitation in both eras, child processes, in process."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from mcp import types
from mcp.server.mcpserver import Context, MCPServer
from pydantic import BaseModel

from client.call import Need, NeedsInput
from client.servers.mcp.in_process import InProcessServer
from client.servers.mcp.mcp_answers import answer_of_result
from client.servers.mcp.stdio import StdioServer
from client.servers.tool_server import FailureKind, Faulted, ServerUnavailableError, ToolServer
from tests.client.counting_server import CountingServer
from tests.client.harness import QUICK, at, make_call, tool_client, until

ROOT = Path(__file__).parents[2]


class Party(BaseModel):
    size: int
    outside: bool = False


class AskingServer(CountingServer):
    """Asks for the size of the party in the middle of the call."""

    def sdk_server(self) -> MCPServer:
        server = MCPServer("town", log_level="ERROR")

        async def reserve(name: str, context: Context) -> str:
            answer = await context.elicit("For how many?", Party)
            if answer.action != "accept":
                return answer.action
            self.sent.append(f"{name} {answer.data.size} {answer.data.outside}")
            return "reserved"

        server.add_tool(reserve, description="Hold a table.")
        return server


@pytest.mark.usefixtures("handshake_era")
async def test_a_server_that_asks_in_the_middle_of_a_call_is_answered_through_the_same_call(tmp_path: Path) -> None:
    async with AskingServer() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        call = make_call("reserve", name="Anna")
        asked = await tools.call(call)
        assert isinstance(asked, NeedsInput)
        assert (asked.need, asked.error.message, asked.error.names) == (
            Need.ARGUMENTS,
            "For how many?",
            ("size", "outside"),
        )
        assert server.sent == []
        outcome = await tools.call(call, answers={"size": 4})
        assert outcome.kind == "succeeded"
        assert server.sent == ["Anna 4 False"]


@pytest.mark.usefixtures("handshake_era")
async def test_a_question_that_is_not_answered_is_declined_and_the_connection_goes_on(tmp_path: Path) -> None:
    async with AskingServer() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        call = make_call("reserve", name="Anna")
        assert (await tools.call(call)).kind == "needs_input"
        assert (await tools.call(call)).kind == "needs_input"  # asked anew: the first question is declined
        other = make_call("reserve", name="Bert")
        assert (await tools.call(other)).kind == "needs_input"
        assert (await tools.call(other, answers={"size": 2, "outside": True})).kind == "succeeded"
        assert server.sent == ["Bert 2 True"]


async def test_an_input_required_result_is_answered_with_its_state(tmp_path: Path) -> None:
    from tests.client.faulty_server import TOOLS, FaultyServer

    class Asking(FaultyServer):
        def _execute(self, message: dict[str, object]) -> dict[str, object]:
            params = message["params"]
            assert isinstance(params, dict)
            answered = params.get("inputResponses")
            if answered is None:
                schema = {"type": "object", "properties": {"agree": {"type": "boolean"}}, "required": ["agree"]}
                request = {
                    "method": "elicitation/create",
                    "params": {"mode": "form", "message": "Really?", "requestedSchema": schema},
                }
                result = {
                    "resultType": "input_required",
                    "inputRequests": {"q": request},
                    "requestState": "opaque",
                }
                return {"jsonrpc": "2.0", "id": message["id"], "result": result}
            assert params["requestState"] == "opaque"
            self.executed.append(answered["q"])
            return super()._execute(message)

    from tests.client.harness import consent_to

    async with Asking(tools=TOOLS) as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        call = make_call("pay", amount=5)
        asked = await tools.call(call, consent=consent_to(call))
        assert isinstance(asked, NeedsInput)
        assert (asked.need, asked.error.message) == (Need.CONSENT, "Really?")
        # A server's question is never taken as answered by the yes that was given before it was asked.
        without = await tools.call(call, answers={})
        assert isinstance(without, NeedsInput)
        assert without.error.code == "consent_missing"
        assert server.executed == []
        assert (await tools.call(call, consent=consent_to(call))).kind == "succeeded"
        assert server.executed[0]["action"] == "accept"
        assert server.executed[0]["content"] == {"agree": True}


def child(name: str = "town", **env: str) -> StdioServer:
    return StdioServer(name, sys.executable, ["-m", "tests.client.stdio_server"], {"GIVEN": "1", **env}, ROOT)


async def test_a_child_process_sees_only_what_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "secret")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))  # where a login made by hand lies
    server = child()
    async with tool_client(tmp_path / "records.db", lambda *_: [server]) as tools:
        outcome = await tools.call(make_call("environment"))
        assert outcome.kind == "succeeded"
        assert isinstance(outcome.result, dict)
        names = outcome.result["result"]
        assert isinstance(names, list)
        assert {"GIVEN", "XDG_DATA_HOME"} <= {*names}
        assert "SECRET_TOKEN" not in names
        await until(lambda: "starting" in server.last_words)


async def test_a_child_that_crashes_in_a_call_is_unknown_then_started_again(tmp_path: Path) -> None:
    server = child()
    patient = replace(QUICK, attempt=8.0)  # a child takes its time to start
    async with tool_client(tmp_path / "records.db", lambda *_: [server], settings=patient) as tools:
        first = await tools.call(make_call("process"))
        assert first.kind == "succeeded"
        assert (await tools.call(make_call("crash"))).kind == "unknown"
        await until(lambda: "last words" in server.last_words)
        second = await tools.call(make_call("process"))
        assert second.kind == "succeeded"
        assert second.result != first.result


async def test_no_child_is_left_after_closing(tmp_path: Path) -> None:
    async with tool_client(tmp_path / "records.db", lambda *_: [child()]) as tools:
        outcome = await tools.call(make_call("process"))
        assert outcome.kind == "succeeded"
        assert isinstance(outcome.result, dict)
        pid = outcome.result["result"]
        assert isinstance(pid, int)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_command_that_does_not_exist_is_named() -> None:
    server = StdioServer("garage", "/no/such/program")
    with pytest.raises(ServerUnavailableError, match=r"garage cannot be started: No such file"):
        await server.connect()


async def test_a_server_in_this_process_is_called_without_a_wire(tmp_path: Path) -> None:
    counting = CountingServer()
    servers: list[ToolServer] = [InProcessServer("town", counting.sdk_server())]
    async with tool_client(tmp_path / "records.db", lambda *_: servers) as tools:
        assert (await tools.call(make_call("count_messages"))).kind == "succeeded"
        assert counting.reading == 1


async def test_a_child_that_ends_at_once_is_named_with_its_last_words() -> None:
    server = StdioServer("garage", sys.executable, ["-c", "import sys; sys.exit('no key in the ignition')"])
    with pytest.raises(ServerUnavailableError, match="garage ended before it could be used: no key in the ignition"):
        await server.connect()


@pytest.mark.proves("P2.unknown")
def test_an_outcome_unknown_to_a_mcqueen_in_between_stays_unknown() -> None:
    text = types.TextContent(type="text", text="It may have happened.")
    lost = types.CallToolResult(content=[text], is_error=True, _meta={"mcqueen/outcome": "unknown"})
    refused = types.CallToolResult(content=[text], is_error=True)
    answers = [answer_of_result(lost), answer_of_result(refused)]
    assert [answer.kind for answer in answers if isinstance(answer, Faulted)] == [
        FailureKind.ANSWER_LOST,
        FailureKind.TOOL_ERROR,
    ]
