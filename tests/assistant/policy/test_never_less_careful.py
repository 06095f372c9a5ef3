"""Whatever an untrusted server adds to what it says, a tool that needed a yes still needs one (metamorphic tests).

No expected answer is computed here: each test compares two tools that differ by one claim, or names by hand what looks.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.policy.sensitivity import RULES, assess, why_not_allowed
from client.catalog import Hints, Tier, Tool
from client.schemas.tool_listing import read_tools
from client.values import JSON
from tests.assistant.policy.hostile_tools import hostile_tools
from tests.assistant.policy.test_hostile_servers import READS

GRAVE = tuple(tool for each in hostile_tools() for tool in read_tools([each.listed], "shop").tools)
LOOKING = tuple(Tool("shop", name, description, input_schema={"type": "object"}) for name, description in READS)
WORDS = st.sampled_from(
    [
        "view",
        "read",
        "list",
        "get",
        "show",
        "status",
        "safe",
        "read-only",
        "harmless",
        "only",
        "looks",
        "never",
        "nothing",
        "information",
        "weather",
    ]
)
HINTS = st.builds(Hints, *(st.sampled_from([None, True, False]) for _ in range(4)))
VALUES = st.sampled_from(["view", "read", "list", "get_events", "search", "show", "status"])
PARAMETERS = st.dictionaries(
    st.sampled_from(["mode", "action", "method", "type", "operation", "verb", "command", "kind"]), VALUES, max_size=3
)


def with_parameters(tool: Tool, values: dict[str, str]) -> Tool:
    """The tool with parameters that look, each an enum with a default."""
    added: dict[str, JSON] = {name: {"type": "string", "enum": [one], "default": one} for name, one in values.items()}
    properties: dict[str, JSON] = {**{name: dict(one) for name, one in tool.properties.items()}, **added}
    return replace(tool, input_schema={**tool.input_schema, "properties": properties})


@pytest.mark.proves("P1.monotonic")
@given(st.sampled_from(GRAVE), HINTS, PARAMETERS, st.lists(WORDS, max_size=5), st.data())
def test_no_claim_of_an_untrusted_server_makes_a_grave_tool_harmless(
    tool: Tool, hints: Hints, values: dict[str, str], words: list[str], data: st.DataObject
) -> None:
    claim = " ".join(words)
    told = data.draw(
        st.sampled_from([tool.description, f"{tool.description} {claim}.", f"{claim}. {tool.description}"])
    )
    changed = replace(
        with_parameters(tool, values),
        hints=hints,
        title=claim,
        description=told,
        category=data.draw(st.sampled_from(["", "information", "vehicle"])),
        examples=(claim,),
        tier=data.draw(st.sampled_from(list(Tier))),
        voice_confirmations=tuple(data.draw(st.lists(st.sampled_from(["what", "note"]), max_size=2))),
        deferrable=data.draw(st.sampled_from([None, True, False])),
        inverse=data.draw(st.sampled_from([None, {"tool": "undo", "arguments": {}}])),
        honours_keys=data.draw(st.booleans()),
    )
    assert assess(changed, {"what": "x", "amount": 1, **values}).sensitive
    assert assess(changed, dict(reversed([*{"what": "x", **values}.items()]))).sensitive
    assert assess(changed).sensitive


@pytest.mark.proves("P1.monotonic")
@given(st.sampled_from(LOOKING), st.sampled_from(GRAVE), st.sampled_from([" ", ". ", "; ", " and ", " (", ", then "]))
def test_an_act_beside_words_of_looking_needs_a_yes(looking: Tool, grave: Tool, joint: str) -> None:
    told = f"{looking.description.rstrip('.')}{joint}{grave.description[:1].lower()}{grave.description[1:]}"
    if assess(Tool("shop", "get_thing", grave.description)).sensitive:  # else its act stands in its name alone
        assert assess(replace(looking, description=told)).sensitive
    if assess(Tool("shop", grave.name, "Get the thing.")).sensitive:  # else in its description alone
        assert assess(replace(looking, name=f"{looking.name}_and_{grave.name}")).sensitive


@pytest.mark.proves("P1.monotonic")
@pytest.mark.parametrize(
    "change",
    [
        {"hints": Hints(read_only=False)},
        {"hints": Hints(destructive=True)},
        {"voice_confirmations": ("room",)},
        {"description": "REQUIRES_CONFIRMATION Get it."},
        {"description": ""},
        {"name": "zeige_status"},
        {"name": "get_stаtus"},
        {"description": "Holt den Stand."},
        {"description": "Get the sta\u200btus."},
    ],
)
@pytest.mark.parametrize("tool", LOOKING, ids=lambda tool: tool.name)
def test_a_tool_that_looks_needs_a_yes_once_its_server_says_more_or_less_than_that(
    tool: Tool, change: dict[str, object]
) -> None:
    assert not assess(tool).sensitive
    assert assess(replace(tool, **change)).sensitive  # type: ignore[arg-type]  # fields by name


ACTING: dict[str, JSON] = {"type": "string", "enum": ["read", "send"]}
MODE: dict[str, JSON] = {"type": "string", "enum": ["show", "hide"]}


@pytest.mark.proves("P1.monotonic")
@pytest.mark.parametrize(
    ("arguments", "sensitive"),
    [
        ({"action": "read", "mode": "show"}, False),
        ({"action": "send", "mode": "show"}, True),
        ({"mode": "show"}, True),
        ({"action": "read"}, True),
        ({}, True),
        ({"action": "READ", "mode": "show"}, True),
        ({"action": "read", "mode": "show", "method": "post"}, True),
        ({"action": ["read"], "mode": "show"}, True),
        ({"action": "read_receipt_decline", "mode": "show"}, True),
        ({"action": "look_away", "mode": "show"}, True),
    ],
)
def test_arguments_count_only_of_trusted_tools_and_only_if_all_that_say_what_is_done_look(
    arguments: dict[str, JSON], sensitive: bool
) -> None:
    schema: dict[str, JSON] = {"type": "object", "properties": {"action": ACTING, "mode": MODE}}
    tool = Tool("s", "letter_box", "Letters.", input_schema=schema, trusted=True, hints=Hints(read_only=False))
    assert assess(tool, arguments).sensitive is sensitive
    assert assess(replace(tool, trusted=False), arguments).sensitive


@pytest.mark.proves("P1.fingerprint")
@pytest.mark.parametrize(
    "change",
    [
        {"title": "x"},
        {"description": "x"},
        {"input_schema": {"type": "object", "properties": {"a": {}}}},
        {"output_schema": {}},
        {"hints": Hints(read_only=True)},
        {"hints": Hints(open_world=False)},
        {"examples": ("pay",)},
        {"voice_confirmations": ("a",)},
        {"inverse": {"tool": "x"}},
        {"deferrable": True},
        {"tier": Tier.HYBRID},
        {"service": "bank"},
        {"category": "money"},
        {"place": "elsewhere"},
        {"name": "b"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_all_that_shapes_a_call_or_what_is_said_of_it_is_in_the_fingerprint(change: dict[str, object]) -> None:
    tool = Tool("s", "a", "A.", "A", {"type": "object"}, hints=Hints(open_world=True))
    assert replace(tool, **change).fingerprint != tool.fingerprint  # type: ignore[arg-type]  # fields by name


@pytest.mark.proves("P1.fingerprint")
def test_what_the_user_sets_is_not_in_the_fingerprint() -> None:
    tool = Tool("s", "a")
    for setting in ({"trusted": True}, {"enabled": False}, {"priority": 9}, {"allowed": True}):
        assert replace(tool, **setting).fingerprint == tool.fingerprint


@pytest.mark.proves("P1.never-allowed", "P1.allowed")
@given(st.sampled_from(GRAVE))
def test_a_permission_never_makes_an_act_of_money_words_or_deletion_harmless(tool: Tool) -> None:
    grave = (
        "pay",
        "send",
        "delete",
        "buy",
        "order",
        "transfer",
        "donate",
        "post",
        "forward",
        "refund",
        "geld",
        "konto",
    )
    if any(word in tool.name for word in grave):
        assert why_not_allowed(tool)
        assert assess(replace(tool, allowed=True)).sensitive


def test_every_rule_decides_something() -> None:
    assert len({rule.when for rule in RULES}) == len(RULES)
    assert {rule.sensitive for rule in RULES} == {True, False}
