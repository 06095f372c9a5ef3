"""The tools for GitHub: the driver's words become a request to its REST API, and its answer becomes a sentence.

Titles and texts are what strangers wrote: they are told and never followed.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, ValidationError

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import joined
from assistant.services.github import github_tools
from assistant.services.github.github_limits import RateLimits
from assistant.services.github.spoken_search import qualifiers
from assistant.services.service_host import ServiceHost
from assistant.services.spoken import bounded, one_line
from assistant.services.web_api import ApiAnswer, WebApi

API = "https://api.github.com"
VERSION = "2022-11-28"
TOLD = 3
FOUND = 10
"""Most issues of a search that are passed on."""
_COMMENTS = 3
_PART = re.compile(r'[^\s"]*"[^"]*"|\S+')
"""A word or qualifier of a search, with its quotes."""
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_KIND = {"issues": "is:issue", "pull requests": "is:pr"}
_WHOSE = {
    "mine": "author:@me",
    "assigned to me": "assignee:@me",
    "for my review": "review-requested:@me",
    "mentioning me": "mentions:@me",
}
_REASONS = {
    "assign": "you are assigned",
    "author": "you opened it",
    "comment": "you commented on it",
    "mention": "you are mentioned",
    "review_requested": "your review is wanted",
    "state_change": "its state changed",
    "subscribed": "you watch it",
    "team_mention": "your team is mentioned",
    "ci_activity": "a workflow ended",
    "security_alert": "a security alert",
}


class _User(BaseModel):
    login: str = "somebody"


class IssueRecord(BaseModel):
    """The fields of an issue or pull request that are used."""

    number: int
    title: str
    state: str
    user: _User | None = None
    body: str | None = None
    comments: int = 0
    updated_at: str = ""
    repository_url: str = ""

    @property
    def repository(self) -> str:
        """`owner/name`."""
        return "/".join(self.repository_url.split("/")[-2:])


class _Found(BaseModel):
    total_count: int
    items: list[IssueRecord]


class _Subject(BaseModel):
    title: str
    type: str = ""


class _Repository(BaseModel):
    full_name: str
    private: bool = False


class _Notification(BaseModel):
    reason: str = ""
    updated_at: str = ""
    subject: _Subject
    repository: _Repository


class _Comment(BaseModel):
    user: _User | None = None
    body: str | None = None


class _Made(BaseModel):
    number: int = Field(ge=1)


def github_api(
    http: httpx.AsyncClient,
    token: str,
    url: str = API,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> WebApi:
    """Return GitHub's API for the owner of a token; `url` is that of an Enterprise server, or of a test."""
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token}",
        "X-GitHub-Api-Version": VERSION,
        "User-Agent": "mcqueen",
    }
    return WebApi(
        http,
        url,
        "GitHub",
        headers=headers,
        refused_for=RateLimits(),
        sleep=sleep,
        clock=clock,
        counted_as=lambda path: "search" if path.startswith("/search/") else "core",
    )


class GitHubService:
    """GitHub for one user."""

    def __init__(self, api: WebApi, owner: str, repository: str = "", *, today: Callable[[], date]) -> None:
        """`owner` owns the repositories that are named without an owner; `repository` is meant if none is named."""
        self._api = api
        self._owner = owner
        self._repository = repository
        self._today = today

    def host(self) -> ServiceHost:
        """Return it as a host of tools."""
        return ServiceHost(
            "github",
            (github_tools.SEARCH_ISSUES, self._search),
            (github_tools.MY_ISSUES, self._search_mine),
            (github_tools.READ_ISSUE, self._read_issue),
            (github_tools.LIST_NOTIFICATIONS, self._notifications),
            (github_tools.CREATE_ISSUE, self._create_issue),
            (github_tools.COMMENT_ON_ISSUE, self._comment),
            (github_tools.CLOSE_ISSUE, self._setter("closed")),
            (github_tools.REOPEN_ISSUE, self._setter("open")),
            (github_tools.CREATE_REPOSITORY, self._create_repository),
        )

    async def check(self) -> str:
        """Return the name of the user of the token. Raises `RefusedError`."""
        answer = await self._api.ask("GET", "/user", repeatable=True)
        return _as(_User, _good(answer, "user")).login

    # -- looking --

    def search_of(self, arguments: Mapping[str, Any]) -> str:
        """Return the search text for GitHub."""
        said = _PART.findall(qualifiers(str(arguments.get("about", "")), self._today(), self._owner))
        chosen = [
            _KIND.get(arguments.get("kind", ""), ""),
            f"is:{arguments['state']}" if "state" in arguments else "",
            _WHOSE.get(arguments.get("whose", ""), ""),
            f"repo:{self._full_name(arguments['repository'])}" if arguments.get("repository") else "",
        ]
        return " ".join(dict.fromkeys([*(one for one in chosen if one), *said]))

    async def _search_mine(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return await self._search({**arguments, "whose": "mine"})

    async def _search(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        search = self.search_of(arguments)
        if not search:
            raise RefusedError("What shall I look for on GitHub?", [], ["about"])
        params = {"q": search, "sort": "updated", "per_page": str(FOUND)}
        found = _as(
            _Found, _good(await self._api.ask("GET", "/search/issues", repeatable=True, params=params), "search")
        )
        names = [f"{one_line(issue.title)}, number {issue.number} in {issue.repository.partition('/')[2]}"
                 for issue in found.items[:TOLD]]  # fmt: skip
        more = f"; the newest {TOLD} are" if found.total_count > TOLD else ":"
        summary = (
            f"There {'is one' if found.total_count == 1 else f'are {found.total_count}'}{more} {'; '.join(names)}."
        )
        return {
            "summary": summary if names else "GitHub finds nothing.",
            "search": search,
            "total": found.total_count,
            "issues": [_issue(one) for one in found.items],
        }

    async def _read_issue(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        path = self._issue_path(arguments)
        found = _as(IssueRecord, _good(await self._api.ask("GET", path, repeatable=True), _thing(arguments)))
        comments: list[_Comment] = []
        if found.comments:
            last = max(1, -(-found.comments // _COMMENTS))  # the page with the newest entries
            params = {"per_page": str(_COMMENTS), "page": str(last)}
            answer = await self._api.ask("GET", f"{path}/comments", repeatable=True, params=params)
            comments = _listed(_Comment, _good(answer, _thing(arguments)))
        told = f"{one_line(found.title)}, {found.state}, by {_login(found.user)}. {one_line(found.body or '', 400)}"
        if comments:
            newest = comments[-1]
            told = f"{told.rstrip()} The last comment, by {_login(newest.user)}: {one_line(newest.body or '', 200)}"
        return {
            "summary": told.strip(),
            "number": found.number,
            "title": one_line(found.title, 256),
            "text": bounded(found.body or "", 5000),
            "state": found.state,
            "comments": [{"author": _login(one.user), "text": bounded(one.body or "", 2000)} for one in comments],
        }

    async def _notifications(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        answer = await self._api.ask("GET", "/notifications", repeatable=True, params={"per_page": str(FOUND)})
        found = _listed(_Notification, _good(answer, "notifications"))
        names = [
            f"{one_line(one.subject.title)} in {one.repository.full_name.partition('/')[2]}, because "
            f"{_REASONS.get(one.reason, 'you follow it')}"
            for one in found
        ]
        count = f"There {'is one' if len(found) == 1 else f'are {len(found)}'}"
        more = f"; the newest {TOLD} are" if len(found) > TOLD else ":"
        return {
            "summary": f"{count}{more} {'; '.join(names[:TOLD])}." if found else "There is nothing new on GitHub.",
            "notifications": [
                {
                    "title": one_line(one.subject.title, 256),
                    "repository": one.repository.full_name,
                    "reason": one.reason,
                    "kind": one.subject.type,
                    "updated": one.updated_at,
                }
                for one in found
            ],
        }

    # -- changing --

    async def _create_issue(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        name = self._full_name(arguments.get("repository", ""))
        body = {"title": arguments["title"], "body": arguments.get("body", "")}
        answer = await self._api.ask("POST", f"/repos/{name}/issues", repeatable=False, body=body)
        made = _as(_Made, _good(answer, f"repository {name}"))
        summary = f"Issue {made.number} is open in {name.partition('/')[2]}: {one_line(arguments['title'])}."
        return {"summary": summary, "number": made.number, "repository": name, "title": arguments["title"]}

    async def _comment(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        body = {"body": arguments["text"]}
        answer = await self._api.ask("POST", f"{self._issue_path(arguments)}/comments", repeatable=False, body=body)
        _good(answer, _thing(arguments))
        return {
            "summary": f"Your comment is on issue {arguments['number']}.",
            "number": arguments["number"],
            "repository": self._full_name(arguments.get("repository", "")),
            "text": arguments["text"],
        }

    def _setter(self, state: str) -> Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]]:
        async def act(arguments: Mapping[str, Any]) -> dict[str, Any]:
            path = self._issue_path(arguments)
            answer = await self._api.ask("PATCH", path, repeatable=True, body={"state": state})
            _good(answer, _thing(arguments))
            return {
                "summary": f"Issue {arguments['number']} is {state}.",
                "number": arguments["number"],
                "repository": self._full_name(arguments.get("repository", "")),
                "state": state,
            }

        return act

    async def _create_repository(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        name = "-".join(re.sub(r"[^\w\s.-]", "", arguments["name"]).split())
        if not _NAME.fullmatch(name):
            raise RefusedError("That cannot be the name of a repository; say another.", [], ["name"])
        private = bool(arguments["private"])
        if arguments.get("template"):
            template = self._full_name(arguments["template"], "template")
            path, thing = f"/repos/{template}/generate", f"template {template}"
            body = {"owner": self._owner, "name": name, "private": private}
        else:
            path, thing, body = "/user/repos", "repository", {"name": name, "private": private}
        made = _as(_Repository, _good(await self._api.ask("POST", path, repeatable=False, body=body), thing))
        kind = "private" if made.private else "public"
        return {
            "summary": f"The {kind} repository {made.full_name.partition('/')[2]} is made.",
            "repository": made.full_name,
            "private": made.private,
        }

    def _issue_path(self, arguments: Mapping[str, Any]) -> str:
        return f"/repos/{self._full_name(arguments.get('repository', ''))}/issues/{arguments['number']}"

    def _full_name(self, said: str, parameter: str = "repository") -> str:
        """Return `owner/name` from the driver's words. Raises `RefusedError`."""
        bare = re.sub(r"\s+slash\s+", "/", said.strip() or self._repository, flags=re.IGNORECASE)
        if not bare:
            raise RefusedError("In which repository?", [], [parameter])
        owner, slash, name = bare.rpartition("/")
        parts = [owner if slash else self._owner, re.sub(r"\s+", "-", name)]
        if not all(_NAME.fullmatch(part) and set(part) != {"."} for part in parts):
            raise RefusedError(f"{bare[:60]} is no name of a repository.", [], [parameter])
        return "/".join(quote(part) for part in parts)


def _good(answer: ApiAnswer, thing: str) -> Any:
    """Return the body of a good answer. Raises `RefusedError` with a sentence for any other."""
    if 200 <= answer.status < 300:
        return answer.body
    match answer.status:
        case 401:
            raise RefusedError("GitHub does not take the token; run the service once with the word login.")
        case 403:
            raise RefusedError("GitHub does not let this token do that.")
        case 404:
            raise RefusedError(f"GitHub has no {thing}, or does not show it to this token.")
        case 410:
            raise RefusedError("That repository takes no issues.")
        case 422:
            why = _problems(answer.body)
            raise RefusedError(f"GitHub does not take that{f': {why}' if why else '.'}")
        case _:
            raise RefusedError("GitHub has trouble; try again later.")


def _problems(body: Any) -> str:
    """Return the messages of a 422, in one line."""
    errors = body.get("errors") if isinstance(body, Mapping) else None
    found = [str(one.get("message") or f"{one.get('field')} {str(one.get('code')).replace('_', ' ')}")
             for one in errors or [] if isinstance(one, Mapping)]  # fmt: skip
    return one_line(joined(found[:3]) + "." if found else "")


Record = TypeVar("Record", bound=BaseModel)


def _as(kind: type[Record], body: Any) -> Record:
    try:
        return kind.model_validate(body)
    except ValidationError:
        raise RefusedError("GitHub answers something that cannot be read.") from None


def _listed(kind: type[Record], body: Any) -> list[Record]:
    if not isinstance(body, list):
        raise RefusedError("GitHub answers something that cannot be read.")
    return [_as(kind, one) for one in body]


def _login(user: _User | None) -> str:
    return one_line(user.login, 40) if user else "somebody"


def _thing(arguments: Mapping[str, Any]) -> str:
    return f"issue {arguments['number']}"


def _issue(found: IssueRecord) -> dict[str, Any]:
    return {
        "number": found.number,
        "title": one_line(found.title, 256),
        "repository": found.repository,
        "state": found.state,
        "author": _login(found.user),
        "comments": found.comments,
        "updated": found.updated_at,
    }
