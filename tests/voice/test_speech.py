"""Real synthesis and the real recognizer, on the sound that one makes for the other."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pocketsphinx
import pytest
from click.testing import CliRunner

from assistant.cli.hear_command import command as hear
from assistant.cli.say_command import command as say
from assistant.understanding.grammar.compiler import compile_grammar
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context, Control, Profile
from client.catalog import Catalog, Tool
from voice.audio import SamplesSource, no_wait, read_wav, resampled, write_wav
from voice.earcons import EARCON_RATE, EARCONS, earcon
from voice.ears import Ears, hear_samples
from voice.mouth import Mouth
from voice.noise import cabin_noise, mix
from voice.recognition.pronunciation import arpabet, pronunciations
from voice.recognition.recognizer_base import Choice, Grammar, Samples, Words
from voice.recognition.sphinx import SphinxRecognizer
from voice.synthesis.espeak import ASSISTANT_VOICE, DRIVER_VOICE, EspeakSynthesizer
from voice.synthesis.synthesizer_base import Speech, Voice

TABLES = Tool(
    "town",
    "book_table",
    "Book a table",
    input_schema={
        "type": "object",
        "properties": {
            "restaurant": {"type": "string"},
            "party_size": {"type": "integer", "minimum": 1, "maximum": 12},
            "date": {"type": "string", "format": "date"},
            "time": {"type": "string", "format": "time"},
        },
        "required": ["restaurant"],
    },
    examples=("book a table at [luigi's](restaurant) for [four](party_size) [tomorrow](date) at [seven](time)",),
)
MESSAGES = Tool(
    "town",
    "send_message",
    "Send a message",
    input_schema={"type": "object", "properties": {"contact": {"type": "string"}, "text": {"type": "string"}}},
    examples=("tell [anna](contact) [on my way](text)",),
)
FUEL = Tool("town", "find_fuel_station", "Find a fuel station", examples=("find a fuel station",))
CATALOG = Catalog((TABLES, MESSAGES, FUEL))
PROFILE = Profile({"anna": "Anna Berg"}, {}, ("i'm running {duration} late",))
FREE = Context(profile=PROFILE)
CONFIRMING = Context(profile=PROFILE, confirming=True, pending_tool="town.book_table")


@pytest.fixture(scope="module")
def synthesizer() -> EspeakSynthesizer:
    return EspeakSynthesizer()


@pytest.fixture(scope="module")
def recognizer() -> SphinxRecognizer:
    return SphinxRecognizer()


@pytest.fixture(scope="module", autouse=True)
def ended(synthesizer: EspeakSynthesizer, recognizer: SphinxRecognizer) -> Iterator[None]:
    yield
    asyncio.run(synthesizer.close())
    asyncio.run(recognizer.close())


async def in_the_car(synthesizer: EspeakSynthesizer, text: str, seed: int = 1) -> Samples:
    speech = await synthesizer.synthesize(text, DRIVER_VOICE)
    samples = np.pad(resampled(speech.samples, speech.sample_rate), (8_000, 12_000))
    return mix(samples, cabin_noise(len(samples) / 16_000, seed), 15.0)


@pytest.mark.parametrize(
    ("context", "sentence"),
    [
        (FREE, "book a table at luigi's for four tomorrow at seven"),
        (CONFIRMING, "yes"),
        (CONFIRMING, "no make it eight"),
        (FREE, "tell anna i'm running ten minutes late"),
        (FREE, "find a fuel station"),
    ],
)
async def test_the_drivers_synthetic_voice_is_heard_in_cabin_noise(
    synthesizer: EspeakSynthesizer, recognizer: SphinxRecognizer, context: Context, sentence: str
) -> None:
    samples = await in_the_car(synthesizer, sentence)
    heard = await Ears(recognizer).listen(SamplesSource(samples, no_wait), compile_grammar(CATALOG, context))
    assert heard.transcript.text == sentence
    assert heard.speech_began
    assert heard.transcript.alternatives[0].text == sentence
    assert 0.3 <= heard.endpoint_wait < 0.65  # whole sentences end early
    assert (await hear_samples(recognizer, samples, compile_grammar(CATALOG, context))).text == sentence


@pytest.mark.proves("C.one-source")
@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("speak slower", Control.SLOWER),
        ("speak faster", Control.FASTER),
        ("a little louder", Control.LOUDER),
        ("keep it down", Control.QUIETER),
        ("no more announcements", Control.HUSH),
        ("turn announcements on", Control.ANNOUNCE),
        ("that's exactly right", Control.YES),
    ],
)
async def test_control_words_of_every_kind_are_heard_while_a_read_back_waits(
    synthesizer: EspeakSynthesizer, recognizer: SphinxRecognizer, said: str, kind: Control
) -> None:
    samples = await in_the_car(synthesizer, said)
    heard = await hear_samples(recognizer, samples, compile_grammar(CATALOG, CONFIRMING))
    reading = Interpreter(CATALOG).read([heard.text], CONFIRMING)
    assert reading.control is kind, heard.text


NO_COMMANDS = (
    "photosynthesis converts light into chemical energy",
    "my grandmother lives in a village by the sea",
    "i think the economy is going to be fine next year",
    "the children are arguing about chocolate",
    "it was a bright cold day in april",
    "so then i told him it was not my problem",
)


async def test_speech_that_is_no_command_mostly_comes_back_empty(
    synthesizer: EspeakSynthesizer, recognizer: SphinxRecognizer
) -> None:
    """At most one of six: about one in twenty was measured. Without the phone loop nearly all become commands."""
    grammar = compile_grammar(CATALOG, FREE)
    taken = []
    for sentence in NO_COMMANDS:
        samples = await in_the_car(synthesizer, sentence)
        heard = await Ears(recognizer).listen(SamplesSource(samples, no_wait), grammar)
        assert heard.speech_began
        taken += [heard.transcript.text] if heard.transcript.text else []
    assert len(taken) <= 1, taken


async def test_silence_is_no_speech_and_the_loop_stays_free(recognizer: SphinxRecognizer) -> None:
    heard = await Ears(recognizer).listen(
        SamplesSource(cabin_noise(1.0, 5), no_wait), Grammar(Words("yes")), no_speech_seconds=1.0
    )
    assert not heard.speech_began
    assert heard.transcript.text == ""
    assert heard.audio_seconds == pytest.approx(1.0, abs=0.05)


async def test_a_recognizer_whose_process_was_killed_works_again(
    synthesizer: EspeakSynthesizer, recognizer: SphinxRecognizer
) -> None:
    grammar = Grammar(Choice((Words("find a fuel station"), Words("never mind"))))
    samples = await in_the_car(synthesizer, "find a fuel station")
    for kill in (True, False):
        recognition = recognizer.begin(grammar)
        await recognition.feed(samples)
        assert (await recognition.finish()).text == "find a fuel station"
        if kill:
            process = recognizer.workers[0]._process
            assert process is not None
            process.kill()
            process.wait()


def test_names_that_no_dictionary_has_are_pronounced() -> None:
    spoken = pronunciations(["seven", "pm", "shawarmanova", "am"])
    assert spoken["seven"][0] == "S EH V AH N"
    assert "EY EH M" in spoken["am"]
    assert spoken["shawarmanova"][0].startswith("SH")
    assert arpabet("tɹˈæɾɚ") == "T R AE T ER"


def test_every_word_of_the_dictionary_is_found_with_all_its_pronunciations() -> None:
    path = Path(pocketsphinx.get_model_path()) / "en-us" / "cmudict-en-us.dict"
    lines = [line.partition(" ") for line in path.read_text(encoding="utf-8").splitlines()]
    expected: dict[str, tuple[str, ...]] = {}
    for word, _, phones in lines:
        base = word.partition("(")[0]
        expected[base] = (*expected.get(base, ()), phones)
    some = [lines[0][0], "a's", "read", "activists'", *list(expected)[::500], lines[-1][0]]
    ours = {"a", "am", "pm", "ok", "mcqueen"}
    assert pronunciations(some) == {word: expected[word] for word in some}
    assert not ours & set(some), "those have pronunciations of our own"


@pytest.mark.proves("V.synthesis")
def test_speech_is_made_without_any_system_package(tmp_path: Path) -> None:
    """The child sees no system library of espeak: an empty search path and the wheel's library alone."""
    program = (
        "import asyncio, sys, numpy as np\n"
        "import ctypes.util\n"
        "from voice.synthesis.espeak import EspeakSynthesizer, ASSISTANT_VOICE\n"
        "async def main():\n"
        "    synthesizer = EspeakSynthesizer()\n"
        "    speech = await synthesizer.synthesize('shall i book it', ASSISTANT_VOICE)\n"
        "    await synthesizer.close()\n"
        "    print(speech.seconds, int(np.abs(speech.samples).max()))\n"
        "asyncio.run(main())\n"
    )
    environment = {"PATH": str(tmp_path), "HOME": str(tmp_path), "PYTHONPATH": os.getcwd()}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, timeout=60, check=True
    )
    seconds, loudest = done.stdout.split()
    assert 0.5 < float(seconds) < 2.0
    assert int(loudest) > 5_000
    assert "Audio saved" not in done.stdout + done.stderr


async def test_speech_is_whole_prompt_and_different_by_voice(synthesizer: EspeakSynthesizer) -> None:
    text = "a table at luigi's, tomorrow at seven, for four. shall i book it?"
    await synthesizer.synthesize("warm", ASSISTANT_VOICE)
    began = time.perf_counter()
    speech = await synthesizer.synthesize(text, ASSISTANT_VOICE)
    assert time.perf_counter() - began < 0.5  # 0.02 s on an idle machine
    assert 3.0 < speech.seconds < 6.0
    assert np.abs(speech.samples[:5]).max() < 500  # no click or garbage before the first sound
    assert np.abs(speech.samples[-5:]).max() < 500  # and it is not cut off
    again = await synthesizer.synthesize(text, ASSISTANT_VOICE)
    assert abs(again.seconds - speech.seconds) < 0.05
    other = await synthesizer.synthesize(text, DRIVER_VOICE)
    assert abs(other.seconds - speech.seconds) > 0.05
    faster = await synthesizer.synthesize(text, replace(ASSISTANT_VOICE, words_per_minute=260))
    assert faster.seconds < 0.8 * speech.seconds
    assert (await synthesizer.synthesize(" ... ", ASSISTANT_VOICE)).seconds == 0


class PausedSink:
    """Plays until it is let go; notes what was played and whether it was cut short."""

    def __init__(self) -> None:
        self.played: list[tuple[int, bool]] = []
        self.started = asyncio.Event()
        self.release = asyncio.Event()

    async def play(self, samples: Samples, sample_rate: int) -> None:
        assert sample_rate > 0
        self.started.set()
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self.played.append((len(samples), False))
            raise
        self.played.append((len(samples), True))


class OneSecond:
    """A synthesizer of the same contract: one second of sound for any text, counted."""

    name = "one second"

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def synthesize(self, text: str, voice: Voice) -> Speech:
        assert voice.name
        self.asked.append(text)
        return Speech(np.ones(16_000, np.int16), 16_000)

    async def close(self) -> None: ...


async def test_a_mouth_returns_when_playback_ended_and_keeps_phrases() -> None:
    sink, maker = PausedSink(), OneSecond()
    mouth = Mouth(maker, sink, ASSISTANT_VOICE)
    saying = asyncio.ensure_future(mouth.say("done"))
    await sink.started.wait()
    assert not saying.done()
    sink.release.set()
    assert (await saying).interrupted is False
    assert (await mouth.say("done")).synthesis_seconds == 0
    assert maker.asked == ["done"]
    assert [whole for _, whole in sink.played] == [True, True]


async def test_stop_ends_what_is_said_and_drops_what_waits() -> None:
    sink = PausedSink()
    mouth = Mouth(OneSecond(), sink, ASSISTANT_VOICE)
    first, second = asyncio.ensure_future(mouth.say("one")), asyncio.ensure_future(mouth.say("two"))
    await sink.started.wait()
    mouth.stop()
    assert (await first).interrupted
    assert (await second).interrupted
    assert [whole for _, whole in sink.played] == [False]
    sink.release.set()
    assert not (await mouth.say("three")).interrupted


def test_earcons_are_short_equally_loud_and_distinct() -> None:
    assert set(EARCONS) == {"listening", "heard", "working", "done", "error", "barge_in"}
    sounds = [earcon(name).astype(float) for name in EARCONS]
    assert all(len(sound) / EARCON_RATE < 0.2 for sound in sounds)
    levels = [np.sqrt((sound[sound != 0] ** 2).mean()) for sound in sounds]
    assert max(levels) / min(levels) < 1.2
    assert len({sound.tobytes() for sound in sounds}) == len(sounds)


def with_earcon(name: str, after: Samples, share: float) -> Samples:
    """Return an earcon as the microphone picks it up from the speaker, `after` behind it, in a cabin's noise."""
    sign = resampled(earcon(name), EARCON_RATE).astype(np.float64) * share
    sound = np.concatenate([np.zeros(8_000), sign, after.astype(np.float64)])
    noise = cabin_noise(len(sound) / 16_000, seed=len(name), level=0.005)[: len(sound)]
    return np.asarray(np.clip(sound + noise, -32_768, 32_767), np.int16)


@pytest.mark.proves("V.earcons")
@pytest.mark.parametrize("name", EARCONS)
async def test_an_earcon_is_never_heard_as_words(recognizer: SphinxRecognizer, name: str) -> None:
    quiet = np.zeros(16_000, np.int16)
    for share in (0.2, 3.0):  # through the air, and far too near
        heard = await Ears(recognizer).listen(
            SamplesSource(with_earcon(name, quiet, share), no_wait), Grammar(Words("yes")), no_speech_seconds=1.0
        )
        assert not heard.speech_began
    recognition = recognizer.begin(compile_grammar(CATALOG, CONFIRMING))  # and if the detector took it for speech
    await recognition.feed(with_earcon(name, quiet[:4_000], 1.0))
    assert (await recognition.finish()).text == ""


@pytest.mark.proves("V.earcons")
async def test_an_earcon_before_the_first_word_changes_nothing(
    synthesizer: EspeakSynthesizer, recognizer: SphinxRecognizer
) -> None:
    speech = (await in_the_car(synthesizer, "find a fuel station"))[6_000:]
    sound = with_earcon("listening", speech, 0.5)
    heard = await Ears(recognizer).listen(SamplesSource(sound, no_wait), compile_grammar(CATALOG, FREE))
    assert heard.transcript.text == "find a fuel station"


@pytest.mark.proves("B.wav")
async def test_hear_answers_every_file_in_order_also_bad_ones(tmp_path: Path, synthesizer: EspeakSynthesizer) -> None:
    catalog = tmp_path / "catalog.json"
    listed = [
        {"name": one.name, "description": one.description, "inputSchema": dict(one.input_schema) or {"type": "object"},
         "_meta": {"mcqueen/examples": list(one.examples)}}
        for one in CATALOG
    ]  # fmt: skip
    catalog.write_text(json.dumps({"tools": listed}))
    good, bad = tmp_path / "good.wav", tmp_path / "bad.wav"
    write_wav(good, await in_the_car(synthesizer, "find a fuel station"), 16_000)
    bad.write_bytes(b"no sound at all")
    paths = [str(bad), str(good), str(tmp_path / "none.wav")]
    result = await asyncio.to_thread(CliRunner().invoke, hear, ["--json", "--catalog", str(catalog), *paths])
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["id"] for line in lines] == paths
    assert [line.get("error", {}).get("code") for line in lines] == ["bad_audio", None, "bad_audio"]
    assert lines[1]["text"] == "find a fuel station"
    assert set(lines[1]) >= {"id", "text", "tool", "arguments", "missing", "score", "alternatives"}


async def test_say_writes_a_wav_and_words_its_figures(tmp_path: Path) -> None:
    out = tmp_path / "speech.wav"
    result = await asyncio.to_thread(CliRunner().invoke, say, ["the table is booked for 7 pm", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert 0.8 < len(read_wav(out)) / 16_000 < 4.0
