"""Opposites: whether a sentence asks a tool for what it does, or for the opposite of it.

Words such as "off", "close" or "down" must be taken up by the tool: by its own verb or by an argument. If neither does,
the call is not made. Pure; knows no state and asks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.understanding.language import Language
from assistant.understanding.phrase_sets import PhraseSet
from assistant.understanding.reading import Half, Span
from assistant.understanding.words import Word, cut, name_words, spoken_words
from client.catalog import Tool
from client.values import JSON

BEING, DIRECTION, SEQUENCE, LOCK = "being", "direction", "sequence", "lock"
"""Axes of opposites that are treated apart from the others; the language file lists all of them."""
OPENING = 8
"""Words of a description among which its verbs are read."""
Sign = int
"""1 or -1: on which side of its axis a word stands."""


@dataclass(frozen=True)
class Said:
    """A word of polarity in a sentence."""

    axis: str
    sign: Sign
    pair: int
    """Which pair of opposites it is of."""
    start: int
    end: int
    head: bool
    """Whether it is the clause's verb or that verb's particle."""


@dataclass(frozen=True)
class Verdict:
    """Whether a call may be made, and with which arguments."""

    arguments: Mapping[str, JSON]
    half: Half | None = None
    """Set if the call may not be made."""


@dataclass(frozen=True)
class _Switch:
    """A parameter that takes up an axis."""

    name: str
    values: Mapping[Sign, JSON]
    """The value for each side; a side that it lacks cannot be asked of it."""
    worded: bool = False
    """Whether it is a free text, whose values are words of ours."""


class Polarity:
    """Opposites in one language."""

    def __init__(self, language: Language) -> None:
        raw = language.mood
        self._stem = language.stem
        self._pairs: list[Mapping[str, Any]] = list(raw["pairs"])
        self._signs: dict[str, list[tuple[str, Sign, int]]] = {}
        for number, pair in enumerate(self._pairs):
            for side, sign in (("plus", 1), ("minus", -1)):
                for word in pair[side]:
                    key = word if pair["axis"] == DIRECTION else self._key(word)
                    found = self._signs.setdefault(key, [])
                    if (pair["axis"], sign) not in {(axis, known) for axis, known, _ in found}:
                        found.append((pair["axis"], sign, number))
        self._exact = {word for pair in self._pairs for side in ("plus", "minus") for word in pair[side]} | set(
            raw["states"]
        )
        self._particles = {
            word for pair in self._pairs if pair.get("particles") for word in (*pair["plus"], *pair["minus"])
        }
        data = raw["polarity"]
        self._particle_verbs_plain = frozenset(data["particle_verbs"])
        self._particle_verbs = frozenset(self._stem(word) for word in data["particle_verbs"])
        self._amounts, self._relative = frozenset(data["amounts"]), frozenset(data["relative"])
        self._by, self._both = frozenset(data["by"]), frozenset(data["both"])
        self._openers = PhraseSet(raw["openers"], accents=True)
        self._idioms = PhraseSet(data["idioms"], accents=True)
        self._loose = frozenset(data["loose"])
        self._passing_on = frozenset(raw["handing_on"]) | frozenset(raw["naming"])
        self._joints = frozenset(raw["joins"]) | frozenset(data["before_imperative"])
        self._before_verb = frozenset(raw["before_verb"]) | frozenset(raw["negations"]) | frozenset(raw["openers"])
        self._negations = frozenset(raw["negations"])
        self._behind_particle = frozenset(data["behind_particle"])
        self._determiners = frozenset(raw["determiners"]) - frozenset(data["measures"])
        self._states = frozenset(raw["states"])
        self._switches = frozenset(language.words("boolean", "switches"))
        self._numbers = frozenset(language.table("numbers", "words"))

    def _key(self, word: str) -> str:
        """Return what a word is compared by: its stem, or the word itself for small ones."""
        return word if len(word) <= 3 else self._stem(word)

    def _of(self, word: str) -> list[tuple[str, Sign, int]]:
        found = self._signs.get(word, [])
        return found if found or len(word) <= 3 else self._signs.get(self._stem(word), [])

    # -- the sentence --------------------------------------------------------------------------------------------

    def said(self, text: str) -> tuple[Said, ...]:
        """Return the words of polarity that a request is about: its verb and particle, else the states it names."""
        words = [word for word in cut(text) if word.spoken]
        lowered = [word.lower for word in words]
        start = self._verb(words, lowered)
        head = self._openers_end(lowered)
        if any(word in self._negations for word in lowered[head:start]):
            return ()  # "don't let me forget": not what the verb says
        turns = bool(words) and self._stem(lowered[start]) in self._particle_verbs
        found = [] if not words or lowered[start] in self._particles else self._told(words, start, head=True)
        if turns:
            found = [*self._particle(words, start), *(one for one in found if one.axis != BEING)] or found
        if not found and not (words and lowered[start] in self._passing_on - self._particle_verbs_plain):
            found = [one for place in range(len(words)) for one in self._state(words, place)]
        elif turns:
            later = [one for place in range(start + 1, len(words)) for one in self._told(words, place, head=False)]
            found += [one for one in later if one.axis == DIRECTION and one.start not in {each.start for each in found}]
        spent = {words[place].start for place in self._idioms.covered(lowered)}
        return tuple(_without_contradictions([one for one in found if one.start not in spent]))

    def _verb(self, words: Sequence[Word], lowered: Sequence[str]) -> int:
        """Return the place of the clause's verb: the first word of polarity in the place of one, else the first word."""
        first = 0
        while first < len(words) - 1 and lowered[first] in self._before_verb:
            first += 1
        if not words or lowered[first] in self._passing_on or self._is_turning(lowered[first]):
            return first
        for place in range(first, len(words)):
            if (place == first or lowered[place - 1] in self._joints) and self._is_turning(lowered[place]):
                return place
        return first

    def _openers_end(self, lowered: Sequence[str]) -> int:
        """Return where the interjections and courtesies before a clause end."""
        end = 0
        while (after := next(self._openers.ends(lowered, end), None)) is not None:
            end = after
        return end

    def _is_turning(self, word: str) -> bool:
        """Return whether a word is a verb of opposites, or one that takes a particle of them."""
        if word in self._particles or word in self._states - {"open", "shut"}:
            return False
        return self._stem(word) in self._particle_verbs or any(axis != SEQUENCE for axis, _, _ in self._of(word))

    def _state(self, words: Sequence[Word], place: int) -> list[Said]:
        """Return what a word says that names a state ("the windows closed"), a step or a place in a sequence."""
        word = words[place].lower
        last = place == len(words) - 1 or words[place + 1].lower in self._behind_particle
        told = self._told(words, place, head=False)
        if word in self._particles:
            return told if last else []
        return [one for one in told if one.axis in (DIRECTION, SEQUENCE) or word in self._states]

    def _told(self, words: Sequence[Word], place: int, *, head: bool) -> list[Said]:
        if place >= len(words):
            return []
        word = words[place]
        return [Said(axis, sign, pair, word.start, word.end, head) for axis, sign, pair in self._of(word.lower)]

    def _particle(self, words: Sequence[Word], verb: int) -> list[Said]:
        """Return the particle of a verb such as "turn": beside it, or else the last that stands free in the clause."""
        places = [place for place in range(verb + 1, len(words)) if words[place].lower in self._particles]
        free = [place for place in places if self._is_free(words, place)]
        if not places:
            return []
        beside = [place for place in places if place == verb + 1]
        chosen = (beside or free or [])[-1:]
        return [one for place in chosen for one in self._told(words, place, head=True)]

    def _is_free(self, words: Sequence[Word], place: int) -> bool:
        """Return whether a particle governs no noun behind it: "the light off", "the light off in the kitchen"."""
        behind = words[place + 1].lower if place + 1 < len(words) else ""
        if any(axis == DIRECTION for axis, _, _ in self._of(words[place].lower)):
            return behind not in self._determiners
        return not behind or behind in self._behind_particle

    # -- the tool ------------------------------------------------------------------------------------------------

    def does(self, tool: Tool) -> Mapping[str, frozenset[Sign]]:
        """Return on which sides of each axis the tool acts, by its name and the verbs of its description."""
        found: dict[str, set[Sign]] = {}
        for word in name_words(tool.name):
            for axis, sign, _ in self._of(word):
                if axis not in found:
                    found[axis] = {sign}
        own = {axis: set(signs) for axis, signs in found.items()}
        for axis, sign in self._described(tool):
            if axis not in own:
                found.setdefault(axis, set()).add(sign)
        for axis in self._coordinated(tool):
            found[axis] = {1, -1}
        return {axis: frozenset(signs) for axis, signs in found.items()}

    def _described(self, tool: Tool) -> list[tuple[str, Sign]]:
        """Return what the opening verbs of the description say, and the verbs that it joins to them."""
        words = spoken_words(tool.description)[:OPENING]
        verbs = words[:1] + [b for a, b in zip(words, words[1:], strict=False) if a in self._both]
        if words[:1] and words[0] in {"turns", "turn", "switch", "switches"}:
            verbs += words[1:2]
        return [(axis, sign) for word in verbs for axis, sign, _ in self._of(word)]

    def _own(self, tool: Tool) -> set[tuple[str, Sign, int]]:
        """Return the opposites of the tool's own verb, if it is on one side of them alone."""
        opening = spoken_words(tool.description)[:1]
        told = {found for word in (*name_words(tool.name), *opening) for found in self._of(word)}
        both = self._coordinated(tool)
        return {(a, sign, n) for a, sign, n in told if a not in both and (a, -sign) not in {(b, s) for b, s, _ in told}}

    def _coordinated(self, tool: Tool) -> set[str]:
        """Return the axes of which the tool says that it does both sides: "open or close", "on/off"."""
        words = [word.lower for word in cut(f"{tool.title}. {tool.description}")]
        found = set()
        for one, joint, other in zip(words, words[1:], words[2:], strict=False):
            if joint in self._both:
                signs = {(axis, sign) for axis, sign, _ in self._of(one)}
                found |= {axis for axis, sign, _ in self._of(other) if (axis, -sign) in signs}
        return found

    def switches(self, tool: Tool, axis: str, said: Said | None = None) -> list[_Switch]:
        """Return the parameters that take up an axis: booleans, listed values, and texts that name a step or a state.

        With `said`, only those that take up that very word: "stop" is not taken up by "save or remove".
        """
        found = []
        for name, schema in tool.properties.items():
            if values := self._values(schema):
                if sided := self._listed(values, axis, said):
                    found.append(_Switch(name, sided))
            elif said is not None and schema.get("type") == "string" and self._is_worded(name, axis):
                alike = (each for each in self._pairs if each["axis"] == DIRECTION)
                pair = next(alike) if axis == DIRECTION else self._pairs[said.pair]  # "up", for "louder"
                found.append(_Switch(name, {1: pair["plus"][0], -1: pair["minus"][0]}, worded=True))
            elif schema.get("type") == "boolean" and (sign := self._boolean(name, schema, axis, tool)):
                found.append(_Switch(name, {sign: True, -sign: False}))
        return found

    @staticmethod
    def _values(schema: Mapping[str, JSON]) -> list[JSON]:
        """Return the listed values of a parameter, those of its alternatives among them."""
        found = schema.get("enum")
        values: list[JSON] = list(found) if isinstance(found, list) else []
        for key in ("anyOf", "oneOf"):
            alternatives = schema.get(key)
            for each in alternatives if isinstance(alternatives, list) else []:
                inner = each.get("enum") if isinstance(each, Mapping) else None
                values += inner if isinstance(inner, list) else []
        return values

    def _is_worded(self, name: str, axis: str) -> bool:
        """Return whether a text parameter takes a word of polarity, by its name: "volume_step", "state"."""
        wanted = self._relative if axis == DIRECTION else self._switches
        return axis in (BEING, DIRECTION) and bool(wanted & set(name_words(name)))

    def _listed(self, values: Sequence[JSON], axis: str, said: Said | None) -> dict[Sign, JSON]:
        """Return the value for each side, by a value's verb ("remove_item") or by a state that it is ("turned off")."""
        sided: dict[Sign, JSON] = {}
        for value in values:
            words = name_words(value) if isinstance(value, str) else ()
            for word in (*words[:1], *words[1:2][-1:]) if len(words) <= 2 else words[:1]:
                if word in self._exact and (word == words[0] or word in self._particles):
                    for known, sign, pair in self._of(word):
                        if known == axis and (said is None or self._alike(pair, said.pair)):
                            sided.setdefault(sign, value)
        return sided

    def _alike(self, one: int, other: int) -> bool:
        """Return whether two pairs of opposites say nearly the same: "on" and "start", not "start" and "add"."""
        groups = [self._pairs[number].get("group", number) for number in (one, other)]
        return bool(groups[0] == groups[1])

    def _boolean(self, name: str, schema: Mapping[str, JSON], axis: str, tool: Tool) -> Sign:
        """Return which side of the axis True is on; 0 if the boolean is about something else."""
        words = name_words(name)
        for word in reversed(words):
            for known, sign, _ in self._of(word):
                if known == axis:
                    return sign
        about = spoken_words(str(schema.get("description", "")))
        told = {(known, sign) for word in about for known, sign, _ in self._of(word)}
        if (axis, 1) in told and (axis, -1) in told:
            return next(sign for word in about for known, sign, _ in self._of(word) if known == axis)
        only = [each for each, other in tool.properties.items() if other.get("type") == "boolean"] == [name]
        return 1 if axis == BEING and only and any(word in self._switches for word in words) else 0

    def _amount(self, tool: Tool) -> str:
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

    # -- both ----------------------------------------------------------------------------------------------------

    def makeshift(self, text: str, tool: Tool, spans: Mapping[str, Span]) -> bool:
        """Return whether the tool takes up what was said by setting an amount to nought alone."""
        said = [one for one in self.said(text) if one.axis == BEING and one.sign < 0]
        lacks = not self.does(tool).get(BEING) and not any(self.switches(tool, one.axis, one) for one in said)
        return bool(said) and lacks and bool(self._amount(tool))

    def serves(self, text: str, tool: Tool) -> bool:
        """Return whether the tool's own verb is on the side of every word of polarity that was said."""
        said = self.said(text)
        does = self.does(tool)
        return bool(said) and all(does.get(one.axis) == {one.sign} for one in said)

    def verdict(self, text: str, tool: Tool, arguments: Mapping[str, JSON], spans: Mapping[str, Span]) -> Verdict:
        """Return whether the tool may be called for this request, with arguments that take up its words of polarity.

        `spans` tells which characters of the text each argument came from.
        """
        does = self.does(tool)
        own = self._own(tool)
        given = dict(arguments)
        self._without_particles(text, tool, given)
        for said in self.said(text):
            if (said.axis, said.sign, said.pair) in own or self._inside(said, arguments, spans, tool):
                continue
            if said.axis == BEING and SEQUENCE in does:
                continue  # "play the next song" is served by what skips to it
            half = self._weigh(said, tool, does.get(said.axis, frozenset()), given, spans, text)
            if half is not None:
                return Verdict(arguments, half)
        half = self._stepped(text, tool, given)
        return Verdict(given, half)

    def _without_particles(self, text: str, tool: Tool, given: dict[str, JSON]) -> None:
        """Take out free values that are nothing but a word of polarity: the room is not called "off"."""
        words = {text[said.start : said.end].lower() for said in self.said(text) if said.head}
        for name in [name for name, value in given.items() if _only(value, words)]:
            if not self._values(tool.properties.get(name.split(".")[0], {})):
                del given[name]

    def _inside(self, said: Said, arguments: Mapping[str, JSON], spans: Mapping[str, Span], tool: Tool) -> bool:
        """Return whether the word is part of a free value: "play hold on", "search for open air"."""
        for name, span in spans.items():
            schema = tool.properties.get(name.split(".")[0], {})
            if isinstance(arguments.get(name), str) and "enum" not in schema:
                if span.start <= said.start and said.end <= span.end and not said.head:
                    return True
        return False

    def _weigh(
        self,
        said: Said,
        tool: Tool,
        does: frozenset[Sign],
        given: dict[str, JSON],
        spans: Mapping[str, Span],
        text: str,
    ) -> Half | None:
        """Return why the tool may not be called for this word, filling the argument that takes it up; else None."""
        if said.axis == BEING and not does and (locks := self._locking(said, tool, given, spans)) is not None:
            return self._half(said, frozenset()) if locks is False else None
        for switch in self.switches(tool, said.axis, said):
            if said.sign in switch.values and not (switch.worded and self._steps(text)):
                self._settle(said, switch, given, spans, tool)
                return None
        amount = self._told_amount(tool, spans, given) and (said.axis != BEING or self._sets_nought(said, tool))
        if does == {said.sign}:
            return None
        if does == {-said.sign}:
            return None if amount else self._half(said, does)
        if said.axis == SEQUENCE or (said.axis == DIRECTION and not does):
            return None
        if amount:
            self._sign(said, tool, given)
            return None
        if len(does) == 2 and not self._sets_nought(said, tool):
            unlike = bool(self.switches(tool, said.axis)) or all(name in given for name in tool.required)
            return self._half(said, does) if unlike else None
        if said.sign > 0 or text[said.start : said.end].lower() in self._loose:
            return None
        return self._nought(said, tool, given)

    def _locking(self, said: Said, tool: Tool, given: dict[str, JSON], spans: Mapping[str, Span]) -> bool | None:
        """Return whether a tool that locks takes up "close" or "open"; None if it is no such tool or word."""
        if not self._pairs[said.pair].get("shuts"):
            return None
        wanted = replace(said, axis=LOCK, sign=-said.sign)
        for switch in self.switches(tool, LOCK):
            if wanted.sign in switch.values and said.sign < 0:
                self._settle(wanted, switch, given, spans, tool)
                return True
        does = self.does(tool).get(LOCK)
        return None if not does or len(does) > 1 else does == {wanted.sign}

    def _settle(
        self, said: Said, switch: _Switch, given: dict[str, JSON], spans: Mapping[str, Span], tool: Tool
    ) -> None:
        """Put the side that was said into the switch, unless the driver named another value for it."""
        named = switch.name in spans and switch.name in given
        if named and given[switch.name] not in switch.values.values():
            return
        if switch.name in given or switch.name in tool.required or not self._told_amount(tool, spans, given):
            given[switch.name] = switch.values[said.sign]

    def _told_amount(self, tool: Tool, spans: Mapping[str, Span], given: Mapping[str, JSON]) -> bool:
        """Return whether the driver named a number for a parameter of the tool."""
        return any(
            tool.properties.get(name, {}).get("type") in ("integer", "number") and name in given for name in spans
        )

    @staticmethod
    def _is_step(name: str, relative: frozenset[str]) -> bool:
        return bool(relative & set(name_words(name)))

    def _sign(self, said: Said, tool: Tool, given: dict[str, JSON]) -> None:
        """Give a step its sign: "down by ten" is minus ten for a parameter that takes steps."""
        for name, value in list(given.items()):
            steps = said.axis == DIRECTION and self._is_step(name, self._relative)
            least = tool.properties.get(name, {}).get("minimum")
            positive = isinstance(least, int | float) and least >= 0
            if steps and not positive and isinstance(value, int | float) and not isinstance(value, bool):
                given[name] = abs(value) * said.sign

    def _sets_nought(self, said: Said, tool: Tool) -> bool:
        """Return whether the word may be taken up by an amount of the tool: "off" is nought, "delete" is not."""
        return bool(self._pairs[said.pair].get("nought")) and bool(self._amount(tool))

    def _nought(self, said: Said, tool: Tool, given: dict[str, JSON]) -> Half | None:
        """Fill the amount that is off or closed at nought; without one the tool cannot do it."""
        name = self._amount(tool) if self._sets_nought(said, tool) else ""
        if not name:
            turned_off = self.does(tool).get(BEING) == {said.sign}  # "unlock" may be served by what turns off
            return None if said.axis != BEING and turned_off else self._half(said, frozenset())
        given[name] = 0
        return None

    def _steps(self, text: str) -> bool:
        """Return whether a number of steps is said: "by ten"."""
        words = spoken_words(text)
        return any(
            a in self._by and (b in self._numbers or b.isdigit()) for a, b in zip(words, words[1:], strict=False)
        )

    def _stepped(self, text: str, tool: Tool, given: Mapping[str, JSON]) -> Half | None:
        """Return why a tool that sets a value may not be called for a step ("down by ten"), or None."""
        steps = self._steps(text)
        said = next((one for one in self.said(text) if one.axis == DIRECTION), None)
        if not steps or said is None:
            return None
        numeric = [n for n in given if tool.properties.get(n, {}).get("type") in ("integer", "number")]
        relative = any(self._is_step(name, self._relative) for name in tool.properties)
        acts = DIRECTION in self.does(tool) or relative or bool(self.switches(tool, DIRECTION))
        return None if acts or not numeric else Half("", self._say(said, said.sign))

    def _half(self, said: Said, does: frozenset[Sign]) -> Half:
        return Half(self._say(said, -said.sign) if -said.sign in does else "", self._say(said, said.sign))

    def _say(self, said: Said, sign: Sign) -> str:
        say: Sequence[str] = self._pairs[said.pair]["say"]
        return say[0] if sign > 0 else say[1]


def _only(value: JSON, words: set[str]) -> bool:
    """Return whether a value is one of the words, or a list of nothing else."""
    if isinstance(value, list):
        return bool(value) and all(_only(each, words) for each in value)
    return isinstance(value, str) and value.lower() in words


def _without_contradictions(found: Sequence[Said]) -> list[Said]:
    """Return the words without an axis on which both sides were said beside each other, the verb's own excepted."""
    kept = []
    for one in found:
        against = [other for other in found if other.axis == one.axis and other.sign != one.sign]
        if one.head or not against:
            kept.append(one)
    return list(dict.fromkeys(kept))
