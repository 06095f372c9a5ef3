"""Chooses the question that ends a read-back by the verb of the tool's name: "Shall I book this?". Pure.

It decides no consent: whether anything is asked at all is judged elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from operator import itemgetter

from assistant.wording.languages import wording
from assistant.wording.spoken_values import label
from client.calls.call_effects import has_effects, only_tells
from client.calls.english_words import is_in
from client.catalog import Tool
from client.values import JSON


def asking(tool: Tool, arguments: Mapping[str, JSON] | None = None) -> str:
    """Return the question that ends a read-back; its verb is the tool's own, or the meaning of true or false.

    A verb that looks does not name what a tool does that changes something: another verb of its name does, or none.
    """
    words = label(tool.name)
    for name, questions in wording().table("asking", "by_value").items():
        value = (arguments or {}).get(name)
        if isinstance(value, bool):
            return str(questions[not value])
    found = [
        (verb.start(), str(question))
        for pattern, question in wording().list("asking", "questions")
        if (verb := re.search(rf"\b({pattern})\b", words))
    ]
    looking = wording().list("asking", "looking")
    looks = [one for one in found if one[1] in looking]
    found = _verbs_that_act(found, words, tool) if has_effects(tool) else (looks or found)
    return min(found, key=itemgetter(0))[1] if found else wording().text("asking", "other")


def _verbs_that_act(found: Sequence[tuple[int, str]], words: str, tool: Tool) -> list[tuple[int, str]]:
    """Return the questions of verbs that may do something, with their places in the name.

    Behind a verb of looking, or before one that ends the name, "note" and "order" are things: only an act or a verb
    behind "and" counts there. If no word names an act, the tool is only in doubt, and the verb of looking itself asks.
    """
    looking = wording().list("asking", "looking")
    looks = [place for place, question in found if question in looking]
    last = [place for place in looks if " " not in words[place:]]
    behind = -1 if only_tells(tool) else 0
    look = behind if last and not is_in(words.partition(" ")[0], "acts") else min(looks, default=len(words))
    acting = [
        (place, question)
        for place, question in found
        if question not in looking
        and (place <= look or words[:place].endswith("and ") or is_in(words[place:].partition(" ")[0], "acts"))
    ]
    return acting or ([one for one in found if one[1] in looking] if only_tells(tool) else [])
