"""One search over one sound: for sentences of the grammar, and for the texts that the model would write freely.

Both kinds grow token by token in the same batches. Texts with the same words share one place in the beam, so that
commas and capitals crowd nothing out. Decides nothing: returns the texts with the model's likelihoods.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from voice.recognition.neural.model import Floats
from voice.recognition.neural.spelled_paths import Move, Point, SpelledPaths
from voice.recognition.neural.vocabulary import END, Vocabulary

_TOKENS_A_SECOND = 7.0
_TOKENS_MORE = 8
"""Tokens that a text may have beyond what the sound's length allows; without a limit the model may repeat itself
endlessly.
"""
_NOT_SAID = re.compile(r"[^a-z0-9]+")
_MARKS = " ,.;:-"
_SPECIAL = 3
"""Tokens below this number are not text."""


@dataclass(frozen=True)
class Effort:
    """The effort of a search."""

    width: int = 12
    """Sentences of the grammar that are followed at a time."""
    first_width: int = 24
    """The same for the first tokens, because first words are often heard badly and lost texts never return."""
    first_tokens: int = 4
    free_width: int = 5
    """Free texts that are followed at a time."""
    open_width: int = 8
    """Dictated texts, after words of the grammar, that are followed at a time."""
    open_reach: float = 7.0
    reach: float = 16.0
    """How much less likely than the best a sentence may be, in natural logarithms, before it is dropped."""
    free_reach: float = 5.0
    keep: float = 10.0
    """The same limit for complete sentences in the result."""
    grammar_weight: float = 0.3
    """Weight of the grammar's likelihoods against the model's."""
    length_bonus: float = 1.2
    """Bonus for each token with letters or digits, in natural logarithms, because short sentences would win otherwise.

    Punctuation has no bonus: with it, "at nine" was heard as "at 9:00 p.m.", three marks longer.
    """


QUICK = Effort(
    width=4,
    first_width=12,
    first_tokens=3,
    free_width=2,
    open_width=2,
    reach=8.0,
    free_reach=4.0,
    open_reach=4.0,
    keep=6.0,
)
"""The effort of a first search, which often finds the sentence.

Half as wide again, it had as many of 30 human commands right at 15 and 6 dB (30 and 28) and took an eighth longer.
"""


@dataclass(frozen=True)
class FoundText:
    """A text that was found."""

    text: str
    """Words of the grammar; a free text is as the model wrote it."""
    score: float
    """Natural logarithm of the model's likelihood of the text for this sound."""
    grammar: float
    """Natural logarithm of the grammar's likelihood, at most 0; 0 for free texts."""
    free: bool
    tokens: int
    written: str
    """The text as the model wrote it."""
    head: str = ""
    """Its first words, which follow the grammar, if the rest was dictated."""
    rank: float = 0.0
    """The value for comparing texts of one kind: score and grammar, with the bonus for length."""
    head_tokens: int = 0
    """Number of tokens of the head."""


@dataclass(frozen=True)
class _Head:
    """Words of the grammar after which any words may follow."""

    words: str
    tokens: int


@dataclass(frozen=True)
class _Text:
    score: float
    grammar: float
    point: Point | None
    """State in the grammar; None for a free text."""
    words: str
    tokens: tuple[int, ...]
    row: int
    head: _Head | None = None
    length: int = 0
    """Number of tokens with letters or digits."""


@dataclass(frozen=True)
class _Next:
    score: float
    grammar: float
    parent: int
    token: int
    move: Move | None
    free: bool
    head: _Head | None
    rank: float


class Writer(Protocol):
    """The interface of the speech model."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The model's tokens."""
        ...

    def begin(self, states: Any) -> tuple[Any, Floats]:
        """Return the memory of a sound, and the logits of the first token."""
        ...

    def go_on(self, decoded: Any, parents: npt.NDArray[np.int64], tokens: npt.NDArray[np.int64]) -> Floats:
        """Append tokens to texts; return the logits of the next token, one row for each text."""
        ...


class Search:
    """A search over one sound; `run` may be called once."""

    def __init__(self, model: Writer, paths: SpelledPaths | None, effort: Effort, *, free: bool = True) -> None:
        self._model = model
        self._vocabulary = model.vocabulary
        self._paths = paths
        self._effort = effort
        self._free = free
        self._done: dict[tuple[bool, bool, str], FoundText] = {}
        self._best = [-math.inf, -math.inf, -math.inf]
        """Ranks of the best complete texts: of the grammar, free, and dictated."""

    def run(self, states: Any, seconds: float) -> list[FoundText]:
        """Return the texts, likeliest first, of all kinds together."""
        most = int(seconds * _TOKENS_A_SECOND) + _TOKENS_MORE
        decoded, logits = self._model.begin(states)
        texts: list[_Text] = []
        if self._paths is not None:
            texts.append(_Text(0.0, 0.0, self._paths.start, "", (), 0))
        if self._free:
            texts.append(_Text(0.0, 0.0, None, "", (), 0))
        for step in range(most):
            rows = _log_likelihoods(logits)
            width = self._effort.first_width if step < self._effort.first_tokens else self._effort.width
            following = self._following(texts, rows, width)
            if not following:
                break
            # Equal tokens cost one row, whether they follow the grammar, or are free, or both.
            rows_of: dict[tuple[int, int], int] = {}
            grown = []
            for one in following:
                parent = texts[one.parent]
                row = rows_of.setdefault((parent.row, one.token), len(rows_of))
                grown.append(self._grown(one, parent, row))
            texts = grown
            parents, tokens = np.array(list(rows_of), np.int64).T
            logits = self._model.go_on(decoded, parents, tokens)
        return sorted(self._done.values(), key=lambda one: one.score, reverse=True)

    def _grown(self, one: _Next, parent: _Text, row: int) -> _Text:
        words = parent.words
        if one.move is not None and one.move.words:
            words = f"{words} {one.move.words}" if words else one.move.words
        point = None if one.free or one.move is None else one.move.point
        length = parent.length + self._vocabulary.spoken[one.token]
        return _Text(one.score, one.grammar, point, words, (*parent.tokens, one.token), row, one.head, length)

    def _following(self, texts: list[_Text], rows: Floats, width: int) -> list[_Next]:
        grammar: list[_Next] = []
        free: list[_Next] = []
        opened: list[_Next] = []
        best = -math.inf
        for number, text in enumerate(texts):
            row = rows[text.row]
            if text.point is None:
                self._end_freely(text, float(row[END]))
                (free if text.head is None else opened).extend(self._freely(number, text, row))
            else:
                self._end_in_grammar(text, float(row[END]))
                found = self._in_grammar(number, text, row, best)
                grammar += found
                best = max([best, *(one.rank for one in found)])
                opening = self._opening(text)
                if opening is not None:
                    opened += self._freely(number, opening, row)
        effort = self._effort
        kept = self._distinct(grammar, texts, width, self._best[0], effort.reach)
        kept += self._distinct(free, texts, effort.free_width, self._best[1], effort.free_reach)
        return kept + self._distinct(opened, texts, effort.open_width, self._best[2], effort.open_reach)

    def _in_grammar(self, number: int, text: _Text, row: npt.NDArray[np.float32], best: float) -> list[_Next]:
        """Return the possible continuations in the grammar that are within reach of `best`, the best rank so far."""
        assert self._paths is not None
        assert text.point is not None
        allowed = self._paths.allowed(text.point)
        if not len(allowed):
            return []
        scores = row[allowed]
        bonus, spoken = self._effort.length_bonus, self._vocabulary.spoken
        before = text.score + text.grammar + bonus * text.length
        order = np.argsort(-scores)[: 2 * self._effort.first_width]
        found: list[_Next] = []
        for token, score in zip(allowed[order].tolist(), scores[order].tolist(), strict=True):
            if before + bonus + score < max(best - self._effort.reach, self._best[0] - self._effort.keep):
                break  # the grammar's own likelihood would only make it worse
            move = self._paths.move(text.point, token)
            if move is not None:
                grammar = self._effort.grammar_weight * move.weight
                rank = before + bonus * spoken[token] + score + grammar
                best = max(best, rank)
                found.append(_Next(text.score + score, text.grammar + grammar, number, token, move, False, None, rank))
        return found

    def _freely(self, number: int, text: _Text, row: npt.NDArray[np.float32]) -> list[_Next]:
        wanted, reach = (
            (self._effort.free_width, self._effort.free_reach)
            if text.head is None
            else (self._effort.open_width, self._effort.open_reach)
        )
        near = np.flatnonzero(row >= row.max() - reach)
        near = near[np.argsort(-row[near])][: 2 * wanted]
        scores = [(token, text.score + float(row[token])) for token in near.tolist() if token >= _SPECIAL]
        return [_Next(score, text.grammar, number, token, None, True, text.head, score) for token, score in scores]

    def _opening(self, text: _Text) -> _Text | None:
        """Return the text as one that may continue freely, if the grammar allows free words after it."""
        assert self._paths is not None
        if not self._free or text.point is None or not text.tokens:
            return None
        opened = self._paths.opens(text.point)
        if opened is None:
            return None
        words = f"{text.words} {opened.words}".strip()
        return replace(text, point=None, head=_Head(words, len(text.tokens)))

    def _distinct(
        self, following: list[_Next], texts: list[_Text], width: int, best_whole: float, reach: float
    ) -> list[_Next]:
        """Return the likeliest texts with different words."""
        following.sort(key=lambda one: one.rank, reverse=True)
        kept: dict[tuple[int, str], int] = {}
        chosen: list[_Next] = []
        for one in following:
            if len(chosen) == width or one.rank < max(following[0].rank - reach, best_whole - self._effort.keep):
                break
            key = self._key(one, texts[one.parent])
            if key not in kept:
                kept[key] = len(chosen)
                chosen.append(one)
        return chosen

    def _key(self, one: _Next, parent: _Text) -> tuple[int, str]:
        if one.move is not None:
            return one.move.point.state, f"{parent.words} {one.move.words}|{one.move.point.letters}"
        said = _NOT_SAID.sub("", self._vocabulary.text([*parent.tokens, one.token]).lower())
        return (-1 if one.head is None else -2), said

    def _end_in_grammar(self, text: _Text, score: float) -> None:
        assert self._paths is not None
        assert text.point is not None
        end = self._paths.end(text.point)
        if end is None or not text.tokens:
            return
        words = f"{text.words} {end.words}".strip()
        grammar = text.grammar + self._effort.grammar_weight * end.weight
        written = self._vocabulary.text(list(text.tokens))
        rank = text.score + score + grammar + self._effort.length_bonus * text.length
        self._keep(FoundText(words, text.score + score, grammar, False, len(text.tokens), written, rank=rank))

    def _end_freely(self, text: _Text, score: float) -> None:
        written = self._vocabulary.text(list(text.tokens))
        if not written:
            return
        said, head, head_tokens = written, "", 0
        if text.head is not None:
            head, head_tokens = text.head.words, text.head.tokens
            tail = self._vocabulary.text(list(text.tokens[text.head.tokens :]))
            said = f"{head} {tail.lstrip(_MARKS)}".strip()
        total = text.score + score
        self._keep(FoundText(said, total, text.grammar, True, len(text.tokens), written, head, total, head_tokens))

    def _keep(self, found: FoundText) -> None:
        key = (found.free, bool(found.head), _NOT_SAID.sub("", found.text.lower()))
        known = self._done.get(key)
        if known is None or found.rank > known.rank:
            self._done[key] = found
        kind = (2 if found.head else 1) if found.free else 0
        self._best[kind] = max(self._best[kind], found.rank)


def _log_likelihoods(logits: Floats) -> Floats:
    """Return the natural logarithms of the likelihoods, one row for each text."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return np.asarray(shifted, np.float32)
