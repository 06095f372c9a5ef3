# mypy: ignore-errors
# It runs in an environment of its own, whose packages ours need not have.
"""One FastMCP server with a login: its own provider in memory, or the authorization server at ISSUER.

PORT is the argument; SCOPES are wanted (`drive`). With ISSUER tokens are JWTs that its JWKS (JWKS) signs.
"""

import os
import sys

from fastmcp import FastMCP
from fastmcp.server.auth import RemoteAuthProvider
from fastmcp.server.auth.providers.in_memory import InMemoryOAuthProvider
from fastmcp.server.auth.providers.jwt import JWTVerifier
from mcp.server.auth.settings import ClientRegistrationOptions
from pydantic import AnyHttpUrl

port, issuer = int(sys.argv[1]), os.environ.get("ISSUER", "")
here, scopes = f"http://127.0.0.1:{port}", os.environ.get("SCOPES", "drive").split()
if issuer:
    verifier = JWTVerifier(jwks_uri=os.environ["JWKS"], issuer=issuer, audience=f"{here}/mcp", required_scopes=scopes)
    auth = RemoteAuthProvider(verifier, authorization_servers=[AnyHttpUrl(issuer)], base_url=here)
else:
    options = ClientRegistrationOptions(enabled=True, valid_scopes=["drive", "write"], default_scopes=["drive"])
    auth = InMemoryOAuthProvider(base_url=here, client_registration_options=options, required_scopes=scopes)
server = FastMCP("notes", auth=auth)


@server.tool
def get_note(title: str) -> str:
    """Read a note by its title."""
    return f"note {title}"


server.run(transport="http", host="127.0.0.1", port=port, show_banner=False, log_level="ERROR")
