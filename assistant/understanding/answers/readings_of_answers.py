"""What an utterance means to the request in hand: the value that was asked for, a change, one of the options.

Reads against the pending tool only; whether the utterance rather starts something new is weighed in `interpret`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from assistant.understanding.answers.answer_shapes import AnswerShapes
from assistant.understanding.answers.yes_or_no import YesOrNoReader
from assistant.understanding.language import Language
from assistant.understanding.mood import Mood, Moods
from assistant.understanding.reading import Context
from assistant.understanding.slots.entities import Entities, EntityFinder
from assistant.understanding.slots.fill import Filled, Filler
from assistant.understanding.slots.parameters import Kind, Slot
from assistant.understanding.slots.prepared import PreparedTool
from assistant.understanding.tokens import Word, cut, name_words, plain
from client.values import JSON

ALIKE = 80
"""Likeness of names (0 to 100) from which an option counts as named."""


MAY_BE_SENTENCES = frozenset({"message", "body", "text", "content", "note", "subject", "title", "query", "question"})
"""Words of the names of parameters whose values may be sentences, statements and requests among them."""


class Answers:
    """Takes answers and changes in one language."""

    def __init__(
        self, language: Language, filler: Filler, finder: EntityFinder, confirming: YesOrNoReader, moods: Moods
    ) -> None:
        self._language = language
        self._filler = filler
        self._finder = finder
        self._confirming = confirming
        self._shapes = AnswerShapes(language)
        self._moods = moods
        self._nones = frozenset(language.answers["answers"]["none_values"])
        self._pointing = frozenset(language.mood["shapes"]["objects"]) | {*language.words("references", "ones")}
        self._evening_stems = {language.stem(word) for word in language.words("time", "evening")}

    def changes(self, text: str, prepared: PreparedTool, context: Context) -> Filled:
        """Return the values that the text gives for the pending request, by parameter."""
        named = self._named(text, prepared, context.asked)
        if named is not None:
            return Filled({context.asked: named}, {})
        if not self._may_answer(text, prepared, context):
            return Filled({}, {})
        rest = self._confirming.rest(text) or text
        if rest != text and self._pointing.issuperset(plain(rest).split()):
            return Filled({}, {})  # "not that one"
        entities = self._finder.find(rest, context.now, context.utc_offset, context.codes)
        half = self.afternoon(prepared, context.pending_arguments)
        entities = replace(entities, afternoon=half, evening=self.evening(prepared))
        asked = context.asked or self._meant(prepared, entities, context)
        marked = bool(context.asked) or rest != text
        filled = self._filler.fill(
            prepared,
            entities,
            context,
            asked,
            left=marked and bool(asked),
            kept=self._kept(prepared, context),
            answered=_answered(prepared, context),
        )
        return Filled({}, {}) if self._switches_another(prepared, entities, filled, context.asked) else filled

    @staticmethod
    def _kept(prepared: PreparedTool, context: Context) -> frozenset[str]:
        """Return the free texts that have a value already, where another parameter is asked for."""
        texts = {slot.path[0] for slot in prepared.slots if slot.kind is Kind.TEXT}
        said = {name for name, value in context.pending_arguments.items() if value is not None}
        return frozenset((texts & said) - {context.asked}) if context.asked else frozenset()

    def _switches_another(self, prepared: PreparedTool, entities: Entities, filled: Filled, asked: str) -> bool:
        """Return whether an answer holds a mere "on" or "off" of something else: "a/c off", asked for a level."""
        given = set(filled.arguments) - set(prepared.tool.defaults)
        switches = {slot.path[0] for slot in prepared.slots if slot.kind is Kind.BOOLEAN}
        if not asked or asked in given or not given or not given <= switches:
            return False
        own = {stem for slot in prepared.slots for stem in (*slot.gist_stems, *slot.tool_stems)}
        small = {
            *self._language.common,
            *self._language.words("boolean", "yes"),
            *self._language.words("boolean", "no"),
        }
        return any(word not in small and self._language.stem(word) not in own for word in entities.lowered)

    def _may_answer(self, text: str, prepared: PreparedTool, context: Context) -> bool:
        """Return whether the text may answer the question for a parameter; a message may be any words.

        Where nothing is asked or confirmed, it may correct the request that went before.
        """
        asked = context.asked
        slots = [slot for slot in prepared.slots if asked in ("", slot.name)]
        names = {word for slot in slots for word in (*slot.words, *name_words(slot.name))}
        if not slots or (asked and MAY_BE_SENTENCES & names):
            return True
        if not asked and context.confirming:
            return not self._speaks_of_else(text, {*names, *name_words(prepared.tool.name)})
        if asked and all("pattern" in slot.schema for slot in slots):
            return True  # a code is found by its pattern, whatever else the sentence says
        rest = self._confirming.rest(text) or text
        kept = self._kept(prepared, context)
        words = plain(rest).split()[:-1]
        if any(slot.path[0] in kept and slot.words[-1] in words for slot in prepared.slots if slot.words):
            return True  # "and the message is ..."
        told = self._states(rest) and not self._shapes.tells(rest, self._moods.parts(rest))
        if told or (self._states(text) and self._shapes.compares(rest)):
            return False
        dialled = asked and all(slot.roles[:1] == ("phone",) for slot in slots) and not any(map(str.isdigit, rest))
        if not dialled and (not asked or any(slot.kind in (Kind.TEXT, Kind.LIST) for slot in slots)):
            return not self._shapes.is_of_another(rest, names)
        return self._shapes.fits(rest, names, name_words(prepared.tool.name))

    def _speaks_of_else(self, text: str, names: Collection[str]) -> bool:
        """Return whether words said while a read-back waits tell of something else: "we ate there on Sunday"."""
        rest = self._confirming.rest(text) or text
        parts = [part for said in (text, rest) for part in self._moods.parts(said)]
        other = self._shapes.is_of_another(rest, names)
        told = all(part.mood is Mood.DROP or (part.states and (other or part.mood is Mood.TELL)) for part in parts)
        return told and not self._shapes.gives(rest, names, parts)

    def _states(self, text: str) -> bool:
        """Return whether a text is a statement and nothing else: "my wife likes the radio"."""
        return all(part.states and part.mood is Mood.TELL for part in self._moods.parts(text))

    def _named(self, text: str, prepared: PreparedTool, asked: str) -> bool | None:
        """Return what a switch becomes where its own name is the answer: "folded", "not folded"."""
        if not any(slot.name == asked and slot.kind is Kind.BOOLEAN for slot in prepared.slots):
            return None
        words, name = plain(text).split(), list(name_words(asked))
        if words == name:
            return True
        return False if words[1:] == name and words[0] in self._language.words("boolean", "no") else None

    def afternoon(self, prepared: PreparedTool, arguments: Mapping[str, JSON]) -> bool | None:
        """Return which half of the day a pending time is in, for a bare hour that replaces it."""
        for slot in prepared.slots:
            value = arguments.get(slot.path[0])
            if slot.kind is Kind.TIME and isinstance(value, str) and value[:2].isdigit():
                return int(value[:2]) >= 12
            if slot.kind is Kind.DATE_TIME and isinstance(value, str) and value[11:13].isdigit():
                return int(value[11:13]) >= 12
        return None

    def evening(self, prepared: PreparedTool) -> bool:
        """Return whether the tool is for what people do in the evening."""
        return any(slot.gist_stems & self._evening_stems for slot in prepared.slots)

    def _meant(self, prepared: PreparedTool, entities: Entities, context: Context) -> str:
        """Return the parameter that a lone value changes: a time before a number, a number before a name."""
        alone = len(entities.words) <= 3
        pending = [slot for slot in prepared.slots if slot.path[0] in context.pending_arguments]
        if alone and len(entities.numbers) == 1 and entities.numbers[0].start == 0:
            single = entities.numbers[0].end == len(entities.words) and 1 <= entities.numbers[0].value <= 12
            for slot in pending:
                if slot.kind is Kind.TIME and single:
                    return slot.name
            return next((slot.name for slot in pending if slot.kind in (Kind.INTEGER, Kind.NUMBER)), "")
        if entities.numbers or entities.days or entities.times:
            return ""
        texts = [slot.name for slot in pending if slot.kind is Kind.TEXT]
        return texts[0] if len(texts) == 1 else ""

    def choice(self, text: str, options: Sequence[str]) -> int | None:
        """Return the index of the option that was chosen by its place or name; None where none clearly was."""
        if not options:
            return None
        bare = plain(text)
        words = cut(bare)
        if " ".join(word.lower for word in words) in self._language.words("options", "other"):
            return 1 if len(options) == 2 else None
        named = [index for index, option in enumerate(options) if plain(option) and f" {plain(option)} " in f" {bare} "]
        if named:
            longest = max(named, key=lambda index: len(options[index]))
            return longest if len(named) == 1 or plain(options[longest]).count(" ") else None
        told = [set(plain(option).split()) - self._language.common for option in options]
        hits = [
            index
            for index, own in enumerate(told)
            if (own - set().union(*(other for i, other in enumerate(told) if i != index))) & set(bare.split())
        ]
        if len(hits) == 1:
            return hits[0]
        if len(words) <= 6:
            if any(f" {last} " in f" {bare} " for last in self._language.words("options", "last")):
                return len(options) - 1
            nouns = self._language.words("options", "nouns")
            for number in self._finder.numbers.all(words):
                if self._points(words, number.start, number.end):
                    continue
                others = [word.lower for place, word in enumerate(words) if not number.start <= place < number.end]
                if sum(word not in self._language.common and word not in nouns for word in others) > 1:
                    continue  # a figure in a sentence of its own ("set a timer for one minute")
                if number.whole and 1 <= number.value <= len(options):
                    return int(number.value) - 1
        scores = sorted(
            ((fuzz.token_set_ratio(plain(option), bare), index) for index, option in enumerate(options)), reverse=True
        )
        if scores[0][0] >= ALIKE and (len(scores) == 1 or scores[0][0] > scores[1][0] + 5):
            return scores[0][1]
        return None

    def _points(self, words: Sequence[Word], start: int, end: int) -> bool:
        """Return whether "one" stands for a thing that is named before it ("the photos one"), and counts nothing."""
        small = {*self._language.common, *self._language.words("options", "nouns")}
        pointing = end - start == 1 and words[start].lower in self._language.words("references", "ones")
        return pointing and start > 0 and words[start - 1].lower not in small

    def takes_bare(self, text: str, prepared: PreparedTool | None, context: Context) -> bool:
        """Return whether a bare yes or no, or "none", is among the values that were asked for."""
        slots = prepared.slots if prepared is not None and context.asked else ()
        asked = [slot for slot in slots if slot.path[0] == context.asked]
        switch = any(slot.kind is Kind.BOOLEAN for slot in asked)
        return switch or self._offers_bare(text, asked, context.options)

    def _offers_bare(self, text: str, asked: Sequence[Slot], options: Sequence[str]) -> bool:
        """Return whether yes and no are all that may be chosen, or "none" is among it and was said."""
        yes, no = self._language.words("boolean", "yes"), self._language.words("boolean", "no")
        listed = [[plain(str(value)) for value in slot.values] for slot in asked] + [[plain(each) for each in options]]
        either = any(values and set(values) <= {*yes, *no} for values in listed)
        return either or any(plain(text) in values and plain(text) in self._nones for values in listed)

    def otherwise(self, choice: int | None, options: Sequence[str]) -> int | None:
        """Return what is left to choose where an option is refused by its name: the other one of two, else none."""
        return 1 - choice if choice is not None and len(options) == 2 else None


def _answered(prepared: PreparedTool, context: Context) -> frozenset[str]:
    """Return the parameters, other than the one asked for, whose values were given and are no defaults."""
    defaults = prepared.tool.defaults
    given = {n for n, v in context.pending_arguments.items() if v is not None and v != defaults.get(n)}
    return frozenset(given - {context.asked}) if context.asked else frozenset()
