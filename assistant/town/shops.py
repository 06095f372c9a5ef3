"""Shops: products with prices, and the driver's past orders. Sells nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from assistant.hosting.spoken_words import plain
from assistant.town.chance import fraction
from assistant.town.data_files import load


@dataclass(frozen=True)
class Product:
    """A product of a shop; the price is in euros."""

    name: str
    shop: str
    price: float
    in_stock: bool


@dataclass(frozen=True)
class Order:
    """An order of the driver."""

    order_id: str
    product: str
    total: float
    ordered_on: date
    arrives_on: date


class Shops:
    """All products and orders. Prices depend on the seed within five per cent."""

    def __init__(self, seed: int, now: Callable[[], datetime]) -> None:
        data = load("money")
        self.products = tuple(
            Product(raw["product"], raw["shop"], _price(seed, raw["product"], raw["price"]), raw["in_stock"])
            for raw in data["products"]
        )
        today = now().date()
        self.orders = tuple(
            Order(
                raw["order_id"],
                raw["product"],
                raw["total"],
                today - timedelta(days=raw["days_ago"]),
                today - timedelta(days=raw["days_ago"] - raw["takes"]),
            )
            for raw in data["orders"]
        )

    def find(self, words: str) -> list[Product]:
        """Return the products that share the most words with the query, the cheapest first."""
        wanted = {_stem(word) for word in plain(words).split()}
        hits = [(len(wanted & {_stem(word) for word in plain(p.name).split()}), p) for p in self.products]
        best = max((hit for hit, _ in hits), default=0)
        return sorted((p for hit, p in hits if hit == best > 0), key=lambda p: (not p.in_stock, p.price))


def _stem(word: str) -> str:
    return word.removesuffix("s")


def _price(seed: int, product: str, price: float) -> float:
    return round(price * (0.95 + 0.1 * fraction(seed, "shop", product)), 2)
