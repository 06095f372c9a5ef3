"""What the description of a tool says: does it speak of looking only, or of an act?

Pure. Each sentence is read for verbs by where they stand; an unknown word in the place of a verb counts as an act.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from client.calls.asked_in_descriptions import ASKING, COMMAS, asks_at, is_asked, is_asked_for
from client.calls.denials import denies_a_lack, gives_an_answer, is_denied, without_set_terms
from client.calls.description_happenings import happens_by_the_way, tells_others
from client.calls.description_outcomes import brings_about
from client.calls.description_states import states_an_outcome
from client.calls.english_words import (
    EffectSign,
    act,
    base_of,
    doubt,
    is_in,
    is_known,
    may_act,
    phrases,
    stem_in,
    unusual_letters,
    word_list,
    words_of,
)
from client.calls.german_reading import effect_in_german, is_german
from client.calls.name_reading import brought, names_an_act

_SHORTEST_ADVERB = 4
"""Letters of the shortest word in "-ly" that is taken for an adverb, before which a verb may stand."""
_TOKENS = re.compile(
    r"[^\W_]+(?:\.[^\W_]+)+(?=[\s,;:)/\]'\"]|$)|[^\W_]+(?:['’][^\W\d_]+)*(?:_[^\W_]+)*|[.!?;:()\n]|[,/|•*—–-]+|[^\s\w]"
)
_PASSIVE = frozenset({"is", "are", "be", "being", "gets", "get", "will", "automatically", "immediately"})
"""Words after which "deleted" is what happens now."""
_COUNTING = frozenset({"two", "three", "four", "five", "several", "many", "few", "both", "multiple"})
"""Words after which a word in "-s" is a plural."""
_BEFORE_A_NOUN = _COUNTING | {"what", "who", "which", "that", "data", "result"}
"""Words after which a word such as "stops" says nothing that happens."""
_CALLERS_TURN = frozenset({"before", "once", "when", "whenever"})
"""Before "you" they lead in what the caller does, and when."""
_COMPARING = frozenset({"alias", "as", "calls", "equals", "equivalent", "like", "runs", "same", "triggers", "wraps"})
"""Before another tool's name they say that this one does what that one does."""
_DENYING = frozenset({"not", "never", "don't", "doesn't", "won't"})
"""Words before a verb that says what is not done; `denials` tells whether it is indeed left undone."""
_ENDS = frozenset(".!?;:()\n•")


def effect_in_description(description: str, *, looks_by_name: bool) -> EffectSign | None:
    """Return why a tool of this description may change something; None if it speaks of looking only.

    Each sentence is read for verbs: an act anywhere, or a word in the place of a verb that is not known as harmless.
    The first sentence must say that it looks, by its verb, or by naming a thing where the name has the verb.
    """
    if not description.strip():
        return doubt("it has no description")
    if unusual_letters("".join(" " if unicodedata.category(c)[0] in "PS" else c for c in description)):
        return doubt("its description has unusual letters")
    if is_german(description):
        return effect_in_german(description)
    sentences = sentences_of(description)
    if not sentences:
        return doubt("it has no description")
    found = _says_look(sentences[0], looks_by_name=looks_by_name)
    lowered = f" {' '.join(words_of(description))} "
    phrase = next((phrase for phrase in phrases("consequences") if f" {phrase} " in lowered), "")
    if phrase:
        return act(f'its description has "{phrase}"')
    for later in _found_in(sentences):
        if later.acts:
            return later
        found = found or later
    return found


def begins_with_a_look(description: str) -> bool:
    """Return whether the first words of a description are a verb of looking or computing: "Calculate the tip"."""
    sentences = sentences_of(description)
    return bool(sentences) and _says_look(sentences[0], looks_by_name=False) is None


def gives_data(description: str) -> bool:
    """Return whether a description speaks of nothing but a look, by its own words, and not of a thing to be brought."""
    if effect_in_description(description, looks_by_name=False) is not None or is_german(description):
        return False
    words = [token.lower() for token in sentences_of(description)[0] if token[0].isalpha()]
    return words[1:2] not in (["to"], ["home"], ["back"]) and brought(["get", *words[1:]], 0) is None


def _found_in(sentences: Sequence[Sequence[str]]) -> Iterator[EffectSign]:
    """Give all that the sentences leave open, in their order."""
    for number, sentence in enumerate(sentences):
        for rule in _SENTENCE_RULES:
            found = rule(sentence)
            if found is not None:
                yield found
        for place in range(len(sentence)):
            found = _effect_at(sentence, place, first=number == 0)
            if found is not None:
                yield found


def sentences_of(text: str) -> list[list[str]]:
    """Return the sentences as tokens; a colon, a bracket or a new line ends one too."""
    found: list[list[str]] = [[]]
    for token in _TOKENS.findall(without_set_terms(text)):
        if token in _ENDS:
            found.append([])
        else:
            found[-1].append(token)
    return [sentence for sentence in found if any(token[0].isalpha() for token in sentence)]


def _says_look(sentence: Sequence[str], *, looks_by_name: bool) -> EffectSign | None:
    """Return why the sentence does not say that the tool looks; None if it does."""
    words = [token.lower() for token in sentence if token[0].isalpha()]
    if words[0] in ASKING and looks_by_name:
        return None
    while words and (words[0] in word_list("function") - {"no", "not"} or words[0].endswith("ly")):
        words = words[1:]
    if not words:
        return doubt("its description does not say that it looks")
    first = words[0]
    if _looks_in_two_words(words):
        return None
    if is_in(first, "looking", "looking_in_sentences"):
        begun = " ".join([base_of(first), *words[1:2]])
        if is_in(first, "looking") and begun in phrases("phrasal"):
            return doubt(f'its description begins with "{begun}"')
        return brought([base_of(first), *words[1:]], 0, "its description")
    if first == "open" and any(word in word_list("opened") for word in words[1:4]):
        return None
    if looks_by_name and not is_in(first, "acts", "deeds") and is_known(first):
        return None
    return doubt(f'its description begins with "{first}"')


def _looks_in_two_words(words: Sequence[str]) -> bool:
    """Return whether these words begin with a verb that looks by what follows it, as in "tell whether"."""
    first, after = base_of(words[0]), [word.lower() for word in words[1:5]]
    if first == "tell":
        told = after[1:2] if after[:1] in (["the"], ["a"]) else []
        return bool(set(after[:1]) & ASKING or any(is_in(word, "informational") for word in told))
    return first == "perform" and bool(set(after) & word_list("looking_done"))


def _effect_at(sentence: Sequence[str], place: int, *, first: bool) -> EffectSign | None:
    """Return why the word at that place speaks of an effect; None if it does not."""
    token = sentence[place]
    if not token[0].isalpha():
        return None
    word = token.lower()
    before = sentence[place - 1].lower() if place else ""
    after = sentence[place + 1].lower() if place + 1 < len(sentence) else ""
    if is_denied(sentence, place):
        return None
    dotted = "." in word and after not in word_list("determining")
    if "_" in word or dotted or re.search(r"[a-z][A-Z]", token):  # the name of another tool, a field, or a site
        compared = bool(_COMPARING & {other.lower() for other in sentence[max(0, place - 3) : place]})
        acts = any(is_in(part, "acts", *(("deeds",) if dotted else ())) for part in words_of(token))
        acts = acts or (compared and names_an_act(token))
        return act(f'its description names "{token}"') if acts else None
    if is_in(word, "acts"):
        return act(f'its description has "{word}"')
    done = stem_in(word, "ed", "acts", "deeds") or word in word_list("irregular")
    if (done and before in _PASSIVE - {"get"} and not is_asked(sentence, place)) or (
        not place and stem_in(word, "ed", "acts")
    ):
        return act(f'its description has "{f"{before} {word}".strip()}"')
    if (stem_in(word, "ing", "acts") or word in word_list("doing")) and not _is_callers(sentence, before):
        return act(f'its description has "{word}"')
    if _is_foreign(token) or (_is_strange(token) and _is_strange(sentence[place + 1] if after else "")):
        return doubt(f'its description has "{token}", which is no word of looking')
    if is_asked_for(sentence, place):
        return None  # "tells where an order is and when it arrives"
    if _agrees(sentence, place):
        return act(f'its description has "{before} {word}"')
    if before in _COUNTING and word.endswith("s"):
        return None  # "between two stops": what is counted is a thing
    if before in ASKING and asks_at(sentence, place - 1):
        return None  # "tells which lights are on": the lights are what it tells of
    if before == "you" and place > 1 and sentence[place - 2].lower() in _CALLERS_TURN:
        return None  # "call this before you plan anything": the caller plans, not the tool
    third_person = word.endswith("s") and (
        (is_in(word, "deeds") and word not in word_list("deeds")) or not is_known(word)
    )
    runs_on = third_person and after in word_list("determining")  # "... the logs books the table"
    manner = before.endswith("ly") and len(before) > _SHORTEST_ADVERB
    if not (runs_on or not place or manner or before in word_list("leading") | _DENYING):
        return None
    return _where_a_verb_stands(sentence, place, first=first)


def _agrees(sentence: Sequence[str], place: int) -> bool:
    """Return whether a word behind "and" is a verb as it agrees with the first: "compares ... and books seats".

    Both end in "-s", and a thing or "with them" follows; where the first one has no ending, "books" is a thing.
    """
    if place < 2 or sentence[place - 1].lower() not in ("and", "then", ",", "&") or place + 1 == len(sentence):
        return False
    first, word, after = sentence[0].lower(), sentence[place].lower(), sentence[place + 1].lower()
    if base_of(first) == first or not is_in(first, "looking", "looking_in_sentences") or base_of(word) == word:
        return False
    if is_in(word, "looking", "looking_in_sentences", "framing", "informational"):
        return False
    with_them = sentence[place + 2 : place + 3]
    pronoun = bool(with_them) and with_them[0].lower() in ("it", "them", "him", "her", "you")
    shape = after.endswith(("ing", "ed")) or not after[0].isalpha()
    thing = not shape and not is_in(after, "function", "joining")
    return may_act(base_of(word)) and (thing or pronoun)


def _where_a_verb_stands(sentence: Sequence[str], place: int, *, first: bool) -> EffectSign | None:
    """Return why a word in the position of a verb implies an effect; None if it does not."""
    token = sentence[place]
    word = token.lower()
    before = sentence[place - 1].lower() if place else ""
    after = sentence[place + 1].lower() if place + 1 < len(sentence) else ""
    joined = before in ("and", "then", "or", "but") and place > 1
    if gives_an_answer(sentence, place) or (word == "set" and sentence[place + 2 : place + 3] == ["="]):
        return None  # "set open_now=true": the caller gives a parameter
    light = joined and is_in(word, "light_verbs") and after in word_list("determining")
    if light and f"{base_of(word)} {after}" not in phrases("looking_in_light_words"):
        return act(f'its description has "{word} {after}"')
    if is_in(word, "looking", "looking_in_sentences", "framing") or {f"{word} {after}", f"{before} {word}"} & phrases(
        "compounds"
    ):
        return None
    if _looks_in_two_words([word, *sentence[place + 1 :]]):
        return None
    behind = set(sentence[place + 1 : place + 4])
    if word == "open" and sentence[place + 2 : place + 5] and behind & word_list("opened"):
        return None
    if is_in(word, "deeds"):
        earlier = [other.lower() for other in sentence[: max(0, place - 2)]]
        alternatives = before == "or" and sentence[place - 2] == "," and bool({"by", "with", "of", "for"} & {*earlier})
        return _deed(word, before, after, place, alternatives=alternatives)
    if after in word_list("determining") and (may_act(word) or may_act(base_of(word))):
        return act(f'its description has "{word}" as what it does')
    if not is_known(word) and not (place and word.endswith("ed") and before not in _PASSIVE):
        named = place > 0 and token[0].isupper() and after not in word_list("determining")
        heading = not place and not first and (len(sentence) == 1 or token.isupper())
        if not (named or heading or any(character.isdigit() for character in word)):
            return doubt(f'its description has "{word}", which is no word of looking')
    return None


# -- whole sentences -------------------------------------------------------------------------------------------------

_BEFORE_DOING = frozenset({"by", "after", "before", "while", "when", "whilst", "upon", "through", "thus", "thereby"})
"""Behind them a word in "-ing" says how or when something is done."""
_CALLERS_ADVICE = frozenset({"call", "helpful", "use", "useful"})
"""First words of advice to the caller."""
_CHAINING = frozenset({"and", "or", "then"}) | COMMAS
"""Before a further word in "-ing"."""
_ELSEWHERE = frozenset({"out", "off", "away", "down", "up", "there", "in"})
"""Behind a word in "-ing" they show that something moves."""


def _is_callers(sentence: Sequence[str], before: str) -> bool:
    """Return whether a word in "-ing" behind `before` says when to call: "Use this before writing a query"."""
    return before in ("before", "when") and sentence[0].lower() in _CALLERS_ADVICE


def _doing(sentence: Sequence[str]) -> EffectSign | None:
    """Return why a word in "-ing" says what is done besides: "by draining it", ", shutting the roof"."""
    opened = False  # whether "by doing" was said, so that "and doing" says more of it
    for place, token in enumerate(sentence[1:], 1):
        word, before = token.lower(), sentence[place - 1].lower()
        after = sentence[place + 1].lower() if place + 1 < len(sentence) else ""
        if not word.endswith("ing") or len(word) < len("doing"):
            continue
        causes = word in word_list("causing") and after in word_list("determining")
        introduced = before in _BEFORE_DOING and not _is_callers(sentence, before)
        introduced = introduced or (opened and before in _CHAINING)
        opened = opened or introduced
        besides = before in COMMAS and place > 1 and (after in word_list("determining") or after in _ELSEWHERE)
        automatic = before in ("automatic", "immediate", "instant") and stem_in(word, "ing", "deeds", "acts")
        harmless = stem_in(word, "ing", "looking", "looking_in_sentences", "framing") or word in word_list(
            "harmless_doing"
        )
        if (introduced or besides or automatic) and (causes or not harmless):
            return act(f'its description has "{before} {word}"'.replace('", ', '"'))
    return None


def _particle_ends(sentence: Sequence[str]) -> EffectSign | None:
    """Return why a clause ends in a particle that makes another verb of the one before: "checks you in"."""
    for place, token in enumerate(sentence):
        last = place + 1 == len(sentence) or sentence[place + 1] in COMMAS
        before = sentence[place - 1].lower() if place else ""
        person = before in ("you", "him", "her", "them", "it", "me", "us")
        if person and last and place > 1 and token.lower() in word_list("particles") | word_list("particles_at_end"):
            return act(f'its description has "{before} {token}"')
        speaks = place > 0 and base_of(before) not in ("look", "find", "sort", "search")
        followed = sentence[place + 1].lower() if place + 1 < len(sentence) else ""
        if (
            token.lower() in ("out", "off", "away")
            and speaks
            and (last or followed in ("to", "the", "a", "every", "all"))
        ):
            return doubt(f'its description has "{before} {token}"')
    return None


def _gets_done(sentence: Sequence[str]) -> EffectSign | None:
    """Return why something is got done: "gets the door opened", "returns the contract, signed"."""
    words = [token.lower() for token in sentence]
    for place, word in enumerate(words):
        done = stem_in(word, "ed", "acts", "deeds") or word in word_list("irregular")
        ends = place + 1 == len(words) or words[place + 1] in ("for", "and", ",")
        causes = any(before in ("get", "gets", "have", "has") for before in words[max(0, place - 5) : place - 1])
        apart = place > 0 and words[place - 1] in COMMAS and place + 1 == len(words)
        runs = stem_in(word, "ing", "deeds", "acts") and place + 1 == len(words)
        if (done or runs) and (
            (ends and causes and words[place - 1] not in ("be", "been", "was", "were")) or (done and apart)
        ):
            return act(f'its description has "{words[place - 1]} {word}"'.replace('", ', '"'))
    return None


def _happens(sentence: Sequence[str]) -> EffectSign | None:
    """Return why something else happens: a clause with another subject, "a driver comes at once"."""
    words = [token.lower() for token in sentence]
    implied = stem_in(words[0], "ing", "acts", "deeds") or words[0] in ("accepting", "agreeing")
    if implied and words[1:2] and words[1] in ("is", "are"):
        return act(f'its description has "{words[0]} {words[1]}"')  # "accepting is implied by asking"
    for place, word in enumerate(words[1:], 1):
        if words[place - 1] == "as" and (stem_in(word, "ed", "acts", "deeds") or word in word_list("irregular")):
            return act(f'its description has "as {word}"')  # "lists the drafts as sent"
        if word in word_list("happening") and words[place - 1] not in _BEFORE_A_NOUN and not is_asked_for(words, place):
            return act(f'its description has "{words[place - 1]} {word}"')
        if words[place - 1] in COMMAS and is_in(word, "light_verbs") and word.endswith("s"):
            return act(f'its description has "{word}"')
    return None


def _pays(sentence: Sequence[str]) -> EffectSign | None:
    """Return why it costs something: "with a small payment", "ten euros each time"."""
    words = [token.lower() for token in sentence]
    for place, word in enumerate(words):
        money = is_in(word, "payments")
        near = words[max(0, place - 3) : place]
        if money and {"with", "against", "for"} & set(near) and {"a", "your", "one", "small"} & set(near):
            return act(f'its description has "{" ".join([*near, word])}"')
        if is_in(word, "coins") and words[place + 1 : place + 2] and words[place + 1] in ("each", "every", "per", "a"):
            return act(f'its description has "{word} {words[place + 1]}"')
    return None


_SENTENCE_RULES = (
    _doing, _particle_ends, _gets_done, _happens, happens_by_the_way, _pays, tells_others, denies_a_lack, brings_about,
    states_an_outcome,
)  # fmt: skip
"""What a sentence may say beside its verbs."""


# -- words -----------------------------------------------------------------------------------------------------------


def _is_foreign(token: str) -> bool:
    """Return whether a word is written with letters that English has not; names are written so too, with a capital."""
    return not token.isascii() and token[0].islower()


@lru_cache(maxsize=16384)
def _is_strange(token: str) -> bool:
    """Return whether a word is none that is known here, nor a name: two in a row are another language."""
    return token.isalpha() and token.islower() and len(token) > 1 and not is_known(token) and not token.endswith("ed")


def _deed(word: str, before: str, after: str, place: int, *, alternatives: bool) -> EffectSign | None:
    """Return why a word that may be an act or a thing is an act here; None if it is a thing.

    `alternatives`: it is the last of what a preposition lists, "by author, date, or commit message".
    """
    plural = word not in word_list("deeds")
    object_follows = after in word_list("determining")
    if alternatives and not object_follows:
        return None
    if plural and not object_follows and before not in ("it", "this", "that", "which", "tool", "then", "also"):
        return None
    alone = not after or not after[0].isalpha() or is_in(after, "informational", "function", "joining")
    if not plural and alone and not object_follows and before in ("and", "or", ""):
        return None
    return act(f'its description has "{word}" as what it does')
