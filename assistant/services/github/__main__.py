"""`python -m assistant.services.github --owner NAME`: GitHub as an MCP server on stdio."""

from __future__ import annotations

import argparse

from assistant.hosting.host_errors import RefusedError
from assistant.services.github.github_service import API, GitHubService, github_api
from assistant.services.local_zone import local_now
from assistant.services.passwords import load_password, password_store
from assistant.services.service_command import add_login, log_in, parser_for, run, serve
from client.http import open_http_client


async def _main(given: argparse.Namespace) -> None:
    async with open_http_client() as http:

        def service(token: str) -> GitHubService:
            api = github_api(http, token, given.url)
            return GitHubService(api, given.owner, given.repository, today=lambda: local_now().date())

        async def attempt(token: str) -> None:
            await service(token).check()

        if given.login:
            await log_in(given.owner, given.url, attempt)
            return
        token = await load_password(password_store(), given.url, given.owner)
        if token is None:
            raise RefusedError(f"there is no token for {given.owner}; run this command once with the word login")
        await serve(service(token).host())


def main() -> None:
    """Serve until the other side closes the pipe, or log in with a token."""
    parser = parser_for("github", "Issues, notifications and repositories of GitHub, as an MCP server on stdio.")
    parser.add_argument("--owner", required=True, metavar="NAME", help="who owns repositories called by a bare name")
    parser.add_argument("--repository", default="", metavar="NAME", help="which one is meant where none is named")
    parser.add_argument("--url", default=API, help="of the API of an Enterprise server")
    add_login(parser)
    run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
