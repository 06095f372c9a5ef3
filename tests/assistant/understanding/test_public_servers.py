"""How `make bench-servers` judges: each kind of outcome on a tiny catalog, and the sentences that are committed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from benchmarks import public_servers
from benchmarks.fitting_sets import listing_of
from benchmarks.public_servers import SETS, LeftOutError, cases_of, published
from benchmarks.request_scores import Case, Tally, Understood, Verdict, judged, same, second_kept, tally

DIM: dict[str, Any] = {
    "name": "dim_light",
    "description": "Dim a light in a room.",
    "inputSchema": {
        "type": "object",
        "properties": {
            "room": {"type": "string"},
            "percent": {"type": "integer"},
            "seconds": {"type": "number", "default": 2},
        },
        "required": ["room"],
    },
}
LIST: dict[str, Any] = {
    "name": "list_lights",
    "description": "List all lights.",
    "inputSchema": {"type": "object", "properties": {}},
}
SCHEMAS = {tool["name"]: tool["inputSchema"]["properties"] for tool in (DIM, LIST)}
REQUEST = Case(
    id="1",
    text="dim the kitchen to thirty percent tonight",
    tool="dim_light",
    arguments={"room": {"any": ["kitchen", "kitchen light"]}, "percent": 30},
    optional={"seconds": 5},
)
UNSERVED = Case(id="2", text="feed the cat", tool=None, arguments={})
KITCHEN = {"room": "the Kitchen", "percent": 30}


def found(arguments: dict[str, Any], *missing: str, tool: str | None = "dim_light") -> Understood:
    return Understood(tool=tool, arguments=arguments, missing=missing)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (found(KITCHEN), "exact"),
        (found({**KITCHEN, "percent": "30.0"}), "exact"),
        (found({**KITCHEN, "seconds": 2}), "exact"),  # the schema's default, said or not
        (found({**KITCHEN, "seconds": 5}), "exact"),  # allowed besides
        (found({"percent": 30}, "room"), "asked"),
        (found({"room": "kitchen"}), "partly"),
        (found({}, "room"), "partly"),  # one is asked for, the other is lost
        (found({**KITCHEN, "seconds": "tonight"}), "misplaced"),
        (found({**KITCHEN, "percent": 13}), "wrong"),
        (found({**KITCHEN, "percent": 13, "seconds": "tonight"}), "wrong"),
        (found({**KITCHEN, "seconds": 9}), "invented"),
        (found({"room": "hall", "seconds": 9}), "invented"),
        (found({}, tool="list_lights"), "wrong tool"),
        (found({}, tool="not_listed"), "wrong tool"),
        (found({}, tool=None), "refused"),
    ],
)
def test_a_request_is_judged_by_the_worst_of_its_values(answer: Understood, verdict: str) -> None:
    assert judged(REQUEST, answer, SCHEMAS).value == verdict


def test_a_default_that_was_said_is_right_though_left_out_and_wrong_if_another_is_given() -> None:
    case = Case(id="1", text="dim the hall in two seconds", tool="dim_light", arguments={"room": "hall", "seconds": 2})
    assert judged(case, found({"room": "hall"}), SCHEMAS) is Verdict.EXACT
    assert judged(case, found({"room": "hall", "seconds": 3}), SCHEMAS) is Verdict.WRONG


def test_the_kindest_of_several_right_calls_counts() -> None:
    either = REQUEST.model_validate(
        {**REQUEST.model_dump(), "accept": [{"tool": "dim_light", "arguments": {"room": "kitchen"}},
                                            {"tool": "list_lights", "arguments": {}}]}
    )  # fmt: skip
    assert judged(either, found({"room": "kitchen"}), SCHEMAS) is Verdict.EXACT
    assert judged(either, found({}, tool="list_lights"), SCHEMAS) is Verdict.EXACT


def test_what_no_tool_serves_is_left_or_taken() -> None:
    assert judged(UNSERVED, found({}, tool=None), SCHEMAS) is Verdict.LEFT
    assert judged(UNSERVED, found(KITCHEN), SCHEMAS) is Verdict.TAKEN


def test_a_second_request_counts_if_it_comes_next_and_is_exact() -> None:
    also = [{"tool": "list_lights", "arguments": {}}, {"tool": "dim_light", "arguments": {"room": "hall"}}]
    case = REQUEST.model_validate({**REQUEST.model_dump(), "also": also})

    def kept(*then: Understood) -> bool:
        return second_kept(case, Understood(tool="dim_light", arguments=KITCHEN, then=then), SCHEMAS)

    assert kept(found({}, tool="list_lights"))
    assert kept(found({"room": "hall"}))
    assert not kept(found({"room": "attic"}))
    assert not kept(Understood(), found({}, tool="list_lights"))
    assert not kept()


@pytest.mark.parametrize(
    ("value", "wanted", "equal"),
    [
        ("2026-11-23T09:00:00Z", "2026-11-23 09:00", True),
        ("2026-11-23", "2026-11-23T00:00:00+01:00", True),
        ("2026-11-23", "2026-11-24", False),
        ("The Beatles!", "beatles", True),
        ("Tim’s list", "tim's list", True),
        ("milk and eggs", {"contains": ["milk", "eggs"]}, True),
        ("milk", {"contains": ["milk", "eggs"]}, False),
        (["milk"], "milk", True),
        ("milk", ["milk"], True),
        (["milk", "eggs"], ["eggs", "milk"], False),
        (True, 1, False),
        (1, True, False),
        ("four", 4, False),
        ({"x": 1, "y": 2}, {"x": 1}, False),
        ({"x": "1"}, {"x": 1}, True),
        (None, "none", False),
    ],
)
def test_values_are_compared_as_they_are_meant(value: Any, wanted: Any, equal: bool) -> None:
    assert same(value, wanted) is equal


def test_shares_are_of_the_requests_and_an_unanswered_sentence_counts_as_refused() -> None:
    cases = [REQUEST, REQUEST.model_copy(update={"id": "3"}), REQUEST.model_copy(update={"id": "4"}), UNSERVED]
    answers = {"1": found(KITCHEN), "3": found({**KITCHEN, "percent": 13}), "2": found(KITCHEN)}
    counted = tally(cases, answers, SCHEMAS) + Tally()
    assert (counted.requests, counted.unserved) == (3, 1)
    third = pytest.approx(1 / 3)
    assert counted.figures() == {
        "tool": pytest.approx(2 / 3), "exact": third, "wrong tool": 0, "refused": third, "made up": third,
        "second": 0, "unserved refused": 0,
    }  # fmt: skip


@pytest.fixture(params=[True, False])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A server whose tools are already fetched; the parameter says whether it may be looked at."""
    made = tmp_path / "lamps"
    made.mkdir()
    lines = ['package = "lamps"', 'registry = "npm"', 'version = "1.0.0"', 'command = ["lamps"]', 'licence = "MIT"']
    looked_at = str(request.param).lower()
    (made / "server.toml").write_text("\n".join([*lines, "tools = 2", f"looked_at = {looked_at}"]))
    cases = [REQUEST.model_copy(update={"arguments": {"room": "xylophone"}}), UNSERVED]
    (made / "cases.jsonl").write_text("".join(case.model_dump_json() + "\n" for case in cases))
    kept = tmp_path / "built" / "lamps" / "catalog.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps({"of": ["lamps@1.0.0"], "tools": [DIM, LIST]}))
    monkeypatch.setattr(public_servers, "BUILT", tmp_path / "built")
    monkeypatch.setattr(public_servers, "SETS", tmp_path)
    return made


def test_sentences_are_shown_only_of_a_server_that_may_be_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["public_servers", "--misses"])
    public_servers.main()
    printed = capsys.readouterr().out
    assert "lamps" in printed
    assert "1 requests: tool 1.000" in printed
    shown = published(folder).looked_at
    assert ("never looked at, 1 of 1 servers" in printed) is not shown
    for told in (REQUEST.text, "xylophone"):
        assert (told in printed) is shown


def test_a_server_that_cannot_be_installed_or_started_is_named_and_not_counted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (public_servers.BUILT / "lamps" / "catalog.json").unlink()
    monkeypatch.setattr(public_servers, "install", lambda *_: folder)
    monkeypatch.setattr("sys.argv", ["public_servers"])
    public_servers.main()
    printed = capsys.readouterr().out
    assert "lamps              LEFT OUT, it cannot be started" in printed
    assert "0 of 1 servers,    0 requests" in printed


def test_a_server_that_needs_a_newer_python_gets_the_one_given_and_is_left_out_without_one(folder: Path) -> None:
    server = published(folder)
    assert public_servers.python_for(server, "newer") == sys.executable
    later = server.model_copy(update={"python": "3.999"})
    assert public_servers.python_for(later, "newer") == "newer"
    with pytest.raises(LeftOutError, match=r"needs Python 3\.999"):
        public_servers.python_for(later, "")


def test_every_committed_sentence_is_read_and_no_listing_is_committed() -> None:
    folders = sorted(path for path in SETS.iterdir() if path.is_dir())
    assert len(folders) == 91
    for each in folders:
        assert {path.name for path in each.iterdir()} == {"server.toml", "cases.jsonl"}, each
        server, cases = published(each), cases_of(each)
        assert server.command[0].startswith("node_modules/" if server.registry == "npm" else "bin/")
        assert len({case.id for case in cases}) == len(cases) >= 14
        assert sum(case.tool is None for case in cases) >= 1
        assert all(case.text == case.text.strip() != "" for case in cases)
        assert all(case.tool is not None or not (case.arguments or case.accept or case.also) for case in cases)


def test_a_word_that_no_line_of_sentences_has_is_refused() -> None:
    with pytest.raises(ValidationError, match="wanted"):
        Case.model_validate({**REQUEST.model_dump(), "wanted": 1})


def test_fitting_takes_a_listing_beside_the_sentences_or_the_fetched_one(folder: Path) -> None:
    fetched = public_servers.BUILT / "lamps" / "catalog.json"
    assert listing_of(folder, built=public_servers.BUILT) == fetched
    (folder / "catalog.json").write_text("{}")
    assert listing_of(folder, built=public_servers.BUILT) == folder / "catalog.json"
