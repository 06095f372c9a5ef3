"""Contacts, documents, notes and posts: what the driver has written, and public posts."""

from __future__ import annotations

from assistant.town.definitions.communication_tools import CONTACTS
from assistant.town.definitions.schema import IDEMPOTENCY_KEY, Definition, hints, meta, record, result, text

NETWORKS = ["mastodon", "linkedin", "facebook"]
_DOCUMENT = {
    "type": "object",
    "properties": {
        "document_id": {"type": "string"},
        "title": {"type": "string"},
        "text": {"type": "string"},
        "changed": {"type": "string", "format": "date"},
    },
    "required": ["document_id", "title", "text", "changed"],
}

FIND_CONTACT: Definition = {
    "name": "find_contact",
    "title": "Find a contact",
    "description": "The phone number and e-mail address of somebody in the driver's contacts.",
    "inputSchema": record(
        {"name": text("Who it is.", minLength=1, maxLength=100, examples=[*CONTACTS, "Maria", "David"])}, ["name"]
    ),
    "outputSchema": result(
        name=text("Name of the contact."), phone=text("Phone number."), email=text("E-mail address.", format="email")
    ),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta(
        "communication",
        [
            "what is the phone number of [anna](name)",
            "what is the number of [tom](name)",
            "give me the phone number of [mum](name)",
            "what is the email address of [maria](name)",
            "look up [ben](name) in my contacts",
            "find [david](name) in my contacts",
            "look up the phone number of [lisa](name)",
            "show me the contact [maria](name)",
            "do i have the phone number of [grandma](name)",
            "who is [david](name) in my contacts",
        ],
        level="user_specific",
        service="contacts",
    ),
}

FIND_DOCUMENTS: Definition = {
    "name": "find_documents",
    "title": "Personal documents",
    "description": "Look something up in the driver's own documents and notes.",
    "inputSchema": record(
        {
            "query": text(
                "What it is about.",
                minLength=1,
                maxLength=200,
                examples=["car insurance", "passport", "driving licence", "vehicle registration", "warranty"],
            )
        },
        ["query"],
    ),
    "outputSchema": result(documents={"type": "array", "items": _DOCUMENT}),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta(
        "documents",
        [
            "find my [car insurance](query)",
            "find my document about the [warranty](query)",
            "search my documents for [driving licence](query)",
            "look up my [car insurance](query) in my documents",
            "look in my documents for [passport](query)",
            "what do my documents say about the [warranty](query)",
            "when does my [passport](query) expire",
            "open my [vehicle registration](query)",
            "read my note about [presents](query)",
            "show my document about the [car insurance](query)",
            "find my note about [parking](query)",
        ],
        level="user_specific",
        service="documents",
    ),
}

WRITE_NOTE: Definition = {
    "name": "write_note",
    "title": "Write a note",
    "description": "Write a note among the driver's own documents.",
    "inputSchema": record(
        {
            "text": text(
                "What the note says.",
                minLength=1,
                maxLength=1000,
                examples=["call the garage", "the car is on level two", "buy milk", "the tyre pressure is low"],
            ),
            "idempotency_key": IDEMPOTENCY_KEY,
        },
        ["text"],
    ),
    "outputSchema": result(document_id=text("Number of the note."), text=text("What it says.")),
    "annotations": hints(read_only=False, open_world=False),
    "_meta": meta(
        "documents",
        [
            "take a note [call the garage](text)",
            "take a note that [the car is on level two](text)",
            "make a note [buy milk](text)",
            "jot down that [the tyre pressure is low](text)",
            "jot down [call the garage](text)",
            "make a note that [the tyre pressure is low](text)",
            "make a note to [call the garage](text)",
            "write a note [buy milk](text)",
            "write down that [the car is on level two](text)",
            "note that [the tyre pressure is low](text)",
            "note down [buy milk](text)",
            "take a note",
            "make a note",
        ],
        level="user_specific",
        service="documents",
        inverse={"tool": "delete_note", "arguments": {"note_id": "$result.document_id"}},
        deferrable=False,
    ),
}

DELETE_NOTE: Definition = {
    "name": "delete_note",
    "title": "Delete a note",
    "description": "Delete a note of the driver's; other documents stay.",
    "inputSchema": record(
        {
            "note_id": text(
                "Number of the note, words of it, or 'last' for the one written last.",
                minLength=1,
                maxLength=200,
                examples=["last", "presents", "parking"],
            )
        },
        ["note_id"],
    ),
    "outputSchema": result(document_id=text("Number of the note."), text=text("What it said.")),
    "annotations": hints(read_only=False, destructive=True, idempotent=True, open_world=False),
    "_meta": meta(
        "documents",
        [
            "delete my [last](note_id) note",
            "delete the [last](note_id) note",
            "remove my [last](note_id) note",
            "throw away my [last](note_id) note",
            "delete my note about [presents](note_id)",
            "delete the note about [parking](note_id)",
            "remove the note about [presents](note_id)",
            "erase my note about [parking](note_id)",
            "throw away the note about [presents](note_id)",
            "delete a note",
        ],
        level="user_specific",
        service="documents",
        voice_confirmations=["note_id"],
        deferrable=False,
    ),
}

POST_UPDATE: Definition = {
    "name": "post_update",
    "title": "Post on a social network",
    "description": "Post a short update on a social network, for all followers to read.",
    "inputSchema": record(
        {
            "message": text(
                "What the post says.",
                minLength=1,
                maxLength=500,
                examples=["the sunset is beautiful", "greetings from the road", "we are on holiday"],
            ),
            "network": text("Where it is posted.", enum=NETWORKS, default="mastodon"),
            "idempotency_key": IDEMPOTENCY_KEY,
        },
        ["message"],
    ),
    "outputSchema": result(
        post_id=text("Number of the post."),
        message=text("What it says."),
        network=text("Where it is.", enum=NETWORKS),
        posted_at=text("When.", format="date-time"),
    ),
    "annotations": hints(read_only=False, open_world=True),
    "_meta": meta(
        "social",
        [
            "post on [mastodon](network) [greetings from the road](message)",
            "post on [facebook](network) that [we are on holiday](message)",
            "post on [linkedin](network) that [we are on holiday](message)",
            "post an update saying [the sunset is beautiful](message)",
            "post an update that [we are on holiday](message)",
            "share with my followers that [the sunset is beautiful](message)",
            "share on [facebook](network) that [the sunset is beautiful](message)",
            "tell my followers [greetings from the road](message)",
            "write a post that [we are on holiday](message)",
            "post something on [mastodon](network)",
            "post an update",
        ],
        level="user_specific",
        service="social",
        voice_confirmations=["message", "network"],
        inverse={"tool": "delete_post", "arguments": {"post_id": "$result.post_id"}},
        deferrable=True,
        words={"network": {"linkedin": ["linkedin", "linked in"], "facebook": ["facebook"], "mastodon": ["mastodon"]}},
    ),
}

DELETE_POST: Definition = {
    "name": "delete_post",
    "title": "Delete a post",
    "description": "Delete a post of the driver's from its social network.",
    "inputSchema": record(
        {
            "post_id": text(
                "Number of the post, words of it, or 'last' for the one posted last.",
                minLength=1,
                maxLength=200,
                examples=["last", "holiday", "sunset"],
            )
        },
        ["post_id"],
    ),
    "outputSchema": result(post_id=text("Number of the post."), network=text("Where it was.", enum=NETWORKS)),
    "annotations": hints(read_only=False, destructive=True, idempotent=True, open_world=True),
    "_meta": meta(
        "social",
        [
            "delete my [last](post_id) post",
            "delete the [last](post_id) post",
            "remove my [last](post_id) post",
            "remove the [last](post_id) post",
            "take down my [last](post_id) post",
            "take down the [last](post_id) post",
            "delete my post about the [holiday](post_id)",
            "take down my post about the [sunset](post_id)",
            "remove the post about the [holiday](post_id)",
            "take back my [last](post_id) post",
            "delete a post",
        ],
        level="user_specific",
        service="social",
        voice_confirmations=["post_id"],
        deferrable=False,
    ),
}
