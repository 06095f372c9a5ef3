"""The service desk in a conversation: from a mobile number to a booking that was confirmed."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.scenarios.loading import load_drive
from assistant.scenarios.runner import DriveRunner


@pytest.mark.proves("G.service-booking")
async def test_a_service_is_booked_in_a_conversation_after_customer_car_and_dealers_were_looked_up() -> None:
    path = Path(__file__).with_name("service-for-the-swift.yaml")
    result = await DriveRunner(path, load_drive(path)).run()
    assert [f"{finding.name}: {finding.detail}" for finding in result.findings if not finding.holds] == []
