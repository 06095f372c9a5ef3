"""Whether a clause wants something done, asks, refuses, takes back or drops: decided before any tool is looked at.

Reads the structure of a clause (auxiliary and subject, question words, negation before the verb, tags) with the closed
word classes that the language file lists. Knows no catalog and no state; it never picks a tool.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.understanding.grammar.phrase_sets import PhraseSet
from assistant.understanding.hearsay import Hearsay
from assistant.understanding.language import Language
from assistant.understanding.mood_words import Mood, MoodPart, MoodWords
from assistant.understanding.openings import Openings
from assistant.understanding.statements import Statements
from assistant.understanding.tokens import Word, cut
from assistant.understanding.withdrawals import Withdrawals

__all__ = ["Mood", "MoodPart", "Moods", "asking"]

MOST_PARTS = 8
"""Clauses of one utterance whose moods are told apart; what follows belongs to the last of them."""
LONGEST_CLAUSE = 200
"""Words of a clause behind which no other begins: nobody says as many in one breath."""
MOST_KEPT = 64
"""Utterances whose parts are kept: one is asked for more than once while it is read."""
LONGEST_TAIL = 14
"""Words at the end of an utterance that may take the rest back."""
_PAUSE = re.compile(r"[,.;:!?…–—-]+$")


class Moods:
    """Tells the moods of utterances in one language: `parts` is the one place where they are decided."""

    def __init__(self, language: Language) -> None:
        self._words = MoodWords(language)
        self._kept: dict[str, tuple[MoodPart, ...]] = {}
        self._statements = Statements(self._words)
        self._openings = Openings(self._words, self._statements)
        self._hearsay = Hearsay(self._words)
        self._withdrawals = Withdrawals(self._words, self._openings.governing)

    def of(self, text: str) -> Mood:
        """Return the mood of a single clause, or of the first clause that asks or refuses."""
        return self.parts(text)[0].mood

    def is_elliptic(self, text: str) -> bool:
        """Return whether a text is an order without a verb and nothing else: "headlights off please"."""
        return self._openings.is_elliptic([word.lower for word in cut(text) if word.spoken])

    def parts(self, text: str) -> tuple[MoodPart, ...]:
        """Return the stretches of an utterance, at least one, each with its mood; neighbours of one mood are one."""
        found = self._kept.get(text)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[text] = self._parted(text)
        return found

    def _parted(self, text: str) -> tuple[MoodPart, ...]:
        tokens = cut(text)
        words = [word for word in tokens if word.spoken]
        whole = MoodPart(Mood.DO, 0, len(text))
        if not words:
            return (whole,)
        dropped = MoodPart(Mood.DROP, 0, len(text))
        if self._drops(tokens):
            return (dropped,)
        clauses = self._clauses(tokens)
        said = [[word.lower for word in clause if word.spoken] for clause in clauses]
        found = self._kept_from([self._part(clause, text) for clause in clauses], said)
        found = self._told(found, said)
        moods = {part.mood for part in found if part.mood is Mood.DROP or not part.states}
        if moods == {Mood.DROP}:
            return (dropped,)
        found = [replace(p, mood=Mood.TELL, states=True) if p.mood is Mood.DROP else p for p in found]
        found = self._waiting(found, clauses)
        if len(found) > 1:  # "cancel that, don't open the trunk"
            found = [
                replace(part, mood=Mood.DO_NOT) if self._is_taking_back(clause) else part
                for part, clause in zip(found, clauses, strict=True)
            ]
        return tuple(_merged(_with_values(found))) or (whole,)

    def _kept_from(self, parts: Sequence[MoodPart], said: Sequence[Sequence[str]]) -> list[MoodPart]:
        """Return the parts; wishes that the clause behind them takes back are dropped with it.

        `said` has the words of the clauses.
        """
        found = list(parts)
        for place, (one, other) in enumerate(itertools.pairwise(said)):
            if self._withdrawals.keeps_from(one[self._openings.head(one) :], other):
                found[place : place + 2] = (replace(part, mood=Mood.DROP) for part in found[place : place + 2])
        return found

    def _told(self, parts: Sequence[MoodPart], said: Sequence[Sequence[str]]) -> list[MoodPart]:
        """Return the parts; a clause asks for nothing if the one beside it says that it is somebody else's words."""
        found = list(parts)
        for place, (one, other) in enumerate(itertools.pairwise(said)):
            if self._hearsay.leads(one[self._openings.head(one) :], other):
                found[place + 1] = replace(found[place + 1], mood=Mood.TELL, states=True)
            hands_on = not self._words.sets["handing_on"].isdisjoint(one)
            if found[place].mood is Mood.DO and not hands_on and self._hearsay.says_it(other):
                found[place] = replace(found[place], mood=Mood.TELL, states=True)
        return found

    def _waiting(self, parts: Sequence[MoodPart], clauses: Sequence[Sequence[Word]]) -> list[MoodPart]:
        """Return the parts with the orders that wait for a condition in a clause beside theirs."""
        found = list(parts)
        joined = [False, *(self._goes_on(*pair) for pair in itertools.pairwise(clauses))]
        for place, part in enumerate(parts):
            if part.mood is not Mood.WAIT:
                continue
            behind = [i for i in range(place + 1, len(parts)) if all(joined[place + 1 : i + 1])]
            ahead = [i for i in range(place) if all(joined[i + 1 : place + 1])]
            leads = self._openings.on_condition([word.lower for word in clauses[place] if word.spoken])
            for i in (behind if leads else ahead) or (ahead if part.states else ()):
                if found[i].mood is Mood.DO and not found[i].states:
                    found[i] = replace(found[i], mood=Mood.WAIT)
            if part.states:
                found[place] = replace(part, mood=Mood.TELL)
        for place, (one, other) in enumerate(itertools.pairwise(parts)):
            words = [[word.lower for word in clause if word.spoken] for clause in clauses[place : place + 2]]
            asks = one.mood is Mood.DO and words[0][0] in self._words.sets["asking_for"]
            if asks and other.mood is not Mood.DO and words[1][0] in self._words.shapes["alternatives"]:
                found[place] = replace(one, mood=Mood.TELL)  # "can you open it or is that not possible"
        return found

    def _goes_on(self, clause: Sequence[Word], following: Sequence[Word]) -> bool:
        """Return whether two clauses are of one sentence."""
        return not clause[-1].text.endswith((".", "!", "?", ";")) and bool(following)

    # -- the end of an utterance ---------------------------------------------------------------------------------

    def _drops(self, tokens: Sequence[Word]) -> bool:
        """Return whether the last words take back what stands before them."""
        words = [token.lower for token in tokens if token.spoken]
        paused = _paused(tokens)
        if self._withdrawals.alone(words):
            return True
        head = self._openings.head(words)
        for start in range(max(1, len(words) - LONGEST_TAIL), len(words)):
            withdrawn = start > head and self._withdrawals.takes_back(
                words[:start], words[start:], head, paused=start in paused
            )
            if withdrawn and self._orders_on(words[:start], words[start:]):
                continue  # "I can't stand this one, skip it"
            if not withdrawn and not self._takes_back(words[start:], after_pause=start in paused):
                continue
            rest = words[:start]
            while rest and any(end == len(rest) for end in self._ends_of(self._words.turns, rest)):
                rest = rest[: self._start_of(self._words.turns, rest)]
            left = [word for word in rest if word not in self._words.sets["before_verb"]]
            governed = rest[-1:] and rest[-1] in self._words.governing and start not in paused
            return bool(rest) and len(left) >= 1 and len(rest) >= 2 and not governed
        return False

    def _orders_on(self, words: Sequence[str], rest: Sequence[str]) -> bool:
        """Return whether words that may take an order back are one themselves, behind what asks for nothing."""
        if rest[0] not in self._words.withdrawing["words"]["orders_alone"]:
            return False
        dislikes = self._openings.negated(words) and any(self._words.averse.found(words))
        return dislikes or self._openings.is_aside(words) or self._openings.merely_says(words)

    def _is_taking_back(self, clause: Sequence[Word]) -> bool:
        """Return whether a clause is nothing but words that take something back."""
        said = tuple(word.lower for word in clause if word.spoken)
        return said in self._words.strong or said in self._words.denials

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
            for phrases, worth in (
                (self._words.strong, 3),
                (self._words.denials, 3),
                (self._words.weak, 2),
                (self._words.turns, 1),
                (self._words.closing, 0),
            ):
                for end in phrases.ends(words, place):
                    least = worth if worth >= 2 or place == 0 or worth == 0 else 1
                    best[end] = max(best.get(end, 0), min(6, best[place] + least))
        surely = best.get(len(words), 0)
        taking = (self._words.strong, self._words.denials, self._words.weak)
        core = any(phrases.within(words) for phrases in taking)
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
            if now and len(now) <= LONGEST_CLAUSE and len(found) < MOST_PARTS and self._cuts(now, tokens, place):
                found.append([])
            found[-1].append(token)
        return [clause for clause in found if any(word.spoken for word in clause)]

    def _cuts(self, now: Sequence[Word], tokens: Sequence[Word], place: int) -> bool:
        """Return whether a clause of its own begins at that token, behind the words of the clause so far."""
        rest = [token.lower for token in tokens[place:] if token.spoken]
        before = tokens[place - 1]
        paused = not before.spoken and bool(_PAUSE.match(before.text))
        joined = rest[0] in self._words.sets["joins"]
        lowered = [word.lower for word in now]
        head = self._openings.head(lowered)
        verb = lowered[head] if head < len(lowered) else ""
        if verb in self._words.sets["handing_on"] and not (paused and before.text in ".!?"):
            return rest[0] == "but" and self._openings.opens_negated(rest[1:])
        if (paused or joined) and self._statements.is_tag(rest):
            return False
        if (joined or paused) and self._withdrawals.keeps_from(lowered[head:], self._clause_at(tokens, place)):
            return True
        if joined and any(end > len(lowered) for end in self._words.phrases["refusals"].ends([*lowered, *rest], head)):
            return False  # "anything but open the sunroof"
        if paused:
            fragment = self._clause_at(tokens, place)
            opens = self._openings.opens(rest) or self._openings.adds_order(lowered, fragment, paused=True)
            return opens and not self._only_openers(lowered)
        if joined:
            return len(rest) > 1 and self._openings.opens(rest[1:])
        if verb in self._words.sets["naming"] or any(word in self._words.sets["named"] for word in lowered):
            return False
        if self._words.phrases["texts"].within(lowered) or self._words.phrases["marks"].within(lowered):
            return False
        if self._openings.spares([*lowered[head:], *rest]):
            return False  # "du musst das Fenster" "nicht öffnen"
        if self._openings.opens_negated(rest):
            return len(lowered) - head >= 2 and not self._openings.before_only(lowered)
        if self._openings.gives_reason(lowered, rest) or self._openings.adds_order(lowered, rest, paused=False):
            return True  # "it's raining close the windows"
        pleads = rest[0] in self._words.sets["closing_plea"] and len(rest) > 1 and rest[1] in self._words.verbs
        if pleads and (self._words.is_subject(lowered[0]) or lowered[0] in self._words.shapes["contracted"]):
            return True  # "i have a meeting at nine please remind me"
        return self._openings.is_aside(lowered) and rest[0] in self._words.verbs

    @staticmethod
    def _clause_at(tokens: Sequence[Word], place: int) -> list[str]:
        """Return the words from a token to the next pause."""
        return [word.lower for word in itertools.takewhile(lambda word: word.spoken, tokens[place:])]

    def _only_openers(self, words: Sequence[str]) -> bool:
        return self._openings.head(words) >= len(words) or self._openings.hangs(words)

    # -- one clause ----------------------------------------------------------------------------------------------

    def _part(self, clause: Sequence[Word], text: str) -> MoodPart:
        words = [word for word in clause if word.spoken]
        first = words[0].lower
        answers = first in self._words.sets["negations"] and (first,) in self._words.openers
        if len(words) > 1 and answers and words[0] is clause[0] and not clause[1].spoken:
            words = words[1:]  # "no, headlights off" says no to something else
        lowered = [word.lower for word in words]
        asks = any(not token.spoken and "?" in token.text for token in clause)
        read = self._openings.read(lowered, asks)
        end = clause[-1].end
        if read.start >= len(words):
            return MoodPart(read.mood or Mood.DO, words[0].start, end, states=read.mood is None)
        before = lowered[: read.start] if read.mood is Mood.DO else []
        denied = (
            frozenset(map(self._words.stem, set(before) - self._words.small))
            if self._openings.negated(before)
            else frozenset()
        )
        acts = lowered[read.start] in self._words.verbs or self._openings.is_deed(lowered[read.start])
        start = words[read.start].start if before and acts else words[0].start
        states = read.states or (read.mood is None and self._openings.merely_says(lowered))
        part = MoodPart(read.mood or Mood.DO, start, end, read.bare, read.ending, states, denied)
        return replace(part, equates=read.equates, unreal=read.unreal)


def asking(parts: Sequence[MoodPart]) -> Sequence[MoodPart]:
    """Return the parts that ask for something, each with the statements right before it; all parts if none asks."""
    found: list[MoodPart] = []
    told: int | None = None
    for part in parts:
        if part.states:
            told = part.start if told is None else told
            continue
        found.append(part if told is None or part.mood is not Mood.DO else replace(part, told=told))
        told = None
    return found or parts


def _paused(tokens: Sequence[Word]) -> set[int]:
    """Return the numbers of the spoken words that stand behind a pause."""
    found, number = set(), 0
    for place, token in enumerate(tokens):
        if token.spoken:
            if place and not tokens[place - 1].spoken and _PAUSE.match(tokens[place - 1].text):
                found.add(number)
            number += 1
    return found


def _with_values(parts: Sequence[MoodPart]) -> list[MoodPart]:
    """Return the parts; beside a request, those that say what something is belong to it: "my number is 4711"."""
    requests = any(part.mood is Mood.DO and not part.states for part in parts)
    return [replace(part, mood=Mood.DO, equates=False) if requests and part.equates else part for part in parts]


def _merged(parts: Sequence[MoodPart]) -> list[MoodPart]:
    """Return the parts with neighbours of one mood joined; a fragment goes with what asks beside it."""
    found: list[MoodPart] = []
    for part in parts:
        last = found[-1] if found else None
        if last is not None and _joins(last, part):
            mood = last.mood if part.states and not last.states else part.mood
            if part.states and last.states and Mood.DO in (last.mood, part.mood):
                mood = Mood.DO
            own = part if last.states and not part.states else last
            states, denied = last.states and part.states, last.denied | part.denied
            led = last.states and not part.states and last.mood is part.mood
            start, told = (part.start, last.start) if led else (last.start, last.told)
            found[-1] = MoodPart(mood, start, part.end, own.bare, last.ending or part.ending, states, denied, told)
        else:
            found.append(part)
    return found


def _joins(one: MoodPart, other: MoodPart) -> bool:
    if one.mood is Mood.UNDO or other.mood is Mood.UNDO:
        return False
    fragment = (one.states and one.mood is Mood.DO) or (other.states and other.mood is Mood.DO)
    return one.mood is other.mood or (fragment and not {Mood.DO_NOT, Mood.WAIT} & {one.mood, other.mood})
