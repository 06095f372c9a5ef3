"""Checks values against a foreign JSON Schema within a limited time.

`jsonschema` decides. This module limits the harm that a schema can do: patterns go through `client.schemas.patterns`,
nothing is fetched, and a schema whose references multiply is given up. Pure; it never changes a value.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from fractions import Fraction
from functools import lru_cache
from typing import Any

from client.client_errors import SchemaTroubleError
from client.schemas.patterns import matches
from client.values import JSON, canonical

LONGEST_CHECK = 0.05
"""Seconds of processor time that one check of one value may take."""
_STEPS_BETWEEN_LOOKS = 64
"""Keywords checked between two readings of the clock; reading a thread's processor time is a system call."""
_FEW = 200

_Keyword = Callable[[Any, Any, Any, Any], Any]


class _Budget:
    """What one check may still cost."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until: float | None = None
        self._steps = 0

    def spend(self, steps: int = 1) -> None:
        """Raise `SchemaTroubleError` if the check has cost too much."""
        self._steps += steps
        if self._steps < _STEPS_BETWEEN_LOOKS:
            return
        self._steps, now = 0, time.thread_time()
        if self._until is None:
            self._until = now + self._seconds
        elif now > self._until:
            raise SchemaTroubleError("takes too long to check")


_budget: ContextVar[_Budget] = ContextVar("budget")


class SchemaCheck:
    """One schema, ready to check values. A pattern that cannot be judged refuses nothing."""

    def __init__(self, schema: Mapping[str, JSON]) -> None:
        from jsonschema.validators import validator_for  # heavy: only if values are checked
        from referencing import Registry  # the same

        own = dict(schema)
        # An empty registry, so that no schema can make us fetch anything.
        self._validator = _bounded(validator_for(own), _has_patterns(own))(own, registry=Registry())

    def errors(self, value: Any, seconds: float = LONGEST_CHECK) -> list[Any]:
        """Return `jsonschema.ValidationError`s, the most relevant first; none if the value fits.

        Raises `SchemaTroubleError` if the schema cannot be used, or needs more than `seconds` of work.
        """
        from jsonschema.exceptions import UnknownType, relevance  # the same
        from referencing.exceptions import Unresolvable  # the same

        token = _budget.set(_Budget(seconds))
        try:
            return sorted(self._validator.iter_errors(value), key=relevance, reverse=True)
        except (RecursionError, Unresolvable) as error:
            raise SchemaTroubleError("refers to something that is not there") from error
        except (UnknownType, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise SchemaTroubleError("is not valid JSON Schema") from error
        finally:
            _budget.reset(token)


@lru_cache(maxsize=32)
def _bounded(kind: Any, with_patterns: bool) -> Any:
    """Return a validator class that checks the time at every keyword."""
    from jsonschema.validators import extend  # the same

    ours: dict[str, _Keyword] = {
        "pattern": _pattern,
        "multipleOf": _multiple_of,
        "uniqueItems": _unique_items(kind.VALIDATORS.get("uniqueItems")),
    }
    if with_patterns:
        # It would look for names by `re`. The server still refuses a name too many.
        ours |= {"patternProperties": _pattern_properties, "additionalProperties": _additional_properties}
        ours["unevaluatedProperties"] = _nothing
    keywords = {**kind.VALIDATORS, **ours}
    return extend(kind, {name: _timed(keyword) for name, keyword in keywords.items()})  # type: ignore[no-untyped-call]  # it has none


def _has_patterns(schema: JSON) -> bool:
    waiting: list[JSON] = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if "patternProperties" in part:
                return True
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return False


def _timed(keyword: _Keyword) -> _Keyword:
    def timed(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        _budget.get().spend()
        return keyword(validator, value, instance, schema)

    return timed


def _matches(pattern: str, text: str) -> bool | None:
    _budget.get().spend(1 + len(text))  # the worst pattern takes 0.1 ms a letter
    return matches(pattern, text)


def _pattern(validator: Any, pattern: Any, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError  # the same

    if isinstance(pattern, str) and isinstance(instance, str) and _matches(pattern, instance) is False:
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _multiple_of(validator: Any, factor: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """Compare numbers as they are written: by the floats of `jsonschema` 4.26, 19.99 is no multiple of 0.01."""
    from jsonschema.exceptions import ValidationError  # the same

    if isinstance(instance, bool) or not isinstance(instance, int | float) or not math.isfinite(instance):
        return
    if (Fraction(str(instance)) / Fraction(str(factor))).denominator != 1:
        yield ValidationError(f"{instance!r} is not a multiple of {factor}")


def _pattern_properties(validator: Any, patterns: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if not isinstance(instance, dict) or not isinstance(patterns, dict):
        return
    for pattern, part in patterns.items():
        for name, value in instance.items():
            if _matches(pattern, name):
                yield from validator.descend(value, part, path=name, schema_path=pattern)


def _additional_properties(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError  # the same

    if not isinstance(instance, dict):
        return
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    extras = [n for n in instance if n not in known and not any(_matches(p, n) is not False for p in patterns)]
    if isinstance(wanted, dict):
        for name in extras:
            yield from validator.descend(instance[name], wanted, path=name)
    elif wanted is False and extras:
        named = ", ".join(repr(name) for name in extras[:3])
        yield ValidationError(f"Additional properties are not allowed ({named} unexpected)")


def _unique_items(keyword: _Keyword | None) -> _Keyword:
    def unique(validator: Any, wanted: Any, instance: Any, schema: Any) -> Any:
        from jsonschema.exceptions import ValidationError  # the same

        if not isinstance(instance, list) or len(instance) <= _FEW:
            return keyword(validator, wanted, instance, schema) if keyword is not None else None
        if wanted and len({canonical(item) for item in instance}) < len(instance):
            return iter([ValidationError("has non-unique elements")])
        return None

    return unique


def _nothing(validator: Any, value: Any, instance: Any, schema: Any) -> None:
    return None
