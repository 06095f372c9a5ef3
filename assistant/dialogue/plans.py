"""Requests that need a look-up first: a read-only tool finds the value, so that the driver need not give it.

Understanding makes the plan (backward chaining over schemas). This module makes its first step the current request, and
stores the goal in it. A tool that needs a yes is never used for a look-up, whatever its server says about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assistant.dialogue.state import State
from assistant.dialogue.turns import Option, Request
from assistant.policy.result_values import value_of
from assistant.policy.sensitivity import assess
from assistant.understanding.planning import Ask, Choose, Look, Planner, Ready, names_thing
from client.calls.call_effects import has_effects
from client.catalog import Catalog, Tool
from client.values import JSON


def may_look(tool: Tool) -> bool:
    """Whether a tool may be called for a look-up without asking: it changes nothing and needs no yes."""
    return not has_effects(tool) and not assess(tool).sensitive


def planner(catalog: Catalog) -> Planner:
    """Return a planner over the tools that may be used for look-ups."""
    return Planner(catalog, may_look)


def advanced(state: State, request: Request) -> tuple[Request, tuple[Option, ...]]:
    """Return the first request to carry out for this one, and the results to choose from if several fit.

    If no look-up is needed, this is the request itself, filled with known values. `ask` names the parameter to ask for.
    """
    tool = state.catalog.find(request.tool)
    missing = [name for name in tool.required if request.arguments.get(name) is None] if tool is not None else []
    if not missing:
        return replace(request, ask=""), ()
    if request.goal is not None:  # the look-up lacks a value too, which earlier results may hold
        given = {**request.goal.given, request.tool: request.arguments}
        step, results = advanced(state, replace(request.goal, given=given))
        return replace(step, failures=request.failures if step.tool == request.tool else 0), results
    if tool is None or not any(names_thing(tool, name) for name in missing):
        return replace(request, ask=missing[0]), ()
    move = planner(state.catalog).next(request.tool, request.arguments, state.memory.facts, request.given)
    match move:
        case Ready():
            return _known(state, replace(request, ask=""), move.arguments, move.sources), ()
        case Look():
            return Request(move.tool, move.arguments, goal=request), ()
        case Ask() if move.tool == request.tool:
            return replace(request, ask=move.parameter), ()
        case Ask():
            said = request.given.get(move.tool, {})
            return Request(move.tool, said, goal=request, ask=move.parameter), ()
        case Choose():
            named = zip(move.options, move.values, strict=True)
            options = tuple(Option(label, value=value) for (label, _), value in named)
            return replace(request, ask=move.parameter), options


def _known(state: State, request: Request, arguments: Mapping[str, JSON], sources: Mapping[str, str]) -> Request:
    """Return the request with values from earlier results, and the name that people use for each."""
    named = dict(request.named)
    for name, source in sources.items():
        facts = state.memory.facts.facts
        fact = next((one for one in facts if one.tool == source and one.value == arguments[name]), None)
        if fact is not None and fact.label and fact.label != str(fact.value):
            named[name] = fact.label
    return replace(request, arguments=arguments, named=named)


def names_results(state: State) -> bool:
    """Whether the options are results, each with an identifier that nobody says aloud."""
    return any(option.value is not None and option.label != str(option.value) for option in state.options)


def found_out(state: State, tool: Tool, result: JSON) -> State:
    """Return the state with the answer of a read-only tool added."""
    if not may_look(tool):
        return state
    facts = state.memory.facts.learned(tool.qualified, value_of(result))
    return replace(state, memory=replace(state.memory, facts=facts))


def with_said(request: Request, said: Mapping[str, Mapping[str, JSON]]) -> Request:
    """Return the request with the values that the same sentence gave for its goal and for earlier look-ups."""
    given = dict(request.given)
    for tool, values in said.items():
        if values and tool != request.tool:
            given[tool] = {**given.get(tool, {}), **values}
    goal = request.goal
    if goal is None:
        return replace(request, given=given)
    own = said.get(goal.tool, {})
    return replace(request, goal=with_said(replace(goal, arguments={**goal.arguments, **own}), said))
