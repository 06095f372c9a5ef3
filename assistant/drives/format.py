"""The format of drive files, with a description of every field for editors.

A drive is a sequence of the driver's lines, of changes to vehicle, network and server, and of expectations. This module
neither reads nor runs drives.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from assistant.dialogue.turns import Mode
from assistant.drives.road_network import NetworkState, RoadFault
from assistant.policy.driving import DrivingState
from assistant.settings.settings import RoutineSettings, RoutingSettings, WarmingSettings
from assistant.vehicle.signals import SIGNALS

EXAMPLE_NOW = "2026-11-20T17:40:00+01:00"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="after")
    def _has_a_value_for_each_key(self) -> Self:
        for name, value in self:
            if value is None and name in self.model_fields_set:
                raise ValueError(f"{name} has no value; write one, or take it out")
        return self


class ExpectedCall(_Strict):
    """A call that must have happened since the driver last spoke."""

    tool: str
    arguments: dict[str, Any] = Field(default_factory=dict, description="these arguments at least, with these values")
    outcome: Literal["succeeded", "failed", "needs_input", "deferred", "unknown"] | None = None


class ExpectedRequest(_Strict):
    """The tool and arguments that the driver's last words must be understood as, whether or not the call was made."""

    tool: str
    arguments: dict[str, Any] = Field(default_factory=dict, description="these at least, as the server takes them")


class Expectation(_Strict):
    """What must have happened since the driver last spoke. Every given field must hold."""

    said: list[str] | str | None = Field(None, description="words that McQueen said, in this order, case aside")
    not_said: list[str] | str | None = Field(None, description="words that McQueen did not say")
    understood: ExpectedRequest | None = None
    called: ExpectedCall | None = None
    absent: list[str] = Field(default_factory=list, description="tools that were not called")
    mode: Mode | None = Field(None, description="where the conversation stands")
    within_ms: Annotated[int, Field(gt=0)] | None = Field(None, description="from the end of speech to the answer")
    driving: DrivingState | None = Field(None, description="what McQueen takes the vehicle to be doing")
    outbox: Annotated[int, Field(ge=0)] | None = Field(None, description="confirmed calls that wait for the network")

    @model_validator(mode="after")
    def _expects_something(self) -> Expectation:
        if not self.model_fields_set:
            raise ValueError("expects nothing, so it can never fail; say what must hold")
        if self.called and self.called.tool in self.absent:
            raise ValueError(f"can never hold: {self.called.tool} is both expected and absent")
        return self


def _known_signals(signals: dict[str, float | int | bool]) -> dict[str, float | int | bool]:
    for name in signals:
        if name not in SIGNALS:
            raise ValueError(f"no signal {name!r}; known are {', '.join(SIGNALS)}")
    return signals


Signals = Annotated[dict[str, float | int | bool], AfterValidator(_known_signals)]
"""Values by VSS signal, each of which is known."""


_THINGS = ("driver", "silence", "press", "network", "fault", "server", "vehicle", "wait", "expect")


class Step(_Strict):
    """One step of a drive: exactly one field, besides the details of a driver's line."""

    driver: str | None = Field(None, description="what the driver says")
    heard: str | None = Field(None, description="a misrecognition: what the recognizer gives instead")
    wav: str | None = Field(None, description="a WAV of the driver's line, relative to the drive's file")
    interrupt: Annotated[float, Field(gt=0, le=60)] | None = Field(
        None, description="push-to-talk so many seconds into what McQueen answers to the driver's line"
    )
    silence: bool | None = Field(None, description="the driver says nothing until McQueen goes on")
    press: bool | None = Field(None, description="push-to-talk, without a word")
    network: NetworkState | None = Field(None, description="how the network is from now on")
    fault: list[RoadFault] | RoadFault | None = Field(
        None, description="what befalls the next calls of tools, one each"
    )
    server: Literal["stopped", "started"] | None = None
    vehicle: Signals | None = Field(None, description="VSS signals")
    wait: Annotated[float, Field(gt=0, le=86_400)] | None = Field(None, description="seconds")
    expect: Expectation | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Step:
        things = set(_THINGS) & self.model_fields_set
        if len(things) != 1:
            named = " and ".join(sorted(things)) or "nothing"
            raise ValueError(f"a step is one of {', '.join(_THINGS)}; here: {named}")
        details = (self.heard, self.wav, self.interrupt)
        if self.driver is None and any(detail is not None for detail in details):
            raise ValueError("heard, wav and interrupt belong to a driver's line")
        return self


class Final(_Strict):
    """What must hold at the end."""

    world: dict[str, list[dict[str, Any]]] = Field(
        default_factory=dict, description="by kind of record: records with at least these fields; their number is exact"
    )
    calls: dict[str, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict, description="how often the server executed a tool"
    )
    absent: list[str] = Field(default_factory=list, description="tools that were never called")
    outbox: Annotated[int, Field(ge=0)] | None = Field(None, description="confirmed calls that still wait")
    vehicle: Signals = Field(default_factory=dict, description="VSS signals")
    profile: dict[Literal["contacts", "relations", "places", "preferences", "units"], Any] = Field(
        default_factory=dict, description="what is kept of the driver in the end, by kind"
    )
    not_said: list[str] = Field(default_factory=list, description="words that McQueen never said")


class DriveProfile(_Strict):
    """The driver's profile for this drive."""

    contacts: dict[str, str] = Field(default_factory=dict)
    places: dict[str, str] = Field(default_factory=dict)
    quick_messages: list[str] = Field(default_factory=list)


Place = Annotated[float, Field(ge=0)]


class DriveRoute(_Strict):
    """The route that the vehicle follows while its speed is above 0; all distances are kilometers from the start."""

    kilometers: Annotated[float, Field(gt=0, le=2000)] = Field(description="its length; the vehicle stays at its end")
    tunnels: list[tuple[Place, Place]] = Field(default_factory=list, description="where each begins and ends")
    dead_zones: list[tuple[Place, Place]] = Field(default_factory=list, description="the same, in the open")


class Drive(_Strict):
    """A complete drive."""

    title: str
    about: str = ""
    now: datetime = Field(description="the vehicle's clock at the start, with its offset")
    place: str = Field("", description="where the vehicle is")
    vehicle: Signals = Field(default_factory=dict, description="VSS signals at the start")
    route: DriveRoute | None = Field(None, description="with one, place, battery and range change as time passes")
    profile: DriveProfile = DriveProfile()
    server: Literal["town", "service_booking"] = Field(
        "town", description="what is driven against where --server names nothing else"
    )
    language: Literal["en", "de"] = Field("en", description="what driver and McQueen speak; the town speaks it too")
    dialect: Literal["mcp", "rest"] = Field("mcp", description="how the town is spoken to: MCP, or McQueen REST")
    noise_db: Annotated[float, Field(ge=-10, le=60)] | None = Field(
        None, description="speech above cabin noise; without it, from the speed and the fan"
    )
    car: bool = Field(False, description="whether the car's own tools are offered beside the server's")
    tools: dict[str, RoutineSettings] = Field(default_factory=dict, description="the driver's routines, by name")
    routing: RoutingSettings = Field(RoutingSettings(), description="which of several fitting tools is taken")
    warming: WarmingSettings = Field(
        WarmingSettings(), description="what McQueen asks ahead, for where there is no network"
    )
    only: bool = Field(False, description="whether the server's tools are alone, without the car's and the profile's")
    announcements: list[Literal["range", "dead zone"]] = Field(
        default_factory=list, description="what McQueen may speak up about unasked"
    )
    shows: list[str] = Field(
        default_factory=list,
        description="rows of the driving limits, such as T4, that it must give an occasion to measure",
    )
    steps: list[Step] = Field(min_length=1)
    final: Final = Final()

    @property
    def expects(self) -> bool:
        """Whether it states any expectation."""
        return bool(self.final.model_fields_set or self.shows or any(step.expect for step in self.steps))

    @field_validator("now")
    @classmethod
    def _has_an_offset(cls, now: datetime) -> datetime:
        if now.tzinfo is None:
            raise ValueError(f"now needs an offset, for example {EXAMPLE_NOW}")
        if not 1971 <= now.year < 2200:
            raise ValueError("now is a day from 1971 to 2199")
        return now

    @model_validator(mode="after")
    def _has_one_set_of_tools(self) -> Drive:
        if self.car and self.only:
            raise ValueError("car and only contradict each other; take one of them out")
        return self


class Repeat(_Strict):
    """Repeated steps: exactly one of `times` and `each`."""

    times: Annotated[int, Field(ge=1, le=1000)] | str | None = None
    each: dict[str, list[Any] | str] | None = Field(None, description="one variable, and its values in turn")
    steps: list[WrittenStep]


class Include(_Strict):
    """The steps of another file."""

    file: str = Field(description="relative to this file")
    variables: dict[str, Any] = Field(default_factory=dict, description="values for this place")


class WrittenStep(Step):
    """A step as written in a file: also a repetition or an include."""

    repeat: Repeat | None = None
    include: Include | str | None = None


class DriveFile(Drive):
    """A drive as written in a file, for editors. Expansion removes everything that this class adds to `Drive`."""

    variables: dict[str, Any] = Field(default_factory=dict, description="{name} in steps and final stands for these")
    steps: list[WrittenStep] = Field(min_length=1)  # type: ignore[assignment]  # what is read is narrower
