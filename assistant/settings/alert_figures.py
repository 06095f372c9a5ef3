"""The figures that an alert rule can watch, by the names that settings use. Data only."""

from __future__ import annotations

from typing import Literal

AlertFigure = Literal[
    "error_rate", "slow_calls", "outbox_waiting", "servers_down", "server_cpu", "server_memory", "server_open_files"
]
"""error_rate is a share, 0 to 1; slow_calls the P95 in seconds; outbox_waiting and servers_down are counts. The last
three are of the server's process that uses most: processors (1 is one of them), megabytes, open files.
"""
