"""The `mcqueen` command: lists its commands, and imports one only when it is called, so that `--help` is fast.

Errors of McQueen's own trees become one sentence and an exit code here; any other error is a defect and shows its
traceback.
"""

from __future__ import annotations

import importlib
import logging
import sys

import click

from assistant.cli.output import ExitCode, complain, complain_of_usage
from client.terminal_text import TerminalFormatter, show_traceback

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module, the line that `mcqueen --help` shows; a test holds it equal to the command's own help)
    "call": ("assistant.cli.call_command", "Call a tool, or a batch of calls."),
    "dashboard": ("assistant.cli.dashboard_command", "Open the dashboard (what mcqueen alone does)."),
    "doctor": ("assistant.cli.doctor_command", "Tell what works on this machine, what is missing and how to get it."),
    "drive": ("assistant.cli.drive_command", "Run drives: scripted conversations with a vehicle and a network."),
    "hear": ("assistant.cli.hear_command", "Hear WAV files and tell what they ask for."),
    "install-extras": (
        "assistant.cli.install_extras_command",
        "Install shell completion, man page, desktop entry and systemd unit.",
    ),
    "interpret": ("assistant.cli.interpret_command", "Tell what sentences ask for."),
    "journal": (
        "assistant.cli.journal_command",
        "List journals of conversations, show one, replay it, or make a drive of it.",
    ),
    "ledger": ("assistant.cli.ledger_command", "Show or verify the record of consents and calls."),
    "login": ("assistant.cli.login_command", "Log in to a server."),
    "logout": ("assistant.cli.logout_command", "Forget a login to a server."),
    "listen": ("assistant.cli.listen_command", "Show what is heard, live."),
    "models": ("assistant.cli.models_command", "List, install, use, verify or remove recognition models."),
    "outbox": ("assistant.cli.outbox_command", "Show confirmed calls that wait for the network."),
    "review": ("assistant.cli.review.review_command", "Review a server's tools by voice."),
    "profile": ("assistant.cli.profile_command", "Show, edit or erase what is stored about the driver."),
    "resources": ("assistant.cli.resources_command", "List the resources of servers, or read WHAT."),
    "say": ("assistant.cli.say_command", "Speak a text, or write it to a WAV."),
    "serve": ("assistant.cli.serve_command", "Serve the town, or the configured servers, to other programs."),
    "servers": (
        "assistant.cli.servers_command",
        "List the configured servers, add, stop and start them, read their logs.",
    ),
    "tools": ("assistant.cli.tools_command", "List the tools that can be called, and how carefully."),
    "try": ("assistant.cli.try_command", "Try a server: say a line, see what happens."),
    "update-check": ("assistant.cli.update_check_command", "Tell whether a newer version is published."),
    "web": ("assistant.cli.web_command", "Serve the dashboard to a browser on this machine."),
}


INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells define it: 128 + SIGINT."""


class LazyGroup(click.Group):
    """A group whose commands are imported when called, not when listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table above without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mcqueen", message="%(version)s")
@click.option("--plain", is_flag=True, help="Without a command: line by line, for screen readers and pipes.")
@click.option("--no-sound", is_flag=True, help="Without a command: leave microphone and speaker alone.")
@click.option(
    "--only",
    metavar="SERVER",
    help="Without a command: use this server alone, without the car's and the profile's tools.",
)
@click.pass_context
def cli(context: click.Context, plain: bool, no_sound: bool, only: str | None) -> int | None:
    """McQueen: a voice-first assistant for the driver.

    Without a command it opens the dashboard.
    """
    if context.invoked_subcommand is not None:
        if plain or no_sound or only is not None:
            raise click.UsageError("--plain, --no-sound and --only go with the dashboard: leave out the command")
        return None
    command = cli.get_command(context, "dashboard")
    assert command is not None
    code = context.invoke(command, plain=plain, no_sound=no_sound, only=only)
    return code if isinstance(code, int) else None


def main() -> None:
    """Run the command line; the entry point of the package."""
    # First of all, so that no library sets up logging its own way: warnings, on stderr.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(TerminalFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    sys.excepthook = show_traceback
    from client.client_errors import ClientError, UsageError  # keeps --help instant
    from voice.voice_errors import AudioFileError, VoiceError  # the same

    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        complain("interrupted; nothing was lost")
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        complain_of_usage(error)
        sys.exit(error.exit_code)
    except (UsageError, AudioFileError) as error:
        complain(str(error))
        sys.exit(ExitCode.USAGE)
    except (ClientError, VoiceError) as error:
        complain(str(error))
        sys.exit(ExitCode.FAILED)
    except KeyboardInterrupt:
        complain("interrupted; nothing was lost")
        sys.exit(INTERRUPTED)
    sys.exit(code if isinstance(code, int) else ExitCode.OK)
