"""The moods that a clause may have, and the words of a language by which they are told.

Data and lookups only; the structure that the words stand in is read by `openings.py` and `statements.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.understanding.grammar.phrase_sets import PhraseSet
from assistant.understanding.language import Language
from assistant.understanding.tokens import fold


class Mood(StrEnum):
    """What a clause wants."""

    DO = "do"
    """It asks for a deed, or merely says something."""
    TELL = "tell"
    """It asks whether, what, when or why, or states how things are: nothing may change."""
    DO_NOT = "do not"
    UNDO = "undo"
    """It takes back a deed that was done."""
    WAIT = "wait"
    """It asks for a deed once something has happened, which nobody here can wait for."""
    DROP = "drop"
    """Its end takes back the whole of it."""


IDLE = frozenset({Mood.DO_NOT, Mood.WAIT})
"""Moods of clauses that reach no tool at all, so that what is asked beside them is what counts."""


@dataclass(frozen=True)
class MoodPart:
    """A stretch of an utterance in one mood."""

    mood: Mood
    start: int
    """Character of the utterance from which it asks; a "don't forget to" before it is left out."""
    end: int
    bare: bool = False
    """For UNDO: whether it names nothing but what was done last."""
    ending: bool = False
    """Whether it wants something settled to end ("I don't want to stop there any more")."""
    states: bool = False
    """Whether it only says how things are, so that a request beside it is all that counts."""
    denied: frozenset[str] = frozenset()
    """Stems of verbs that it turns down on the way to what it asks: "forget", of "don't forget to"."""
    told: int | None = None
    """Character from which statements lead to what it asks ("my number is 4711, call me"); None without any."""
    equates: bool = False
    """Whether it says what something is, which may be a value of a request beside it: "my number is 4711"."""
    unreal: bool = False
    """Whether it tells what should or could have been done, so that not even a look is wanted."""


@dataclass(frozen=True)
class Opened:
    """How a clause opens: its mood (None for a mere statement) and the word from which it asks."""

    mood: Mood | None
    start: int
    bare: bool = False
    ending: bool = False
    states: bool = False
    equates: bool = False
    unreal: bool = False


class MoodWords:
    """The words and phrases of one language."""

    def __init__(self, language: Language) -> None:
        raw = self._raw = language.mood
        self.stem = language.stem
        self.changing = _folded(language.words("changing"))
        self.asking = _folded(language.words("asking"))
        self.verbs = language.commands | self.asking
        """Verbs that open a request."""
        self.changing_stems = frozenset(map(language.stem, self.changing))
        self.verb_stems = frozenset(map(language.stem, self.verbs))
        self.sets: Mapping[str, frozenset[str]] = {
            name: _folded(found) for name, found in raw.items() if name != "pairs" and isinstance(found, list)
        }
        """Word lists by their names in the language file."""
        self.openers, self.requests, self.own_requests, self.harmless, self.epistemic, self.refusing = (
            _phrases(raw[name]) for name in ("openers", "requests", "own_requests", "harmless", "epistemic", "refusing")
        )
        self.no_longer, self.tags = _phrases(raw["no_longer"]), _phrases(raw["tags"])
        self.tag_requests = _phrases(raw["tag_requests"])
        self.strong, self.weak, self.turns, self.closing = (
            _phrases(raw["dropping"][name]) for name in ("strong", "weak", "turns", "closing")
        )
        self.governing, self.withdrawing = frozenset(raw["dropping"]["governing"]), dict(raw["withdrawing"])
        self.undo, self.undo_tail, self.last = (_phrases(raw["undoing"].get(n, ())) for n in ("verbs", "tails", "last"))
        self.shapes: Mapping[str, frozenset[str]] = {name: _folded(found) for name, found in raw["shapes"].items()}
        """Words by which orders are told from statements."""
        self.phrases: Mapping[str, PhraseSet] = {name: _phrases(found) for name, found in raw["shape_phrases"].items()}
        """Phrases for the same."""
        turning = (pair for pair in raw["pairs"] if pair["axis"] == "direction" or pair.get("particles"))
        self.degrees = _folded(word for pair in turning for side in ("plus", "minus") for word in pair[side])
        self.degrees -= self.verbs - self.sets["particle_states"]
        """Words for a state or direction that a thing is to take: "off", "down", "warmer"."""
        particled = (pair for pair in raw["pairs"] if pair.get("particles"))
        particles = _folded(word for pair in particled for word in (*pair["plus"], *pair["minus"]))
        self.comparatives = self.degrees - particles
        """Of those, the ones that compare: "warmer"."""
        self.rooms = _folded(room for key in ("rooms", "floors", "in_car") for room in language.words("house", key))
        """Rooms of houses and places of cars."""
        self.denials = _phrases(_filled(raw["denials"]["patterns"], raw["denials"]["slots"]))
        """What denies an order at its end: "that was only a joke", "not now"."""
        last = raw.get("last_wanted", {"patterns": (), "slots": {}})
        self.last_wanted = _phrases(_filled(last["patterns"], last["slots"]))
        """What refuses all that follows: "the last thing I want is"."""
        self.numbers = _folded(language.table("numbers", "words")) - self.sets["determiners"] - self.sets["subjects"]
        """Words for numbers that can be nothing else."""
        self.late = bool(raw.get("late_negation", False))
        """Whether a negation may stand behind the verb."""
        self.late_free, self.averse = (_phrases(raw.get(name, ())) for name in ("late_harmless", "averse"))
        self.stative_stems = frozenset(map(language.stem, raw["stative"]))
        self.small = self.sets["before_verb"] | self.sets["negations"] | self.sets["inverting"]
        """Words of closed classes."""

    def is_subject(self, word: str) -> bool:
        """Return whether a word stands for somebody or something that a verb may follow: "I", "nobody", "it"."""
        return word in self.shapes["pronouns"]

    def inverts(self, word: str) -> bool:
        """Return whether a word opens a question if its subject follows."""
        return word in self.sets["inverting"] or word in self.sets["always_inverting"]

    def stands(self, words: Sequence[str], place: int) -> bool:
        """Return whether a thing that is named as a deed is, and where it is, stands there: "heating in the hall"."""
        behind = words[place + 1 : place + 2]
        return words[place] in self.shapes["things_as_deeds"] and not self.shapes["standing"].isdisjoint(behind)

    def draws(self, words: Sequence[str], verb: int, place: int) -> bool:
        """Return whether a verb takes something out of what is named there: "transfer 500 pounds from checking"."""
        drawing, sources = self.shapes["drawing"], self.shapes["sources"]
        out = " ".join(words[max(0, place - 2) : place]) in sources or words[place - 1] in sources
        wished = any(a in self.shapes["infinitive"] and b in drawing for a, b in itertools.pairwise(words[verb:place]))
        return out and (words[verb] in drawing or wished)  # "I'd like to transfer it", but not "stop the transfer"

    def endings(self, name: str) -> tuple[str, ...]:
        """Return the endings of that name in the language file."""
        found: tuple[str, ...] = tuple(self._raw[name])
        return found


def _folded(words: Iterable[str]) -> frozenset[str]:
    """Return the words as they are compared: "schliesse", for "schließe"."""
    return frozenset(map(fold, words))


def _filled(patterns: Iterable[str], slots: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the phrases that fill patterns such as "said was degree? jest"; a slot with "?" may stay empty."""
    for pattern in patterns:
        choices = [("", *slots[name[:-1]]) if name.endswith("?") else slots[name] for name in pattern.split()]
        yield from (" ".join(chosen) for chosen in itertools.product(*choices))


def _phrases(raw: Any) -> PhraseSet:
    return PhraseSet(raw, accents=True)
