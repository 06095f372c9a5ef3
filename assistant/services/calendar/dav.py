"""The part of CalDAV (RFC 4791) that a driver needs: find the calendar, read its files, write a file.

Servers answer "what is between these times" differently (one leaves out series of dates, and occurrences that were
moved far), so all files are read once, and later only the files that changed. Only if a calendar is too large for that,
its server searches it. Requests go only to the host that the user named, and passwords only over https or loopback.
Every failure is a `RefusedError` with a sentence; a write is never tried twice.
"""

from __future__ import annotations

import ssl
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import escape

import httpx

from assistant.hosting.host_errors import RefusedError
from assistant.services.calendar.entries import CalendarFile
from assistant.services.service_secrets import (
    AccessToken,
    Password,
    SecretRefusedError,
    SecretSource,
    ServiceSecret,
)
from client.access.plain_http import is_protected
from client.http import fault_of_exception

TIMEOUT = 6.0
"""Seconds for one request; a turn's deadline is 10 s."""
LARGEST = 8 * 1024 * 1024
"""Most bytes of one answer."""
FETCHED_AT_ONCE = 100
"""How many files one request asks for by name."""
MOST_KEPT = 20_000
"""Most files of a calendar that are stored here; a larger calendar is searched by its server."""
_NAMES = {"d": "DAV:", "c": "urn:ietf:params:xml:ns:caldav", "s": "http://calendarserver.org/ns/"}
_PROPFIND = (
    '<?xml version="1.0" encoding="utf-8"?><d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop>'
    "<d:resourcetype/><d:displayname/><d:current-user-principal/><c:calendar-home-set/>"
    "<c:supported-calendar-component-set/></d:prop></d:propfind>"
)
_QUERY = (
    '<?xml version="1.0" encoding="utf-8"?><c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
    '<d:prop><d:getetag/>{data}</d:prop><c:filter><c:comp-filter name="VCALENDAR">'
    '<c:comp-filter name="VEVENT">{times}</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>'
)
_MARKS = (
    '<?xml version="1.0" encoding="utf-8"?><d:propfind xmlns:d="DAV:" xmlns:s="http://calendarserver.org/ns/"><d:prop>'
    "<s:getctag/><d:sync-token/></d:prop></d:propfind>"
)
_MULTIGET = (
    '<?xml version="1.0" encoding="utf-8"?><c:calendar-multiget xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
    "<d:prop><d:getetag/><c:calendar-data/></d:prop>{hrefs}</c:calendar-multiget>"
)
_BAD_DATA = ("valid-calendar-data", "valid-calendar-object-resource", "supported-calendar", "max-resource-size")
"""Error conditions of a refused write that concern the event itself."""
_DATA = "<c:calendar-data/>"


class _TooLargeError(RefusedError):
    """An answer has more bytes than we read."""


class CalDav:
    """One user's calendar. `calendar` is its name as shown; empty takes the first one."""

    def __init__(self, http: httpx.AsyncClient, url: str, user: str, secrets: SecretSource, calendar: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise RefusedError(f"{url} is no address of a calendar; write https://HOST/PATH")
        if not is_protected(url):
            raise RefusedError(f"{parts.hostname} would get the password over plain http; use https")
        self._http = http
        self._url = url
        self._host = parts.hostname
        self._user = user
        self._secrets = secrets
        self._wanted = calendar
        self._found: str | None = None
        self._kept: dict[str, CalendarFile] = {}
        """The files of the calendar that were read, by address."""
        self._kept_at = ""
        """The calendar's tag at the last reading."""

    async def check(self) -> str:
        """Find the calendar and return its address. Raises `RefusedError`."""
        return await self._calendar()

    async def between(self, begin: datetime, end: datetime) -> list[CalendarFile]:
        """Return the files with events in that time; others may be among them. Raises `RefusedError`."""
        mark = await self._mark()
        if mark and mark == self._kept_at:
            return list(self._kept.values())
        listed = await self._listed()
        if listed is None:
            times = f'<c:time-range start="{_stamp(begin)}" end="{_stamp(end)}"/>'
            return await self._query(_QUERY.format(data=_DATA, times=times))
        kept = {file.href: file for file in self._kept.values() if file.etag and listed.get(file.href) == file.etag}
        missing = [href for href in listed if href not in kept]
        for at in range(0, len(missing), FETCHED_AT_ONCE):
            hrefs = "".join(f"<d:href>{escape(href)}</d:href>" for href in missing[at : at + FETCHED_AT_ONCE])
            kept |= {file.href: file for file in await self._query(_MULTIGET.format(hrefs=hrefs))}
        self._kept, self._kept_at = kept, mark
        return list(kept.values())

    async def _mark(self) -> str:
        """Return a tag that changes whenever the calendar changes; "" if its server has none."""
        answer = await self._send("PROPFIND", await self._calendar(), _MARKS, {"Depth": "0"})
        if answer.status_code != 207:
            return ""
        tree = self._read(answer)
        return tree.findtext(".//s:getctag", "", _NAMES) or tree.findtext(".//d:sync-token", "", _NAMES)

    async def _listed(self) -> dict[str, str] | None:
        """Return the tag of each file with events; None if there are too many to store."""
        try:
            tree = await self._report(_QUERY.format(data="", times=""))
        except _TooLargeError:
            return None
        listed = {
            response.findtext("d:href", "", _NAMES): response.findtext(".//d:getetag", "", _NAMES)
            for response in _responses(tree)
        }
        return listed if len(listed) <= MOST_KEPT else None

    async def _query(self, body: str) -> list[CalendarFile]:
        found: list[CalendarFile] = []
        for response in _responses(await self._report(body)):
            text = response.findtext(".//c:calendar-data", "", _NAMES)
            if text.strip():
                href = response.findtext("d:href", "", _NAMES)
                found.append(CalendarFile(href, response.findtext(".//d:getetag", "", _NAMES), text))
        return found

    async def _report(self, body: str) -> ET.Element:
        return self._read(await self._send("REPORT", await self._calendar(), body, {"Depth": "1"}))

    async def create(self, text: str) -> None:
        """Write a new file; an existing file is never overwritten."""
        url = urljoin(await self._calendar(), f"{uuid.uuid4()}.ics")
        await self._write(url, text, {"If-None-Match": "*"})

    async def change(self, resource: CalendarFile, text: str) -> None:
        """Write a changed file, unless somebody else changed it meanwhile."""
        await self._write(self._joined(resource.href), text, {"If-Match": resource.etag} if resource.etag else {})

    async def _write(self, url: str, text: str, headers: Mapping[str, str]) -> None:
        answer = await self._send("PUT", url, text, headers, "text/calendar; charset=utf-8")
        if answer.status_code in (403, 409):
            raise RefusedError(self._why_not(answer))
        if answer.status_code == 507:
            raise RefusedError(f"The calendar at {self._host} is full.")
        if answer.status_code in (412, 423):
            raise RefusedError("Your calendar was changed by somebody else in this moment; ask again.")
        if answer.status_code not in (200, 201, 204):
            raise RefusedError(f"The calendar at {self._host} refused that with status {answer.status_code}.")

    def _why_not(self, answer: httpx.Response) -> str:
        """Return why a write was forbidden, from the error condition in the answer (RFC 4791 section 5.3.2.1)."""
        if any(name in answer.text for name in _BAD_DATA):
            return f"The calendar at {self._host} does not take such an event."
        if "no-uid-conflict" in answer.text or "unique-scheduling-object-resource" in answer.text:
            return f"The calendar at {self._host} has that event already."
        if "quota-not-exceeded" in answer.text:
            return f"The calendar at {self._host} is full."
        if answer.status_code == 409:
            return f"There is no calendar at {self._url} any more."
        return f"The calendar at {self._host} does not let you change that."

    # -- finding the calendar --

    async def _calendar(self) -> str:
        if self._found is None:
            self._found = await self._discovered()
        return self._found

    async def _discovered(self) -> str:
        """Find the calendar from the given address, through principal and home (RFC 4791 section 6, RFC 6764)."""
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
        """Send a request; after 401, which did nothing, once more with a newer secret if there is one."""
        secret = await self._secrets.current()
        content = {"Content-Type": kind, **headers}
        found = await self._once(method, url, body, content, secret)
        if found.status_code == 401 and (newer := await self._secrets.after_refusal(secret)) is not None:
            secret = newer
            found = await self._once(method, url, body, content, secret)
        if found.status_code == 401:
            raise SecretRefusedError(f"The calendar at {self._host}", self._user, secret)
        if found.has_redirect_location:
            if followed or method != "PROPFIND":
                raise RefusedError(f"The calendar at {self._host} leads round in circles; give its own address.")
            return await self._redirected(found, body, headers)
        return self._checked(found, method == "PUT")

    async def _once(
        self, method: str, url: str, body: str, headers: Mapping[str, str], secret: ServiceSecret
    ) -> httpx.Response:
        auth = httpx.BasicAuth(self._user.encode(), secret.text.encode()) if isinstance(secret, Password) else None
        bearer = {"Authorization": f"Bearer {secret.text}"} if isinstance(secret, AccessToken) else {}
        try:
            async with self._http.stream(
                method,
                url,
                content=body.encode(),
                headers={**headers, **bearer},
                auth=auth,
                timeout=TIMEOUT,
            ) as answer:
                raw = b""
                async for piece in answer.aiter_bytes():
                    raw += piece
                    if len(raw) > LARGEST:
                        raise _TooLargeError(f"The calendar at {self._host} answers with too much.")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            if fault_of_exception(error).code.startswith("certificate"):
                raise RefusedError(
                    f"The calendar at {self._host} cannot be trusted: its certificate is not valid."
                ) from None
            raise RefusedError(f"The calendar at {self._host} cannot be reached; try again later.") from None
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError):  # httpx does not translate some errors of TLS
            lost = "; I do not know whether that was written, look into it" if method == "PUT" else "; try again later"
            raise RefusedError(f"The calendar at {self._host} does not answer{lost}.") from None
        return httpx.Response(
            answer.status_code, headers=_without_coding(answer.headers), content=raw, request=answer.request
        )

    async def _redirected(self, answer: httpx.Response, body: str, headers: Mapping[str, str]) -> httpx.Response:
        """Follow a redirect once, and only to the same host, because no other host may get the password."""
        url = self._joined(answer.headers["location"], str(answer.request.url))
        return await self._send("PROPFIND", url, body, headers, followed=True)

    def _checked(self, answer: httpx.Response, writes: bool) -> httpx.Response:
        if answer.status_code == 403 and not writes:
            raise RefusedError(f"The calendar at {self._host} does not let you see that.")
        if answer.status_code == 429 or (answer.status_code >= 500 and answer.status_code != 507):
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
        """Return the address of a link; a link to another host gets no password."""
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
