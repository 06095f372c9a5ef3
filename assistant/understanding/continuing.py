"""Requests that go on from the one before: "and tomorrow?", "the same but at eight", "turn it off".

Reads such a sentence against the tool of the request before. It starts no request of another kind and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.understanding.answers.clauses import Clauses
from assistant.understanding.answers.readings_of_answers import Answers
from assistant.understanding.language import Language
from assistant.understanding.mood import MoodPart
from assistant.understanding.mood_gate import Gate
from assistant.understanding.proposing import CLEAR
from assistant.understanding.reading import Context, Interpretation, Span
from assistant.understanding.references import Rewritten
from assistant.understanding.routing.router import Router
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.fill import Filler
from assistant.understanding.slots.prepared import PreparedTools
from assistant.understanding.tokens import plain
from client.catalog import Tool

CONTINUED = 0.85
"""Score of what goes on from the request before."""
LONGEST_REFERENCE = 8
"""Words of a sentence that may be about "it" alone."""

Hearing = Callable[[str, Context], tuple[Rewritten, Entities]]


@dataclass(frozen=True)
class Continuing:
    """Reads what goes on from the request before, against one catalog."""

    language: Language
    clauses: Clauses
    router: Router
    gate: Gate
    answers: Answers
    filler: Filler
    tools: PreparedTools
    heard: Hearing
    """Gives a sentence with stand-ins for words that point elsewhere, and what it holds."""

    def of(self, text: str, previous: Tool, context: Context, part: MoodPart) -> Interpretation | None:
        """Return the request before with what a sentence says anew; None if it does not go on from it."""
        opening = self.clauses.continues(text)
        bare = plain(text).split()
        pointing = len(bare) <= LONGEST_REFERENCE and not set(self.language.words("references", "it")).isdisjoint(bare)
        if opening is None and (not pointing or self.only_points(text)):
            return None
        same, rest = opening if opening is not None else (False, text)
        routes = self.router.routes(rest, without=self.gate.barred(part, self.router.tools))
        if not same and routes and routes[0].score >= CLEAR and routes[0].tool is not previous:
            return None
        meant, entities = self.heard(rest, context)
        prepared = self.tools(previous)
        entities = replace(entities, afternoon=self.answers.afternoon(prepared, context.previous_arguments))
        filled = self.filler.fill(prepared, entities, context, left=not pointing)
        turned = pointing and self.gate.turns(part, entities.text, previous)  # "turn it off" says a value, too
        if not filled.arguments and not turned and not (same and not rest.strip(" ?.!")):
            return None
        offset = len(text) - len(rest)
        passed = self.gate.passed(
            part, entities.text, previous, {**context.previous_arguments, **filled.arguments}, filled.spans
        )
        if passed.arguments is None:
            return None
        arguments = dict(passed.arguments)
        missing = tuple(name for name in previous.required if name not in arguments)
        back = {name: meant.back(span) for name, span in filled.spans.items()}
        spans = {name: Span(span.start + offset, span.end + offset) for name, span in back.items()}
        return Interpretation(previous.qualified, arguments, missing, CONTINUED, spans)

    def only_points(self, text: str) -> bool:
        """Return whether words only point at a thing ("one", "that one"): alone they begin nothing."""
        words = self.language.words
        pointing = {*words("references", "it"), *words("references", "ones"), *words("options", "nouns")}
        return pointing.issuperset(plain(text).split())
