"""Figures in languages other than English: dates, money and units by babel, numbers by num2words. Pure.

Plainer than the English of `wording.py`: what has no rule here is left to the voice, which reads figures in its own
language. Never translates a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

_DATE_TIME = re.compile(
    r"\b(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?\b"
)
_TIME = re.compile(r"(?<![\d:.])(\d{1,2}):(\d{2})(?::\d{2})?(?!\d|:)(?: ?(?:Uhr|h|uur)\b)?")
_AMOUNT = r"\d+(?:[.,]\d+)?"
_MONEY = re.compile(rf"(?<![\w.,])({_AMOUNT})\s?(€|\$|£|(?:EUR|USD|GBP|CHF)\b)|(€|\$|£)\s?({_AMOUNT})")
_CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP"}
_UNITS = {
    "km/h": "speed-kilometer-per-hour", "km": "length-kilometer", "m": "length-meter", "°C": "temperature-celsius",
    "°": "temperature-generic", "%": "concentr-percent", "kWh": "energy-kilowatt-hour", "kW": "power-kilowatt",
    "l": "volume-liter", "kg": "mass-kilogram", "g": "mass-gram", "min": "duration-minute", "h": "duration-hour",
    "s": "duration-second", "mi": "length-mile", "cm": "length-centimeter",
}  # fmt: skip
_ONE = {"de": "ein", "es": "un"}
"""The word for one before what is counted, where it is not the number's own."""
_UNIT = re.compile(rf"(?<![\w.,])(-?{_AMOUNT})\s?(km/h|°C|kWh|kW|km|kg|cm|mi|min|°|%|[mglhs])(?![\w/])")
_PHONE = re.compile(r"(?<![\w.(])(?:\+|\()?\d[\d()/ -]{5,}\d(?![\w])")
_NUMBER = re.compile(rf"(?<![\w.,:])(-?)({_AMOUNT})(?![\w:]|[.,]\w)")
_GERMAN_DAY = re.compile(r"(?:\b(der|am|vom|zum|dem|den) )?(?<![\w.,:])(\d{1,2})\. (?=[^\W\d_])")


def _one_after_the_other(hour: str, minute: str) -> str:
    return f"{hour} {minute}"


_CLOCK: dict[str, Callable[[str, str], str]] = {
    "de": lambda hour, minute: f"{'ein' if hour == 'eins' else hour} Uhr {minute}",
    "fr": lambda hour, minute: (
        f"{'une' if hour == 'un' else hour} heure{'' if hour in ('un', 'zéro') else 's'} {minute}"
    ),
    "es": lambda hour, minute: f"{'una' if hour == 'uno' else hour}{' y ' if minute else ''}{minute}",
    "it": lambda hour, minute: f"{hour}{' e ' if minute else ''}{minute}",
    "nl": lambda hour, minute: f"{hour} uur {minute}",
}
"""How hours and minutes are put together; elsewhere one follows the other."""


def as_spoken_in(text: str, language: str) -> str:
    """Return the text with its figures as that language says them; unchanged where the language is unknown."""
    locale = _locale(language)
    if locale is None:
        return text
    text = _DATE_TIME.sub(lambda m: _date_time(m, language, locale), text)
    text = _TIME.sub(lambda m: _time(m.group(), m[1], m[2], language), text)
    text = _MONEY.sub(lambda m: _money(m[1] or m[4], m[2] or m[3], language, locale), text)
    text = _PHONE.sub(lambda m: _phone(m.group(), language), text)
    text = _UNIT.sub(lambda m: _quantity(m[1], m[2], language, locale), text)
    if language == "de":
        text = _GERMAN_DAY.sub(_german_day, text)
    return _NUMBER.sub(lambda m: _number(m[1] + m[2], language), text)


@lru_cache(maxsize=8)
def _locale(language: str) -> Any:
    """Return babel's locale; None where babel or num2words does not know the language."""
    from babel import Locale, UnknownLocaleError  # only where a text is not English

    try:
        found = Locale.parse(language)
        _words(1, language)
    except (UnknownLocaleError, ValueError, NotImplementedError):
        return None
    return found


def _words(value: Decimal | int, language: str) -> str:
    from num2words import num2words

    return str(num2words(value, lang=language))


def _number(text: str, language: str) -> str:
    value = Decimal(text.replace(",", "."))
    return _words(int(value) if value == value.to_integral_value() else value, language)


def _date_time(match: re.Match[str], language: str, locale: Any) -> str:
    from babel.dates import format_date, format_skeleton

    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return match.group()
    said = f"{format_date(day, 'EEEE', locale)}, {format_skeleton('MMMMd', day, locale=locale)}"
    return f"{said}, {_time(match[4], match[4], match[5], language)}" if match[4] else said


def _german_day(match: re.Match[str]) -> str:
    """`am 3. Mai` is the third of May; at the end of a sentence no word follows, so that is no ordinal."""
    from num2words import num2words

    before = match[1] or ""
    ending = {"": "r", "der": ""}.get(before, "n")
    return f"{before} {num2words(int(match[2]), to='ordinal', lang='de')}{ending} ".lstrip()


def _time(text: str, hour: str, minute: str, language: str) -> str:
    try:
        moment = time(int(hour), int(minute))
    except ValueError:
        return text
    said = _words(moment.minute, language) if moment.minute else ""
    join = _CLOCK.get(language, _one_after_the_other)
    return join(_words(moment.hour, language), said).strip()


def _money(amount: str, sign: str, language: str, locale: Any) -> str:
    from babel.numbers import get_currency_name

    value = Decimal(amount.replace(",", "."))
    whole, cents = int(value), int(value * 100) % 100
    if value * 100 % 1:
        return f"{_number(amount, language)} {get_currency_name(_CURRENCIES.get(sign, sign), 2, locale)}"
    name = get_currency_name(_CURRENCIES.get(sign, sign), whole, locale)
    said = _ONE.get(language, "") if whole == 1 else ""
    said = said or _words(whole, language)
    return f"{said} {name}{' ' + _words(cents, language) if cents else ''}"


def _quantity(amount: str, unit: str, language: str, locale: Any) -> str:
    from babel.units import format_unit

    value = Decimal(amount.replace(",", "."))
    written = str(format_unit(value, _UNITS[unit], "long", locale=locale))
    said = _ONE.get(language, "") if value == 1 else ""
    said = said or _number(amount, language)
    return re.sub(r"-?−?\d[\d.,  ]*\d|-?−?\d", said, written, count=1)


def _phone(text: str, language: str) -> str:
    from voice.synthesis.figures import is_phone

    if not is_phone(text):
        return text
    groups = re.findall(r"\+|\d+", text)
    said = ["plus" if group == "+" else " ".join(_words(int(digit), language) for digit in group) for group in groups]
    return ", ".join(said).replace("plus, ", "plus ")
