"""Fits routing and acceptance over unlike catalogs: `python -m benchmarks.fit_understanding [FOLDER ...]`.

Takes the catalogs of the tests, and every FOLDER with a catalog.json and a cases.jsonl besides, such as those of
`public_servers/` after `make bench-servers`. `--report` prints what is right and what is wrongly accepted on each
catalog by weights of others; `--write` puts those of all together into the package, unless a server is to stay unlooked
at; with `--words` those for going without an encoder of sentences. Never looks at sentences held out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.routing.acceptance import SIGNS
from assistant.understanding.routing.fitted_weights import KINDS, WITH_MEANING, WITHOUT, Weights, fitted
from assistant.understanding.routing.meaning import MEANT
from assistant.understanding.routing.sentence_model import NoSentenceEncoder, installed_encoder, why_absent
from benchmarks.fitting_sets import DATA, OWN, Asked, Floats, Judged, Samples, not_to_be_fitted_to, others, strange

MOST = 150
"""Sentences of one catalog that routing is fitted to."""
STEPS, STEP, PENALTY = 150, 0.1, 1e-2
"""Of Adam's; the penalty is for leaving the weights without an encoder, by cross-validation over catalogs (flat from
1e-3 to 1e-2)."""
ACCEPTANCE_PENALTY = {True: 2e-2, False: 1e-2}
"""With an encoder, for leaving the weights without one; without, for their size."""
CAUTION = 0.15
"""How much less is believed by meaning, as a logarithm of chances: what is clear by its words is believed anyway."""
MANY = {"car": 3, "second_car": 3, "typed": 3, "van": 3, "custom-intents": 3, "in-car-dialogues": 3}
"""How often catalogs count that have ten times the sentences of a public server's; the others count once."""
FIXED = {"learned": 1.0, "example": 40.0}
"""Weights of signs that only catalogs with examples have: of one such set, too few to fit them to; tried by hand."""
FOLDS = 8
"""Parts of the catalogs, each of which is judged by weights of all the others."""
NOWHERE = np.float32(-1e6)
"""Evidence of a reading that a shorter sentence has not."""
SHARES = {"asked": 0.5, "strange": 0.25, "other": 0.15, "unserved": 0.10}
"""Weights in a catalog: its own requests, out-of-scope sentences, another catalog's requests, and what somebody wrote
for this catalog knowing that it has no tool for it."""


def main() -> None:
    """Fit, report, and write where told so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--words", action="store_true", help="fit the weights for going without an encoder")
    parser.add_argument("--report", action="store_true", help="try weights of other catalogs on each catalog")
    parser.add_argument("--write", action="store_true", help="put the weights into the package")
    given = parser.parse_args()
    if not given.words and why_absent():
        sys.exit(f"there is no encoder of sentences: {why_absent()}")
    kept = [folder.name for folder in given.folders if not_to_be_fitted_to(folder)]
    if given.write and kept:
        sys.exit(f"nothing is fitted to servers that stay unlooked at: {', '.join(kept)}")
    encoder = NoSentenceEncoder() if given.words else installed_encoder()
    folders = {name: DATA / name for name in OWN} | {folder.name: folder for folder in given.folders}
    samples = {name: Samples(name, folder, encoder) for name, folder in folders.items()}
    known = np.array(astuple(fitted(with_meaning=False).weights))
    weights = known
    if not given.words:
        packed = {name: Packed(each.asked(MOST)) for name, each in samples.items()}
        weights = fit_routing(_counted(packed), known)
        if given.report:
            _report_routing(packed, known)
    judged = {name: judge(each, samples, weights) for name, each in samples.items()}
    if given.report:
        _report_acceptance(judged, meaning=not given.words)
    acceptance = fit_acceptance(_counted(judged), meaning=not given.words)
    if given.write:
        (WITHOUT if given.words else WITH_MEANING).write_text(rendered(weights, acceptance), encoding="utf-8")


def _folds(catalogs: Collection[str]) -> list[list[str]]:
    names = sorted(catalogs)
    return [names[start::FOLDS] for start in range(min(FOLDS, len(names)))]


def _counted(catalogs: Mapping[str, Any]) -> list[Any]:
    return [rows for name, rows in catalogs.items() for _ in range(MANY.get(name, 1))]


def _report_routing(packed: Mapping[str, Packed], known: Floats) -> None:
    for part in _folds(packed):
        weights = fit_routing(_counted({name: rows for name, rows in packed.items() if name not in part}), known)
        for name in part:
            before, after = (packed[name].right_share(each) for each in (known, weights))
            print(f"{name:24} right tools: {before:.3f}; by weights of other catalogs {after:.3f}")


def _report_acceptance(judged: Mapping[str, Sequence[Judged]], *, meaning: bool) -> None:
    for part in _folds(judged):
        accepted = fit_acceptance(
            _counted({name: rows for name, rows in judged.items() if name not in part}), meaning=meaning
        )
        for name in part:
            _report(name, judged[name], accepted)


class Packed:
    """The requests of one catalog as arrays: shorter sentences have readings of no evidence."""

    def __init__(self, rows: Sequence[Asked]) -> None:
        readings = max(len(row.kinds) for row in rows)
        tools = rows[0].kinds.shape[1]
        self._kinds = np.zeros((len(rows), readings, tools, len(KINDS)), dtype=np.float32)
        self._offsets = np.full((len(rows), readings, 1), NOWHERE)
        self._right = np.zeros((len(rows), tools), dtype=bool)
        for number, row in enumerate(rows):
            self._kinds[number, : len(row.kinds)] = row.kinds
            self._offsets[number, : len(row.kinds), 0] = row.offsets
            self._right[number, list(row.right)] = True

    def _totals(self, weights: Floats) -> NDArray[np.float32]:
        found: NDArray[np.float32] = self._kinds @ weights.astype(np.float32) + self._offsets
        return found

    def slope(self, weights: Floats) -> Floats:
        """Return how the mean logarithm of the right tools' chances falls with each weight, shape (kinds,)."""
        totals = self._totals(weights)
        reading = totals.argmax(axis=1)[:, None]
        best = np.take_along_axis(totals, reading, axis=1)[:, 0]
        kinds = np.take_along_axis(self._kinds, reading[..., None], axis=1)[:, 0]
        powers = np.exp(best - best.max(axis=1, keepdims=True))
        chances = powers / powers.sum(axis=1, keepdims=True)
        wanted = np.where(self._right, chances, 0)
        wanted = wanted / np.maximum(wanted.sum(axis=1, keepdims=True), 1e-12)
        found: Floats = np.einsum("nt,ntk->k", chances - wanted, kinds) / len(kinds)
        return found

    def right_share(self, weights: Floats) -> float:
        """Return the share of requests with a right tool first."""
        first = self._totals(weights).max(axis=1).argmax(axis=1)
        return float(self._right[np.arange(len(first)), first].mean())


def fit_routing(catalogs: Sequence[Packed], known: Floats) -> Floats:
    """Return the weights that make the right tools likeliest, each catalog counting alike, near the known ones."""
    weights = known.copy()
    first = second = np.zeros(len(weights))
    for step in range(1, STEPS + 1):
        slope = PENALTY * (weights - known) + sum(rows.slope(weights) for rows in catalogs) / len(catalogs)
        first = 0.9 * first + 0.1 * slope
        second = 0.99 * second + 0.01 * slope**2
        weights = weights - STEP * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return weights


def judge(own: Samples, samples: Mapping[str, Samples], weights: Floats) -> list[Judged]:
    """Return a catalog's requests and sentences that it cannot serve, by those weights of routing."""
    own.router.weights = Weights(*map(float, weights))
    found = [own.judged(text, "asked" if right else "unserved", right) for text, _, right in own.cases[:MOST]]
    found.extend(own.judged(text, "strange") for text in strange(own.name))
    found.extend(own.judged(text, "other") for text in others(own.name, samples))
    return found


def fit_acceptance(catalogs: Sequence[Sequence[Judged]], *, meaning: bool) -> dict[str, float]:
    """Return the weights of a logistic regression over the signs that every catalog has."""
    without = set(FIXED) if meaning else {*FIXED, *MEANT}
    free = [name for name in SIGNS if name not in without]
    rows = [row for catalog in catalogs for row in catalog]
    signs = np.stack([row.signs[[SIGNS.index(name) for name in free]] for row in rows])
    wanted = np.array([row.source == "asked" for row in rows], dtype=float)
    counts = np.concatenate([_counts(catalog) for catalog in catalogs])
    counts /= counts.mean()
    middle, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-6
    matrix = np.c_[(signs - middle) / spread, np.ones(len(rows))]
    penalty = ACCEPTANCE_PENALTY[meaning] * len(rows) * np.r_[np.ones(len(free)), 1e-6]
    before = fitted(with_meaning=False).acceptance if meaning else {"constant": 0.0}
    near = np.array([before.get(name, 0.0) for name in free])
    start = np.r_[near * spread, before["constant"] + near @ middle]
    weights = start.copy()
    for _ in range(30):
        chances = 1 / (1 + np.exp(-matrix @ weights))
        slope = matrix.T @ (counts * (chances - wanted)) + penalty * (weights - start)
        curve = (matrix * (counts * chances * (1 - chances))[:, None]).T @ matrix + np.diag(penalty)
        weights = weights - np.linalg.solve(curve, slope)
    plain = weights[:-1] / spread
    found = {name: float(w) for name, w in zip(free, plain, strict=True)}
    found["constant"] = float(weights[-1] - plain @ middle)
    if meaning:
        found["constant"] -= CAUTION
    return {name: found.get(name, FIXED.get(name, 0.0)) for name in ("constant", *SIGNS)}


def _counts(catalog: Sequence[Judged]) -> Floats:
    """Return what each sentence counts, so that every catalog counts alike, shared as SHARES says."""
    sizes = {source: sum(row.source == source for row in catalog) for source in SHARES}
    return np.array([SHARES[row.source] / sizes[row.source] for row in catalog])


def _report(name: str, rows: Sequence[Judged], weights: Mapping[str, float]) -> None:
    each = np.array([weights[sign] for sign in SIGNS])
    passed: dict[str, list[bool]] = {}
    for row in rows:
        if row.right or row.source != "asked":
            passed.setdefault(row.source, []).append(bool(weights["constant"] + each @ row.signs >= 0))
    told = ", ".join(f"{source} {np.mean(found):.3f}" for source, found in passed.items())
    print(f"{name:24} accepted by weights of other catalogs (of requests: those with the right tool): {told}")


def rendered(weights: Floats, acceptance: Mapping[str, float]) -> str:
    """Return the file of weights."""
    lines = ["# Written by benchmarks/fit_understanding.py: what each kind of evidence is worth."]
    lines += ["", "[weights]", *(f"{name} = {w:.4f}" for name, w in zip(KINDS, weights, strict=True))]
    lines += ["", "[acceptance]", *(f"{name} = {w:.4f}" for name, w in acceptance.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
