"""From what was said to what it may mean: composes control words, answers, routing and slots.

Pure but for loading the bundled word vectors once: the same words in the same context always give the same reading.
It proposes; nothing here decides or acts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.understanding.acts_apart import ActsApart
from assistant.understanding.answers.clauses import Clauses
from assistant.understanding.answers.control_words import STEERING, Controls
from assistant.understanding.answers.readings_of_answers import Answers
from assistant.understanding.answers.yes_or_no import YesOrNo, YesOrNoReader
from assistant.understanding.beside import Beside
from assistant.understanding.beyond import Beyond, is_vague
from assistant.understanding.explaining import Explanation, explained
from assistant.understanding.language import Language, language
from assistant.understanding.learning.index_cache import IndexFolder, keeping
from assistant.understanding.mood import Mood
from assistant.understanding.mood_gate import Gate
from assistant.understanding.mood_words import IDLE
from assistant.understanding.plainer import plainer
from assistant.understanding.planning import Planner
from assistant.understanding.proposing import CLEAR, Proposals
from assistant.understanding.reading import Context, Control, Reading
from assistant.understanding.requesting import Requests
from assistant.understanding.routing.embeddings import Embeddings, word_vectors
from assistant.understanding.routing.fitting import Fitting
from assistant.understanding.routing.router import Router
from assistant.understanding.routing.sentence_model import SentenceEncoder, installed_encoder
from assistant.understanding.sayable import Sayable
from assistant.understanding.slots.entities import EntityFinder
from assistant.understanding.slots.fill import Filled, Filler
from assistant.understanding.slots.prepared import PreparedTool, PreparedTools
from assistant.understanding.strange_things import StrangeThings
from assistant.understanding.templates import examples_of, templates_of
from assistant.understanding.tokens import name_words, plain
from assistant.understanding.wishes import Wishes
from client.catalog import Catalog, Tool
from client.values import JSON

MOST_ALTERNATIVES = 5
LATER, UNSAID = 0.15, 0.05
"""What a later alternative of the recognizer, and a required argument without words, take off a score."""
ORDERED = 0.5
"""Score from which words that name a thing of a tool beside others order it, whatever is asked for."""
LONGEST_TEXT = 2000
"""Characters that are looked at; speech of ten seconds has about 200."""


class Interpreter:
    """Reads utterances against one catalog."""

    def __init__(
        self,
        catalog: Catalog,
        *,
        embeddings: Embeddings | None = None,
        encoder: SentenceEncoder | None = None,
        spoken: Language | None = None,
        taught: Mapping[str, Sequence[str]] | None = None,
        kept: IndexFolder | None = None,
        at_once: bool = True,
    ) -> None:
        """`taught` holds, by qualified name, further examples of tools: what this driver confirmed or corrected.

        `kept` is where what was learned from the catalog's examples is kept for the next start. `at_once` is whether
        every tool is read now: for one sentence, only those that it may mean are worth the time.
        """
        self._language = spoken or language()
        self._apart = ActsApart(plainer(catalog), self._language)
        self._catalog = catalog = self._apart.catalog
        self._embeddings = embeddings or word_vectors()
        more = taught or {}
        self._examples = {  # unknown paths are warned of here
            tool.qualified: examples_of(tool, tuple(more.get(tool.qualified, ()))) for tool in catalog
        }
        self._finder = EntityFinder(self._language)
        self._filler = Filler(self._language, self._embeddings, self._finder)
        self._kept = kept
        self._confirming = YesOrNoReader(self._language)
        self._controls = Controls(self._language, self._confirming)
        self.gate = Gate(self._language)
        """What every proposal must pass, an outside one too."""
        self._answers = Answers(self._language, self._filler, self._finder, self._confirming, self.gate.moods)
        self._clauses = Clauses(self._language)
        self._tool = PreparedTools(catalog, self._examples, self._finder, self._embeddings)
        examples = [self._examples[tool.qualified] for tool in catalog]
        planner = Planner(catalog, spoken=self._language)
        self._wishes = Wishes(self._language)
        self._beyond = Beyond(catalog.tools, self._language)
        self._beside = Beside(catalog, planner, self._filler, self._finder, self._tool)
        with keeping(kept):
            self._router = Router(
                catalog.tools, examples, self._language, self._embeddings, encoder=encoder or installed_encoder()
            )
            self._requests = self._reading_requests()
            for tool in catalog if at_once else ():
                self._tool(tool)  # now, not when somebody speaks: learning from 70 examples takes 0.3 s a tool

    def _reading_requests(self) -> Requests:
        proposals = Proposals(
            self._catalog,
            router=self._router,
            fitting=Fitting(self._catalog.tools, self._language, self._tool),
            filler=self._filler,
            gate=self.gate,
            answers=self._answers,
            beside=self._beside,
            templates=templates_of(self._examples, self._catalog.tools, self._language),
            prepared=self._tool,
            strange=StrangeThings(self._catalog, self._language, self._examples),
            language=self._language,
        )
        return Requests(
            self._catalog,
            self._language,
            router=self._router,
            proposals=proposals,
            gate=self.gate,
            beside=self._beside,
            clauses=self._clauses,
            finder=self._finder,
            filler=self._filler,
            answers=self._answers,
            prepared=self._tool,
        )

    def read(self, alternatives: Sequence[str], context: Context) -> Reading:
        """Return what was said may mean: the best reading among the recognizer's alternatives (best first).

        All are tried; a later one is taken where it makes clearly more sense, and what answers a question at once.
        """
        with keeping(self._kept):  # a tool may be read only now
            return self._apart.outside(self._best(alternatives, self._apart.inside(context)))

    def _best(self, alternatives: Sequence[str], context: Context) -> Reading:
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
        found = self._apart.find(tool)
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
        asked = self._wished(text, context) or self._requests.of(text, context, parts)
        if asked.mood is Mood.DO and (not asked.interpretations or is_vague(asked.interpretations)):
            asked = replace(asked, beyond=self._beyond.deed(text))
        return replace(
            asked,
            changes=said.arguments,
            choice=choice,
            beside=self._beside_answer(text, context, said),
            invalid=said.invalid,
            opens_request=self._clauses.opens_request(text),
            orders_another=self._orders_another(text, asked, context),
        )

    def _orders_another(self, text: str, asked: Reading, context: Context) -> bool:
        """Return whether words open as an order of another tool, by a verb or as its name does, and name its thing."""
        best = asked.interpretations[0] if asked.interpretations else None
        tool = self._catalog.find(best.tool) if best is not None else None
        if best is None or tool is None or self._apart.named(tool.qualified) == context.pending_tool:
            return False
        stem = self._language.stem
        named = [stem(word) for word in name_words(tool.name)]
        words = plain(self._clauses.without_pleas(text)).split()
        said = [stem(word) for word in words[1:] if word not in self._language.common]
        if not said or not (self._clauses.opens_request(text) or stem(words[0]) == named[0]):
            return False
        pending = self._apart.find(context.pending_tool)
        verbs = {stem(word) for word in name_words(pending.name)} if pending is not None else set()
        whole = bool(best.arguments) and not best.missing and set(tool.required) <= set(best.spans)
        if whole and best.score >= ORDERED and stem(words[0]) == named[0] and named[0] not in verbs:
            return True  # "add eggs to the list", asked for a path: all that it takes is said
        own = {*named[1:], *(stem(word) for name in tool.properties for word in name_words(name))}
        return own.issuperset(said) or (best.score >= ORDERED and not own.isdisjoint(said))

    def _wished(self, text: str, context: Context) -> Reading | None:
        """Return what a complaint asks for ("I'm cold"), if some tool clearly does it."""
        meant = self._wishes.meant(text)
        found = self._requests.of(meant, context, self.gate.moods.parts(meant)).interpretations if meant else ()
        if not found or found[0].score < CLEAR:
            return None
        return Reading(interpretations=tuple(replace(each, spans={}) for each in found), text=text)

    def _pending(self, context: Context) -> PreparedTool | None:
        """Return what an answer may fill: the form of a server that asks, else the tool of the request in hand."""
        if context.form:
            form = Tool("", "form", "", "", context.form)
            return PreparedTool(form, (), self._finder, self._embeddings)
        pending = self._apart.find(context.pending_tool) if context.pending_tool else None
        return self._tool(pending) if pending is not None else None

    def _means_another(self, text: str, context: Context) -> bool:
        """Return whether words such as "call him" clearly ask for a tool other than the one that is pending."""
        routes = self._router.routes(text)
        return (
            bool(routes)
            and routes[0].score >= CLEAR
            and self._apart.named(routes[0].tool.qualified) != context.pending_tool
        )

    def _changes(self, text: str, prepared: PreparedTool, context: Context, control: Control | None) -> Filled:
        nothing = Filled({}, {})
        if control is not None and not context.asked:
            return nothing
        if control is not None and not self._answers.takes_bare(text, prepared, context):
            return nothing
        return self._answers.changes(text, prepared, context)

    def _beside_answer(self, text: str, context: Context, said: Filled) -> Mapping[str, Mapping[str, JSON]]:
        """Return what an answer says beyond what was asked, where something is looked up on the way to a goal."""
        if not context.goal_tool or context.goal_tool == context.pending_tool:
            return {}
        return self._beside.of(context.goal_tool, text, context, tuple(said.spans.values()))
