"""How a clause opens, and what that says of its mood: auxiliary and subject, question words, negation before the verb.

Pure; looks at one clause at a time and knows no catalog.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.behind_asides import Asides
from assistant.understanding.mood_words import Mood, MoodWords, Opened
from assistant.understanding.orders import Orders
from assistant.understanding.statements import Statements

LONGEST_OPENER = 12
"""Phrases in front of a clause that are passed over."""


class Openings:
    """Reads openings in one language; words are folded, `start` is where the clause itself begins."""

    def __init__(self, words: MoodWords, statements: Statements) -> None:
        self._words = words
        self._statements = statements
        self._orders = Orders(words)
        self.governing = self._orders.governing
        """Reads the verbs of clauses."""
        self._asides = Asides(words, self.governing)

    def before_only(self, words: Sequence[str]) -> bool:
        """Return whether only words of closed classes were said so far."""
        return all(word in self._words.sets["before_verb"] for word in words)

    def hangs(self, words: Sequence[str]) -> bool:
        """Return whether a pause merely interrupts a clause: "don't, um, open it"."""
        start = self.head(words)
        zone = words[start:]
        return (
            bool(zone)
            and all(w in self._words.sets["before_verb"] or w in self._words.sets["negations"] for w in zone)
            and (zone[-1] in self._words.sets["negations"] or zone[-1] in self._words.sets["hanging"])
        )

    def opens(self, words: Sequence[str]) -> bool:
        """Return whether words open a clause: a negation, a question, a verb that asks, or a subject."""
        start = self.head(words)
        if start >= len(words):
            return False
        first, following = words[start], words[start + 1 : start + 2]
        if first in self._words.sets["interrogatives"] or first in self._words.sets["always_inverting"]:
            return True
        if (
            first in self._words.verbs
            or first in self._words.sets["negations"]
            or first in self._words.sets["contracted_copulas"]
        ):
            return True
        if self._words.refusing.opens(words[start:]) or self._words.undo.opens(words[start:]):
            return True
        if first in self._words.sets["inverting"] and bool(following):
            return following[0] in self._words.sets["subjects"] or following[0] in self._words.sets["determiners"]
        if first in self._words.sets["determiners"]:
            return any(word in self._words.shapes["finite"] for word in words[:-1][start + 2 : start + 5])
        return first in self._words.sets["subjects"] and bool(following)

    def opens_negated(self, words: Sequence[str]) -> bool:
        """Return whether words open with a negated verb: "don't open", "never call"."""
        start = self.head(words)
        rest = words[start:]
        if len(rest) < 2:
            return False
        if rest[0] in {"do", "please"} and rest[1] == "not" and len(rest) > 2:
            return rest[2] in self._words.verbs
        if rest[0] in self._words.sets["negations"] and rest[0] not in {"no", "without", "not"}:
            return rest[1] in self._words.verbs
        return False

    def is_aside(self, words: Sequence[str]) -> bool:
        """Return whether words are an aside that asks nothing: "I don't know", "don't worry"."""
        if words[-1] in self._words.sets["negations"] or self._asides.leads_on(words):
            return False  # what it denies comes yet, or what it says somebody does
        read = self._opening(words, self.head(words))
        return read is not None and read.mood is None and read.start <= len(words) and self.negated(words)

    def on_condition(self, words: Sequence[str]) -> bool:
        """Return whether words open with a condition."""
        return self._orders.on_condition(words, self.head(words))

    def adds_order(self, words: Sequence[str], rest: Sequence[str], *, paused: bool) -> bool:
        """Return whether a statement ends with `words`, and an order of its own begins with `rest`."""
        led = not paused and self._asides.leads_on(words)
        return not led and self._orders.follows(words, self.head(words), rest, paused=paused)

    def is_elliptic(self, words: Sequence[str]) -> bool:
        """Return whether words are an order without a verb and nothing else: "headlights off please"."""
        return self._orders.is_elliptic(words, self.head(words))

    def gives_reason(self, words: Sequence[str], rest: Sequence[str]) -> bool:
        """Return whether an order without a verb ends with `words`, and a clause of its own begins with `rest`."""
        return self._orders.gives_reason(words, self.head(words), rest)

    def negated(self, words: Sequence[str]) -> bool:
        """Return whether any of the words is a negation."""
        return any(word in self._words.sets["negations"] for word in words)

    def merely_says(self, words: Sequence[str]) -> bool:
        """Return whether a clause neither opens with a verb that asks nor wishes for anything."""
        start = self.head(words)
        if start >= len(words):
            return True
        wishes = any(
            word in self._words.sets["wishing"] or word in self._words.sets["volition"]
            for word in words
            if word != "to"
        )
        return words[start] not in self._words.verbs and not wishes

    def head(self, words: Sequence[str]) -> int:
        """Return where the clause itself begins, behind greetings, interjections and courtesies."""
        start = 0
        for _ in range(LONGEST_OPENER):
            if self._is_refusal_no(words, start):
                return start
            end = next(self._words.openers.ends(words, start), None)
            if end is None:
                break
            start = end
        return start

    def _is_refusal_no(self, words: Sequence[str], start: int) -> bool:
        """Return whether a "no" refuses what follows it ("no need to", "no opening") instead of answering."""
        if words[start : start + 1] != ["no"] or start + 1 >= len(words):
            return False
        following = words[start + 1]
        if start and words[start - 1] in self._words.shapes["insisting"]:
            return True  # "I said no trunk"
        if words[start + 2 : start + 3] == ["than"]:
            return False  # "no more than ninety euros" says how much at most
        if following in {"more", "further", "need", "point", "reason", "use", "way"} or self.is_deed(following):
            return True
        courtesy = any(end > start + 1 for end in self._words.openers.ends(words, start))  # "no problem"
        return start + 3 <= len(words) and not start and not courtesy and self._is_thing(following)  # "no window open"

    def _is_thing(self, word: str) -> bool:
        """Return whether a word behind "no" can only be what is not wanted: no verb, number, day or small word."""
        shapes, sets = self._words.shapes, self._words.sets
        small = self._words.small | sets["determiners"] | sets["subjects"] | sets["interrogatives"] | shapes["objects"]
        spoken = self._words.verbs | self._words.numbers | shapes["times"] | shapes["contracted"] | shapes["relatives"]
        opens = next(self._words.openers.ends([word], 0), None) is not None
        given = self._words.degrees | self._words.small | sets["states"] | shapes["better"] | shapes["particles"]
        return not opens and word not in small | spoken | given and not word[:1].isdigit()

    def is_deed(self, word: str) -> bool:
        """Return whether a word names a known deed ("opening")."""
        ends = self._words.endings("deed_endings")
        return word.endswith(ends) and self._words.stem(word) in self._words.verb_stems

    def read(self, words: Sequence[str], asks: bool) -> Opened:
        """Return how one clause speaks."""
        start = self.head(words)
        if start >= len(words):
            return Opened(None, 0)
        undone = self._undone(words, start)
        if undone is not None:
            return undone
        if self._words.late and self.spares(words[start:]):
            return Opened(Mood.DO_NOT, start)
        opening = self._opening(words, start)
        if opening is not None and opening.mood is not None:
            return self._orders.judged(words, start, opening) or opening
        tag = self._statements.tag(words, start)
        if tag is not None:
            return tag
        if opening is None and self._statements.states(words, start):
            return Opened(Mood.TELL, start, states=True)
        if asks and (opening is None or opening.mood is None) and words[start] not in self._words.verbs:
            return Opened(Mood.TELL, start)
        if self._words.late and self._refuses_late(words, start):
            return Opened(Mood.DO_NOT, start)
        return self._orders.judged(words, start, opening) or Opened(None, 0)

    def _undone(self, words: Sequence[str], start: int) -> Opened | None:
        end = next(self._words.undo.ends(words, start), None)
        if end is None and self._words.undo_tail.within(words):
            return Opened(Mood.UNDO, start, bare=len(words) - start <= 4)
        if end is None:
            return None
        rest = tuple(words[end:])
        return Opened(Mood.UNDO, start, bare=not rest or rest in self._words.last)

    def _opening(self, words: Sequence[str], start: int) -> Opened | None:
        """Return what the words before the clause's verb say of its mood; None where they say nothing."""
        if start >= len(words):
            return None
        asked = next(self._words.requests.ends(words, start), None)
        if asked is not None and asked < len(words):
            return self._requested(words, asked)
        end = self._zone(words, start)
        zone = words[start:end]
        if self._hangs_question(words, start, end):
            return Opened(Mood.TELL, start)
        if self._inverts(words, start):
            return self._inverted(words, start, end)
        if words[start] in self._words.sets["interrogatives"]:
            return self._interrogative(words, start)
        refused = next(self._words.refusing.ends(words, start), None)
        if refused is not None and refused < len(words) and self._asides.names_deed(words[refused]):
            goes_on = words[refused] in self._words.sets["ongoing"] and words[start] in self._words.sets["stopping"]
            return Opened(Mood.DO if goes_on else Mood.DO_NOT, start)
        if any(word in self._words.sets["negations"] for word in zone):
            return self._negation(words, start, end)
        inner = self._refused_within(words, start, end)
        return Opened(Mood.DO_NOT, start) if inner else None

    def _refused_within(self, words: Sequence[str], start: int, end: int) -> bool:
        """Return whether words such as "I want you to" lead to a refusal: "... to stop opening it"."""
        if end <= start or end >= len(words):
            return False
        reached = next(self._words.refusing.ends(words, end), None)
        if reached is None or reached >= len(words):
            return False
        return self._asides.names_deed(words[reached]) and words[reached] not in self._words.sets["ongoing"]

    def _requested(self, words: Sequence[str], asked: int) -> Opened:
        """Return the mood behind "would you mind": a request, unless what follows is refused."""
        rest = words[asked:]
        if rest[0] in {"if", "whether"}:
            return Opened(Mood.TELL, asked)
        if rest[0] in self._words.sets["negations"]:
            return Opened(Mood.DO_NOT, asked)
        further = self._opening(rest, 0)
        if further is not None and further.mood in (Mood.DO_NOT, Mood.TELL):
            return Opened(further.mood, asked)
        return Opened(Mood.DO, asked)

    def _zone(self, words: Sequence[str], start: int) -> int:
        """Return where the words of closed classes before the verb end."""
        end = start
        while end < len(words) and (
            words[end] in self._words.sets["before_verb"]
            or words[end] in self._words.sets["negations"]
            or words[end] in self._words.sets["inverting"]
            or words[end] in self._words.sets["always_inverting"]
            or words[end] in self._words.sets["stative"]
            or (words[end].endswith(self._words.endings("adverb_endings")) and words[end] not in self._words.verbs)
        ):
            if (
                end > start
                and words[end] in self._words.sets["stative"]
                and words[end] not in self._words.sets["before_verb"]
            ):
                return end + 1
            end += 1
        return end

    def _hangs_question(self, words: Sequence[str], start: int, end: int) -> bool:
        """Return whether a question hangs on the clause: "tell me if ...", "I wonder whether ..."."""
        limit = min(len(words), end + 3)
        for place in range(start, limit):
            for end_ in self._words.epistemic.ends(words, place):
                after = end_
                if after >= len(words):
                    continue
                while after < len(words) - 2 and words[after] in self._words.sets["between_question"]:
                    after += 1
                following = words[after : after + 1]
                if not following or place > end or after + 1 == len(words):
                    continue  # "I don't know how" asks nothing
                if following[0] in self._words.sets["whether"] or self._is_wh(words, after, following[0]):
                    return True
        return False

    def _is_wh(self, words: Sequence[str], place: int, word: str) -> bool:
        reminds = place >= 2 and words[place - 2] == "remind"
        return word in self._words.sets["interrogatives"] and not (
            reminds and word in self._words.sets["subordinating"]
        )

    def _inverts(self, words: Sequence[str], start: int) -> bool:
        """Return whether the clause opens with an auxiliary and its subject."""
        first = words[start]
        if first in self._words.sets["always_inverting"]:
            return True
        if first not in self._words.sets["inverting"] or start + 1 >= len(words):
            return False
        second = words[start + 1]
        if second in self._words.sets["subjects"]:
            return not (first == "do" and second in {"it", "that", "this"})
        if first == "have":
            return second in self._words.sets["determiners"] and "been" in words
        if first == "do" and second != "not":
            return second in self._words.sets["determiners"] or self._names_then_verb(words[start + 1 :])
        if first in self._words.sets["negations"]:
            return second in self._words.sets["determiners"]
        return second != "not"

    def _names_then_verb(self, words: Sequence[str]) -> bool:
        """Return whether a noun and a verb follow: "do people open ..."."""
        return len(words) >= 2 and words[0] not in self._words.verbs and words[1] in self._words.verbs

    def _inverted(self, words: Sequence[str], start: int, end: int) -> Opened:
        """Return the mood of an auxiliary and its subject: "can you" asks for a deed, "did you" does not."""
        first, second = words[start], words[start + 1] if start + 1 < len(words) else ""
        behind = words[start + 2 :]
        if first in self._words.sets["asking_for"] and second in self._words.sets["asked_ones"] and behind:
            if self._past_marked(behind):
                return Opened(Mood.TELL, start)
            negated = any(word in self._words.sets["negations"] for word in words[start:end])
            if negated:
                return Opened(Mood.DO_NOT, start)
            inner = self._refused_within(words, start, end) or self._refused_within(words, start, start + 2)
            return Opened(Mood.DO_NOT if inner else Mood.DO, start)
        own = first in {"can", "could", "may"} and second == "i"
        if own and (
            self._words.own_requests.opens(behind) or any(end in self._words.sets["closing_plea"] for end in words[-1:])
        ):
            return Opened(Mood.DO, start)
        if first in self._words.sets["negations"] and second in self._words.sets["asked_ones"]:
            if "please" in words:
                return Opened(Mood.DO, start)  # "won't you open it please"
            urged = first in self._words.shapes["urged"] and behind[:1] and behind[0] in self._words.shapes["urging"]
            if urged and len(behind) > 1 and not self._past_marked(behind[1:]):
                refused = behind[1] in self._words.sets["negations"] or self._refused_within(words, start, start + 3)
                return Opened(Mood.DO_NOT if refused else Mood.DO, start)  # "can't you just open it"
        passive = first in {"can", "could"} and "be" in words[start + 2 : start + 6] and "please" in words
        passive = passive or (
            first == "could"
            and second in self._words.sets["determiners"]
            and not self._past_marked(["be"] if words[-1] in self._words.sets["states"] and "be" in words else ["x"])
        )
        return Opened(Mood.DO if passive else Mood.TELL, start)

    def _past_marked(self, behind: Sequence[str]) -> bool:
        """Return whether "could you" is about ability or the past: "could you have opened"."""
        if behind[0] == "have" and len(behind) > 1:
            return behind[1] in self._words.sets["subjects"] or behind[1].endswith("ed") or behind[1] == "been"
        return behind[0] in self._words.sets["past_marks"] and behind[0] != "have" and behind[:2] != ["be", "so"]

    def _interrogative(self, words: Sequence[str], start: int) -> Opened | None:
        """Return that a clause with a question word asks, unless it exclaims or sets a time for what follows."""
        first, following = words[start], words[start + 1 : start + 2]
        if first in {"what", "how"} and following and following[0] in self._words.sets["exclaiming"]:
            return None
        if first in self._words.sets["subordinating"] and following and not self._is_auxiliary(following[0]):
            verb = next((i for i in range(start + 3, len(words)) if words[i] in self._words.verbs), None)
            if verb is not None and words[start + 1] in self._words.sets["subjects"]:
                return None
        return Opened(Mood.TELL, start)

    def _is_auxiliary(self, word: str) -> bool:
        return word in self._words.sets["inverting"] or word in self._words.sets["always_inverting"]

    def _negation(self, words: Sequence[str], start: int, end: int) -> Opened | None:
        """Return whether a negation before the verb refuses the deed; "I don't know" and "don't worry" do not."""
        zone = words[start:end]
        place = next(i for i, word in enumerate(zone) if word in self._words.sets["negations"]) + start
        rest = words[place + 1 :]
        if words[place : place + 2] == ["do", "not"]:
            rest = rest[1:]
        if rest and self._words.harmless.opens(rest):
            return self._asides.behind_harmless(words, place + 1)
        if any(phrase for phrase in self._words.no_longer.found(words)):
            return Opened(Mood.DO, start, ending=True)
        speaker = any(word in self._words.sets["speakers"] for word in words[start:place])
        if speaker and rest and self._words.averse.opens(rest):
            return self._asides.behind_dislike(words, start, len(words) - len(rest))
        following = words[place + 1] if place + 1 < len(words) else ""
        refuses = following in self._words.sets["needs"] or self._asides.names_deed(following)
        if words[start] in self._words.sets["existing"] and not refuses:
            return self._asides.behind(words, start, place + 1)  # "there's nobody here"
        behind = range(place + 1, min(len(words), end + 1))
        stative = next((i for i in behind if self._words.stem(words[i]) in self._words.stative_stems), None)
        volitional = any(word in self._words.sets["volition"] for word in words[start:end])
        unable = words[place] in self._words.sets["unable"] and (speaker or place == start)
        if following in self._words.withdrawing["words"]["out_of_reach"]:
            return Opened(Mood.DROP, start)  # "I can't afford to send it"
        if unable and self._words.stem(following) in self._words.stative_stems:
            return self._asides.behind(words, start, place + 2)
        if words[place] in self._words.sets["lacking"] and following in self._words.sets["determiners"]:
            return self._asides.behind(words, start, place + 2)
        if speaker and not unable and stative is not None and not volitional:
            return self._asides.behind(words, start, stative + 1)
        return Opened(Mood.DO_NOT, start)

    def spares(self, words: Sequence[str]) -> bool:
        """Return whether "you need not" refuses what is named behind it: "du brauchst Anna nicht zu schreiben"."""
        addressed = len(words) > 2 and words[0] in self._words.shapes["addressed"]
        return addressed and words[1] in self._words.sets["owed"] and self.negated(words)

    def _refuses_late(self, words: Sequence[str], start: int) -> bool:
        """Return whether a negation behind the verb refuses the deed ("öffne das Fenster nicht")."""
        rest = words[start:]
        if rest[0] in self._words.sets["handing_on"] and any(
            w in self._words.sets["subjects"] or w == "dass" for w in rest[2:]
        ):
            return False
        free = self._words.late_free.covered(rest)
        return any(word in self._words.sets["negations"] and place not in free for place, word in enumerate(rest))
