"""What is kept about the driver: only on their own words, in a file of their own, shown, edited and erased."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli.profile_command import command
from assistant.conversation.own_servers import profile_of
from assistant.profile.editing import keep, let_go
from assistant.profile.sayings import saying_of
from assistant.profile.store import ProfileStore, described
from assistant.settings.settings import ProfileSettings
from assistant.settings.sources import DATABASE
from assistant.understanding.learning.preferences import with_preferences
from assistant.understanding.reading import Interpretation, Profile, Reading
from assistant.wording.host_messages import words_of
from client.catalog import Catalog, Tool
from client.client_errors import ConfigurationError
from client.records import permissions
from client.records.storage import Storage

IN_ENGLISH = words_of("profile", "en")


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    return ProfileStore(tmp_path / "profile.json")


@pytest.mark.proves("D.profile")
@pytest.mark.parametrize(
    ("said", "tool", "arguments"),
    [
        ("remember that Anna's number is 0171 2345678", "remember_contact", {"name": "Anna", "phone": "0171 2345678"}),
        ("Anna's number is 0171 2345678.", "remember_contact", {"name": "Anna", "phone": "0171 2345678"}),
        ("call home 5 Main Street", "remember_place", {"name": "home", "address": "5 Main Street"}),
        ("remember that my wife is Anna", "remember_relation", {"relation": "wife", "name": "Anna"}),
        ("remember that I like Italian food", "remember_preference", {"preference": "Italian"}),
        ("what do you know about me", "show_profile", {}),
        ("what do you know about Anna?", "show_profile", {"about": "Anna"}),
        ("forget Anna's number", "forget", {"what": "Anna"}),
        ("please forget everything about me", "forget", {"what": "everything"}),
    ],
)
def test_what_is_to_be_kept_is_cut_from_the_sentence_as_it_was_said(
    said: str, tool: str, arguments: dict[str, str]
) -> None:
    found = saying_of(said)
    assert found is not None
    assert (found.tool, dict(found.arguments)) == (f"profile.{tool}", arguments)


@pytest.mark.proves("D.profile")
@pytest.mark.parametrize(
    "said",
    ["call Anna", "call home", "forget it", "forget about it", "remember to buy milk", "don't forget to call Anna",
     "tell Anna I am late", "Anna is late", "what is my range", "delete my appointment", "my wife is late"],
)  # fmt: skip
def test_nothing_else_that_is_said_is_kept_or_forgotten(said: str) -> None:
    assert saying_of(said) is None


@pytest.mark.proves("D.profile")
def test_what_is_kept_is_there_for_the_next_sentence_and_the_next_start(store: ProfileStore) -> None:
    keep(store, "phone", "Anna", "0171 2345678")
    keep(store, "relation", "my wife", "Anna")
    keep(store, "place", "home", "5 Main Street")
    keep(store, "units", "imperial", "")
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    profile = profile_of(ProfileSettings(places={"home": "Heidelberg", "work": "Mannheim"}), store.read())
    assert profile.contacts == {"Anna": "Anna", "wife": "Anna", "my wife": "Anna"}
    assert profile.places == {"home": "5 Main Street", "work": "Mannheim"}
    assert profile.numbers == {"Anna": "0171 2345678"}
    assert ProfileStore(store.path).read() == store.read()


@pytest.mark.proves("D.profile")
def test_forgetting_takes_out_every_trace_of_a_name_and_says_what_it_was(store: ProfileStore) -> None:
    keep(store, "phone", "Anna", "0171")
    keep(store, "relation", "wife", "Anna")
    keep(store, "preference", "diesel", "")
    for said, found, told in (
        ("my wife", True, "I have forgotten who your wife is."),
        ("anna", True, "I have forgotten how to reach Anna."),
        ("Anna", False, "I keep nothing about Anna."),
    ):
        was_there, message = let_go(store, said)
        assert (was_there, IN_ENGLISH(message)) == (found, told)
    assert [IN_ENGLISH(message) for message in described(store.read())] == ["You prefer diesel."]
    assert let_go(store, "everything")[0]
    assert not store.path.exists()


@pytest.mark.proves("D.profile")
def test_a_profile_that_cannot_be_read_is_named_with_the_cure_and_left_alone(store: ProfileStore) -> None:
    store.path.write_text('{"contacts": 7}', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="repair it, or erase it"):
        keep(store, "place", "home", "here")
    assert store.path.read_text(encoding="utf-8") == '{"contacts": 7}'


@pytest.mark.proves("D.profile")
def test_the_command_shows_sets_and_forgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCQUEEN_DATA_FOLDER", str(tmp_path))
    run = CliRunner().invoke
    assert "Nothing is kept" in run(command, []).output
    assert run(command, ["set", "phone", "Anna", "0171"]).output == "I'll remember Anna: 0171.\n"
    assert run(command, ["set", "preference", "diesel"]).exit_code == 0
    assert json.loads(run(command, ["show", "--json"]).output)["contacts"] == {"Anna": {"phone": "0171", "email": ""}}
    assert "takes one value" in run(command, ["set", "units", "metric", "always"]).output
    assert run(command, ["forget", "Anna"], standalone_mode=False).return_value == 0
    assert run(command, ["forget", "Anna"], standalone_mode=False).return_value == 1


@pytest.mark.proves("P1.allowed")
def test_the_command_lists_what_need_not_be_asked_about_and_takes_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCQUEEN_DATA_FOLDER", str(tmp_path))
    asyncio.run(_give(tmp_path / DATABASE, Tool("home", "dim_lights", "Dims the lights.")))
    run = CliRunner().invoke
    assert run(command, []).output == "home.dim_lights need not be asked about, while it stays as it is.\n"
    assert json.loads(run(command, ["show", "--json"]).output)["need_not_ask"] == ["home.dim_lights"]
    assert run(command, ["ask", "home.dim_lights"], standalone_mode=False).return_value == 0
    assert run(command, ["ask", "home.dim_lights"], standalone_mode=False).return_value == 1
    assert "Nothing is kept" in run(command, []).output


async def _give(path: Path, tool: Tool) -> None:
    storage = await Storage.open(path)
    await storage.run(lambda db: permissions.give(db, 1.0, tool))
    await storage.close()


@pytest.mark.proves("D.profile")
def test_a_preference_fills_what_was_left_open_and_never_what_was_said() -> None:
    fuel = {"type": "string", "enum": ["diesel", "electric"]}
    units = {"type": "string", "enum": ["metric", "imperial"]}
    schema = {"type": "object", "properties": {"fuel": fuel, "units": units}}
    tool = Tool("town", "find_fuel", "", "", schema)  # type: ignore[arg-type]  # plain JSON
    profile = Profile(preferences=("Diesel",), units="imperial")
    said = Reading(interpretations=(Interpretation("town.find_fuel", {"fuel": "electric"}, (), 0.9),))
    filled = with_preferences(said, Catalog((tool,)), profile).interpretations[0]
    assert filled.arguments == {"fuel": "electric", "units": "imperial"}
    assert with_preferences(said, Catalog((tool,)), Profile()) == said
