"""Free words of a message as they were taken down, against what the driver keeps."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.reader import Reader
from assistant.understanding.answers.dictated_words import Dictation, filled, free_words
from assistant.understanding.grammar.compiler import compile_grammar
from assistant.understanding.language import language
from assistant.understanding.reading import Context, Control, Interpretation, Profile, Reading
from client.catalog import Catalog, Tool
from client.values import JSON
from voice.recognition.network import build_heads, build_network, goes_on_openly

KEPT = ("I'm running {duration} late", "I'm on my way", "I'm stuck in traffic", "I'll call you later")
MESSAGE = Tool(
    "town",
    "send_message",
    "Send a short text message to a contact.",
    "Send a message",
    {
        "type": "object",
        "properties": {
            "contact": {"type": "string", "description": "Who gets it."},
            "message": {"type": "string", "description": "What it says."},
        },
        "required": ["contact", "message"],
    },
    examples=("tell [anna](contact) [i'm stuck in traffic](message)", "tell [tom](contact) that [i'm late](message)"),
)
CATALOG = Catalog((MESSAGE,))
PROFILE = Profile(contacts={"tom": "Tom Berg"}, quick_messages=KEPT)
IDLE = Context(now=1_795_255_200.0, profile=PROFILE)
CONFIRMING = Context(
    now=1_795_255_200.0,
    profile=PROFILE,
    confirming=True,
    pending_tool=MESSAGE.qualified,
    pending_arguments={"contact": "Anna", "message": "the mating"},
)
DICTATION = Dictation(language())


def weighed(words: str, recent: tuple[str, ...] = ()) -> Interpretation:
    found = Interpretation(MESSAGE.qualified, {"contact": "Anna", "message": words}, (), 0.9)
    context = Context(now=IDLE.now, profile=PROFILE, recent=recent)
    return DICTATION.weighed(Reading(interpretations=(found,)), context, CATALOG).interpretations[0]


@pytest.mark.proves("V.dictation")
@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("i am on the way", "I'm on my way"),
        ("i'm stuck in the traffic", "I'm stuck in traffic"),
        ("i will call you later", "I'll call you later"),
        ("i am running about ten minutes late", "I'm running ten minutes late"),
        ("i'm stack in traffic", "I'm stuck in traffic"),
        ("like we'll call you later", "I'll call you later"),
    ],
)
def test_words_that_differ_from_a_kept_sentence_in_little_are_taken_for_it_and_marked(words: str, kept: str) -> None:
    found = weighed(words)
    assert found.arguments["message"] == kept
    assert found.near
    assert not found.dictated


@pytest.mark.proves("V.dictation")
@pytest.mark.parametrize(
    "words",
    [
        "i'm not on my way",
        "i'm running late for dinner",
        "i'm running ten minutes early",
        "never call me later",
        "don't call you later",
        "the meeting moved to the big room",
        "buy bread on the way",
    ],
)
def test_words_that_say_something_else_are_left_as_they_were_heard_and_marked_as_uncertain(words: str) -> None:
    found = weighed(words)
    assert found.arguments["message"] == words
    assert found.dictated


def test_a_kept_sentence_as_it_was_heard_is_neither() -> None:
    for words in ("i'm on my way", "I'm running half an hour late"):
        found = weighed(words)
        assert (found.arguments["message"], found.near, found.dictated) == (words, False, False)


def test_what_was_sent_before_counts_as_kept() -> None:
    assert weighed("the meeting moved to the big room", ("the meeting moved to the big room",)).dictated is False


def test_a_connecting_word_alone_is_no_message() -> None:
    found = weighed("that")
    assert "message" not in found.arguments
    assert found.missing == ("message",)
    assert found.dictated


def test_a_sentence_that_breaks_off_where_the_words_were_to_follow_lacks_words_that_were_said() -> None:
    found = Interpretation(MESSAGE.qualified, {"contact": "Tom"}, ("message",), 0.9)
    for text, lacks in (("send tom that", True), ("send a message to tom", False)):
        reading = DICTATION.weighed(Reading(interpretations=(found,), text=text), IDLE, CATALOG)
        assert reading.interpretations[0].dictated is lacks


def test_what_shares_most_with_the_words_is_offered_first() -> None:
    assert DICTATION.likeliest("something about traffic", KEPT)[0] == "I'm stuck in traffic"
    assert DICTATION.likeliest("", KEPT) == KEPT


async def read(text: str, context: Context = CONFIRMING) -> Reading:
    reader = Reader()
    await reader.adopt(CATALOG)
    return reader.read([text], context)


@pytest.mark.proves("V.dictation")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no, change the message to the meeting moved to the big room", "the meeting moved to the big room"),
        ("change the message to bread", "bread"),
        ("no, make it the train is late again", "the train is late again"),
        ("make it i'm on my way", "i'm on my way"),
        ("no, the message is we need two lemons", "we need two lemons"),
        ("no, I'm stuck in traffic", "I'm stuck in traffic"),
        ("i'm running ten minutes late", "i'm running ten minutes late"),
        ("no, I said see you at eight tomorrow", "see you at eight tomorrow"),
    ],
)
async def test_words_said_anew_are_a_change_of_the_message_and_of_nothing_else(text: str, words: str) -> None:
    reading = await read(text)
    assert reading.changes == {"message": words}
    assert reading.control is None


async def test_a_head_with_nothing_behind_it_says_that_the_words_were_not_got() -> None:
    reading = await read("no, change the message to")
    assert (reading.changes, reading.dictated) == ({}, ("message",))


@pytest.mark.parametrize(
    "text", ["make it Tom", "no, make it Lisa", "the message is fine", "the message is wrong", "no"]
)
async def test_what_may_be_another_value_or_an_answer_is_not_taken_for_the_words(text: str) -> None:
    assert "message" not in (await read(text)).changes


@pytest.mark.proves("V.dictation")
async def test_what_answers_the_question_for_the_words_is_words_altogether() -> None:
    asked = Context(now=IDLE.now, profile=PROFILE, asked="message", pending_tool=MESSAGE.qualified)
    reading = await read("the meeting moved to the big room with Tom", asked)
    assert reading.changes == {"message": "the meeting moved to the big room with Tom"}
    assert (await read("never mind", asked)).control is Control.NEVER_MIND


@pytest.mark.parametrize("words", ["the doctor called", "the doctor said everything is fine", "haircut at nine"])
async def test_a_message_may_begin_with_a_value_that_another_tool_lists(words: str) -> None:
    listed: dict[str, JSON] = {"type": "string", "enum": ["doctor", "haircut"], "description": "With whom."}
    booking = Tool("town", "book_appointment", "Book an appointment.", "", {
        "type": "object", "properties": {"service": listed}, "required": ["service"],
    }, examples=("make an appointment with the [doctor](service)",))  # fmt: skip
    reader = Reader()
    await reader.adopt(Catalog((MESSAGE, booking)))
    best = reader.read([f"tell tom {words}"], IDLE).interpretations[0]
    assert (best.tool, best.arguments["message"]) == (MESSAGE.qualified, words)


async def test_a_yes_stays_a_yes() -> None:
    assert (await read("yes, send it")).control is Control.YES


@given(words=st.text(max_size=60), recent=st.lists(st.text(max_size=30), max_size=3))
def test_any_words_are_weighed_without_losing_the_contact(words: str, recent: list[str]) -> None:
    assert weighed(words, tuple(recent)).arguments["contact"] == "Anna"


def test_a_blank_takes_a_value_or_the_whole_sentence() -> None:
    assert filled(KEPT[0], "ten minutes") == "I'm running ten minutes late"
    assert filled(KEPT[0], "I'm running an hour late") == "I'm running an hour late"


@pytest.mark.parametrize(
    ("properties", "name"),
    [
        ({"to": {"type": "string"}, "body": {"type": "string"}}, "body"),
        ({"text": {"type": "string", "enum": ["a", "b"]}}, ""),
        ({"place": {"type": "string"}}, ""),
    ],
)
def test_the_parameter_of_free_words_is_known_by_its_name_and_type(properties: Mapping[str, JSON], name: str) -> None:
    tool = Tool("s", "t", "d", input_schema={"type": "object", "properties": dict(properties)})
    assert free_words(tool) == name


@pytest.mark.proves("V.dictation")
def test_the_recognizer_listens_for_the_ways_out_for_corrections_and_for_what_fills_a_blank() -> None:
    ways = Context(
        profile=PROFILE, confirming=True, pending_tool=MESSAGE.qualified, options=("quick messages", "keep it")
    )
    network = build_network(compile_grammar(CATALOG, ways))
    for answer in ("quick messages", "keep it", "the second one", "yes", "no", "i'm on my way", "never mind"):
        assert network.accepts(answer), answer
    confirming = build_network(compile_grammar(CATALOG, CONFIRMING))
    assert confirming.accepts("no change the message to i'm running about ten minutes late")
    heads = build_heads(compile_grammar(CATALOG, CONFIRMING))
    assert heads is not None
    assert goes_on_openly(heads, "change the message to the meeting moved")
    blank = Context(profile=PROFILE, asked="message", pending_tool=MESSAGE.qualified, blank="duration")
    assert build_network(compile_grammar(CATALOG, blank)).accepts("ten minutes")
    recent = Context(profile=PROFILE, recent=("See you at the mill",))
    assert build_network(compile_grammar(CATALOG, recent)).accepts("tell tom see you at the mill")
