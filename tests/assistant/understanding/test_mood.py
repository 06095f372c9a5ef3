"""Every act in every mood: what is asked, refused, dropped or the opposite of what was said is never done.

The oracle is the test's own: which tools change something stands in `tests/data/moods/acts.toml`, written by hand.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from assistant.cli.catalogs import _embedded
from assistant.settings.settings import Settings
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.mood import Mood, Moods
from assistant.understanding.polarity import Polarity
from assistant.understanding.reading import Context, Control, Interpretation, Reading, Span
from client.catalog import Catalog, Hints, Tool
from client.schemas.tool_listing import read_catalog_file
from client.values import JSON

DATA = Path(__file__).parents[2] / "data" / "moods"
NOW = 1_795_770_000.0
LOOKING_ACTIONS = {"calendar_personal": {"get_events"}, "email_personal": {"read", "search"}}
"""Tools that look or change by their `action`, and the actions that look."""
WANTED = {"tell": Mood.TELL, "refuse": Mood.DO_NOT, "drop": Mood.DROP, "do": Mood.DO}
GOES_ON = ("playing", "navigating", "defrosting")
"""Deeds of `acts.toml` that last: to stop them is an act of its own."""
GERMAN = (
    ("öffne den kofferraum", "den kofferraum öffnen", "den kofferraum geöffnet"),
    ("schalte das licht im bad aus", "das licht im bad ausschalten", "das licht im bad ausgeschaltet"),
    ("schick anna eine nachricht", "anna eine nachricht schicken", "anna eine nachricht geschickt"),
    ("buche einen tisch bei luigi", "einen tisch bei luigi buchen", "einen tisch bei luigi gebucht"),
    ("mach das fenster zu", "das fenster zumachen", "das fenster zugemacht"),
)


@cache
def acts() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((DATA / "acts.toml").read_text("utf-8"))


@cache
def frames() -> dict[str, dict[str, dict[str, list[str]]]]:
    return tomllib.loads((DATA / "frames.toml").read_text("utf-8"))


@cache
def catalog(name: str) -> Catalog:
    return read_catalog_file(DATA / "public.json") if name == "public" else _embedded(Settings())


@cache
def interpreter(name: str) -> Interpreter:
    return Interpreter(catalog(name))


def sentences(name: str, mood: str) -> Iterator[tuple[str, str]]:
    """Yield (tool, sentence): every frame with every fifth tool, so that each tool meets frames of all kinds."""
    tools = list(acts()[name].items())
    all_frames = [frame for part in ("seen", "unseen") for frame in frames()[part]["en"][mood]]
    for number, frame in enumerate(all_frames):
        for tool, (act, acting, acted) in tools[number % 5 :: 5]:
            if frame.startswith(("stop", "quit")) and acting.split()[0] in GOES_ON:
                continue
            yield tool, frame.format(act=act, acting=acting, acted=acted)


def deeds(name: str, reading: Reading) -> list[str]:
    """The tools that the first proposal would change something with."""
    found = [each for one in reading.interpretations[:1] for each in (one, *one.then)]
    return [tool for each in found if (tool := changed(name, each))]


def changed(name: str, found: Interpretation) -> str:
    tool = found.tool.rpartition(".")[2]
    if found.arguments.get("action") in LOOKING_ACTIONS.get(tool, set()):
        return ""
    return tool if tool in acts()[name] or tool.startswith("remember_") else ""


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("code", ["en", "de"])
@pytest.mark.parametrize("mood", sorted(WANTED))
def test_every_frame_has_the_mood_that_people_hear_in_it(code: str, mood: str) -> None:
    moods = Moods(language(code))
    wrong = []
    for part in ("seen", "unseen"):
        for frame in frames()[part][code][mood]:
            for values in GERMAN if code == "de" else acts()["bundled"].values():
                names = ("imp", "inf", "part") if code == "de" else ("act", "acting", "acted")
                text = frame.format(**dict(zip(names, values, strict=True)))
                lasts = frame.startswith(("stop", "quit")) and values[1].split()[0] in GOES_ON
                if lasts or "forget" in values[0]:  # "don't forget it" asks for something
                    continue
                if {each.mood for each in moods.parts(text)} != {WANTED[mood]}:
                    wrong.append(text)
    assert wrong == []


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("name", ["bundled", "public"])
@pytest.mark.parametrize("mood", ["tell", "refuse", "drop"])
def test_no_question_refusal_or_dropped_sentence_changes_anything(name: str, mood: str) -> None:
    done = [
        (text, changes)
        for _, text in sentences(name, mood)
        if (changes := deeds(name, interpreter(name).read([text], Context(now=NOW))))
    ]
    assert done == []


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("name", ["bundled", "public"])
def test_requests_keep_their_tool_however_politely_they_are_put(name: str) -> None:
    told = [
        (
            tool,
            [
                each.tool.rpartition(".")[2]
                for each in interpreter(name).read([text], Context(now=NOW)).interpretations[:1]
            ],
        )
        for tool, text in sentences(name, "do")
    ]
    lost = [one for one in told if one[1] != [one[0]]]
    assert len(lost) <= 0.05 * len(told), lost[:20]


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("close the windows but don't open the trunk", ["set_window"]),
        ("don't open the trunk, close the windows", ["set_window"]),
        ("don't open the trunk but close the sunroof", ["set_sunroof"]),
        ("is the trunk open and turn on the fog lights", ["get_state", "set_light"]),
        ("close the windows don't open the trunk", ["set_window"]),
        ("i don't know, call it a day and close the windows", ["set_window"]),
        ("don't worry just open the trunk", ["set_trunk"]),
    ],
)
def test_each_request_of_a_sentence_keeps_its_own_mood(text: str, kept: list[str]) -> None:
    found = interpreter("bundled").read([text], Context(now=NOW)).interpretations[:1]
    assert [each.tool.rpartition(".")[2] for one in found for each in (one, *one.then)] == kept


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    "texts",
    [
        ["is the trunk open", "open the trunk"],
        ["don't open the trunk", "open the trunk"],
        ["open the trunk", "don't open the trunk"],
        ["open the trunk never mind", "open the trunk"],
    ],
)
def test_of_several_hearings_one_that_refuses_or_asks_is_enough(texts: list[str]) -> None:
    assert deeds("bundled", interpreter("bundled").read(texts, Context(now=NOW))) == []


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    "text",
    ["text anna don't open the trunk", "tell tom is the trunk open", "write a note don't forget the milk",
     "send a message to anna that i am not coming"],
)  # fmt: skip
def test_words_that_are_handed_on_have_no_mood_of_their_own(text: str) -> None:
    assert {each.mood for each in Moods(language("en")).parts(text)} == {Mood.DO}


@pytest.mark.proves("P1.mood")
def test_what_is_refused_beside_a_verb_of_forgetting_is_not_forgotten() -> None:
    for text in ("don't forget my gym", "please don't forget anna's number", "do not forget my home"):
        assert "forget" not in deeds("bundled", interpreter("bundled").read([text], Context(now=NOW)))


@pytest.mark.proves("P1.mood")
def test_taking_back_a_named_deed_reaches_only_a_tool_that_takes_back() -> None:
    commit = Tool("git", "git_commit", "Record changes to the repository", input_schema={"type": "object"})
    revert = Tool("git", "git_revert", "Revert a commit of the repository", input_schema={"type": "object"})
    alone = Interpreter(Catalog((commit,))).read(["undo the last commit"], Context(now=NOW))
    assert (alone.interpretations, alone.mood) == ((), Mood.UNDO)
    both = Interpreter(Catalog((commit, revert))).read(["undo the last commit"], Context(now=NOW))
    assert [each.tool for each in both.interpretations] == ["git.git_revert"]
    assert Interpreter(Catalog((commit,))).read(["undo it please"], Context(now=NOW)).control is Control.UNDO


# -- opposites ---------------------------------------------------------------------------------------------------------

HALVES = [
    ("open_gate", "Open the gate.", "open the gate", "close the gate"),
    ("close_gate", "Close the gate.", "close the gate", "open the gate"),
    ("lock_door", "Lock the door.", "lock the door", "unlock the door"),
    ("unlock_door", "Unlock the door.", "unlock the door", "lock the door"),
    ("turn_on_heater", "Turn on the heater.", "turn on the heater", "turn off the heater"),
    ("heater_off", "Turn off the heater.", "switch off the heater", "switch on the heater"),
    ("start_engine", "Start the engine.", "start the engine", "stop the engine"),
    ("stopEngine", "Stop the engine.", "stop the engine", "start the engine"),
    ("pause_video", "Pause the video.", "pause the video", "resume the video"),
    ("resume_video", "Resume the video.", "resume the video", "pause the video"),
    ("next_song", "Skip to the next song.", "go to the next song", "go to the previous song"),
    ("previous_song", "Go back to the previous song.", "play the previous song", "play the next song"),
    ("enable_alerts", "Enable the alerts.", "enable the alerts", "disable the alerts"),
    ("mute_speaker", "Mute the speaker.", "mute the speaker", "unmute the speaker"),
    ("add_favorite", "Add a favorite.", "add a favorite", "remove a favorite"),
    ("remove_favorite", "Remove a favorite.", "remove a favorite", "add a favorite"),
    ("arm_alarm", "Arm the alarm.", "arm the alarm", "disarm the alarm"),
    ("disarm_alarm", "Disarm the alarm.", "disarm the alarm", "arm the alarm"),
    ("show_map", "Show the map.", "show the map", "hide the map"),
    ("increase_volume", "Increase the volume.", "turn up the volume", "turn down the volume"),
    ("volume_down", "Turn the volume down.", "turn the volume down", "turn the volume up"),
    ("connect_phone", "Connect the phone.", "connect the phone", "disconnect the phone"),
    ("book_court", "Book the tennis court.", "book the tennis court", "cancel the tennis court"),
    ("follow_artist", "Follow the artist.", "follow the artist", "unfollow the artist"),
]


@pytest.mark.proves("P1.opposite")
@pytest.mark.parametrize(("name", "description", "own", "other"), HALVES)
def test_the_other_half_of_a_pair_is_never_called(name: str, description: str, own: str, other: str) -> None:
    tool = Tool("home", name, description, input_schema={"type": "object"})
    alone = Interpreter(Catalog((tool,)))
    for polite in ("{}", "can you {} please", "i want you to {}", "please {}"):
        assert alone.read([polite.format(other)], Context(now=NOW)).interpretations == ()
    reading = alone.read([other], Context(now=NOW))
    assert alone.read([own], Context(now=NOW)).interpretations, own
    assert reading.half is not None, other


def _tool(name: str, description: str, properties: dict[str, JSON], required: list[str] | None = None) -> Interpreter:
    schema: dict[str, JSON] = {"type": "object", "properties": properties, "required": list(required or ())}
    return Interpreter(Catalog((Tool("home", name, description, input_schema=schema, hints=Hints()),)))


@pytest.mark.proves("P1.opposite")
@pytest.mark.parametrize(
    ("properties", "text", "argument"),
    [
        ({"room": {"type": "string"}, "brightness": {"type": "integer", "default": 100}},
         "turn off the light in the bedroom", ("brightness", 0)),
        ({"on": {"type": "boolean", "default": True}}, "turn off the light", ("on", False)),
        ({"on": {"type": "boolean", "default": True}}, "switch the light off please", ("on", False)),
        ({"off": {"type": "boolean"}}, "turn off the light", ("off", True)),
        ({"state": {"type": "string", "enum": ["on", "off"], "default": "on"}}, "turn off the light", ("state", "off")),
        ({"power": {"type": "string", "enum": ["ON", "OFF"]}}, "turn on the light", ("power", "ON")),
        ({"action": {"type": "string", "enum": ["turn_on", "turn_off"]}}, "turn the light off", ("action", "turn_off")),
    ],
)  # fmt: skip
def test_off_is_filled_in_and_never_left_to_a_default(
    properties: dict[str, JSON], text: str, argument: tuple[str, JSON]
) -> None:
    found = _tool("set_light", "Set the light.", properties).read([text], Context(now=NOW)).interpretations
    assert found[0].arguments.get(argument[0]) == argument[1]
    assert "off" not in [found[0].arguments.get(name) for name in ("room", "name")]


@pytest.mark.proves("P1.mood")
def test_a_question_about_a_state_goes_to_what_tells_of_that_thing_or_of_all() -> None:
    schema: dict[str, JSON] = {"type": "object"}
    door = Tool("home", "open_garage_door", "Open the garage door.", input_schema=schema)
    lights = Tool("home", "get_lights", "Get the state of all lights.", input_schema=schema)
    everything = Tool("home", "get_live_context", "Get the state of devices and areas.", input_schema=schema)
    asked = ["is the garage door open"]
    assert Interpreter(Catalog((door, lights))).read(asked, Context(now=NOW)).interpretations == ()
    told = Interpreter(Catalog((door, lights, everything))).read(asked, Context(now=NOW)).interpretations
    assert [each.tool for each in told] == ["home.get_live_context"]


@pytest.mark.proves("P1.opposite")
@pytest.mark.parametrize("text", ["turn off the radio", "stop the radio", "cancel the radio", "disable the radio"])
def test_a_word_of_polarity_that_nothing_takes_up_forbids_the_call(text: str) -> None:
    radio = _tool("set_radio", "Set the radio to a station.", {"station": {"type": "string", "default": "news"}})
    reading = radio.read([text], Context(now=NOW))
    assert reading.interpretations == ()
    assert reading.half is not None
    assert reading.half.can == ""


@pytest.mark.proves("P1.opposite")
@pytest.mark.parametrize(("text", "value"), [("turn it down by ten", -10), ("turn it up by ten", 10)])
def test_a_step_has_the_sign_that_was_said(text: str, value: int) -> None:
    schema: dict[str, JSON] = {"type": "object", "properties": {"adjustment": {"type": "number"}}}
    tool = Tool("home", "adjust_volume", "Adjust the volume up or down by an amount.", input_schema=schema)
    span = {"adjustment": Span(text.index("ten"), len(text))}
    for given in (10, -10):
        verdict = Polarity(language("en")).verdict(text, tool, {"adjustment": given}, span)
        assert (verdict.half, verdict.arguments) == (None, {"adjustment": value})


@pytest.mark.proves("P1.opposite")
def test_a_step_reaches_no_tool_that_sets_a_value() -> None:
    value = _tool("set_volume", "Set the volume.", {"volume": {"type": "number"}}, ["volume"])
    assert value.read(["turn the volume down by ten"], Context(now=NOW)).interpretations == ()
    assert value.read(["turn the volume down to ten"], Context(now=NOW)).interpretations[0].arguments == {"volume": 10}
