"""Chooses between proposals: which words of a sentence become which arguments of a tool.

Every value has words of its own in the sentence; what nobody said stays out, and is asked for if it is required.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.understanding.language import Language
from assistant.understanding.reading import Context, Span
from assistant.understanding.routing.embeddings import Embeddings
from assistant.understanding.slots.argument_paths import put
from assistant.understanding.slots.arithmetic import Arithmetic
from assistant.understanding.slots.bounds import Bounds
from assistant.understanding.slots.candidate import Candidate, surface
from assistant.understanding.slots.candidates import TypedCandidates
from assistant.understanding.slots.choosing import (
    WEAKEST,
    choose,
    clash,
    keeps_pattern,
    takes_rest,
    with_learned,
    without_parts_of_moments,
    without_ties,
)
from assistant.understanding.slots.codes import Codes
from assistant.understanding.slots.conditional import conditional
from assistant.understanding.slots.conversions import Conversions
from assistant.understanding.slots.currencies import Currencies, takes_currency
from assistant.understanding.slots.described import is_loose
from assistant.understanding.slots.entities import Entities, EntityFinder
from assistant.understanding.slots.frames import Part
from assistant.understanding.slots.kept_texts import KeptTexts
from assistant.understanding.slots.known_places import dial, named, resolve, split_names
from assistant.understanding.slots.labels import Labels
from assistant.understanding.slots.lengths import Lengths
from assistant.understanding.slots.lists import ListCandidates
from assistant.understanding.slots.number_types import in_range
from assistant.understanding.slots.parameters import ITEM, Kind, Slot
from assistant.understanding.slots.prepared import PreparedTool
from assistant.understanding.slots.rooms import Rooms
from assistant.understanding.slots.said_paths import FOLDERS, SaidPaths
from assistant.understanding.slots.spelled_letters import spelled_out
from assistant.understanding.slots.texts import TextCandidates
from assistant.understanding.slots.whole_answers import WholeAnswers
from assistant.understanding.slots.whole_names import WholeNames
from client.values import JSON

SAID = 0.8
"""Strength from which a listed value was said, in its own words or in one that means the same."""
MEANT = 0.55
"""Strength from which a number beyond a parameter's limits was meant for it."""
_LIMITS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})


@dataclass(frozen=True)
class Filled:
    """Arguments and where each came from."""

    arguments: Mapping[str, JSON]
    spans: Mapping[str, Span]
    invalid: Mapping[str, JSON] = field(default_factory=dict)
    """What was said and the schema does not take."""
    guessed: frozenset[str] = frozenset()
    """Parameters that were given words which nothing marks as theirs: what was left of the sentence."""


class Filler:
    """Fills the parameters of tools in one language."""

    def __init__(self, language: Language, embeddings: Embeddings, finder: EntityFinder) -> None:
        self._language = language
        self._typed = TypedCandidates(language, finder)
        self._texts = TextCandidates(language, embeddings)
        self._lists = ListCandidates(language)
        self._bounds = Bounds(language)
        self._codes = Codes(finder)
        self._paths = SaidPaths(language)
        self._currencies = Currencies(language)
        self._lengths = Lengths(language)
        self._rooms = Rooms(language)
        self._stem = language.stem
        self._pointing = frozenset(language.words("cutting", "pointing"))
        self._looking = frozenset(language.words("reading"))
        self._arithmetic = Arithmetic(language, finder.numbers)
        self._conversions = Conversions(language, finder.numbers)
        self._whole_names = WholeNames(language)
        self._whole_answers = WholeAnswers(language)
        self._labels = Labels(language)
        self._kept_texts = KeptTexts(language)

    def message(self, entities: Entities) -> tuple[int, int] | None:
        """Return the words that a sentence merely passes on ("tell Anna ..."), from and to; None where it has none."""
        for part in self._texts.parts(entities, {}):
            if part.role == "message":
                return part.start, part.end
        return None

    def without_persons(self, entities: Entities, text: str) -> str:
        """Return a piece of the sentence without the persons that the sentence names by its shape."""
        for part in self._texts.parts(entities, {}):
            if part.role == "person":
                text = text.replace(surface(entities, part.start, part.end), "", 1)
        return " ".join(text.split())

    def fill(
        self,
        prepared: PreparedTool,
        entities: Entities,
        context: Context,
        asked: str = "",
        left: bool = True,
        kept: Collection[str] = (),
        answered: Collection[str] = (),
    ) -> Filled:
        """Return the arguments that the sentence gives.

        `asked` names the parameter just asked for, if any; `left` is whether words without a mark may fill free text.
        `kept` are the free texts whose values stay, and `answered` all parameters that do, unless the words name them.
        """
        contacts = {name.casefold(): value for name, value in context.profile.contacts.items()}
        parts = self._texts.parts(entities, contacts)
        chosen: dict[tuple[str, ...], Candidate] = {}
        slots = self._apt(prepared, entities)
        for slot in slots:
            if _is_asked(slot, asked) and self._whole_names.is_one(slot, prepared, entities, kept):
                choose(self._texts.answer(slot, entities, frozenset()), chosen)
        entities = self._codes.without_times(slots, entities)
        first = list(self._marked(slots, prepared, entities, parts, context, asked))
        wanted = [slot for slot in slots if asked and (slot.path[0] == asked or _is_asked(slot, asked))]
        fields = list(self._labels.of(slots, entities)) or self._labels.listed(wanted, entities)
        for candidate in (*fields, *self._lengths.shared(slots, entities)):
            chosen.setdefault(candidate.slot.path, candidate)
        spans = [(c.start, c.end) for c in chosen.values()]  # no number of a length goes anywhere else
        first = [c for c in first if not any(a < c.end and c.start < b for a, b in spans)]
        first = self._rooms.particular(first, slots, entities)
        known = {name.casefold() for name in context.profile.places}
        first = [c for c in without_ties(first) if _fits(c, known) and not self._points(c, entities)]
        first = list(self._kept_texts.changing(without_parts_of_moments(first), kept, entities))
        learned = prepared.tagger.paths if prepared.tagger is not None else frozenset()
        if prepared.tagger is not None:
            first = with_learned(first, slots, learned, prepared.tagger.find(entities), entities)
            first = list(self._kept_texts.changing(first, kept, entities))
        first = self._whole_answers.others(wanted, first, entities, answered)
        choose(self._whole_answers.of(wanted, slots, first, entities, kept), chosen)
        choose(first, chosen, entities)
        guessed = self._choose_texts(slots, learned, prepared, entities, chosen, asked, known, kept, left=left)
        filled = self._finish(prepared, entities, chosen, context)
        beyond = self._beyond(slots, entities, chosen, asked)
        return replace(filled, invalid={**filled.invalid, **beyond}, guessed=guessed)

    def _marked(
        self,
        slots: Sequence[Slot],
        prepared: PreparedTool,
        entities: Entities,
        parts: Sequence[Part],
        context: Context,
        asked: str,
    ) -> Iterator[Candidate]:
        """Yield what has a type or a mark of its own: numbers, days, listed values, frames, rooms."""
        yield from self._currencies.of(slots, entities)
        for slot in _without_other_ends(slots, entities, asked):
            matcher = prepared.matchers.get(slot.path)
            if takes_currency(slot):
                continue
            if slot.kind is Kind.TEXT:
                yield from self._spoken(slot, prepared, entities, parts, context, asked)
                yield from self._arithmetic.of(slot, entities)
            elif slot.opaque and slot.kind is Kind.LIST:
                continue  # ids are looked up
            elif slot.opaque:
                yield from self._codes.numbered(slot, entities, _is_asked(slot, asked))
            elif slot.kind is Kind.LIST:
                yield from self._lists.of(slot, matcher, entities, parts, alone=prepared.lists == 1)
            else:
                yield from self._typed.of(slot, matcher, entities, slot.name == asked)
        named_too = any("name" in slot.words for slot in slots)
        for slot in slots:
            if slot.kind is Kind.TEXT:
                yield from self._rooms.of(slot, entities, named_too)
                yield from self._rooms.colors(slot, entities)
            yield from self._rooms.kinds(slot, entities)
        yield from self._conversions.of(slots, entities)

    def _choose_texts(
        self,
        slots: Sequence[Slot],
        learned: frozenset[str],
        prepared: PreparedTool,
        entities: Entities,
        chosen: dict[tuple[str, ...], Candidate],
        asked: str,
        known: Collection[str],
        kept: Collection[str],
        *,
        left: bool,
    ) -> frozenset[str]:
        """Choose free texts: by the phrases that lead them in, then from what is left, then the words of an answer.

        `learned` are those whose values are learned from examples; `known` are the driver's own places, `kept` as in
        `fill`. Return the names of those that got what is left: beside a free text that was asked for, no other does.
        """
        texts = [slot for slot in slots if slot.kind is Kind.TEXT and slot.name not in learned]
        special = [slot for slot in texts if slot.opaque or slot.code or slot.world or slot.dotted]
        plain = [s for s in texts if s not in special and (len(s.path) == 1 or s.required or ITEM in s.path)]
        blocked, spent = self._blocked(entities, chosen), _words_of(chosen)
        others = blocked if prepared.dated else spent
        ends = [c.end for c in chosen.values() if c.slot.kind is Kind.ENUM and c.strength >= SAID]
        phrased = (
            c
            for slot in plain
            if slot.required or slot.telling
            for c in self._texts.phrased(slot, entities, blocked, others, ends, prepared.dated)
        )
        marking = self._kept_texts.changing(phrased, kept, entities)
        choose((c for c in marking if _fits(c, known) and not self._points(c, entities)), chosen)
        for slot in texts:
            if _is_asked(slot, asked) and slot.path not in chosen and self._texts.is_identifier(slot):
                choose(self._texts.answer(slot, entities, self._blocked(entities, chosen)), chosen)
        lax = not prepared.tool.required  # nothing is required: what the author meant to be, words must show
        takers = [*plain, *(slot for slot in texts if slot.opaque)]
        takers = [s for s in takers if _is_asked(s, asked)] if any(_is_asked(s, asked) for s in texts) else takers
        free = [s for s in slots if s in takers and s.path not in chosen and s.path[0] not in kept]
        open_texts = [slot for slot in free if takes_rest(slot, lax)]
        marked = set(chosen)
        if left:
            rest = self._texts.left(open_texts, entities, self._blocked(entities, chosen))
            choose((c for c in rest if _fits(c, known) and not self._points(c, entities)), chosen)
        guessed = frozenset(".".join(path) for path in set(chosen) - marked)
        self._choose_answer(slots, prepared, entities, chosen, asked, kept)
        return guessed

    def _choose_answer(
        self,
        slots: Sequence[Slot],
        prepared: PreparedTool,
        entities: Entities,
        chosen: dict[tuple[str, ...], Candidate],
        asked: str,
        kept: Collection[str],
    ) -> None:
        """Choose the words of an answer for the free text that was asked for, if nothing else gave it a value."""
        wanted = [s for s in slots if s.kind is Kind.TEXT and _is_asked(s, asked) and s.path not in chosen]
        if wanted:  # a day is part of a name ("Sunday") if the tool takes none
            blocked = self._blocked(entities, chosen) if prepared.dated else _words_of(chosen)
            blocked |= self._kept_texts.spent(chosen.values(), kept, entities)
            choose(self._texts.answer(wanted[0], entities, blocked), chosen)

    def _apt(self, prepared: PreparedTool, entities: Entities) -> tuple[Slot, ...]:
        """Return the parameters that belong to what is to be done, if the tool does several things ("action")."""
        if not prepared.conditions:
            return prepared.slots
        deeds = []
        for slot in prepared.slots:
            matcher = prepared.matchers.get(slot.path)
            if slot.kind is Kind.ENUM and slot.required and len(slot.path) == 1:
                found = sorted(self._typed.of(slot, matcher, entities, False), key=lambda c: -c.strength)
                deeds += [str(candidate.value) for candidate in found[:1]]
        return conditional(prepared.slots, deeds, self._looking)

    def _spoken(
        self,
        slot: Slot,
        prepared: PreparedTool,
        entities: Entities,
        parts: Sequence[Part],
        context: Context,
        asked: str,
    ) -> Iterator[Candidate]:
        """Yield what the sentence marks as a text's: its own words, or the code, id or address that they say."""
        is_asked = _is_asked(slot, asked)
        if slot.numeric:
            number = replace(slot, kind=Kind.NUMBER)
            for found in self._typed.of(number, None, entities, is_asked):
                yield replace(found, slot=slot, value=str(found.value))
            return
        typed = list(self._typed.of(slot, prepared.matchers.get(slot.path), entities, is_asked))
        if slot.code and slot.opaque:
            yield from self._codes.shaped(slot, entities)
        if slot.opaque:
            yield from (c for c in typed if any(map(str.isdigit, str(c.value))))
            yield from self._codes.numbered(slot, entities, is_asked)
            yield from spelled_out(slot, entities)
            return
        if slot.code:
            yield from self._codes.shaped(slot, entities)
            return
        if is_loose(str(slot.schema.get("pattern", "^x$"))):
            return
        yield from self._codes.of(slot, entities, is_asked, identifies=self._texts.is_identifier(slot))
        if len(slot.path) > 1 and not slot.required and ITEM not in slot.path:
            yield from self._texts.named(slot, entities)
            yield from self._texts.held(slot, entities)
            return
        if slot.dotted:
            yield from self._paths.of(slot, entities)
            yield from self._paths.named(slot, entities)
            return
        if FOLDERS.intersection(slot.words[-1:]):
            yield from self._paths.of(slot, entities)
            yield from self._paths.held_in(slot, entities)
        helps = {"timed": prepared.timed, "dated": prepared.dated, "located": bool(context.here)}
        cued = list(self._texts.cued(slot, entities, parts, **helps))
        if not slot.world:
            yield from (*typed, *cued)
            return
        blocked = self._blocked(entities, {})
        led = self._texts.phrased(slot, entities, blocked, blocked, (), prepared.dated)
        yield from self._codes.known(slot, entities, [*cued, *led])

    def _points(self, candidate: Candidate, entities: Entities) -> bool:
        """Return whether words only point at a thing of the tool, and say no value: "this task", "that card"."""
        words = entities.lowered[candidate.start : candidate.end]
        if candidate.slot.kind is not Kind.TEXT or words[0] not in self._pointing:
            return False
        stems = {self._stem(word) for word in words[1:]}
        return stems <= candidate.slot.tool_stems | candidate.slot.told_stems

    def _blocked(self, entities: Entities, chosen: Mapping[tuple[str, ...], Candidate]) -> frozenset[int]:
        """Return the words that are spent: chosen values, whatever says a day or a time, and ends of ranges."""
        spent = {i for c in chosen.values() for i in range(c.start, c.end)} | self._bounds.spent(entities)
        for found in (*entities.moments, *entities.sums):
            spent.update(range(found.start, found.end))
        return frozenset(spent)

    def _beyond(
        self, slots: Sequence[Slot], entities: Entities, chosen: Mapping[tuple[str, ...], Candidate], asked: str
    ) -> dict[str, JSON]:
        """Return the numbers that were said for a parameter and lie beyond its limits."""
        found: dict[str, JSON] = {}
        for slot in slots:
            if slot.kind not in (Kind.INTEGER, Kind.NUMBER) or slot.path in chosen or not _LIMITS & set(slot.schema):
                continue
            free = replace(slot, schema={key: value for key, value in slot.schema.items() if key not in _LIMITS})
            for candidate in self._typed.of(free, None, entities, slot.name == asked):
                clashing = any(clash(candidate, other) for other in chosen.values())
                least = WEAKEST if slot.name == asked else MEANT
                if candidate.strength >= least and not clashing and not in_range(candidate.value, slot.schema):
                    found[slot.name] = candidate.value
        return found

    def _finish(
        self,
        prepared: PreparedTool,
        entities: Entities,
        chosen: Mapping[tuple[str, ...], Candidate],
        context: Context,
    ) -> Filled:
        flat = {
            path: named(resolve(c.slot, c.value, context, self._language), entities.names) for path, c in chosen.items()
        }
        flat.update(split_names(flat, prepared.slots))
        order = {slot.path: number for number, slot in enumerate(prepared.slots)}
        arguments: dict[str, JSON] = {}
        for path in sorted(flat, key=lambda path: order[path]):
            put(arguments, path, flat[path])
        dial(prepared.slots, entities, context, arguments)
        valid = {**prepared.tool.defaults, **prepared.checker.valid(arguments, entities.utc_offset)}
        spans = {
            ".".join(path): Span(entities.words[c.start].start, entities.words[c.end - 1].end)
            for path, c in chosen.items()
            if path[0] in valid
        }
        return Filled(valid, spans, {name: value for name, value in arguments.items() if name not in valid})


def _fits(candidate: Candidate, known: Collection[str]) -> bool:
    """Return whether words are what a text's pattern wants, and one of the `known` names where it takes a kept one."""
    kept = candidate.slot.kept
    name = str(candidate.value).casefold()
    return keeps_pattern(candidate) and (kept is None or name in kept or name in known)


def _without_other_ends(slots: Sequence[Slot], entities: Entities, asked: str) -> Sequence[Slot]:
    """Return the parameters without the other end of a range of days, if one day answers the question for this one."""
    wanted = next((slot for slot in slots if _is_asked(slot, asked) and slot.kind is Kind.DATE and slot.edge), None)
    if wanted is None or len(entities.days) != 1:
        return slots
    return [slot for slot in slots if slot is wanted or slot.kind is not Kind.DATE or not slot.paired]


def _words_of(chosen: Mapping[tuple[str, ...], Candidate]) -> frozenset[int]:
    """Return the places of the words of what is chosen."""
    return frozenset(i for c in chosen.values() for i in range(c.start, c.end))


def _is_asked(slot: Slot, asked: str) -> bool:
    """Return whether a question was about a parameter; one about a list of objects is about what an item must have."""
    return bool(asked) and (slot.name == asked or (slot.path[:2] == (asked, ITEM) and slot.required))
