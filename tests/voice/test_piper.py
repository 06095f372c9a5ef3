"""Piper voices: what is missing is named; a real voice speaks where one is (`PIPER_VOICE` names its .onnx file)."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

from voice.synthesis.choose_synthesizer import open_synthesizer
from voice.synthesis.piper import PiperSynthesizer
from voice.synthesis.synthesizer_base import Voice
from voice.voice_errors import SynthesisError

_MODEL = os.environ.get("PIPER_VOICE", "")
_INSTALLED = importlib.util.find_spec("piper") is not None


@pytest.mark.proves("V.piper")
async def test_a_voice_that_is_a_model_file_is_spoken_by_piper_and_a_missing_file_is_named(tmp_path: Path) -> None:
    voice = Voice(str(tmp_path / "de_DE-nobody.onnx"))
    synthesizer = open_synthesizer(voice)
    assert isinstance(synthesizer, PiperSynthesizer)
    assert voice.language == "de"
    with pytest.raises(SynthesisError, match=r"there is no file .*de_DE-nobody\.onnx"):
        await synthesizer.synthesize("hello", voice)
    await synthesizer.close()
    assert open_synthesizer(Voice("en-us")).name == "espeak-ng"


@pytest.mark.proves("V.piper")
@pytest.mark.skipif(_INSTALLED, reason="Piper is installed here")
async def test_piper_that_is_not_installed_is_told_with_the_cure(tmp_path: Path) -> None:
    for name in ("a.onnx", "a.onnx.json"):
        (tmp_path / name).write_text("{}")
    synthesizer = PiperSynthesizer()
    with pytest.raises(SynthesisError, match=r"pip install 'mcqueen\[piper\]'"):
        await synthesizer.synthesize("hello", Voice(str(tmp_path / "a.onnx")))
    await synthesizer.close()


@pytest.mark.system
@pytest.mark.proves("V.piper")
@pytest.mark.skipif(not (_INSTALLED and _MODEL), reason="needs pip install 'mcqueen[piper]' and PIPER_VOICE=FILE.onnx")
async def test_a_real_voice_speaks_and_keeps_to_the_rate() -> None:
    synthesizer = PiperSynthesizer()
    slow = await synthesizer.synthesize("A table for four. Shall I book it?", Voice(_MODEL, 120))
    fast = await synthesizer.synthesize("A table for four. Shall I book it?", Voice(_MODEL, 240))
    assert 1.0 < fast.seconds < 0.8 * slow.seconds
    assert np.abs(fast.samples).max() > 3_000
    await synthesizer.close()
