"""Whether a tool only looks, for questions: a question may reach no other.

Stricter than routing's sense of reading: a tool must say so itself, by a hint that counts or by its words. It asks the
one reading of a tool's words (`reading_of`), by which policy decides what needs a yes, and goes on only if that leaves
a doubt and names no act: a question may reach a tool in doubt, and a call of it asks first.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.understanding.language import Language
from assistant.understanding.tokens import name_words, spoken_words
from client.calls.call_effects import has_effects, may_look_up, reading_of
from client.calls.description_reading import effect_in_description
from client.calls.english_words import acting_nouns, acting_words
from client.calls.name_reading import effect_in_name
from client.catalog import Tool
from client.values import JSON

LOOKING = frozenset(
    """
    answer calculate check checks compare compares compute computes convert converts count counts describe describes
    display estimate estimates explain explains fetch fetches find finds forecast get gets geocode identify inspect
    list lists look lookup looks monitor provides query read reads reports retrieve retrieves say says search searches
    show shows summarize tell tells track tracks translate view views watch
    """.split()
)
"""Verbs at the head of a name or of a description by which a tool says that it looks."""
FACTS = frozenset("state status info information details weather forecast context directions history".split())
"""Nouns at the end of a name that say the same: `shop_status`."""
THINGS = frozenset(
    "call check count display forecast lock log mail message note order place post print record report route share "
    "store test text tip track train view watch".split()
)
"""Words that may be a verb or a thing; behind the first word of a name they are taken for things."""
TO_CALLER = frozenset({"use"})
"""Verbs with which a description tells its caller what to do: "Use metric units"."""
CHANGING = (acting_words() - LOOKING - TO_CALLER) | frozenset(
    """
    accept apply arm begin board checkin checkout clone complete configure confirm connect control decrease disarm
    draw enter expire file forget format generate halt hide notify pair pop rate recharge record reduce register
    release reply report route schedule scroll select squash unarm unpause
    """.split()
)
"""Verbs of change; nouns among them ("the status of the order") are told by their place."""
TOLD = frozenset("whether if how what when where which who the about all current".split())
"""Behind "tell" they say that it tells the driver something, and nobody else."""
AMBIGUOUS = frozenset({"list", "look", "report", "track", "count", "check", "display", "view", "watch", "test"})
"""Of the looking verbs, the ones that by themselves in a name may be a thing, or a deed ("report_pothole")."""
OBJECT = frozenset(
    """
    a an the this that these those it its them their your my his her our all any every each some one you him us
    der die das den dem ein eine einen einem einer es sie ihn alle jede jeden jedes
    """.split()
)
"""Words before or in place of an object: behind a word that is a noun as well, they show that it is a verb."""
LINKING = frozenset(
    """
    about and as at by for from in into near of on or than through to under until with within
    an auf aus bei bis der des durch für im in mit nach oder und unter vom von vor zu zum zur über
    """.split()
)
"""Words that can follow a noun.

After "and X", where X could be a noun or a verb, one of these shows that X is a noun.
"""
COMPOUND = frozenset(
    {"text", "message", "mail", "call", "order", "route", "charge", "place", "store", "share", "light"}
)
"""Verbs of change that may open the name of a thing before a looking verb: `text_messages_read`."""
PHRASES = frozenset(
    {("work", "out"), ("find", "out"), ("look", "up"), ("figure", "out"), ("works", "out"), ("looks", "up")}
)
"""Looking verbs of two words."""
_JOINTS = frozenset({"and", "or", "then", "und", "oder"})
_EITHER = frozenset({"or", "oder"})
WAYS = frozenset({"navigate", "plan", "route"})
"""Verbs of a name that may mean looking for the way as well as setting out; they do so if the server hints at it."""
ANSWERS = frozenset({"return", "returns"})
"""Verbs with which the description of a function says what it answers with, if its name gives nothing back."""
STATING = frozenset({"is", "are"})
"""Verbs behind the subject of a statement."""
PLANNING = frozenset({"plan", "every"})
"""Words that may open the description of what calls itself read-only: "Plan train connections" works one out."""
DONE = "ed"
"""How a participle ends, with which a description may say what is got done."""
TELLING_DONE = frozenset("has have had is are was were been being".split())
"""Words with which a participle tells of things instead: "playlists that the user has saved"."""
BEHIND_SUBJECTS = TELLING_DONE - {"been", "being"}
"""Verbs before which only a thing can stand: the light of "whether a lock or light is on" is no act."""
GUIDING = frozenset("first tool function before once after when whenever only".split())
"""Behind "call this" they tell the caller when to use the tool."""
OPENING = 3
"""Words of a name among which its verb stands: a server's own prefix may come before it."""
_PARENTHESES = re.compile(r"\([^)]*\)")
_SECTIONS = re.compile(r"\b(?:args|arguments|parameters|returns|example|examples)\s*:", re.IGNORECASE)
"""Behind one of them a description speaks of parameters."""
_HEADING = re.compile(r"^\s*(?:[\w-]+ ){0,3}[\w-]+:\s")
"""What a description may open with before it says what is done: "Charging information: estimates ..."."""
_REMARK = re.compile(r"^\s*(?:note|notes|important|tip):\s", re.IGNORECASE)
"""What a sentence of a description may open with that remarks on something, and does nothing."""
_WRAPPED = re.compile(r"(?<=[a-z,])[^\S\n]*\n[^\S\n]*(?=[a-z(])")
"""A line's end inside a sentence."""
_SENTENCE = re.compile(r"(?<=[.!?])\s|\n")


class Looking:
    """Tells looking from changing, for tools that are described in English or in one other language."""

    def __init__(self, language: Language) -> None:
        self._looking = LOOKING | frozenset(language.mood["looking"])
        self._changing = CHANGING | frozenset(language.mood["doing"])
        self._commanded = frozenset(language.words("changing"))
        self._things = frozenset(language.mood["things"])
        self._own_joints = frozenset(language.mood["own_joints"])

    def only_looks(self, tool: Tool) -> bool:
        """Return whether a call changes nothing: by a hint that counts, or by all that the tool says of itself."""
        if not has_effects(tool):
            return True
        if tool.hints.read_only is False or tool.hints.destructive:
            return False
        found = reading_of(tool)
        if found is not None and found.acts and not tool.hints.read_only and not may_look_up(tool):
            return False  # the one reading of its words, by which it needs a yes, names an act
        words = name_words(tool.name)
        if tool.hints.read_only and WAYS.intersection(words[:1]):  # "navigate: find a place, and the way to it"
            return not self._joined(words) and self._describes_looking(tool)
        return self._name_looks(words) and self._describes_looking(tool)

    def may_answer(self, tool: Tool) -> bool:
        """Return whether a question may reach the tool: it only looks, or says that it looks up as well as sets."""
        return self.only_looks(tool) or bool(self._choice(tool)[0]) or self._does_either(tool) or self._is_doubted(tool)

    def _is_doubted(self, tool: Tool) -> bool:
        """Return whether nothing but doubt speaks against looking: such a call asks first, so that a question may ask.

        Either its name and its first sentence look, and an act is only read into what it tells its caller further down,
        or into a noun behind the verb that looks ("Get train information including all stops"); or no word of it names
        an act, and its description tells of things ("Top drives ranked by distance").
        """
        if tool.hints.read_only is False or tool.hints.destructive:
            return False
        words, opening = name_words(tool.name), _SENTENCE.split(tool.description.strip(), maxsplit=1)[0]
        if self._looks_throughout(words, opening) and self._describes_looking(tool):
            return True
        told = [_base(word) for word in spoken_words(_HEADING.sub("", opening))]
        asks = opening.endswith("?")  # "What's in season?" says what it answers
        if not told or (not asks and effect_in_description(opening, looks_by_name=True) is not None):
            return False
        if effect_in_name(tool.name, tool.server, tool.description) is None:
            return self._name_looks(words) and self._describes_looking(replace(tool, description=opening))
        found = reading_of(tool)
        acts = any(word in self._commanded or word in self._changing - THINGS - acting_nouns() for word in words)
        acts = acts or told[0] in self._changing or self._joins_change(told)
        return found is not None and not found.acts and not acts

    def _looks_throughout(self, words: Sequence[str], opening: str) -> bool:
        """Return whether the first verb of a name and that of a description look, and neither joins an act to it.

        What is got done ("Get the plants watered") is an act.
        """
        told = [_base(word) for word in spoken_words(_HEADING.sub("", opening))]
        verb = next((word for word in words[:OPENING] if word in self._looking | self._changing), "")
        if verb not in LOOKING - {"report"} or not told or told[0] not in LOOKING - AMBIGUOUS | {"list"}:
            return False
        last = told[-1]
        done = last.endswith(DONE) and bool(_plain_forms(last) & self._changing) and TELLING_DONE.isdisjoint(told)
        return not (done or self._joined(words) or self._joins_change(told))

    def answering(self, tool: Tool, arguments: Mapping[str, JSON]) -> Mapping[str, JSON] | None:
        """Return the arguments with which a question may reach the tool; None if those would change things.

        A tool that looks or changes by a listed value ("action") gets a looking value, if it has just one.
        """
        if self.only_looks(tool):
            return arguments
        name, looking = self._choice(tool)
        if not looking:
            return arguments if self._does_either(tool) or self._is_doubted(tool) else None
        if arguments.get(name) in looking:
            return arguments
        return {**arguments, name: looking[0]} if len(looking) == 1 else None

    def _choice(self, tool: Tool) -> tuple[str, tuple[str, ...]]:
        """Return the parameter whose listed values look or change, and the looking ones; ("", ()) if there is none."""
        for name, schema in tool.properties.items():
            values = schema.get("enum")
            if not isinstance(values, list):
                continue
            verbs = {value: name_words(value)[:1] for value in values if isinstance(value, str)}
            looking = tuple(value for value, head in verbs.items() if head and head[0] in self._looking)
            others = [head[0] for head in verbs.values() if head and head[0] not in self._looking]
            if looking and any(word in self._changing for word in others):
                return name, looking
        return "", ()

    def _name_looks(self, words: Sequence[str]) -> bool:
        """Return whether the name's verb looks, at its head or its end, and no verb of change is joined to it."""
        verbs = self._changing - THINGS
        if self._joined(words):
            return False
        if tuple(words[:2]) in PHRASES:
            return True
        if (
            len(words) > 1
            and words[-1] in self._looking - AMBIGUOUS | {"check", "list", "view"}
            and words[0] not in self._looking
        ):
            return words[0] not in verbs or words[0] in COMPOUND  # "text_messages_read", not "send_read"
        head = next((i for i, word in enumerate(words[:OPENING]) if word in self._looking), None)
        if head is None or words[head] in AMBIGUOUS:  # "list" may be a thing: `list_complete_item`
            return bool(words) and words[0] not in self._changing and not any(word in verbs for word in words)
        return not any(word in self._changing for word in words[:head])

    def _joined(self, words: Sequence[str]) -> bool:
        """Return whether "and" or its like leads to a verb of change: "search_and_buy"."""
        return any(a in _JOINTS and b in self._changing for a, b in itertools.pairwise(words))

    def _describes_looking(self, tool: Tool) -> bool:
        """Return whether the description opens with looking, and no sentence opens with a verb of change.

        A tool that calls itself read-only is judged by its first sentence: the further ones tell its caller what to do
        ("Use the code of the city"). Such a hint spares nobody a yes.
        """
        told = _WRAPPED.sub(" ", tool.description)
        told = _HEADING.sub("", _SECTIONS.split(_PARENTHESES.sub(" ", told), maxsplit=1)[0])
        remarks = [_REMARK.sub("", sentence) for sentence in _SENTENCE.split(told)]
        sentences = [[_base(word) for word in spoken_words(sentence)] for sentence in remarks]
        sentences = [words for words in sentences if words and not _guides(words)][
            : 1 if tool.hints.read_only else None
        ]
        name = name_words(tool.name)
        verbs = ({*name[:OPENING]} & self._looking - AMBIGUOUS) | ({*name[-1:]} & self._looking)
        named = bool(verbs) or bool(FACTS & set(name[-1:])) or tuple(name[:2]) in PHRASES
        opens = bool(sentences) and (sentences[0][0] in self._looking or tuple(sentences[0][:2]) in PHRASES)
        answers = bool(sentences) and sentences[0][0] in ANSWERS and not ANSWERS & {*name}
        opens = opens or answers
        if not named and not opens and not tool.hints.read_only:
            return False
        for number, words in enumerate(sentences):
            opening = not (answers and not number) and self._opens_changing(words, tool, heads=named and not number)
            if opening or self._joins_change(words):
                return False
        return True

    def _opens_changing(self, words: Sequence[str], tool: Tool, *, heads: bool) -> bool:
        """Return whether a sentence opens with a verb of change.

        `heads` is whether it is the first one and the name has said the verb: then "fuel" may open the name of a thing,
        as in "Fuel stations near the car", if the tool calls itself read-only or a fact follows ("Fuel status").
        """
        first, after = words[0], words[1:2]
        if tool.hints.read_only and first in PLANNING:
            return False
        if first in acting_nouns() and STATING.intersection(words[1:4]):
            return False  # "stop names are ..." tells what they are
        if first not in self._changing or (first in self._looking and after and after[0] in TOLD):
            return False
        if not heads or first not in acting_nouns() or not after:
            return True
        return after[0] in OBJECT or not (tool.hints.read_only or after[0] in FACTS)

    def _joins_change(self, words: Sequence[str]) -> bool:
        """Return whether "and" or its like leads to a verb of change, and not to a thing: "the place and type"."""
        for place, (joint, joined) in enumerate(itertools.pairwise(words)):
            if joint not in _JOINTS or joined not in self._changing - THINGS:
                continue
            if joint in self._own_joints and joined in self._things:
                continue
            after = words[place + 2 : place + 3]
            beside_noun = place > 1 and words[place - 1] not in self._looking | (self._changing - acting_nouns())
            thing = (
                joined in acting_nouns()
                and beside_noun
                and (not after or after[0] in LINKING - OBJECT | BEHIND_SUBJECTS)
            )
            if not thing:
                return True
        return False

    def _does_either(self, tool: Tool) -> bool:
        """Return whether the description offers looking beside setting: "Set a reminder, or look one up"."""
        if tool.hints.destructive:
            return False
        words = spoken_words(_SENTENCE.split(tool.description, maxsplit=1)[0])
        return any(a in _EITHER and _base(b) in self._looking for a, b in itertools.pairwise(words))


def _plain_forms(word: str) -> set[str]:
    """Return the verbs that a form in "-ed" may be of."""
    stem = word.removesuffix("ed")
    return {stem, f"{stem}e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem}


def _guides(words: Sequence[str]) -> bool:
    """Return whether a sentence tells the caller when to use the tool: "Call this first before ..."."""
    return words[:2] == ["call", "this"] and bool(GUIDING.intersection(words[2:3]))


def _base(word: str) -> str:
    """Return the word without the ending of "sends", if it is a verb of change then."""
    if word in LOOKING:
        return word
    for ending in ("es", "s"):
        if word.endswith(ending) and word.removesuffix(ending) in CHANGING:
            return word.removesuffix(ending)
    return word
