"""Interprets words for the running conversation.

It uses the interpreter of the present catalog, what this driver taught it and prefers, what servers offer besides
tools, and a language model if settings name one. It never decides and never calls a tool. If any of these fails, help
is lost but the offline interpretation stays.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from assistant.conversation.observations import Called, Observation, Recognized, Spoke, Stepped, Understood
from assistant.conversation.preferred_tools import Circumstances, preferred
from assistant.conversation.routine_book import RoutineBook
from assistant.conversation.routines import Routines
from assistant.dialogue.table_effects import Say
from assistant.policy.sensitivity import assess
from assistant.policy.timing import HINT_SECONDS
from assistant.profile.sayings import saying_of
from assistant.settings.settings import RoutingRule
from assistant.understanding.answers.dictated_words import Dictation
from assistant.understanding.answers.sentence_lists import for_a_sentence, is_asked, sentence_list
from assistant.understanding.grammar.compiler import compile_grammar
from assistant.understanding.hearing import read_heard
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import BASE, Language, language
from assistant.understanding.learning.experience import Experience
from assistant.understanding.learning.hints import Offered, ServerHints, blanks_of, hinted, wanted_blanks
from assistant.understanding.learning.index_cache import IndexFolder
from assistant.understanding.learning.language_model import Model
from assistant.understanding.learning.model_history import ModelHistory
from assistant.understanding.learning.preferences import with_preferences
from assistant.understanding.reading import Context, Control, Interpretation, NextSentence, Reading
from client.call import Outcome, Succeeded, ToolCall
from client.catalog import Catalog
from client.connections.resources_and_prompts import Material
from client.servers.readable import Prompt, Resource
from client.values import JSON
from voice.recognition.recognizer_base import TYPED, Choice, Grammar, Transcript

_log = logging.getLogger(__name__)
MOST_BLANKS = 20
"""How many parameters servers are asked for suggestions for."""
KEPT = 4
"""How many interpretations a call may refer back to."""
NOTHING = Grammar(Choice(()))
"""The grammar if nobody speaks."""
SAID = 0.98
"""Score of a sentence that clearly asks to save or delete a fact."""


_MADE: deque[tuple[tuple[Catalog, Language, Mapping[str, Sequence[str]]], Interpreter]] = deque(maxlen=6)
"""The last interpreters by their inputs, so that an earlier catalog is ready at once. They hold no state."""


@cache
def _without_tools(code: str) -> Interpreter:
    """Return the interpreter for when no tool is known. It learns nothing, so every conversation shares it."""
    return Interpreter(Catalog(), spoken=language(code))


class Reader:
    """Interprets words for one conversation. Without arguments it only uses the interpreter."""

    def __init__(
        self,
        *,
        experience: Experience | None = None,
        model: Model | None = None,
        material: Material | None = None,
        spoken: str = BASE,
        kept: IndexFolder | None = None,
        routines: RoutineBook | None = None,
        rules: Sequence[RoutingRule] = (),
        circumstances: Callable[[], Circumstances] = Circumstances,
        heard: bool = True,
    ) -> None:
        """`spoken` is the code of the driver's language; `kept` stores what is learned; without `heard` only typed
        lines come, so that no grammar is made.

        `rules` say which of several fitting tools is taken, under the `circumstances` of the moment.
        """
        self._rules = rules
        self._circumstances = circumstances
        self._heard = heard
        self._kept = kept
        self.model = model
        self._experience = experience
        self._material = material
        self._catalog = self._helped = Catalog()
        self._hints = ServerHints()
        self._spoken = language(spoken)
        self._routines = Routines(routines or RoutineBook({}), self._spoken)
        self._interpreter = _without_tools(spoken)
        self._adopting = asyncio.Lock()
        self._dictation = Dictation(self._spoken)
        self._readings: deque[Reading] = deque(maxlen=KEPT)
        self._helps = 0
        self._history = ModelHistory()

    async def adopt(self, catalog: Catalog) -> None:
        """Use that catalog from now on; it is prepared in a thread, one catalog after the other.

        So an older catalog that takes longer to prepare never replaces a newer one.
        """
        async with self._adopting:
            taught = dict(self._experience.examples) if self._experience is not None else {}
            helped = hinted(catalog, self._hints, self._spoken)
            made = next((one for wanted, one in _MADE if wanted == (helped, self._spoken, taught)), None)
            if made is None:
                made = await asyncio.to_thread(Interpreter, helped, spoken=self._spoken, taught=taught, kept=self._kept)
                _MADE.append(((helped, self._spoken, taught), made))
            self._catalog, self._helped, self._interpreter = catalog, helped, made

    async def enrich(self, catalog: Catalog) -> None:
        """Ask the servers of that catalog what they offer besides tools, and use it."""
        if self._material is None:
            return
        try:
            async with asyncio.timeout(HINT_SECONDS):
                hints = await hints_from(self._material, catalog)
        except TimeoutError:
            _log.info("servers took too long to say what they offer besides tools")
            return
        if hints != self._hints:
            self._hints = hints
            await self.adopt(catalog)

    def read(self, texts: Sequence[str], context: Context) -> Reading:
        """Return what words may mean (`Interpreter.read`)."""
        return self._noted(self._understood(texts, context))

    async def understand(self, transcript: Transcript, context: Context) -> Reading:
        """Return what an utterance means.

        In this order: sound and meaning are weighed together, the driver's preferences are applied, dictated text is
        filled in, and a language model is asked if the rest is unsure.
        """
        if is_asked(self._catalog, context):
            return self._next_sentence(transcript, context)
        reading = self._noted(read_heard(transcript, context, self._understood))
        texts = [one.text for one in transcript.alternatives if not one.free] or [transcript.text]
        reading = self._about_the_driver(texts if transcript.text else [], reading, context)
        if transcript.recognizer != TYPED:  # typed text needs no correction
            reading = self._dictation.weighed(reading, context, self._catalog)
        improved = await self.improved(reading, context)
        reading = preferred(
            improved, self._rules, self._circumstances, lambda tool: self._fit(tool, improved.text, context)
        )
        return self._routines.expanded(reading, context, self._catalog, self._interpreter.read)

    def _fit(self, name: str, text: str, context: Context) -> Interpretation | None:
        """Return a tool's interpretation of a sentence that gives everything it needs, else None."""
        tool = self._catalog.find(name)
        if tool is None or not tool.required or not self._interpreter.gate.lets(text, tool):
            return None
        values = self._interpreter.values(tool.qualified, text, context)
        whole = all(name in values for name in tool.required)
        return Interpretation(tool.qualified, values, (), SAID) if whole else None

    def _next_sentence(self, transcript: Transcript, context: Context) -> Reading:
        """Return the meaning of an utterance while the driver dictates one sentence after another."""
        alone = for_a_sentence(context)

        def read(texts: Sequence[str], _: Context) -> Reading:
            if texts and self._routines.ends(texts[0], context, self._catalog):
                return Reading(text=texts[0], next_sentence=NextSentence())
            return self._interpreter.read(texts, alone)

        reading = read_heard(transcript, alone, read)
        if transcript.recognizer != TYPED:
            reading = self._dictation.weighed(reading, alone, self._catalog)
        if not reading.text:  # the words make no sense here, and the driver must hear so
            reading = replace(reading, text=transcript.text)
        return self._routines.next_step(reading, context, self._catalog, self._interpreter.read)

    def step_of(self, text: str, context: Context) -> NextSentence:
        """Return whether a written sentence may become a step of a routine."""
        reading = self._interpreter.read([text], for_a_sentence(context))
        found = self._routines.next_step(reading, context, self._catalog, self._interpreter.read).next_sentence
        return found or NextSentence(text, "beyond")

    def _understood(self, texts: Sequence[str], context: Context) -> Reading:
        reading = self._interpreter.read(texts, context)
        steered = reading.control is not None and not context.confirming
        tool = self._catalog.find(context.pending_tool)
        if texts and not steered and context.asked and sentence_list(tool) and not context.confirming:
            return Reading(changes={context.asked: self._routines.name_told(texts[0])}, text=texts[0])  # any words
        if texts and not steered and (words := self._dictation.reworded(texts[0], context, self._catalog)):
            got = {name: said for name, said in words.items() if said}
            reading = Reading(changes=got, text=texts[0], dictated=() if got else tuple(words))
        return reading

    def _noted(self, reading: Reading) -> Reading:
        if reading.interpretations:
            self._readings.append(reading)
        return reading

    def grammar(self, catalog: Catalog, context: Context) -> Grammar:
        """Return the grammar to listen with: the catalog's words, and the known offers of its servers besides tools."""
        if not self._heard:
            return NOTHING
        return compile_grammar(self._helped if catalog == self._catalog else catalog, context, self._spoken)

    def sayable(self, context: Context) -> tuple[str, ...]:
        """Return sentences that are understood now (`Interpreter.sayable`)."""
        return self._interpreter.sayable(context)

    def values(self, tool: str, text: str, context: Context) -> Mapping[str, JSON]:
        """Return what a sentence says for a tool's parameters (`Interpreter.values`)."""
        return self._interpreter.values(tool, text, context)

    def _about_the_driver(self, texts: Sequence[str], reading: Reading, context: Context) -> Reading:
        """Fill in the driver's preferences for values that the words leave out, and notice facts that the driver wants
        saved."""
        if reading.control is Control.HELP and not (context.asked or context.options or context.confirming):
            self._helps += 1
            return replace(reading, sayable=self._interpreter.sayable(context, self._helps - 1))
        saying = next((found for text in texts if (found := saying_of(text)) is not None), None)
        asked = bool(context.asked or context.options or context.confirming)
        if saying is None or reading.control is not None or (asked and not saying.explicit):
            return with_preferences(reading, self._catalog, context.profile)
        tool = self._catalog.find(saying.tool)
        if tool is None or not self._interpreter.gate.lets(reading.text or texts[0], tool):
            return with_preferences(reading, self._catalog, context.profile)
        text = reading.text or texts[0]
        typed = {"phone", "email"} & set(saying.arguments)
        read = self.values(saying.tool, text, context) if typed else {}
        arguments = {**saying.arguments, **{name: read[name] for name in typed if name in read}}
        wanted = Interpretation(saying.tool, arguments, (), SAID)
        return Reading(interpretations=(wanted,), text=text, opens_request=True)

    async def improved(self, reading: Reading, context: Context) -> Reading:
        """Return the interpretation with the model's proposal, if there is a model and the interpretation is unsure."""
        if self.model is None:
            return reading
        earlier = self._history.before(context.now)
        return await self.model.improved(reading, self._catalog, context, self._interpreter, earlier)

    def saw(self, seen: Observation) -> None:
        """Note an event for the history that the language model gets, if there is one."""
        if self.model is None:
            return
        match seen:
            case Understood(at=at, text=text):
                self._history.heard(at, text)
            case Called(call=call, outcome=outcome):
                self._history.called(call, outcome)
            case Stepped(effects=effects):
                for effect in effects:
                    if isinstance(effect, Say):
                        self._history.answered(effect.text)
            case Recognized() | Spoke():
                pass

    async def called(self, call: ToolCall, outcome: Outcome) -> None:
        """Learn from a call that the driver confirmed, or chose over the first guess."""
        tool = self._catalog.of(call.server, call.tool)
        if self._experience is None or tool is None or not isinstance(outcome, Succeeded):
            return
        found = self._meant(tool.qualified)
        if found is None:
            return
        reading, meant = found
        corrected = reading.interpretations[0].tool != tool.qualified
        if not corrected and not assess(tool, call.arguments).sensitive:
            return  # nobody said that this was right
        self._readings.clear()
        known = {name: list(examples) for name, examples in self._experience.examples.items()}
        try:
            learned = await asyncio.to_thread(self._experience.learn, reading.text, meant, tool)
        except OSError as error:
            _log.warning("what was learned could not be kept: %s", error.strerror)
            return
        if learned and self._experience.examples != known:
            await self.adopt(self._catalog)

    def _meant(self, tool: str) -> tuple[Reading, Interpretation] | None:
        for reading in reversed(self._readings):
            for meant in reading.interpretations:
                if meant.tool == tool:
                    return reading, meant
        return None


async def hints_from(material: Material, catalog: Catalog) -> ServerHints:
    """Ask all servers for their prompts, their resources, and suggestions for their tools' parameters."""
    prompts = await material.prompts()
    resources = await material.resources()
    kept = {
        Offered(one.server, one.name, one.description, tuple(p.name for p in one.parameters)): one for one in prompts
    }
    templates = {
        Offered(one.server, one.name, one.description, blanks_of(one.uri) if one.template else (), one.uri): one
        for one in resources
    }
    sources: dict[Offered, Prompt | Resource] = {**kept, **templates}
    values: dict[tuple[str, str], tuple[str, ...]] = {}
    for offered, blank in list(wanted_blanks(catalog, tuple(sources)))[:MOST_BLANKS]:
        found = await material.values(sources[offered], blank)
        if found:
            values[offered.server, blank] = tuple(found)
    return ServerHints(tuple(kept), tuple(templates), values)
