"""The pane of figures: latency by stage, success by tool, answers from the cache, a plot, and the last minute.

Only of this run; stores nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.app import ComposeResult
from textual.color import Color
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static
from textual_plotext import PlotextPlot

from assistant.dashboard.history import STAGES, History, percentile
from assistant.dashboard.panes.pane_base import Pane

PLOTTED = 60
"""Number of newest turns in the plot."""
COLOURS = dict(zip(STAGES, ("accent", "success", "warning", "error"), strict=True))
"""Colours of the plot's lines, by theme names."""


class MetricsPane(Pane):
    """Tables on the left; a plot and the last minute of network and calls on the right."""

    def __init__(self, *, id: str) -> None:  # Textual's own name
        super().__init__(id=id)
        self.clock: Callable[[], float] = time.time
        """Seconds since the epoch."""

    def compose(self) -> ComposeResult:
        """Tables, plot, last minute."""
        with Horizontal(classes="columns"):
            with VerticalScroll(classes="list", can_focus=False):
                yield Static("", id="figures", markup=False)
            with Vertical(classes="details"):
                yield PlotextPlot(id="plot")
                yield Static("the last minute", classes="title", markup=False)
                yield Static("", id="minute", markup=False)

    def look(self) -> None:
        """Compute and draw again."""
        history = self.dashboard.history or History()
        self.query_one("#figures", Static).update("\n".join(figure_lines(history)))
        self.query_one("#plot").display = bool(history.turns)
        if history.turns:
            self._draw(history)
        self.tick()

    def tick(self) -> None:
        """Draw the last minute again."""
        width = self.query_one("#minute").content_size.width
        lines = self.dashboard.feed.minute.lines(self.clock(), width, self.dashboard.symbols)
        self.query_one("#minute", Static).update("\n".join(lines))

    def on_resize(self) -> None:
        """Draw as wide as the space allows."""
        self.call_after_refresh(self.tick)

    def turns_changed(self, turns: list[object]) -> None:  # type: ignore[override]  # which turns is of no interest
        """Compute again."""
        self.look()

    def _draw(self, history: History) -> None:
        plot = self.query_one("#plot", PlotextPlot)
        blocks = self.dashboard.symbols.block
        newest = list(history)[-PLOTTED:]
        theme = self.app.theme_variables
        figure = plot.plt
        figure.clear_figure()
        figure.title("milliseconds a turn")
        figure.frame(blocks)  # its lines are no ASCII
        highest = 1.0
        for stage, colour in COLOURS.items():
            took = {turn.number: turn.seconds[stage] * 1000 for turn in newest if turn.seconds.get(stage)}
            if not took:
                continue
            highest = max(highest, *took.values())
            drawn = Color.parse(theme[colour]).rgb
            if blocks:
                figure.plot(list(took), list(took.values()), marker="braille", color=drawn)
            # Each point is its stage's first letter: no line is told by its colour alone.
            figure.scatter(list(took), list(took.values()), marker=stage[0], color=drawn, label=stage)
        figure.ylim(0, highest * 1.5)  # the names stand above the lines
        figure.xticks(sorted({newest[0].number, newest[len(newest) // 2].number, newest[-1].number}))
        plot.refresh()


def figure_lines(history: History) -> list[str]:
    """Return the tables as lines of 36 columns."""
    if not any(history.stages.values()):
        return ["Nothing was measured yet.", "Figures come with the first", "turn: say or type something."]
    lines = [f"{'ms':<18}{'p50':>6}{'p95':>6}{'n':>6}"]
    for stage, values in history.stages.items():
        median, late = percentile(values, 0.5), percentile(values, 0.95)
        if median is not None and late is not None:
            lines.append(f"{stage:<18}{median * 1000:>6.0f}{late * 1000:>6.0f}{len(values):>6}")
    calls = sum(count.calls for count in history.tools.values())
    cached = sum(count.from_cache for count in history.tools.values())
    lines += ["", f"{'turns':<30}{len(history.turns):>6}", f"{'calls':<30}{calls:>6}"]
    lines.append(f"{'answered by the cache':<30}{cached:>6}")
    lines += ["", f"{'tool':<24}{'ok':>6}{'of':>6}"] if history.tools else []
    for name, count in sorted(history.tools.items(), key=lambda one: -one[1].calls)[:30]:
        lines.append(f"{name.rpartition('.')[2][:23]:<24}{count.succeeded:>6}{count.calls:>6}")
    return lines
