"""An answer fills what was asked for; a text that was said before stays, unless the words name it."""

from __future__ import annotations

import pytest

from assistant.dialogue.classify import Trigger, classify
from assistant.dialogue.events import Heard
from assistant.dialogue.state import State
from assistant.dialogue.turns import Eliciting, Request
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context, Reading
from client.catalog import Catalog, Tool
from client.values import JSON

NOW = 1_795_255_200.0
TEXT: JSON = {"type": "string"}


def tool(called: str, about: str, needs: str = "", /, **properties: JSON) -> Tool:
    needed: list[JSON] = [*(needs.split() or properties)]
    return Tool("far", called, about, input_schema={"type": "object", "properties": properties, "required": needed})


CATALOG = Catalog(
    (
        tool("send_message", "Send a message to a person or group.", recipient=TEXT, message=TEXT),
        tool("send_text", "Send a text message to a phone number.", number=TEXT, text=TEXT),
        tool("list_chats", "Get chats matching specified criteria.", query=TEXT),
        tool("create_playlist", "Create a new playlist.", "name", name=TEXT, description=TEXT),
        tool("transfer_money", "Transfer money to somebody.", recipient=TEXT, amount={"type": "number"}),
        tool("query_database", "Run a query against the database.", sql=TEXT),
        tool("count_votes", "Count the votes for a candidate.", candidate=TEXT),
        tool("add_event", "Add an event to the calendar.", title=TEXT, date={"type": "string", "format": "date"}),
        tool("set_seat_heating", "Set the seat heating.", "level", level={"type": "integer"}, on={"type": "boolean"}),
        tool("find_contact", "Find a contact.", name=TEXT),
    )
)


@pytest.fixture(scope="module")
def interpreter() -> Interpreter:
    return Interpreter(CATALOG)


def heard(interpreter: Interpreter, name: str, given: dict[str, JSON], asked: str, said: str) -> Reading:
    context = Context(now=NOW, pending_tool=f"far.{name}", pending_arguments=given, asked=asked)
    return interpreter.read([said], context)


def meant(name: str, given: dict[str, JSON], asked: str, reading: Reading, *, offered: bool = False) -> Trigger:
    request = Request(f"far.{name}", given, offered=offered)
    state = State(conversation="c", catalog=CATALOG, turn=Eliciting(request, asked))
    return classify(state, Heard(NOW, reading))


LATE: dict[str, JSON] = {"message": "i am late"}


@pytest.mark.parametrize(
    ("said", "recipient"),
    [
        ("my brother", "my brother"),
        ("my brother Tom", "my brother Tom"),
        ("Julia Smith", "Julia Smith"),
        ("Julia", "Julia"),
        ("to Julia", "Julia"),
        ("for my wife", "my wife"),
        ("it's for Julia", "Julia"),
        ("my dad please", "my dad"),
        ("491701234567", "491701234567"),
    ],
)
def test_an_answer_is_the_recipient_and_no_new_message(interpreter: Interpreter, said: str, recipient: str) -> None:
    reading = heard(interpreter, "send_message", LATE, "recipient", said)
    assert dict(reading.changes) == {"recipient": recipient}
    assert meant("send_message", LATE, "recipient", reading) is Trigger.CHANGE


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        ("Julia and the message is i am here", {"recipient": "Julia", "message": "i am here"}),
        ("no make the message i am here", {"message": "i am here"}),
    ],
)
def test_words_that_name_a_text_change_it(interpreter: Interpreter, said: str, changes: dict[str, JSON]) -> None:
    reading = heard(interpreter, "send_message", LATE, "recipient", said)
    assert dict(reading.changes) == changes
    assert meant("send_message", LATE, "recipient", reading) is Trigger.CHANGE


@pytest.mark.parametrize(("said", "name"), [("Sunday", "Sunday"), ("Friday evening songs", "Friday evening songs")])
def test_a_day_is_part_of_a_name_if_the_tool_takes_none(interpreter: Interpreter, said: str, name: str) -> None:
    given: dict[str, JSON] = {"description": "songs for the road"}
    assert dict(heard(interpreter, "create_playlist", given, "name", said).changes) == {"name": name}


def test_a_day_beside_a_title_is_the_day(interpreter: Interpreter) -> None:
    changes = heard(interpreter, "add_event", {}, "title", "dentist tomorrow").changes
    assert dict(changes) == {"title": "dentist", "date": "2026-11-22"}


@pytest.mark.parametrize(
    ("name", "given", "asked", "said", "wanted"),
    [
        ("send_message", LATE, "recipient", "show my chats", "list_chats"),
        ("send_text", {}, "number", "query database delete from users", "query_database"),
        ("send_text", {}, "number", "count votes for Smith", "count_votes"),
        ("find_contact", {}, "name", "add an event", "add_event"),
    ],
)
@pytest.mark.parametrize("offered", [False, True])
def test_an_order_of_another_tool_is_no_answer(
    interpreter: Interpreter, name: str, given: dict[str, JSON], asked: str, said: str, wanted: str, offered: bool
) -> None:
    reading = heard(interpreter, name, given, asked, said)
    assert meant(name, given, asked, reading, offered=offered) is Trigger.REQUEST
    assert reading.interpretations[0].tool == f"far.{wanted}"


def test_an_order_that_no_tool_does_is_no_phone_number(interpreter: Interpreter) -> None:
    assert dict(heard(interpreter, "send_text", {}, "number", "open the trunk").changes) == {}


@pytest.mark.parametrize("said", ["a/c off", "fog lights off"])
def test_off_for_something_else_is_no_level(interpreter: Interpreter, said: str) -> None:
    assert dict(heard(interpreter, "set_seat_heating", {}, "level", said).changes) == {}


def test_off_alone_switches_what_was_asked_about(interpreter: Interpreter) -> None:
    assert dict(heard(interpreter, "set_seat_heating", {}, "level", "off").changes) == {"on": False}
