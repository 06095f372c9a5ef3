"""The driver's bank: accounts and their transactions. Money leaves only by a transfer; no real bank is involved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import euro_words
from assistant.town.chance import fraction
from assistant.town.data_files import load
from assistant.town.people import Contacts


@dataclass(frozen=True)
class Transaction:
    """Money that came in (above zero) or was paid (below), in euros."""

    transaction_id: str
    account: str
    date: date
    party: str
    amount: float
    reference: str = ""


class Bank:
    """All accounts. Their balances at the start depend on the seed."""

    def __init__(self, seed: int, now: Callable[[], datetime], contacts: Contacts) -> None:
        self._now = now
        self._contacts = contacts
        data = load("money")
        self.balances: dict[str, float] = {
            name: round(balance + 200 * fraction(seed, "balance", name), 2)
            for name, balance in data["accounts"].items()
        }
        today = now().date()
        self.transactions: list[Transaction] = [
            Transaction(
                f"T-{100 + index}",
                raw["account"],
                today - timedelta(days=raw["days_ago"]),
                raw["party"],
                raw["amount"],
                raw["reference"],
            )
            for index, raw in enumerate(reversed(data["transactions"]), 1)
        ]
        self.transfers: list[Transaction] = []
        """The driver's transfers, in order."""

    def latest(self, account: str, count: int) -> list[Transaction]:
        """Return the latest transactions of an account, the newest first."""
        # Stable from the end: on one day, the last one comes first.
        found = [one for one in reversed(self.transactions) if one.account == account]
        return sorted(found, key=lambda one: one.date, reverse=True)[:count]

    def transfer(self, recipient: str, amount: float) -> Transaction:
        """Pay from the checking account. Raises `RefusedError`: unknown contact, or not enough money."""
        contact = self._contacts.find(recipient, "recipient")
        amount = round(amount, 2)
        left = self.balances["checking"]
        if amount > left:
            raise RefusedError(
                f"Your checking account has only {euro_words(left)}; nothing was transferred.", [], ["amount"]
            )
        self.balances["checking"] = round(left - amount, 2)
        number = f"T-{101 + len(self.transactions)}"
        made = Transaction(number, "checking", self._now().date(), contact.name, -amount)
        self.transactions.append(made)
        self.transfers.append(made)
        return made
