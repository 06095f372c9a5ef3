"""Sentences that a driver can say now, for "what can I say?": each is read first and offered only if it is understood.

Takes them from a tool's examples, from its description and from its name, in this order. It words nothing of its own
and never offers a title.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from assistant.understanding.bundled_tools import is_bundled
from assistant.understanding.language import Language
from assistant.understanding.reading import Reading
from assistant.understanding.templates import Example
from assistant.understanding.tokens import name_words
from client.catalog import Tool

OFFERED = 2
"""Sentences that are offered at a time."""
LONGEST = 8
"""Words of a sentence that is offered: two of them and what follows fit into one breath (V1)."""
SHORTEST = 2
SURE = 0.6
"""Score from which a sentence counts as understood."""
GAP = 0.15
"""Two tools nearer than this in score are both asked about, so the sentence asks plainly for neither."""
MOST_READ = 24
"""Sentences that are tried for one answer: some 10 ms each."""
_SPOKEN = re.compile(r"[^\W_]+(?:['\u2019 -]+[^\W_]+)*")
"""Words as people say them: no slashes, brackets or figures of speech that only eyes read."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s|[.\n(:,;]")


class Sayable:
    """Finds sentences for the tools of one catalog."""

    def __init__(
        self, language: Language, examples: Callable[[Tool], Sequence[Example]], read: Callable[[str], Reading]
    ) -> None:
        """`read` says what a sentence means where nothing was said before."""
        words = language.table("sayable")
        verbs = (*language.words("changing"), *language.words("asking"), *language.words("reading"), *words["asking"])
        self._verbs = {language.stem(verb): verb for verb in reversed(verbs)}
        self._asking = frozenset(words["asking"])
        self._ask = str(words["ask"])
        self._technical = frozenset(words["technical"])
        self._determiners = frozenset(language.words("objects", "determiners"))
        self._the = str(words["the"])
        self._stem = language.stem
        self._examples = examples
        self._read = read

    def sentences(self, tools: Sequence[Tool], turn: int = 0) -> tuple[str, ...]:
        """Return up to two sentences, of two servers if there are two; the next ones with each `turn`."""
        own = [tool for tool in tools if not is_bundled(tool)]
        found = self._understood_of(own, turn, one_each=len({tool.server for tool in own}) > 1)
        ours = [tool for tool in tools if is_bundled(tool)]
        return (*found, *self._understood_of(ours, turn))[:OFFERED]

    def _understood_of(self, tools: Sequence[Tool], turn: int, *, one_each: bool = False) -> tuple[str, ...]:
        """Return up to two sentences, those with all required values first. With `one_each`, at most one per server."""
        whole: dict[str, str] = {}
        part: dict[str, str] = {}
        texts = ((tool, text) for tool in _in_turn(tools, turn) for text in self._candidates(tool))
        for tool, text in islice(texts, MOST_READ):
            place = tool.server if one_each else tool.name
            if place in whole:
                continue
            understood = self._understood(text, tool)
            if understood is not None:
                (whole if understood else part).setdefault(place, text)
            if len(whole) == OFFERED:
                break
        return tuple({**part, **whole}[place] for place in dict.fromkeys((*whole, *part)))[:OFFERED]

    def _candidates(self, tool: Tool) -> Iterator[str]:
        """Yield what may be said for a tool, the likeliest first."""
        texts = [example.text for example in self._examples(tool)]
        named = list(name_words(tool.name))
        for said in (_SENTENCE_END.split(tool.description.strip(), maxsplit=1)[0].split(), named):
            texts += self._orders(said, named)
        for text in dict.fromkeys(" ".join(text.split()) for text in texts):
            if SHORTEST <= len(text.split()) <= LONGEST and _SPOKEN.fullmatch(text):
                yield text

    def _orders(self, words: Sequence[str], named: Sequence[str]) -> Iterator[str]:
        """Yield a description as a person would ask for it: "Gets the price by id" as "tell me the price".

        It begins with a verb if it begins with a known one, or as the tool's own name does.
        """
        first = self._stem(words[0].lower()) if words else ""
        own = named[0] if words is not named and named and first == self._stem(named[0]) else None
        verb = self._verbs.get(first, own)
        if verb is None:
            return
        end = next((place for place, word in enumerate(words) if word.lower() in self._technical), len(words))
        rest = list(words[1:end])
        if not rest:
            return
        if verb not in self._asking:
            yield " ".join([verb, *rest])
            return
        led = rest if rest[0].lower() in self._determiners else [self._the, *rest]
        yield " ".join([self._ask, *led])

    def _understood(self, text: str, tool: Tool) -> bool | None:
        """Return whether a text asks for that tool and all that it needs; None if it does not plainly ask for it."""
        best, *others = self._read(text).interpretations or (None,)
        if best is None or best.tool != tool.qualified or best.score < SURE:
            return None
        if any(other is not None and best.score - other.score < GAP for other in others):
            return None
        return not best.missing


def _in_turn(tools: Sequence[Tool], turn: int) -> list[Tool]:
    """Return the tools, servers by turns, each server's from another one on with each turn."""
    by_server: dict[str, list[Tool]] = {}
    for tool in tools:
        by_server.setdefault(tool.server, []).append(tool)
    turned = []
    for group in by_server.values():
        start = turn * OFFERED % len(group)
        turned.append([*group[start:], *group[:start]])
    return [group[place] for place in range(max(map(len, turned), default=0)) for group in turned if place < len(group)]
