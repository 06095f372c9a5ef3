"""The page of bundled drives, from the files of the drives themselves: which limit and which fault each one shows.

A drive that names a limit in `shows` fails when its run gave no occasion to measure it, so the page cannot claim more.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.drives.bundled import bundled_drives
from assistant.drives.driving_limits import NOT_CHECKED, measure_limits
from assistant.drives.format import Drive
from assistant.drives.loading import load_drive
from assistant.drives.road_network import NetworkState, RoadFault
from assistant.drives.timeline import Timeline

IN_THE_TABLE = {
    RoadFault.REFUSED: "not sent",
    RoadFault.TOO_MANY: "429 with Retry-After",
    RoadFault.UNAVAILABLE: "503",
    RoadFault.SESSION_LOST: "401, session lost",
    RoadFault.RESET: "sent, answer lost",
    RoadFault.TRUNCATED: "sent, answer lost",
    RoadFault.HANGS: "sent, answer lost",
    RoadFault.HTML: "sent, answer lost (a portal's page)",
    RoadFault.ERROR: "sent, answer lost (500)",
    RoadFault.SLOW: "none: it comes in time, and the wait is told",
}
"""The row of the client's table of failures that a fault becomes."""
TOOL_ERROR = "tool error"


def rows_shown() -> list[str]:
    """Return the rows of the driving limits that a drive can show."""
    return list(dict.fromkeys(found.row.split()[0] for found in measure_limits(Timeline(0.0))))


def drives() -> dict[str, Drive]:
    """Return the bundled drives by name."""
    return {path.stem: load_drive(path) for path in bundled_drives()}


def faults_of(drive: Drive) -> Iterator[RoadFault]:
    """Return what befalls single calls in a drive."""
    for step in drive.steps:
        if step.fault is not None:
            yield from step.fault if isinstance(step.fault, list) else [step.fault]


def tool_errors_of(drive: Drive) -> bool:
    """Return whether a drive expects a tool to refuse."""
    called = (step.expect.called for step in drive.steps if step.expect is not None)
    return any(one is not None and one.outcome == "failed" for one in called)


def page() -> str:
    """Return the page."""
    found = drives()
    limits = {found.row.split()[0]: found.limit for found in reversed(measure_limits(Timeline(0.0)))}
    lines = ["# The bundled drives", "", "| drive | what happens |", "|---|---|"]
    lines += [f"| `{name}` | {drive.title}: {drive.about} |" for name, drive in found.items()]
    lines += ["", "## Driving limits", ""]
    lines += ["Every drive checks every row; these are made to give a row its occasion.", ""]
    lines += ["| row | limit | drives |", "|---|---|---|"]
    for row in rows_shown():
        shown = _named(n for n, d in found.items() if row in d.shows)
        lines.append(f"| {row} | {limits[row] or 'answer within 5 s'} | {shown} |")
    lines += ["", "No drive can show these:", "", "| row | why |", "|---|---|"]
    lines += [f"| {row} | {why} |" for row, why in NOT_CHECKED.items()]
    lines += ["", "## Faults", "", "| fault | row of the client's table | drives |", "|---|---|---|"]
    for fault in RoadFault:
        lines.append(
            f"| {fault} | {IN_THE_TABLE[fault]} | {_named(n for n, d in found.items() if fault in faults_of(d))} |"
        )
    lines.append(f"| the tool refuses | {TOOL_ERROR} | {_named(n for n, d in found.items() if tool_errors_of(d))} |")
    gone = _named(n for n, d in found.items() if any(step.server == "stopped" for step in d.steps))
    lines.append(f"| the server is gone | not sent | {gone} |")
    lines += ["", "| network | drives |", "|---|---|"]
    for network in NetworkState:
        used = (n for n, d in found.items() if any(step.network == network for step in d.steps))
        lines.append(f"| {network} | {_named(used)} |")
    return "\n".join([*lines, ""])


def _named(names: Iterator[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
