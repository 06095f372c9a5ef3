"""What comes of a look by the shape of its sentence: "gets the room warm", "shows a visitor in", "reads and replies".

Pure. Reads one sentence at a time as its words; whether the tool looks otherwise is `description_reading`'s part.
"""

from __future__ import annotations

from collections.abc import Sequence

from client.calls.english_words import EffectSign, act, base_of, doubt, is_in, is_plural, phrases, word_list

_BRINGING = frozenset({"get", "fetch", "bring", "have", "show", "see", "take", "walk"})
"""Verbs of looking that move something where a particle stands behind their object."""
_WAYS = frozenset({"down", "up", "in", "out", "off", "away", "over", "through", "back"})
_FAR = frozenset({"to", "into", "with"})
"""Behind a particle they say how far something is brought: "down to zero"."""
_NOUGHT = frozenset({"zero", "nothing", "nil", "nought"})
_ASKED = frozenset(
    {"how", "what", "when", "where", "whether", "which", "who", "why", "if", "that", "is", "are", "was", "were"}
)
_ONE = frozenset({"the", "a", "an", "each", "every", "this"})
_JOINTS = frozenset({"and", "then", "&"})
_CAUSED = frozenset({"to", "one", "it", "them", "somebody", "someone", "him", "her"})
"""Behind "has" and "sees" they say that somebody does it: "has one come", "sees to it"."""
_MORE = frozenset({"new", "another", "more", "two", "three", "four", "five", "several", "spare"})
"""Behind "gets" they say that something is to be had."""
_NUMBERS = frozenset("one two three four five six seven eight nine ten twenty fifty hundred thousand".split())
_SPEAKING = frozenset(
    {"describe", "display", "explain", "summarize", "preview", "show", "read", "tell", "report", "present"}
)
_MOST_THINGS = 4
"""Words of what is brought, its article among them: "the open bank account"."""


def brings_about(sentence: Sequence[str]) -> EffectSign | None:
    """Return why something comes of what a sentence calls a look; None if nothing does."""
    words = [token.lower() for token in sentence]
    rules = (_brought, _acquired, _done_at_the_end, _done_by_a_particle, _only_claims, _costs, _reaches_others)
    return next((found for rule in rules if (found := rule(words)) is not None), None)


def _brought(words: Sequence[str]) -> EffectSign | None:
    """Return why a thing is brought into a state or a place: "gets the balance down to zero", "shows a visitor in"."""
    verb = base_of(words[0])
    if (
        verb not in _BRINGING | {"check"}
        or words[1:2] == []
        or (words[1] not in word_list("determining") and verb != "show")
    ):
        return None
    for place in range(2, min(len(words), 1 + _MOST_THINGS + 1)):
        word, behind = words[place], words[place + 1 : place + 2]
        if word in _ASKED:
            return None
        whole = f'its description has "{" ".join(words[: place + 1])}"'
        ends = not behind or behind[0] in (",", "and", "for")
        way = (word in _WAYS and verb != "check") or (word == "around" and verb in ("show", "take", "walk"))
        if way and (ends or behind[0] in _FAR):
            return doubt(whole)
        if verb != "show" and (word in word_list("got_into") or word in word_list("states")) and ends:
            return doubt(whole)
        if word in ("to", "into") and behind and behind[0] in _NOUGHT:
            return doubt(whole)
        if verb == "show" and word == "to" and is_in(words[place - 1], "people"):
            return doubt(whole)
    return None


def _acquired(words: Sequence[str]) -> EffectSign | None:
    """Return why something is to be had: "gets a new phone", "gets more tokens"."""
    place = 2 if words[1:2] and words[1] in ("a", "an", "you", "yourself") else 1
    rest = words[place + 1 :]
    if base_of(words[0]) != "get" or words[place : place + 1] == [] or words[place] not in _MORE or not rest:
        return None
    plural_of_news = words[place] == "new" and place == 1  # "gets new messages"
    told = any(is_in(word, "informational", "kept") for word in rest[:3])
    return None if told or plural_of_news else doubt(f'its description has "{" ".join(words[: place + 2])}"')


def _costs(words: Sequence[str]) -> EffectSign | None:
    """Return why a look has a price: "costs five euros", "five euros go to the author", "a tip is included"."""
    if words[0] in ("costs", "cost"):
        return act(f'its description has "{words[0]}"')
    for place, word in enumerate(words[1:], 1):
        counted = words[place - 1] in _NUMBERS or words[place - 1].isdigit()
        if is_in(word, "coins") and counted:
            return act(f'its description has "{words[place - 1]} {word}"')
        if word in ("is", "applies", "goes", "becomes") and is_in(words[place - 1], "payments") and place < 3:
            return act(f'its description has "{words[place - 1]} {word}"')
        if words[place - 1] in ("is", "means") and word in ("accepting", "agreeing", "consenting", "confirming"):
            return act(f'its description has "{words[place - 1]} {word}"')
    return None


def _reaches_others(words: Sequence[str]) -> EffectSign | None:
    """Return why others get to know: "your contacts get it as well", "... on the neighbour's screen"."""
    for place, word in enumerate(words):
        owner = word.removesuffix("'s").removesuffix("’s")
        shown = base_of(words[0]) in _SPEAKING and place > 1 and words[place - 2] in ("on", "at", "in")
        if owner != word and is_in(owner, "people") and shown:
            return doubt(f'its description has "{word}"')
        person = is_in(word, "people") and place and words[place - 1] in word_list("determining")
        after = words[place + 1 : place + 2]
        if person and place == 1 and after and base_of(after[0]) in ("get", "see", "hear", "receive", "learn", "read"):
            return act(f'its description has "{" ".join(words[: place + 2])}"')
        aloud = base_of(words[0]) in _SPEAKING and place > 1 and words[place - 2] in ("for", "to", "before")
        if person and aloud and words[place - 1] in ("your", "all", "every", "my"):
            return act(f'its description has "{words[place - 2]} {words[place - 1]} {word}"')
    return None


def _done_at_the_end(words: Sequence[str]) -> EffectSign | None:
    """Return why a sentence ends in a deed: "reads the chat and replies", "finds a seat and books"."""
    if not is_in(words[0], "looking", "looking_in_sentences"):
        return None
    third = base_of(words[0]) != words[0]
    for place in range(2, len(words)):
        word = words[place]
        ends = place + 1 == len(words) or words[place + 1] in (",", "back", "accordingly", "automatically", "to")
        if words[place - 1] not in _JOINTS or not ends or third != (base_of(word) != word):
            continue
        closing = base_of(word) in word_list("closing_deeds") | word_list("answering")
        deed = third and is_in(word, "deeds") and not is_in(word, "looking", "informational")
        one = any(article in _ONE for article in words[1:place]) and not is_plural(words[place - 2])
        if (closing or deed) and one:
            return doubt(f'its description has "{words[place - 1]} {word}"')
    return None


def _done_by_a_particle(words: Sequence[str]) -> EffectSign | None:
    """Return why a verb with a particle follows another verb: "view and take up an offer", "... and close on it"."""
    ways = _WAYS | {"on", "along"}
    for place in range(1, len(words) - 1):
        if words[place - 1] not in _JOINTS:
            continue
        said = f"{words[place]} {words[place + 1]}"
        light = is_in(words[place], "light_verbs") and base_of(words[place]) != words[place]
        allowed = f"{base_of(words[place])} {words[place + 1]}" in phrases("looking_in_light_words")
        if (light and not allowed) or (words[place] in ("has", "sees") and words[place + 1] in _CAUSED):
            return act(f'its description has "{said}"')
        if words[place + 1] in ways and (is_in(words[place], "light_verbs") or _takes_object(words, place)):
            return act(f'its description has "{said}"')
    return None


def _takes_object(words: Sequence[str], place: int) -> bool:
    return (
        is_in(words[place], "deeds")
        and words[place + 2 : place + 3] != []
        and words[place + 2] in word_list("determining")
    )


def _only_claims(words: Sequence[str]) -> EffectSign | None:
    """Return why "read-only" is a claim and no verb: "read-only payment of a bill" pays."""
    plain = [word for word in words if word.isalnum()]
    rest = plain[1:] if plain[:1] == ["readonly"] else plain[2:] if plain[:2] == ["read", "only"] else None
    if rest is None or (rest and is_in(rest[0], "read_only", "looking", "informational")):
        return None
    return doubt(f'its description has "{" ".join(plain[:3])}"')
