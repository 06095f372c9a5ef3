"""`mcqueen drive`: runs drives and says what came of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.output import ExitCode, answer, answer_json, complain, stop

if TYPE_CHECKING:
    from assistant.scenarios.format import Drive
    from assistant.scenarios.runner import DriveResult


@click.command(name="drive")
@click.argument("drives", nargs=-1, metavar="[DRIVE...]")
@click.option("--list", "list_them", is_flag=True, help="List the bundled drives.")
@click.option("--voice", is_flag=True, help="Speak the driver's lines aloud in cabin noise and recognize them.")
@click.option("--repeat", type=click.IntRange(1, 1000), default=1, help="Run each drive that often and report pass^K.")
@click.option("--server", help="Drive against this server instead of the town: URL, configured name or command.")
@click.option("--json", "as_json_lines", is_flag=True, help="One object a drive on stdout.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write all results as JSON.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for WAVs, journals and reports.")
@click.option(
    "--record", type=click.Path(dir_okay=False, path_type=Path), help="Write the conversation of one drive as WAV."
)
@click.option("--limits", is_flag=True, help="Print what was measured of each driving limit, and what cannot be.")
@click.option("--realtime", is_flag=True, help="Let the drive take as long as it takes.")
def command(
    drives: tuple[str, ...],
    list_them: bool,
    voice: bool,
    repeat: int,
    server: str | None,
    as_json_lines: bool,
    report: Path | None,
    junit: Path | None,
    out: Path | None,
    record: Path | None,
    realtime: bool,
    limits: bool,
) -> int:
    """Run drives: scripted conversations with a vehicle and a network.

    Without a name, all bundled drives. Ends with 1 when an expectation fails.
    """
    from assistant.scenarios.bundled import bundled_drives, find_drive
    from assistant.scenarios.loading import load_drive

    if list_them:
        for path in bundled_drives():
            drive = load_drive(path)
            answer(f"{path.stem:<34}{drive.about}")
        return ExitCode.OK
    paths = [find_drive(name) for name in drives] or bundled_drives()
    if record and (len(paths) != 1 or not voice):
        stop("--record takes one drive, with --voice; for several, --out FOLDER writes a WAV each")
    loaded = [(path, load_drive(path)) for path in paths]
    if out:
        out.mkdir(parents=True, exist_ok=True)
    work = _run(
        loaded,
        voice=voice,
        repeat=repeat,
        server=server,
        out=out,
        quiet=as_json_lines,
        record=record,
        realtime=realtime,
    )
    results = asyncio.run(work)
    _write(results, report or (out / "report.json" if out else None), junit)
    if not as_json_lines:
        _summarize(results, repeat, out)
    if limits and not as_json_lines:
        from assistant.scenarios.report import limit_lines

        answer("\n".join(line for result in results for line in ["", *limit_lines(result)]))
    return ExitCode.OK if all(result.passed for result in results) else ExitCode.FAILED


async def _run(
    loaded: Sequence[tuple[Path, Drive]],
    *,
    voice: bool,
    repeat: int,
    server: str | None,
    out: Path | None,
    quiet: bool,
    record: Path | None,
    realtime: bool,
) -> list[DriveResult]:
    from assistant.assembly import open_drive_voices
    from assistant.scenarios.report import as_json, timeline_lines
    from assistant.scenarios.runner import DriveRunner

    results: list[DriveResult] = []
    async with open_drive_voices(voice) as voices:
        for path, drive in loaded:
            for _ in range(repeat):
                runner = DriveRunner(
                    path, drive, voices=voices, out=out, server=server, record=record, realtime=realtime
                )
                result = await runner.run()
                results.append(result)
                if quiet:
                    answer_json(as_json(result))
                else:
                    answer("\n".join([*timeline_lines(result), ""]))
    return results


def _write(results: Sequence[DriveResult], report: Path | None, junit: Path | None) -> None:
    from assistant.scenarios.report import as_json, as_junit

    try:
        if report:
            report.write_text(json.dumps([as_json(result) for result in results], indent=1, ensure_ascii=False) + "\n")
        if junit:
            junit.write_text(as_junit(results))
    except OSError as error:
        complain(f"cannot write {error.filename}: {error.strerror}; the results stand above")


def _summarize(results: Sequence[DriveResult], repeat: int, out: Path | None) -> None:
    from assistant.scenarios.report import summary_lines

    answer("\n".join(summary_lines(results)))
    if repeat > 1:
        names = {result.name for result in results}
        all_passed = sum(all(r.passed for r in results if r.name == name) for name in names)
        answer(f"pass^{repeat}: {all_passed} of {len(names)} drives passed every time")
    if out:
        answer(f"WAVs, journals and report.json: {out}/")
