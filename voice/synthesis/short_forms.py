"""Rewrites figures that people write in short into the long forms that `wording.py` reads aloud, in English. Pure.

"7.30pm", "1-2:30 pm", "$1.5M", "2½", "<5 min" and numbers grouped by narrow spaces become "7:30 pm", "1 to 2:30 pm",
"$1.5 million", "2 and a half", "less than 5 min" and plain digits. It never changes what a text means.
"""

from __future__ import annotations

import re

from voice.synthesis.spoken_figures import number

_SPACES = "\u00a0\u202f\u2009\u2007\u2008"
"""Non-breaking spaces, which babel and many servers put inside numbers and before units and "PM"."""
_GROUPED = re.compile(rf"(?<![\d.,{_SPACES}])\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?![\d{_SPACES}])")
_DOTTED_TIME = re.compile(r"(?<![\d.:,$€£])(\d{1,2})\.([0-5]\d)(?=\s?[ap]\.?m\b)", re.IGNORECASE)
_TIME_RANGE = re.compile(
    r"(?<![\w.:$€£-])(\d{1,2})(?:[:.]([0-5]\d))?\s?[-–—]\s?(?=\d{1,2}(?:[:.][0-5]\d)?\s?[ap]\.?m\b)", re.IGNORECASE
)
_LARGE = {
    "k": "thousand", "m": "million", "mn": "million", "mio": "million", "mm": "million", "b": "billion",
    "bn": "billion", "t": "trillion", "tn": "trillion", "trn": "trillion",
}  # fmt: skip
_SHORT_MONEY = re.compile(r"([$€£¥]|\b(?:EUR|USD|GBP|CHF|JPY)\s)\s?(\d+(?:[.,]\d+)*)\s?(k|mn|mio|mm|m|bn|b|trn|tn|t)\b", re.IGNORECASE)  # fmt: skip  # noqa: E501  # one list
_SHORT_MONEY_AFTER = re.compile(r"(?<![\w.,])(\d+(?:\.\d+)?)\s?(k|mn|m|bn|b|tn)\s?([€£]|EUR\b|USD\b|GBP\b|CHF\b)", re.IGNORECASE)  # fmt: skip  # noqa: E501  # one list
_SHORT_COUNT = re.compile(r"(?<![\w.,])(?<!\b[A-Za-z] )(\d+(?:\.\d+)?)\s?(bn|mn|tn|M|B)\b(?=\s+(?!dash\b|slash\b|dot\b|plus\b|hash\b|space\b|underscore\b)[a-z])")  # fmt: skip  # noqa: E501  # one list
"""A large count; "7 B dash" is a part of a code that is said letter by letter."""
_PARTS = {
    "1/2": "a half", "½": "a half", "1/3": "a third", "⅓": "a third", "2/3": "two thirds", "⅔": "two thirds",
    "1/4": "a quarter", "¼": "a quarter", "3/4": "three quarters", "¾": "three quarters",
    "⅛": "an eighth", "1/8": "an eighth",
}  # fmt: skip
_MIXED = re.compile(r"(?<![\w./:])(\d{1,3})(?:\s?([½⅓⅔¼¾⅛])|[ -]([1-3]/[2348])(?![\w/]))")
_COMPARED = re.compile(r"(<=|>=|[<>≤≥≈∼~])\s?(?=[-+]?\d|[$€£¥]\s?\d)")
_COMPARISONS = {
    "<": "less than", ">": "more than", "<=": "at most", ">=": "at least", "≤": "at most", "≥": "at least",
    "~": "about", "≈": "about", "∼": "about",
}  # fmt: skip
_VERSION = re.compile(r"\b(version|release|firmware|bluetooth|android|ios|usb|v) ?(\d+)\.(\d+)(?![\d.])", re.IGNORECASE)


def in_long(text: str) -> str:
    """Return the text with its short forms written out."""
    text = plain_spaces(text)
    text = _DOTTED_TIME.sub(r"\1:\2", text)
    text = _TIME_RANGE.sub(_range_of_times, text)
    text = _COMPARED.sub(lambda found: f"{_COMPARISONS[found[1]]} ", text)
    text = _SHORT_MONEY.sub(lambda found: f"{found[1].strip()}{found[2]} {_LARGE[found[3].lower()]}", text)
    text = _SHORT_MONEY_AFTER.sub(lambda found: f"{found[3]}{found[1]} {_LARGE[found[2].lower()]}", text)
    text = _SHORT_COUNT.sub(lambda found: f"{found[1]} {_LARGE[found[2].lower()]}", text)
    text = _VERSION.sub(lambda found: f"{found[1]} {found[2]} point {number(found[3])}", text)
    return _MIXED.sub(lambda found: f"{found[1]} and {_PARTS[found[2] or found[3]]}", text)


def plain_spaces(text: str) -> str:
    """Return the text with numbers grouped by narrow spaces joined, and ordinary spaces elsewhere."""
    text = _GROUPED.sub(lambda found: re.sub(rf"[{_SPACES}]", "", found.group()), text)
    return re.sub(rf"[{_SPACES}]", " ", text)


def _range_of_times(found: re.Match[str]) -> str:
    """Return the start of a range if only its end says a.m. or p.m.: "1:00-" gives "one to "."""
    hour, minutes = int(found[1]), int(found[2] or 0)
    if not 1 <= hour <= 12:
        return found.group()
    said = f"{'oh ' if minutes < 10 else ''}{number(minutes)}" if minutes else ""
    return f"{number(hour)} {said}".strip() + " to "
