"""What the name of a tool says: does it look, or may it act?

Pure. Doubt counts as an act: an unknown word, a second verb, a particle that makes another verb of the first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from client.calls.english_words import (
    EffectSign,
    act,
    bases_of,
    doubt,
    is_in,
    is_known,
    is_plural,
    may_act,
    phrases,
    word_list,
    words_of,
)
from client.calls.german_reading import is_german, looks_by_german_name

_BRINGING = frozenset({"get", "fetch", "find", "extract", "retrieve"})
"""Looking verbs that bring where what they look for is a thing."""
_FETCHING = frozenset({"get", "fetch", "retrieve"})
"""Of those, the ones that bring several as well as one."""
_TELLING = frozenset({"describe", "display", "explain", "list", "preview", "read", "show", "summarize", "tell", "view"})
"""Looking verbs that speak to somebody where "to" follows: "tell_wife", "read_to_kids"."""

SAYS_ONLY_THINGS = doubt("its name says nothing but things")
"""What is found in a name of several things, and no verb: "coupon_categories"; a description can say that it looks."""


def effect_in_name(name: str, server: str = "", description: str = "") -> EffectSign | None:
    """Return why a tool of this name may change something; None if the name speaks of looking only.

    A name looks if every word of it is known, none is an act, and it has a looking verb ("get_order", "web_search"),
    asks whether something is so ("is_stove_on") or ends in something to look at ("order_status"). Words of the
    server's name, which the driver gave, explain too, and so does a proper noun of the description before the verb
    ("wikipedia_get_page").
    """
    words = words_of(name)
    if len(words) > 1 and words[-1] == "tool":
        words = words[:-1]
    if not words or not name.isascii():
        return doubt("its name is not in plain English letters")
    if is_german(description) and looks_by_german_name(words) and not _act_in(words):
        return None
    verb = next((place for place, word in enumerate(words) if word in word_list("looking")), None)
    named = {*words_of(server)}
    if verb:
        named |= _proper_nouns(description) & set(words[:verb])
    found = _act_in(words) or _unknown_in(words, named) or _second_verb(words)
    if found is not None:
        return found
    if words[0] == "open" and len(words) > 1 and words[-1] in word_list("opened"):
        return None
    last_looks = is_in(words[-1], "informational") or words[-1] in word_list("looking")
    commands = words[0] in word_list("deeds") - word_list("looking")  # a plural is a thing: "bookmarks_list"
    of_server = bool(verb) and words[0] in words_of(server)
    if commands and not of_server and not (last_looks and words[0] in word_list("things_first")):
        return act(f'its name begins with "{words[0]}"')
    if verb is None:
        asks = len(words) > 1 and words[0] in word_list("asking")
        if last_looks or asks:
            return None
        verbs = any(may_act(word) or word in word_list("framing") for word in words)
        return (
            SAYS_ONLY_THINGS
            if is_plural(words[-1]) and not verbs
            else doubt("no word of its name says that it only looks")
        )
    joined = [place for place in range(1, len(words)) if words[place - 1] in word_list("joining")]
    for place in (verb, *(place for place in joined if words[place] in word_list("looking"))):
        found = _another_verb(words, place) or brought(words, place)
        if found is not None:
            return found
    return None


def names_an_act(name: str) -> bool:
    """Return whether a word of a tool's name is a known act, for wording its answer; it never decides what may run.

    Unlike `effect_in_name`, a word that is not known counts as no act.
    """
    words = words_of(name)
    commands = bool(words) and is_in(words[0], "deeds") and words[0] not in word_list("looking")
    return commands or any(is_in(word, "acts") for word in words)


def _proper_nouns(description: str) -> set[str]:
    """Return what a description writes with a capital inside a sentence: "hackernews" of "Get a Hacker News item"."""
    found = re.findall(r"(?<=[\w,] )[A-Z]\w*(?: [A-Z]\w*)*", description)
    return {part for name in found for part in (*name.lower().split(), name.lower().replace(" ", ""))}


def _act_in(words: Sequence[str]) -> EffectSign | None:
    for word in words:
        if is_in(word, "acts"):
            return act(f'its name has "{word}"')
    joined = f" {' '.join(words)} "
    phrase = next((phrase for phrase in phrases("phrasal") if f" {phrase} " in joined), "")
    return act(f'its name has "{phrase}"') if phrase else None


def _unknown_in(words: Sequence[str], named: set[str]) -> EffectSign | None:
    for place, word in enumerate(words):
        described = word.endswith("ed") and 0 < place < len(words) - 1  # "list_allowed_directories"
        if not (is_known(word) or word in named or described):
            return doubt(f'its name has "{word}", which is no word of looking')
    return None


def _second_verb(words: Sequence[str]) -> EffectSign | None:
    """Return why a verb follows "and": "peek_and_skip"."""
    for before, word in pairwise(words):
        if before in word_list("joining") and (may_act(word) or word in word_list("framing")):
            return act(f'its name has "{word}" beside another verb')
    return None


def _another_verb(words: Sequence[str], verb: int) -> EffectSign | None:
    """Return why what follows the looking verb makes another verb of it: a particle, a recipient, a state."""
    first, rest = words[verb], words[verb + 1 :]
    if not rest:
        return None
    last = rest[-1]
    ends = word_list("particles") | word_list("particles_at_end")
    behind = ends if first == "get" else word_list("particles")
    particle = rest[0] if rest[0] in behind else last if last in ends else ""
    if particle and f"{first} {particle}" not in phrases("looking_in_two_words"):
        return doubt(f'its name has "{particle}" behind "{first}", which may make another verb of it')
    if word_list("single_use") & set(rest):
        return doubt(f'its name has "{next(iter(word_list("single_use") & set(rest)))}"')
    if first in _TELLING and "to" in rest:
        return doubt(f'its name is to "{first}" something to somebody')
    if first in ("tell", "recommend") and not any(is_in(word, "informational") for word in rest):
        return doubt(f'its name is to "{first} {rest[0]}"')
    joint = next((place for place, word in enumerate(rest) if place and word in word_list("function")), len(rest))
    thing = rest[joint - 1]
    if first in ("list", "filter") and not (
        is_plural(thing) or is_in(thing, "informational", "holders") or thing == "all"
    ):
        return doubt(f'its name is to {first} "{thing}"')  # one thing that is listed is offered
    doing = last.endswith("ing") and last not in word_list("harmless_doing")
    done = (last.endswith("ed") and not last.endswith("eed") and len(last) > len("need")) or (
        doing and any(may_act(form) for form in bases_of(last)[2:])
    )
    state = done or last in word_list("irregular") or last in word_list("states")
    if first in _BRINGING and state and not is_in(last, "informational"):
        return doubt(f'its name is to get something "{last}"')
    return None


def brought(words: Sequence[str], verb: int, where: str = "its name") -> EffectSign | None:
    """Return why what is looked for is a thing that somebody must bring ("get_taxi"); None if it is not."""
    thing = next((word for word in words[verb + 1 :] if word not in word_list("function")), "")
    after = words[verb + 1 + list(words[verb + 1 :]).index(thing) + 1 :] if thing else ()
    told = any(is_in(word, "informational") for word in after)
    many = thing in word_list("plural_facts") or (
        thing in word_list("looked_at_or_bought") and words[verb] not in _FETCHING
    )
    brings = words[verb] in _BRINGING and is_in(thing, "obtained") and not many
    settles = words[verb] in ("verify", "validate", "convert", "extract", "check") and is_in(thing, "accounts")
    hands_over = words[verb] == "check" and thing in word_list("handed_over")
    if (brings or settles or hands_over) and not told:
        return doubt(f'{where} is to "{words[verb]} {thing}"')
    return None
