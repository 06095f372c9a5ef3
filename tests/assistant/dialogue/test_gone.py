"""A service that goes away while McQueen asks something about it."""

from __future__ import annotations

import pytest

from assistant.dialogue.events import CatalogChanged
from assistant.dialogue.state import Mode
from client.catalog import Catalog
from tests.assistant.dialogue.conversation import BOOK, DINNER, WEATHER, Conversation, wants


@pytest.mark.proves("P4.failure")
@pytest.mark.parametrize("arguments", [DINNER, {}], ids=["confirming", "eliciting"])
def test_a_service_that_goes_away_is_told_and_nothing_waits_for_it(arguments: dict[str, object]) -> None:
    conversation = Conversation()
    conversation.hear(wants(BOOK, arguments))  # type: ignore[arg-type]  # plain JSON
    conversation.send(CatalogChanged(0, Catalog((WEATHER,))))
    assert conversation.said == "The service for that is not there just now. Nothing was done."
    assert conversation.mode is Mode.REPORTING
    assert conversation.state.request is None
