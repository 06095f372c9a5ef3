"""What the examples of a tool say about how it is asked for: openings, connecting words, surfaces.

Takes sentences apart; it builds no grammar. An example that cannot be read is passed over (the catalog reports it).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from client.catalog import Tool
from voice.plain_words import plain_words

_SLOT = re.compile(r"\[((?:\\.|[^\]\\])*)\]\(((?:\\.|[^)\\])*)\)")
_ESCAPE = re.compile(r"\\(.)")

ARTICLES = frozenset({"a", "an", "the"})
CONNECTORS = frozenset(
    "at for in on to from with and of by around near about that saying as until till between into onto via called "
    "named under over after before past per my our".split()
)
"""Words that lead to an argument and go with it wherever it stands."""

_FRAMES: tuple[tuple[str, ...], ...] = (
    ("can i get", "can i have", "could i get", "could i have", "may i have", "may i get", "can i order",
     "could i order", "may i order", "i want", "i would like", "i'd like", "i'll have", "i'll take", "give me",
     "get me", "bring me", "i need", "let me have", "let me get"),
    ("what's", "what is", "what are", "tell me", "show me"),
    ("is it going to", "will it"),
    ("find me", "find", "look for", "search for", "show me"),
    ("remind me", "set a reminder"),
)  # fmt: skip
"""Ways to begin a request that people use for one another; an example with one of them lets the others in."""
_STATEMENTS = frozenset(
    "what what's whats how is are will would can could may should i i'm i'd i'll do does when where who why which did "
    "has have".split()
)
_LOOKING = frozenset("get find check lookup look search show list read fetch query describe".split())
"""Verbs of names that people leave out: "what's the weather" for `get_weather`."""
LEADS = (
    "please",
    "can you",
    "could you",
    "can you please",
    "could you please",
    "i want to",
    "i'd like to",
    "i need to",
)
"""What people put before a verb that commands."""


@dataclass
class TemplateSlot:
    """What the examples say about one argument."""

    path: str
    surfaces: list[str] = field(default_factory=list)
    connectors: list[str] = field(default_factory=list)


@dataclass
class Usage:
    """What the examples of one tool say together."""

    openings: list[str] = field(default_factory=list)
    """Ways to begin, without the connecting words that belong to the next argument."""
    slots: dict[str, TemplateSlot] = field(default_factory=dict)
    extras: list[str] = field(default_factory=list)
    """Words between or after arguments that belong to none."""
    sentences: list[str] = field(default_factory=list)
    """Examples without any argument."""
    leading: list[str] = field(default_factory=list)
    """Arguments that stand before the opening in some example."""
    followed_by: dict[str, set[str]] = field(default_factory=dict)
    """For each opening, the arguments that stand right behind it in some example; "" for anything else."""
    article: bool = False
    """Whether an article may stand between an opening and what follows ("can i get a")."""

    @property
    def empty(self) -> bool:
        """Whether the examples said nothing."""
        return not (self.openings or self.sentences or self.slots)

    def object_of(self, opening: str) -> str:
        """Return the argument that stands right behind the opening in every example: "tell [anna]"; "" for none."""
        found = self.followed_by.get(opening, set())
        return next(iter(found)) if len(found) == 1 else ""


def split_example(example: str) -> list[str | tuple[str, str]]:
    """Return the plain words and the (surface, path) pairs of an example, in order."""
    pieces: list[str | tuple[str, str]] = []
    position = 0
    for match in _SLOT.finditer(example):
        between = plain_words(_ESCAPE.sub(r"\1", example[position : match.start()]))
        if between:
            pieces.append(between)
        pieces.append((plain_words(_ESCAPE.sub(r"\1", match[1])), _ESCAPE.sub(r"\1", match[2])))
        position = match.end()
    rest = plain_words(_ESCAPE.sub(r"\1", example[position:]))
    return [*pieces, rest] if rest else pieces


def read_usage(examples: Sequence[str], paths: Sequence[str]) -> Usage:
    """Return what the examples say; one that names an argument outside `paths` is passed over."""
    usage = Usage()
    for example in examples:
        pieces = split_example(example)
        named = [piece[1] for piece in pieces if isinstance(piece, tuple)]
        if not pieces or not set(named) <= set(paths):
            continue
        if not named:
            _add(usage.sentences, str(pieces[0]))
            continue
        _read_pieces(pieces, usage)
    return usage


def _read_pieces(pieces: Sequence[str | tuple[str, str]], usage: Usage) -> None:
    if (value := _opening_value(pieces)) is not None:
        _add(usage.openings, value)
        usage.followed_by.setdefault(value, set()).add("")
    opened = False
    connector = ""
    for position, piece in enumerate(pieces):
        if isinstance(piece, tuple):
            surface, path = piece
            slot = usage.slots.setdefault(path, TemplateSlot(path))
            _add(slot.surfaces, surface)
            _add(slot.connectors, connector)
            connector = ""
            if not opened:
                _add(usage.leading, path)
            continue
        last = position == len(pieces) - 1
        body, connector = (piece, "") if last else _split_connector(piece)
        if body:
            usage.article |= not opened and not last and piece.split()[-1] in ARTICLES and not connector
            _add(usage.extras if opened else usage.openings, body)
            if not opened:
                following = "" if last or connector else str(pieces[position + 1][1])
                usage.followed_by.setdefault(body, set()).add(following)
            opened = True


def _opening_value(pieces: Sequence[str | tuple[str, str]]) -> str | None:
    """Return the value that opens a request without other words of its own: "[directions](action) to [kiel](place)"."""
    first, between = pieces[0], [piece for piece in pieces[1:] if isinstance(piece, str)]
    if not isinstance(first, tuple) or len(pieces) < 2 or isinstance(pieces[-1], str):
        return None
    return first[0] if not any(_split_connector(words)[0] for words in between) else None


def _split_connector(words: str) -> tuple[str, str]:
    """Take the connecting words off the end: `"a table at the"` gives `("a table", "at the")`."""
    parts = words.split()
    cut = len(parts)
    while cut > 0 and (parts[cut - 1] in CONNECTORS or parts[cut - 1] in ARTICLES):
        cut -= 1
    tail = parts[cut:]
    while tail and tail[0] in ARTICLES and cut > 0 and not any(word in CONNECTORS for word in tail):
        tail, cut = tail[1:], cut + 1
    body = parts[:cut]
    while body and body[-1] in ARTICLES:
        body.pop()
    return " ".join(body), " ".join(tail)


def _add(items: list[str], item: str) -> None:
    if item not in items:
        items.append(item)


def vary_openings(openings: Sequence[str]) -> list[str]:
    """Return the openings and those that people use in their place, each once, the given ones first."""
    varied = list(dict.fromkeys(openings))
    for opening in openings:
        for frame in _FRAMES:
            start = next((start for start in frame if f"{opening} ".startswith(f"{start} ")), None)
            if start is not None:
                varied += [other + opening[len(start) :] for other in frame]
    return list(dict.fromkeys(varied))


def commands(opening: str) -> bool:
    """Whether the opening begins with a verb that commands, so that "can you" fits before it."""
    first = opening.split()[0] if opening else ""
    return bool(first) and first not in _STATEMENTS and first not in CONNECTORS


def content_words(surfaces: Sequence[str]) -> list[str]:
    """Return the words of the surfaces that carry meaning, each once."""
    small = ARTICLES | CONNECTORS
    return list(dict.fromkeys(word for surface in surfaces for word in surface.split() if word not in small))


def usage_from_schema(tool: Tool, paths: Sequence[str]) -> Usage:
    """Return ways to ask for a tool without examples: its name and title as words, its parameters by name."""
    words = plain_words(tool.name)
    verb, _, rest = words.partition(" ")
    openings = [words, *filter(None, [plain_words(tool.title)])]
    if rest and verb in _LOOKING:
        openings += [rest, f"what's the {rest}", f"what is the {rest}", f"show me the {rest}", f"{verb} the {rest}",
                     f"tell me the {rest}"]  # fmt: skip
    elif rest:
        openings += [f"{verb} a {rest}", f"{verb} the {rest}", f"{verb} my {rest}"]
    usage = Usage(openings=list(dict.fromkeys(openings)))
    for path in paths:
        name = plain_words(path.replace(".", " "))
        usage.slots[path] = TemplateSlot(
            path, connectors=["", name, "for", "in", "at", "to", "on", "with", f"with {name}"]
        )
    return usage
