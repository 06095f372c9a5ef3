"""Rows on understanding: speed, memory, and what each stage is worth on the sentence sets of the tests.

Sets on which nothing was tuned are reported apart (`held`, `fresh`). Nothing here passes or fails.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.understanding.grammar.compiler import compile_grammar
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context, Interpretation
from assistant.understanding.routing.embeddings import word_vectors
from assistant.understanding.routing.router import Router
from assistant.understanding.templates import examples_of
from benchmarks.benchmark_rows import Row, percentile
from client.catalog import Catalog
from client.schemas.tool_listing import read_catalog_file

DATA = Path(__file__).parents[1] / "tests" / "data" / "understanding"
CONTEXT = Context(now=datetime(2026, 11, 21, 10, 0, tzinfo=UTC).timestamp())
PARTS = ("dev", "held", "fresh", "fresh2", "more", "unseen")
OTHER_HAND = ("more", "unseen")
"""Parts by another hand, harder than the others; the table of stages is of the others, as it was before them."""
STAGES = {
    "capabilities": ("capability",),
    "meaning of name and description": ("gist",),
    "near words": ("coverage",),
    "shared words (BM25)": ("shared",),
    "subjects": ("subject",),
    "question or command": ("question", "command", "statement", "wish"),
    "act (add, delete, replace)": ("act",),
    "things named in the tool's name": ("things",),
    "how much of the name is said": ("named",),
    "numbers that a tool can take": ("number", "no_number"),
}
"""Weights that are set to zero to see what a stage is worth."""


def rows(row: Row) -> None:
    """Print all rows."""
    car = read_catalog_file(DATA / "car" / "catalog.json")
    texts = [case["text"] for case in _cases("car")]
    word_vectors()
    for number in (len(car), 1000):
        _speed(row, _many(car, number), texts)
    row("memory of the process so far", f"{_megabytes():.0f} MB", "goal <= 200 MB")
    began = time.process_time()
    compile_grammar(car, CONTEXT)
    row(f"grammar of {len(car)} tools", f"{(time.process_time() - began) * 1000:.0f} ms", "goal <= 100 ms with 60")
    _start(row)
    _accuracy(row)
    _ablations(row, car)


def _cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name / "cases.jsonl").read_text("utf-8").splitlines()]


def _strange() -> list[tuple[str, str]]:
    lines = (DATA / "out_of_scope.txt").read_text("utf-8").splitlines()
    return [(part, text) for part, _, text in (line.partition("\t") for line in lines) if text]


def _many(car: Catalog, number: int) -> Catalog:
    """Return that many tools: the car's, again and again with other names."""
    found = []
    for n in range(number):
        tool = car.tools[n % len(car)]
        copy = replace(tool, name=f"{tool.name}_{n}", description=f"{tool.description} Unit {n}.")
        found.append(tool if n < len(car) else copy)
    return Catalog(tuple(found))


def _speed(row: Row, catalog: Catalog, texts: Sequence[str]) -> None:
    began = time.process_time()  # of the processor: a busy machine says nothing about these lines
    interpreter = Interpreter(catalog)
    row(f"index of {len(catalog)} tools, processor", f"{time.process_time() - began:.2f} s", "goal <= 2 s with 1,000")
    for text in texts[:20]:
        interpreter.read([text], CONTEXT)
    times = []
    for text in texts:
        began = time.process_time()
        interpreter.read([text], CONTEXT)
        times.append(time.process_time() - began)
    goal = "goal <= 5 ms" if len(catalog) < 100 else "goal <= 20 ms"
    row(
        f"interpret, {len(catalog)} tools, processor, p95 of {len(times)}",
        f"{percentile(times, 0.95) * 1000:.1f} ms",
        goal,
    )


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _start(row: Row) -> None:
    times = []
    command = [sys.executable, "-m", "assistant.cli", "interpret", "take me to the station", "--catalog",
               str(DATA / "car" / "catalog.json")]  # fmt: skip
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        times.append(time.perf_counter() - began)
    row("mcqueen interpret, one sentence, best of 3", f"{min(times):.2f} s", "goal <= 1.0 s")


def _accuracy(row: Row) -> None:
    tools_alone = ("car", "second_car")
    for name, goal in (
        ("car", "goal 0.90 of tools"),
        ("second_car", "goal 0.90 of tools"),
        ("typed", "goal 0.97 exact"),
        ("values", "goal 0.97 exact"),
        ("german", ""),
    ):
        spoken = language("de" if name == "german" else "en")
        interpreter = Interpreter(read_catalog_file(DATA / name / "catalog.json"), spoken=spoken)
        for part in PARTS:
            cases = [case for case in _cases(name) if case["id"].partition("-")[0] == part]
            if not cases:
                continue
            found = [_best(interpreter, case["text"]) for case in cases]
            tools = sum(_tool(f) in _wanted(case) for f, case in zip(found, cases, strict=True))
            exact = sum(
                _tool(f) in _wanted(case) and f is not None and dict(f.arguments) == case.get("arguments")
                for f, case in zip(found, cases, strict=True)
            )
            told = f"tool {tools / len(cases):.3f}" + (
                f" exact {exact / len(cases):.3f}" if name not in tools_alone else ""
            )
            row(f"{name} sentences, {part}, {len(cases)}", told, goal)


def _wanted(case: dict[str, Any]) -> list[str]:
    """Return the tools of which any is right."""
    return list(case.get("tools") or [case["tool"]])


def _best(interpreter: Interpreter, text: str) -> Interpretation | None:
    found = interpreter.read([text], CONTEXT).interpretations
    return found[0] if found else None


def _tool(found: Interpretation | None) -> str:
    return found.tool.partition(".")[2] if found is not None else ""


def _ablations(row: Row, car: Catalog) -> None:
    """What each stage of routing is worth: right tools of the car's sentences, and strange sentences accepted."""
    cases = [case for case in _cases("car") if not case["id"].startswith(OTHER_HAND)]
    strange = [(part, text) for part, text in _strange() if part not in OTHER_HAND]
    router = Router(car.tools, [examples_of(tool) for tool in car], language(), word_vectors())
    whole = router.weights
    assert {name for names in STAGES.values() for name in names} <= {field.name for field in fields(whole)}
    for stage, names in {"": (), **STAGES}.items():
        router.weights = replace(whole, **dict.fromkeys(names, 0.0))
        right = sum(bool(found := router.routes(case["text"])) and found[0].tool.name == case["tool"] for case in cases)
        taken = {part: [bool(router.routes(text)) for p, text in strange if p == part] for part in PARTS[:3]}
        accepted = " / ".join(f"{sum(found) / len(found):.3f}" for found in taken.values())
        title = f"routing without: {stage}" if stage else "routing, all stages; strange accepted (dev / held / fresh)"
        row(title, f"{right / len(cases):.3f}; {accepted}", "goal <= 0.03 accepted" if not stage else "")
