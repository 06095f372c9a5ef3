"""Every act in every mood: what is asked, told, compared, refused, dropped or made to wait never changes anything.

The sentences are built from acts, states and frames that were written by hand (`tests/data/moods`), and so was the list
of the tools that change something: the judge asks nothing of the code under test.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.cli.catalogs import embedded_listings
from assistant.settings.settings import Settings
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context, Interpretation
from client.catalog import Catalog
from client.schemas.tool_listing import read_catalog_file
from tests.promises.registry import Case, Verdict, generates

DATA = Path(__file__).parents[1] / "data" / "moods"
NOW = Context(now=1_795_770_000.0)
LOOKING_ACTIONS = {"calendar_personal": {"get_events"}, "email_personal": {"read", "search"}}
"""Tools that look or change by their `action`, and the actions that look."""
GOES_ON = ("playing", "navigating", "defrosting")
"""Deeds that last: to stop them is an act of its own."""
GERMAN = (
    ("öffne den kofferraum", "den kofferraum öffnen", "den kofferraum geöffnet"),
    ("schalte die klimaanlage aus", "die klimaanlage ausschalten", "die klimaanlage ausgeschaltet"),
    ("überweise anna zehn euro", "anna zehn euro überweisen", "anna zehn euro überwiesen"),
    ("buche einen tisch bei luigi's", "einen tisch bei luigi's buchen", "einen tisch bei luigi's gebucht"),
    ("mach das fenster zu", "das fenster zumachen", "das fenster zugemacht"),
    ("navigiere nach mannheim", "nach mannheim navigieren", "nach mannheim navigiert"),
)
HANDED_ON = ("send a message", "send an email", "write a note", "post an update", "schick anna")
"""Acts whose words go on to somebody: what follows them is a text, and is read back."""
WARNING = ("remind me", "warn me", "wake me", "tell me", "show", "read", "find", "search", "erinnere", "weck", "sag")
"""Acts that may wait for something themselves, or only look."""


@cache
def table(name: str) -> dict[str, dict[str, dict[str, list[str]]]]:
    """Return a table of sentences."""
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


@cache
def acts() -> dict[str, dict[str, list[str]]]:
    """Return the acts of each catalog, by the tool that changes something."""
    return tomllib.loads((DATA / "acts.toml").read_text("utf-8"))


@cache
def interpreter(catalog: str, code: str) -> Interpreter:
    """Return what reads sentences against that catalog in that language."""
    if catalog == "public":
        return Interpreter(read_catalog_file(DATA / "public.json"), spoken=language(code))
    settings = Settings().model_copy(update={"language": code})
    tools = tuple(tool for _, listing in embedded_listings(settings) for tool in listing.tools)
    return Interpreter(Catalog(tools), spoken=language(code))


@dataclass(frozen=True)
class _Said:
    """One sentence, of which nothing may come; or an order that the tool named is to serve."""

    catalog: str
    code: str
    text: str
    wanted: str = ""

    async def __call__(self, folder: Path) -> Verdict:
        reading = interpreter(self.catalog, self.code).read([self.text], NOW)
        found = [each for one in reading.interpretations[:1] for each in (one, *one.then)]
        if self.wanted:
            return Verdict("", acted=[each.tool.rpartition(".")[2] for each in found] == [self.wanted])
        done = [tool for each in found if (tool := changed(each))]
        return Verdict(f"it would call {done}" if done else "", acted=False)


def changed(found: Interpretation) -> str:
    """Return the tool that a proposal would change something with; "" if it only looks."""
    tool = found.tool.rpartition(".")[2]
    if found.arguments.get("action") in LOOKING_ACTIONS.get(tool, set()):
        return ""
    return tool if any(tool in known for known in acts().values()) or tool.startswith("remember_") else ""


def _filled(frames: Sequence[str], code: str, values: Sequence[str]) -> Iterator[str]:
    names = ("imp", "inf", "part") if code == "de" else ("act", "acting", "acted")
    lasts = values[1].split()[0] in GOES_ON
    for frame in frames:
        if not (lasts and frame.startswith(("stop", "quit"))):
            yield frame.format(**dict(zip(names, values, strict=True)))


def _around(code: str, mood: str) -> list[str]:
    """Return the frames of a mood."""
    if mood in ("nothing", "waits", "orders"):
        return list(table("orders")[code][mood])
    return [frame for part in ("seen", "unseen") for frame in table("frames")[part][code][mood]]


def _idle(catalog: str, code: str, deeds: Sequence[Sequence[str]]) -> Iterator[Case]:
    for mood in ("tell", "refuse", "drop", "nothing", "waits"):
        for values in deeds:
            act = values[0]
            hands_on = mood in ("nothing", "waits") and act.startswith(HANDED_ON)
            if hands_on or "forget" in act or (mood == "waits" and act.startswith(WARNING)):
                continue  # what follows is a text; and "don't forget it" asks for something
            for text in _filled(_around(code, mood), code, values):
                yield Case(f"{catalog}, {code}, {mood}: {text}", _Said(catalog, code, text))


def _of_states(catalog: str, code: str) -> Iterator[Case]:
    words = tomllib.loads((DATA / "states.toml").read_text("utf-8"))[code]
    texts = [frame.format(thing=thing, state=state) for frame in words["told"] for thing, state in words["things"]]
    texts += [frame.format(more=more) for frame in words["compared"] for more in words["more"]]
    texts += [frame.format(dial=dial) for frame in words["counted"] for dial in words["dials"]]
    texts += [frame.format(thing=thing) for frame in words["left"] for thing, _ in words["things"]]
    for text in texts:
        yield Case(f"{catalog}, {code}, states: {text}", _Said(catalog, code, text))


@generates("moods")
def cases() -> Iterator[Case]:
    """Every act in every mood, and every state that is told, compared, counted or to be left."""
    for catalog in ("bundled", "public"):
        yield from _idle(catalog, "en", list(acts()[catalog].values()))
        yield from _of_states(catalog, "en")
    yield from _idle("bundled", "de", GERMAN)
    yield from _of_states("bundled", "de")


@generates("requests")
def requests() -> Iterator[Case]:
    """Every act as a request: `something was done in` tells how many reach their tool."""
    for catalog in ("bundled", "public"):
        for tool, values in acts()[catalog].items():
            for text in _filled([*_around("en", "do"), *_around("en", "orders")], "en", values):
                yield Case(f"{catalog}: {text}", _Said(catalog, "en", text, tool))
