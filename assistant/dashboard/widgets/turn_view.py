"""One turn of the conversation: what was said, heard, understood, asked, called and answered; if opened, with times.

The words of each argument are coloured and underlined in the sentence, and named below it. Shown only when parked
(S22).
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from assistant.conversation.trace import answer_text
from assistant.dashboard.history import STAGES, Turn
from assistant.dashboard.pane_keys import TURN_KEYS
from assistant.dashboard.symbols import Symbols
from assistant.dashboard.widgets.rows import UNKNOWN_WIDTH, Row, wrapped
from assistant.understanding.reading import Interpretation, Reading
from voice.synthesis.wording import as_spoken

BAR = 24
"""Columns of the longest bar."""
COLUMN = 12
"""Column at which the spoken words begin."""
LONGEST = 120
"""Most characters of one text (row S7); an opened turn shows everything, in lines of at most this length."""
_COLOURS = ("$success", "$warning", "$accent", "$error")


class TurnView(Widget, can_focus=True):
    """A turn that opens and closes."""

    BINDINGS: ClassVar[list[BindingType]] = [*TURN_KEYS]

    class Replay(Message):
        """The driver's words of this turn should be played again."""

        def __init__(self, turn: Turn) -> None:
            super().__init__()
            self.turn = turn

    def __init__(self, turn: Turn, symbols: Symbols) -> None:
        super().__init__(id=f"turn-{turn.number}")
        self.turn = turn
        self.opened = False
        self._symbols = symbols

    def show(self) -> None:
        """Show the turn as it is now."""
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines at that width."""
        return len(self._lines(width))

    def render(self) -> Content:
        """Return the lines."""
        return Content("\n").join(self._lines(self.content_size.width or UNKNOWN_WIDTH))

    def _lines(self, width: int) -> list[Content]:
        return wrapped(turn_rows(self.turn, self._symbols, opened=self.opened), width, COLUMN)

    def action_open(self) -> None:
        """Open or close the turn."""
        self.opened = not self.opened
        self.show()

    def on_click(self) -> None:
        """Open or close the turn."""
        self.action_open()

    def action_replay(self) -> None:
        """Play the driver's words again."""
        self.post_message(self.Replay(self.turn))


def turn_rows(turn: Turn, symbols: Symbols, *, opened: bool) -> list[Row]:
    """Return a turn as rows: said, understood, asked, called, answered; if opened, everything with times."""
    best = turn.reading.interpretations[0] if turn.reading and turn.reading.interpretations else None
    sign = symbols.open if opened else symbols.closed
    said = _marked(turn.text or "(not understood)", best) if turn.text or turn.heard else Content("McQueen began")
    rows = [Row(f"{sign} {'typed' if turn.typed else 'heard'}", said, "bold")]
    if opened and turn.heard is not None:
        others = [other for other in turn.heard.alternatives if other.text != turn.text]
        rows += [Row("  or", _short(other.text), "$faint") for other in others[:3]]
    if turn.reading is not None:
        first, *more = meaning(turn.reading, opened)
        rows += [Row("  meaning", first), *(Row("  ", text) for text in more)]
    rows += [Row("  asked", _short(text), "$warning") for text in turn.asked]
    for called in turn.calls:
        well = called.outcome.kind == "succeeded"
        told = f"{called.call.tool}: {called.outcome.kind}, {called.seconds * 1000:.0f} ms"
        rows.append(Row(f"  called {symbols.well if well else symbols.unwell}", told, "$success" if well else "$error"))
        rows += [Row("  answered", _short(answer_text(called.outcome)), "$faint")] if opened else []
    rows += [Row("  McQueen", _short(text), "bold") for text in turn.answers]
    if opened:
        rows += [Row("  sounds", _short(spoken), "$faint") for spoken in _sounds(turn)]
        rows += bars(turn, symbols)
        if turn.sound is not None:
            rows.append(Row("  ", "p plays the driver's words again"))
    return rows


def meaning(reading: Reading, opened: bool) -> list[str]:
    """Return how an utterance was understood, one line each; if opened, with every argument and the other parses."""
    if reading.control is not None:
        return [str(reading.control.value).replace("_", " ")]
    if reading.changes:
        return [_short("change " + ", ".join(f"{name}={value}" for name, value in reading.changes.items()))]
    if not reading.interpretations:
        return ["no tool fits"]
    best, *others = reading.interpretations
    lines = [f"{best.tool} [{best.score:.2f}]"]
    named = ", ".join(f"{name}={value}" for name, value in best.arguments.items())
    if named and not opened:
        lines = [_short(f"{best.tool}({named}) [{best.score:.2f}]")]
    if opened:
        lines += [
            _short(f"{name} = {value}{_words(reading.text, best, name)}") for name, value in best.arguments.items()
        ]
        lines += [f"{name} is missing" for name in best.missing]
        lines += [f"or {other.tool} [{other.score:.2f}]" for other in others]
    return lines


def _words(text: str, best: Interpretation, name: str) -> str:
    """Return the words of the sentence that an argument came from."""
    span = best.spans.get(name)
    return f', from "{text[span.start : span.end]}"' if span is not None and text else ""


def _sounds(turn: Turn) -> list[str]:
    """Return how the texts of a turn are pronounced, if the voice says them differently."""
    return [as_spoken(text) for text in (*turn.asked, *turn.answers) if as_spoken(text) != text]


def bars(turn: Turn, symbols: Symbols) -> list[Row]:
    """Return the times of the stages as bars on one scale."""
    longest = max(turn.seconds.values(), default=0.0)
    rows = []
    for stage in STAGES:
        if stage in turn.seconds:
            seconds = turn.seconds[stage]
            full = round(BAR * seconds / longest) if longest else 0
            bar = symbols.bar * full + symbols.rest * (BAR - full)
            rows.append(Row(f"  {stage}", f"{bar} {seconds * 1000:7.1f} ms", "$faint"))
    return rows


def _marked(text: str, best: Interpretation | None) -> Content:
    """Return the sentence with the words of each argument coloured and underlined."""
    content = Content(text)
    for number, span in enumerate(best.spans.values() if best else ()):
        content = content.stylize(f"{_COLOURS[number % len(_COLOURS)]} underline", span.start, span.end)
    return content


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
