"""One meaning, many spellings: what is sent is what the parameter's schema takes, and means what was said."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from assistant.understanding.slots.wire_spelling import on_the_wire
from client.catalog import Catalog, Tool
from client.schemas.tool_listing import read_tools
from client.values import JSON

BERLIN = 3600.0
SEVEN = "2026-11-21T07:00:00"
ZOD_UTC = r"^(?:(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29|\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|(?:02)-(?:0[1-9]|1\d|2[0-8])))T(?:(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z))$"  # noqa: E501  # as zod 4 writes z.iso.datetime()


def tool(schema: dict[str, Any]) -> Tool:
    raw: dict[str, Any] = {
        "name": "plan_wash",
        "description": "Plan the car wash",
        "inputSchema": {"type": "object", "properties": {"at": schema}, "required": ["at"]},
    }
    return read_tools([raw], "wash").tools[0]


@pytest.mark.parametrize(
    ("schema", "value", "sent"),
    [
        ({"type": "string", "format": "date-time"}, SEVEN, "2026-11-21T07:00:00+01:00"),
        ({"type": "string", "format": "date-time", "pattern": ZOD_UTC}, SEVEN, "2026-11-21T06:00:00Z"),
        ({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$"}, SEVEN, "2026-11-21 07:00"),
        ({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$"}, SEVEN, "2026-11-21T07:00"),
        ({"type": "string", "pattern": r"[+-]\d{2}:\d{2}$"}, SEVEN, "2026-11-21T07:00:00+01:00"),
        ({"type": "string", "pattern": r"^[A-Z][a-z]{2}, "}, SEVEN, "Sat, 21 Nov 2026 07:00:00 +0100"),
        ({"type": "string", "pattern": r"^\d{10}$"}, SEVEN, "1795240800"),
        ({"type": "integer"}, SEVEN, 1795240800),
        ({"type": "string", "description": "When, e.g. 2026-01-31 18:00"}, SEVEN, "2026-11-21 07:00"),
        ({"type": "string", "examples": ["31.01.2026 18:00"]}, SEVEN, "21.11.2026 07:00"),
        ({"type": "string"}, SEVEN, SEVEN),
        ({"type": "string", "format": "date-time"}, "2026-11-21T06:00:00Z", "2026-11-21T06:00:00Z"),
        ({"type": "string", "description": "DD.MM.YYYY"}, "2026-11-21", "21.11.2026"),
        ({"type": "string", "pattern": r"^\d{2}/\d{2}/\d{4}$"}, "2026-11-21", "21/11/2026"),
        ({"type": "string", "format": "date"}, "2026-11-21", "2026-11-21"),
        ({"type": "string", "pattern": r"^\d{2}:\d{2}$"}, "19:30:00", "19:30"),
        ({"type": "string", "pattern": r"^\d{1,2}:\d{2} [AP]M$"}, "19:30:00", "07:30 PM"),
        ({"type": "string", "pattern": r"^\d{2}:\d{2}:\d{2}$"}, "19:30", "19:30:00"),
        ({"type": "integer", "description": "Minutes"}, "PT1H30M", 90),
        ({"type": "integer", "description": "How long"}, "PT1H30M", 5400),
        ({"type": "string", "pattern": r"^(\d+h)?(\d+m)?$"}, "PT1H30M", "1h30m"),
        ({"type": "string", "pattern": r"^\d{2}:\d{2}$"}, "PT1H30M", "01:30"),
        ({"type": "string"}, "PT1H30M", "PT1H30M"),
        ({"type": "string", "enum": ["yes", "no"]}, False, "no"),
        ({"type": "string", "enum": ["true", "false"]}, True, "true"),
        ({"type": "integer"}, True, 1),
        ({"type": "boolean"}, True, True),
        ({"type": "string"}, 42, "42"),
        ({"type": "number"}, "2.5", 2.5),
        ({"type": "array", "items": {"type": "string"}}, "milk", ["milk"]),
        ({"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]}, "milk", ["milk"]),
        ({"type": "array", "items": {"type": "string", "format": "date-time"}}, [SEVEN], ["2026-11-21T07:00:00+01:00"]),
        ({"type": "string", "pattern": "^never$"}, SEVEN, SEVEN),
        ({"type": "string"}, "l h r", "LHR"),
        ({"type": "string"}, "a 4", "A4"),
        ({"type": "string", "pattern": "^[a-z]{3}$"}, "l h r", "lhr"),
        ({"type": "string"}, "plan b", "plan b"),
        ({"type": "string"}, "1 2 3", "1 2 3"),
    ],
)
def test_a_value_is_sent_as_its_parameter_takes_it(schema: dict[str, Any], value: JSON, sent: JSON) -> None:
    assert on_the_wire(tool(schema), {"at": value}, BERLIN) == {"at": sent}


def test_a_moment_that_only_its_wire_spelling_fits_is_understood_and_kept_local() -> None:
    zoned = tool({"type": "string", "format": "date-time", "pattern": ZOD_UTC})
    context = Context(now=1795161600.0, utc_offset=BERLIN)  # 2026-11-20, 09:00 in Berlin
    reading = Interpreter(Catalog((zoned,))).read(["plan the car wash tomorrow at seven in the morning"], context)
    found = reading.interpretations[0]
    assert found.missing == ()
    assert on_the_wire(zoned, found.arguments, BERLIN) == {"at": "2026-11-21T06:00:00Z"}
