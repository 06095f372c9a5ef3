"""Banking and shopping: balances, payments and purchases."""

from __future__ import annotations

from assistant.town.definitions.communication_tools import CONTACTS
from assistant.town.definitions.schema import IDEMPOTENCY_KEY, Definition, hints, meta, record, result, text, whole

ACCOUNTS = ["checking", "savings"]
_ACCOUNT_WORDS = {"account": {"checking": ["checking", "current", "giro"], "savings": ["savings", "saving"]}}

GET_BALANCE: Definition = {
    "name": "get_balance",
    "title": "Bank balance",
    "description": "How much money is on the driver's bank accounts.",
    "inputSchema": record({"account": text("Which account; without it, all of them.", enum=ACCOUNTS)}),
    "outputSchema": result(
        accounts={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "account": {"type": "string", "enum": ACCOUNTS},
                    "balance": {"type": "number", "description": "Euros."},
                },
                "required": ["account", "balance"],
            },
        }
    ),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta(
        "finance",
        [
            "what is my bank balance",
            "what's my account balance",
            "how much money do i have",
            "how much money is in my [savings](account) account",
            "how much is on my [checking](account) account",
            "look at my bank account",
            "check the balance of my [checking](account) account",
            "what is the balance on my [savings](account) account",
            "how much money is in the bank",
            "show my bank balance",
            "what is my account balance",
        ],
        level="user_specific",
        service="bank",
        words=_ACCOUNT_WORDS,
    ),
}

LIST_TRANSACTIONS: Definition = {
    "name": "list_transactions",
    "title": "Bank transactions",
    "description": "The latest transactions on a bank account: what was paid and what came in.",
    "inputSchema": record(
        {
            "account": text("Which account.", enum=ACCOUNTS, default="checking"),
            "max_results": whole("How many transactions.", 1, 10, default=3),
        }
    ),
    "outputSchema": result(
        account=text("Which account.", enum=ACCOUNTS),
        transactions={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "transaction_id": {"type": "string"},
                    "date": {"type": "string", "format": "date"},
                    "party": {"type": "string", "description": "Who got the money, or who paid."},
                    "amount": {"type": "number", "description": "Euros; below zero where it was paid."},
                    "reference": {"type": "string"},
                },
                "required": ["transaction_id", "date", "party", "amount"],
            },
        },
    ),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta(
        "finance",
        [
            "show my bank transactions",
            "what are my latest transactions",
            "show me the last [five](max_results) transactions",
            "list the transactions on my [savings](account) account",
            "what are the last transactions on my [checking](account) account",
            "read my bank statement",
            "show my account statement",
            "what did i spend lately",
            "what money came in",
            "what was my last payment",
            "what are my last payments",
        ],
        level="user_specific",
        service="bank",
        words=_ACCOUNT_WORDS,
    ),
}

TRANSFER_MONEY: Definition = {
    "name": "transfer_money",
    "title": "Transfer money",
    "description": "Transfer money from the checking account to a contact.",
    "inputSchema": record(
        {
            "recipient": text("Contact who gets the money.", minLength=1, maxLength=100, examples=CONTACTS),
            "amount": {"type": "number", "minimum": 0.01, "maximum": 5000, "description": "Amount in euros."},
            "idempotency_key": IDEMPOTENCY_KEY,
        },
        ["recipient", "amount"],
    ),
    "outputSchema": result(
        transaction_id=text("Number of the transfer."),
        recipient=text("Who got the money."),
        amount={"type": "number", "description": "Euros."},
        balance={"type": "number", "description": "Euros that are left on the account."},
    ),
    "annotations": hints(read_only=False, destructive=True, open_world=True),
    "_meta": meta(
        "finance",
        [
            "transfer [fifty euros](amount) to [anna](recipient)",
            "transfer [one hundred euros](amount) to [tom](recipient)",
            "transfer money to [ben](recipient)",
            "send [twenty euros](amount) to [lisa](recipient)",
            "send [mum](recipient) [thirty euros](amount)",
            "pay [tom](recipient) [fifteen euros](amount)",
            "pay [dad](recipient) [forty euros](amount)",
            "pay [ten euros](amount) to [anna](recipient)",
            "make a bank transfer to [grandma](recipient)",
            "make a transfer of [sixty euros](amount) to [ben](recipient)",
            "transfer [eighty euros](amount)",
            "transfer money",
        ],
        level="user_specific",
        service="bank",
        voice_confirmations=["recipient", "amount"],
        deferrable=False,
    ),
}

SHOPPING_HYBRID: Definition = {
    "name": "shopping_hybrid",
    "title": "Shopping",
    "description": "Browse products with their prices, and see the driver's past orders and where they are.",
    "inputSchema": record(
        {
            "action": text("What to do.", enum=["browse", "track_orders"], default="browse"),
            "query": text(
                "Product to look for.",
                maxLength=200,
                examples=[
                    "winter tyres",
                    "snow chains",
                    "a phone holder",
                    "a dash cam",
                    "wiper blades",
                    "a child seat",
                ],
            ),
        },
    ),
    "outputSchema": result(
        action=text("What was done.", enum=["browse", "track_orders"]),
        products={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "product": {"type": "string"},
                    "shop": {"type": "string"},
                    "price": {"type": "number", "description": "Euros."},
                    "in_stock": {"type": "boolean"},
                },
                "required": ["product", "shop", "price", "in_stock"],
            },
        },
        orders={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "order_id": {"type": "string"},
                    "product": {"type": "string"},
                    "total": {"type": "number", "description": "Euros."},
                    "status": {"type": "string", "enum": ["on its way", "delivered"]},
                    "ordered_on": {"type": "string", "format": "date"},
                    "arrives_on": {"type": "string", "format": "date"},
                },
                "required": ["order_id", "product", "total", "status", "ordered_on", "arrives_on"],
            },
        },
    ),
    "annotations": hints(read_only=True, open_world=True),
    "_meta": meta(
        "shopping",
        [
            "shop for [winter tyres](query)",
            "go shopping for [wiper blades](query)",
            "[browse](action) the shops for [a dash cam](query)",
            "compare prices for [a child seat](query)",
            "how much do [snow chains](query) cost",
            "how much is [a phone holder](query) in the shops",
            "what is the price of [wiper blades](query)",
            "track my [orders](action)",
            "show me my [orders](action)",
            "list my past [orders](action)",
            "where is my [order](action)",
            "what did i [order](action)",
            "when does my [order](action) arrive",
        ],
        level="hybrid",
        service="shop",
        fallback_mode="public",
        personal_when={"action": ["track_orders"]},
        words={"action": {"browse": ["browse"], "track_orders": ["orders", "order"]}},
    ),
}
