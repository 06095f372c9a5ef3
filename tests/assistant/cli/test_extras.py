"""What goes beside an installed McQueen works in the programs it is for, and a look for updates changes nothing."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import metadata
from pathlib import Path

import pytest

from assistant.cli.main import COMMANDS

BIN = Path(sys.executable).parent
pytestmark = pytest.mark.proves("G.extras")


def mcqueen(home: Path, *words: str, shell: str = "/bin/bash", **more: str) -> subprocess.CompletedProcess[str]:
    own = {"HOME": str(home), "SHELL": shell, "PATH": f"{BIN}:/usr/bin:/bin", **more}
    left_out = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PIP_"))}
    command = [sys.executable, "-c", "from assistant.cli.main import main; main()", *words]
    return subprocess.run(command, env=left_out | own, capture_output=True, text=True, timeout=60, check=False)


def files(home: Path) -> list[str]:
    return sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file())


USUAL = [
    ".config/systemd/user/mcqueen.service",
    ".local/share/applications/mcqueen.desktop",
    ".local/share/bash-completion/completions/mcqueen",
    ".local/share/man/man1/mcqueen.1",
]


def test_what_fits_is_installed_again_and_taken_away(tmp_path: Path) -> None:
    for _ in range(2):
        done = mcqueen(tmp_path, "install-extras")
        assert (done.returncode, done.stderr) == (0, "")
        assert [line.split(" is written")[0] for line in done.stdout.splitlines()] == [
            str(tmp_path / name) for name in (USUAL[2], USUAL[3], USUAL[1], USUAL[0])
        ]
        assert files(tmp_path) == USUAL
    assert mcqueen(tmp_path, "install-extras", "--remove").returncode == 0
    assert files(tmp_path) == []


@pytest.mark.parametrize("words", [(), ("--remove",)])
def test_a_file_of_somebody_else_is_left_alone_and_named(tmp_path: Path, words: tuple[str, ...]) -> None:
    theirs = tmp_path / USUAL[0]
    theirs.parent.mkdir(parents=True)
    theirs.write_text("[Unit]\n")
    done = mcqueen(tmp_path, "install-extras", "service", *words)
    assert done.returncode == 1
    assert f"{theirs} is somebody else's" in done.stderr
    assert theirs.read_text() == "[Unit]\n"


def test_bash_completes_commands_and_options(tmp_path: Path) -> None:
    mcqueen(tmp_path, "install-extras", "bash")
    script = tmp_path / USUAL[2]
    if not (BIN / "mcqueen").exists():
        pytest.skip("the command is not installed")
    for typed, wanted in (("mcqueen mod", {"models"}), ("mcqueen try --", {"--server", "--only", "--voice", "--keep"})):
        words = typed.split()
        ask = f"source {script}; COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; "
        ask += 'compopt() { :; }; _mcqueen_completion mcqueen; printf "%s\\n" "${COMPREPLY[@]}"'
        environment = os.environ | {"PATH": f"{BIN}:/usr/bin:/bin"}
        done = subprocess.run(["bash", "-c", ask], env=environment, capture_output=True, text=True, check=True)
        assert wanted <= set(done.stdout.split()), done.stdout + done.stderr


@pytest.mark.parametrize(("shell", "first"), [("zsh", "#compdef mcqueen"), ("fish", "# written by mcqueen")])
def test_other_shells_get_their_own_script(tmp_path: Path, shell: str, first: str) -> None:
    done = mcqueen(tmp_path, "install-extras", shell, "--show")
    assert done.stdout.startswith(first)
    assert files(tmp_path) == []


def test_the_manual_page_names_every_command_and_typesets_without_a_warning(tmp_path: Path) -> None:
    page = mcqueen(tmp_path, "install-extras", "man", "--show").stdout
    assert [name for name in COMMANDS if f'.SS "mcqueen {name}'.replace("-", "\\-") not in page] == []
    if shutil.which("groff") is None:
        pytest.skip("groff is not here")
    command = ["groff", "-man", "-ww", "-Tutf8"]
    done = subprocess.run(command, input=page, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Try a server: say a line, see what happens." in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("name", "section", "key"), [("desktop", "Desktop Entry", "Exec"), ("service", "Service", "ExecStart")]
)
def test_desktop_entry_and_unit_start_this_program(tmp_path: Path, name: str, section: str, key: str) -> None:
    parsed = configparser.ConfigParser(interpolation=None, strict=True)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]  # keys keep their capitals
    parsed.read_string(mcqueen(tmp_path, "install-extras", name, "--show").stdout)
    program = parsed[section][key].split('"')[1]
    assert Path(program).name == "mcqueen"
    assert parsed[section][key].split('"')[2].split() in ([], ["web"])


# -- updates ---------------------------------------------------------------------------------------------------------


OURS = metadata("mcqueen")["Summary"]


def published(folder: Path, version: str, summary: str = OURS) -> Path:
    """Make an index that has this version, and nothing that could be run."""
    folder.mkdir()
    about = f"mcqueen-{version}.dist-info"
    with zipfile.ZipFile(folder / f"mcqueen-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: mcqueen\nVersion: {version}\nSummary: {summary}\n"
        )
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    return folder


@pytest.mark.parametrize(
    ("version", "said"),
    [("99.0", "McQueen 99.0 is published, "), ("0.0.1", " is the newest version that is published")],
)
def test_a_newer_version_is_told_and_not_installed(tmp_path: Path, version: str, said: str) -> None:
    before = mcqueen(tmp_path, "--version").stdout
    index = published(tmp_path / "index", version)
    done = mcqueen(tmp_path, "update-check", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(index))
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout
    assert mcqueen(tmp_path, "--version").stdout == before


def test_a_package_of_another_project_is_no_newer_version(tmp_path: Path) -> None:
    index = published(tmp_path / "index", "99.0", "A collection of tools of somebody else.")
    done = mcqueen(tmp_path, "update-check", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(index))
    assert (done.returncode, done.stderr) == (0, "")
    assert "another project" in done.stdout
    assert "A collection of tools of somebody else." in done.stdout
    assert "99.0" not in done.stdout


def test_an_index_that_knows_no_mcqueen_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    done = mcqueen(tmp_path, "update-check", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path / "index"))
    if not done.returncode:  # an index is asked for what is newer, and what is here is enough for it
        assert "is the newest version" in done.stdout
        return
    assert done.returncode == 1
    assert done.stderr.startswith("mcqueen: pip cannot tell: ")
    assert len(done.stderr.splitlines()) == 1


def test_nothing_else_looks_for_updates() -> None:
    named = {path.name for path in Path("assistant").rglob("*.py") if "update_check" in path.read_text()}
    assert named <= {"main.py"}
