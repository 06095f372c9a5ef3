"""Whether traces are wished for. Apart from `tracing.py`, so that asking loads nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


def traces_wished(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether the environment names a place for traces."""
    return bool(environment.get(ENDPOINT))
