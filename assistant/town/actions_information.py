"""Weather, web, maps and fuel: tools that only read the world."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import joined, number_words
from assistant.town.geography import Spot
from assistant.town.telling import weather_words
from assistant.town.weather import weather_on
from assistant.town.world import World

_SEARCHES_AN_HOUR = 50
"""The contract's limit on web searches."""


def get_weather(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Weather now, and tomorrow's."""
    position = world.geography.position(arguments["location"])
    place = world.geography.town(arguments["location"]) or arguments["location"]
    now = world.now()
    today = weather_on(world.seed, place, position, now.date())
    tomorrow = weather_on(world.seed, place, position, now.date() + timedelta(days=1))
    imperial = arguments["units"] == "imperial"

    def degrees(celsius: float) -> int:
        return round(celsius * 9 / 5 + 32) if imperial else round(celsius)

    temperature = degrees(today.at(now.hour))
    return {
        "summary": weather_words(
            place, temperature, today.condition, tomorrow.condition, degrees(tomorrow.high), imperial=imperial
        ),
        "location": place,
        "temperature": temperature,
        "condition": today.condition,
        "humidity": today.humidity,
        "wind": round(today.wind / 1.609) if imperial else round(today.wind),
        "units": arguments["units"],
        "tomorrow": {
            "condition": tomorrow.condition,
            "low": degrees(tomorrow.low),
            "high": degrees(tomorrow.high),
        },
    }


def web_search(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Pages about a query."""
    now = world.now()
    world.searches = [moment for moment in world.searches if now - moment < timedelta(hours=1)]
    if len(world.searches) >= _SEARCHES_AN_HOUR:
        raise RefusedError(f"The web was searched {_SEARCHES_AN_HOUR} times in the last hour; try again later.")
    world.searches.append(now)
    pages = world.web.find(arguments["query"], arguments["num_results"])
    first = f"{pages[0].title}: {pages[0].text.split('. ')[0].rstrip('.')}." if pages else ""
    return {
        "summary": first or f"The web has nothing about {arguments['query']}.",
        "query": arguments["query"],
        "total": len(pages),
        "results": [{"title": page.title, "url": page.url, "snippet": page.text} for page in pages],
    }


def maps_hybrid(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Directions, places, saved places."""
    action = arguments["action"]
    if action == "get_saved_places":
        saved = world.geography.saved
        names = joined([f"{place.name} at {place.address}" for place in saved])
        return {"summary": f"Your saved places are {names}.", "action": action, "places": _places(world, saved)}
    destination = arguments.get("destination")
    if not destination:
        question = "Where do you want to go?" if action == "directions" else "What are you looking for?"
        raise RefusedError(question, [], ["destination"])
    if action == "search_places":
        found = world.geography.search(destination, with_saved=bool(arguments.get("saved_places")))[:3]
        if not found:
            raise RefusedError(f"I find no {destination} around here.", [], ["destination"])
        first = found[0]
        away = number_words(world.geography.distance(first.latitude, first.longitude))
        return {
            "summary": f"The nearest is {first.name}, {first.address}, {away} kilometres away.",
            "action": action,
            "places": _places(world, found),
        }
    with_saved = arguments.get("saved_places", True)
    start = world.geography.spot(arguments.get("origin") or "here", with_saved=with_saved)
    end = world.geography.spot(destination, with_saved=with_saved)
    way = world.geography.way(start, end)
    via = f" by {way.steps[0].removeprefix('Take ').split(' to ')[0]}" if way.steps[0].startswith("Take ") else ""
    return {
        "summary": f"It is {number_words(way.kilometres)} kilometres to {end.name}{via}, about {way.minutes} minutes.",
        "action": action,
        "origin": start.name,
        "destination": end.name,
        "distance_km": way.kilometres,
        "duration_minutes": way.minutes,
        "steps": list(way.steps),
    }


def _places(world: World, spots: tuple[Spot, ...] | list[Spot]) -> list[dict[str, Any]]:
    return [
        {
            "name": spot.name,
            "address": spot.address,
            "distance_km": world.geography.distance(spot.latitude, spot.longitude),
        }
        for spot in spots
    ]


def find_fuel_stations(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Stations near the car."""
    fuel_type = arguments.get("fuel_type")
    cheapest = arguments["sort_by"] == "cheapest"
    stations = world.fuel.around(fuel_type, arguments["max_results"], cheapest=cheapest)
    first = stations[0]
    fuel = fuel_type or first.fuels[0]
    away = number_words(world.geography.distance(first.latitude, first.longitude))
    closed = "" if world.fuel.is_open(first) else ", but it is closed now"
    return {
        "summary": f"The {arguments['sort_by']} is {first.name}, {away} kilometres away, "
        f"with {fuel} at {world.fuel.price(first, fuel):.2f} euros a litre{closed}.",
        "stations": [
            {
                "name": station.name,
                "brand": station.brand,
                "address": station.address,
                "distance_km": world.geography.distance(station.latitude, station.longitude),
                "prices": {f: world.fuel.price(station, f) for f in station.fuels if f != "electric"},
                "open_now": world.fuel.is_open(station),
            }
            for station in stations
        ],
    }


def find_charging_stations(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Charging stations near the car."""
    stations = world.fuel.around("electric", arguments["max_results"])
    first = stations[0]
    away = number_words(world.geography.distance(first.latitude, first.longitude))
    free = world.fuel.free_posts(first)
    posts = "no post" if not free else "one post" if free == 1 else f"{free} posts"
    return {
        "summary": f"The nearest is {first.name}, {away} kilometres away, with {first.power_kw} kilowatts and {posts} "
        f"free, at {world.fuel.price(first, 'electric'):.2f} euros a kilowatt hour.",
        "stations": [
            {
                "name": station.name,
                "brand": station.brand,
                "address": station.address,
                "distance_km": world.geography.distance(station.latitude, station.longitude),
                "power_kw": station.power_kw,
                "free_posts": world.fuel.free_posts(station),
                "price": world.fuel.price(station, "electric"),
            }
            for station in stations
        ],
    }
