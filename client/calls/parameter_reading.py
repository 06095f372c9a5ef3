"""What the parameters of a looking tool say: may one of them, or a default, make it act?

Pure. It reads names, listed values and defaults at every depth of the schema; it never sees arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from client.calls.description_reading import effect_in_description
from client.calls.english_words import (
    EffectSign,
    act,
    base_of,
    bases_of,
    doubt,
    is_in,
    is_plural,
    stem_in,
    word_list,
    words_of,
)
from client.values import JSON

_DEEPEST = 6
"""Levels of a schema that are read; a deeper one counts as doubt."""
_SWITCHED = frozenset({"on", "off"})
_SHOWING = frozenset({"show", "tell", "read", "display", "explain"})
"""Verbs of a name that may show something to somebody who is not the driver."""
_SHOWN_WITH = frozenset(
    "include includes included exclude excludes show shows only with without is are has have hide no use can".split()
)
"""First words of flags that say what is shown: "include_resume", "has_price"."""
_RUN = frozenset("query statement command code expression script run snippet condition clause".split())
"""With the name of a language they say that a parameter takes a program of it: "SQL query", "where clause in SQL"."""
_ABOUT_PROGRAMS = frozenset({"id", "ids", "name", "type", "path", "number", "hash", "dialect", "limit", "version"})
"""Words in a name by which a parameter only identifies a program, and takes none: "script_id"."""
_NAMING = frozenset({"the", "a", "an", "of", "this", "your", "by", "was", "were", "been", "each", "in"})
"""Words after which "post" or "message" is a thing, and "sent" was done before."""
_BY_OTHERS = frozenset({"is", "are", "be", "gets", "being", "automatically"})
"""Words after which "texted" is what happens now."""
_MANY = frozenset({"list", "search", "find", "query", "filter", "count", "browse"})
"""Verbs of a name whose defaults pick out of many: `state = open`."""


def effect_in_parameters(
    schema: Mapping[str, JSON], name: str = "", told: Mapping[str, str] | None = None
) -> EffectSign | None:
    """Return why a parameter may make a looking tool of that name act; None if all of them narrow what is shown.

    `told` is what the tool's description says of its parameters, by name.
    """
    called = words_of(name)
    picks = bool(_MANY & set(called)) or (bool(called) and is_plural(called[-1]))
    for path, inner in _parameters(schema, 0):
        if len(path) > _DEEPEST:
            return doubt("its parameters lie too deep to be read")
        shown_to = _shown_to(called, words_of(path[-1]))
        if shown_to:
            return doubt(f'it is to {called[0]} something to a {shown_to}, by its parameter "{path[-1]}"')
        if not picks and _sets_a_level(called, words_of(path[-1]), inner):
            return doubt(f'its parameter "{path[-1]}" may set a level')
        found = _effect_in(path[-1], inner, picks=picks)
        if found is not None:
            return found
    for parameter, text in (told or {}).items():
        found = _effect_in_text(parameter, text) or effect_in_description(text, looks_by_name=True)
        if found is not None and found.acts:
            return found
    return None


def effect_in_answers(schema: Mapping[str, JSON] | None) -> EffectSign | None:
    """Return why a field of the answer tells of an act: "amount that was paid", if its description says so."""
    for path, inner in _parameters(schema or {}, 0):
        description = inner.get("description")
        found = effect_in_description(description, looks_by_name=True) if isinstance(description, str) else None
        if found is not None and found.acts:
            return act(f'the field "{path[-1]}" of its answer: {found.why}')
    return None


def _effect_in_text(name: str, text: str) -> EffectSign | None:
    """Return why the description of a parameter says that giving it does something, sentence by sentence."""
    for sentence in re.split(r"[.;!?:]\s|\n", text):
        words = words_of(sentence)
        found = _told_act(words, set(words_of(name))) or _told_receiver(words) or _named_act(words)
        if found:
            return act(f'the description of its parameter "{name}" has "{found}"')
    return None


def _shown_to(called: Sequence[str], words: Sequence[str]) -> str:
    """Return the person to whom a tool of that name shows something, by a parameter: the tenant, of `show_door`."""
    person = next((word for word in words if word in word_list("people")), "")
    return person if called[:1] and called[0] in _SHOWING and person not in called else ""


def _effect_in(name: str, schema: Mapping[str, JSON], *, picks: bool) -> EffectSign | None:
    words = words_of(name)
    description = schema.get("description")
    told = _effect_in_text(name, description) if isinstance(description, str) else None
    if told is not None:
        return told
    listed = schema.get("enum")
    values = [value for value in listed if isinstance(value, str)] if isinstance(listed, list) else []
    default = schema.get("default", schema.get("const"))
    handed = words[:1] == ["to"] and any(is_in(word, "accounts", "people") for word in words[1:2])
    handed = handed and words[1:] not in (["currency"], ["currencies"])  # into which something is converted
    if handed or word_list("receiving_parameters") & set(words) or word_list("handing_parameters") & set(words[:1]):
        return act(f'its parameter "{name}" says to whom something goes, or what pays for it')
    if not values and _takes_a_program(words, description if isinstance(description, str) else ""):
        return act(f'its parameter "{name}" takes a program or a statement')
    verbs = word_list("acts") | word_list("deeds")
    if word_list("acting_parameters") & set(words) and (
        not values or any(word in verbs for value in values for word in words_of(value))
    ):
        return act(f'its parameter "{name}" may say what is done')
    if any(word in word_list("acts") for word in words[:1]) and words != ["email"]:
        return act(f'its parameter "{name}" may say what is done')
    if schema.get("type") == "boolean" and not (picks and words[:1] == ["open"]) and _switches(words, default):
        return act(f'its parameter "{name}" may say what is done')
    if isinstance(default, str):
        values.append(default)
        deed = next((word for word in words_of(default)[:1] if _is_deed(word, set(words))), "")
        if deed and not picks:
            return act(f'its parameter "{name}" is "{deed}" if nothing is said')
    settable = bool(word_list("set_parameters") & set(words)) and not picks
    if settable and isinstance(default, int | float) and not isinstance(default, bool):
        return act(f'its parameter "{name}" is {default} if nothing is said')
    state = next((value for value in values if settable and _is_deed("".join(words_of(value)[:1]), set(words))), "")
    if state:
        return act(f'its parameter "{name}" may be "{state}"')
    acts = [word for value in values for word in words_of(value)[:1] if word in word_list("acts")]
    return act(f'its parameter "{name}" may be "{acts[0]}"') if acts else None


def _takes_a_program(words: Sequence[str], description: str) -> bool:
    """Return whether a parameter takes a program, or a statement that may change anything: "sql", "shell"."""
    told = set(words_of(description))
    free = bool(told & word_list("program_languages")) and bool(told & _RUN)
    return (bool(word_list("program_parameters") & set(words)) and not _ABOUT_PROGRAMS & set(words)) or free


def _sets_a_level(called: Sequence[str], words: Sequence[str], schema: Mapping[str, JSON]) -> bool:
    """Return whether a number puts a thing at a degree, in a tool that picks none by it and computes nothing."""
    if schema.get("type") not in ("number", "integer") or word_list("narrowing_levels") & set(words):
        return False
    moved = bool(word_list("movables") & set(called)) and bool({"position", "percent", "opening"} & set(words))
    level = bool(word_list("level_parameters") & set(words)) and not word_list("computing_names") & set(called)
    return level or moved


def _is_deed(word: str, about: set[str]) -> bool:
    """Return whether a default is an act, or the state that one leaves: "open", "unlocked", "off"."""
    if is_in(word, "looking", "informational", "narrowing"):
        return False
    if word in word_list("deeds") | word_list("states") | word_list("irregular") | _SWITCHED:
        return True
    return stem_in(word, "ed", "acts", "deeds") or (word.endswith("ed") and bool(word_list("set_parameters") & about))


def _told_act(words: Sequence[str], about: set[str]) -> str:
    """Return what in a parameter's description says that giving it does something; "" if nothing does.

    That is a verb that it opens with ("moves the blinds to this"), what is to be set, and a value that is wanted.
    """
    acting = word_list("acts") | word_list("deeds")
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        opens = not place or before in ("and", "then", "also", "automatically", "immediately")
        shapes = is_in(word, "looking", "looking_in_sentences", "framing", "shaping")
        third = base_of(word) != word and not shapes and (base_of(word) in acting or not place)
        behind = word_list("determining") | ({"to"} if base_of(word) in acting else set())
        goes_on = set(words[place + 1 : place + 2]) & behind
        if opens and goes_on and (third or word in word_list("acts")):
            return word
        wanted = before == "to" and (word in word_list("acts") or word in word_list("setting"))
        if wanted or (before in ("is", "be", "are", "gets") and word in word_list("setting") and words[place + 1 :]):
            return f"{before} {word}"
    wanted = words[:1] == ["new"] or (bool(word_list("set_parameters") & about) and words[:1] == ["desired"])
    return words[0] if wanted else ""


def _told_receiver(words: Sequence[str]) -> str:
    """Return what in a parameter's description says that somebody gets what the tool finds; "" if nothing does."""
    for place, word in enumerate(words):
        before, after = words[place - 1] if place else "", words[place + 1 : place + 5]
        passed = before in _BY_OTHERS and any(form in word_list("handing_over") for form in bases_of(word))
        hands = is_in(word, "handing_over") and before not in _NAMING and _object_then_to(after)
        if hands or ((passed or word == "goes") and after[:1] == ["to"]):
            return " ".join([word, *after[: after.index("to") + 1]])
        if word == "who" and _receives(words[place + 1 : place + 3]):
            return " ".join(words[place : place + 3])
        if word == "for" and before in word_list("channels") and word_list("handed_out") & set(after[:2]):
            return " ".join([before, word, *after[:2]])
        if word == "copy" and is_in(" ".join(words[place - 2 : place - 1]), "receiving"):
            return " ".join(words[place - 2 : place + 1])
    return ""


def _named_act(words: Sequence[str]) -> str:
    """Return a verb that is only ever an act, in the form that says what happens: "leaving it out subscribes you"."""
    return next((word for word in words if base_of(word) != word and is_in(word, "acts")), "")


def _object_then_to(words: Sequence[str]) -> bool:
    """Return whether these words are a short object and "to": "it to", "the monthly report to"."""
    if words[:1] and words[0] in ("it", "them", "this", "that"):
        return words[1:2] == ["to"]
    return bool(words[:1]) and words[0] in word_list("determining") and "to" in words[1:4]


def _receives(words: Sequence[str]) -> bool:
    """Return whether "who" goes on with getting something: "gets it", "can see it", "is told"."""
    first, second = (*words, "", "")[:2]
    if first in ("can", "may", "will", "should", "must"):
        return second in word_list("receiving") | {"be"}
    return first in word_list("receiving") or (first in ("is", "are", "gets") and second in word_list("informed"))


def _switches(words: Sequence[str], default: JSON) -> bool:
    """Return whether a flag may switch something that acts: "mark_as_read", or "one_click", which is on by itself."""
    first = words[0] if words else ""
    acts = any(word in word_list("acts") for word in words) or (words[-1:] and words[-1] in word_list("deeds"))
    if acts and len(words) > 1 and first not in _SHOWN_WITH and not is_in(first, "looking", "informational"):
        return True  # "factory_reset", "auto_book"
    if is_in(first, "deeds") and not is_in(first, "looking", "informational", "framing", "narrowing"):
        return first not in word_list("things_first") or (
            len(words) > 1 and words[1] in ("as", "on", "to", "if", "all", "and")
        )
    if default is False and first in ("keep", "keeps", "retain", "preserve"):
        return True  # "keep_rows": they are lost unless one says so
    return default is True and not any(is_in(word, "narrowing", "looking", "informational") for word in words)


def _parameters(
    schema: Mapping[str, JSON], depth: int, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Mapping[str, JSON]]]:
    """Give every parameter with its path, at every depth: of groups, entries of lists, choices and definitions."""
    if depth > _DEEPEST:
        yield (*path, *("",) * _DEEPEST), {}
        return
    properties = schema.get("properties")
    for name, inner in properties.items() if isinstance(properties, Mapping) else ():
        if isinstance(inner, Mapping):
            yield (*path, name), inner
            yield from _parameters(inner, depth + 1, (*path, name))
            default = inner.get("default")
            if isinstance(default, Mapping):
                for key, value in default.items():
                    yield (
                        (*path, name, key),
                        {"type": "boolean", "default": value} if value is True else {"default": value},
                    )
    for key in ("items", "additionalProperties", "not", "if", "then", "else"):
        inner = schema.get(key)
        if isinstance(inner, Mapping):
            yield from _parameters(inner, depth + 1, path)
    for key in ("allOf", "anyOf", "oneOf", "prefixItems"):
        several = schema.get(key)
        for inner in several if isinstance(several, list) else ():
            if isinstance(inner, Mapping):
                yield from _parameters(inner, depth + 1, path)
    for key in ("$defs", "definitions", "patternProperties", "dependentSchemas"):
        named = schema.get(key)
        for inner in named.values() if isinstance(named, Mapping) else ():
            if isinstance(inner, Mapping):
                yield from _parameters(inner, depth + 1, path)
