"""Whether a tool looks whose name or description is German: the strict reading of a language that is half known here.

A German description looks if each sentence is a known verb of looking, nouns, and small words of closed lists, and
nothing else; any other word counts as an act. It never excuses what the English reading calls an act. Pure.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from client.calls.english_words import EffectSign, doubt, is_in, is_known, word_list

_SENTENCES = re.compile(r"[.!?;:()\n•]+")
_WORDS = re.compile(r"[^\W\d_]+|\d+|[^\s\w]")


@cache
def _data() -> Mapping[str, Mapping[str, str]]:
    raw = tomllib.loads((Path(__file__).parent / "german_words.toml").read_text(encoding="utf-8"))
    return {"with_particle": raw["with_particle"], "lists": {**raw["lists"], "looking": raw["looking"]}}


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(_data()["lists"][name].split())


def is_german(description: str) -> bool:
    """Return whether a description opens with a German verb of looking."""
    first = _WORDS.findall(description[:80])[:1]
    return bool(first) and first[0].lower() in _list("looking") | _list("giving") | {*_data()["with_particle"]}


def effect_in_german(description: str) -> EffectSign | None:
    """Return why a tool of this German description may change something; None if it speaks of looking only."""
    for text in _SENTENCES.split(description):
        sentence = _WORDS.findall(text)
        strange = _strange_in(sentence) if sentence else ""
        if strange:
            return doubt(f'its description has "{strange}", which is no word of looking')
    return None


def looks_by_german_name(words: Sequence[str]) -> bool:
    """Return whether a name is a German verb of looking with data: "wetter_anzeigen", "termine_auflisten"."""
    verbs = [word for word in words if word in _list("in_names")]
    rest = [word for word in words if word not in _list("in_names") | _list("function")]
    return len(verbs) == 1 and bool(rest) and all(_is_data(word) for word in rest)


def _strange_in(sentence: Sequence[str]) -> str:
    """Return the first word of a sentence that does not belong to a look; "" if all do."""
    verb = sentence[0].lower()
    ending = _data()["with_particle"].get(verb, "").split()
    rest = list(sentence[1:])
    if ending and rest and rest[-1] in ending:
        rest.pop()
    elif (verb not in _list("looking") and verb not in _list("giving")) or verb == "gibt":
        return verb
    nouns = [word for word in rest if word[:1].isupper()]
    if verb in _list("giving") and not (nouns and _is_data(nouns[0].lower())):
        return f"{verb} {nouns[0] if nouns else ''}".strip()
    allowed = _list("function") | _list("qualities")
    return next((word for word in rest if not _belongs(word, allowed)), "" if nouns else verb)


def _belongs(word: str, allowed: frozenset[str]) -> bool:
    if not word.isalpha():
        return word.isdigit() or word in (",", "-", "/", '"', "'")
    return _is_thing(word.lower()) if word[0].isupper() else word in allowed


def _is_thing(word: str) -> bool:
    """Return whether a noun names a thing, and no deed, cost or person."""
    return word in _list("harmless") or not any(part in word for part in _list("grave"))


def _is_data(word: str) -> bool:
    """Return whether a word names data, by its last part: "ladestand", "spritpreise"; or is an English thing."""
    german = _is_thing(word) and any(word.endswith(end) for end in _list("data"))
    acts = is_in(word, "acts", "deeds") or word in word_list("obtained")
    return german or (_is_thing(word) and is_known(word) and not acts)
