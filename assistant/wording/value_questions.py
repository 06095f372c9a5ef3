"""The questions that ask for one argument of a tool: each says what can be answered.

Only words; from the parameter's type, format, limits and listed values, then its name, then the server's own title or
description where the name is no thing ("when", "to"). A description is said only if it is a few plain words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from assistant.wording.dates_and_lists import spoken_list
from assistant.wording.languages import wording
from assistant.wording.spoken_values import label, spoken_label, spoken_number
from client.values import JSON

LISTED = 3
"""Values that a question lists (V2); of more it says that there are more."""
MOST_FIELDS = 5
"""Fields of an object that a question lists."""
LARGEST_SAID = 100_000.0
"""A limit beyond this is no help to anybody: 9007199254740991 is the largest number that JSON keeps, and no choice."""
LONGEST_PHRASE = 6
"""Words of a title or description that stands in place of a name."""


def question_of(name: str, schema: Mapping[str, JSON]) -> str:
    """Return the question for the parameter of that name."""
    titles = listed_titles(schema)
    if titles:
        return _which_of(name, titles)
    kind, form = _kind(schema), str(schema.get("format") or "")
    if kind == "boolean":
        return _on_or_off(name)
    if form in ("date", "time", "date-time", "duration"):
        return _when(name, form, schema)
    if kind in ("integer", "number"):
        return _how_much(name, schema)
    fields = schema.get("properties")
    if isinstance(fields, Mapping) and fields and not _is_bare(name):
        return _which_fields(name, schema, list(fields))
    return _which(name, schema)


def listed_titles(schema: Mapping[str, JSON]) -> list[tuple[JSON, str]]:
    """Return the values that a parameter can have with what people call them, if its schema lists several.

    Titles are those of `oneOf` or `anyOf` with `const`, or of `enumNames`; others are the values in words.
    """
    for key in ("oneOf", "anyOf"):
        choices = schema.get(key)
        if isinstance(choices, list) and choices and all(isinstance(one, dict) and "const" in one for one in choices):
            constants = [one for one in choices if isinstance(one, dict)]
            return [(one["const"], _said(one["const"], one.get("title"))) for one in constants]
    values, names = schema.get("enum"), schema.get("enumNames")
    if not isinstance(values, list):
        return []
    told = [value for value in values if value is not None]
    named = names if isinstance(names, list) and len(names) == len(values) else []
    return [(value, _said(value, named[values.index(value)] if named else None)) for value in told]


def _said(value: JSON, title: JSON) -> str:
    return title if isinstance(title, str) and _is_phrase(title) else str(value)


def _kind(schema: Mapping[str, JSON]) -> str:
    """Return the type of a value that is not null, as JSON Schema names it; "" if it may be several."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        some = [kind for kind in kinds if kind != "null"]
        return str(some[0]) if len(some) == 1 else ""
    return str(kinds or "")


def _which_of(name: str, titles: list[tuple[JSON, str]]) -> str:
    asking = partial(wording().text, "asking")
    spoken = [spoken_label(title) for _, title in titles]
    if len(spoken) == 1:
        return asking("which", name=spoken_label(name))
    bare = _is_bare(name)
    if len(spoken) <= LISTED:
        options = spoken_list(spoken, "or")
        if bare:
            return _begun(asking("of", options=options))
        return asking("which_of", name=spoken_label(name), options=options)
    options = ", ".join(spoken[:LISTED])
    if bare:
        return _begun(asking("of_more", options=options))
    return asking("which_of_more", name=spoken_label(name), options=options)


def _on_or_off(name: str) -> str:
    words = label(name)
    for pattern, yes, no in wording().list("booleans", "words"):
        if re.fullmatch(pattern, words):
            return wording().text("asking", "boolean_of", yes=yes, no=no)
    said = re.sub(wording().text("asking", "is"), "", spoken_label(name))
    return _begun(wording().text("asking", "boolean_thing", name=said))


def _when(name: str, form: str, schema: Mapping[str, JSON]) -> str:
    asking = partial(wording().text, "asking")
    if form == "duration":
        return asking("duration")
    plain = {"date": "day", "time": "time", "date-time": "moment"}[form]
    if _is_bare(name) or label(name) in ("date", "day", "time", "datetime", "date time", "timestamp", "moment"):
        return asking(plain)
    return asking(f"{plain}_for", name=spoken_label(name))


def _how_much(name: str, schema: Mapping[str, JSON]) -> str:
    asking = partial(wording().text, "asking")
    within = _within(schema)
    if re.search(asking("people"), label(name)):
        return asking("how_many_people_within" if within else "how_many_people", within=within)
    things = _counted(schema)
    if things:
        return asking("how_many_within" if within else "how_many", name=things, within=within)
    if re.fullmatch(asking("counts"), label(name)) and not within:
        return asking("how_many_of_it")
    told = _thing(name, schema) if _is_bare(name) else spoken_label(name)
    if not told:
        return asking("amount_within" if within else "amount", within=within)
    lead, _, rest = told.partition(" ")
    if rest and lead in wording().list("asking", "leads"):  # "from_percent"
        return _begun(asking("number_led_within" if within else "number_led", lead=lead, name=rest, within=within))
    return asking("number_within" if within else "number", name=told, within=within)


def _counted(schema: Mapping[str, JSON]) -> str:
    """Return what a number counts, by the title or the description "Number of shares"; "" if neither says it."""
    for key in ("title", "description"):
        told = schema.get(key)
        if isinstance(told, str):
            found = re.fullmatch(wording().text("asking", "counted"), told.strip(" ."), re.IGNORECASE)
            if found is not None:
                return found[1]
    return ""


def _which_fields(name: str, schema: Mapping[str, JSON], fields: list[str]) -> str:
    """Return the question for an object: it lists what is needed, at most as much as a listener keeps in mind."""
    required = schema.get("required")
    needed = [field for field in fields if isinstance(required, list) and field in required] or fields
    listed = spoken_list([spoken_label(field) for field in needed[:MOST_FIELDS]])
    return wording().text("asking", "fields", name=spoken_label(name), fields=listed)


def _within(schema: Mapping[str, JSON]) -> str:
    """Return the range that a number must be in, in words; "" if an end is missing or beyond what people say."""
    least, most = schema.get("minimum"), schema.get("maximum")
    if not isinstance(least, int | float) or not isinstance(most, int | float):
        return ""
    if max(abs(least), abs(most)) > LARGEST_SAID:
        return ""
    return wording().text("asking", "within", least=spoken_number(least), most=spoken_number(most))


def _which(name: str, schema: Mapping[str, JSON]) -> str:
    if not _is_bare(name):
        return wording().text("asking", "which", name=spoken_label(name))
    words = label(name)
    for pattern, question in wording().list("asking", "bare_questions"):
        if re.fullmatch(pattern, words):
            return str(question)
    told = _thing(name, schema)
    return wording().text("asking", "which", name=told) if told else wording().text("asking", "anything")


def _is_bare(name: str) -> bool:
    """Return whether a name names no thing: "when", "to", "q", or nothing at all."""
    words = label(name).split()
    bare = wording().text("asking", "bare")
    return all(len(word) < 2 or re.fullmatch(bare, word) for word in words)


def _thing(name: str, schema: Mapping[str, JSON]) -> str:
    """Return what the parameter is, by the title or the beginning of the description; "" if neither is a phrase."""
    for key in ("title", "description"):
        told = schema.get(key)
        if not isinstance(told, str) or label(told) == label(name):
            continue
        phrase = re.split(r"[.:;(\n]| - ", told.strip(), maxsplit=1)[0].strip()
        phrase = re.sub(wording().text("asking", "articles"), "", phrase, flags=re.IGNORECASE)
        first = phrase.split()[:1]
        if _is_phrase(phrase) and not _is_bare(phrase) and first and not _is_bare(first[0]):
            return phrase[:1].lower() + phrase[1:] if phrase[1:2].islower() else phrase
    return ""


def _is_phrase(text: str) -> bool:
    """Return whether a text is a few plain words."""
    return 0 < len(text.split()) <= LONGEST_PHRASE and re.fullmatch(r"[^\W_]+(?:[ '’/-][^\W_]+)*", text) is not None


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]
