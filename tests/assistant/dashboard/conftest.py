"""The folder that every dashboard of these tests lives in."""

from tests.assistant.dashboard.harness import folder

__all__ = ["folder"]
