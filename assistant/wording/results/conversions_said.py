"""Says what a conversion gave as one sentence: "30 degrees Celsius are 86 degrees Fahrenheit".

It finds the two numbers and their units by the names of the fields that servers use. It computes nothing. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.wording.languages import wording
from assistant.wording.results.names import words_of
from assistant.wording.results.value_words import number_words
from assistant.wording.spoken_values import SpokenClock
from client.calls.english_words import is_plural
from client.values import JSON

_FROM_NUMBER = (
    "original value",
    "input value",
    "from value",
    "original amount",
    "amount",
    "value",
    "original",
    "input",
)
_TO_NUMBER = (
    "converted value", "converted amount", "to value", "output value", "converted", "result", "output",
)  # fmt: skip
_FROM_UNIT = (
    "original unit", "from unit", "input unit", "source unit", "from currency", "source currency", "base currency",
    "from", "base",
)  # fmt: skip
_TO_UNIT = (
    "converted unit", "to unit", "output unit", "target unit", "to currency", "target currency", "quote currency", "to",
)  # fmt: skip
_RATE = ("rate", "exchange rate", "conversion rate", "conversion factor", "factor")
_DEGREES = {
    "c": "celsius",
    "degc": "celsius",
    "celsius": "celsius",
    "f": "fahrenheit",
    "degf": "fahrenheit",
    "fahrenheit": "fahrenheit",
}


def conversion_words(fields: Mapping[str, JSON], clock: SpokenClock) -> str:
    """Return the sentence for a conversion; empty if the object is none."""
    named = {" ".join(words_of(key)): value for key, value in fields.items()}
    to_unit = _unit(named, _TO_UNIT)
    from_unit = _unit(named, _FROM_UNIT)
    given, gained = _number(named, _FROM_NUMBER), _number(named, _TO_NUMBER)
    if gained is None and given is None:
        given, gained = 1.0, _number(named, _RATE)
    if given is None or gained is None or not from_unit or not to_unit:
        return ""
    return wording().text(
        "answers",
        "converted_one" if abs(given) == 1 else "converted",
        given=_measure(given, from_unit, clock),
        gained=_measure(gained, to_unit, clock),
    )


def _unit(named: Mapping[str, JSON], wanted: tuple[str, ...]) -> str:
    for name in wanted:
        found = named.get(name)
        if isinstance(found, str) and re.fullmatch(r"[^\W\d_][\w /°²³]{0,24}", found.strip()):
            return found.strip().replace("_", " ")
    return ""


def _number(named: Mapping[str, JSON], wanted: tuple[str, ...]) -> float | None:
    for name in wanted:
        found = named.get(name)
        if isinstance(found, int | float) and not isinstance(found, bool):
            return found
    return None


def _measure(value: float, unit: str, clock: SpokenClock) -> str:
    return number_words(value, clock, unit=unit_in_words(unit, value))


def unit_in_words(unit: str, value: float) -> str:
    """Return a unit's name for so many: "mile" for 10 is "miles"; a sign such as "km" or "EUR" stays."""
    known = _DEGREES.get(re.sub(r"degrees? |°", "", unit.lower()))
    if known:
        return str(wording().list("units", known)[abs(value) != 1])
    irregular = wording().table("answers", "units_of_many")
    if abs(value) == 1 or not unit.isascii() or not re.fullmatch(r"[a-z]{4,}(?: [a-z]+)*", unit):
        return unit
    if unit in irregular:
        return irregular[unit]
    head, *rest = unit.split(" per ")
    many = head if is_plural(head) else f"{head}{'es' if head.endswith(('s', 'x', 'ch')) else 's'}"
    return " per ".join([many, *rest])
