"""The pane of the outbox: waiting confirmed calls, calls with unknown outcome, and the ledger; inspect, cancel, retry,
check, verify. It sends nothing by itself: the client retries, and checking a lost call is an ordinary request.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from assistant.dashboard.cards import ago, card
from assistant.dashboard.pane_keys import PANE_KEYS
from assistant.dashboard.panes.pane_base import Pane
from assistant.dashboard.record_views import Records, read_records, verify_ledger
from assistant.dashboard.widgets.rows import Row, Rows
from assistant.policy.consequences import checking_call
from client.call import Succeeded
from client.records.ledger import LedgerRow
from client.records.outbox import OutboxRow

LEAST = 40
"""Columns of a card until the first layout."""
KINDS: Mapping[str, str] = {
    "consent_spent": "your yes", "attempt": "tried", "outcome": "ended", "deferred": "kept for later",
    "approved": "approved",
}  # fmt: skip
"""What an entry of the ledger tells, in words, by its kind."""


class OutboxPane(Pane):
    """A list in three parts, with the chosen entry in full below."""

    BINDINGS: ClassVar[list[BindingType]] = [*PANE_KEYS["outbox"]]

    def __init__(self, *, id: str) -> None:  # Textual's own name
        super().__init__(id=id)
        self._records = Records((), (), ())
        self.clock: Callable[[], float] = time.time
        """Seconds since the epoch."""

    def compose(self) -> ComposeResult:
        """The list and one entry."""
        yield OptionList(id="records", classes="list", markup=False)
        with VerticalScroll(classes="details", can_focus=False):
            yield Rows(id="record")

    def take_focus(self) -> None:
        """Focus the list."""
        self.query_one("#records", OptionList).focus()

    def on_resize(self) -> None:
        """Draw the cards as wide as the list."""
        self.call_after_refresh(self._show)

    def look(self) -> None:
        """Read the records again."""
        if self.live is not None:
            self.dashboard.work_on(self._read(), "records", group="records")

    def tick(self) -> None:
        """Read again, because deliveries change the list."""
        self.look()

    async def _read(self) -> None:
        self._records = await read_records(self.dashboard.settings.data_path)
        self._show()  # the ages of the cards change without news

    def _show(self) -> None:
        records = self._records
        place = self.query_one("#records", OptionList)
        now, width, symbols = self.clock(), max(LEAST, place.content_size.width - 2), self.dashboard.symbols
        options = [Option(f"Outbox: {len(records.waiting) or 'nothing'} waiting", disabled=True)]
        options += [Option(card(row, width, now, symbols), id=f"w-{row.position}") for row in records.waiting]
        how_many = f"{len(records.unknown)} that may or may not have happened" if records.unknown else "none"
        options.append(Option(f"Unknown: {how_many}", disabled=True))
        options += [Option(card(row, width, now, symbols), id=f"u-{row.position}") for row in records.unknown]
        newest = f"the newest {len(records.ledger)}" if records.ledger else "nothing yet"
        options.append(Option(f"Ledger: {newest}", disabled=True))
        options += [Option(f" {_ledger_line(row)}", id=f"l-{row.sequence}") for row in records.ledger]
        if [(one.id, str(one.prompt)) for one in options] == [(one.id, str(one.prompt)) for one in place.options]:
            return
        before = place.highlighted
        place.set_options(options)
        place.highlighted = before if before is not None and before < len(options) else None
        self._tell()

    @property
    def _chosen(self) -> OutboxRow | LedgerRow | None:
        option = self.query_one("#records", OptionList).highlighted_option
        kind, _, number = (option.id or "").partition("-") if option is not None else ("", "", "")
        rows = {"w": self._records.waiting, "u": self._records.unknown}.get(kind, ())
        found: list[OutboxRow | LedgerRow] = [row for row in rows if str(row.position) == number]
        if kind == "l":
            found = [row for row in self._records.ledger if str(row.sequence) == number]
        return found[0] if found else None

    def on_option_list_option_highlighted(self) -> None:
        """Show the entry."""
        self._tell()

    def _tell(self) -> None:
        self.query_one("#record", Rows).show(_details(self._chosen, self.clock()))

    def action_cancel(self) -> None:
        """Cancel a waiting call."""
        row = self._chosen
        if not isinstance(row, OutboxRow) or row not in self._records.waiting:
            self.say("Choose a waiting call first")
            return

        async def cancel(call_id: str) -> None:
            if self.live is not None:
                done = await self.live.tools.cancel_waiting(call_id)
                self.say("Taken back: it will not be sent" if done else "Too late: it is on its way or done")
                await self._read()

        self.dashboard.work_on(cancel(row.call.call_id), "taking back", group="outbox-change")

    def action_retry(self) -> None:
        """Try the waiting calls now."""
        if self.live is not None:
            self.live.tools.deliver_soon()
            self.say("Trying now; what cannot be sent goes on waiting")

    def action_look_whether(self) -> None:
        """Ask the server whether a lost call happened, if it has a tool for that."""
        row = self._chosen
        tool = self.live.tools.catalog.of(row.call.server, row.call.tool) if (
            self.live is not None and isinstance(row, OutboxRow)
        ) else None  # fmt: skip
        if tool is None or not isinstance(row, OutboxRow) or self.live is None:
            self.say("Choose an unknown call of a connected server first")
            return
        check = checking_call(self.live.tools.catalog, tool, row.call.arguments)
        if check is None:
            self.say(f"{tool.server} has no tool that tells whether {tool.name} happened")
            return
        self.dashboard.request(*check)

    def action_verify(self) -> None:
        """Verify the ledger's hash chain."""

        async def verify() -> None:
            found = await verify_ledger(self.dashboard.settings.data_path)
            self.say(
                f"The ledger is whole: {found.rows} rows"
                if found.broken_at is None
                else f"The ledger is broken at row {found.broken_at}: {found.why}"
            )

        self.dashboard.work_on(verify(), "verification", group="verify")


def _ledger_line(row: LedgerRow) -> str:
    return f"{_time(row.at)}  {_kind(row):<14} {row.server}.{row.tool}"[:110]


def _kind(row: LedgerRow) -> str:
    return KINDS.get(row.kind, row.kind)


def _details(row: OutboxRow | LedgerRow | None, now: float) -> list[Row]:
    if row is None:
        return [Row(text="Choose an entry with up and down to see all of it")]
    if isinstance(row, LedgerRow):
        facts = [Row(name, str(value)) for name, value in row.detail.items()]
        rows = [
            Row(f"{row.server}.{row.tool}"),
            Row("what", _kind(row)),
            Row("number", str(row.sequence)),
            Row("when", _time(row.at)),
            *facts,
        ]
        return [*rows, Row("call", row.call_id), Row("digest", row.digest), Row("hash", row.hash)]
    arguments = [Row(name, str(value)[:120]) for name, value in row.call.arguments.items()]
    rows = [Row(f"{row.call.server}.{row.call.tool}"), *(arguments or [Row(text="arguments were erased")]), Row()]
    rows += [
        Row("kept", f"{ago(now - row.queued_at)}, {_time(row.queued_at)}"),
        Row("waits until", _time(row.expires_at)),
    ]
    rows.append(Row("tried", f"{row.attempts} times"))
    if row.outcome is not None:
        told = row.outcome.kind if isinstance(row.outcome, Succeeded) else row.outcome.error.message
        rows.append(Row("outcome", told))
    return rows


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at).astimezone():%m-%d %H:%M:%S}"
