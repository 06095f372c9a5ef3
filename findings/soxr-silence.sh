#!/usr/bin/env bash
# soxr 1.1.0 adds dither when samples are 16-bit integers: exact digital silence comes out as a noise
# of -1, 0 and 1, even if both rates are equal, while float and 32-bit samples stay exactly zero. A
# muted microphone or the gap after a sentence is then no longer found by looking for zeros.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check soxr==1.1.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import numpy as np
import soxr

print("soxr", version("soxr"))
seen = {}
for kind in ("int16", "int32", "float32"):
    silence = np.zeros(48000, dtype=kind)
    for rate in (16000, 48000):
        out = soxr.resample(silence, 48000, rate)
        seen[kind, rate] = sorted(set(out.tolist()))
        share = np.count_nonzero(out) / len(out)
        print(f"{kind:8} 48000 -> {rate} Hz: values {seen[kind, rate]}, not zero {share:.0%}")

expected = {(kind, rate): [-1, 0, 1] if kind == "int16" else [0] for kind, rate in seen}
print("One second of silence becomes noise for 16-bit samples only, even where nothing is resampled.")
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
