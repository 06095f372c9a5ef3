"""Messages to contacts and personal e-mail."""

from __future__ import annotations

from assistant.town.definitions.schema import IDEMPOTENCY_KEY, Definition, hints, meta, record, result, text, whole

CONTACTS = ["Anna", "Tom", "Mum", "Dad", "Lisa", "Ben", "Grandma"]
QUICK_MESSAGES = [
    "I'm on my way",
    "I'm running ten minutes late",
    "I'm running late",
    "I'll be home soon",
    "I'll call you later",
    "I'm stuck in traffic",
    "please start dinner without me",
    "I have arrived",
]

SEND_MESSAGE: Definition = {
    "name": "send_message",
    "title": "Send a message",
    "description": "Send a short text message to a contact, for example to the family.",
    "inputSchema": record(
        {
            "contact": text("Who gets it.", minLength=1, maxLength=100, examples=CONTACTS),
            "message": text("What it says.", minLength=1, maxLength=500, examples=QUICK_MESSAGES),
            "idempotency_key": IDEMPOTENCY_KEY,
        },
        ["contact", "message"],
    ),
    "outputSchema": result(
        message_id=text("Number of the message."),
        contact=text("Who gets it."),
        message=text("What it says."),
        sent_at=text("When it was sent.", format="date-time"),
    ),
    "annotations": hints(read_only=False, open_world=True),
    "_meta": meta(
        "communication",
        [
            "send a message to [anna](contact)",
            "send a message to [anna](contact) saying [i'm on my way](message)",
            "send [tom](contact) a message [i'm running late](message)",
            "send a message to [mum](contact) that [i'll be home soon](message)",
            "tell [anna](contact) [i'm stuck in traffic](message)",
            "tell [dad](contact) [i have arrived](message)",
            "tell [lisa](contact) that [i'm running ten minutes late](message)",
            "text [tom](contact) [i'll call you later](message)",
            "text [ben](contact) that [i'm on my way](message)",
            "message [anna](contact) [please start dinner without me](message)",
            "let [mum](contact) know [i'm running late](message)",
            "let [grandma](contact) know that [i'm on my way](message)",
            "write to [dad](contact) [i'll be home soon](message)",
            "send [i'm on my way](message) to [anna](contact)",
            "send a message saying [i'm stuck in traffic](message)",
        ],
        voice_confirmations=["contact", "message"],
        deferrable=True,
    ),
}

READ_MESSAGES: Definition = {
    "name": "read_messages",
    "title": "Read messages",
    "description": "Read recent messages, those received and those of the driver, the newest first.",
    "inputSchema": record({"contact": text("Only those with this contact.", examples=CONTACTS)}),
    "outputSchema": result(
        messages={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "message_id": {"type": "string"},
                    "direction": {"type": "string", "enum": ["received", "sent"]},
                    "contact": {"type": "string"},
                    "message": {"type": "string"},
                    "at": {"type": "string", "format": "date-time"},
                },
                "required": ["message_id", "direction", "contact", "message", "at"],
            },
        }
    ),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta(
        "communication",
        [
            "read my messages",
            "read me my messages",
            "read the messages from [anna](contact)",
            "do i have any messages",
            "any new messages",
            "did [tom](contact) write to me",
            "what did [mum](contact) write",
            "is there a message from [lisa](contact)",
            "show my messages",
            "what messages did i get",
            "what did i send to [anna](contact)",
        ],
    ),
}

EMAIL_PERSONAL: Definition = {
    "name": "email_personal",
    "title": "E-mail",
    "description": "Send, read or search personal e-mail.",
    "inputSchema": record(
        {
            "action": text("What to do.", enum=["send", "read", "search"]),
            "to": {
                "type": "array",
                "items": {"type": "string", "minLength": 1, "examples": CONTACTS},
                "maxItems": 20,
                "description": "Contacts or e-mail addresses it goes to.",
            },
            "subject": text("Subject; for a search, the words to look for.", maxLength=200),
            "body": text("Text of the e-mail.", maxLength=5000),
        },
        ["action"],
    ),
    "outputSchema": result(
        action=text("What was done.", enum=["send", "read", "search"]),
        email_id=text("Number of the e-mail that was sent."),
        not_reached={
            "type": "array",
            "items": {"type": "string"},
            "description": "To whom it was not sent, though others got it.",
        },
        remaining=whole("Unread e-mails that are told when asked for again.", 0, 10_000_000),
        emails={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "email_id": {"type": "string"},
                    "from": {"type": "string"},
                    "to": {"type": "array", "items": {"type": "string"}},
                    "subject": {"type": "string"},
                    "body": {"type": "string"},
                    "at": {"type": "string", "format": "date-time"},
                    "unread": {"type": "boolean"},
                },
                "required": ["email_id", "from", "to", "subject", "at"],
            },
        },
    ),
    "annotations": hints(read_only=False, open_world=True),
    "_meta": meta(
        "communication",
        [
            "[read](action) my email",
            "[read](action) me my emails",
            "[read](action) my mail",
            "[check](action) my email",
            "do i [have](action) any new email",
            "[send](action) an email to [anna](to)",
            "[send](action) an email to [anna](to) about [dinner](subject)",
            "[write](action) an email to [tom](to) about [the weekend](subject)",
            "[write](action) an email to [ben](to) with the subject [running late](subject)",
            "[search](action) my email for [invoice](subject)",
            "[search](action) my mail for [tickets](subject)",
            "[look](action) for an email about [the garage](subject)",
            "[email](action) [dad](to) about [the garden](subject)",
        ],
        level="user_specific",
        service="gmail",
        voice_confirmations=["action", "to", "subject"],
        read_only_when={"action": ["read", "search"]},
        deferrable=True,
        words={
            "action": {
                "send": ["send", "write", "email", "mail", "reply"],
                "read": ["read", "check", "have", "open", "show"],
                "search": ["search", "look", "find"],
            }
        },
    ),
}
