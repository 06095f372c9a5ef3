"""Tools whose description tells of an act beside the point need a yes, and plain reads, German ones too, need none."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.policy.sensitivity import assess
from client.catalog import Tool
from client.values import JSON

LINES = (Path(__file__).parents[2] / "data" / "acts_said_obliquely.txt").read_text(encoding="utf-8").splitlines()
CASES = [line.split("|") for line in LINES if line and not line.startswith("#")]


def stranger(name: str, description: str, flag: str = "") -> Tool:
    properties: dict[str, JSON] = {flag: {"type": "boolean"}} if flag else {}
    return Tool("stranger", name, description, input_schema={"type": "object", "properties": properties})


@pytest.mark.proves("P1.monotonic")
@pytest.mark.parametrize(("name", "description"), CASES)
def test_an_act_that_is_told_beside_the_point_asks(name: str, description: str) -> None:
    assert assess(stranger(name, description)).sensitive


@pytest.mark.proves("P1.monotonic")
@pytest.mark.parametrize("flag", ["factory_reset", "auto_book", "one_tap_order", "then_delete"])
def test_a_flag_that_names_an_act_at_its_end_asks(flag: str) -> None:
    assert assess(stranger("list_devices", "Lists the devices.", flag)).sensitive


@pytest.mark.proves("P1.looking")
@pytest.mark.parametrize("flag", ["include_orders", "has_charge", "only_merged", "show_archive"])
def test_a_flag_that_says_what_is_shown_does_not(flag: str) -> None:
    assert not assess(stranger("list_devices", "Lists the devices.", flag)).sensitive


@pytest.mark.proves("P1.looking")
@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("list_files", "Lists the files of a folder without modifying any files."),
        ("read_file", "Reads a file. Does not modify the file."),
        ("find_tables", "Finds free tables in a restaurant. Does not book any."),
        ("get_mail", "Returns the newest mail. Never deletes anything."),
        ("compare", "Compares two texts. It never changes them."),
        ("get_order", "Tells where an order is and when it arrives."),
        ("get_bus", "Tells when the next bus leaves and where it stops."),
        ("get_shop", "Tells whether a shop is open and when it closes."),
        ("get_docs", "Reads the docs and answers questions."),
        ("get_status", "Reads the state and responds with JSON."),
        ("get_post", "Returns a post and its replies."),
        ("read_log", "Read-only access to the log."),
        ("list_books", "Lists authors and books."),
    ],
)
def test_what_is_plainly_left_undone_or_asked_for_runs_at_once(name: str, description: str) -> None:
    assert not assess(stranger(name, description)).sensitive


HONEST = """
list_commits|List commits made since a date.
list_files|Lists files changed in the last week.
list_files|List the files without the hidden ones.
list_tasks|Lists the tasks assigned to a user, sorted by due date.
get_events|Returns events after a date.
get_messages|Returns messages sent by a contact.
get_trips|Returns the trips driven between two dates, with distance and energy used.
get_news|Returns news published after a date.
get_alerts|Returns weather alerts issued for a state.
get_queue|Get the songs queued after the current track.
get_tire_pressure|Returns the tire pressure measured at each wheel.
get_route|Returns the route to the office.
get_distance|Returns the distance to the police station.
get_quote|Returns the latest quote of a stock, delayed by 15 minutes.
get_config|Returns the configuration, with secrets masked.
get_commit|Get a commit with its author, date and files changed.
get_range|Estimates the range left at the current speed.
get_movie|Returns details of a movie, its cast and its ratings.
list_tags|List the tags attached to a post, each with its count.
list_reviews|List reviews written by guests. They are sorted by date.
get_profile|Returns a profile (name, created, picture, posts).
get_lights|Returns the lights in a room and whether they are on.
list_transactions|List all scheduled transactions.
get_top_songs|Returns the top (most-played) songs.
"""


@pytest.mark.proves("P1.looking")
@pytest.mark.parametrize("line", HONEST.split("\n")[1:-1])
def test_a_participle_a_time_or_a_list_that_only_tells_of_data_runs_at_once(line: str) -> None:
    assert not assess(stranger(*line.split("|"))).sensitive


@pytest.mark.proves("P1.looking")
@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("wetter_abrufen", "Ruft das Wetter für eine Stadt ab."),
        ("get_departures", "Zeigt die nächsten Abfahrten am Bahnhof."),
        ("rezepte_suchen", "Sucht Rezepte nach Zutaten."),
        ("get_translation", "Gibt die Übersetzung eines Wortes zurück."),
        ("kalender_anzeigen", "Zeigt alle Termine eines Tages an."),
        ("get_prices", "Liefert die Preise der Tankstellen in der Nähe."),
        ("get_news", "Liest die Nachrichten vor."),
        ("ladestand_abfragen", "Fragt den Ladestand ab."),
    ],
)
def test_a_german_read_runs_at_once(name: str, description: str) -> None:
    assert not assess(stranger(name, description)).sensitive


@pytest.mark.proves("P1.monotonic")
@pytest.mark.parametrize("name", ["zeige_status", "wetter_abrufen"])
def test_a_german_name_over_an_english_description_asks(name: str) -> None:
    assert assess(stranger(name, "Shows the state.")).sensitive
