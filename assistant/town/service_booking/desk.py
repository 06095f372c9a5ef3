"""The service desk: the actions of its tools, as a host that every API can serve.

The same seed, clock and bookings give the same free times. A refusal is a sentence with what would work, and changes
nothing; no refusal reveals other customers.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from assistant.hosting.argument_checks import problems, with_defaults
from assistant.hosting.host import Done, Refused, ToolHost
from assistant.hosting.host_errors import ArgumentsError, HostError, RefusedError, UnknownToolError
from assistant.hosting.spoken_words import (
    day_words,
    joined,
    near,
    number_words,
    plain,
    read_date,
    read_time,
    time_words,
)
from assistant.town.chance import fraction
from assistant.town.data_files import load
from assistant.town.service_booking.desk_records import ServiceBooking, ServiceRecords, TakenError
from assistant.town.service_booking.desk_tools import DEFINITIONS

OPENS = 9
"""Hour at which the first service can begin."""
CLOSES = 18
"""Hour of closing; the last service begins an hour earlier."""
DAYS_AHEAD = 60


@dataclass(frozen=True)
class Dealer:
    """A dealer who services cars."""

    dealer_id: str
    name: str
    city: str
    distance_km: float
    services: tuple[str, ...]


class ServiceDesk(ToolHost):
    """Dealers and workshops as a host. `now` returns the dealers' local time with its offset."""

    name = "service"

    def __init__(self, records: ServiceRecords, now: Callable[[], datetime], seed: int = 1) -> None:
        data = load("service_booking")
        self._records = records
        self._now = now
        self._seed = seed
        self._customers: list[dict[str, Any]] = data["customers"]
        self._vehicles: list[dict[str, Any]] = data["vehicles"]
        self._dealers = [Dealer(**{**raw, "services": tuple(raw["services"])}) for raw in data["dealers"]]
        self._actions: dict[str, Callable[[Mapping[str, Any], str | None], Awaitable[dict[str, Any]]]] = {
            "resolve_customer": self._customer,
            "resolve_vehicle": self._vehicle,
            "get_nearby_dealers": self._nearby,
            "get_service_slots": self._slots,
            "book_service": self._book,
            "cancel_service": self._cancel,
            "get_service_status": self._status,
        }

    @property
    def definitions(self) -> Mapping[str, Mapping[str, Any]]:
        """The desk's tools."""
        return DEFINITIONS

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused:
        """Call a tool once. A repeat with the key of a booking returns the first result."""
        try:
            result = await self._call(tool, arguments, idempotency_key)
        except HostError as error:
            return Refused(error.code, str(error), error.names, error.alternatives)
        return Done(result, str(result["summary"]))

    async def _call(self, tool: str, arguments: Mapping[str, Any], key: str | None) -> dict[str, Any]:
        if tool not in DEFINITIONS:
            similar = near(tool.replace("_", " "), list(DEFINITIONS)) or list(DEFINITIONS)[:3]
            raise UnknownToolError(f"There is no tool called {tool[:60]}; there is {joined(similar, 'or')}.")
        schema = DEFINITIONS[tool]["inputSchema"]
        filled = with_defaults(schema, {name: _tidy(name, value) for name, value in arguments.items()})
        if found := problems(schema, filled):
            raise ArgumentsError([sentence for _, sentence in found], list(dict.fromkeys(name for name, _ in found)))
        return await self._actions[tool](filled, filled.pop("idempotency_key", None) or key)

    # -- finding --

    async def _customer(self, arguments: Mapping[str, Any], key: str | None) -> dict[str, Any]:
        mobile = arguments["mobile"].removeprefix("+91")
        for customer in self._customers:
            if customer["mobile"] == mobile:
                return {
                    "summary": f"You are {customer['name']} from {customer['city']}.",
                    "customer_id": customer["customer_id"],
                    "name": customer["name"],
                    "city": customer["city"],
                    "registrations": list(customer["vehicles"]),
                }
        digits = " ".join(mobile)
        raise RefusedError(f"Nobody is registered with {digits}; say the number again, digit by digit.", [], ["mobile"])

    async def _vehicle(self, arguments: Mapping[str, Any], key: str | None) -> dict[str, Any]:
        vehicle = self._find(self._vehicles, "registration", arguments["registration"])
        due = "due for service" if vehicle["due"] else "not due for service yet"
        fields = {name: vehicle[name] for name in ("registration", "year", "make", "model", "variant")}
        return {"summary": f"{_vehicle_words(vehicle)}, {due}.", **fields, "due_for_service": vehicle["due"]}

    async def _nearby(self, arguments: Mapping[str, Any], key: str | None) -> dict[str, Any]:
        kind, cities = arguments["service_type"], list(dict.fromkeys(dealer.city for dealer in self._dealers))
        city = next((name for name in cities if plain(name) == plain(arguments["city"])), None)
        if city is None:
            alternatives = near(arguments["city"], cities) or cities
            raise RefusedError(
                f"There is no dealer in {arguments['city'][:60]}; there are some in {joined(alternatives)}.",
                alternatives,
                ["city"],
            )
        found = [dealer for dealer in self._dealers if dealer.city == city and kind in dealer.services]
        if not found:
            offered = sorted({kind for dealer in self._dealers if dealer.city == city for kind in dealer.services})
            raise RefusedError(
                f"No dealer in {city} does {kind}; they do {joined(offered)}.", offered, ["service_type"]
            )
        found.sort(key=lambda dealer: dealer.distance_km)
        named = [f"{dealer.name}, {number_words(dealer.distance_km)} kilometres" for dealer in found]
        listed = [
            {
                "name": dealer.name,
                "city": dealer.city,
                "distance_km": dealer.distance_km,
            }
            for dealer in found
        ]
        return {"summary": f"There is {joined(named)}.", "dealers": listed}

    # -- times --

    async def _slots(self, arguments: Mapping[str, Any], key: str | None) -> dict[str, Any]:
        dealer, day = self._dealer(arguments["dealer_name"]), read_date(arguments["date"])
        free = await self._free(dealer, day)
        when = day_words(day, self._now().date())
        if not free:
            raise RefusedError(f"{dealer.name} has nothing free {when}; try another day.", [], ["date"])
        spoken = joined([time_words(moment) for moment in free])
        return {
            "summary": f"{dealer.name} is free {when} at {spoken}.",
            "times": [moment.isoformat() for moment in free],
        }

    async def _free(self, dealer: Dealer, day: date) -> list[time]:
        now = self._now().replace(tzinfo=None)
        if not 0 <= (day - now.date()).days <= DAYS_AHEAD or day.weekday() == 6:
            return []
        taken = {
            b.time
            for b in await self._records.find(dealer_id=dealer.dealer_id, date=day.isoformat(), status="confirmed")
        }
        hours = [time(hour) for hour in range(OPENS, CLOSES)]
        return [
            moment
            for moment in hours
            if datetime.combine(day, moment) > now
            and moment.isoformat() not in taken
            and fraction(self._seed, "service", dealer.dealer_id, day, moment) >= 0.3
        ]

    # -- bookings --

    async def _book(self, arguments: Mapping[str, Any], key: str | None) -> dict[str, Any]:
        if key and (found := await self._records.find(key=key)):
            return self._repeated(found[0], arguments)
        vehicle = self._find(self._vehicles, "registration", arguments["registration"])
        dealer = self._dealer(arguments["dealer_name"])
        day, at = read_date(arguments["date"]), read_time(arguments["time"])
        if arguments["service_type"] not in dealer.services:
            raise RefusedError(
                f"{dealer.name} does {joined(dealer.services)} only.", dealer.services, ["service_type", "dealer_name"]
            )
        free = await self._free(dealer, day)
        if at not in free:
            raise await self._not_free(dealer, day, at, free)
        owner = next(one for one in self._customers if vehicle["registration"] in one["vehicles"])
        if arguments.get("mobile", owner["mobile"]).removeprefix("+91") != owner["mobile"]:
            raise RefusedError(
                f"{vehicle['registration']} is registered under another mobile number.", [], ["mobile", "registration"]
            )
        fields = {
            "customer_id": owner["customer_id"],
            "vehicle_id": vehicle["vehicle_id"],
            "dealer_id": dealer.dealer_id,
            "service_type": arguments["service_type"],
        }
        try:
            booking = await self._records.book({**fields, "date": day.isoformat(), "time": at.isoformat()}, key)
        except TakenError:
            raise RefusedError(
                f"Your {vehicle['model']} has a service {day_words(day, self._now().date())}, or somebody was faster.",
                [],
                ["date", "time"],
            ) from None
        return self._shown(booking, "booked")

    async def _not_free(self, dealer: Dealer, day: date, at: time, free: Sequence[time]) -> RefusedError:
        today = self._now().date()
        asked = f"{dealer.name} is not free {day_words(day, today)} at {time_words(at)}"
        if free:
            offers = sorted(free, key=lambda moment: abs(_minutes(moment) - _minutes(at)))[:2]
            times = joined([time_words(moment) for moment in sorted(offers)], "and")
            verb = "is" if len(offers) == 1 else "are"
            return RefusedError(f"{asked}; {times} {verb} free.", [moment.isoformat() for moment in offers], ["time"])
        for ahead in range(1, 15):
            other = day + timedelta(days=ahead)
            if other_free := await self._free(dealer, other):
                offer = f"{day_words(other, today)} at {time_words(other_free[0])}"
                return RefusedError(f"{asked}; the next free time is {offer}.", [other.isoformat()], ["date", "time"])
        return RefusedError(f"{asked}, and not in the two weeks after.", [], ["date", "dealer_name"])

    def _repeated(self, booking: ServiceBooking, arguments: Mapping[str, Any]) -> dict[str, Any]:
        shown = self._shown(booking, "booked")
        wanted = {name: value for name, value in arguments.items() if name != "mobile"}
        wanted["dealer_name"] = self._dealer(arguments["dealer_name"]).name
        wanted["time"] = read_time(arguments["time"]).isoformat()
        if any(shown[name] != value for name, value in wanted.items()):
            raise RefusedError("That idempotency key was used for another booking.", [], ["idempotency_key"])
        return shown

    async def _cancel(self, arguments: Mapping[str, Any], key: str | None) -> dict[str, Any]:
        found = await self._records.find(number=int(arguments["booking_id"].removeprefix("S-")))
        if not found:
            raise RefusedError(
                f"There is no service {arguments['booking_id']}; look it up by the registration of the car.",
                [],
                ["booking_id"],
            )
        booking = found[0]
        today = self._now().date()
        if booking.status == "confirmed":
            if read_date(booking.date) < today:
                raise RefusedError(f"That service was {day_words(read_date(booking.date), today)}; it is over.")
            await self._records.cancel(booking.number)
            booking = replace(booking, status="cancelled")
        return self._shown(booking, "cancelled")

    async def _status(self, arguments: Mapping[str, Any], key: str | None) -> dict[str, Any]:
        vehicle = self._find(self._vehicles, "registration", arguments["registration"])
        found = await self._records.find(vehicle_id=vehicle["vehicle_id"])
        shown = [self._shown(booking, booking.status.replace("confirmed", "booked")) for booking in found]
        summary = " ".join(str(one["summary"]) for one in shown[-2:]) or "No service is booked for it."
        return {"summary": summary, "bookings": [{k: v for k, v in one.items() if k != "summary"} for one in shown]}

    # -- helpers --

    def _shown(self, booking: ServiceBooking, what: str) -> dict[str, Any]:
        dealer = next(one for one in self._dealers if one.dealer_id == booking.dealer_id)
        vehicle = self._find(self._vehicles, "vehicle_id", booking.vehicle_id)
        day, at = read_date(booking.date), read_time(booking.time)
        when = f"{day_words(day, self._now().date())} at {time_words(at)}"
        return {
            "summary": f"Your {vehicle['model']}'s {booking.service_type} service at {dealer.name} {when} is {what}.",
            "booking_id": booking.booking_id,
            "status": booking.status,
            "dealer_name": dealer.name,
            "customer_id": booking.customer_id,
            "registration": vehicle["registration"],
            "service_type": booking.service_type,
            "date": booking.date,
            "time": booking.time,
        }

    def _dealer(self, name: str) -> Dealer:
        for dealer in self._dealers:
            if plain(name) in (plain(dealer.name), plain(dealer.dealer_id)):
                return dealer
        similar = near(name, [dealer.name for dealer in self._dealers])
        hint = f"there is {joined(similar, 'or')}" if similar else "find dealers in your city first"
        raise RefusedError(f"There is no dealer {name[:40]}; {hint}.", similar, ["dealer_name"])

    def _find(self, records: list[dict[str, Any]], name: str, value: str) -> dict[str, Any]:
        for record in records:
            if record[name] == value:
                return record
        raise RefusedError(f"There is no vehicle {value[:40]}; say it again, letter by letter.", [], [name])


def _tidy(name: str, value: Any) -> Any:
    """People say and type numbers with spaces and hyphens, and a booking's number without its letter."""
    if not isinstance(value, str):
        return value
    if name in ("mobile", "registration"):
        return re.sub(r"[\s-]", "", value).upper()
    if name == "booking_id" and (number := re.fullmatch(r"(?:S[\s-]*)?([0-9]{1,9})", value.strip().upper())):
        return f"S-{number[1]}"
    return value


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _vehicle_words(vehicle: Mapping[str, Any]) -> str:
    return f"A {vehicle['year']} {vehicle['make']} {vehicle['model']} {vehicle['variant']}"
