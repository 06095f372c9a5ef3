"""Whether a clause that neither asks nor refuses has the shape of an order.

An order is a verb in its plain form, a plea ("I want you to ..."), or a thing in the state that it shall have ("lights
off"). A clause with a subject and a verb of its own tells something, and words after an order may take it back. Pure;
reads closed word classes and endings, and knows no catalog.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from assistant.understanding.complaints import Complaints
from assistant.understanding.conditions import Conditions
from assistant.understanding.governing import Governing
from assistant.understanding.grammar.phrase_sets import PhraseSet
from assistant.understanding.hearsay import Hearsay
from assistant.understanding.mood_words import Mood, MoodWords, Opened

WISHES = (("wishers", "wishes"), ("addressed", "grants"), ("wishers_contracted", "wishes_contracted"))
"""Lists of those who wish or are told what they may, and of the phrases by which they are."""

LONGEST_PLACE = 5
"""Words of a time or a place that may stand before a subject."""


class Orders:
    """Reads orders in one language; words are folded, `start` is where the clause itself begins."""

    def __init__(self, words: MoodWords) -> None:
        self._words = words
        self.governing = Governing(words)
        """Reads the verbs of clauses."""
        self._conditions = Conditions(words, self.governing)
        self._complaints = Complaints(words, self.governing)
        self._hearsay = Hearsay(words)
        phrases = words.phrases
        self._supposing, self._pleas, self._refusals = (phrases[n] for n in ("supposing", "pleas", "refusals"))
        self._affirming = phrases["affirming"]
        self._untouched = phrases["untouched"]
        self._of_itself, self._opinions = phrases["of_itself"], phrases["opinions"]
        self._mockeries, self._before = phrases["mockeries"], phrases["before"]
        self._marks, self._titles, self._texts = phrases["marks"], phrases["titles"], phrases["texts"]

    def judged(self, words: Sequence[str], start: int, opened: Opened | None) -> Opened | None:
        """Return how a clause speaks whose opening asks for a deed or says nothing; `opened` if it may be an order."""
        if opened is not None and opened.mood not in (None, Mood.DO):
            return opened
        words = words[: self._end(words)]
        if start >= len(words):
            return opened
        if opened is not None and opened.mood is Mood.DO:
            return self._behind(words, self._verb(words, opened.start), opened)
        if opened is not None and opened.start < len(words) and opened.mood is None:
            return opened  # "i don't know" asks nothing
        if self.governing.regrets(words, start):
            return Opened(Mood.TELL, start, states=True, unreal=True)
        if self._supposing.opens(words[start:]):
            return Opened(Mood.TELL, start, states=True)
        if self._refusals.opens(words[start:]) or self._words.last_wanted.opens(words[start:]):
            return Opened(Mood.DO_NOT, start)  # "enough with the windows"
        if self._hearsay.is_one(words, start):
            return Opened(Mood.TELL, start, states=True)
        courtesy = self._conditions.courtesy(words, start)
        if courtesy is not None and courtesy < len(words):
            return self.judged(words, courtesy, opened) or Opened(Mood.DO, courtesy)
        condition = self._conditions.opens(words, start)
        if condition is not None:
            led = self._conditions.leading(words, start, condition)
            return led if isinstance(led, Opened) else self._behind(words, led, Opened(Mood.DO, led))
        if self._muses(words, start) or self._is_inverted(words, start):
            return Opened(Mood.TELL, start, states=True)
        plea = self._plea(words, start)
        if plea is not None and self._supposing.opens(words[plea:]):
            return Opened(Mood.TELL, start, states=True)  # "let us assume we open it"
        if plea is not None and self.governing.denies(words, plea):
            return Opened(Mood.DO_NOT, start)  # "I said no such thing"
        if plea is not None:
            return self._behind(words, plea, opened, wished=not self._words.verbs & {*words[plea : plea + 3]})
        if self._is_imperative(words, start):
            return self._behind(words, start, opened)
        person = self._person(words, start)
        if person is not None:
            return self.judged(words, person, opened)
        return self._of_thing(words, start, opened)

    def _muses(self, words: Sequence[str], start: int) -> bool:
        """Return whether the driver thinks aloud: "maybe I should send it"."""
        shapes = self._words.shapes
        led = not shapes["musing"].isdisjoint(words[:start]) and words[start] in shapes["musers"]
        return led and not shapes["muses"].isdisjoint(words[start + 1 : start + 2])

    def _is_inverted(self, words: Sequence[str], start: int) -> bool:
        """Return whether a subject stands behind the verb of what opens with a time: "abends stelle ich sie höher"."""
        pairs = list(itertools.pairwise(words[start : start + LONGEST_PLACE]))[1:]
        return any(verb in self._words.verbs and who in self._words.shapes["inverted"] for verb, who in pairs)

    def on_condition(self, words: Sequence[str], start: int) -> bool:
        """Return whether a clause opens with a condition, or with what sounds like one."""
        return start < len(words) and self._conditions.opens(words, start) is not None

    def follows(self, words: Sequence[str], start: int, rest: Sequence[str], *, paused: bool) -> bool:
        """Return whether an order of its own begins with `rest`, behind words that make a whole statement.

        Behind a pause that is an order without a verb ("headlights off please"), else one that has a verb or pleads.
        """
        if self.on_condition(words, start):
            return False
        pleads = rest[0] in self._words.sets["asking_for"]
        elliptic = paused and self.governing.elliptic(rest, 0) == len(rest)
        told = start < len(words) and self.governing.feels(words, start)
        orders = elliptic or (not paused and self.governing.orders(rest, words[-1], told=told))
        return orders and self.governing.is_whole(words, start, paused=paused, pleaded=pleads)

    def gives_reason(self, words: Sequence[str], start: int, rest: Sequence[str]) -> bool:
        """Return whether an order without a verb is followed by a clause of its own: "windows up" "it's raining"."""
        return self.is_elliptic(words, start) and self.governing.tells_why(rest, 0)

    def is_elliptic(self, words: Sequence[str], start: int) -> bool:
        """Return whether words are an order without a verb and nothing else: "headlights off please"."""
        return start < len(words) and self.governing.elliptic(words, start) == len(words)

    def _person(self, words: Sequence[str], start: int) -> int | None:
        """Return where the subject stands behind a time or a place ("on Sundays we ..."), or None."""
        shapes = self._words.shapes
        led = self._words.is_subject(words[start]) or words[start] in shapes["contracted"] | shapes["infinitive"]
        verbs = self._words.verbs | shapes["finite"] | shapes["reporting"] | self._words.sets["past"]
        for place in range(start + 1, min(len(words) - 1, start + LONGEST_PLACE)):
            if words[place] in shapes["persons"]:
                return None if led or place == start + 1 else place
            if words[place] in verbs:
                return None
        return None

    def _end(self, words: Sequence[str]) -> int:
        """Return where a clause ends without a plea in the shape of a question ("open it, would you")."""
        for size in (4, 3, 2):
            tail = tuple(words[-size:])
            if len(words) > size and (tail in self._words.tag_requests or tail[:-1] in self._words.tag_requests):
                return len(words) - size
        return len(words)

    def _verb(self, words: Sequence[str], start: int) -> int:
        """Return the place of the verb behind "can you" or "would you mind"."""
        place = start
        while place < len(words) - 1 and words[place] in self._words.small - self._words.verbs:
            place += 1
        return place

    def _plea(self, words: Sequence[str], start: int) -> int | None:
        """Return where what is wanted begins, behind "I want", "you may", "it's time to"; None without such words."""
        end = next(self._pleas.ends(words, start), None)
        if end is not None:
            return min(end, len(words) - 1)
        for who, wanted in WISHES:
            if words[start] not in self._words.shapes[who]:
                continue
            place = start + 1
            while place < len(words) - 1 and words[place] in self._words.shapes["pressing"]:
                place += 1
            end = next(self._words.phrases[wanted].ends(words, place), None)
            if end is not None:
                return min(end, len(words) - 1)
        return None

    def _is_imperative(self, words: Sequence[str], start: int) -> bool:
        """Return whether a clause opens with a verb, known or told by the object behind it ("fork the repository")."""
        first, shapes = words[start], self._words.shapes
        no_verbs = shapes["no_verbs"] | shapes["circumstances"] | shapes["contracted"]
        if self._words.is_subject(first) or first in no_verbs:
            return False
        if self.governing.is_gerund(first) and start + 1 < len(words) and self.governing.is_object(words, start + 1):
            return False
        if first in self._words.shapes["keeping"]:
            return True
        if first in self._words.verbs or first in self._words.sets["handing_on"]:
            titled = first in self._words.sets["naming"] or first in self._words.sets["handing_on"]
            return titled or not self.governing.rules(words, start + 1)
        following = words[start + 1] if start + 1 < len(words) else ""
        if following in self._words.shapes["persons"]:
            return False  # "pretend you open it"
        return following in self._words.sets["determiners"] or following in self._words.shapes["objects"]

    # -- things, and what is said of them --------------------------------------------------------------------------

    def _of_thing(self, words: Sequence[str], start: int, opened: Opened | None) -> Opened | None:
        """Return how a clause speaks that opens with a thing or a person."""
        following = words[start + 1] if start + 1 < len(words) else ""
        thing = not following or self._words.is_subject(following) or following in self._words.sets["determiners"]
        if words[start] in self._words.shapes["infinitive"] and not thing:
            return Opened(Mood.TELL, start, states=True)
        if self._calls(words, start):
            past = words[start + 1] in self._words.sets["past"]  # "anna set the volume"
            return Opened(Mood.TELL, start, states=True) if past else self._behind(words, start + 1, opened)
        if self.governing.gerund(words, start) is not None:
            progresses = words[start] in self._words.shapes["contracted"]  # "I'm picking up my girlfriend"
            return Opened(Mood.TELL, start, states=True) if progresses else Opened(Mood.DO_NOT, start)
        if (
            self._of_itself.within(words[start:])
            or self._compares(words, start)
            or self._complaints.tells_habit(words, start)
            or self._asks_which(words, start)
        ):
            return Opened(Mood.TELL, start, states=True)
        end = self.governing.elliptic(words, start)
        if end is not None and (end == len(words) or self.governing.tells_why(words, end)):
            return self._behind(words[:end], start, opened or Opened(Mood.DO, start), thing=True)
        verb = self.governing.finite(words, start)
        if verb is not None and not self._complaints.is_one(words, start, verb):
            return Opened(Mood.TELL, start, states=True, equates=self._complaints.equates(words, start, verb))
        if self.governing.hangs(words, start):
            return Opened(Mood.TELL, start)
        return self._behind(words, start, opened, thing=True)

    def _asks_which(self, words: Sequence[str], start: int) -> bool:
        """Return whether one of two states is asked for, or something is told beside a state: "with it open, ..."."""
        shapes, states = self._words.shapes, self._words.degrees | self._words.sets["states"]
        if words[start] in shapes["circumstances"]:
            return any(self.governing.tells_why(words, place) for place in range(start + 3, len(words)))
        threes = zip(words[start:], words[start + 1 :], words[start + 2 :], strict=False)
        return any(joint in shapes["alternatives"] and {one, other} <= states for one, joint, other in threes)

    def _compares(self, words: Sequence[str], start: int) -> bool:
        """Return whether a thing is compared or judged instead of asked for: "warmer than last week", "... I think"."""
        shapes = self._words.shapes
        compared = any(
            words[place] in shapes["comparing"] and words[place + 1] in shapes["compared"]
            for place in range(start, len(words) - 1)
        )
        return compared or self._ends_in(self._opinions, words)

    def _calls(self, words: Sequence[str], start: int) -> bool:
        """Return whether an order follows a name by which somebody is called: "computer open the trunk"."""
        if self._words.is_subject(words[start]) or words[start] in self._words.sets["determiners"]:
            return False
        verb = words[start + 1] if start + 1 < len(words) else ""
        plain = verb in self._words.verbs - (self._words.sets["states"] - self._words.sets["past"])
        return plain and self.governing.is_object(words, start + 2)

    # -- what stands behind an order -------------------------------------------------------------------------------

    def _behind(
        self, words: Sequence[str], verb: int, opened: Opened | None, *, thing: bool = False, wished: bool = False
    ) -> Opened | None:
        """Return how the words behind an order's verb leave it; a text that it hands on is free."""
        start = 0 if opened is None else opened.start
        asked = verb + 1 < len(words) and words[verb + 1] in self._words.shapes["asking_self"]  # "tell me the price of"
        if words[verb] in self._words.sets["handing_on"] and not thing and not asked:
            return opened
        tail = words[: min((place for place, _ in self._texts.found(words) if place > verb), default=len(words))]
        named = min((place for place, _ in self._marks.found(tail) if place > verb), default=len(tail))
        titled = min((place for place, _ in self._titles.found(tail) if place > verb), default=len(tail))
        if not thing and self.governing.veto(tail[:named], verb):
            return Opened(Mood.DO_NOT, start)
        if self.governing.quoted(tail, verb) or self._hearsay.quotes(words[: len(tail) + 1], verb):
            return Opened(Mood.TELL, start, states=True)
        waits = words[verb] in self._words.shapes["keeping"] and self._before.within(tail[verb:])
        left = words[verb] in self._words.shapes["leaving"] and self._ends_in(self._untouched, tail)
        if waits or left or self._mockeries.within(tail[verb + 1 :]):
            return Opened(Mood.DO_NOT, start)  # "leave the window alone"
        if self._ends_in(self._words.denials, tail) or self.governing.takes_back(tail, verb, len(tail)):
            return Opened(Mood.DO_NOT, start)
        told = not thing and (self.governing.judged(tail[:titled], verb) or self._speaks(tail[:titled], verb))
        free, since = range(named, len(tail)), verb
        if not thing and self._titles_follow(words, verb):
            end = self.governing.title_end(tail, verb)
            behind = list(tail[end - 2 :])
            spoken = end < len(tail) and (self.governing.judged(behind, 0) or self._speaks(behind, 0))
            judged = self.governing.judged(tail[:titled], named) or self._speaks(tail[:titled], named)
            told = (told and words[verb] in self._words.shapes["going"]) or spoken or (named < titled and judged)
            free = range(verb + 1, end)
            since = end - 1 if self._is_title(words, verb) else verb
        if told:
            return Opened(Mood.TELL, start, states=True)
        if self._denied(tail, verb + (not thing), free):
            return Opened(Mood.DO_NOT, start)
        waits = self._conditions.trails(tail[:titled], verb, since, wished=wished)
        return Opened(Mood.WAIT, start) if waits else opened

    def _speaks(self, words: Sequence[str], verb: int) -> bool:
        """Return whether somebody speaks of something behind an order's object, and pleads for nothing."""
        place = self.governing.speaks(words, verb)
        return place is not None and self._plea(words, place) is None

    def _titles_follow(self, words: Sequence[str], verb: int) -> bool:
        """Return whether a title may follow the verb: "play don't stop me now", and not "book a table"."""
        if words[verb] not in self._words.sets["naming"]:
            return False
        owned = verb + 1 < len(words) and words[verb + 1] in self._words.sets["determiners"]
        return words[verb] in self._words.shapes["titling"] or not owned

    def _is_title(self, words: Sequence[str], verb: int) -> bool:
        """Return whether what follows the verb is a title or a thing to look up, whatever it says."""
        titling = self._words.shapes["titling"] - self._words.shapes["reaching"]
        return words[verb] in titling and self._titles_follow(words, verb)

    @staticmethod
    def _ends_in(phrases: PhraseSet, words: Sequence[str]) -> bool:
        return any(end == len(words) and start > 1 for start, end in phrases.found(words))

    def _denied(self, words: Sequence[str], start: int, free: range) -> bool:
        """Return whether a word denies the deed, outside a title, a turn of phrase and a reason."""
        reasons = (p for p in range(start, len(words)) if words[p] in self._words.shapes["reasons"])
        reason = min(next(reasons, len(words)), self.governing.lacks_senses(words, start))
        affirmed = self._affirming.covered(words)
        if any(words[place] in self._words.shapes["nothing_alone"] for place in range(reason, len(words))):
            return True
        return any(
            self.governing.denies(words, place)
            for place in range(start, reason)
            if place not in affirmed and place not in free
        )
