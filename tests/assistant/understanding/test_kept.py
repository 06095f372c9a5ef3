"""What was learned from a catalog is read again at the next start, and learned anew whenever it could be wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from assistant.cli.interpret_command import command
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.learning import index_cache as kept_module
from assistant.understanding.learning.index_cache import IndexFolder, RecentlyLearned
from assistant.understanding.reading import Context
from assistant.understanding.routing import learned as learned_module
from assistant.understanding.routing.acts import Acts
from assistant.understanding.routing.capabilities import Capabilities
from assistant.understanding.routing.sentence_model import why_absent
from assistant.understanding.slots import chain
from client.catalog import Catalog, Tool
from tests.assistant.understanding.catalogs import catalog_of, tool

CITIES = ("Ulm", "Bonn", "Köln", "Trier", "Mainz", "Halle", "Jena", "Gera", "Kiel", "Hof")
COUNTRIES = ("Norway", "New Zealand", "Chad", "French Guiana", "Oman", "Isle of Man", "Peru", "Mali", "Fiji", "Cuba")
"""Names that the language knows: a word in one of them is known in several ways at once."""
SAID = ("what is the weather in [{0}](city)", "will it rain in [{0}](city) today", "forecast for [{0}](city) please")
PLAYED = ("play something by [{0} Band](artist)", "put on [{0} Band](artist) now", "I want to hear [{0} Band](artist)")
SENTENCE = "what is the weather in Ulm"
NOW = Context(now=1.795e9)


def taught_catalog() -> Catalog:
    """Two tools with thirty examples each: enough to learn from."""
    weather, music = catalog_of(
        tool("get_weather", "Get the weather", {"city": {"type": "string", "description": "city"}}),
        tool("play_music", "Play music", {"artist": {"type": "string", "description": "artist"}}),
    ).tools
    said, played = ([shape.format(city) for shape in shapes for city in CITIES] for shapes in (SAID, PLAYED))
    return Catalog((replace(weather, examples=tuple(said)), replace(music, examples=tuple(played))))


@contextmanager
def new_process() -> Iterator[None]:
    """A process that has learned nothing yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_module, "_recent", RecentlyLearned())
        yield


def read(catalog: Catalog, folder: Path) -> tuple[str, Any]:
    with new_process():
        best = Interpreter(catalog, kept=IndexFolder(folder)).read([SENTENCE], NOW).interpretations[0]
    return best.tool, best.arguments


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is trained from now on, in order."""
    seen: list[str] = []

    def noted(name: str, train: Callable[..., Any]) -> Callable[..., Any]:
        def train_and_note(*arguments: Any) -> Any:
            seen.append(name)
            return train(*arguments)

        return train_and_note

    monkeypatch.setattr(chain, "train", noted("values", chain.train))
    monkeypatch.setattr(learned_module, "_train", noted("tools", learned_module._train))
    return seen


@pytest.mark.proves("U.kept")
def test_the_second_start_trains_nothing_and_reads_the_same(tmp_path: Path, trainings: list[str]) -> None:
    first = read(taught_catalog(), tmp_path)
    assert trainings == ["tools", "values", "values"]
    assert read(taught_catalog(), tmp_path) == first
    assert trainings == ["tools", "values", "values"]
    assert first[1] == {"city": "Ulm"}


@pytest.mark.proves("U.kept")
def test_a_catalog_that_comes_back_in_the_same_process_is_not_learned_again(
    tmp_path: Path, trainings: list[str]
) -> None:
    with new_process():
        first = Interpreter(taught_catalog()).read([SENTENCE], NOW)
        assert trainings == ["tools", "values", "values"]
        for kept in (None, IndexFolder(tmp_path)):
            assert Interpreter(taught_catalog(), kept=kept).read([SENTENCE], NOW) == first
        assert trainings == ["tools", "values", "values"]
        Interpreter(taught_catalog(), spoken=language("de"))
        assert trainings[3:] == ["tools", "values", "values"], "another language is learned for itself"
        IndexFolder(tmp_path).clear()
        Interpreter(taught_catalog())
        assert trainings[6:] == ["tools", "values", "values"], "what is forgotten is forgotten here, too"


@pytest.mark.proves("U.kept")
def test_a_process_forgets_what_it_used_longest_ago_and_nobody_writes_in_the_rest() -> None:
    recent, made = RecentlyLearned(most_bytes=20_000), []

    def figures_of(number: int) -> Mapping[str, Any]:
        made.append(number)
        return {"a": np.full(1000, number)}

    for number in (1, 2, 1, 3, 1, 2):
        assert recent.arrays("figures", [number], lambda number=number: figures_of(number))["a"][0] == number  # type: ignore[misc]  # bound at once
    assert made == [1, 2, 3, 2]
    with pytest.raises(ValueError, match="read-only"):
        recent.arrays("figures", [2], dict)["a"][0] = 7


@pytest.mark.proves("U.kept")
def test_tools_without_examples_are_compared_with_all_that_software_could_do_only_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    compare = Capabilities._shares

    def noted(self: Capabilities, tools: Sequence[Tool], acts: Acts) -> Any:
        compared.append(len(tools))
        return compare(self, tools, acts)

    monkeypatch.setattr(Capabilities, "_shares", noted)
    plain = Catalog(tuple(replace(each, examples=()) for each in taught_catalog()))
    first = read(plain, tmp_path)
    assert read(plain, tmp_path) == first
    assert compared == [2]
    read(Catalog((replace(plain.tools[0], description="Get the forecast of the weather"), plain.tools[1])), tmp_path)
    assert compared == [2, 2]


@pytest.mark.proves("U.kept")
def test_only_the_tool_that_changed_is_learned_again(tmp_path: Path, trainings: list[str]) -> None:
    catalog = taught_catalog()
    read(catalog, tmp_path)
    weather, music = catalog.tools
    trainings.clear()
    read(Catalog((replace(weather, examples=(*weather.examples, "weather of [Ulm](city)")), music)), tmp_path)
    assert trainings == ["tools", "values"]


def figures(folder: Path) -> tuple[int, bool]:
    """Ask for figures that are kept there; return one of them, and whether they had to be made."""
    made: list[bool] = []

    def make() -> Mapping[str, Any]:
        made.append(True)
        return {"a": np.arange(2000), "b": np.eye(3)}

    return int(IndexFolder(folder).arrays("figures", ["key"], make)["a"][7]), bool(made)


@pytest.mark.proves("U.kept")
def test_other_code_or_language_data_learns_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert figures(tmp_path) == (7, True)
    assert figures(tmp_path) == (7, False)
    monkeypatch.setattr(kept_module, "versions", lambda: "another version")
    assert figures(tmp_path) == (7, True)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwritten(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3 : len(content) // 3 + 64] = bytes(64)
    path.write_bytes(content)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def pickled(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, weights=np.array([{"a": 1}], dtype=object), about=np.zeros(1, dtype=np.uint8))


def of_another(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, weights=np.zeros(1), moves=np.zeros(1), examples=np.zeros(1))


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.proves("U.kept")
@pytest.mark.parametrize("harm", [cut_short, overwritten, emptied, pickled, of_another, a_folder])
def test_a_damaged_or_foreign_file_is_made_again(harm: Callable[[Path], None], tmp_path: Path) -> None:
    figures(tmp_path)
    for path in tmp_path.iterdir():
        harm(path)
    assert figures(tmp_path) == (7, True)


@pytest.mark.proves("U.kept")
def test_where_nothing_can_be_written_it_goes_on_without(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    assert figures(blocked / "understanding") == (7, True)


@pytest.mark.proves("U.kept")
def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert figures(tmp_path) == (7, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.proves("U.kept")
def test_the_folder_stays_small_and_keeps_what_was_used_last(tmp_path: Path) -> None:
    kept = IndexFolder(tmp_path, most_bytes=30_000)
    for number in range(6):
        kept.arrays("figures", [number], lambda: {"a": np.zeros(1000)})
    first = next(path for path in tmp_path.iterdir())
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 30_000
    assert first.exists()

    def never() -> dict[str, Any]:
        raise AssertionError("the newest was thrown away")

    kept.arrays("figures", [5], never)


def test_what_it_is_made_from_is_the_whole_key(tmp_path: Path) -> None:
    kept = IndexFolder(tmp_path)
    made = [kept.arrays("figures", [json.dumps(n)], lambda n=n: {"a": np.array([n])})["a"][0] for n in (1, 2)]  # type: ignore[misc]  # n is bound as a default
    assert made == [1, 2]


@pytest.mark.proves("U.kept")
def test_a_command_keeps_what_it_learned_without_its_words_and_forgetting_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trainings: list[str]
) -> None:
    for name in ("CACHE", "DATA", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    tools = [
        {"name": t.name, "description": t.description, "inputSchema": dict(t.input_schema),
         "_meta": {"mcqueen/examples": list(t.examples)}}
        for t in taught_catalog()
    ]  # fmt: skip
    (tmp_path / "catalog.json").write_text(json.dumps({"tools": tools}))
    kept = tmp_path / "CACHE" / "mcqueen" / "understanding"
    for _ in range(2):
        with new_process():
            result = CliRunner().invoke(command, ["--catalog", str(tmp_path / "catalog.json"), "--json", SENTENCE])
        assert json.loads(result.stdout)["arguments"] == {"city": "Ulm"}
    assert trainings == ["tools", "values"], "for one sentence, no tool is read that it does not mean"
    written = [path.read_bytes() for path in kept.iterdir()]
    meaning = not why_absent()  # of the tools, where there is an encoder
    # a tagger, the chances of both tools, what they are capable of, and the subjects
    assert len(written) == 4 + meaning
    assert not any(word in each for each in written for word in (b"Trier", b"weather", b"rain", b"Band"))
    assert CliRunner().invoke(command, ["--forget"]).exit_code == 0
    assert list(kept.iterdir()) == []


@pytest.mark.proves("U.kept")
def test_what_was_learned_means_the_same_to_a_process_that_orders_its_sets_otherwise(tmp_path: Path) -> None:
    """Sets of words have another order in every process; what is kept must not depend on it."""
    program = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from tests.assistant.understanding import test_kept\n"
        "from tests.assistant.understanding.test_kept import COUNTRIES, NOW, taught_catalog\n"
        "test_kept.CITIES = COUNTRIES\n"
        "from assistant.understanding.interpret import Interpreter\n"
        "from assistant.understanding.learning.index_cache import IndexFolder\n"
        "reader = Interpreter(taught_catalog(), kept=IndexFolder(Path(sys.argv[1])))\n"
        "from assistant.understanding.tokens import spoken_words\n"
        "said = ['put on New Zealand now', 'forecast for French Guiana please', 'will it rain', 'I want weather']\n"
        "chances = [reader._router._learned.chances(spoken_words(text))[0].tolist() for text in said]\n"
        "taggers = [reader._tool(tool).tagger for tool in taught_catalog()]\n"
        "sentences = [reader._finder.find(text, NOW.now, 0.0) for text in said]\n"
        "values = [tag.chance for tagger in taggers for each in sentences for tag in tagger.find(each)]\n"
        "print(json.dumps([sum(chances, []), values]))\n"
    )
    chances: list[list[list[float]]] = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)], env=environment, capture_output=True, text=True, check=True
        )
        chances += [json.loads(done.stdout)]
    assert all(len(found) > 1 for found in chances[0]), "tools and values are found"
    for learned_here, read_again in zip(*chances, strict=True):
        assert read_again == pytest.approx(learned_here, abs=1e-4)
