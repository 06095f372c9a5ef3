"""One user's mail account: its servers, and the inbox and outgoing mail with the current secret.

If a server refuses an access token, the token is renewed once and the work is repeated; a refused login did nothing.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from assistant.services.mail.inbox import Inbox
from assistant.services.mail.mail_addresses import MailEndpoint
from assistant.services.mail.outgoing import Outgoing
from assistant.services.service_secrets import SecretRefusedError, SecretSource, ServiceSecret

T = TypeVar("T")


@dataclass(frozen=True)
class MailAccount:
    """The servers of one user."""

    imap: MailEndpoint
    smtp: MailEndpoint
    user: str
    secrets: SecretSource
    context: ssl.SSLContext | None = None
    """Checks the servers' certificates; None for the system's authorities."""

    async def read(self, work: Callable[[Inbox], T]) -> T:
        """Return the result of the work with the inbox. Raises `RefusedError`."""
        return await self._with(lambda secret: work(Inbox(self.imap, self.user, secret, context=self.context)))

    async def send(self, work: Callable[[Outgoing], T]) -> T:
        """Return the result of the work with outgoing mail. Raises the errors of `Outgoing.send`."""
        return await self._with(lambda secret: work(Outgoing(self.smtp, self.user, secret, context=self.context)))

    async def check(self) -> None:
        """Log in to both servers and out again. Raises `RefusedError`."""
        await self.read(lambda inbox: inbox.check())
        await self.send(lambda outgoing: outgoing.check())

    async def _with(self, work: Callable[[ServiceSecret], T]) -> T:
        secret = await self.secrets.current()
        try:
            return await asyncio.to_thread(work, secret)
        except SecretRefusedError:
            newer = await self.secrets.after_refusal(secret)
            if newer is None:
                raise
        return await asyncio.to_thread(work, newer)
