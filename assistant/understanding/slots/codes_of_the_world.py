"""What the world calls places and firms: codes of airports, airlines, countries and currencies, time zones of cities.

Facts come from libraries and from `airlines.toml`; nothing is guessed. What could be several of them is none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.understanding.tokens import plain

AIRPORT, AIRLINE, ZONE, COUNTRY, CURRENCY = "airport", "airline", "time zone", "country", "currency"
_CODES = re.compile(r"\biata\b|\bicao\b|\bcodes?\b|\bthree[- ]letter\b|\b3[- ]letter\b", re.IGNORECASE)
_ICAO = re.compile(r"\bicao\b", re.IGNORECASE)
_ZONES = re.compile(r"\biana\b|\btz database\b|\b[A-Z]\w+/[A-Z]\w+_?\w*\b")
_COUNTRIES = re.compile(r"\biso[ -]?3166\b|\bcountry[ -]?code\b|\bcode of (?:the|a) country\b", re.IGNORECASE)
_CURRENCIES = re.compile(r"\biso[ -]?4217\b|\bcurrency[ -]?codes?\b", re.IGNORECASE)
_MINOR = re.compile(r"\b(?:municipal|regional|county|field|base|airpark|seaplane|heliport|station)\b", re.IGNORECASE)
"""Words of airports that no airline's passenger means by a city's name."""
NEAR = 1.0
"""Degrees within which two airports serve the same city."""


def known_of(words: Sequence[str], about: str) -> str:
    """Return what a parameter takes the code of, by its name and description; "" for anything else."""
    text = f"{' '.join(words)} {about}"
    said = {word.rstrip("s") for word in words}
    if re.search(r"\bairports?\b", text, re.IGNORECASE) and _CODES.search(text):
        return "" if _ICAO.search(text) and not re.search(r"\biata\b", text, re.IGNORECASE) else AIRPORT
    if re.search(r"\bairlines?\b", text, re.IGNORECASE) and re.search(r"\biata\b", text, re.IGNORECASE):
        return AIRLINE
    if {"timezone", "zone", "tz"} & said and _ZONES.search(about):
        return ZONE
    if _COUNTRIES.search(text) and ("country" in said or "countrycode" in said):
        return COUNTRY
    return CURRENCY if "currency" in said and (_CURRENCIES.search(text) or re.search(r"\b[A-Z]{3}\b", about)) else ""


@lru_cache(maxsize=4096)
def code_of(kind: str, phrase: str) -> str | None:
    """Return the code or zone that a phrase names; None where it names none, or several."""
    said = plain(phrase)
    if not said:
        return None
    if kind == AIRPORT:
        return airport(said)
    if kind == AIRLINE:
        return airlines().get(said)
    if kind == ZONE:
        return time_zone(said)
    return _named(kind).get(said)


def airport(said: str) -> str | None:
    """Return the IATA code of an airport by its code, its name, or the city that it alone serves."""
    letters = said.replace(" ", "")
    table, cities, metropolitan = _airports()
    if len(letters) == 3 and letters.upper() in table and (said == letters or len(said.split()) == 3):
        return letters.upper()
    city, _, code = said.rpartition(" ")
    if city and code.upper() in table and plain(table[code.upper()].city).startswith(city):
        return code.upper()  # "new york jfk"
    if said in metropolitan:  # several airports serve it: one that has the city's code is meant
        return metropolitan[said] if metropolitan[said] in table else None
    here = cities.get(said) or _of_words(said)
    return here[0] if len(here) == 1 else _main(said, here, table)


def _of_words(said: str) -> tuple[str, ...]:
    """Return the airports whose name or city has every word of a phrase."""
    places = _words_of_airports()
    found = [places.get(word, frozenset()) for word in said.split()]
    return tuple(sorted(frozenset.intersection(*found))) if found else ()


@lru_cache(maxsize=1)
def _words_of_airports() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for code, each in _airports()[0].items():
        for word in {*plain(each.city).split(), *each.name.split()}:
            found.setdefault(word, set()).add(code)
    return {word: frozenset(codes) for word, codes in found.items()}


def _near(one: _Airport, other: _Airport) -> bool:
    return abs(one.place[0] - other.place[0]) < NEAR and abs(one.place[1] - other.place[1]) < NEAR


def _main(said: str, codes: Sequence[str], table: Mapping[str, _Airport]) -> str | None:
    """Return the one of several that is plainly the city's main one; None where two could be."""
    abroad = [code for code in codes if "international" in table[code].name]
    named = [code for code in codes if table[code].name.startswith(said)]
    if len(abroad) == 1:
        rivals = [c for c in named if c != abroad[0] and _near(table[c], table[abroad[0]])]
        return None if rivals else abroad[0]
    if abroad:
        return None
    exact = [code for code in named if table[code].name == f"{said} airport"]
    return next((found[0] for found in (exact, named) if len(found) == 1), None)


def time_zone(said: str) -> str | None:
    """Return the IANA zone of a city, by the zone's own name or the airports that serve the city."""
    zone = _zones().get(said)
    if zone is not None:
        return zone
    table, cities, _ = _airports()
    found = {table[code].zone for code in cities.get(said, ())}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    from zoneinfo import available_timezones  # only where a zone is asked for: it walks a folder

    cities = (zone for zone in sorted(available_timezones()) if "/" in zone and not zone.startswith("Etc/"))
    return {plain(zone.rsplit("/", 1)[1].replace("_", " ")): zone for zone in cities if not zone.startswith("posix")}


@dataclass(frozen=True)
class _Airport:
    """City, folded name, zone, and latitude with longitude in degrees."""

    city: str
    name: str
    zone: str
    place: tuple[float, float]


Airports = tuple[dict[str, _Airport], dict[str, tuple[str, ...]], dict[str, str]]


@lru_cache(maxsize=1)
def _airports() -> Airports:
    """Return airports by code; codes by city; codes of cities with several airports."""
    import airportsdata  # 0.2 s: only where an airport or a zone is asked for

    raw = airportsdata.load("IATA")
    table = {
        code: _Airport(each["city"], plain(each["name"]), each["tz"], (each["lat"], each["lon"]))
        for code, each in raw.items()
        if not _MINOR.search(each["name"])
    }
    cities: dict[str, tuple[str, ...]] = {}
    for code, each in table.items():
        for name in {plain(each.city), plain(re.split(r"[-/(,]| am ", each.city)[0])}:
            cities[name] = (*cities.get(name, ()), code)
    macs = airportsdata.load_iata_macs().items()
    return table, cities, {plain(str(mac["name"])): str(code) for code, mac in macs if len(mac["airports"]) > 1}


@lru_cache(maxsize=1)
def airlines() -> dict[str, str]:
    """Return IATA codes by folded name of the airline."""
    text = (Path(__file__).parent / "airlines.toml").read_text(encoding="utf-8")
    return {name: code for code, names in tomllib.loads(text)["airlines"].items() for name in names}


@lru_cache(maxsize=4)
def _named(kind: str) -> dict[str, str]:
    """Return ISO codes of countries or currencies by their English name."""
    from babel import Locale  # heavy: only where a code is asked for

    english = Locale("en")
    listed = english.territories if kind == COUNTRY else english.currencies
    found = {plain(str(name)): str(code) for code, name in listed.items() if str(code).isalpha()}
    return {**found, **(_EXTRA if kind == COUNTRY else {})}


_EXTRA = {
    "us": "US", "usa": "US", "united states": "US", "america": "US", "uk": "GB", "england": "GB", "scotland": "GB",
    "great britain": "GB", "britain": "GB", "holland": "NL", "south korea": "KR", "czech republic": "CZ",
}  # fmt: skip
"""What people call countries beside their listed names."""
