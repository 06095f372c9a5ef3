"""What words say besides the request itself: for the look-ups on the way to it, wherever in a sentence they stand.

Parts what is the goal's own from what a look-up asks for; it calls nothing, and invents no value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from assistant.understanding.planning import Planner, is_identifier
from assistant.understanding.reading import Context, Interpretation, Span
from assistant.understanding.slots.entities import Entities, EntityFinder
from assistant.understanding.slots.fill import Filled, Filler
from assistant.understanding.slots.parameters import Kind, Slot
from assistant.understanding.slots.prepared import PreparedTool
from assistant.understanding.tokens import name_words
from client.catalog import Catalog, Tool
from client.values import JSON

Told = Mapping[str, Mapping[str, JSON]]
"""Values by parameter, by the tool's qualified name."""


class Beside:
    """What is said for look-ups of one catalog."""

    def __init__(
        self,
        catalog: Catalog,
        planner: Planner,
        filler: Filler,
        finder: EntityFinder,
        prepared: Callable[[Tool], PreparedTool],
    ) -> None:
        self._catalog = catalog
        self._planner = planner
        self._filler = filler
        self._finder = finder
        self._language = finder.language
        self._tool = prepared
        self._bare_names = frozenset(finder.language.words("cutting", "bare_names"))

    def parted(self, tool: Tool, filled: Filled, entities: Entities, context: Context) -> tuple[Filled, Told]:
        """Return what a sentence says for a goal itself, and what it says for what can be looked up on the way."""
        own, passed = self._without_guesses(tool, filled, entities)
        missing = [name for name in tool.required if name not in own.arguments]
        if not any(is_identifier(name, self._language) for name in missing):
            return own, {}
        taken = [*own.spans.values(), *(span for span, _, _ in passed)]
        told = dict(self.of(tool.qualified, entities.text, context, taken))
        told.pop(tool.qualified, None)
        for _, name, values in passed:
            told[name] = {**values, **told.get(name, {})}
        return own, told

    def led(self, found: Interpretation, text: str, told: Span, context: Context) -> Interpretation:
        """Return a request with what statements before it say for what it still needs and for its look-ups.

        `told` is where in the text they stand; the spans that are returned count from the text's beginning.
        """
        tool = self._catalog.find(found.tool)
        if tool is None or not found.missing:
            return found
        said = text[told.start : told.end]
        entities = self._finder.find(said, context.now, context.utc_offset, context.codes)
        filled, beside = self.parted(
            tool, self._filler.fill(self._tool(tool), entities, context, left=False), entities, context
        )
        own = {name: value for name, value in filled.arguments.items() if name in found.missing}
        spans = {
            name: Span(filled.spans[name].start + told.start, filled.spans[name].end + told.start)
            for name in own
            if name in filled.spans
        }
        looked_up = {name: {**values, **found.beside.get(name, {})} for name, values in beside.items()}
        return replace(
            found,
            arguments={**found.arguments, **own},
            missing=tuple(name for name in found.missing if name not in own),
            spans={**found.spans, **spans},
            beside={**found.beside, **looked_up},
        )

    def carried(self, tool: Tool, missing: Sequence[str], context: Context) -> Mapping[str, JSON]:
        """Return what the request before was told for a parameter that this tool of the same server needs too.

        Only what stays the same from one request to the next: a city, a plate, one's own number. Never a person, a day
        or an amount, of which the next request has its own.
        """
        before = self._catalog.find(context.previous_tool) if context.previous_tool else None
        if before is None or before.server != tool.server:
            return {}
        known = {slot.name: slot for slot in self._tool(before).slots}
        found: dict[str, JSON] = {}
        for slot in self._tool(tool).slots:
            value, same = context.previous_arguments.get(slot.name), known.get(slot.name)
            if (
                slot.name in missing
                and value is not None
                and self._lasts(slot)
                and same is not None
                and _alike(slot, same)
            ):
                found[slot.name] = value
        return self._tool(tool).checker.valid(found)

    def _lasts(self, slot: Slot) -> bool:
        named = bool(self._bare_names.intersection(slot.words))
        return named or "pattern" in slot.schema or is_identifier(slot.name, self._language)

    def _without_guesses(
        self, tool: Tool, filled: Filled, entities: Entities
    ) -> tuple[Filled, list[tuple[Span, str, Mapping[str, JSON]]]]:
        """Leave out what was said for a thing that can be looked up, and return what it says for the look-ups.

        Plain words are no identifier, and neither is a code that is not called one: it is what the look-up asks for.
        """
        guessed: set[str] = set()
        told: list[tuple[Span, str, Mapping[str, JSON]]] = []
        for name, value in filled.arguments.items():
            schema = tool.properties.get(name, {})
            if (
                not is_identifier(name, self._language)
                or not isinstance(value, str)
                or {"enum", "pattern"} & set(schema)
            ):
                continue
            source = self._planner.source(tool.qualified, name)
            if source is None:
                continue
            if not any(letter.isdigit() for letter in value):
                guessed.add(name)
                continue
            asked, span = self._known_by_heart(source), filled.spans.get(name)
            if asked and span is not None and not self._is_called(name, span, entities):
                guessed.add(name)
                told.append((span, source.qualified, {asked: value}))
        kept = {name: value for name, value in filled.arguments.items() if name not in guessed}
        spans = {name: span for name, span in filled.spans.items() if name not in guessed}
        return replace(filled, arguments=kept, spans=spans), told

    def _known_by_heart(self, source: Tool) -> str:
        """Return the one parameter that a look-up needs, where it is a text that people know; else ""."""
        needed = [slot for slot in self._tool(source).slots if slot.required]
        plain_text = (
            len(needed) == 1 and needed[0].kind is Kind.TEXT and not is_identifier(needed[0].name, self._language)
        )
        return needed[0].name if plain_text and not needed[0].roles and "pattern" not in needed[0].schema else ""

    def _is_called(self, name: str, span: Span, entities: Entities) -> bool:
        """Return whether the words before a value name the parameter: "vehicle V-4", "the code 17"."""
        before = [word.lower for word in entities.words if word.end <= span.start and word.spoken][-2:]
        own = {self._language.stem(word) for word in name_words(name)}
        return any(self._language.stem(word) in own for word in before)

    def of(
        self, goal: str, text: str, context: Context, taken: Sequence[Span] = ()
    ) -> Mapping[str, Mapping[str, JSON]]:
        """Return what a sentence says for a goal and for what can be looked up on the way, by tool.

        Words that are `taken` say nothing more.
        """
        entities = self._finder.find(text, context.now, context.utc_offset, context.codes)
        found: dict[str, Mapping[str, JSON]] = {}
        for name in (goal, *self._planner.lookups(goal)):
            tool = self._catalog.find(name)
            if tool is None or name == context.pending_tool:
                continue
            filled = self._filler.fill(self._tool(tool), entities, context, left=False)
            free = {
                parameter: value
                for parameter, value in filled.arguments.items()
                if not any(_overlap(filled.spans[parameter], span) for span in taken if parameter in filled.spans)
            }
            if free:
                found[name] = free
        return found


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _alike(one: Slot, other: Slot) -> bool:
    """Return whether two parameters take the same values."""
    return (one.kind, one.values, one.schema.get("pattern")) == (other.kind, other.values, other.schema.get("pattern"))
