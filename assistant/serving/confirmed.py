"""Whether a remote client confirmed exactly what would be sent. Values are compared by type and with their signs.

Pure. It never decides what needs a confirmation, only whether a given confirmation fits.
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
    """Return whether the confirmations hold this parameter's value, or `true`, which confirms any value.

    `true` does not confirm a parameter that is `false`. A name that is no parameter (the tool's own name) can be
    confirmed by `true` only.
    """
    if name not in confirmations:
        return False
    if name not in parameters:
        return confirmations[name] is True
    if confirmations[name] is True:
        return parameters[name] is not False
    return same_value(parameters[name], confirmations[name])


def same_value(argument: Any, confirmed: Any) -> bool:
    """Return whether a confirmed value equals the argument.

    Numbers are compared by size, and a number equals its digits as text. Lists are compared in order, objects by all
    their keys. Texts that consist of words are compared without case, outer spaces and the apostrophe in a word. In any
    other text each sign counts: 50 EUR is not 50 USD, -5 is not 5, and a path is not its words.
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
    """Compare two values of which one is a number. A text that would be sent equals a number only if it is spelled
    plainly.
    """
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
