"""Judges what `mcqueen interpret` made of a sentence by what was written down for it beforehand, and counts.

The rules are those of one who is driven: a value that is not what was said is worse than one that is missing. It never
runs the product, and no word of a tool's description decides: only the schema's defaults and what was written.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from client.values import JSON

NEAR = 1e-6
"""How far two equal numbers may be apart."""
_ZONE = re.compile(r"(Z|[+-]\d\d:?\d\d)$")
_MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_NO_WORD = re.compile(r"[^\w@.'/:+-]+")
_ARTICLE = re.compile(r"^(the|a|an|my) ")
_WORDS = re.compile(r"[a-z0-9']+")


class Wanted(BaseModel):
    """One call that is right."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    tool: str
    arguments: dict[str, JSON]
    """What must be there. `{"any": [...]}`: one of these; `{"contains": [...]}`: a text with all of these."""
    optional: dict[str, JSON] = {}
    """What may be there besides."""


class Case(BaseModel):
    """A line of `cases.jsonl`: a sentence, and what is right."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    text: str
    tool: str | None
    """None if no tool of the server serves the sentence."""
    arguments: dict[str, JSON]
    optional: dict[str, JSON] = {}
    accept: tuple[Wanted, ...] = ()
    """Other calls that are as right."""
    also: tuple[Wanted, ...] = ()
    """The sentence's second request: any of these."""

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """The calls of which each is right; none if no tool serves the sentence."""
        if self.tool is None:
            return ()
        return (Wanted(tool=self.tool, arguments=self.arguments, optional=self.optional), *self.accept)


class Understood(BaseModel):
    """A line of `mcqueen interpret --json`, as far as it counts here."""

    model_config = ConfigDict(frozen=True)
    tool: str | None = None
    arguments: dict[str, JSON] = {}
    missing: tuple[str, ...] = ()
    """Required parameters that the driver would be asked for."""
    then: tuple[Understood, ...] = ()


class Verdict(StrEnum):
    """What came of a sentence; of the right tool's arguments the best first."""

    EXACT = "exact"
    ASKED = "asked"
    """Everything is right but for what the driver is asked for."""
    PARTLY = "partly"
    """Something that was said is left out, and nobody asks."""
    MISPLACED = "misplaced"
    """A value of the sentence stands in a parameter to which it doesn't belong."""
    WRONG = "wrong"
    """A parameter has another value than was said."""
    INVENTED = "invented"
    """A parameter that nobody spoke of has a value that nobody said."""
    WRONG_TOOL = "wrong tool"
    REFUSED = "refused"
    TAKEN = "taken"
    """No tool serves the sentence, but one is chosen."""
    LEFT = "left"
    """No tool serves the sentence, and none is chosen."""


OF_ARGUMENTS = tuple(Verdict)[: tuple(Verdict).index(Verdict.WRONG_TOOL)]
"""Verdicts on a call of the right tool, the best first."""
MADE_UP = (Verdict.MISPLACED, Verdict.WRONG, Verdict.INVENTED)
Parameters = Mapping[str, Mapping[str, JSON]]
"""The schemas of a tool's parameters, by name."""
Schemas = Mapping[str, Parameters]
"""The parameters of each tool, by its name."""


def same(value: JSON, wanted: JSON) -> bool:
    """Return whether a value is what was written down: numbers and moments by value, texts as they are spoken."""
    if isinstance(wanted, dict):
        return _as_described(value, wanted)
    if isinstance(wanted, list):
        values = value if isinstance(value, list) else [value]
        return len(values) == len(wanted) and all(map(same, values, wanted))
    if isinstance(value, dict) or value is None or wanted is None:
        return value is None and wanted is None
    if isinstance(value, list):
        return len(value) == 1 and same(value[0], wanted)
    if isinstance(wanted, bool) or isinstance(value, bool):
        return isinstance(value, bool) and value is wanted
    if isinstance(wanted, int | float):
        return _same_number(value, wanted)
    first, second = _moment(value), _moment(wanted)
    if first is not None and second is not None:
        return first == second
    first_text, second_text = _plain(value), _plain(wanted)
    return first_text == second_text or _ARTICLE.sub("", first_text) == _ARTICLE.sub("", second_text)


def _as_described(value: JSON, wanted: Mapping[str, JSON]) -> bool:
    match wanted:
        case {"any": list(choices)}:
            return any(same(value, choice) for choice in choices)
        case {"contains": list(parts)}:
            return all(str(part) in _plain(value) for part in parts)
        case _:
            return isinstance(value, dict) and value.keys() == wanted.keys() and all(
                same(value[name], each) for name, each in wanted.items()
            )  # fmt: skip


def _same_number(value: JSON, wanted: float) -> bool:
    if not isinstance(value, str | int | float):
        return False
    try:
        return abs(float(value) - wanted) < NEAR
    except ValueError:
        return False


def _moment(value: JSON) -> datetime | None:
    """Return the day or moment that a text is, without its time zone; a day is its midnight."""
    text = _ZONE.sub("", str(value).strip().replace("T", " "))
    for pattern in _MOMENTS:
        try:
            return datetime.strptime(text, pattern)  # compared with one that has no zone either
        except ValueError:
            continue
    return None


def _plain(value: JSON) -> str:
    """Return a text as it is spoken: no capitals, no marks around words."""
    return " ".join(_NO_WORD.sub(" ", str(value).lower().replace("’", "'")).strip(" .'").split())


def _said(value: JSON, text: str) -> bool:
    """Return whether every word of a value is a word of the sentence."""
    words = _WORDS.findall(json.dumps(value, ensure_ascii=False).lower())
    return bool(words) and set(words) <= set(_WORDS.findall(text.lower()))


def _of_arguments(found: Understood, wanted: Wanted, properties: Parameters, text: str) -> Verdict:
    """Return what the arguments of the right tool are worth: the worst that is true of any of them."""
    verdicts = {Verdict.EXACT}
    for name, value in wanted.arguments.items():
        default = _default(properties.get(name, {}))
        if name in found.arguments:
            verdicts.add(Verdict.EXACT if same(found.arguments[name], value) else Verdict.WRONG)
        elif not (default and same(default[0], value)):
            verdicts.add(Verdict.ASKED if name in found.missing else Verdict.PARTLY)
    for name, value in found.arguments.items():
        default = _default(properties.get(name, {}))
        harmless = name in wanted.arguments or (name in wanted.optional and same(value, wanted.optional[name]))
        if not harmless and not (default and same(value, default[0])):
            verdicts.add(Verdict.MISPLACED if _said(value, text) else Verdict.INVENTED)
    return max(verdicts, key=OF_ARGUMENTS.index)


def _default(schema: Mapping[str, JSON]) -> list[JSON]:
    """Return the default of a parameter; empty if it has none."""
    return [schema["default"]] if "default" in schema else []


def _best(found: Understood, choices: Sequence[Wanted], schemas: Schemas, text: str) -> Verdict:
    """Return the best that can be said of a call, or WRONG_TOOL."""
    properties = schemas.get(found.tool or "", {})
    verdicts = [_of_arguments(found, one, properties, text) for one in choices if one.tool == found.tool]
    return min(verdicts, key=OF_ARGUMENTS.index, default=Verdict.WRONG_TOOL)


def judged(case: Case, found: Understood, schemas: Schemas) -> Verdict:
    """Return what came of a sentence."""
    if case.tool is None:
        return Verdict.LEFT if found.tool is None else Verdict.TAKEN
    return Verdict.REFUSED if found.tool is None else _best(found, case.wanted, schemas, case.text)


def second_kept(case: Case, found: Understood, schemas: Schemas) -> bool:
    """Return whether the sentence's second request came next, with all of its arguments right."""
    return bool(found.then) and _best(found.then[0], case.also, schemas, case.text) is Verdict.EXACT


@dataclass(frozen=True)
class Tally:
    """What came of many sentences."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    seconds: Counter[bool] = field(default_factory=Counter)
    """Of sentences with two requests, whether the second was kept."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.verdicts + other.verdicts, self.seconds + other.seconds)

    @property
    def unserved(self) -> int:
        """Sentences that no tool serves."""
        return self.verdicts[Verdict.LEFT] + self.verdicts[Verdict.TAKEN]

    @property
    def requests(self) -> int:
        """Sentences that some tool serves."""
        return self.verdicts.total() - self.unserved

    def figures(self) -> dict[str, float]:
        """Return shares from 0 to 1 by name: of the requests, the two last of those that they name."""
        count, requests = self.verdicts, max(1, self.requests)
        return {
            "tool": sum(count[each] for each in OF_ARGUMENTS) / requests,
            "exact": count[Verdict.EXACT] / requests,
            "wrong tool": count[Verdict.WRONG_TOOL] / requests,
            "refused": count[Verdict.REFUSED] / requests,
            "made up": sum(count[each] for each in MADE_UP) / requests,
            "second": self.seconds[True] / max(1, self.seconds.total()),
            "unserved refused": count[Verdict.LEFT] / max(1, self.unserved),
        }

    def __str__(self) -> str:
        sizes = {"second": f" of {self.seconds.total()}", "unserved refused": f" of {self.unserved}"}
        told = [f"{name} {share:.3f}{sizes.get(name, '')}" for name, share in self.figures().items()]
        return f"{self.requests:4} requests: {', '.join(told)}"


def tally(cases: Sequence[Case], found: Mapping[str, Understood], schemas: Schemas) -> Tally:
    """Judge each sentence; one that was not answered counts as refused."""
    answers = [found.get(case.id, Understood()) for case in cases]
    pairs = [(case, answer) for case, answer in zip(cases, answers, strict=True) if case.also]
    return Tally(
        Counter(judged(case, answer, schemas) for case, answer in zip(cases, answers, strict=True)),
        Counter(second_kept(case, answer, schemas) for case, answer in pairs),
    )
