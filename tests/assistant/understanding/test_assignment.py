"""Words go to parameters together: the best set of proposals, whatever else a tool takes and in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.understanding.language import language
from assistant.understanding.reading import Context
from assistant.understanding.routing.embeddings import word_vectors
from assistant.understanding.slots.assignment import SHARING, Offer, assigned
from assistant.understanding.slots.entities import EntityFinder
from assistant.understanding.slots.fill import Filled, Filler
from assistant.understanding.slots.prepared import PreparedTool
from tests.assistant.understanding.catalogs import catalog_of, tool

FINDER = EntityFinder(language())
FILLER = Filler(language(), word_vectors(), FINDER)
NUMBER, WHOLE, TEXT, YES = ({"type": each} for each in ("number", "integer", "string", "boolean"))
BODY: dict[str, Any] = {
    "age": WHOLE | {"description": "Age in years"},
    "height_cm": NUMBER | {"description": "Height in cm"},
    "weight_kg": NUMBER | {"description": "Weight in kg"},
    "hip_cm": NUMBER | {"description": "Hip circumference in cm"},
}
PLAN: dict[str, Any] = {
    "plan_weeks": WHOLE | {"description": "Length in weeks (4-16)"},
    "days_per_week": WHOLE | {"description": "Training days per week (2-6)"},
    "session_minutes": WHOLE | {"description": "Minutes of one session"},
}
STAY: dict[str, Any] = {
    "check_in": TEXT | {"description": "Check-in date YYYY-MM-DD"},
    "check_out": TEXT | {"description": "Check-out date YYYY-MM-DD"},
    "adults": WHOLE | {"description": "Number of adults"},
    "children": WHOLE | {"description": "Number of children"},
    "max_price": NUMBER | {"description": "Highest price per night"},
    "free_cancellation": YES | {"description": "Only rooms that can be cancelled free"},
}
SAID: list[tuple[dict[str, Any], tuple[str, ...], str]] = [
    (BODY, ("age", "height_cm", "weight_kg"), "i'm thirty eight one meter eighty and eighty four kilos"),
    (BODY, ("age", "height_cm", "weight_kg"), "sixty kilos age twenty nine and a hundred sixty five centimeters"),
    (PLAN, (), "twelve weeks of training three days a week with forty minutes a session"),
    (PLAN, (), "a plan over the next six weeks"),
    (STAY, ("check_in", "check_out"), "from the fourth to the seventh of december for two adults and one child"),
    (STAY, ("check_in", "check_out"), "tomorrow for three nights under a hundred and fifty with free cancellation"),
]
UNRELATED: list[dict[str, Any]] = [
    {"zzgrub": TEXT},
    {"qwv": {"type": "string", "enum": ["vrax", "plimt"]}},
    {"brimtok": NUMBER | {"description": "Kvintar of the brimtok"}},
]


def filled(properties: dict[str, Any], required: Sequence[str], text: str, context: Context) -> Filled:
    (one,) = catalog_of(tool("do_it", "Do it.", properties, tuple(required)))
    prepared = PreparedTool(one, (), FINDER, word_vectors())
    return FILLER.fill(prepared, FINDER.find(text, context.now, 0.0), context, left=False)


OFFERS = st.lists(
    st.builds(
        lambda place, start, length, gain: Offer(place, start, start + length, gain),
        st.sampled_from("abcd"),
        st.integers(0, 6),
        st.integers(1, 3),
        st.sampled_from([0.01, 0.1, 0.3, 0.5, 0.8, 1.0]),
    ),
    max_size=7,
)


def overlap(one: Offer, other: Offer) -> bool:
    return one.start < other.end and other.start < one.end


def worth(taken: Sequence[Offer]) -> float:
    """Return what offers explain, counted anew: whole words each once, by the offer that gains most."""
    total = 0.0
    for number, offer in enumerate(ordered := sorted(taken, key=lambda each: -each.gain)):
        before = set(chain.from_iterable(range(each.start, each.end) for each in ordered[:number]))
        total += SHARING if set(range(offer.start, offer.end)) <= before else offer.gain
    return total


@given(OFFERS, st.booleans())
def test_no_other_set_of_offers_explains_more(offers: list[Offer], may_share: bool) -> None:
    def clash(one: Offer, other: Offer) -> bool:
        return not (may_share and {one.place, other.place} == {"a", "b"})

    def allowed(taken: Sequence[Offer]) -> bool:
        pairs = list(combinations(taken, 2))
        return all(one.place != two.place and not (overlap(one, two) and clash(one, two)) for one, two in pairs)

    sets = chain.from_iterable(combinations(offers, count) for count in range(5))
    best = max(worth(taken) for taken in sets if allowed(taken))
    found = assigned(offers, clash)
    assert allowed(found)
    assert worth(found) == pytest.approx(best)


def test_many_offers_are_assigned_in_bounded_steps() -> None:
    offers = [Offer(place, start, start + 3, 0.5 + 0.01 * (place % 7)) for place in range(30) for start in range(20)]
    found = assigned(offers, lambda one, other: True)
    assert found
    assert not any(overlap(one, two) for one, two in combinations(found, 2))


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(("properties", "required", "text"), SAID)
@settings(max_examples=8)
@given(data=st.data())
def test_the_order_of_parameters_in_a_schema_changes_no_value(
    properties: dict[str, Any], required: tuple[str, ...], text: str, data: st.DataObject
) -> None:
    context = Context(now=1795255200.0)
    order = data.draw(st.permutations(list(properties)))
    given_order = filled(properties, required, text, context).arguments
    assert given_order
    assert filled({name: properties[name] for name in order}, required, text, context).arguments == given_order


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(("properties", "required", "text"), SAID)
@pytest.mark.parametrize("more", UNRELATED)
def test_a_parameter_that_the_sentence_says_nothing_of_changes_no_value(
    properties: dict[str, Any], required: tuple[str, ...], text: str, more: dict[str, Any], context: Context
) -> None:
    alone = filled(properties, required, text, context).arguments
    assert filled(more | properties, required, text, context).arguments == alone


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(("properties", "required", "text"), SAID)
def test_no_word_says_two_values_unless_they_are_two_ends_of_one_range(
    properties: dict[str, Any], required: tuple[str, ...], text: str, context: Context
) -> None:
    spans = filled(properties, required, text, context).spans
    shared = [
        {one, two} for (one, a), (two, b) in combinations(spans.items(), 2) if a.start < b.end and b.start < a.end
    ]
    assert all(pair == {"check_in", "check_out"} for pair in shared)
