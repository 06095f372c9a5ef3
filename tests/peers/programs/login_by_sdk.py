# mypy: ignore-errors
# It runs in an environment of its own, whose packages ours need not have.
"""One MCP server with the Python SDK's own authorization server in front of it: registrations, codes, tokens in memory.

Runs on mcp 1.x and 2.x. PORT is the argument; SCOPES are wanted (`drive`), TTL is a token's life in seconds.
"""

import os
import secrets
import sys
import time

import uvicorn
from mcp.server.auth.provider import (
    AccessToken,
    AuthorizationCode,
    OAuthAuthorizationServerProvider,
    RefreshToken,
    construct_redirect_uri,
)
from mcp.server.auth.settings import AuthSettings, ClientRegistrationOptions
from mcp.shared.auth import OAuthToken

try:
    from mcp.server.mcpserver import MCPServer as Server
except ImportError:
    from mcp.server.fastmcp import FastMCP as Server

port, seconds = int(sys.argv[1]), int(os.environ.get("TTL", "3600"))
scopes = os.environ.get("SCOPES", "drive").split()
here = f"http://127.0.0.1:{port}"


class Memory(OAuthAuthorizationServerProvider):
    def __init__(self):
        self.clients, self.codes, self.access, self.refresh = {}, {}, {}, {}

    async def get_client(self, client_id):
        return self.clients.get(client_id)

    async def register_client(self, client_info):
        self.clients[client_info.client_id] = client_info

    async def authorize(self, client, params):
        code = secrets.token_urlsafe(32)
        self.codes[code] = AuthorizationCode(
            code=code,
            client_id=client.client_id,
            redirect_uri=params.redirect_uri,
            redirect_uri_provided_explicitly=params.redirect_uri_provided_explicitly,
            expires_at=time.time() + 60,
            scopes=params.scopes or [],
            code_challenge=params.code_challenge,
            resource=params.resource,
        )
        return construct_redirect_uri(str(params.redirect_uri), code=code, state=params.state)

    async def load_authorization_code(self, client, authorization_code):
        return self.codes.get(authorization_code)

    async def exchange_authorization_code(self, client, authorization_code):
        del self.codes[authorization_code.code]
        return self.made(client.client_id, authorization_code.scopes)

    def made(self, client_id, granted):
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        ends = int(time.time()) + seconds
        self.access[access] = AccessToken(token=access, client_id=client_id, scopes=granted, expires_at=ends)
        self.refresh[refresh] = RefreshToken(token=refresh, client_id=client_id, scopes=granted)
        return OAuthToken(access_token=access, expires_in=seconds, refresh_token=refresh, scope=" ".join(granted))

    async def load_access_token(self, token):
        return self.access.get(token)

    async def load_refresh_token(self, client, refresh_token):
        return self.refresh.get(refresh_token)

    async def exchange_refresh_token(self, client, refresh_token, scopes):
        del self.refresh[refresh_token.token]
        return self.made(client.client_id, scopes)

    async def revoke_token(self, token):
        self.access.pop(token.token, None)
        self.refresh.pop(token.token, None)


server = Server(
    "notes",
    auth_server_provider=Memory(),
    auth=AuthSettings(
        issuer_url=here,
        resource_server_url=f"{here}/mcp",
        required_scopes=scopes,
        client_registration_options=ClientRegistrationOptions(
            enabled=True, valid_scopes=["drive", "write"], default_scopes=["drive"]
        ),
    ),
)


@server.tool()
def get_note(title: str) -> str:
    """Read a note by its title."""
    return f"note {title}"


uvicorn.run(server.streamable_http_app(), host="127.0.0.1", port=port, log_level="error")
