"""Which requests an utterance holds: each part in its own mood, several in order, and what is left of them.

Pure; it proposes, as `proposing.py` does of one clause, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from assistant.understanding.answers.clauses import Clauses
from assistant.understanding.answers.readings_of_answers import Answers
from assistant.understanding.beside import Beside
from assistant.understanding.completing import Completing
from assistant.understanding.continuing import Continuing
from assistant.understanding.idioms import Idioms
from assistant.understanding.language import Language
from assistant.understanding.mood import Mood, MoodPart, asking
from assistant.understanding.mood_gate import Gate
from assistant.understanding.mood_words import IDLE
from assistant.understanding.proposing import CLEAR, Proposals
from assistant.understanding.reading import Context, Half, Interpretation, Reading, Span, shifted
from assistant.understanding.references import REPAIRED, References, Rewritten, vocabulary
from assistant.understanding.routing.router import Router
from assistant.understanding.several import Parting, Several
from assistant.understanding.slots.entities import Entities, EntityFinder
from assistant.understanding.slots.fill import Filler
from assistant.understanding.slots.prepared import PreparedTools
from client.catalog import Catalog


class Requests:
    """Reads the requests of utterances against one catalog."""

    def __init__(
        self,
        catalog: Catalog,
        language: Language,
        *,
        router: Router,
        proposals: Proposals,
        gate: Gate,
        beside: Beside,
        clauses: Clauses,
        finder: EntityFinder,
        filler: Filler,
        answers: Answers,
        prepared: PreparedTools,
    ) -> None:
        """`prepared` gives a tool of the catalog with its parameters read."""
        self._catalog = catalog
        self._language = language
        self._router = router
        self._proposals = proposals
        self._gate = gate
        self._beside = beside
        self._clauses = clauses
        self._finder = finder
        self._filler = filler
        self._tool = prepared
        self._completing = Completing(language)
        self._idioms = Idioms(language)
        self._references = References(language)
        self._known, self._sounds = vocabulary(catalog, language)
        self._several = Several(catalog, language, self._clear, lambda tool: prepared(tool).slots)
        self._continuing = Continuing(language, clauses, router, gate, answers, filler, prepared, self._heard)

    def of(self, text: str, context: Context, parts: Sequence[MoodPart]) -> Reading:
        """Return the requests of an utterance, each part of it in its own mood."""
        parts = asking([self._stated(text, part) for part in parts])
        found: tuple[Interpretation, ...] = ()
        served: list[tuple[tuple[Interpretation, ...], str]] = []
        for part in (each for each in parts if each.mood not in IDLE):
            both, partings = self._both(text, context, part)
            found = both or tuple(
                shifted(each, part.start) for each in self._wanted(text[part.start : part.end], context, part)
            )
            if part.unreal:
                found = ()  # "I should have sent Peter a message" wants nothing read
            if part.told is not None and not both:
                found = self._several.with_left(self._led(found, text, context, part, part.told), partings)
            one = tuple(each for first in found[:1] for each in (replace(first, then=()), *first.then))
            served.append((one, text[part.start : part.end]))
        if len(parts) > 1:
            found = self._in_order(served) or found
        refuses = any(part.mood is Mood.DO_NOT for part in parts)
        if found:
            mood = next(part.mood for part in parts if part.mood not in IDLE)
            return Reading(interpretations=found, text=text, mood=mood, refuses=refuses)
        first = next((part for part in parts if part.mood in IDLE), parts[0])
        return Reading(
            text=text,
            mood=Mood.DO if first.equates else first.mood,  # "the moon is made of cheese" is no question
            refuses=refuses,
            about=self._about(text, context) if first.mood in (Mood.DO_NOT, Mood.UNDO) else (),
            half=self._half(text[first.start : first.end], context, first),
        )

    def _in_order(self, served: Sequence[tuple[Sequence[Interpretation], str]]) -> tuple[Interpretation, ...]:
        """Return what the parts of an utterance ask for as one request with those that follow it, () for none.

        `served` has each part's requests and its words. What is clear counts; where nothing is, but each part begins
        as a request does, all that is understood at all.
        """
        opening = [self._several.orders(said) for _, said in served]
        wanted = [each for one, _ in served for each in one]
        clear = [each for each in wanted if each.score >= CLEAR]
        least = CLEAR if clear or not all(opening) else 0.0
        left = [
            self._clauses.without_joins(said)
            for (one, said), opens in zip(served, opening, strict=True)
            if opens and not any(each.score >= least for each in one)
        ]
        kept = clear or (wanted if not least else sorted(wanted, key=lambda each: -each.score)[:1])
        if not kept:
            return ()
        told = " ".join(left) if kept[0].score >= least else ""
        return (replace(kept[0], then=tuple(kept[1:]), left=told),)

    def _stated(self, text: str, part: MoodPart) -> MoodPart:
        """Return a statement as a request if a tool keeps what it states: "i spent ten euros on parking"."""
        keeps = part.states and part.mood in (Mood.TELL, Mood.DO) and self._router.stated(text[part.start : part.end])
        return replace(part, mood=Mood.DO, states=False) if keeps else part

    def _both(
        self, text: str, context: Context, part: MoodPart
    ) -> tuple[tuple[Interpretation, ...], tuple[Parting, ...]]:
        """Return two requests of which the first looked like a statement: "flash the lights, then lock the doors".

        If only one of them is clear, return the ways to part them.
        """
        if part.told is None:
            return (), ()
        whole = replace(part, start=part.told, told=None)
        found, partings = self._several.parted(text[part.told : part.end], context, whole)
        return ((shifted(found, part.told),) if found is not None else ()), tuple(
            each.shifted(part.told) for each in partings
        )

    def _led(
        self, found: tuple[Interpretation, ...], text: str, context: Context, part: MoodPart, told: int
    ) -> tuple[Interpretation, ...]:
        """Return requests with what statements before them say; without requests, what the whole of it asks for."""
        if not found:
            return self._begun(text, context, replace(part, start=told, told=None), part.start)
        said, statements = text[part.start : part.end], Span(told, part.start)
        led = [(each, self._beside.led(each, text, statements, context)) for each in found]
        return tuple(more if self._stands(more, said, part) else each for each, more in led)

    def _stands(self, found: Interpretation, said: str, part: MoodPart) -> bool:
        tool = self._catalog.find(found.tool)
        return (
            tool is not None and self._gate.passed(part, said, tool, found.arguments, {}).arguments == found.arguments
        )

    def _begun(self, text: str, context: Context, part: MoodPart, end: int) -> tuple[Interpretation, ...]:
        """Return what a part asks for if its beginning, up to the character `end`, clearly asks for that already."""
        said = text[part.start : part.end]
        if len(self._gate.moods.parts(said)) > 1:
            return ()  # a statement or question of its own; "bake at 150, note it" is one request
        begun, whole = self._wanted(text[part.start : end], context, part), self._wanted(said, context, part)
        alike = begun and whole and begun[0].tool == whole[0].tool and begun[0].score >= CLEAR
        return tuple(shifted(each, part.start) for each in whole) if alike else ()

    def _about(self, text: str, context: Context) -> tuple[str, ...]:
        """Return the tools that a refusal may speak of, likeliest first."""
        return tuple(route.tool.qualified for route in self._router.routes(self._heard(text, context)[0].text))

    def _half(self, text: str, context: Context, part: MoodPart) -> Half | None:
        """Return what the tool that fits best does instead of what was said, if it was left for that."""
        if part.mood is not Mood.DO:
            return None
        entities = self._heard(text, context)[1]
        if not self._router.routes(entities.text):
            return None
        for route in self._proposals.routes(entities, replace(part, mood=Mood.DO), gated=False)[:1]:
            filled = self._filler.fill(self._tool(route.tool), entities, context)
            return self._gate.passed(part, entities.text, route.tool, filled.arguments, filled.spans).half
        return None

    def _wanted(self, text: str, context: Context, part: MoodPart) -> tuple[Interpretation, ...]:
        spelled = self._completing.spelled(text)
        if spelled.pieces:
            return tuple(map(spelled.interpretation, self._wanted(spelled.text, context, part)))
        instead = self._idioms.instead(text) if part.mood is Mood.DO else None
        if instead is not None and instead.text.strip() != text.strip():
            return tuple(map(instead.interpretation, self._wanted(instead.text, context, part)))
        pointed = self._pointed(text, context, part)
        if pointed and pointed[0].score >= CLEAR:
            return pointed
        continued = self._continued(text, context, part)
        if continued is not None or pointed:
            return (continued,) if continued is not None else pointed
        if self._continuing.only_points(text):
            return ()
        said = self._in_plain_words(text, context, part, surely=True)
        if said and said[0].score >= CLEAR:
            return said
        foreign = self._completing.is_foreign(text)
        plainer = self._completed(text, context, part) if foreign else ()
        if plainer and plainer[0].score >= CLEAR:
            return plainer
        found = self._asked(text, context, part)
        if found and found[0].score >= CLEAR:
            return found
        said = self._in_plain_words(text, context, part, surely=False)
        if said and said[0].score >= (CLEAR if not found else found[0].score):
            return said
        plainer = plainer if foreign else self._completed(text, context, part)
        if plainer and plainer[0].score >= CLEAR:
            return plainer
        return found or self._repaired(text, context, part) or plainer

    def _in_plain_words(
        self, text: str, context: Context, part: MoodPart, *, surely: bool
    ) -> tuple[Interpretation, ...]:
        """Return what an idiom asks for, said in plain words; `surely` as its data has it."""
        if part.mood not in (Mood.DO, Mood.TELL):
            return ()
        best: tuple[Interpretation, ...] = ()
        for plain in self._idioms.plainly(text, surely=surely, asks=part.mood is Mood.TELL):
            found = tuple(map(plain.interpretation, self._asked(plain.text, context, part)))
            tool = self._catalog.find(found[0].tool) if found else None
            if tool is None or self._gate.opposes(text, tool):
                continue  # "cross milk off the list" adds none, whatever its plain words reach
            if not best or found[0].score > best[0].score:
                best = found
        return best

    def _completed(self, text: str, context: Context, part: MoodPart) -> tuple[Interpretation, ...]:
        """Return what an order means in plainer words: one without a verb, with its verb at its end, and the like."""
        if part.mood is not Mood.DO:
            return ()
        first: tuple[Interpretation, ...] = ()
        for whole in self._completing.ways(text, elliptic=self._gate.moods.is_elliptic(text)):
            found = tuple(map(whole.interpretation, self._asked(whole.text, context, part)))
            if found and found[0].score >= CLEAR:
                return found
            first = first or found
        return first

    def _pointed(self, text: str, context: Context, part: MoodPart) -> tuple[Interpretation, ...]:
        """Return what a sentence means whose "there", "her" or "the second one" is known from before."""
        return self._asked(text, context, part) if self._heard(text, context)[0].pieces else ()

    def _heard(self, text: str, context: Context) -> tuple[Rewritten, Entities]:
        """Return the sentence with stand-ins for words that point elsewhere, and what it holds."""
        entities = self._finder.find(text, context.now, context.utc_offset, context.codes)
        previous = self._catalog.find(context.previous_tool) if context.previous_tool else None
        if previous is None and not context.results:
            return Rewritten(text), entities
        slots = self._tool(previous).slots if previous is not None else ()
        meant = self._references.resolved(entities.text, context, slots, self._filler.message(entities))
        if not meant.pieces:
            return meant, entities
        found = self._finder.find(meant.text, context.now, context.utc_offset, context.codes)
        return meant, replace(found, names=meant.names)

    def _repaired(self, text: str, context: Context, part: MoodPart) -> tuple[Interpretation, ...]:
        """Return what a sentence means that means nothing, its words taken for the catalog's that sound alike."""
        meant = self._references.repaired(text, self._sounds, self._known)
        if not meant.pieces:
            return ()
        found = [meant.interpretation(each) for each in self._asked(meant.text, context, part) if each.score >= CLEAR]
        return tuple(replace(each, score=each.score * REPAIRED) for each in found)

    def _continued(self, text: str, context: Context, part: MoodPart) -> Interpretation | None:
        previous = self._catalog.find(context.previous_tool) if context.previous_tool else None
        return self._continuing.of(text, previous, context, part) if previous is not None else None

    def _asked(self, text: str, context: Context, part: MoodPart) -> tuple[Interpretation, ...]:
        parted, partings = self._several.parted(text, context, part)
        if parted is not None:
            return (parted,)
        heard = self._heard(text, context)
        if self._clauses.continues(text) and self._is_only_when(heard[1]):
            return ()  # "and tomorrow?" goes on from something, or from nothing
        found = self._proposals.proposed(heard, context, part)
        if self._filler.message(heard[1]) is None:
            again = self._several.again(text, context, part)
            both = (again,) if again else self._several.surely(text, found, context, partial(self._half_of, part=part))
            if both:
                return both
        return self._several.with_left(found, partings)

    def _half_of(self, text: str, context: Context, part: MoodPart) -> Interpretation | None:
        """Return what half a sentence asks for as far as it is understood at all."""
        found = self._proposed(text, context, part)
        return found[0] if found else None

    def _proposed(self, text: str, context: Context, part: MoodPart) -> tuple[Interpretation, ...]:
        """Return what tools make of half a sentence, or of the plain words that alone may be read in its place."""
        instead = self._idioms.instead(text) if part.mood is Mood.DO else None
        if instead is not None and instead.text.strip() != text.strip():
            heard = self._heard(instead.text, context)
            return tuple(map(instead.interpretation, self._proposals.proposed(heard, context, part)))
        return self._proposals.proposed(self._heard(text, context), context, part)

    def _is_only_when(self, entities: Entities) -> bool:
        """Return whether a sentence says nothing but a day or time."""
        spent = {i for found in entities.moments for i in range(found.start, found.end)}
        left = (word for i, word in enumerate(entities.words) if i not in spent and word.spoken)
        return bool(spent) and all(word.lower in self._language.common for word in left)

    def _clear(self, text: str, context: Context, part: MoodPart) -> Interpretation | None:
        """Return what half a sentence asks for, where that is clear: that it asks, if not which of two alike tools."""
        found = self._proposed(text, context, part)
        return found[0] if found and sum(each.score for each in found) >= CLEAR else None
