"""The English words by which tools are judged: lists of verbs, a lexicon of things, and the forms of a word.

The words are data (`effect_words.toml`, `lexicon.txt`). It reads no tool and decides nothing.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple


class EffectSign(NamedTuple):
    """The reason why a tool's words suggest that it changes something."""

    why: str
    """As half a sentence: "its name has "pay""."""
    acts: bool
    """True if an act is named; False if it is only unclear that the tool looks."""


def act(why: str) -> EffectSign:
    """Return the finding that an act is named."""
    return EffectSign(why, acts=True)


def doubt(why: str) -> EffectSign:
    """Return the finding that the tool's act is unclear."""
    return EffectSign(why, acts=False)


_FOLDER = Path(__file__).parent
_VERBS_TOO = "# Of the words from here on each is a verb as well."
"""The line of the lexicon that separates pure nouns from nouns that are also verbs."""


@cache
def word_list(name: str) -> frozenset[str]:
    """Return a list of `effect_words.toml`."""
    found = _data()[name]
    return frozenset(found.split()) if isinstance(found, str) else frozenset(found)


@cache
def phrases(name: str) -> frozenset[str]:
    """Return a list of phrases of `effect_words.toml`, its spaces single."""
    return frozenset(" ".join(phrase.split()) for phrase in _data()[name])


@cache
def _data() -> dict[str, str | list[str]]:
    return tomllib.loads((_FOLDER / "effect_words.toml").read_text(encoding="utf-8"))


def acting_words() -> frozenset[str]:
    """Return the verbs in names that say that something is changed, including verbs that are also nouns."""
    return word_list("acts") | word_list("deeds")


def acting_nouns() -> frozenset[str]:
    """Return the `acting_words` that are just as often the name of a thing: "fuel", "tag"."""
    return word_list("deeds")


@cache
def _lexicon() -> frozenset[str]:
    """Return English words that may be the name of a thing or of a quality."""
    return parts_of_lexicon()[0] | parts_of_lexicon()[1]


@cache
def parts_of_lexicon() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that are never verbs, and those that are verbs as well."""
    text = (_FOLDER / "lexicon.txt").read_text(encoding="utf-8")
    never, _, too = text.partition(_VERBS_TOO)
    plain = "\n".join(line for line in never.splitlines() if not line.startswith("#"))
    return frozenset(plain.split()) | word_list("things_beside_the_lexicon"), frozenset(too.split())


def words_of(text: str) -> list[str]:
    """Return the words of a name or sentence, lower case, camelCase and snake_case taken apart.

    A word keeps the letters that it was written in, so that another script is seen and not passed over.
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return re.findall(r"[^\W\d_]+", spaced.lower())


def unusual_letters(text: str) -> bool:
    """Return whether the text has letters or invisible characters that nobody tells apart by eye or ear.

    That is: a word in which Latin letters stand beside those of another script, or a character without a shape.
    """
    if text.isascii():
        return False
    if any(unicodedata.category(character) in ("Cf", "Co", "Cn") for character in text):
        return True
    for word in re.findall(r"[^\W\d_]+", text):
        scripts = {unicodedata.name(letter, "?").partition(" ")[0] for letter in word if letter.isalpha()}
        if len(scripts) > 1 and not scripts <= {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}:
            return True
    letters = "".join(character for character in text if character.isalpha())
    return unicodedata.normalize("NFKC", letters) != unicodedata.normalize("NFC", letters)


def base_of(word: str) -> str:
    """Return the word without the ending of a plural or of "he books": "entries" gives "entry"."""
    for ending, instead in (("ies", "y"), ("ches", "ch"), ("shes", "sh"), ("sses", "ss"), ("xes", "x"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 1 and not word.endswith(("ss", "us", "is")):
            return word.removesuffix(ending) + instead
    return word


def bases_of(word: str) -> tuple[str, ...]:
    """Return the possible base forms of the word: itself, and without "-s", "-ed", "-ing"."""
    found = [word, base_of(word)]
    for ending in ("ed", "ing"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1:
            found += [stem, f"{stem}e"]
            if len(stem) > 2 and stem[-1] == stem[-2]:
                found.append(stem[:-1])
    if word.endswith("es"):
        found.append(word[:-2])
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=32768)
def is_in(word: str, *lists: str) -> bool:
    """Return whether one of the lists has the word, or its singular or base form."""
    forms = {word, base_of(word), word.removesuffix("es")}
    return any(forms & word_list(name) for name in lists)


def is_plural(word: str) -> bool:
    """Return whether a word has the ending of a plural, or is one of those without."""
    return (base_of(word) != word and word.endswith("s")) or word in word_list("plurals")


@lru_cache(maxsize=16384)
def is_known(word: str) -> bool:
    """Return whether the word is one that we know, in any of its forms."""
    if len(word) == 1 or word.endswith("ly"):
        return True
    if is_in(word, "function", "joining", "looking", "looking_in_sentences", "informational", "computing"):
        return True
    forms = bases_of(word)
    if any(form in _lexicon() or form in word_list("deeds") or form in word_list("framing") for form in forms):
        return True
    return any(form in word_list("acts") and form not in (word, base_of(word)) for form in forms)


@lru_cache(maxsize=16384)
def may_act(word: str) -> bool:
    """Return whether a word in the position of a verb may name an act: a base form that does not mean looking."""
    harmless = is_in(word, "looking", "informational", "looking_in_sentences", "framing", "function")
    return not harmless and (word in word_list("deeds") or word in parts_of_lexicon()[1])


@lru_cache(maxsize=16384)
def stem_in(word: str, ending: str, *names: str) -> bool:
    """Return whether the word, without that ending, stands in one of the lists."""
    return word.endswith(ending) and any(form in word_list(name) for name in names for form in bases_of(word)[1:])
