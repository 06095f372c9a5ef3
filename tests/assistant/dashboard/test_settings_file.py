"""Writing one setting back leaves everything else in the file as it was."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dashboard.screens.settings_screen import settings_schema, settings_values
from assistant.settings.settings import Settings
from assistant.settings.settings_file import keep, with_changes, with_value
from client.client_errors import ConfigurationError

MINE = """# my car
deadline = 12  # patience

[voice]
# how it sounds
name = "en-gb" # British
volume = 70

[car]
announcements = [
  "range",  # low
]

[servers.home]
url = "http://127.0.0.1:9/mcp"
"""


@pytest.mark.proves("F.settings")
@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("voice.volume", 20, "volume = 20\n"),
        ("voice.name", 'a "b"', 'name = "a \\"b\\"" # British\n'),
        ("deadline", 5.5, "deadline = 5.5  # patience\n"),
        ("car.announcements", ["dead zone"], 'announcements = ["dead zone"]\n'),
        ("dashboard.theme", "night", '[dashboard]\ntheme = "night"\n'),
        ("voice.speaker", "usb", 'speaker = "usb"\n'),
        ("journal", True, "journal = true\n"),
    ],
)
def test_one_setting_is_written_and_the_rest_stays(key: str, value: str | int | bool | list[str], line: str) -> None:
    text = with_value(MINE, key, value)
    assert line in text
    before, after = tomllib.loads(MINE), tomllib.loads(text)
    section, _, name = key.rpartition(".")
    place = after[section] if section else after
    assert place.pop(name) == value
    (before.get(section, {}) if section else before).pop(name, None)
    if section and section not in before:
        after.pop(section)
    assert after == before
    assert "# my car" in text
    assert "# how it sounds" in text


@pytest.mark.proves("F.settings")
@given(st.lists(st.tuples(st.sampled_from(["voice.volume", "voice.name", "deadline", "dashboard.theme"]),
                          st.one_of(st.text(max_size=8), st.integers(-9, 9), st.booleans())), max_size=5))  # fmt: skip
def test_whatever_is_written_can_be_read(changes: list[tuple[str, str | int | bool]]) -> None:
    text = MINE
    for key, value in changes:
        text = with_value(text, key, value)
        section, _, name = key.rpartition(".")
        read = tomllib.loads(text)
        assert (read[section] if section else read)[name] == value
    assert tomllib.loads(text)["servers"] == tomllib.loads(MINE)["servers"]


@pytest.mark.proves("F.settings")
def test_what_may_not_be_set_is_named_and_a_broken_file_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"voice\.volume"):
        with_changes(Settings(), {"voice.volume": 300})
    broken = tmp_path / "mcqueen.toml"
    broken.write_text("[voice\n")
    told: list[str] = []
    changed = keep(Settings(), {"voice.volume": 10}, told.append, path=broken)
    assert changed.voice.volume == 10
    assert broken.read_text() == "[voice\n"
    assert "is not TOML" in told[0]


@pytest.mark.proves("F.settings")
def test_the_form_has_what_can_be_set_and_no_servers() -> None:
    values, schema = settings_values(Settings()), settings_schema(Settings())
    assert values["voice.volume"] == 80
    properties = schema["properties"]
    assert isinstance(properties, dict)
    assert set(properties) == set(values)
    assert not any(key.startswith(("servers", "profile")) for key in values)
