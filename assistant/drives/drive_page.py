"""A drive as one HTML file: sound with its wave, timeline with modes and stages, limits and expectations.

It opens without a network. Formats only. Everything that was said is escaped text, so nothing in it can run.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape

from assistant.drives.drive_picture import heard_beside_said, picture
from assistant.drives.driving_limits import NOT_CHECKED, measure_limits
from assistant.drives.runner import DriveResult
from assistant.drives.timeline import TimelineLine
from voice.audio import read_wav
from voice.recognition.recognizer_base import SAMPLE_RATE

WIDEST = 160
"""Pixels of the bar of a stage that took a second or more."""
_WHO = {
    "driver": "Driver", "heard": "heard", "understood": "meaning", "asked": "McQueen asks", "answered": "McQueen",
    "notice": "McQueen, unasked", "shown": "shown", "called": "called",
}  # fmt: skip
_SPOKEN = {"driver", "asked", "answered", "notice"}

_STYLE = """
:root { color-scheme: light dark; --edge: #8884; --soft: #8882; --bar: #3a86c8; --driver: #d9822b; --mcqueen: #3a86c8 }
body { font: 16px/1.45 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem }
.sound { position: sticky; top: 0; background: Canvas } audio { width: 100% }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem .6rem; vertical-align: top } tr { border-bottom: 1px solid var(--edge) }
tr.spoken td { font-weight: 600 } tr.inner td { opacity: .8; font-size: .9em } tr.now { background: var(--soft) }
td.at { cursor: pointer; font-variant-numeric: tabular-nums; white-space: nowrap }
.failed { border-left: 4px solid #c33 }
.stage { display: inline-block; margin-right: .8rem; white-space: nowrap; font-size: .85em }
.bar { display: inline-block; height: .6em; background: var(--bar); margin-right: .3em; min-width: 1px }
svg { width: 100%; height: 7rem; display: block; cursor: pointer } .wave { fill: currentColor; opacity: .75 }
.driver { fill: var(--driver); opacity: .35 } .mcqueen { fill: var(--mcqueen); opacity: .35 }
.lane { fill: var(--soft); stroke: var(--edge) } .confirming .lane { fill: var(--driver); opacity: .5 }
.mode text { font: 11px system-ui, sans-serif; fill: currentColor } .head { stroke: #c33; stroke-width: 2 }
.key { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 .8em }
.key.driver { background: var(--driver) }
.key.mcqueen { background: var(--mcqueen) } del { opacity: .6 } ins { text-decoration: underline wavy }
section { margin-bottom: 3rem } .quiet { opacity: .7 }
"""
_SCRIPT = """
for (const part of document.querySelectorAll('section')) {
  const sound = part.querySelector('audio'), rows = [...part.querySelectorAll('tr[data-at]')]
  const wave = part.querySelector('svg'), head = wave && wave.querySelector('.head')
  if (!sound) continue
  if (wave) wave.onclick = event => {
    const box = wave.getBoundingClientRect()
    sound.currentTime = (event.clientX - box.left) / box.width * +wave.dataset.seconds
  }
  for (const row of rows) row.cells[0].onclick = () => { sound.currentTime = +row.dataset.at; sound.play() }
  sound.ontimeupdate = () => {
    const last = rows.filter(row => +row.dataset.at <= sound.currentTime + 0.05).pop()
    for (const row of rows) row.classList.toggle('now', row === last)
    if (head) head.setAttribute('transform', `translate(${sound.currentTime / +wave.dataset.seconds * 1000} 0)`)
  }
}
"""


def as_html(results: Sequence[DriveResult]) -> str:
    """Return the page, including the drive's sound if it was recorded."""
    passed = sum(result.passed for result in results)
    return "\n".join(
        [
            "<!doctype html>", '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>Drives: {passed} of {len(results)} passed</title><style>{_STYLE}</style></head><body>",
            f"<h1>{passed} of {len(results)} drives passed</h1>",
            *(line for result in results for line in _drive(result)),
            f"<script>{_SCRIPT}</script></body></html>", "",
        ]
    )  # fmt: skip


def _drive(result: DriveResult) -> Iterator[str]:
    held = sum(finding.holds for finding in result.findings)
    verdict = "passed" if result.passed else "FAILED"
    yield f"<section><h2>{escape(result.title)}: {verdict}</h2>"
    yield (
        f'<p class="quiet">{escape(result.name)}: {held} of {len(result.findings)} expectations held, '
        f"{result.virtual_seconds:.0f} s of driving in {result.real_seconds:.1f} s</p>"
    )
    failed = [finding for finding in result.findings if not finding.holds]
    for finding in failed:
        yield f'<p class="failed">&nbsp;✖ {escape(finding.name)}: {escape(finding.detail)}</p>'
    yield from _sound(result)
    yield "<table><thead><tr><th>at</th><th></th><th></th><th>stages</th></tr></thead><tbody>"
    yield from (_row(entry) for entry in result.timeline.ordered())
    yield "</tbody></table>"
    yield from _limits(result)
    yield "</section>"


def _sound(result: DriveResult) -> Iterator[str]:
    """Yield the picture of the drive, and its sound if it was recorded."""
    yield '<div class="sound">'
    yield picture(result.timeline, read_wav(result.wav) if result.wav is not None else None, SAMPLE_RATE)
    yield (
        '<p class="quiet"><span class="key driver"></span>the driver speaks <span class="key mcqueen"></span>McQueen '
        "speaks; below it, the mode of the turn</p>"
    )
    if result.wav is not None:
        sound = base64.b64encode(result.wav.read_bytes()).decode()
        yield f'<audio controls preload="metadata" src="data:audio/wav;base64,{sound}"></audio>'
    yield "</div>"


def _row(entry: TimelineLine) -> str:
    kind = "spoken" if entry.kind in _SPOKEN else "inner"
    text = heard_beside_said(entry.said, entry.text) if entry.said else escape(entry.text)
    stages = "".join(
        f'<span class="stage"><span class="bar" style="width:{min(1.0, value / 1000) * WIDEST:.0f}px"></span>'
        f"{escape(stage)} {value:.0f} ms</span>"
        for stage, value in entry.milliseconds.items()
    )
    return (
        f'<tr class="{kind}" data-at="{entry.at:.2f}"><td class="at">{entry.at:.2f} s</td>'
        f"<td>{escape(_WHO.get(entry.kind, entry.kind))}</td><td>{text}</td><td>{stages}</td></tr>"
    )


def _limits(result: DriveResult) -> Iterator[str]:
    yield "<details><summary>Driving limits</summary><table><tbody>"
    for found in measure_limits(result.timeline):
        sign = "✔" if found.holds else "✖"
        yield (
            f"<tr><td>{sign} {escape(found.row)}</td><td>{escape(found.value)}</td><td>{escape(found.limit)}</td>"
            f"<td>{escape(found.where) if not found.holds else ''}</td></tr>"
        )
    for row, why in NOT_CHECKED.items():
        yield f'<tr class="quiet"><td>– {escape(row)}</td><td>not checked</td><td>{escape(why)}</td><td></td></tr>'
    yield "</tbody></table></details>"
