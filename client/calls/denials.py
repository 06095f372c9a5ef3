"""Finds the words of a description that say what is not done: "without modifying any files", "never deletes".

Such words are no sign of an act, and they are no sign that a tool looks either. A denial counts only if its sentence
says nothing else: "never sends less than ten euros", "does not send it late" and "never fails to send" all send. Pure;
it judges no tool.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from client.calls.english_words import EffectSign, act, base_of, is_plural, stem_in, word_list

_HEADER = re.compile(r"\bX(?:-[A-Z][A-Za-z]*)+")
_READ_ONLY = re.compile(r"\bread[- ]only(?=\s*(?:[.,;:)\]\n]|$))", re.IGNORECASE)
_DENYING = (("does", "not"), ("do", "not"), ("will", "not"), ("doesn't",), ("don't",), ("won't",), ("never",))
"""What stands before a verb that is denied."""
_NEGATIONS = frozenset("no not never nothing none nobody nor neither without cannot doesn't don't won't isn't".split())
_TOOLS = frozenset("it this the tool function call operation which and that".split())
"""Words that may stand before a denial, as they name the tool or lead on from what was said of it."""
_JOINTS = frozenset({",", "or", "nor"})
"""Between verbs that are denied together."""
_WHOLE = (("it",), ("them",), ("any",), ("anything",), ("anyone",), ("anything", "at", "all"))
"""What is denied without a rest: nothing is left that might be done."""
_OWNING = frozenset({"the", "your", "its", "their", "this", "any", "existing", "user", "personal", "a", "an"})
_QUALITIES = frozenset({"external", "internal", "underlying", "remote", "local", "stored", "persistent", "actual"})
_OUTSIDE = frozenset(
    "to with by external third other any remote anyone services service parties servers server systems".split()
)
"""Words of a tail that says to whom no data goes."""
_INSIDE = frozenset({"in", "on", "from", "of"})
_AGAIN = frozenset({"call", "retry", "repeat", "use", "run", "query"})
"""What is safe to do, said to the caller of a tool."""
_MOST_THINGS = 2
"""Words that name what is not touched: "user data"."""


def without_set_terms(text: str) -> str:
    """Return a description without terms that say nothing of acts: "(read-only)" and `X-RateLimit-Reset`."""
    return _READ_ONLY.sub("plain", _HEADER.sub("header", text))


def is_denied(sentence: Sequence[str], place: int) -> bool:
    """Return whether the word is what is not done: "without modifying", "does not modify", "never deletes".

    Such words are only no sign of an act; they never show that a tool looks.
    """
    words = [token.lower() for token in sentence]
    if words[max(0, place - 2) : place] == ["safe", "to"]:
        return words[place] in _AGAIN
    return _is_left_undone(words, place) or _nothing_is_done(words, place)


def _is_left_undone(words: Sequence[str], place: int) -> bool:
    """Return whether the word is among the verbs of a denial with which the sentence ends."""
    first = place
    while first > 1 and words[first - 1] in _JOINTS:
        first -= 2 if words[first - 2] not in _JOINTS else 3
    if first <= 0:
        return False
    if words[first - 1] == "without":
        lead, before = 1, words[: first - 1]
        doing = words[place].endswith("ing")
        introduced = doing and not _NEGATIONS.intersection(before)
    else:
        lead = next((len(each) for each in _DENYING if tuple(words[max(0, first - len(each)) : first]) == each), 0)
        before = words[: first - lead] if lead else ()
        introduced = bool(lead) and _leads_in(before)
    last = place + 1
    while last + 1 < len(words) and words[last] in _JOINTS:
        last += 2 if words[last + 1] not in _JOINTS else 3
    return introduced and _is_whole(words[last:])


def _leads_in(before: Sequence[str]) -> bool:
    """Return whether nothing but the tool itself, or a clause without a negation and a comma, stands before."""
    if _TOOLS.issuperset(before):
        return True
    return before[-1] in _TOOLS - {"the"} and not _NEGATIONS.intersection(before)


def _is_whole(behind: Sequence[str]) -> bool:
    """Return whether what is denied is all there is of its kind: "anything", "any files", "the database".

    "The newest mail", "it twice", "anything yet" and "anything to strangers" leave something that is done.
    """
    if not behind or tuple(behind) in _WHOLE:
        return True
    inside = next((place for place, word in enumerate(behind) if word in _INSIDE), len(behind))
    return _names_data(behind[:inside]) and (inside == len(behind) or _names_data(behind[inside + 1 :]))


def _names_data(words: Sequence[str]) -> bool:
    """Return whether words name data or where it is kept: "any files", "user data", "the server"."""
    owned = [word for word in words if word not in _OWNING | _QUALITIES]
    if tuple(words) in _WHOLE:
        return True
    known = bool(owned) and all(base_of(word) in word_list("kept") or word in word_list("kept") for word in owned)
    any_of_it = len(words) > 1 and words[0] == "any" and is_plural(words[-1])
    return len(owned) <= _MOST_THINGS and (known or any_of_it)


def _nothing_is_done(sentence: Sequence[str], place: int) -> bool:
    """Return whether the word belongs to "no input data is stored, logged, or transmitted"."""
    words = sentence[: place + 1]
    verb = next((at for at, word in enumerate(words) if word in ("is", "are")), 0)
    if words[0] != "no" or not verb or not all(word.isalpha() for word in words[:verb]):
        return False
    rest = list(sentence[verb + 1 :])
    while rest and rest[-1] in _OUTSIDE:
        rest.pop()
    listed = all((word.endswith("ed") and not word.startswith("un")) or word in (",", "or", "and") for word in rest)
    return listed and _NEGATIONS.isdisjoint(rest)


def denies_a_lack(sentence: Sequence[str]) -> EffectSign | None:
    """Return why nothing is left undone, which says that it is done: "no bill remains unpaid", "never unanswered"."""
    words = [token.lower() for token in sentence]
    if _NEGATIONS.isdisjoint(words):
        return None
    for word in words:
        rest = word.removeprefix("un")
        if rest == word or word == "unread":
            continue
        if rest == "done" or rest in word_list("irregular") or stem_in(rest, "ed", "acts", "deeds", "answering"):
            return act(f'its description has "{word}" beside a no')
    return None


def gives_an_answer(sentence: Sequence[str], place: int) -> bool:
    """Return whether what is produced is the answer or nothing: "produces the same output", "no side effects"."""
    if base_of(sentence[place].lower()) not in ("produce", "generate"):
        return False
    behind = [token.lower() for token in sentence[place + 1 : place + 5]]
    given = bool({"output", "outputs", "result", "results", "analysis"} & set(behind)) and "and" not in behind
    return given or behind[:1] == ["no"] or behind in (["the"], ["the", "same"])  # the line is wrapped there
