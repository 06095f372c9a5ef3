"""Checks a drive against its expectations, the driving limits and the promises.

Reads what happened; changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.conversation.observations import Called
from assistant.dialogue.table_effects import Call
from assistant.dialogue.turns import Mode
from assistant.drives.driving_limits import measure_limits
from assistant.drives.format import Expectation, ExpectedRequest, Final
from assistant.drives.own_record import Seen
from assistant.drives.timeline import Timeline
from assistant.policy.driving import DrivingState
from assistant.policy.sensitivity import assess
from assistant.understanding.explaining import requests
from assistant.understanding.slots.wire_spelling import on_the_wire
from client.catalog import Catalog


@dataclass(frozen=True)
class CheckResult:
    """The result of one check."""

    name: str
    """For example `step 3: said`, `limit V1`, `promise 1`."""
    holds: bool
    detail: str = ""


OURS = frozenset({"car", "profile", "routines"})
"""Servers of this program, which every drive has, whatever `--server` names."""


def check_server(server: str | None, catalog: Catalog) -> list[CheckResult]:
    """Check that the server of `--server` listed at least one tool; return nothing if the drive uses our own server."""
    if server is None:
        return []
    listed = any(tool.server not in OURS for tool in catalog)
    return [
        CheckResult("the server of --server listed its tools", listed, "no tool of it; is it there, and does it start?")
    ]


@dataclass(frozen=True)
class Mark:
    """Length of the timeline when the driver last spoke."""

    spoken: int = 0
    calls: int = 0
    answers: int = 0
    readings: int = 0


@dataclass(frozen=True)
class Moment:
    """The state of everything at one moment."""

    mode: Mode
    driving: DrivingState
    outbox: int
    """Confirmed calls that wait for the network."""
    vehicle: Mapping[str, float | int | bool]
    """Signals by VSS name."""
    profile: Mapping[str, Any]
    """The entries of the driver's profile, by kind."""


def mark(timeline: Timeline) -> Mark:
    """Return the present length of the timeline."""
    return Mark(len(timeline.spoken), len(timeline.calls), len(timeline.answers), len(timeline.readings))


def check_expectation(
    name: str, expect: Expectation, timeline: Timeline, since: Mark, moment: Moment
) -> list[CheckResult]:
    """Check one expectation against everything since the driver last spoke."""
    said = " ".join(spoke.text for spoke, _, _ in timeline.spoken[since.spoken :])
    called = timeline.calls[since.calls :]
    findings: list[CheckResult] = []
    for text in _texts(expect.said):
        findings.append(CheckResult(f"{name}: said {text!r}", _has(said, text), f"said: {said}"))
    for text in _texts(expect.not_said):
        findings.append(CheckResult(f"{name}: did not say {text!r}", not _has(said, text), f"said: {said}"))
    if expect.understood:
        findings.append(_understood(name, expect.understood, timeline, since))
    if expect.called:
        wanted = expect.called
        holds = any(
            call.call.tool == wanted.tool
            and _includes(dict(call.call.arguments), wanted.arguments)
            and wanted.outcome in (None, call.outcome.kind)
            for call in called
        )
        findings.append(CheckResult(f"{name}: called {wanted.tool}", holds, f"called: {_list(called)}"))
    for tool in expect.absent:
        holds = all(call.call.tool != tool for call in called)
        findings.append(CheckResult(f"{name}: did not call {tool}", holds, f"called: {_list(called)}"))
    if expect.mode:
        findings.append(CheckResult(f"{name}: {expect.mode}", moment.mode is expect.mode, f"is {moment.mode}"))
    if expect.driving:
        findings.append(
            CheckResult(f"{name}: {expect.driving}", moment.driving is expect.driving, f"is {moment.driving}")
        )
    if expect.outbox is not None:
        findings.append(_waiting(f"{name}: ", expect.outbox, moment.outbox))
    if expect.within_ms:
        waits = [answer.seconds * 1000 for answer in timeline.answers[since.answers :]]
        holds = bool(waits) and waits[0] <= expect.within_ms
        findings.append(CheckResult(f"{name}: answered within {expect.within_ms} ms", holds, f"took {waits[:1]}"))
    return findings


def _understood(name: str, wanted: ExpectedRequest, timeline: Timeline, since: Mark) -> CheckResult:
    """Check the tool and arguments that the driver's last words were understood as, in the form that the server would
    receive.
    """
    state = timeline.steps[-1].state
    found = [one for reading in timeline.readings[since.readings :] for one in requests(reading)[:1]]
    tools = [(one, state.catalog.find(one.tool)) for one in found]
    sent = [(tool.name, on_the_wire(tool, one.arguments, state.utc_offset)) for one, tool in tools if tool]
    holds = any(tool == wanted.tool and _includes(given, wanted.arguments) for tool, given in sent)
    came = ", ".join(f"{tool} {given}" for tool, given in sent) or "nothing"
    return CheckResult(f"{name}: understood as {wanted.tool}", holds, f"understood: {came}")


def check_final(
    final: Final,
    timeline: Timeline,
    moment: Moment,
    seen: Seen,
) -> list[CheckResult]:
    """Check the state at the end of a drive."""
    findings: list[CheckResult] = []
    for kind, wanted in final.world.items():
        found = list(seen.records.get(kind, ()))
        fits = len(found) == len(wanted) and all(any(_includes(have, want) for have in found) for want in wanted)
        findings.append(CheckResult(f"world: {kind}", fits, f"is {found}, not {wanted}"))
    for tool, times in final.calls.items():
        done, unsure = seen.executed.get(tool, 0), seen.lost.get(tool, 0)
        detail = f"was executed {done} times{f', and {unsure} answers were lost' if unsure else ''}"
        findings.append(CheckResult(f"world: {tool} executed {times} times", done == times and not unsure, detail))
    for tool in final.absent:
        called = [call for call in timeline.calls if call.call.tool == tool]
        findings.append(CheckResult(f"end: never called {tool}", not called, f"called: {_list(called)}"))
    if final.outbox is not None:
        findings.append(_waiting("end: ", final.outbox, moment.outbox))
    for signal, value in final.vehicle.items():
        have = moment.vehicle.get(signal)
        findings.append(CheckResult(f"end: {signal} is {value}", have == value, f"is {have}"))
    for kind, kept in final.profile.items():
        have = moment.profile.get(kind)
        findings.append(CheckResult(f"end: the profile keeps {kind} {kept}", have == kept, f"is {have}"))
    said = " ".join(spoke.text for spoke, _, _ in timeline.spoken)
    for text in final.not_said:
        findings.append(CheckResult(f"end: never said {text!r}", not _has(said, text), f"said: {said}"))
    return findings


def _waiting(where: str, wanted: int, waiting: int) -> CheckResult:
    return CheckResult(f"{where}{wanted} confirmed calls wait", waiting == wanted, f"{waiting} wait")


def check_promises(timeline: Timeline) -> list[CheckResult]:
    """Check promise 1: no sensitive call without consent to exactly its arguments, and no consent used twice."""
    wrong: list[str] = []
    used: set[str] = set()
    agreed: set[str] = set()
    for seen in timeline.steps:
        for effect in seen.effects:
            if not isinstance(effect, Call):
                continue
            tool = seen.state.catalog.of(effect.call.server, effect.call.tool)
            goes_on = effect.answers and effect.call.digest in agreed  # its server asked for more in its course
            if tool and assess(tool, effect.call.arguments).sensitive and effect.consent is None and not goes_on:
                wrong.append(f"{effect.call.tool} without consent")
            if effect.consent and (effect.consent.digest != effect.call.digest or effect.consent.consent_id in used):
                wrong.append(f"{effect.call.tool} with the consent of something else")
            if effect.consent:
                used.add(effect.consent.consent_id)
                agreed.add(effect.call.digest)
    return [CheckResult("promise 1: nothing sensitive unasked", not wrong, "; ".join(wrong))]


def check_limits(timeline: Timeline, shows: Sequence[str] = ()) -> list[CheckResult]:
    """Check every driving limit that a drive can show.

    Return one finding for each row, and one for each row of `shows` that never occurred. T3 is listed but never fails a
    drive, because it depends on the machine and its load.
    """
    measured = measure_limits(timeline)
    seen = {found.row.split()[0] for found in measured if found.worst is not None}
    missed = [CheckResult(f"the drive shows {row}", False, "it gave no occasion") for row in shows if row not in seen]
    return missed + [
        CheckResult(f"limit {found.row}: {found.limit}", found.holds, f"{found.value}: {found.where}")
        for found in measured
        if found.row != "T3"
    ]


def _texts(value: list[str] | str | None) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else value


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s:']", " ", text.lower()).split())


def _has(said: str, text: str) -> bool:
    return _plain(text) in _plain(said)


def _includes(have: object, want: object) -> bool:
    if isinstance(want, Mapping):
        return isinstance(have, Mapping) and all(
            key in have and _includes(have[key], item) for key, item in want.items()
        )
    if isinstance(want, str) and isinstance(have, str):
        return _plain(have) == _plain(want)
    return have == want or str(have) == str(want)


def _list(called: Sequence[Called]) -> str:
    return (
        ", ".join(f"{call.call.tool} {dict(call.call.arguments)} -> {call.outcome.kind}" for call in called)
        or "nothing"
    )
