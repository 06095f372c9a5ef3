"""Whether calling a tool changes anything, judged by the words of its name and description and by who says so.

A tool only looks if its name and its description say so in English words that are known here, or if settings trust its
server and the server says so. Whatever else a server claims can raise the level and never lowers it (docs/design.md).
Never looks at arguments: what holds for a tool holds for every call of it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from client.catalog import Tool
from client.values import JSON

_FOLDER = Path(__file__).parent
_VERBS_TOO = "# Of the words from here on each is a verb as well."
"""The line of the lexicon that parts nouns from nouns that are verbs as well."""
_SHORTEST_ADVERB = 4
"""Letters of the shortest word in "-ly" that is taken for an adverb, before which a verb may stand."""


@cache
def _words(name: str) -> frozenset[str]:
    """Return a list of `effect_words.toml`."""
    found = _lists()[name]
    return frozenset(found.split()) if isinstance(found, str) else frozenset(found)


@cache
def _lists() -> dict[str, str | list[str]]:
    return tomllib.loads((_FOLDER / "effect_words.toml").read_text(encoding="utf-8"))


def acting_words() -> frozenset[str]:
    """Return verbs by which names say that something is changed, the ones that are nouns as well among them."""
    return _words("acts") | _words("deeds")


def acting_nouns() -> frozenset[str]:
    """Return those of `acting_words` that are as often the name of a thing: "fuel", "tag"."""
    return _words("deeds")


@cache
def _lexicon() -> frozenset[str]:
    """Return English words that may be the name of a thing or of a quality."""
    return _parts_of_lexicon()[0] | _parts_of_lexicon()[1]


@cache
def _parts_of_lexicon() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that are never verbs, and those that are verbs as well."""
    text = (_FOLDER / "lexicon.txt").read_text(encoding="utf-8")
    never, _, too = text.partition(_VERBS_TOO)
    plain = "\n".join(line for line in never.splitlines() if not line.startswith("#"))
    return frozenset(plain.split()), frozenset(too.split())


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


def _bases(word: str) -> tuple[str, ...]:
    """Return what the word may be a form of: itself, and without "-s", "-ed", "-ing"."""
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
def _is(word: str, *lists: str) -> bool:
    """Return whether the word, or what it is a plural or third person of, stands in one of the lists."""
    forms = {word, base_of(word), word.removesuffix("es")}
    return any(forms & _words(name) for name in lists)


@lru_cache(maxsize=16384)
def _known(word: str) -> bool:
    """Return whether the word is one that we know, in any of its forms."""
    if len(word) == 1 or word.endswith("ly"):
        return True
    if _is(word, "function", "joining", "looking", "looking_in_sentences", "informational", "computing"):
        return True
    forms = _bases(word)
    return any(form in _lexicon() or form in _words("deeds") or form in _words("framing") for form in forms) or any(
        form in _words("acts") and form not in (word, base_of(word)) for form in forms
    )


# -- names -----------------------------------------------------------------------------------------------------------


def effect_in_name(name: str, server: str = "") -> str:
    """Return why a tool of this name may change something, in words; "" if the name speaks of looking only.

    A name looks if every word of it is known, none is an act, and it has a looking verb ("get_order", "web_search")
    or ends in something to look at ("order_status"). Words of the server's name, which the driver gave, explain too.
    """
    words = words_of(name)
    if len(words) > 1 and words[-1] == "tool":
        words = words[:-1]
    if not words or not name.isascii():
        return "its name is not in plain English letters"
    own = set(words_of(server))
    for word in words:
        if _is(word, "acts"):
            return f'its name has "{word}"'
    joined = " ".join(words)
    for phrase in _lists()["phrasal"]:
        if f" {phrase} " in f" {joined} ":
            return f'its name has "{phrase}"'
    for place, word in enumerate(words):
        described = word.endswith("ed") and 0 < place < len(words) - 1  # "list_allowed_directories"
        if not (_known(word) or word in own or described):
            return f'its name has "{word}", which is no word of looking'
    for before, word in pairwise(words):
        if before in _words("joining") and _may_act(word):
            return f'its name has "{word}" beside another verb'
    verb = next((place for place, word in enumerate(words) if word in _words("looking")), None)
    opens = words[0] == "open" and len(words) > 1 and words[-1] in set(_words("opened"))
    if opens:
        return ""
    first = words[0]
    last_looks = _is(words[-1], "informational") or words[-1] in _words("looking")
    commands = _is(first, "deeds") and first not in _words("looking")
    if commands and not (last_looks and first in _words("things_first")):
        return f'its name begins with "{first}"'
    if verb is None:
        return "" if last_looks else "no word of its name says that it only looks"
    return _brought(words, verb)


def names_an_act(name: str) -> bool:
    """Return whether a word of a tool's name is a known act, for wording its answer; it never decides what may run.

    Unlike `effect_in_name`, a word that is not known counts as no act.
    """
    words = words_of(name)
    commands = bool(words) and _is(words[0], "deeds") and words[0] not in _words("looking")
    return commands or any(_is(word, "acts") for word in words)


def _brought(words: Sequence[str], verb: int) -> str:
    """Return why what is looked for is a thing that somebody must bring ("get_taxi"); "" if it is not."""
    thing = next((word for word in words[verb + 1 :] if word not in _words("function")), "")
    after = words[verb + 1 + list(words[verb + 1 :]).index(thing) + 1 :] if thing else ()
    bringing = words[verb] in ("get", "fetch", "return", "find", "extract", "retrieve")
    if bringing and thing in _words("obtained") and not any(_is(word, "informational") for word in after):
        return f'its name is to "{words[verb]} {thing}"'
    return ""


# -- descriptions ----------------------------------------------------------------------------------------------------

_TOKENS = re.compile(
    r"[^\W_]+(?:\.[^\W_]+)+(?=[\s,;:)/\]]|$)|[^\W_]+(?:['’][^\W\d_]+)*(?:_[^\W_]+)*|[.!?;:()\n]|[,/|•*—–-]+|[^\s\w]"
)
_PASSIVE = frozenset({"is", "are", "be", "being", "gets", "get", "will", "automatically", "immediately"})
"""Words after which "deleted" is what happens now."""
_ASKING = frozenset({"how", "what", "when", "where", "whether", "which", "who", "why"})
"""Words with which a description asks for what the tool tells: "How many there are"."""
_ENDS = frozenset(".!?;:()\n•")


def effect_in_description(description: str, *, looks_by_name: bool) -> str:
    """Return why a tool of this description may change something, in words; "" if it speaks of looking only.

    Each sentence is read for verbs: an act anywhere, or a word in the place of a verb that is not known as harmless.
    The first sentence must say that it looks, by its verb, or by naming a thing where the name has the verb.
    """
    if not description.strip():
        return "it has no description"
    if unusual_letters("".join(" " if unicodedata.category(c)[0] in "PS" else c for c in description)):
        return "its description has unusual letters"
    sentences = _sentences(description)
    if not sentences:
        return "it has no description"
    head = _says_look(sentences[0], looks_by_name=looks_by_name)
    if head:
        return head
    lowered = " ".join(words_of(description))
    for phrase in ("for sale", "get me", "get us"):
        if f" {phrase} " in f" {lowered} ":
            return f'its description has "{phrase}"'
    for number, sentence in enumerate(sentences):
        for place in range(len(sentence)):
            why = _effect_at(sentence, place, first=number == 0)
            if why:
                return why
    return ""


def _sentences(text: str) -> list[list[str]]:
    """Return the sentences as tokens; a colon, a bracket or a new line ends one too."""
    found: list[list[str]] = [[]]
    for token in _TOKENS.findall(text):
        if token in _ENDS:
            found.append([])
        else:
            found[-1].append(token)
    return [sentence for sentence in found if any(token[0].isalpha() for token in sentence)]


def _says_look(sentence: Sequence[str], *, looks_by_name: bool) -> str:
    """Return why the sentence does not say that the tool looks; "" if it does."""
    words = [token.lower() for token in sentence if token[0].isalpha()]
    if words[0] in _ASKING and looks_by_name:
        return ""
    while words and (words[0] in _words("function") - {"no", "not"} or words[0].endswith("ly")):
        words = words[1:]
    if not words:
        return "its description does not say that it looks"
    first = words[0]
    if _looks_in_two_words(words):
        return ""
    if _is(first, "looking", "looking_in_sentences"):
        begun = " ".join([base_of(first), *words[1:2]])
        if _is(first, "looking") and begun in _lists()["phrasal"]:
            return f'its description begins with "{begun}"'
        return _brought([base_of(first), *words[1:]], 0).replace("its name", "its description")
    if first == "open" and any(word in _words("opened") for word in words[1:4]):
        return ""
    if looks_by_name and not _is(first, "acts", "deeds") and _known(first):
        return ""
    return f'its description begins with "{first}"'


def _looks_in_two_words(words: Sequence[str]) -> bool:
    """Return whether these words begin with a verb that looks by what follows it, as in "tell whether"."""
    first, after = base_of(words[0]), [word.lower() for word in words[1:5]]
    if first == "tell":
        told = after[1:2] if after[:1] in (["the"], ["a"]) else []
        return bool(set(after[:1]) & _ASKING or any(_is(word, "informational") for word in told))
    return first == "perform" and bool(set(after) & _words("looking_done"))


def _effect_at(sentence: Sequence[str], place: int, *, first: bool) -> str:
    """Return why the word at that place speaks of an effect; "" if it does not."""
    token = sentence[place]
    if not token[0].isalpha():
        return ""
    word = token.lower()
    before = sentence[place - 1].lower() if place else ""
    after = sentence[place + 1].lower() if place + 1 < len(sentence) else ""
    dotted = "." in word and after not in _words("determining")
    if "_" in word or dotted or re.search(r"[a-z][A-Z]", token):  # the name of another tool, a field, or a site
        acts = any(_is(part, "acts", *(("deeds",) if dotted else ())) for part in words_of(token))
        return f'its description names "{token}"' if acts else ""
    if _is(word, "acts"):
        return f'its description has "{word}"'
    done = _stem_in(word, "ed", "acts", "deeds") or word in _words("irregular")
    if (done and before in _PASSIVE - {"get"}) or (not place and _stem_in(word, "ed", "acts")):
        return f'its description has "{before} {word}"'.replace(' " ', ' "')
    if _stem_in(word, "ing", "acts") or word in _words("doing"):
        return f'its description has "{word}"'
    if _is_foreign(token) or (_is_strange(token) and _is_strange(sentence[place + 1] if after else "")):
        return f'its description has "{token}", which is no word of looking'
    third_person = word.endswith("s") and ((_is(word, "deeds") and word not in _words("deeds")) or not _known(word))
    runs_on = third_person and after in _words("determining")  # "... the logs books the table"
    leads = (
        runs_on
        or not place
        or before in _words("leading")
        or (before.endswith("ly") and len(before) > _SHORTEST_ADVERB)
    )
    if (
        not leads
        or _is(word, "looking", "looking_in_sentences", "framing")
        or f"{word} {after}" in _lists()["compounds"]
    ):
        return ""
    if _looks_in_two_words([word, *sentence[place + 1 :]]):
        return ""
    if word == "open" and sentence[place + 2 : place + 5] and set(sentence[place + 1 : place + 4]) & _words("opened"):
        return ""
    if _is(word, "deeds"):
        return _deed(word, before, after, place)
    if after in _words("determining") and (_may_act(word) or _may_act(base_of(word))):
        return f'its description has "{word}" as what it does'
    if not _known(word) and not (place and word.endswith("ed") and before not in _PASSIVE):
        named = place > 0 and token[0].isupper() and after not in _words("determining")
        heading = not place and not first and (len(sentence) == 1 or token.isupper())
        if not (named or heading or any(character.isdigit() for character in word)):
            return f'its description has "{word}", which is no word of looking'
    return ""


def _is_foreign(token: str) -> bool:
    """Return whether a word is written with letters that English has not; names are written so too, with a capital."""
    return not token.isascii() and token[0].islower()


@lru_cache(maxsize=16384)
def _may_act(word: str) -> bool:
    """Return whether a word, where a verb stands, may say what is done: a verb in the base form that does not look."""
    harmless = _is(word, "looking", "informational", "looking_in_sentences", "framing", "function")
    return not harmless and (word in _words("deeds") or word in _parts_of_lexicon()[1])


@lru_cache(maxsize=16384)
def _is_strange(token: str) -> bool:
    """Return whether a word is none that is known here, nor a name: two in a row are another language."""
    return token.isalpha() and token.islower() and len(token) > 1 and not _known(token) and not token.endswith("ed")


def _deed(word: str, before: str, after: str, place: int) -> str:
    """Return why a word that may be an act or a thing is an act here; "" if it is a thing."""
    plural = word not in _words("deeds")
    object_follows = after in _words("determining")
    if plural and not object_follows and before not in ("it", "this", "that", "which", "tool", "then", "also"):
        return ""
    alone = not after or not after[0].isalpha() or _is(after, "informational", "function", "joining")
    if not plural and alone and not object_follows and before in ("and", "or", ""):
        return ""
    return f'its description has "{word}" as what it does'


@lru_cache(maxsize=16384)
def _stem_in(word: str, ending: str, *names: str) -> bool:
    """Return whether the word, without that ending, stands in one of the lists."""
    return word.endswith(ending) and any(form in _words(name) for name in names for form in _bases(word)[1:])


# -- tools -----------------------------------------------------------------------------------------------------------


def effect_in_words(tool: Tool) -> str:
    """Return why the tool's own words leave open that it changes something; "" if all speak of looking only."""
    return _effect_in(tool.name, tool.server, tool.description) or _effect_in_parameters(tool.properties)


def _effect_in_parameters(properties: Mapping[str, Mapping[str, JSON]]) -> str:
    """Return why a parameter may make a looking tool act: by its name, or by a value that its schema lists or sets."""
    verbs = _words("acts") | _words("deeds")
    for name, schema in properties.items():
        words = words_of(name)
        listed = schema.get("enum")
        values = [value for value in listed if isinstance(value, str)] if isinstance(listed, list) else []
        if _words("receiving_parameters") & set(words):
            return f'its parameter "{name}" says to whom something goes'
        if _words("acting_parameters") & set(words) and (
            not values or any(word in verbs for value in values for word in words_of(value))
        ):
            return f'its parameter "{name}" may say what is done'
        if isinstance(schema.get("default"), str):
            values.append(str(schema["default"]))
        acts = [word for value in values for word in words_of(value)[:1] if word in _words("acts")]
        if acts:
            return f'its parameter "{name}" may be "{acts[0]}"'
    return ""


@lru_cache(maxsize=4096)
def _effect_in(name: str, server: str, description: str) -> str:
    """Return the same of these words, which are read again and again."""
    return effect_in_name(name, server) or effect_in_description(description, looks_by_name=True)


def is_plain(tool: Tool) -> bool:
    """Return whether every word of the name is an English one that is known here, an act or not."""
    known = all(_known(word) or _is(word, "acts") for word in words_of(tool.name))
    return known and tool.name.isascii() and not unusual_letters(tool.title + tool.description)


def speaks_of_effect(tool: Tool) -> bool:
    """Return whether a word of the tool's name or description leaves open that it changes something."""
    return bool(effect_in_words(tool))


def has_effects(tool: Tool) -> bool:
    """Return whether a call may change something."""
    if tool.trusted and tool.hints.read_only is not None:
        return not tool.hints.read_only
    if tool.hints.read_only is False or tool.hints.destructive:
        return True
    return speaks_of_effect(tool)


def is_repeatable(tool: Tool) -> bool:
    """Return whether sending the call twice is the same as once: no effects, or a trusted idempotent hint."""
    if not has_effects(tool):
        return True
    return bool(tool.hints.idempotent) and tool.trusted
