"""Weather by town and day: equal for equal seeds, milder in summer and in the south. Invents no places."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from assistant.town.chance import fraction

_CONDITIONS = ("sunny", "partly cloudy", "cloudy", "light rain", "rain", "fog", "windy")
_COLD_CONDITIONS = ("sunny", "partly cloudy", "cloudy", "light snow", "snow", "freezing fog", "windy")


@dataclass(frozen=True)
class Weather:
    """Weather of one place on one day, in metric units."""

    condition: str
    low: float
    high: float
    humidity: int
    """Per cent."""
    wind: float
    """Kilometres an hour."""

    def at(self, hour: int) -> float:
        """Return degrees Celsius at an hour of the day: coldest before dawn, warmest in the afternoon."""
        share = (1 - math.cos((hour - 3) / 24 * 2 * math.pi)) / 2
        return round(self.low + (self.high - self.low) * share, 1)


def weather_on(seed: int, town: str, position: tuple[float, float], day: date) -> Weather:
    """Return the weather of a place (latitude, longitude in degrees) on a day."""
    latitude = position[0]
    season = math.cos((day.timetuple().tm_yday - 200) / 365 * 2 * math.pi) * (1 if latitude >= 0 else -1)
    middle = 28 - abs(latitude) * 0.38 + season * abs(latitude) * 0.2
    high = round(middle + 4 + (fraction(seed, "high", town, day) - 0.5) * 9, 1)
    low = round(high - 4 - fraction(seed, "low", town, day) * 6, 1)
    kinds = _COLD_CONDITIONS if high < 2 else _CONDITIONS
    condition = kinds[int(fraction(seed, "condition", town, day) * len(kinds))]
    wet = any(word in condition for word in ("rain", "snow", "fog"))
    humidity = int((70 if wet else 40) + fraction(seed, "humidity", town, day) * 28)
    wind = round((35 if condition == "windy" else 5) + fraction(seed, "wind", town, day) * 20, 1)
    return Weather(condition, low, high, humidity, wind)
