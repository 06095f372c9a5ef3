"""A drive as one page, a drive to start from, and drives that run again when their file changes."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import signal
import sys
import wave
from asyncio.subprocess import PIPE
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from assistant.drives.drive_page import as_html
from assistant.drives.drive_picture import modes, picture, speeches
from assistant.drives.loading import load_drive
from assistant.drives.runner import DriveRunner
from assistant.drives.starting_point import stamp, write_starting_point
from assistant.drives.timeline import Timeline
from assistant.drives.yaml_guard import DriveError

NOW = datetime.fromisoformat("2026-11-20T17:40:00+01:00")


async def mcqueen(folder: Path, *words: str) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "assistant.cli", *words, cwd=folder, stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


@pytest.mark.proves("B.drive-page")
async def test_the_page_of_a_drive_has_its_story_and_stands_alone(tmp_path: Path) -> None:
    path = tmp_path / "drive.yaml"
    path.write_text(
        f"title: <b>Odd</b>\nnow: {NOW.isoformat()}\nsteps:\n"
        "  - driver: \"weather in Ulm <script>alert('x')</script>\"\n"
        "  - expect: {said: Timbuktu}\n"
    )
    result = await DriveRunner(path, load_drive(path)).run()
    page = as_html([result])
    assert "<title>Drives: 0 of 1 passed</title>" in page
    assert "&lt;b&gt;Odd&lt;/b&gt;: FAILED" in page
    assert "<script>alert" not in page
    assert page.count("<script>") == 1
    assert "step 2: said &#x27;Timbuktu&#x27;" in page
    assert "interpret" in page
    assert re.findall(r"(?:src|href)=", page) == []
    assert "<audio" not in page
    with wave.open(str(tmp_path / "sound.wav"), "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(b"\0\1" * 16_000)
    heard = as_html([replace(result, wav=tmp_path / "sound.wav")])
    assert 'src="data:audio/wav;base64,UklGR' in heard
    assert '<path class="wave"' in heard


@pytest.mark.proves("B.drive-page")
async def test_the_page_marks_the_words_that_were_heard_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "drive.yaml"
    path.write_text(
        f'title: Odd\nnow: {NOW.isoformat()}\nsteps:\n  - driver: "Weather, in Ulm"\n    heard: weather in bonn\n'
    )
    result = await DriveRunner(path, load_drive(path)).run()
    assert "weather in <del>ulm</del> <ins>bonn</ins>" in as_html([result])


@pytest.mark.proves("B.drive-page")
async def test_the_picture_shows_who_spoke_when_and_the_modes_without_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "drive.yaml"
    path.write_text(
        f"title: Odd\nnow: {NOW.isoformat()}\nsteps:\n  - driver: send anna a message saying hi\n  - driver: 'no'\n"
    )
    timeline = (await DriveRunner(path, load_drive(path)).run()).timeline
    assert [each.name for each in speeches(timeline)] == ["driver", "mcqueen", "driver", "mcqueen"]
    named = modes(timeline)
    assert "confirming" in [each.name for each in named]
    assert all(one.end == after.begin for one, after in itertools.pairwise(named))
    assert all(one.name != after.name for one, after in itertools.pairwise(named))
    asked = next(each for each in named if each.name == "confirming")
    read_back, answered = speeches(timeline)[1:3]
    assert asked.begin <= read_back.begin + 1e-6
    assert asked.end >= answered.begin - 1e-6


def test_the_wave_is_highest_where_the_sound_is_loudest() -> None:
    quiet, loud = np.full(8_000, 0.1, np.float32), np.full(8_000, 0.8, np.float32)
    timeline = Timeline(0.0)
    drawn = picture(timeline, np.concatenate([quiet, loud]), 16_000)
    path = re.search(r'<path class="wave" d="M(.*)Z"/>', drawn)
    assert path is not None
    upper = [float(point.split()[1]) for point in path[1].split("L")[:1000]]
    assert 'data-seconds="1.000"' in drawn
    assert min(upper[:490]) == max(upper[:490]) == 35.0
    assert min(upper[510:]) == max(upper[510:]) == 0.0
    assert picture(Timeline(0.0), None, 16_000) == ""


@pytest.mark.proves("B.drive-new")
async def test_a_drive_to_start_from_passes_and_is_never_written_over_another(tmp_path: Path) -> None:
    code, out, _ = await mcqueen(tmp_path, "drive", "new", "my-first.yaml")
    assert (code, "mcqueen drive my-first.yaml" in out) == (0, True)
    result = await DriveRunner(tmp_path / "my-first.yaml", load_drive(tmp_path / "my-first.yaml")).run()
    assert [finding.name for finding in result.findings if not finding.holds] == []
    assert len(result.timeline.calls) == 2
    with pytest.raises(DriveError, match="is there already"):
        write_starting_point(tmp_path / "my-first.yaml", NOW)
    with pytest.raises(DriveError, match=r"ends in \.yaml"):
        write_starting_point(tmp_path / "my-first", NOW)
    with pytest.raises(DriveError, match="cannot write"):
        write_starting_point(tmp_path / "nowhere" / "x.yaml", NOW)
    assert (await mcqueen(tmp_path, "drive", "new"))[0] == 2


@pytest.mark.proves("B.drive-new")
async def test_the_schema_of_drive_files_is_printed(tmp_path: Path) -> None:
    code, out, _ = await mcqueen(tmp_path, "drive", "--schema")
    assert code == 0
    assert {"variables", "steps", "final"} <= set(json.loads(out)["properties"])


@pytest.mark.proves("B.drive-watch")
async def test_a_watched_drive_runs_again_when_its_file_changes_and_waits_while_it_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    write_starting_point(path, NOW)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "assistant.cli", "drive", "my.yaml", "--watch", cwd=tmp_path, stdout=PIPE, stderr=PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stderr is not None

    async def told(text: str) -> str:
        assert process.stderr is not None
        async with asyncio.timeout(60):
            while text not in (line := (await process.stderr.readline()).decode()):
                assert line, "it ended"
        return line

    await told("waiting for a change")
    path.write_text("titel: x\n")
    assert "titel" in await told("my.yaml:1")
    await told("waiting for a change")
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(30):
        out, _ = await process.communicate()
    assert b"expectations held" in out


def test_any_change_of_a_file_beside_it_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    write_starting_point(path, NOW)
    first = stamp([path])
    part = tmp_path / "part.yml"
    part.write_text("- press: true\n")
    second = stamp([path])
    os.utime(part, ns=(1, 1))
    third = stamp([path])
    path.unlink()
    assert len({first, second, third, stamp([path])}) == 4
