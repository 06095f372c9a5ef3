"""The picture above a drive's timeline: its sound as a wave, who spoke when, and which mode the turn was in.

Makes an SVG of numbers and of words that the program itself chose; nothing that was said stands in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape

import numpy as np

from assistant.drives.timeline import Timeline
from voice.recognition.recognizer_base import Samples

WIDTH = 1000
"""Units of the picture from the beginning of the drive to its end; the page scales it."""
WAVE, LANE = 80, 22
"""Heights, in the same units, of the wave and of the lane of modes below it."""
NARROWEST_WORD = 9
"""Units that one letter of a mode's name needs; a name that does not fit is a tooltip only."""
PUNCTUATION = ",.!?;:"
"""Signs that nobody hears, so they make no difference between what was said and heard."""
VOICES = {"driver": "driver", "asked": "mcqueen", "answered": "mcqueen", "notice": "mcqueen"}
"""Kinds of timeline lines that were spoken, and whose voice it was."""


@dataclass(frozen=True)
class LaneBlock:
    """A stretch of time with one name."""

    begin: float
    """Seconds since the start of the drive."""
    end: float
    name: str


def modes(timeline: Timeline) -> list[LaneBlock]:
    """Return the modes of the turn (docs/turn.md), one after another without gaps, from the first event on."""
    found: list[LaneBlock] = []
    for step in timeline.steps:
        at, name = step.at - timeline.started, step.state.mode.value
        if found and found[-1].name == name:
            continue
        if found:
            found[-1] = LaneBlock(found[-1].begin, at, found[-1].name)
        found.append(LaneBlock(at, at, name))
    if found:
        found[-1] = LaneBlock(found[-1].begin, max(found[-1].begin, timeline.ended), found[-1].name)
    return found


def speeches(timeline: Timeline) -> list[LaneBlock]:
    """Return when the driver and McQueen spoke aloud, sorted by beginning; lines without sound are left out."""
    spoken = [entry for entry in timeline.ordered() if entry.kind in VOICES and entry.until is not None]
    return [LaneBlock(each.at, each.until or each.at, VOICES[each.kind]) for each in spoken]


def picture(timeline: Timeline, samples: Samples | None, rate: int) -> str:
    """Return the SVG; `samples` is the drive's sound as mono floats from -1 to 1 at `rate` per second, if it has any.

    Its attribute `data-seconds` says how long the whole width lasts. A drive in which nothing happened has no picture.
    """
    seconds = max(timeline.ended, len(samples) / rate if samples is not None else 0.0)
    if seconds <= 0:
        return ""
    height = WAVE + LANE
    spoken = "".join(_block(each, seconds, 0, WAVE, each.name) for each in speeches(timeline))
    lane = "".join(_named_block(each, seconds) for each in modes(timeline))
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="none" role="img" data-seconds="{seconds:.3f}" '
        f'aria-label="Sound and modes of the drive">{spoken}{_wave(samples, rate, seconds)}{lane}'
        f'<line class="head" x1="0" x2="0" y1="0" y2="{height}"/></svg>'
    )


def heard_beside_said(said: str, heard: str) -> str:
    """Return what was heard as HTML: words that were not said are <ins>, and said words that were not heard <del>."""
    ours, theirs = ([word.casefold().strip(PUNCTUATION) for word in text.split()] for text in (said, heard))
    return " ".join(_compared(ours, theirs, heard.split()))


def _compared(said: Sequence[str], heard: Sequence[str], shown: Sequence[str]) -> Iterator[str]:
    for kind, begin, end, first, last in SequenceMatcher(None, said, heard, autojunk=False).get_opcodes():
        if kind in ("replace", "delete"):
            yield f"<del>{escape(' '.join(said[begin:end]))}</del>"
        if kind in ("replace", "insert"):
            yield f"<ins>{escape(' '.join(shown[first:last]))}</ins>"
        if kind == "equal":
            yield escape(" ".join(shown[first:last]))


def _wave(samples: Samples | None, rate: int, seconds: float) -> str:
    """Return the wave as one closed path: the loudest sample of each column, above and below the middle."""
    if samples is None or not len(samples):
        return ""
    columns = max(1, min(WIDTH, round(WIDTH * len(samples) / rate / seconds)))
    peaks = [float(np.abs(part).max()) if len(part) else 0.0 for part in np.array_split(samples, columns)]
    loudest = max(*peaks, 1e-6)
    tall = [peak / loudest * WAVE / 2 for peak in peaks]
    upper = [f"{x} {WAVE / 2 - y:.1f}" for x, y in enumerate(tall)]
    lower = [f"{x} {WAVE / 2 + y:.1f}" for x, y in enumerate(tall)]
    return f'<path class="wave" d="M{" L".join([*upper, *reversed(lower)])}Z"/>'


def _block(each: LaneBlock, seconds: float, top: int, height: int, style: str) -> str:
    left = each.begin / seconds * WIDTH
    wide = max(1.0, (each.end - each.begin) / seconds * WIDTH)
    return f'<rect class="{style}" x="{left:.1f}" y="{top}" width="{wide:.1f}" height="{height}"/>'


def _named_block(each: LaneBlock, seconds: float) -> str:
    left, wide = each.begin / seconds * WIDTH, (each.end - each.begin) / seconds * WIDTH
    told = f"<title>{each.name}, {each.begin:.1f} to {each.end:.1f} s</title>"
    fits = wide >= NARROWEST_WORD * len(each.name)
    word = f'<text x="{left + 3:.1f}" y="{WAVE + LANE - 7}">{each.name}</text>' if fits else ""
    return f'<g class="mode {each.name}">{told}{_block(each, seconds, WAVE, LANE, "lane")}{word}</g>'
