"""Prints a review: text for a terminal, JSON for programs, or one HTML file that opens without a network."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from assistant.cli.review.findings import Finding, Review, Severity, ToolReview

_SIGNS = {Severity.ERROR: "✖", Severity.WARNING: "!", Severity.ADVICE: "·"}


MOST_LINES = 40
"""Most lines of the summary: one screen."""
_LONGEST_LINE = 160
"""Most characters of one line of the summary."""


def on_one_screen(review: Review) -> str:
    """Return the review in at most `MOST_LINES` lines: the counts, then the findings, worst first."""
    lines = [f"Voice review of {review.server}: {_verdict(review)}", f"score {review.score} of 100: {_shares(review)}"]
    told = [each for finding in review.findings for each in _lines(finding)]
    told = [line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…" for line in told]
    room = MOST_LINES - len(lines) - 1
    shown = told if len(told) <= room else told[: (room - 1) // 2 * 2]
    left = len(review.findings) - len(shown) // 2
    return "\n".join([*lines, *([""] if shown else []), *shown, *([f"and {left} more: --all"] if left else [])])


def _shares(review: Review) -> str:
    return ", ".join(f"{title} {right} of {tried}" for title, (right, tried) in review.shares.items())


def as_text(review: Review) -> str:
    """Return the whole review as text for a terminal."""
    lines = [f"Voice review of {review.server}: {_verdict(review)}"]
    lines += [f"score {review.score} of 100: {_shares(review)}", ""]
    width = max((len(tool.name) for tool in review.tools), default=4)
    for tool in review.tools:
        lines.append(f"  {tool.name:<{width}}  {_in_short(tool)}")
        lines.extend(f"  {'':<{width}}    {line}" for line in _details(tool))
    for severity, heading in (
        (Severity.ERROR, "Cannot be used by voice"),
        (Severity.WARNING, "Works badly"),
        (Severity.ADVICE, "Could be better"),
    ):
        found = review.of(severity)
        if found:
            lines += ["", f"{heading} ({len(found)})"]
            lines += [line for finding in found for line in _lines(finding)]
    return "\n".join(lines)


def _verdict(review: Review) -> str:
    counts = [f"{len(review.of(each))} {each.value}{'s' if each is not Severity.ADVICE else ''}" for each in Severity]
    return f"{review.speakable} of {len(review.tools)} tools can be used by voice; {', '.join(counts)}"


def _in_short(tool: ToolReview) -> str:
    yes = "asks for a yes" if tool.needs_consent else "answers at once"
    return f"reached by {tool.reached} of {len(tool.trials)} sentences; {yes} ({tool.why})"


def _details(tool: ToolReview) -> list[str]:
    lines = [f"asks: {' '.join(tool.questions.values())}"] if tool.questions else []
    lines += [f"finds out {name} by {source}" for name, source in tool.supplied.items()]
    lines += [
        f'value "{one.said}" for {one.parameter}: ' + ("exact" if one.exact else f"comes back as {one.came}")
        for one in tool.values
    ]
    if tool.read_back:
        lines.append(f'reads back, {tool.read_back_seconds:.0f} s: "{tool.read_back}"')
    return lines


def _lines(finding: Finding) -> list[str]:
    return [f"  {_SIGNS[finding.severity]} {finding.tool or 'server'}: {finding.what}", f"      → {finding.cure}"]


def as_json(review: Review) -> dict[str, Any]:
    """Return the review as JSON."""
    return {
        "server": review.server,
        "speakable": review.speakable,
        "score": review.score,
        "shares": {title: {"right": right, "tried": tried} for title, (right, tried) in review.shares.items()},
        "answers": [{"tool": one.tool, "said": one.said, "trouble": one.trouble or None} for one in review.answers],
        "tries": [
            {"text": one.text, "wanted": one.wanted, "came": one.came, "right": one.right} for one in review.tries
        ],
        "counts": {each.value: len(review.of(each)) for each in Severity},
        "tools": [
            {
                "name": tool.name, "title": tool.title, "reached": tool.reached, "tried": len(tool.trials),
                "needs_consent": tool.needs_consent, "why": tool.why, "questions": dict(tool.questions),
                "supplied": dict(tool.supplied), "read_back": tool.read_back,
                "read_back_seconds": tool.read_back_seconds,
                "values": [
                    {"parameter": one.parameter, "sentence": one.sentence, "said": one.said, "came": one.came,
                     "in_sentence": one.in_sentence, "as_answer": one.as_answer}
                    for one in tool.values
                ],
                "trials": [
                    {"text": one.text, "source": one.source, "reached": one.reached or None, "score": one.score,
                     "rival": one.rival or None}
                    for one in tool.trials
                ],
            }
            for tool in review.tools
        ],
        "findings": [
            {"severity": one.severity.value, "topic": one.topic.value, "tool": one.tool or None,
             "parameter": one.parameter or None, "what": one.what, "cure": one.cure}
            for one in review.findings
        ],
    }  # fmt: skip


_STYLE = """
:root { color-scheme: light dark; --edge: #8884; --soft: #8882 }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .4rem .6rem; vertical-align: top }
tr { border-bottom: 1px solid var(--edge) } code { background: var(--soft); padding: 0 .25em; border-radius: 3px }
details { margin: .3rem 0 } .cure { margin: .1rem 0 .7rem 1.4rem } .quiet { opacity: .7 }
"""


def as_html(review: Review) -> str:
    """Return the review as one HTML file that loads nothing from elsewhere."""
    rows = "\n".join(_row(tool) for tool in review.tools)
    parts = [
        "<!doctype html>", '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>Voice review of {escape(review.server)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>Voice review of {escape(review.server)}</h1><p>{escape(_verdict(review))}. Score {review.score} of 100: "
        f"{escape(_shares(review))}.</p>",
        "<h2>Tools</h2><table><thead><tr><th>Tool</th><th>Sentences that reach it</th><th>A yes?</th>"
        f"<th>What a driver hears</th></tr></thead><tbody>{rows}</tbody></table>",
        *_section("Cannot be used by voice", review.of(Severity.ERROR)),
        *_section("Works badly", review.of(Severity.WARNING)),
        *_section("Could be better", review.of(Severity.ADVICE)),
        "</body></html>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def _row(tool: ToolReview) -> str:
    trials = "".join(
        f"<li>{'✔' if one.reached == tool.name else '✖'} “{escape(one.text)}” "
        f"<span class=quiet>({one.source})</span>"
        + ("" if one.reached == tool.name else f" → {escape(one.reached) or 'nothing'}")
        + "</li>"
        for one in tool.trials
    )
    heard = [f"“{escape(text)}”" for text in tool.questions.values()]
    heard += [f"finds out <code>{escape(name)}</code> by {escape(source)}" for name, source in tool.supplied.items()]
    heard += [f"“{escape(tool.read_back)}” ({tool.read_back_seconds:.0f} s)"] if tool.read_back else []
    consent = "yes" if tool.needs_consent else "no"
    return (
        f"<tr><td><code>{escape(tool.name)}</code></td><td><details><summary>{tool.reached} of {len(tool.trials)}"
        f"</summary><ul>{trials}</ul></details></td><td>{consent}: {escape(tool.why)}</td>"
        f"<td>{'<br>'.join(heard) or '–'}</td></tr>"
    )


def _section(heading: str, findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return []
    items = "".join(
        f"<div><b>{_SIGNS[one.severity]} {escape(one.tool or 'server')}</b>: {escape(one.what)}"
        f'<p class="cure">→ {escape(one.cure)}</p></div>'
        for one in findings
    )
    return [f"<h2>{escape(heading)} ({len(findings)})</h2>{items}"]
