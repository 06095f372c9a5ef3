"""Fetching and keeping models, against a real HTTP server that breaks off, lies and sends something else."""

from __future__ import annotations

import hashlib
import io
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import platformdirs
import pytest
from click.testing import CliRunner

from assistant.cli.models_command import command as models
from voice.recognition import download, model_store
from voice.recognition.download import install, install_archive
from voice.recognition.model_store import PUBLISHED, PublishedModel, chosen, find_vosk_model, installed, verify
from voice.voice_errors import RecognitionError

NAME = "vosk-model-small-xx-0.1"


def archive(files: dict[str, bytes], *, link: str | None = None) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
        if link is not None:
            entry = zipfile.ZipInfo(link)
            entry.external_attr = 0o120777 << 16
            file.writestr(entry, "/etc")
    return packed.getvalue()


GOOD = archive({f"{NAME}/am/final.mdl": b"\0B" + bytes(range(256)) * 2000, f"{NAME}/conf/model.conf": b"--beam=13\n"})
MODEL = PublishedModel(NAME, "xx", 1, "made by this test", hashlib.sha256(GOOD).hexdigest())


class Server:
    """Serves one archive as told; notes the ranges that were asked for."""

    def __init__(self, content: bytes = GOOD) -> None:
        self.content = content
        self.breaks: list[int] = []
        """Bytes after which the next answers break off."""
        self.statuses: list[int] = []
        self.claimed: int | None = None
        """The length that is claimed for the whole."""
        self.ranges: list[str | None] = []
        self.url = ""


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            server.ranges.append(asked)
            if server.statuses:
                self.send_response(server.statuses.pop(0))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
            body = server.content[start:]
            self.send_response(206 if asked else 200)
            self.send_header("Content-Length", str(server.claimed if server.claimed is not None else len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body[: server.breaks.pop(0)] if server.breaks else body)
            self.close_connection = True

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.url = f"http://127.0.0.1:{http.server_address[1]}/{NAME}.zip"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def nothing_left(folder: Path) -> bool:
    return not folder.exists() or not [path for path in folder.iterdir() if path.suffix != ".part"]


@pytest.mark.proves("V.models")
def test_a_download_that_breaks_off_is_gone_on_with(tmp_path: Path) -> None:
    seen: list[int] = []
    with serving(Server()) as server:
        server.breaks = [100_000, 150_000]
        place = install(MODEL, tmp_path, url=server.url, progress=lambda there, _: seen.append(there))
    assert server.ranges == [None, "bytes=100000-", "bytes=250000-"]
    assert seen == sorted(seen)
    assert seen[-1] == len(GOOD)
    assert (place / "am" / "final.mdl").stat().st_size == 2 + 256 * 2000
    assert verify(place) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == [NAME]


@pytest.mark.proves("V.models")
def test_what_came_is_kept_when_the_server_goes_and_used_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "sleep", lambda _: None)
    with serving(Server()) as server:
        server.breaks = [60_000, 0, 0, 0, 0]
        with pytest.raises(RecognitionError, match=r"0\.1 MB that came are kept.*--from FILE\.zip"):
            install(MODEL, tmp_path, url=server.url)
        assert nothing_left(tmp_path)
        server.ranges.clear()
        install(MODEL, tmp_path, url=server.url)
        assert server.ranges == ["bytes=60000-"]


@pytest.mark.parametrize("claimed", [len(GOOD) - 1000, len(GOOD) + 1000])
def test_a_server_that_lies_about_the_length_installs_nothing(
    tmp_path: Path, claimed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "sleep", lambda _: None)
    server = Server()
    server.claimed = claimed
    with serving(server), pytest.raises(RecognitionError):
        install(MODEL, tmp_path, url=server.url)
    assert nothing_left(tmp_path)


@pytest.mark.proves("V.models")
def test_another_archive_than_the_published_one_is_refused(tmp_path: Path) -> None:
    other = Server(archive({f"{NAME}/am/final.mdl": b"something else"}))
    with serving(other), pytest.raises(RecognitionError, match="nothing was installed"):
        install(MODEL, tmp_path, url=other.url)
    assert list(tmp_path.iterdir()) == []


def test_a_busy_server_is_tried_again_and_a_missing_archive_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "sleep", lambda _: None)
    with serving(Server()) as server:
        server.statuses = [503, 500]
        install(MODEL, tmp_path, url=server.url)
        assert len(server.ranges) == 3
        server.ranges.clear()
        server.statuses = [404]
        with pytest.raises(RecognitionError, match="404"):
            install(replace(MODEL, name="other"), tmp_path, url=server.url)
        assert len(server.ranges) == 1


@pytest.mark.proves("V.models")
@pytest.mark.parametrize(
    "content",
    [
        archive({"../escaped.txt": b"x", f"{NAME}/am/final.mdl": b"x"}),
        archive({"/escaped.txt": b"x", f"{NAME}/am/final.mdl": b"x"}),
        archive({"a\\..\\..\\escaped.txt": b"x", f"{NAME}/am/final.mdl": b"x"}),
        archive({f"{NAME}/am/final.mdl": b"x"}, link=f"{NAME}/link"),
        archive({"readme": b"no model"}),
        GOOD[: len(GOOD) // 2],
        b"no archive",
    ],
)
def test_an_archive_that_reaches_out_or_holds_no_model_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "models"
    given = tmp_path / "given.zip"
    given.write_bytes(content)
    with pytest.raises(RecognitionError):
        install_archive(replace(MODEL, sha256=hashlib.sha256(content).hexdigest()), folder, given, source="here")
    assert nothing_left(folder)
    assert sorted(path.name for path in tmp_path.iterdir()) in (["given.zip"], ["given.zip", "models"])


def test_every_published_model_has_a_checksum_and_another_archive_under_its_name_is_refused(tmp_path: Path) -> None:
    given = tmp_path / "given.zip"
    given.write_bytes(GOOD)
    for model in PUBLISHED:
        assert re.fullmatch("[0-9a-f]{64}", model.sha256), model.name
        with pytest.raises(
            RecognitionError, match=f"what came is not {re.escape(model.name)}: .*nothing was installed"
        ):
            install_archive(model, tmp_path / "models", given, source="here")
    assert len({model.sha256 for model in PUBLISHED}) == len(PUBLISHED)
    assert nothing_left(tmp_path / "models")


def test_a_full_disk_is_noticed_before_anything_is_fetched(tmp_path: Path) -> None:
    with serving(Server()) as server, pytest.raises(RecognitionError, match="make room"):
        install(replace(MODEL, megabytes=10**9), tmp_path, url=server.url)
    assert server.ranges == []


@pytest.mark.proves("V.models")
def test_models_are_listed_used_verified_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda _: str(tmp_path))
    first, second = PUBLISHED[0].name, PUBLISHED[3].name
    given = tmp_path / "given.zip"
    content = archive({f"{second}/am/final.mdl": b"x", f"{second}/conf/model.conf": b"y"})
    given.write_bytes(content)
    known = [replace(model, sha256=hashlib.sha256(content).hexdigest()) for model in PUBLISHED]
    monkeypatch.setattr(model_store, "PUBLISHED", tuple(known))
    run = CliRunner().invoke
    assert "is installed in" in run(models, ["install", second, "--from", str(given)]).stdout
    folder = tmp_path / "models"
    (folder / first / "am").mkdir(parents=True)
    (folder / first / "am" / "final.mdl").write_bytes(b"put here by hand")
    assert [path.name for path in installed(folder)] == sorted([first, second])
    assert run(models, ["use", second]).exit_code == 0
    assert chosen(folder) == folder / second == find_vosk_model()
    listed = [json.loads(line) for line in run(models, ["list", "--json"]).stdout.splitlines()]
    assert [one["name"] for one in listed if one["in_use"]] == [second]
    assert {one.name for one in PUBLISHED} == {one["name"] for one in listed}
    assert run(models, ["verify", second]).exit_code == 0
    (folder / second / "conf" / "model.conf").write_bytes(b"z")
    broken = run(models, ["verify", second])
    assert broken.exit_code == 1
    assert "conf/model.conf has changed" in broken.stdout
    assert run(models, ["remove", second]).exit_code == 0
    assert [path.name for path in installed(folder)] == [first]
    with pytest.raises(RecognitionError, match="models install"):
        run(models, ["use", second], catch_exceptions=False)
