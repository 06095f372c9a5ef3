"""Several requests in one sentence: each in its order, and what of them is not understood is named and never lost.

Parts a sentence only where both halves ask for something, so that "milk and eggs" stays one value. It proposes nothing
itself: what a half asks for, it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.understanding.answers.clauses import Clauses
from assistant.understanding.language import Language
from assistant.understanding.mood import MoodPart
from assistant.understanding.reading import Context, Interpretation, shifted
from assistant.understanding.routing.acceptance import Objects
from assistant.understanding.slots.parameters import Slot
from assistant.understanding.tokens import name_words, spoken_words
from client.catalog import Catalog, Tool

Clear = Callable[[str, Context, MoodPart], Interpretation | None]
"""What a text asks for, if that is clear."""
Half = Callable[[str, Context], Interpretation | None]
"""What half a sentence asks for as far as it is understood at all."""
ONE = 0.9
"""Score from which a sentence with a pause in it asks for one thing."""
PAUSES = ",;.!?"
"""Marks between what may be two requests."""
SURE = 0.6
"""Score from which half a sentence asks for that tool and no other."""
LEAST_SECOND = 0.25
"""Score below which a second request is named as left and not taken up: what is no choice is no request either."""
FEWEST_AGAIN, SHORTEST_AGAIN = 2, 3
"""Parameters that each half must give where the second goes without a verb, and words that it then has at least."""
MOST_REQUESTS = 3
"""Requests that one sentence is parted into; a driver who says more in one breath is asked for the rest."""
LONGEST_PARTED = 600
"""Characters up to which a text is parted at several joins; a longer text is parted at the first join only."""
MOST_JOINS = 4
"""Joining words of a text at which it is parted, from its beginning: the work for an endless sentence stays bounded."""
OPEN_ENDED: tuple[tuple[str, ...], ...] = ((), ("title",), ("list",), ("message",), ("query",))
"""First roles of parameters whose words may go on over "and"."""


@dataclass(frozen=True)
class Parting:
    """One way to part a sentence, of which only one half is clear."""

    clear: Interpretation
    """With its spans in the whole sentence."""
    other: str
    """The half that is not."""
    start: int
    end: int
    """The characters of that half."""

    def shifted(self, offset: int) -> Parting:
        """Return it in a text in which its own begins at `offset`."""
        return replace(self, clear=shifted(self.clear, offset), start=self.start + offset, end=self.end + offset)


class Several:
    """Parts the sentences that are said to one catalog."""

    def __init__(
        self, catalog: Catalog, language: Language, clear: Clear, slots: Callable[[Tool], Sequence[Slot]]
    ) -> None:
        """`slots` are the parameters of a tool."""
        self._catalog = catalog
        self._stem = language.stem
        self._synonyms = language.synonyms
        self._common = language.common
        self._numbers = frozenset(language.table("numbers", "words"))
        self._determiners = frozenset(language.mood["determiners"])
        self._clauses = Clauses(language)
        self._objects = Objects(language, self._clauses)
        self._clear = clear
        self._slots = slots
        self._names_of_tools = frozenset(self._stem(word) for tool in catalog for word in name_words(tool.name))

    def parted(
        self, text: str, context: Context, part: MoodPart, *, most: int = MOST_REQUESTS
    ) -> tuple[Interpretation | None, tuple[Parting, ...]]:
        """Return the requests of a sentence, at most `most`, if each part of it clearly asks for one.

        If it has no such parts, return the ways to part it of which one half is clear and the other one asks too.
        """
        found: list[Parting] = []
        joins = MOST_JOINS if len(text) <= LONGEST_PARTED else 1
        for first, second in self._clauses.halves(text)[:joins]:
            opens = self._clauses.opens_request(second)
            paused = text[len(first)] in PAUSES and not self._clauses.joins(text[len(first) :])
            if paused and not self._asks(first):
                continue
            if not opens and not self._may_name(second):
                continue
            at = len(text) - len(second)
            one = self._clear(first, context, part)
            if one is None and not self.orders(first):
                continue
            after = (
                replace(context, previous_tool=one.tool, previous_arguments=one.arguments, results=())
                if one
                else context
            )
            further = self.parted(second, after, part, most=most - 1)[0] if most > 2 else None
            two = further or self._clear(second, after, part)
            if one is None or two is None:
                clear = one or (shifted(two, at) if two is not None else None)
                other, start, end = (second, at, len(text)) if one else (first, 0, len(first))
                begins = opens or (two is not None and self._names(second, two))
                if clear is not None and begins and self.orders(other) and len(other.split()) > 1:
                    found.append(Parting(clear, other, start, end))
                continue
            whole = self._clear(text, context, part) if paused else None
            if whole is not None and whole.score >= ONE:
                continue  # "let some air in, open a window" says one thing twice
            if self._are_two(first, second, one, two, opens=opens):
                then = tuple(shifted(each, at) for each in (replace(two, then=()), *two.then))
                return replace(one, then=then, score=min(one.score, two.score)), ()
            if opens and one.tool == two.tool and one.score < SURE <= two.score:
                found.append(Parting(shifted(two, at), first, 0, len(first)))
            elif opens and one.tool == two.tool and two.score < SURE <= one.score:
                found.append(Parting(one, second, at, len(text)))
        return None, tuple(found)

    def surely(
        self, text: str, whole: Sequence[Interpretation], context: Context, half: Half, *, most: int = MOST_REQUESTS
    ) -> tuple[Interpretation, ...]:
        """Return both requests of a sentence whose halves both begin as requests do; () for a sentence of one request.

        However unclear they are, neither is lost: a half that is not understood is named as left. A verb behind "and"
        begins no request inside a value of the whole ("add buy milk and call mom"); a question does.
        """
        for first, second in self._clauses.halves(text)[:MOST_JOINS]:
            at = len(text) - len(second)
            joined = self._clauses.joins(text[len(first) :])
            if not joined or not self.orders(first) or not self._clauses.opens_request(second):
                continue
            spans = [span for found in whole[:1] for span in found.spans.values()]
            if any(span.start < len(first) and at < span.end for span in spans) and not self._clauses.asks(second):
                continue
            one = half(first, context)
            after = (
                replace(context, previous_tool=one.tool, previous_arguments=one.arguments, results=())
                if one
                else context
            )
            further = self.surely(second, (), after, half, most=most - 1) if most > 2 else ()
            two = further[0] if further else half(second, after)
            if one is not None and two is not None and two.score >= LEAST_SECOND:
                then = tuple(shifted(each, at) for each in (replace(two, then=()), *two.then))
                return (replace(one, then=then, left=two.left),)
            if one is not None:
                return (replace(one, left=second),)
            if two is not None:
                return (replace(shifted(two, at), left=" ".join(filter(None, (first, two.left)))),)
            in_second = bool(spans) and all(span.start >= at for span in spans)
            return tuple(replace(found, left=first if in_second else second) for found in whole[:1])
        return ()

    def again(self, text: str, context: Context, part: MoodPart) -> Interpretation | None:
        """Return two requests for one tool of which the second goes without the verb of the first; None for others.

        "Convert ten euros to zloty and thirty dollars to yen": each half must give the same parameters, and two or
        more of them, so that "add milk and eggs" stays one.
        """
        for first, second in self._clauses.halves(text)[:MOST_JOINS]:
            bare = self._clauses.without_pleas(first)
            verb = bare.split(maxsplit=1)[0] if bare else ""
            joined = verb and self._clauses.joins(text[len(first) :]) and not self.orders(second)
            if not joined or not self._is_parallel(first, second):
                continue
            one, two = self._clear(first, context, part), self._clear(f"{verb} {second}", context, part)
            if one is None or two is None or one.tool != two.tool:
                continue
            opens = self._clauses.opens_request(first) or self._names(first, one)
            alike = one.spans.keys() & two.spans.keys()
            told = min(len({each.spans[name] for name in alike}) for each in (one, two))  # a day may fill two
            if opens and told >= FEWEST_AGAIN:
                at = len(text) - len(second) - len(verb) - 1
                return replace(one, then=(shifted(two, at),))
        return None

    def _is_parallel(self, first: str, second: str) -> bool:
        """Return whether a half says a thing and, behind a small word of the other half too, another: "x to y"."""
        one, two = spoken_words(first), spoken_words(second)
        leading = (set(one[1:-1]) & set(two[1:-1]) & self._common) - self._determiners
        return len(two) >= SHORTEST_AGAIN and bool(leading)

    def with_left(self, found: tuple[Interpretation, ...], partings: Sequence[Parting]) -> tuple[Interpretation, ...]:
        """Return what a whole sentence asks for, with the half that it says nothing of named as left."""
        for parting in partings:
            if not found:
                return (replace(parting.clear, left=parting.other),)
            spans = found[0].spans.values()
            said = any(span.start < parting.end and parting.start < span.end for span in spans)
            if found[0].tool == parting.clear.tool and not said:
                return (replace(parting.clear, left=parting.other), *found[1:])
        return found

    def _are_two(self, first: str, second: str, one: Interpretation, two: Interpretation, *, opens: bool) -> bool:
        if one.tool == two.tool:
            again = dict(one.arguments) == dict(two.arguments)
            return opens and not again and self._clauses.same_opening(first, second)
        return opens or (self._names(second, two) and not self._goes_on(first, one))

    def orders(self, text: str) -> bool:
        """Return whether a text begins as a request does, or with a verb and its object: "double the batch"."""
        words = spoken_words(self._clauses.without_pleas(self._clauses.without_joins(text)))
        object_ = len(words) > 2 and words[1] in self._determiners and words[0] not in self._common
        return self._clauses.opens_request(text) or object_

    def _asks(self, text: str) -> bool:
        """Return whether a text before a pause is a request in full: "change of plan" names nothing to change."""
        return self._clauses.opens_request(text) and bool(self._objects.of(text))

    def _may_name(self, text: str) -> bool:
        words = spoken_words(self._clauses.without_pleas(text))
        counted = bool(words) and (words[0] in self._numbers or words[0].isdigit())  # "between five and ten percent"
        if len(words) < 2 or counted:
            return False
        heads = {self._stem(word) for word in (*words[:1], *self._objects.of(text)[-1:]) if word not in self._common}
        return any(not self._names_of_tools.isdisjoint(self._synonyms(head)) for head in heads)

    def _names(self, text: str, found: Interpretation) -> bool:
        """Return whether a half without a verb that is known names what its tool is called by: "all scenes"."""
        tool = self._catalog.find(found.tool)
        own = {self._stem(word) for word in name_words(tool.name)} if tool is not None else set()
        words = spoken_words(self._clauses.without_pleas(text))
        things = [word for word in self._objects.of(text) if word not in self._common]
        verb = bool(words) and words[0] not in self._common and self._stem(words[0]) in own  # "flash the headlights"
        return verb or (bool(things) and all(self._synonyms(self._stem(word)) & own for word in things[-1:]))

    def _goes_on(self, text: str, found: Interpretation) -> bool:
        """Return whether a text at the end of a request may go on over "and": "write bread and butter"."""
        tool = self._catalog.find(found.tool)
        slots = self._slots(tool) if tool is not None else ()
        ends = {name for name, span in found.spans.items() if span.end >= len(text.rstrip(" ,"))}
        return any(".".join(slot.path) in ends and slot.roles[:1] in OPEN_ENDED and "enum" not in slot.schema
                   for slot in slots)  # fmt: skip
