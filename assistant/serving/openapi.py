"""Operations of the REST faces as data. Routes and OpenAPI pages are made from the same data, so they always agree.

It says what each operation takes and returns and how it may fail; it handles nothing itself.
"""

from __future__ import annotations

import html
import inspect
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypedDict

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from assistant.serving.rest.rest_models import Problem

_MEANINGS: Mapping[int, str] = {
    400: "The request breaks its definition, or the tool failed.",
    401: "The session or token is missing, not valid or expired.",
    403: "This user may not.",
    404: "There is no such thing.",
    408: "The body did not come in time.",
    409: "Not taken: a read-back waits that the sender does not have; it is in lines.",
    413: "The body is larger than 1 MiB.",
    415: "The body is not application/json.",
    429: "Over the limit; Retry-After says how long to wait.",
    500: "A defect, or a process that did not start, or nobody knows whether it happened.",
    502: "It was sent and the answer was lost.",
    503: "Not now; nothing was done.",
    504: "No answer in time; it may have been executed.",
}
_ALWAYS = (401, 429, 503)
_WITH_BODY = (400, 408, 413, 415)
_NAME = re.compile(r"\{(\w+)(?::\w+)?\}")


class Details(TypedDict, total=False):
    """Optional parts of an operation, as in `Operation`."""

    takes: type[BaseModel]
    status: int
    errors: Sequence[int]
    query: Mapping[str, Mapping[str, Any]]
    failed: type[BaseModel]


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    """The route in Starlette's form, below the path of its API."""
    handle: Callable[[Request], Awaitable[Response]]
    gives: type[BaseModel]
    """The model of the answer if all went well."""
    takes: type[BaseModel] | None = None
    """The model of the request's body; None if it has none."""
    status: int = 200
    """The HTTP status if all went well."""
    errors: Sequence[int] = ()
    """Error statuses beyond those that every operation, or every operation with a body, may return."""
    query: Mapping[str, Mapping[str, Any]] | None = None
    """JSON Schemas of the query parameters."""
    failed: type[BaseModel] | None = None
    """A model that an error may have instead of `Problem`."""
    secured: bool = True
    """Whether the operation needs a session or a token."""
    documented: Callable[..., Any] | None = None
    """The function whose docstring describes the operation, if it is not the handler."""

    def route(self) -> Route:
        """Return the route."""
        return Route(self.path, self.handle, methods=[self.method], name=(self.documented or self.handle).__name__)

    @property
    def words(self) -> str:
        """Return one sentence that describes the operation."""
        return (inspect.getdoc(self.documented or self.handle) or "").partition("\n")[0]

    @property
    def statuses(self) -> list[int]:
        """Return every error status that the operation may return."""
        always = _ALWAYS if self.secured else _ALWAYS[1:]
        return sorted({*always, *(_WITH_BODY if self.takes else ()), *self.errors, 500})


def own_version() -> str:
    """Return this program's version; "0" if it is not installed."""
    try:
        return version("mcqueen")
    except PackageNotFoundError:
        return "0"


def openapi(title: str, base: str, operations: Sequence[Operation], release: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of operations below `base`."""
    models: set[type[BaseModel]] = {Problem, *(one.gives for one in operations)}
    models |= {model for one in operations for model in (one.takes, one.failed) if model}
    ordered = sorted(models, key=lambda model: model.__name__)
    references, definitions = models_json_schema(
        [(model, "validation") for model in ordered], ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        path = f"{base}{_NAME.sub(lambda name: '{' + name[1] + '}', one.path)}"
        paths.setdefault(path, {})[one.method.lower()] = _described(one, path, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": release, "description": "Every answer has success and request_id."},
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _described(one: Operation, path: str, references: Mapping[Any, Any]) -> dict[str, Any]:
    def content(*models: type[BaseModel] | None) -> dict[str, Any]:
        schemas = [references[model, "validation"] for model in models if model is not None]
        return {"application/json": {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}}

    names = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in _NAME.findall(path)
    ]
    asked = [{"name": name, "in": "query", "schema": dict(schema)} for name, schema in (one.query or {}).items()]
    found: dict[str, Any] = {
        "operationId": f"{(one.documented or one.handle).__name__}_{one.method.lower()}",
        "summary": one.words,
        "parameters": [*names, *asked],
        "responses": {
            str(one.status): {"description": "Done.", "content": content(one.gives)},
            **{
                str(code): {"description": _MEANINGS[code], "content": content(Problem, one.failed)}
                for code in one.statuses
            },
        },
        "security": [{"bearer": []}] if one.secured else [],
    }
    if one.takes is not None:
        found["requestBody"] = {"required": True, "content": content(one.takes)}
    return found


def pages(document: Callable[[], Mapping[str, Any]], base: str = "") -> list[Route]:
    """Return the routes of the document (`openapi.json`) and of its page for people (`docs`)."""

    async def as_json(_: Request) -> JSONResponse:
        return JSONResponse(document())

    async def as_page(_: Request) -> HTMLResponse:
        return HTMLResponse(
            page(document()), headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        )

    return [Route(f"{base}/openapi.json", as_json, methods=["GET"]), Route(f"{base}/docs", as_page, methods=["GET"])]


def page(document: Mapping[str, Any]) -> str:
    """Return the document as HTML that needs no network and runs no script."""
    parts = [
        "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>{html.escape(document['info']['title'])}</title>",
        "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
        "color-scheme:light dark}code,pre{font:14px/1.4 ui-monospace,monospace}pre{overflow:auto;padding:.75rem;"
        "border:1px solid #8886;border-radius:.4rem}summary{cursor:pointer}b{display:inline-block;min-width:4.5rem}"
        "</style>",
        f"<h1>{html.escape(document['info']['title'])}</h1><p>{html.escape(document['info']['description'])} "
        "The same for programs: <code>openapi.json</code>.</p>",
    ]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shown = {key: operation[key] for key in ("parameters", "requestBody", "responses") if operation.get(key)}
            parts.append(
                f"<details><summary><b>{method.upper()}</b> <code>{html.escape(path)}</code> "
                f"{html.escape(operation['summary'])}</summary><pre>{_json(shown)}</pre></details>"
            )
    parts.append("<h2>Shapes</h2>")
    for name, schema in document["components"]["schemas"].items():
        parts.append(
            f"<details><summary><code>{html.escape(name)}</code></summary><pre>{_json(schema)}</pre></details>"
        )
    return "\n".join(parts)


def _json(value: Any) -> str:
    return html.escape(json.dumps(value, indent=1, ensure_ascii=False))
