"""What a server's words say of a cost, a currency or a unit is read back with the value that it belongs to."""

from __future__ import annotations

import pytest

from assistant.wording.spoken_values import SpokenClock, parts_of
from client.values import JSON

CLOCK = SpokenClock(1_795_250_000.0, 0.0)


@pytest.mark.proves("P1.values")
@pytest.mark.parametrize(
    ("name", "value", "schema", "said"),
    [
        ("wash", True, {"title": "Car wash for 19 euros"}, "with wash, 19 euros by the server's words"),
        ("wash", False, {"title": "Car wash for 19 euros"}, "without wash"),
        ("insurance", True, {"description": "Covers all, $18.50"}, "with insurance, $18.50 by the server's words"),
        ("tip", 5, {"title": "Tip in euros"}, "tip 5 euros"),
        ("fee", 3, {"description": "Fee (€)"}, "fee 3 euros"),
        ("hours", 3, {"description": "Hours"}, "3 hours"),
        ("monthly", True, {}, "monthly"),
        ("silent", False, {}, "not silent"),
        ("recipient", "nothing", {}, "recipient the word nothing"),
        ("recipient", "the word nothing", {}, "recipient quote of 3 words, the word nothing, end of quote"),
        ("plate", "HD-AB 1207", {}, "plate H D dash A B space 1 2 0 7"),
    ],
)
def test_a_cost_and_a_currency_of_the_server_s_words_are_said(
    name: str, value: JSON, schema: dict[str, JSON], said: str
) -> None:
    assert [*parts_of(name, value, schema, CLOCK)] == [said]
