"""What a sentence tells beside a look by a state: "settled from your card", "after its release", "its doors open".

Pure. The rules go the other way round than those for verbs: what stands behind the thing that is looked for excuses a
tool only if it has a known shape, from closed lists. It reads one sentence at a time and never says that a tool looks.
"""

from __future__ import annotations

from collections.abc import Sequence

from client.calls.asked_in_descriptions import COMMAS
from client.calls.denials import is_denied
from client.calls.english_words import EffectSign, base_of, doubt, is_in, is_plural, stem_in, word_list

_BEING = frozenset({"is", "are", "am", "be", "being", "been", "was", "were", "gets", "get"})
_POINTING = frozenset("they those these you it he she we i all".split())
_LATER = frozenset({"after", "upon", "until", "till", "once", "following"})
"""Words that tell when; they excuse only a date, a time or a place in data."""
_RELATIVE = frozenset("that which who whose whom whether if when where how what why".split())
_JOINTS = frozenset({"and", "then", "so", "but"})
_OWNED = frozenset({"its", "their", "his", "her", "your", "all", "each", "every", "the", "with"})
_OWNING = frozenset({"its", "their", "his", "her"})
"""At the head of the last part of a sentence, if it is no list: ", its gate ajar"."""
_COMPOUNDED = frozenset("most least recently user self pre non well last previously".split())
"""Before a hyphen and a participle: "the most-played songs"."""
_FIELDS = 3
"""Names of fields that make a list."""
_FORMS_IN_ED = 5
"""Letters of the shortest word in "-ed" that is taken for a participle: "moved"."""
_SOON = frozenset("today now tonight tomorrow midnight noon".split())
_BY = (["by"], ["as"], ["in"])
_ABOUT = frozenset("by for in at on near with".split())
"""Between what was done and what one asks with: "alerts issued for a state"."""
_DIFFERENCES = frozenset({"added", "changed", "modified"})
"""What closes a list of fields: "its author and files changed"."""
_ANY = frozenset("a an each given this that other others".split())
_WHEN = frozenset("last this since in on within between during before after".split())
_YOU_MAY = frozenset(
    "can could may might must should shall need want wish will would specify use pass provide know don't do already"
    " just prefer ask see get receive are".split()
)
"""What a clause may say of "you" without telling what comes of the call; "you are" is judged by what follows."""
_AWAY = frozenset({"in", "out", "up", "away"})
_STATE_REACH = 6
"""Words before a state among which its thing stands."""
_SHORT_STATE = 2
"""Words of a thing that has no article: ", engine running"."""
_HERE = frozenset({"caller", "client", "driver"})
"""People to whom an answer goes anyway."""
_REACH = 5
"""Words behind "after" and the like among which a time must stand."""


def states_an_outcome(sentence: Sequence[str]) -> EffectSign | None:
    """Return why a sentence tells of a state that its look leaves; None if all its shapes are known as harmless."""
    words = [token.lower() for token in sentence]
    rules = (_is_done, _comes_after, _is_stated, _is_yours, _is_put, _is_set, _is_sent, _is_seen_elsewhere)
    return next((found for rule in rules if (found := rule(words)) is not None), None)


def _said(words: Sequence[str], first: int, last: int) -> EffectSign:
    shown = " ".join(word for word in words[max(0, first) : last + 1] if word[0].isalnum())
    return doubt(f'its description has "{shown}"')


def _clause(words: Sequence[str], place: int) -> Sequence[str]:
    """Return the words before a place, back to the last comma."""
    begin = next((at + 1 for at in range(place - 1, -1, -1) if words[at] in COMMAS), 0)
    return words[begin:place]


def _is_participle(word: str) -> bool:
    if word in word_list("participles"):
        return True
    if not word.endswith("ed") or word.endswith("eed") or len(word) < _FORMS_IN_ED:
        return False
    if word in word_list("no_participles"):
        return False
    return not word.startswith("un") or stem_in(word, "ed", "acts")


def _is_done(words: Sequence[str]) -> EffectSign | None:
    """Return why a participle says what is done to a thing: "settled from the card", ", each mailed a brochure"."""
    for place, word in enumerate(words):
        if not _is_participle(word) or _is_of_data(words, place) or _is_a_quality(words, place) or _is_bare_list(words):
            continue
        clause = _clause(words, place)
        if _RELATIVE & {*clause[1:]} or (clause[:1] and clause[0] in _RELATIVE and len(clause) == place):
            continue  # "files that were deleted"; ", who is charged" tells more of it
        if not _is_history(words, place) and not is_denied(words, place):
            return _said(words, place - 1, place + 1)
    return None


def _is_of_data(words: Sequence[str], place: int) -> bool:
    """Return whether a participle says what data is; ", shared with all" says more than "shared lists" does."""
    if not is_in(words[place], "of_data"):
        return False
    before = words[place - 1] if place else ""
    clause = _clause(words, place)
    ends = place + 1 == len(words) and 0 < len(clause) < place and clause[0] in _OWNED | {"one", "some"}
    apart = before in COMMAS or before in _BEING or _stands_for_all(words, place)
    apart = apart or (ends and not _RELATIVE & {*clause})  # ", the best accepted"
    return not (apart and is_in(words[place], "of_data_and_deeds")) or words[place + 1 : place + 2] in _BY


def _is_a_quality(words: Sequence[str], place: int) -> bool:
    """Return whether a participle stands before its noun: "the connected devices", "saved and shared lists"."""
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    if before == "-" and words[place - 2] in _COMPOUNDED:
        return True
    if before in _BEING or not after or _stands_for_all(words, place):
        return False
    if after in ("and", "or", ",", "/") and place + 2 < len(words):
        joined = words[place + 2].endswith("ed") and before not in COMMAS
        return joined and _is_a_quality(words, place + 2)
    if after in ("one", "ones"):
        return True
    thing = after[0].isalnum() and not is_in(after, "function", "joining") and after not in word_list("determining")
    return thing and not after.endswith("ly") and (not is_plural(before) or before in ("returns", "lists", "gets"))


def _stands_for_all(words: Sequence[str], place: int) -> bool:
    """Return whether a participle follows ", each" or ", all", which stand for the things before the comma."""
    return place > 1 and words[place - 1] in ("each", "all", "both", "every") and words[place - 2] in COMMAS


def _is_bare_list(words: Sequence[str]) -> bool:
    """Return whether a sentence, such as one in brackets, only names fields: "karma, about, created"."""
    parts = " ".join("," if word in COMMAS else word for word in words).split(" , ")
    return len(parts) >= _FIELDS and all(" " not in part for part in parts)


def _is_history(words: Sequence[str], place: int) -> bool:
    """Return whether a participle picks things by what was done to them: "the invoices paid last month"."""
    before, rest = words[place - 1] if place else "", words[place + 1 : place + 1 + _REACH]
    if not rest:
        article = place > 1 and words[place - 2] in word_list("determining")
        return words[place] in _DIFFERENCES and is_in(before, "kept") and is_plural(before) and not article
    if not is_in(words[place], "of_history"):
        return False
    timed = any(is_in(word, "times", "places_in_data") for word in rest)
    if not before or before in COMMAS or before in _BEING or before in word_list("determining"):
        return timed and rest[0] in ("since", "between")
    asked = rest[0] in _ABOUT and bool(_ANY & {*rest[1:2]})
    return asked or (timed and rest[0] in _WHEN) or rest[0] in word_list("times")


def _comes_after(words: Sequence[str]) -> EffectSign | None:
    """Return why something comes first that is no time: "after one cycle", "upon its release"."""
    for place, word in enumerate(words):
        if word not in _LATER:
            continue
        before, rest = words[place - 1] if place else "", words[place + 1 : place + 1 + _REACH]
        if word == "following" and (before in word_list("determining") or not rest or before in _BEING):
            continue
        if word == "once" and before in ("at", "only"):
            continue
        caller = not rest or (rest[0] in ("the", "a") and rest[1:2] == ["user"])
        timed = any(is_in(each, "times", "places_in_data") or each.isdigit() for each in rest)
        calling = bool(rest) and (rest[0] == "you" or rest[0].endswith("ing"))
        if not (caller or timed or calling or not rest[0][0].isalnum()):
            return _said(words, place, place + 2)
    return None


def _is_stated(words: Sequence[str]) -> EffectSign | None:
    """Return why a clause states something of a pronoun: "They are gone", "you are its tenant then"."""
    nothing = words[0] in ("nothing", "none") and bool({"remain", "remains", "stays", "survives"} & {*words})
    if words[-1] == "then" or nothing:
        return _said(words, len(words) - 2, len(words) - 1)
    for place, word in enumerate(words[:-1]):
        if place and words[place - 1] not in COMMAS and words[place - 1] not in _JOINTS:
            continue
        owned = word == "your" and bool((_BEING | {"will", "becomes"}) & {*words[place + 2 : place + 4]})
        if owned or (word == "you" and words[place + 1] not in _YOU_MAY):
            return _said(words, place, place + 3)
        at = place + 1 + (words[place + 1] in ("will", "shall", "would", "now", "then"))
        if word not in _POINTING or words[at : at + 1] == [] or words[at] not in _BEING - {"get", "gets"}:
            continue
        if not _is_plain(word, words[at + 1 : at + 4]):
            return _said(words, place, at + 2)
    return None


def _is_plain(subject: str, behind: Sequence[str]) -> bool:
    """Return whether what "it is" or "they are" is followed by says what a tool or its data is."""
    rest = [word for word in behind if not word.endswith("ly") and word not in ("not", "then", "also")]
    if not rest:
        return not behind or behind[-1].endswith("ly")
    if rest[0] in ("a", "an", "the") and subject != "you":
        return any(is_in(word, "informational", "kept", "read_only") for word in rest[1:])
    return is_in(rest[0], "of_data", "harmless_states") or rest[0].endswith("ing")


def _is_yours(words: Sequence[str]) -> EffectSign | None:
    """Return why something becomes the driver's, or is done by name: "is yours", "counts your vote"."""
    for place, word in enumerate(words):
        if word in ("yours", "theirs", "hers", "ours"):
            return _said(words, place - 2, place)
        becomes = word in ("is", "are", "becomes", "become") and words[place + 1 : place + 2] == ["your"]
        if becomes and not _RELATIVE & {*_clause(words, place)}:
            return _said(words, place - 1, place + 2)
        near = {base_of(each) for each in words[max(0, place - 3) : place]}
        own = bool({"your", "my"} & near) and is_in(word, "own_signs")
        if own and {"count", "plus", "under", "with", "by", "include", "including"} & near:
            return _said(words, place - 2, place)
    return None


def _is_put(words: Sequence[str]) -> EffectSign | None:
    """Return why a thing is in a state meanwhile: "with the sprinklers on", ", its doors wide open"."""
    ending = word_list("states") | word_list("got_into") | {"on", "running", "lit", "wide"}
    tail = _clause(words, len(words))
    owns = (
        len(tail) < len(words) and tail[:1] != [] and tail[0] in _OWNING and not {"and", "or", "with", "if"} & {*tail}
    )
    doing = len(tail) == 1 and tail[0].endswith("ing") and tail[0] not in word_list("harmless_doing")
    if owns or (doing and sum(word in COMMAS for word in words) == 1):
        return _said(words, len(words) - len(tail), len(words) - 1)
    for place, word in enumerate(words):
        after = words[place + 1] if place + 1 < len(words) else ","
        if word not in ending | _AWAY or not (after in COMMAS or after in ("for", "at", "meanwhile", "then")):
            continue
        segment = words[max(0, place - _STATE_REACH) : place]
        apart = next((segment[at + 1 :] for at in range(len(segment) - 1, -1, -1) if segment[at] in COMMAS), [])
        named = 0 < len(apart) <= _SHORT_STATE and not any(is_in(each, "function", "joining") for each in apart)
        with_it = "with" in segment[1:-1] and not _RELATIVE & {*segment}
        if (apart and apart[0] in _OWNED) or (named and word in ending) or with_it:
            return _said(words, place - 2, place)
    return None


def _is_set(words: Sequence[str]) -> EffectSign | None:
    """Return why something is at a degree, or comes somewhere: "at full power", "down to zero", ", at your door"."""
    for place, word in enumerate(words):
        behind = words[place + 1 : place + 4]
        level = word == "at" and any(is_in(each, "levels") for each in behind)
        nought = word == "down" and behind[:1] == ["to"] and bool(word_list("nought") & {*behind[1:2]})
        if (level and not {"current", "which", "what", "this"} & {*behind}) or nought:
            return _said(words, place, place + 3)
        clause = _clause(words, place)
        apart = len(clause) < place  # a comma stands before
        begins = word == "from" and bool(_SOON & {*behind[:1]}) and 0 < len(clause) <= _SHORT_STATE
        comes = word in ("at", "in", "on", "to") and behind[:1] == ["your"] and not clause
        if apart and (begins or (comes and len(behind) > 1 and is_in(behind[1], "delivered_to", "shown_at"))):
            return _said(words, place - 1, place + 2)
    return None


def _is_sent(words: Sequence[str]) -> EffectSign | None:
    """Return why something goes to somebody: "back to the landlord", "under oath to the police"."""
    for place, word in enumerate(words[:-1]):
        if word != "to" or not place or is_in(words[place - 1], "towards"):
            continue
        target = [each for each in words[place + 1 : place + 4] if each not in word_list("determining")][:1]
        owned = words[place + 1] in word_list("determining") - {"a", "an"}
        back = words[place - 1] == "back"
        person = target != [] and target[0] not in _HERE and is_in(target[0], "people", "institutions")
        if person and (back or is_in(target[0], "institutions") or owned):
            return _said(words, place - 1, place + 2)
    return None


def _is_seen_elsewhere(words: Sequence[str]) -> EffectSign | None:
    """Return why it is shown at somebody's: "on the phone of its reader", "on every screen in town"."""
    for place in range(len(words) - 2):
        if words[place] not in ("on", "in", "at", "over", "into") or words[place + 1] not in word_list("determining"):
            continue
        if not is_in(words[place + 2], "shown_at"):
            continue
        owner = [each for each in words[place + 4 : place + 7] if each not in word_list("determining")][:1]
        whose = words[place + 3 : place + 4] == ["of"] and owner != []
        person = whose and (is_in(owner[0], "people") or base_of(owner[0]).endswith(("er", "or", "ee", "ient")))
        if (person and not is_in(owner[0], "kept", "holders", "devices")) or words[place + 1] in (
            "every",
            "all",
            "each",
        ):
            return _said(words, place, place + 4)
    return None
