"""The search over one sound, with a model that holds likely what it is told."""

from __future__ import annotations

import numpy as np

from tests.voice.neural.letters import WritingModel
from voice.recognition.neural.paths import Paths
from voice.recognition.neural.sound_search import Effort, FoundText, Search
from voice.recognition.neural.spelled_paths import SpelledPaths
from voice.recognition.recognizer_base import Choice, Expression, Grammar, Open, Sequence, Words

SOUND = np.zeros((1, 40, 8), np.float32)


def found(model: WritingModel, root: Expression | None, seconds: float = 6.0) -> list[FoundText]:
    paths = SpelledPaths(Paths(Grammar(root)), model.vocabulary) if root is not None else None
    return Search(model, paths, Effort()).run(SOUND, seconds)


def test_a_sentence_of_the_grammar_is_found_beside_what_sounds_likelier() -> None:
    model = WritingModel({"turn of the light": 0.7, "turn off the light": 0.2})
    texts = found(model, Choice((Words("turn off the light"), Words("turn on the light"))))
    assert next(one.text for one in texts if not one.free) == "turn off the light"
    assert next(one.text for one in texts if one.free) == "turn of the light"


def test_texts_that_differ_in_a_comma_share_one_place() -> None:
    model = WritingModel({"no, make it eight.": 0.4, "no make it eight": 0.3, "no, make it eight": 0.2})
    texts = found(model, Words("no make it eight"))
    assert [one.text for one in texts if not one.free] == ["no make it eight"]


def test_what_follows_an_open_part_is_taken_freely_behind_the_grammars_words() -> None:
    model = WritingModel({"tell anna we need bread": 0.6, "tell and a we need bread": 0.2})
    root = Sequence((Words("tell"), Choice((Words("anna"), Words("tom"))), Open(Words("hello"))))
    opened = [one for one in found(model, root) if one.head]
    assert opened[0].head == "tell anna"
    assert opened[0].text == "tell anna we need bread"


def test_a_model_that_repeats_itself_is_stopped_by_the_length_of_the_sound() -> None:
    model = WritingModel({"ha " * 300: 1.0})
    found(model, None, seconds=1.0)
    assert model.steps < 20


def test_the_score_is_the_models_own_likelihood_of_the_text() -> None:
    model = WritingModel({"stop": 0.5, "start": 0.5})
    best = next(one for one in found(model, Choice((Words("stop"), Words("go")))) if not one.free)
    assert abs(np.exp(best.score) - 0.5) < 0.01


def test_a_text_that_is_also_written_freely_costs_no_second_row() -> None:
    model = WritingModel({"stop": 1.0})
    paths = SpelledPaths(Paths(Grammar(Words("stop"))), model.vocabulary)
    texts = Search(model, paths, Effort(reach=4.0)).run(SOUND, 2.0)
    assert {one.free for one in texts if one.text == "stop"} == {False, True}
    assert max(model.rows) == 1


def test_a_sentence_is_not_longer_for_its_marks() -> None:
    one, dotted = (
        next(text for text in found(WritingModel({written: 1.0}), Words("at nine pm")) if not text.free)
        for written in ("at nine pm", "at nine p.m.")
    )
    assert dotted.tokens == one.tokens + 2
    assert abs(dotted.rank - one.rank) < 0.1
