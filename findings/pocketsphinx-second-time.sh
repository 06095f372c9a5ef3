#!/usr/bin/env bash
# pocketsphinx 5.1.1: one Decoder that is given the same recording twice, each time as a whole utterance
# (full_utt=True, and its configuration says cmn "batch"), gives another score the second time, and on this
# sentence other words: it keeps state. A fresh Decoder gives the first answer again. What a long-lived
# decoder hears so depends on what was said before, and a benchmark on the order of its clips.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pocketsphinx==5.1.1 espeakng-loader==0.2.4 soxr==1.1.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
import ctypes
import sys
from importlib.metadata import version

import espeakng_loader
import numpy as np
import soxr
from pocketsphinx import Decoder

TEXT = b"turn left at the next street"
Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
pieces = []


@Callback
def collect(samples, count, _events):
    if samples and count > 0:
        pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
    return 0


def speech() -> bytes:
    """Speak TEXT with eSpeak NG; return 16 kHz samples with a little noise added."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0)
    library.espeak_SetSynthCallback(collect)
    library.espeak_SetVoiceByName(b"en-us")
    library.espeak_Synth(TEXT, len(TEXT) + 1, 0, 0, 0, 1, None, None)
    library.espeak_Synchronize()
    sound = soxr.resample(np.concatenate(pieces).astype(np.float32), rate, 16000)
    noise = np.random.default_rng(0).normal(0, 16, len(sound))
    return (sound + noise).clip(-32768, 32767).astype(np.int16).tobytes()


def heard(decoder: Decoder, sound: bytes) -> tuple[str, float]:
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()
    return decoder.hyp().hypstr, round(decoder.hyp().score, 4)


print("pocketsphinx", version("pocketsphinx"))
sound = speech()
decoder = Decoder(loglevel="FATAL")
first, second = heard(decoder, sound), heard(decoder, sound)
fresh = heard(Decoder(loglevel="FATAL"), sound)
print("cmn:", decoder.config["cmn"])
print("first time: ", first)
print("second time:", second)
print("new decoder:", fresh)
sys.exit(0 if first == fresh and first != second else "The behaviour has changed.")
PY
