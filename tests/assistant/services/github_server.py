"""A server that answers as GitHub's REST API is published, with its headers of limits; not tried on the real one.

Written from docs.github.com/en/rest (version 2022-11-28) and its page on rate limits.
"""

from __future__ import annotations

import time
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "token-of-ann"


def issue(number: int, title: str, **more: Any) -> dict[str, Any]:
    return {
        "id": 1000 + number, "node_id": "I_1", "number": number, "title": title, "state": "open", "locked": False,
        "user": {"login": "ben", "id": 2, "type": "User"}, "labels": [], "assignees": [], "comments": 0,
        "body": None, "created_at": "2026-11-18T09:00:00Z", "updated_at": "2026-11-19T10:00:00Z",
        "repository_url": "https://api.github.com/repos/ann/site", "author_association": "OWNER", **more,
    }  # fmt: skip


class GitHubServer:
    """Keeps issues, comments and repositories, and what it was asked; `next` are answers that come first."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        self.next: list[Response] = []
        self.issues = {
            12: issue(12, "Login fails on old phones", body="Since the last release.", comments=4),
            15: issue(15, "Dark mode is too bright"),
        }
        self.comments = [
            {"id": n, "user": {"login": who}, "body": words, "created_at": "2026-11-19T10:00:00Z"}
            for n, (who, words) in enumerate(
                [("ann", "one"), ("ben", "two"), ("eve", "three"), ("ann", "I look at it")]
            )
        ]
        self.notifications = [
            {"id": "1", "reason": "review_requested", "unread": True, "updated_at": "2026-11-19T10:00:00Z",
             "subject": {"title": "Cache the tiles", "type": "PullRequest", "url": "", "latest_comment_url": ""},
             "repository": {"id": 1, "name": "maps", "full_name": "octo/maps", "private": False}},
        ]  # fmt: skip
        self.made: list[tuple[str, dict[str, Any]]] = []
        self.app = Starlette(
            routes=[Route("/{path:path}", self._answer, methods=["GET", "POST", "PATCH"])],
        )

    async def _answer(self, request: Request) -> Response:
        body = await request.json() if await request.body() else None
        path = "/" + request.path_params["path"]
        self.asked.append((request.method, path, dict(request.query_params), body))
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _with_limits(JSONResponse({"message": "Bad credentials", "status": "401"}, 401))
        if self.next:
            return _with_limits(self.next.pop(0))
        return _with_limits(self._good(request.method, path, dict(request.query_params), body))

    def _good(self, method: str, path: str, query: dict[str, str], body: Any) -> Response:
        parts = path.strip("/").split("/")
        match (method, parts):
            case ("GET", ["user"]):
                return JSONResponse({"login": "ann", "id": 1, "type": "User"})
            case ("GET", ["search", "issues"]):
                items = list(self.issues.values())
                return JSONResponse({"total_count": len(items), "incomplete_results": False, "items": items})
            case ("GET", ["notifications"]):
                return JSONResponse(self.notifications)
            case ("POST", ["user", "repos"]):
                self.made.append(("empty", body))
                return JSONResponse({"id": 5, "full_name": f"ann/{body['name']}", "private": body["private"]}, 201)
            case ("POST", ["repos", owner, name, "generate"]):
                self.made.append((f"{owner}/{name}", body))
                full = f"{body['owner']}/{body['name']}"
                return JSONResponse({"id": 5, "full_name": full, "private": body["private"]}, 201)
            case ("POST", ["repos", "ann", "site", "issues"]):
                number = max(self.issues) + 1
                self.issues[number] = issue(number, body["title"], body=body["body"])
                return JSONResponse(self.issues[number], 201)
            case (_, ["repos", "ann", "site", "issues", number, *rest]) if int(number) in self.issues:
                return self._of_issue(method, self.issues[int(number)], rest, query, body)
        return JSONResponse(
            {"message": "Not Found", "documentation_url": "https://docs.github.com", "status": "404"}, 404
        )

    def _of_issue(self, method: str, found: dict[str, Any], rest: list[str], query: Any, body: Any) -> Response:
        if rest == ["comments"] and method == "GET":
            size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
            return JSONResponse(self.comments[size * (page - 1) : size * page])
        if rest == ["comments"]:
            self.comments.append({"id": 9, "user": {"login": "ann"}, "body": body["body"]})
            return JSONResponse(self.comments[-1], 201)
        if method == "PATCH":
            found.update(body)
        return JSONResponse(found)


def _with_limits(response: Response) -> Response:
    given = {name for name, _ in response.headers.items()}
    limits = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4987", "x-ratelimit-used": "13",
              "x-ratelimit-reset": str(int(time.time()) + 1800), "x-ratelimit-resource": "core",
              "x-github-api-version-selected": "2022-11-28"}  # fmt: skip
    for name, value in limits.items():
        if name not in given:
            response.headers[name] = value
    return response


def secondary(seconds: int | None) -> Response:
    """Return the answer of a secondary limit; with None it names no time."""
    message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    body = {"message": message, "documentation_url": "https://docs.github.com/rest/overview/rate-limits"}
    return JSONResponse(body, 403, {} if seconds is None else {"retry-after": str(seconds)})


def primary(seconds: int) -> Response:
    """Return the answer of the primary limit, which ends in that many seconds."""
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + seconds)}
    return JSONResponse({"message": "API rate limit exceeded for user ID 1."}, 403, headers)
