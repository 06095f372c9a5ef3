"""What a description asks for, which the tool tells and does not do: "tells whether it is open and when it closes".

Pure. Reads one sentence at a time as its words.
"""

from __future__ import annotations

from collections.abc import Sequence

from client.calls.english_words import base_of, is_in, word_list

ASKING = frozenset({"how", "what", "when", "where", "whether", "which", "who", "why"})
"""Words with which a description asks for what the tool tells: "How many there are"."""
COMMAS = frozenset({",", "—", "–"})
_BEFORE_WHICH = frozenset({"at", "from", "in", "on", "to", "with"})
"""Prepositions that may come before "which"."""


def is_asked(sentence: Sequence[str], place: int) -> bool:
    """Return whether "are saved" is what the tool finds out: "checks if albums are saved", "tells how it is heated"."""
    clause: list[str] = []
    for token in reversed(sentence[:place]):
        if token in COMMAS:
            break
        clause.append(token.lower())
    asks = {"if", "whether"} | (ASKING if opens_with_a_look(sentence) else set())
    return sentence[place - 1].lower() in ("is", "are") and bool(asks & {*clause})


def asks_at(sentence: Sequence[str], place: int) -> bool:
    """Return whether the word there follows the opening verb of looking: "tells which", "tells on which"."""
    follows = place == 1 or (place == len(("tells", "on")) and sentence[1].lower() in _BEFORE_WHICH)
    return follows and opens_with_a_look(sentence)


def is_asked_for(sentence: Sequence[str], place: int) -> bool:
    """Return whether a verb of timetables ends what is asked for: "tells when it leaves and where it stops"."""
    words = [token.lower() for token in sentence]
    after = words[place + 1] if place + 1 < len(words) else ""
    if base_of(words[place]) not in word_list("timetables") or after in word_list("determining"):
        return False
    if not opens_with_a_look(words) or "," in words[:place]:
        return False
    opened = [at for at in range(1, place) if words[at] in ASKING]
    led = bool(opened) and (opened[0] == 1 or (opened[0] == 2 and words[1] == "out"))
    last = words[opened[-1] : place] if led else []
    return led and not {"and", "then", "or"}.intersection(last)


def opens_with_a_look(sentence: Sequence[str]) -> bool:
    """Return whether a sentence begins with a verb of looking, such as "tells" or "shows"."""
    return bool(sentence) and is_in(sentence[0].lower(), "looking", "looking_in_sentences")
