"""OpenSMTPD and Exim as processes of their own. Debian installs only one mail server at a time, so each may be missing.

Each knows ann and tom at example.org and drops what it takes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.system.services.conftest import RunningServer, free_port, until_listening

OPENSMTPD = """
listen on 127.0.0.1 port {port}
table people {{ "ann@example.org" = "nobody", "tom@example.org" = "nobody" }}
action "drop" mda "cat > /dev/null" virtual <people>
match from any for domain "example.org" action "drop"
"""
EXIM = """
primary_hostname = mail.example.org
exim_user = nobody
exim_group = nogroup
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
pid_file_path = {folder}/pid
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
domainlist local_domains = example.org
acl_smtp_rcpt = recipients
tls_advertise_hosts =
begin acl
recipients:
  defer local_parts = grey
        message = Greylisted
  defer local_parts = full
        message = 4.2.2 Mailbox full
  require message = relay not permitted
          domains = +local_domains
  require verify = recipient
  accept
begin routers
people:
  driver = accept
  domains = +local_domains
  local_parts = ann : tom
  transport = gone
begin transports
gone:
  driver = appendfile
  file = /dev/null
  user = nobody
"""


@contextmanager
def running_opensmtpd() -> Iterator[RunningServer]:
    """Run an OpenSMTPD, or skip where it is missing or the tests are not root's."""
    if not Path("/usr/sbin/smtpctl").exists():
        pytest.skip("OpenSMTPD is missing: apt-get install opensmtpd, which takes Postfix's place")
    with _running(["/usr/sbin/smtpd", "-d", "-f"], OPENSMTPD) as server:
        yield server


@contextmanager
def running_exim() -> Iterator[RunningServer]:
    """Run an Exim, or skip where it is missing or the tests are not root's."""
    program = Path("/usr/sbin/exim4")
    if not program.exists():
        pytest.skip("Exim is missing: apt-get install exim4-daemon-light, which takes Postfix's place")
    with _running([str(program), "-bdf", "-q1h", "-C"], EXIM) as server:
        yield server


@contextmanager
def _running(command: list[str], settings: str) -> Iterator[RunningServer]:
    if os.getuid() != 0:
        pytest.skip("this mail server starts only as root")
    port = free_port()
    folder = Path("/tmp") / f"smtp-{os.getpid()}-{port}"
    (folder / "spool").mkdir(parents=True, mode=0o755)
    (folder / "conf").write_text(settings.format(folder=folder, port=port))
    for place in (folder, folder / "spool"):
        shutil.chown(place, "nobody")
    (folder / "conf").chmod(0o644)
    with (folder / "log").open("wb") as output:
        process = subprocess.Popen([*command, str(folder / "conf")], stdout=output, stderr=output)
    try:
        until_listening(port, process, folder / "log")
        yield RunningServer(port, folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        time.sleep(0.2)  # its children write their last lines
        shutil.rmtree(folder, ignore_errors=True)
