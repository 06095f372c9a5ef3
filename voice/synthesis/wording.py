"""How numbers, times, dates, money, durations, phone numbers and units are said, in English. Pure.

Works on the text that a reply contains; it never changes what the reply means, and an unknown form stays as it is.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

_UNITS = {
    "km/h": "kilometers an hour", "mph": "miles an hour", "km": "kilometers", "m": "meters", "mi": "miles",
    "ft": "feet", "kg": "kilograms", "g": "grams", "l": "liters", "kwh": "kilowatt hours", "kw": "kilowatts",
    "mm": "millimeters", "cm": "centimeters", "min": "minutes", "h": "hours", "s": "seconds", "°c": "degrees",
    "°f": "degrees fahrenheit", "°": "degrees", "%": "percent", "hpa": "hectopascals", "bar": "bar", "psi": "p.s.i.",
}  # fmt: skip
_SINGULAR = {"feet": "foot", "degrees fahrenheit": "degree fahrenheit"}
_MONEY = {
    "€": ("euro", "euros", "cent", "cents"), "eur": ("euro", "euros", "cent", "cents"),
    "$": ("dollar", "dollars", "cent", "cents"), "usd": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"), "gbp": ("pound", "pounds", "penny", "pence"),
    "chf": ("franc", "francs", "centime", "centimes"),
}  # fmt: skip
_ABBREVIATIONS = {
    "st": "street", "ave": "avenue", "rd": "road", "dr": "doctor", "mr": "mister", "mrs": "missus", "no": "number",
    "approx": "about", "vs": "versus", "etc": "and so on", "e.g": "for example", "i.e": "that is",
}  # fmt: skip

_DATE_TIME = re.compile(r"\b(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?\b")
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_ISO_DURATION = re.compile(r"\bP(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\b")
_TIME = re.compile(r"(?<![\d:.])(\d{1,2}):(\d{2})(?::\d{2})?(?!\d|:)(?:\s*([ap])\.?m\.?(?!\w))?", re.IGNORECASE)
_HOUR = re.compile(r"(?<![\w.])(\d{1,2})\s*([ap])\.?m\.?(?!\w)", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.])\+?\d[\d()/ -]{5,}\d(?![\w])")
_MONEY_BEFORE = re.compile(r"(€|\$|£|\b(?:EUR|USD|GBP|CHF)\b)\s?(\d[\d,]*(?:\.\d+)?)", re.IGNORECASE)
_MONEY_AFTER = re.compile(r"(?<![\w.])(\d[\d,]*(?:\.\d+)?)\s?(€|£|\$|(?:EUR|USD|GBP|CHF)\b)", re.IGNORECASE)
_UNIT = re.compile(r"(?<![\w.])(-?\d[\d,]*(?:\.\d+)?)\s?(km/h|°C|°F|kWh|kW|mph|hPa|psi|bar|min|km|kg|mm|cm|mi|ft|°|%|m|g|l|h|s)(?![\w/])", re.IGNORECASE)  # fmt: skip  # noqa: E501  # one alternation
_ORDINAL = re.compile(r"\b(\d{1,3})(?:st|nd|rd|th)\b")
_NUMBER = re.compile(r"(?<![\w.])(-?)(\d+(?:,\d{3})*(?:\.\d+)?)(?![\w])")
_ABBREVIATION = re.compile(r"\b(" + "|".join(re.escape(key) for key in _ABBREVIATIONS) + r")\.(?=\s|$)", re.IGNORECASE)


def as_spoken(text: str) -> str:
    """Return the text with every figure in words: `"19:00, 12.50 €"` gives `"seven p.m., twelve euros fifty"`."""
    text = _DATE_TIME.sub(_date_time, text)
    text = _ISO_DATE.sub(lambda m: _checked_date(m.group(), m[1], m[2], m[3]), text)
    text = _ISO_DURATION.sub(lambda m: _iso_duration(m) if any(m.groups()) else m.group(), text)
    text = _TIME.sub(_clock, text)
    text = _HOUR.sub(lambda m: f"{number(int(m[1]))} {m[2].lower()}.m." if 1 <= int(m[1]) <= 12 else m.group(), text)
    text = _MONEY_BEFORE.sub(lambda m: money(m[2], m[1]), text)
    text = _MONEY_AFTER.sub(lambda m: money(m[1], m[2]), text)
    text = _PHONE.sub(lambda m: phone(m.group()) if _is_phone(m.group()) else m.group(), text)
    text = _UNIT.sub(lambda m: quantity(m[1], m[2]), text)
    text = _ORDINAL.sub(lambda m: _words(int(m[1]), "ordinal"), text)
    text = _NUMBER.sub(lambda m: ("minus " if m[1] else "") + number(m[2]), text)
    text = _ABBREVIATION.sub(lambda m: _ABBREVIATIONS[m[1].lower()], text)
    return text.replace(".m..", ".m.")  # "at 20:00." has its full stop already


def number(value: float | str) -> str:
    """Return a number in words; a string may have commas for thousands; no number at all stays as it is."""
    try:
        exact = Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        return str(value)
    if exact == exact.to_integral_value() and abs(exact) < Decimal(10) ** 15:
        return _words(int(exact), "cardinal")
    whole, _, fraction = f"{abs(exact):f}".partition(".")
    digits = " ".join(_words(int(digit), "cardinal") for digit in fraction)
    return f"{'minus ' if exact < 0 else ''}{_words(int(whole), 'cardinal')}{' point ' + digits if digits else ''}"


def clock(value: time) -> str:
    """Return a time of day as people say it: `seven p.m.`, `half past` never, `seven oh five a.m.`, `noon`."""
    if value.minute == 0 and value.hour in (0, 12):
        return "midnight" if value.hour == 0 else "noon"
    hour = number((value.hour - 1) % 12 + 1)
    half = "a.m." if value.hour < 12 else "p.m."
    if value.minute == 0:
        return f"{hour} {half}"
    return f"{hour} {'oh ' if value.minute < 10 else ''}{number(value.minute)} {half}"


def day(value: date, today: date | None = None) -> str:
    """Return a date: `tomorrow`, `Sunday` within a week of `today`, else `Sunday, the twenty-second of November`."""
    from babel.dates import format_date

    weekday, month = format_date(value, "EEEE", locale="en"), format_date(value, "MMMM", locale="en")
    if today is not None:
        away = (value - today).days
        if away in (0, 1):
            return ("today", "tomorrow")[away]
        if 1 < away < 7:
            return weekday
    in_year = "" if today is None or value.year == today.year else f" {_words(value.year, 'year')}"
    return f"{weekday}, the {_words(value.day, 'ordinal')} of {month}{in_year}"


def money(amount: str | float, currency: str) -> str:
    """Return an amount: `twelve euros fifty`, `one dollar`, `ninety nine cents`."""
    one, many, one_part, parts = _MONEY.get(currency.lower(), (currency, currency, "", ""))
    try:
        exact = Decimal(str(amount).replace(",", ""))
    except InvalidOperation:
        return f"{amount} {many}"
    whole, cents = int(abs(exact)), int((abs(exact) * 100) % 100)
    if parts and (abs(exact) * 100) % 1 != 0:  # 1.899 euros a liter: fractions of a cent are read as figures
        return f"{number(str(amount))} {many}"
    unit = one if whole == 1 else many
    sign = "minus " if exact < 0 else ""
    if cents == 0:
        return f"{sign}{number(whole)} {unit}"
    if whole == 0:
        return f"{sign}{number(cents)} {one_part if cents == 1 else parts}"
    return f"{sign}{number(whole)} {unit} {'oh ' if cents < 10 else ''}{number(cents)}"


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units: `one hour and thirty minutes`; 0 and more."""
    left = max(0, round(seconds))
    found: list[str] = []
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        count, left = divmod(left, length)
        if count:
            found.append(f"{number(count)} {unit}{'' if count == 1 else 's'}")
    return " and ".join(found[:2]) if found else "zero seconds"


def phone(text: str) -> str:
    """Return a phone number digit by digit, in its own groups."""
    groups = re.findall(r"\+|\d+", text)
    said = ["plus" if group == "+" else " ".join(number(int(digit)) for digit in group) for group in groups]
    return ", ".join(said).replace("plus, ", "plus ")


def quantity(value: str, unit: str) -> str:
    """Return a number with its unit: `twenty one degrees`, `one kilometer`."""
    many = _UNITS.get(unit.lower(), unit)
    one = value.replace("-", "") == "1"
    name = _SINGULAR.get(many) or many.replace("s an hour", " an hour") if one else many
    if one and name == many and many.endswith("s") and many != "p.s.i.":
        name = " ".join([many.split()[0].removesuffix("s"), *many.split()[1:]]) if " " not in many else many[:-1]
    return f"{'minus ' if value.startswith('-') else ''}{number(value.lstrip('-'))} {name}"


def _words(value: int, form: str) -> str:
    from num2words import num2words  # only where a text has figures

    return str(num2words(value, to=form)).replace("-", " ").replace(",", "")


def _is_phone(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    return text.startswith("+") or (digits >= 7 and any(mark in text for mark in " -/()")) or digits >= 10


def _clock(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    if match[3] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
    return clock(time(hour, minute)) if hour < 24 and minute < 60 else match.group()


def _checked_date(text: str, year: str, month: str, of_month: str) -> str:
    try:
        return day(date(int(year), int(month), int(of_month)))
    except ValueError:
        return text


def _date_time(match: re.Match[str]) -> str:
    try:
        moment = datetime.fromisoformat(f"{match[1]}T{match[2]}")
    except ValueError:
        return match.group()
    return f"{day(moment.date())} at {clock(moment.time())}"


def _iso_duration(match: re.Match[str]) -> str:
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return duration(days * 86_400 + hours * 3_600 + minutes * 60 + seconds)
