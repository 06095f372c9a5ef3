"""The drive format: YAML checked by pydantic, with file and line in every complaint.

A drive is a timeline of what the driver says, what vehicle, network and server do, and what must come of it. Nothing
here runs a drive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.dialogue.state import Mode
from assistant.scenarios.network import Network
from assistant.vehicle.signals import SIGNALS
from client.catalog import Catalog
from client.errors import UsageError


class DriveError(UsageError):
    """A drive that cannot be run; its text names file, line and what was meant."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExpectedCall(_Strict):
    """A call that must have been made since the driver last spoke."""

    tool: str
    arguments: dict[str, Any] = Field(default_factory=dict, description="these arguments at least, with these values")
    outcome: Literal["succeeded", "failed", "needs_input", "deferred", "unknown"] | None = None


class Expectation(_Strict):
    """What must have come of the steps since the driver last spoke. Every field given must hold."""

    said: list[str] | str | None = Field(None, description="words that McQueen said, in this order, case aside")
    not_said: list[str] | str | None = Field(None, description="words that McQueen did not say")
    called: ExpectedCall | None = None
    absent: list[str] = Field(default_factory=list, description="tools that were not called")
    mode: Mode | None = Field(None, description="where the conversation stands")
    within_ms: Annotated[int, Field(gt=0)] | None = Field(None, description="from the end of speech to the answer")

    @model_validator(mode="after")
    def _expects_something(self) -> Expectation:
        if not self.model_fields_set:
            raise ValueError("expects nothing, so it can never fail; say what must hold")
        if self.called and self.called.tool in self.absent:
            raise ValueError(f"can never hold: {self.called.tool} is both expected and absent")
        return self


class Step(_Strict):
    """One moment of a drive: exactly one of its fields besides the details of a driver's line."""

    driver: str | None = Field(None, description="what the driver says")
    heard: str | None = Field(None, description="a misrecognition: what the recognizer gives instead")
    wav: str | None = Field(None, description="a WAV of the driver's line, relative to the drive's file")
    silence: bool | None = Field(None, description="the driver says nothing until McQueen goes on")
    press: bool | None = Field(None, description="push-to-talk, without a word")
    network: Network | None = None
    server: Literal["stopped", "started"] | None = None
    vehicle: dict[str, float | int | bool] | None = Field(None, description="VSS signals")
    wait: Annotated[float, Field(gt=0, le=86_400)] | None = Field(None, description="seconds")
    expect: Expectation | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Step:
        things = {
            "driver",
            "silence",
            "press",
            "network",
            "server",
            "vehicle",
            "wait",
            "expect",
        } & self.model_fields_set
        if len(things) != 1:
            named = " and ".join(sorted(things)) or "nothing"
            raise ValueError(
                f"a step is one of driver, silence, press, network, server, vehicle, wait, expect; here: {named}"
            )
        if (self.heard is not None or self.wav is not None) and self.driver is None:
            raise ValueError("heard and wav belong to a driver's line")
        for name in self.vehicle or {}:
            if name not in SIGNALS:
                raise ValueError(f"no signal {name!r}; known are {', '.join(SIGNALS)}")
        return self


class Final(_Strict):
    """How the world must be afterwards."""

    world: dict[str, list[dict[str, Any]]] = Field(
        default_factory=dict, description="by kind of record: records with at least these fields; their number is exact"
    )
    calls: dict[str, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict, description="how often the server executed a tool"
    )


class DriveProfile(_Strict):
    """The driver's profile for this drive."""

    contacts: dict[str, str] = Field(default_factory=dict)
    places: dict[str, str] = Field(default_factory=dict)
    quick_messages: list[str] = Field(default_factory=list)


class Drive(_Strict):
    """A whole drive."""

    title: str
    about: str = ""
    now: datetime = Field(description="the vehicle's clock at the start, with its offset")
    place: str = Field("", description="where the vehicle is")
    vehicle: dict[str, float | int | bool] = Field(default_factory=dict, description="VSS signals at the start")
    profile: DriveProfile = DriveProfile()
    car: bool = Field(False, description="whether the car's own tools are offered beside the server's")
    announcements: list[Literal["range", "dead zone"]] = Field(
        default_factory=list, description="what McQueen may speak up about unasked"
    )
    steps: list[Step] = Field(min_length=1)
    final: Final = Final()

    @model_validator(mode="after")
    def _has_a_clock(self) -> Drive:
        if self.now.tzinfo is None:
            raise ValueError("now needs an offset, for example 2026-11-20T17:40:00+01:00")
        return self


def load_drive(path: Path) -> Drive:
    """Read and check a drive. Raises `DriveError` naming file, line and cure."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DriveError(f"cannot read the drive {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DriveError(f"the drive {path} is not UTF-8 text") from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DriveError(f"{path}:{line}: not YAML: {error.problem or error}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DriveError(f"{path}:1: not YAML: {error}") from error
    if not isinstance(raw, dict):
        raise DriveError(f"{path}:1: a drive is a mapping with title, now and steps")
    try:
        return Drive.model_validate(raw)
    except ValidationError as error:
        raise DriveError("; ".join(_complaint(path, root, problem) for problem in error.errors()[:3])) from error


def check_against(drive: Drive, path: Path, catalog: Catalog) -> None:
    """Refuse expectations that can never hold with these tools. Raises `DriveError`."""
    known = {tool.name: tool for tool in catalog}
    root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    for number, step in enumerate(drive.steps):
        expect = step.expect
        if expect is None:
            continue
        line = _line_of(root, ("steps", number, "expect"))
        for name in [*([expect.called.tool] if expect.called else []), *expect.absent]:
            if name not in known:
                raise DriveError(f"{path}:{line}: can never hold: no tool {name!r}{_meant(name, list(known))}")
        for name in expect.called.arguments if expect.called else ():
            tool = known[expect.called.tool] if expect.called else None
            if tool and name not in tool.properties:
                meant = _meant(name, list(tool.properties))
                raise DriveError(f"{path}:{line}: can never hold: {tool.name} has no argument {name!r}{meant}")
    for name in drive.final.calls:
        if name not in known:
            line = _line_of(root, ("final", "calls", name))
            raise DriveError(f"{path}:{line}: can never hold: no tool {name!r}{_meant(name, list(known))}")


def _complaint(path: Path, root: yaml.Node | None, problem: Mapping[str, Any]) -> str:
    location: Sequence[str | int] = problem["loc"]
    line = _line_of(root, location)
    where = ".".join(str(part) for part in location)
    if problem["type"] == "extra_forbidden":
        fields = _fields_at(location[:-1])
        return f"{path}:{line}: unknown key {location[-1]!r}{_meant(str(location[-1]), fields)}"
    message = str(problem["msg"]).removeprefix("Value error, ")
    return f"{path}:{line}: {where}: {message}" if where else f"{path}:{line}: {message}"


def _line_of(root: yaml.Node | None, location: Sequence[str | int]) -> int:
    """Return the line of the deepest part of that path which the file has."""
    node = root
    line = 1
    for part in location:
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, found = key.start_mark.line + 1, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
            line = found.start_mark.line + 1
        if found is None:
            return line
        node = found
    return line


def _fields_at(location: Sequence[str | int]) -> list[str]:
    model: type[BaseModel] = Drive
    nested: Mapping[str, type[BaseModel]] = {
        "steps": Step,
        "expect": Expectation,
        "called": ExpectedCall,
        "final": Final,
        "profile": DriveProfile,
    }
    for part in location:
        model = nested.get(str(part), model)
    return list(model.model_fields)


def _meant(name: str, known: Sequence[str]) -> str:
    from rapidfuzz import process  # only when something is wrong

    found = process.extractOne(name, known, score_cutoff=60)
    return f"; did you mean {found[0]!r}?" if found else f"; known are {', '.join(sorted(known)[:12])}"
