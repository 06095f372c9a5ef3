"""Checks which arguments a driver can say, which McQueen looks up by itself, and which nobody can say.

Only reads schemas. The questions are exactly those of the dialogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.cli.review.findings import Finding, Severity, Topic
from assistant.understanding.language import Language
from assistant.understanding.planning import Planner
from assistant.understanding.slots.described_tools import NO_VALUES
from assistant.understanding.slots.listed_in_schemas import resolved, schema_type
from assistant.understanding.slots.parameters import DEEPEST, Kind, slots_of
from assistant.wording.replies import question_for
from client.catalog import Tool
from client.values import JSON

MOST_QUESTIONS = 4
"""Most questions before a read-back; together with the request five steps (S9 of `mcqueen drive --limits`)."""
MOST_OPTIONS = 100
"""Most enum values that a recognizer's grammar handles well."""
_UNSPEAKABLE_FORMATS = {"uuid", "uri", "uri-reference", "iri", "json-pointer", "regex", "ipv6", "byte", "binary"}
_CODE = re.compile(r"[A-Z0-9]{2,}[_\-][A-Z0-9_\-]+|[a-z0-9]*\d[a-z0-9]*[_\-].*|.*[/\\{}<>=].*")
_IDENTIFIER = re.compile(r"(^|_)(id|ids|uuid|guid|token|hash|key|cursor|etag)$")
_VAGUE = {"data", "value", "input", "params", "payload", "body", "args", "x", "q", "s", "obj", "object", "options"}


def questions(tool: Tool) -> dict[str, str]:
    """Return, by required parameter, the question for a driver who says none of them."""
    return {name: question_for(tool, name) for name in tool.required if name not in NO_VALUES}


def supplied(tool: Tool, planner: Planner) -> dict[str, str]:
    """Return, by required parameter that holds an identifier, the tool whose result contains it."""
    sources = ((name, planner.source(tool.qualified, name)) for name in tool.required)
    return {name: source.name for name, source in sources if source is not None}


def judge_arguments(tool: Tool, language: Language, from_others: Mapping[str, str]) -> Iterator[Finding]:
    """Yield findings about arguments that are hard or impossible to say."""
    speakable = {slot.path[0]: slot for slot in slots_of(tool, language)}
    for name, raw in tool.properties.items():
        if name in NO_VALUES or name in from_others:
            continue
        schema = resolved(raw, tool.input_schema)
        required = name in tool.required
        worst = Severity.ERROR if required else Severity.WARNING
        trouble = _unsayable(name, schema)
        if trouble:
            yield Finding(worst, Topic.ARGUMENT, tool.name, f"{name}: {trouble[0]}", trouble[1], name)
        elif name not in speakable:
            yield Finding(
                worst, Topic.ARGUMENT, tool.name, f"{name}: no words can fill it",
                f"give it a type, and not more than {DEEPEST} levels of objects", name,
            )  # fmt: skip
        else:
            yield from _clumsy(tool, name, schema, speakable[name].kind)
    asked = [name for name in tool.required if name not in NO_VALUES and name not in from_others]
    if len(asked) > MOST_QUESTIONS:
        yield Finding(
            Severity.WARNING, Topic.ARGUMENT, tool.name,
            f"{len(asked)} arguments are required, so a driver may be asked {len(asked)} questions",
            f"make some optional with defaults, or let a read-only tool return them; {MOST_QUESTIONS} are enough "
            "for a task on the road",
        )  # fmt: skip


def _unsayable(name: str, schema: Mapping[str, JSON]) -> tuple[str, str] | None:
    """Return why the parameter cannot be said and what would help; None if it can."""
    if str(schema.get("format", "")) in _UNSPEAKABLE_FORMATS or schema.get("contentEncoding"):
        return (f"nobody says a {schema.get('format') or 'base64 text'} aloud",
                "let a read-only tool return it under that name (outputSchema), or take a name instead")  # fmt: skip
    if _is_identifier(name) and schema_type(schema) in ("string", "integer", "") and "enum" not in schema:
        if schema.get("pattern") or schema.get("examples"):
            return None  # somebody has thought of how it looks, so perhaps of how it is said
        return ("an identifier that no other tool here returns, so a driver must know it by heart",
                f"add a read-only tool whose outputSchema has {name}, or take what people call the thing")  # fmt: skip
    if schema_type(schema) == "array":
        items = schema.get("items")
        if isinstance(items, Mapping) and schema_type(resolved(items, schema)) in ("object", "array"):
            return ("a list of objects cannot be told in one sentence",
                    "take one at a time, or a list of plain values")  # fmt: skip
    return None


def _clumsy(tool: Tool, name: str, schema: Mapping[str, JSON], kind: Kind) -> Iterator[Finding]:
    options = schema.get("enum")
    if isinstance(options, Sequence) and not isinstance(options, str):
        codes = [str(each) for each in options if isinstance(each, str) and _CODE.fullmatch(each) and not _words(each)]
        if codes:
            yield Finding(
                Severity.WARNING, Topic.ARGUMENT, tool.name, f"{name}: values that nobody says, such as {codes[0]}",
                "use words that are said as enum values, or describe each value in words", name,
            )  # fmt: skip
        if len(options) > MOST_OPTIONS:
            yield Finding(
                Severity.WARNING, Topic.ARGUMENT, tool.name, f"{name}: one of {len(options)} values",
                f"take text, or at most {MOST_OPTIONS} values; a list is told in threes", name,
            )  # fmt: skip
    about = schema.get("description")
    if not (isinstance(about, str) and about.strip()) and not options:
        yield Finding(
            Severity.WARNING if name.lower() in _VAGUE else Severity.ADVICE, Topic.ARGUMENT, tool.name,
            f'{name}: has no description, so McQueen asks "{question_for(tool, name)}"',
            "describe it in the words of a driver; units and format belong there too", name,
        )  # fmt: skip
    if kind in (Kind.INTEGER, Kind.NUMBER) and not {"minimum", "maximum", "exclusiveMinimum"} & set(schema):
        yield Finding(
            Severity.ADVICE, Topic.ARGUMENT, tool.name, f"{name}: a number without bounds",
            "give minimum and maximum: a misheard number outside is asked about and not sent", name,
        )  # fmt: skip
    text = f"{about or ''} {name}".lower()
    if kind is Kind.TEXT and re.search(r"\b(date|day)\b", text) and "format" not in schema and "pattern" not in schema:
        yield Finding(
            Severity.WARNING, Topic.ARGUMENT, tool.name, f"{name}: speaks of a date but has no format",
            'add "format": "date" (or date-time): then "tomorrow" arrives as a date and not as a word', name,
        )  # fmt: skip


def _words(value: str) -> bool:
    """Return whether a value in capitals is made of words: DRIVER_SIDE is said "driver side"."""
    return bool(re.fullmatch(r"[A-Za-z]{2,}([_\-][A-Za-z]{2,})*", value))


def _is_identifier(name: str) -> bool:
    return bool(_IDENTIFIER.search(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()))
