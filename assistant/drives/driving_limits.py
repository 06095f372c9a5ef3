"""The driving limits as checks on a drive: one finding for each row, with the worst measured value.

Rows that a drive cannot show are listed with the reason, so that a missing row is not taken for a pass. Reads a
timeline; decides nothing.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.conversation.observations import Stepped
from assistant.dialogue.events import CallEnded, Heard, NothingHeard, Noticed, PushToTalk
from assistant.dialogue.speaking import WAITING
from assistant.dialogue.table_effects import Call, Earcon, EndTurn, Purpose, Say, StopSpeaking
from assistant.dialogue.turns import Mode
from assistant.drives.timeline import Timeline
from assistant.policy.driving import LIMITS, DrivingState
from assistant.policy.timing import (
    ACKNOWLEDGE_SECONDS,
    ANSWER_SECONDS,
    BUSY_SECONDS,
    LONGEST_TASK_SECONDS,
    MOST_FAILED_TRIES,
    MOST_STEPS,
    OFFER_TO_GO_ON_SECONDS,
    QUIET_SECONDS,
    SPOKEN_SECONDS,
)
from assistant.wording.languages import languages, wording_of

OFFER_WORDS = max(
    len(text.split()) for code in languages() for name in ("go_on", "check") for text in wording_of(code).prompts[name]
)
"""Words that an offer ("Shall I go on?") may add to a full breath of speech."""


@dataclass(frozen=True)
class Measured:
    """What a drive showed about one row."""

    row: str
    limit: str
    """The limit in words, with its number."""
    worst: float | None
    """The worst value, in the limit's unit; None if the situation did not occur."""
    holds: bool
    where: str = ""
    """The place that broke the limit."""

    @property
    def value(self) -> str:
        """The worst value as short text."""
        return "no occasion" if self.worst is None else f"{self.worst:.2f}".rstrip("0").rstrip(".")


NOT_CHECKED: Mapping[str, str] = {
    "S1": "needs eyes; S7 to S9 stand for it",
    "S2": "needs eyes; every task has a voice-only path, and S9 counts its steps",
    "S3": "older and looser than S2",
    "S4": "needs eyes",
    "S5": "the dashboard has no task that needs the keyboard; belongs to its tests",
    "S6": "dashboard: length of what is read in one go; belongs to its tests",
    "S7": "dashboard: length of every text; belongs to its tests",
    "S8": "dashboard: rows and depth of lists; belongs to its tests",
    "S10": "dashboard: lines of a row; belongs to its tests",
    "S11": "dashboard: long messages; belongs to its tests",
    "S12": "dashboard: time before a view is replaced; belongs to its tests",
    "S13": "dashboard: movement on the screen; belongs to its tests",
    "S14": "dashboard: keys while moving; belongs to its tests",
    "S15": "dashboard: idling; belongs to its tests",
    "S16": "no touch in a terminal",
    "S17": "needs the size of a character and the distance of the eye",
    "S18": "dashboard: contrast of the theme; belongs to its tests",
    "S19": "dashboard: words beside colours; belongs to its tests",
    "S20": "the car sets it at run time; there is no such car here",
    "S21": "dashboard: place of the question; belongs to its tests",
    "S22": "dashboard: no transcript unless parked (P5.transcript)",
    "V3": "needs the samples of a spoken list; a test of the mouth measures them",
    "V7": "a rating by people; turns in a task (S9) stand for it",
    "V8": "needs slow speakers",
    "V9": "belongs to a set of drives: python -m benchmarks.drives_bench mishears lines of all of them",
    "V10": "a test of the mouth hears louder, quieter and the earcons with it",
    "V11": "dashboard: message bodies are spoken only; belongs to its tests",
}
"""Rows of the driving limits that a drive cannot show, with the reasons."""


def measure_limits(timeline: Timeline) -> list[Measured]:
    """Return every row that a drive can show, sorted by id."""
    checks: Sequence[Callable[[Timeline], Measured]] = (
        _steps, _acknowledged, _busy, _answered, _interruptible, _silence, _tries, _breath_words, _breath_seconds,
        _options, _task_turns, _task_seconds, _quiet, _key, _priority, _read_back,
    )  # fmt: skip
    return [check(timeline) for check in checks]


def _most(row: str, limit: str, values: Sequence[tuple[float, str]], most: float) -> Measured:
    """Pass if no value is above the limit."""
    worst = max(values, default=None)
    if worst is None:
        return Measured(row, limit, None, True)
    return Measured(row, limit, worst[0], worst[0] <= most, "" if worst[0] <= most else worst[1])


def _none(row: str, limit: str, occasions: int, broken: Sequence[str]) -> Measured:
    """Pass if nothing broke the rule."""
    return Measured(row, limit, float(len(broken)) if occasions else None, not broken, "; ".join(broken[:2]))


def _pairs(timeline: Timeline) -> Iterator[tuple[Stepped | None, Stepped]]:
    before: Stepped | None = None
    for seen in timeline.steps:
        yield before, seen
        before = seen


@dataclass(frozen=True)
class _Task:
    """The time from a request to its end."""

    turns: int
    spoken: float
    """Seconds in which McQueen spoke while the vehicle was not parked, without the pauses of the driver and the
    network.
    """
    at: float


def _tasks(timeline: Timeline) -> list[_Task]:
    tasks: list[_Task] = []
    begun: float | None = None
    turns = 0
    for seen in timeline.steps:
        between = seen.state.mode in (Mode.IDLE, Mode.LISTENING)
        if isinstance(seen.event, Heard):
            turns = turns + 1 if begun is not None else 1
        if not between and begun is None:
            begun = seen.at
        if between and begun is not None:
            mine = sum(
                spoke.at - spoke.began
                for spoke, _, driving in timeline.spoken
                if begun <= spoke.began <= seen.at and driving is not DrivingState.PARKED
            )
            tasks.append(_Task(turns, mine, begun))
            begun, turns = None, 0
    return tasks


def _steps(timeline: Timeline) -> Measured:
    values = [(float(task.turns), f"task at {task.at:.0f}") for task in _tasks(timeline)]
    return _most("S9", f"at most {MOST_STEPS} of the driver's turns in a task", values, MOST_STEPS)


def _acknowledged(timeline: Timeline) -> Measured:
    values: list[tuple[float, str]] = []
    for seen in timeline.steps:
        if isinstance(seen.event, PushToTalk) or (isinstance(seen.event, Heard) and not seen.event.typed):
            sign = any(isinstance(effect, Earcon | EndTurn | StopSpeaking | Say) for effect in seen.effects)
            values.append((seen.at - seen.event.at if sign else 99.0, f"{type(seen.event).__name__} without a sign"))
    return _most("T1", "a sign within 0.25 s of a press or an utterance", values, ACKNOWLEDGE_SECONDS)


def _busy(timeline: Timeline) -> Measured:
    values: list[tuple[float, str]] = []
    sent: dict[str, float] = {}
    signs: list[float] = []
    for seen in timeline.steps:
        if isinstance(seen.event, CallEnded) and seen.event.call_id in sent:
            began = sent.pop(seen.event.call_id)
            first = min([*(at for at in signs if at > began), seen.at])
            values.append((first - began, f"silence during {seen.event.call_id}"))
        for effect in seen.effects:
            if isinstance(effect, Call):
                sent[effect.call.call_id] = seen.at
            elif isinstance(effect, Say) or (isinstance(effect, Earcon) and effect.name == "working"):
                signs.append(seen.at)
    return _most("T2", "a call's end, or a sign that it goes on, within 2 s", values, BUSY_SECONDS)


def _answered(timeline: Timeline) -> Measured:
    waits = sorted(answer.seconds for answer in timeline.answers)
    limit = f"answers begin within {ANSWER_SECONDS:.0f} s"
    if not waits:
        return Measured("T3", limit, None, True)
    late = waits[min(len(waits) - 1, int(len(waits) * 0.95))]
    limit += f" (p95; p50 {statistics.median(waits):.2f} s)"
    return Measured("T3", limit, late, late <= ANSWER_SECONDS, f"p95 {late:.1f} s")


def _interruptible(timeline: Timeline) -> Measured:
    occasions, broken = 0, []
    for before, seen in _pairs(timeline):
        if isinstance(seen.event, PushToTalk) and before is not None and before.state.said.playing:
            occasions += 1
            if not any(isinstance(effect, StopSpeaking) for effect in seen.effects):
                broken.append(f"spoke on at {seen.at:.0f}")
    return _none("T4", "a press stops speech in every mode", occasions, broken)


def _silence(timeline: Timeline) -> Measured:
    occasions, broken, run = 0, [], 0
    for before, seen in _pairs(timeline):
        if not isinstance(seen.event, NothingHeard) or before is None or before.state.mode not in WAITING:
            run = 0 if isinstance(seen.event, Heard) else run
            continue
        occasions += 1
        run += 1
        if any(isinstance(effect, Call) for effect in seen.effects):
            broken.append("silence made a call")
        if run > 1 and seen.state.mode in WAITING:
            broken.append("more than one re-prompt")
    return _none("T5", "one re-prompt after silence, then closed, nothing done", occasions, broken)


def _tries(timeline: Timeline) -> Measured:
    values = [(float(seen.state.tries), f"at {seen.at:.0f}") for seen in timeline.steps if seen.state.tries]
    return _most("T6", f"at most {MOST_FAILED_TRIES} failed tries", values, MOST_FAILED_TRIES)


def _breaths(timeline: Timeline) -> Iterator[tuple[str, float, DrivingState]]:
    for spoke, purpose, driving in timeline.spoken:
        if driving is not DrivingState.PARKED and purpose is not Purpose.READ_BACK:
            yield spoke.text, spoke.at - spoke.began, driving


def _breath_words(timeline: Timeline) -> Measured:
    values = [(float(len(text.split())), text) for text, _, _ in _breaths(timeline)]
    most = LIMITS[DrivingState.MOVING].spoken_words
    limit = f"{most} words in a breath, {OFFER_WORDS} more to offer the rest"
    return _most("V1 words", limit, values, most + OFFER_WORDS)


def _breath_seconds(timeline: Timeline) -> Measured:
    values = [(seconds, text) for text, seconds, _ in _breaths(timeline)]
    limit = f"{SPOKEN_SECONDS:.0f} s in a breath, {OFFER_TO_GO_ON_SECONDS:.0f} s more to offer the rest"
    return _most("V1 seconds", limit, values, SPOKEN_SECONDS + OFFER_TO_GO_ON_SECONDS)


def _options(timeline: Timeline) -> Measured:
    values = [
        (float(len(seen.state.options)), str([option.label for option in seen.state.options]))
        for seen in timeline.steps
        if seen.state.options and seen.state.mode in WAITING
    ]
    return _most("V2", "3 options in a question", values, LIMITS[DrivingState.MOVING].options)


def _task_turns(timeline: Timeline) -> Measured:
    turns = [task.turns for task in _tasks(timeline) if task.turns]
    if not turns:
        return Measured("V4", "turns in a task (told, not limited)", None, True)
    return Measured("V4", "turns in a task (median; told, not limited)", statistics.median(turns), True)


def _task_seconds(timeline: Timeline) -> Measured:
    values = [(task.spoken, f"task at {task.at:.0f}") for task in _tasks(timeline)]
    limit = f"McQueen speaks {LONGEST_TASK_SECONDS:.0f} s in a task"
    return _most("V5", limit, values, LONGEST_TASK_SECONDS)


def _quiet(timeline: Timeline) -> Measured:
    occasions, broken, ended = 0, [], None
    for before, seen in _pairs(timeline):
        if before is not None and before.state.mode is not Mode.IDLE and seen.state.mode is Mode.IDLE:
            ended = seen.at
        moving = seen.state.driving is DrivingState.MOVING
        if before is None or before.state.mode is not Mode.IDLE or isinstance(seen.event, Heard) or not moving:
            continue
        if isinstance(seen.event, Noticed) and seen.event.safety:
            continue
        for effect in seen.effects:
            if isinstance(effect, Say) and effect.purpose is Purpose.NOTICE:
                occasions += 1
                if ended is not None and seen.at - ended < QUIET_SECONDS:
                    broken.append(effect.text)
    return _none("V6", f"no unrequested speech for {QUIET_SECONDS:.0f} s after a task", occasions, broken)


def _key(timeline: Timeline) -> Measured:
    occasions, broken = 0, []
    for before, seen in _pairs(timeline):
        if isinstance(seen.event, PushToTalk) and before is not None:
            occasions += 1
            expected = EndTurn if before.state.listening else Earcon
            if not any(isinstance(effect, expected) for effect in seen.effects):
                broken.append(f"press in {before.state.mode}")
    return _none("V12", "the key interrupts, ends the turn or opens the microphone", occasions, broken)


def _priority(timeline: Timeline) -> Measured:
    occasions, broken = 0, []
    for before, seen in _pairs(timeline):
        mine = isinstance(seen.event, Heard | NothingHeard | PushToTalk)
        warning = isinstance(seen.event, Noticed) and seen.event.safety
        if before is None or not before.state.listening or mine or warning:
            continue
        occasions += 1
        if any(isinstance(effect, Say) for effect in seen.effects):
            broken.append(f"{type(seen.event).__name__} spoke while the driver had the word")
    return _none("V13", "nothing but a warning interrupts the driver", occasions, broken)


def _read_back(timeline: Timeline) -> Measured:
    occasions, broken = 0, []
    heard_yes = False
    for seen in timeline.steps:
        if isinstance(seen.event, Heard):
            heard_yes = True
        for effect in seen.effects:
            if isinstance(effect, Call) and effect.consent is not None:
                occasions += 1
                if effect.consent.digest != effect.call.digest or not heard_yes:
                    broken.append(effect.call.tool)
    return _none("V14", "a sensitive call follows a yes to exactly its arguments", occasions, broken)
