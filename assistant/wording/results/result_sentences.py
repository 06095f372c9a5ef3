"""Puts an answer into sentences: a scalar with its subject, an object by its fields, a list three at a time. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from assistant.policy.result_values import value_of
from assistant.wording.languages import wording
from assistant.wording.results.conversions_said import conversion_words
from assistant.wording.results.failures import refusal_in
from assistant.wording.results.fields import field_words, holds_things, item_words, lists_in, object_words
from assistant.wording.results.markup import plain
from assistant.wording.results.names import (
    asks,
    asks_yes_or_no,
    is_a_thing,
    is_about_pages,
    is_silent,
    thing_of,
    unit_of,
    words_of,
)
from assistant.wording.results.telling_fields import (
    telling,
    things_by_name,
    totals_first,
    without_record,
    without_what_was_asked,
)
from assistant.wording.results.value_words import AnswerContext, is_scalar, value_words
from assistant.wording.results.written_moments import in_words
from assistant.wording.spoken_values import SpokenClock
from client.catalog import Tool
from client.values import JSON

LONGEST_SHOWN = 500
"""Most characters of an answer that is only shown."""
MOST_LISTED = 60
"""Most things of a list that are said if the driver keeps asking for more; the count covers all."""
MOST_AT_ONCE = 3
"""Things of a list said in one breath (V2, V3)."""
_FIELDS_IN_A_SENTENCE = 4
_WORDED = ("summary", "message", "text", "answer")
"""Fields in which servers put their own sentence, the best first."""
_STATUS = frozenset("status success ok code error message errors state".split())
_ANY_LIST = frozenset("items results result data entries rows list matches records values hits".split())
"""Names of lists that do not describe their content."""
_FINE = ("ok", "success", "200", "done", "completed")
_OTHER_ZONES = re.compile(r"time ?zone|convert time|world clock", re.IGNORECASE)
_DONE = re.compile(r"ok|okay|done|success|succeeded|completed|true|null|none|undefined", re.IGNORECASE)


@dataclass(frozen=True)
class SpokenResult:
    """An answer in words."""

    sentences: tuple[str, ...]
    """The sentences in order; a list has one entry for three things."""
    shown: str = ""
    """The raw answer on one line, if no part of it can be said: an identifier, an address, code."""
    failed: bool = False
    """Whether the answer says that the tool failed, although the call succeeded."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The answer in parts that are said one at a time: a list in parts of three, any other answer as a whole."""
        later = tuple(part for part in self.sentences if isinstance(part, Later))
        return (" ".join(part for part in self.sentences if not isinstance(part, Later)), *later)


class Later(str):
    """Things of a list that are said if the driver wants more."""


def spoken_result(result: JSON, tool: Tool, clock: SpokenClock) -> SpokenResult:
    """Return what a person would say about a result."""
    value = value_of(result)
    refused = refusal_in(value, tool)
    if refused is not None:
        return SpokenResult((refused,), failed=True)
    context = AnswerContext(clock, own_zone=_about_other_zones(tool))
    parts = _parts(value, tool, context)
    said = tuple(type(part)(_sentence(part)) for part in parts if _sentence(part))
    if said:
        return SpokenResult(said)
    unsaid = _unsaid(value, tool)
    only_to_see = unsaid == wording().text("answers", "on_screen")
    return SpokenResult((unsaid,), shown=as_it_came(value) if only_to_see else "")


def as_it_came(value: JSON) -> str:
    """Return a value on one line for a screen, without control characters, at most `LONGEST_SHOWN` characters."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[: LONGEST_SHOWN - 1]}…"


def _about_other_zones(tool: Tool) -> bool:
    return any("zone" in name.lower() for name in tool.properties) or bool(
        _OTHER_ZONES.search(" ".join(words_of(tool.name)))
    )


def _unsaid(value: JSON, tool: Tool) -> str:
    """Return the sentence for an answer without words: done, none, or that it is on the screen."""
    empty = (
        value is None or value in ("", [], {}) or (isinstance(value, dict) and not any(_has(v) for v in value.values()))
    )
    if isinstance(value, str) and not value.strip():
        empty = True
    if not asks(tool):
        return done(tool)
    return none(tool) if empty else wording().text("answers", "on_screen")


def _has(value: JSON) -> bool:
    return value not in (None, "", [], {})


def done(tool: Tool) -> str:
    """Return the sentence that an action is done."""
    return wording().text("told", "done", title=title_of(tool))


def title_of(tool: Tool) -> str:
    """Return a tool's short name: its title, else its name in words."""
    return plain(tool.title) or " ".join(words_of(tool.name)).capitalize()


def none(tool: Tool, thing: str = "") -> str:
    """Return the sentence that there are none."""
    thing = thing or thing_of(tool)
    if not thing:
        return wording().text("told", "nothing")
    return wording().text("answers", "none_of" if _is_many(thing) else "none", thing=thing)


def _parts(value: JSON, tool: Tool, context: AnswerContext) -> list[str]:
    if isinstance(value, dict):
        return _of_object(value, tool, context)
    if isinstance(value, list):
        return _of_list(value, tool, context)
    return [_of_scalar(value, tool, context)]


# -- scalars ---------------------------------------------------------------------------------------------------------


def _of_scalar(value: JSON, tool: Tool, context: AnswerContext) -> str:
    if isinstance(value, bool):
        return _of_truth(value, tool)
    if value is None or value == "":
        return none(tool) if asks(tool) else done(tool)
    thing = thing_of(tool)
    if isinstance(value, int | float) and words_of(tool.name)[:1] in (["count"], ["number"]) and thing:
        return wording().text("answers", "count_one" if value == 1 else "count", count=f"{value:g}", thing=thing)
    unit = unit_of(tool.name)[0] or _unit_in(tool.description)
    said = value_words(value, context, "" if isinstance(value, str) else tool.name, unit if _is_number(value) else "")
    if not said:
        return ""
    if isinstance(value, str) and asks(tool) and re.fullmatch(r"[^:.\n]{1,60}:\s*", value.strip()):
        return none(tool, said.lower())
    if isinstance(value, str) and _DONE.fullmatch(value.strip()) and not asks(tool):
        return done(tool)
    if not asks(tool) or not thing or _is_prose(value, said):
        return said
    return wording().text("answers", "are" if _is_many(thing) else "is", thing=thing, value=said)


def _forms(thing: str) -> set[str]:
    """Return the words of a thing, each also as one and as several."""
    words = thing.split()
    return {*words, *(f"{word}s" for word in words), *(word.removesuffix("s") for word in words)}


def _is_many(thing: str) -> bool:
    return thing.endswith("s") and not thing.endswith(("ss", "us", "is"))


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and bool(re.fullmatch(r"-?\d+(\.\d+)?", value)))


def _is_prose(value: JSON, said: str) -> bool:
    """Return whether a text is a sentence and not the name of a value."""
    return isinstance(value, str) and (len(said.split()) > 6 or re.match(r"(?:no|not|none|here|there|nothing|successfully|the|this)\b", said, re.IGNORECASE) is not None or "\n" in value.strip() or (said.endswith((".", "!", "?")) and not said.endswith(".m.")) or ": " in said)  # fmt: skip  # noqa: E501  # one condition


def _unit_in(description: str) -> str:
    """Return the unit that a description names: "in degrees Celsius", "in percent"."""
    found = re.search(r"\bin (degrees celsius|celsius|fahrenheit|percent|kilometers|km|miles|minutes|seconds|euros?|eur|usd|kwh)\b", description, re.IGNORECASE)  # fmt: skip  # noqa: E501  # one list
    if found is None:
        return ""
    word = found[1].lower().replace("degrees ", "").replace("euros", "eur").replace("euro", "eur")
    return unit_of(f"in {word}")[0]


def _of_truth(value: bool, tool: Tool) -> str:
    if not asks(tool):
        return done(tool) if value else wording().text("answers", "not_worked")
    asked = asks_yes_or_no(tool)
    if asked is None:
        return wording().text("answers", "so" if value else "not_so")
    thing, state = asked
    if is_a_thing(state) and tool.required:
        return wording().text("answers", "yes_it_is" if value else "no_it_is_not", thing=f"{thing} {state}")
    many = words_of(tool.name)[0] == "are"
    said = (
        state
        if value
        else wording().table("answers", "opposites").get(state) or wording().text("answers", "not", state=state)
    )
    return wording().text("answers", "are" if many else "is", thing=thing, value=said)


def _asked(tool: Tool) -> frozenset[str]:
    return frozenset(words_of(tool.name)) | frozenset(words_of(tool.title))


# -- objects ---------------------------------------------------------------------------------------------------------


def _of_object(whole: Mapping[str, JSON], tool: Tool, context: AnswerContext) -> list[str]:
    value = dict(islice(whole.items(), MOST_LISTED))
    own = _own_words(value, tool, context)
    if own:
        return own
    converted = conversion_words(value, context.clock)
    if converted:
        return [converted]
    named = things_by_name(value)
    if named is not None:
        return _of_list(named, tool, context)
    if not tool.trusted:
        value = telling(value, _asked(tool))
        value = without_what_was_asked(value, tool) if asks(tool) else value
    if len(value) == 1 and not _is_state(next(iter(value))):
        key, inner = next(iter(value.items()))
        return _of_only_field(key, inner, tool, context)
    lists = list(lists_in(value))
    full = [(key, items) for key, items in lists if items]
    rest = {key: item for key, item in value.items() if not isinstance(item, list)}
    of_things = holds_things(value)
    told_rest = {key: item for key, item in rest.items() if _has(item) and not _is_frame(key, item, of_things)}
    if not lists and not told_rest and any(_is_state(key) for key in value) and not asks(tool):
        return [done(tool)]
    if lists and not full and not any(isinstance(item, dict) for item in told_rest.values()):
        listed = " ".join(words_of(lists[0][0]))
        beside_it = {key: item for key, item in told_rest.items() if not is_about_pages(key)}
        facts = _grouped(object_words(beside_it, context, 1, _asked(tool))[:_FIELDS_IN_A_SENTENCE])
        if len(beside_it) > 1 and listed not in _ANY_LIST and not set(listed.split()) & _forms(thing_of(tool)):
            return facts  # the list was not what was asked for
        return [none(tool, thing_of(tool) if listed in _ANY_LIST else listed), *facts]
    if full and (holds_things(value) or not told_rest):
        return _with_lists(full, told_rest, tool, context)
    return _grouped(object_words({**told_rest, **dict(full)} or value, context, 2, _asked(tool)))


def _is_frame(key: str, item: JSON, beside_a_list: bool) -> bool:
    """Return whether a field is only metadata of the answer: a status, a page number, an identifier."""
    if is_silent(key) or (beside_a_list and is_about_pages(key)):
        return True
    if words_of(key) == ["found"] and item is True:
        return True
    return _is_state(key) and (isinstance(item, bool) or "_" in str(item) or str(item).lower() in _FINE)


def _is_state(key: str) -> bool:
    return " ".join(words_of(key)) in _STATUS


def _own_words(value: Mapping[str, JSON], tool: Tool, context: AnswerContext) -> list[str]:
    """Return the server's own sentence, if any, with its subject."""
    for key in _WORDED:
        found = value.get(key)
        if not isinstance(found, str) or not found.strip() or (key == "text" and len(value) > 1 and not tool.trusted):
            continue
        said = plain(in_words(found, context.clock, own_zone=context.own_zone))
        if not said or (key == "message" and _DONE.fullmatch(said) and not tool.trusted):
            continue
        things = [inner for other, inner in value.items() if isinstance(inner, dict) and not is_silent(other)]
        if key == "message" and not tool.trusted and things:
            name = item_words(things[0], context)
            heard = {str(part).lower() for part in things[0].values() if isinstance(part, str) and len(part) > 2}
            if name and name.split(",")[0].lower() not in said.lower() and not any(h in said.lower() for h in heard):
                return [said, name]
        return [said]
    return []


def _of_only_field(key: str, inner: JSON, tool: Tool, context: AnswerContext) -> list[str]:
    """Return the sentences for an object with one field, whose name is the subject unless the tool's name is better."""
    if isinstance(inner, list):
        return _of_list(inner, tool, context) if inner else [none(tool, thing_of(tool) or " ".join(words_of(key)))]
    if isinstance(inner, dict):
        return _of_object(inner, tool, context)
    if inner is None or inner == "":
        return [none(tool, thing_of(tool) or " ".join(words_of(key))) if asks(tool) else done(tool)]
    alone = AnswerContext(context.clock, context.own_zone, {key: inner})
    return [field_words(key, inner, alone)]


def _with_lists(
    lists: Sequence[tuple[str, list[JSON]]], rest: Mapping[str, JSON], tool: Tool, context: AnswerContext
) -> list[str]:
    """Return an object with lists: first the other fields, then the lists, the longest list first."""
    before, *after = _grouped(object_words(totals_first(rest), context, 1, _asked(tool))) or [""]
    said = [before] if before else []
    first, *others = sorted(lists, key=lambda pair: not any(isinstance(item, dict) for item in pair[1]))
    said += _of_list(first[1], tool, context)
    for key, items in others:
        said += [f"{' '.join(words_of(key)).capitalize()}: {part}" for part in _of_list(items, tool, context)[:1]]
    return [*said, *(Later(part) for part in after)]


def _grouped(fields: Sequence[str]) -> list[str]:
    return [", ".join(fields[place : place + _FIELDS_IN_A_SENTENCE]) for place in range(0, len(fields), _FIELDS_IN_A_SENTENCE)]  # fmt: skip  # noqa: E501  # one expression


# -- lists -----------------------------------------------------------------------------------------------------------


def _of_list(items: Sequence[JSON], tool: Tool, context: AnswerContext) -> list[str]:
    if not items:
        return [none(tool) if asks(tool) else done(tool)]
    asked = _asked(tool)
    if len(items) == 1 and isinstance(items[0], dict):
        return _grouped(object_words(without_record(items[0], asked), context, 1, asked)) or [
            words for words in (item_words(items[0], context, asked),) if words
        ]
    said = [words for item in items[:MOST_LISTED] if (words := item_words(item, context, asked))]
    if not said:
        return []
    if all(is_scalar(item) and not isinstance(item, str) for item in items) or len(said) == 1:
        thing = thing_of(tool)
        listed = _paused(said, joint=",")
        return [wording().text("answers", "are" if _is_many(thing) else "is", thing=thing, value=listed) if thing and asks(tool) else listed]  # fmt: skip  # noqa: E501  # one expression
    threes = [said[place : place + MOST_AT_ONCE] for place in range(0, len(said), MOST_AT_ONCE)]
    first = wording().text("told", "there_are", count=len(items), items=_paused(threes[0]))
    return [first, *(Later(_paused(three)) for three in threes[1:])]


def _paused(items: Sequence[str], joint: str = ";") -> str:
    """Return the items as a list with ";", which the voice speaks as pauses (V3)."""
    last = f"{wording().text('words', 'and')} {items[-1]}"
    return f"{joint} ".join([*items[:-1], last]) if len(items) > 1 else items[0]


def _sentence(text: str) -> str:
    clean = re.sub(r"\.m\.\.+", ".m.", " ".join(text.split()))
    return clean if not clean or clean.endswith((".", "?", "!")) else f"{clean}."
