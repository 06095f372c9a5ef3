"""How people ask for a tool that brings no examples: by the verb of its name, in the orders of the language's data.

"Turn off the lights", "turn the lights off", "open the office curtains", "set the kitchen brightness to fifty percent".
Pure: it is given names, words and values, and knows no schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.understanding.grammar.value_rules import any_of, in_turn
from assistant.understanding.language import Language
from voice.recognition.recognizer_base import AnyOrder, Expression, Maybe, Words


@dataclass(frozen=True)
class Named:
    """What a tool's name says: "turn on", "open cover", "set brightness"."""

    verbs: tuple[str, ...]
    """The verb, and those that people use for it."""
    particle: str
    """"on" of "turn on"; "" for none."""
    thing: str
    """What the verb acts on: "brightness"; "" for none."""


def read_name(words: str, description: Sequence[str], spoken: Language) -> Named | None:
    """Return what a name says; None unless it begins with a verb that commands.

    Verbs at the beginning of the description count as well: "Start, set or create a timer".
    """
    parts = words.split()
    known = frozenset(spoken.words("orders", "verbs"))
    if not parts or parts[0] not in known:
        return None
    verbs = [parts[0]]
    for word in description:
        if word in known:
            verbs.append(word)
        elif word not in ("or", "and"):
            break
    for group in spoken.lists("orders", "likewise"):
        if parts[0] in group:
            verbs += group
    rest = parts[1:]
    particle = rest.pop(0) if rest and rest[0] in spoken.words("orders", "particles") else ""
    return Named(tuple(dict.fromkeys(verbs)), particle, " ".join(rest))


def shaped(name: Named, leads: Sequence[str], items: Sequence[Expression], spoken: Language) -> Expression:
    """Return the requests: the verb, then its particle, the thing and the values in the orders that people use."""
    verb = in_turn(Maybe(any_of(leads)), any_of(name.verbs))
    thing = [determined(Words(name.thing), spoken)] if name.thing else []
    said = AnyOrder((*thing, *items))
    if not name.particle:
        return in_turn(verb, said)
    return any_of([in_turn(verb, name.particle, said), in_turn(verb, said, name.particle, AnyOrder(tuple(items)))])


def determined(values: Expression, spoken: Language) -> Expression:
    """Return values that may have small words before them: "the lights", "all of the lights"."""
    return in_turn(Maybe(any_of(spoken.words("orders", "determiners"))), values)


def led(values: Expression, spoken: Language) -> Expression:
    """Return listed values with the words that lead to them: "in the office", "of the kitchen", "office"."""
    return in_turn(Maybe(any_of(spoken.words("orders", "leads"))), determined(values, spoken))


def counted(values: Expression, name: str, description: Sequence[str], spoken: Language) -> Expression:
    """Return numbers with what leads to them and what they count: "to fifty percent", "and ten minutes"."""
    units: Sequence[str] = ()
    for group in spoken.lists("orders", "units"):
        if set(group) & {*name.split(), *description}:
            units = group
            break
    unit = Maybe(any_of(units)) if units else Words("")
    return in_turn(Maybe(any_of(spoken.words("orders", "number_leads"))), values, unit)
