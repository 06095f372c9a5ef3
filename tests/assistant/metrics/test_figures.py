"""Figures are counted where things happen, shown to programs and people alike, and watched by rules."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from mcp import Client
from prometheus_client.parser import text_string_to_metric_families
from pydantic import ValidationError

from assistant.hosting.host import Refused, ToolHost
from assistant.metrics.alerts import Alerts
from assistant.metrics.conversation_figures import show_uses
from assistant.metrics.figures import Figures
from assistant.metrics.page import dashboard
from assistant.metrics.port import figures_at
from assistant.metrics.serving_figures import Watch, face_of
from assistant.serving.server import RunningTown, serve_town
from assistant.settings.settings import AlertRule, MetricsSettings, Settings, load_settings
from assistant.tool_opening import open_tool_client
from assistant.town.town_host import TownHost
from assistant.town.world import World
from client.call import CallError, Failed, Sent, Succeeded, Unknown
from client.client_errors import ConfigurationError
from client.clock import SystemClock
from client.servers.processes.process_use import ProcessUse
from tests.assistant.serving.test_admin import HUNGRY

LOST = CallError("timed_out", "No answer.", Sent.MAYBE)


class Now:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def figures(now: Now) -> Figures:
    return Figures(now)


def value(figures: Figures, name: str, **labels: str) -> float:
    """Read a figure as Prometheus would: from the text."""
    for family in text_string_to_metric_families(figures.exposition().decode()):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return float(sample.value)
    return 0.0


@pytest.mark.proves("M.figures")
def test_calls_are_counted_by_tool_and_outcome_with_their_time_and_where_the_answer_came_from(figures: Figures) -> None:
    figures.called("get_weather", "town", Succeeded({}, attempts=1, served_by="town"), 0.02)
    figures.called("get_weather", "town", Succeeded({}, attempts=0, served_by="town", age=3.0), 0.0)
    figures.called("get_weather", "town", Succeeded({}, attempts=2, served_by="town", age=900.0), 4.0)
    figures.called("get_weather", "town", Succeeded({}, attempts=2, served_by="other"), 1.0)
    figures.called("book", "town", Unknown(LOST, attempts=3), 9.0)
    named = {"tool": "get_weather", "server": "town"}
    assert value(figures, "mcqueen_calls_total", **named, outcome="succeeded") == 4
    assert value(figures, "mcqueen_calls_total", tool="book", server="town", outcome="unknown") == 1
    assert value(figures, "mcqueen_call_seconds_bucket", **named, le="0.1") == 2
    assert value(figures, "mcqueen_call_sends_total") == 8
    assert [
        value(figures, "mcqueen_answers_total", source=source)
        for source in ("server", "cache", "stale cache", "another server")
    ] == [1, 1, 1, 1]


def test_a_server_that_invents_tools_fills_no_memory(figures: Figures) -> None:
    for number in range(2000):
        figures.called(f"tool {number}", "town", Succeeded({}), 0.01)
    assert value(figures, "mcqueen_calls_total", tool="(other)", server="town", outcome="succeeded") == 1500


@pytest.mark.parametrize(
    ("path", "face"),
    [
        ("/mcp", "mcp"),
        ("/mcp/tools", "rest"),
        ("/api/v1/mcp/tools", "rest"),
        ("/proxy/mcp/tools", "rest"),
        ("/api/mcp", "platform"),
        ("/api/mcp/x/logs", "platform"),
        ("/api/gateway/stats", "gateway"),
        ("/api/mcpx", "other"),
        ("/", "other"),
    ],
)
def test_every_path_counts_for_its_face(path: str, face: str) -> None:
    assert face_of(path) == face


@pytest.fixture
async def watched(world: World) -> AsyncIterator[tuple[RunningTown, Watch]]:
    watch = Watch(MetricsSettings(port=0), lambda: world.now().timestamp())
    async with serve_town(world, wrap=watch.around) as town:
        yield town, watch


@pytest.mark.proves("M.port")
async def test_what_programs_did_is_read_at_the_metrics_port_and_seen_on_its_page(
    watched: tuple[RunningTown, Watch], http: httpx.AsyncClient
) -> None:
    town, watch = watched
    town._host = watch.measured(town._host)
    await town.stop()
    await town.start_again()
    async with Client(town.mcp_url) as client:
        await client.call_tool("get_weather", {"location": "Speyer"})
        await client.call_tool("get_weather", {"location": "Nowhere at all"})
    async with watch.shown(None) as url, httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(f"{town.rest_url}/mcp/tools")).status_code == 401
        scraped = await http.get(f"{url}/metrics")
        families = {family.name for family in text_string_to_metric_families(scraped.text)}
        page = await http.get(f"{url}/dashboard")
        board = (await http.get(f"{url}/grafana.json")).json()
        assert (await http.get(f"{url}/nothing")).status_code == 404
    assert scraped.headers["content-type"].startswith("text/plain")
    assert families >= {"mcqueen_calls", "mcqueen_call_seconds", "mcqueen_requests", "mcqueen_outbox_waiting"}
    assert value(watch.figures, "mcqueen_requests_total", face="rest", method="GET", status="401") == 1
    assert value(watch.figures, "mcqueen_calls_total", tool="get_weather", server="town", outcome="succeeded") == 1
    assert "get_weather" in page.text
    assert "<script" not in page.text
    assert board["title"] == "McQueen"


@pytest.mark.proves("M.port")
async def test_only_this_machine_reaches_the_figures(figures: Figures, now: Now) -> None:
    async with figures_at(MetricsSettings(port=0), figures, Alerts((), figures, now), now) as url:
        assert url.startswith("http://127.0.0.1:")


def test_every_figure_of_the_board_exists(figures: Figures) -> None:
    board = json.loads(files("assistant.metrics").joinpath("grafana.json").read_text())
    known = {sample for family in figures.registry.collect() for sample in _names(family)}
    asked = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"mcqueen_\w+", target["expr"])
    }
    assert len(asked) >= 10
    assert asked <= known


def _names(family: Any) -> list[str]:
    endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"], "gauge": [""]}
    return [f"{family.name}{ending}" for ending in endings[family.type]]


def test_what_a_server_calls_its_tools_cannot_break_the_page(figures: Figures, now: Now) -> None:
    figures.called("<script>alert(1)</script>", "<b>", Succeeded({}), 0.01)
    assert "<script" not in dashboard(figures, [], now())


RULE = AlertRule(name="errors", figure="error_rate", above=0.5, seconds=60, calls=2, tell=("spoken", "shown", "logged"))


@pytest.mark.proves("M.alerts")
def test_a_rule_is_told_once_as_it_breaks_shown_while_it_is_broken_and_over_when_it_heals(
    figures: Figures, now: Now, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[str] = []
    alerts = Alerts([RULE], figures, now, said.append)
    figures.called("book", "town", Failed(LOST, 1), 0.1)
    alerts.look()
    assert said == [], "one call is too few"
    figures.called("book", "town", Unknown(LOST, 1), 0.1)
    for _ in range(3):
        alerts.look()
        now.seconds += 1
    assert said == ["100 percent of the calls failed."]
    assert [alert.since for alert in alerts.shown] == [1000.0]
    assert value(figures, "mcqueen_alert", rule="errors") == 1
    assert "100 percent" in dashboard(figures, alerts.shown, now())
    now.seconds += 60
    alerts.look()
    assert (alerts.shown, value(figures, "mcqueen_alert", rule="errors")) == ([], 0)
    assert [record.getMessage() for record in caplog.records] == [
        "alert errors: 100 percent of the calls failed.",
        "alert errors is over",
    ]


@pytest.mark.proves("M.alerts")
def test_each_rule_is_told_the_way_it_asks_for(figures: Figures, now: Now, caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []
    rules = [
        AlertRule(name="slow", figure="slow_calls", above=1.0, calls=1, tell=("spoken",)),
        AlertRule(name="waiting", figure="outbox_waiting", above=0, tell=("shown",)),
        AlertRule(name="down", figure="servers_down", above=0, tell=("logged",)),
    ]
    alerts = Alerts(rules, figures, now, said.append)
    alerts.watched.outbox_waiting, alerts.watched.servers_down = 2, 1
    figures.called("book", "town", Succeeded({}), 2.5)
    alerts.look()
    assert said == ["Calls take up to 2.5 seconds."]
    assert [alert.text for alert in alerts.shown] == ["2 confirmed calls wait for the network."]
    assert [record.getMessage() for record in caplog.records] == ["alert down: 1 servers cannot be reached."]


@pytest.mark.proves("M.alerts", "M.processes")
def test_the_process_that_uses_most_is_watched_and_one_that_is_gone_is_not(figures: Figures, now: Now) -> None:
    said: list[str] = []
    rules = [
        AlertRule(name="busy", figure="server_cpu", above=0.9, tell=("spoken", "shown")),
        AlertRule(name="large", figure="server_memory", above=500, tell=("spoken", "shown")),
        AlertRule(name="files", figure="server_open_files", above=100, tell=("spoken", "shown")),
    ]
    alerts = Alerts(rules, figures, now, said.append)
    show_uses(figures, alerts, {"mail": ProcessUse(0.1, 900_000_000, 12), "maps": ProcessUse(1.25, 1_000_000, 250)})
    alerts.look()
    assert said == [
        "A server uses 125 percent of a processor.",
        "A server uses 900 megabytes of memory.",
        "A server has 250 open files.",
    ]
    assert value(figures, "mcqueen_server_memory_bytes", server="mail") == 900_000_000
    assert value(figures, "mcqueen_server_cpu", server="maps") == 1.25
    show_uses(figures, alerts, {"mail": ProcessUse(0.1, 1_000_000, 12)})
    alerts.look()
    assert alerts.shown == []
    assert "maps" not in figures.exposition().decode()


@pytest.mark.proves("M.processes")
async def test_what_the_process_of_a_server_uses_is_read_at_the_metrics_port(tmp_path: Path) -> None:
    script = tmp_path / "hungry.py"
    script.write_text(HUNGRY)
    clock, http = SystemClock(), httpx.AsyncClient(trust_env=False)
    entry = {"command": sys.executable, "args": [str(script)]}
    watch = Watch(MetricsSettings(port=0), clock.now)
    settings = Settings.model_validate({"servers": {"hungry": entry}, "data_folder": str(tmp_path)})
    async with open_tool_client(settings, clock=clock) as tools, http:
        await tools.ready(20)
        async with watch.shown(tools) as url:
            text = (await http.get(f"{url}/metrics")).text
    found = {sample.name: sample.value for family in text_string_to_metric_families(text) for sample in family.samples
             if sample.labels == {"server": "hungry"}}  # fmt: skip
    assert 80e6 < found["mcqueen_server_memory_bytes"] < 600e6
    assert 60 < found["mcqueen_server_open_files"] < 200
    assert found["mcqueen_server_cpu"] > 0


@pytest.mark.proves("M.alerts")
def test_rules_stand_in_the_settings_and_a_bad_one_is_named(tmp_path: Path) -> None:
    rule = '[[metrics.alerts]]\nname = "waiting"\nfigure = "outbox_waiting"\nabove = 3\ntell = ["spoken"]\n'
    (tmp_path / "mcqueen.toml").write_text(rule)
    settings = load_settings({}, user_folder=tmp_path, working_folder=tmp_path)
    assert [one.tell for one in settings.metrics.alerts] == [("spoken",)]
    (tmp_path / "mcqueen.toml").write_text(rule.replace("outbox_waiting", "mood"))
    with pytest.raises(ConfigurationError, match=r"line 3: metrics\.alerts\[1\]\.figure: write one of"):
        load_settings({}, user_folder=tmp_path, working_folder=tmp_path)
    with pytest.raises(ValidationError):
        AlertRule(name="", figure="error_rate", above=0.5)


async def test_the_port_answers_to_this_machines_own_name_only(figures: Figures, now: Now) -> None:
    async with (
        figures_at(MetricsSettings(port=0), figures, Alerts((), figures, now), now) as url,
        httpx.AsyncClient() as http,
    ):
        for path in ("/metrics", "/dashboard", "/grafana.json"):
            assert (await http.get(url + path)).status_code == 200
            assert (await http.get(url + path, headers={"Host": "figures.example"})).status_code == 421
            assert (await http.get(url + path, headers={"Origin": "http://page.example"})).status_code == 403


@pytest.mark.proves("M.prometheus")
@pytest.mark.parametrize(
    ("code", "share"), [("tool_error", 0.0), ("invalid_arguments", 0.0), ("not_sent", 1.0), ("server_error", 1.0)]
)
def test_a_place_that_does_not_exist_is_no_failure_and_a_server_that_is_away_is_one(
    figures: Figures, code: str, share: float
) -> None:
    figures.called("get_weather", "town", Failed(CallError(code, "No.")), 0.1)
    assert figures.share_failed(300) == share
    ended = "failed" if share else "refused"
    assert value(figures, "mcqueen_calls_total", tool="get_weather", server="town", outcome=ended) == 1


@pytest.mark.proves("M.prometheus")
async def test_a_place_that_does_not_exist_is_no_failure_of_the_town_that_is_served(now: Now) -> None:
    watch = Watch(MetricsSettings(), now)
    host = watch.measured(TownHost(World(1, now=lambda: datetime.fromtimestamp(1_796_029_200.0, UTC))))
    assert isinstance(host, ToolHost)
    assert isinstance(await host.call("get_weather", {"location": "Xyzzy"}), Refused)
    assert isinstance(await host.call("get_weather", {"location": 7}), Refused)
    assert watch.figures.share_failed(300) == 0.0
    assert value(watch.figures, "mcqueen_calls_total", tool="get_weather", server="town", outcome="refused") == 2


@pytest.mark.proves("M.prometheus")
async def test_rules_and_alertmanager_configuration_are_served_as_yaml(figures: Figures, now: Now) -> None:
    alerts = Alerts(MetricsSettings().alerts, figures, now)
    async with (
        figures_at(MetricsSettings(port=0), figures, alerts, now) as url,
        httpx.AsyncClient(trust_env=False) as http,
    ):
        [group] = yaml.safe_load((await http.get(f"{url}/rules.yml")).text)["groups"]
        assert [rule["alert"] for rule in group["rules"]] == ["errors", "slow"]
        assert yaml.safe_load((await http.get(f"{url}/alertmanager.yml")).text)["route"]["receiver"] == "driver"
        assert "/rules.yml" in (await http.get(f"{url}/nothing")).text
