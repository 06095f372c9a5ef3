"""Words one value: a number with its unit, an amount, a moment, a state, a text. Pure.

A value for programs (an identifier, an address) or without content (null, an empty text) has no words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from assistant.wording.languages import wording
from assistant.wording.results.markup import UUID, plain
from assistant.wording.results.names import is_a_thing, is_moment, is_silent, unit_of, words_of
from assistant.wording.results.written_moments import in_words, moment_words, month_words, seconds_words
from assistant.wording.spoken_values import SpokenClock
from client.values import JSON

_HIDDEN = re.compile(
    rf"{UUID}|(?=\S*\d)(?=\S*[a-fA-F])[0-9a-fA-F]{{8,}}|[0-9A-HJKMNP-TV-Z]{{26}}|"
    r"(?=\S*\d)(?=\S*[a-z])(?=\S*[A-Z])[\w+/-]{22,}={0,2}|[a-zA-Z][\w+.-]*://\S+|data:\S+|[0-9]{20,}"
)
"""Values for programs, whatever the name of their field."""
_SPELLED = re.compile(r"[a-z]+(?:_[a-z0-9]+)+|[A-Z]+(?:_[A-Z0-9]+)+|[a-z]+(?:-[a-z]+)+")
"""Enum values as programs spell them: `in_progress`, `OUT_OF_STOCK`."""
_ZONES = frozenset("timezone zone tz".split())


@dataclass(frozen=True)
class AnswerContext:
    """The context on which a value's words depend."""

    clock: SpokenClock
    own_zone: bool = False
    """Whether times of day stay as written, because they are in another zone."""
    fields: Mapping[str, JSON] = field(default_factory=dict)
    """The other fields of the object."""


def is_scalar(value: JSON) -> bool:
    """Return whether a value is neither a list nor an object."""
    return not isinstance(value, list | dict)


def value_words(value: JSON, context: AnswerContext, name: str = "", unit: str = "") -> str:
    """Return a scalar in words; empty if it is not to be said. `name` is its field's name, `unit` its unit."""
    if value is None or isinstance(value, bool) or not is_scalar(value):
        return ""
    if isinstance(value, int | float):
        return number_words(value, context.clock, name, unit)
    text = str(value).strip()
    if not text or _HIDDEN.fullmatch(text) or is_silent(name):
        return ""
    own_zone = context.own_zone or names_a_zone(context.fields)
    if text in ("NaN", "Infinity", "-Infinity"):
        return wording().text("answers", "unknown")
    moment = moment_words(text, context.clock, own_zone=own_zone)
    if moment is None and {"month", "period"} & set(words_of(name)):
        moment = month_words(text, context.clock)
    if moment is not None:
        return moment
    if re.fullmatch(r"-?\d{1,12}(?:\.\d{1,20})?", text) and (unit or "." in text):
        return number_words(float(text), context.clock, name, unit, written=text)
    if _ZONES & set(words_of(name)) and "/" in text:
        return text.rpartition("/")[2].replace("_", " ")
    if not re.search(r"[^\W\d_]", text) and re.search(r"[*?^$|\\]", text):
        return ""
    if _SPELLED.fullmatch(text):
        return re.sub(r"[_-]", " ", text).lower()
    said = plain(in_words(text, context.clock, own_zone=own_zone))
    return said.removesuffix(".") if name and not said.endswith(".m.") else said


def names_a_zone(fields: Mapping[str, JSON]) -> bool:
    """Return whether an object names the zone of its times."""
    return any(isinstance(value, str) and value and _ZONES & set(words_of(name)) for name, value in fields.items())


def number_words(value: float, clock: SpokenClock, name: str = "", unit: str = "", written: str = "") -> str:
    """Return a number with its unit, rounded for listeners: `61.5 %`, `3.33`, `tomorrow at 8 p.m.`."""
    if not math.isfinite(value):
        return wording().text("answers", "unknown")
    if is_moment(name) and (said := seconds_words(value, clock)):
        return said
    unit = unit or unit_of(name)[0]
    rounded = written if written and len(written.partition(".")[2]) <= 3 else _rounded(value)
    if unit.isupper() and len(unit) == 3 and "." in rounded and len(rounded.partition(".")[2]) < 2:
        rounded = f"{rounded}0"
    rounded = rounded.replace(".", wording().text("answers", "decimal"))
    return f"{rounded} {unit}" if unit else rounded


def _rounded(value: float) -> str:
    if isinstance(value, int) or value == int(value):
        return str(int(value))
    exact = Decimal(repr(value))
    places = -int(exact.as_tuple().exponent)
    if places <= 3:
        return f"{exact:f}"
    if abs(value) >= 0.1:
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{Decimal(f'{value:.1e}'):f}"


def state_words(value: bool, name: str) -> str:
    """Return a yes-or-no field in words: `open` false is "closed", `isPaid` true is "paid"."""
    words, head = words_of(name), ""
    while words and words[0] in ("is", "has", "was", "are"):
        head, words = words[0], words[1:]
    if not words or is_silent(name):
        return ""
    label = " ".join(words)
    if value:
        return wording().table("answers", "states").get(label, label)
    opposite = wording().table("answers", "opposites").get(label)
    if opposite:
        return opposite
    if head == "has":
        return wording().text("answers", "no_such", thing=wording().table("labels").get(label, label))
    if head and is_a_thing(words[-1]):
        return wording().text("answers", "not", state=wording().table("labels").get(label, label))
    said = wording().table("labels").get(label, label).split()
    return " ".join([*said[:-1], wording().text("answers", "not", state=said[-1])])
