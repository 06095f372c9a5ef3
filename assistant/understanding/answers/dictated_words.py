"""Free words of a message as a recognizer took them down: which are kept sentences or nearly so, which may be wrong.

Pure. It proposes what the driver keeps or has sent before in place of words that differ from it in little; what is
proposed is read back word for word like everything else. Typed words never come here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from assistant.understanding.grammar.template_rules import CONNECTORS
from assistant.understanding.language import Language
from assistant.understanding.reading import Context, Reading
from assistant.understanding.slots.entities import Entities, EntityFinder, Stretch
from assistant.understanding.tokens import cut
from client.catalog import Catalog, Tool
from client.values import JSON
from voice.plain_words import plain_words

FREE_WORDS = frozenset({"message", "text", "body", "content"})
"""Last words of the names of parameters that hold the driver's own words."""
LEAST_WORDS = 3
"""Words that are a message rather than another value, behind words that may lead to either."""
ALIKE = 70
"""Likeness of two words (0 to 100) from which one may be the other misheard."""
MOST_MESSAGES = 9
"""Kept sentences that go with a reading."""
_BLANK = re.compile(r"\{(\w+)\}")
_SHORTENED = re.compile("'(?:m|s|d|ll|re|ve)$")
"""Ends of small words: "we'll". "Don't" is none."""
_FILLED_BY: Mapping[str, Callable[[Entities], Sequence[Stretch]]] = {
    "duration": lambda found: found.durations,
    "time": lambda found: found.times,
    "date": lambda found: found.days,
    "number": lambda found: found.numbers,
}
"""Blanks of kept sentences, and the entities that fill them."""


def free_words(tool: Tool | None) -> str:
    """Return the parameter of a tool that holds the driver's own words; "" where it has none."""
    if tool is None:
        return ""
    for name, schema in tool.properties.items():
        if name.rpartition(".")[2] in FREE_WORDS and schema.get("type", "string") == "string" and "enum" not in schema:
            return name
    return ""


def blank_of(sentence: str) -> str:
    """Return the name of the first blank of a kept sentence ("duration"), or ""."""
    found = _BLANK.search(sentence)
    return found[1] if found else ""


def filled(sentence: str, value: str) -> str:
    """Return the sentence with its first blank filled; a value that is already the whole sentence is returned alone."""
    head = plain_words(_BLANK.split(sentence, maxsplit=1)[0])
    if head and plain_words(value).startswith(head):
        return value
    return _BLANK.sub(value.strip(" .!?").replace("\\", ""), sentence, count=1)


@dataclass(frozen=True)
class _Meant:
    """Words to take for what was heard."""

    words: str
    near: bool = False
    """Whether they are a kept sentence that only comes near to what was heard."""
    dictated: bool = False
    """Whether no kept sentence comes near."""


class Dictation:
    """Weighs words taken down in one language against the sentences that the driver keeps."""

    def __init__(self, language: Language) -> None:
        self._negative = {phrase for phrase in language.answers["answers"]["no"] if " " not in phrase}
        self._small = frozenset(language.common - self._negative)
        rewording = language.answers["rewording"]
        self._leads = frozenset(rewording["leads"])
        heads = [(head.split(), name == "long") for name in ("heads", "long") for head in rewording[name]]
        self._heads = sorted(heads, key=lambda head: len(head[0]), reverse=True)
        self._finder = EntityFinder(language)

    def reworded(self, text: str, context: Context, catalog: Catalog) -> Mapping[str, JSON]:
        """Return the free words of a message where they were asked for, or are said anew; {} where they are not.

        What answers the question for them is words altogether, whatever else it might hold. While they are read back
        "change the message to ..." takes whatever follows, "make it ..." only what is no other value: three words or
        more, or a kept sentence, which also stands alone. Empty words are words that were not got.
        """
        name = free_words(catalog.find(context.pending_tool))
        if name and context.asked == name and not (context.form or context.confirming):
            return {name: text.strip()}
        if not name or not context.confirming or context.asked:
            return {}
        words = [word for word in cut(text) if word.spoken]
        while words and words[0].lower in self._leads:
            words = words[1:]
        whole = text[words[0].start : words[-1].end] if words else ""
        if whole and self.nearest(whole, self._kept(context), context) == whole:
            return {name: whole}
        for head, long in self._heads:
            rest = words[len(head) :]
            if [word.lower for word in words[: len(head)]] != head:
                continue
            if not rest:
                return {} if long else {name: ""}
            said = text[rest[0].start : rest[-1].end]
            kept = any(plain_words(said) == plain_words(one) for one in self._kept(context))
            if kept or not long or (len(rest) >= LEAST_WORDS and rest[0].lower not in self._negative):
                return {name: said}
        return {}

    def weighed(self, reading: Reading, context: Context, catalog: Catalog) -> Reading:
        """Return the reading with kept sentences in place of words that are nearly theirs, and what to offer instead.

        `dictated` marks words that are neither: they may be wrong.
        """
        kept = self._kept(context)
        best = reading.interpretations[0] if reading.interpretations else None
        name = free_words(catalog.find(best.tool)) if best is not None else ""
        asked = free_words(catalog.find(context.pending_tool))
        if not name and not asked:
            return reading
        said = str(reading.changes.get(asked) or (best.arguments.get(name) if best is not None else "") or reading.text)
        offered = replace(reading, messages=self.likeliest(said, kept))
        meant = None if context.blank else self._meant(reading.changes, asked, kept, context)
        if meant is not None:
            offered = replace(
                offered,
                changes={**reading.changes, asked: meant.words},
                near=(asked,) if meant.near else (),
                dictated=(asked,) if meant.dictated else (),
            )
        if best is not None and name and name not in best.arguments and _ends_openly(reading.text):
            return replace(offered, interpretations=(replace(best, dictated=True), *reading.interpretations[1:]))
        meant = self._meant(best.arguments, name, kept, context) if best is not None else None
        if best is not None and meant is not None:
            arguments = {**best.arguments, name: meant.words}
            settled = replace(best, arguments=arguments, near=meant.near, dictated=meant.dictated)
            if set(plain_words(meant.words).split()) <= CONNECTORS:  # "that", of "tell Tom that": the words are missing
                left = {key: value for key, value in best.arguments.items() if key != name}
                settled = replace(best, arguments=left, missing=(*best.missing, name), dictated=True)
            offered = replace(offered, interpretations=(settled, *reading.interpretations[1:]))
        return offered

    @staticmethod
    def _kept(context: Context) -> list[str]:
        return [*context.recent, *context.profile.quick_messages]

    def _meant(self, values: Mapping[str, JSON], name: str, kept: Sequence[str], context: Context) -> _Meant | None:
        """Return the words to take for the free words among the values; None where there are none."""
        words = values.get(name) if name else None
        if not isinstance(words, str):
            return None
        found = self.nearest(words, kept, context)
        return _Meant(words, dictated=True) if found is None else _Meant(found, near=found != words)

    def nearest(self, words: str, kept: Sequence[str], context: Context) -> str | None:
        """Return the kept sentence that has the same words but for small ones and sounds, blanks filled; or None."""
        candidates = [self._as_said(sentence, words, context) for sentence in kept]
        own = self._content(words)
        for sentence in candidates:
            if sentence and plain_words(sentence) == plain_words(words):
                return words
        return next((sentence for sentence in candidates if sentence and _pair_up(own, self._content(sentence))), None)

    def _as_said(self, sentence: str, words: str, context: Context) -> str:
        """Return the sentence with its blanks filled from the words; "" where they have nothing for one."""
        blank = blank_of(sentence)
        if not blank:
            return sentence
        entities = self._finder.find(words, context.now, context.utc_offset)
        found = _FILLED_BY[blank](entities) if blank in _FILLED_BY else ()
        if len(found) != 1 or len(_BLANK.findall(sentence)) > 1:
            return ""
        spoken = " ".join(word.text for word in entities.words[found[0].start : found[0].end])
        return _BLANK.sub(spoken, sentence, count=1)

    def _content(self, text: str) -> list[str]:
        words = [word.lower for word in cut(text) if word.spoken]
        return [word for word in words if word not in self._small and not _SHORTENED.search(word)] or words

    def likeliest(self, words: str, kept: Sequence[str]) -> tuple[str, ...]:
        """Return the kept sentences, those that share most with the words first, else in the driver's order."""
        own = self._content(words)

        def shared(sentence: str) -> int:
            return sum(any(fuzz.ratio(word, other) >= ALIKE for other in own) for word in self._content(sentence))

        return tuple(sorted(dict.fromkeys(kept), key=shared, reverse=True)[:MOST_MESSAGES])


def _ends_openly(text: str) -> bool:
    """Whether words were to follow: "send Tom that"."""
    return plain_words(text).rpartition(" ")[2] in CONNECTORS


def _pair_up(own: Sequence[str], others: Sequence[str]) -> bool:
    """Whether each word of one has one of the other that it may be, in the same order."""
    return len(own) == len(others) and all(fuzz.ratio(a, b) >= ALIKE for a, b in zip(own, others, strict=True))
