"""What was confirmed or corrected is learned on the device, without what is private, and can be forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.learning.experience import Experience
from assistant.understanding.reading import Context, Interpretation
from tests.assistant.understanding.catalogs import CAR

SENTENCE = "make everything milky outside"


@pytest.mark.proves("U.learning")
def test_a_corrected_sentence_is_understood_the_next_time(tmp_path: Path, car: Interpreter, context: Context) -> None:
    before = car.read([SENTENCE], context).interpretations
    assert not before or before[0].tool != "made-up.set_fog_lights"
    tool = CAR.find("set_fog_lights")
    assert tool is not None
    experience = Experience(tmp_path / "kept" / "experience.json")
    assert experience.learn(SENTENCE, Interpretation(tool.qualified, {"on": True}, (), 1.0), tool)
    again = Experience(tmp_path / "kept" / "experience.json")
    best = Interpreter(CAR, taught=again.examples).read([SENTENCE], context).interpretations[0]
    assert best.tool == "made-up.set_fog_lights"
    assert (tmp_path / "kept" / "experience.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.proves("U.learning")
def test_names_and_messages_are_not_kept(tmp_path: Path, car: Interpreter, context: Context) -> None:
    text = "tell Anna the doctor said it is serious"
    best = car.read([text], context).interpretations[0]
    tool = CAR.find(best.tool)
    assert tool is not None
    experience = Experience(tmp_path / "experience.json")
    assert experience.learn(text, best, tool)
    kept = (tmp_path / "experience.json").read_text()
    assert "Anna" not in kept
    assert "doctor" not in kept
    assert list(experience.examples[tool.qualified]) == ["tell [recipient](recipient) [message](message)"]


@pytest.mark.proves("U.learning")
def test_what_was_learned_is_forgotten(tmp_path: Path) -> None:
    tool = CAR.find("set_fog_lights")
    assert tool is not None
    experience = Experience(tmp_path / "experience.json")
    experience.learn(SENTENCE, Interpretation(tool.qualified, {"on": True}, (), 1.0), tool)
    assert experience.forget() == 1
    assert not experience.examples
    assert not (tmp_path / "experience.json").exists()


def test_a_correction_takes_the_sentence_from_the_wrong_tool(tmp_path: Path) -> None:
    wrong, right = CAR.find("open_window"), CAR.find("set_fog_lights")
    assert wrong is not None
    assert right is not None
    experience = Experience(tmp_path / "experience.json")
    for tool in (wrong, right):
        experience.learn(SENTENCE, Interpretation(tool.qualified, {}, (), 1.0), tool)
    assert not experience.examples[wrong.qualified]
    assert len(experience.examples[right.qualified]) == 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"examples": 3}', '{"examples": {"a": [1]}}', "\x00"])
def test_a_damaged_file_is_nothing_learned(tmp_path: Path, content: str) -> None:
    (tmp_path / "experience.json").write_text(content)
    assert not any(Experience(tmp_path / "experience.json").examples.values())
