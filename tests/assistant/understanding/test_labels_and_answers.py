"""Codes, plates, addresses and texts stay whole: no number in them goes elsewhere, and no label is part of a value."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.values import JSON
from tests.assistant.understanding.catalogs import catalog_of, tool

NOW = 1_795_250_000.0
"""A Saturday in November 2026."""


def text(about: str) -> dict[str, Any]:
    return {"type": "string", "description": about}


def number(about: str, **more: Any) -> dict[str, Any]:
    return {"type": "integer", "description": about, **more}


ADDRESS = {"type": "object", "properties": {name: {"type": "string"} for name in ("street", "city", "zip")},
           "required": ["street", "city", "zip"]}  # fmt: skip
LISTING: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "order_part": ("Order a spare part.",
                   {"part_number": text("Part number, for example B2C-7Q4"), "quantity": number("How many", default=1)},
                   ("part_number",)),
    "park_car": ("Park the car at a garage.",
                 {"garage": text("Name of the garage"), "plate": text("Licence plate"), "hours": number("Hours")},
                 ("garage", "plate", "hours")),
    "ship_parcel": ("Ship a parcel.", {"address": ADDRESS, "declared_value": number("Value in euros", default=500)},
                    ("address",)),
    "transfer_shares": ("Transfer shares to a person.",
                        {"recipient": text("Who receives them"), "count": number("Number of shares")},
                        ("recipient", "count")),
    "send_notice": ("Send a notice to a tenant.", {"tenant": text("Name of the tenant"), "text": text("The notice")},
                    ("tenant", "text")),
    "set_alarm": ("Set the alarm clock.", {"time": {"type": "string", "format": "time"}}, ("time",)),
    "reserve_locker": ("Reserve a locker at the station.",
                       {"locker": text("Locker code, such as C17-08"), "minutes": number("Minutes that it is kept")},
                       ("locker", "minutes")),
    "print_file": ("Print a file.", {"path": text("Path of the file"), "copies": number("How many copies", default=1)},
                   ("path",)),
    "schedule_pickup": ("Schedule a pickup of bulky waste.", {"date": {"type": "string", "format": "date"}}, ("date",)),
}  # fmt: skip
TOOLS = Interpreter(catalog_of(*(tool(name, about, takes, needs) for name, (about, takes, needs) in LISTING.items())))


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("said", "name", "wanted"),
    [
        ("order part K4M-0P2", "order_part", {"part_number": "K4M-0P2"}),
        ("order three of part number 77-XR-9", "order_part", {"part_number": "77-XR-9", "quantity": 3}),
        ("park the car at garage Nord with plate HH-KT 2210 for 3 hours", "park_car",
         {"garage": "Nord", "plate": "HH-KT 2210", "hours": 3}),
        ("ship a parcel to street Oak Lane 12 city Denver zip 80014", "ship_parcel",
         {"address": {"street": "Oak Lane 12", "city": "Denver", "zip": "80014"}}),
        ("ship a parcel to street 9 Mill Road, city Leeds, zip 00420", "ship_parcel",
         {"address": {"street": "9 Mill Road", "city": "Leeds", "zip": "00420"}}),
        ("transfer 40 shares to Nora", "transfer_shares", {"recipient": "Nora", "count": 40}),
        ("transfer 9876543210987 shares to Paul", "transfer_shares", {"recipient": "Paul", "count": 9876543210987}),
        ("transfer shares", "transfer_shares", {}),
        ("send a notice to Ben saying the gate code is 0042 not 42", "send_notice",
         {"tenant": "Ben", "text": "the gate code is 0042 not 42"}),
        ("send a notice to Lea saying the water is off from 8 to 10", "send_notice",
         {"tenant": "Lea", "text": "the water is off from 8 to 10"}),
        ("set the alarm clock to 05:20:15", "set_alarm", {"time": "05:20:15"}),
        ("set the alarm clock to six forty five pm and thirty seconds", "set_alarm", {"time": "18:45:30"}),
        ("reserve locker D03-11 for 45 minutes", "reserve_locker", {"locker": "D03-11", "minutes": 45}),
        ("print the file report-2024.pdf", "print_file", {"path": "report-2024.pdf"}),
    ],
)  # fmt: skip
def test_a_code_a_label_and_a_number_keep_to_their_own_parameter(said: str, name: str, wanted: dict[str, Any]) -> None:
    found = TOOLS.read([said], Context(now=NOW)).interpretations[0]
    given = {key: value for key, value in found.arguments.items() if key in wanted or not _is_default(name, key, value)}
    assert (found.tool, given) == (f"made-up.{name}", wanted)


def _is_default(name: str, key: str, value: JSON) -> bool:
    return bool(LISTING[name][1][key].get("default") == value)


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("name", "asked", "said", "pending", "wanted"),
    [
        ("park_car", "plate", "HD-AB 1207", {"garage": "Nord", "hours": 3}, {"plate": "HD-AB 1207"}),
        ("park_car", "plate", "plate number K-TR 901", {"garage": "Nord", "hours": 3}, {"plate": "K-TR 901"}),
        ("park_car", "plate", "S-AB 77 and make it 4 hours", {"garage": "Nord", "hours": 3},
         {"plate": "S-AB 77", "hours": 4}),
        ("park_car", "garage", "Parkhaus 7 Mitte", {"plate": "S-AB 77", "hours": 3}, {"garage": "Parkhaus 7 Mitte"}),
        ("park_car", "hours", "six", {"garage": "Nord", "plate": "S-AB 77"}, {"hours": 6}),
        ("order_part", "part_number", "12-34", {}, {"part_number": "12-34"}),
        ("transfer_shares", "recipient", "Studio 54", {"count": 10}, {"recipient": "Studio 54"}),
        ("reserve_locker", "locker", "E2-40", {"minutes": 30}, {"locker": "E2-40"}),
        ("print_file", "path", "scans/2024/page 3.pdf", {"copies": 2}, {"path": "scans/2024/page 3.pdf"}),
        ("ship_parcel", "address", "street Elm Street 4, city Boston, zip 02110", {},
         {"address": {"street": "Elm Street 4", "city": "Boston", "zip": "02110"}}),
        ("ship_parcel", "address", "Elm Street 4, Boston, 02110", {},
         {"address": {"street": "Elm Street 4", "city": "Boston", "zip": "02110"}}),
    ],
)  # fmt: skip
def test_an_answer_is_taken_whole_and_changes_nothing_that_it_does_not_name(
    name: str, asked: str, said: str, pending: dict[str, Any], wanted: dict[str, Any]
) -> None:
    context = Context(now=NOW, pending_tool=f"made-up.{name}", pending_arguments=pending, asked=asked)
    changes = TOOLS.read([said], context).changes
    given = {key: value for key, value in changes.items() if key in wanted or not _is_default(name, key, value)}
    assert given == wanted


@pytest.mark.proves("U.slots")
def test_a_time_that_a_day_alone_cannot_hold_is_told() -> None:
    found = TOOLS.read(["schedule a pickup on monday at nine"], Context(now=NOW)).interpretations[0]
    assert found.arguments == {"date": "2026-11-23"}
    assert "nine" in found.untimed
    assert not TOOLS.read(["schedule a pickup on monday"], Context(now=NOW)).interpretations[0].untimed
