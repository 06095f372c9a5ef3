"""What the tools that a clause may reach make of it: routes, weighed and gated, each with its values.

It proposes and decides nothing; which clause is meant, and in which context, is the interpreter's part.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from assistant.understanding.answers.readings_of_answers import Answers
from assistant.understanding.beside import Beside
from assistant.understanding.bundled_tools import is_bundled
from assistant.understanding.courtesies import Courtesies
from assistant.understanding.language import Language
from assistant.understanding.mood import Mood, MoodPart
from assistant.understanding.mood_gate import Gate
from assistant.understanding.positions import Positions
from assistant.understanding.reading import Context, Interpretation, Span
from assistant.understanding.references import Rewritten
from assistant.understanding.routing.fitting import Fitting
from assistant.understanding.routing.router import Route, Router
from assistant.understanding.said_values import required_names, with_named_files, with_said_values_first
from assistant.understanding.slots.empty_groups import with_empty_groups
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.fill import Filler
from assistant.understanding.slots.prepared import PreparedTools
from assistant.understanding.slots.untaken_times import untaken_time
from assistant.understanding.strange_things import StrangeThings
from assistant.understanding.templates import Template, exact
from assistant.understanding.tokens import name_words, spoken_words
from client.catalog import Catalog, Tool
from client.values import JSON

MOST_INTERPRETATIONS = 4
EXACT = 0.98
"""Score of a sentence that is one of a tool's examples."""
SURE = 0.8
"""Score from which another tool outweighs an example that happens to fit."""
NEAR, UNTOLD, GUESSED, UNTAKEN = 0.05, 0.25, 0.7, 0.5
"""Share of the best score from which another tool is near it, and what is left of the score of one that needs what the
sentence does not tell, that puts words into an optional parameter which nothing marks as its own, or that takes up no
number, day or time which was said, for each of them, among those that are near."""
PAGING = frozenset({"page", "pageNumber", "page_number", "limit", "offset", "perPage", "per_page"})
"""Parameters that nobody tells: that they are missing says nothing."""
OURS_SURELY = 0.9
"""Score from which a sentence is one of a tool that comes with McQueen, whatever else is connected."""
MOST_TELLING = 2
"""Words of a tool's name, its verb aside, that all said tell it from ours: "windows" alone is said of every car."""
CLEAR = 0.6
"""Score from which half a sentence counts as a request of its own."""


class Proposals:
    """The tools of one catalog, asked what they make of a clause."""

    def __init__(
        self,
        catalog: Catalog,
        *,
        router: Router,
        fitting: Fitting,
        filler: Filler,
        gate: Gate,
        answers: Answers,
        beside: Beside,
        templates: Sequence[Template],
        prepared: PreparedTools,
        strange: StrangeThings,
        language: Language,
    ) -> None:
        """`prepared` gives a tool of the catalog with its parameters read."""
        self._catalog = catalog
        self._strange = strange
        self._router = router
        self._fitting = fitting
        self._filler = filler
        self._gate = gate
        self._answers = answers
        self._beside = beside
        self._templates = templates
        self._prepared = prepared
        self._courtesies = Courtesies(language)
        self._articles = frozenset(language.mood["articles"])
        self._positions = Positions(language)
        self._before_times = frozenset(language.words("time", "before"))
        self._stem = language.stem
        self._common = language.common
        self._names = required_names(catalog, language.common)

    def proposed(
        self, heard: tuple[Rewritten, Entities], context: Context, part: MoodPart
    ) -> tuple[Interpretation, ...]:
        """Return what the tools that the gate lets through make of a sentence, best first.

        A tool that is turned away makes room for those that were near it, with their chances among themselves.
        """
        turned_away: set[str] = set()
        nearest = self.routes(heard[1], part, gated=False)
        near = {route.tool.qualified for route in nearest}
        anything = part.mood is Mood.DO and not part.ending and not part.denied
        while True:
            unhindered = anything and not turned_away  # all tools may be reached
            routes = nearest if unhindered else self.routes(heard[1], part, without=turned_away)
            routes = [route for route in routes[:MOST_INTERPRETATIONS] if route.tool.qualified in near]
            proposed = [self._interpret(route, heard, context, part) for route in routes]
            found = [each for each in proposed if each is not None]
            if not routes or proposed[0] is not None:
                break
            turned_away |= {r.tool.qualified for r, each in zip(routes, proposed, strict=True) if each is None}
            if part.mood is Mood.DO:  # what looks is no stand-in for what acts
                near -= {tool.qualified for tool in self._catalog if self._gate.may_answer(tool)}
        if not found and part.mood is Mood.TELL and self._gate.asks_state(heard[1].text):
            found = self._of_state(near, heard, context, part)
        if not found and part.mood is Mood.UNDO:
            found = self._of_undoing(heard, context, part)
        found = self._strange.held(heard[1].text, with_named_files(heard[1].text, found))
        told = with_said_values_first(heard[1].text, self._told(found, heard[1]), self._catalog, self._common)
        preferred = self._gate.preferred(part, heard[1].text, told, self._catalog)
        if part.mood is Mood.DO:
            preferred = self._ordered_first(heard[1].text, preferred)
        return tuple(self._own_first(heard[1].text, preferred))

    def _ordered_first(self, text: str, found: Sequence[Interpretation]) -> list[Interpretation]:
        """Return proposals with a tool that acts before one that looks, if the order opens with its whole name.

        "Navigate to the central station" wants to be taken there, and no list of ways.
        """
        first = self._catalog.find(found[0].tool) if found else None
        if first is None or not self._gate.may_answer(first):
            return list(found)
        for place, other in enumerate(found[1:], 1):
            tool = self._catalog.find(other.tool)
            if tool is None or other.missing or self._gate.may_answer(tool) or not self._opens_as(text, tool):
                continue
            ahead = [each for at, each in enumerate(found) if at != place]
            return [replace(other, score=max(found[0].score, SURE)), *ahead]
        return list(found)

    def _opens_as(self, text: str, tool: Tool) -> bool:
        """Return whether a text opens with the name of a tool, which is one verb of an order."""
        words, name = spoken_words(text), name_words(tool.name)
        opening = next((word for word in words if word not in self._common), "")
        return len(name) == 1 and [opening] == list(name)

    def _own_first(self, text: str, found: Sequence[Interpretation]) -> list[Interpretation]:
        """Return proposals with a tool of the driver's servers before one of ours, if the sentence says its whole name.

        "What is the garage temperature" asks for `get_garage_temperature` and not for the car's. What is one of our
        own sentences, nearly word for word, stays ours.
        """
        first = self._catalog.find(found[0].tool) if found else None
        if first is None or not is_bundled(first) or found[0].score >= OURS_SURELY:
            return list(found)
        said = {self._stem(word) for word in spoken_words(text)}
        for place, other in enumerate(found[1:], 1):
            tool = self._catalog.find(other.tool)
            things = {self._stem(word) for word in name_words(tool.name)[1:]} if tool is not None else set()
            if tool is None or is_bundled(tool) or len(things) < MOST_TELLING or not things <= said:
                continue
            ahead = [each for at, each in enumerate(found) if at != place]
            return [replace(other, score=found[0].score), replace(ahead[0], score=other.score), *ahead[1:]]
        return list(found)

    def _told(self, found: Sequence[Interpretation], entities: Entities) -> list[Interpretation]:
        """Return proposals, best first, with those before others near them for which the sentence tells more."""
        if len(found) < 2:
            return list(found)
        near = [each for each in found if each.score >= NEAR * found[0].score and self._alike(each, found[0])]
        near = [each for each in near if each is found[0] or not self._is_doubted(each, entities)]
        best = max(near, key=lambda each: each.score * self._share_said(each, entities))
        if best is found[0]:
            return list(found)
        rest = [each for each in found if each is not best]
        return [replace(best, score=found[0].score), replace(rest[0], score=best.score), *rest[1:]]

    def _share_said(self, found: Interpretation, entities: Entities) -> float:
        """Return what is left of a proposal's score by what it lacks, makes up and leaves untold."""
        tool = self._catalog.find(found.tool)
        required = tool.required if tool is not None else ()
        guessed = [name for name in found.guessed if name not in required]
        spans = found.spans.values()
        said = [(entities.words[each.start].start, entities.words[each.end - 1].end) for each in entities.typed]
        untaken = [start for start, end in said if not any(span.start < end and start < span.end for span in spans)]
        lacking: float = UNTOLD ** len(set(found.missing) - PAGING)
        made_up: float = GUESSED ** len(guessed)
        untold: float = UNTAKEN ** len(untaken)
        return lacking * made_up * untold

    def _is_doubted(self, found: Interpretation, entities: Entities) -> bool:
        """Return whether a tool akin to this one is meant rather than this one."""
        tool = self._catalog.find(found.tool)
        return tool is not None and self._fitting.doubts(tool, entities)

    def _alike(self, one: Interpretation, other: Interpretation) -> bool:
        """Return whether both tools only look, or both may change something."""
        first, second = (self._catalog.find(each.tool) for each in (one, other))
        return (
            first is not None and second is not None and self._gate.may_answer(first) == self._gate.may_answer(second)
        )

    def _of_state(
        self, near: Collection[str], heard: tuple[Rewritten, Entities], context: Context, part: MoodPart
    ) -> list[Interpretation]:
        """Return what the server of the nearest tool makes of a question about a state, if it has a tool that tells.

        Where no tool is near, any server's may, if the question names a thing that it lists.
        """
        servers = {tool.server for name in near if (tool := self._catalog.find(name)) is not None}
        telling = [
            tool
            for tool in self._catalog
            if (not near or tool.server in servers) and self._gate.tells_state(heard[1].text, tool)
        ]
        proposed = [self._interpret(Route(tool, CLEAR), heard, context, part) for tool in telling[:1]]
        return [each for each in proposed if each is not None and not each.missing and (near or each.arguments)]

    def _of_undoing(self, heard: tuple[Rewritten, Entities], context: Context, part: MoodPart) -> list[Interpretation]:
        """Return what a tool that takes back makes of it, if it names the thing that was done."""
        told = [
            tool for tool in self._catalog if self._gate.may_reach(part, tool) and self._gate.names(heard[1].text, tool)
        ]
        proposed = [self._interpret(Route(tool, CLEAR), heard, context, part) for tool in told[:1]]
        return [each for each in proposed if each is not None]

    def routes(
        self, entities: Entities, part: MoodPart, *, without: Collection[str] = (), gated: bool = True
    ) -> list[Route]:
        """Return the tools that fit; one whose own example this is, values aside, comes first."""
        text = entities.text
        message = self._filler.message(entities)

        unlike = self._gate.unlike(part, text, self._catalog.tools)
        barred = unlike | (self._gate.barred(part, self._catalog.tools) | frozenset(without) if gated else frozenset())
        routes = self._fitting.weighed(self._passing_on(entities, message, barred), entities, message)
        same = exact(self._templates, text, self._articles)
        if (
            same is None
            or same.qualified in barred
            or (routes and routes[0].tool is not same and routes[0].score >= SURE)
        ):
            return routes
        others = [Route(route.tool, route.score / 2) for route in routes if route.tool is not same]
        return [Route(same, EXACT), *others]

    def _passing_on(self, entities: Entities, message: tuple[int, int] | None, barred: Collection[str]) -> list[Route]:
        """Return the routes; words that a sentence passes on ("text Anna turn on the lights") ask for nothing."""
        bare = core(entities, message)
        if message is not None and self._names_channel(entities.lowered[message[0] : message[0] + 2]):
            bare = ""  # the name of a channel in front belongs to the request: "on whatsapp that ..."
        if bare:
            asked = self._filler.without_persons(entities, bare)  # "tell", of "tell Anna"
            routes = self._router.routes(bare, without=barred) or self._router.routes(asked, without=barred)
            if routes and self._prepared(routes[0].tool).passes_on:
                return [replace(routes[0], score=max(routes[0].score, SURE)), *routes[1:]]
        return self._router.routes(entities.text, bare, timeless(entities), barred)

    def _names_channel(self, words: Sequence[str]) -> bool:
        """Return whether a word is a name that a tool requires which passes words on: no "doctor" to book with."""
        return any(self._prepared(tool).passes_on for word in words for tool in self._names.get(word, ()))

    def _stands_in(self, route: Route, text: str) -> bool:
        """Return whether a tool that takes nothing and changes something is merely near: none of its words was said."""
        tool = route.tool
        unsure = not tool.properties and route.score < CLEAR
        return unsure and not self._gate.may_answer(tool) and not self._gate.names(text, tool)

    def _interpret(
        self, route: Route, heard: tuple[Rewritten, Entities], context: Context, part: MoodPart
    ) -> Interpretation | None:
        """Return what a tool makes of a sentence; None if the gate turns it away."""
        meant, entities = heard
        if part.mood is Mood.DO and not part.ending and self._stands_in(route, entities.text):
            return None
        prepared = self._prepared(route.tool)
        entities = replace(entities, evening=bool(context.results) and self._answers.evening(prepared))
        filled = self._filler.fill(prepared, entities, context)
        filled = self._courtesies.without(filled, entities.text, route.tool)
        filled, beside = self._beside.parted(route.tool, filled, entities, context)
        filled = replace(filled, arguments=with_empty_groups(route.tool, filled.arguments))
        unsaid = self._prepared.unsaid(route.tool, filled.arguments, entities.lowered)
        filled = replace(filled, arguments={**filled.arguments, **unsaid})
        missing = tuple(name for name in route.tool.required if name not in filled.arguments)
        carried = self._beside.carried(route.tool, missing, context)
        passed = self._gate.passed(part, entities.text, route.tool, {**filled.arguments, **carried}, filled.spans)
        if passed.arguments is None:
            return None
        unplaced = self._unplaced(part, entities.text, route.tool, passed.arguments, filled.spans)
        given = {name: value for name, value in passed.arguments.items() if name not in unplaced}
        filled = replace(filled, arguments=given)
        wanted = dict.fromkeys((*route.tool.required, *unplaced))
        missing = tuple(name for name in wanted if name not in filled.arguments)
        looks = self._gate.looks(prepared.tool, filled.arguments)
        untimed = "" if looks else untaken_time(prepared, entities, filled.spans, self._before_times)
        found = Interpretation(
            route.tool.qualified,
            filled.arguments,
            missing,
            route.score,
            {name: span for name, span in filled.spans.items() if name not in unplaced},
            beside,
            untimed=untimed,
            invalid=filled.invalid,
            guessed=filled.guessed.intersection(filled.arguments),
        )
        return meant.interpretation(found)

    def _unplaced(
        self, part: MoodPart, text: str, tool: Tool, given: Mapping[str, JSON], spans: Mapping[str, Span]
    ) -> tuple[str, ...]:
        """Return the parameters whose position was said in words that no argument took; none for what only looks."""
        acts = part.mood is Mood.DO and not self._gate.may_answer(tool)
        return self._positions.unplaced(text, tool, given, spans) if acts else ()


def timeless(entities: Entities) -> str:
    """Return the sentence without its days and times; "" where it has none, or nothing else."""
    spent = {i for found in entities.moments for i in range(found.start, found.end)}
    kept = [word.text for i, word in enumerate(entities.words) if i not in spent]
    return " ".join(kept) if spent and len(kept) > 1 else ""


def core(entities: Entities, message: tuple[int, int] | None) -> str:
    """Return the sentence without the words that it merely passes on; "" where it passes on none."""
    if message is None:
        return ""
    words = entities.words
    return (entities.text[: words[message[0]].start] + entities.text[words[message[1] - 1].end :]).strip()
