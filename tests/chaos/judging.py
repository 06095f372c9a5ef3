"""Finds every broken promise in a log of what was agreed, what truly happened, and what was told.

It reads that log and nothing else: never the product's own records.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

WAITS = 60.0
"""Virtual seconds that a confirmed call waits for the network in the loops."""
FINAL = ("succeeded", "failed", "needs_input", "unknown")
"""Kinds of outcomes that are ends."""
_LATE = 5.0
"""Seconds that an effect may come after its call's time to wait."""
_YOUNGER = 1.0
"""Seconds by which an answer may be said to be younger than it is."""


def judge(timed_lines: list[list[str]]) -> list[str]:
    """Return every broken promise that the log shows, each as a sentence. Its lines stand in the order of time."""
    calls: dict[str, _Judged] = defaultdict(_Judged)
    keys: Counter[str] = Counter()
    looked: dict[str, float] = {}
    found: list[str] = []
    for time, word, who, *rest in timed_lines:
        call, at = calls[who], float(time)
        if word == "raised":
            found.append(f"{who}: {rest[0]} left the call")
        elif word == "agreed":
            call.agreed, call.agreed_at, call.waits_for_effect = rest[1:], at, True
        elif word == "effect":
            keys[rest[0]] += 1
            found += [f"{who} {problem}" for problem in call.done(at, rest[1:3])]
        elif word == "looked":
            looked[who] = at
        elif word == "read":
            if float(rest[0]) + _YOUNGER < at - looked[who]:
                found.append(f"an answer of {at - looked[who]:.0f} s is said to be {float(rest[0]):.0f} s old")
        else:
            found += [f"{who} {problem}" for problem in call.told(*rest)]
    for who, call in calls.items():
        if call.effects and not call.words:
            found.append(f"{who} was done and nobody was told")
        if call.words and call.words[-1] not in FINAL:
            found.append(f"{who} was {call.words[-1]} and no more was told")
    return found + [f"{key} was used for {times} effects" for key, times in keys.items() if times > 1]


@dataclass
class _Judged:
    """What the log has shown of one call so far."""

    agreed: list[str] = field(default_factory=list)
    """Address and account that the last yes was for; empty if there was none."""
    agreed_at: float = 0.0
    waits_for_effect: bool = False
    effects: int = 0
    words: list[str] = field(default_factory=list)

    def done(self, at: float, where: list[str]) -> list[str]:
        """It was done."""
        self.effects += 1
        found = [] if self.agreed else ["was done without a yes"]
        if self.agreed and where != self.agreed:
            found.append(f"was done at {where} and agreed to at {self.agreed}")
        if self.agreed and at > self.agreed_at + WAITS + _LATE:
            found.append(f"was done {at - self.agreed_at:.0f} s after the yes")
        if self.effects > 1:
            found.append(f"was done {self.effects} times")
        elif not self.waits_for_effect:
            found.append(f"was done after it was told to be {self.words[-1]}")
        return found

    def told(self, kind: str, code: str = "", sent: str = "") -> list[str]:
        """Somebody was told of it."""
        before = self.words[-1] if self.words else ""
        self.words.append(kind)
        found = []
        if kind == "succeeded" and not self.effects:
            found.append("is said to have happened and did not")
        if kind in ("failed", "needs_input") and sent == "no":
            self.waits_for_effect = False
            if self.effects:
                found.append(f"happened and is said to be {kind} ({code})")
        if before == "succeeded" and kind != "succeeded" and not (code == "records_failed" and sent == "maybe"):
            found.append(f"was told to be succeeded, then {kind} ({code})")
        return found
