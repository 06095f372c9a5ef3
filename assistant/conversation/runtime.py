"""Runs the table's effects against voice and client, and feeds events back.

The only part of the assistant that touches microphone, network and clock during a conversation, and the owner of every
task. It decides nothing: what happens next is always the table's answer to an event.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import partial
from types import TracebackType
from typing import Any

from assistant.conversation.calling import outcome_of
from assistant.conversation.client_events import event_of
from assistant.conversation.days_record import deeds_of
from assistant.conversation.journal import Journal
from assistant.conversation.kept_requests import Keeping, erases_all
from assistant.conversation.observations import Called, Observation, Observer, Recognized, Spoke, Stepped, Understood
from assistant.conversation.ports import Ear, Interruptions, MouthPort, ToolsPort
from assistant.conversation.reader import Reader
from assistant.conversation.unfinished import UnfinishedRequests
from assistant.dialogue.context import context_of
from assistant.dialogue.events import (
    CallEnded,
    CatalogChanged,
    DrivingChanged,
    Event,
    Heard,
    NothingHeard,
    Noticed,
    PushToTalk,
    SpeechEnded,
    TakenBack,
    TimerFired,
    UnwordedFound,
)
from assistant.dialogue.state import State
from assistant.dialogue.table import step
from assistant.dialogue.table_effects import (
    Allow,
    Approve,
    Call,
    Decline,
    Earcon,
    Effect,
    EndTurn,
    Forget,
    Keep,
    Listen,
    Say,
    SetLoudness,
    SetPace,
    Show,
    StartTimer,
    StopListening,
    StopSpeaking,
    TakeBack,
)
from assistant.dialogue.turns import Mode
from assistant.policy.driving import DrivingState
from assistant.policy.timing import CALL_SECONDS
from assistant.understanding.reading import Context, Profile
from assistant.wording.languages import speaking
from assistant.wording.prompts import prompt
from client import notices
from client.catalog import Catalog
from client.clock import Clock
from client.schemas.tool_names import parted_name
from voice.recognition.recognizer_base import Transcript

SPEED_STEP = 10.0
"""Change of speed, in km/h, that is reported within one driving state: noise follows it, limits do not."""


class Runtime:
    """One conversation, live. Use as an async context manager: leaving it ends every task that it started."""

    def __init__(
        self,
        state: State,
        *,
        tools: ToolsPort,
        clock: Clock,
        mouth: MouthPort,
        ear: Ear | None = None,
        interruptions: Interruptions | None = None,
        profile: Callable[[], Profile] = Profile,
        journal: Journal | None = None,
        here: Callable[[], str] = lambda: "",
        reader: Reader | None = None,
        deadline: float = CALL_SECONDS,
        unfinished: UnfinishedRequests | None = None,
    ) -> None:
        self.state = state
        self._tools = tools
        self._call_tool = partial(tools.call, deadline=deadline)
        self._clock = clock
        self._mouth = mouth
        self._ear = ear
        self._interruptions = interruptions
        self._profile = profile
        self._driving = state.driving
        self._speed = 0.0
        self._journal = journal
        self._here = here
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._reader = reader or Reader()
        self._unfinished = unfinished
        self._observers: list[Observer] = [self._reader.saw, *([unfinished.saw] if unfinished else ())]
        self._keeping = Keeping(tools.unworded)
        self._tasks = asyncio.TaskGroup()
        self._owned: set[asyncio.Task[None]] = set()
        self._speaking: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    async def __aenter__(self) -> Runtime:
        await self._tasks.__aenter__()
        self._unsubscribe = self._tools.subscribe(self._on_client_event)
        await self._take_up()
        self._start(self._run())
        await self._adopt_catalog(self._tools.catalog)
        if (found := await self._keeping.found(self._clock.now())) is not None:
            self._post(found)
        return self

    async def _take_up(self) -> None:
        """Report what the last conversation was asking when it ended."""
        if self._unfinished is None:
            return
        found = await self._unfinished.found(self._tools, self._clock.now())
        if found is not None and self._unfinished.wait:
            self._start(self._post_later(found, self._unfinished.wait))
        elif found is not None:
            self._post(found)

    async def _post_later(self, event: Event, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._post(event)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._unsubscribe()
        for task in list(self._owned):
            task.cancel()
        try:
            await self._tasks.__aexit__(kind, error, trace)  # raises if this task was cancelled
        finally:
            if self._journal:
                self._journal.close()

    # -- for faces ---------------------------------------------------------------------------------------------------

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Call this function with everything that happens; return a function that ends that."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    def press(self) -> None:
        """Push-to-talk."""
        self._post(PushToTalk(self._clock.now()))

    async def type(self, text: str) -> None:
        """Take a typed line like spoken words."""
        if self._listening:
            self._listening.cancel()  # the line is the answer, so the driver need not speak
        await self._heard(Transcript(text), typed=True)

    def drive(self, driving: DrivingState, speed: float | None = None) -> None:
        """Report the vehicle's state; `speed` in km/h, None if unknown."""
        faster = speed is not None and abs(speed - self._speed) >= SPEED_STEP
        if driving is not self._driving or faster:
            self._driving, self._speed = driving, speed or 0.0
            self._post(DrivingChanged(self._clock.now(), driving, speed))

    def notice(self, topic: str, text: str, *, safety: bool = False, asked: bool = False) -> None:
        """Report news that may interest the driver or, with `asked`, that the driver asked for."""
        self._post(Noticed(self._clock.now(), topic, text, safety, asked))

    def later(self, seconds: float, topic: str, text: Callable[[], str | None]) -> None:
        """Report something after that many seconds, as the driver asked; None if it no longer applies."""
        self._start(self._later(seconds, topic, text))

    async def _later(self, seconds: float, topic: str, text: Callable[[], str | None]) -> None:
        await self._clock.sleep(seconds)
        if (found := text()) is not None:
            self.notice(topic, found, asked=True)

    @property
    def context(self) -> Context:
        """The context in which the next words are understood."""
        return context_of(self.state, self._clock.now(), self._profile(), self._here())

    def sayable(self) -> tuple[str, ...]:
        """Return sentences that are understood now, of the driver's own servers first."""
        return self._reader.sayable(self.context)

    def send(self, make: Callable[[float], Event]) -> None:
        """Add an event that a face made, with its time."""
        self._post(make(self._clock.now()))

    # -- the loop ----------------------------------------------------------------------------------------------------

    def _post(self, event: Event) -> None:
        self._events.put_nowait(event)

    async def _run(self) -> None:
        while True:
            event = await self._events.get()
            self.state, effects = step(self.state, event)
            if self._journal:
                self._journal.write(event, effects)
            self._tell(Stepped(self._clock.now(), event, effects, self.state))
            for effect in effects:
                self._perform(effect)
            self._events.task_done()

    def _tell(self, observation: Observation) -> None:
        for observer in tuple(self._observers):
            observer(observation)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._tasks.create_task(work)
        self._owned.add(task)
        task.add_done_callback(self._owned.discard)
        return task

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Say():
                self._speaking = self._start(self._say(effect, self._speaking))
            case StopSpeaking():
                if self._speaking:
                    self._speaking.cancel()
            case Show():
                pass  # the observers show it
            case Earcon():
                self._start(self._mouth.earcon(effect.name))
            case Listen():
                self._listening = self._start(self._listen(effect)) if self._ear else None
                if self._ear is None and self.state.mode is Mode.CALLING:
                    self._post(NothingHeard(self._clock.now()))  # nobody can speak, so the outcome need not wait
            case EndTurn():
                if self._ear:
                    self._ear.end_turn()
            case StopListening():
                if self._listening:
                    self._listening.cancel()
            case Call():
                self._start(self._call(effect))
            case Decline():
                self._tools.decline(effect.call)
            case Approve():
                self._start(self._approve(effect))
            case Allow():
                self._start(self._allow(effect))
            case TakeBack():
                self._start(self._take_back(effect))
            case Keep():
                self._start(self._keep(effect))
            case Forget():
                self._start(self._keeping.forget(effect))
            case StartTimer():
                self._start(self._timer(effect))
            case SetPace():
                self._mouth.set_pace(effect.pace)
            case SetLoudness():
                self._mouth.set_loudness(effect.loudness)

    async def _say(self, effect: Say, before: asyncio.Task[None] | None) -> None:
        if before and not before.done():
            await asyncio.wait([before])
        began = self._clock.now()
        complete = False
        synthesis = 0.0
        watching = self._start(self._watch()) if self._interruptions else None
        try:
            synthesis = (await self._mouth.say(effect.text)).synthesis_seconds
            if watching and self._interruptions and self._interruptions.overlapping():
                # The driver began before playback ended, so this is no answer: it is posted before `SpeechEnded`.
                watching.cancel()
                await self._hear_over_ours(self._interruptions)
            complete = True
        finally:
            if watching and self._interruptions:
                watching.cancel()
                self._interruptions.watch(False)
            now = self._clock.now()
            self._tell(Spoke(now, began, effect.text, synthesis, complete))
            self._post(SpeechEnded(now, effect.speech, complete))

    async def _watch(self) -> None:
        """Let the driver speak over us, repeatedly, until our speech has ended."""
        assert self._interruptions is not None
        self._interruptions.watch(True)
        while True:
            await self._interruptions.interruption()
            await self._hear_over_ours(self._interruptions)
            self._interruptions.go_on()

    async def _hear_over_ours(self, interruptions: Interruptions) -> None:
        """Treat words that were said over us as the driver's; the table may then end our speech."""
        transcript = await interruptions.words(self._reader.grammar(self.state.catalog, self.context))
        if transcript is not None and transcript.text:
            self._take_words(transcript)
            await self._events.join()

    async def _listen(self, effect: Listen) -> None:
        assert self._ear is not None
        await self._clock.sleep(effect.pause)
        transcript = await self._ear.listen(self._reader.grammar(self.state.catalog, self.context), effect.seconds)
        if transcript is None:
            self._post(NothingHeard(self._clock.now()))
        else:
            self._take_words(transcript)

    def _take_words(self, transcript: Transcript) -> None:
        self._tell(Recognized(self._clock.now(), transcript))
        self._start(self._heard(transcript))

    async def _heard(self, transcript: Transcript, *, typed: bool = False) -> None:
        context = self.context
        began = time.perf_counter()
        reading = await self._reader.understand(transcript, context)
        deeds = await deeds_of(self._tools, reading.control, self._clock.now(), self.state.utc_offset)
        now = self._clock.now()
        self._tell(Understood(now, transcript.text, reading, time.perf_counter() - began))
        self._post(Heard(now, reading, typed=typed, deeds=deeds))

    async def _call(self, effect: Call) -> None:
        began = time.perf_counter()
        outcome = await outcome_of(self._call_tool, effect)
        now = self._clock.now()
        self._tell(Called(now, effect.call, outcome, time.perf_counter() - began))
        self._post(CallEnded(now, effect.call.call_id, outcome))
        if erases_all(effect.call, outcome):
            self._post(UnwordedFound(now, ()))
        await self._reader.called(effect.call, outcome)

    async def _approve(self, effect: Approve) -> None:
        await self._tools.approve(*parted_name(effect.tool), effect.fingerprint)

    async def _allow(self, effect: Allow) -> None:
        tool = self._tools.catalog.find(effect.tool)
        if tool is not None and effect.allowed:
            await self._tools.permissions.give(tool)
        elif tool is not None:
            await self._tools.permissions.take_back(tool)

    async def _take_back(self, effect: TakeBack) -> None:
        done = await self._tools.cancel_waiting(effect.call_id)
        self._post(TakenBack(self._clock.now(), effect.call_id, done))

    async def _keep(self, effect: Keep) -> None:
        if not await self._keeping.keep(effect):
            with speaking(self.state.language):
                self.notice("records", prompt("not_kept"), asked=True)

    async def _timer(self, effect: StartTimer) -> None:
        await self._clock.sleep(effect.seconds)
        self._post(TimerFired(self._clock.now(), effect.name, effect.number))

    # -- what the client reports -------------------------------------------------------------------------------------

    def _on_client_event(self, notice: notices.Notice) -> None:
        if isinstance(notice, notices.CatalogNotice):
            self._start(self._adopt_catalog(self._tools.catalog))
        elif (event := event_of(notice, self._clock.now())) is not None:
            self._post(event)

    async def _adopt_catalog(self, catalog: Catalog) -> None:
        with self._clock.working():
            await self._reader.adopt(catalog)
        self._start(self._reader.enrich(catalog))
        self._post(CatalogChanged(self._clock.now(), catalog))
