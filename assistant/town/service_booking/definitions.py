"""The tools of the service desk as entries of an MCP `tools/list` result. Names and parameters are the contract's."""

from __future__ import annotations

from assistant.town.definitions.schema import IDEMPOTENCY_KEY, Definition, hints, meta, record, result, text

SERVICE_TYPES = ["regular", "repair", "inspection", "bodywork"]
MOBILE = r"^(\+91)?[6-9][0-9]{9}$"
REGISTRATION = r"^[A-Z]{2}[0-9]{1,2}[A-Z]{1,3}[0-9]{4}$"
"""As on the plate, without spaces: state, district, series, number."""
# Patterns, so that no other words of the driver are taken for a number that only a look-up can give.
_CUSTOMER = text("Number of the customer, as resolve_customer gives it.", pattern="^C-[0-9]{1,9}$")
_VEHICLE = text("Number of the vehicle, as resolve_vehicle gives it.", pattern="^V-[0-9]{1,9}$")
_DEALER = text("Number of the dealer, as get_nearby_dealers gives it.", pattern="^D-[0-9]{1,9}$")
_TYPE = text("Kind of service.", enum=SERVICE_TYPES)
_BOOKING = {
    "booking_id": text("Number of the booking."),
    "status": text("Status.", enum=["confirmed", "cancelled"]),
    "dealer_id": text("Number of the dealer."),
    "dealer_name": text("Name of the dealer."),
    "vehicle_id": text("Number of the vehicle."),
    "service_type": _TYPE,
    "date": text("Day.", format="date"),
    "time": text("Time of day.", format="time"),
}

RESOLVE_CUSTOMER: Definition = {
    "name": "resolve_customer",
    "title": "Find a customer",
    "description": "The customer who has a mobile number: name, city and vehicles.",
    "inputSchema": record({"mobile": text("Mobile number of the customer, ten digits.", pattern=MOBILE)}, ["mobile"]),
    "outputSchema": result(
        customer_id=text("Number of the customer."),
        name=text("Name of the customer."),
        city=text("City the customer lives in."),
        registrations={"type": "array", "items": {"type": "string"}, "description": "Registrations of the vehicles."},
    ),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta("service", ["my mobile is [9876543210](mobile)", "the mobile number is [9876543210](mobile)"]),
}

RESOLVE_VEHICLE: Definition = {
    "name": "resolve_vehicle",
    "title": "Find a vehicle",
    "description": "The vehicle that has a registration: year, model, and whether it is due for service.",
    "inputSchema": record(
        {
            "registration": text(
                "Registration of the vehicle, as on its plate, such as MH12AB1234.", pattern=REGISTRATION
            )
        },
        ["registration"],
    ),
    "outputSchema": result(
        vehicle_id=text("Number of the vehicle."),
        year={"type": "integer"},
        make=text("Make."),
        model=text("Model."),
        variant=text("Variant."),
        due_for_service={"type": "boolean"},
    ),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta(
        "service", ["my car is [MH12AB1234](registration)", "the registration is [MH12AB1234](registration)"]
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
                    "dealer_id": {"type": "string"},
                    "name": {"type": "string"},
                    "city": {"type": "string"},
                    "distance_km": {"type": "number"},
                },
                "required": ["dealer_id", "name", "distance_km"],
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
    "inputSchema": record({"dealer_id": _DEALER, "date": text("Day.", format="date")}, ["dealer_id", "date"]),
    "outputSchema": result(
        times={"type": "array", "items": {"type": "string", "format": "time"}, "description": "Free times of that day."}
    ),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta("service", ["which times are free [tomorrow](date)"]),
}

BOOK_SERVICE: Definition = {
    "name": "book_service",
    "title": "Book a car service",
    "description": "Book a service for a vehicle at a dealer's.",
    "inputSchema": record(
        {
            "customer_id": _CUSTOMER,
            "vehicle_id": _VEHICLE,
            "dealer_id": _DEALER,
            "service_type": _TYPE,
            "date": text("Day of the service.", format="date"),
            "time": text("Time of day.", format="time"),
            "idempotency_key": IDEMPOTENCY_KEY,
        },
        ["customer_id", "vehicle_id", "dealer_id", "service_type", "date", "time"],
    ),
    "outputSchema": result(**_BOOKING),
    "annotations": hints(read_only=False, idempotent=False, open_world=True),
    "_meta": meta(
        "service",
        [
            "i need to book a service",
            "book a [regular](service_type) service",
            "book a service for my car [tomorrow](date) at [ten](time)",
        ],
        voice_confirmations=["vehicle_id", "dealer_id", "service_type", "date", "time"],
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
    "description": "The booked services of a vehicle, and how they stand.",
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
    "_meta": meta("service", ["when is the service of [MH12AB1234](registration)"]),
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
