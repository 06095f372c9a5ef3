"""`mcqueen profile`: what the driver has told about themselves, shown, edited and erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from assistant.cli.output import ExitCode, answer, answer_json

if TYPE_CHECKING:
    from assistant.hosting.messages import Words
    from assistant.profile.store import ProfileStore

KINDS = ("phone", "email", "relation", "place", "preference", "units")


@click.group(name="profile", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> int:
    """Show, edit or erase what is kept about the driver.

    The same can be said: "remember that Anna's number is ...", "what do you know about me", "forget everything".
    """
    if context.invoked_subcommand is None:
        return int(context.invoke(show))
    return ExitCode.OK


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def show(as_json: bool = False) -> int:
    """Show all that is kept."""
    from assistant.profile.store import described

    store = _store()
    kept = store.read()
    if as_json:
        answer_json(kept.model_dump())
    else:
        told = "\n".join(map(_words(), described(kept)))
        answer(told or f"Nothing is kept. It would stand in {store.path}.")
    return ExitCode.OK


@command.command(name="set")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("name")
@click.argument("value", required=False)
def set_(kind: str, name: str, value: str | None) -> int:
    """Keep something: KIND NAME VALUE.

    phone Anna "0171 2345678", email Anna anna@example.org, relation wife Anna, place home "5 Main Street", preference
    diesel, units metric.
    """
    from assistant.profile.editing import keep

    alone = kind in ("preference", "units")
    if alone == (value is not None):
        raise click.UsageError(f"profile set {kind} takes {'one value' if alone else 'a name and a value'}")
    answer(_words()(keep(_store(), kind, name, value or "")))
    return ExitCode.OK


@command.command()
@click.argument("what")
def forget(what: str) -> int:
    """Erase what is kept about a person, place or preference, or everything."""
    from assistant.profile.editing import let_go

    found, told = let_go(_store(), what)
    answer(_words()(told))
    return ExitCode.OK if found else ExitCode.FAILED


def _words() -> Words:
    """Return what words the profile's messages: in English, as all that commands print."""
    from assistant.understanding.language import BASE
    from assistant.wording.messages import words_of

    return words_of("profile", BASE)


def _store() -> ProfileStore:
    from assistant.profile.store import FILE_NAME, ProfileStore
    from assistant.settings.settings import load_settings

    return ProfileStore(load_settings().data_path / FILE_NAME)
