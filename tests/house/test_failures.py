"""A failure that the client words itself is told in the driver's language."""

from __future__ import annotations

import ast

import pytest

from assistant.wording.languages import languages, speaking
from assistant.wording.replies import client_failure
from client.call import CallError, Sent
from client.calls.agreed_terms import CHANGED_CODES
from tests.house.sources import modules

MAKERS = frozenset({"CallError", "failed", "_failed", "_not_sent"})
"""Functions whose first argument is the code of a failure."""
TOLD_OTHERWISE = {
    "tool_error": "the server's own words",
    "invalid_arguments": "asked again, with the server's words",
    "not_supported": "the server's own question",
    "confirmation_wanted": "the server's own question",
    "login_required": "told as a login",
    "consent_missing": "read back anew",
    "consent_mismatch": "read back anew",
    "consent_expired": "read back anew",
    "consent_spent": "read back anew",
    "not_read_only": "asked ahead, and never told",
    "not_delivered": "holds words that are in the driver's language already",
}


def _codes() -> set[str]:
    return {
        call.args[0].value
        for _, tree in modules("client")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in MAKERS
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


@pytest.mark.parametrize("language", languages())
def test_no_failure_of_the_client_is_told_in_the_words_for_engineers(language: str) -> None:
    codes = (_codes() | CHANGED_CODES) - TOLD_OTHERWISE.keys()
    assert len(codes) >= 10
    with speaking(language):
        told = {code: client_failure(CallError(code, "for engineers", Sent.NO)) for code in codes}
    assert [code for code, text in told.items() if text == "for engineers"] == []
