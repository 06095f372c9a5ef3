"""Everybody who is named gets a mail or message, and nobody who only is in what is said."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from assistant.town.definitions.communication_tools import EMAIL_PERSONAL
from assistant.town.town_tools import tool_definitions
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools

NOW = datetime(2026, 12, 1, 11, tzinfo=timezone(timedelta(hours=1)))


def reader(*definitions: Any) -> Interpreter:
    return Interpreter(Catalog(tuple(read_tools([*definitions], "s", trusted=True).tools)))


@pytest.fixture(scope="module")
def mail() -> Interpreter:
    return reader(EMAIL_PERSONAL)


@pytest.fixture(scope="module")
def town() -> Interpreter:
    return reader(*tool_definitions())


PEOPLE = [
    ("send an email to ann and tom about dinner", ["ann", "tom"]),
    ("send an email to ann and tom with the subject party", ["ann", "tom"]),
    ("mail ann and tom about dinner", ["ann", "tom"]),
    ("send ann and tom an email about dinner", ["ann", "tom"]),
    ("write an email to ann and tom about dinner", ["ann", "tom"]),
    ("send an email to ann, tom and my boss about the car", ["ann", "tom", "boss"]),
    ("email to ann and to tom about dinner", ["ann", "tom"]),
    ("email anna schmidt and tom becker about dinner", ["anna schmidt", "tom becker"]),
    ("send an email to anna about ben and tom", ["anna"]),
    ("email ann and say i am late", ["ann"]),
    ("send an email to ann and read my mail", ["ann"]),
    ("email ann and remind me to call tom", ["ann"]),
]


@pytest.mark.parametrize(("text", "people"), PEOPLE)
def test_everybody_named_gets_the_mail(mail: Interpreter, text: str, people: list[str]) -> None:
    best = mail.read([text], Context(now=NOW.timestamp(), utc_offset=3600)).interpretations[0]
    assert (best.tool, best.arguments["to"]) == ("s.email_personal", people)


@pytest.mark.parametrize(("text", "people"), PEOPLE[:3])
def test_so_it_is_beside_all_tools_of_the_town(town: Interpreter, text: str, people: list[str]) -> None:
    best = town.read([text], Context(now=NOW.timestamp(), utc_offset=3600)).interpretations[0]
    assert (best.tool, best.arguments["to"]) == ("s.email_personal", people)
