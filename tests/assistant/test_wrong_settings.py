"""What is said of settings that are written wrongly, or that do nothing: file, line or key, and the cure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from assistant.settings.setting_lines import line_of
from assistant.settings.settings import Settings, load_settings
from assistant.settings.sources import FILE_NAME
from assistant.settings.without_effect import known_tools, without_effect
from client.catalog import Tool
from client.client_errors import ConfigurationError
from client.configuration.server_entries import ServerEntry, read_entry

WORDS_OF_A_LIBRARY = re.compile(
    r"Input should|pydantic|valid (?:integer|number|string|boolean|list|dict)|parsing|https://errors"
)
LIMIT = r"(?:more than |less than )?[\d.]+(?: or more| or less)?"
TOWN = [Tool("town", name, "Does it.") for name in ("get_weather", "send_message")]


def settings_of(model: type[BaseModel], place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the place of each setting, sections and what stands in them."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from settings_of(inner, (*place, name))
        else:
            yield *place, name


ALL = list(settings_of(Settings))


def complaint(folder: Path, text: str) -> str:
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_settings({}, user_folder=folder / "none", working_folder=folder)
    assert WORDS_OF_A_LIBRARY.search(str(refused.value)) is None, str(refused.value)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def written(place: tuple[str, ...], value: str) -> str:
    header = f"[{'.'.join(place[:-1])}]\n" if place[:-1] else ""
    return f"# a comment\n{header}{place[-1]} = {value}\n"


@pytest.mark.proves("F.settings")
@pytest.mark.parametrize("place", ALL, ids=".".join)
def test_a_setting_of_a_wrong_type_is_named_with_file_line_and_what_to_write(
    tmp_path: Path, place: tuple[str, ...]
) -> None:
    told = complaint(tmp_path, written(place, "1979-05-27T07:32:00Z"))  # a time: no setting is one
    assert f"{tmp_path / FILE_NAME}, line {2 + bool(place[:-1])}: {'.'.join(place)}: write " in told


@pytest.mark.proves("F.settings")
@pytest.mark.parametrize("place", ALL, ids=".".join)
def test_a_misspelt_setting_is_named_with_what_was_meant(tmp_path: Path, place: tuple[str, ...]) -> None:
    wrong = f"{place[-1][0]}{place[-1][2:]}x" if len(place[-1]) > 3 else f"{place[-1]}x"
    told = complaint(tmp_path, written((*place[:-1], wrong), "1"))
    assert f"line {2 + bool(place[:-1])}: there is no setting {'.'.join((*place[:-1], wrong))}; did you mean " in told
    assert told.endswith("?")


def ranges(model: type[BaseModel], place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield a value beyond each limit of each number."""
    schema = model.model_json_schema()
    for name, entry in schema["properties"].items():
        inner = model.model_fields[name].annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from ranges(inner, (*place, name))
        for limit, beyond in (("minimum", -1), ("exclusiveMinimum", 0), ("maximum", 1), ("exclusiveMaximum", 0)):
            if limit in entry:
                yield (*place, name), str(entry[limit] + beyond)


@pytest.mark.proves("F.settings")
@pytest.mark.parametrize(("place", "value"), list(ranges(Settings)), ids=lambda part: str(part))
def test_a_number_beyond_its_range_is_told_with_the_limit(tmp_path: Path, place: tuple[str, ...], value: str) -> None:
    told = complaint(tmp_path, written(place, value))
    assert re.search(rf"{'[.]'.join(place)}: write a number, {LIMIT}, not", told)


@pytest.mark.parametrize("name", list(ServerEntry.model_fields))
def test_a_key_of_a_server_of_a_wrong_type_is_told_with_what_to_write(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"server music: {name}: write ") as refused:
        read_entry("music", {name: object()})
    assert WORDS_OF_A_LIBRARY.search(str(refused.value)) is None


def test_a_secret_of_a_wrong_type_is_not_shown() -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_entry("music", {"auth_token": 4711, "url": "http://127.0.0.1/mcp"})
    assert "4711" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "place", "line"),
    [
        ("a = 1\n[b]\nc = 2\n", ("b", "c"), 3),
        ("[[r.x]]\np = 1\n[[r.x]]\np = 2\n", ("r", "x", 1, "p"), 4),
        ("[b]\nc = [\n  1,\n  2,\n]\n", ("b", "c", 1), 2),
        ('[s."my server"]\nurl = 1\n', ("s", "my server", "url"), 2),
        ("b.c = 1\n", ("b", "c"), 1),
        ("[b]\nc = { d = 1 }\n", ("b", "c", "d"), 2),
        ("[t.a]\nx = 1\n", ("t", "b"), 0),
    ],
)
def test_a_place_is_found_on_its_line(text: str, place: tuple[int | str, ...], line: int) -> None:
    assert tomllib.loads(text)
    assert line_of(text, place) == line


IDLE: list[tuple[str, str, str]] = [
    ('[[routing.rules]]\nprefer = "towm.*"\nwords = ["way"]\n', "routing.rules[1].prefer", "town"),
    ('[[routing.rules]]\nprefer = "town.get_wether"\nwords = ["way"]\n', "routing.rules[1].prefer", "get_weather"),
    ('[[routing.rules]]\nprefer = "town.*"\nfiles = ["."]\n', "routing.rules[1].files", "take it out"),
    ('[[routing.rules]]\nprefer = "town.*"\nwords = ["a"]\n' * 2, "routing.rules[2]", "same as a rule before"),
    ('[calls.fresh_for]\n"town.get_wether" = 5\n', "calls.fresh_for.town.get_wether", "get_weather"),
    ('[calls.fallbacks]\n"town.get_weather" = ["moon"]\n', "calls.fallbacks.town.get_weather", "moon"),
    ('[calls.defaults]\n"gitub.*" = { owner = "a" }\n', "calls.defaults.gitub.*", "there is no server gitub"),
    ('[warming]\nevery = 60\ncalls = [{ tool = "wether" }]\n', "warming.calls[1].tool", "wether"),
    ('[warming]\ncalls = [{ tool = "get_weather" }]\n', "warming.calls", "set warming.every"),
    ('[tools.off]\nsays = ["stop"]\nsteps = ["go home"]\n', "tools.off.says[1]", "choose other words"),
    ('[tools.off]\nsays = ["bye"]\nsteps = [{ tool = "fly" }]\n', "tools.off.steps[1]", "never begins"),
    (
        '[tools.a]\nsays = ["bye"]\nsteps = ["x"]\n[tools.b]\nsays = ["Bye"]\nsteps = ["x"]\n',
        "tools.b.says[1]",
        "a already",
    ),
    ('[understanding]\nmodel_url = "127.0.0.1:8080"\n', "understanding.model_url", "http://"),
    ('[understanding]\nmodel = "x"\n', "understanding.model", "model_url"),
    ('[voice]\nrecognizer = "wyoming"\n', "voice.recognizer", "tcp://HOST:PORT"),
    ('[voice]\nwyoming_speech = "box:10200"\n', "voice.wyoming_speech", "tcp://HOST:PORT"),
    ('[voice]\nvosk_model = "/no/such/folder"\n', "voice.vosk_model", "no folder"),
    ('[serving]\nurl = "127.0.0.1:3001"\n', "serving.url", "http://"),
    ("[supervision]\nauto_restart = false\nmax_retries = 5\n", "supervision.max_retries", "auto_restart"),
    ('[servers.far]\nurl = "far.example/mcp"\n', "servers.far", "not an http or https URL"),
    ('[servers.far]\nurl = "ftp://far.example/mcp"\n', "servers.far", "not an http or https URL"),
    ('[servers.far]\nulr = "http://far.example/mcp"\n', "servers.far", "did you mean url?"),
    ('[servers.near]\ncommand = "near"\nscale = { min = 4, max = 1 }\n', "servers.near", "must not be below"),
    ('[servers.near]\ncommand = "near"\nheaders = { a = "b" }\n', "servers.near.headers", "take it out"),
    ('[servers.far]\nurl = "http://far.example/mcp"\nargs = ["x"]\n', "servers.far.args", "take it out"),
    ('[servers.far]\nurl = "http://far.example/mcp"\nbalance = "nearest"\n', "servers.far.balance", "several urls"),
    ('[servers.far]\nurls = ["http://a/mcp", "http://b/mcp"]\nweights = [1, 2]\n', "servers.far.weights", "weighted"),
    ('[servers.near]\ncommand = "near"\ncwd = "/no/such/folder"\n', "servers.near.cwd", "no folder"),
]


@pytest.mark.proves("F.settings")
@pytest.mark.parametrize(("text", "place", "cure"), IDLE, ids=lambda part: "")
def test_a_setting_that_does_nothing_is_said_with_its_place_and_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, place: str, cure: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("platformdirs.user_config_dir", lambda name: str(tmp_path / "none"))
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    settings = load_settings({})
    told = without_effect(settings, known_tools(settings, TOWN), steers={"stop"}.__contains__)
    assert any(f": {place} " in one and cure in one and "line " in one for one in told), told


@pytest.mark.parametrize(
    "text",
    [
        "", "town = true\n", '[[routing.rules]]\nprefer = "town.*"\nwords = ["way"]\n',
        '[[routing.rules]]\nprefer = "*.get_weather"\nwords = ["a"]\n', '[calls.fresh_for]\n"town.get_weather" = 600\n',
        '[servers.far]\nurl = "http://far.example/mcp"\n[calls.fresh_for]\n"far.anything" = 600\n',
        '[tools.off]\nsays = ["bye"]\nsteps = ["go home", { tool = "get_weather" }]\n',
        '[servers.near]\ncommand = "near"\nargs = ["x"]\nscale = { min = 1, max = 4 }\n',
    ],
)  # fmt: skip
def test_of_settings_that_count_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("platformdirs.user_config_dir", lambda name: str(tmp_path / "none"))
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    settings = load_settings({})
    assert without_effect(settings, known_tools(settings, TOWN)) == []
