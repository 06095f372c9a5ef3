"""Made-up catalogs: tools nobody has written code for, with every kind of parameter."""

from __future__ import annotations

from typing import Any

from client.catalog import Catalog
from client.schemas.tool_listing import read_tools
from client.values import JSON


def tool(name: str, description: str, properties: dict[str, Any], required: tuple[str, ...] = (), **more: Any) -> JSON:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    entry: dict[str, Any] = {"name": name, "description": description, "inputSchema": schema, **more}
    return entry


def catalog_of(*tools: JSON) -> Catalog:
    listing = read_tools(list(tools), server="made-up")
    assert not listing.rejected
    return Catalog(tuple(listing.tools))


CAR = catalog_of(
    tool("set_cabin_temperature", "Set the temperature of the air conditioning in degrees Celsius",
         {"temperature": {"type": "number", "minimum": 16, "maximum": 28, "description": "degrees celsius"},
          "zone": {"type": "string", "enum": ["DRIVER", "PASSENGER", "ALL"], "description": "side of the car"}},
         ("temperature",)),
    tool("open_window", "Open or close a window of the car",
         {"percent": {"type": "integer", "minimum": 0, "maximum": 100, "description": "how far, in percent"},
          "window": {"type": "string", "enum": ["driver", "passenger", "rear_left", "rear_right"]}}),
    tool("set_fog_lights", "Turn the fog lights on or off", {"on": {"type": "boolean"}}, ("on",)),
    tool("book_table", "Book a table at a restaurant",
         {"restaurant_name": {"type": "string", "description": "name of the restaurant"},
          "date": {"type": "string", "format": "date"}, "time": {"type": "string", "format": "time"},
          "party_size": {"type": "integer", "minimum": 1, "maximum": 20, "description": "number of people"}},
         ("restaurant_name", "date", "time", "party_size")),
    tool("send_text", "Send a text message to a contact",
         {"recipient": {"type": "string", "description": "who gets it"},
          "message": {"type": "string", "description": "what to say"}}, ("recipient", "message")),
    tool("get_forecast", "Get the weather forecast for a city and day",
         {"city": {"type": "string", "description": "city"}, "day": {"type": "string", "format": "date"},
          "units": {"type": "string", "enum": ["metric", "imperial"]}}, ("city",), annotations={"readOnlyHint": True}),
    tool("plan_route", "Navigate: get directions and start the route to a destination",
         {"origin": {"type": "string", "description": "where to start"},
          "destination": {"type": "string", "description": "where to go"}}, ("destination",)),
    tool("add_to_shopping_list", "Add items to the shopping list",
         {"items": {"type": "array", "items": {"type": "string"}, "description": "things to buy"}}, ("items",)),
    tool("create_event", "Create an appointment or meeting in the calendar",
         {"title": {"type": "string", "description": "what it is"},
          "start": {"type": "string", "format": "date-time"},
          "duration": {"type": "string", "format": "duration"},
          "guest": {"type": "string", "description": "who with"}}, ("title", "start")),
    tool("pay_parking", "Pay for parking in a zone",
         {"zone": {"type": "integer", "description": "zone number"},
          "duration": {"type": "string", "format": "duration"}}, ("zone", "duration")),
    tool("call_number", "Dial a phone number",
         {"phone_number": {"type": "string", "pattern": "^[+0-9]+$", "description": "number to dial"}},
         ("phone_number",)),
    tool("share_trip", "E-mail the trip to somebody",
         {"email": {"type": "string", "format": "email"}}, ("email",)),
)  # fmt: skip

ODD = catalog_of(
    tool("nothing", "Does something without parameters", {}),
    tool("anything", "Takes whatever is true", {"value": True, "never": False}),
    tool("choices", "Chooses a station of many", {
        "station": {"type": "string", "enum": [f"station {n}" for n in range(5000)]},
        "either": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "one": {"oneOf": [{"type": "string", "format": "date"}, {"type": "string"}]}}),
    tool("nested", "Ship a parcel to an address", {
        "address": {"type": "object", "properties": {
            "street": {"type": "string"}, "zip": {"type": "string", "pattern": "^[0-9]{5}$"},
            "count": {"type": "integer", "maximum": 3}}, "required": ["street"]},
        "when": {"$ref": "#/$defs/day"}, "lost": {"$ref": "#/$defs/none"}, "odd": {"type": "string", "format": "hue"}},
         ("address",)),
)  # fmt: skip
