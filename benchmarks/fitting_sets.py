"""The sentences that routing and acceptance are fitted to, catalog by catalog: requests, and what no tool serves.

Takes the `dev` sentences of the tests' catalogs and those of folders with a catalog.json and a cases.jsonl (the
catalogs' examples left out); what a server of `public_servers/` lists is below `build/`, where `make bench-servers`
puts it. Never looks at sentences that are held out, and fits nothing.
"""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.language import language
from assistant.understanding.proposing import timeless
from assistant.understanding.routing.acceptance import SIGNS
from assistant.understanding.routing.embeddings import word_vectors
from assistant.understanding.routing.fitted_weights import fitted
from assistant.understanding.routing.router import ClauseScores, Router
from assistant.understanding.routing.sentence_model import SentenceEncoder
from assistant.understanding.slots.entities import EntityFinder
from client.catalog import Catalog, Tool
from client.schemas.tool_listing import read_catalog_file

Floats = NDArray[np.float64]
DATA = Path(__file__).parents[1] / "tests" / "data" / "understanding"
OWN = ("car", "second_car", "typed", "van")
NOW = 1795255200.0
HELD_OUT = ("held", "fresh", "unseen")
"""How the ids of sentences begin that nothing is fitted to."""
KNOWN = tomllib.loads((Path(__file__).parent / "fitting_sets.toml").read_text("utf-8"))
"""Of public servers by folder: words of strange sentences that they serve, and what they are about."""
BUILT = Path(__file__).parents[1] / "build" / "public-servers"
"""What the servers of `public_servers/` list, by name."""
MOST_STRANGE, MOST_OTHER = 200, 100
"""Strange sentences of one catalog, and requests of other catalogs."""
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
    offsets: NDArray[np.float32]
    """What is taken off each reading, shape (readings,)."""
    right: tuple[int, ...]


@dataclass(frozen=True)
class Judged:
    """A sentence to accept or not, by the weights of routing that were given."""

    signs: Floats
    source: str
    """What it is: "asked", "strange", "other" or "unserved"."""
    right: bool = True
    """Whether routing has the right tool, of a request."""


def listing_of(folder: Path, built: Path = BUILT) -> Path:
    """Return the file with what the server of a folder of sentences lists: beside them, or the fetched one."""
    beside = folder / "catalog.json"
    return beside if beside.exists() else built / folder.name / "catalog.json"


def not_to_be_fitted_to(folder: Path) -> bool:
    """Return whether the server of a folder says that its sentences stay unlooked at."""
    told = folder / "server.toml"
    return told.exists() and not tomllib.loads(told.read_text("utf-8")).get("looked_at", True)


class Samples:
    """The sentences of one catalog."""

    def __init__(self, name: str, folder: Path, encoder: SentenceEncoder | None) -> None:
        self.name = name
        self._encoder = encoder
        listed = read_catalog_file(listing_of(folder))
        catalog = Catalog(tuple(replace(tool, examples=()) for tool in listed))
        spoken = language()
        self._finder = EntityFinder(spoken)
        self._catalog, self._spoken = catalog, spoken
        self.router = self._router(catalog.tools)
        self._places = {tool.name: place for place, tool in enumerate(catalog)}
        lines = [json.loads(line) for line in (folder / "cases.jsonl").read_text("utf-8").splitlines()]
        self.cases = [
            (str(case["text"]), str(case.get("tool") or ""), self._right(case))
            for case in lines
            if not str(case.get("id", "")).startswith(HELD_OUT)
        ]
        random.Random(1).shuffle(self.cases)

    def _router(self, tools: Sequence[Tool]) -> Router:
        known = fitted(with_meaning=False)  # to begin with; those with meaning may be none, or of other evidence
        return Router(tools, [[] for _ in tools], self._spoken, word_vectors(), known, self._encoder)

    def _right(self, case: Mapping[str, Any]) -> tuple[int, ...]:
        """Return the places of the tools that serve a request, or its second half; none for what no tool serves."""
        named = case.get("tools") or [case.get("tool"), *(one["tool"] for one in case.get("accept", ()))]
        named = [*named, *(one["tool"] for one in case.get("also", ()))] if any(named) else []
        return tuple(dict.fromkeys(self._places[name] for name in named if name))

    def asked(self, most: int) -> list[Asked]:
        """Return so many of the requests that some tool serves."""
        served = [(text, right) for text, _, right in self.cases if right]
        return [self._asked(text, right) for text, right in served[:most]]

    def _asked(self, text: str, right: tuple[int, ...]) -> Asked:
        heard = self._heard(text)
        return Asked(np.stack([one.kinds for one in heard]), np.array([one.offset for one in heard], np.float32), right)

    def _heard(self, text: str) -> list[ClauseScores]:
        entities = self._finder.find(text, NOW, 0.0)
        return self.router.heard(text, "", timeless(entities))

    def judged(self, text: str, source: str, right: Sequence[int] = ()) -> Judged:
        """Return the signs of a sentence by the router's present weights."""
        heard = self._heard(text)
        evidence = np.stack([self.router.evidence_of(one) for one in heard])
        signs = self.router.signs(heard, evidence)
        best = int(evidence.max(axis=0).argmax())
        return Judged(np.array([signs[name] for name in SIGNS]), source, best in right)


def strange(name: str) -> list[str]:
    """Return the out-of-scope sentences that are looked at and that the catalog does not serve after all."""
    served = (*SERVED_AFTER_ALL.get(name, ()), *KNOWN.get(name, {}).get("serves", ()))
    lines = [line.partition("\t") for line in (DATA / "out_of_scope.txt").read_text("utf-8").splitlines()]
    found = [
        text
        for part, _, text in lines
        if part in ("dev", "more") and not any(word in text.casefold() for word in served)
    ]
    return found if name in OTHERS else random.Random(1).sample(found, min(MOST_STRANGE, len(found)))


def others(name: str, samples: Mapping[str, Samples]) -> list[str]:
    """Return requests of other catalogs that no tool of this one serves."""
    found: list[str] = []
    for other, tools in OTHERS.get(name, {}).items():
        if other in samples:
            found.extend(text for text, tool, _ in samples[other].cases if tool in tools)
    about = set(KNOWN.get(name, {}).get("about", ()))
    for other, known in KNOWN.items():
        if about and other in samples and not about & set(known["about"]):
            found.extend(text for text, tool, _ in samples[other].cases if tool)
    return found if name in OTHERS else random.Random(1).sample(found, min(MOST_OTHER, len(found)))
