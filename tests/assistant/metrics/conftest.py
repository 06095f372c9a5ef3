"""A world on a clock that stands still."""

from tests.assistant.serving.conftest import clock, http, town, world

__all__ = ["clock", "http", "town", "world"]  # fixtures
