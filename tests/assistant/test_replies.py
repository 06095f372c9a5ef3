"""What is said: exact, short, and never a word that could be taken for the driver's."""

from __future__ import annotations

import ast
import re
from datetime import date, time
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.drives.format import Drive
from assistant.policy.driving import DrivingState
from assistant.settings.settings import Settings
from assistant.town.town_tools import tool_definitions
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context, Control
from assistant.vehicle.car_tools import DEFINITIONS
from assistant.wording.closing_questions import asking
from assistant.wording.dates_and_lists import spoken_date, spoken_duration, spoken_time
from assistant.wording.languages import languages, speaking, wording_of
from assistant.wording.replies import (
    asking_all,
    delivered_text,
    described_arguments,
    help_text,
    in_breaths,
    login_reminder,
    no_services,
    question_for,
    read_back,
    report,
    result_text,
    sentence,
    which_tool,
)
from assistant.wording.sources_of_answers import with_age
from assistant.wording.spoken_values import SpokenClock
from client.call import CallError, Deferred, Failed, Need, NeedsInput, Sent, Succeeded, Unknown
from client.catalog import Catalog, Tool
from client.schemas.tool_listing import read_tools
from tests.assistant.dialogue.conversation import BOOK, DINNER, NOW

TOWN = Catalog(tuple(read_tools([*tool_definitions()], "town", trusted=True).tools))

CAR = Catalog(tuple(read_tools([*DEFINITIONS], "car", trusted=True).tools))

_FORBIDDEN = {
    "en": re.compile(
        r"\b(yes|yeah|yep|sure|okay|ok|confirm|correct|go ahead|do it|stop|cancel|never mind|abort|repeat|again|help|"
        r"undo|go back|over|more|all right|alright|fine|back)\b"
    ),
    "de": re.compile(
        r"\b(ja|jawohl|klar|sicher|natürlich|genau|richtig|stimmt|okay|ok|passt|gern|gerne|einverstanden|in ordnung|"
        r"abgemacht|bestätige|mach das|mach es|tu das|stopp?|halt|ruhe|still|genug|abbrechen|abbruch|vergiss|egal|"
        r"lass es|wiederhole|noch ?einmal|noch ?mal|wie bitte|langsamer|schneller|lauter|leiser|hilfe|zurück|"
        r"rückgängig|mehr|weiter)\b"
    ),
}
"""Words that count as yes, stop or a command when the driver says them."""


def all_prompts(code: str) -> list[str]:
    """Every sentence that is ours: fixed ones, questions and read-back endings for every tool of the town."""
    with speaking(code):
        return sentences_of(code)


def sentences_of(code: str) -> list[str]:
    texts = [text for variants in wording_of(code).prompts.values() for text in variants]
    for tool in TOWN:
        texts.append(asking(tool))
        texts.extend(question_for(tool, name) for name in tool.properties if name != "idempotency_key")
    texts.extend(asking_all(count) for count in (2, 3))
    texts.extend(question_for(tool, name) for tool in CAR for name in tool.properties)
    texts.append(which_tool(["Weather", "Maps"]))
    texts.append(login_reminder(BOOK, NeedsInput(Need.LOGIN, CallError("login", ""), service="gmail")))
    texts.extend(delivered_text("Book a table", succeeded, "") for succeeded in (True, False))
    error = CallError("not_sent", "")
    for outcome in (
        Failed(error),
        Failed(CallError("answer_lost", "")),
        Failed(CallError("refused_for_now", "")),
        Unknown(CallError("answer_lost", "", Sent.MAYBE)),
        Deferred(error, 0.0),
        NeedsInput(Need.LOGIN, error, service="gmail"),
        NeedsInput(Need.APPROVAL, error),
    ):
        texts.append(report(BOOK, outcome, 0.0))
    return [*texts, no_services()]


@pytest.mark.proves("D.prompts", "U.languages")
@pytest.mark.parametrize(("code", "text"), [(code, text) for code in languages() for text in all_prompts(code)])
def test_no_prompt_contains_a_word_that_counts_as_yes_stop_or_a_command(code: str, text: str) -> None:
    assert not _FORBIDDEN[code].search(text.lower())


@pytest.mark.proves("D.prompts", "U.languages")
@pytest.mark.parametrize("code", languages())
def test_no_prompt_heard_by_mistake_would_agree_to_anything(code: str) -> None:
    interpreter = Interpreter(TOWN, spoken=language(code))
    context = Context(now=NOW, confirming=True, pending_tool="town.book_restaurant_public", pending_arguments={})
    agreeing = [text for text in all_prompts(code) if interpreter.read([text], context).control is Control.YES]
    assert agreeing == []


@pytest.mark.proves("D.help")
@pytest.mark.parametrize("code", languages())
def test_help_gives_two_sentences_and_the_words_that_steer_and_none_of_it_is_a_yes(code: str) -> None:
    with speaking(code):
        text = help_text(["find a charging station for the night", "what is the weather in new york"])
    assert "find a charging station for the night; " in text
    assert text.count("what is the weather in new york") == 1
    assert len(text.split()) <= 25, "one breath while moving (V1)"
    interpreter = Interpreter(TOWN, spoken=language(code))
    for said in (text, *re.split(r"(?<=[.:;])\s", text)):
        reading = interpreter.read([said], Context(now=NOW, confirming=True, pending_tool="town.send_message"))
        assert reading.control is not Control.YES


@pytest.mark.parametrize("code", languages())
def test_fixed_sentences_are_short_and_what_is_said_often_varies(code: str) -> None:
    prompts = wording_of(code).prompts
    assert [text for variants in prompts.values() for text in variants if len(text.split()) > 14] == []
    for name in ("not_understood", "no_tool", "working", "left", "refused", "queued"):
        assert len(set(prompts[name])) >= 2


@pytest.mark.proves("U.languages")
@pytest.mark.parametrize("code", languages())
def test_every_language_has_every_sentence_with_the_same_blanks(code: str) -> None:
    def blanks(text: str) -> set[str]:
        return set(re.findall(r"{(\w+)(?:!c)?}", text))

    base, own = wording_of("en"), wording_of(code)
    assert base.prompts.keys() == own.prompts.keys()
    for name in ("not_understood", "not_understood_answer", "no_tool", "silence"):
        assert len(base.prompts[name]) == len(own.prompts[name])
    for section in ("asking", "told", "words", "sound", "unasked", "car", "profile"):
        here, there = base.table(section), own.table(section)
        assert here.keys() == there.keys()
        for name, text in here.items():
            if isinstance(text, str):
                assert blanks(text) == blanks(there[name]), name
    for section in ("unasked", "car"):  # a list there has the forms for one and for several
        for name in base.table(section).keys() - {"alerts", "stretches"}:
            assert [*map(blanks, base.texts(section, name))] == [*map(blanks, own.texts(section, name))], name
    for name in ("alerts", "stretches"):
        here, there = base.table("unasked", name), own.table("unasked", name)
        assert {key: blanks(text) for key, text in here.items()} == {key: blanks(text) for key, text in there.items()}
    assert code in get_args(Settings.model_fields["language"].annotation)
    assert code in get_args(Drive.model_fields["language"].annotation)


@pytest.mark.proves("U.languages")
def test_a_read_back_in_german_names_every_argument_and_asks() -> None:
    with speaking("de"):
        told = read_back(BOOK, DINNER, NOW, 3600.0)
    assert told.endswith("Soll ich das buchen?")
    assert "Personen" in told
    assert "Uhr" in told
    assert told != read_back(BOOK, DINNER, NOW, 3600.0)


@pytest.mark.proves("D.prompts")
def test_every_fixed_sentence_of_the_dialogue_stands_in_the_one_place() -> None:
    """No transition words a sentence of its own: text with a space and a full stop comes from replies."""
    for path in sorted((Path(__file__).parents[2] / "assistant" / "dialogue").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("say", "close", "aside"):
                spoken = [part.value for part in node.args if isinstance(part, ast.Constant)]
                assert [text for text in spoken if isinstance(text, str) and " " in text] == [], path.name


@pytest.mark.proves("P4.failure")
@pytest.mark.parametrize("code", ["not_sent", "answer_lost", "refused_for_now", "tool_error"])
def test_a_failure_is_short_and_says_what_happens_next_or_what_the_server_said(code: str) -> None:
    text = report(BOOK, Failed(CallError(code, "The kitchen is closed today")), 0.0)
    assert len(text.split()) <= 20
    assert "ask me later" in text or text == "The kitchen is closed today."


def test_a_read_back_names_every_argument_and_ends_in_a_question() -> None:
    text = read_back(BOOK, DINNER, NOW, 0.0)
    assert text == "Book a table: Luigi's, tomorrow, at 7 p.m., party size 4. Shall I book this?"


@given(
    st.dictionaries(
        st.sampled_from(["restaurant", "extra", "note"]), st.text(st.characters(categories=["L"]), min_size=1)
    )
)
def test_a_read_back_leaves_no_argument_out(arguments: dict[str, str]) -> None:
    text = described_arguments(BOOK, arguments, NOW, 0.0)
    assert all(value in text for value in arguments.values())


def test_dates_are_said_relative_to_the_vehicles_day() -> None:
    today = date(2026, 11, 21)
    said = [spoken_date(date(2026, 11, day), today) for day in (20, 21, 22, 25, 30)]
    assert said == ["yesterday", "today", "tomorrow", "Wednesday", "Monday the 30th of November"]


@given(st.times())
def test_times_are_said_on_a_twelve_hour_clock(moment: time) -> None:
    said = spoken_time(moment.replace(second=0, microsecond=0))
    if said in ("noon", "midnight"):
        assert moment.hour in (12, 0)
    else:
        assert said.endswith("a.m." if moment.hour < 12 else "p.m.")
        assert int(re.split(r"[: ]", said)[0]) % 12 == moment.hour % 12


def test_durations_are_said_in_units() -> None:
    assert spoken_duration("PT1H30M") == "1 hour and 30 minutes"
    with pytest.raises(ValueError, match="not an ISO 8601 duration"):
        spoken_duration("soon")


@given(st.text(max_size=600), st.sampled_from(list(DrivingState)))
def test_long_answers_are_cut_into_breaths_without_losing_a_word(text: str, driving: DrivingState) -> None:
    clean = sentence(text)
    breaths = in_breaths(clean, driving)
    assert " ".join(" ".join(breaths).split()) == " ".join(clean.split())
    most = 60 if driving is DrivingState.PARKED else 25
    assert all(len(breath.split()) <= most for breath in breaths)


@given(st.text())
def test_a_sentence_from_elsewhere_is_one_line_without_control_characters(text: str) -> None:
    assert all(character.isprintable() for character in sentence(text))


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"summary": "It is sunny"}, "It is sunny."),
        ({"text": "Done\nfor now"}, "Done for now."),
        ({"temperature": 12, "condition": "rain"}, "temperature 12 °, condition rain."),
        ([], "Done: Book a table."),
        (None, "Done: Book a table."),
    ],
)
def test_results_are_said_from_their_summary_text_or_fields(result: object, said: str) -> None:
    assert result_text(result, BOOK, SpokenClock(NOW, 0.0)) == said  # type: ignore[arg-type]  # the cases are JSON


def test_the_age_of_a_kept_answer_is_said_first() -> None:
    assert with_age("Sunny.", 7200.0) == "As of 2 hours ago: Sunny."
    assert with_age("Sunny.", None) == "Sunny."
    assert report(BOOK, Succeeded({"summary": "Sunny."}, age=600.0), 0.0) == "As of 10 minutes ago: Sunny."


def test_a_tool_that_cancels_does_not_ask_to_book() -> None:
    cancel = Tool("town", "cancel_booking")
    assert asking(cancel) == "Shall I call this off?"
