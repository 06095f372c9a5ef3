"""docs/town.md: its table is the town's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from assistant.policy.sensitivity import assess
from assistant.town.town_tools import tool_definitions
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools

PAGE = (Path(__file__).parents[1] / "docs" / "town.md").read_text(encoding="utf-8")
ROWS = {row[0]: row[1:] for row in re.findall(r"^\| `(\w+)` \| (\w+)(?: \((\w+)\))? \| (.+) \|$", PAGE, re.MULTILINE)}


@pytest.mark.proves("G.town")
def test_the_table_has_every_tool_with_its_level_and_service_and_says_what_asks_first() -> None:
    catalog = Catalog(tuple(read_tools([*tool_definitions()], "town", trusted=True).tools))
    assert list(ROWS) != []
    assert set(ROWS) == {definition["name"] for definition in tool_definitions()}
    for definition in tool_definitions():
        level, service, what = ROWS[definition["name"]]
        meta: dict[str, Any] = definition["_meta"]
        assert level == meta["mcqueen/access_level"]
        assert service == meta.get("mcqueen/service", "")
        tool = catalog.find(definition["name"])
        assert tool is not None
        actions = definition["inputSchema"]["properties"].get("action", {}).get("enum", [])
        asking = [assess(tool, {"action": action}).sensitive for action in actions] or [assess(tool).sensitive]
        assert any(asking) is ("asks first" in what), tool.name
        assert (any(asking) and not all(asking)) is ("(asks first)" in what), tool.name
