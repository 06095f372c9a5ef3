"""`mcqueen drive`: runs drives and reports the results."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from assistant.cli.output import ExitCode, answer, answer_json, complain, stop

if TYPE_CHECKING:
    from assistant.drives.format import Drive
    from assistant.drives.runner import DriveResult


WATCH_SECONDS = 0.3
"""Seconds between two checks for changed files."""


class _Options(TypedDict):
    """Options of the command line that only some steps need."""

    repeat: int
    server: str | None
    as_json_lines: bool
    report: Path | None
    html: Path | None
    junit: Path | None
    realtime: bool
    limits: bool
    record_baseline: Path | None
    compare: Path | None


@dataclass(frozen=True)
class _Plan:
    """Which drives to run, and how."""

    paths: Sequence[Path]
    voice: bool
    out: Path | None
    record: Path | None
    kept: bool
    """Whether the user chose the output folder, so that its path is printed."""
    options: _Options


@click.command(name="drive")
@click.argument("drives", nargs=-1, metavar="[DRIVE...]")
@click.option("--list", "list_them", is_flag=True, help="List the bundled drives.")
@click.option("--voice", is_flag=True, help="Speak the driver's lines aloud in cabin noise and recognize them.")
@click.option("--repeat", type=click.IntRange(1, 1000), default=1, help="Run each drive that often and report pass^K.")
@click.option("--server", help="Drive against this server instead of the town: URL, configured name or command.")
@click.option("--json", "as_json_lines", is_flag=True, help="One object a drive on stdout.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write all results as JSON.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write one page with sound and timeline.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for WAVs, journals and reports.")
@click.option(
    "--record", type=click.Path(dir_okay=False, path_type=Path), help="Write the conversation of one drive as WAV."
)
@click.option(
    "--record-baseline", type=click.Path(dir_okay=False, path_type=Path), help="Keep what came of the drives."
)
@click.option(
    "--compare",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Say what changed since a baseline: tools, words, times. With --junit as XML, too.",
)
@click.option("--limits", is_flag=True, help="Print what was measured of each driving limit, and what cannot be.")
@click.option("--realtime", is_flag=True, help="Let the drive take as long as it takes.")
@click.option("--watch", is_flag=True, help="Run the drives again whenever one of their files changes, until Ctrl-C.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of drive files, for editors.")
def command(
    drives: tuple[str, ...],
    list_them: bool,
    schema: bool,
    record: Path | None,
    out: Path | None,
    voice: bool,
    watch: bool,
    **options: Unpack[_Options],
) -> int:
    """Run drives: scripted conversations with a vehicle and a network.

    Without a name, all bundled drives. `mcqueen drive new my.yaml` writes a drive to start from. Ends with 1 if an
    expectation fails.
    """
    from assistant.drives.bundled import bundled_drives, find_drive
    from assistant.drives.loading import load_drive

    if schema:
        from assistant.drives.format import DriveFile

        answer(json.dumps(DriveFile.model_json_schema(), indent=2))
        return ExitCode.OK
    if list_them:
        for path in bundled_drives():
            answer(f"{path.stem:<34}{load_drive(path).about}")
        return ExitCode.OK
    if drives[:1] == ("new",):
        return _new(drives[1:])
    paths = [find_drive(name) for name in drives] or bundled_drives()
    if record and (len(paths) != 1 or not voice):
        stop("--record takes one drive, with --voice; for several, --out FOLDER writes a WAV each")
    with tempfile.TemporaryDirectory(prefix="mcqueen-drives-") as folder:
        # A page has the sound in it, so a drive with voice is recorded even where nobody asked for the file.
        kept = out or (Path(folder) if options["html"] and voice else None)
        if out:
            out.mkdir(parents=True, exist_ok=True)
        plan = _Plan(paths, voice, kept, record, out is not None, options)
        if watch:
            _watch(plan)
            return ExitCode.OK
        results = _once(plan)
        worse = _compared(results, options["compare"], options["junit"])
    return ExitCode.OK if all(result.passed for result in results) and not worse else ExitCode.FAILED


def _compared(results: Sequence[DriveResult], baseline: Path | None, junit: Path | None) -> bool:
    """Print what changed since a baseline; return whether anything is worse. Raises `DriveError` for a wrong file."""
    if baseline is None:
        return False
    from assistant.drives.baseline import change_lines, changes_as_junit, changes_since, read_baseline

    changes = changes_since(read_baseline(baseline), results)
    answer("\n".join(["", *change_lines(changes, baseline.name)]))
    if junit:
        junit.write_text(changes_as_junit(changes, junit.read_text()))
    return any(change.worse for change in changes)


def _new(names: tuple[str, ...]) -> int:
    from assistant.drives.starting_point import write_starting_point

    if len(names) != 1:
        stop("name one file: mcqueen drive new my.yaml")
    write_starting_point(Path(names[0]), datetime.now().astimezone())
    answer(f"{names[0]} is written; run it with: mcqueen drive {names[0]}")
    return ExitCode.OK


def _once(plan: _Plan) -> list[DriveResult]:
    """Run the drives of a plan once; write and print the results. Raises `DriveError`."""
    from assistant.drives.loading import load_drive

    options = plan.options
    results = asyncio.run(_run([(path, load_drive(path)) for path in plan.paths], plan))
    report = options["report"] or (plan.out / "report.json" if plan.out and plan.kept else None)
    _write(results, report, options["junit"], options["html"])
    if options["record_baseline"]:
        _write(results, options["record_baseline"], None, None)
        complain(f"the baseline is written; later: mcqueen drive --compare {options['record_baseline']}")
    if not options["as_json_lines"]:
        _summarize(results, options["repeat"], plan.out if plan.kept else None)
        if options["limits"]:
            from assistant.drives.drive_report import limit_lines

            answer("\n".join(line for result in results for line in ["", *limit_lines(result)]))
    return results


def _watch(plan: _Plan) -> None:
    """Run the drives whenever their files change; report a wrong file and wait for its next change."""
    from assistant.drives.starting_point import stamp
    from assistant.drives.yaml_guard import DriveError

    while True:
        seen = stamp(plan.paths)
        try:
            _once(plan)
        except DriveError as error:
            complain(str(error))
        complain("waiting for a change; Ctrl-C ends")
        while stamp(plan.paths) == seen:
            time.sleep(WATCH_SECONDS)


async def _run(loaded: Sequence[tuple[Path, Drive]], plan: _Plan) -> list[DriveResult]:
    from assistant.drives.drive_report import as_json, timeline_lines
    from assistant.drives.runner import DriveRunner
    from assistant.settings.settings import load_settings
    from assistant.voice_opening import open_drive_voices

    options = plan.options
    results: list[DriveResult] = []
    async with open_drive_voices(plan.voice, load_settings() if plan.voice else None) as voices:
        for path, drive in loaded:
            for _ in range(options["repeat"]):
                runner = DriveRunner(
                    path, drive, voices=voices, out=plan.out, server=options["server"], record=plan.record,
                    realtime=options["realtime"],
                )  # fmt: skip
                result = await runner.run()
                results.append(result)
                if options["as_json_lines"]:
                    answer_json(as_json(result))
                else:
                    answer("\n".join([*timeline_lines(result), ""]))
    return results


def _write(results: Sequence[DriveResult], report: Path | None, junit: Path | None, html: Path | None) -> None:
    from assistant.drives.drive_page import as_html
    from assistant.drives.drive_report import as_json, as_junit

    try:
        if report:
            report.write_text(json.dumps([as_json(result) for result in results], indent=1, ensure_ascii=False) + "\n")
        if junit:
            junit.write_text(as_junit(results))
        if html:
            html.write_text(as_html(results), encoding="utf-8")
    except OSError as error:
        complain(f"cannot write {error.filename}: {error.strerror}; the results stand above")


def _summarize(results: Sequence[DriveResult], repeat: int, out: Path | None) -> None:
    from assistant.drives.drive_report import summary_lines

    answer("\n".join(summary_lines(results)))
    if repeat > 1:
        names = {result.name for result in results}
        all_passed = sum(all(r.passed for r in results if r.name == name) for name in names)
        answer(f"pass^{repeat}: {all_passed} of {len(names)} drives passed every time")
    if out:
        answer(f"WAVs, journals and report.json: {out}/")
