"""What `deploy/` names exists: options, variables and figures. Serving needs nothing that the image leaves out."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from click.testing import CliRunner

from assistant.cli.serve_command import command
from assistant.metrics.figures import Figures
from assistant.serving.state.secret_keys import load_secrets, mint_login_token

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")


def _files(name: str) -> list[Any]:
    return [one for one in yaml.safe_load_all((DEPLOY / name).read_text(encoding="utf-8")) if one]


@pytest.mark.proves("G.deploy")
def test_options_of_the_containers_exist() -> None:
    known = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", CliRunner().invoke(command, ["--help"]).output))
    entry = json.loads(DOCKERFILE.partition("ENTRYPOINT ")[2].splitlines()[0])
    (deployment,) = _files("kubernetes/deployment.yaml")
    args = deployment["spec"]["template"]["spec"]["containers"][0]["args"]
    used = {word for word in (*entry, *args) if word.startswith("--")}
    assert used == {"--host", "--plain-http", "--metrics-host", "--advertise"}
    assert used <= known


@pytest.mark.proves("G.deploy")
@pytest.mark.parametrize("name", ["compose.yaml", "stack.yaml"])
def test_variables_of_the_containers_are_read_by_the_program(name: str) -> None:
    (found,) = _files(name)
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "assistant").rglob("*.py")]
    for variable in found["services"]["mcqueen"]["environment"]:
        assert any(f'"{variable}"' in source for source in sources), variable


@pytest.mark.proves("G.deploy")
def test_what_is_scaled_by_is_a_figure_of_ours() -> None:
    (scaled,) = _files("kubernetes-keda/scaling.yaml")
    queries = [
        trigger["metadata"]["query"] for trigger in scaled["spec"]["triggers"] if trigger["type"] == "prometheus"
    ]
    names = {name for query in queries for name in re.findall(r"mcqueen_\w+", query)}
    known = {family.name for family in Figures(time.time).registry.collect()}
    assert names
    assert names <= known


@pytest.mark.proves("G.deploy")
async def test_serving_needs_nothing_that_the_image_leaves_out(tmp_path: Path) -> None:
    folders = {name: str(tmp_path / name) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    config = tmp_path / "XDG_CONFIG_HOME" / "mcqueen"
    secrets = load_secrets(config / "serving-secrets.json", {})
    (config / "mcqueen.toml").write_text(
        f'[servers.town]\ncommand = "{sys.executable}"\nargs = ["-m", "assistant.town"]\ntrusted = true\n'
    )
    program = (str(Path(__file__).with_name("without_ears.py")), "serve", "--port", "0", "--metrics-port", "0")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        env={**folders, "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    ready = json.loads(await process.stdout.readline())
    async with httpx.AsyncClient(base_url=ready["faces"]["rest"], trust_env=False, timeout=20) as http:
        token = mint_login_token(secrets.jwt_secret, "driver", now=time.time())
        login = await http.post("/auth/login", json={"user_id": "driver", "auth_token": token})
        http.headers["Authorization"] = f"Bearer {login.json()['session']['session_id']}"
        body: dict[str, Any] = {"parameters": {"contact": "Anna", "message": "hello"}}
        path = "/mcp/tools/send_message/execute"
        asked = (await http.post(path, json=body)).json()
        assert "Anna" in asked["metadata"]["read_back"]
        body["voice_confirmations"] = body["parameters"]
        assert (await http.post(path, json=body)).json()["success"] is True
        figures = (await http.get(f"{ready['metrics']}/metrics")).text
        assert 'mcqueen_requests_in_progress{face="rest"}' in figures
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0
