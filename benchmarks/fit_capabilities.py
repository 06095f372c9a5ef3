"""Makes the table of capabilities from the language's sentences: `python -m benchmarks.fit_capabilities [--check]`.

Reads `en.capabilities/*.toml` beside the language's other data, and writes `en.capabilities.npz`: the linear
discriminant of the capabilities over the meaning of sentences (Fisher 1936, its covariance shrunken). No catalog is
looked at.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import assistant.understanding.language as data
from assistant.understanding.language import BASE, language
from assistant.understanding.routing.embeddings import together, word_vectors
from assistant.understanding.tokens import spoken_words

Floats = NDArray[np.float64]
FOLDER = Path(data.__file__).parent / f"{BASE}.capabilities"
TABLE = FOLDER.with_suffix(".capabilities.npz")
SHRINKAGE, SHARPNESS = 1.0, 60.0
"""How much of an even covariance is mixed in (of its mean variance), and what the discriminant is multiplied by."""


def main() -> None:
    """Write the table, or tell whether the one that is there was made from these sentences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only tell whether the table belongs to the sentences")
    if parser.parse_args().check:
        if not made_from_sentences():
            sys.exit(f"{TABLE.name} is not made from {FOLDER.name}: run `python -m benchmarks.fit_capabilities`")
        return
    entries = capabilities()
    sentences, constants = discriminant(entries)
    words = np.stack([mean(f"{entry['name']} {entry['named']}") for entry in entries])
    np.savez_compressed(
        TABLE,
        named=np.array([entry["named"] for entry in entries]),
        acts=np.array([entry["act"] for entry in entries]),
        sentences=sentences.astype(np.float16),
        constants=constants.astype(np.float32),
        words=words.astype(np.float16),
        digest=np.array(digest()),
    )


def capabilities() -> list[dict[str, Any]]:
    """Return the entries of all files, in their order."""
    return [entry for path in _files() for entry in tomllib.loads(path.read_text("utf-8"))["subjects"]]


def made_from_sentences() -> bool:
    """Return whether the table that is there was made from the sentences that are there."""
    with np.load(TABLE, allow_pickle=False) as found:
        return str(found["digest"]) == digest()


def digest() -> str:
    """Return what changes with any sentence."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in _files())).hexdigest()


def _files() -> list[Path]:
    return sorted(FOLDER.glob("*.toml"))


def discriminant(entries: list[dict[str, Any]]) -> tuple[Floats, Floats]:
    """Return matrix and constants that tell by the meaning of a sentence how surely it asks for each capability."""
    asked = [entry["asked"].strip().splitlines() for entry in entries]
    rows = np.stack([direction(sentence) for each in asked for sentence in each]).astype(np.float64)
    owners = np.repeat(np.arange(len(asked)), [len(each) for each in asked])
    means = np.stack([rows[owners == number].mean(axis=0) for number in range(len(asked))])
    left = rows - means[owners]
    covariance = left.T @ left / len(rows)
    even = np.eye(rows.shape[1])
    inverse = np.linalg.inv(covariance * len(even) / np.trace(covariance) + SHRINKAGE * even)
    middle = rows.mean(axis=0)
    matrix = (1 + SHRINKAGE) * SHARPNESS * (means - middle) @ inverse
    return matrix, -0.5 * (matrix * (means + middle)).sum(axis=1)


def direction(text: str) -> NDArray[np.float32]:
    """Return the meaning of a sentence, as routing takes it."""
    return together(spoken_words(text), word_vectors().weighted, word_vectors().dimensions)


def mean(text: str) -> NDArray[np.float32]:
    """Return the mean meaning of the words that say something."""
    words = [word for word in spoken_words(text) if word not in language().common]
    return together(words, word_vectors().word, word_vectors().dimensions)


if __name__ == "__main__":
    main()
