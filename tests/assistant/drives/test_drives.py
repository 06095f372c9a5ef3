"""Whole drives: real client, real town over HTTP, real dialogue, on a virtual clock."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assistant.conversation.journal import Journal, JournalError, replay
from assistant.dialogue.state import State
from assistant.drives.bundled import bundled_drives, find_drive
from assistant.drives.drive_report import as_json, as_junit, summary_lines, timeline_lines
from assistant.drives.from_journal import drive_from_journal
from assistant.drives.loading import load_drive
from assistant.drives.runner import DriveResult, DriveRunner
from assistant.understanding.grammar.compiler import compile_grammar
from assistant.understanding.reading import Context
from assistant.voice_opening import open_drive_voices
from client.catalog import Catalog
from voice.audio import read_wav
from voice.ears import hear_samples
from voice.recognition.recognizer_base import Grammar, Words


async def run(path: Path, out: Path | None = None) -> DriveResult:
    """Run a drive without voice."""
    return await DriveRunner(path, load_drive(path), out=out).run()


@pytest.mark.proves("G.drives", "G.town", "D.replay")
@pytest.mark.parametrize("path", bundled_drives(), ids=lambda path: path.stem)
async def test_every_bundled_drive_passes_and_its_journal_replays(path: Path, tmp_path: Path) -> None:
    result = await run(path, tmp_path)
    assert [f"{finding.name}: {finding.detail}" for finding in result.findings if not finding.holds] == []
    assert result.journal is not None
    assert replay(result.journal).differences == ()


GERMAN = """\
title: Kurz
language: de
now: 2026-11-20T17:40:00+01:00
place: Heidelberg
steps:
  - driver: "wie ist das Wetter in Mannheim"
  - driver: "schreib Anna ich bin unterwegs"
  - driver: "ja"
  - driver: "wie ist das Wetter in Speyer"
  - expect: {called: {tool: get_weather, outcome: succeeded}, said: In Speyer sind es}
"""


@pytest.mark.proves("D.to-drive")
@pytest.mark.parametrize("name", ["dinner-on-the-motorway", "kurz"])
async def test_a_journal_becomes_a_drive_that_makes_the_same_calls(tmp_path: Path, name: str) -> None:
    (tmp_path / "kurz.yaml").write_text(GERMAN, encoding="utf-8")
    first = await run(tmp_path / "kurz.yaml" if name == "kurz" else find_drive(name), tmp_path)
    assert first.journal is not None
    path = tmp_path / "again.yaml"
    path.write_text(drive_from_journal(first.journal), encoding="utf-8")
    again = await run(path)
    assert [f"{finding.name}: {finding.detail}" for finding in again.findings if not finding.holds] == []
    calls = [[dict(called.call.arguments) for called in result.timeline.calls] for result in (first, again)]
    assert calls[0] == calls[1]
    assert sum("expect" in step for step in yaml.safe_load(path.read_text())["steps"]) >= 4


@pytest.mark.proves("D.to-drive")
def test_a_journal_without_a_word_is_refused_with_a_sentence(tmp_path: Path) -> None:
    Journal(tmp_path / "empty.jsonl", State("empty")).close()
    with pytest.raises(JournalError, match="no word of a driver"):
        drive_from_journal(tmp_path / "empty.jsonl")


@pytest.mark.proves("D.replay")
async def test_the_journal_of_a_drive_replays_to_the_same_effects(tmp_path: Path) -> None:
    result = await run(find_drive("dinner-on-the-motorway"), tmp_path)
    assert result.journal is not None
    again = replay(result.journal)
    assert again.steps >= 15
    assert again.differences == ()


@pytest.mark.proves("D.replay")
async def test_a_journal_that_was_changed_does_not_replay(tmp_path: Path) -> None:
    result = await run(find_drive("dinner-on-the-motorway"), tmp_path)
    assert result.journal is not None
    text = result.journal.read_text()
    result.journal.write_text(text.replace("20:00:00", "21:00:00", 1))
    assert replay(result.journal).differences


async def test_a_drive_whose_expectation_fails_says_which_and_why(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(
        "title: Wrong\nnow: 2026-11-20T17:40:00+01:00\nsteps:\n"
        '  - driver: "what\'s the weather in mannheim"\n'
        "  - expect: {said: Timbuktu, called: {tool: get_weather, outcome: failed}}\n"
        "final: {calls: {get_weather: 7}}\n"
    )
    result = await run(path)
    failed = [finding.name for finding in result.findings if not finding.holds]
    assert failed == ["step 2: said 'Timbuktu'", "step 2: called get_weather", "world: get_weather executed 7 times"]
    assert not result.passed
    assert 'failures="3"' in as_junit([result])
    assert "FAILED" in "\n".join([*timeline_lines(result), *summary_lines([result])])
    assert as_json(result)["passed"] is False


@pytest.mark.proves("P3.deferred", "P3.reported")
async def test_a_message_confirmed_in_a_tunnel_is_delivered_once_after_it() -> None:
    result = await run(find_drive("message-from-the-tunnel"))
    kinds = [called.outcome.kind for called in result.timeline.calls]
    assert kinds == ["deferred"]
    told = [entry.text for entry in result.timeline.ordered() if entry.kind == "notice"]
    notices = [text for text in told if "confirmed" in text]
    assert notices == ["What you confirmed before has gone through: Send a message."]


@pytest.mark.proves("C.routing")
async def test_a_rule_decides_between_two_ways_by_voice_too() -> None:
    path = find_drive("the-way-by-rule")
    async with open_drive_voices(wanted=True) as voices:
        result = await DriveRunner(path, load_drive(path), voices=voices).run()
    assert [f"{finding.name}: {finding.detail}" for finding in result.findings if not finding.holds] == []
    assert [seen.call.tool for seen in result.timeline.calls] == ["navigate", "maps_hybrid"]


@pytest.mark.proves("V.hears-itself")
async def test_in_a_spoken_drive_the_recognizer_hears_driver_and_assistant(tmp_path: Path) -> None:
    """The WAV of a drive is speech: the recognizer hears McQueen's own read-back in it."""
    path = tmp_path / "short.yaml"
    path.write_text(
        "title: Short\nnow: 2026-11-20T17:40:00+01:00\nplace: Heidelberg\nsteps:\n"
        '  - driver: "tell tom i\'m on my way"\n'
        "  - expect: {said: Tom, mode: confirming}\n"
        '  - driver: "yes"\n'
        "  - expect: {called: {tool: send_message, arguments: {contact: Tom}, outcome: succeeded}}\n"
        "final: {calls: {send_message: 1}}\n"
    )
    async with open_drive_voices(wanted=True) as voices:
        assert voices is not None
        result = await DriveRunner(path, load_drive(path), voices=voices, out=tmp_path).run()
        assert [f"{finding.name}: {finding.detail}" for finding in result.findings if not finding.holds] == []
        assert result.wav is not None
        samples = read_wav(result.wav)
        asked = next(entry for entry in result.timeline.ordered() if entry.kind == "asked")
        spoken = next(spoke for spoke, _, _ in result.timeline.spoken if spoke.text == asked.text)
        length = spoken.at - spoken.began
        excerpt = samples[int((asked.at + length - 1.6) * 16_000) : int((asked.at + length + 0.3) * 16_000)]
        transcript = await hear_samples(voices.recognizer, excerpt, Grammar(Words("shall i send this")))
        assert transcript.text == "shall i send this"


def test_a_grammar_of_no_tools_still_has_the_control_words() -> None:
    assert compile_grammar(Catalog(), Context()).root
