"""Values as they are read back: exact, so that a listener could write the value down.

Everything that a call sends is said: each value with its unit, and its year, seconds and offset if these are not
obvious; codes letter by letter; empty values as empty. It only words; it decides nothing and leaves nothing out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from assistant.wording.dates_and_lists import spoken_date, spoken_duration, spoken_far_date, spoken_list, spoken_time
from assistant.wording.languages import wording
from client.calls.english_words import unusual_letters
from client.values import JSON

LONGEST_NUMBER = 15
"""Most digits of a number that is said in full; a longer one is said as a power of ten."""


@dataclass(frozen=True)
class SpokenClock:
    """The reference for dates and times."""

    now: float
    """Seconds since the epoch."""
    utc_offset: float
    """The vehicle clock's offset in seconds east of UTC."""

    @property
    def today(self) -> date:
        """The vehicle's day."""
        return (datetime.fromtimestamp(self.now, UTC) + timedelta(seconds=self.utc_offset)).date()


def label(name: str) -> str:
    """Return a parameter's or tool's name in words: `partySize` and `party_size` are "party size".

    Characters other than letters and digits separate words, so that no name can hold a sentence.
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[\W_]+", " ", spaced).strip().lower()


def spoken_label(name: str) -> str:
    """Return the name in words of the language, if it has words for it."""
    words = label(name)
    told = wording().table("labels").get(words, words)
    return wording().text("words", "unusual", text=told) if unusual_letters(name) else told


def parts_of(
    name: str, value: JSON, schema: Mapping[str, JSON], clock: SpokenClock, *, bare: bool = False
) -> Iterator[str]:
    """Yield the words for one argument: its name and value, or one such part for each value inside it.

    `bare` leaves the name out if the value is obvious.
    """
    said = spoken_label(name)
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _within(said, key, inner, _inner(schema, key), clock)
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        items = _mapping(schema.get("items"))
        for place, item in enumerate(value, 1):
            yield from _within(said, str(place), item, items, clock)
    elif isinstance(value, bool):
        yield _spoken_boolean(name, value, schema)
    elif isinstance(value, int | float):
        yield _spoken_measure(name, value, schema, clock, bare=bare)
    else:
        told = spoken_value(value, schema, clock, name)
        kind = schema.get("format")
        if kind == "time" and label(name) == "time":
            yield wording().text("words", "at", time=told)
        elif bare or (kind in ("date", "date-time") and label(name) == "date"):
            yield told
        else:
            yield f"{said} {told}"


def _within(said: str, key: str, value: JSON, schema: Mapping[str, JSON], clock: SpokenClock) -> Iterator[str]:
    """Yield the words for a nested value, with the names of everything around it."""
    for part in parts_of(key, value, schema, clock):
        yield f"{said} {part}"


def spoken_value(value: JSON, schema: Mapping[str, JSON], clock: SpokenClock, name: str = "") -> str:
    """Return one value in words. The name shows whether it is a code, and its unit."""
    words = wording()
    if value is None:
        return words.text("words", "null")
    if isinstance(value, bool):
        return words.text("words", "on" if value else "off")
    if isinstance(value, int | float):
        return spoken_number(value)
    if isinstance(value, str):
        return _spoken_text(value, schema, clock, name)
    if not value:
        return words.text("words", "empty_list" if isinstance(value, list) else "empty_group")
    if isinstance(value, list):
        return spoken_list([_item(item, _mapping(schema.get("items")), clock, name) for item in value])
    return ", ".join(part for key, item in value.items() for part in parts_of(key, item, _inner(schema, key), clock))


def _item(value: JSON, schema: Mapping[str, JSON], clock: SpokenClock, name: str) -> str:
    """Return one entry of a list; an entry that contains a separator is quoted."""
    told = spoken_value(value, schema, clock, name)
    plain = isinstance(value, str) and told == value
    joint = f" {wording().text('words', 'and')} "
    return _quoted(told) if plain and (joint in f" {told} " or "," in told) else told


# -- numbers ---------------------------------------------------------------------------------------------------------


def spoken_number(value: float) -> str:
    """Return every digit of a number: 12345.67 is "12345.67", 1e300 is "1 times 10 to the power of 300"."""
    exact = Decimal(value) if isinstance(value, int) else Decimal(repr(value))
    sign, digits, _ = exact.as_tuple()
    if exact.is_finite() and abs(exact.adjusted()) <= LONGEST_NUMBER and len(digits) <= LONGEST_NUMBER + 2:
        said = format(abs(exact), "f")
        said = said.rstrip("0").rstrip(".") if "." in said else said
    elif exact.is_finite():
        said = _as_power(digits, exact.adjusted())
    else:
        said = str(abs(exact))
    said = said.replace(".", wording().text("numbers", "point"))
    return wording().text("numbers", "minus", number=said) if sign and exact else said


def _as_power(digits: Sequence[int], exponent: int) -> str:
    text = "".join(str(digit) for digit in digits).rstrip("0") or "0"
    mantissa = text[0] + (f".{text[1:]}" if text[1:] else "")
    return wording().text("numbers", "power", mantissa=mantissa, exponent=exponent)


def _spoken_measure(name: str, value: float, schema: Mapping[str, JSON], clock: SpokenClock, *, bare: bool) -> str:
    """Return a number with its unit, and with the rest of its name: "duration 12 seconds", "10 minutes"."""
    number, (unit, words) = spoken_number(value), unit_of(name, schema)
    told = wording().list("units", unit)[abs(value) != 1] if unit else ""
    rest = " ".join(word for word in label(name).split() if word not in words)
    named = wording().table("labels").get(label(name), "") if not unit else ""
    said = named or wording().table("labels").get(rest, rest)
    measured = f"{number} {told}".strip()
    return measured if bare or not said else f"{said} {measured}"


def unit_of(name: str, schema: Mapping[str, JSON]) -> tuple[str, frozenset[str]]:
    """Return the unit of a number from the parameter's name, else from its description, and the words that name the
    unit.

    The unit is a key of the language's table of units; "" if there is none, or a description names several.
    """
    words = label(name).split()
    for unit, tellers in wording().table("unit_words").items():
        for teller in tellers.split("|"):
            if teller in words and (teller not in _ALSO_NAMES or len(words) > 1 or teller in ("minutes", "seconds")):
                return unit, frozenset({teller})
    told = _told_of(schema)
    described = label(told)
    found = {
        unit: teller
        for unit, tellers in wording().table("unit_words").items()
        for teller in tellers.split("|")
        if len(teller) > 1 and re.search(rf"\b{teller}\b", described)
    }
    found.update({unit: unit for unit, sign in wording().table("unit_signs").items() if sign in told})
    # "Kilometers per hour" is not kilometers.
    whole = [unit for unit, teller in found.items() if not any(teller in t and teller != t for t in found.values())]
    return (whole[0], frozenset({found[whole[0]]})) if len(whole) == 1 else ("", frozenset())


_ALSO_NAMES = frozenset({"minutes", "seconds", "hours", "days", "weeks", "c", "f", "m", "s", "h", "min"})
"""Words that name a unit only next to another word of the name, or as the whole name."""


# -- booleans, texts -------------------------------------------------------------------------------------------------


def _spoken_boolean(name: str, value: bool, schema: Mapping[str, JSON]) -> str:
    """Return "on", "closed", "with shuffle", "not silent": true and false in the parameter's own words.

    What the server's own words say of a cost is said of what is taken: "with wash, 19 euros by the server's words".
    """
    said = _in_own_words(name, value)
    price = re.search(wording().text("booleans", "price"), _told_of(schema), re.IGNORECASE) if value else None
    return wording().text("booleans", "priced", said=said, price=price[0]) if price is not None else said


def _in_own_words(name: str, value: bool) -> str:
    words = label(name)
    for pattern, yes, no in wording().list("booleans", "words"):
        if re.fullmatch(pattern, words):
            return str(yes if value else no)
    described = re.fullmatch(wording().text("booleans", "describing"), words)
    if described is not None:
        told = wording().table("labels").get(words, described[1])
        return wording().text("booleans", "is" if value else "is_not", name=told)
    return wording().text("booleans", "with" if value else "without", name=spoken_label(name))


def _told_of(schema: Mapping[str, JSON]) -> str:
    """Return what the server says of a parameter: its title and its description."""
    return ". ".join(told for key in ("title", "description") if isinstance(told := schema.get(key), str))


def _spoken_text(value: str, schema: Mapping[str, JSON], clock: SpokenClock, name: str) -> str:
    told = _by_format(value, str(schema.get("format") or _form_of(value, name)), clock)
    if told is not None:
        return told
    clean = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    hidden = unusual_letters(value) or any(unicodedata.category(c) == "Cc" and not c.isspace() for c in value)
    words = wording()
    if not clean:
        said = words.text("words", "empty" if not value else "blank")
    elif isinstance(schema.get("enum"), list):
        said = clean
    elif is_code(clean, schema, name):
        said = spelled(clean)
    elif clean.isalpha() and _says_nothing(clean):
        said = words.text("words", "one_word", text=clean)
    elif _needs_quotes(clean) or _could_be_more(clean):
        said = _quoted(clean)
    else:
        said = clean
    return words.text("words", "unusual", text=said) if hidden else said


def _says_nothing(text: str) -> bool:
    """Return whether a text equals what is said of a value without words: "nothing", "empty"."""
    return text.casefold() in {wording().text("words", name) for name in _SAID_OF_NOTHING}


def _could_be_more(text: str) -> bool:
    """Return whether a text reads as what is said of a value without words, or as the words that mark one."""
    return _says_nothing(text) or text.casefold().startswith(wording().text("words", "one_word", text="").casefold())


def _needs_quotes(text: str) -> bool:
    """Return whether a text has punctuation that could make it sound like more of the read-back than its value."""
    if re.fullmatch(r"\S+@\S+|[a-z]+://\S+", text):
        return False
    return re.search(r"[,;:!?\"“”]|\.(\s|$)|^[\d\s]+$", text) is not None and not re.fullmatch(r"[\d\s]+", text)


def _quoted(text: str) -> str:
    """Return the text between words that mark its start, its length and its end."""
    count = len(text.split())
    return wording().text("words", "quote_one" if count == 1 else "quote", count=count, text=text)


def is_code(text: str, schema: Mapping[str, JSON], name: str) -> bool:
    """Return whether a text is said letter by letter: letters next to digits, only digits, or a name like "code"."""
    named = bool(set(label(name).split()) & set(wording().list("codes", "names")))
    grouped = named and _GROUPED_CODE.fullmatch(text) is not None
    if " " in text and not grouped and not re.fullmatch(r"[+\d][\d ()/-]+", text):
        return False
    if "@" in text or "://" in text or len(text) > _LONGEST_CODE:
        return False
    digits = any(character.isdigit() for character in text)
    letters = any(character.isalpha() for character in text)
    if digits and not letters:
        return True
    return (digits and letters and (grouped or re.fullmatch(r"[\w./#+-]+", text) is not None)) or (
        named and not digits and len(text) < 9 and text.isupper()
    )


_SAID_OF_NOTHING = ("null", "empty", "blank", "empty_list", "empty_group")
"""Names under which null and empty values are worded. A text that is said the same is quoted, to tell it apart."""
_GROUPED_CODE = re.compile(r"[A-ZÄÖÜ\d]{1,4}(?:[- ][A-ZÄÖÜ\d]{1,6})+")
"""A code in groups, such as a plate: "HD-AB 1207"."""
_LONGEST_CODE = 40
"""Most characters of a code that is spelled; nobody can follow longer ones, so they are said as they are."""


def spelled(code: str) -> str:
    """Return a code letter by letter; in a mixed-case code, the case of the letters is said."""
    has_small = any(character.islower() for character in code)
    marks = wording().table("codes", "marks")
    told = []
    for character in code:
        if character == " ":
            told.append(marks["space"])
        elif character.isupper() and has_small:
            told.append(wording().text("codes", "capital", letter=character))
        else:
            told.append(marks.get(character, character))
    said = " ".join(told)
    small_only = has_small and not any(character.isupper() for character in code)
    return wording().text("codes", "small", letters=said) if small_only else said


# -- moments ---------------------------------------------------------------------------------------------------------


_TIMES = frozenset("time start end begin from until till at departure arrival due when".split())
"""Words of names of parameters in which "19:30" is a time of day, and no score or ratio."""


def _by_format(value: str, kind: str, clock: SpokenClock) -> str | None:
    """Return a date, time or duration in words; None if it is none, or has details that these words cannot say."""
    try:
        if kind == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return spoken_date(date.fromisoformat(value), clock.today)
        if kind == "time":
            moment = time.fromisoformat(value)
            return spoken_time(moment) + _spoken_offset(moment.utcoffset(), clock)
        if kind == "date-time":
            return _spoken_moment(datetime.fromisoformat(value), clock)
        if kind == "duration":
            return spoken_duration(value)
    except ValueError:
        pass
    return None


def _form_of(value: str, name: str) -> str:
    """Return the format of a text that is a date or a time although its schema does not say so; "" for other texts."""
    if re.fullmatch(r"(?:19|20)\d\d-\d\d-\d\d", value):
        return "date"
    if re.fullmatch(r"(?:19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?", value):
        return "date-time"
    timed = re.fullmatch(r"\d\d:\d\d(?::\d\d)?", value) and set(label(name).split()) & _TIMES
    return "time" if timed else ""


def _spoken_moment(moment: datetime, clock: SpokenClock) -> str:
    offset = moment.utcoffset()
    foreign = offset is not None and offset.total_seconds() != clock.utc_offset
    # "Tomorrow" is the vehicle's day; a time in another zone is said with that zone's date.
    day = spoken_far_date(moment.date(), clock.today) if foreign else spoken_date(moment.date(), clock.today)
    said = wording().text("times", "of_day", date=day, time=spoken_time(moment.time()))
    return said + _spoken_offset(offset, clock)


def _spoken_offset(offset: timedelta | None, clock: SpokenClock) -> str:
    """Return the offset from UTC if it is not the vehicle's; "" if it is, or if there is none."""
    if offset is None or offset.total_seconds() == clock.utc_offset:
        return ""
    seconds = round(offset.total_seconds())
    if not seconds:
        return wording().text("times", "utc")
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return wording().text(
        "times", "ahead" if seconds > 0 else "behind", hours=hours, minutes=f":{minutes:02d}" if minutes else ""
    )


def _inner(schema: Mapping[str, JSON], key: str) -> Mapping[str, JSON]:
    return _mapping(_mapping(schema.get("properties")).get(key))


def _mapping(value: JSON | Mapping[str, JSON]) -> Mapping[str, JSON]:
    return value if isinstance(value, Mapping) else {}
