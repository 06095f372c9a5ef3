"""Whether a clause states how things are or what was done, and whether a tag makes a question of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.mood_words import Mood, MoodWords, Opened


class Statements:
    """Reads statements of one language; words are folded, `start` is where the clause itself begins."""

    def __init__(self, words: MoodWords) -> None:
        self._words = words

    def tag(self, words: Sequence[str], start: int) -> Opened | None:
        """Return that a tag makes a question of a statement ("..., isn't it") or a request of an order."""
        tail = words[-2:]
        if tuple(tail) in self._words.tag_requests:
            return None
        auxiliary = (
            len(tail) == 2
            and tail[0] in self._words.sets["tag_auxiliaries"]
            and tail[1] in self._words.sets["subjects"]
        )
        if auxiliary and len(words) - start > 3:
            return Opened(Mood.TELL, start)
        for place in range(max(start + 2, len(words) - 4), len(words)):
            if tuple(words[place:]) in self._words.tags and self._is_subject(words, start):
                return Opened(Mood.TELL, start)
        return None

    def is_tag(self, words: Sequence[str]) -> bool:
        """Return whether the words left are a tag and nothing else."""
        if tuple(words) in self._words.tag_requests or tuple(words) in self._words.tags:
            return True
        return (
            len(words) == 2
            and words[0] in self._words.sets["tag_auxiliaries"]
            and words[1] in self._words.sets["subjects"]
        )

    def _is_subject(self, words: Sequence[str], start: int) -> bool:
        first = words[start]
        return first in self._words.sets["subjects"] or first in self._words.sets["determiners"]

    def states(self, words: Sequence[str], start: int) -> bool:
        """Return whether a clause states how things are or what was done; a wish ("too loud") states nothing."""
        rest = words[start:]
        if rest[0] in self._words.sets["handing_on"] or any(word in self._words.sets["wishing"] for word in rest):
            return False
        if rest[0] in self._words.verbs and rest[0] not in self._words.sets["subjects"]:
            return False
        return self._states_being(rest) or self._states_deed(rest)

    def _states_being(self, rest: Sequence[str]) -> bool:
        """Return whether a thing is said to be in a state that has an opposite: "the trunk is open"."""
        place = next((i for i, word in enumerate(rest[:6]) if word in self._words.sets["copulas"]), None)
        if place is None and rest[0] in self._words.sets["contracted_copulas"]:
            place = 0
        if place is None:
            return False
        behind = place + 1
        while behind < len(rest) and rest[behind] in self._words.sets["copula_adverbs"]:
            behind += 1
        if behind >= len(rest) or rest[behind] not in self._words.sets["states"] or len(rest) - behind > 5:
            return False
        after = rest[behind + 1 : behind + 2]  # "I'm on my way" is in no state
        return (
            not after
            or after[0] in self._words.sets["behind_state"]
            or rest[behind] not in self._words.sets["particle_states"]
        )

    def _states_deed(self, rest: Sequence[str]) -> bool:
        """Return whether somebody is said to have done something: "you opened the trunk"."""
        if rest[0] not in self._words.sets["subjects"] and rest[0] not in self._words.sets["pronouns_contracted"]:
            return False
        place = 1
        while place < len(rest) and rest[place] in self._words.sets["past_between"]:
            place += 1
        return place < len(rest) and self._is_past(rest[place], rest[0], place)

    def _is_past(self, word: str, subject: str, place: int) -> bool:
        ending = (
            word.endswith(self._words.endings("past_endings")) and self._words.stem(word) in self._words.changing_stems
        )
        irregular = word in self._words.sets["past"] and (
            place > 1 or subject != "i" or word not in self._words.changing
        )
        return ending or irregular
