"""Choices between tools: every way to name one, and every way to want none of them."""

from __future__ import annotations

import pytest

from assistant.dialogue.context import context_of
from assistant.dialogue.events import Heard
from assistant.dialogue.turns import Mode
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Interpretation, Profile, Reading
from client.catalog import Catalog, Hints, Tool
from tests.assistant.dialogue.conversation import NOW, Conversation


def lists(server: str, name: str = "list_directories") -> Tool:
    """A tool that only looks, of that server."""
    return Tool(
        server, name, "Lists things.", hints=Hints(read_only=True), input_schema={"type": "object"}, trusted=True
    )


TWO = Catalog((lists("notes"), lists("photos")))
THREE = Catalog((lists("notes"), lists("photos"), lists("travel", "list_trips")))
NAMES = {tool.qualified: tool.server for tool in THREE}


def choosing(catalog: Catalog) -> Conversation:
    """A request that fits every tool of the catalog as well as the others; the question was heard."""
    conversation = Conversation(catalog)
    found = tuple(Interpretation(tool.qualified, {}, (), 0.5) for tool in catalog)
    conversation.hear(Reading(interpretations=found))
    conversation.played()
    return conversation


def answered(conversation: Conversation, text: str, spoken: str = "en") -> None:
    """Say it, read as the running conversation reads it."""
    reader = Interpreter(conversation.state.catalog, spoken=language(spoken))
    conversation.send(Heard(0, reader.read([text], context_of(conversation.state, NOW, Profile()))))


def called(conversation: Conversation) -> list[str]:
    return [call.call.server for call in conversation.calls]


@pytest.mark.proves("D.choice")
def test_tools_with_one_title_are_told_apart_by_their_servers() -> None:
    assert choosing(TWO).said == "Which do you mean: List directories of notes or List directories of photos?"
    assert choosing(THREE).said.endswith("List directories of photos or List trips?")


@pytest.mark.proves("D.choice")
@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("the first one", "notes"), ("the second", "photos"), ("number two", "photos"), ("2", "photos"),
        ("notes", "notes"), ("the photos one", "photos"), ("of photos please", "photos"), ("the last one", "photos"),
        ("the other one", "photos"), ("not notes", "photos"), ("no, the second", "photos"),
    ],
)  # fmt: skip
def test_one_of_two_is_chosen_by_place_number_server_or_by_not_being_the_other(text: str, server: str) -> None:
    conversation = choosing(TWO)
    answered(conversation, text)
    assert called(conversation) == [server]


@pytest.mark.proves("D.choice", "P1.no")
@pytest.mark.parametrize("catalog", [TWO, THREE], ids=["two", "three"])
@pytest.mark.parametrize(
    "text",
    [
        "no", "neither", "none of them", "neither of them thanks", "none of the above", "no thanks", "never mind",
        "i want none of these", "that's not it", "no i don't want any", "nothing", "cancel",
    ],
)  # fmt: skip
def test_none_of_them_ends_the_question_without_another(catalog: Catalog, text: str) -> None:
    conversation = choosing(catalog)
    answered(conversation, text)
    assert (conversation.mode, called(conversation)) == (Mode.REPORTING, [])
    assert "Nothing was done." in conversation.said


@pytest.mark.proves("D.choice")
@pytest.mark.parametrize("text", ["not notes", "not the first", "the other one", "the parcels one"])
def test_of_three_what_leaves_two_is_asked_again(text: str) -> None:
    conversation = choosing(THREE)
    answered(conversation, text)
    assert called(conversation) == []


@pytest.mark.proves("D.choice")
@pytest.mark.parametrize("catalog", [TWO, THREE], ids=["two", "three"])
@pytest.mark.parametrize(
    "text", ["yes", "yes please", "sure", "okay", "go ahead", "do it", "that's right", "yeah do that", "exactly"]
)
def test_a_yes_takes_none_of_several_and_they_are_said_again_with_their_places(catalog: Catalog, text: str) -> None:
    conversation = choosing(catalog)
    answered(conversation, text)
    assert (conversation.mode, called(conversation)) == (Mode.CHOOSING, [])
    assert conversation.said.startswith("Which one, the first")
    conversation.played()
    answered(conversation, "the second")
    assert called(conversation) == ["photos"]


@pytest.mark.proves("D.choice")
@pytest.mark.parametrize("text", ["yes, the second", "yes the photos one", "okay, number two"])
def test_a_yes_with_a_place_or_a_name_takes_that_one(text: str) -> None:
    conversation = choosing(TWO)
    answered(conversation, text)
    assert called(conversation) == ["photos"]


@pytest.mark.proves("D.choice")
def test_a_yes_again_and_again_ends_the_question_without_any() -> None:
    conversation = choosing(TWO)
    for _ in range(4):
        answered(conversation, "yes")
        conversation.played()
    assert called(conversation) == []
    assert conversation.mode is not Mode.CHOOSING


@pytest.mark.parametrize(
    ("text", "server"), [("das andere", ["photos"]), ("keins von beiden", []), ("das zweite", ["photos"])]
)
def test_german_chooses_alike(text: str, server: list[str]) -> None:
    conversation = choosing(TWO)
    answered(conversation, text, "de")
    assert called(conversation) == server
    assert conversation.mode is not Mode.CHOOSING
