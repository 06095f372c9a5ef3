"""Which verb governs a clause, and what it makes of the deeds that are named in it.

Tells finite verbs of a subject from plain forms by auxiliaries, endings and what stands behind them. Pure; decides no
mood.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.mood_words import MoodWords

LEAST_GERUND = 5
"""Letters of the shortest verb form that names a deed: "using", not "ring"."""
LONGEST_LEAD = 3
"""Words before "can you" that may make it part of what is said: "she asked me can you ..."."""
LONGEST_ELLIPSIS = 6
"""Words of an order without a verb: "rear left seat heating off"."""
LONGEST_INABILITY = 3
"""Words from "can't" on within which it is said what cannot be done: "kann gar nichts mehr sehen"."""
LONGEST_DENIAL = 5
"""Words behind the subject of a clause at the end that takes back the request: "... I never said that"."""

LONGEST_MODAL = 4
"""Words from a subject to "have" in "the kids really should have", and from there to what should have been done."""


class Governing:
    """Reads the verbs of clauses in one language."""

    def __init__(self, words: MoodWords) -> None:
        self._words = words
        self._shapes = words.shapes

    def is_gerund(self, word: str) -> bool:
        """Return whether a word names a deed by its form: "opening"."""
        endings = self._words.endings("gerund_endings")
        formed = bool(endings) and word.endswith(endings) and len(word) >= LEAST_GERUND
        return formed and word not in self._words.verbs | self._shapes["no_deeds"]

    def is_deed(self, word: str) -> bool:
        """Return whether the word is a form of a known verb."""
        stem = self._words.stem(word)
        plain = next(
            (word.removesuffix(each) for each in self._words.endings("form_endings") if word.endswith(each)), ""
        )
        if {plain, f"{plain}e"} & self._words.verbs:
            return True
        doubled = stem[-2:-1] == stem[-1:] and self._words.stem(stem[:-1]) in self._words.verb_stems
        return stem in self._words.verb_stems or stem in self._words.verbs or doubled

    def is_object(self, words: Sequence[str], place: int) -> bool:
        """Return whether an object begins there, or a particle before one: "the trunk", "on the fan"."""
        word = words[place] if place < len(words) else ""
        owner = bool(word) and word.endswith(self._words.endings("owner_endings"))
        if owner or word in self._words.sets["determiners"] or word in self._shapes["objects"]:
            return True
        behind = words[place + 1] if place + 1 < len(words) else ""
        owned = behind in self._words.sets["determiners"] or behind in self._shapes["objects"]
        return word in self._shapes["particles"] and owned

    def gerund(self, words: Sequence[str], start: int) -> int | None:
        """Return the place of a deed that is named instead of asked for: "anything but opening the trunk"."""
        for place in range(start, len(words) - 1):
            leading = self._shapes["away"] | self._shapes["none"] | self._shapes["feeling"]
            led = place <= start + 1 or words[place - 1] in leading
            firm = self._shapes["away"] | self._shapes["none"]
            after = words[place - 1] in (firm if place > start + 1 else self._shapes["away"])
            bare = place > start and after and self.is_deed(words[place]) and not self._words.draws(words, start, place)
            owns = self.is_object(words, place + 1) or bare
            if led and owns and self.is_gerund(words[place]) and not self._words.stands(words, place):
                return place
        return None

    def elliptic(self, words: Sequence[str], start: int) -> int | None:
        """Return where an order without a verb ends that a clause opens with: "fog lights on", "a bit warmer"."""
        gerund = self.is_gerund(words[start]) and not self._words.stands(words, start)
        verb = words[start] in self._words.verbs - self._words.degrees or gerund
        if verb or words[start] in self._shapes["infinitive"]:
            return None
        for place in range(start, min(len(words), start + LONGEST_ELLIPSIS)):
            word = words[place]
            if self._words.is_subject(word) or word in self._shapes["finite"] | self._shapes["contracted"]:
                return None
            if word in self._words.degrees and not (place == start and word in self._words.sets["particle_states"]):
                if place > start and self.finite(words[: place + 1], start) is not None:
                    return None
                end = self._behind_order(words, place + 1)
                rest = self._located(words, end)
                return self._behind_order(words, rest) if rest > end else end
        return None

    def _behind_order(self, words: Sequence[str], place: int) -> int:
        """Return where the small words end that may follow an order without a verb: "a bit please"."""
        while place < len(words) and words[place] in self._shapes["behind_order"]:
            place += 1
        return place

    def _located(self, words: Sequence[str], place: int) -> int:
        """Return where the words end that say in which room a thing is, "in the living room"; `place` without any."""
        end = place + 1
        if place >= len(words) or words[place] not in self._shapes["locating"]:
            return place
        end += end < len(words) and words[end] in self._words.sets["determiners"]
        sizes = (size for size in (2, 1) if end + size <= len(words))
        return next((end + size for size in sizes if " ".join(words[end : end + size]) in self._words.rooms), place)

    def tells_why(self, words: Sequence[str], place: int) -> bool:
        """Return whether a clause of its own begins there, such as a reason: "it's raining", "her hair is flying".

        One that denies, or speaks of what was said or meant, may take back what stands before it.
        """
        taking = self._words.sets["negations"] | self._shapes["nothing_alone"] | self._shapes["meaning"]
        if place + 1 >= len(words) or taking & {*words[place:]}:
            return False
        first = words[place]
        if first in self._shapes["contracted"]:
            return True
        opens = self._words.is_subject(first) or first in self._words.sets["determiners"]
        return opens and self.finite(words, place) is not None

    def lacks_senses(self, words: Sequence[str], start: int) -> int:
        """Return where somebody says what they cannot do for lack of the deed: "I can't see"; else where words end."""
        unable = self._words.sets["unable"] | self._words.sets["negations"]
        for place in range(start, len(words) - 2):
            behind = words[place + 1 : place + 2 + LONGEST_INABILITY]
            sense = next((i for i, word in enumerate(behind) if word in self._shapes["sensing"]), 0)
            if (
                words[place] in self._shapes["persons"]
                and behind[0] in self._shapes["able"]
                and unable & {*behind[:sense]}
            ):
                return place
        return len(words)

    def is_whole(self, words: Sequence[str], start: int, *, paused: bool = False, pleaded: bool = False) -> bool:
        """Return whether words are a statement that may end with the last of them; nobody speaks or is spoken of.

        `paused` is whether a pause follows, `pleaded` whether "can you" does: either ends more than a mere verb.
        """
        rest = words[start:]
        verb = next((place for place in range(len(rest)) if self._is_told(rest, place)), None)
        if verb is None or verb + 1 >= len(rest):
            return False
        hanging = self._shapes["relatives"] | self._words.sets["interrogatives"] | self._shapes["relating"]
        if (
            any(word in hanging for word in (rest[-LONGEST_LEAD:] if pleaded else rest))
            or self._words.inverts(rest[0])
            or rest[0] in self._words.verbs
        ):
            return False
        last = rest[-1]
        small = self._shapes["leads"] | self._shapes["away"] | self._shapes["feeling"]
        open_ended = small | self._words.sets["copulas"] | self._shapes["perfect"]
        named = rest[verb] in self._shapes["being"] and rest[verb + 1] in self._words.sets["determiners"]
        plural = named and last.endswith(self._words.endings("third_endings") or (" ",))
        return paused or not (last in open_ended or self._words.is_subject(last) or plural)

    def feels(self, words: Sequence[str], start: int) -> bool:
        """Return whether a statement tells how somebody or something is, and of no thing: "I'm bored"."""
        if words[start] in self._shapes["contracted"]:
            rest = words[start + 1 :]
        elif self._words.is_subject(words[start]) and {*words[start + 1 : start + 2]} & self._shapes["being"]:
            rest = words[start + 2 :]
        else:
            return False
        return bool(rest) and not any(word in self._words.sets["determiners"] for word in rest)

    def _is_told(self, words: Sequence[str], place: int) -> bool:
        """Return whether a word is surely the verb of a statement."""
        word = words[place]
        if word in self._shapes["contracted"]:
            return True
        if not place:
            return False
        sure = self._shapes["finite"] | self._shapes["motions"] | self._shapes["being"] - self._shapes["modal"]
        return word in sure or self._is_inflected(words, place)

    def orders(self, words: Sequence[str], before: str, *, told: bool) -> bool:
        """Return whether words open as an order or a plea with a verb and its object; `before` is the word before.

        `told` is whether a feeling or the weather was told before them: then a verb needs no object to be one.
        """
        if len(words) < 2:
            return False
        first, second = words[0], words[1]
        if first in self._words.sets["asking_for"] and second in self._words.sets["asked_ones"]:
            return len(words) > 2 and (
                words[2] in self._words.verbs | self._shapes["pressing"] | self._shapes["settled"]
            )
        owned = second in self._words.sets["determiners"]
        if first not in self._words.verbs or (first in self._shapes["things"] and not owned):
            return False
        if first in self._words.sets["states"]:
            stated = before in self._words.sets["copula_adverbs"] | self._shapes["objects"]
            return not stated and (owned or second in self._shapes["objects"])
        return self.is_object(words, 1) or told

    def rules(self, words: Sequence[str], place: int) -> bool:
        """Return whether a verb of the third person stands there: "charge is low"."""
        word = words[place] if place < len(words) else ""
        return word in self._shapes["finite"] and place + 1 < len(words)

    def finite(self, words: Sequence[str], start: int) -> int | None:
        """Return the place of the verb whose subject the clause opens with; None if it has none ("lights off")."""
        if words[start + 1 : start + 2] and words[start + 1] in self._shapes["persons"]:
            start += 1  # "yesterday you ..."
        told = self._words.is_subject(words[start]) and not self._owns_noun(words, start)
        if words[start] in self._shapes["contracted"]:
            return start
        for place in range(start + 1, len(words)):
            word = words[place]
            if self.is_shortened(words, place):
                return place  # "the bedroom's warmer"
            if word in self._shapes["relatives"] and place > start + 1:
                break
            if self.rules(words, place) or word in self._shapes["reporting"]:
                return place
            if self._is_inflected(words, place) or self._goes_by_itself(words, start, place):
                return place
            if word in self._shapes["wanting"] and words[place - 1] not in self._shapes["infinitive"]:
                return place  # "the kids want the window open"
            plural = told or words[start] in self._words.sets["determiners"]
            owned = place + 1 < len(words) and words[place + 1] in self._words.sets["determiners"]
            plain = word in self._words.verbs and (owned or word not in self._words.sets["states"])
            if plural and plain and self.is_object(words, place + 1):
                return place
        return start + 1 if told and len(words) > start + 1 else None

    def _owns_noun(self, words: Sequence[str], place: int) -> bool:
        """Return whether a word that may be a subject is a determiner there: "alle Fenster", not "alle wollen"."""
        if words[place] not in self._words.sets["determiners"] or place + 1 >= len(words):
            return False
        verbs = self._shapes["finite"] | self._shapes["reporting"] | self._shapes["wanting"] | self._words.verbs
        return words[place + 1] not in verbs | self._words.small

    def is_shortened(self, words: Sequence[str], place: int) -> bool:
        """Return whether "'s" is a verb there and owns nothing: "the garage's open", "the music's too loud"."""
        word, behind = words[place], words[place + 1] if place + 1 < len(words) else ""
        if not word.endswith(self._words.endings("owner_endings") or (" ",)) or word in self._words.sets["subjects"]:
            return False
        if behind in self._words.degrees | self._words.sets["states"]:
            return place + 2 == len(words) or words[place + 2] in self._shapes["settled"]
        return behind in self._words.sets["copula_adverbs"] | self._shapes["judged"] | self._shapes["strengthening"]

    def _goes_by_itself(self, words: Sequence[str], start: int, place: int) -> bool:
        """Return whether a verb that needs no object says what a thing does or did: "goes up", "the timer ran out"."""
        led = words[place - 1] in self._words.sets["determiners"] | self._shapes["infinitive"]
        return words[place] in self._shapes["motions"] and not led and place > start

    def _is_inflected(self, words: Sequence[str], place: int) -> bool:
        """Return whether a word is a past form, or one of the third person, with its object: "turned itself on"."""
        word, before = words[place], words[place - 1]
        if before in self._words.sets["determiners"] or word in self._words.sets["named"]:
            return False
        past = word.endswith(self._words.endings("past_endings") or (" ",)) or word in self._words.sets["past"]
        if past and word in self._words.verbs:
            past = False  # "set"
        third = word.endswith(self._words.endings("third_endings"))
        behind = words[place + 1] if place + 1 < len(words) else ""
        if past:
            settled = not behind or behind in self._shapes["settled"]
            done = self.is_deed(word) and (behind in self._shapes["infinitive"] or not settled)
            return done or self.is_object(words, place + 1)
        if not third:
            return False
        owns = behind in self._words.sets["determiners"] or behind in self._shapes["objects"]
        leading = self._shapes["feeling"]
        names = self.is_gerund(behind) or (behind in leading and self.is_gerund("".join(words[place + 2 : place + 3])))
        return names or (self.is_deed(word) and (owns or self.is_object(words, place + 1)))

    def regrets(self, words: Sequence[str], start: int) -> bool:
        """Return whether a clause opens with what should or could have been done: "I should have sent it"."""
        contracted = range(start + 1, min(len(words), start + 1 + LONGEST_MODAL))
        places = (p for p in contracted if words[p] in self._shapes["perfect"] | self._shapes["perfect_contracted"])
        place = next(places, len(words))
        modals = {*words[start:place]} & self._shapes["perfect_modals"]
        if place == len(words) or not (modals or words[place] in self._shapes["perfect_contracted"]):
            return False
        rest = [word for word in words[place + 1 : place + 1 + LONGEST_MODAL] if word not in self._shapes["between"]]
        if not rest:
            return False
        done = rest[0].endswith(self._words.endings("past_endings") or (" ",))
        return done or rest[0] in self._words.sets["past"] | self._shapes["participles"]

    def hangs(self, words: Sequence[str], start: int) -> bool:
        """Return whether a question word leads to a deed: "any idea how to open it"."""
        return any(
            words[place] in self._words.sets["interrogatives"] and words[place + 1] in self._shapes["infinitive"]
            for place in range(start, len(words) - 1)
        )

    def veto(self, words: Sequence[str], verb: int) -> bool:
        """Return whether an order's verb keeps from a deed that is named behind it: "postpone opening the trunk"."""
        starting = words[verb] in self._shapes["starting"]
        if words[verb] in self._shapes["moving"] and self._shapes["moved_to"].intersection(words[verb + 2 :]):
            return False  # "move cleaning the gutters to Friday"
        off = next(self._words.phrases["keeping_off"].ends(words, verb), None)
        keeping = words[verb] in self._shapes["keeping"] or off is not None
        unknown = not starting and words[verb] not in self._words.verbs
        for place in range(verb + 1, len(words)):
            before, word = words[place - 1], words[place]
            if starting and before not in self._shapes["away"]:
                continue
            spares = place - 2 == verb and before in self._shapes["objects"]  # "spare me opening it"
            close = place - 1 == verb or before in self._shapes["away"] or spares
            bare = (unknown or before in self._shapes["firm"]) and self.is_deed(word)
            bare = bare and not self._words.draws(words, verb, place)
            gerund = self.is_gerund(word) and not self._words.stands(words, place)
            if close and gerund and (bare or self.is_object(words, place + 1)):
                return True
            named = word.endswith(self._words.endings("deed_endings"))
            if keeping and named and (self._words.late or self.is_deed(word)):
                return True
        return False

    def quoted(self, words: Sequence[str], verb: int) -> bool:
        """Return whether an order is put into somebody's mouth: "open the trunk, said nobody ever"."""
        return any(
            words[place] in self._shapes["saying"]
            and not self._words.is_subject(words[place - 1])
            and words[place - 1] not in self._shapes["relatives"]
            and place > verb + 1
            for place in range(verb + 1, len(words))
        )

    def judged(self, words: Sequence[str], verb: int) -> bool:
        """Return whether an order is what a later verb speaks of: "open the trunk would be wrong"."""
        for place in range(verb + 1, len(words)):
            word, before = words[place], words[place - 1]
            if place > verb + 2 and word in self._shapes["placing"]:
                return False  # "mach das fenster auf hier drin ist es heiß"
            if word in self._shapes["relatives"] or word in self._words.sets["interrogatives"]:
                return False
            if before in self._words.sets["subjects"] or before in self._shapes["leads"]:
                continue
            if self.rules(words, place) or word in self._shapes["judging"]:
                if word in self._words.sets["asking_for"] and words[place + 1] in self._words.sets["asked_ones"]:
                    return False  # "... can you show me the way"
                return place > verb + 1 or word not in self._words.sets["states"]
        return False

    def denies(self, words: Sequence[str], place: int) -> bool:
        """Return whether a word denies what it stands in; "no" does before a person or a thing of speech alone."""
        word, behind = words[place], words[place + 1] if place + 1 < len(words) else ""
        if word in self._shapes["of_amounts"]:
            return behind in self._shapes["nothing"]
        return word in self._words.sets["negations"] or word in self._shapes["nothing_alone"]

    def takes_back(self, words: Sequence[str], verb: int, end: int) -> bool:
        """Return whether the last words deny what was said: "... is not what I meant"; a title may deny as well."""
        if words[-1] in self._words.sets["negations"]:
            return True
        for place in range(verb + 2, min(end, len(words)) - 1):
            if words[place] not in self._words.sets["subjects"] | self._shapes["contracted"]:
                continue
            behind = words[place + 1 :]
            if words[place - 1] in self._shapes["relatives"] or len(behind) > LONGEST_DENIAL:
                continue
            denials = self._words.sets["negations"] | self._shapes["nothing_alone"]
            denied = any(word in denials for word in words[place:])
            if denied and any(word in self._shapes["meaning"] for word in behind):
                return True
        asking = (p for p in range(verb + 1, len(words) - 2) if words[p] in self._words.sets["interrogatives"])
        return any(
            any(word in self._words.sets["negations"] for word in words[place - 2 : place])
            and any(word in self._shapes["meaning"] for word in words[place + 1 :])
            for place in asking
        )

    def speaks(self, words: Sequence[str], verb: int) -> int | None:
        """Return the place behind an order's object at which somebody begins to speak of it or of something else.

        A reason ("I'm carrying bags") and what was done to the object ("the note I wrote yesterday") do not.
        """
        for place in range(verb + 2, len(words) - 1):
            word, before, behind = words[place], words[place - 1], words[place + 1]
            if before in self._shapes["relatives"] | self._shapes["leads"] | self._words.sets["interrogatives"]:
                continue
            points = word in self._shapes["pointing"] and behind in self._shapes["finite"]
            if points or word in self._shapes["demonstrative"]:
                rest = words[place + 1 + points :]
                if rest and rest[0] in self._words.sets["determiners"]:
                    return place
            if word not in self._shapes["persons"]:
                continue
            done = behind.endswith(self._words.endings("past_endings") or (" ",)) or behind in self._words.sets["past"]
            told = behind in self._shapes["meaning"] or self.is_object(words, place + 2)
            if behind in self._shapes["being"] - self._shapes["modal"] | self._shapes["having"] or (done and not told):
                continue
            return place
        return None

    def title_end(self, words: Sequence[str], verb: int) -> int:
        """Return where a title that may hold a clause ends: behind "my gym playlist", "to the shopping list"."""
        for place in range(verb + 2, len(words)):
            owned = words[place - 1] in self._words.sets["determiners"]
            if words[place] in self._shapes["kinds"] and not owned:
                return place + 1
        return len(words)
