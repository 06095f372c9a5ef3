"""`mcqueen interpret`: prints what sentences ask for, one line each, without calling a tool.

Reads arguments and files and prints; `assistant.understanding` interprets.
"""

from __future__ import annotations

import json
import os
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.catalogs import choose_catalog, context_at
from assistant.cli.output import ExitCode, answer, answer_json, stop

if TYPE_CHECKING:
    from assistant.understanding.interpret import Interpreter
    from assistant.understanding.language import Language
    from assistant.understanding.learning.experience import Experience
    from client.catalog import Catalog
    from client.values import JSON

Line = tuple["JSON", str, str]
"""A sentence with its id as given, and the error in its line (then the text is empty)."""


@dataclass(frozen=True)
class _Tools:
    """The source of the tools; by default the configured servers."""

    file: Path | None
    server: str | None


@click.command()
@click.argument("text", nargs=-1)
@click.option("--batch", type=click.Path(path_type=Path), help='A file with one {"id", "text"} a line.')
@click.option(
    "--catalog", "catalog_file", type=click.Path(path_type=Path), help="A file with an MCP tools/list result."
)
@click.option("--server", help="Take the tools of this server: URL, configured name or command line.")
@click.option("--now", help="The clock for relative dates, ISO 8601; local time without an offset. Default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--language", "code", default="en", show_default=True, help="The language of the sentences: en or de.")
@click.option("--forget", is_flag=True, help="Forget what was learned from you, and do nothing else.")
@click.option("--explain", is_flag=True, help="Say how each sentence was understood, stage by stage.")
@click.option("--confirming", is_flag=True, help="Take each text as the answer to a read-back.")
def command(
    text: tuple[str, ...],
    batch: Path | None,
    catalog_file: Path | None,
    server: str | None,
    now: str | None,
    as_json: bool,
    code: str,
    forget: bool,
    explain: bool,
    confirming: bool,
) -> None:
    """Tell what sentences ask for.

    Each TEXT is one sentence; --batch reads them from a file. No tool is called.
    """
    if forget:
        _forget()
        return
    if batch is not None and text:
        stop("give sentences or --batch, not both")
    if batch is None and not text:
        stop('give a sentence in quotation marks, for example: mcqueen interpret "find a fuel station"')
    lines: Iterator[Line] = _batch_lines(batch) if batch is not None else _typed_lines(text)
    # Several threads for small products make learning from examples half as fast; numpy reads this when imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if explain:
        if as_json or confirming:
            stop("give --explain without --json and --confirming")
        _explain(lines, _Tools(catalog_file, server), now, code)
        return
    read = (
        _confirming_reader(code)
        if confirming
        else _reader(_Tools(catalog_file, server), now, code, many=batch is not None)
    )
    for id_, sentence, problem in lines:
        if problem:
            found: dict[str, Any] = {"id": id_, "error": {"code": "bad_line", "message": problem}}
        else:
            found = read(id_, sentence)
        if as_json:
            answer_json(found)
        else:
            answer(_for_people(found))


def _typed_lines(texts: tuple[str, ...]) -> Iterator[Line]:
    for number, text in enumerate(texts):
        yield str(number), text, ""


def _batch_lines(path: Path) -> Iterator[Line]:
    try:
        content = path.read_bytes().removeprefix(BOM_UTF8)
    except OSError as error:
        stop(f"cannot read the batch file {path}: {error.strerror}")
    return (_batch_line(number, raw) for number, raw in enumerate(content.split(b"\n"), 1) if raw.strip())


def _batch_line(number: int, raw: bytes) -> Line:
    wanted = 'write {"id": "1", "text": "find a fuel station"}'
    try:
        value = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return None, "", f"line {number} is not UTF-8 text; {wanted}"
    except (json.JSONDecodeError, RecursionError):
        return None, "", f"line {number} is not JSON; {wanted}"
    if not isinstance(value, dict):
        return None, "", f"line {number} is not an object; {wanted}"
    name: JSON = value.get("id")
    if name is None:
        return None, "", f'line {number} has no "id"; {wanted}'
    text = value.get("text")
    if not isinstance(text, str):
        return name, "", f'line {number} has no "text" that is a string; {wanted}'
    return name, text, ""


def _language(code: str) -> Language:
    from assistant.understanding.language import language  # keeps --help instant

    try:
        return language(code)
    except FileNotFoundError:
        stop(f"McQueen does not know the language {code}; give en or de")


def _experience() -> Experience:
    from assistant.settings.settings import load_settings  # keeps --help instant
    from assistant.understanding.learning.experience import FILE_NAME, Experience  # the same

    return Experience(load_settings().data_path / FILE_NAME)


def _forget() -> None:
    from assistant.understanding.learning.index_cache import IndexFolder  # keeps --help instant

    try:
        gone = _experience().forget()
        IndexFolder.on_this_machine().clear()
    except OSError as error:
        stop(f"cannot forget what is in {error.filename}: {error.strerror}", ExitCode.FAILED)
    answer(f"Forgotten: {gone} sentences." if gone else "Nothing was learned.")


def _interpreter(catalog: Catalog, given: _Tools, code: str, *, at_once: bool) -> Interpreter:
    from assistant.understanding.interpret import Interpreter  # heavy: keeps --help instant
    from assistant.understanding.learning.index_cache import IndexFolder  # the same

    taught = {} if given.file is not None else _experience().examples
    return Interpreter(
        catalog, spoken=_language(code), taught=taught, kept=IndexFolder.on_this_machine(), at_once=at_once
    )


def _explain(given: Iterator[Line], tools: _Tools, now: str | None, code: str) -> None:
    from assistant.understanding.explaining import lines  # keeps --help instant

    context = context_at(now)
    _language(code)
    interpreter = _interpreter(choose_catalog(tools.file, tools.server, code), tools, code, at_once=False)
    for id_, sentence, problem in given:
        if problem:
            answer(f"{'?' if id_ is None else id_}: {problem}")
            continue
        for line in lines(sentence, interpreter.explain(sentence, context)):
            answer(line)


def _reader(tools: _Tools, now: str | None, code: str, *, many: bool) -> Callable[[JSON, str], dict[str, Any]]:
    from assistant.understanding.lines import line_for  # keeps --help instant

    context = context_at(now)
    _language(code)  # an unknown one is told of before servers are asked
    catalog = choose_catalog(tools.file, tools.server, code)
    interpreter = _interpreter(catalog, tools, code, at_once=many)
    return lambda id_, text: line_for(id_, text, interpreter.read([text], context), catalog)


def _confirming_reader(code: str) -> Callable[[JSON, str], dict[str, Any]]:
    from assistant.understanding.answers.yes_or_no import YesOrNoReader  # keeps --help instant

    confirming = YesOrNoReader(_language(code))
    return lambda id_, text: {"id": id_, "answer": confirming.answer(text).value}


def _for_people(found: dict[str, Any]) -> str:
    if "error" in found:
        return f"{'?' if found['id'] is None else found['id']}: {found['error']['message']}"
    if "answer" in found:
        return f"{found['id']}: {found['answer']}"
    if found["tool"] is None:
        return f"{found['text']}: no tool fits"
    told = "; then ".join(map(_call_for_people, [found, *found.get("then", ())]))
    left = f"; not understood: {found['left']}" if found.get("left") else ""
    return f"{found['text']}: {told}{left}"


def _call_for_people(found: Mapping[str, Any]) -> str:
    arguments = ", ".join(
        f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in found["arguments"].items()
    )
    missing = f"; missing: {', '.join(found['missing'])}" if found["missing"] else ""
    return f"{found['tool']}({arguments}) {found['score']:.2f}{missing}"
