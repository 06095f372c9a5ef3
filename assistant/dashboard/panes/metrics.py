"""Figures of this run: latency by stage, success by tool, answers from the cache, and a plot. Nothing is kept."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static
from textual_plotext import PlotextPlot

from assistant.dashboard.history import STAGES, History, percentile
from assistant.dashboard.panes.base import Pane

PLOTTED = 60
"""The newest turns that are drawn."""


class MetricsPane(Pane):
    """Tables at the left, a plot at the right."""

    def compose(self) -> ComposeResult:
        """Tables and plot."""
        with Horizontal(classes="columns"):
            with VerticalScroll(classes="list", can_focus=False):
                yield Static("", id="figures", markup=False)
            yield PlotextPlot(id="plot", classes="details")

    def look(self) -> None:
        """Count and draw anew."""
        history = self.dashboard.history or History()
        self.query_one("#figures", Static).update("\n".join(figure_lines(history)))
        self._draw(history)

    def turns_changed(self, turns: list[object]) -> None:  # type: ignore[override]  # which turns is of no interest
        """Count anew."""
        self.look()

    def _draw(self, history: History) -> None:
        plot = self.query_one("#plot", PlotextPlot)
        figure = plot.plt
        figure.clear_data()
        figure.title("milliseconds a turn")
        marker = "hd" if self.dashboard.symbols.block else "*"
        for stage in STAGES:
            values = [turn.seconds.get(stage, 0.0) * 1000 for turn in history][-PLOTTED:]
            if any(values):
                figure.plot(list(range(1, len(values) + 1)), values, label=stage, marker=marker)
        plot.refresh()


def figure_lines(history: History) -> list[str]:
    """Return the tables, a line each."""
    lines = [f"{'stage':<10}{'p50':>6}{'p95':>6}{'n':>6}  ms"]
    for stage, values in history.stages.items():
        median, late = percentile(values, 0.5), percentile(values, 0.95)
        if median is not None and late is not None:
            lines.append(f"{stage:<10}{median * 1000:>6.0f}{late * 1000:>6.0f}{len(values):>6}")
    calls = sum(count.calls for count in history.tools.values())
    cached = sum(count.from_cache for count in history.tools.values())
    lines += ["", f"turns {len(history.turns)}, calls {calls}", f"from the cache {cached}"]
    lines += ["", f"{'tool':<20}{'ok':>4}{'of':>4}"] if history.tools else []
    for name, count in sorted(history.tools.items(), key=lambda one: -one[1].calls)[:30]:
        lines.append(f"{name.rpartition('.')[2][:19]:<20}{count.succeeded:>4}{count.calls:>4}")
    return lines
