"""Tables and appointments: finding, making, looking up and cancelling."""

from __future__ import annotations

from assistant.town.definitions.schema import IDEMPOTENCY_KEY, Definition, hints, meta, record, result, text, whole

RESTAURANT_NAMES = ["Luigi's", "Golden Lion", "Green Garden", "Blue Lantern", "Old Mill", "River View", "Bella Roma"]
CUISINES = ["italian", "german", "indian", "japanese", "greek", "vegetarian", "steak"]
SERVICES = ["dentist", "doctor", "garage", "hairdresser", "optician"]

_BOOKING_FIELDS = {
    "booking_id": text("Number of the booking, needed to give it up."),
    "status": text("Status.", enum=["confirmed", "cancelled"]),
    "confirmation_number": text("What to say at the door."),
    "date": text("Day.", format="date"),
    "time": text("Time of day.", format="time"),
}

FIND_RESTAURANTS: Definition = {
    "name": "find_restaurants",
    "title": "Find restaurants",
    "description": "Restaurants near the car or in a town, with cuisine, distance and the next free table.",
    "inputSchema": record(
        {
            "location": text(
                "Town; without it the restaurants near the car.",
                examples=["Heidelberg", "Mannheim", "Speyer", "Schwetzingen", "Walldorf"],
            ),
            "cuisine": text("Kind of kitchen.", enum=CUISINES),
            "max_results": whole("How many restaurants.", 1, 5, default=3),
        }
    ),
    "outputSchema": result(
        restaurants={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "restaurant_name": {"type": "string"},
                    "town": {"type": "string"},
                    "street": {"type": "string"},
                    "cuisine": {"type": "string"},
                    "distance_km": {"type": "number"},
                    "next_free": {"type": "string", "description": "Next free table for two, local date and time."},
                },
                "required": ["restaurant_name", "town", "cuisine", "distance_km"],
            },
        }
    ),
    "annotations": hints(read_only=True, open_world=True),
    "_meta": meta(
        "booking",
        [
            "find a restaurant",
            "find a restaurant nearby",
            "find an [italian](cuisine) restaurant",
            "find a [greek](cuisine) restaurant in [mannheim](location)",
            "where can i eat around here",
            "where can i get [indian](cuisine) food",
            "i'm hungry",
            "show me restaurants in [heidelberg](location)",
            "are there any [japanese](cuisine) restaurants in [speyer](location)",
            "which restaurants are close by",
            "find [two](max_results) [german](cuisine) restaurants near me",
            "is there a [vegetarian](cuisine) place in [walldorf](location)",
            "we need something to eat",
        ],
    ),
}

BOOK_RESTAURANT: Definition = {
    "name": "book_restaurant_public",
    "title": "Book a restaurant table",
    "description": "Book a table at a restaurant.",
    "inputSchema": record(
        {
            "restaurant_name": text("Name of the restaurant.", minLength=1, maxLength=100, examples=RESTAURANT_NAMES),
            "date": text("Day of the booking.", format="date"),
            "time": text("Time of the booking.", format="time"),
            "party_size": whole("How many people.", 1, 20),
        },
        ["restaurant_name", "date", "time", "party_size"],
    ),
    "outputSchema": result(
        **_BOOKING_FIELDS,
        restaurant_name=text("Name of the restaurant."),
        party_size=whole("How many people.", 1, 20),
    ),
    "annotations": hints(read_only=False, open_world=True),
    "_meta": meta(
        "booking",
        [
            "book a table at [luigi's](restaurant_name) for [four](party_size) [tomorrow](date) at [seven](time)",
            "book a table for [two](party_size) at [bella roma](restaurant_name) [tonight](date) at [eight](time)",
            "book [green garden](restaurant_name) [on friday](date) at [half past seven](time) for [six](party_size)",
            "reserve a table at [old mill](restaurant_name) [tomorrow](date) at [seven](time) for [three](party_size)",
            "reserve a table for [five](party_size) [today](date) at [six](time) at [river view](restaurant_name)",
            "make a reservation at [luigi's](restaurant_name) for [two people](party_size) [tomorrow](date)",
            "i need a table for [four](party_size) at [blue lantern](restaurant_name)",
            "i'd like a table at [golden lion](restaurant_name) [tonight](date)",
            "get us a table for [three](party_size) at [bella roma](restaurant_name) at [eight pm](time)",
            "can you book [luigi's](restaurant_name) for [tomorrow](date) at [seven](time)",
            "book a table for [two](party_size)",
            "book a table at [green garden](restaurant_name)",
            "book a restaurant for [tonight](date)",
            "table for [four](party_size) at [river view](restaurant_name) [on saturday](date) at [seven thirty](time)",
        ],
        voice_confirmations=["restaurant_name", "date", "time", "party_size"],
        deferrable=False,
        inverse={"tool": "cancel_booking", "arguments": {"booking_id": "$result.booking_id"}},
    ),
}

BOOK_APPOINTMENT: Definition = {
    "name": "book_appointment",
    "title": "Make an appointment",
    "description": "Make an appointment at the dentist, the doctor, the garage, the hairdresser or the optician.",
    "inputSchema": record(
        {
            "service": text("Where the appointment is.", enum=SERVICES),
            "date": text("Day of the appointment.", format="date"),
            "time": text("Time of the appointment.", format="time"),
            "idempotency_key": IDEMPOTENCY_KEY,
        },
        ["service", "date", "time"],
    ),
    "outputSchema": result(
        **_BOOKING_FIELDS, service=text("Where the appointment is.", enum=SERVICES), provider=text("Name and town.")
    ),
    "annotations": hints(read_only=False, open_world=True),
    "_meta": meta(
        "booking",
        [
            "make an appointment at the [dentist](service) [on monday](date) at [nine](time)",
            "make a [dentist](service) appointment for [tuesday](date) at [ten](time)",
            "book an appointment with the [doctor](service) [tomorrow](date) at [half past eight](time)",
            "book a [garage](service) appointment [next monday](date) at [eight](time)",
            "schedule an appointment at the [garage](service) for [thursday](date) at [two pm](time)",
            "schedule a [hairdresser](service) appointment [on friday](date) at [four](time)",
            "i need an appointment at the [optician](service)",
            "i need to see the [dentist](service) [on wednesday](date)",
            "get me an appointment with the [doctor](service) [on monday](date)",
            "can you make me an appointment at the [hairdresser](service) at [three pm](time)",
            "book the car into the [garage](service) [on tuesday](date) at [nine](time)",
            "my tooth hurts make me an appointment at the [dentist](service)",
            "make an appointment",
        ],
        voice_confirmations=["service", "date", "time"],
        deferrable=False,
        inverse={"tool": "cancel_booking", "arguments": {"booking_id": "$result.booking_id"}},
        words={
            "service": {
                "dentist": ["dentist", "dental"],
                "doctor": ["doctor", "physician"],
                "garage": ["garage", "workshop", "car service", "mechanic"],
                "hairdresser": ["hairdresser", "barber", "haircut"],
                "optician": ["optician", "eye doctor"],
            }
        },
    ),
}

FIND_BOOKINGS: Definition = {
    "name": "find_bookings",
    "title": "Look up a restaurant table or an appointment",
    "description": "What is booked: tables at restaurants and appointments, the next ones first.",
    "inputSchema": record({"date": text("Only this day.", format="date")}),
    "outputSchema": result(
        bookings={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "booking_id": {"type": "string"},
                    "kind": {"type": "string", "enum": ["restaurant", "appointment"]},
                    "name": {"type": "string"},
                    "status": {"type": "string"},
                    "date": {"type": "string", "format": "date"},
                    "time": {"type": "string", "format": "time"},
                    "party_size": {"type": "integer"},
                },
                "required": ["booking_id", "kind", "name", "status", "date", "time"],
            },
        }
    ),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta(
        "booking",
        [
            "what have i booked",
            "what did i book",
            "show my bookings",
            "show me my reservations",
            "do i have a table [tonight](date)",
            "do i have a reservation [tomorrow](date)",
            "which bookings do i have",
            "look up my bookings for [friday](date)",
            "when is my appointment",
            "when is my table",
            "list my appointments",
        ],
    ),
}

CANCEL_BOOKING: Definition = {
    "name": "cancel_booking",
    "title": "Cancel a booking",
    "description": "Cancel a restaurant table or an appointment.",
    "inputSchema": record(
        {
            "booking_id": text(
                "Number of the booking, or the name it is for, or 'last' for the one made last.",
                minLength=1,
                maxLength=100,
                examples=["last", *RESTAURANT_NAMES, *SERVICES],
            )
        },
        ["booking_id"],
    ),
    "outputSchema": result(**_BOOKING_FIELDS, name=text("Restaurant or service.")),
    "annotations": hints(read_only=False, destructive=True, idempotent=True, open_world=True),
    "_meta": meta(
        "booking",
        [
            "cancel my [last](booking_id) booking",
            "cancel the [last](booking_id) reservation",
            "cancel my table at [luigi's](booking_id)",
            "cancel the table at [old mill](booking_id)",
            "cancel my reservation at [green garden](booking_id)",
            "cancel my [dentist](booking_id) appointment",
            "cancel the appointment at the [garage](booking_id)",
            "call off my [doctor](booking_id) appointment",
            "i can't make it to [bella roma](booking_id) cancel the table",
            "give up my table at [river view](booking_id)",
            "cancel my booking",
        ],
        voice_confirmations=["booking_id"],
        deferrable=False,
    ),
}
