"""Whether a drive kept its expectations, the driving limits and the promises. Reads what happened; changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.dialogue.effects import Call, Purpose
from assistant.dialogue.state import Mode
from assistant.policy.driving import LIMITS, LONGEST_TASK_SECONDS, SPOKEN_SECONDS, DrivingState
from assistant.policy.sensitivity import assess
from assistant.runtime import Called, Spoke, Stepped
from assistant.scenarios.format import Expectation, Final
from assistant.scenarios.timeline import Timeline


@dataclass(frozen=True)
class Finding:
    """One thing that was checked."""

    name: str
    """For example `step 3: said`, `limit V1`, `promise 1`."""
    holds: bool
    detail: str = ""


@dataclass(frozen=True)
class Mark:
    """How much of the timeline had been seen when the driver last spoke."""

    spoken: int = 0
    calls: int = 0
    answers: int = 0


def mark(timeline: Timeline) -> Mark:
    """Return where the timeline stands now."""
    return Mark(len(timeline.spoken), len(timeline.calls), len(timeline.answers))


def check_expectation(name: str, expect: Expectation, timeline: Timeline, since: Mark, mode: Mode) -> list[Finding]:
    """Check one expectation against what happened since the driver last spoke."""
    said = " ".join(spoke.text for spoke, _, _ in timeline.spoken[since.spoken :])
    called = timeline.calls[since.calls :]
    findings: list[Finding] = []
    for text in _texts(expect.said):
        findings.append(Finding(f"{name}: said {text!r}", _has(said, text), f"said: {said}"))
    for text in _texts(expect.not_said):
        findings.append(Finding(f"{name}: did not say {text!r}", not _has(said, text), f"said: {said}"))
    if expect.called:
        wanted = expect.called
        holds = any(
            call.call.tool == wanted.tool
            and _includes(dict(call.call.arguments), wanted.arguments)
            and wanted.outcome in (None, call.outcome.kind)
            for call in called
        )
        findings.append(Finding(f"{name}: called {wanted.tool}", holds, f"called: {_list(called)}"))
    for tool in expect.absent:
        holds = all(call.call.tool != tool for call in called)
        findings.append(Finding(f"{name}: did not call {tool}", holds, f"called: {_list(called)}"))
    if expect.mode:
        findings.append(Finding(f"{name}: {expect.mode}", mode is expect.mode, f"is {mode}"))
    if expect.within_ms:
        waits = [answer.seconds * 1000 for answer in timeline.answers[since.answers :]]
        holds = bool(waits) and waits[0] <= expect.within_ms
        findings.append(Finding(f"{name}: answered within {expect.within_ms} ms", holds, f"took {waits[:1]}"))
    return findings


def check_final(
    final: Final, records: Mapping[str, Sequence[Mapping[str, Any]]], executions: Mapping[str, int]
) -> list[Finding]:
    """Check how the world is afterwards."""
    findings: list[Finding] = []
    for kind, wanted in final.world.items():
        found = list(records.get(kind, ()))
        fits = len(found) == len(wanted) and all(any(_includes(have, want) for have in found) for want in wanted)
        findings.append(Finding(f"world: {kind}", fits, f"is {found}, not {wanted}"))
    for tool, times in final.calls.items():
        done = executions.get(tool, 0)
        findings.append(Finding(f"world: {tool} executed {times} times", done == times, f"was executed {done} times"))
    return findings


def check_promises(timeline: Timeline) -> list[Finding]:
    """No sensitive call without a consent for exactly its arguments, and no consent used twice (promise 1)."""
    wrong: list[str] = []
    used: set[str] = set()
    for seen in timeline.steps:
        for effect in seen.effects:
            if not isinstance(effect, Call):
                continue
            tool = seen.state.catalog.find(f"{effect.call.server}.{effect.call.tool}")
            if tool and assess(tool, effect.call.arguments).sensitive and effect.consent is None:
                wrong.append(f"{effect.call.tool} without consent")
            if effect.consent and (effect.consent.digest != effect.call.digest or effect.consent.consent_id in used):
                wrong.append(f"{effect.call.tool} with the consent of something else")
            if effect.consent:
                used.add(effect.consent.consent_id)
    return [Finding("promise 1: nothing sensitive unasked", not wrong, "; ".join(wrong))]


def check_limits(timeline: Timeline) -> list[Finding]:
    """Check the driving limits that a drive shows: words and seconds per answer, re-prompts, options, task time."""
    findings: list[Finding] = []
    for spoke, purpose, driving in timeline.spoken:
        if driving is DrivingState.PARKED or purpose is Purpose.READ_BACK:
            continue  # read-backs may exceed one breath (they are checked for their parts where they are worded)
        words, seconds = len(spoke.text.split()), spoke.at - spoke.began
        holds = words <= LIMITS[driving].spoken_words + len("Shall I go on?".split()) and seconds <= SPOKEN_SECONDS + 2
        if not holds:
            findings.append(Finding("limit V1: one breath", False, f"{words} words, {seconds:.1f} s: {spoke.text}"))
    findings.append(Finding("limit V1: one breath", True))
    longest = max((seconds for seconds, _ in _tasks(timeline.steps, timeline.spoken)), default=0.0)
    detail = f"longest task {longest:.1f} s without the driver's pauses"
    findings.append(
        Finding(f"limit V5: task within {LONGEST_TASK_SECONDS:.0f} s", longest <= LONGEST_TASK_SECONDS, detail)
    )
    return (
        findings
        if all(finding.holds for finding in findings[:-1])
        else [f for f in findings if not f.holds] + findings[-1:]
    )


def _tasks(
    steps: Sequence[Stepped], spoken: Iterable[tuple[Spoke, Purpose, DrivingState]]
) -> list[tuple[float, float]]:
    """Return how long McQueen spoke in each task (from a request to the end of its report), while not parked."""
    tasks: list[tuple[float, float]] = []
    begun: float | None = None
    for seen in steps:
        between = seen.state.mode in (Mode.IDLE, Mode.LISTENING)
        if not between and begun is None:
            begun = seen.at
        if between and begun is not None:
            mine = sum(
                spoke.at - spoke.began
                for spoke, _, driving in spoken
                if begun <= spoke.began <= seen.at and driving is not DrivingState.PARKED
            )
            tasks.append((mine, begun))
            begun = None
    return tasks


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
