"""The messages of hosts (the car, the profile) in the words of a language. Does not decide what is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from string import Formatter
from typing import Any

from assistant.hosting.message_names import Message, Term, Words
from assistant.wording.dates_and_lists import spoken_far_date
from assistant.wording.languages import Wording, speaking, wording_of


class _Sentences(Formatter):
    """`str.format`, with `{name!c}` for a value at the start of a sentence."""

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        """Return the value with a capital first letter for `!c`."""
        if conversion == "c":
            text = str(value)
            return f"{text[:1].upper()}{text[1:]}"
        return super().convert_field(value, conversion)


_SENTENCES = _Sentences()


def words_of(section: str, code: str) -> Words:
    """Return a function that words the messages of that section of the wording files, in that language."""
    own = wording_of(code)
    return lambda message: _text(own, section, message)


def _text(own: Wording, section: str, message: Message) -> str:
    texts = own.texts(section, message.name)
    text = texts[0] if message.values.get("count") == 1 else texts[-1]
    values = {name: _value(own, section, value) for name, value in message.values.items()}
    return _SENTENCES.vformat(text, (), values)


def _value(own: Wording, section: str, value: str | int | float | date | Term | Message | Sequence[Message]) -> str:
    match value:
        case str():
            return value
        case int():
            return str(value)
        case float():
            return f"{value:g}"
        case date():
            with speaking(own.code):
                return spoken_far_date(value, value)
        case Term():
            return own.table(f"{section}_terms").get(value.name, value.name)
        case Message():
            return _text(own, section, value)
        case _:
            between = own.text(section, "between")
            return between.join(_text(own, section, part) for part in value)
