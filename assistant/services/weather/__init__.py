"""The weather from Open-Meteo, by its published API. Not tried on the real service."""
