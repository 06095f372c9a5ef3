"""A login by OAuth at a real Dovecot, which asks the authorization server about each token that it is shown."""

from __future__ import annotations

from pathlib import Path

import httpx
import keyring
import pytest
from keyring.backends import fail

from assistant.hosting.host import Done, Refused
from assistant.services.mail.mail_account import MailAccount
from assistant.services.mail.mail_addresses import MailEndpoint
from assistant.services.mail.mail_service import MailService
from assistant.services.service_secrets import RenewedTokens
from client.access.credentials import CredentialStore
from client.access.service_login import ServiceClient, ServiceTokens, discover, log_in_to_service
from tests.assistant.town.clock import SetClock
from tests.client.clocks import ShiftedClock
from tests.client.logging_in import browse
from tests.client.service_authorization import CLIENT_ID, CLIENT_SECRET, ServiceAuthorization
from tests.client.serving import serve
from tests.system.services.conftest import DRIVER, running_dovecot
from tests.system.services.test_dovecot import put

pytestmark = [pytest.mark.system, pytest.mark.proves("G.services.oauth")]


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
async def test_mail_is_read_with_a_token_and_with_the_next_one_after_it_was_revoked(
    tmp_path: Path, mechanism: str
) -> None:
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring ships few types
    authorization, clock, store = ServiceAuthorization(user=DRIVER), ShiftedClock(), CredentialStore(tmp_path)
    async with serve(authorization.app()) as url, httpx.AsyncClient(trust_env=False) as http:
        authorization.url = url.replace("localhost", "127.0.0.1")
        with running_dovecot(f"{authorization.url}/introspect", mechanism) as dovecot:
            put(dovecot, b"From: q@x.example\r\nSubject: Hello\r\n\r\nx\r\n")
            server = await discover(authorization.url, http)
            client = ServiceClient(CLIENT_ID, CLIENT_SECRET, "mail")
            await log_in_to_service("post", DRIVER, server, client, http, store, clock, browse)
            imap, smtp = MailEndpoint("imap", "127.0.0.1", dovecot.port), MailEndpoint("smtp", "127.0.0.1", 1)
            source = RenewedTokens(ServiceTokens("post", DRIVER, http, store, clock))
            mail = MailService(MailAccount(imap, smtp, DRIVER, source), DRIVER, SetClock()).host()
            for asked in (1, 2):
                told = await mail.call("email_personal", {"action": "read"})
                assert isinstance(told, Done), told
                assert "Hello" in told.text
                assert len(authorization.asked) == asked, "a revoked token is renewed once"
                authorization.revoke_access()
            authorization.refresh.clear()
            refused = await mail.call("email_personal", {"action": "read"})
    assert isinstance(refused, Refused)
    assert "mcqueen login --service post" in refused.message
