"""The meaning of whole sentences: what it adds where the encoder is installed; where it is not, nothing breaks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.learning import index_cache
from assistant.understanding.learning.index_cache import IndexFolder, RecentlyLearned, keeping
from assistant.understanding.reading import Context
from assistant.understanding.routing.embeddings import Vectors, unit
from assistant.understanding.routing.fitted_weights import WITH_MEANING, WITHOUT, fitted
from assistant.understanding.routing.meaning import ASPECTS, Meaning
from assistant.understanding.routing.sentence_model import (
    PACKAGE,
    InstalledEncoder,
    NoSentenceEncoder,
    installed_encoder,
    installed_model,
    is_published,
    why_absent,
)
from client.catalog import Catalog
from tests.assistant.understanding.catalogs import CAR, catalog_of, tool

installed = pytest.mark.skipif(bool(why_absent()), reason=why_absent() or "installed")
MUSIC = catalog_of(
    tool("next_track", "Go to the track that follows in the queue", {}),
    tool("pause_playback", "Hold the music until it is resumed", {}),
    tool("like_track", "Add what is playing to the favourites", {}),
)


class Counting:
    """Knows English, and counts what it is asked to encode: the letters of a text are its meaning."""

    languages = frozenset({"en"})
    digest = "letters"

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, text: str) -> Vectors:
        self.texts.append(text)
        return unit(np.array([text.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"], dtype=np.float32))


@contextmanager
def another_process(patch: pytest.MonkeyPatch, folder: Path) -> Iterator[None]:
    """Have nothing of what this process has learned, but what is on the disk."""
    patch.setattr(index_cache, "_recent", RecentlyLearned())
    with keeping(IndexFolder(folder)):
        yield


@installed
@pytest.mark.proves("U.routing")
@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("skip this song", "next_track"),
        ("silence for a moment", "pause_playback"),
        ("mark it as one of my favorites", "like_track"),
    ],
)
def test_a_sentence_is_nearest_to_the_tool_that_it_means_though_it_shares_no_word_with_it(
    text: str, nearest: str
) -> None:
    likeness = Meaning(MUSIC.tools, language(), installed_encoder()).likeness(text)
    assert likeness.shape == (3, len(ASPECTS))
    assert MUSIC.tools[int(likeness.max(axis=1).argmax())].name == nearest


@installed
def test_a_few_texts_are_encoded_without_unfolding_the_model_and_mean_the_same() -> None:
    model = installed_model()
    assert model is not None
    encoder, other = InstalledEncoder(model), InstalledEncoder(model)
    few = ["skip this song", "is the window open", "book a table"]
    first = [encoder.encode(text) for text in few]
    assert not encoder.unfolded
    for text in ("one", "two", "three", "four"):
        other.encode(text)
    assert other.unfolded
    for text, vector in zip(few, first, strict=True):
        assert float(np.abs(other.encode(text) - vector).max()) < 1e-6


@installed
@pytest.mark.parametrize("text", ["skip this song", "what's the weather in mannheim", "turn the fan to three"])
def test_tools_that_are_read_only_when_a_sentence_comes_are_understood_the_same(text: str, tmp_path: Path) -> None:
    now = Context(now=1_795_250_000.0)
    read = [
        Interpreter(CAR, kept=IndexFolder(tmp_path), at_once=at_once).read([text], now).interpretations
        for at_once in (True, False)
    ]
    for early, late in zip(*read, strict=True):
        assert (early.tool, early.arguments, early.missing) == (late.tool, late.arguments, late.missing)
        assert early.score == pytest.approx(late.score, abs=1e-4)


@installed
def test_the_package_that_brings_the_model_is_never_imported() -> None:
    assert installed_encoder().encode("good morning").shape == (384,)
    assert PACKAGE not in sys.modules


@installed
@pytest.mark.proves("U.routing")
@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("set the cabin temperature to 21 degrees", {"temperature": 21}),
        ("open the driver window to 50 percent", {"percent": 50, "window": "driver"}),
    ],
)
def test_without_the_encoder_a_clear_request_is_understood_all_the_same(
    text: str, arguments: dict[str, object]
) -> None:
    context = Context(now=1795255200.0)
    found = [
        Interpreter(CAR, encoder=encoder).read([text], context).interpretations[0]
        for encoder in (installed_encoder(), NoSentenceEncoder())
    ]
    assert found[0].tool == found[1].tool
    assert all(dict(each.arguments) == arguments for each in found)


def test_without_an_encoder_nothing_is_said_for_any_tool() -> None:
    meaning = Meaning(MUSIC.tools, language(), NoSentenceEncoder())
    likeness = meaning.likeness("skip this song")
    assert not meaning.any
    assert not likeness.any()
    assert not meaning.evidence(likeness).any()
    assert set(meaning.signs(likeness, 0).values()) == {0.0}


def test_a_language_that_the_encoder_does_not_know_goes_without_it() -> None:
    encoder = Counting()
    Interpreter(MUSIC, spoken=language("de"), encoder=encoder).read(["nächstes lied"], Context(now=0.0))
    assert not encoder.texts


def test_an_empty_catalog_asks_the_encoder_for_nothing() -> None:
    encoder = Counting()
    assert not Interpreter(Catalog(()), encoder=encoder).read(["skip this"], Context(now=0.0)).interpretations
    assert not encoder.texts


def test_the_tools_of_a_catalog_are_encoded_once_and_read_from_disk_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Counting(), Counting()
    with another_process(monkeypatch, tmp_path):
        before = Meaning(MUSIC.tools, language(), first).likeness("skip this song")
    with another_process(monkeypatch, tmp_path):
        after = Meaning(MUSIC.tools, language(), second).likeness("skip this song")
    assert len(first.texts) == len(MUSIC.tools) * len(ASPECTS) + 1
    assert second.texts == ["skip this song"]
    assert np.array_equal(before, after)


def test_a_file_that_is_not_the_published_model_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "model.onnx"
    other.write_bytes(b"another model")
    assert not is_published(other)
    assert not is_published(tmp_path / "missing.onnx")


def test_each_case_has_weights_of_its_own_and_those_for_going_without_count_no_meaning() -> None:
    assert WITHOUT.read_text("utf-8") != WITH_MEANING.read_text("utf-8")
    weights = fitted(with_meaning=False).weights
    assert {getattr(weights, aspect) for aspect in ASPECTS} == {0.0}
