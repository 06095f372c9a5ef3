"""Whether a sentence asks a tool for what it does, or for the opposite of it.

Words such as "off", "close" or "down" must be taken up by the tool: by its own verb or by an argument. If neither does,
the call is not made. Pure; knows no state and asks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.understanding.language import Language
from assistant.understanding.opposites import BEING, DIRECTION, LOCK, SEQUENCE, Opposites, Said, Sign
from assistant.understanding.own_verbs import OwnVerbs
from assistant.understanding.reading import Half, Span
from assistant.understanding.sides import Sides, Switch
from assistant.understanding.tokens import name_words, spoken_words
from client.catalog import Tool
from client.values import JSON


@dataclass(frozen=True)
class Verdict:
    """Whether a call may be made, and with which arguments."""

    arguments: Mapping[str, JSON]
    half: Half | None = None
    """Set if the call may not be made."""


class Polarity:
    """Weighs requests against tools in one language."""

    def __init__(self, language: Language) -> None:
        self._opposites = Opposites(language)
        self._sides = Sides(language, self._opposites)
        self._own = OwnVerbs(language)
        raw = language.mood["polarity"]
        self._to = frozenset((*raw["to"], *raw["completing"]["levels"]))
        self._levels = frozenset(raw["to"])
        self._things = frozenset(language.mood["shapes"]["kinds"])
        self._reversed = frozenset(language.mood["polarity"]["reversed_things"])
        self._raised = frozenset(language.mood["polarity"]["raised_things"])

    def ends(self, tool: Tool) -> bool:
        """Return whether the tool turns off, closes, ends or removes what it is about."""
        return -1 in self._sides.does(tool).get(BEING, frozenset())

    def turns(self, text: str, tool: Tool) -> bool:
        """Return whether a text says one of two opposites between which a parameter of the tool chooses."""
        return any(self._sides.switches(tool, said.axis) for said in self._opposites.said(text))

    def is_about(self, text: str, tool: Tool) -> bool:
        """Return whether a tool speaks of every quality that a request compares: of loudness, for "louder"."""
        return all(self._sides.speaks_of(tool, said) for said in self._opposites.said(text))

    def opposes(self, text: str, tool: Tool) -> bool:
        """Return whether the verb that was said is the opposite of the one in the tool's own name."""
        own = {(axis, sign, pair) for axis, sign, pair in self._sides.own(tool)}
        return any(one.head and (one.axis, -one.sign, one.pair) in own for one in self._opposites.said(text))

    def makeshift(self, text: str, tool: Tool, spans: Mapping[str, Span]) -> bool:
        """Return whether the tool takes up what was said by setting an amount to nought alone."""
        said = [one for one in self._opposites.said(text) if one.axis == BEING and one.sign < 0]
        lacks = not self._sides.does(tool).get(BEING) and not any(
            self._sides.switches(tool, one.axis, one) for one in said
        )
        return bool(said) and lacks and bool(self._sides.amount(tool))

    def serves(self, text: str, tool: Tool) -> bool:
        """Return whether the tool's own verb is on the side of every word of polarity that was said."""
        said = self._opposites.said(text)
        does = self._sides.does(tool)
        return bool(said) and all(does.get(one.axis) == frozenset((one.sign,)) for one in said)

    def verdict(self, text: str, tool: Tool, arguments: Mapping[str, JSON], spans: Mapping[str, Span]) -> Verdict:
        """Return whether the tool may be called for this request, with arguments that take up its words of polarity.

        `spans` tells which characters of the text each argument came from.
        """
        unserved = self._own.unserved(text, tool) or self._own.turned_down(text, tool, arguments, spans)
        if unserved:
            return Verdict(arguments, Half("", unserved))
        does = self._sides.does(tool)
        own = self._sides.own(tool)
        if self._opposites.is_unclear(text) or (does.get(BEING) == frozenset((-1,)) and self._opposites.sets(text)):
            return Verdict(arguments, Half("", spoken_words(text)[0]))
        given = dict(arguments)
        self._without_particles(text, tool, given)
        self._without_steps(text, tool, given, spans)
        for said in self._opposites.said(text):
            if not self._sides.speaks_of(tool, said):
                return Verdict(arguments, self._half(said, frozenset()))
            placed = said.axis == BEING and said.head and self._own.misplaced(text, tool, given, spans)
            if placed:
                return Verdict(arguments, self._half(said, frozenset()))
            if (said.axis, said.sign, said.pair) in own or self._inside(said, arguments, spans, tool):
                continue
            if said.axis == BEING and said.sign > 0 and SEQUENCE in does:
                continue  # "play the next song" is served by what skips to it
            half = self._weigh(said, tool, does.get(said.axis, frozenset()), given, spans, text)
            if half is not None:
                return Verdict(arguments, half)
        self._begun(text, tool, given)
        half = self._stepped(text, tool, given) or self._levelled(text, tool, given, spans)
        return Verdict(given, half)

    def _without_particles(self, text: str, tool: Tool, given: dict[str, JSON]) -> None:
        """Take out free values that are nothing but a word of polarity: the room is not called "off"."""
        words = {text[said.start : said.end].lower() for said in self._opposites.said(text) if said.head}
        turns = {text[said.start : said.end].lower() for said in self._opposites.said(text) if said.axis == SEQUENCE}
        for name in [name for name, value in given.items() if _only(value, words) or self._points(value, turns)]:
            if not self._sides.values(tool.properties.get(name.split(".")[0], {})):
                del given[name]
        for name, value in given.items():  # nor is it "bedroom light off"
            if isinstance(value, str) and not self._sides.values(tool.properties.get(name, {})):
                before, _, last = value.rpartition(" ")
                given[name] = before if before and last.lower() in words else value

    def _points(self, value: JSON, turns: set[str]) -> bool:
        """Return whether a value only points along a sequence, and names nothing: "previous song"."""
        words = value.lower().split() if isinstance(value, str) else []
        return len(words) > 1 and words[0] in turns and all(word in self._things for word in words[1:])

    def _inside(self, said: Said, arguments: Mapping[str, JSON], spans: Mapping[str, Span], tool: Tool) -> bool:
        """Return whether the word is part of a free value: "play hold on", "search for open air"."""
        for name, span in spans.items():
            schema = tool.properties.get(name.split(".")[0], {})
            free = isinstance(arguments.get(name), str) and "enum" not in schema
            if free and not said.head and span.start <= said.start and said.end <= span.end:
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
        if self._shuts_instead(said, tool):
            return self._half(said, frozenset())
        for switch in self._sides.switches(tool, said.axis, said):
            other = switch.name in given and given[switch.name] == switch.values.get(-said.sign)
            if other and said.head and said.sign not in switch.values:
                del given[switch.name]  # "auf" is not "aus"
            if said.sign in switch.values and not (switch.worded and self._opposites.steps(text)):
                if not (said.axis == DIRECTION and self._leads_to_level(text, said.end, tool, spans)):
                    self._settle(said, switch, given, spans, tool)
                return None
        amount = self._told_amount(tool, spans, given) and (said.axis != BEING or self._sets_nought(said, tool))
        if does == {said.sign} or (said.axis == DIRECTION and self._takes_step(tool, given, text)):
            return None
        if does == {-said.sign}:
            return None if amount else self._half(said, does)
        if said.axis == DIRECTION and not does and not amount and self._raises(said, tool, given, spans):
            return None
        if said.axis == DIRECTION and not does and said.head:
            return self._moving(said, tool, text)
        if said.axis == SEQUENCE or (said.axis == DIRECTION and not does):
            return None
        if amount:
            self._sign(said, tool, given)
            return None
        if len(does) == 2 and not self._sets_nought(said, tool):
            unlike = bool(self._sides.switches(tool, said.axis)) or all(name in given for name in tool.required)
            return self._half(said, does) if unlike else None
        word = text[said.start : said.end].lower()
        if (said.sign > 0 and not self._opposites.undoes(said, word)) or word in self._opposites.loose:
            return None
        return self._nought(said, tool, given)

    def _locking(self, said: Said, tool: Tool, given: dict[str, JSON], spans: Mapping[str, Span]) -> bool | None:
        """Return whether a tool that locks takes up "close" or "open"; None if it is no such tool or word."""
        if not self._opposites.pairs[said.pair].get("shuts"):
            return None
        wanted = replace(said, axis=LOCK, sign=-said.sign)
        for switch in self._sides.switches(tool, LOCK):
            if wanted.sign in switch.values and said.sign < 0:
                self._settle(wanted, switch, given, spans, tool)
                return True
        does = self._sides.does(tool).get(LOCK)
        return None if not does or len(does) > 1 else does == {wanted.sign}

    def _shuts_instead(self, said: Said, tool: Tool) -> bool:
        """Return whether a tool opens what is to be locked, or closes what is to be unlocked."""
        if said.axis != LOCK:
            return False
        own = self._sides.own(tool)
        return any(
            axis == BEING and sign == said.sign and self._opposites.pairs[n].get("shuts") for axis, sign, n in own
        )

    def _moving(self, said: Said, tool: Tool, text: str) -> Half | None:
        """Return why a tool that opens, or turns on, may not be called for "raise" or "dim"; None if it may.

        What opens raises blinds and lowers windows; what turns on dims nothing. A tool for any thing moves the one that
        the text names.
        """
        being = {(sign, pair) for axis, sign, pair in self._sides.own(tool) if axis == BEING}
        signs = {sign for sign, _ in being}
        numbers = [n for n in tool.properties if tool.properties[n].get("type") in ("integer", "number")]
        if len(signs) != 1 or numbers or any(self._sides.is_step(name) for name in tool.properties):
            return None
        turned = bool(self._reversed & {*name_words(tool.name), *spoken_words(tool.description)})
        turned = turned or self._opposites.opens_upwards(spoken_words(text)) < 0
        moves = any(self._opposites.pairs[pair].get("shuts") for _, pair in being)
        wanted = -said.sign if turned else said.sign
        return None if moves and wanted in signs else self._half(said, frozenset())

    def _raises(self, said: Said, tool: Tool, given: dict[str, JSON], spans: Mapping[str, Span]) -> bool:
        """Return whether a tool that opens or closes was told to by a direction, which then is filled in.

        Windows close upwards; blinds, lids and gates open.
        """
        about = {*name_words(tool.name), *spoken_words(tool.description)}
        turned, raised = bool(self._reversed & about), bool(self._raised & about)
        shuts = next((n for n, pair in enumerate(self._opposites.pairs) if pair.get("shuts")), None)
        if shuts is None or turned == raised:
            return False
        wanted = replace(said, axis=BEING, sign=-said.sign if turned else said.sign, pair=shuts)
        for switch in self._sides.switches(tool, BEING, wanted):
            if wanted.sign in switch.values and not switch.worded:
                self._settle(wanted, switch, given, spans, tool)
                return True
        return False

    def _settle(
        self, said: Said, switch: Switch, given: dict[str, JSON], spans: Mapping[str, Span], tool: Tool
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

    def _begun(self, text: str, tool: Tool, given: dict[str, JSON]) -> None:
        """Turn on what the tool's own verb alone asks for: "charge to eighty percent" starts charging."""
        if any(said.axis == BEING for said in self._opposites.said(text)) or not self._own.is_named(text, tool):
            return
        switches = [switch for switch in self._sides.switches(tool, BEING) if switch.name in tool.required]
        if len(switches) == 1 and switches[0].name not in given and isinstance(switches[0].values.get(1), bool):
            given[switches[0].name] = switches[0].values[1]

    def _without_steps(self, text: str, tool: Tool, given: dict[str, JSON], spans: Mapping[str, Span]) -> None:
        """Take out steps that say no more than the level they lead to: "up to five" is five, and no step besides."""
        for switch in self._sides.switches(tool, DIRECTION):
            span = spans.get(switch.name)
            optional = switch.name in given and switch.name not in tool.required
            if optional and span is not None and self._leads_to_level(text, span.end, tool, spans):
                del given[switch.name]

    def _leads_to_level(self, text: str, end: int, tool: Tool, spans: Mapping[str, Span]) -> bool:
        """Return whether "to" and a number that the tool takes stand behind that character."""
        for name, span in spans.items():
            numeric = tool.properties.get(name, {}).get("type") in ("integer", "number")
            between = spoken_words(text[end : span.start]) if end <= span.start else []
            if numeric and between and self._to.issuperset(between) and not self._sides.is_step(name):
                return True
        return False

    def _takes_step(self, tool: Tool, given: dict[str, JSON], text: str) -> bool:
        """Return whether the tool needs a step that is still to be told; words in place of a number said tell none."""
        steps = [name for name in tool.required if self._sides.is_step(name)]
        if self._opposites.steps(text):
            for name in [name for name in steps if isinstance(given.get(name), str)]:
                del given[name]
        return any(name not in given for name in steps)

    def _sign(self, said: Said, tool: Tool, given: dict[str, JSON]) -> None:
        """Give a step its sign: "down by ten" is minus ten for a parameter that takes steps."""
        for name, value in list(given.items()):
            steps = said.axis == DIRECTION and self._sides.is_step(name)
            least = tool.properties.get(name, {}).get("minimum")
            positive = isinstance(least, int | float) and least >= 0
            if steps and not positive and isinstance(value, int | float) and not isinstance(value, bool):
                given[name] = abs(value) * said.sign

    def _sets_nought(self, said: Said, tool: Tool) -> bool:
        """Return whether the word may be taken up by an amount of the tool: "off" is nought, "delete" is not."""
        return bool(self._opposites.pairs[said.pair].get("nought")) and bool(self._sides.amount(tool))

    def _nought(self, said: Said, tool: Tool, given: dict[str, JSON]) -> Half | None:
        """Fill the amount that is off or closed at nought; without one the tool cannot do it."""
        name = self._sides.amount(tool) if self._sets_nought(said, tool) else ""
        if not name:
            turned_off = self._sides.does(tool).get(BEING) == frozenset(
                (said.sign,)
            )  # "unlock" may be served by what turns off
            return None if said.axis != BEING and turned_off else self._half(said, frozenset())
        given[name] = 0
        return None

    def _stepped(self, text: str, tool: Tool, given: Mapping[str, JSON]) -> Half | None:
        """Return why a tool that sets a value may not be called for a step ("down by ten"), or None."""
        steps = self._opposites.steps(text)
        said = next((one for one in self._opposites.said(text) if one.axis == DIRECTION), None)
        if not steps or said is None:
            return None
        numeric = [n for n in given if tool.properties.get(n, {}).get("type") in ("integer", "number")]
        relative = any(self._sides.is_step(name) for name in tool.properties)
        acts = DIRECTION in self._sides.does(tool) or relative or bool(self._sides.switches(tool, DIRECTION))
        return None if acts or not numeric else Half("", self._opposites.say(said, said.sign))

    def _levelled(self, text: str, tool: Tool, given: Mapping[str, JSON], spans: Mapping[str, Span]) -> Half | None:
        """Return why a tool that only takes steps may not be called for a level ("down to ten"), or None."""
        said = next((one for one in self._opposites.said(text) if one.axis == DIRECTION), None)
        for name, span in spans.items():
            least = tool.properties.get(name, {}).get("minimum")
            if said is None and not (isinstance(least, int | float) and least < 0):
                continue  # "set my steps to ten thousand"
            number = isinstance(given.get(name), int | float) and not isinstance(given.get(name), bool)
            before = spoken_words(text[: span.start])[-1:]
            if number and self._sides.is_step(name) and before and before[0] in self._levels:
                return Half("", self._opposites.say(said, said.sign) if said is not None else spoken_words(text)[0])
        return None

    def _half(self, said: Said, does: frozenset[Sign]) -> Half:
        return Half(
            self._opposites.say(said, -said.sign) if -said.sign in does else "", self._opposites.say(said, said.sign)
        )


def _only(value: JSON, words: set[str]) -> bool:
    """Return whether a value is one of the words, or a list of nothing else."""
    if isinstance(value, list):
        return bool(value) and all(_only(each, words) for each in value)
    return isinstance(value, str) and value.lower() in words
