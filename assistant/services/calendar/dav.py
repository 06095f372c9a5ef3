"""CalDAV (RFC 4791) as far as a driver needs it: find the calendar, ask for a span of days, put one file.

Goes only to the host that the user named, and with a password only over https or loopback. Every failure is a
`RefusedError` with a sentence; a write is never tried twice.
"""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import httpx

from assistant.hosting.host_errors import RefusedError
from assistant.services.calendar.entries import CalendarFile
from client.access.plain_http import is_protected

TIMEOUT = 6.0
"""Seconds for one request; a turn's deadline is 10 s."""
LARGEST = 8 * 1024 * 1024
"""Bytes of one answer."""
_NAMES = {"d": "DAV:", "c": "urn:ietf:params:xml:ns:caldav"}
_PROPFIND = (
    '<?xml version="1.0" encoding="utf-8"?><d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop>'
    "<d:resourcetype/><d:displayname/><d:current-user-principal/><c:calendar-home-set/>"
    "<c:supported-calendar-component-set/></d:prop></d:propfind>"
)
_QUERY = (
    '<?xml version="1.0" encoding="utf-8"?><c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
    '<d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter><c:comp-filter name="VCALENDAR">'
    '<c:comp-filter name="VEVENT"><c:time-range start="{start}" end="{end}"/></c:comp-filter></c:comp-filter>'
    "</c:filter></c:calendar-query>"
)


class CalDav:
    """One user's calendar. `calendar` is its name as shown; empty takes the first one."""

    def __init__(self, http: httpx.AsyncClient, url: str, user: str, password: str, calendar: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise RefusedError(f"{url} is no address of a calendar; write https://HOST/PATH")
        if not is_protected(url):
            raise RefusedError(f"{parts.hostname} would get the password over plain http; use https")
        self._http = http
        self._url = url
        self._host = parts.hostname
        self._user = user
        self._auth = httpx.BasicAuth(user.encode(), password.encode())
        self._wanted = calendar
        self._found: str | None = None

    async def check(self) -> str:
        """Find the calendar and return its address. Raises `RefusedError`."""
        return await self._calendar()

    async def between(self, begin: datetime, end: datetime) -> list[CalendarFile]:
        """Return the files with events in that time."""
        body = _QUERY.format(start=_stamp(begin), end=_stamp(end))
        answer = await self._send("REPORT", await self._calendar(), body, {"Depth": "1"})
        found: list[CalendarFile] = []
        for response in _responses(self._read(answer)):
            text = response.findtext(".//c:calendar-data", "", _NAMES)
            if text.strip():
                href = response.findtext("d:href", "", _NAMES)
                found.append(CalendarFile(href, response.findtext(".//d:getetag", "", _NAMES), text))
        return found

    async def create(self, text: str) -> None:
        """Put a new file; one that is there is never written over."""
        url = urljoin(await self._calendar(), f"{uuid.uuid4()}.ics")
        await self._write(url, text, {"If-None-Match": "*"})

    async def change(self, resource: CalendarFile, text: str) -> None:
        """Put a changed file, unless somebody changed it meanwhile."""
        await self._write(self._joined(resource.href), text, {"If-Match": resource.etag} if resource.etag else {})

    async def _write(self, url: str, text: str, headers: Mapping[str, str]) -> None:
        answer = await self._send("PUT", url, text, headers, "text/calendar; charset=utf-8")
        if answer.status_code == 412:
            raise RefusedError("Your calendar was changed by somebody else in this moment; ask again.")
        if answer.status_code not in (200, 201, 204):
            raise RefusedError(f"The calendar at {self._host} refused that with status {answer.status_code}.")

    # -- finding the calendar --

    async def _calendar(self) -> str:
        if self._found is None:
            self._found = await self._discovered()
        return self._found

    async def _discovered(self) -> str:
        """From the address given, over principal and home, to the calendar (RFC 4791 section 6, RFC 6764)."""
        answer = await self._propfind(self._url, "0")
        if answer is None:
            answer = await self._propfind(urljoin(self._url, "/.well-known/caldav"), "0")
        if answer is None:
            raise RefusedError(f"There is no calendar at {self._url}.")
        url, tree = answer
        if _is_calendar(tree):
            return url if url.endswith("/") else f"{url}/"
        home = tree.findtext(".//c:calendar-home-set/d:href", "", _NAMES)
        principal = tree.findtext(".//d:current-user-principal/d:href", "", _NAMES)
        if not home and principal:
            known = await self._propfind(self._joined(principal), "0")
            home = known[1].findtext(".//c:calendar-home-set/d:href", "", _NAMES) if known else ""
        listed = await self._propfind(self._joined(home) if home else url, "1")
        calendars = [
            (response.findtext(".//d:displayname", "", _NAMES), response.findtext("d:href", "", _NAMES))
            for response in (_responses(listed[1]) if listed else [])
            if _is_calendar(response)
        ]
        for name, href in calendars:
            if self._wanted.casefold() in ("", name.casefold()):
                return self._joined(href)
        names = ", ".join(name for name, _ in calendars[:5])
        what = f"called {self._wanted}; there is {names}" if calendars else f"at {self._url}"
        raise RefusedError(f"There is no calendar {what}.")

    async def _propfind(self, url: str, depth: str) -> tuple[str, ET.Element] | None:
        answer = await self._send("PROPFIND", url, _PROPFIND, {"Depth": depth})
        if answer.status_code in (404, 405):
            return None
        return str(answer.url), self._read(answer)

    # -- one request --

    async def _send(
        self,
        method: str,
        url: str,
        body: str,
        headers: Mapping[str, str],
        kind: str = "application/xml; charset=utf-8",
        *,
        followed: bool = False,
    ) -> httpx.Response:
        writes = method == "PUT"
        try:
            async with self._http.stream(
                method,
                url,
                content=body.encode(),
                headers={"Content-Type": kind, **headers},
                auth=self._auth,
                timeout=TIMEOUT,
            ) as answer:
                raw = b""
                async for piece in answer.aiter_bytes():
                    raw += piece
                    if len(raw) > LARGEST:
                        raise RefusedError(f"The calendar at {self._host} answers with too much.")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise RefusedError(f"The calendar at {self._host} cannot be reached; try again later.") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            lost = "; I do not know whether that was written, look into it" if writes else "; try again later"
            raise RefusedError(f"The calendar at {self._host} does not answer{lost}.") from None
        found = httpx.Response(
            answer.status_code, headers=_without_coding(answer.headers), content=raw, request=answer.request
        )
        if found.has_redirect_location:
            if followed or method != "PROPFIND":
                raise RefusedError(f"The calendar at {self._host} leads round in circles; give its own address.")
            return await self._redirected(found, body, headers)
        return self._checked(found, writes)

    async def _redirected(self, answer: httpx.Response, body: str, headers: Mapping[str, str]) -> httpx.Response:
        """Follow once, and only to the same host: the password goes nowhere else."""
        url = self._joined(answer.headers["location"], str(answer.request.url))
        return await self._send("PROPFIND", url, body, headers, followed=True)

    def _checked(self, answer: httpx.Response, writes: bool) -> httpx.Response:
        if answer.status_code in (401, 403):
            raise RefusedError(
                f"The calendar at {self._host} refused the password of {self._user}; log in to it again, with its "
                "command and the word login."
            )
        if answer.status_code == 429 or answer.status_code >= 500:
            lost = "; I do not know whether that was written, look into it" if writes else "; try again later"
            raise RefusedError(f"The calendar at {self._host} has trouble{lost}.")
        return answer

    def _read(self, answer: httpx.Response) -> ET.Element:
        # Entities are declared in a DOCTYPE, which no CalDAV answer has: without one, nothing can be expanded.
        if answer.status_code not in (200, 207) or b"<!DOCTYPE" in answer.content:
            raise RefusedError(f"At {self._url} answers something that is no calendar.")
        try:
            return ET.fromstring(answer.content)  # noqa: S314  # bounded, and without a DOCTYPE there are no entities
        except ET.ParseError:
            raise RefusedError(f"At {self._url} answers something that is no calendar.") from None

    def _joined(self, href: str, base: str = "") -> str:
        """Return the address of a link; one that leads to another place gets no password."""
        url = urljoin(base or self._url, href)
        there, here = urlsplit(url), urlsplit(self._url)
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise RefusedError(
                f"The calendar at {self._host} leads to {there.hostname}; give that address if it is meant"
            )
        return url


def _without_coding(headers: httpx.Headers) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in ("content-encoding", "content-length")}


def _responses(tree: ET.Element) -> list[ET.Element]:
    return tree.findall("d:response", _NAMES)


def _is_calendar(tree: ET.Element) -> bool:
    if tree.find(".//d:resourcetype/c:calendar", _NAMES) is None:
        return False
    kinds = [kind.get("name", "") for kind in tree.findall(".//c:supported-calendar-component-set/c:comp", _NAMES)]
    return not kinds or "VEVENT" in kinds


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
