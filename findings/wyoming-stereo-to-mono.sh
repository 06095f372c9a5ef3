#!/usr/bin/env bash
# The Wyoming protocol's AudioChunkConverter (wyoming 1.10.2) makes mono of stereo by adding the two
# channels, not by averaging them. A voice that is the same in both channels comes out twice as loud
# and is clipped from half of full scale on; a voice in opposite phase vanishes. Recognizers behind
# Wyoming hear distorted speech from an ordinary stereo microphone, and no error says so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check wyoming==1.10.2
"$folder/venv/bin/python" - <<'PY'
import sys
from array import array
from importlib.metadata import version

from wyoming.audio import AudioChunk, AudioChunkConverter

print("wyoming", version("wyoming"))
converter = AudioChunkConverter(rate=16000, width=2, channels=1)


def mono(left: int, right: int) -> int:
    stereo = array("h", [left, right] * 160).tobytes()
    return array("h", converter.convert(AudioChunk(16000, 2, 2, stereo)).audio)[80]


seen = []
for left, right in ((8000, 8000), (20000, 20000), (30000, 10000), (20000, -20000), (20000, 0)):
    seen.append(mono(left, right))
    print(f"left {left:6}, right {right:6} -> mono {seen[-1]:6}   (their mean is {(left + right) // 2})")

print("Channels are added: loud stereo is clipped at 32767.")
sys.exit(0 if seen == [16000, 32767, 32767, 0, 20000] else "The behaviour has changed.")
PY
