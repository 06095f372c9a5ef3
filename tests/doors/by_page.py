"""Cells of the page for administration: it shows, and reaches nothing, over real HTTP with a real server beside it."""

from __future__ import annotations

import httpx

from assistant.serving.platform.admin_face import ADMIN_REQUESTS
from assistant.serving.platform.callers import Permission
from tests.doors.by_serving import takes_loopback_only
from tests.doors.cells import cell
from tests.doors.ways import Place, PlatformUser, platform_user


def form_of(user: PlatformUser, *permissions: Permission) -> dict[str, str]:
    """The form that a browser sends with such a token."""
    return {"token": user.token("anna", *permissions)["Authorization"].removeprefix("Bearer ")}


@cell("admin", "login")
async def only_a_token_with_its_right_opens_the_page_and_its_cookie_nothing_else(place: Place) -> None:
    async with platform_user(place) as user:
        server_id = await user.start()
        assert (await user.http.get("/admin")).status_code == 401
        assert (await user.http.get("/admin", headers=user.headers)).status_code == 403
        usual = form_of(user, Permission.READ, Permission.WRITE, Permission.EXECUTE)
        assert (await user.http.post("/admin/login", data=usual)).status_code == 403
        assert (await user.http.post("/admin/login", data={"token": "x"})).status_code == 401
        sent = await user.http.post("/admin/login", data=form_of(user, Permission.ADMIN))
        assert sent.status_code == 303
        cookie = sent.cookies["mcqueen_admin"]
        assert (await user.http.get("/admin")).status_code == 200
        for token in ({"Authorization": f"Bearer {cookie}"}, {"Cookie": f"mcqueen_admin={cookie}"}):
            answer = await user.execute(server_id, token, voice_confirmations={"amount": 5})
            assert answer.status_code == 401
        admin = user.token("anna", Permission.ADMIN)
        assert (await user.execute(server_id, admin, voice_confirmations={"amount": 5})).status_code == 403
    assert place.oracle.effects == []


@cell("admin", "consent")
async def no_method_of_the_page_changes_anything(place: Place) -> None:
    async with platform_user(place) as user:
        server_id = await user.start()
        admin = user.token("anna", *Permission)
        before = (await user.http.get("/api/mcp/admin/all", headers=admin)).json()["servers"]
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = await user.http.request(method, "/admin", headers=admin, json={"id": server_id})
            assert answer.status_code == 405
        assert (await user.http.get("/admin/login", headers=admin)).status_code == 405
        assert (await user.http.get("/admin", headers=admin)).status_code == 200
        assert (await user.http.get("/api/mcp/admin/all", headers=admin)).json()["servers"] == before
        user.note()
    assert place.oracle.effects == []


@cell("admin", "limits")
async def an_address_that_asks_too_often_waits(place: Place) -> None:
    async with platform_user(place) as user:
        large = b"token=" + b"x" * (16 * 1024)
        assert (await user.http.post("/admin/login", content=large)).status_code == 413
        tries = [await user.http.post("/admin/login", data={"token": "x"}) for _ in range(ADMIN_REQUESTS)]
        assert [answer.status_code for answer in tries] == [401] * (ADMIN_REQUESTS - 1) + [429]
        assert int(tries[-1].headers["Retry-After"]) >= 1
        assert (await user.http.get("/admin", headers=user.token("anna", Permission.ADMIN))).status_code == 429


@cell("admin", "host")
async def the_page_takes_loopback_names_only(place: Place) -> None:
    async with platform_user(place) as user:
        await takes_loopback_only(user.running.url, "GET", "/admin", user.token("anna", Permission.ADMIN))
        await takes_loopback_only(user.running.url, "POST", "/admin/login", {}, data=form_of(user, Permission.ADMIN))


@cell("admin", "changed")
async def a_changed_tool_is_neither_shown_nor_approved_by_looking(place: Place) -> None:
    async with platform_user(place) as user:
        server_id = await user.start()
        await user.execute(server_id)
        place.oracle.change("pay_bill", description="Pay a bill twice.")
        user.write_tools()
        await user.http.post(f"/api/mcp/{server_id}/stop", headers=user.headers)
        await user.start()
        shown: httpx.Response = await user.http.get("/admin", headers=user.token("anna", *Permission))
        assert (shown.status_code, "twice" in shown.text, "oracle" in shown.text) == (200, False, True)
        withheld = (await user.execute(server_id, voice_confirmations={"amount": 5})).json()
        assert withheld["metadata"]["requires_approval"]
    assert place.oracle.effects == []
