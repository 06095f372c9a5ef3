"""Calendar, maps and fuel: where the driver goes, and when."""

from __future__ import annotations

from assistant.town.definitions.schema import Definition, hints, meta, record, result, text, whole

TOWNS = ["Heidelberg", "Mannheim", "Speyer", "Schwetzingen", "Walldorf", "Karlsruhe", "Stuttgart", "Frankfurt"]
FUEL_TYPES = ["diesel", "petrol", "premium"]

CALENDAR_PERSONAL: Definition = {
    "name": "calendar_personal",
    "title": "Calendar",
    "description": "See the events of a day in the personal calendar, create an event, or update one.",
    "inputSchema": record(
        {
            "action": text("What to do.", enum=["get_events", "create_event", "update_event"]),
            "start_date": text("Day of the events; for an update, the new day.", format="date"),
            "event_title": text(
                "Title of the event.",
                maxLength=200,
                examples=["lunch with anna", "team meeting", "parents evening", "football practice", "birthday party"],
            ),
        },
        ["action"],
    ),
    "outputSchema": result(
        action=text("What was done.", enum=["get_events", "create_event", "update_event"]),
        events={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "event_id": {"type": "string"},
                    "event_title": {"type": "string"},
                    "start_date": {"type": "string", "format": "date"},
                    "time": {"type": "string", "format": "time"},
                },
                "required": ["event_id", "event_title", "start_date"],
            },
        },
    ),
    "annotations": hints(read_only=False, destructive=True, open_world=False),
    "_meta": meta(
        "productivity",
        [
            "[what's on](action) my calendar [today](start_date)",
            "[what is on](action) my calendar [tomorrow](start_date)",
            "[what do i have](action) planned [on friday](start_date)",
            "[show](action) me my calendar for [monday](start_date)",
            "[check](action) my calendar",
            "[do i have](action) anything on my calendar [tonight](start_date)",
            "[read](action) me my calendar for [today](start_date)",
            "[add](action) [lunch with anna](event_title) to my calendar [tomorrow](start_date)",
            "[put](action) [team meeting](event_title) in my calendar for [monday](start_date)",
            "[create](action) an event [birthday party](event_title) [on saturday](start_date)",
            "[create](action) a calendar event for [tomorrow](start_date)",
            "[move](action) [football practice](event_title) to [thursday](start_date)",
            "[reschedule](action) [team meeting](event_title) to [wednesday](start_date)",
        ],
        level="user_specific",
        service="google_calendar",
        read_only_when={"action": ["get_events"]},
        deferrable=False,
        words={
            "action": {
                "get_events": ["what's on", "what is on", "what do i have", "do i have", "show", "check", "read"],
                "create_event": ["create", "add", "put", "enter", "new event"],
                "update_event": ["update", "move", "reschedule", "change", "shift"],
            }
        },
    ),
}

MAPS_HYBRID: Definition = {
    "name": "maps_hybrid",
    "title": "Maps",
    "description": "Directions to a place, places around, and the driver's saved places.",
    "inputSchema": record(
        {
            "action": text("What to do.", enum=["directions", "search_places", "get_saved_places"]),
            "origin": text("Where to start; without it, where the car is.", maxLength=200, examples=TOWNS),
            "destination": text(
                "Where to go; when searching places, what to look for.",
                maxLength=200,
                examples=[*TOWNS, "home", "work", "the castle", "a parking garage", "a supermarket", "a pharmacy"],
            ),
            "saved_places": {
                "type": "boolean",
                "description": "Whether to look among the driver's saved places as well.",
            },
        },
        ["action"],
    ),
    "outputSchema": result(
        action=text("What was done.", enum=["directions", "search_places", "get_saved_places"]),
        origin=text("Where the way starts."),
        destination=text("Where it ends."),
        distance_km={"type": "number", "description": "Length of the way in kilometres."},
        duration_minutes=whole("Time on the way in minutes, traffic included.", 0, 100000),
        steps={"type": "array", "items": {"type": "string"}, "description": "The way in sentences."},
        places={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "address": {"type": "string"},
                    "distance_km": {"type": "number"},
                },
                "required": ["name", "address"],
            },
        },
    ),
    "annotations": hints(read_only=True, open_world=True),
    "_meta": meta(
        "navigation",
        [
            "[directions](action) to [mannheim](destination)",
            "give me [directions](action) to [heidelberg](destination)",
            "[directions](action) from [speyer](origin) to [walldorf](destination)",
            "[navigate](action) to [stuttgart](destination)",
            "[take me](action) to [home](destination)",
            "[take me](action) to [the castle](destination)",
            "[how do i get](action) to [karlsruhe](destination)",
            "[how do i get](action) from [heidelberg](origin) to [frankfurt](destination)",
            "[how far](action) is it to [mannheim](destination)",
            "[how long](action) does it take to [work](destination)",
            "[search](action) for [a supermarket](destination) nearby",
            "[where is](action) the nearest [pharmacy](destination)",
            "[find](action) [a parking garage](destination) around here",
            "[show](action) my saved places",
            "what are my [saved places](action)",
        ],
        level="hybrid",
        service="google_maps",
        fallback_mode="public",
        requires_auth=["saved_places"],
        personal_when={"action": ["get_saved_places"]},
        words={
            "action": {
                "directions": [
                    "directions",
                    "navigate",
                    "route",
                    "take me",
                    "drive me",
                    "how do i get",
                    "how far",
                    "how long",
                ],
                "search_places": ["search", "find", "where is", "look for", "search places"],
                "get_saved_places": ["show", "saved places", "list", "get saved places"],
            }
        },
    ),
}

FIND_FUEL_STATIONS: Definition = {
    "name": "find_fuel_stations",
    "title": "Find fuel stations",
    "description": "Fuel stations near the car, with brand, distance and price.",
    "inputSchema": record(
        {
            "fuel_type": text("What the car takes.", enum=FUEL_TYPES),
            "sort_by": text("Which come first.", enum=["nearest", "cheapest"], default="nearest"),
            "max_results": whole("How many stations.", 1, 5, default=3),
        }
    ),
    "outputSchema": result(
        stations={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "brand": {"type": "string"},
                    "address": {"type": "string"},
                    "distance_km": {"type": "number"},
                    "prices": {
                        "type": "object",
                        "additionalProperties": {"type": "number"},
                        "description": "Euros a litre by fuel type.",
                    },
                    "open_now": {"type": "boolean"},
                },
                "required": ["name", "brand", "address", "distance_km", "prices", "open_now"],
            },
        }
    ),
    "annotations": hints(read_only=True, open_world=True),
    "_meta": meta(
        "navigation",
        [
            "find a fuel station",
            "find a gas station nearby",
            "find a petrol station",
            "where is the [nearest](sort_by) fuel station",
            "where can i get [diesel](fuel_type)",
            "find the [cheapest](sort_by) [diesel](fuel_type)",
            "find the [nearest](sort_by) [petrol](fuel_type) station",
            "i need fuel",
            "i'm running out of [petrol](fuel_type)",
            "i need to fill up",
            "where is the [cheapest](sort_by) fuel around here",
            "how much is [diesel](fuel_type) around here",
            "show me [five](max_results) fuel stations",
        ],
        words={
            "fuel_type": {
                "diesel": ["diesel"],
                "petrol": ["petrol", "gasoline", "regular"],
                "premium": ["premium", "super"],
            },
            "sort_by": {"nearest": ["nearest", "closest", "next"], "cheapest": ["cheapest", "lowest price"]},
        },
    ),
}

FIND_CHARGING_STATIONS: Definition = {
    "name": "find_charging_stations",
    "title": "Find charging stations",
    "description": "Charging stations for electric cars near the car, with power, free posts and price.",
    "inputSchema": record({"max_results": whole("How many stations.", 1, 5, default=3)}),
    "outputSchema": result(
        stations={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "brand": {"type": "string"},
                    "address": {"type": "string"},
                    "distance_km": {"type": "number"},
                    "power_kw": {"type": "integer", "description": "Kilowatts of its fastest post."},
                    "free_posts": {"type": "integer"},
                    "price": {"type": "number", "description": "Euros a kilowatt hour."},
                },
                "required": ["name", "brand", "address", "distance_km", "power_kw", "free_posts", "price"],
            },
        }
    ),
    "annotations": hints(read_only=True, open_world=True),
    "_meta": meta(
        "navigation",
        [
            "find a charging station",
            "find a charger nearby",
            "where can i charge the car",
            "where is the nearest charging station",
            "where is the next charger",
            "i need to charge the car",
            "the battery is low find a charger",
            "find a fast charger",
            "is there a charging station around here",
            "show me [two](max_results) charging stations",
            "where can i charge my electric car",
        ],
    ),
}
