"""Plain words: the spelling that grammars, dictionaries and recognizers share.

Lower case, digits and symbols written out, no punctuation but apostrophes inside words. Never decides how something is
best spoken aloud; that is `voice.synthesis.wording`.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SYMBOLS = {
    "&": " and ",
    "+": " plus ",
    "%": " percent ",
    "@": " at ",
    "=": " equals ",
    "€": " euros ",
    "$": " dollars ",
    "£": " pounds ",
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_MONEY = re.compile(
    r"([$€£])\s?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d\d))?(?![\d.,]*\d)((?:\s(?:thousand|million|billion))?)"
)
"""An amount of money in digits; its currency is spoken after the number."""
_DOTTED_CLOCK = re.compile(
    r"(\b(?:at|by|till|until|before|after|from|around|to) )(\d{1,2})\.([0-5]\d)\b"
    r"(?! ?(?:percent|%|[a-z]+s\b|km|kg|m\b))|"
    r"\b(\d{1,2})\.([0-5]\d)(?= ?(?:[ap]m\b|o'clock|in the (?:morning|afternoon|evening)|at night|tonight))"
)
"""A time of day written with a full stop, recognized by the words around it."""
_MINUS = re.compile(r"(?<![\w)])[-−](?=\d)")
_MERIDIEM = re.compile(r"\b([ap])\.\s?m\b\.?")
_NOT_A_WORD = re.compile(r"[^\w']+|_+")


def plain_words(text: str) -> str:
    """Return the words of a text as a recognizer writes them: `"7:30 p.m."` gives `"seven thirty pm"`."""
    text = _MINUS.sub(" minus ", text.replace("’", "'"))
    text = _MONEY.sub(_money_words, text)
    for symbol, word in _SYMBOLS.items():
        text = text.replace(symbol, word)
    text = _CAMEL.sub(" ", text).lower()
    text = _MERIDIEM.sub(r"\1m ", text)
    text = _DOTTED_CLOCK.sub(_with_colon, text)
    text = _CLOCK.sub(_clock_words, text)
    text = _ORDINAL.sub(lambda match: f" {_number_words(match[1], ordinal=True)} ", text)
    text = _NUMBER.sub(lambda match: f" {_number_words(match[0])} ", text)
    words = (word.strip("'") for word in _NOT_A_WORD.sub(" ", text).split())
    return " ".join(word for word in words if word)


def _money_words(match: re.Match[str]) -> str:
    unit, whole, cents, many = _SYMBOLS[match[1]], match[2], match[3], match[4]
    if match[2] == "1" and not (cents or many):
        unit = f"{unit.rstrip().removesuffix('s')} "
    return f"{whole}{many}{unit}{cents if cents and int(cents) else ''}"


def _with_colon(match: re.Match[str]) -> str:
    before, hour, minute = match[1] or "", match[2] or match[4], match[3] or match[5]
    return f"{before}{hour}:{minute}" if int(hour) < 24 else match[0]


def _clock_words(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    if minute == 0:
        return f" {_number_words(str(hour))} "
    return f" {_number_words(str(hour))} {'oh ' if minute < 10 else ''}{_number_words(str(minute))} "


@lru_cache(maxsize=4096)
def _number_words(digits: str, *, ordinal: bool = False) -> str:
    from num2words import num2words  # loaded only if a text has digits

    digits, grouped = digits.replace(",", ""), "," in digits
    if len(digits) > 6 and "." not in digits and not grouped:  # too long for a quantity: read digit by digit
        return " ".join(_number_words(digit) for digit in digits)
    value: float = float(digits) if "." in digits else int(digits)
    words = str(num2words(value, to="ordinal" if ordinal else "cardinal"))
    return words.replace("-", " ").replace(",", "").replace(" and ", " ")
