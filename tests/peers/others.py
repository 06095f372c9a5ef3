"""`make others`: what a driver asks of servers that others wrote, in conversation; how much is right, and sayable.

Installs the servers of `requests.toml` at their pinned versions (npm, pip; no account), one at a time, and drives each
with `mcqueen drive --server`; what is read back gets a yes. Right is a call of that tool with those arguments that
succeeded, and an answer that holds what it must. It decides by the written requests alone.
`python -m tests.peers.others [NAME...]`; `--seen` leaves out the servers that are kept for the end.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "peers" / "others"
REQUESTS = Path(__file__).with_name("requests.toml")
NOW = "2026-11-30T09:00:00+01:00"
GOALS = {"right": 0.70, "speakable": 0.95}
UNSPEAKABLE = re.compile(
    r"[\[\]{}<>_|`*#\\]|\w://|\n|\b[0-9a-f]{8}-[0-9a-f]{4}-|\b[0-9a-f]{16,}\b|\d{4}-\d\d-\d\dT|\b(?:None|null|NaN)\b"
)
"""What no listener can make anything of."""


@dataclass
class Tally:
    """What came of the requests to one server."""

    unseen: bool
    right: int = 0
    spoken: int = 0
    speakable: int = 0
    asked: int = 0
    wrong: list[str] = field(default_factory=list)


def installed(server: Mapping[str, Any]) -> Path:
    """Install a server into a folder of its own, once, and return the folder."""
    folder = FOLDER / str(server["name"])
    if (folder / "installed").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if "npm" in server:
        (folder / "package.json").write_text('{"private": true}\n')
        npm = ["npm", "install", "--silent", "--no-fund", "--no-audit"]
        subprocess.run([*npm, *server["npm"]], cwd=folder, check=True)
    else:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *server["packages"]], check=True, stderr=subprocess.DEVNULL)
    (folder / "installed").touch()
    return folder


def _prepared(room: Path, *, repository: bool) -> None:
    (room / "note.txt").write_text("milk and eggs\n")
    if repository:
        git = ["git", "-c", "user.name=Anna", "-c", "user.email=anna@example.org"]
        for step in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "first note"]):
            subprocess.run([*git, *step], cwd=room, check=True)


def drives(server: Mapping[str, Any], home: Path) -> list[dict[str, Any]]:
    """Drive one server with all its requests, each in a conversation of its own, and return what came of them."""
    folder, room = installed(server), home / "room"
    room.mkdir()
    _prepared(room, repository=bool(server.get("repository")))

    def placed(value: Any) -> Any:
        return value.replace("{folder}", str(room)) if isinstance(value, str) else value

    words = [placed(word) for word in server["command"]]
    words = [str(folder / word) if word.startswith(("bin/", "node_modules/")) else word for word in words]
    lines = ["[servers.peer]", f"command = {json.dumps(shutil.which(words[0]) or words[0])}"]
    lines += [f"args = {json.dumps(words[1:])}", f"cwd = {json.dumps(str(room))}", "[servers.peer.defaults]"]
    lines += [f"{name} = {json.dumps(placed(value))}" for name, value in server.get("defaults", {}).items()]
    (home / "mcqueen.toml").write_text("\n".join(lines) + "\n")
    files = []
    for number, request in enumerate(server["requests"]):
        path = home / f"{number}.yaml"
        lines = (
            request["say"] if request["say"][-1] == "yes" else [*request["say"], "yes"]
        )  # to what is asked, if it is
        steps = [{"driver": line} for line in lines]
        path.write_text(json.dumps({"title": request["say"][0], "now": NOW, "car": False, "steps": steps}))
        files.append(str(path))
    command = [sys.executable, "-m", "assistant.cli", "drive", "--json", "--server", "peer", *files]
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if len(found) != len(files):
        print(done.stderr[-2000:], file=sys.stderr)
    return found


def judged(server: Mapping[str, Any], results: Sequence[Mapping[str, Any]], room: str) -> Tally:
    """Hold what came against what was written."""
    tally = Tally(bool(server.get("unseen")))
    constant = set(server.get("defaults", {}))
    for number, request in enumerate(server["requests"]):
        tally.asked += 1
        result = results[number] if number < len(results) else {"calls": [], "timeline": []}
        problem = _problem(request, result, constant, room)
        answers = _answers(result)
        if answers and any(call["outcome"] == "succeeded" for call in result["calls"]):
            tally.spoken += 1
            good = all(answer.strip() and not UNSPEAKABLE.search(answer) for answer in answers)
            tally.speakable += good
            if not good:
                problem = f"{problem}; not speakable" if problem else "(right, but not speakable)"
        tally.right += not problem or problem.startswith("(")
        if problem:
            tally.wrong.append(f"{' / '.join(request['say'])}: {problem}: {' | '.join(answers)[:200]}")
    return tally


def _answers(result: Mapping[str, Any]) -> list[str]:
    """Return what was said after the last call until the driver spoke again, or all that was said without a call."""
    timeline = list(result["timeline"])
    called = [place for place, entry in enumerate(timeline) if entry["kind"] == "called"]
    rest = timeline[called[-1] + 1 :] if called else timeline
    spoke = next((place for place, entry in enumerate(rest) if called and entry["kind"] == "driver"), len(rest))
    return [entry["text"] for entry in rest[:spoke] if entry["kind"] in ("answered", "asked", "told")]


def _problem(request: Mapping[str, Any], result: Mapping[str, Any], constant: set[str], room: str) -> str:
    calls = [call for call in result["calls"] if call["tool"] == request["tool"] and call["outcome"] == "succeeded"]
    if not calls:
        others = [f"{call['tool']} {call['arguments']} {call['outcome']}" for call in result["calls"]]
        return "called " + ", ".join(others) if others else "nothing was called"
    given = calls[-1]["arguments"]
    wanted = {
        name: value.replace("{folder}", room) if isinstance(value, str) else value
        for name, value in request["args"].items()
    }
    off = [name for name, value in wanted.items() if not _alike(given.get(name), value)]
    free = not wanted or request.get("said")  # then the answer tells whether the rest was right
    more = [name for name in given if not free and name not in wanted and name not in constant]
    if off or more:
        return f"called with {given}"
    said = " ".join(_answers(result))
    if request.get("said") and not re.search(request["said"], said, re.IGNORECASE):
        return f"does not say {request['said']!r}"
    return ""


def _alike(given: object, wanted: object) -> bool:
    if isinstance(given, str) and isinstance(wanted, str):
        return given.casefold().removesuffix(":00") == wanted.casefold().removesuffix(":00") or (
            given.casefold() == wanted.casefold()
        )
    if isinstance(given, list) and isinstance(wanted, list):
        return [str(one).casefold() for one in given] == [str(one).casefold() for one in wanted]
    return given == wanted


def main(arguments: Sequence[str]) -> int:
    """Run the servers named, or all."""
    servers = tomllib.loads(REQUESTS.read_text())["server"]
    names = [word for word in arguments if not word.startswith("--")]
    tallies: dict[str, Tally] = {}
    for server in servers:
        if (names and server["name"] not in names) or ("--seen" in arguments and server.get("unseen")):
            continue
        with tempfile.TemporaryDirectory(prefix="others-") as home:
            tally = judged(server, drives(server, Path(home)), str(Path(home) / "room"))
        tallies[server["name"]] = tally
        versions = shlex.join(server.get("packages", server.get("npm", [])))
        counts = f"right {tally.right} of {tally.asked}, speakable {tally.speakable} of {tally.spoken}"
        print(f"{server['name']:<16} {counts}  {versions}")
        for line in tally.wrong:
            print(f"    {line}", flush=True)
    return _summed(tallies)


def _summed(tallies: Mapping[str, Tally]) -> int:
    missed = False
    for title, chosen in (
        ("looked at", [one for one in tallies.values() if not one.unseen]),
        ("unseen", [one for one in tallies.values() if one.unseen]),
        ("all", list(tallies.values())),
    ):
        asked, spoken = sum(one.asked for one in chosen), sum(one.spoken for one in chosen)
        if not asked:
            continue
        right = sum(one.right for one in chosen) / asked
        speakable = sum(one.speakable for one in chosen) / spoken if spoken else 0.0
        print(f"{title}: {len(chosen)} servers, {asked} requests, right {right:.2f}, answers speakable {speakable:.2f}")
        missed = title == "all" and (right < GOALS["right"] or speakable < GOALS["speakable"])
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
