"""The promises as checks on one step after another: what no conversation may ever show, whatever happens in it.

Watches the table from outside: it trusts no flag of the state where it can count for itself.
"""

from __future__ import annotations

from assistant.dialogue.events import CallEnded, Delivered, DrivingChanged, Event, Heard, Noticed, SpeechEnded
from assistant.dialogue.speaking import WAITING
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Call, Earcon, Effect, Purpose, Say, StartTimer
from assistant.dialogue.turns import Mode
from assistant.policy.driving import LIMITS, DrivingState
from assistant.policy.sensitivity import assess
from assistant.policy.timing import BUSY_SECONDS, QUIET_SECONDS
from assistant.understanding.reading import Control
from assistant.wording.languages import languages, wording_of

CONSENT_SECONDS = 60.0
SHOWN = {"B1": "B 1", "B7": "B 7", "B8": "B 8", "19:00:00": "7 p.m.", "20:00:00": "8 p.m.", "2026-11-22": "tomorrow"}
ASIDES = frozenset(
    {Control.REPEAT, Control.HELP, Control.WHAT_HAPPENED, Control.SLOWER, Control.FASTER, Control.HUSH, Control.MORE}
)
VOIDING = frozenset({Control.NO, Control.NEVER_MIND, Control.STOP})
OFFER_WORDS = max(
    len(text.split()) for code in languages() for name in ("go_on", "check") for text in wording_of(code).prompts[name]
)


class Watch:
    """Sees every step of one conversation."""

    def __init__(self) -> None:
        self.read_backs: dict[int, str] = {}
        """Read-backs by the number of their speech."""
        self.heard = ""
        """The read-back that was played to its end and not begun anew since."""
        self.heard_at = 0.0
        self.agreed: dict[float, str] = {}
        """What was read back before each yes that nothing has voided, by the time of the yes."""
        self.consents: set[str] = set()
        self.sent: dict[str, str] = {}
        """What became of each call id."""
        self.owed = 0
        """Deliveries that have not been told."""
        self.busy_until = 0.0
        """When the last task ended."""

    def see(self, before: State, event: Event, after: State, effects: tuple[Effect, ...]) -> None:
        """Check one step. Raises `AssertionError` naming the promise."""
        self._note_answers(before, event)
        for effect in effects:
            if isinstance(effect, Call):
                self._call(event, after, effect, effects)
            if isinstance(effect, Say):
                self._say(before, event, after, effect)
        self._silence(before, event, after, effects)
        self._pending(before, event, after)
        self._deliveries(event, effects)
        if before.mode is not Mode.IDLE and after.mode is Mode.IDLE:
            self.busy_until = event.at

    def _note_answers(self, before: State, event: Event) -> None:
        if isinstance(event, SpeechEnded) and event.complete and event.speech == before.said.playing:
            text = self.read_backs.get(event.speech, "")
            if not text.startswith("Shall I"):  # the short question of a re-prompt is no read-back
                self.heard, self.heard_at = text, event.at
        if isinstance(event, Heard):
            if event.reading.control in VOIDING:
                self.agreed.clear()
            yes = event.reading.control is Control.YES and not event.reading.changes
            late = event.at - self.heard_at > CONSENT_SECONDS + 60  # the short question may be asked once more
            if yes and before.mode is Mode.CONFIRMING and not late:
                self.agreed[event.at] = self.heard

    def _call(self, event: Event, after: State, made: Call, effects: tuple[Effect, ...]) -> None:
        tool = after.catalog.of(made.call.server, made.call.tool)
        assert tool is not None, "a call of a tool that is not there"
        consent = made.consent
        if assess(tool, made.call.arguments).sensitive:
            assert consent is not None, "promise 1: a sensitive call without consent"
        assert made.answers is None or consent is not None, "promise 1: a form sent without a yes to what is in it"
        if consent is not None:
            assert consent.digest == made.call.digest, "promise 1: a consent for something else"
            assert consent.consent_id not in self.consents, "promise 1: a consent used twice"
            self.consents.add(consent.consent_id)
            assert consent.given_at in self.agreed, "promise 1: a consent without a yes, or after a no"
            assert 0 <= event.at - consent.given_at <= CONSENT_SECONDS, "promise 1: a consent that is too old"
            for value in [*made.call.arguments.values(), *(made.answers or {}).values()]:
                shown = SHOWN.get(str(value), str(value))
                if made.answers is not None and value in made.call.arguments.values():
                    continue  # read back before the server asked
                assert shown in self.agreed[consent.given_at], "promise 1: an argument that was not read back"
        ended = self.sent.get(made.call.call_id)
        assert ended in (None, "needs_input"), "promise 2: a call sent again"
        self.sent[made.call.call_id] = ""
        timers = [effect.seconds for effect in effects if isinstance(effect, StartTimer) and effect.name == "busy"]
        assert min(timers, default=BUSY_SECONDS) < BUSY_SECONDS, "promise 4: nothing watches the call"

    def _say(self, before: State, event: Event, after: State, said: Say) -> None:
        if said.purpose is Purpose.READ_BACK:
            self.read_backs[said.speech] = said.text
            if not said.text.startswith("Shall I"):
                self.heard = ""
            return
        if after.driving is not DrivingState.PARKED:
            most = LIMITS[after.driving].spoken_words + OFFER_WORDS
            assert len(said.text.split()) <= most, "promise 5: more than one breath"
        unasked = not isinstance(event, Heard) and before.mode is Mode.IDLE and said.purpose is Purpose.NOTICE
        if unasked and after.driving is DrivingState.MOVING and not getattr(event, "safety", False) and self.busy_until:
            assert event.at - self.busy_until >= QUIET_SECONDS, "promise 5: speech in the quiet after a task"

    def _silence(self, before: State, event: Event, after: State, effects: tuple[Effect, ...]) -> None:
        if after.mode not in (Mode.IDLE, Mode.CALLING):
            assert after.said.playing or after.listening, f"promise 4: silence in {after.mode}"
        if isinstance(event, Heard) and not event.typed:
            assert Earcon("heard") in effects, "promise 4: no sign that something was heard"
        if isinstance(event, CallEnded) and before.mode is Mode.CALLING and not before.listening:
            told = any(isinstance(effect, Say | Call) for effect in effects) or Earcon("done") in effects
            expected = before.memory.past is not None and before.memory.past.call.call_id == event.call_id
            assert told or not expected, "promise 4: an outcome that nobody told"
        if isinstance(event, CallEnded):
            self.sent[event.call_id] = event.outcome.kind

    def _pending(self, before: State, event: Event, after: State) -> None:
        if after.mode in (Mode.CONFIRMING, Mode.ELICITING, Mode.CALLING):
            assert after.request is not None
        if after.mode is Mode.CHOOSING:
            assert after.options
        if before.request is None or before.mode not in WAITING:
            return
        control = event.reading.control if isinstance(event, Heard) else None
        if control in ASIDES or isinstance(event, DrivingChanged | Noticed | Delivered):
            kept = after.mode is before.mode and after.request == before.request
            assert kept, "an aside left a request behind"
        if isinstance(event, Heard) and control in (Control.NEVER_MIND, Control.STOP):
            dropped = after.request is None and not after.waiting
            assert dropped, "never mind left something pending"

    def _deliveries(self, event: Event, effects: tuple[Effect, ...]) -> None:
        if isinstance(event, Delivered):
            self.owed += 1
        self.owed -= sum(
            isinstance(effect, Say) and effect.text.startswith("What you confirmed before") for effect in effects
        )

    def all_told(self, state: State) -> None:
        """Check that what was delivered has been told or is still going to be (promise 3)."""
        waiting = sum(text.startswith("What you confirmed before") for text in state.backlog.notices)
        assert waiting == self.owed, "promise 3: a delivery that nobody is told of"
