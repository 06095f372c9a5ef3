"""Figures in languages other than English: dates, money and units by babel, numbers by num2words. Pure.

It has fewer rules than `wording.py` for English. Text without a rule is left to the voice, which reads figures in its
own language. Never translates a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from voice.synthesis.short_forms import plain_spaces

_DATE_TIME = re.compile(
    r"\b(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?\b"
)
_TIME = re.compile(r"(?<![\d:.])(\d{1,2}):(\d{2})(?::\d{2})?(?!\d|:)(?: ?(?:Uhr|h|uur)\b)?")
_AMOUNT = r"(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3}){2,}|\d+(?:[.,]\d+)?)"
"""A number as written: `1.234,50`, `1500`, `2,5`. The language decides what point and comma mean (`_value`)."""
_COMMA_LANGUAGES = frozenset("bg ca cs da de el es et fi fr hr hu id is it lt lv nb nl no pl pt ro ru sk sl sr sv tr uk".split())  # fmt: skip  # noqa: E501  # one list
"""Languages with a decimal comma, in which "1.500" is one thousand five hundred."""
_TO = {"de": "bis", "fr": "à", "es": "a", "it": "a", "nl": "tot", "pt": "a", "sv": "till", "da": "til", "pl": "do"}
"""The word between the ends of a range, by language; without a word the hyphen stays."""
_END = r"(?:\d{1,2}:\d{2}|\d{1,4}(?:,\d+)?)"
_RANGE = re.compile(rf"(?<![\w.,:/+-])({_END})( ?Uhr| ?h)?\s?[-–—]\s?(?={_END}(?![\w:/-]|[.,]?\d|-))")
"""Two numbers or times of day joined by a hyphen or dash; excludes dates and phone numbers."""
_SPACED = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?: \d{3})+(?= [^\W\d_])")
"""Thousands with ordinary spaces, before the thing that is counted: "83 200 Einwohner"."""
_SHORT = {
    "de": {
        "ca": "circa", "z. B": "zum Beispiel", "z.B": "zum Beispiel", "bzw": "beziehungsweise", "inkl": "inklusive",
        "usw": "und so weiter", "Nr": "Nummer", "Std": "Stunden", "Min": "Minuten", "Mio": "Millionen",
        "Mrd": "Milliarden", "ggf": "gegebenenfalls", "evtl": "eventuell", "Tel": "Telefon",
    }
}  # fmt: skip
"""Abbreviations with a full stop, by language, as people say them."""
_COMPARISONS = {
    "de": {"<": "weniger als", ">": "mehr als", "≤": "höchstens", "≥": "mindestens", "~": "etwa", "≈": "etwa"}
}
_COMPARED = re.compile(r"([<>≤≥~≈])\s?(?=[-+]?\d|[€$£])")
_MONEY = re.compile(rf"(?<![\w.,])({_AMOUNT})\s?(€|\$|£|(?:EUR|USD|GBP|CHF)\b)|(€|\$|£)\s?({_AMOUNT})")
_CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP"}
_UNITS = {
    "km/h": "speed-kilometer-per-hour", "km": "length-kilometer", "m": "length-meter", "°C": "temperature-celsius",
    "°": "temperature-generic", "%": "concentr-percent", "kWh": "energy-kilowatt-hour", "kW": "power-kilowatt",
    "l": "volume-liter", "kg": "mass-kilogram", "g": "mass-gram", "min": "duration-minute", "h": "duration-hour",
    "s": "duration-second", "mi": "length-mile", "cm": "length-centimeter",
}  # fmt: skip
_ONE = {"de": "ein", "es": "un"}
"""The word for one before a counted noun, if it differs from the number's name."""
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
"""How a language joins hours and minutes; other languages put one after the other."""


def as_spoken_in(text: str, language: str) -> str:
    """Return the text with its figures in words of that language; unchanged if the language is unknown."""
    locale = _locale(language)
    if locale is None:
        return text
    text = _written_out(plain_spaces(text), language)
    text = _DATE_TIME.sub(lambda m: _date_time(m, language, locale), text)
    text = _TIME.sub(lambda m: _time(m.group(), m[1], m[2], language), text)
    text = _MONEY.sub(lambda m: _money(m[1] or m[4], m[2] or m[3], language, locale), text)
    text = _PHONE.sub(lambda m: _phone(m.group(), language), text)
    text = _UNIT.sub(lambda m: _quantity(m[1], m[2], language, locale), text)
    if language == "de":
        text = _GERMAN_DAY.sub(_german_day, text)
    return _NUMBER.sub(lambda m: _number(m[1] + m[2], language), text)


def _written_out(text: str, language: str) -> str:
    """Return the text with abbreviations, comparisons, thousands and ranges in the forms that the rules below read."""
    for short, said in _SHORT.get(language, {}).items():
        text = re.sub(rf"(?<!\w){re.escape(short)}\.(?=\s)", said, text)
    text = re.sub(r"(?<![\d.])(\d{1,2})\.([0-5]\d)(?=(?: ?[-–] ?\d{1,2}(?:[.:]\d\d)?)? ?(?:Uhr|uur)\b)", r"\1:\2", text)
    compared = _COMPARISONS.get(language)
    if compared:
        text = _COMPARED.sub(lambda m: f"{compared[m[1]]} ", text)
    if language in _COMMA_LANGUAGES:
        text = _SPACED.sub(lambda m: m.group() if m.group().count(" ") > 3 else m.group().replace(" ", ""), text)
    if language in _TO:
        text = _RANGE.sub(lambda m: f"{m[1]}{m[2] or ''} {_TO[language]} ", text)
    return text


def _value(text: str, language: str) -> Decimal:
    """Return the number in a text: "1.500" is 1500 in languages with a decimal comma, else 1.5."""
    if language in _COMMA_LANGUAGES:
        if re.fullmatch(r"-?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", text):
            text = text.replace(".", "")
    elif re.fullmatch(r"-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", text):
        text = text.replace(",", "")
    return Decimal(text.replace(",", "."))


@lru_cache(maxsize=8)
def _locale(language: str) -> Any:
    """Return babel's locale; None if babel or num2words does not know the language."""
    from babel import Locale, UnknownLocaleError  # only if a text is not English

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
    value = _value(text, language)
    said = _words(abs(int(value)) if value == value.to_integral_value() else abs(value), language)
    return f"{_words(-1, language).split()[0]} {said}" if value < 0 else said


def _date_time(match: re.Match[str], language: str, locale: Any) -> str:
    from babel.dates import format_date, format_skeleton

    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return match.group()
    said = f"{format_date(day, 'EEEE', locale)}, {format_skeleton('MMMMd', day, locale=locale)}"
    return f"{said}, {_time(match[4], match[4], match[5], language)}" if match[4] else said


def _german_day(match: re.Match[str]) -> str:
    """`am 3. Mai` is the third of May. No word follows at the end of a sentence, so a number there is no ordinal."""
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

    value = _value(amount, language)
    whole, cents = int(value), int(value * 100) % 100
    if value * 100 % 1:
        return f"{_number(amount, language)} {get_currency_name(_CURRENCIES.get(sign, sign), 2, locale)}"
    name = get_currency_name(_CURRENCIES.get(sign, sign), whole, locale)
    said = _ONE.get(language, "") if whole == 1 else ""
    said = said or _words(whole, language)
    return f"{said} {name}{' ' + _words(cents, language) if cents else ''}"


def _quantity(amount: str, unit: str, language: str, locale: Any) -> str:
    from babel.units import format_unit

    value = _value(amount, language)
    written = str(format_unit(value, _UNITS[unit], "long", locale=locale))
    said = _ONE.get(language, "") if value == 1 else ""
    said = said or _number(amount, language)
    return re.sub(r"-?−?\d[\d.,  ]*\d|-?−?\d", said, written, count=1)


def _phone(text: str, language: str) -> str:
    from voice.synthesis.spoken_figures import is_phone

    if not is_phone(text):
        return text
    groups = re.findall(r"\+|\d+", text)
    said = ["plus" if group == "+" else " ".join(_words(int(digit), language) for digit in group) for group in groups]
    return ", ".join(said).replace("plus, ", "plus ")
