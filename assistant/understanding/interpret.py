"""From what was said to what it may mean: composes control words, answers, routing and slots.

Pure but for loading the bundled word vectors once: the same words in the same context always give the same reading.
It proposes; nothing here decides or acts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.understanding.answers.answers import Answers
from assistant.understanding.answers.clauses import Clauses
from assistant.understanding.answers.control_words import Controls
from assistant.understanding.answers.yes_or_no import Answer, Confirming
from assistant.understanding.beside import Beside
from assistant.understanding.language import Language, language
from assistant.understanding.learning.index_cache import Kept, keeping
from assistant.understanding.planning import Planner
from assistant.understanding.reading import Context, Control, Interpretation, Reading, Span
from assistant.understanding.references import References, Rewritten, vocabulary
from assistant.understanding.routing.embeddings import Embeddings, word_vectors
from assistant.understanding.routing.fitting import Fitting
from assistant.understanding.routing.router import Route, Router
from assistant.understanding.slots.entities import Entities, EntityFinder
from assistant.understanding.slots.fill import Filled, Filler, PreparedTool
from assistant.understanding.slots.parameters import Kind
from assistant.understanding.templates import exact, examples_of, templates_of
from assistant.understanding.words import plain
from client.catalog import Catalog, Tool
from client.values import JSON

MOST_INTERPRETATIONS = 4
MOST_ALTERNATIVES = 5
EXACT = 0.98
"""Score of a sentence that is one of a tool's examples."""
SURE = 0.8
"""Score from which another tool outweighs an example that happens to fit."""
CLEAR = 0.6
"""Score from which half a sentence counts as a request of its own."""
LATER, UNSAID = 0.15, 0.05
"""What a later alternative of the recognizer, and a required argument without words, take off a score."""
CONTINUED = 0.85
"""Score of what goes on from the request before."""
REPAIRED = 0.8
"""What is left of a score where words had to be taken for others that sound alike."""
LONGEST_REFERENCE = 8
"""Words of a sentence that may be about "it" alone."""
LONGEST_TEXT = 2000
"""Characters that are looked at; speech of ten seconds has about 200."""


class Interpreter:
    """Reads utterances against one catalog."""

    def __init__(
        self,
        catalog: Catalog,
        *,
        embeddings: Embeddings | None = None,
        spoken: Language | None = None,
        taught: Mapping[str, Sequence[str]] | None = None,
        kept: Kept | None = None,
    ) -> None:
        """`taught` holds, by qualified name, further examples of tools: what this driver confirmed or corrected.

        `kept` is where what was learned from the catalog's examples is kept for the next start.
        """
        self._catalog = catalog
        self._language = spoken or language()
        self._embeddings = embeddings or word_vectors()
        more = taught or {}
        self._examples = {  # unknown paths are warned of here
            tool.qualified: examples_of(tool, tuple(more.get(tool.qualified, ()))) for tool in catalog
        }
        self._finder = EntityFinder(self._language)
        self._filler = Filler(self._language, self._embeddings, self._finder)
        self._confirming = Confirming(self._language)
        self._controls = Controls(self._language, self._confirming)
        self._answers = Answers(self._language, self._filler, self._finder, self._confirming)
        self._clauses = Clauses(self._language)
        self._prepared: dict[str, PreparedTool] = {}
        self._references = References(self._language)
        self._it = frozenset(self._language.words("references", "it"))
        self._known, self._sounds = vocabulary(catalog, self._language)
        self._fitting = Fitting(self._language, self._tool)
        examples = [self._examples[tool.qualified] for tool in catalog]
        planner = Planner(catalog, spoken=self._language)
        self._beside = Beside(catalog, planner, self._filler, self._finder, self._tool)
        self._templates = templates_of(self._examples, catalog.tools)
        with keeping(kept):
            self._router = Router(catalog.tools, examples, self._language, self._embeddings)
            for tool in catalog:
                self._tool(tool)  # now, not when somebody speaks: learning from 70 examples takes 0.3 s a tool

    def read(self, alternatives: Sequence[str], context: Context) -> Reading:
        """Return what was said may mean: the best reading among the recognizer's alternatives (best first).

        All are tried; a later one is taken where it makes clearly more sense, and what answers a question at once.
        """
        texts = [text[:LONGEST_TEXT] for text in alternatives if text.strip()][:MOST_ALTERNATIVES]
        best: Reading | None = None
        worth = 0.0
        for rank, text in enumerate(dict.fromkeys(texts)):
            reading = self._read(text, context)
            if context.confirming and reading.control is Control.YES and self._controls.doubts(texts, rank):
                return Reading(text=text)
            if reading.control or reading.changes or reading.invalid or reading.choice is not None:
                return best or reading
            if reading.interpretations:
                first = reading.interpretations[0]
                told = first.score - LATER * rank - UNSAID * len(first.missing)
                if best is None or told > worth:
                    best, worth = reading, told
        return best or Reading(text=texts[0] if texts else "")

    def values(self, tool: str, text: str, context: Context) -> Mapping[str, JSON]:
        """Return what a sentence says for the parameters of a tool, whatever tool it asks for; {} for unknown tools."""
        found = self._catalog.find(tool)
        if found is None:
            return {}
        entities = self._finder.find(text[:LONGEST_TEXT], context.now, context.utc_offset, context.codes)
        return self._filler.fill(self._tool(found), entities, context, left=False).arguments

    def _read(self, text: str, context: Context) -> Reading:
        control = self._controls.find(text, confirming=context.confirming)
        if control is Control.YES and not self._controls.plain_yes(text) and self._means_another(text, context):
            control = None
        if (context.asked or context.options) and not context.confirming and self._refuses(text, context):
            return Reading(control=Control.NEVER_MIND, text=text)
        choice = self._answers.choice(text, context.options)
        said = Filled({}, {})
        pending = self._pending(context)
        if pending is not None and control in (None, Control.NO, Control.YES):
            said = self._changes(text, pending, context, control)
        if control is not None:
            return Reading(control=control, changes=said.arguments, choice=choice, text=text)
        if context.confirming and self._confirming.answer(text) is Answer.UNCLEAR:
            said = Filled({}, {}, said.invalid)
        return Reading(
            changes=said.arguments,
            choice=choice,
            beside=self._beside_answer(text, context, said),
            interpretations=self._requests(text, context),
            text=text,
            invalid=said.invalid,
            opens_request=self._clauses.opens_request(text),
        )

    def _refuses(self, text: str, context: Context) -> bool:
        """Return whether an answer refuses the question; a no may be the very value that was asked for."""
        if not self._controls.refuses(text):
            return False
        prepared = self._pending(context)
        slots = prepared.slots if prepared is not None and context.asked else ()
        return not any(slot.path[0] == context.asked and slot.kind in (Kind.BOOLEAN, Kind.ENUM) for slot in slots)

    def _pending(self, context: Context) -> PreparedTool | None:
        """Return what an answer may fill: the form of a server that asks, else the tool of the request in hand."""
        if context.form:
            form = Tool("", "form", "", "", context.form)
            return PreparedTool(form, (), self._finder, self._embeddings)
        pending = self._catalog.find(context.pending_tool) if context.pending_tool else None
        return self._tool(pending) if pending is not None else None

    def _means_another(self, text: str, context: Context) -> bool:
        """Return whether words such as "call him" clearly ask for a tool other than the one that is pending."""
        routes = self._router.routes(text)
        return bool(routes) and routes[0].score >= CLEAR and routes[0].tool.qualified != context.pending_tool

    def _changes(self, text: str, prepared: PreparedTool, context: Context, control: Control | None) -> Filled:
        nothing = Filled({}, {})
        if control is not None and not context.asked:
            return nothing
        if control is not None:
            slot = next((slot for slot in prepared.slots if slot.name == context.asked), None)
            if slot is None or slot.kind is not Kind.BOOLEAN:
                return nothing
        return self._answers.changes(text, prepared, context)

    def _requests(self, text: str, context: Context) -> tuple[Interpretation, ...]:
        pointed = self._pointed(text, context)
        if pointed and pointed[0].score >= CLEAR:
            return pointed
        continued = self._continued(text, context)
        if continued is not None or pointed:
            return (continued,) if continued is not None else pointed
        found = self._asked(text, context)
        return found or self._repaired(text, context)

    def _pointed(self, text: str, context: Context) -> tuple[Interpretation, ...]:
        """Return what a sentence means whose "there", "her" or "the second one" is known from before."""
        return self._asked(text, context) if self._heard(text, context)[0].pieces else ()

    def _heard(self, text: str, context: Context) -> tuple[Rewritten, Entities]:
        """Return the sentence with stand-ins for words that point elsewhere, and what it holds."""
        entities = self._finder.find(text, context.now, context.utc_offset, context.codes)
        previous = self._catalog.find(context.previous_tool) if context.previous_tool else None
        if previous is None and not context.results:
            return Rewritten(text), entities
        slots = self._tool(previous).slots if previous is not None else ()
        meant = self._references.resolved(entities.text, context, slots, self._filler.message(entities))
        if not meant.pieces:
            return meant, entities
        found = self._finder.find(meant.text, context.now, context.utc_offset, context.codes)
        return meant, replace(found, names=meant.names)

    def _repaired(self, text: str, context: Context) -> tuple[Interpretation, ...]:
        """Return what a sentence means that means nothing, its words taken for the catalog's that sound alike."""
        meant = self._references.repaired(text, self._sounds, self._known)
        if not meant.pieces:
            return ()
        found = [meant.interpretation(each) for each in self._asked(meant.text, context) if each.score >= CLEAR]
        return tuple(replace(each, score=each.score * REPAIRED) for each in found)

    def _continued(self, text: str, context: Context) -> Interpretation | None:
        """Return the request before with what is new: "and tomorrow?", "the same but at eight", "turn it off"."""
        previous = self._catalog.find(context.previous_tool) if context.previous_tool else None
        if previous is None:
            return None
        opening = self._clauses.continues(text)
        bare = plain(text).split()
        pointing = len(bare) <= LONGEST_REFERENCE and bool(set(bare) & self._it)
        if opening is None and not pointing:
            return None
        same, rest = opening if opening is not None else (False, text)
        routes = self._router.routes(rest)
        if not same and routes and routes[0].score >= CLEAR and routes[0].tool is not previous:
            return None
        meant, entities = self._heard(rest, context)
        prepared = self._tool(previous)
        entities = replace(entities, afternoon=self._answers.afternoon(prepared, context.previous_arguments))
        filled = self._filler.fill(prepared, entities, context, left=not pointing)
        if not filled.arguments and not (same and not rest.strip(" ?.!")):
            return None
        offset = len(text) - len(rest)
        arguments = {**context.previous_arguments, **filled.arguments}
        missing = tuple(name for name in previous.required if name not in arguments)
        back = {name: meant.back(span) for name, span in filled.spans.items()}
        spans = {name: Span(span.start + offset, span.end + offset) for name, span in back.items()}
        return Interpretation(previous.qualified, arguments, missing, CONTINUED, spans)

    def _asked(self, text: str, context: Context) -> tuple[Interpretation, ...]:
        parted = self._parted(text, context)
        if parted is not None:
            return (parted,)
        heard = self._heard(text, context)
        if self._clauses.continues(text) and self._is_only_when(heard[1]):
            return ()  # "and tomorrow?" goes on from something, or from nothing
        routes = self._routes(heard[1])[:MOST_INTERPRETATIONS]
        return tuple(self._interpret(route, heard, context) for route in routes)

    def _is_only_when(self, entities: Entities) -> bool:
        """Return whether a sentence says nothing but a day or time."""
        spent = {i for found in entities.moments for i in range(found.start, found.end)}
        left = (word for i, word in enumerate(entities.words) if i not in spent and word.spoken)
        return bool(spent) and all(word.lower in self._language.common for word in left)

    def _routes(self, entities: Entities) -> list[Route]:
        """Return the tools that fit; one whose own example this is, values aside, comes first."""
        text = entities.text
        message = self._filler.message(entities)
        routes = self._fitting.weighed(self._passing_on(entities, message), entities, message)
        same = exact(self._templates, text)
        if same is None or (routes and routes[0].tool is not same and routes[0].score >= SURE):
            return routes
        others = [Route(route.tool, route.score / 2) for route in routes if route.tool is not same]
        return [Route(same, EXACT), *others]

    def _passing_on(self, entities: Entities, message: tuple[int, int] | None) -> list[Route]:
        """Return the routes; words that a sentence passes on ("text Anna turn on the lights") ask for nothing."""
        bare = core(entities, message)
        if bare:
            asked = self._filler.without_persons(entities, bare)  # "tell", of "tell Anna"
            routes = self._router.routes(bare) or self._router.routes(asked)
            if routes and self._tool(routes[0].tool).passes_on:
                return [replace(routes[0], score=max(routes[0].score, SURE)), *routes[1:]]
        return self._router.routes(entities.text, bare, timeless(entities))

    def _parted(self, text: str, context: Context) -> Interpretation | None:
        """Return the requests of one sentence, where each part clearly asks for something of its own."""
        for first, second in self._clauses.halves(text):
            if not self._clauses.opens_request(second):
                continue
            one = self._clear(self._heard(first, context), context)
            if one is None:
                continue
            after = replace(context, previous_tool=one.tool, previous_arguments=one.arguments, results=())
            two = self._parted(second, after) or self._clear(self._heard(second, after), after)
            if two is None:
                continue
            if one.tool == two.tool and not self._clauses.same_opening(first, second):
                continue
            offset = text.index(second, len(first))
            further = tuple(_shifted(each, offset) for each in (replace(two, then=()), *two.then))
            return replace(one, then=further, score=min(one.score, two.score))
        return None

    def _clear(self, heard: tuple[Rewritten, Entities], context: Context) -> Interpretation | None:
        """Return what half a sentence asks for, where that is clear."""
        routes = self._routes(heard[1])
        return self._interpret(routes[0], heard, context) if routes and routes[0].score >= CLEAR else None

    def _beside_answer(self, text: str, context: Context, said: Filled) -> Mapping[str, Mapping[str, JSON]]:
        """Return what an answer says beyond what was asked, where something is looked up on the way to a goal."""
        if not context.goal_tool or context.goal_tool == context.pending_tool:
            return {}
        return self._beside.of(context.goal_tool, text, context, tuple(said.spans.values()))

    def _interpret(self, route: Route, heard: tuple[Rewritten, Entities], context: Context) -> Interpretation:
        meant, entities = heard
        prepared = self._tool(route.tool)
        entities = replace(entities, evening=bool(context.results) and self._answers.evening(prepared))
        filled = self._filler.fill(prepared, entities, context)
        filled, beside = self._beside.parted(route.tool, filled, entities, context)
        missing = tuple(name for name in route.tool.required if name not in filled.arguments)
        carried = self._beside.carried(route.tool, missing, context)
        filled = replace(filled, arguments={**filled.arguments, **carried})
        missing = tuple(name for name in missing if name not in carried)
        found = Interpretation(
            route.tool.qualified,
            filled.arguments,
            missing,
            route.score,
            filled.spans,
            beside,
            invalid=filled.invalid,
        )
        return meant.interpretation(found)

    def _tool(self, tool: Tool) -> PreparedTool:
        prepared = self._prepared.get(tool.qualified)
        if prepared is None:
            examples = self._examples.get(tool.qualified, ())
            prepared = PreparedTool(tool, examples, self._finder, self._embeddings)
            self._prepared[tool.qualified] = prepared
        return prepared


def _shifted(found: Interpretation, offset: int) -> Interpretation:
    return replace(found, spans={n: Span(s.start + offset, s.end + offset) for n, s in found.spans.items()})


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
