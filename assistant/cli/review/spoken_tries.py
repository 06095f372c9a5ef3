"""Says values and checks what is understood: a sentence for every parameter, and an author's own sentences.

A sample says a value in words and knows the right result by itself; it never asks the interpreter. Calls no tool.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from assistant.cli.review.findings import AuthorTry, Finding, Severity, SpokenValue, Topic
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import Language
from assistant.understanding.reading import Context
from assistant.understanding.slots.described import is_secret
from assistant.understanding.slots.described_tools import NO_VALUES
from assistant.understanding.slots.parameters import Kind, Slot, slots_of
from assistant.understanding.slots.wire_spelling import on_the_wire
from assistant.understanding.tokens import name_words
from assistant.wording.spoken_values import spoken_label
from client.catalog import Tool
from client.client_errors import ConfigurationError
from client.schemas.tool_names import parted_name
from client.values import JSON

NOW = 1795161600.0
"""The time of all sentences: Friday, 20 November 2026, 8:00 UTC."""
MOST_TRIED = 400
"""Most parameters of one server that are said; the first ones."""
_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SAID: Mapping[Kind, tuple[str, tuple[JSON, ...]]] = {
    Kind.NUMBER: ("two point five", (2.5,)),
    Kind.DATE: ("tomorrow", ("2026-11-21",)),
    Kind.TIME: ("half past four in the afternoon", ("16:30:00", "16:30")),
    Kind.DATE_TIME: ("tomorrow at half past four in the afternoon", ("2026-11-21T16:30:00", "2026-11-21T16:30")),
    Kind.MONTH: ("december", ("2026-12", "December", "December 2026", 12)),
    Kind.YEAR: ("twenty twenty seven", (2027, "2027")),
    Kind.DURATION: ("twenty minutes", ("PT20M",)),
    Kind.EMAIL: ("anna at example dot org", ("anna@example.org",)),
}
"""By kind of value: the words, and the results that count as right."""
_TEXTS = ("green apples", "anna", "hamburg", "main street five")
"""Texts of which at least one must be understood: a thing, a person, a town, an address."""
_WORLD: Mapping[str, tuple[str, tuple[JSON, ...]]] = {
    "time zone": ("tokyo", ("Asia/Tokyo",)),
    "country": ("france", ("FR", "FRA", "France")),
    "currency": ("euros", ("EUR", "euros")),
}
"""Texts for parameters that take codes of the world; parameters for other codes are skipped."""
_LISTED: tuple[JSON, ...] = ("bread", "milk")


@dataclass(frozen=True)
class _Sample:
    """A value in words, and the results that count as right."""

    said: str
    values: tuple[JSON, ...]


def say_values(tools: Sequence[Tool], interpreter: Interpreter, language: Language) -> dict[str, list[SpokenValue]]:
    """Return, by qualified name, what was understood for a value of each parameter that can be said."""
    found: dict[str, list[SpokenValue]] = {tool.qualified: [] for tool in tools}
    left = MOST_TRIED
    for tool in tools:
        for slot in slots_of(tool, language):
            samples = list(_samples(slot))
            if samples and left:
                left -= 1
                said = (_said(tool, slot, sample, interpreter) for sample in samples)
                first = next(said)
                best = first if first.exact else next((one for one in said if one.exact), first)
                found[tool.qualified].append(best)
    return found


def _samples(slot: Slot) -> Iterator[_Sample]:
    """Yield the values to say, of which at least one must be understood."""
    sample = _sample(slot)
    if sample is not None:
        yield sample
        if slot.kind is Kind.TEXT and sample.said == _TEXTS[0]:
            yield from (_Sample(text, (text,)) for text in _TEXTS[1:])


def _sample(slot: Slot) -> _Sample | None:
    """Return a value to say; None for parameters that nobody says: an id, a secret, an unknown code."""
    secret = is_secret(slot.words) or slot.name in NO_VALUES
    if (
        len(slot.path) > 1
        or slot.opaque
        or slot.world
        or slot.code
        or slot.dotted
        or secret
        or "pattern" in slot.schema
    ):
        return None
    if slot.kind is Kind.ENUM:
        named = next((value for value in reversed(slot.values) if isinstance(value, str)), None)
        return _Sample(spoken_label(named), (named,)) if named else None
    if slot.known:
        return _Sample(slot.known[0], (slot.known[0],))
    bounded = slot.kind is Kind.NUMBER and {"minimum", "maximum"} & set(slot.schema)
    if slot.kind is Kind.INTEGER or slot.numeric or bounded:
        return _whole(slot)
    if slot.kind is Kind.TEXT:
        return _Sample(_TEXTS[0], (_TEXTS[0],))
    if slot.kind is Kind.LIST:
        plain = slot.item is Kind.TEXT and not slot.values
        return _Sample("bread and milk", (list(_LISTED),)) if plain else None
    found = _SAID.get(slot.kind)
    return _Sample(*found) if found is not None else None


def _whole(slot: Slot) -> _Sample | None:
    low, high = slot.schema.get("minimum"), slot.schema.get("maximum")
    least = max(3, int(low)) if isinstance(low, int | float) else 3
    number = min(least, int(high)) if isinstance(high, int | float) else least
    if not number >= 0:
        return None
    said = _SMALL[number] if number < len(_SMALL) else str(number)
    return _Sample(said, (str(number),) if slot.numeric else (number,))


def _said(tool: Tool, slot: Slot, sample: _Sample, interpreter: Interpreter) -> SpokenValue:
    """Say a value in a sentence, and as the answer to the parameter's question."""
    name = slot.path[0]
    sentence = f"{' '.join(name_words(tool.name))} with {spoken_label(name)} {sample.said}"
    found = interpreter.read([sentence], Context(now=NOW)).interpretations
    own = bool(found) and found[0].tool == tool.qualified
    inside = found[0].arguments.get(name) if own else None
    asked = Context(now=NOW, pending_tool=tool.qualified, asked=name)
    answered = interpreter.read([sample.said], asked).changes.get(name)
    exact = any(_same(inside, value) for value in sample.values)
    answers = any(_same(answered, value) for value in sample.values)
    back = inside if not exact else answered
    came = "nothing" if back is None else json.dumps(back, ensure_ascii=False)
    return SpokenValue(name, sentence, sample.said, name in tool.required, exact, answers, came)


def judge_values(tool: Tool, said: Sequence[SpokenValue]) -> Iterator[Finding]:
    """Yield findings about parameters whose values are not understood as said."""
    for one in said:
        if one.in_sentence and one.as_answer:
            continue
        lost = not (one.in_sentence or one.as_answer)
        severity = Severity.ERROR if lost and one.required else Severity.WARNING if lost else Severity.ADVICE
        way = f'"{one.said}" as the answer' if one.in_sentence else f'"{one.sentence}"'
        yield Finding(
            severity, Topic.ARGUMENT, tool.name, f"{one.parameter}: {way} comes back as {one.came}",
            "give it a type and a format, or an enum, and a description of one line that names it; an example sentence "
            "with its value marked [so](parameter) shows where it stands", one.parameter,
        )  # fmt: skip


# -- an author's sentences --


def read_tries(path: Path) -> tuple[AuthorTry, ...]:
    """Return the sentences of a file.

    The file has one {"text", "tool", "arguments"} a line, or is a drive (.yaml), whose lines with an expected request
    are returned. Raises `ConfigurationError` if it cannot be read or a line is wrong, `DriveError` for a wrong drive.
    """
    if path.suffix in (".yaml", ".yml"):
        return tuple(_lines_of_drive(path))
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read {path}: {error}") from None
    return tuple(_try(path, number, line) for number, line in enumerate(lines, 1) if line.strip())


def _try(path: Path, number: int, line: str) -> AuthorTry:
    try:
        raw = json.loads(line)
    except ValueError as error:
        raise ConfigurationError(f"{path}, line {number} is not JSON: {error}") from None
    if not isinstance(raw, dict) or set(raw) - {"text", "tool", "arguments"}:
        raise ConfigurationError(f'{path}, line {number} must be one {{"text", "tool", "arguments"}}')
    text, tool, arguments = raw.get("text"), raw.get("tool"), raw.get("arguments", {})
    if not (isinstance(text, str) and text.strip() and isinstance(tool, str) and isinstance(arguments, dict)):
        raise ConfigurationError(f'{path}, line {number} must have a "text", a "tool", and "arguments" as an object')
    return AuthorTry(text, tool, arguments)


def _lines_of_drive(path: Path) -> Iterator[AuthorTry]:
    from assistant.drives.loading import load_drive  # heavy: only for a drive

    drive = load_drive(path)
    offset = (drive.now.utcoffset() or timedelta()).total_seconds()
    said = ""
    for step in drive.steps:
        said = step.driver or said
        if step.expect is not None and step.expect.understood is not None and said:
            wanted = step.expect.understood
            yield AuthorTry(said, wanted.tool, wanted.arguments, now=drive.now.timestamp(), utc_offset=offset)


def say_tries(tries: Sequence[AuthorTry], tools: Sequence[Tool], interpreter: Interpreter) -> tuple[AuthorTry, ...]:
    """Return the author's sentences with the calls that were understood."""
    return tuple(_tried(one, {tool.qualified: tool for tool in tools}, interpreter) for one in tries)


def _tried(one: AuthorTry, tools: Mapping[str, Tool], interpreter: Interpreter) -> AuthorTry:
    now = NOW if one.now is None else one.now
    found = interpreter.read([one.text], Context(now=now, utc_offset=one.utc_offset)).interpretations
    if not found:
        return replace(one, came="nothing")
    tool = tools[found[0].tool]
    sent = on_the_wire(tool, found[0].arguments, one.utc_offset)
    right = one.tool in (tool.name, tool.qualified) and _same(dict(sent), dict(one.arguments))
    given = ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in sent.items())
    return replace(one, came=f"{parted_name(tool.qualified)[1]}({given})", right=right)


def judge_tries(tries: Sequence[AuthorTry]) -> Iterator[Finding]:
    """Yield findings about the author's sentences that were misunderstood; a tool of which none was understood cannot
    be used.
    """
    working = {one.tool for one in tries if one.right}
    for one in tries:
        if not one.right:
            yield Finding(
                Severity.WARNING if one.tool in working else Severity.ERROR, Topic.TRY, parted_name(one.tool)[1],
                f'"{one.text}" comes back as {one.came}, not as {one.wanted}',
                "say in the description what the sentence says, or list it under "
                '_meta["mcqueen/examples"] with its values marked [so](parameter)',
            )  # fmt: skip


def _same(came: JSON, wanted: JSON) -> bool:
    """Return whether a server would treat two values alike: capitals do not count, and 3 equals 3.0; True is not 1."""
    if isinstance(came, str) and isinstance(wanted, str):
        return came.casefold() == wanted.casefold()
    if isinstance(came, dict) and isinstance(wanted, dict):
        return came.keys() == wanted.keys() and all(_same(came[name], wanted[name]) for name in came)
    if isinstance(came, list) and isinstance(wanted, list):
        return len(came) == len(wanted) and all(_same(a, b) for a, b in zip(came, wanted, strict=True))
    return isinstance(came, bool) is isinstance(wanted, bool) and came == wanted
