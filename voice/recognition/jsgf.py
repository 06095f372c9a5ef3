"""Renders a grammar tree as JSGF, the form that pocketsphinx reads (W3C note "JSpeech Grammar Format", 1.0).

Pure. It never looks up pronunciations.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from voice.recognition.recognizer_base import (
    AnyOrder,
    Choice,
    Expression,
    Grammar,
    Maybe,
    Open,
    Repeated,
    Rule,
    Sequence,
    Words,
)

_RESERVED = frozenset({"grammar", "import", "public"})
_ESCAPED = "_"
"""Suffix for words that JSGF reserves; transcripts lose it again."""


def token(word: str) -> str:
    """Return the word as the JSGF and the dictionary spell it."""
    return word + _ESCAPED if word in _RESERVED else word


def word_of(token_: str) -> str:
    """Return the word behind a `token`."""
    return token_.removesuffix(_ESCAPED)


def vocabulary(grammar: Grammar) -> list[str]:
    """Return every word of the grammar once, sorted."""
    found: set[str] = set()
    waiting: list[Expression] = [grammar.root, *grammar.rules.values()]
    while waiting:
        match waiting.pop():
            case Words(text):
                found.update(text.split())
            case Sequence(parts) | AnyOrder(parts):
                waiting.extend(parts)
            case Choice(options):
                waiting.extend(options)
            case Maybe(part) | Repeated(part) | Open(part):
                waiting.append(part)
            case Rule():
                pass
    return sorted(found)


def render_jsgf(grammar: Grammar) -> str:
    """Return the JSGF text, with only the rules that the root uses.

    Raises `ValueError` for an unknown rule or for rules that use each other in a circle.
    """
    names: dict[str, str] = {}
    lines: list[str] = []

    def rule_name(name: str, using: tuple[str, ...]) -> str:
        if name in using:
            raise ValueError(f"the rules {' -> '.join((*using, name))} use one another in a circle")
        if name not in grammar.rules:
            raise ValueError(f"there is no rule {name!r}")
        if name not in names:
            names[name] = f"r{len(names)}-{re.sub('[^a-zA-Z0-9]+', '-', name)}"
            lines.append(
                f"<{names[name]}> = {_render(grammar.rules[name], lambda inner: rule_name(inner, (*using, name)))};"
            )
        return names[name]

    root = _render(grammar.root, lambda name: rule_name(name, ()))
    return "\n".join(["#JSGF V1.0;", "grammar heard;", f"public <heard> = {root};", *lines]) + "\n"


def _render(expression: Expression, rule_name: Callable[[str], str]) -> str:
    match expression:
        case Words(text):
            return " ".join(token(word) for word in text.split()) or "<NULL>"
        case Sequence(parts):
            return "(" + " ".join(_render(part, rule_name) for part in parts) + ")" if parts else "<NULL>"
        case Choice(options, weights):
            rendered = [_render(option, rule_name) for option in options] or ["<VOID>"]
            if weights:
                rendered = [f"/{weight:g}/ {text}" for weight, text in zip(weights, rendered, strict=True)]
            return "(" + " | ".join(rendered) + ")"
        case Maybe(part):
            return f"[{_render(part, rule_name)}]"
        case Repeated(part):
            return f"({_render(part, rule_name)})+"
        case Rule(name):
            return f"<{rule_name(name)}>"
        case Open(part):
            return _render(part, rule_name)
        case AnyOrder(parts):  # JSGF cannot say "once each" without writing every order out: it is looser here
            return f"[({' | '.join(_render(part, rule_name) for part in parts)})+]"
