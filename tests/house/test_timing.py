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
WAITS = frozenset({"listen", "Listen", "StartTimer"})
"""Calls of the dialogue that take seconds."""


def _named_times(tree: ast.Module) -> list[str]:
    """Return the constants of a module that are seconds or tries by their names."""
    targets = [
        target
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return [name for name in names if re.search(r"(SECONDS|TRIES|STEPS|OPTIONS)$", name)]


def _waits_by_a_figure(tree: ast.Module) -> list[int]:
    """Return the lines on which the dialogue waits for a number that is written there; 0 means at once."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        call.lineno
        for call in calls
        if ast.unparse(call.func).rpartition(".")[2] in WAITS
        for given in (*call.args, *(keyword.value for keyword in call.keywords))
        if isinstance(given, ast.Constant) and isinstance(given.value, float) and given.value
    ]


def test_no_other_module_of_dialogue_and_policy_keeps_a_time_or_a_number_of_tries() -> None:
    kept = {
        path: names for path, tree in modules("assistant/dialogue", "assistant/policy") if (names := _named_times(tree))
    }
    assert set(kept) == {HOME}


def test_the_dialogue_waits_for_no_figure_of_its_own() -> None:
    found = [f"{path}:{line}" for path, tree in modules("assistant/dialogue") for line in _waits_by_a_figure(tree)]
    assert found == []


def test_a_wait_by_a_figure_is_found() -> None:
    assert _waits_by_a_figure(ast.parse("speaking.listen(state, 8.0, pause=PAUSE)\nStartTimer('notices', 3, 0.0)")) == [
        1
    ]


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
