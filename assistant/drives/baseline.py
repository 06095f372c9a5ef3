"""Compares two runs of the same drives: which calls, words, times and findings changed.

Reads the JSON that `mcqueen drive --record-baseline` wrote. Runs no drive and judges none.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from assistant.drives.drive_report import as_json
from assistant.drives.runner import DriveResult
from assistant.drives.yaml_guard import DriveError

SLOWER = 1.25
"""A median answer time counts as slower from this ratio to the baseline on."""

LEAST_SECONDS = 0.1
"""Least difference in seconds between two median answer times that counts."""
SPOKEN = frozenset({"asked", "answered", "notice", "shown"})
"""Kinds of timeline entries that hold McQueen's words."""
NEEDED = frozenset({"drive", "calls", "findings", "answers", "timeline"})
"""Keys of a drive's result that are compared."""
MOST_TOLD = 5
"""Most changes of one kind that are listed for one drive."""


@dataclass(frozen=True)
class Change:
    """One difference between a baseline and a run."""

    drive: str
    kind: str
    """"tools", "words", "times", "findings" or "drives"."""
    text: str
    worse: bool
    """Whether it fails the comparison: a different call, or a finding that passed before and fails now."""


def read_baseline(path: Path) -> list[Mapping[str, Any]]:
    """Return the results in a baseline file. Raises `DriveError` if the file is not a baseline."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DriveError(f"{path} cannot be read as a baseline: {error}; write one with --record-baseline") from error
    entries: list[Any] = found if isinstance(found, list) else [None]
    if not all(isinstance(one, dict) and set(one) >= NEEDED for one in entries):
        raise DriveError(f"{path} is no baseline; write one with: mcqueen drive --record-baseline {path}")
    return entries


def changes_since(baseline: Sequence[Mapping[str, Any]], results: Sequence[DriveResult]) -> list[Change]:
    """Return the differences, drive by drive. If a drive ran several times, runs with the same number are compared."""
    before: dict[str, list[Mapping[str, Any]]] = {}
    for one in baseline:
        before.setdefault(str(one["drive"]), []).append(one)
    changes: list[Change] = []
    for result in results:
        runs = before.get(result.name)
        if not runs:
            changes.append(Change(result.name, "drives", "is not in the baseline", worse=False))
            continue
        then = runs.pop(0) if len(runs) > 1 else runs[0]
        changes += _changes_of(result.name, then, as_json(result))
    missing = set(before) - {result.name for result in results}
    changes += [Change(name, "drives", "was not run", worse=False) for name in sorted(missing)]
    return changes


def _changes_of(name: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    tools = _differences(_calls(then), _calls(now))
    words = _differences(_words(then), _words(now))
    held = {one["name"] for one in then["findings"] if one["holds"]}
    failed = {one["name"] for one in then["findings"] if not one["holds"]}
    found = [Change(name, "tools", text, worse=True) for text in tools]
    found += [Change(name, "words", text, worse=False) for text in words]
    for one in now["findings"]:
        if not one["holds"] and one["name"] in held:
            found.append(Change(name, "findings", f"held, and fails now: {one['name']}: {one['detail']}", worse=True))
        elif one["holds"] and one["name"] in failed:
            found.append(Change(name, "findings", f"failed, and holds now: {one['name']}", worse=False))
    before, after = _median(then), _median(now)
    if before and after and max(before, after) > SLOWER * min(before, after) and abs(after - before) > LEAST_SECONDS:
        found.append(Change(name, "times", f"median answer {before:.2f} s, now {after:.2f} s", worse=False))
    return found


def _calls(result: Mapping[str, Any]) -> list[str]:
    return [
        f"{one['tool']}({', '.join(f'{k}={v}' for k, v in one['arguments'].items() if k != 'idempotency_key')})"
        f" -> {one['outcome']}"
        for one in result["calls"]
    ]


def _words(result: Mapping[str, Any]) -> list[str]:
    return [str(one["text"]) for one in result["timeline"] if one["kind"] in SPOKEN]


def _median(result: Mapping[str, Any]) -> float:
    seconds = [float(one["seconds"]) for one in result["answers"]]
    return statistics.median(seconds) if seconds else 0.0


def _differences(then: Sequence[str], now: Sequence[str]) -> list[str]:
    found = [f"{a or 'nothing'}; now {b or 'nothing'}" for a, b in zip_longest(then, now) if a != b]
    more = [f"and {len(found) - MOST_TOLD} more"] if len(found) > MOST_TOLD else []
    return [*found[:MOST_TOLD], *more]


def change_lines(changes: Sequence[Change], baseline: str) -> list[str]:
    """Return the changes as text, one line each."""
    if not changes:
        return [f"nothing changed since {baseline}"]
    lines = [f"changed since {baseline}:"]
    return lines + [
        f"  {'WORSE ' if one.worse else '      '}{one.drive:<34}{one.kind:<10}{one.text}" for one in changes
    ]


def changes_as_junit(changes: Sequence[Change], written: str) -> str:
    """Return the run's JUnit XML with one more suite for the changes; each change for the worse is a failure."""
    root = ElementTree.fromstring(written)  # noqa: S314  # written by this program a moment ago
    worse = sum(change.worse for change in changes)
    suite = ElementTree.SubElement(
        root, "testsuite", name="compared", tests=str(max(len(changes), 1)), failures=str(worse)
    )
    if not changes:
        ElementTree.SubElement(suite, "testcase", classname="compared", name="nothing changed")
    for one in changes:
        case = ElementTree.SubElement(suite, "testcase", classname=one.drive, name=f"{one.kind}: {one.text}")
        if one.worse:
            ElementTree.SubElement(case, "failure", message=one.text)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
