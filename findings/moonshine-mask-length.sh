#!/usr/bin/env bash
# The Moonshine tiny decoder of the moonshine-voice 0.1.0 wheel, under onnxruntime 1.32.0, names one size
# for encoder_hidden_states (frames) and encoder_attention_mask, yet the mask counts samples, 384 a frame.
# A mask with one element a frame works, with the same result, up to 384 frames (9.2 seconds) and is
# refused beyond: a program that has the size wrong passes every test on short clips.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check numpy==2.4.6 onnxruntime==1.32.0
"$folder/venv/bin/pip" install -qq --disable-pip-version-check --no-deps moonshine-voice==0.1.0
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import distribution, version

import numpy as np
import onnxruntime

print("moonshine-voice", version("moonshine-voice"), "onnxruntime", version("onnxruntime"))
wheel = distribution("moonshine-voice")
options = onnxruntime.SessionOptions()
options.intra_op_num_threads, options.log_severity_level = 1, 4


def load(name: str) -> onnxruntime.InferenceSession:
    path = wheel.locate_file(f"moonshine_voice/assets/tiny-en/{name}.ort")
    return onnxruntime.InferenceSession(str(path), options)


encoder, decoder = load("encoder_model"), load("decoder_model_merged")
sizes = {i.name: i.shape[1] for i in decoder.get_inputs() if i.name.startswith("encoder_")}
print("the second dimension as the model names it:", sizes)


def first_step(seconds: float, mask_of: str) -> str:
    sound = np.random.default_rng(1).normal(0, 0.05, (1, int(16000 * seconds))).astype(np.float32)
    mask = np.ones(sound.shape, np.int64)
    hidden = encoder.run(None, {"input_values": sound, "attention_mask": mask})[0]
    length = sound.shape[1] if mask_of == "samples" else hidden.shape[1]
    inputs = {
        item.name: np.zeros((1, 8, 0, 36), np.float32)
        for item in decoder.get_inputs() if item.name.startswith("past_")
    } | {
        "input_ids": np.array([[1]]), "use_cache_branch": np.array([False]),
        "encoder_hidden_states": hidden, "encoder_attention_mask": np.ones((1, length), np.int64),
    }
    try:
        scores = decoder.run(None, inputs)[0][0, -1]
        best = f"token {scores.argmax()}, score {scores.max():.3f}"
    except onnxruntime.capi.onnxruntime_pybind11_state.Fail:
        best = "refused"
    print(f"{seconds:5} s, {hidden.shape[1]} frames, mask of {length:6} {mask_of:7}: {best}")
    return best


seen = [(first_step(s, "samples"), first_step(s, "frames")) for s in (1, 9, 9.3, 12)]
same = all(a == b != "refused" for a, b in seen[:2])
refused = all(a != "refused" and b == "refused" for a, b in seen[2:])
sys.exit(0 if same and refused else "The behaviour has changed.")
PY
