"""The page at `/admin`: a login with the right mcp:admin, the page, a way out. It calls no tool and changes nothing.

A browser gives a token once, in a form, and gets a cookie that opens this page alone, for eight hours at most and never
longer than the token. Nothing is stored here, so every process of a service accepts the same cookie. Host and Origin
are checked first, as for every path.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from assistant.serving.middleware import too_many
from assistant.serving.platform.admin_page import AdminView, ManagedServer, admin_page, admin_tables, login_page
from assistant.serving.platform.callers import Caller, Permission, caller_of, permissions_of
from assistant.serving.platform.fleet import Fleet
from assistant.serving.platform.server_records import PlatformRecords, ServerRecord
from assistant.serving.request_bodies import RefusedRequest, address, read_body, request_id
from assistant.serving.state.audit import AuditLog
from assistant.serving.state.rate_limits import RequestLimit
from assistant.serving.state.secret_keys import mint_login_token, read_login_token
from assistant.serving.state.stores import Store
from client.servers.processes.process_use import ProcessMeter, ProcessUse
from client.servers.processes.supervision import ServerStatus

ADMIN_PATH = "/admin"
ADMIN_REQUESTS, ADMIN_SECONDS = 60, 60.0
"""How often an address may ask for the page or log in."""
LONGEST_LOGIN = 8 * 3600.0
"""Seconds that a browser stays logged in."""
_COOKIE = "mcqueen_admin"
_LARGEST_FORM = 16 * 1024
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    # With "no-referrer" browsers send forms with the Origin "null", which is refused.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_NO_TOKEN = "This token is not valid, or it is over."  # noqa: S105  # a sentence
_NO_RIGHT = "This token does not have the right mcp:admin."


@dataclass
class AdminFace:
    """The handlers of the page. `now` is in seconds since the epoch; `limits` are shown as they are given."""

    records: PlatformRecords
    fleet: Fleet
    store: Store
    audit: AuditLog
    jwt_secret: str
    now: Callable[[], float]
    limits: Sequence[tuple[str, str]]
    meter: ProcessMeter = field(default_factory=ProcessMeter)

    def routes(self) -> list[Route]:
        """Return the routes; each request counts against the limit."""
        return [
            Route(ADMIN_PATH, self._limited(self.page), methods=["GET"]),
            Route(f"{ADMIN_PATH}/tables", self._limited(self.tables), methods=["GET"]),
            Route(f"{ADMIN_PATH}/login", self._limited(self.log_in), methods=["POST"]),
            Route(f"{ADMIN_PATH}/logout", self._limited(self.log_out), methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """Show the page, or the form to log in."""
        caller = await self._caller(request)
        if caller is None:
            return HTMLResponse(login_page(), 401, headers=_HEADERS)
        if not caller.may(Permission.ADMIN):
            return HTMLResponse(login_page(_NO_RIGHT), 403, headers=_HEADERS)
        view = await self._view(caller)
        return HTMLResponse(admin_page(view), headers=_HEADERS)

    async def tables(self, request: Request) -> Response:
        """Give the tables of the page as JSON, to a program with the right in its bearer token."""
        caller = await self._caller(request)
        if caller is None:
            raise RefusedRequest(401, _NO_TOKEN)
        if not caller.may(Permission.ADMIN):
            raise RefusedRequest(403, _NO_RIGHT)
        tables = [asdict(one) for one in admin_tables(await self._view(caller))]
        return JSONResponse({"success": True, "tables": tables}, headers={"Cache-Control": "no-store"})

    async def log_in(self, request: Request) -> Response:
        """Take the token of the form, and give a cookie for it."""
        body = await read_body(request)
        if len(body) > _LARGEST_FORM:
            raise RefusedRequest(413, "This form is too large.")
        try:
            token = parse_qs(body.decode("latin-1"), max_num_fields=4).get("token", [""])[0].strip()
        except ValueError as error:
            raise RefusedRequest(400, "This form has other fields than a token.") from error
        now = self.now()
        claims = read_login_token(self.jwt_secret, token, now=now)
        user = claims.get("user_id") if claims is not None else None
        if claims is None or not isinstance(user, str) or not user:
            self._note(request, None, "admin login", "refused")
            return HTMLResponse(login_page(_NO_TOKEN), 401, headers=_HEADERS)
        if not Caller(user, permissions_of(claims)).may(Permission.ADMIN):
            self._note(request, user, "admin login", "refused")
            return HTMLResponse(login_page(_NO_RIGHT), 403, headers=_HEADERS)
        seconds = min(LONGEST_LOGIN, claims["exp"] - now)
        cookie = mint_login_token(self._cookie_secret, user, now=now, seconds=seconds, permissions=[Permission.ADMIN])
        self._note(request, user, "admin login", "done")
        gone = RedirectResponse(ADMIN_PATH, 303, headers=_HEADERS)
        gone.set_cookie(
            _COOKIE, cookie, max_age=int(seconds), path=ADMIN_PATH,
            secure=request.url.scheme == "https", httponly=True, samesite="strict",
        )  # fmt: skip
        return gone

    async def log_out(self, request: Request) -> Response:
        """Have the browser drop the cookie."""
        gone = RedirectResponse(ADMIN_PATH, 303, headers=_HEADERS)
        gone.delete_cookie(_COOKIE, path=ADMIN_PATH, httponly=True, samesite="strict")
        return gone

    @property
    def _cookie_secret(self) -> str:
        """Return the key that signs cookies. Tokens are signed with another key, so neither can replace the other."""
        return f"{self.jwt_secret} {ADMIN_PATH}"

    @cached_property
    def _requests(self) -> RequestLimit:
        return self.store.limit("admin", ADMIN_REQUESTS, ADMIN_SECONDS)

    def _limited(self, handle: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def limited(request: Request) -> Response:
            if wait := await self._requests.admit(address(request)):
                raise RefusedRequest(429, too_many(wait), headers={"Retry-After": str(wait)})
            return await handle(request)

        return limited

    async def _caller(self, request: Request) -> Caller | None:
        """Return who asks, by cookie or, for programs, by bearer token. Raises `RefusedRequest` 401 for a bad one."""
        if "authorization" in request.headers:
            return await caller_of(request, self.jwt_secret, self.store.sessions, self.now)
        claims = read_login_token(self._cookie_secret, request.cookies.get(_COOKIE, ""), now=self.now())
        return None if claims is None else Caller(str(claims["user_id"]), permissions_of(claims))

    async def _view(self, caller: Caller) -> AdminView:
        records, states = await self.records.servers(), await self.fleet.states()
        servers = [await self._managed(record, states.get(record.id, ServerStatus.STOPPED)) for record in records]
        totals = await self.records.totals()
        return AdminView(caller.user_id, self.now(), servers, totals, self.limits, list(self.audit.entries))

    async def _managed(self, record: ServerRecord, status: ServerStatus) -> ManagedServer:
        report = self.fleet.report(record.id)
        use: ProcessUse | None = None
        if report is not None:
            use = await asyncio.to_thread(self.meter.look_at_all, report.pids)
        return ManagedServer(record, status.value, report, use)

    def _note(self, request: Request, user: str | None, event: str, outcome: str) -> None:
        self.audit.write(event, user_id=user, address=address(request), request_id=request_id(request), outcome=outcome)
