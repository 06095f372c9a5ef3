"""An order for another tool, said while a value is asked for, is a request of its own and fills nothing."""

from __future__ import annotations

import pytest

from assistant.dialogue.context import context_of
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Profile
from client.catalog import Catalog
from tests.assistant.dialogue.conversation import Conversation
from tests.assistant.understanding.catalogs import catalog_of, tool

PATH = {"type": "string", "description": "Path of the file"}
TEXT = {"type": "string", "description": "What to write"}
FILES = catalog_of(
    tool("write_file", "Write a file anew", {"path": PATH, "text": TEXT}, ("path", "text")),
    tool("add_to_file", "Add text to the end of a file", {"path": PATH, "text": TEXT}, ("path", "text"),
         _meta={"mcqueen/examples": ["add [buy milk](text) to the file [ideas](path)"]}),
    tool("delete_file", "Delete a file", {"path": PATH}, ("path",)),
    tool("read_file", "Read a file aloud", {"path": PATH}, ("path",), annotations={"readOnlyHint": True}),
)  # fmt: skip
HIVE = {"type": "string", "enum": ["north", "south", "old_oak"], "description": "which hive"}
BEES = catalog_of(
    tool("get_hive_weight", "Tells how much a hive weighs now.", {"hive": HIVE}, ("hive",),
         annotations={"readOnlyHint": True}),
    tool("set_feeder", "Switches the feeder of a hive on or off.",
         {"hive": HIVE, "on": {"type": "boolean", "description": "whether the feeder gives syrup"}}, ("hive", "on")),
)  # fmt: skip


def asked_for(catalog: Catalog, said: str) -> tuple[Conversation, Interpreter]:
    """The words have been said, and a value is asked for."""
    conversation, interpreter = Conversation(catalog), Interpreter(catalog)
    hear(conversation, interpreter, said)
    assert conversation.said.startswith("Which ")
    return conversation, interpreter


def hear(conversation: Conversation, interpreter: Interpreter, said: str) -> None:
    conversation.played()
    conversation.hear(interpreter.read([said], context_of(conversation.state, conversation.at, Profile())))


@pytest.mark.proves("D.subject")
@pytest.mark.parametrize(
    ("said", "name"),
    [("add eggs to shopping.txt", "add_to_file"), ("please add eggs to shopping.txt", "add_to_file"),
     ("delete shopping.txt", "delete_file"), ("read shopping.txt", "read_file")],
)  # fmt: skip
def test_an_order_for_another_tool_is_no_path(said: str, name: str) -> None:
    conversation, interpreter = asked_for(FILES, "write a file")
    hear(conversation, interpreter, said)
    assert conversation.state.request is not None
    assert (conversation.state.request.tool, conversation.state.request.arguments["path"]) == (
        f"made-up.{name}", "shopping.txt",
    )  # fmt: skip


@pytest.mark.proves("D.subject")
@pytest.mark.parametrize("said", ["shopping.txt", "to shopping.txt", "the file shopping.txt"])
def test_a_path_answers_the_question_for_it(said: str) -> None:
    conversation, interpreter = asked_for(FILES, "write a file")
    hear(conversation, interpreter, said)
    assert conversation.state.request is not None
    assert (conversation.state.request.tool, dict(conversation.state.request.arguments)) == (
        "made-up.write_file", {"path": "shopping.txt"},
    )  # fmt: skip


@pytest.mark.proves("D.subject")
def test_an_order_that_names_a_value_asked_for_is_still_an_order() -> None:
    conversation, interpreter = asked_for(BEES, "which hives weigh the most")
    hear(conversation, interpreter, "turn the south feeder off")
    assert conversation.state.request is not None
    assert (conversation.state.request.tool, dict(conversation.state.request.arguments)) == (
        "made-up.set_feeder", {"hive": "south", "on": False},
    )  # fmt: skip
