"""Open-Meteo's two requests: the coordinates of a place, and the weather there (open-meteo.com/en/docs).

Written from the published schema. Sends the place's name and nothing else; keeps nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import BaseModel, Field, ValidationError

from assistant.hosting.host_errors import RefusedError
from assistant.services.spoken import one_line

FORECAST_URL = "https://api.open-meteo.com/v1/forecast"
GEOCODING_URL = "https://geocoding-api.open-meteo.com/v1/search"
TIMEOUT = 4.0
"""Seconds for one of the two requests; a turn's deadline is 10 s."""
LARGEST = 256 * 1024

# WMO code table 4677 in the groups that Open-Meteo documents.
CONDITIONS: Mapping[int, str] = {
    0: "clear", 1: "mostly clear", 2: "partly cloudy", 3: "cloudy", 45: "fog", 48: "freezing fog",
    51: "light drizzle", 53: "drizzle", 55: "heavy drizzle", 56: "freezing drizzle", 57: "freezing drizzle",
    61: "light rain", 63: "rain", 65: "heavy rain", 66: "freezing rain", 67: "heavy freezing rain",
    71: "light snow", 73: "snow", 75: "heavy snow", 77: "snow grains", 80: "light showers", 81: "showers",
    82: "heavy showers", 85: "snow showers", 86: "heavy snow showers", 95: "thunderstorms",
    96: "thunderstorms with hail", 99: "thunderstorms with heavy hail",
}  # fmt: skip


class GeocodedPlace(BaseModel):
    """One answer of the geocoding API."""

    name: str
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    country: str = ""


class _Places(BaseModel):
    results: list[GeocodedPlace] = Field(default_factory=list)  # the key is missing if nothing was found


class _Current(BaseModel):
    temperature_2m: float
    relative_humidity_2m: float = Field(ge=0, le=100)
    weather_code: int
    wind_speed_10m: float


class _Daily(BaseModel):
    weather_code: list[int] = Field(min_length=2)
    temperature_2m_max: list[float] = Field(min_length=2)
    temperature_2m_min: list[float] = Field(min_length=2)


class _Forecast(BaseModel):
    current: _Current
    daily: _Daily


@dataclass(frozen=True)
class Report:
    """The weather of a place now and tomorrow, in the requested units."""

    place: str
    temperature: float
    condition: str
    humidity: int
    wind: float
    tomorrow: str
    low: float
    high: float


class OpenMeteo:
    """The service. Needs no login; free for private use, 10,000 questions a day."""

    def __init__(
        self, http: httpx.AsyncClient, forecast_url: str = FORECAST_URL, geocoding_url: str = GEOCODING_URL
    ) -> None:
        self._http = http
        self._forecast_url = forecast_url
        self._geocoding_url = geocoding_url

    async def report(self, location: str, *, imperial: bool) -> Report:
        """Return the weather of a place. Raises `RefusedError`."""
        place = await self._place(location)
        units = {"temperature_unit": "fahrenheit", "wind_speed_unit": "mph"} if imperial else {}
        raw = await self._ask(
            self._forecast_url,
            {
                "latitude": f"{place.latitude:.4f}",
                "longitude": f"{place.longitude:.4f}",
                "current": "temperature_2m,relative_humidity_2m,weather_code,wind_speed_10m",
                "daily": "weather_code,temperature_2m_max,temperature_2m_min",
                "timezone": "auto",
                "forecast_days": "2",
                **units,
            },
        )
        try:
            found = _Forecast.model_validate_json(raw)
        except ValidationError:
            raise _unreadable() from None
        current, daily = found.current, found.daily
        return Report(
            one_line(place.name, 80),
            current.temperature_2m,
            _condition(current.weather_code),
            round(current.relative_humidity_2m),
            current.wind_speed_10m,
            _condition(daily.weather_code[1]),
            daily.temperature_2m_min[1],
            daily.temperature_2m_max[1],
        )

    async def _place(self, location: str) -> GeocodedPlace:
        name = location.split(",")[0].strip() or location
        raw = await self._ask(self._geocoding_url, {"name": name, "count": "1", "language": "en", "format": "json"})
        try:
            found = _Places.model_validate_json(raw).results
        except ValidationError:
            raise _unreadable() from None
        if not found:
            raise RefusedError(f"The weather service knows no place called {location}.", [], ["location"])
        return found[0]

    async def _ask(self, url: str, parameters: Mapping[str, str]) -> bytes:
        raw = b""
        try:
            async with self._http.stream("GET", url, params=dict(parameters), timeout=TIMEOUT) as answer:
                async for piece in answer.aiter_bytes():
                    raw += piece
                    if len(raw) > LARGEST:
                        raise _unreadable()
        except (httpx.HTTPError, httpx.InvalidURL):
            raise RefusedError("The weather service does not answer; try again later.") from None
        if answer.status_code == 429:
            raise RefusedError("The weather service was asked too often; try again later.")
        if answer.status_code == 400:
            raise RefusedError(
                "The weather service did not understand the place; say it in another way.", [], ["location"]
            )
        if answer.status_code != 200:
            raise RefusedError("The weather service has trouble; try again later.")
        return raw


def _condition(code: int) -> str:
    return CONDITIONS.get(code, "unsettled")


def _unreadable() -> RefusedError:
    return RefusedError("The weather service answers something that is no weather; try again later.")


def fields(report: Report, units: str) -> dict[str, Any]:
    """Return the report as the tool's result, without its sentence."""
    return {
        "location": report.place,
        "temperature": round(report.temperature),
        "condition": report.condition,
        "humidity": report.humidity,
        "wind": round(report.wind),
        "units": units,
        "tomorrow": {"condition": report.tomorrow, "low": round(report.low), "high": round(report.high)},
    }
