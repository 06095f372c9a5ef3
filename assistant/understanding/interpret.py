"""From what was said to what it may mean: composes control words, answers, routing and slots.

Pure but for loading the bundled word vectors once: the same words in the same context always give the same reading.
It proposes; nothing here decides or acts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.understanding.answers.clauses import Clauses
from assistant.understanding.answers.control_words import STEERING, Controls
from assistant.understanding.answers.readings_of_answers import Answers
from assistant.understanding.answers.yes_or_no import YesOrNo, YesOrNoReader
from assistant.understanding.beside import Beside
from assistant.understanding.beyond import Beyond, is_vague
from assistant.understanding.completing import Completing
from assistant.understanding.continuing import Continuing
from assistant.understanding.explaining import Explanation, explained
from assistant.understanding.language import Language, language
from assistant.understanding.learning.index_cache import IndexFolder, keeping
from assistant.understanding.mood import Mood, MoodPart, asking
from assistant.understanding.mood_gate import Gate
from assistant.understanding.mood_words import IDLE
from assistant.understanding.planning import Planner
from assistant.understanding.proposing import CLEAR, Proposals
from assistant.understanding.reading import Context, Control, Half, Interpretation, Reading, Span, shifted
from assistant.understanding.references import REPAIRED, References, Rewritten, vocabulary
from assistant.understanding.routing.embeddings import Embeddings, word_vectors
from assistant.understanding.routing.fitting import Fitting
from assistant.understanding.routing.router import Router
from assistant.understanding.sayable import Sayable
from assistant.understanding.several import Several
from assistant.understanding.slots.entities import Entities, EntityFinder
from assistant.understanding.slots.fill import Filled, Filler
from assistant.understanding.slots.prepared import PreparedTool, PreparedTools
from assistant.understanding.templates import examples_of, templates_of
from assistant.understanding.tokens import plain
from assistant.understanding.wishes import Wishes
from client.catalog import Catalog, Tool
from client.values import JSON

MOST_ALTERNATIVES = 5
LATER, UNSAID = 0.15, 0.05
"""What a later alternative of the recognizer, and a required argument without words, take off a score."""
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
        kept: IndexFolder | None = None,
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
        self._confirming = YesOrNoReader(self._language)
        self._controls = Controls(self._language, self._confirming)
        self._answers = Answers(self._language, self._filler, self._finder, self._confirming)
        self._clauses = Clauses(self._language)
        self.gate = Gate(self._language)
        """What every proposal must pass, an outside one too."""
        self._tool = PreparedTools(catalog, self._examples, self._finder, self._embeddings)
        self._references = References(self._language)
        self._known, self._sounds = vocabulary(catalog, self._language)
        examples = [self._examples[tool.qualified] for tool in catalog]
        planner = Planner(catalog, spoken=self._language)
        self._wishes = Wishes(self._language)
        self._completing = Completing(self._language)
        self._beyond = Beyond(catalog.tools, self._language)
        self._several = Several(catalog, self._language, self._clear, lambda tool: self._tool(tool).slots)
        self._beside = Beside(catalog, planner, self._filler, self._finder, self._tool)
        with keeping(kept):
            self._router = Router(catalog.tools, examples, self._language, self._embeddings)
            self._proposals = self._proposing()
            for tool in catalog:
                self._tool(tool)  # now, not when somebody speaks: learning from 70 examples takes 0.3 s a tool
        self._continuing = Continuing(
            self._language, self._clauses, self._router, self.gate, self._answers, self._filler, self._tool, self._heard
        )

    def _proposing(self) -> Proposals:
        return Proposals(
            self._catalog,
            router=self._router,
            fitting=Fitting(self._language, self._tool),
            filler=self._filler,
            gate=self.gate,
            answers=self._answers,
            beside=self._beside,
            templates=templates_of(self._examples, self._catalog.tools, self._language),
            prepared=self._tool,
            language=self._language,
        )

    def read(self, alternatives: Sequence[str], context: Context) -> Reading:
        """Return what was said may mean: the best reading among the recognizer's alternatives (best first).

        All are tried; a later one is taken where it makes clearly more sense, and what answers a question at once.
        """
        texts = [text[:LONGEST_TEXT] for text in alternatives if text.strip()][:MOST_ALTERNATIVES]
        best: Reading | None = None
        worth = 0.0
        moods = {text: self.gate.moods.of(text) for text in texts}
        for rank, text in enumerate(dict.fromkeys(texts)):
            if rank and moods[texts[0]] is not Mood.DO and moods[text] is Mood.DO:
                continue  # what was heard first as a question or a refusal is no request in another hearing
            reading = self._read(text, context)
            if context.confirming and reading.control is Control.YES and self._controls.doubts(texts, rank):
                return Reading(text=text)
            if reading.control or reading.changes or reading.invalid or reading.choice is not None:
                return best or reading
            if reading.interpretations:
                first = reading.interpretations[0]
                told = first.score - LATER * rank - UNSAID * len(first.missing)
                if best is None or not best.interpretations or told > worth:
                    best, worth = reading, told
            elif best is None and (reading.mood is not Mood.DO or reading.half is not None or reading.beyond):
                best = reading
        if best is not None and self._doubted(best, moods):
            return Reading(text=best.text)
        return best or Reading(text=texts[0] if texts else "")

    def _doubted(self, reading: Reading, moods: Mapping[str, Mood]) -> bool:
        """Return whether a deed is asked for in one hearing and refused or dropped in another."""
        if not reading.interpretations or not {*IDLE, Mood.DROP} & set(moods.values()):
            return False
        tools = [self._catalog.find(each.tool) for one in reading.interpretations[:1] for each in (one, *one.then)]
        changes = any(tool is not None and not self.gate.may_answer(tool) for tool in tools)
        return changes and moods[reading.text] is Mood.DO

    def values(self, tool: str, text: str, context: Context) -> Mapping[str, JSON]:
        """Return what a sentence says for the parameters of a tool, whatever tool it asks for; {} for unknown tools."""
        found = self._catalog.find(tool)
        if found is None:
            return {}
        entities = self._finder.find(text[:LONGEST_TEXT], context.now, context.utc_offset, context.codes)
        return self._filler.fill(self._tool(found), entities, context, left=False).arguments

    def sayable(self, context: Context, turn: int = 0) -> tuple[str, ...]:
        """Return sentences that these tools understand (`Sayable.sentences`); the next ones with each `turn`."""
        bare = Context(now=context.now, utc_offset=context.utc_offset, here=context.here)
        examples, read = self._examples, self.read
        offered = Sayable(self._language, lambda tool: examples[tool.qualified], lambda said: read([said], bare))
        return offered.sentences(self._catalog.tools, turn)

    def explain(self, text: str, context: Context) -> Explanation:
        """Return how a sentence is understood in its context, stage by stage."""
        text = text[:LONGEST_TEXT]
        return explained(text, self.read([text], context), self._router, self.gate)

    def _read(self, text: str, context: Context) -> Reading:
        control = self._controls.find(text, confirming=context.confirming)
        if control is Control.YES and not self._controls.plain_yes(text) and self._means_another(text, context):
            control = None
        mere = self._controls.is_mere(text) and not self._answers.takes_bare(text, self._pending(context), context)
        if (context.asked or context.options) and not context.confirming and mere and self._controls.refuses(text):
            return Reading(control=Control.NEVER_MIND, text=text)
        if mere and control is None:
            return Reading(text=text)
        choice = None if mere and control not in STEERING else self._answers.choice(text, context.options)
        if control in STEERING and choice is not None and plain(text) == plain(context.options[choice]):
            control = None  # "next", where that is one of the things offered
        said = Filled({}, {})
        pending = self._pending(context)
        if pending is not None and control in (None, Control.NO, Control.YES):
            said = self._changes(text, pending, context, control)
        if control is not None:
            return Reading(control=control, changes=said.arguments, choice=choice, text=text)
        if context.confirming and self._confirming.answer(text) is YesOrNo.UNCLEAR:
            said = Filled({}, {}, said.invalid)
        parts = self.gate.moods.parts(text)
        if parts[0].mood is Mood.DROP and not (context.confirming and said.arguments):
            return Reading(control=Control.NEVER_MIND, text=text, mood=Mood.DROP)
        if parts[0].mood is Mood.DO_NOT:
            choice = self._answers.otherwise(choice, context.options)
        if parts[0].mood is Mood.UNDO and parts[0].bare:
            return Reading(control=Control.UNDO, text=text, mood=Mood.UNDO)
        asked = self._wished(text, context) or self._requests(text, context, parts)
        if asked.mood is Mood.DO and (not asked.interpretations or is_vague(asked.interpretations)):
            asked = replace(asked, beyond=self._beyond.deed(text))
        return replace(
            asked,
            changes=said.arguments,
            choice=choice,
            beside=self._beside_answer(text, context, said),
            invalid=said.invalid,
            opens_request=self._clauses.opens_request(text),
        )

    def _wished(self, text: str, context: Context) -> Reading | None:
        """Return what a complaint asks for ("I'm cold"), if some tool clearly does it."""
        meant = self._wishes.meant(text)
        found = self._requests(meant, context, self.gate.moods.parts(meant)).interpretations if meant else ()
        if not found or found[0].score < CLEAR:
            return None
        return Reading(interpretations=tuple(replace(each, spans={}) for each in found), text=text)

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
        if control is not None and not self._answers.takes_bare(text, prepared, context):
            return nothing
        return self._answers.changes(text, prepared, context)

    def _requests(self, text: str, context: Context, parts: Sequence[MoodPart]) -> Reading:
        """Return the requests of an utterance, each part of it in its own mood."""
        parts = asking(parts)
        wanted: list[Interpretation] = []
        left: list[str] = []
        several = len(parts) > 1
        found: tuple[Interpretation, ...] = ()
        for part in (each for each in parts if each.mood not in IDLE):
            both = self._both(text, context, part)
            found = both or tuple(
                shifted(each, part.start) for each in self._wanted(text[part.start : part.end], context, part)
            )
            if part.told is not None and not both:
                found = self._led(found, text, context, part, part.told)
            served = [each for one in found[:1] for each in (replace(one, then=()), *one.then)] if several else []
            wanted += served
            if not any(each.score >= CLEAR for each in served) and self._clauses.opens_request(
                said := text[part.start : part.end]
            ):
                left.append(self._clauses.without_joins(said))
        wanted = [each for each in wanted if each.score >= CLEAR] or sorted(wanted, key=lambda each: -each.score)[:1]
        refuses = any(part.mood is Mood.DO_NOT for part in parts)
        if several and wanted:
            found = (
                replace(wanted[0], then=tuple(wanted[1:]), left=" ".join(left) if wanted[0].score >= CLEAR else ""),
            )
        if found:
            mood = next(part.mood for part in parts if part.mood not in IDLE)
            return Reading(interpretations=found, text=text, mood=mood, refuses=refuses)
        first = next((part for part in parts if part.mood in IDLE), parts[0])
        return Reading(
            text=text,
            mood=first.mood,
            refuses=refuses,
            about=self._about(text, context) if first.mood in (Mood.DO_NOT, Mood.UNDO) else (),
            half=self._half(text[first.start : first.end], context, first),
        )

    def _both(self, text: str, context: Context, part: MoodPart) -> tuple[Interpretation, ...]:
        """Return two requests of which the first looked like a statement: "flash the lights, then lock the doors"."""
        if part.told is None:
            return ()
        whole = replace(part, start=part.told, told=None)
        found = self._several.parted(text[part.told : part.end], context, whole)[0]
        return (shifted(found, part.told),) if found is not None else ()

    def _led(
        self, found: tuple[Interpretation, ...], text: str, context: Context, part: MoodPart, told: int
    ) -> tuple[Interpretation, ...]:
        """Return requests with what statements before them say; without requests, what the whole of it asks for."""
        if not found:
            return self._begun(text, context, replace(part, start=told, told=None), part.start)
        said, statements = text[part.start : part.end], Span(told, part.start)
        led = [(each, self._beside.led(each, text, statements, context)) for each in found]
        return tuple(more if self._stands(more, said, part) else each for each, more in led)

    def _stands(self, found: Interpretation, said: str, part: MoodPart) -> bool:
        tool = self._catalog.find(found.tool)
        return tool is not None and self.gate.passed(part, said, tool, found.arguments, {}).arguments == found.arguments

    def _begun(self, text: str, context: Context, part: MoodPart, end: int) -> tuple[Interpretation, ...]:
        """Return what a part asks for if its beginning, up to the character `end`, clearly asks for that already."""
        said = text[part.start : part.end]
        if len(self.gate.moods.parts(said)) > 1:
            return ()  # a statement or question of its own; "bake at 150, note it" is one request
        begun, whole = self._wanted(text[part.start : end], context, part), self._wanted(said, context, part)
        alike = begun and whole and begun[0].tool == whole[0].tool and begun[0].score >= CLEAR
        return tuple(shifted(each, part.start) for each in whole) if alike else ()

    def _about(self, text: str, context: Context) -> tuple[str, ...]:
        """Return the tools that a refusal may speak of, likeliest first."""
        return tuple(route.tool.qualified for route in self._router.routes(self._heard(text, context)[0].text))

    def _half(self, text: str, context: Context, part: MoodPart) -> Half | None:
        """Return what the tool that fits best does instead of what was said, if it was left for that."""
        if part.mood is not Mood.DO:
            return None
        entities = self._heard(text, context)[1]
        if not self._router.routes(entities.text):
            return None
        for route in self._proposals.routes(entities, replace(part, mood=Mood.DO), gated=False)[:1]:
            filled = self._filler.fill(self._tool(route.tool), entities, context)
            return self.gate.passed(part, entities.text, route.tool, filled.arguments, filled.spans).half
        return None

    def _wanted(self, text: str, context: Context, part: MoodPart) -> tuple[Interpretation, ...]:
        pointed = self._pointed(text, context, part)
        if pointed and pointed[0].score >= CLEAR:
            return pointed
        continued = self._continued(text, context, part)
        if continued is not None or pointed:
            return (continued,) if continued is not None else pointed
        found = self._asked(text, context, part)
        return found or self._repaired(text, context, part) or self._completed(text, context, part)

    def _completed(self, text: str, context: Context, part: MoodPart) -> tuple[Interpretation, ...]:
        """Return what an order means that goes without its verb, or has it at its end."""
        elliptic = part.mood is Mood.DO and self.gate.moods.is_elliptic(text)
        whole = self._completing.whole(text, elliptic=elliptic)
        return tuple(map(whole.back, self._asked(whole.text, context, part))) if whole is not None else ()

    def _pointed(self, text: str, context: Context, part: MoodPart) -> tuple[Interpretation, ...]:
        """Return what a sentence means whose "there", "her" or "the second one" is known from before."""
        return self._asked(text, context, part) if self._heard(text, context)[0].pieces else ()

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

    def _repaired(self, text: str, context: Context, part: MoodPart) -> tuple[Interpretation, ...]:
        """Return what a sentence means that means nothing, its words taken for the catalog's that sound alike."""
        meant = self._references.repaired(text, self._sounds, self._known)
        if not meant.pieces:
            return ()
        found = [meant.interpretation(each) for each in self._asked(meant.text, context, part) if each.score >= CLEAR]
        return tuple(replace(each, score=each.score * REPAIRED) for each in found)

    def _continued(self, text: str, context: Context, part: MoodPart) -> Interpretation | None:
        previous = self._catalog.find(context.previous_tool) if context.previous_tool else None
        return self._continuing.of(text, previous, context, part) if previous is not None else None

    def _asked(self, text: str, context: Context, part: MoodPart) -> tuple[Interpretation, ...]:
        parted, partings = self._several.parted(text, context, part)
        if parted is not None:
            return (parted,)
        heard = self._heard(text, context)
        if self._clauses.continues(text) and self._is_only_when(heard[1]):
            return ()  # "and tomorrow?" goes on from something, or from nothing
        return self._several.with_left(self._proposals.proposed(heard, context, part), partings)

    def _is_only_when(self, entities: Entities) -> bool:
        """Return whether a sentence says nothing but a day or time."""
        spent = {i for found in entities.moments for i in range(found.start, found.end)}
        left = (word for i, word in enumerate(entities.words) if i not in spent and word.spoken)
        return bool(spent) and all(word.lower in self._language.common for word in left)

    def _clear(self, text: str, context: Context, part: MoodPart) -> Interpretation | None:
        """Return what half a sentence asks for, where that is clear: that it asks, if not which of two alike tools."""
        found = self._proposals.proposed(self._heard(text, context), context, part)
        return found[0] if found and sum(each.score for each in found) >= CLEAR else None

    def _beside_answer(self, text: str, context: Context, said: Filled) -> Mapping[str, Mapping[str, JSON]]:
        """Return what an answer says beyond what was asked, where something is looked up on the way to a goal."""
        if not context.goal_tool or context.goal_tool == context.pending_tool:
            return {}
        return self._beside.of(context.goal_tool, text, context, tuple(said.spans.values()))
