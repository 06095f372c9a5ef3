"""Finds figures, units, money, phone numbers and abbreviations in a text and words them as people say them. Pure.

English here; other languages in `wording_elsewhere.py`. It never changes what a text means, and leaves unknown forms
unchanged.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time

from voice.synthesis.abbreviations import MONTH_NAMES, expanded
from voice.synthesis.names_in_english import named
from voice.synthesis.short_forms import in_long
from voice.synthesis.spoken_figures import (
    clock,
    day,
    digits,
    duration,
    is_phone,
    large_money,
    money,
    number,
    phone,
    quantity,
    words,
    year,
)

_DATE_TIME = re.compile(r"\b(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?\b")
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_POINT_DATE = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?![\d.]\d)")
_SLASH_DATE = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4})(?![\d/])")
_MONTH = "|".join(MONTH_NAMES)
_MONTH_DAY = re.compile(rf"\b({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[:.]\d)(?:,? (\d{{4}})\b)?")
_DAY_MONTH = re.compile(rf"(?<![\d:.])(\d{{1,2}})(?:st|nd|rd|th)? ({_MONTH})\b(?:,? (\d{{4}})\b)?")
_ISO_DURATION = re.compile(r"\bP(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\b")
_TIME = re.compile(r"(?<![\d:.])(\d{1,2}):(\d{2})(?::\d{2})?(?!\d|:)(?:\s*([ap])\.?m\.?(?!\w))?", re.IGNORECASE)
_HOUR = re.compile(r"(?<![\w.])(\d{1,2})\s*([ap])\.?m\.?(?!\w)", re.IGNORECASE)
_HOUR_RANGE = re.compile(r"(?<=p\.m\.|a\.m\.)\s?[-–]\s?(?=\w)|(?<=noon)\s?[-–]\s?|(?<=midnight)\s?[-–]\s?")
_BARE_HOUR_RANGE = re.compile(r"(?<![\w.:])(\d{1,2})\s?[-–]\s?(?=(?:\d{1,2})\s*[ap]\.?m\b)", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.(])(?:\+|\()?\d[\d()/ -]{5,}\d(?![\w])")
_SHORT_PHONE = re.compile(r"\b(call|dial|ring|text)( )(\d{3,6})(?![\d:.,/-]*\d)(?! ?(?:people|persons|guests))", re.IGNORECASE)  # fmt: skip  # noqa: E501  # one pattern
_AMOUNT = r"\d+(?:,\d{3})*(?:\.\d+)?"
_SIGN = r"€|\$|£|¥|(?:EUR|USD|GBP|CHF|JPY)\b"
_LARGE_MONEY = re.compile(rf"({_SIGN})\s?({_AMOUNT}) (thousand|million|billion|trillion)\b", re.IGNORECASE)
_COMMA_MONEY = re.compile(r"(?<![\w.,])(\d{1,3}(?:\.\d{3})*|\d+),(\d{2})(?=\s?(?:€|EUR\b))")
_MONEY_BEFORE = re.compile(rf"(€|\$|£|¥|\b(?:EUR|USD|GBP|CHF|JPY)\b)\s?({_AMOUNT})", re.IGNORECASE)
_MONEY_AFTER = re.compile(rf"(?<![\w.])({_AMOUNT})\s?({_SIGN})", re.IGNORECASE)
# Single letters are units only in lower case: "5G" and "the 9 S" are names.
_UNIT = re.compile(rf"(?<![\w.])(-?{_AMOUNT})\s?(kWh/100 ?km|l/100 ?km|km/h|m/s|km²|m²|°C|°F|kWh|kW|mph|hPa|psi|bar|mins?|hrs?|secs?|km|kg|lbs?|mm|cm|mi|ml|ft|MB|GB|°|%|(?-i:[mglhs]|L))(?![\w/²])", re.IGNORECASE)  # fmt: skip  # noqa: E501  # one alternation
_RANGE = re.compile(
    r"(?<![\w.,:/-])(\d{1,3}(?:\.\d+)?|[12]\d{3})\s?[-–]\s?(?=(?:\d{1,3}(?:\.\d+)?|[12]\d{3})(?![\d/:-]))"
)
_YEARS = re.compile(r"(?<![\w./-])(1[1-9]\d\d|20\d\d)\s?[-–]\s?(1[1-9]\d\d|20\d\d)(?![\w/-])")
_FRACTIONS = {
    "1/2": "one half", "½": "one half", "1/3": "one third", "⅓": "one third", "2/3": "two thirds", "⅔": "two thirds",
    "1/4": "one quarter", "¼": "one quarter", "3/4": "three quarters", "¾": "three quarters",
}  # fmt: skip
_FRACTION = re.compile(r"(?<![\w./])(?:1/2|1/3|2/3|1/4|3/4)(?![\w/])|[½⅓⅔¼¾]")
_OUT_OF = re.compile(r"(?<![\w./])(\d{1,2}(?:\.\d)?)/(5|10|100)(?![\w/])")
_ROUND_THE_CLOCK = re.compile(r"(?<![\w./])24/7(?![\w/])")
_DECADE = re.compile(r"\b(1[1-9]|20)(\d)0s\b")
_YEAR = re.compile(r"\b(in|since|from|until|till|by|of|before|after|year|summer|winter) (1[1-9]\d\d|20\d\d)(?![\w,.]\d|\w| (?:people|seats|meters|kilometers|points))", re.IGNORECASE)  # fmt: skip  # noqa: E501  # one pattern
# "A" and "I" are words as well, so only with a hyphen.
_CODE = re.compile(r"\b(?:([A-Z]{2,3}|[B-HJ-Z])[ -]|([AI])-)(\d{3,5})\b")
_LEADING_ZERO = re.compile(r"(?<![\w.,:])0\d+(?![\w.,:]*\d)")
_ORDINAL = re.compile(r"\b(\d{1,3})(?:st|nd|rd|th)\b")
_NUMBER = re.compile(r"(?<![\w.])(-?)(\d+(?:,\d{3})*(?:\.\d+)?)(?![\w])")
_ADDRESS = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_LINK = re.compile(r"\bhttps?://(?:www\.)?([\w-]+(?:\.[\w-]+)+)(?:[/?#]\S*)?")
_SYMBOLS = ((re.compile(r"(?<=\w)\s?&\s?(?=\w)"), " and "), (re.compile(r"(?<![\w#])#\s?(?=\d)"), "number "),
            (re.compile(r"(?<=\d)\s?\+\s?(?=\d)"), " plus "), (re.compile(r"(?<=\d)\s?[×x]\s?(?=\d)"), " times "),
            (re.compile(r"(?<=\w)\s=\s(?=\w)"), " equals "))  # fmt: skip


def as_spoken(text: str, language: str = "en") -> str:
    """Return the text with every figure in words: `"19:00, 12.50 €"` gives `"seven p.m., twelve euros fifty"`.

    `language` is a code such as `de`; an unknown one leaves the text as it is.
    """
    if language != "en":
        from voice.synthesis.wording_elsewhere import as_spoken_in

        return as_spoken_in(text, language)
    text = named(expanded(_addresses(in_long(text))))
    text = _money_and_counts(_dates_and_times(text))
    return text.replace(".m..", ".m.")  # "at 20:00." already has its full stop


def _addresses(text: str) -> str:
    text = _LINK.sub(lambda m: m[1].replace(".", " dot "), text)
    text = _ADDRESS.sub(lambda m: m.group().replace("@", " at ").replace(".", " dot "), text)
    for pattern, said in _SYMBOLS:
        text = pattern.sub(said, text)
    return text


def _dates_and_times(text: str) -> str:
    text = _DATE_TIME.sub(_date_time, text)
    text = _ISO_DATE.sub(lambda m: _checked_date(m.group(), m[1], m[2], m[3]), text)
    text = _POINT_DATE.sub(lambda m: _checked_date(m.group(), m[3], m[2], m[1]), text)
    text = _SLASH_DATE.sub(_slash_date, text)
    text = _MONTH_DAY.sub(lambda m: _month_day(m.group(), m[1], int(m[2]), m[3]), text)
    text = _DAY_MONTH.sub(lambda m: _day_month(m.group(), m[2], int(m[1]), m[3]), text)
    text = _ISO_DURATION.sub(lambda m: _iso_duration(m) if any(m.groups()) else m.group(), text)
    text = _BARE_HOUR_RANGE.sub(r"\1 to ", text)
    text = _TIME.sub(_clock, text)
    text = _HOUR.sub(lambda m: f"{number(int(m[1]))} {m[2].lower()}.m." if 1 <= int(m[1]) <= 12 else m.group(), text)
    text = _HOUR_RANGE.sub(" to ", text)
    text = _DECADE.sub(lambda m: _decade(int(m[1]), int(m[2])), text)
    text = _YEARS.sub(lambda m: f"{year(int(m[1]))} to {year(int(m[2]))}", text)
    return _YEAR.sub(lambda m: f"{m[1]} {year(int(m[2]))}", text)


def _money_and_counts(text: str) -> str:
    text = _LARGE_MONEY.sub(lambda m: large_money(m[2], m[3], m[1]), text)
    text = _COMMA_MONEY.sub(lambda m: f"{m[1].replace('.', '')}.{m[2]}", text)
    text = _MONEY_BEFORE.sub(lambda m: money(m[2], m[1]), text)
    text = _MONEY_AFTER.sub(lambda m: money(m[1], m[2]), text)
    text = _PHONE.sub(lambda m: phone(m.group()) if is_phone(m.group()) else m.group(), text)
    text = _SHORT_PHONE.sub(lambda m: f"{m[1]}{m[2]}{digits(m[3])}", text)
    text = _ROUND_THE_CLOCK.sub("twenty four seven", text)
    text = _FRACTION.sub(lambda m: _FRACTIONS[m.group()], text)
    text = _OUT_OF.sub(_out_of, text)
    text = _RANGE.sub(r"\1 to ", text)
    text = _UNIT.sub(lambda m: quantity(m[1], m[2]), text)
    text = _CODE.sub(lambda m: f"{' '.join(m[1] or m[2])} {digits(m[3])}", text)
    text = _LEADING_ZERO.sub(lambda m: digits(m.group()), text)
    text = _ORDINAL.sub(lambda m: words(int(m[1]), "ordinal"), text)
    return _NUMBER.sub(lambda m: ("minus " if m[1] else "") + number(m[2]), text)


def _clock(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    if match[3] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
    return clock(time(hour, minute)) if hour < 24 and minute < 60 else match.group()


def _checked_date(text: str, of_year: str, month: str, of_month: str) -> str:
    try:
        return day(date(int(of_year), int(month), int(of_month)))
    except ValueError:
        return text


def _slash_date(match: re.Match[str]) -> str:
    """Month first as in the United States, unless the number is no month."""
    first, second = match[1], match[2]
    month, of_month = (second, first) if int(first) > 12 else (first, second)
    return _checked_date(match.group(), match[3], month, of_month)


def _month_day(text: str, month: str, of_month: int, of_year: str | None) -> str:
    if not 1 <= of_month <= 31:
        return text
    return f"{month} {words(of_month, 'ordinal')}{', ' + year(int(of_year)) if of_year else ''}"


def _day_month(text: str, month: str, of_month: int, of_year: str | None) -> str:
    if not 1 <= of_month <= 31:
        return text
    return f"the {words(of_month, 'ordinal')} of {month}{' ' + year(int(of_year)) if of_year else ''}"


def _out_of(match: re.Match[str]) -> str:
    """`4.5/5` is a grade; `11/10` is not, and stays as it is."""
    return f"{number(match[1])} out of {number(match[2])}" if float(match[1]) <= int(match[2]) else match.group()


def _decade(century: int, ten: int) -> str:
    if ten == 0:
        return f"{words(century)} hundreds" if century != 20 else "two thousands"
    tens = words(ten * 10)
    return f"{words(century)} {tens[:-1] + 'ies' if tens.endswith('y') else tens + 's'}"


def _date_time(match: re.Match[str]) -> str:
    try:
        moment = datetime.fromisoformat(f"{match[1]}T{match[2]}")
    except ValueError:
        return match.group()
    return f"{day(moment.date())} at {clock(moment.time())}"


def _iso_duration(match: re.Match[str]) -> str:
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return duration(days * 86_400 + hours * 3_600 + minutes * 60 + seconds)
