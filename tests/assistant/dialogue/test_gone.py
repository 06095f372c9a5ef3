"""A service that goes away while McQueen asks something about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.dialogue.events import CatalogChanged
from assistant.dialogue.turns import Mode
from client.catalog import Catalog
from client.values import JSON
from tests.assistant.dialogue.conversation import BOOK, CANCEL, CATALOG, DINNER, WEATHER, Conversation, wants


@pytest.mark.proves("P4.failure")
@pytest.mark.parametrize("arguments", [DINNER, {}], ids=["confirming", "eliciting"])
def test_a_service_that_goes_away_is_told_and_nothing_waits_for_it(arguments: dict[str, object]) -> None:
    conversation = Conversation()
    conversation.hear(wants(BOOK, arguments))  # type: ignore[arg-type]  # plain JSON
    conversation.send(CatalogChanged(0, Catalog((WEATHER,))))
    assert conversation.said == "The service for that is not there just now. Nothing was done."
    assert conversation.mode is Mode.REPORTING
    assert conversation.state.request is None


def test_options_of_a_service_that_went_away_are_offered_no_longer() -> None:
    modes: JSON = {"type": "string", "enum": ["eco", "sport"]}
    listed: dict[str, JSON] = {"type": "object", "properties": {"mode": modes}, "required": ["mode"]}
    drive_mode = replace(CANCEL, name="set_mode", title="Set the mode", input_schema=listed)
    conversation = Conversation(Catalog((drive_mode, WEATHER)))
    conversation.hear(wants(drive_mode))
    conversation.send(CatalogChanged(0, CATALOG))
    conversation.hear(replace(wants(WEATHER, {"place": "Rome"}), choice=0))
    assert [made.call.tool for made in conversation.calls] == [WEATHER.name]
