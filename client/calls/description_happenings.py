"""What a sentence of a description tells beside its own deed: "the gate opens while it runs", "tells all contacts".

Pure. Reads one sentence at a time as its words, lower case; whether the tool looks otherwise is `description_reading`'s
part.
"""

from __future__ import annotations

from collections.abc import Sequence

from client.calls.english_words import EffectSign, act, base_of, is_in, word_list

_CLAUSES = frozenset({"while", "as", "whilst"})
"""Words that open a clause beside the main one."""
_LONGEST_THING = 3
"""Words of a thing that moves: "garage side door"."""
_LONGEST_RECIPIENT = 4
"""Words in which it is said what is answered: "every new message"."""
_JOINTS = frozenset({"and", "then", "or", ","})


def happens_by_the_way(sentence: Sequence[str]) -> EffectSign | None:
    """Return why a sentence tells that a thing moves by itself or that somebody is answered; None if it does not."""
    words = [token.lower() for token in sentence]
    return _moves(words) or _answers(words)


def _moves(words: Sequence[str]) -> EffectSign | None:
    """Return why a thing moves while the tool runs: "the gate opens while ...", "... while the lights dim".

    "The shop opens at nine" tells of a time, and moves nothing.
    """
    for start in (0, *(place + 1 for place, word in enumerate(words) if word in _CLAUSES)):
        if start >= len(words) or words[start] not in word_list("determining"):
            continue
        for place in range(start + 2, min(len(words), start + 2 + _LONGEST_THING)):
            if base_of(words[place]) not in word_list("moving"):
                continue
            after = words[place + 1] if place + 1 < len(words) else ""
            if (start and not after) or (words[place].endswith("s") and (not after or after in word_list("during"))):
                return act(f'its description has "{" ".join(words[start : place + 1])}"')
    return None


def _answers(words: Sequence[str]) -> EffectSign | None:
    """Return why somebody is answered: "reads the board and answers each post"; a question is answered by looking."""
    for place in range(1, len(words) - 1):
        verb = base_of(words[place])
        if verb not in word_list("answering") or words[place - 1] not in _JOINTS:
            continue
        to = place + 1 + (words[place + 1] == "to")
        behind = words[to : to + _LONGEST_RECIPIENT]
        if behind and behind[0] in word_list("determining") and not {*map(base_of, behind)} & word_list("asked"):
            return act(f'its description has "{words[place]} {behind[0]}"')
    return None


def tells_others(sentence: Sequence[str]) -> EffectSign | None:
    """Return why it tells somebody else: "tells the time to all contacts", "shows the guest the door"."""
    words = [token.lower() for token in sentence]
    if not words or base_of(words[0]) not in ("tell", "read", "show", "report", "display", "explain", "announce"):
        return None
    for place, word in enumerate(words[:-1]):
        target = words[place + 1 : place + 4]
        if word == "to" and is_in(next((w for w in target if w not in word_list("determining")), ""), "people"):
            return act(f'its description has "to {" ".join(target)}"')
    person = next((place for place in range(1, min(4, len(words))) if words[place] not in word_list("determining")), 0)
    if (
        is_in(words[person], "people")
        and words[person + 1 : person + 2]
        and words[person + 1] in word_list("determining")
    ):
        return act(f'its description has "{" ".join(words[: person + 2])}"')
    return None
