"""Settings: `servers.json` and `mcqueen.toml` in the user folder, then `mcqueen.toml` in the working folder, then the
environment. Later sources win, key by key. Reads files and the environment once; does not know what the settings are
used for.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator, model_validator

from assistant.settings.alert_figures import AlertFigure
from assistant.settings.setting_lines import written_at
from assistant.settings.sources import data_folder, merged_sources, settings_files, variable_of
from client.client_errors import ConfigurationError

if TYPE_CHECKING:
    from client.calls.call_settings import CallSettings
    from client.configuration.process_entries import Upkeep


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class VoiceSettings(_Strict):
    """How McQueen hears and speaks."""

    name: str = Field("en-us+f3", description="voice that speaks: of espeak-ng, or the .onnx file of a Piper voice")
    words_per_minute: Annotated[int, Field(ge=80, le=300)] = 165
    volume: Annotated[int, Field(ge=0, le=100)] = 80
    recognizer: Literal["auto", "neural", "vosk", "sphinx", "wyoming"] = Field(
        "auto", description="auto takes the neural one if its model is here, else Vosk if a model of it is"
    )
    neural_model: str = Field("", description="folder of a speech model for the neural recognizer")
    threads: Annotated[int, Field(ge=1, le=16, description="how many the neural recognizer may compute with")] = 1
    vosk_model: str = Field("", description="folder of a Vosk model")
    wyoming: str = Field("", description="tcp://HOST:PORT of the speech-to-text server where recognizer is wyoming")
    wyoming_speech: str = Field("", description="tcp://HOST:PORT of a text-to-speech server that speaks instead")
    wyoming_voice: str = Field("", description="a voice of that server; empty for its own choice")
    wyoming_wake: str = Field("", description="tcp://HOST:PORT of a server that listens for the wake words instead")
    wake_words: list[str] = Field(
        default_factory=list,
        description='phrases that wake it without the key: "hey mcqueen", or of mcqueen[wake] for example "okay nabu"',
    )
    microphone: str = Field("", description="part of the device's name; empty for the system's default")
    speaker: str = ""
    turn_ending_silence: Annotated[float, Field(ge=0.5, le=3.0)] = 0.6


class ProfileSettings(_Strict):
    """What the driver has said about themselves."""

    contacts: dict[str, str] = Field(default_factory=dict, description='for example "my wife" = "Anna"')
    places: dict[str, str] = Field(default_factory=dict, description='for example home = "Heidelberg"')
    quick_messages: list[str] = Field(
        default_factory=lambda: [
            "I'm running {duration} late",
            "I'm on my way",
            "I'm stuck in traffic",
            "I'll call you later",
            "I'll be home soon",
        ]
    )
    here: str = Field("", description="where the vehicle is when no signal says so")


class UnderstandingSettings(_Strict):
    """What helps understanding, besides the tools' own words."""

    learning: bool = Field(True, description="keep the shape of what was confirmed or corrected, on this device")
    server_hints: bool = Field(True, description="ask servers for prompts, resources and completions")
    model_url: str = Field(
        "",
        description="an OpenAI-compatible endpoint, such as http://127.0.0.1:8080/v1, asked where McQueen is unsure; "
        "its key is OPENAI_API_KEY",
    )
    model: str = Field("", description="the model to ask for there")
    model_seconds: Annotated[float, Field(gt=0, le=10)] = Field(2.0, description="seconds it may take")


class SupervisionSettings(_Strict):
    """How server processes are supervised; the environment variables are those of contracts section 2."""

    health_check_interval: Annotated[int, Field(ge=100, le=86_400_000)] = Field(
        30_000, description="milliseconds between two checks; MCP_HEALTH_CHECK_INTERVAL"
    )
    auto_restart: bool = Field(True, description="start a crashed one again; MCP_AUTO_RESTART")
    max_retries: Annotated[int, Field(ge=0, le=100)] = Field(
        3, description="restarts in a row until a check finds it well; MCP_MAX_RETRIES"
    )


class CarSettings(_Strict):
    """The car itself."""

    tools: bool = Field(True, description="offer the car's own tools: windows, climate, lights, navigation, timers")
    quiet_fan: bool = Field(True, description="turn the fan down while listening, by the car's own tools")
    databroker: str = Field(
        "", description="host:port of an Eclipse Kuksa databroker with a real car's signals; needs mcqueen[kuksa]"
    )
    announcements: list[Literal["range", "dead zone", "calendar"]] = Field(
        default_factory=list, description="what McQueen may speak up about unasked"
    )


class CallsSettings(_Strict):
    """Which answers are cached, and what replaces a server that is away."""

    fresh_for: dict[str, Annotated[float, Field(ge=0)]] = Field(
        default_factory=dict, description='seconds that an answer counts as fresh, for example "town.get_weather" = 600'
    )
    stale_for: Annotated[float, Field(ge=0)] = Field(
        86_400.0, description="oldest answer, in seconds, that is given with its age while a server is away"
    )
    fallbacks: dict[str, list[str]] = Field(
        default_factory=dict,
        description='what stands in for a tool: "town.get_weather" = ["other server", "server.tool"]; [] for none',
    )
    defaults: dict[str, dict[str, JsonValue]] = Field(
        default_factory=dict,
        description='arguments that never change, by pattern of tools: "github.*" = {owner = "ann"}',
    )
    deferred_for: Annotated[float, Field(gt=0)] = Field(
        4 * 3600.0, description="seconds that a confirmed call waits for the network before you are asked again"
    )


class AheadCall(_Strict):
    """A call that is made ahead of need."""

    tool: Annotated[str, Field(min_length=1)]
    arguments: dict[str, JsonValue] = Field(
        default_factory=dict, description='"$destination" and "$here" stand for the places'
    )


class WarmingSettings(_Strict):
    """Calls that are made ahead, for stretches without network; only calls that change nothing and need no yes."""

    before_dead_zones: bool = Field(
        False, description="ask the calls below, and the latest of the conversation, two minutes before a dead zone"
    )
    every: Annotated[float, Field(ge=0, le=86_400)] = Field(
        0.0, description="seconds after which the calls below are asked again; 0 for never"
    )
    calls: list[AheadCall] = Field(
        default_factory=lambda: [
            AheadCall(tool="get_weather", arguments={"location": "$destination"}),
            AheadCall(tool="find_fuel_stations"),
        ],
        description="what is asked; the destination's weather and fuel on the way if nothing else is said",
    )


RESERVED_ROUTINES = ("make_routine", "delete_routine", "list_routines")
"""Names that no routine can have, because tools of ours have them: to make, to delete, to list."""


class RoutineStep(_Strict):
    """One step of a routine, by its tool."""

    tool: Annotated[str, Field(min_length=1)]
    arguments: dict[str, JsonValue] = Field(default_factory=dict)


class RoutineSettings(_Strict):
    """A tool that the driver defined: several steps under one name, read back as one question."""

    says: Annotated[list[str], Field(min_length=1, max_length=20)] = Field(
        description='what is said for it: ["I\'m leaving work"]'
    )
    steps: Annotated[list[str | RoutineStep], Field(min_length=1, max_length=8)] = Field(
        description='sentences, or tools with arguments: ["navigate home", {tool = "lock_doors"}]'
    )


class RoutingRule(_Strict):
    """A rule for choosing among several fitting tools; every given condition must hold."""

    prefer: Annotated[str, Field(min_length=1)] = Field(description='pattern of server.tool: "github.*"')
    words: list[str] = Field(default_factory=list, description="words or phrases of which one is said")
    files: list[str] = Field(default_factory=list, description='endings of a file that is named: ["py", "md"]')
    place: str = Field("", description="where the vehicle is")
    driving: Literal["", "parked", "moving"] = Field("", description="what the vehicle does")
    network: Literal["", "online", "offline"] = Field("", description="whether there is a network")

    @model_validator(mode="after")
    def _has_a_condition(self) -> RoutingRule:
        if not (self.words or self.files or self.place or self.driving or self.network):
            raise ValueError("a rule needs a condition: words, files, place, driving or network")
        return self


class RoutingSettings(_Strict):
    """The rules for choosing among several fitting tools."""

    rules: list[RoutingRule] = Field(default_factory=list, description="the first that holds counts")


class DashboardSettings(_Strict):
    """How the dashboard looks."""

    theme: Literal["dark", "light", "high-contrast", "night"] = Field(
        "dark", description="night is red, for eyes that are used to the dark"
    )
    welcomed: bool = Field(False, description="whether the guided set-up was seen or skipped")


class AlertRule(_Strict):
    """An alert rule over one figure (`alert_figures.py`)."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    figure: AlertFigure
    above: Annotated[float, Field(ge=0)]
    seconds: Annotated[float, Field(gt=0, le=86_400)] = Field(300.0, description="how far back calls count")
    calls: Annotated[int, Field(ge=1)] = Field(5, description="with fewer calls in that time the rule is not broken")
    tell: tuple[Literal["spoken", "shown", "logged"], ...] = ("shown", "logged")


class MetricsSettings(_Strict):
    """The figures at /metrics and /dashboard, and their alert rules."""

    port: Annotated[int, Field(ge=0, le=65535)] = Field(9090, description="0 takes any free one")
    host: str = Field("127.0.0.1", description="address to show them at; everybody who reaches it may read them")
    in_car: bool = Field(False, description="show them while McQueen itself runs too, not only with mcqueen serve")
    alerts: list[AlertRule] = Field(
        default_factory=lambda: [
            AlertRule(name="errors", figure="error_rate", above=0.05, calls=20),
            AlertRule(name="slow", figure="slow_calls", above=3.0, calls=20),
        ]
    )


class ServingSettings(_Strict):
    """Settings of `mcqueen serve`."""

    commands: tuple[str, ...] = Field(
        (), description="command lines that users without mcp:manage may have started; * at the end for any arguments"
    )
    url: str = Field("http://127.0.0.1:3001", description="where the dashboard's Administration finds mcqueen serve")


class Settings(_Strict):
    """All settings."""

    language: Literal["en", "de"] = Field(
        "en", description="what you and McQueen speak; German is heard only with a Vosk model of it"
    )
    town: bool = Field(False, description="whether the town is used beside your servers; without any it always is")
    servers: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="by name: url, or command and args; trusted, honours_keys, headers, env"
    )
    voice: VoiceSettings = VoiceSettings()
    profile: ProfileSettings = ProfileSettings()
    car: CarSettings = CarSettings()
    understanding: UnderstandingSettings = UnderstandingSettings()
    supervision: SupervisionSettings = SupervisionSettings()
    calls: CallsSettings = CallsSettings()
    warming: WarmingSettings = WarmingSettings()
    routing: RoutingSettings = RoutingSettings()
    tools: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")], RoutineSettings] = Field(
        default_factory=dict, description="routines of your own, by name: says, steps"
    )
    metrics: MetricsSettings = MetricsSettings()
    serving: ServingSettings = ServingSettings()
    dashboard: DashboardSettings = DashboardSettings()
    deadline: Annotated[float, Field(gt=0, le=120)] = Field(
        10.0, description="seconds that a call may take, all in all"
    )
    journal: bool = Field(
        False, description="keep conversations on disk for replay; they hold message texts, so only when asked for"
    )
    data_folder: str = Field("", description="where ledger, outbox and journals live; empty for the system's place")

    @field_validator("tools")
    @classmethod
    def _are_free(cls, tools: dict[str, RoutineSettings]) -> dict[str, RoutineSettings]:
        if taken := [name for name in tools if name in RESERVED_ROUTINES]:
            raise ValueError(f"no routine can be called {taken[0]}")
        return tools

    @property
    def data_path(self) -> Path:
        """Folder of ledger, outbox, cache and journals."""
        return data_folder(self.data_folder)

    @property
    def call_settings(self) -> CallSettings:
        """The numbers that govern calls."""
        from client.calls.call_settings import CallSettings  # only if tools are called

        kept = self.calls
        return CallSettings(
            fresh_for=kept.fresh_for,
            stale_for=kept.stale_for,
            fallbacks=kept.fallbacks,
            defaults=kept.defaults,
            deferred_for=kept.deferred_for,
        )

    @property
    def upkeep(self) -> Upkeep:
        """How server processes are supervised, with their logs and counts in the data folder."""
        from client.configuration.process_entries import Upkeep  # only if servers are configured
        from client.servers.processes.supervision import SupervisionRules

        rules = self.supervision
        return Upkeep(
            SupervisionRules(
                check=rules.health_check_interval / 1000,
                auto_restart=rules.auto_restart,
                restarts=rules.max_retries,
            ),
            self.data_path / "servers",
        )


def load_settings(
    environment: Mapping[str, str] = os.environ, *, user_folder: Path | None = None, working_folder: Path | None = None
) -> Settings:
    """Read all sources. Raises `ConfigurationError`, which names the file and the key."""
    merged = merged_sources(environment, user_folder=user_folder, working_folder=working_folder)
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        from client.configuration.wrong_values import shown, told  # only if something is wrong

        place, cure = told(error, Settings)
        source = written_at(settings_files(user_folder, working_folder), place) or "the settings"
        if variable := variable_of(place, environment):
            source = f"{variable} of the environment"
        said = "" if cure.startswith("there is no setting") else f"{shown(place)}: "
        raise ConfigurationError(f"{source}: {said}{cure}") from error
