"""Answers of real servers, with what a person should hear of each.

Each file of `tests/data/answers` names a package, its version and registry; a case is a tool with what it returned, the
words that must be heard (`/` stands between alternatives) and those that must not. They were written down from the
servers' answers before our code was run on them. `reported-kinds.json` has shapes of our own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.wording.results.failures import cause
from assistant.wording.results.result_sentences import spoken_result
from assistant.wording.spoken_values import SpokenClock
from client.catalog import Hints, Tool
from client.values import JSON

FOLDER = Path(__file__).parents[2] / "data" / "answers"
CLOCK = SpokenClock(1_796_029_200.0, 3_600.0)
"""Monday the 30th of November 2026, 10 a.m., one hour ahead of UTC."""
NOT_FOR_EARS = re.compile(
    r"[\[\]{}_`|\\\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]|\w://|"
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
)
"""Brackets, braces, underscores, fences, control and direction characters, schemes and UUIDs."""


@dataclass(frozen=True)
class Case:
    """One answer or error of one tool."""

    package: str
    tool: Tool
    result: JSON
    error: str
    says: tuple[str, ...]
    never: tuple[str, ...]

    def said(self) -> str:
        """Return what is said of it."""
        return (
            cause(self.error, self.tool)
            if self.error
            else " ".join(spoken_result(self.result, self.tool, CLOCK).sentences)
        )


def cases() -> Iterator[Case]:
    """Yield every case of every file."""
    for path in sorted(FOLDER.glob("*.json")):
        file = json.loads(path.read_text(encoding="utf-8"))
        for case in file["cases"]:
            tool = Tool(
                "home",
                case["tool"],
                case["description"],
                case.get("title", ""),
                case["input"],
                hints=Hints(read_only=case.get("read_only")),
            )
            yield Case(
                file["package"],
                tool,
                case.get("result"),
                case.get("error", ""),
                tuple(case["says"]),
                tuple(case["never"]),
            )
