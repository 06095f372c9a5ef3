"""What a schema's own words say of one value: a moment, a code like its example, an id that nobody says.

Reads names, descriptions, patterns and examples of parameters, never a sentence. English schemas are read whatever
language is spoken: server authors write them in English.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.understanding.tokens import name_words
from client.schemas.patterns import as_whole, matches
from client.values import JSON

_BLOCK = re.compile(r"^[ \t]*(?:Args|Arguments|Parameters|Params)[ \t]*:[ \t]*$", re.MULTILINE | re.IGNORECASE)
_ENTRY = re.compile(r"^([ \t]*)(?:[-*][ \t]+)?[`*]{0,2}(\w+)[`*]{0,2}[ \t]*(?:\([^)\n]*\))?[ \t]*:[ \t]*(.*)$")


def documented(description: str) -> dict[str, str]:
    """Return what the `Args:` block of a Python docstring says of each parameter, by name; {} without such a block."""
    opened = _BLOCK.search(description)
    found: dict[str, str] = {}
    if opened is None:
        return found
    depth: int | None = None
    name = ""
    for line in description[opened.end() :].split("\n")[1:]:
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        entry = _ENTRY.match(line)
        if depth is None:
            depth = indent
        if indent < depth:
            break
        if indent == depth:
            if entry is None:
                break
            name = entry[2]
            found[name] = entry[3].strip()
        elif name:
            found[name] = f"{found[name]} {line.strip()}".strip()
    return found


# -- moments --

_FREE = re.compile(r"natural[ -]language|human[ -]|\bnext (?:monday|week)\b|\btomorrow\b|\byesterday\b", re.IGNORECASE)
_EPOCH = re.compile(r"\bepoch\b|\bunix(?:[ -]?time(?:stamp)?)?\b|\btimestamp in (?:milli)?seconds\b", re.IGNORECASE)
_MILLIS = re.compile(r"\bmilli-?seconds?\b|\bms\b", re.IGNORECASE)
_STAMP = re.compile(r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?")
_DAY = re.compile(r"(?<![\w:])(?:\d{4}([-/])\d{2}\1\d{2}|\d{2}([./])\d{2}\2\d{4})\b(?![T ]\d)")
_STAMP_STYLE = re.compile(
    r"\byyyy-mm-dd\s*['\"]?t?['\"]?\s*hh[:]?mm|\bdate[ -]?time\b|\bdate (?:and|&) time\b", re.IGNORECASE
)
_BARE_DAY_STYLE = re.compile(r"\byyyy-mm-dd\b(?!['\"]?[ t]?['\"]?\s*hh)", re.IGNORECASE)
_DAY_STYLE = re.compile(
    r"(?<![\w:])(?:yyyy([-/.])mm\1dd|(?:dd([-/.])mm|mm([-/.])dd)[-/.]yyyy|yyyymmdd)\b(?!['\"]?[ t]?['\"]?\s*hh)",
    re.IGNORECASE,
)
_STANDARD = re.compile(r"\biso[ -]?8601\b|\brfc[ -]?3339\b|\biso(?:[ -](?:date|format|string|time))", re.IGNORECASE)
_ZONED = re.compile(r"\brfc[ -]?3339\b|\bwith (?:a )?time ?zone\b|\bin utc\b", re.IGNORECASE)
_CLOCK_STYLE = re.compile(r"\bhh:mm(:ss)?\b|\b24[ -]?h(?:our)?\b", re.IGNORECASE)
_CLOCK = re.compile(r"(?<![\d:T-])(?:[01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?(?![\d:])")
_LENGTH = re.compile(r"\bp\d*t\d+[hms]|\biso[ -]?8601 duration\b", re.IGNORECASE)

_ANSWERS_FORM = re.compile(r"['\"`\d]|\brelative\b|\bnames?\b|\bhuman\b|\brange\b|\bperiod\b", re.IGNORECASE)
"""What a description has that says more of a day's spelling than that it is a day."""
_BOUNDS = frozenset({"start", "end", "min", "max", "from", "to", "begin", "until"})
ENDS_OF_DAYS = frozenset({"after", "before", "since", "until", "from", "to", "due", "start", "end", "begin"})
"""Last words of names of days that begin or end a range, if the description calls them dates."""
DATES, STAMPS, CLOCKS = ("date", "day"), ("datetime", "timestamp"), ("time", "clock")
"""Last words of names: of days, of moments, of times of day."""
ZONED, EPOCH, MILLIS, EITHER = "zoned", "epoch", "epoch-ms", "either"
"""How a moment is written where it is no plain local one: with an offset, in seconds or milliseconds since 1970, or
as a bare day if no time of day was said."""
_SAMPLES = (
    ("date-time", "", "2026-11-20T10:00:00"),
    ("date-time", "minute", "2026-11-20T10:00"),
    ("date-time", ZONED, "2026-11-20T10:00:00+01:00"),
    ("date-time", "utc", "2026-11-20T10:00:00Z"),
    ("date-time", "space", "2026-11-20 10:00"),
    ("date", "", "2026-11-20"),
    ("time", "HH:MM", "10:00"),
    ("time", "HH:MM:SS", "10:00:00"),
)


@dataclass(frozen=True)
class DescribedMoment:
    """A kind of moment ("date", "time", "date-time", "duration") and how it is written."""

    kind: str
    style: str = ""


def moment_of(words: Sequence[str], about: str, pattern: JSON, *, numeric: bool = False) -> DescribedMoment | None:
    """Return which moment a parameter takes by its pattern, description or name; None where it takes none.

    `numeric` is whether its type is a number: then only a count of seconds since 1970 is a moment.
    """
    if {"zone", "timezone", "tz"} & set(words):
        return None
    if _EPOCH.search(about):
        return DescribedMoment("date-time", MILLIS if _MILLIS.search(about) else EPOCH)
    if numeric:
        return None
    by_pattern = _by_pattern(pattern)
    if by_pattern is not None or isinstance(pattern, str):
        return by_pattern
    if _FREE.search(about) and not (_DAY_STYLE.search(about) or _STAMP_STYLE.search(about)):
        return None  # in people's own words, and in no form beside them
    return _by_words(tuple(words), about)


def is_bare_text(schema: Mapping[str, JSON]) -> bool:
    """Return whether a parameter is a text that no pattern, format or list of values says more of."""
    kinds = [schema.get("type"), *(b.get("type") for b in _branches(schema))]
    return (
        "string" in kinds
        and set(kinds) <= {"string", "null", None}
        and not {"pattern", "format", "enum", "const"} & set(schema)
    )


def _branches(schema: Mapping[str, JSON]) -> list[Mapping[str, JSON]]:
    """Return the branches of an `anyOf`: FastMCP writes each optional text as a text or null."""
    branches = schema.get("anyOf")
    return [branch for branch in branches if isinstance(branch, Mapping)] if isinstance(branches, list) else []


def moments_of(properties: Mapping[str, Mapping[str, JSON]]) -> Iterator[tuple[str, str]]:
    """Yield name and description of the text parameters that a tool describes as date and time."""
    for name, schema in properties.items():
        about = schema.get("description")
        if isinstance(about, str) and is_bare_text(schema):
            moment = moment_of(name_words(name), about, None)
            if moment is not None and moment.kind == "date-time":
                yield name, about


def _by_pattern(pattern: JSON) -> DescribedMoment | None:
    if not isinstance(pattern, str) or is_loose(pattern):
        return None
    whole = as_whole(pattern)
    return next((DescribedMoment(kind, style) for kind, style, sample in _SAMPLES if matches(whole, sample)), None)


def _by_words(words: tuple[str, ...], about: str) -> DescribedMoment | None:
    """Return the moment that a description or name speaks of; a day that nothing is said of is an ISO date."""
    last = words[-1].rstrip("0123456789") if words else ""
    if _LENGTH.search(about):
        return DescribedMoment("duration")
    stamp = _STAMP.search(about)
    if _BARE_DAY_STYLE.search(about) and last in DATES and not stamp and " or " in about:
        timed = _STAMP_STYLE.search(about) or _STANDARD.search(about)
        return DescribedMoment("date-time", EITHER) if timed else DescribedMoment("date")
    if stamp or _STAMP_STYLE.search(about) or last in STAMPS:
        zoned = (stamp and stamp[1]) or (_ZONED.search(about) and not _STAMP_STYLE.search(about))
        return DescribedMoment("date-time", ZONED if zoned else "")
    if _DAY_STYLE.search(about) or _DAY.search(about):
        return DescribedMoment("date")
    if _STANDARD.search(about):
        timed = re.search(r"\btime|8601|3339", about, re.IGNORECASE)
        plain_day = last in DATES or (re.search(r"\bdate\b", about, re.IGNORECASE) and not timed)
        return (
            DescribedMoment("date")
            if plain_day
            else DescribedMoment("date-time", ZONED if _ZONED.search(about) else "")
        )
    clock = _CLOCK.search(about)
    if _CLOCK_STYLE.search(about) or (clock and last in (*CLOCKS, "at", "from", "until")):
        seconds = _CLOCK_STYLE.search(about)
        return DescribedMoment("time", "HH:MM:SS" if (clock and clock[1]) or (seconds and seconds[1]) else "HH:MM")
    plain = not _ANSWERS_FORM.search(about)
    if plain and tuple(words[-2:]) == ("date", "time"):
        return DescribedMoment("date-time")
    dated = last == DATES[0] or (set(words[-1:]) <= ENDS_OF_DAYS and re.search(r"\bdates?\b", about, re.IGNORECASE))
    return DescribedMoment("date") if plain and dated else None


_YEAR_TOLD = re.compile(r"\byear\b.*\b(?:19|20)\d{2}\b(?![-/\d])|\bYYYY\b(?!-)", re.IGNORECASE)
MONTH, NAME, NAME_AND_YEAR, NUMBER, FIRST_DAY = "YYYY-MM", "name", "name and year", "number", "first day"
"""How a parameter has a month: "2027-03", "March", "March 2027", 3, "2027-03-01"."""
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
"""Months as schemas spell them, whatever language is spoken."""


def calendar_part(words: Sequence[str], schema_type: str, about: str, pattern: JSON) -> tuple[str, str] | None:
    """Return "month" or "year" and how it is written, for a parameter that takes one by its name; None for others."""
    if isinstance(pattern, str):
        months = matches(as_whole(pattern), "2026-11") and not is_loose(pattern)
        return ("month", MONTH) if months and not matches(as_whole(pattern), "2026-13") else None
    named = words[-1:] in (("month",), ("year",))
    if words[-1:] == ("season",) and _YEAR_TOLD.search(about):
        return "year", schema_type
    if schema_type not in ("string", "integer", "number") or not named:
        return None
    if words[-1] == "year":
        return "year", schema_type
    if schema_type != "string" or re.search(r"\b1 ?(?:-|to|–|\.\.) ?12\b", about):
        return "month", NUMBER
    if _DAY.search(about) or _BARE_DAY_STYLE.search(about):
        return "month", FIRST_DAY
    spelled = re.search(rf"\b(?:{'|'.join(MONTH_NAMES)})\b(\s+\d{{4}})?", about)
    return "month", MONTH if spelled is None else NAME_AND_YEAR if spelled[1] else NAME


def style_of_days(words: Sequence[str], description: str) -> str:
    """Return how a tool's own description says that days are written, for a parameter named as one; "" otherwise."""
    named = bool(words) and words[-1].rstrip("0123456789") in DATES
    told = _DAY_STYLE.search(description) if named else None
    return told[0] if told is not None else ""


def style_of_times(name: str, others: Collection[str]) -> str:
    """Return how a moment is written of which only the name speaks, beside the other end: "start_time", "end_time".

    "" for any other parameter, and where another one takes the day.
    """
    words = [name_words(other) for other in others]
    if "time" not in name_words(name) or any(set(own[-1:]) <= set(DATES) for own in words):
        return ""
    ends = {own for own in words if len(own) == 2 and "time" in own and set(own) & _BOUNDS}
    return "ISO 8601 date-time" if name_words(name) in ends and len(ends) > 1 else ""


def is_free_day(about: str) -> bool:
    """Return whether a description asks for a day in people's own words: "next Monday"."""
    return (
        bool(_FREE.search(about))
        and not _DAY_STYLE.search(about)
        and bool(re.search(r"\bdates?\b|\bdays?\b|\bdue\b", about, re.IGNORECASE))
    )


# -- ids and codes --

_OPAQUE = frozenset(
    "id ids idx gid gids identifier identifiers uuid guid uri urn token cursor jid vin hash sha etag ts oid "
    "handle".split()
)
_ID_SAID = re.compile(
    r"^\s*(?:the |a |an |optional |unique |list of |array of |comma-separated list of )*(?:[\w-]+ ){0,3}"
    r"(?:id|ids|gid|identifier|uri|uuid|jid|guid)\b"
    r"|\b(?:ids?|identifiers?|uri|uuid|jid) of\b|\bthis \w+ id\b|\bspotify:|\bvin\b",
    re.IGNORECASE,
)
_NAME_SAID = re.compile(r"\bor (?:\w+ ){0,4}names?\b|\bnames? (?:or|/) (?:\w+ )?(?:id|uri|code|number)", re.IGNORECASE)
"""Descriptions of what takes a name as well as an id: "Station name or URI", "stop code, or part of a stop name"."""
_TICKERS = frozenset("symbol symbols ticker tickers".split())
_SURELY_TICKERS = frozenset("ticker tickers".split())
_SHARES = re.compile(r"\b(?:stocks?|tickers?|shares?|equit(?:y|ies))\b", re.IGNORECASE)
_SECRETS = frozenset("password passwd passphrase secret apikey".split())
_SECRET_PAIRS = frozenset({("api", "key"), ("access", "token"), ("auth", "token"), ("private", "key")})
_FORMATS = frozenset({"uuid"})
_ADDRESSES = frozenset({"uri", "uri-reference", "iri", "hostname"})
_DOTTED = frozenset("url urls website webpage link domain hostname path filepath filename file".split())
_EXAMPLE = re.compile(r"(?:e\.?g\.?|for example|example|such as|like|ex\.?)[:,]?\s*[\"'`(]*([A-Z0-9][\w-]{1,11})\b")
_SPACED = re.compile(r"(?:e\.?g\.?|for example|example|such as|like)[:,]?\s*[\"'`(]+([A-Z]{2,3} \d{1,5})\b")
_EVERYDAY = ("station", "monday", "a sunny day", "music")
"""Texts that a pattern of codes does not take; one that takes any of them says nothing of what is wanted."""


def is_opaque(words: Sequence[str], about: str, schema: Mapping[str, JSON]) -> bool:
    """Return whether a parameter takes what nobody knows by heart: an id, a URI, a cursor."""
    if schema.get("format") in _FORMATS:
        return True
    if set(words[-1:]) & _OPAQUE or (len(words) > 1 and words[-1] in ("key", "code") and words[-2] == "api"):
        return True
    if is_ticker(words, about):
        return True
    return bool(_ID_SAID.search(about)) and not _NAME_SAID.search(about)


def is_ticker(words: Sequence[str], about: str) -> bool:
    """Return whether a parameter takes the symbol of a share: a name of the firm is none, its letters are."""
    return bool(set(words[-1:]) & _TICKERS) and (words[-1] in _SURELY_TICKERS or bool(_SHARES.search(about)))


def is_code_word(word: str, identifiers: Collection[str]) -> bool:
    """Return whether the last word of a name says that it takes a code or an id, alone or as a part: "seccode"."""
    return word in identifiers or (word.endswith("code") and len(word) > len("code"))


def ids_of(properties: Mapping[str, Mapping[str, JSON]]) -> Iterator[str]:
    """Yield the names of a tool's parameters that take what nobody knows by heart, by name or description."""
    for name, schema in properties.items():
        about = schema.get("description")
        if is_opaque(name_words(name), about if isinstance(about, str) else "", schema):
            yield name


def is_secret(words: Sequence[str]) -> bool:
    """Return whether a parameter takes what nobody says aloud: a password, a key to an API."""
    return bool(set(words[-1:]) & _SECRETS) or tuple(words[-2:]) in _SECRET_PAIRS


def is_dotted(words: Sequence[str], schema: Mapping[str, JSON]) -> bool:
    """Return whether a parameter takes an address on the web or the name of a file."""
    return schema.get("format") in _ADDRESSES or bool(set(words[-1:]) & _DOTTED)


@lru_cache(maxsize=1024)
def is_loose(pattern: str) -> bool:
    """Return whether a pattern takes everyday words too, so that fitting it says nothing."""
    whole = as_whole(pattern)
    return any(matches(whole, text) is not False for text in _EVERYDAY)


def example_pattern(about: str) -> str:
    """Return a pattern of codes shaped like the description's example ("BA123": letters, then digits); "" without one.

    The count of letters is kept, that of digits may differ; only examples with both letters and digits are codes.
    """
    for example in (*_EXAMPLE.findall(about), *_SPACED.findall(about)):
        parts = re.fullmatch(r"([A-Z]{1,3})([ -]?)\d{1,5}", example)
        if parts is not None:
            letters = "[A-Z][A-Z0-9]" if len(parts[1]) == 2 else rf"[A-Z]{{{len(parts[1])}}}"
            return rf"^{letters}{parts[2]}\d{{1,5}}$"
    return ""


_QUOTED = re.compile(r"['\"`]([A-Za-z][\w-]{1,30})['\"`]")
_FLIGHTS = re.compile(r"\bflight (?:numbers?|codes?|iata)\b|\biata flight\b", re.IGNORECASE)


def flight_pattern(words: Sequence[str], about: str) -> str:
    """Return the pattern of flight numbers for a parameter that takes one by its name and description; else ""."""
    named = "".join(words).rstrip("s") in ("flight", "flightnumber", "flightno", "flightiata", "flightcode")
    numbered = _FLIGHTS.search(about) or (len(words) > 1 and not about.strip())
    return r"^[A-Z][A-Z0-9]\d{1,4}$" if named and numbered else ""


_KEPT = re.compile(r"\b(?:saved|stored|bookmarked|favou?rite)\b", re.IGNORECASE)


def kept_names(about: str) -> tuple[str, ...] | None:
    """Return the quoted examples of a name that was given before: "Name of a saved place (e.g. 'home')".

    None for any other text. A description that takes any other name as well says so with "or".
    """
    first = about.split(".", maxsplit=1)[0]
    if not _KEPT.search(first) or re.search(r"\bor\b", first):
        return None
    return tuple(text.lower() for text in dict.fromkeys(_QUOTED.findall(about)))
