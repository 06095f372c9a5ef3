"""The alert rules for Prometheus, judged by Prometheus itself: promtool checks them and plays figures against them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.metrics.prometheus_rules import alertmanager_configuration, prometheus_rules
from assistant.settings.settings import AlertRule, MetricsSettings

pytestmark = [pytest.mark.system, pytest.mark.proves("M.prometheus")]

RULES = [
    *MetricsSettings().alerts,
    AlertRule(name="waiting", figure="outbox_waiting", above=3),
    AlertRule(name="down", figure="servers_down", above=0),
    AlertRule(name="busy", figure="server_cpu", above=0.9),
    AlertRule(name="large", figure="server_memory", above=500),
    AlertRule(name="files", figure="server_open_files", above=100),
]
CALLS = 'mcqueen_calls_total{tool="t", server="s", outcome="%s"}'
BUCKET = 'mcqueen_call_seconds_bucket{tool="t", server="s", le="%s"}'


@pytest.fixture(autouse=True, scope="session")
def asked_for(request: pytest.FixtureRequest) -> None:
    """Leave `make test` with what needs nothing but pip."""
    if "system" not in request.config.getoption("-m"):
        pytest.skip("needs programs from apt: make test-system")


def run(program: str, *words: str, package: str) -> None:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is missing: apt-get install {package}")
    done = subprocess.run([found, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def series(name: str, growth: float) -> dict[str, str]:
    """Return a counter that grows by that much a minute for ten minutes."""
    return {"series": name, "values": f"0+{growth}x10"}


def test_promtool_and_amtool_accept_the_files(tmp_path: Path) -> None:
    rules, configuration = tmp_path / "rules.yml", tmp_path / "alertmanager.yml"
    rules.write_text(prometheus_rules(RULES), encoding="utf-8")
    configuration.write_text(alertmanager_configuration(), encoding="utf-8")
    run("promtool", "check", "rules", str(rules), package="prometheus")
    run("amtool", "check-config", str(configuration), package="prometheus-alertmanager")


@pytest.mark.parametrize(
    ("given", "fires"),
    [
        ([series(CALLS % "succeeded", 9), series(CALLS % "failed", 1)], {"errors"}),
        ([series(CALLS % "succeeded", 9), series(CALLS % "unknown", 1)], {"errors"}),
        ([series(CALLS % "succeeded", 9), series(CALLS % "refused", 1)], set()),
        ([series(CALLS % "succeeded", 99), series(CALLS % "failed", 1)], set()),
        ([series(CALLS % "succeeded", 1), series(CALLS % "failed", 1)], set()),
        ([series(CALLS % "succeeded", 9), series(BUCKET % "2.0", 1), series(BUCKET % "5.0", 9),
          series(BUCKET % "+Inf", 9)], {"slow"}),
        ([series(CALLS % "succeeded", 9), series(BUCKET % "2.0", 9), series(BUCKET % "+Inf", 9)], set()),
        ([{"series": "mcqueen_outbox_waiting", "values": "4x10"}], {"waiting"}),
        ([{"series": "mcqueen_outbox_waiting", "values": "3x10"}], set()),
        ([{"series": 'mcqueen_server_up{server="s"}', "values": "0x10"}], {"down"}),
        ([{"series": 'mcqueen_server_up{server="s"}', "values": "1x10"}], set()),
        ([{"series": 'mcqueen_server_cpu{server="s"}', "values": "1x10"},
          {"series": 'mcqueen_server_cpu{server="t"}', "values": "0.1x10"}], {"busy"}),
        ([{"series": 'mcqueen_server_memory_bytes{server="s"}', "values": "600000000x10"}], {"large"}),
        ([{"series": 'mcqueen_server_memory_bytes{server="s"}', "values": "400000000x10"}], set()),
        ([{"series": 'mcqueen_server_open_files{server="s"}', "values": "101x10"}], {"files"}),
    ],
)  # fmt: skip
def test_prometheus_fires_the_rules_that_the_figures_break(
    tmp_path: Path, given: list[dict[str, str]], fires: set[str]
) -> None:
    (tmp_path / "rules.yml").write_text(prometheus_rules(RULES), encoding="utf-8")
    # How the alert reads is left to the rule: promtool compares labels, so that only the names are listed here.
    looked_at = [
        {"expr": f'count(ALERTS{{alertname="{rule.name}", alertstate="firing"}}) or vector(0)', "eval_time": "8m",
         "exp_samples": [{"labels": "{}", "value": int(rule.name in fires)}]}
        for rule in RULES
    ]  # fmt: skip
    played: dict[str, Any] = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": given, "promql_expr_test": looked_at}],
    }
    (tmp_path / "played.yml").write_text(yaml.safe_dump(played), encoding="utf-8")
    run("promtool", "test", "rules", str(tmp_path / "played.yml"), package="prometheus")
