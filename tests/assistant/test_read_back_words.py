"""A read-back says days and times as such, and ends in a question with the tool's own verb."""

from __future__ import annotations

import pytest

from assistant.wording.closing_questions import asking
from assistant.wording.replies import described_arguments
from client.catalog import Tool


@pytest.mark.parametrize(
    ("name", "description", "question"),
    [
        ("search_note", "Search a note.", "Shall I look this up?"),
        ("note_search", "Search the frobbed notes.", "Shall I look this up?"),
        ("note_list", "List frobbed notes.", "Shall I list this?"),
        ("get_order", "Get an order, frobbed.", "Shall I get this?"),
        ("memory_log_query", "Query the frobbed log.", "Shall I look this up?"),
        ("get_note", "Get a note and delete it.", "Shall I do this?"),
        ("note_write", "Write a frobbed note.", "Shall I save this?"),
        ("find_and_book", "Find and book a table.", "Shall I do this?"),
        ("save_search", "Save the search.", "Shall I save this?"),
        ("delete_list", "Delete the list.", "Shall I delete this?"),
    ],
)
def test_a_thing_beside_a_verb_of_looking_is_no_verb_of_the_question(
    name: str, description: str, question: str
) -> None:
    assert asking(Tool("s", name, description)) == question


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("date", "2026-12-01", "tomorrow"),
        ("start_date", "2027-03-05", "Friday the 5th of March 2027"),
        ("when", "2026-12-01T19:30:00", "tomorrow at 7:30 p.m."),
        ("end", "2026-12-04 07:00", "Friday at 7 a.m."),
        ("start_time", "19:30", "start time 7:30 p.m."),
        ("ratio", "16:09", "1 6 : 0 9"),
        ("part_number", "2026-13", "2 0 2 6"),
        ("date", "2026-02-30", "2 0 2 6"),
    ],
)
def test_a_text_that_is_a_day_or_a_time_is_read_back_as_one(name: str, value: str, said: str) -> None:
    keep = Tool("s", "add_trip", "Add a trip.", "", {"type": "object", "properties": {name: {"type": "string"}}})
    heard = described_arguments(keep, {name: value}, 1_796_029_200.0, 3_600.0)
    assert said in heard
