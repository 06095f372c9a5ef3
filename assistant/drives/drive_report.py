"""Reports of drives: the printed timeline, the summary table, JSON and JUnit. Formats only; checks nothing."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from assistant.drives.driving_limits import NOT_CHECKED, measure_limits
from assistant.drives.runner import DriveResult

_WHO = {
    "driver": "driver     ",
    "heard": "  heard    ",
    "understood": "  meaning  ",
    "asked": "McQueen ?  ",
    "answered": "McQueen    ",
    "notice": "McQueen !  ",
    "shown": "shown      ",
    "called": "  called   ",
    "network": "  network  ",
    "server": "  server   ",
    "vehicle": "  vehicle  ",
}


def timeline_lines(result: DriveResult) -> list[str]:
    """Return the conversation, one line for each entry, with the milliseconds of each stage."""
    lines = [f"== {result.title} =="]
    for entry in result.timeline.ordered():
        stages = ", ".join(f"{stage} {value:.0f} ms" for stage, value in entry.milliseconds.items())
        lines.append(
            f"{entry.at:7.2f} s  {_WHO.get(entry.kind, entry.kind)}{entry.text}" + (f"  [{stages}]" if stages else "")
        )
    failed = [finding for finding in result.findings if not finding.holds]
    lines.extend(f"  FAILED {finding.name}: {finding.detail}" for finding in failed)
    if result.expects:
        lines.append(f"  {len(result.findings) - len(failed)} of {len(result.findings)} expectations held")
    else:
        lines.append(
            f"  this drive expects nothing of its own: add `expect` or `final`; of what every drive is checked for "
            f"{len(result.findings) - len(failed)} of {len(result.findings)} held"
        )
    return lines


def summary_lines(results: Sequence[DriveResult]) -> list[str]:
    """Return the table of all drives."""
    lines = [f"{'drive':<34}{'result':<8}{'checks':>7}{'calls':>7}{'answer p50':>12}{'drive':>9}{'took':>8}"]
    for result in results:
        held = sum(finding.holds for finding in result.findings)
        median = _median([answer.seconds for answer in result.timeline.answers])
        lines.append(
            f"{result.name:<34}{'passed' if result.passed else 'FAILED':<8}{f'{held}/{len(result.findings)}':>7}"
            f"{len(result.timeline.calls):>7}{median:>12}{result.virtual_seconds:>7.0f} s{result.real_seconds:>6.1f} s"
        )
    return lines


def limit_lines(result: DriveResult) -> list[str]:
    """Return one drive's driving limits as a table: the measured values, and the rows that a drive cannot show."""
    lines = [f"-- driving limits: {result.title} --", f"{'row':<12}{'holds':<7}{'worst':>12}  limit"]
    for found in measure_limits(result.timeline):
        broken = f" ({found.where})" if not found.holds else ""
        lines.append(f"{found.row:<12}{'yes' if found.holds else 'NO':<7}{found.value:>12}  {found.limit}{broken}")
    lines.extend(f"{row:<12}{'-':<7}{'not checked':>12}  {why}" for row, why in NOT_CHECKED.items())
    lines.append(f"misrecognitions put in: {sum('(heard' in entry.text for entry in result.timeline.entries)}")
    return lines


def _median(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds):.2f} s" if seconds else "-"


def as_json(result: DriveResult) -> dict[str, Any]:
    """Return a drive's result as JSON."""
    return {
        "drive": result.name,
        "title": result.title,
        "passed": result.passed,
        "expects": result.expects,
        "seconds": {"drive": round(result.virtual_seconds, 2), "took": round(result.real_seconds, 2)},
        "wav": str(result.wav) if result.wav else None,
        "journal": str(result.journal) if result.journal else None,
        "findings": [
            {"name": finding.name, "holds": finding.holds, **({} if finding.holds else {"detail": finding.detail})}
            for finding in result.findings
        ],
        "limits": [
            {"row": found.row, "limit": found.limit, "worst": found.worst, "holds": found.holds}
            for found in measure_limits(result.timeline)
        ],
        "answers": [{"at": round(a.at, 2), "seconds": round(a.seconds, 3)} for a in result.timeline.answers],
        "calls": [
            {
                "tool": called.call.tool,
                "arguments": dict(called.call.arguments),
                "outcome": called.outcome.kind,
                "milliseconds": round(called.seconds * 1000, 1),
            }
            for called in result.timeline.calls
        ],
        "timeline": [
            {"at": round(entry.at, 2), "kind": entry.kind, "text": entry.text, "milliseconds": dict(entry.milliseconds)}
            for entry in result.timeline.ordered()
        ],
    }


def as_junit(results: Sequence[DriveResult]) -> str:
    """Return JUnit XML: one suite for each drive, one case for each finding."""
    root = ElementTree.Element("testsuites", name="drives")
    for result in results:
        failures = sum(not finding.holds for finding in result.findings)
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=result.name,
            tests=str(len(result.findings)),
            failures=str(failures),
            time=f"{result.real_seconds:.3f}",
        )
        for finding in result.findings:
            case = ElementTree.SubElement(suite, "testcase", classname=result.name, name=finding.name)
            if not finding.holds:
                ElementTree.SubElement(case, "failure", message=finding.detail)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
