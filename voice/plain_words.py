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
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MERIDIEM = re.compile(r"\b([ap])\.\s?m\b\.?")
_NOT_A_WORD = re.compile(r"[^\w']+|_+")


def plain_words(text: str) -> str:
    """Return the words of a text as a recognizer writes them: `"7:30 p.m."` gives `"seven thirty pm"`."""
    text = text.replace("’", "'")
    for symbol, word in _SYMBOLS.items():
        text = text.replace(symbol, word)
    text = _CAMEL.sub(" ", text).lower()
    text = _MERIDIEM.sub(r"\1m ", text)
    text = _CLOCK.sub(_clock_words, text)
    text = _ORDINAL.sub(lambda match: f" {_number_words(match[1], ordinal=True)} ", text)
    text = _NUMBER.sub(lambda match: f" {_number_words(match[0])} ", text)
    words = (word.strip("'") for word in _NOT_A_WORD.sub(" ", text).split())
    return " ".join(word for word in words if word)


def _clock_words(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    if minute == 0:
        return f" {_number_words(str(hour))} "
    return f" {_number_words(str(hour))} {'oh ' if minute < 10 else ''}{_number_words(str(minute))} "


@lru_cache(maxsize=4096)
def _number_words(digits: str, *, ordinal: bool = False) -> str:
    from num2words import num2words  # loaded only if a text has digits

    if len(digits) > 6 and "." not in digits:  # too long for a quantity: read digit by digit
        return " ".join(_number_words(digit) for digit in digits)
    value: float = float(digits) if "." in digits else int(digits)
    words = str(num2words(value, to="ordinal" if ordinal else "cardinal"))
    return words.replace("-", " ").replace(",", "").replace(" and ", " ")
