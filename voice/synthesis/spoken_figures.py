"""How one value is said in English: a number, a time, a day, an amount of money, a duration, a phone number. Pure.

Values in, words out; `wording.py` finds them in a text.
"""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal, InvalidOperation

UNITS = {
    "km/h": "kilometers an hour", "mph": "miles an hour", "m/s": "meters a second", "km": "kilometers", "m": "meters",
    "mi": "miles", "ft": "feet", "kg": "kilograms", "g": "grams", "lb": "pounds", "lbs": "pounds", "l": "liters",
    "ml": "milliliters", "l/100km": "liters per hundred kilometers",
    "kwh/100km": "kilowatt hours per hundred kilometers",
    "kwh": "kilowatt hours", "kw": "kilowatts", "mm": "millimeters", "cm": "centimeters", "km²": "square kilometers",
    "m²": "square meters", "min": "minutes", "mins": "minutes", "h": "hours", "hr": "hours", "hrs": "hours",
    "s": "seconds", "sec": "seconds", "secs": "seconds", "°c": "degrees", "°f": "degrees fahrenheit", "°": "degrees",
    "%": "percent", "hpa": "hectopascals", "bar": "bar", "psi": "p.s.i.", "mb": "megabytes", "gb": "gigabytes",
}  # fmt: skip
_SINGULAR = {"feet": "foot", "degrees fahrenheit": "degree fahrenheit"}
_UNCHANGED = ("p.s.i.", "bar", "percent")
_MONEY = {
    "€": ("euro", "euros", "cent", "cents"), "eur": ("euro", "euros", "cent", "cents"),
    "$": ("dollar", "dollars", "cent", "cents"), "usd": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"), "gbp": ("pound", "pounds", "penny", "pence"),
    "chf": ("franc", "francs", "centime", "centimes"), "¥": ("yen", "yen", "", ""), "jpy": ("yen", "yen", "", ""),
}  # fmt: skip


def words(value: int, form: str = "cardinal") -> str:
    """Return a whole number as `cardinal`, `ordinal` or `year`, in words without hyphens and commas."""
    from num2words import num2words  # only if a text has figures

    return str(num2words(value, to=form)).replace("-", " ").replace(",", "")


def number(value: float | str) -> str:
    """Return a number in words. A string may have commas for thousands; a string that is no number stays as it is."""
    try:
        exact = Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        return str(value)
    if exact == exact.to_integral_value() and abs(exact) < Decimal(10) ** 15:
        return words(int(exact))
    whole, _, fraction = f"{abs(exact):f}".partition(".")
    return f"{'minus ' if exact < 0 else ''}{words(int(whole))}{' point ' + digits(fraction) if fraction else ''}"


def digits(text: str) -> str:
    """Return the digits of a text one by one: `007` gives `zero zero seven`."""
    return " ".join(words(int(character)) for character in text if character.isdigit())


def year(value: int) -> str:
    """Return a year as people say it: `nineteen ninety nine`, `two thousand`, `twenty twenty six`."""
    return words(value, "year")


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
    in_year = "" if today is None or value.year == today.year else f" {year(value.year)}"
    return f"{weekday}, the {words(value.day, 'ordinal')} of {month}{in_year}"


def money(amount: str | float, currency: str) -> str:
    """Return an amount: `twelve euros fifty`, `one dollar`, `ninety nine cents`."""
    one, many, one_part, parts = _MONEY.get(currency.lower(), (currency, currency, "", ""))
    try:
        exact = Decimal(str(amount).replace(",", ""))
    except InvalidOperation:
        return f"{amount} {many}"
    whole, cents = int(abs(exact)), int((abs(exact) * 100) % 100)
    fine = (abs(exact) * 100) % 1 != 0  # 1.899 euros a liter: fractions of a cent are read as figures
    if fine or (cents and not parts):
        return f"{number(str(amount))} {many}"
    unit = one if whole == 1 else many
    sign = "minus " if exact < 0 else ""
    if cents == 0:
        return f"{sign}{number(whole)} {unit}"
    if whole == 0:
        return f"{sign}{number(cents)} {one_part if cents == 1 else parts}"
    return f"{sign}{number(whole)} {unit} {'oh ' if cents < 10 else ''}{number(cents)}"


def large_money(amount: str, scale: str, currency: str) -> str:
    """Return a rounded amount: `three point five million euros`."""
    many = _MONEY.get(currency.lower(), (currency, currency))[1]
    return f"{number(amount)} {scale.lower()} {many}"


def duration(seconds: float) -> str:
    """Return a length of time, at least 0, in its two largest units: `one hour and thirty minutes`."""
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
    said = ["plus" if group == "+" else digits(group) for group in groups]
    return ", ".join(said).replace("plus, ", "plus ")


def is_phone(text: str) -> bool:
    """Return whether digits with spaces, hyphens, slashes or brackets between them are a phone number."""
    count = sum(character.isdigit() for character in text)
    return text.startswith("+") or (count >= 7 and any(mark in text for mark in " -/()")) or count >= 10


def quantity(value: str, unit: str) -> str:
    """Return a number with its unit: `twenty one degrees`, `one kilometer`."""
    many = UNITS.get(unit.lower().replace("100 ", "100"), unit)
    if "." in value:  # 1.0 km is one kilometer
        value = value.rstrip("0").rstrip(".")
    name = _singular(many) if value.replace("-", "") == "1" else many
    return f"{'minus ' if value.startswith('-') else ''}{number(value.lstrip('-'))} {name}"


def _singular(many: str) -> str:
    if many in _UNCHANGED:
        return many
    first, _, rest = many.partition(" ")
    if rest and first.endswith("s"):  # kilometers an hour, but kilowatt hours
        return _SINGULAR.get(many) or f"{first.removesuffix('s')} {rest}"
    return _SINGULAR.get(many) or many.removesuffix("s")
