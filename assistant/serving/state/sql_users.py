"""The data of each user, in the same database as the sessions. Sees credentials only encrypted."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from assistant.serving.state.database import Database
from assistant.serving.state.users import UserToolSetting

STEP = (
    """CREATE TABLE tool_settings (
        user_id TEXT NOT NULL, tool TEXT NOT NULL, setting TEXT NOT NULL, PRIMARY KEY (user_id, tool)) WITHOUT ROWID""",
    """CREATE TABLE services (
        user_id TEXT NOT NULL, service TEXT NOT NULL, credentials BLOB NOT NULL, PRIMARY KEY (user_id, service))
        WITHOUT ROWID""",
    """CREATE TABLE usage (
        user_id TEXT NOT NULL, tool TEXT NOT NULL, calls INTEGER NOT NULL, PRIMARY KEY (user_id, tool))
        WITHOUT ROWID""",
)
"""The step that adds these tables to the file."""
_CONFIGURE = (
    "INSERT INTO tool_settings VALUES (?, ?, ?) ON CONFLICT (user_id, tool) DO UPDATE SET setting = excluded.setting"
)
_LINK = (
    "INSERT INTO services VALUES (?, ?, ?) "
    "ON CONFLICT (user_id, service) DO UPDATE SET credentials = excluded.credentials"
)


class SqlUsers:
    """A `UserStore` in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def settings(self, user_id: str) -> Mapping[str, UserToolSetting]:
        """Return the user's tool settings."""
        rows = await self._all("SELECT tool, setting FROM tool_settings WHERE user_id = ?", user_id)
        return {tool: UserToolSetting.from_text(setting) for tool, setting in rows}

    async def configure(self, user_id: str, tool: str, setting: UserToolSetting) -> None:
        """Store the user's tool settings."""
        values = (user_id, tool, setting.as_text())
        await self._database.run(lambda connection: connection.execute(_CONFIGURE, values))

    async def services(self, user_id: str) -> Collection[str]:
        """Return the services of a user."""
        return frozenset(row[0] for row in await self._all("SELECT service FROM services WHERE user_id = ?", user_id))

    async def link(self, user_id: str, service: str, credentials: bytes) -> None:
        """Keep a login."""
        values = (user_id, service, credentials)
        await self._database.run(lambda connection: connection.execute(_LINK, values))

    async def unlink(self, user_id: str, service: str) -> bool:
        """Forget a login."""
        query = "DELETE FROM services WHERE user_id = ? AND service = ?"
        return await self._database.run(lambda connection: connection.execute(query, (user_id, service)).rowcount > 0)

    async def credentials(self, user_id: str, service: str) -> bytes | None:
        """Return the stored credentials."""
        query = "SELECT credentials FROM services WHERE user_id = ? AND service = ?"
        row = await self._database.run(lambda connection: connection.execute(query, (user_id, service)).fetchone())
        return None if row is None else bytes(row[0])

    async def count(self, user_id: str, tool: str) -> None:
        """Count one execution; a loss of power may lose the last few."""
        query = "INSERT INTO usage VALUES (?, ?, 1) ON CONFLICT (user_id, tool) DO UPDATE SET calls = usage.calls + 1"
        await self._database.run(lambda connection: connection.execute(query, (user_id, tool)), synced=False)

    async def usage(self, user_id: str) -> Mapping[str, int]:
        """Return a user's executions."""
        return {
            tool: int(calls)
            for tool, calls in await self._all("SELECT tool, calls FROM usage WHERE user_id = ?", user_id)
        }

    async def _all(self, query: str, user_id: str) -> list[tuple[str, ...]]:
        return await self._database.run(
            lambda connection: connection.execute(query, (user_id,)).fetchall(), synced=False
        )
