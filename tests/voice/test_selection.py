"""What passes over one utterance say together, as a table; and how the ears use the time of a pause."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.voice.test_vosk import spoken
from voice.audio import SamplesSource, no_wait
from voice.ears import Ears
from voice.endpointing import Endpoint
from voice.noise import cabin_noise, mix
from voice.recognition.network import build_heads, build_network
from voice.recognition.recognizer_base import (
    SAMPLE_RATE,
    Choice,
    Ending,
    Grammar,
    Maybe,
    Open,
    Samples,
    Sequence,
    Transcript,
    Words,
)
from voice.recognition.selection import dictated, ending_of, evidence, next_pass, settled, transcript_of
from voice.recognition.sphinx_worker import PHONE_LOOP, Decode, Dictate, Dictated, Pass, start
from voice.recognition.utterance import PreparedGrammar


def one(text: str, score: float = -100.0, fit: float = -30.0, *, factor: float = 1.0, begun: str | None = None) -> Pass:
    frames = np.full(100, fit, np.float32)
    return Pass(factor, text, score, frames, 0.1, text if begun is None else begun, begun in (None, text))


LOOP = one("", fit=-20.0, factor=PHONE_LOOP)


def test_the_text_that_most_passes_hear_wins_unless_another_path_is_far_likelier() -> None:
    passes = [LOOP, one("play music", -100.0), one("play music", -150.0), one("play it", -90.0)]
    heard = transcript_of(passes, 1.0, 0.1)
    assert heard.text == "play music"
    assert heard.confidence == pytest.approx(2 / 3)
    assert [other.text for other in heard.alternatives] == ["play music", "play it"]
    assert transcript_of([*passes, one("play it again", 900.0)], 1.0, 0.1).text == "play it again"


@pytest.mark.proves("V.rejects")
@pytest.mark.parametrize(("fit", "taken"), [(-35.0, True), (-46.0, True), (-49.0, False), (-60.0, False)])
def test_words_that_fit_far_worse_than_any_phones_are_no_command_however_likely_the_grammar(
    fit: float, taken: bool
) -> None:
    passes = [LOOP, one("play music", 5_000.0, fit), one("play music", 5_000.0, fit, factor=0.96)]
    assert bool(transcript_of(passes, 1.0, 0.1).text) is taken
    assert settled(passes) is taken


@pytest.mark.proves("V.rejects")
def test_agreement_is_evidence_and_words_without_sound_are_none() -> None:
    agreed = [LOOP, one("yes"), one("yes", factor=0.96)]
    assert evidence(agreed, "yes") > evidence([*agreed, one("no")], "yes") > evidence([*agreed, one("no")], "maybe")
    silent = Pass(1.0, "yes", 0.0, np.full(100, np.nan, np.float32), 0.1, "yes")
    assert transcript_of([LOOP, silent], 1.0, 0.1).text == ""
    assert transcript_of([], 1.0, 0.1).text == ""


@pytest.mark.proves("V.rejects")
def test_a_short_command_is_not_laid_over_a_long_sentence() -> None:
    assert transcript_of([LOOP, one("stop")], 1.0, 0.1).text == "stop"
    assert transcript_of([LOOP, one("stop")], 4.0, 0.1).text == ""


def test_passes_that_differ_or_hear_half_a_sentence_settle_nothing() -> None:
    assert settled([LOOP, one("yes"), one("yes")])
    assert not settled([LOOP, one("yes"), one("no")])
    assert not settled([LOOP, one("yes please", begun="yes"), one("yes please", begun="yes")])
    assert not settled([LOOP, one(""), one("")])


def made(texts: list[str], seconds: list[float], fit: float = -21.0) -> tuple[list[float], dict[float, float]]:
    """Return the factors of the passes that two workers make, and when each began."""
    clock, passes, began = 0.0, list[Pass](), dict[float, float]()
    running: list[tuple[float, float]] = []  # when it ends, its factor
    while True:
        while len(running) < 2 and (factor := next_pass(passes, [begun for _, begun in running])) is not None:
            began[factor] = clock
            running.append((clock + seconds[len(began) - 1], factor))
        if not running:
            return sorted(began), began
        running.sort()
        clock, factor = running.pop(0)
        text = texts[list(began).index(factor)]
        passes.append(LOOP if factor == PHONE_LOOP else one(text, fit=fit, factor=factor))


@pytest.mark.proves("V.final")
@pytest.mark.parametrize("seconds", [[1.0] * 7, [1.0, 2.0, 3.0] * 3, [3.0, 1.0, 2.0] * 3, [2.0, 3.0, 0.1] * 3])
def test_the_passes_made_depend_on_what_is_heard_and_not_on_how_long_each_takes(seconds: list[float]) -> None:
    agreed, _ = made(["stop"] * 7, seconds)
    assert agreed == [PHONE_LOOP, 0.96, 1.04]
    assert len(made(["stop", "go", *["stop"] * 5], seconds)[0]) == 7
    assert len(made(["stop"] * 7, seconds, fit=-60.0)[0]) == 7, "too little speaks for it"
    assert len(made(["", "", *["stop"] * 5], seconds)[0]) == 7


@pytest.mark.proves("V.final")
def test_where_the_first_passes_differ_no_worker_waits_for_the_rival() -> None:
    _, began = made(["stop", "go", *["stop"] * 5], [1.0, 1.2, 5.0, *[1.0] * 4])
    assert began[PHONE_LOOP] == 1.0
    assert began[0.92] == 1.2
    assert began[1.08] == 2.2


def test_a_pause_ends_a_whole_sentence_and_not_the_beginning_of_one() -> None:
    assert ending_of([LOOP, one("play music"), one("play music")]) is Ending.COMPLETE
    assert ending_of([one("play music", begun="play"), one("play music", begun="play"), one("stop")]) is Ending.OPEN
    assert ending_of([one("play music"), one("stop")]) is Ending.UNKNOWN
    assert ending_of([LOOP]) is Ending.UNKNOWN


@pytest.mark.proves("V.repeatable")
async def test_what_was_heard_before_changes_nothing() -> None:
    answer = start()
    grammar = Grammar(Choice((Words("play music"), Words("volume up"), Words("lights off"))))
    other = Grammar(Choice((Words("yes please"), Words("volume down"), Words("never mind"))))
    sounds = [await spoken("play music"), mix(await spoken("volume up"), cabin_noise(2.0, 4), 5.0)]
    sounds.append(mix(sounds[0], cabin_noise(3.0, 5), -5.0))

    def heard(sound: Samples) -> tuple[object, ...]:
        answer(PreparedGrammar("g", grammar))
        passes = [answer(Decode("g", factor, sound)) for factor in (PHONE_LOOP, 1.04, 0.96)]
        told = [(one.text, one.score, one.begun, one.fit.tobytes()) for one in passes if isinstance(one, Pass)]
        return *told, evidence([one for one in passes if isinstance(one, Pass)], told[1][0])

    first = [heard(sound) for sound in sounds]
    answer(PreparedGrammar("o", other))
    answer(Decode("o", 0.96, sounds[1]))
    again = [heard(sound) for sound in reversed(sounds)][::-1]
    assert again == first
    assert first[0][1][0] == "play music"  # type: ignore[index]  # the second pass
    assert answer(Decode("another", 1.04, sounds[0])) is None


def taken(head: str, tail: str, fit: float = -30.0) -> Dictated:
    return Dictated(one(head, fit=fit), tail, -1_000.0)


@pytest.mark.proves("V.dictation")
@pytest.mark.parametrize(
    ("passes", "text"),
    [
        (
            [taken("tell tom", "the train is late"), taken("tell tom", "the train was late")],
            "tell tom the train is late",
        ),
        ([taken("tell tom", "the train is late"), taken("tell tom", "a dream of cake")], "tell tom"),
        ([taken("tell tom", "the train is late", -60.0), taken("tell tom", "the train is late", -60.0)], ""),
        ([taken("tell tom", "the train is late"), taken("", "the train is late")], "the train is late"),
        ([taken("", "the train is late"), taken("", "the train is late")], "the train is late"),
        ([taken("", "the train is late"), taken("", "a dream of cake")], ""),
        ([], ""),
    ],
)
def test_free_words_are_taken_down_where_the_passes_agree_else_what_the_grammar_knows(
    passes: list[Dictated], text: str
) -> None:
    assert dictated([LOOP], passes, 3.0, 1.0).text == text


def test_a_word_or_two_that_would_fit_anything_are_no_head() -> None:
    short = [replace(one.head, fit=one.head.fit[:40]) for one in (taken("let", "a b c"), taken("let", "a b c"))]
    assert dictated([LOOP], [Dictated(head, "a b c", -1.0) for head in short], 3.0, 1.0).text == ""


SAYING = Grammar(
    Sequence(
        (Choice((Words("tell tom"), Words("volume up"))), Open(Choice((Words("i'm on my way"), Words("ring me")))))
    )
)


@pytest.mark.proves("V.dictation")
def test_the_beginnings_of_sentences_with_an_open_end_go_on_with_any_phones() -> None:
    grammar = Grammar(Choice((SAYING.root, Words("lights off"), Sequence((Words("note"), Maybe(Words("please")))))))
    heads = build_heads(grammar)
    assert heads is not None
    assert heads.accepts("tell tom ~th ~ah ~b")
    assert not heads.accepts("tell tom")
    assert not heads.accepts("lights off")
    assert "lights" not in heads.arcs[0]
    assert build_network(grammar).accepts("tell tom ring me")
    assert build_heads(Grammar(Words("lights off"))) is None


@pytest.mark.proves("V.dictation")
async def test_words_that_no_grammar_has_are_taken_down_behind_those_it_has() -> None:
    answer = start()
    answer(PreparedGrammar("g", SAYING))
    sound = mix(await spoken("tell tom the weather is very good today"), cabin_noise(5.0, 4), 20.0)
    heard = answer(Dictate("g", 1.0, sound))
    assert isinstance(heard, Dictated)
    assert heard.head.text == "tell tom"
    assert len(heard.tail.split()) >= 3  # of free words one in three is heard wrong
    assert answer(Dictate("another", 1.0, sound)) is None
    loaded = resident_mb()
    for number in range(10):
        answer(PreparedGrammar(f"g{number}", Grammar(Words("yes"))))
    assert resident_mb() < loaded - 40, "the language model is dropped where nobody dictates"
    assert answer(Dictate("g", 1.0, sound)) is None, "a grammar long unused is forgotten"
    answer(PreparedGrammar("g", SAYING))
    assert answer(Dictate("g", 1.0, sound)).tail == heard.tail


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class CountingRecognizer:
    """Keeps the contract; counts how often it is asked about a pause, and how often that is taken back."""

    name = "counting"

    def __init__(self) -> None:
        self.asked = self.taken_back = 0
        self.fed: list[int] = []

    def begin(self, grammar: Grammar, *, partials: bool = False) -> CountingRecognizer:
        assert isinstance(grammar, Grammar)
        assert not partials
        return self

    async def feed(self, samples: Samples) -> str:
        self.fed.append(len(samples))
        return ""

    async def ending(self, silence: float) -> Ending:
        assert 0.25 <= silence < 0.35
        self.asked += 1
        try:
            if self.asked == 1:
                await asyncio.Event().wait()  # a long decoding
        except asyncio.CancelledError:
            self.taken_back += 1
            raise
        return Ending.COMPLETE

    async def finish(self) -> Transcript:
        return Transcript("heard", recognizer=self.name)

    def cancel(self) -> None: ...

    async def close(self) -> None: ...


@pytest.mark.proves("V.final")
async def test_what_may_be_the_end_is_decoded_in_the_pause_and_dropped_when_speech_goes_on() -> None:
    recognizer = CountingRecognizer()
    word = (await spoken("music"))[8_000:-12_000]
    gap, end = np.zeros(round(0.3 * SAMPLE_RATE), np.int16), np.zeros(SAMPLE_RATE, np.int16)
    samples = np.concatenate([gap, word, gap, word, end])
    heard = await Ears(recognizer).listen(SamplesSource(samples, no_wait), Grammar(Words("music")))
    assert heard.ended_by is Endpoint.ENDED
    assert 0.45 <= heard.endpoint_wait <= 0.5
    assert (recognizer.asked, recognizer.taken_back) == (2, 1)
    given = sum(recognizer.fed) / SAMPLE_RATE  # both words and the pause, but not the silence at the end
    assert given == pytest.approx(heard.audio_seconds - heard.endpoint_wait + 0.17, abs=0.06)
