"""The tools of the service desk as entries of an MCP `tools/list` result. docs/contracts.md fixes names and
parameters."""

from __future__ import annotations

from assistant.town.data_files import load
from assistant.town.definitions.schema import IDEMPOTENCY_KEY, Definition, hints, meta, record, result, text

SERVICE_TYPES = ["regular", "repair", "inspection", "bodywork"]
MOBILE = r"^(\+91)?[6-9][0-9]{9}$"
REGISTRATION = r"^[A-Z]{2}[0-9]{1,2}[A-Z]{1,3}[0-9]{4}$"
"""The pattern of a plate, without spaces: state, district, series, number."""
_DEALER = text(
    "Name of the dealer.",
    minLength=1,
    maxLength=100,
    examples=[dealer["name"] for dealer in load("service_booking")["dealers"]],
)
_MOBILE = text("Mobile number of the customer, ten digits.", pattern=MOBILE)
_REGISTRATION = text("Registration of the vehicle, as on its plate, such as MH12AB1234.", pattern=REGISTRATION)
_TYPE = text("Kind of service.", enum=SERVICE_TYPES)
_BOOKING = {
    "booking_id": text("Number of the booking."),
    "status": text("Status.", enum=["confirmed", "cancelled"]),
    "dealer_name": text("Name of the dealer."),
    "customer_id": text("Number of the customer."),
    "registration": text("Registration of the vehicle."),
    "service_type": _TYPE,
    "date": text("Day.", format="date"),
    "time": text("Time of day.", format="time"),
}

RESOLVE_CUSTOMER: Definition = {
    "name": "resolve_customer",
    "title": "Find a customer",
    "description": "The customer who has a mobile number: name, city and vehicles.",
    "inputSchema": record({"mobile": _MOBILE}, ["mobile"]),
    "outputSchema": result(
        customer_id=text("Number of the customer."),
        name=text("Name of the customer."),
        city=text("City the customer lives in."),
        registrations={"type": "array", "items": {"type": "string"}, "description": "Registrations of the vehicles."},
    ),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta(
        "service",
        [
            "my mobile is [nine eight seven six five four three two one zero](mobile)",
            "the mobile number is [nine eight seven six five four three two one zero](mobile)",
        ],
    ),
}

RESOLVE_VEHICLE: Definition = {
    "name": "resolve_vehicle",
    "title": "Find a car",
    "description": "The car that has a registration: its year and model, and whether it is due for service.",
    "inputSchema": record(
        {
            "registration": text(
                "Registration of the vehicle, as on its plate, such as MH12AB1234.", pattern=REGISTRATION
            )
        },
        ["registration"],
    ),
    "outputSchema": result(
        registration=text("Registration of the vehicle."),
        year={"type": "integer"},
        make=text("Make."),
        model=text("Model."),
        variant=text("Variant."),
        due_for_service={"type": "boolean"},
    ),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta(
        "service",
        [
            "my car is [m h one two a b one two three four](registration)",
            "my car is the [m h one two a b one two three four](registration)",
            "my car has the registration [m h one two a b one two three four](registration)",
            "the registration is [m h one two a b one two three four](registration)",
            "the number plate is [m h one two a b one two three four](registration)",
            "which car is [m h one two a b one two three four](registration)",
            "is the car [m h one two a b one two three four](registration) due for service",
        ],
    ),
}

GET_NEARBY_DEALERS: Definition = {
    "name": "get_nearby_dealers",
    "title": "Find dealers",
    "description": "Dealers in a city that do a kind of service, the nearest first.",
    "inputSchema": record(
        {"city": text("City.", examples=["Pune", "Mumbai", "Bengaluru"]), "service_type": _TYPE},
        ["city", "service_type"],
    ),
    "outputSchema": result(
        dealers={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "city": {"type": "string"},
                    "distance_km": {"type": "number"},
                },
                "required": ["name", "distance_km"],
            },
        }
    ),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta(
        "service",
        [
            "find dealers in [pune](city) for [regular](service_type) service",
            "which dealers in [mumbai](city) do a [repair](service_type)",
        ],
    ),
}

GET_SERVICE_SLOTS: Definition = {
    "name": "get_service_slots",
    "title": "Find free times",
    "description": "The times that are free at a dealer's on a day.",
    "inputSchema": record({"dealer_name": _DEALER, "date": text("Day.", format="date")}, ["dealer_name", "date"]),
    "outputSchema": result(
        times={"type": "array", "items": {"type": "string", "format": "time"}, "description": "Free times of that day."}
    ),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta(
        "service",
        [
            "which times are free [tomorrow](date)",
            "when is [arena hinjewadi](dealer_name) free [tomorrow](date)",
            "which times are free at [nexa baner](dealer_name) [on monday](date)",
        ],
    ),
}

BOOK_SERVICE: Definition = {
    "name": "book_service",
    "title": "Book a car service",
    "description": "Book a service for a vehicle at a dealer's.",
    "inputSchema": record(
        {
            "registration": _REGISTRATION,
            "dealer_name": _DEALER,
            "service_type": _TYPE,
            "date": text("Day of the service.", format="date"),
            "time": text("Time of day.", format="time"),
            "mobile": _MOBILE,
            "idempotency_key": IDEMPOTENCY_KEY,
        },
        ["registration", "dealer_name", "service_type", "date", "time"],
    ),
    "outputSchema": result(**_BOOKING),
    "annotations": hints(read_only=False, idempotent=False, open_world=True),
    "_meta": meta(
        "service",
        [
            "i need to book a service",
            "book a [regular](service_type) service",
            "book a service for my car [tomorrow](date) at [ten](time)",
            "book a [regular](service_type) service at [arena hinjewadi](dealer_name) [tomorrow](date) at [ten](time)",
            "book an [inspection](service_type) at [nexa baner](dealer_name) [on friday](date)",
        ],
        voice_confirmations=["registration", "dealer_name", "service_type", "date", "time"],
        inverse={"tool": "cancel_service", "arguments": {"booking_id": "$result.booking_id"}},
    ),
}

CANCEL_SERVICE: Definition = {
    "name": "cancel_service",
    "title": "Cancel a car service",
    "description": "Cancel a booked service.",
    "inputSchema": record(
        {"booking_id": text("Number of the booking, as it was given.", pattern="^S-[0-9]{1,9}$")}, ["booking_id"]
    ),
    "outputSchema": result(**_BOOKING),
    "annotations": hints(read_only=False, destructive=True, idempotent=True, open_world=True),
    "_meta": meta("service", ["cancel my service", "cancel the service [S-5001](booking_id)"]),
}

GET_SERVICE_STATUS: Definition = {
    "name": "get_service_status",
    "title": "Look up a car service",
    "description": "Which services are booked for a vehicle, and whether they are confirmed or cancelled.",
    "inputSchema": record(
        {
            "registration": text(
                "Registration of the vehicle, as on its plate, such as MH12AB1234.", pattern=REGISTRATION
            )
        },
        ["registration"],
    ),
    "outputSchema": result(bookings={"type": "array", "items": {"type": "object", "properties": _BOOKING}}),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta(
        "service",
        [
            "when is the service of [m h one two a b one two three four](registration)",
            "which services are booked for [m h one two a b one two three four](registration)",
            "what is booked for [m h one two a b one two three four](registration)",
            "look up my booked service",
        ],
    ),
}

DEFINITIONS: dict[str, Definition] = {
    definition["name"]: definition
    for definition in (
        RESOLVE_CUSTOMER,
        RESOLVE_VEHICLE,
        GET_NEARBY_DEALERS,
        GET_SERVICE_SLOTS,
        BOOK_SERVICE,
        CANCEL_SERVICE,
        GET_SERVICE_STATUS,
    )
}
"""All tools by name. The contract counts six; looking up and cancelling are two here, as one only reads."""
