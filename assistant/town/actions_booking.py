"""Restaurants and appointments: finding, booking, looking up, cancelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import day_words, joined, number_words, read_date, read_time, time_words
from assistant.town.bookings import Booking
from assistant.town.world import World


def find_restaurants(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Restaurants near the car or in a town."""
    town = None
    if arguments.get("location"):
        world.geography.position(arguments["location"])  # refuses an unknown place
        town = world.geography.town(arguments["location"])
    cuisine = arguments.get("cuisine")
    found = world.restaurants.around(town, cuisine, arguments["max_results"])
    if not found:
        raise RefusedError(
            f"I find no {cuisine or ''} restaurant in {town}.".replace("  ", " "), [], ["location", "cuisine"]
        )
    now = world.now()
    listed = []
    for restaurant in found:
        free = world.restaurants.next_free(restaurant, now.date(), now.time().replace(second=0, microsecond=0), 2)
        entry: dict[str, Any] = {
            "restaurant_name": restaurant.name,
            "town": restaurant.town,
            "street": restaurant.street,
            "cuisine": restaurant.cuisine,
            "distance_km": world.geography.distance(restaurant.latitude, restaurant.longitude),
        }
        listed.append(entry | ({"next_free": free.isoformat()} if free else {}))
    named = [f"{e['restaurant_name']}, {e['cuisine']}, {number_words(e['distance_km'])} kilometres" for e in listed]
    return {"summary": f"There is {joined(named)}.", "restaurants": listed}


def book_restaurant_public(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Book a table; it is in the calendar as well."""
    booking = world.restaurants.book(
        arguments["restaurant_name"],
        read_date(arguments["date"]),
        read_time(arguments["time"]),
        int(arguments["party_size"]),
    )
    world.calendar.add(f"Table at {booking.name}", booking.date, booking.time, booking.booking_id)
    people = "one" if booking.party_size == 1 else str(booking.party_size)
    return {
        "summary": f"Your table at {booking.name} for {people} is booked {_when(world, booking)}.",
        **_fields(booking),
        "restaurant_name": booking.name,
        "party_size": booking.party_size,
    }


def book_appointment(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Book an appointment; it is in the calendar as well."""
    booking = world.appointments.book(arguments["service"], read_date(arguments["date"]), read_time(arguments["time"]))
    world.calendar.add(f"{booking.name.capitalize()} appointment", booking.date, booking.time, booking.booking_id)
    return {
        "summary": f"Your {booking.name} appointment is {_when(world, booking)} with {booking.provider}.",
        **_fields(booking),
        "service": booking.name,
        "provider": booking.provider,
    }


def find_bookings(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Bookings from now on."""
    day = read_date(arguments["date"]) if arguments.get("date") else None
    found = [booking for booking in world.bookings.open if day is None or booking.date == day]
    named = [f"{_what(booking)} {_when(world, booking)}" for booking in found]
    nothing = f"Nothing is booked {day_words(day, world.today)}." if day else "Nothing is booked."
    return {
        "summary": f"You have {joined(named)}." if named else nothing,
        "bookings": [
            {
                "booking_id": booking.booking_id,
                "kind": booking.kind,
                "name": booking.name,
                "status": booking.status,
                "date": booking.date.isoformat(),
                "time": booking.time.isoformat(),
                "party_size": booking.party_size,
            }
            for booking in found
        ],
    }


def cancel_booking(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Cancel a table or an appointment; it is removed from the calendar as well."""
    booking = world.bookings.cancel(world.bookings.find(arguments["booking_id"]))
    world.calendar.remove_booking(booking.booking_id)
    what = _what(booking).removeprefix("a ")
    return {
        "summary": f"Your {what} {_when(world, booking)} is cancelled.",
        **_fields(booking),
        "name": booking.name,
    }


def _what(booking: Booking) -> str:
    return f"a table at {booking.name}" if booking.kind == "restaurant" else f"a {booking.name} appointment"


def _when(world: World, booking: Booking) -> str:
    return f"{day_words(booking.date, world.today)} at {time_words(booking.time)}"


def _fields(booking: Booking) -> dict[str, Any]:
    return {
        "booking_id": booking.booking_id,
        "status": booking.status,
        "confirmation_number": booking.confirmation_number,
        "date": booking.date.isoformat(),
        "time": booking.time.isoformat(),
    }
