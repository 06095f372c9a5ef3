"""Sound and sense decide together which of the texts that were heard is taken."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.understanding.hearing import read_heard
from assistant.understanding.interpret import Interpreter
from assistant.understanding.mood import Mood
from assistant.understanding.reading import Context, Control, Interpretation, Reading
from client.catalog import Catalog
from voice.recognition.recognizer_base import Alternative, Transcript

SENSE = {
    "turn on the light": ("turn_on", 0.95),
    "Turn on the light.": ("turn_on", 0.95),
    "turn off the light": ("turn_off", 0.95),
    "turn the light off": ("turn_off", 0.9),
    "book a table": ("book", 0.9),
    "it was a bright day": ("set_brightness", 0.45),
    "our neighbours are moving to another town": ("find_way", 0.73),
    "where is another town": ("find_way", 0.73),
    "I think the weather was nicer in Spain.": ("get_weather", 0.98),
    "The dentist said, I have to come back in two weeks.": ("book", 0.95),
    "I think I need the weather in Spain.": ("get_weather", 0.98),
    "It's the window closed.": ("close_window", 0.9),
    "The weather in Spain.": ("get_weather", 0.98),
}
TOLD = {"our neighbours are moving to another town", "where is another town"}
WITHHELD = {
    "don't turn on the light": Mood.DO_NOT,
    "did you turn on the light": Mood.TELL,
    "could turn on the light": Mood.TELL,
    "he turned on the light": Mood.TELL,
    "turning on the light": Mood.DO_NOT,
}
CONTROLS = {"yes": Control.YES, "no": Control.NO, "stop": Control.STOP}


def read(texts: Sequence[str], context: Context) -> Reading:
    text = texts[0]
    if text in CONTROLS:
        return Reading(control=CONTROLS[text], text=text)
    if context.asked:
        return Reading(changes={context.asked: text}, text=text)
    if text in WITHHELD:
        return Reading(text=text, mood=WITHHELD[text])
    tool, score = SENSE.get(text, ("", 0.0))
    missing = ("time",) if tool == "book" else ()
    found = (Interpretation(tool, {}, missing, score),) if tool else ()
    return Reading(interpretations=found, text=text, mood=Mood.TELL if text in TOLD else Mood.DO)


def heard(*texts: tuple[str, float, bool]) -> Transcript:
    listed = tuple(Alternative(text, score, free, score) for text, score, free in texts)
    return Transcript(listed[0].text, listed, recognizer="neural")


@pytest.mark.proves("V.neural.bias")
def test_free_words_that_are_far_likelier_outdo_a_sentence_of_the_grammar() -> None:
    reading = read_heard(
        heard(("turn on the light", -14.0, False), ("turn the light off", -1.0, True)), Context(), read
    )
    assert reading.text == "turn the light off"


def test_a_sentence_of_the_grammar_outdoes_free_words_that_are_only_a_little_likelier() -> None:
    reading = read_heard(heard(("turn off the light", -4.0, False), ("turn of the life", -2.0, True)), Context(), read)
    assert reading.interpretations[0].tool == "turn_off"


def test_free_words_that_make_little_sense_ask_for_nothing() -> None:
    assert not read_heard(heard(("it was a bright day", -1.0, True)), Context(), read).interpretations


@pytest.mark.parametrize(
    ("said", "taken"), [("our neighbours are moving to another town", False), ("where is another town", True)]
)
def test_a_statement_asks_for_something_only_if_that_makes_more_sense_than_a_question_must(
    said: str, taken: bool
) -> None:
    assert bool(read_heard(heard((said, -1.0, True)), Context(), read).interpretations) is taken


@pytest.mark.parametrize(
    "said",
    [
        "I think the weather was nicer in Spain.",
        "The dentist said, I have to come back in two weeks.",
        "It's the window closed.",
    ],
)
def test_free_words_that_say_how_things_are_ask_for_nothing_however_well_they_fit(said: str) -> None:
    assert not read_heard(heard((said, -1.0, True)), Context(), read).interpretations


@pytest.mark.parametrize("said", ["I think I need the weather in Spain.", "The weather in Spain."])
def test_a_wish_and_a_thing_by_its_name_ask_though_they_have_no_verb_that_does(said: str) -> None:
    assert read_heard(heard((said, -1.0, True)), Context(), read).interpretations


@pytest.mark.parametrize("word", ["yes", "no", "stop"])
@pytest.mark.proves("V.neural.bias")
def test_no_control_word_is_taken_from_outside_the_grammar(word: str) -> None:
    for context in (Context(), Context(confirming=True), Context(options=("a", "b")), Context(asked="name")):
        assert read_heard(heard((word, -0.5, True)), context, read).control is None


@pytest.mark.proves("V.neural.bias")
def test_while_a_yes_is_waited_for_nothing_free_is_read() -> None:
    reading = read_heard(heard(("turn off the light", -0.5, True)), Context(confirming=True), read)
    assert reading == Reading()


def test_a_text_that_lacks_what_is_required_gives_way_to_a_complete_one_of_nearly_the_same_likelihood() -> None:
    reading = read_heard(heard(("book a table", -3.0, False), ("turn on the light", -4.0, False)), Context(), read)
    assert reading.interpretations[0].tool == "turn_on"


def test_an_answer_is_free_words_only_if_they_are_nearly_the_likeliest() -> None:
    texts = heard(("yes", -0.5, True), ("S P", -6.0, True))
    assert not read_heard(texts, Context(asked="contact"), read).changes


@pytest.mark.parametrize(
    ("spelled_badly", "taken"),
    [({"drink": "coffee"}, "an iced coffee with cream"), ({"drink": "coffee", "size": "large"}, "an ice coffee large")],
)
def test_free_words_that_say_no_more_than_a_sentence_of_the_grammar_are_that_sentence(
    spelled_badly: dict[str, str], taken: str
) -> None:
    said = {"an iced coffee with cream": {"drink": "iced coffee", "extra": "cream"}}
    said["an ice coffee large"] = spelled_badly

    def order(texts: Sequence[str], context: Context) -> Reading:
        return Reading(interpretations=(Interpretation("order", said[texts[0]], (), 0.9),), text=texts[0])

    texts = heard(("an iced coffee with cream", -16.0, False), ("an ice coffee large", -2.0, True))
    assert read_heard(texts, Context(), order).text == taken


def test_a_recognizer_without_likelihoods_is_read_best_text_first() -> None:
    seen: list[list[str]] = []

    def note(texts: Sequence[str], context: Context) -> Reading:
        seen.append(list(texts))
        return read(texts, context)

    listed = (Alternative("turn on the light", 3.0), Alternative("turn off the light", 2.0))
    assert read_heard(Transcript("turn on the light", listed), Context(), note).text == "turn on the light"
    assert seen == [["turn on the light", "turn off the light"]]


def test_typed_words_are_read_as_they_stand() -> None:
    assert read_heard(Transcript("turn off the light"), Context(), read).text == "turn off the light"


def test_nothing_heard_is_an_empty_reading() -> None:
    assert read_heard(Transcript(""), Context(), read) == Reading()


@pytest.mark.parametrize("free", [True, False])
@pytest.mark.proves("V.neural.opposites")
def test_between_on_and_off_with_little_margin_nothing_is_understood(free: bool) -> None:
    texts = heard(("turn on the light", -2.0, False), ("turn off the light", -2.5, free))
    assert not read_heard(texts, Context(), read).interpretations


def test_an_opposite_that_is_clearly_less_likely_stops_nothing() -> None:
    texts = heard(("turn on the light", -2.0, False), ("turn off the light", -6.0, False))
    assert read_heard(texts, Context(), read).interpretations[0].tool == "turn_on"


@pytest.mark.parametrize(
    ("heard", "likelihood", "control"),
    [
        ("okay", -1.4, Control.YES),
        ("okay", -6.4, None),
        ("that's exactly right", -5.0, Control.YES),
        ("no", -6.4, Control.NO),
    ],
)
def test_a_yes_that_only_sounds_least_unlikely_is_none(heard: str, likelihood: float, control: Control | None) -> None:
    transcript = Transcript(heard, (Alternative(heard, 0.0, False, likelihood),))
    reading = read_heard(transcript, Context(confirming=True), Interpreter(Catalog()).read)
    assert reading.control is control


@pytest.mark.proves("U.false-yes")
@pytest.mark.parametrize(
    ("sure", "beside", "control"),
    [
        (1.0, "", Control.YES),
        (0.86, "", None),
        (0.84, "yeah", Control.YES),
        (0.84, "ten", None),
    ],
)
def test_a_yes_that_other_words_rival_is_none_unless_they_mean_yes_too(
    sure: float, beside: str, control: Control | None
) -> None:
    listed = tuple(Alternative(text, 0.0, False, -1.0) for text in ("yes", beside) if text)
    transcript = Transcript("yes", listed, confidence=sure)
    assert read_heard(transcript, Context(confirming=True), Interpreter(Catalog()).read).control is control


def test_a_yes_of_several_words_needs_no_such_lead() -> None:
    transcript = Transcript("that is right", (Alternative("that is right", 0.0, False, -4.0),), confidence=0.7)
    assert read_heard(transcript, Context(confirming=True), Interpreter(Catalog()).read).control is Control.YES


def test_a_yes_beside_another_control_word_is_none() -> None:
    listed = (Alternative("yeah", 0.5, False, -1.0), Alternative("undo", 0.0, False, -1.5))
    reading = read_heard(Transcript("yeah", listed), Context(confirming=True), Interpreter(Catalog()).read)
    assert reading.control is None


@pytest.mark.parametrize("sentence", [True, False])
@pytest.mark.proves("V.neural.opposites")
def test_a_refusal_that_was_heard_nearly_as_likely_is_never_bent_into_the_request(sentence: bool) -> None:
    texts = heard(("turn on the light", -2.0, not sentence), ("don't turn on the light", -2.5, True))
    assert not read_heard(texts, Context(), read).interpretations


@pytest.mark.proves("V.neural.opposites")
def test_a_question_holds_a_sentence_of_the_grammar_back_only_if_it_is_far_likelier() -> None:
    for question, taken in ((-4.0, True), (-0.5, False)):
        texts = heard(("turn on the light", -5.0, False), ("did you turn on the light", question, True))
        assert bool(read_heard(texts, Context(), read).interpretations) is taken


def test_a_question_holds_nothing_back_behind_a_likelier_text_that_asks_for_the_same() -> None:
    listed = [("turn on the light", -9.0, False), ("did you turn on the light", -4.0, True)]
    assert not read_heard(heard(*listed), Context(), read).interpretations
    assert read_heard(heard(*listed, ("Turn on the light.", -2.0, True)), Context(), read).interpretations


@pytest.mark.parametrize("spelled", ["he turned on the light", "turning on the light"])
def test_a_request_spelled_badly_as_free_words_holds_no_sentence_of_the_grammar_back(spelled: str) -> None:
    listed = heard(("turn on the light", -9.0, False), (spelled, -4.0, True))
    assert read_heard(listed, Context(), read).interpretations


@pytest.mark.parametrize(("doubtful", "tool"), [(True, ""), (False, "set_brightness")])
def test_words_behind_a_doubtful_opening_must_fit_it(doubtful: bool, tool: str) -> None:
    one = Alternative("it was a bright day", -1.0, likelihood=-1.0, doubtful=doubtful)
    found = read_heard(Transcript(one.text, (one,), recognizer="neural"), Context(), read).interpretations
    assert [each.tool for each in found] == [tool][: len(tool)]


def test_a_question_that_asks_for_a_deed_holds_nothing_back() -> None:
    texts = heard(("turn on the light", -5.0, False), ("could turn on the light", -0.5, True))
    assert read_heard(texts, Context(), read).interpretations[0].tool == "turn_on"


def test_an_opposite_that_stands_beside_the_word_itself_turns_nothing() -> None:
    texts = heard(("turn off the light", -2.0, False), ("turn off on the light", -2.1, True))
    assert read_heard(texts, Context(), read).interpretations[0].tool == "turn_off"


def test_a_correction_is_not_what_was_just_read_back() -> None:
    def rewording(texts: Sequence[str], context: Context) -> Reading:
        return Reading(changes={"message": texts[0]}, text=texts[0])

    pending = Context(confirming=True, pending_arguments={"message": "the colour is in the garage"})
    texts = heard(("The colour is in the garage.", -1.0, False), ("the car is in the garage", -1.5, False))
    assert read_heard(texts, pending, rewording).changes == {"message": "the car is in the garage"}
    alone = heard(("the colour is in the garage", -1.0, False))
    assert read_heard(alone, pending, rewording).changes == {"message": "the colour is in the garage"}
