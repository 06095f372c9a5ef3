"""Routines by their whole names: made, started and deleted however they are called, and nothing else in their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.conversation.routine_book import RoutineBook
from assistant.conversation.routine_tools import definitions_of
from assistant.conversation.routines import Routines
from assistant.settings.settings import RoutineSettings
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools
from tests.assistant.drives.test_routines import run

LEAVING = """\
  leaving_work:
    says: ["leaving work"]
    steps: ["tell anna i'm on my way", "what's the weather in mannheim"]
"""
NOW = Context(now=1.795e9)


def before_it_was_made() -> tuple[Routines, Catalog, Interpreter]:
    """Return routines of which one was just made, and what is understood with the catalog of before."""
    listing = read_tools([*definitions_of({})], server="routines", trusted=True)
    catalog = Catalog(tuple(listing.tools))
    book = RoutineBook({"leaving_work": RoutineSettings(says=["leaving work"], steps=["navigate home"])})
    return Routines(book, language()), catalog, Interpreter(catalog)


@pytest.mark.proves("D.routines.made")
@pytest.mark.parametrize(
    "text",
    ["delete the routine leaving work", "delete my leaving work routine", "please remove the routine leaving work",
     "can you erase the routine called leaving work", "get rid of the leaving work routine"],
)  # fmt: skip
def test_a_routine_that_was_just_made_is_deleted_by_its_name_before_the_tools_are_listed_again(text: str) -> None:
    routines, catalog, interpreter = before_it_was_made()
    reading = routines.expanded(interpreter.read([text], NOW), NOW, catalog, interpreter.read)
    assert [(one.tool, one.arguments) for one in reading.interpretations] == [
        ("routines.delete_routine", {"name": "leaving work"})
    ]


@pytest.mark.proves("D.routines.made")
@pytest.mark.parametrize("text", ["delete shopping", "remove the garden party", "erase milk", "delete my last message"])
def test_what_is_no_routine_and_not_called_one_never_reaches_them(text: str) -> None:
    routines, catalog, interpreter = before_it_was_made()
    assert routines.expanded(interpreter.read([text], NOW), NOW, catalog, interpreter.read).interpretations == ()


@pytest.mark.proves("D.routines.made")
async def test_a_name_that_is_an_order_by_itself_is_kept_whole(tmp_path: Path) -> None:
    steps = """\
  - driver: "make a routine called pay anna"
  - expect: {said: ["pay anna.", "What is the first step?"], absent: [transfer_money]}
  - driver: "what's the weather in mannheim"
  - driver: "that's all"
  - driver: "yes"
  - expect: {called: {tool: make_routine, arguments: {name: pay anna}, outcome: succeeded}}
  - driver: "pay anna"
  - expect: {called: {tool: get_weather, outcome: succeeded}, absent: [transfer_money]}
  - driver: "delete the routine pay anna"
  - driver: "yes"
  - expect: {called: {tool: delete_routine, arguments: {name: pay anna}, outcome: succeeded}}"""
    await run(tmp_path, " {}", steps, "{transfer_money: 0}")


@pytest.mark.proves("D.routines")
@pytest.mark.parametrize(
    "said", ["i'm leaving work", "I am leaving work now", "time for leaving work", "do leaving work"]
)
async def test_a_routine_starts_at_its_moment(tmp_path: Path, said: str) -> None:
    steps = f"""\
  - driver: "{said}"
  - expect: {{said: ["First", "Second"], mode: confirming}}
  - driver: "no\""""
    await run(tmp_path, LEAVING, steps, "{send_message: 0}")


@pytest.mark.proves("D.routines")
async def test_a_message_that_sounds_like_a_routine_stays_a_message(tmp_path: Path) -> None:
    steps = """\
  - driver: "send a message to anna"
  - expect: {mode: eliciting}
  - driver: "i'm leaving work"
  - expect: {said: "i'm leaving work", not_said: "First", mode: confirming}
  - driver: "no\""""
    await run(tmp_path, LEAVING, steps, "{send_message: 0, get_weather: 0}")


@pytest.mark.proves("D.routines")
@pytest.mark.parametrize(
    ("step", "told"),
    [
        ('"feed the cat"', ["broken", "Nothing here does its step 2", "feed the cat"]),
        ('"tell anna"', ["broken", "step 2 does not say all that it needs", "tell anna"]),
        ("{tool: feed_the_cat}", ["broken", "step 2 is for feed the cat", "not connected"]),
        ("{tool: send_message, arguments: {contact: anna}}", ["broken", "step 2 does not say all", "send message"]),
    ],
)
async def test_a_step_that_cannot_be_done_is_named_with_its_number_and_why(
    tmp_path: Path, step: str, told: list[str]
) -> None:
    tools = f"""\
  broken:
    says: ["time to go"]
    steps: ["tell anna i'm on my way", {step}]
"""
    quoted = ", ".join(f'"{each}"' for each in told)
    steps = f"""\
  - driver: "time to go"
  - expect: {{said: [{quoted}], not_said: "I can't", absent: [send_message]}}"""
    await run(tmp_path, tools, steps, "{send_message: 0}")


async def test_a_routine_that_is_not_there_is_said_not_to_be(tmp_path: Path) -> None:
    steps = """\
  - driver: "delete the routine shopping"
  - expect: {said: "There is no routine called shopping", absent: [delete_routine]}
  - driver: "start my shopping routine"
  - expect: {said: "There is no routine called shopping"}"""
    await run(tmp_path, LEAVING, steps, "{delete_routine: 0}")
