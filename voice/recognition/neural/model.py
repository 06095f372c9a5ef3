"""The speech model under onnxruntime: sound to states, and token by token the likelihoods of the next token.

Chooses nothing, and never loads the library that comes with the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voice.recognition.neural.vocabulary import START, Vocabulary, read_vocabulary
from voice.voice_errors import RecognitionError

Floats = npt.NDArray[np.float32]

ENCODER, DECODER, TOKENIZER = "encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"
FILES = (ENCODER, DECODER, TOKENIZER)
_STEP = 384
"""Samples of sound for one state of the encoder."""
LEAST_SAMPLES = 1600
"""Fewest samples that the encoder can use."""


class SpeechModel:
    """Encoder, decoder and vocabulary, for one utterance at a time."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Load the files. Raises `RecognitionError` if one is missing, truncated or of another kind."""
        self.vocabulary: Vocabulary = read_vocabulary(folder / TOKENIZER)
        self._encoder = _session(folder / ENCODER, threads)
        self._decoder = _session(folder / DECODER, threads)
        inputs = {one.name: one.shape for one in self._decoder.get_inputs()}
        outputs = {one.name: one.shape for one in self._decoder.get_outputs()}
        self._past = sorted(name for name in inputs if name.startswith("past_key_values."))
        if "logits" not in outputs or not self._past or outputs["logits"][-1] != len(self.vocabulary.pieces):
            raise RecognitionError(f"the files in {folder} do not belong together; fetch the model again")
        self._own = [name for name in self._past if ".decoder." in name]
        self._names = ["logits", *(name.replace("past_key_values", "present") for name in self._past)]
        self._own_names = ["logits", *(name.replace("past_key_values", "present") for name in self._own)]
        shape = inputs[self._past[0]]
        self._heads, self._width = int(shape[1]), int(shape[3])

    def encode(self, sound: Floats) -> Floats:
        """Return the states of the sound (16 kHz, -1 to 1), of shape (1, states, width)."""
        if len(sound) < LEAST_SAMPLES:
            sound = np.pad(sound, (0, LEAST_SAMPLES - len(sound)))
        row = np.ascontiguousarray(sound[None], np.float32)
        feeds = {"input_values": row, "attention_mask": np.ones(row.shape, np.int64)}
        return np.asarray(self._encoder.run(None, feeds)[0], np.float32)

    def begin(self, states: Floats) -> tuple[Decoded, Floats]:
        """Return the first step of a text: the decoder's memory, and the logits of the first token, of shape (1,
        tokens).
        """
        empty = np.zeros((1, self._heads, 0, self._width), np.float32)
        mask = np.ones((1, states.shape[1] * _STEP), np.int64)
        feeds: dict[str, Any] = {
            "input_ids": np.array([[START]], np.int64),
            "encoder_hidden_states": states,
            "encoder_attention_mask": mask,
            "use_cache_branch": np.array([False]),
            **dict.fromkeys(self._past, empty),
        }
        logits, *present = self._decoder.run(self._names, feeds)
        memory = dict(zip(self._past, present, strict=True))
        sound = {name: memory[name] for name in self._past if name not in self._own}
        return Decoded({name: memory[name] for name in self._own}, sound, states), logits[:, -1]

    def go_on(self, decoded: Decoded, parents: npt.NDArray[np.int64], tokens: npt.NDArray[np.int64]) -> Floats:
        """Append one token to each text of `parents` (row numbers).

        Return the logits of the next token, one row for each text.
        """
        feeds: dict[str, Any] = {
            "input_ids": tokens[:, None],
            "encoder_hidden_states": decoded.states,
            "encoder_attention_mask": np.ones((1, decoded.states.shape[1] * _STEP), np.int64),
            "use_cache_branch": np.array([True]),
            **{name: value[parents] for name, value in decoded.own.items()},
            **decoded.sound,
        }
        logits, *present = self._decoder.run(self._own_names, feeds)
        decoded.own = dict(zip(self._own, present, strict=True))
        return np.asarray(logits[:, -1], np.float32)


@dataclass
class Decoded:
    """The decoder's memory of the texts so far, one row each."""

    own: dict[str, Any]
    sound: dict[str, Any]
    """The decoder's memory of the sound: one row, which numpy broadcasts over all texts.

    Repeating it for each text took a third of each step's time and 33 MB for four seconds and 24 texts; the logits are
    identical.
    """
    states: Floats


def _session(path: Path, threads: int) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise RecognitionError(f"onnxruntime cannot be loaded ({error}); pip install 'mcqueen[neural]'") from error
    if not path.is_file():
        raise RecognitionError(f"{path.name} is missing in {path.parent}; mcqueen models install moonshine-tiny")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False  # it would keep the most that any sound has ever taken
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own kinds of it, which have no common base
        raise RecognitionError(f"{path} cannot be used: it is cut off, or no file of this model") from error
