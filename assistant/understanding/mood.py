"""Whether a clause wants something done, asks something, refuses, reverses or drops: decided before any tool is looked at.

Reads the structure of a clause (auxiliary and subject, question words, negation before the verb, tags) with the closed
word classes that the language file lists. Knows no catalog and no state; it never picks a tool.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.understanding.language import Language
from assistant.understanding.phrase_sets import PhraseSet
from assistant.understanding.words import Word, cut

MOST_PARTS = 8
"""Clauses of one utterance whose moods are told apart; what follows belongs to the last of them."""
LONGEST_TAIL = 14
"""Words at the end of an utterance that may take the rest back."""
LONGEST_OPENER = 12
"""Phrases in front of a clause that are passed over."""
_PAUSE = re.compile(r"[,.;:!?…–—-]+$")


class Mood(StrEnum):
    """What a clause wants."""

    DO = "do"
    """It asks for a deed, or merely says something."""
    TELL = "tell"
    """It asks whether, what, when or why, or states how things are: nothing may change."""
    DO_NOT = "do not"
    UNDO = "undo"
    """It takes back a deed that was done."""
    DROP = "drop"
    """Its end takes back the whole of it."""


@dataclass(frozen=True)
class Part:
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


@dataclass(frozen=True)
class _Read:
    """How a clause opens: its mood (None for a mere statement) and the word from which it asks."""

    mood: Mood | None
    start: int
    bare: bool = False
    ending: bool = False
    states: bool = False


class Moods:
    """Reads the moods of one language."""

    def __init__(self, language: Language) -> None:
        self._raw: Mapping[str, Any] = language.mood
        self._stem = language.stem
        self._changing = frozenset(language.words("changing"))
        self._verbs = self._changing | frozenset(language.words("asking")) | frozenset(self._raw["imperatives"])
        self._changing_stems = frozenset(map(language.stem, self._changing))
        self._verb_stems = self._changing_stems | frozenset(map(language.stem, language.words("asking")))
        self._openers = self._phrases("openers")
        self._requests = self._phrases("requests")
        self._own_requests = self._phrases("own_requests")
        self._harmless = self._phrases("harmless")
        self._epistemic = self._phrases("epistemic")
        self._refusing = self._phrases("refusing")
        self._no_longer = self._phrases("no_longer")
        self._tags = self._phrases("tags")
        self._late_free = PhraseSet(self._raw.get("late_harmless", ()), accents=True)
        self._sets: dict[str, frozenset[str]] = {
            name: frozenset(found) for name, found in self._raw.items() if name != "pairs" and isinstance(found, list)
        }
        dropping = self._raw["dropping"]
        self._strong, self._weak, self._turns, self._closing = (
            PhraseSet(dropping[name], accents=True) for name in ("strong", "weak", "turns", "closing")
        )
        self._governing = frozenset(dropping["governing"])
        self._undo = PhraseSet(self._raw["undoing"]["verbs"], accents=True)
        self._undo_tail = PhraseSet(self._raw["undoing"].get("tails", ()), accents=True)
        self._last = PhraseSet(self._raw["undoing"]["last"], accents=True)
        self._stative_stems = frozenset(map(self._stem, self._raw["stative"]))
        self._small = self._sets["before_verb"] | self._sets["negations"] | self._sets["inverting"]
        self._tag_requests = self._phrases("tag_requests")
        self._states_words = self._sets["states"]
        self._late = bool(self._raw.get("late_negation", False))

    def _phrases(self, name: str) -> PhraseSet:
        return PhraseSet(self._raw[name], accents=True)

    def _is(self, name: str, word: str) -> bool:
        return word in self._sets[name]

    def of(self, text: str) -> Mood:
        """Return the mood of a single clause, or of the first clause that asks or refuses."""
        return self.parts(text)[0].mood

    def parts(self, text: str) -> tuple[Part, ...]:
        """Return the stretches of an utterance, at least one, each with its mood; neighbours of one mood are one."""
        tokens = cut(text)
        words = [word for word in tokens if word.spoken]
        whole = Part(Mood.DO, 0, len(text))
        if not words:
            return (whole,)
        if self._drops(tokens):
            return (Part(Mood.DROP, 0, len(text)),)
        found: list[Part] = []
        for clause in self._clauses(tokens):
            found.extend(self._part(clause, text))
        return tuple(_merged(found)) or (whole,)

    # -- the end of an utterance ---------------------------------------------------------------------------------

    def _drops(self, tokens: Sequence[Word]) -> bool:
        """Return whether the last words take back what stands before them."""
        words = [token.lower for token in tokens if token.spoken]
        paused = _paused(tokens)
        for start in range(max(1, len(words) - LONGEST_TAIL), len(words)):
            if not self._takes_back(words[start:], after_pause=start in paused):
                continue
            rest = words[:start]
            while rest and any(end == len(rest) for end in self._ends_of(self._turns, rest)):
                rest = rest[: self._start_of(self._turns, rest)]
            left = [word for word in rest if word not in self._sets["before_verb"]]
            governed = rest[-1:] and rest[-1] in self._governing and start not in paused
            return bool(rest) and len(left) >= 1 and len(rest) >= 2 and not governed
        return False

    @staticmethod
    def _ends_of(phrases: PhraseSet, words: Sequence[str]) -> Iterable[int]:
        return (end for _, end in phrases.found(words))

    @staticmethod
    def _start_of(phrases: PhraseSet, words: Sequence[str]) -> int:
        return min(start for start, end in phrases.found(words) if end == len(words))

    def _takes_back(self, words: Sequence[str], *, after_pause: bool) -> bool:
        """Return whether words are nothing but turns and taking back, with enough of it."""
        best = {0: 2 if after_pause else 0}  # place -> how surely it takes back; 3 is enough
        for place in range(len(words)):
            if place not in best:
                continue
            for phrases, worth in ((self._strong, 3), (self._weak, 2), (self._turns, 1), (self._closing, 0)):
                for end in phrases.ends(words, place):
                    least = worth if worth >= 2 or place == 0 or worth == 0 else 1
                    best[end] = max(best.get(end, 0), min(6, best[place] + least))
        surely = best.get(len(words), 0)
        core = any(True for _ in self._strong.found(words)) or any(True for _ in self._weak.found(words))
        return surely >= 3 and core

    # -- clauses -------------------------------------------------------------------------------------------------

    def _clauses(self, tokens: Sequence[Word]) -> list[list[Word]]:
        """Return the utterance cut where a clause with a mood of its own may begin."""
        found: list[list[Word]] = [[]]
        for place, token in enumerate(tokens):
            if not token.spoken:
                found[-1].append(token)
                continue
            now = [word for word in found[-1] if word.spoken]
            if now and len(found) < MOST_PARTS and self._cuts(now, tokens, place):
                found.append([])
            found[-1].append(token)
        return [clause for clause in found if any(word.spoken for word in clause)]

    def _cuts(self, now: Sequence[Word], tokens: Sequence[Word], place: int) -> bool:
        """Return whether a clause of its own begins at that token, behind the words of the clause so far."""
        rest = [token.lower for token in tokens[place:] if token.spoken]
        before = tokens[place - 1]
        paused = not before.spoken and bool(_PAUSE.match(before.text))
        joined = rest[0] in self._sets["joins"]
        lowered = [word.lower for word in now]
        head = self._head(lowered)
        verb = lowered[head] if head < len(lowered) else ""
        if verb in self._sets["handing_on"] and not (paused and before.text in ".!?"):
            return rest[0] == "but" and self._opens_negated(rest[1:])
        if paused and self._is_tag(rest):
            return False
        if paused:
            return self._opens(rest) and not self._only_openers(lowered)
        if joined:
            return len(rest) > 1 and self._opens(rest[1:])
        if verb in self._sets["naming"] or any(word in self._sets["named"] for word in lowered):
            return False
        if self._opens_negated(rest):
            return len(lowered) - head >= 2 and not self._before_only(lowered)
        return self._is_aside(lowered) and rest[0] in self._verbs

    def _before_only(self, words: Sequence[str]) -> bool:
        return all(word in self._sets["before_verb"] for word in words)

    def _only_openers(self, words: Sequence[str]) -> bool:
        return self._head(words) >= len(words) or self._hangs(words)

    def _hangs(self, words: Sequence[str]) -> bool:
        """Return whether a pause merely interrupts a clause: "don't, um, open it"."""
        start = self._head(words)
        zone = words[start:]
        return bool(zone) and all(w in self._sets["before_verb"] or w in self._sets["negations"] for w in zone) and (
            any(w in self._sets["negations"] for w in zone) or zone[-1] in {"to", "you", "please"}
        )

    def _opens(self, words: Sequence[str]) -> bool:
        """Return whether words open a clause: a negation, a question, a verb that asks, or a subject."""
        start = self._head(words)
        if start >= len(words):
            return False
        first, following = words[start], words[start + 1 : start + 2]
        if first in self._sets["interrogatives"] or first in self._sets["always_inverting"]:
            return True
        if first in self._verbs or first in self._sets["negations"] or first in self._sets["contracted_copulas"]:
            return True
        if self._refusing.opens(words[start:]) or self._undo.opens(words[start:]):
            return True
        if first in self._sets["inverting"] and bool(following):
            return following[0] in self._sets["subjects"] or following[0] in self._sets["determiners"]
        return first in self._sets["subjects"] and bool(following)

    def _opens_negated(self, words: Sequence[str]) -> bool:
        """Return whether words open with a negated verb: "don't open", "never call"."""
        start = self._head(words)
        rest = words[start:]
        if len(rest) < 2:
            return False
        if rest[0] in {"do", "please"} and rest[1] == "not" and len(rest) > 2:
            return rest[2] in self._verbs
        if rest[0] in self._sets["negations"] and rest[0] not in {"no", "without", "not"}:
            return rest[1] in self._verbs
        return False

    def _is_aside(self, words: Sequence[str]) -> bool:
        """Return whether words are an aside that asks nothing: "I don't know", "don't worry"."""
        read = self._opening(words, self._head(words))
        return read is not None and read.mood is None and read.start <= len(words) and self._negated(words)

    def _negated(self, words: Sequence[str]) -> bool:
        return any(word in self._sets["negations"] for word in words)

    # -- one clause ----------------------------------------------------------------------------------------------

    def _part(self, clause: Sequence[Word], text: str) -> list[Part]:
        words = [word for word in clause if word.spoken]
        lowered = [word.lower for word in words]
        asks = any(not token.spoken and "?" in token.text for token in clause)
        read = self._read(lowered, asks)
        end = clause[-1].end
        if read.start >= len(words):
            return [Part(read.mood or Mood.DO, words[0].start, end, states=read.mood is None)]
        before = lowered[: read.start] if read.mood is Mood.DO else []
        denied = frozenset(map(self._stem, set(before) - self._small)) if self._negated(before) else frozenset()
        acts = lowered[read.start] in self._verbs or self._is_deed(lowered[read.start])
        start = words[read.start].start if before and acts else words[0].start
        states = read.states or (read.mood is None and self._merely_says(lowered))
        return [Part(read.mood or Mood.DO, start, end, read.bare, read.ending, states, denied)]

    def _merely_says(self, words: Sequence[str]) -> bool:
        """Return whether a clause neither opens with a verb that asks nor wishes for anything."""
        start = self._head(words)
        if start >= len(words):
            return True
        wishes = any(word in self._sets["wishing"] or word in self._sets["volition"] for word in words if word != "to")
        return words[start] not in self._verbs and not wishes

    def _head(self, words: Sequence[str]) -> int:
        """Return where the clause itself begins, behind greetings, interjections and courtesies."""
        start = 0
        for _ in range(LONGEST_OPENER):
            if self._is_refusal_no(words, start):
                return start
            end = next(self._openers.ends(words, start), None)
            if end is None:
                break
            start = end
        return start

    def _is_refusal_no(self, words: Sequence[str], start: int) -> bool:
        """Return whether a "no" refuses what follows it ("no need to", "no opening") instead of answering."""
        if words[start : start + 1] != ["no"] or start + 1 >= len(words):
            return False
        following = words[start + 1]
        return following in {"need", "point", "reason", "use", "way"} or self._is_deed(following)

    def _is_deed(self, word: str) -> bool:
        ends = tuple(self._raw["deed_endings"])
        return word.endswith(ends) and self._stem(word) in self._verb_stems

    def _read(self, words: Sequence[str], asks: bool) -> _Read:
        """Return how one clause speaks."""
        start = self._head(words)
        if start >= len(words):
            return _Read(None, 0)
        undone = self._undone(words, start)
        if undone is not None:
            return undone
        opening = self._opening(words, start)
        if opening is not None and opening.mood is not None:
            return opening
        tag = self._tag(words, start)
        if tag is not None:
            return tag
        if opening is None and self._states(words, start):
            return _Read(Mood.TELL, start, states=True)
        if asks and (opening is None or opening.mood is None) and words[start] not in self._verbs:
            return _Read(Mood.TELL, start)
        if self._late and self._refuses_late(words, start):
            return _Read(Mood.DO_NOT, start)
        return opening or _Read(None, 0)

    def _undone(self, words: Sequence[str], start: int) -> _Read | None:
        end = next(self._undo.ends(words, start), None)
        if end is None and self._undo_tail.within(words):
            return _Read(Mood.UNDO, start, bare=len(words) - start <= 4)
        if end is None:
            return None
        rest = tuple(words[end:])
        return _Read(Mood.UNDO, start, bare=not rest or rest in self._last)

    def _opening(self, words: Sequence[str], start: int) -> _Read | None:
        """Return what the words before the clause's verb say of its mood; None where they say nothing."""
        if start >= len(words):
            return None
        asked = next(self._requests.ends(words, start), None)
        if asked is not None and asked < len(words):
            return self._requested(words, asked)
        end = self._zone(words, start)
        zone = words[start:end]
        if self._hangs_question(words, start, end):
            return _Read(Mood.TELL, start)
        if self._inverts(words, start):
            return self._inverted(words, start, end)
        if words[start] in self._sets["interrogatives"]:
            return self._interrogative(words, start)
        refused = next(self._refusing.ends(words, start), None)
        if refused is not None and refused < len(words) and self._is_any_deed(words[refused]):
            goes_on = words[refused] in self._sets["ongoing"] and words[start] in self._sets["stopping"]
            return _Read(Mood.DO if goes_on else Mood.DO_NOT, start)
        if any(word in self._sets["negations"] for word in zone):
            return self._negation(words, start, end)
        inner = self._refused_within(words, start, end)
        return _Read(Mood.DO_NOT, start) if inner else None

    def _is_any_deed(self, word: str) -> bool:
        return word.endswith(tuple(self._raw["deed_endings"])) and len(word) > 4

    def _refused_within(self, words: Sequence[str], start: int, end: int) -> bool:
        """Return whether words such as "I want you to" lead to a refusal: "... to stop opening it"."""
        if end <= start or end >= len(words):
            return False
        reached = next(self._refusing.ends(words, end), None)
        if reached is None or reached >= len(words):
            return False
        return self._is_any_deed(words[reached]) and words[reached] not in self._sets["ongoing"]

    def _requested(self, words: Sequence[str], asked: int) -> _Read:
        """Return the mood behind "would you mind": a request, unless what follows is refused."""
        rest = words[asked:]
        if rest[0] in {"if", "whether"}:
            return _Read(Mood.TELL, asked)
        if rest[0] in self._sets["negations"]:
            return _Read(Mood.DO_NOT, asked)
        further = self._opening(rest, 0)
        if further is not None and further.mood in (Mood.DO_NOT, Mood.TELL):
            return _Read(further.mood, asked)
        return _Read(Mood.DO, asked)

    def _zone(self, words: Sequence[str], start: int) -> int:
        """Return where the words of closed classes before the verb end."""
        end = start
        while end < len(words) and (
            words[end] in self._sets["before_verb"]
            or words[end] in self._sets["negations"]
            or words[end] in self._sets["inverting"]
            or words[end] in self._sets["always_inverting"]
            or words[end] in self._sets["stative"]
        ):
            if end > start and words[end] in self._sets["stative"] and words[end] not in self._sets["before_verb"]:
                return end + 1
            end += 1
        return end

    def _hangs_question(self, words: Sequence[str], start: int, end: int) -> bool:
        """Return whether a question hangs on the clause: "tell me if ...", "I wonder whether ..."."""
        limit = min(len(words), end + 3)
        for place in range(start, limit):
            for after in self._epistemic.ends(words, place):
                if after >= len(words):
                    continue
                following = words[after + 1 : after + 2] if words[after] in {"me", "us", "out"} else words[after:after + 1]
                if not following or place > end:
                    continue
                if following[0] in self._sets["whether"] or self._is_wh(words, after, following[0]):
                    return True
        return False

    def _is_wh(self, words: Sequence[str], place: int, word: str) -> bool:
        reminds = place >= 2 and words[place - 2] == "remind"
        return word in self._sets["interrogatives"] and not (reminds and word in self._sets["subordinating"])

    def _inverts(self, words: Sequence[str], start: int) -> bool:
        """Return whether the clause opens with an auxiliary and its subject."""
        first = words[start]
        if first in self._sets["always_inverting"]:
            return True
        if first not in self._sets["inverting"] or start + 1 >= len(words):
            return False
        second = words[start + 1]
        if second in self._sets["subjects"]:
            return not (first == "do" and second in {"it", "that", "this"})
        if first == "have":
            return second in self._sets["determiners"] and "been" in words
        if first == "do" and second != "not":
            return second in self._sets["determiners"] or self._names_then_verb(words[start + 1 :])
        if first in self._sets["negations"]:
            return second in self._sets["determiners"]
        return second != "not"

    def _names_then_verb(self, words: Sequence[str]) -> bool:
        """Return whether a noun and a verb follow: "do people open ..."."""
        return len(words) >= 2 and words[0] not in self._verbs and words[1] in self._verbs

    def _inverted(self, words: Sequence[str], start: int, end: int) -> _Read:
        """Return the mood of an auxiliary and its subject: "can you" asks for a deed, "did you" does not."""
        first, second = words[start], words[start + 1] if start + 1 < len(words) else ""
        behind = words[start + 2 :]
        if first in self._sets["asking_for"] and second in self._sets["asked_ones"] and behind:
            if self._past_marked(behind):
                return _Read(Mood.TELL, start)
            negated = any(word in self._sets["negations"] for word in words[start:end])
            if negated:
                return _Read(Mood.DO_NOT, start)
            inner = self._refused_within(words, start, end) or self._refused_within(words, start, start + 2)
            return _Read(Mood.DO_NOT if inner else Mood.DO, start)
        own = first in {"can", "could", "may"} and second == "i"
        if own and (self._own_requests.opens(behind) or any(end in self._sets["closing_plea"] for end in words[-1:])):
            return _Read(Mood.DO, start)
        passive = first in {"can", "could"} and "be" in words[start + 2 : start + 6] and "please" in words
        passive = passive or (first == "could" and second in self._sets["determiners"] and not self._past_marked(["be"] if words[-1] in self._states_words and "be" in words else ["x"]))
        return _Read(Mood.DO if passive else Mood.TELL, start)

    def _past_marked(self, behind: Sequence[str]) -> bool:
        """Return whether "could you" is about ability or the past: "could you have opened"."""
        if behind[0] == "have" and len(behind) > 1:
            return behind[1] in self._sets["subjects"] or behind[1].endswith("ed") or behind[1] == "been"
        return behind[0] in self._sets["past_marks"] and behind[0] != "have" and behind[:2] != ["be", "so"]

    def _interrogative(self, words: Sequence[str], start: int) -> _Read | None:
        """Return that a clause with a question word asks, unless it exclaims or sets a time for what follows."""
        first, following = words[start], words[start + 1 : start + 2]
        if first in {"what", "how"} and following and following[0] in self._sets["exclaiming"]:
            return None
        if first in self._sets["subordinating"] and following and not self._is_auxiliary(following[0]):
            verb = next((i for i in range(start + 3, len(words)) if words[i] in self._verbs), None)
            if verb is not None and words[start + 1] in self._sets["subjects"]:
                return None
        return _Read(Mood.TELL, start)

    def _is_auxiliary(self, word: str) -> bool:
        return word in self._sets["inverting"] or word in self._sets["always_inverting"]

    def _negation(self, words: Sequence[str], start: int, end: int) -> _Read | None:
        """Return whether a negation before the verb refuses the deed; "I don't know" and "don't worry" do not."""
        zone = words[start:end]
        place = next(i for i, word in enumerate(zone) if word in self._sets["negations"]) + start
        rest = words[place + 1 :]
        if words[place : place + 2] == ["do", "not"]:
            rest = rest[1:]
        if rest and self._harmless.opens(rest):
            return self._behind_harmless(words, place + 1)
        if any(phrase for phrase in self._no_longer.found(words)):
            return _Read(Mood.DO, start, ending=True)
        speaker = any(word in {"i", "we", "i'm"} for word in words[start:place]) or words[place - 1 : place] == ["i"]
        behind = range(place + 1, min(len(words), end + 1))
        stative = next((i for i in behind if self._stem(words[i]) in self._stative_stems), None)
        volitional = any(word in self._sets["volition"] for word in words[start:end])
        unable = words[place] in self._sets["unable"] and (speaker or place == start)
        if unable and place + 1 < len(words) and words[place + 1] not in self._changing | self._sets["subjects"]:
            return self._behind_aside(words, place + 2)
        if words[place] in self._sets["lacking"] and words[place + 1 : place + 2] and words[place + 1] in self._sets["determiners"]:
            return self._behind_aside(words, place + 2)
        if speaker and stative is not None and not volitional:
            return self._behind_aside(words, stative + 1)
        return _Read(Mood.DO_NOT, start)

    def _behind_harmless(self, words: Sequence[str], place: int) -> _Read | None:
        """Return the request behind "don't worry" or "don't just sit there"; None where there is none."""
        after = next(self._harmless.ends(words, place), place + 1)
        return self._later_request(words, after)

    def _behind_aside(self, words: Sequence[str], place: int) -> _Read:
        return self._later_request(words, place) or _Read(None, 0)

    def _later_request(self, words: Sequence[str], place: int) -> _Read | None:
        """Return the request that an aside leads to: the first verb behind it that asks for a deed."""
        for later in range(place, len(words)):
            if words[later] in self._verbs and words[later - 1] not in {"to", "the", "a", "you", "i"}:
                return _Read(Mood.DO, later)
        return _Read(None, 0)

    def _refuses_late(self, words: Sequence[str], start: int) -> bool:
        """Return whether a negation behind the verb refuses the deed ("öffne das Fenster nicht")."""
        rest = words[start:]
        if rest[0] in self._sets["handing_on"] and any(w in self._sets["subjects"] or w == "dass" for w in rest[2:]):
            return False
        free = self._late_free.covered(rest)
        return any(word in self._sets["negations"] and place not in free for place, word in enumerate(rest))

    # -- statements ----------------------------------------------------------------------------------------------

    def _tag(self, words: Sequence[str], start: int) -> _Read | None:
        """Return that a tag makes a question of a statement ("..., isn't it") or a request of an order."""
        tail = words[-2:]
        if tuple(tail) in self._tag_requests:
            return None
        auxiliary = len(tail) == 2 and tail[0] in self._sets["tag_auxiliaries"] and tail[1] in self._sets["subjects"]
        if auxiliary and len(words) - start > 3:
            return _Read(Mood.TELL, start)
        for place in range(max(start + 2, len(words) - 4), len(words)):
            if tuple(words[place:]) in self._tags and self._is_subject(words, start):
                return _Read(Mood.TELL, start)
        return None

    def _is_tag(self, words: Sequence[str]) -> bool:
        """Return whether the words left are a tag and nothing else."""
        if tuple(words) in self._tag_requests or tuple(words) in self._tags:
            return True
        return len(words) == 2 and words[0] in self._sets["tag_auxiliaries"] and words[1] in self._sets["subjects"]

    def _is_subject(self, words: Sequence[str], start: int) -> bool:
        first = words[start]
        return first in self._sets["subjects"] or first in self._sets["determiners"]

    def _states(self, words: Sequence[str], start: int) -> bool:
        """Return whether a clause states how things are or what was done; a wish ("too loud") states nothing."""
        rest = words[start:]
        if rest[0] in self._sets["handing_on"] or any(word in self._sets["wishing"] for word in rest):
            return False
        if rest[0] in self._verbs and rest[0] not in self._sets["subjects"]:
            return False
        return self._states_being(rest) or self._states_deed(rest)

    def _states_being(self, rest: Sequence[str]) -> bool:
        """Return whether a thing is said to be in a state that has an opposite: "the trunk is open"."""
        place = next((i for i, word in enumerate(rest[:6]) if word in self._sets["copulas"]), None)
        if place is None and rest[0] in self._sets["contracted_copulas"]:
            place = 0
        if place is None:
            return False
        behind = place + 1
        while behind < len(rest) and rest[behind] in self._sets["copula_adverbs"]:
            behind += 1
        if behind >= len(rest) or rest[behind] not in self._states_words or len(rest) - behind > 5:
            return False
        after = rest[behind + 1 : behind + 2]  # "I'm on my way" is in no state
        return not after or after[0] in self._sets["behind_state"] or rest[behind] not in self._sets["particle_states"]

    def _states_deed(self, rest: Sequence[str]) -> bool:
        """Return whether somebody is said to have done something: "you opened the trunk"."""
        if rest[0] not in self._sets["subjects"] and rest[0] not in self._sets["pronouns_contracted"]:
            return False
        place = 1
        while place < len(rest) and rest[place] in self._sets["past_between"]:
            place += 1
        return place < len(rest) and self._is_past(rest[place], rest[0], place)

    def _is_past(self, word: str, subject: str, place: int) -> bool:
        ending = word.endswith(tuple(self._raw["past_endings"])) and self._stem(word) in self._changing_stems
        irregular = word in self._sets["past"] and (place > 1 or subject != "i" or word not in self._changing)
        return ending or irregular


def _paused(tokens: Sequence[Word]) -> set[int]:
    """Return the numbers of the spoken words that stand behind a pause."""
    found, number = set(), 0
    for place, token in enumerate(tokens):
        if token.spoken:
            if place and not tokens[place - 1].spoken and _PAUSE.match(tokens[place - 1].text):
                found.add(number)
            number += 1
    return found


def _merged(parts: Sequence[Part]) -> list[Part]:
    """Return the parts with neighbours of one mood joined; a fragment that asks nothing goes with what asks beside it."""
    found: list[Part] = []
    for part in parts:
        last = found[-1] if found else None
        if last is not None and _joins(last, part):
            mood = last.mood if part.states and not last.states else part.mood
            if part.states and last.states and Mood.DO in (last.mood, part.mood):
                mood = Mood.DO
            own = part if last.states and not part.states else last
            states, denied = last.states and part.states, last.denied | part.denied
            start = part.start if last.states and not part.states and last.mood is part.mood else last.start
            found[-1] = Part(mood, start, part.end, own.bare, last.ending or part.ending, states, denied)
        else:
            found.append(part)
    return found


def _joins(one: Part, other: Part) -> bool:
    if one.mood is Mood.UNDO or other.mood is Mood.UNDO:
        return False
    fragment = (one.states and one.mood is Mood.DO) or (other.states and other.mood is Mood.DO)
    return one.mood is other.mood or (fragment and Mood.DO_NOT not in (one.mood, other.mood))
