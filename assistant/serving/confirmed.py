"""Whether what a remote client confirmed is what would be sent: values of one type, compared with all their signs.

Pure. It never decides what needs a confirmation, only whether a given one fits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(:[0-5]\d)?")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
_INSIDE_A_WORD = re.compile(r"(?<=[^\W\d_])['\u2019](?=[^\W\d_])")


def is_confirmed(name: str, parameters: Mapping[str, Any], confirmations: Mapping[str, Any]) -> bool:
    """Return whether the confirmations hold that parameter's value, or `true` for whatever value it has.

    For a parameter that is `false`, `true` is another value and confirms nothing. A name that is no parameter (the
    tool itself) takes `true` alone.
    """
    if name not in confirmations:
        return False
    if name not in parameters:
        return confirmations[name] is True
    if confirmations[name] is True:
        return parameters[name] is not False
    return same_value(parameters[name], confirmations[name])


def same_value(argument: Any, confirmed: Any) -> bool:
    """Return whether a confirmed value is the argument.

    Numbers equal by size, and a number equals its digits as text. Lists are compared in order, objects by all their
    keys. Texts of words alone are compared without case and outer spaces, with or without the apostrophe in a word;
    in any other text each sign counts: 50 EUR is not 50 USD, -5 is not 5, and a path is not its words.
    """
    if isinstance(argument, bool) or isinstance(confirmed, bool) or argument is None or confirmed is None:
        return argument is confirmed
    if _is_number(argument) or _is_number(confirmed):
        return _same_number(argument, confirmed)
    if isinstance(argument, str) and isinstance(confirmed, str):
        return _text(argument) == _text(confirmed)
    if isinstance(argument, list | tuple) and isinstance(confirmed, list | tuple):
        return len(argument) == len(confirmed) and all(map(same_value, argument, confirmed))
    if isinstance(argument, Mapping) and isinstance(confirmed, Mapping):
        return argument.keys() == confirmed.keys() and all(
            same_value(argument[key], confirmed[key]) for key in argument
        )
    return False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _same_number(argument: Any, confirmed: Any) -> bool:
    """Compare if one of the two is a number. A text to be sent equals a number only in its plain spelling."""
    if isinstance(argument, str):
        return argument == str(confirmed)
    if isinstance(confirmed, str):
        confirmed = confirmed.strip()
        return bool(_NUMBER.fullmatch(confirmed)) and Decimal(str(argument)) == Decimal(confirmed)
    return _is_number(argument) and _is_number(confirmed) and Decimal(str(argument)) == Decimal(str(confirmed))


def _text(text: str) -> str:
    text = unicodedata.normalize("NFC", text).strip(" ")
    clock = _CLOCK.fullmatch(text)
    if clock:
        seconds = clock[3] if clock[3] not in (None, ":00") else ""
        return f"{int(clock[1]):02}:{clock[2]}{seconds}"
    words = _INSIDE_A_WORD.sub("", text)
    only_words = all(character.isalpha() or character == " " for character in words)
    return " ".join(words.casefold().split(" ")) if only_words else text
