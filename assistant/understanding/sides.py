"""On which side of its opposites a tool acts, and which of its parameters take them up. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.understanding.language import Language
from assistant.understanding.opposites import BEING, DIRECTION, Opposites, Said, Sign
from assistant.understanding.slots.described import moment_of
from assistant.understanding.tokens import SENTENCE_END, cut, fold, name_words, spoken_words
from client.catalog import Tool
from client.values import JSON

OPENING = 8
"""Words of a description among which its verbs are read."""


@dataclass(frozen=True)
class Switch:
    """A parameter that can express both sides of a pair such as open and shut."""

    name: str
    values: Mapping[Sign, JSON]
    """The value for each side; a side that it lacks cannot be asked of it."""
    worded: bool = False
    """Whether it is a free text, whose values are words of ours."""


_QUOTED = re.compile(r"""(?<!\w)['"‘“](\w+)['"’”](?!\w)""")
"""A single word in quotation marks."""
SHOWING = frozenset({"show", "include", "display", "list"})
"""Verbs that open the name of a boolean and say nothing of what it is about: "showCompleted"."""


class Sides:
    """Reads tools with the opposites of one language."""

    def __init__(self, language: Language, opposites: Opposites) -> None:
        data = language.mood["polarity"]
        self._opposites = opposites
        self._amounts, self._relative = frozenset(data["amounts"]), frozenset(data["relative"])
        self._both = frozenset(data["both"])
        self._switches = frozenset(language.words("boolean", "switches"))
        self._does: dict[str, Mapping[str, frozenset[Sign]]] = {}
        self._own: dict[str, frozenset[tuple[str, Sign, int]]] = {}

    def does(self, tool: Tool) -> Mapping[str, frozenset[Sign]]:
        """Return on which sides of each axis the tool acts, by its name and the verbs of its description."""
        kept = self._does.get(tool.qualified)
        if kept is None:
            kept = self._does[tool.qualified] = self._acts(tool)
        return kept

    def speaks_of(self, tool: Tool, said: Said) -> bool:
        """Return whether a tool speaks of the quality that a word compares: of loudness, for "louder"."""
        about = self._opposites.about(said)
        if not about:
            return True
        listed = (str(value) for schema in tool.properties.values() for value in self.values(schema))
        told = " ".join(
            (tool.title, tool.description, *(str(s.get("description", "")) for s in tool.properties.values()))
        )
        words = [
            *name_words(tool.name),
            *spoken_words(told),
            *(w for name in tool.properties for w in name_words(name)),
        ]
        words += [word for value in listed for word in name_words(value)]
        return any(self._opposites.compares(word, said) or self._opposites.stem(word) in about for word in words)

    def _acts(self, tool: Tool) -> Mapping[str, frozenset[Sign]]:
        found: dict[str, set[Sign]] = {}
        for axis, sign, _ in self._named(tool):
            if axis not in found:
                found[axis] = {sign}
        own = {axis: set(signs) for axis, signs in found.items()}
        quoted: set[str] = set()
        for axis, sign in self._described(tool):
            if axis not in own:
                found.setdefault(axis, set()).add(sign)
        for axis, sign in self._quoted(tool):
            if axis not in found or axis in quoted:
                quoted.add(axis)
                found.setdefault(axis, set()).add(sign)
        for axis in self._coordinated(tool):
            found[axis] = {1, -1}
        return {axis: frozenset(signs) for axis, signs in found.items()}

    def _named(self, tool: Tool) -> list[tuple[str, Sign, int]]:
        """Return what the words of the name say that the tool does, in their order, a particle at its end turning them.

        `power_off` turns off, though "power" alone would turn on, and `mute_off` unmutes.
        """
        words = name_words(tool.name)
        found = [one for word in words for one in self._opposites.of(word)]
        for axis, sign, pair in self._ending(tool):
            others = [one for one in found if one[0] == axis and one != (axis, sign, pair)]
            turned = [(axis, sign if other > 0 else -sign, number) for _, other, number in others]
            found = [*(turned or [(axis, sign, pair)]), *(one for one in found if one[0] != axis)]
        return found

    def _ending(self, tool: Tool) -> list[tuple[str, Sign, int]]:
        """Return what the particle says with which the name of a tool ends: "off"."""
        words = name_words(tool.name)
        return self._opposites.of(words[-1]) if words and words[-1] in self._opposites.particles else []

    def _described(self, tool: Tool) -> list[tuple[str, Sign]]:
        """Return what the opening verbs of the description say, and the verbs that it joins to them."""
        words = spoken_words(tool.description)[:OPENING]
        verbs = words[:1] + [b for a, b in itertools.pairwise(words) if a in self._both]
        if words[:1] and words[0] in {"turns", "turn", "switch", "switches"}:
            verbs += words[1:2]
        first = SENTENCE_END.split(tool.description, maxsplit=1)[0]
        ordered = [word for word in spoken_words(first) if word in self._opposites.ordering]
        return [(axis, sign) for word in (*verbs, *ordered) for axis, sign, _ in self._opposites.of(word)]

    def _quoted(self, tool: Tool) -> list[tuple[str, Sign]]:
        """Return what a description says in quotation marks that the tool does: "for locks, an 'unlock' action"."""
        return [
            (axis, sign)
            for word in _QUOTED.findall(tool.description)
            for axis, sign, _ in self._opposites.of(fold(word))
        ]

    def own(self, tool: Tool) -> frozenset[tuple[str, Sign, int]]:
        """Return the opposites of the tool's own verb, if it is on one side of them alone."""
        kept = self._own.get(tool.qualified)
        if kept is None:
            opening = spoken_words(tool.description)[:1]
            told = {*self._named(tool), *(found for word in opening for found in self._opposites.of(word))}
            sides = {(axis, sign) for axis, sign, _ in told}
            both = self._coordinated(tool) | {axis for axis, sign in sides if (axis, -sign) in sides}
            own = frozenset(one for one in told if one[0] not in both)
            kept = self._own[tool.qualified] = own | frozenset(self._ending(tool))
        return kept

    def _coordinated(self, tool: Tool) -> set[str]:
        """Return the axes of which the tool says that it does both sides: "open or close", "on/off"."""
        words = [word.lower for word in cut(f"{tool.title}. {tool.description}")]
        found = set()
        for one, joint, other in zip(words, words[1:], words[2:], strict=False):
            if joint in self._both:
                signs = {(axis, sign) for axis, sign, _ in self._opposites.of(one)}
                found |= {axis for axis, sign, _ in self._opposites.of(other) if (axis, -sign) in signs}
        return found

    def switches(self, tool: Tool, axis: str, said: Said | None = None) -> list[Switch]:
        """Return the parameters that take up an axis: booleans, listed values, and texts that name a step or a state.

        With `said`, only those that take up that very word: "stop" is not taken up by "save or remove".
        """
        found = []
        for name, schema in tool.properties.items():
            if values := self.values(schema):
                if sided := self._listed(values, axis, said):
                    found.append(Switch(name, sided))
            elif said is not None and schema.get("type") == "string" and self._is_worded(name, schema, axis):
                alike = (each for each in self._opposites.pairs if each["axis"] == DIRECTION)
                pair = next(alike) if axis == DIRECTION else self._opposites.pairs[said.pair]  # "up", for "louder"
                found.append(Switch(name, {1: pair["plus"][0], -1: pair["minus"][0]}, worded=True))
            elif schema.get("type") == "boolean" and (sign := self._boolean(name, schema, axis, tool, said)):
                found.append(Switch(name, {sign: True, -sign: False}))
        return found

    @staticmethod
    def values(schema: Mapping[str, JSON]) -> list[JSON]:
        """Return the listed values of a parameter, those of its alternatives among them."""
        found = schema.get("enum")
        values: list[JSON] = list(found) if isinstance(found, list) else []
        for key in ("anyOf", "oneOf"):
            alternatives = schema.get(key)
            for each in alternatives if isinstance(alternatives, list) else []:
                inner = each.get("enum") if isinstance(each, Mapping) else None
                values += inner if isinstance(inner, list) else []
        return values

    def _is_worded(self, name: str, schema: Mapping[str, JSON], axis: str) -> bool:
        """Return whether a text parameter takes a word of polarity, by its name: "state", but no day ("due_on")."""
        if moment_of(name_words(name), str(schema.get("description", "")), schema.get("pattern")) is not None:
            return False
        wanted = self._relative if axis == DIRECTION else self._switches
        return axis in (BEING, DIRECTION) and bool(wanted & set(name_words(name)))

    def _listed(self, values: Sequence[JSON], axis: str, said: Said | None) -> dict[Sign, JSON]:
        """Return the value for each side, by a value's verb ("remove_item") or by a state that it is ("turned off")."""
        sided: dict[Sign, JSON] = {}
        for value in values:
            words = name_words(value) if isinstance(value, str) else ()
            for word in (*words[:1], *words[1:2][-1:]) if len(words) <= 2 else words[:1]:
                if word in self._opposites.exact and (word == words[0] or word in self._opposites.particles):
                    for known, sign, pair in self._opposites.of(word):
                        if known == axis and (said is None or self._opposites.alike(pair, said.pair)):
                            sided.setdefault(sign, value)
        return sided

    def _boolean(self, name: str, schema: Mapping[str, JSON], axis: str, tool: Tool, said: Said | None) -> Sign:
        """Return which side of the axis True is on; 0 if the boolean is about something else, or not about `said`."""
        words = name_words(name)
        if len(words) > 1 and words[0] in SHOWING:
            words = words[1:]  # "show my tasks" does not ask for the completed ones
        for word in reversed(words):
            for known, sign, pair in self._opposites.of(word):
                if known == axis:
                    return sign if said is None or self._opposites.alike(pair, said.pair) else 0
        about = spoken_words(str(schema.get("description", "")))
        told = {(known, sign) for word in about for known, sign, _ in self._opposites.of(word)}
        if (axis, 1) in told and (axis, -1) in told:
            return next(sign for word in about for known, sign, _ in self._opposites.of(word) if known == axis)
        only = [each for each, other in tool.properties.items() if other.get("type") == "boolean"] == [name]
        return 1 if axis == BEING and only and any(word in self._switches for word in words) else 0

    def amount(self, tool: Tool) -> str:
        """Return the parameter whose nought is off or closed; "" if there is none."""
        for name, schema in tool.properties.items():
            numeric = schema.get("type") in ("integer", "number")
            least = schema.get("minimum")
            low = isinstance(least, int | float) and least > 0
            if numeric and not low and self._amounts & {self._last(name), *name_words(name)}:
                return name
        return ""

    @staticmethod
    def _last(name: str) -> str:
        return name_words(name)[-1] if name_words(name) else ""

    def is_step(self, name: str) -> bool:
        """Return whether a parameter takes a step rather than a value, by its name."""
        return bool(self._relative & set(name_words(name)))
