"""Finds what a field or tool is about from its name: identifiers, positions, units, money, and the thing itself.

Names are split into words first, so that `partySize`, `party_size` and `Party size` are equal. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.wording.languages import wording
from client.calls.english_words import is_known, is_plural
from client.calls.name_reading import names_an_act
from client.catalog import Tool
from client.values import JSON

QUESTION_HEADS = frozenset(
    """
    are calculate check compare compute convert count describe do does estimate fetch find forecast get has have how
    inspect is list look lookup measure query read retrieve search show status summarize tell view was what when where
    which who
    """.split()
)
"""First words of a tool's name that show that it answers a question."""
_NO_SUBJECT = frozenset(
    "add batch calc convert diff difference eval evaluate expression info parse subtract tool util utils".split()
)
"""Words of a name that is no thing: "the parse date is Friday" is no sentence."""
_LAST_VERBS = frozenset("count fetch find get list lookup query read search show".split())
"""Verbs of questions that some servers put behind the thing."""
_SILENT = frozenset(
    """
    avatar base64 bbox checksum cursor etag fingerprint geohash geometry guid hash href icon id ids index iri link links
    mimetype offset permissions rrule schema self sha sha1 sha256 signature slug thumbnail token uid uri uris url urls
    uuid wikidata ulid
    """.split()
)
"""Last words of a field's name whose values are for programs."""
_POSITION = frozenset("lat latitude lon lng long longitude coordinates coords geo location_point".split())
_OF_PAGES = frozenset("page pages limit per_page page_size offset has_more total_pages next previous total count total_count result_count truncated".split())  # fmt: skip  # noqa: E501  # one list
"""Fields about a list, said with it or left out."""
_UNITS: Mapping[str, str] = {
    "km": "km", "kilometers": "km", "kilometres": "km", "meters": "m", "metres": "m", "miles": "mi", "mi": "mi",
    "feet": "ft", "ft": "ft", "cm": "cm", "mm": "mm", "kmh": "km/h", "kph": "km/h", "mph": "mph", "kwh": "kWh",
    "kw": "kW", "celsius": "°C", "c": "°C", "fahrenheit": "°F", "f": "°F", "temperature": "°", "temp": "°",
    "pct": "%", "percent": "%", "percentage": "%", "humidity": "%", "min": "min", "mins": "min", "minutes": "min",
    "seconds": "s", "secs": "s", "sec": "s", "hours": "h", "hrs": "h", "kg": "kg", "grams": "g", "liters": "l",
    "litres": "l", "hpa": "hPa", "psi": "psi", "bar": "bar", "mb": "MB", "gb": "GB", "ml": "ml",
    "m": "m", "g": "g", "h": "h", "s": "s", "l": "l", "m2": "m²", "sqm": "m²", "m3": "m³", "km2": "km²",
}  # fmt: skip
"""The unit for the last word of a field's name, in the form that `voice` speaks."""
_EACH: Mapping[str, str] = {
    "hr": "hour",
    "hour": "hour",
    "h": "hour",
    "min": "minute",
    "minute": "minute",
    "day": "day",
}
"""The time behind a unit in a rate: `rate_ml_hr`."""
_CURRENCIES = frozenset("eur usd gbp chf jpy".split())
_AMOUNTS = frozenset("amount balance charge cost fare fee fees paid price rate subtotal sum tax toll total".split())
_WARM = ("temp", "feel", "dew", "heat", "chill", "air", "water", "indoor", "outdoor", "in", "out", "max", "min", "high")
"""Beginnings of the words next to which "c" and "f" are degrees."""
_STATE_WORDS = frozenset(
    """
    active alive available away busy clear closed cold done down dry due early empty free full here high home hot
    in late live locked low near new off ok on online offline open out over paused ready safe sick still there true up
    valid warm wet
    """.split()
)
"""States that no ending shows."""
_UNITLESS = frozenset("min max".split())
_MOMENTS = re.compile(r"(?:^|.* )(?:at|time|timestamp|date|dt|ts|sunrise|sunset|created|updated|modified|expires|expiry|start|end|departure|arrival|eta|due|since|until)")  # fmt: skip  # noqa: E501  # one list


def words_of(name: str) -> list[str]:
    """Return the words of a name in lower case; `displayName`, `display_name` and `Display Name` give equal words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return re.sub(r"[^\w]+|_+", " ", spaced).lower().split()


def is_silent(name: str) -> bool:
    """Return whether a field is for programs: identifiers, addresses, positions on the globe."""
    words = words_of(name)
    return bool(words) and (
        "dst" in words or words[-1] in _SILENT or "_".join(words) in _POSITION or words[-1] in _POSITION
    )


def is_about_pages(name: str) -> bool:
    """Return whether a field only describes the pages of a list."""
    words = words_of(name)
    return "_".join(words) in _OF_PAGES or (len(words) > 1 and words[-1] in ("count", "found"))


def is_moment(name: str) -> bool:
    """Return whether a number of that name may be Unix time."""
    return _MOMENTS.fullmatch(" ".join(words_of(name))) is not None


def unit_of(name: str) -> tuple[str, str]:
    """Return the unit that a name ends in and the name without it: `range_km` gives `km` and `range`."""
    words = words_of(name)
    if not words:
        return "", name
    if len(words) > 2 and words[-2:] == ["km", "h"]:
        return "km/h", " ".join(words[:-2])
    if len(words) > 2 and words[-1] in _EACH and words[-2] in _UNITS:
        return f"{_UNITS[words[-2]]} {wording().text('answers', 'each', unit=_EACH[words[-1]])}", " ".join(words[:-2])
    if words[-1] in _CURRENCIES:
        return words[-1].upper(), " ".join(words[:-1])
    unit = "" if words[-1] in _UNITLESS else _UNITS.get(words[-1], "")
    if words[-1] in ("c", "f") and not any(word.startswith(_WARM) for word in words):
        unit = ""  # "vitamin_c" is no temperature
    if unit and len(words) > 1 and words[-2] == "per":
        return "", " ".join(words)
    if unit and words[-1] not in ("temperature", "temp", "humidity") and (len(words) > 1 or len(words[0]) > 1):
        return unit, " ".join(words[:-1])
    return (unit if len(words[-1]) > 2 else ""), " ".join(words)


def is_a_thing(word: str) -> bool:
    """Return whether the last word of a name such as `is_business_day` is a thing, and not a state as in `is_open`."""
    state = word in _STATE_WORDS or word.endswith(("ed", "en", "able", "ible", "ing", "ive", "ful", "less", "ous"))
    return not state and is_known(word)


def is_amount(name: str) -> bool:
    """Return whether a number of that name is money, if a currency field is next to it."""
    return bool(_AMOUNTS & set(words_of(name)))


def thing_of(tool: Tool) -> str:
    """Return the subject of a tool: "garage temperature" for `get_garage_temperature`."""
    words = words_of(tool.name)
    named = words[1:] if len(words) == 1 else words  # "random" or "math" alone names no thing
    while named and named[0] in QUESTION_HEADS:
        named = named[1:]
    if named == words and _verb_is_last(tool):
        named = [*words[:-2], _several(words[-2]) if words[-1] in ("list", "search") else words[-2]]
    return "" if _NO_SUBJECT & set(named) else " ".join(named)


def _verb_is_last(tool: Tool) -> bool:
    """Return whether a name is like `note_list`, by its description; a shopping list is a list."""
    words, described = words_of(tool.name), words_of(tool.description)
    last = len(words) > 1 and words[-1] in _LAST_VERBS and not words[-2].endswith("ing")
    return last and bool(described) and described[0].removesuffix("s") in QUESTION_HEADS


def _several(word: str) -> str:
    if is_plural(word):
        return word
    return re.sub(r"(?<![aeiou])y$", "ie", f"{word}e" if re.search(r"(?:s|x|ch|sh)$", word) else word) + "s"


def asks(tool: Tool) -> bool:
    """Return whether a tool answers a question, so that an empty answer means "none" and not "done"."""
    words = words_of(tool.name)
    return (bool(words) and words[0] in QUESTION_HEADS) or _verb_is_last(tool) or not names_an_act(tool.name)


def asks_yes_or_no(tool: Tool) -> tuple[str, str] | None:
    """Return the thing and its state of a tool such as `is_stove_on`: ("stove", "on"); None for other names."""
    words = words_of(tool.name)
    if len(words) < 3 or words[0] not in ("is", "are"):
        return None
    return " ".join(words[1:-1]), words[-1]


def beside(name: str, fields: Mapping[str, JSON]) -> str:
    """Return the unit or currency from another field: `converted_unit` for `converted_value`."""
    words = words_of(name)
    wanted = [f"{' '.join(words)} unit", f"{' '.join(words[:-1])} unit".strip()]
    if is_amount(name) or words[-1:] == ["value"]:
        wanted += ["currency", "currency code", f"{' '.join(words)} currency"]
    if words in (["value"], ["result"], ["amount"], ["quantity"], ["distance"], ["duration"], ["temperature"]):
        wanted += ["unit", "units", "from" if words == ["value"] else "to"]
    for other, value in fields.items():
        if " ".join(words_of(other)) in wanted and isinstance(value, str) and 0 < len(value) <= 20:
            return {"C": "°C", "F": "°F"}.get(value, value)
    return ""
