"""Balance, transactions, transfers and shopping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import day_words, euro_words, joined
from assistant.town.bank import Transaction
from assistant.town.world import World


def get_balance(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The balance of one account, or of all."""
    wanted = arguments.get("account")
    accounts = {name: left for name, left in world.bank.balances.items() if wanted in (None, name)}
    named = joined([f"{euro_words(left)} on your {name} account" for name, left in accounts.items()])
    return {
        "summary": f"You have {named}.",
        "accounts": [{"account": name, "balance": left} for name, left in accounts.items()],
    }


def list_transactions(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The latest transactions, the newest first."""
    account = arguments["account"]
    found = world.bank.latest(account, arguments["max_results"])
    spoken = "; ".join(_told(world, one) for one in found)
    return {
        "summary": f"{spoken[:1].upper()}{spoken[1:]}." if found else f"Nothing went over your {account} account.",
        "account": account,
        "transactions": [
            {
                "transaction_id": one.transaction_id,
                "date": one.date.isoformat(),
                "party": one.party,
                "amount": one.amount,
                "reference": one.reference,
            }
            for one in found
        ],
    }


def _told(world: World, one: Transaction) -> str:
    way = "to" if one.amount < 0 else "from"
    reference = f" for {one.reference}" if one.reference else ""
    return f"{day_words(one.date, world.today)} {euro_words(abs(one.amount))} {way} {one.party}{reference}"


def transfer_money(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Pay a contact."""
    made = world.bank.transfer(arguments["recipient"], arguments["amount"])
    left = world.bank.balances["checking"]
    return {
        "summary": f"{euro_words(-made.amount)} went to {made.party}; {euro_words(left)} are left.",
        "transaction_id": made.transaction_id,
        "recipient": made.party,
        "amount": -made.amount,
        "balance": left,
    }


def shopping_hybrid(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Products, or past orders."""
    return _orders(world) if arguments["action"] == "track_orders" else _products(world, arguments.get("query", ""))


def _products(world: World, query: str) -> dict[str, Any]:
    if not query.strip():
        raise RefusedError("What are you looking for?", [], ["query"])
    found = world.shops.find(query)[:3]
    if not found:
        raise RefusedError(f"No shop here has {query}.", [], ["query"])
    named = [
        f"{product.name} for {euro_words(product.price)} at {product.shop}{'' if product.in_stock else ', sold out'}"
        for product in found
    ]
    return {
        "summary": f"There is {'; '.join(named)}.",
        "action": "browse",
        "products": [{"product": p.name, "shop": p.shop, "price": p.price, "in_stock": p.in_stock} for p in found],
    }


def _orders(world: World) -> dict[str, Any]:
    today = world.today
    listed = []
    named = []
    for order in world.shops.orders:
        on_its_way = order.arrives_on > today
        status = "on its way" if on_its_way else "delivered"
        when = (
            f"on its way and arrives {day_words(order.arrives_on, today)}"
            if on_its_way
            else (f"delivered {day_words(order.arrives_on, today)}")
        )
        named.append(f"the {order.product[0].lower()}{order.product[1:]}, {when}")
        listed.append(
            {
                "order_id": order.order_id,
                "product": order.product,
                "total": order.total,
                "status": status,
                "ordered_on": order.ordered_on.isoformat(),
                "arrives_on": order.arrives_on.isoformat(),
            }
        )
    summary = f"You ordered {'; '.join(named)}." if named else "You have ordered nothing."
    return {"summary": summary, "action": "track_orders", "orders": listed}
