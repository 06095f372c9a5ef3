"""What may be said whatever tools there are: yes, no, control words, and how a change or an answer is led in.

Every phrase is data of the language (`language/*.answers.toml`). Understanding reads the same data, so that whatever is
understood is also listened for. This file holds no words and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.understanding.grammar.value_rules import any_of, in_turn, phrases
from assistant.understanding.language import Language
from voice.recognition.recognizer_base import Expression, Maybe

USUAL, OTHER = 10.0, 5.0
"""Likelihood of all usual phrases for a yes, a no or a control word together, and of all other ones together."""


class SpokenPhrases:
    """The phrases of one language as parts of a grammar."""

    def __init__(self, language: Language) -> None:
        answers, listening = language.answers["answers"], language.answers["listening"]
        self._usual = frozenset(phrases(listening["usual"]))
        unheard = phrases(listening["unheard"])
        self._yes = [phrase for phrase in phrases([*answers["yes"], *listening["yes"]]) if phrase not in unheard]
        self._no = phrases([*answers["no"], *answers["strong_no"], *listening["no"]])
        self._controls = phrases(phrase for kind in language.answers["controls"].values() for phrase in kind)
        self._acts = in_turn(
            Maybe(any_of(phrases(answers["leads"]))),
            any_of(phrases(answers["verbs"])),
            any_of(phrases(answers["objects"])),
        )
        self.change: tuple[str, ...] = tuple(phrases(listening["change"]))
        """What leads in a new value: "make it"."""
        self.refusing: tuple[str, ...] = tuple(phrases(listening["refusing"]))
        """What may stand before a change: "no", "yes but"."""
        self.leading: tuple[str, ...] = tuple(phrases(listening["leading"]))
        """What may stand before the answer to a question: "it's"."""
        self.rewording: tuple[str, ...] = tuple(phrases(language.answers["rewording"]["heads"]))
        """What leads in the words of a message that are said anew."""
        self.manners: tuple[str, ...] = tuple(phrases(listening["manners"]))
        """What may end a request: "please"."""
        self.no_more: tuple[str, ...] = tuple(phrases(language.answers["no_more"]["said"]))
        """What says that no more sentences follow: "that's all"."""
        self.about: tuple[str, ...] = tuple(phrases(listening["about"]))
        """What people put before a duration or a time: "around"."""

    def controls(self) -> Expression:
        """Return every control word and phrase."""
        return self._weighed(self._controls)

    def yes_or_no(self) -> Expression:
        """Return every way to say yes or no to a read-back, "book it" and its like among them."""
        return any_of([self._weighed([*self._yes, *self._no]), self._acts], (USUAL + OTHER, OTHER))

    def _weighed(self, found: Iterable[str]) -> Expression:
        """Return the phrases; the usual ones are likelier, however many others there are."""
        every = phrases(found)
        usual = [phrase for phrase in every if phrase in self._usual]
        other = [phrase for phrase in every if phrase not in self._usual]
        parts = [(any_of(part), weight) for part, weight in ((usual, USUAL), (other, OTHER)) if part]
        return any_of([part for part, _ in parts], tuple(weight for _, weight in parts) if len(parts) > 1 else ())
