"""`mcqueen journal`: lists, shows and replays recorded conversations."""

from __future__ import annotations

import json
from pathlib import Path

import click

from assistant.cli.output import ExitCode, answer, answer_json, complain


@click.command(name="journal")
@click.argument("action", type=click.Choice(["list", "show", "replay", "to-drive"]), default="list")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="For to-drive: write the drive there.")
@click.option("--json", "as_json", is_flag=True, help="One object a line on stdout.")
def command(action: str, path: Path | None, out: Path | None, as_json: bool) -> int:
    """List journals of conversations, show one, replay it, or make a drive of it.

    A replay runs the recorded events through the table again and ends with 1 if any effect differs. `to-drive` prints a
    drive that says the same words again and expects the same calls.
    """
    from assistant.conversation.journal import encode, read, replay
    from assistant.settings.settings import load_settings

    if action == "list":
        settings = load_settings()
        kept = sorted((settings.data_path / "journals").glob("*.jsonl"))
        for found in kept:
            answer_json({"journal": str(found)}) if as_json else answer(str(found))
        if not kept:
            how = "each conversation from now on leaves one" if settings.journal else "none is kept unless you ask"
            complain(f"no journal is kept yet; {how}: `journal = true` in mcqueen.toml keeps them")
        return ExitCode.OK
    if path is None:
        raise click.UsageError(f"journal {action} needs the path of a journal; mcqueen journal list shows them")
    if action == "show":
        _, steps = read(path)
        for step in steps:
            line = {"event": encode(step.event), "effects": list(step.effects)}
            answer_json(line) if as_json else answer(json.dumps(line, ensure_ascii=False)[:200])
        return ExitCode.OK
    if action == "to-drive":
        return _to_drive(path, out)
    again = replay(path)
    result = {"journal": str(path), "steps": again.steps, "mode": str(again.state.mode), "same": not again.differences}
    if as_json:
        answer_json({**result, "differences": list(again.differences)})
    else:
        answer(f"{again.steps} steps, ends in {again.state.mode}: {'the same' if result['same'] else 'DIFFERENT'}")
        for difference in again.differences:
            answer(f"  {difference[:200]}")
    return ExitCode.OK if not again.differences else ExitCode.FAILED


def _to_drive(path: Path, out: Path | None) -> int:
    from assistant.drives.from_journal import drive_from_journal

    text = drive_from_journal(path)
    if out is None:
        answer(text.rstrip())
        return ExitCode.OK
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"cannot write {out}: {error.strerror}") from error
    answer(f"{out}: play it with mcqueen drive {out}")
    return ExitCode.OK
