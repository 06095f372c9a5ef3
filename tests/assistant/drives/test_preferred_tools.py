"""Rules for which of several fitting tools is taken; who answered is said; nothing that names nothing is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.conversation.preferred_tools import Circumstances, preferred
from assistant.drives.loading import load_drive
from assistant.drives.runner import DriveRunner
from assistant.policy.driving import DrivingState
from assistant.settings.settings import RoutingRule
from assistant.town.town_tools import tool_definitions
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context, Interpretation, Reading
from assistant.wording.replies import answer_parts
from assistant.wording.spoken_values import SpokenClock
from client.call import Succeeded
from client.catalog import Catalog, Tool
from client.schemas.tool_listing import read_tools

DRIVE = """\
title: Two ways to show a way
now: 2026-11-20T17:40:00+01:00
place: Heidelberg
car: true
vehicle:
  Vehicle.Speed: {speed}
  Vehicle.Powertrain.Transmission.SelectedGear: {gear}
  Vehicle.Chassis.ParkingBrake.IsEngaged: false
routing:
  rules:
    - {{prefer: "car.*", words: ["way"], driving: moving}}
    - {{prefer: "town.*", words: ["way"], driving: parked}}
steps:
  - driver: "show me the way to mannheim"
  - expect: {{called: {{tool: {tool}}}}}
"""
FOUND = Reading(
    text="open notes dot md",
    interpretations=(
        Interpretation("town.find_documents", {}, (), 0.6),
        Interpretation("files.read_file", {}, (), 0.3),
        Interpretation("github.read_issue", {}, (), 0.2),
    ),
)


@pytest.mark.proves("C.routing")
@pytest.mark.parametrize(("speed", "gear", "tool"), [(90, 127, "navigate"), (0, 126, "maps_hybrid")])
async def test_the_car_moving_or_parked_decides_between_two_tools_that_fit(
    tmp_path: Path, speed: int, gear: int, tool: str
) -> None:
    path = tmp_path / "way.yaml"
    path.write_text(DRIVE.format(speed=speed, gear=gear, tool=tool), encoding="utf-8")
    result = await DriveRunner(path, load_drive(path)).run()
    assert [f"{finding.name}: {finding.detail}" for finding in result.findings if not finding.holds] == []


RULED = """\
title: Two ways to show a way
now: 2026-11-20T17:40:00+01:00
place: {place}
car: true
routing: {{rules: {rules}}}
steps:
{before}
  - driver: "show me the way to mannheim"
  - expect: {{called: {{tool: {tool}}}}}
"""
BY_PLACE = '[{prefer: "car.*", place: Heidelberg}, {prefer: "town.*", place: Speyer}]'
BY_NETWORK = '[{prefer: "car.*", network: offline}, {prefer: "town.*", network: online}]'
BY_WORDS = '[{prefer: "car.*", words: ["the road"]}, {prefer: "town.*", words: ["show me the way"]}]'
NO_NETWORK = """\
  - network: tunnel
  - driver: "what's the weather in speyer"
  - wait: 20"""


@pytest.mark.proves("C.routing")
@pytest.mark.parametrize(
    ("rules", "place", "before", "tool"),
    [
        (BY_PLACE, "Heidelberg", "", "navigate"),
        (BY_PLACE, "Speyer", "", "maps_hybrid"),
        (BY_NETWORK, "Heidelberg", "", "maps_hybrid"),
        (BY_NETWORK, "Heidelberg", NO_NETWORK, "navigate"),
        (BY_WORDS, "Heidelberg", "", "maps_hybrid"),
    ],
)
async def test_place_network_and_words_decide_between_two_tools_that_fit(
    tmp_path: Path, rules: str, place: str, before: str, tool: str
) -> None:
    path = tmp_path / "way.yaml"
    path.write_text(RULED.format(rules=rules, place=place, before=before, tool=tool), encoding="utf-8")
    result = await DriveRunner(path, load_drive(path)).run()
    assert [f"{finding.name}: {finding.detail}" for finding in result.findings if not finding.holds] == []


@pytest.mark.proves("C.routing")
@pytest.mark.parametrize(
    ("rule", "circumstances", "first"),
    [
        ({"prefer": "files.*", "files": ["md"]}, {}, "files.read_file"),
        ({"prefer": "files.*", "files": ["py"]}, {}, "town.find_documents"),
        ({"prefer": "github.*", "words": ["notes"]}, {}, "github.read_issue"),
        ({"prefer": "github.*", "words": ["note"]}, {}, "town.find_documents"),
        ({"prefer": "github.*", "place": "The Office"}, {"place": "the office"}, "github.read_issue"),
        ({"prefer": "github.*", "place": "office"}, {"place": "home"}, "town.find_documents"),
        ({"prefer": "files.*", "network": "offline"}, {"online": False}, "files.read_file"),
        ({"prefer": "files.*", "network": "offline"}, {"online": True}, "town.find_documents"),
        ({"prefer": "files.*", "driving": "moving", "words": ["open"]}, {"moving": True}, "files.read_file"),
        ({"prefer": "unknown.*", "words": ["open"]}, {}, "town.find_documents"),
    ],
)
def test_a_rule_holds_if_all_that_it_says_holds(
    rule: dict[str, object], circumstances: dict[str, object], first: str
) -> None:
    found = preferred(FOUND, [RoutingRule.model_validate(rule)], lambda: Circumstances(**circumstances))  # type: ignore[arg-type]  # each row has its own
    assert found.interpretations[0].tool == first
    assert {one.tool for one in found.interpretations} == {one.tool for one in FOUND.interpretations}
    assert found.interpretations[0].score == FOUND.interpretations[0].score


@pytest.mark.proves("C.routing")
@pytest.mark.parametrize(
    ("prefer", "needed", "taken"),
    [
        ("car.navigate", True, True),
        ("car.navigate", False, False),
        ("car.*", True, False),
        ("car.navigat?", True, False),
    ],
)
def test_a_rule_for_one_tool_takes_it_only_if_the_sentence_gives_what_it_needs(
    prefer: str, needed: bool, taken: bool
) -> None:
    named = Interpretation("car.navigate", {"destination": "speyer"}, (), 0.98) if needed else None
    rule = RoutingRule(prefer=prefer, words=["open"])
    found = preferred(FOUND, [rule], Circumstances, lambda tool: named if tool == "car.navigate" else None)
    assert (found.interpretations[0].tool == "car.navigate") is taken
    assert preferred(Reading(text="open"), [rule], Circumstances, lambda tool: named).interpretations == ()


@pytest.mark.proves("C.routing")
@pytest.mark.parametrize("place", ["speyer", "the castle", "foobar"])
async def test_a_rule_for_one_tool_counts_for_any_place(tmp_path: Path, place: str) -> None:
    rules = '[{prefer: "car.navigate", words: [directions]}]'
    text = RULED.format(rules=rules, place="Heidelberg", before="", tool="navigate")
    path = tmp_path / "way.yaml"
    path.write_text(text.replace("show me the way to mannheim", f"directions to {place}"), encoding="utf-8")
    result = await DriveRunner(path, load_drive(path)).run()
    assert [f"{finding.name}: {finding.detail}" for finding in result.findings if not finding.holds] == []


def test_a_rule_without_a_condition_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a condition"):
        RoutingRule(prefer="files.*")


@pytest.mark.proves("C.routing")
@pytest.mark.parametrize(
    "text", ["read the file config.yaml", "read config dot yaml", "open main.py", "read me the file notes dot md"]
)
def test_a_tool_that_has_no_place_for_a_named_file_is_never_taken(text: str) -> None:
    catalog = Catalog(tuple(read_tools([*tool_definitions()], "town", trusted=True).tools))
    found = Interpreter(catalog).read([text], Context(now=1795193000.0)).interpretations
    private = {"town.email_personal", "town.read_messages", "town.calendar_personal", "town.get_balance"}
    assert not private & {one.tool for one in found}


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Succeeded({"summary": "It is sunny."}, served_by="far"), "It is sunny."),
        (Succeeded({"summary": "It is sunny."}, served_by=""), "It is sunny."),
        (Succeeded({"summary": "It is sunny."}, served_by="second_weather"), "From second weather: It is sunny."),
        (
            Succeeded({"summary": "It is sunny."}, served_by="second_weather", age=7200.0),
            "From second weather: As of 2 hours ago: It is sunny.",
        ),
    ],
)
def test_an_answer_says_who_gave_it_if_it_is_another_server(outcome: Succeeded, said: str) -> None:
    tool = Tool("far", "get_weather", "The weather.")
    parts = answer_parts(tool, outcome, SpokenClock(1_796_029_200.0, 3_600.0), DrivingState.PARKED)
    assert " ".join(parts) == said
