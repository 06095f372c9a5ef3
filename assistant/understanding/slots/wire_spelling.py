"""How a value that was understood is spelled on the wire: the first spelling that its parameter takes.

A moment, a day, a time, a length, a yes and a number are each written in several ways. The ways are tried against the
schema (type, enum, pattern) and against the examples that it gives. Pure. It never changes what is meant, and leaves
alone what no spelling fits: the server has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import format_datetime

from assistant.understanding.slots.listed_in_schemas import resolved
from client.catalog import Tool
from client.schemas.patterns import matches
from client.values import JSON

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CLOCK = re.compile(r"\d\d:\d\d(?::\d\d)?")
_LENGTH = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_SPELLED = re.compile(r"[a-z0-9](?: [a-z0-9])+")
"""A code that was said letter by letter."""
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?")
_EXAMPLE = re.compile(
    r"(?:e\.?g\.?|for example|examples?|such as|like|format)[:,]?\s*[\"'`(]*([\w:+./-]{2,40}(?: [\w:+]{2,12})?)",
    re.IGNORECASE,
)
_WORDS = (("true", "false"), ("yes", "no"), ("on", "off"), ("True", "False"), ("Yes", "No"), ("Y", "N"), ("1", "0"))
_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%Y%m%d", "%d-%m-%Y", "%m-%d-%Y")
_CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M %p", "%I:%M%p", "%I:%M:%S %p", "%H%M", "%H:%M:%SZ")
_WRITTEN = {"yyyy": "%Y", "mm": "%m", "dd": "%d"}
_FORMATS = (
    *((letters, "0000") for letters in ("%Y", "YYYY", "yyyy")),
    *(
        (letters, "00")
        for letters in ("%m", "%d", "%H", "%I", "%M", "%S", "MM", "mm", "DD", "dd", "HH", "hh", "SS", "ss")
    ),
    ("%p", "aa"),
)
"""How formats are written for people and for programs, and what they look like filled in."""
_ORDER = re.compile(r"\b(yyyy|mm|dd)([./-])(mm|dd)\2(yyyy|mm|dd)\b", re.IGNORECASE)


def on_the_wire(
    tool: Tool, arguments: Mapping[str, JSON], utc_offset: float, shown: Mapping[str, str] | None = None
) -> dict[str, JSON]:
    """Return the arguments as the tool takes them; `utc_offset` is the car's, in seconds east of Greenwich.

    `shown` are examples and formats of the server's refusals, by parameter.
    """
    return {
        name: _spelled(tool.properties[name], value, utc_offset, tool.input_schema, (shown or {}).get(name, ""))
        if name in tool.properties
        else value
        for name, value in arguments.items()
    }


def spellings(schema: Mapping[str, JSON], value: JSON, utc_offset: float) -> list[JSON]:
    """Return the ways in which a schema takes a plain value, the likeliest first."""
    return [way for way in _ways(schema, value, utc_offset) if _takes(schema, way)]


def _spelled(
    raw: Mapping[str, JSON], value: JSON, utc_offset: float, root: Mapping[str, JSON], shown: str = ""
) -> JSON:
    schema = resolved(raw, root)
    if isinstance(value, dict):
        inner = schema.get("properties")
        known = inner if isinstance(inner, Mapping) else {}
        return {
            name: _spelled(child, one, utc_offset, root) if isinstance(child := known.get(name), Mapping) else one
            for name, one in value.items()
        }
    if isinstance(value, list):
        items = schema.get("items")
        return [_spelled(items, one, utc_offset, root) for one in value] if isinstance(items, Mapping) else value
    if schema.get("type") == "array":
        return [value]
    if shown:
        learned = spellings({**schema, "description": shown}, value, utc_offset)
        like = next((way for way in learned if shape_of(str(way)) == shape_of(shown)), None)
        if like is not None:
            return like
    ways = spellings(schema, value, utc_offset)
    shapes = {shape_of(example) for example in _examples(schema)}
    like = next((way for way in ways if shapes and isinstance(way, str) and shape_of(way) in shapes), None)
    return like if like is not None else ways[0] if ways else value


def _takes(schema: Mapping[str, JSON], value: JSON) -> bool:
    """Return whether type, values and pattern of a schema allow the value."""
    allowed = schema.get("enum")
    if (isinstance(allowed, list) and value not in allowed) or ("const" in schema and value != schema["const"]):
        return False
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    kind = "boolean" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"
    whole = isinstance(value, int | float) and float(value).is_integer()
    if kinds != [None] and kind not in kinds and not (kind == "number" and whole and "integer" in kinds):
        return False
    pattern = schema.get("pattern")
    return not (isinstance(pattern, str) and isinstance(value, str)) or matches(pattern, value) is not False


def _examples(schema: Mapping[str, JSON]) -> list[str]:
    """Return the spellings that the schema shows."""
    shown = schema.get("examples")
    found = [one for one in shown if isinstance(one, str)] if isinstance(shown, list) else []
    found += [one for one in (schema.get("example"), schema.get("default")) if isinstance(one, str)]
    about = schema.get("description")
    return found + (_EXAMPLE.findall(about) if isinstance(about, str) else [])


def shape_of(text: str) -> str:
    """Return a text with each digit as 0 and each letter as a, so that spellings alike look alike.

    Formats count as what they stand for: `YYYY-MM-DD` and `%Y-%m-%d` as `0000-00-00`.
    """
    for letters, digits in _FORMATS:
        text = text.replace(letters, digits)
    return re.sub(r"[A-Za-z]", "a", re.sub(r"[0-9]", "0", text.strip().rstrip(".,;)")))


def names_order(text: str) -> bool:
    """Say whether a text tells which of day and month comes first."""
    return _ORDER.search(text) is not None


def _ways(schema: Mapping[str, JSON], value: JSON, utc_offset: float) -> Iterator[JSON]:
    """Yield the spellings of a value, the likeliest first."""
    about = str(schema.get("description") or "")
    if isinstance(value, bool):
        yield value
        yield from (pair[not value] for pair in _WORDS)
        yield int(value)
    elif isinstance(value, int | float):
        yield value
        yield f"{value:g}" if abs(value) < 1e6 else str(value)
    elif isinstance(value, str) and _MOMENT.fullmatch(value):
        yield from _moments(datetime.fromisoformat(value), utc_offset, zoned=schema.get("format") == "date-time")
    elif isinstance(value, str) and _DAY.fullmatch(value):
        day = date.fromisoformat(value)
        named = _ORDER.search(about)
        if named is not None:
            yield day.strftime(named[2].join(_WRITTEN[part.lower()] for part in (named[1], named[3], named[4])))
        yield from (day.strftime(form) for form in _DAYS)
        yield f"{value}T00:00:00{_offset(utc_offset)}"
    elif isinstance(value, str) and _CLOCK.fullmatch(value):
        yield value
        yield from (time.fromisoformat(value).strftime(form) for form in _CLOCKS)
    elif isinstance(value, str) and value != "P" and (length := _LENGTH.fullmatch(value)) is not None:
        yield value
        yield from _lengths(length, about)
    elif isinstance(value, str):
        if _SPELLED.fullmatch(value) and re.search(r"[a-z]", value):
            joined = value.replace(" ", "")
            yield from (joined.upper(), joined)
        yield value
        if _NUMBER.fullmatch(value):
            yield float(value) if "." in value else int(value)


def _moments(moment: datetime, utc_offset: float, *, zoned: bool) -> Iterator[JSON]:
    local = moment.replace(tzinfo=timezone(timedelta(seconds=round(utc_offset / 60) * 60)))
    try:
        world = local.astimezone(UTC)
    except OverflowError:
        yield moment.isoformat()
        return
    with_offset = local.isoformat()
    if zoned:
        yield with_offset  # RFC 3339 has an offset
    yield moment.isoformat()
    yield with_offset
    yield from (world.strftime(form) for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.000Z", "%Y-%m-%dT%H:%MZ"))
    yield from (moment.strftime(f"%Y-%m-%d{form}") for form in ("T%H:%M", " %H:%M", " %H:%M:%S", "T%H:%M:%S.000"))
    yield format_datetime(local)
    yield from (moment.strftime(f"{day} %H:%M") for day in _DAYS[1:])
    yield from (int(world.timestamp()), str(int(world.timestamp())), str(int(world.timestamp()) * 1000))


def _offset(utc_offset: float) -> str:
    minutes = round(utc_offset / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _lengths(length: re.Match[str], about: str) -> Iterator[JSON]:
    days, hours, minutes, seconds = (int(part or 0) for part in length.groups())
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if re.search(r"\bminutes?\b", about, re.IGNORECASE) and not total % 60:
        yield total // 60
        yield str(total // 60)
    yield total
    hours, rest = divmod(total, 3600)
    parts = ((hours, "h"), (rest // 60, "m"), (rest % 60, "s"))
    yield "".join(f"{count}{unit}" for count, unit in parts if count)
    yield " ".join(f"{count}{unit}" for count, unit in parts if count)
    yield f"{hours:02d}:{rest // 60:02d}" + (f":{rest % 60:02d}" if rest % 60 else "")
    yield f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"
    yield str(total)
