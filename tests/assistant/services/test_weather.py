"""The weather from a server of ours that answers as Open-Meteo's published schema says; not tried on the real one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from assistant.hosting.host import Done, Refused
from assistant.services.weather.open_meteo import CONDITIONS, OpenMeteo
from assistant.services.weather.weather_service import WeatherService
from assistant.town.definitions.information_tools import GET_WEATHER
from client.http import open_http_client

# Written from the published schema: open-meteo.com/en/docs and open-meteo.com/en/docs/geocoding-api.
PLACES: dict[str, Any] = {
    "results": [
        {
            "id": 2907911, "name": "Heidelberg", "latitude": 49.40768, "longitude": 8.69079, "elevation": 114.0,
            "feature_code": "PPLA3", "country_code": "DE", "timezone": "Europe/Berlin", "population": 143345,
            "country": "Germany", "admin1": "Baden-Wurttemberg",
        }
    ],
    "generationtime_ms": 0.6,
}  # fmt: skip
FORECAST: dict[str, Any] = {
    "latitude": 49.4, "longitude": 8.7, "generationtime_ms": 0.1, "utc_offset_seconds": 3600,
    "timezone": "Europe/Berlin", "timezone_abbreviation": "GMT+1", "elevation": 114.0,
    "current_units": {"time": "iso8601", "interval": "seconds", "temperature_2m": "\u00b0C",
                      "relative_humidity_2m": "%", "weather_code": "wmo code", "wind_speed_10m": "km/h"},
    "current": {"time": "2026-11-23T17:00", "interval": 900, "temperature_2m": 6.6, "relative_humidity_2m": 81,
                "weather_code": 61, "wind_speed_10m": 11.2},
    "daily_units": {"time": "iso8601", "weather_code": "wmo code", "temperature_2m_max": "\u00b0C",
                    "temperature_2m_min": "\u00b0C"},
    "daily": {"time": ["2026-11-23", "2026-11-24"], "weather_code": [61, 3], "temperature_2m_max": [8.1, 9.4],
              "temperature_2m_min": [3.9, 2.2]},
}  # fmt: skip


class OpenMeteoServer:
    """Answers by the published schema, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.places: Response | None = None
        self.forecast: Response | None = None
        self.app = Starlette(
            routes=[Route("/v1/search", self._search), Route("/v1/forecast", self._forecast)],
        )

    async def _search(self, request: Request) -> Response:
        self.asked.append(dict(request.query_params))
        if self.places is not None:
            return self.places
        known = request.query_params["name"].casefold() == "heidelberg"
        return JSONResponse(PLACES if known else {"generationtime_ms": 0.3})

    async def _forecast(self, request: Request) -> Response:
        self.asked.append(dict(request.query_params))
        return self.forecast or JSONResponse(FORECAST)


@pytest.fixture
def server() -> OpenMeteoServer:
    return OpenMeteoServer()


@pytest.fixture
async def weather(server: OpenMeteoServer) -> AsyncIterator[WeatherService]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(server.app), base_url="http://meteo.example") as http:
        yield WeatherService(OpenMeteo(http, "http://meteo.example/v1/forecast", "http://meteo.example/v1/search"))


async def refused(weather: WeatherService, **arguments: Any) -> Refused:
    answer = await weather.host().call("get_weather", arguments)
    assert isinstance(answer, Refused), answer
    return answer


@pytest.mark.proves("G.services")
async def test_the_weather_is_told_in_the_towns_words(weather: WeatherService, server: OpenMeteoServer) -> None:
    answer = await weather.host().call("get_weather", {"location": "Heidelberg, Germany"})
    assert isinstance(answer, Done)
    Draft202012Validator(GET_WEATHER["outputSchema"]).validate(answer.result)
    assert answer.text == "In Heidelberg it is 7 degrees, light rain; tomorrow cloudy, up to 9."
    assert answer.result["humidity"] == 81
    assert server.asked[0] == {"name": "Heidelberg", "count": "1", "language": "en", "format": "json"}
    assert server.asked[1]["timezone"] == "auto"
    assert "temperature_unit" not in server.asked[1]


async def test_imperial_units_are_asked_for(weather: WeatherService, server: OpenMeteoServer) -> None:
    answer = await weather.host().call("get_weather", {"location": "heidelberg", "units": "imperial"})
    assert isinstance(answer, Done)
    assert "degrees Fahrenheit" in answer.text
    assert (server.asked[1]["temperature_unit"], server.asked[1]["wind_speed_unit"]) == ("fahrenheit", "mph")


async def test_an_unknown_place_is_named(weather: WeatherService) -> None:
    answer = await refused(weather, location="Atlantis")
    assert answer.names == ("location",)
    assert "Atlantis" in answer.message


@pytest.mark.proves("G.services")
@pytest.mark.parametrize(
    ("response", "words"),
    [
        (JSONResponse({"error": True, "reason": "Minutely API request limit exceeded."}, 429), "too often"),
        (JSONResponse({"error": True, "reason": "Latitude must be in range."}, 400), "did not understand the place"),
        (Response("gateway", 502), "has trouble"),
        (Response("<html>sign in to the hotel"), "no weather"),
        (JSONResponse({**FORECAST, "daily": {"time": []}}), "no weather"),
        (JSONResponse({"current": {"temperature_2m": None}}), "no weather"),
        (Response(b"{" * 1_000_000), "no weather"),
    ],
)
async def test_trouble_of_the_service_is_one_sentence(
    weather: WeatherService, server: OpenMeteoServer, response: Response, words: str
) -> None:
    server.forecast = response
    assert words in (await refused(weather, location="Heidelberg")).message


@pytest.mark.proves("G.services")
async def test_a_service_that_is_away_is_said() -> None:
    async with open_http_client() as http:
        away = WeatherService(OpenMeteo(http, "http://127.0.0.1:1/f", "http://127.0.0.1:1/s"))
        assert "does not answer" in (await refused(away, location="Heidelberg")).message


def test_every_condition_is_plain_words() -> None:
    assert all(words.replace(" ", "").isalpha() and words.islower() for words in CONDITIONS.values())
