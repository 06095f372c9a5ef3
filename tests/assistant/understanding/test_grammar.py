"""What is listened for, from any catalog and state of the dialogue."""

from __future__ import annotations

import gc
import itertools
import math
import random
import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.understanding.grammar.compiler import WITHOUT_OBJECT, compile_grammar
from assistant.understanding.grammar.value_rules import HALF_OF_DAY, VALUE_RULES
from assistant.understanding.reading import Context, Profile
from client.catalog import Catalog, Tool
from client.values import JSON
from voice.plain_words import plain_words
from voice.recognition.jsgf import render_jsgf
from voice.recognition.network import WordNetwork, build_network
from voice.recognition.neural.paths import START, Paths
from voice.recognition.recognizer_base import (
    AnyOrder,
    Choice,
    Expression,
    Grammar,
    Maybe,
    Open,
    Repeated,
    Rule,
    Sequence,
    Words,
)


def tool(name: str, said: tuple[str, ...], needed: tuple[str, ...] = (), /, **properties: Mapping[str, JSON]) -> Tool:
    schema: dict[str, JSON] = {"type": "object", "properties": {key: dict(value) for key, value in properties.items()}}
    return Tool("inn", name, f"does {name}", input_schema={**schema, "required": list(needed)}, examples=said)


BOOK = tool(
    "book_room",
    (
        "book a [double](kind) room for [two](guests) [tomorrow](day) at [the old mill](hotel)",
        "i want a [single](kind) room",
    ),
    ("kind",),
    kind={"type": "string", "enum": ["single", "double", "king_size"]},
    guests={"type": "integer", "minimum": 1, "maximum": 6},
    day={"type": "string", "format": "date"},
    hotel={"type": "string"},
)
WRITE = tool("send", ("tell [tom](contact) [on my way](text)",), contact={"type": "string"}, text={"type": "string"})
BARE = tool("get_tyre_pressure", (), wheel={"type": "string", "enum": ["front left", "rear right"]})
CATALOG = Catalog((BOOK, WRITE, BARE))
PROFILE = Profile({"anna": "Anna Berg"}, {"home": "12 Elm Street"}, ("i'm running {duration} late",))


def heard(context: Context, catalog: Catalog = CATALOG) -> WordNetwork:
    return build_network(compile_grammar(catalog, context))


@pytest.fixture(scope="module")
def free() -> WordNetwork:
    return heard(Context(profile=PROFILE))


@pytest.mark.parametrize(
    "sentence",
    [
        "directions to kiel",
        "take me to kiel",
        "how far is it to kiel",
        "give me directions to kiel",
        "switch on the lamp",
    ],
)
def test_a_request_that_opens_with_a_value_is_heard_as_its_example_has_it(sentence: str) -> None:
    action: Mapping[str, JSON] = {"type": "string", "enum": ["directions", "distance", "switch on"]}
    ways = tool(
        "ways",
        ("[directions](action) to [kiel](place)", "[take me](action) to [kiel](place)",
         "[how far](action) is it to [kiel](place)", "give me [directions](action) to [kiel](place)"),
        ("action",), action=action, place={"type": "string"},
    )  # fmt: skip
    lamps = tool("lamps", ("[switch on](action) the [lamp](place)", "make it [bright](place)"), action=action,
                 place={"type": "string"})  # fmt: skip
    assert heard(Context(), Catalog((ways, lamps))).accepts(sentence)


@pytest.mark.proves("V.order")
def test_arguments_are_heard_in_every_order_and_may_be_missing(free: WordNetwork) -> None:
    items = ["for two", "tomorrow", "at the old mill", "double"]
    for count in range(len(items) + 1):
        for chosen in itertools.permutations(items, count):
            assert free.accepts("book a " + " ".join(chosen))


@pytest.mark.parametrize(
    "sentence",
    [
        "i want a single room",
        "i'd like a king size room tomorrow",
        "can you book a double room for six the day after tomorrow please",
        "tell anna i'm running twenty five minutes late",
        "tell tom on my way",
        "get tyre pressure",
        "what's the tyre pressure front left",
        "never mind",
        "repeat that",
        "what did you do",
        "go back",
    ],
)
def test_requests_and_control_words_are_heard(free: WordNetwork, sentence: str) -> None:
    assert free.accepts(sentence)


@pytest.mark.parametrize("sentence", ["yes", "book book", "for two", "i want a single single room", "tell", ""])
def test_what_is_no_request_is_not_listened_for(free: WordNetwork, sentence: str) -> None:
    assert not free.accepts(sentence) or sentence == "tell"


def test_a_read_back_listens_for_yes_no_and_changes_of_its_request() -> None:
    network = heard(Context(confirming=True, pending_tool="inn.book_room", profile=PROFILE))
    for answer in ("yes", "yes please", "no thanks", "no make it four", "no make it friday", "yes but for three",
                   "actually double", "never mind", "stop"):  # fmt: skip
        assert network.accepts(answer), answer
    assert not network.accepts("tell anna i'm running ten minutes late")


def test_a_question_listens_for_its_value_bare_or_in_a_phrase() -> None:
    network = heard(Context(asked="guests", pending_tool="inn.book_room"))
    for answer in ("four", "for four", "make it two please", "three tomorrow", "cancel"):
        assert network.accepts(answer), answer
    assert not network.accepts("seven")


def test_what_a_number_counts_in_an_example_may_be_said_behind_any_number() -> None:
    table = tool("take_table", ("take a table for [two people](guests)",), guests={"type": "integer", "maximum": 20})
    catalog = Catalog((table,))
    idle = build_network(compile_grammar(catalog, Context()))
    confirming = build_network(compile_grammar(catalog, Context(confirming=True, pending_tool="inn.take_table")))
    assert idle.accepts("take a table for five people")
    assert idle.accepts("take a table for five")
    assert confirming.accepts("no five people")


def test_a_bare_number_in_a_request_is_much_rarer_than_other_words_there() -> None:
    ride = tool(
        "order_ride",
        ("order a ride [two](riders) to [the mill](place)", "order a ride to [the mill](place) at [seven](at_time)"),
        riders={"type": "integer", "maximum": 9},
        place={"type": "string"},
        at_time={"type": "string", "format": "time"},
    )
    network = build_network(compile_grammar(Catalog((ride,)), Context()))
    state = 0
    for word in ("order", "a", "ride"):
        state = network.arcs[state][word][0]
    arcs = {word: likelihood for word, (_, likelihood) in network.arcs[state].items()}
    assert network.accepts("order a ride two to the mill")
    assert arcs["to"] > 20 * arcs["two"]
    assert arcs["at"] > 20 * arcs["seven"]


def test_an_opening_is_hardly_heard_without_the_argument_that_follows_it_in_every_example() -> None:
    said = ("tell [tom](contact) [late again](text)", "tell [tom](contact) that [late again](text)")
    after = {}
    for needed in (("contact",), ()):
        send = tool("send", said, needed, contact={"type": "string"}, text={"type": "string"})
        paths = Paths(compile_grammar(Catalog((send,)), Context()))
        state = paths.step(START, "tell")
        after[needed] = [paths.weight(state, word) for word in ("tom", "that")]
    assert after["contact",] == [0.0, -math.log(WITHOUT_OBJECT)]
    assert after[()] == [0.0, 0.0], "what may be left out is left out"


def test_an_hour_is_rarer_with_the_half_of_the_day_that_may_be_left_out() -> None:
    meet = tool("meet", ("meet at [nine](time)",), ("time",), time={"type": "string", "format": "time"})
    paths = Paths(compile_grammar(Catalog((meet,)), Context()))
    state = START
    for word in ("meet", "at", "nine"):
        state = paths.step(state, word)
    assert paths.final(state) == 0.0
    assert paths.weight(state, "pm") == -math.log(HALF_OF_DAY)


def test_an_offer_listens_for_names_and_ordinals() -> None:
    network = heard(Context(options=("Old Mill", "Golden Dragon")))
    for answer in ("the second one", "the first", "number two", "golden dragon", "the old mill"):
        assert network.accepts(answer), answer
    assert not network.accepts("the third one")


def sample(expression: Expression, rules: Mapping[str, Expression], chance: random.Random) -> list[str]:
    match expression:
        case Words(text):
            return text.split()
        case Sequence(parts):
            return [word for part in parts for word in sample(part, rules, chance)]
        case Choice(options):
            return sample(chance.choice([option for option in options if option != Choice(())]), rules, chance)
        case Maybe(part):
            return sample(part, rules, chance) if chance.random() < 0.5 else []
        case Repeated(part):
            return [word for _ in range(chance.randint(1, 3)) for word in sample(part, rules, chance)]
        case Rule(name):
            return sample(rules[name], rules, chance)
        case Open(part):
            return sample(part, rules, chance)
        case AnyOrder(parts):
            chosen = chance.sample(parts, chance.randint(0, len(parts)))
            return [word for part in chosen for word in sample(part, rules, chance)]


STATES = [
    Context(profile=PROFILE),
    Context(confirming=True, pending_tool="inn.book_room"),
    Context(asked="hotel", pending_tool="inn.book_room"),
    Context(options=("Old Mill", "Golden Dragon")),
]
COMPILED: list[tuple[Grammar, WordNetwork]] = [
    (grammar, build_network(grammar)) for grammar in (compile_grammar(CATALOG, state) for state in STATES)
]


@pytest.mark.proves("V.order")
@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(STATES) - 1), st.integers())
def test_whatever_the_grammar_says_its_network_accepts(state: int, seed: int) -> None:
    grammar, network = COMPILED[state]
    words = sample(grammar.root, grammar.rules, random.Random(seed))  # hypothesis gives the seed
    assert network.accepts(" ".join(words))


names = st.sampled_from(["set_timer", "play", "what?", "Ünï cødé", "a1", "public"])
schemas: st.SearchStrategy[dict[str, JSON]] = st.sampled_from(
    [
        {},
        {"type": "string"},
        {"type": ["integer", "null"]},
        {"enum": [1, None, "a b"]},
        {"type": "array", "items": {"enum": ["x", "y"]}},
        {"type": "object", "properties": {"inner": {"type": "string", "format": "time"}}},
        {"type": "boolean"},
        {"type": "number"},
        {"type": "string", "enum": []},
        {"type": "string", "format": "duration"},
    ]
)
examples = st.sampled_from(
    ["[", "do [x](p)", "[only](p)", "[a](unknown)", "", "go", "[7:30](p) to [12](q)", r"say \[no\] [q](q)"]
)


@settings(max_examples=80, deadline=None)
@given(names, st.dictionaries(st.sampled_from(["p", "q", "dateTime"]), schemas), st.lists(examples, max_size=4))
def test_any_tool_gives_a_grammar_that_every_recognizer_can_render(
    name: str, properties: dict[str, dict[str, JSON]], said: list[str]
) -> None:
    grammar = compile_grammar(Catalog((tool(name, tuple(said), (), **properties),)), Context())
    assert render_jsgf(grammar).startswith("#JSGF")
    assert build_network(grammar).accepts("never mind")


def test_a_value_with_a_pattern_is_heard_spelled_out_in_a_request_and_as_an_answer() -> None:
    plate: dict[str, JSON] = {"type": "string", "pattern": "^[A-Z]{2}[0-9]{2}$"}
    find = tool("find_car", ("my car is [a b one two](plate)",), ("plate",), plate=plate)
    catalog = Catalog((find,))
    assert heard(Context(), catalog).accepts("my car is x y seven zero")
    asked = heard(Context(pending_tool=find.qualified, asked="plate"), catalog)
    assert asked.accepts("x y seven zero")
    assert not asked.accepts("x y seven")
    assert not asked.accepts("seven zero x y")


@pytest.mark.parametrize(
    ("pattern", "said", "no"),
    [
        (r"^(\+91)?[6-9][0-9]{2}$", "nine zero one", "one zero one"),
        (r"^S-[0-9]{2,3}$", "s one two three", "s one two three four"),
        (r"\d{2}-?[A-Z]?", "one two", "one"),
        (r"^(a|b)+$", "x y z", "purple elephants"),
        ("[", "x y z", "purple elephants"),
        ("^[0-9]{999999999}$", "one two three", "purple elephants"),
    ],
)
def test_a_pattern_says_how_many_letters_and_digits_are_heard_and_a_hard_one_any(
    pattern: str, said: str, no: str
) -> None:
    find = tool("find_thing", (), ("code",), code={"type": "string", "pattern": pattern})
    network = heard(Context(pending_tool=find.qualified, asked="code"), Catalog((find,)))
    assert network.accepts(said)
    assert not network.accepts(no)


def test_listed_values_contacts_and_places_are_the_names_that_free_words_may_hold_misspelled() -> None:
    lamp = tool("turn_on", (), ("what",), what={"type": "string", "enum": ["bed light", "Ecobee", "two"]})
    names = compile_grammar(Catalog((lamp,)), Context(profile=PROFILE)).names
    assert {"bed light", "ecobee", *(plain_words(each) for each in PROFILE.contacts)} <= set(names)
    assert "two" not in names


@pytest.mark.parametrize(
    ("said", "listened"),
    [
        ("twenty one point five", True),
        ("zero point one two five", True),
        ("two and a half", True),
        ("twenty one point zero zero zero zero", False),
        ("twenty one point", False),
    ],
)
def test_a_decimal_number_has_three_places_at_most(said: str, listened: bool) -> None:
    assert build_network(Grammar(Rule("decimal"), VALUE_RULES)).accepts(said) is listened


def test_an_empty_catalog_still_listens_for_control_words() -> None:
    assert heard(Context(), Catalog()).accepts("help")


def test_sixty_tools_are_compiled_within_bounds() -> None:
    many = Catalog(tuple(Tool("inn", f"{BOOK.name}_{n}", "", input_schema=BOOK.input_schema, examples=(
        f"book {word} a [double](kind) room for [two](guests) [tomorrow](day) at [the old mill](hotel)",
    )) for n, word in enumerate(f"{a}{b}" for a in "abcdef" for b in "ghijklmnop")))  # fmt: skip
    compile_grammar(many, Context())  # loads what is loaded once
    gc.collect()  # what other tests left behind is not cleared away in the time that is measured
    began = time.process_time()
    grammar = compile_grammar(many, Context())
    assert time.process_time() - began < 0.1
    network = build_network(grammar)
    assert network.accepts("book dj a double room tomorrow for two at the old mill")
    assert sum(map(len, network.arcs)) < 100_000
