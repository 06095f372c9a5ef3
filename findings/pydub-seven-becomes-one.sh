#!/usr/bin/env bash
# pydub 0.25.1 brings sound to another rate without a filter: a tone of 7 kHz at 16000 samples a second is a
# tone of 1 kHz at 8000, as loud as it was, in the middle of speech, where a telephone or a recogniser hears
# it. set_frame_rate() hands the samples to the standard library's audioop, which draws lines between them.
# miniaudio takes the tone away, as resamplers do.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pydub==0.25.1 miniaudio==1.71 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
import io
import sys
import wave
from importlib.metadata import version

import miniaudio
import numpy as np
from pydub import AudioSegment

print("pydub", version("pydub"))
RATE, LOWER = 16000, 8000
time = np.arange(RATE) / RATE
tone = (20000 * np.sin(2 * np.pi * 7000 * time)).astype("<i2")


def heard(samples: np.ndarray) -> tuple[int, int]:
    """The loudest frequency in Hz, and the peak, away from the ends."""
    middle = samples[500:-500].astype(float)
    loudest = np.argmax(np.abs(np.fft.rfft(middle))) * LOWER / len(middle)
    return round(float(loudest)), round(float(np.abs(middle).max()))


segment = AudioSegment(data=tone.tobytes(), sample_width=2, frame_rate=RATE, channels=1)
by_pydub = heard(np.array(segment.set_frame_rate(LOWER).get_array_of_samples()))
file = io.BytesIO()
with wave.open(file, "wb") as writer:
    writer.setparams((1, 2, RATE, 0, "NONE", ""))
    writer.writeframes(tone.tobytes())
decoded = miniaudio.decode(file.getvalue(), nchannels=1, sample_rate=LOWER)
by_miniaudio = heard(np.array(decoded.samples))
print("7000 Hz with a peak of 20000, from 16000 to 8000 samples a second:")
print("pydub     %d Hz, peak %d" % by_pydub)
print("miniaudio %d Hz, peak %d" % by_miniaudio)
same = by_pydub[0] == 1000 and by_pydub[1] > 19000 and by_miniaudio[1] < 200
sys.exit(0 if same else "The behaviour has changed.")
PY
