"""The small pictures of the screens: the last minute, the microphone, cards of confirmed calls, the map."""

from __future__ import annotations

import time

import pytest

from assistant.dashboard.cards import ago, card
from assistant.dashboard.journey import draw_map, make_journey
from assistant.dashboard.last_minute import LastMinute, in_lines
from assistant.dashboard.level_strip import LevelStrip
from assistant.dashboard.symbols import ASCII, UNICODE
from assistant.vehicle.simulation import SimulatedVehicle
from client.call import ToolCall
from client.records.outbox import OutboxRow, OutboxState
from voice.ears import Progress
from voice.endpointing import Endpoint
from voice.recognition.recognizer_base import Ending

NOW = 1_795_255_200.0


def minute() -> LastMinute:
    found = LastMinute()
    for second in range(61):
        found.look(NOW - 60 + second, online=not 20 <= second < 30, reachable={"town": second < 50, "garage": False})
    return found


@pytest.mark.proves("F.metrics")
def test_the_last_minute_shows_when_the_network_was_away_and_what_became_of_calls() -> None:
    seen = minute()
    seen.called(NOW - 50, "town", "succeeded")
    seen.called(NOW - 35, "town", "deferred")
    seen.called(NOW - 30, "town", "failed")
    seen.called(NOW - 90, "town", "failed")  # longer ago than a minute
    lines = seen.lines(NOW, 72, ASCII)  # a column a second
    assert lines[0] == f"{'network':<12}{'-' * 20}{'x' * 10}{'-' * 30}"
    town = list(f"{'-' * 50}{'x' * 10}")
    town[10], town[25], town[30] = "+", "@", "x"
    assert lines[1] == f"{'town':<12}{''.join(town)}"
    assert lines[2] == f"{'garage':<12}{'x' * 60}"
    assert lines[3] == f"{'':<12}60 s ago{'now':>52}"
    told = " ".join(lines[4:])
    for words in ("- reachable", "x away", "+ answered", "x failed", "@ kept for later", "? outcome unknown"):
        assert words in told


@pytest.mark.proves("F.metrics")
def test_before_anything_was_seen_the_last_minute_says_so_and_a_wide_picture_has_no_holes() -> None:
    assert LastMinute().lines(NOW, 72, UNICODE) == ["Nothing was seen yet."]
    wide = minute().lines(NOW, 132, UNICODE)[1]
    assert wide[12:] == "╌" * 120
    early = LastMinute()
    early.look(NOW, online=True, reachable={})
    assert early.lines(NOW, 72, ASCII)[0] == f"{'network':<12}{' ' * 59}-"


def test_words_that_belong_together_are_never_parted() -> None:
    assert in_lines(("t tunnel", "o network back", "w slow"), 26) == ["t tunnel   o network back", "w slow"]


def heard(level: float, speech: float, state: Endpoint, ending: Ending | None = None) -> tuple[float, Progress]:
    return level, Progress(0.0, level, speech, state, "", ending)


@pytest.mark.proves("F.voice")
def test_the_meter_shows_loudness_and_each_decision_of_the_endpoint_in_words() -> None:
    strip = LevelStrip()
    assert strip.lines(ASCII, 80) == []
    told = []
    for level, now in (
        heard(-60.0, 0.0, Endpoint.WAITING),
        heard(-30.0, 0.9, Endpoint.SPEECH),
        heard(0.0, 0.9, Endpoint.SPEECH),
        heard(-55.0, 0.1, Endpoint.SPEECH, Ending.OPEN),
        heard(-60.0, 0.0, Endpoint.ENDED, Ending.COMPLETE),
    ):
        strip.take(level, now)
        told.append(strip.decided)
    assert told == [
        "waits for the first word", "the driver speaks", "the driver speaks", "a pause: the sentence wants more",
        "the turn has ended: it was quiet for long enough",
    ]  # fmt: skip
    loud, marks, decision, signs = strip.lines(ASCII, 80)
    assert loud.split()[:2] == ["level", "_+#__"]
    assert loud.endswith(" -60 dB")
    assert marks == f"{'endpoint':<12}.==-|"
    assert decision == f"{'decision':<12}{told[-1]}"
    assert signs == ". quiet   = speech   - pause   | end"


@pytest.mark.proves("F.voice")
def test_outside_a_turn_the_meter_shows_loudness_alone_and_ten_seconds_of_it() -> None:
    strip = LevelStrip()
    for number in range(200):
        strip.take(-60.0 if number < 150 else 0.0)
    (only,) = strip.lines(UNICODE, 80)
    assert only == f"{'level':<12}{'█' * 50}    0 dB"
    assert len(strip.lines(UNICODE, 40)[0]) <= 40


@pytest.mark.parametrize("state", list(Endpoint))
def test_every_state_of_the_endpoint_has_its_words(state: Endpoint) -> None:
    strip = LevelStrip()
    strip.take(-20.0, Progress(0.0, -20.0, 0.9, state, "", None))
    assert len(strip.decided.split()) >= 3


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "just now"), (59, "just now"), (60, "1 minute ago"), (754, "12 minutes ago"), (3600, "1 hour ago"),
        (86399, "23 hours ago"), (86400, "1 day ago"), (800_000, "9 days ago"),
    ],
)  # fmt: skip
def test_an_age_is_told_in_its_largest_unit(seconds: float, said: str) -> None:
    assert ago(seconds) == said


@pytest.mark.proves("F.outbox")
@pytest.mark.parametrize(
    ("state", "attempts", "fate"),
    [
        (OutboxState.PENDING, 0, "waits for home until 11:00; not tried yet"),
        (OutboxState.PENDING, 1, "waits for home until 11:00; tried once"),
        (OutboxState.SENDING, 2, "is being sent to home; tried 2 times"),
        (OutboxState.UNKNOWN, 1, "home may or may not have done it; l asks whether it happened"),
    ],
)
def test_a_card_says_what_waits_with_which_values_how_long_and_what_becomes_of_it(
    state: OutboxState, attempts: int, fate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    call = ToolCall("w1", "home", "send_message", {"contact": "Anna", "message": "I'm late"}, "key")
    row = OutboxRow(1, call, False, NOW, NOW + 3600, state, attempts, None)
    drawn = card(row, 72, NOW + 754, UNICODE).splitlines()
    assert {len(line) for line in drawn} == {72}
    assert drawn[1] == f"│ {'send message':<54}12 minutes ago │"
    assert drawn[2].strip("│ ") == "contact Anna, message I'm late"
    assert drawn[3].strip("│ ") == fate
    plain = card(row, 30, NOW, ASCII)
    assert plain.isascii()
    assert {len(line) for line in plain.splitlines()} == {30}


@pytest.mark.proves("F.vehicle")
def test_the_map_has_the_roads_of_the_town_and_the_way_follows_them() -> None:
    journey = make_journey(SimulatedVehicle())
    drawn = draw_map(journey, 80, 20, ASCII)
    text = "\n".join(drawn)
    assert text.count(ASCII.road) > 40
    assert text.count(ASCII.way) > 20
    for town in ("Heidelberg", "Sinsheim", "Heilbronn", "Stuttgart"):  # by the A5, the A6 and the A81
        assert town in text
    assert max(len(line) for line in drawn) <= 80
