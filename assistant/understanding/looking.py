"""Whether a tool only looks, for questions: a question may reach no other.

Stricter than routing's sense of reading: a tool must say so itself, by a hint that counts or by its words. Never decides
whether a call needs a yes; that is policy's part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from client.catalog import Tool
from client.effects import EFFECT_WORDS, has_effects, words_of
from client.values import JSON

LOOKING = frozenset(
    """
    answer calculate check checks compare compares compute computes convert converts count counts describe describes
    display estimate estimates explain explains fetch fetches find finds forecast get gets geocode identify inspect
    list lists look lookup looks monitor provides query read reads report reports retrieve retrieves return returns
    say says search searches show shows summarize tell tells track tracks translate view views watch
    """.split()
)
"""Verbs at the head of a name or of a description by which a tool says that it looks."""
FACTS = frozenset("state status info information details weather forecast context directions history".split())
"""Nouns at the end of a name that say the same: `shop_status`."""
THINGS = frozenset(
    "call check count display forecast lock log mail message note order place post print record report route share store "
    "test text tip track train view watch".split()
)
"""Words that may be a verb or a thing; behind the first word of a name they are taken for things."""
CHANGING = EFFECT_WORDS | frozenset(
    """
    accept activate adjust arm ban begin block board checkin checkout clone complete connect control deactivate
    decline decrease dim disarm dispatch donate draw enroll end expire fire flush follow forget freeze generate
    halt hide hold increase lend like lower make mute navigate pair park pause play pop raise rate recharge
    reduce refund resume ring rotate route schedule scroll select skip snooze spin squash star subscribe
    terminate tip train transfer trigger unarm unfollow unmute unpause upgrade vote wake wire
    """.split()
)
"""Verbs of change; nouns among them ("the status of the order") are told by their place."""
_JOINTS = frozenset({"and", "or", "then"})
OPENING = 3
"""Words of a name among which its verb stands: a server's own prefix may come before it."""
_PARENTHESES = re.compile(r"\([^)]*\)")
_SECTIONS = re.compile(r"\b(?:args|arguments|parameters|returns|example|examples)\s*:", re.IGNORECASE)
"""Behind one of them a description speaks of parameters."""
_SENTENCE = re.compile(r"(?<=[.!?])\s|\n")


def only_looks(tool: Tool) -> bool:
    """Return whether a call changes nothing: by a hint that counts, or because all that the tool says of itself looks."""
    if not has_effects(tool):
        return True
    if tool.hints.read_only is False or tool.hints.destructive:
        return False
    return _name_looks(words_of(tool.name)) and _describes_looking(tool)


def may_answer(tool: Tool) -> bool:
    """Return whether a question may reach the tool: it only looks, or says that it looks up as well as sets."""
    return only_looks(tool) or bool(_choice(tool)[0]) or _does_either(tool)


def answering(tool: Tool, arguments: Mapping[str, JSON]) -> Mapping[str, JSON] | None:
    """Return the arguments with which a question may reach a tool that `may_answer`; None if those would change things.

    A tool that looks or changes by a listed value ("action") gets a looking value, if it has one for the question.
    """
    name, looking = _choice(tool)
    if only_looks(tool) or not looking:
        return arguments if only_looks(tool) or _does_either(tool) else None
    if arguments.get(name) in looking:
        return arguments
    return {**arguments, name: looking[0]} if len(looking) == 1 else None


def _choice(tool: Tool) -> tuple[str, tuple[str, ...]]:
    """Return the parameter whose listed values look or change, and its looking values; ("", ()) if there is none."""
    for name, schema in tool.properties.items():
        values = schema.get("enum")
        if not isinstance(values, list):
            continue
        verbs = {value: words_of(value)[:1] for value in values if isinstance(value, str)}
        looking = tuple(value for value, head in verbs.items() if head and head[0] in LOOKING)
        if looking and any(head and head[0] in CHANGING and head[0] not in LOOKING for head in verbs.values()):
            return name, looking
    return "", ()


def _name_looks(words: list[str]) -> bool:
    """Return whether the name's verb looks, and no verb of change stands beside it ("search_and_buy")."""
    verbs = CHANGING - THINGS
    head = next((i for i, word in enumerate(words[:OPENING]) if word in LOOKING), None)
    if head is None or words[head] in THINGS | {"list", "look"}:  # "list" may be a thing: `list_complete_item`
        return bool(words) and words[0] not in CHANGING and not any(word in verbs for word in words)
    if any(word in CHANGING for word in words[:head]):
        return False
    rest = words[head:]
    return not any(a in _JOINTS and b in CHANGING for a, b in zip(rest, rest[1:], strict=False))


def _describes_looking(tool: Tool) -> bool:
    """Return whether the description opens with looking, and no sentence opens with a verb of change or leads to one."""
    told = _SECTIONS.split(_PARENTHESES.sub(" ", tool.description), maxsplit=1)[0]
    sentences = [[_base(word) for word in words_of(sentence)] for sentence in _SENTENCE.split(told)]
    sentences = [words for words in sentences if words]
    name = words_of(tool.name)
    if not any(word in LOOKING for word in name[:OPENING]) and not (name and name[-1] in FACTS):
        if not sentences or sentences[0][0] not in LOOKING:
            return False
    for words in sentences:
        if words[0] in CHANGING:
            return False
        if any(a in _JOINTS and b in CHANGING - THINGS for a, b in zip(words, words[1:], strict=False)):
            return False
    return True


def _does_either(tool: Tool) -> bool:
    """Return whether the description offers looking beside setting: "Set a reminder, or look one up"."""
    if tool.hints.destructive:
        return False
    words = words_of(_SENTENCE.split(tool.description, maxsplit=1)[0])
    return any(a == "or" and _base(b) in LOOKING for a, b in zip(words, words[1:], strict=False))


def _base(word: str) -> str:
    for ending in ("es", "s"):
        if word.endswith(ending) and word.removesuffix(ending) in CHANGING:
            return word.removesuffix(ending)
    return word
