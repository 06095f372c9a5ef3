"""Limits and times of a turn have one home, `assistant.policy.timing`, and nobody keeps a number of their own."""

from __future__ import annotations

import ast
import inspect
import re

import pytest

from assistant.conversation.turn_ending import turn_ending
from assistant.policy import timing
from assistant.settings.settings import Settings, VoiceSettings
from client.calls.call_settings import CallSettings
from client.tool_client import ToolClient
from tests.house.sources import modules
from voice.endpointing import EndpointingSettings

HOME = "assistant/policy/timing.py"
ROOMS = ("assistant/conversation", "assistant/dialogue", "assistant/policy")
"""The rooms that decide how long a turn waits and how often it tries."""
WAITS = {"listen": 1, "Listen": 0, "StartTimer": 2, "sleep": 0, "timeout": 0, "wait_for": 1}
"""Calls that take seconds, each with the place of that argument."""
MEASURED = re.compile(r"(?:^|_)(?:at|until|since|seconds|waited|tries|missed|failures)$")
"""Names of what limits are compared with: times, lengths of time, and how often something was tried."""


def _own_figures(tree: ast.Module) -> list[int]:
    """Return the lines that wait for a number, or measure a time or tries by one, that is not from the one home.

    A number is a literal or a constant of this or another module; 0 is at once, and 1 is once more.
    """
    own = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    } | {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module != HOME.removesuffix(".py").replace("/", ".")
        for alias in node.names
        if alias.name.isupper()
    }

    def own_figure(node: ast.AST) -> bool:
        if isinstance(node, ast.Constant):
            return isinstance(node.value, int | float) and node.value not in (0, 1)
        return isinstance(node, ast.Name) and node.id in own

    found: list[int] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := ast.unparse(node.func).rpartition(".")[2]) in WAITS:
            given = [*node.args[WAITS[name] : WAITS[name] + 1], *(keyword.value for keyword in node.keywords)]
        elif isinstance(node, ast.Compare) and any(_measured(part) for part in ast.walk(node)):
            given = [node.left, *node.comparators]
        else:
            continue
        found += [part.lineno for part in given if own_figure(part)]
    return found


def _measured(node: ast.AST) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return MEASURED.search(name) is not None


def test_no_other_module_of_a_turn_waits_or_counts_tries_by_a_figure_of_its_own() -> None:
    found = [f"{path}:{line}" for path, tree in modules(*ROOMS) if path != HOME for line in _own_figures(tree)]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "speaking.listen(state, 8.0, pause=PAUSE)",
        "listen(state, 8)",
        "listen(state, REPLY_SECONDS, pause=0.5)",
        "PATIENCE = 8.0\nlisten(state, PATIENCE)",
        "StartTimer('notices', state.counter, 4)",
        "await clock.sleep(2.5)",
        "if at - state.heard_at > 60: again()",
        "OLD: float = 60.0\nif 0 <= at - state.heard_at <= OLD: again()",
        "if tries >= 3: leave()",
        "LEFT = 3\nif state.tries == LEFT: leave()",
        "from assistant.dialogue.plans import MOST\nif request.failures >= MOST: leave()",
    ],
)
def test_a_figure_of_its_own_is_found(code: str) -> None:
    assert len(_own_figures(ast.parse(code))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "StartTimer('notices', 3, 0.0)",
        "from assistant.policy.timing import REPLY_SECONDS\nlisten(state, REPLY_SECONDS)",
        "if tries >= MOST_FAILED_TRIES: leave()",
        "if found.score >= 0.5: take()",
        "listen(state, state.quiet_until - at)",
    ],
)
def test_a_limit_from_its_home_is_no_figure_of_its_own(code: str) -> None:
    assert _own_figures(ast.parse(code)) == []


def test_every_limit_says_where_it_comes_from() -> None:
    (tree,) = (tree for path, tree in modules("assistant/policy") if path == HOME)
    for line, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(line, ast.Assign):
            told = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            assert told, f"{ast.unparse(line)} has no docstring"


def test_a_yes_is_as_old_for_the_client_as_for_the_dialogue() -> None:
    assert CallSettings().consent_age == timing.YES_SECONDS
    assert timing.AGREED_SECONDS < timing.YES_SECONDS


def test_a_call_takes_as_long_for_the_client_as_for_the_conversation() -> None:
    of_its_own = inspect.signature(ToolClient.call).parameters["deadline"].default
    assert of_its_own == Settings().deadline == timing.CALL_SECONDS


def test_ears_of_their_own_end_a_turn_as_those_of_the_assistant() -> None:
    assert turn_ending() == EndpointingSettings()
    assert VoiceSettings().turn_ending_silence == timing.ENDING_SILENCE_SECONDS


@pytest.mark.parametrize("silence", [0.5, 0.6, 1.5, 3.0])
def test_the_setting_for_the_silence_that_ends_a_turn_is_obeyed(silence: float) -> None:
    assert turn_ending(silence).ending_silence == silence
