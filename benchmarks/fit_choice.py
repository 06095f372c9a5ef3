"""Fits which proposal is meant, and whether any is: `python -m benchmarks.fit_choice FOLDER ...`.

Takes servers of `public_servers/` after `make bench-servers`, and the catalogs of the tests, and asks understanding for
its proposals of each sentence. Prints what servers get from weights of other servers; `--write` puts those of all into
the package. Nothing is fitted to servers that stay unlooked at, or to sentences held out.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.understanding.choice import FITTED, OF_ALL, RIVAL, SIGNS, SURE, ChoiceWeights, Chooser, Weighed
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from assistant.understanding.routing.router import DOUBTFUL
from assistant.understanding.routing.sentence_model import NoSentenceEncoder
from benchmarks.fitting_sets import DATA, NOW, OWN, Floats, Samples, not_to_be_fitted_to, strange

START = {"chance": 1.0, "missing": -1.4, "guessed": -0.35, "untaken": -0.7}
"""Weights that the fitted ones are kept near; the others begin with 0."""
AT_MOST = {"guessed": -0.7}
"""Where a weight ends at the latest: words that nothing marks as a value explain no clause by being taken for one."""
PENALTY, ACCEPTANCE_PENALTY = 3e-3, 3e-2
"""For leaving START (flat from 1e-3 to 1e-2 by cross-validation over servers), and for the size of the second kind."""
STEPS, STEP = 300, 0.05
"""Of Adam's."""
MOST, MOST_STRANGE = 160, 100
"""Sentences of one catalog of the tests, and of those that no tool of it serves."""
OWN_COUNTS, OWN_ACCEPTED, UNSERVED = 3.0, 0.5, 2.0
"""What a catalog of the tests counts beside a server, what a sentence of it does where all are refused, and what one
counts that no tool serves, beside one that is served: a wrong call is worse than "I can't"."""
CAUTION = 0.15
"""Taken off what speaks for accepting: with it fewer unserved sentences pass than before, and more requests."""
FOLDS = 10


@dataclass(frozen=True)
class Asked:
    """A sentence and its proposals."""

    weighed: Weighed
    right: tuple[bool, ...]
    """Of each proposal."""
    served: bool

    @property
    def matrix(self) -> Floats:
        """The signs, shape (proposals, SIGNS)."""
        rows = [[each[name] for name in SIGNS] for each in self.weighed.signs]
        return np.array(rows, dtype=float).reshape(-1, len(SIGNS))

    def best(self, weights: Mapping[str, float]) -> tuple[Floats, bool, float] | None:
        """Return all signs of the best proposal, whether it is right, and how likely any is meant; None if none is."""
        if not self.right:
            return None
        worth = list(self.matrix @ np.array([weights[name] for name in SIGNS]))
        best = int(np.argmax(worth))
        known = {**Chooser.of_all(self.weighed.candidates, worth, self.weighed.part), **self.weighed.signs[best]}
        return np.array([known[name] for name in (*OF_ALL, *SIGNS)]), self.right[best], self.weighed.candidates.meant


def asked(samples: Samples) -> list[Asked]:
    """Return the proposals for the sentences of a catalog, and for strange ones if it is one of the tests."""
    interpreter = Interpreter(samples.catalog)
    names = [tool.qualified for tool in samples.catalog]
    cases = [(text, {names[place] for place in right}) for text, _, right in samples.cases[:MOST]]
    odd = strange(samples.name)[:MOST_STRANGE] if samples.name in OWN else []
    found = []
    for text, right in [*cases, *((text, set()) for text in odd)]:
        weighed = _rivals(interpreter.weighed(text, Context(now=NOW)))
        tools = [interpreter.server_name(each.tool) for _, each in weighed.candidates.found]
        found.append(Asked(weighed, tuple(tool in right for tool in tools), bool(right)))
    return found


def _rivals(weighed: Weighed) -> Weighed:
    """Return those proposals alone among which is chosen."""
    found = weighed.candidates.found
    near = [place for place, (_, each) in enumerate(found) if each.score >= RIVAL * found[0][1].score]
    kept = type(weighed.candidates)([found[place] for place in near], weighed.candidates.meant)
    return Weighed(kept, [weighed.signs[place] for place in near], weighed.part)


def fit_weights(catalogs: Sequence[tuple[Sequence[Asked], float]]) -> dict[str, float]:
    """Return the weights that make the right proposals likeliest; each catalog counts as told beside it."""
    rows = [(one, count / len(all_)) for all_, count in catalogs for one in all_ if any(one.right)]
    most = max(len(one.right) for one, _ in rows)
    signs = np.zeros((len(rows), most, len(SIGNS)))
    right, there = np.zeros((len(rows), most), dtype=bool), np.zeros((len(rows), most), dtype=bool)
    for number, (one, _) in enumerate(rows):
        signs[number, : len(one.right)] = one.matrix
        right[number, : len(one.right)] = one.right
        there[number, : len(one.right)] = True
    counts = np.array([count for _, count in rows])
    counts /= counts.sum()
    spread = np.maximum(signs[there].std(axis=0), 0.05)
    start = np.array([START.get(name, 0.0) for name in SIGNS])
    weights, first, second = start.copy(), np.zeros(len(SIGNS)), np.zeros(len(SIGNS))
    for step in range(1, STEPS + 1):
        powers = np.where(there, signs @ weights, -np.inf)
        chances = np.exp(powers - powers.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        wanted = np.where(right, chances, 0)
        wanted /= np.maximum(wanted.sum(axis=1, keepdims=True), 1e-12)
        slope = np.einsum("n,nt,ntk->k", counts, chances - wanted, signs) + PENALTY * (weights - start) * spread**2
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        weights -= STEP * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return {name: min(float(weight), AT_MOST.get(name, math.inf)) for name, weight in zip(SIGNS, weights, strict=True)}


def fit_acceptance(catalogs: Sequence[tuple[Sequence[Asked], float]], weights: Mapping[str, float]) -> dict[str, float]:
    """Return a logistic regression of any tool being meant; served sentences with a wrong best one do not count."""
    rows, wanted, counts = [], [], []
    for all_, count in catalogs:
        for one in all_:
            best = one.best(weights)
            if best is not None and (best[1] or not one.served):
                rows.append(best[0])
                wanted.append(float(one.served))
                counts.append((1.0 if one.served else UNSERVED) * (OWN_ACCEPTED if count > 1 else 1.0))
    signs, right, each = np.array(rows), np.array(wanted), np.array(counts)
    middle, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-6
    matrix = np.c_[(signs - middle) / spread, np.ones(len(signs))]
    penalty = ACCEPTANCE_PENALTY * each.sum() * np.r_[np.ones(signs.shape[1]), 1e-6]
    found = np.zeros(matrix.shape[1])
    for _ in range(25):
        chances = 1 / (1 + np.exp(-matrix @ found))
        slope = matrix.T @ (each * (chances - right)) + penalty * found
        found -= np.linalg.solve((matrix.T * (each * chances * (1 - chances))) @ matrix + np.diag(penalty), slope)
    plain = found[:-1] / spread
    constant = float(found[-1] - plain @ middle) - CAUTION
    return {"constant": constant, **dict(zip((*OF_ALL, *SIGNS), map(float, plain), strict=True))}


def fit(catalogs: Mapping[str, Sequence[Asked]]) -> ChoiceWeights:
    """Return both kinds of weights."""
    counted = [(rows, OWN_COUNTS if name in OWN else 1.0) for name, rows in catalogs.items()]
    weights = fit_weights(counted)
    return ChoiceWeights(weights, fit_acceptance(counted, weights))


def figures(rows: Sequence[Asked], known: ChoiceWeights) -> Floats:
    """Return requests, those with the right tool, with a wrong one, unserved sentences, and those of them taken."""
    found = np.zeros(5)
    for one in rows:
        best = one.best(known.weights)
        taken = best is not None and (
            best[2] >= SURE
            or (
                best[2] >= DOUBTFUL
                and known.acceptance["constant"] + best[0] @ list(known.acceptance.values())[1:] >= 0
            )
        )
        right = best is not None and best[1]
        served, accepted = one.served, bool(taken)
        counted = (served, served and accepted and right, served and accepted and not right, not served)
        found += np.array([*counted, not served and accepted], dtype=float)
    return found


def main() -> None:
    """Fit, report, and write where told so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true", help="put the weights into the package")
    given = parser.parse_args()
    kept = [folder.name for folder in given.folders if not_to_be_fitted_to(folder)]
    if kept:
        sys.exit(f"nothing is fitted to servers that stay unlooked at: {', '.join(kept)}")
    folders = {name: DATA / name for name in OWN} | {folder.name: folder for folder in given.folders}
    catalogs = {name: asked(Samples(name, folder, NoSentenceEncoder())) for name, folder in folders.items()}
    names, total = sorted(folder.name for folder in given.folders), np.zeros(5)
    for part in (names[start::FOLDS] for start in range(min(FOLDS, len(names)))):
        known = fit({name: rows for name, rows in catalogs.items() if name not in part})
        total += sum(figures(catalogs[name], known) for name in part)
    asked_, right, wrong, unserved, taken = total
    print(f"by weights of other servers: {asked_:.0f} requests, tool {right / asked_:.3f}, wrong {wrong / asked_:.3f};")
    print(f"{unserved:.0f} unserved sentences, taken {taken / max(1.0, unserved):.3f}")
    if given.write:
        FITTED.write_text(rendered(fit(catalogs)), encoding="utf-8")


def rendered(known: ChoiceWeights) -> str:
    """Return the file of weights."""
    lines = ["# Written by benchmarks/fit_choice.py: what each sign of a proposal is worth."]
    lines += ["", "[weights]", *(f"{name} = {w:.4f}" for name, w in known.weights.items())]
    lines += ["", "[acceptance]", *(f"{name} = {w:.4f}" for name, w in known.acceptance.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
