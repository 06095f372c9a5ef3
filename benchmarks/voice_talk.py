"""Writes talk that is no command as WAV files, in voices that no other figure is made with.

`python -m benchmarks.voice_talk FOLDER [--piper MODEL.onnx]` has flite (apt install flite) say it with two voices, and
Piper (pip install piper-tts) with the model, each as a command of its own. The sentences that choices were made on come
into FOLDER/looked-at, the others into FOLDER/unseen; `make bench-voice ONLY=rejection TALK=FOLDER` hears them. Hears
nothing itself.
"""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

from benchmarks.voice_sentences import TALK, TALK_UNSEEN

FLITE_VOICES = ("slt", "rms")
LISTS = {"looked-at": TALK, "unseen": TALK_UNSEEN}


def write(folder: Path, piper: Path | None) -> int:
    """Write the files; return how many. Raises `FileNotFoundError` if a synthesizer is not installed."""
    count = 0
    for name, texts in LISTS.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for text in texts:
            stem = text.replace(" ", "-").replace("'", "")
            for voice in FLITE_VOICES:
                file = folder / name / f"{voice}-{stem}.wav"
                subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(file)], check=True)
                count += 1
            if piper is not None:
                file = folder / name / f"{piper.stem}-{stem}.wav"
                command = ["piper", "-m", str(piper), "-f", str(file)]
                subprocess.run(command, input=text.encode(), check=True, capture_output=True)
                count += 1
    return count


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--piper", type=Path, help="a Piper voice, which stands beside flite's")
    options = parser.parse_args()
    print(f"{write(options.folder, options.piper)} files")
