"""How values are said: numbers, dates, times and durations as grammar that any parameter can use.

Pure, English, bounded. It never parses what was heard; that is the interpreter's part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.understanding.language import language
from voice.plain_words import plain_words
from voice.recognition.recognizer_base import AnyOrder, Choice, Expression, Maybe, Open, Repeated, Rule, Sequence, Words

ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBER_WORDS = frozenset({*ONES, *TEENS, *TENS, "zero", "hundred", "and", "point", "half", "a", "an"})
HOURS = (*ONES, "ten", "eleven", "twelve")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = tuple("january february march april may june july august september october november december".split())
ORDINALS = tuple(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth".split()
)
DAY_PARTS = ("morning", "afternoon", "evening")


HALF_OF_DAY = 1000.0
"""How much rarer an hour is with its half of the day: else "at nine" is heard as "at nine pm", or "at one am"."""


def any_of(options: Iterable[str | Expression], weights: tuple[float, ...] = ()) -> Expression:
    """Return a choice of words and expressions; the option itself where there is only one."""
    parts = tuple(Words(option) if isinstance(option, str) else option for option in options)
    return parts[0] if len(parts) == 1 else Choice(parts, weights)


def less_likely(expression: Expression, times: float) -> Expression:
    """Return the expression as that much less likely than whatever else may be said in its place."""
    return Choice((Choice(()), expression), (times, 1.0))


def in_turn(*parts: str | Expression) -> Expression:
    """Return these one after the other; empty words are left out."""
    kept = tuple(Words(part) if isinstance(part, str) else part for part in parts if part != "" and part != Words(""))
    return kept[0] if len(kept) == 1 else Sequence(kept)


def phrases(texts: Iterable[str]) -> list[str]:
    """Return each text once in plain words, in order, without empty ones."""
    return list(dict.fromkeys(words for words in map(plain_words, texts) if words))


def _below_hundred() -> Expression:
    return any_of([*ONES, *TEENS, in_turn(any_of(TENS), Maybe(any_of(ONES)))])


def _number() -> Expression:
    hundreds = in_turn(any_of(["a", *ONES]), "hundred", Maybe(in_turn(Maybe(Words("and")), Rule("below-hundred"))))
    return any_of(["zero", Rule("below-hundred"), hundreds])


def _decimal() -> Expression:
    digit = any_of(["zero", *ONES])
    places = in_turn(
        "point", digit, Maybe(in_turn(digit, Maybe(digit)))
    )  # any number of them is heard as "zero zero ..."
    return in_turn(Rule("number"), Maybe(any_of([places, "and a half"])))


def _time() -> Expression:
    hour = any_of(HOURS)
    minute = any_of(
        [
            in_turn("oh", "five"),
            "ten",
            "fifteen",
            in_turn(any_of(["twenty", "thirty", "forty", "fifty"]), Maybe(Words("five"))),
        ]
    )
    past = any_of(["half past", "a quarter past", "quarter past", "a quarter to", "quarter to", "ten past", "ten to",
                   "five past", "five to", "twenty past", "twenty to"])  # fmt: skip
    half_of_day = any_of(
        ["am", "pm", "in the morning", "in the afternoon", "in the evening", "at night", "tonight", "o'clock"]
    )
    clock = in_turn(Maybe(past), hour, Maybe(minute), any_of(["", half_of_day], (HALF_OF_DAY, 1.0)))
    return any_of([clock, "noon", "midnight"], (30.0, 1.0, 1.0))


def _date() -> Expression:
    relative = any_of(
        [
            in_turn("tomorrow", Maybe(any_of([*DAY_PARTS, "night"]))),
            in_turn("this", any_of([*DAY_PARTS, "weekend", "week"])),
            in_turn(Maybe(any_of(["this", "next"])), any_of(WEEKDAYS), Maybe(any_of([*DAY_PARTS, "night"]))),
            "today", "tonight", "the day after tomorrow", "next week", "next month", "the weekend",
        ]
    )  # fmt: skip
    ordinal = _ordinal()
    of_month = in_turn(Maybe(Words("of")), any_of(MONTHS))
    calendar = any_of(
        [in_turn("the", ordinal, of_month), in_turn(any_of(MONTHS), Maybe(Words("the")), ordinal)],
    )
    return any_of([relative, calendar], (3.0, 1.0))


def _ordinal() -> Expression:
    return any_of([*ORDINALS, in_turn("twenty", any_of(ORDINALS[:9])), "thirtieth", "thirty first"])


def _duration() -> Expression:
    count = Rule("below-hundred")
    minutes = in_turn(count, any_of(["minutes", "seconds", "hours", "days"]))
    return any_of(
        [
            minutes, "a minute", "one minute", "half an hour", "an hour and a half", "a quarter of an hour",
            "a few minutes",
            in_turn(any_of(["an hour", "one hour", in_turn(any_of(ONES), "hours")]),
                    Maybe(any_of(["and a half", in_turn(Maybe(Words("and")), count, "minutes")]))),
        ]
    )  # fmt: skip


NAMES_OF_LETTERS: Mapping[str, str] = {
    letter: name for name, letter in language().table("spelling", "alphabet").items()
}
"""One name a letter: "mike" is heard far better than "m" in a car."""


def spelled_with(letters: Iterable[str]) -> Expression:
    """Return the letters (lower case) by themselves and by name, and digits in words."""
    said = list(dict.fromkeys(letters))
    return any_of([*said, *(NAMES_OF_LETTERS[each] for each in said if each in NAMES_OF_LETTERS)])


def _spelled() -> Expression:
    return Repeated(any_of(["zero", "oh", *ONES, spelled_with("abcdefghijklmnopqrstuvwxyz")]))


VALUE_RULES: Mapping[str, Expression] = {
    "below-hundred": _below_hundred(),
    "number": _number(),
    "decimal": _decimal(),
    "time": _time(),
    "date": _date(),
    "month": any_of([*MONTHS, in_turn(any_of(["this", "last", "next"]), "month")]),
    "on-day": in_turn("on", "the", _ordinal()),  # alone, "the eighth" is too near to "eight"
    "duration": _duration(),
    "spelled": _spelled(),
    "date-time": any_of([
        in_turn(Rule("date"), Maybe(in_turn(Maybe(Words("at")), Rule("time")))),
        in_turn(Rule("time"), Maybe(in_turn(Maybe(Words("on")), Rule("date")))),
    ]),
}  # fmt: skip
"""Rules that slots refer to by name."""


def integers(minimum: int, maximum: int) -> Expression:
    """Return the numbers of a range in words; a general rule where the range is wide (more than 60 numbers)."""
    if maximum - minimum > 60:
        return Rule("number")
    return any_of([plain_words(str(value)) for value in range(minimum, maximum + 1)])


def size(expression: Expression, rules: Mapping[str, Expression]) -> int:
    """Return how many words the expression has once every rule stands where it is used."""
    match expression:
        case Words(text):
            return len(text.split())
        case Sequence(parts) | AnyOrder(parts):
            return sum(size(part, rules) for part in parts)
        case Choice(options):
            return sum(size(option, rules) for option in options)
        case Maybe(part) | Repeated(part) | Open(part):
            return size(part, rules)
        case Rule(name):
            return size(rules[name], rules)
