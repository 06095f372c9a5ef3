"""Grammars as JSGF and as a word network."""

from __future__ import annotations

import itertools

import pytest

from voice.recognition.jsgf import render_jsgf, vocabulary
from voice.recognition.network import build_network
from voice.recognition.recognizer_base import (
    AnyOrder,
    Choice,
    Expression,
    Grammar,
    Maybe,
    Repeated,
    Rule,
    Sequence,
    Words,
)

DRINK = Grammar(
    Sequence((Words("i want"), Maybe(Words("a")), AnyOrder((Rule("size"), Rule("milk"), Words("latte"))))),
    {"size": Choice((Words("small"), Words("large"))), "milk": Sequence((Words("with"), Repeated(Words("milk"))))},
)


def test_jsgf_names_rules_and_weights() -> None:
    text = render_jsgf(
        Grammar(Choice((Words("yes"), Rule("n")), (3.0, 1.0)), {"n": Words("no public"), "unused": Words("x")})
    )
    assert text == "#JSGF V1.0;\ngrammar heard;\npublic <heard> = (/3/ yes | /1/ <r0-n>);\n<r0-n> = no public_;\n"


def test_the_vocabulary_has_every_word_once() -> None:
    assert vocabulary(DRINK) == ["a", "i", "large", "latte", "milk", "small", "want", "with"]


@pytest.mark.parametrize("render", [render_jsgf, build_network])
def test_rules_in_a_circle_and_unknown_rules_are_refused(render: object) -> None:
    assert callable(render)
    with pytest.raises(ValueError, match="circle"):
        render(Grammar(Rule("a"), {"a": Rule("b"), "b": Rule("a")}))
    with pytest.raises(ValueError, match="no rule"):
        render(Grammar(Rule("a")))


@pytest.mark.proves("V.order")
def test_parts_come_in_any_order_each_at_most_once() -> None:
    network = build_network(DRINK)
    for chosen in itertools.permutations(["small", "with milk", "latte"]):
        assert network.accepts("i want a " + " ".join(chosen))
    assert network.accepts("i want")
    assert network.accepts("i want latte with milk milk")
    assert not network.accepts("i want latte latte")
    assert not network.accepts("i want a a latte")
    assert not network.accepts("want latte")
    assert not network.accepts("i want small with")


def test_a_state_has_one_arc_a_word_and_equal_states_are_merged() -> None:
    network = build_network(Grammar(Choice((Words("play the song"), Words("play a song"), Words("play the song")))))
    assert [len(arcs) for arcs in network.arcs] == [1, 2, 1, 0]


def test_many_parts_may_repeat_rather_than_grow_without_bound() -> None:
    parts: tuple[Expression, ...] = tuple(Choice(tuple(Words(f"{a}{b}") for b in range(50))) for a in "abcdefghijkl")
    network = build_network(Grammar(AnyOrder(parts)))
    assert network.accepts(" ".join(f"{a}7" for a in "lkjihgfedcba"))
    assert sum(map(len, network.arcs)) < 2_000
