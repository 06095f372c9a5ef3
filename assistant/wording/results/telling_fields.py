"""Leaves out of an answer what a person would not say: notes for programs, repeated values, parts of a date.

A field goes only if another one that can be said stays. It words nothing and never changes a value. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.wording.results.names import is_silent, words_of
from client.catalog import Tool
from client.values import JSON

_FOR_PROGRAMS = frozenset(
    """
    chunking confidence debug disclaimer encoding epoch hint hints licence license meta metadata notice pagination
    params parameters path provenance salience score sdk unix version extension mime formatted
    """.split()
)
"""Last words of names of fields that are about the answer and not part of it."""
_TOTALS = ("grand total", "total", "total amount", "sum")
_ABOUT_THE_SEARCH = frozenset("filter filters interpreted match normalized pattern query search validated".split())
"""Words of names of fields that repeat how something was looked for or checked."""
_OF_THE_RECORD = frozenset("accessed created modified updated".split())
"""First words of names of fields that tell when a record was written, "created_at"."""
_WRITTEN_WHEN = frozenset("at by date datetime on time timestamp".split())
_OF_THE_ANSWER = frozenset(
    ("timestamp", "fetched at", "generated at", "last synced at", "queried at", "retrieved at", "computed at")
)
"""Names of fields that tell when the answer was made."""
_WORKINGS = frozenset(
    ("operation", "op", "inputs", "input", "expression", "formula", "unit type", "conversion type", "type", "precision")
)
"""Names of fields that repeat what was to be computed."""
_MEASURES = frozenset("years months weeks days hours minutes seconds percent kg cm km".split())
_RESULTS = ("result", "answer", "output")
"""Names of the field that is the answer, if the others are workings."""
_OTHER_FORM = frozenset("epoch formatted human iso ms ns readable raw ts unix utc".split())
"""Last words of a name that repeats the field of the name before it: `sunrise_iso` beside `sunrise`."""
_PARTS_OF_A_MOMENT = frozenset(
    (
        "year", "month", "month name", "day", "hour", "minute", "second", "weekday num", "weekday number", "weekday",
        "day of week", "day of year", "week of year", "quarter", "microsecond", "unix", "timestamp", "iso", "utc",
    )
)  # fmt: skip
"""Names of fields that repeat a part of the date or time beside them."""
_CALENDAR = frozenset("year month week weekday weekend quarter dst".split())
"""Words of names of other fields that only repeat a moment, if its parts are told beside it."""
_PARTS_THAT_REPEAT = 3
"""Parts of a date or time beside it that show that they only repeat it."""
_WHOLE_MOMENTS = ("datetime", "date time", "current time", "local time", "iso", "date")
_UNKNOWN = re.compile(r"(?:unknown|unspecified|not specified|n/?a|none|null|undefined)\.?", re.IGNORECASE)


def telling(thing: Mapping[str, JSON], asked: frozenset[str] = frozenset()) -> dict[str, JSON]:
    """Return the fields of an object that a person would say; all of them if none would be left.

    `asked` are words of what was asked for: a field that has one of them stays.
    """
    by_words = {key: " ".join(words_of(key)) for key in thing}
    names = set(by_words.values())
    moment = _moment_beside_its_parts(names)
    kept = {
        key: value
        for key, value in thing.items()
        if (asked & set(by_words[key].split()) and not is_silent(key))
        or not (
            _is_for_programs(by_words[key], value)
            or _repeats_another(by_words[key], names)
            or (moment and by_words[key] != moment and _is_of_the_calendar(by_words[key]))
            or (isinstance(value, str) and _UNKNOWN.fullmatch(value.strip()))
        )
    }
    return kept if any(_can_be_said(key, value) for key, value in kept.items()) else dict(thing)


def without_record(thing: Mapping[str, JSON], asked: frozenset[str] = frozenset()) -> dict[str, JSON]:
    """Return one thing among others without the fields that tell when its record was written."""
    kept = {key: value for key, value in telling(thing, asked).items() if not _is_of_the_record(words_of(key), asked)}
    return kept if any(_can_be_said(key, value) for key, value in kept.items()) else dict(thing)


def without_what_was_asked(thing: Mapping[str, JSON], tool: Tool) -> dict[str, JSON]:
    """Return an answer without numbers, units and workings that only repeat the question; a result stays alone."""
    given = {" ".join(words_of(name)) for name in tool.properties}
    left = {
        key: value
        for key, value in thing.items()
        if not _repeats_the_question(" ".join(words_of(key)), value, given) and not _is_of_the_answer(key)
    }
    if not any(_can_be_said(key, value) for key, value in left.items()):
        return dict(thing)
    for name in _RESULTS:
        if name in left and left[name] not in (None, "", [], {}) and _is_workings(left, name):
            return {name: left[name], **{key: thing[key] for key in thing if words_of(key) in (["unit"], ["units"])}}
    return left


def _is_workings(left: Mapping[str, JSON], name: str) -> bool:
    others = {" ".join(words_of(key)) for key in left if key != name}
    return others <= _WORKINGS | {"unit", "units", "formatted", "method", "dimensions", "rate"}


def _repeats_the_question(words: str, value: JSON, given: set[str]) -> bool:
    if words in _WORKINGS and words != "type":
        return True
    measured = words.rpartition(" ")[0] if words.rpartition(" ")[2] in _MEASURES else ""
    if isinstance(value, bool) or not {words, measured} & given:
        return False
    return isinstance(value, int | float) or bool(
        {"timezone", "zone", "tz", "unit", "units", "mode", "currency"} & set(words.split())
    )


def _is_of_the_answer(key: str) -> bool:
    return " ".join(words_of(key)) in _OF_THE_ANSWER


def _is_of_the_record(words: list[str], asked: frozenset[str]) -> bool:
    return words[:1] != [] and words[0] in _OF_THE_RECORD - asked and (len(words) == 1 or words[-1] in _WRITTEN_WHEN)


def _is_for_programs(words: str, value: JSON) -> bool:
    parts = words.split()
    if not parts:
        return False
    if words == "source":
        return isinstance(value, str) and "_" in value
    return parts[-1] in _FOR_PROGRAMS or (len(parts) > 1 and bool(_ABOUT_THE_SEARCH & {parts[0], parts[-1]}))


def _repeats_another(words: str, names: set[str]) -> bool:
    head, _, last = words.rpartition(" ")
    return last in _OTHER_FORM and head in names


def _moment_beside_its_parts(names: set[str]) -> str:
    """Return the name of the field that tells the whole date or time, if its parts are told beside it."""
    whole = next((name for name in _WHOLE_MOMENTS if name in names), "")
    parts = names & (_PARTS_OF_A_MOMENT - {"iso", "utc", "unix", "timestamp"})
    return whole if len(parts) >= _PARTS_THAT_REPEAT else ""


def _is_of_the_calendar(words: str) -> bool:
    return words in _PARTS_OF_A_MOMENT | {"date", "time"} or bool(_CALENDAR & set(words.split()))


def _can_be_said(key: str, value: JSON) -> bool:
    return not is_silent(key) and value not in (None, "", [], {})


def totals_first(fields: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return what stands beside a list, its total first, without flags that are off: "max_results_reached"."""
    on = {key: value for key, value in fields.items() if value is not False}
    first = {key: value for key, value in on.items() if " ".join(words_of(key)) in _TOTALS}
    return {**first, **on}


def things_by_name(value: Mapping[str, JSON]) -> list[JSON] | None:
    """Return a table of things by their names as a list of things with a name; None if it is another object.

    `{"USD": {"rate": 1.1}, "GBP": {"rate": 0.9}}` gives `[{"name": "USD", "rate": 1.1}, ...]`.
    """
    if len(value) < 2 or not all(isinstance(inner, dict) and inner for inner in value.values()):
        return None
    inside = [inner for inner in value.values() if isinstance(inner, dict)]
    if len(inside[0].keys() & set.intersection(*(set(inner) for inner in inside))) < len(inside[0]) / 2:
        return None
    return [{"name": key.replace("_", " "), **inner} for key, inner in zip(value, inside, strict=True)]
