"""Fits routing and acceptance over unlike catalogs: `python -m benchmarks.fit_understanding [FOLDER ...]`.

Takes the `dev` sentences of the tests' catalogs, and every FOLDER with a catalog.json and a cases.jsonl besides (its
examples left out). Prints what is right and what is wrongly accepted on each catalog by weights of all the others, and
with `--write` puts those of all together into the package. Never looks at sentences that are held out.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.language import language
from assistant.understanding.proposing import timeless
from assistant.understanding.routing.acceptance import SIGNS
from assistant.understanding.routing.embeddings import word_vectors
from assistant.understanding.routing.router import FEW_TOOLS, FITTED, KINDS, ClauseScores, Router, Weights, fitted
from assistant.understanding.slots.entities import EntityFinder
from client.catalog import Catalog
from client.schemas.tool_listing import read_catalog_file

Floats = NDArray[np.float64]
DATA = Path(__file__).parents[1] / "tests" / "data" / "understanding"
OWN = ("car", "second_car", "typed", "van")
NOW = 1795255200.0
MOST = 260
"""Sentences of one catalog that routing is fitted to, and strange ones of another that acceptance is."""
STEPS, STEP, PENALTY = 250, 0.1, 1e-3
ACCEPTANCE_PENALTY = 1e-2
ACCEPTED = 0.085
"""Share of strange sentences, looked at, that the limit lets pass; many of them are near to what cars do."""
FIXED = {"learned": 1.0, "example": 40.0}
"""Weights of signs that only catalogs with examples have: of one such set, too few to fit them to; tried by hand."""
FREE = tuple(name for name in SIGNS if name not in FIXED and name != "breadth")
HALF = 0.5
SIZES = (10, 30)
"""Numbers of tools drawn from the catalogs to see how acceptance grows with them."""
SHARES = {"asked": 0.5, "strange": 0.35, "other": 0.15}
"""Weights in a catalog: its own requests, out-of-scope sentences, and another catalog's requests."""
SERVED_AFTER_ALL: Mapping[str, tuple[str, ...]] = {
    "typed": (
        "timer",
        "alarm",
        "weather",
        "wake me",
        "stopwatch",
        "letter to",
        "message",
        "coffee",
        "list",
        "bill",
        "pay",
        "taxi",
        "cab",
        "money",
    ),
    "custom-intents": (
        "movie",
        "book",
        "game",
        "music",
        "song",
        "play",
        "sing",
        "film",
        "restaurant",
        "table",
        "series",
        "novel",
        "author",
    ),
    "car": ("song",),
    "van": ("lamp", "light", "water", "tyre", "tire", "heat", "parcel", "damage", "fridge", "report", "door", "song"),
}
"""Words of out-of-scope sentences that a catalog serves."""
_TYPED = ("set_alarm", "send_money", "order_coffee", "rate_driver", "register_vehicle", "start_timer", "book_table",
          "add_to_shopping_list", "log_refuel")  # fmt: skip
_CABIN = ("set_drive_mode", "set_seat_heating", "move_window", "set_volume", "switch_fog_lights")
_WORKS = ("AddToPlaylist", "RateBook", "SearchCreativeWork")
OTHERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "car": {"typed": _TYPED, "custom-intents": (*_WORKS, "SearchScreeningEvent", "BookRestaurant")},
    "second_car": {"typed": _TYPED, "custom-intents": (*_WORKS, "SearchScreeningEvent", "BookRestaurant", "PlayMusic")},
    "typed": {"custom-intents": (*_WORKS, "SearchScreeningEvent")},
    "van": {"typed": ("set_alarm", "send_money", "order_coffee", "rate_driver", "register_vehicle", "book_table"),
            "custom-intents": (*_WORKS, "SearchScreeningEvent", "BookRestaurant")},
    "in-car-dialogues": {"typed": (*_CABIN, "send_money", "order_coffee", "rate_driver", "start_timer"),
                         "custom-intents": _WORKS},
    "custom-intents": {"typed": (*_CABIN, "send_money", "order_coffee", "navigate", "log_refuel", "dial_number"),
                       "in-car-dialogues": ("navigate", "schedule")},
}  # fmt: skip
"""By catalog and other set: tools whose requests no tool of the catalog serves."""


@dataclass(frozen=True)
class Asked:
    """A request: what it says of each tool in each reading, and which tools are right."""

    kinds: NDArray[np.float32]
    """Shape (readings, tools, kinds)."""
    right: tuple[int, ...]


@dataclass(frozen=True)
class Judged:
    """A sentence to accept or not, by the weights of routing that were given."""

    signs: Floats
    source: str
    """A key of SHARES."""
    right: bool = True
    """Whether routing has the right tool, of a request."""


class Samples:
    """The sentences of one catalog."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        listed = read_catalog_file(folder / "catalog.json")
        catalog = Catalog(tuple(replace(tool, examples=()) for tool in listed))
        spoken = language()
        self._finder = EntityFinder(spoken)
        self._catalog, self._spoken = catalog, spoken
        self.router = Router(catalog.tools, [[] for _ in catalog], spoken, word_vectors())
        places = {tool.name: place for place, tool in enumerate(catalog)}
        lines = [json.loads(line) for line in (folder / "cases.jsonl").read_text("utf-8").splitlines()]
        self.cases = [
            (
                str(case["text"]),
                str(case.get("tool") or ""),
                tuple(places[n] for n in case.get("tools") or [case["tool"]]),
            )
            for case in lines
            if not str(case.get("id", "")).startswith(("held", "fresh", "unseen"))
        ]
        random.Random(1).shuffle(self.cases)

    def few(self, number: int) -> Router:
        """Return a router over that many of the tools, drawn at random."""
        tools = random.Random(number).sample(list(self._catalog), min(number, len(self._catalog)))
        router = Router(tools, [[] for _ in tools], self._spoken, word_vectors())
        router.weights = self.router.weights
        return router

    def asked(self) -> list[Asked]:
        """Return all requests."""
        return [Asked(np.stack([one.kinds for one in self._heard(text)]), right) for text, _, right in self.cases]

    def _heard(self, text: str, router: Router | None = None) -> list[ClauseScores]:
        entities = self._finder.find(text, NOW, 0.0)
        return (router or self.router).heard(text, "", timeless(entities))

    def judged(self, text: str, source: str, right: Sequence[int] = (), router: Router | None = None) -> Judged:
        """Return the signs of a sentence by the router's present weights."""
        used = router or self.router
        heard = self._heard(text, used)
        evidence = np.stack([used.evidence_of(one) for one in heard])
        signs = used.signs(heard, evidence)
        best = int(evidence.max(axis=0).argmax())
        return Judged(np.array([signs[name] for name in SIGNS]), source, best in right)


def main() -> None:
    """Fit, report, and write where told so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="put the weights into the package")
    given = parser.parse_args()
    folders = {name: DATA / name for name in OWN} | {folder.name: folder for folder in given.folders}
    samples = {name: Samples(name, folder) for name, folder in folders.items()}
    asked = {name: each.asked() for name, each in samples.items()}
    for name in samples:
        weights = fit_routing([asked[other][:MOST] for other in samples if other != name])
        print(f"{name:18} right tools by weights of the others: {right_share(asked[name], weights):.3f}")
    weights = fit_routing([rows[:MOST] for rows in asked.values()])
    judged = {name: judge(each, samples, weights) for name, each in samples.items()}
    for name in samples:
        others = {other: rows for other, rows in judged.items() if other != name}
        limited = limit({other: samples[other] for other in others}, fit_acceptance(list(others.values())))
        _report(name, judged[name], limited)
    acceptance = limit(samples, fit_acceptance(list(judged.values())))
    if given.write:
        FITTED.write_text(rendered(weights, acceptance), encoding="utf-8")


def _chances(row: Asked, weights: Floats) -> tuple[Floats, NDArray[np.float32]]:
    """Return the chance of each tool, and the kinds of evidence in its best reading."""
    totals = row.kinds @ weights
    reading = totals.argmax(axis=0)
    tools = np.arange(totals.shape[1])
    best = totals[reading, tools]
    powers = np.exp(best - best.max())
    return powers / powers.sum(), row.kinds[reading, tools]


def fit_routing(catalogs: Sequence[Sequence[Asked]]) -> Floats:
    """Return the weights that make the right tools likeliest, each catalog counting alike; one a kind, Adam steps."""
    weights = np.full(len(KINDS), 2.0)
    first = second = np.zeros(len(KINDS))
    for step in range(1, STEPS + 1):
        slope = PENALTY * weights
        for rows in catalogs:
            for row in rows:
                chances, kinds = _chances(row, weights)
                wanted = np.zeros_like(chances)
                wanted[list(row.right)] = chances[list(row.right)] / max(chances[list(row.right)].sum(), 1e-12)
                slope = slope + (chances - wanted) @ kinds / (len(rows) * len(catalogs))
        first = 0.9 * first + 0.1 * slope
        second = 0.99 * second + 0.01 * slope**2
        weights = weights - STEP * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return weights


def right_share(rows: Sequence[Asked], weights: Floats) -> float:
    """Return the share of requests with a right tool first."""
    return sum(int(_chances(row, weights)[0].argmax()) in row.right for row in rows) / max(len(rows), 1)


def judge(own: Samples, samples: Mapping[str, Samples], weights: Floats) -> list[Judged]:
    """Return a catalog's requests and sentences that it cannot serve, by those weights of routing."""
    own.router.weights = Weights(*map(float, weights))
    found = [own.judged(text, "asked", right) for text, _, right in own.cases]
    found.extend(own.judged(text, "strange") for text in strange(own.name))
    for other, tools in OTHERS.get(own.name, {}).items():
        texts = [text for text, tool, _ in samples[other].cases if tool in tools] if other in samples else []
        found.extend(own.judged(text, "other") for text in texts[:MOST])
    return found


def strange(name: str) -> list[str]:
    """Return the out-of-scope sentences that are looked at and that the catalog does not serve after all."""
    served = SERVED_AFTER_ALL.get(name, ())
    lines = [line.partition("\t") for line in (DATA / "out_of_scope.txt").read_text("utf-8").splitlines()]
    return [
        text
        for part, _, text in lines
        if part in ("dev", "more") and not any(word in text.casefold() for word in served)
    ]


def limit(samples: Mapping[str, Samples], weights: dict[str, float]) -> dict[str, float]:
    """Return the weights moved so that ACCEPTED of strange sentences have a chance of a half, whatever the tools."""
    seen: list[tuple[float, float]] = []
    for each in samples.values():
        for size in (*(size for size in SIZES if size < len(each.router.tools)), len(each.router.tools)):
            chance = chance_of(weights)
            router = each.few(size)
            found = [chance(each.judged(text, "strange", (), router)) for text in strange(each.name)]
            top = float(np.quantile(found, 1 - ACCEPTED))
            seen.append((np.log(max(size, FEW_TOOLS)), np.log(top / (1 - top))))
    sizes, tops = np.array(seen).T
    slope, start = np.polyfit(sizes, tops, 1)
    return {**weights, "constant": weights["constant"] - float(start), "breadth": -float(slope)}


def fit_acceptance(catalogs: Sequence[Sequence[Judged]]) -> dict[str, float]:
    """Return the weights of a logistic regression over the signs that every catalog has."""
    rows = [row for catalog in catalogs for row in catalog]
    free = [SIGNS.index(name) for name in FREE]
    signs = np.stack([row.signs[free] for row in rows])
    wanted = np.array([row.source == "asked" for row in rows], dtype=float)
    counts = np.concatenate([_counts(catalog) for catalog in catalogs])
    counts /= counts.mean()
    middle, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-6
    matrix = np.c_[(signs - middle) / spread, np.ones(len(rows))]
    penalty = ACCEPTANCE_PENALTY * len(rows) * np.r_[np.ones(len(FREE)), 1e-6]
    weights = np.zeros(len(FREE) + 1)
    for _ in range(30):
        chances = 1 / (1 + np.exp(-matrix @ weights))
        slope = matrix.T @ (counts * (chances - wanted)) + penalty * weights
        curve = (matrix * (counts * chances * (1 - chances))[:, None]).T @ matrix + np.diag(penalty)
        weights = weights - np.linalg.solve(curve, slope)
    plain = weights[:-1] / spread
    constant = float(weights[-1] - plain @ middle)
    fitted_ = {name: float(w) for name, w in zip(FREE, plain, strict=True)}
    return {"constant": constant, **fitted_, "breadth": 0.0, **FIXED}


def _counts(catalog: Sequence[Judged]) -> Floats:
    """Return what each sentence counts, so that every catalog counts alike, shared as SHARES says."""
    sizes = {source: sum(row.source == source for row in catalog) for source in SHARES}
    return np.array([SHARES[row.source] / sizes[row.source] for row in catalog])


def chance_of(weights: Mapping[str, float]) -> Callable[[Judged], float]:
    """Return the function from signs to the chance that a request is meant."""
    each = np.array([weights[name] for name in SIGNS])
    return lambda row: float(1 / (1 + np.exp(-(weights["constant"] + each @ row.signs))))


def _report(name: str, rows: Sequence[Judged], weights: Mapping[str, float]) -> None:
    chance = chance_of(weights)
    passed = {source: [chance(row) >= HALF for row in rows if row.source == source] for source in SHARES}
    right = [chance(row) >= HALF for row in rows if row.source == "asked" and row.right]
    told = ", ".join(f"{source} {np.mean(each):.3f}" for source, each in passed.items() if each and source != "asked")
    print(f"{name:18} by acceptance of the others: right requests refused {1 - np.mean(right):.3f}; accepted: {told}")


def rendered(weights: Floats, acceptance: Mapping[str, float]) -> str:
    """Return the file of weights."""
    lines = [
        "# Written by benchmarks/fit_understanding.py: what each kind of evidence is worth.",
    ]
    lines += ["", "[weights]", *(f"{name} = {w:.4f}" for name, w in zip(KINDS, weights, strict=True))]
    lines += ["", "[acceptance]", *(f"{name} = {w:.4f}" for name, w in acceptance.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    fitted()
    main()
