"""What McQueen says stands in the wording files: no sentence is written in the code of the rooms that speak.

The walk reads code and knows a sentence by its form, or by where it goes. What developers, logs, tool schemas and
patterns say is told apart by its place in the code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from assistant.conversation.vehicle_warnings import VehicleWatch
from assistant.metrics.alerts import Alert
from assistant.profile import editing, store
from assistant.settings.settings import AlertRule
from assistant.vehicle import cabin
from assistant.vehicle.signals import RANGE
from assistant.vehicle.simulation import Journey, RouteStretch, SimulatedVehicle
from assistant.wording.languages import languages, wording_of
from tests.house.sources import ROOT, modules

ROOMS = [f"assistant/{room}" for room in "conversation dialogue policy vehicle profile understanding wording".split()]
SPEAKING = frozenset(
    "say aside close notice tell complain _complain later noticed Say Noticed Warned Asks Done Refused Failed".split()
)
"""Functions and answers whose text reaches the driver."""
FOR_DEVELOPERS = frozenset(
    "debug info warning error exception compile fullmatch match search sub split findall".split()
)
"""Methods of loggers and of patterns; what they take is no speech."""
FOR_MODELS = "INSTRUCTIONS"
"""The constant that holds what a language model is told."""
PATTERN = "(?"
"""What a regular expression holds, and no sentence."""
SENTENCE = re.compile(r"[.?!]$")


def _text(node: ast.AST) -> str | None:
    """Return a literal as text with {} for what is put in; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


SCHEMAS_OF_TOOLS = {"car_tools.py", "profile_tools.py", "routine_tools.py", "desk_tools.py"}
"""Data for any MCP client, in the language of MCP; a driver hears the wording files instead."""


def _literals(node: ast.AST, spoken: bool = False) -> Iterator[tuple[int, str, bool]]:
    """Yield (line, text, whether it is passed to something that speaks), without what is meant for developers."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Assert() | ast.Expr(value=ast.Constant()):
                continue  # for whoever calls, or a docstring
            case ast.Raise(exc=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))):
                if not name.endswith("Error"):  # an error is for whoever calls; what else is raised, the driver hears
                    yield from _literals(child, True)
            case ast.Assign(targets=[ast.Name(id=name)]) if name == FOR_MODELS:
                continue
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                if name not in FOR_DEVELOPERS:
                    yield from _literals(child, spoken or name in SPEAKING)
            case _ if (text := _text(child)) is not None:
                yield child.lineno, text, spoken  # type: ignore[attr-defined]  # expressions have a line
            case _:
                yield from _literals(child, spoken)


def _sentences(tree: ast.Module) -> list[tuple[int, str]]:
    """Return the sentences in a module: three words and more that end like one, or that go to the driver."""
    found: list[tuple[int, str]] = []
    for line, text, spoken in _literals(tree):
        words = re.findall(r"[^\W\d_]{2,}|\{\}", text)
        if len(words) >= 3 and " " in text and PATTERN not in text and (spoken or SENTENCE.search(text)):
            found.append((line, text))
    return found


def test_no_sentence_for_the_driver_is_written_in_code() -> None:
    found = [
        f"{path}:{line}: {text}"
        for path, tree in modules(*ROOMS)
        if Path(path).name not in SCHEMAS_OF_TOOLS
        for line, text in _sentences(tree)
    ]
    assert found == []


def test_no_face_words_what_it_has_spoken() -> None:
    """What a face shows is its own; what it has the runtime say to the driver is not."""
    found = [
        f"{path}:{call.lineno}"
        for path, tree in modules("assistant")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "notice"
        for given in call.args[1:]
        if _text(given) is not None
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n    return f'The fan is at {level}.'",
        "told.append('The range is down to 40 kilometers.')",
        "runtime.notice('typing', 'Typing waits until we stop')",
        "return Say(1, f'{title} begins in {count} minutes', purpose)",
        "summary = 'It is open.' if open else 'It is closed now.'",
        "raise CarRefusal('The trunk stays shut')",
        "raise asking.CarQuestion(f'Shall I close the {window}')",
    ],
)
def test_a_sentence_in_code_is_found(code: str) -> None:
    assert _sentences(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        '"""A docstring of a module."""',
        "raise ValueError('this must be a whole number.')",
        "raise errors.ConfigurationError(f'{path} cannot be read.') from error",
        "_log.warning('what was learned could not be kept: %s.', error)",
        "WORDS = 'book buy call cancel charge delete'.split()",
        "prompt('nothing_to_repeat')",
    ],
)
def test_what_developers_read_is_no_sentence_for_the_driver(code: str) -> None:
    assert not _sentences(ast.parse(code))


def _named_messages(*paths: str) -> set[str]:
    """Return the names of the messages that these modules make."""
    made = {"Message", "CarRefusal", "CarQuestion"}
    names: set[str] = set()
    for _, tree in modules(*{path.rpartition("/")[0] for path in paths}):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in made and node.args:
                names |= {
                    part.value
                    for part in ast.walk(node.args[0])
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    return names


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize(
    ("section", "path"), [("car", cabin.__file__), ("profile", editing.__file__), ("profile", store.__file__)]
)
def test_every_message_of_a_host_has_its_words(code: str, section: str, path: str) -> None:
    folder = path.removeprefix(f"{ROOT}/")
    known = wording_of(code).table(section)
    assert {name for name in _named_messages(folder) if name and name not in known} == set()


@pytest.mark.parametrize("code", languages())
def test_every_sentence_can_be_filled_in(code: str) -> None:
    for section in ("car", "profile", "sound", "unasked"):
        for name, value in wording_of(code).table(section).items():
            for text in [value] if isinstance(value, str) else value:
                assert all(blank is None or blank.isidentifier() for _, blank, _, _ in Formatter().parse(text)), name


def test_what_is_told_unasked_is_told_in_the_language_of_the_driver() -> None:
    vehicle = SimulatedVehicle()
    vehicle.set({RANGE: 42_000.0})
    journey = Journey(vehicle, [(0.0, 49.4, 8.7), (20.0, 49.5, 8.5)], [RouteStretch(2.0, 3.0, "tunnel")])
    told = [warned.text for warned in VehicleWatch(["range", "dead zone"], "de").look(vehicle.values(), journey)]
    assert told == [
        "Die Reichweite beträgt nur noch 42 Kilometer.",
        "Voraus liegt ein Tunnel, dort gibt es eine Weile kein Netz.",
    ]
    rule = AlertRule(name="slow", figure="slow_calls", above=1.0, tell=["spoken"])
    assert Alert(rule, 2.04, 0.0).told("de") == "Aufrufe dauern bis zu 2.0 Sekunden."
    assert Alert(rule, 2.04, 0.0).text == "Calls take up to 2.0 seconds."
