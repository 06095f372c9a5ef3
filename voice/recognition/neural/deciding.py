"""Decides what the texts of one search mean: the transcript with its alternatives, and whether the turn has ended.

Pure. If the model clearly prefers a free text, no sentence of the grammar was said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from voice.plain_words import plain_words
from voice.recognition.neural.sound_search import FoundText
from voice.recognition.recognizer_base import Alternative, Ending, Transcript

RECOGNIZER = "neural"
MARGIN = 0.95
"""Largest advantage of the best free text over a sentence of the grammar, in natural logarithms per token (with
`MORE_TOKENS`), before that sentence counts as not said. Right sentences of people at 15 and 6 dB: at most 0.39 for nine
in ten, at most 0.96 for all; the nearest sentence to other speech: at least 0.6 for nine in ten, 1.9 in the median.
"""
CLOSED_MARGIN = 0.5
"""The same limit while only the grammar counts: a right yes or no had at most 0.14 for nine in ten of 46, other speech
at least 0.88 for nine in ten of 61.
"""
MORE_TOKENS = 4
"""Tokens added to each sentence's length, so that short sentences may differ a little more."""
CHANCE = 3.0
"""An alternative has a real chance if it is at most this much less likely than the best, in natural logarithms."""
MOST_SENTENCES = 5
MOST_FREE = 4
_LEAST_TEMPO = 5.0
"""Least letters per second of a sentence; the slowest of 480 human commands had 7.6."""
_SHORT_SPEECH = 1.5
"""Seconds; the tempo of shorter speech is not checked."""


_SURE_HEAD = 0.3
"""An opening before dictated words is doubtful if the best free text is this much likelier per token of the opening:
0.74 for "share of the company rose" heard as "shares of ...".
"""


def transcript_of(found: Sequence[FoundText], closed: bool, audio_seconds: float, decode_seconds: float) -> Transcript:
    """Return the transcript: sentences of the grammar first, then free texts if free texts may count at all."""
    found = [one for one in found if one.free or closed or not _too_slow(one, audio_seconds)]
    sentences = sentences_of(found, closed)
    free = freely(found, closed) if not (closed and sentences) else []
    chosen = [*sentences, *free]
    if not chosen:
        return Transcript("", (), 0.0, RECOGNIZER, audio_seconds, decode_seconds)
    listed = tuple(_alternative(one, found) for one in chosen)
    sure = math.exp(-max(0.0, _margin(chosen[0], found)))
    return Transcript(listed[0].text, listed, sure, RECOGNIZER, audio_seconds, decode_seconds)


def _alternative(one: FoundText, found: Sequence[FoundText]) -> Alternative:
    doubtful = bool(one.head) and _head_margin(one, found) > _SURE_HEAD
    return Alternative(one.text, one.rank, one.free and not one.head, one.score, doubtful)


_SETTLED_MARGIN = 0.2
"""A sentence of the grammar is settled if the best free text is at most this much likelier per token."""
_SETTLED_LEAD = 2.5
"""Least distance in rank between a settled sentence and the next one."""
_HOPELESS_MARGIN = 2.0
"""No sentence of the grammar was said if each is at least this much less likely per token than the best free text."""


def settled(found: Sequence[FoundText]) -> bool:
    """Return whether a closer search would hardly change the transcript. Dictated words always deserve one."""
    likeliest = max((one.score for one in found), default=0.0)
    if any(one.head and one.score >= likeliest - CHANCE for one in found):
        return False
    ranked = sorted((one for one in found if not one.free), key=lambda one: one.rank, reverse=True)
    if not ranked:
        return False
    margin = _margin(ranked[0], found)
    if margin > _SETTLED_MARGIN:
        return min(_margin(one, found) for one in ranked) >= _HOPELESS_MARGIN
    return len(ranked) == 1 or ranked[0].rank - ranked[1].rank >= _SETTLED_LEAD


_TEXTS_REPAIRED = 3
"""Free texts in which names are looked for."""
_REPAIRED_MARGIN = 0.4
"""By how much the best free text may be likelier, per token, than one with a name put in."""


def worth_repairing(found: Sequence[FoundText]) -> list[str]:
    """Return the likeliest free texts, unless a sentence of the grammar is as likely as they are."""
    if any(_margin(one, found) <= _SETTLED_MARGIN for one in found if not one.free):
        return []
    ranked = sorted((one for one in found if one.free and not one.head), key=lambda one: one.score, reverse=True)
    return [one.text for one in ranked if not _breaks_off(one, ranked)][:_TEXTS_REPAIRED]


def likely_repairs(repaired: Sequence[FoundText], found: Sequence[FoundText]) -> list[FoundText]:
    """Return the texts with names put in that the sound agrees with."""
    return [one for one in repaired if _margin(one, found) <= _REPAIRED_MARGIN]


_HEARD_ONCE = 2.0
"""Penalty in natural logarithms for a text that only one of two searches found."""
_AGREED_MARGIN, _AGREED_LEAD = 0.7, 1.0
"""The same for what two quick looks at the sound in different lengths agree on. Of 29 human commands at 6 dB that one
look left open they agreed on 17, and a wide look got no more of those right (chosen on these). A sentence that is too
short for the sound is not agreed on."""


def worth_comparing(found: Sequence[FoundText]) -> bool:
    """Return whether a second quick search may settle it: not for dictated words or without sentences."""
    likeliest = max((one.score for one in found), default=0.0)
    taken_down = any(one.head and one.score >= likeliest - CHANCE for one in found)
    return not taken_down and any(not one.free for one in found)


def agreeing(first: Sequence[FoundText], second: Sequence[FoundText], seconds: float) -> list[FoundText] | None:
    """Return the texts of two quick searches, likeliest first, if both have the same best sentence; else None."""
    ones, others = ({_same(each): each for each in found} for found in (first, second))
    mean = [_mean(ones[key], others[key]) for key in ones.keys() & others.keys()]
    alone = [*(ones[key] for key in ones.keys() - others.keys()), *(others[key] for key in others.keys() - ones.keys())]
    found = mean + [replace(one, score=one.score - _HEARD_ONCE, rank=one.rank - _HEARD_ONCE) for one in alone]
    found.sort(key=lambda one: (-one.score, one.text))
    ranked = sorted((one for one in found if not one.free), key=lambda one: one.rank, reverse=True)
    if not ranked or ranked[0] not in mean or not worth_comparing(found):
        return None
    if _margin(ranked[0], found) > _AGREED_MARGIN or _too_slow(ranked[0], seconds):
        return None
    return found if len(ranked) == 1 or ranked[0].rank - ranked[1].rank >= _AGREED_LEAD else None


def _too_slow(one: FoundText, seconds: float) -> bool:
    """Return whether nobody would take that long to say so little."""
    return seconds > _SHORT_SPEECH and len(one.text.replace(" ", "")) < _LEAST_TEMPO * seconds


def _same(one: FoundText) -> tuple[bool, bool, str]:
    return one.free, bool(one.head), plain_words(one.text)


def _mean(one: FoundText, other: FoundText) -> FoundText:
    score, rank = (one.score + other.score) / 2, (one.rank + other.rank) / 2
    return replace(one, score=score, grammar=(one.grammar + other.grammar) / 2, rank=rank)


def sentences_of(found: Sequence[FoundText], closed: bool) -> list[FoundText]:
    """Return the sentences of the grammar that may have been said, best first."""
    ranked = sorted((one for one in found if not one.free), key=lambda one: one.rank, reverse=True)
    most = CLOSED_MARGIN if closed else MARGIN
    kept = [one for one in ranked if _margin(one, found) <= most]
    if closed and kept:
        kept = [one for one in kept if one.score >= kept[0].score - CHANCE]
    return kept[:MOST_SENTENCES]


def freely(found: Sequence[FoundText], closed: bool) -> list[FoundText]:
    """Return the free texts that may count, best first; those after words of the grammar count in any state."""
    most = CLOSED_MARGIN if closed else MARGIN
    ranked = sorted((one for one in found if one.free), key=lambda one: one.score, reverse=True)
    ranked = [one for one in ranked if _margin(one, found) <= most and not _breaks_off(one, ranked)]
    opened = [one for one in ranked if one.head and _head_margin(one, found) <= most]
    opened.sort(key=lambda one: one.rank, reverse=True)
    return [*opened[:MOST_FREE], *([] if closed else [one for one in ranked if not one.head][:MOST_FREE])]


def _breaks_off(one: FoundText, ranked: Sequence[FoundText]) -> bool:
    """Return whether a likelier free text has these words and more: "they charged" of "they charged my card"."""
    words = f"{plain_words(one.text)} "
    return any(other.score > one.score and plain_words(other.text).startswith(words) for other in ranked)


def _head_margin(one: FoundText, found: Sequence[FoundText]) -> float:
    """Return how much likelier the best free text is than the best one with this head, per token of the head.

    Words after a head are free and cost nothing, so only the head shows whether the grammar was followed: "text
    temperatures will fall below zero" has the spoken words and one more.
    """
    best = max((other.score for other in found if other.free), default=one.score)
    same = max((other.score for other in found if other.head == one.head), default=one.score)
    return (best - same) / (one.head_tokens + MORE_TOKENS)


def _margin(one: FoundText, found: Sequence[FoundText]) -> float:
    """Return how much likelier the best free text is than this one, per token."""
    best = max((other.score for other in found if other.free), default=one.score)
    return (best - one.score) / (one.tokens + MORE_TOKENS)


_PLAIN = -0.5
"""Natural logarithm per token (with `MORE_TOKENS`) from which a sentence was heard plainly.

Bursts of noise are often heard as "thank you" (at most -0.7); they must not end a turn early.
"""


def ending_of(found: Sequence[FoundText], closed: bool) -> Ending:
    """Return whether the texts mean that the turn has ended."""
    sentences = sentences_of(found, closed)
    if sentences and sentences[0].score >= _PLAIN * (sentences[0].tokens + MORE_TOKENS):
        return Ending.COMPLETE
    return Ending.UNKNOWN
