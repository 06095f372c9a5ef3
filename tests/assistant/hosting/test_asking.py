"""A host that asks the driver first, reached over MCP: nothing is done before a yes, and a no does nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from assistant.hosting.host import Asks, Done, Refused, ToolHost
from assistant.hosting.mcp_over_host import mcp_server
from client.call import ToolCall
from client.servers.mcp.in_process import InProcessServer
from client.servers.tool_server import Answered, InputWanted
from client.values import JSON


class Gate(ToolHost):
    """Opens only after a yes, and counts how often it did."""

    name = "gate"

    def __init__(self) -> None:
        self.opened = 0

    @property
    def definitions(self) -> Mapping[str, Mapping[str, Any]]:
        return {"open_gate": {"name": "open_gate", "inputSchema": {"type": "object", "properties": {}}}}

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused | Asks:
        if not agreed:
            return Asks("There is a dog behind the gate.")
        self.opened += 1
        return Done({"summary": "The gate is open."}, "The gate is open.")


@pytest.mark.proves("P1.no")
@pytest.mark.parametrize(
    ("answers", "opened"),
    [
        ({"agree": True}, 1),
        ({}, 1),  # the client was given the driver's consent, which answers the question
        ({"agree": False}, 0),
        ({"agree": "true"}, 0),
    ],
)
async def test_a_host_goes_on_after_a_yes_to_its_question_and_after_nothing_else(
    answers: dict[str, JSON], opened: int
) -> None:
    gate = Gate()
    server = InProcessServer("gate", mcp_server(gate))
    await server.connect()
    try:
        await server.list_tools()
        call = ToolCall("one", "gate", "open_gate", {}, "key")
        asked = await server.call(call, seconds=5.0, confirmed=False)
        assert isinstance(asked, InputWanted)
        assert asked.error.message == "There is a dog behind the gate."
        assert gate.opened == 0
        answer = await server.call(call, seconds=5.0, confirmed=True, answers=answers)
        assert gate.opened == opened
        assert isinstance(answer, Answered) == bool(opened)
    finally:
        await server.close()


def test_a_face_without_a_driver_refuses_what_would_be_asked() -> None:
    assert Asks("Is it safe?").refusal == Refused("needs_input", "Is it safe?")
