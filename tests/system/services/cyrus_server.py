"""A Cyrus IMAP server with mail and calendars of one user, as a process of its own (Debian's cyrus-imapd)."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.system.services.conftest import DRIVER, SECRET, free_port, until_listening

IMAPD = """
configdirectory: {folder}/config
proc_path: {folder}/proc
mboxname_lockpath: {folder}/lock
defaultpartition: default
partition-default: {folder}/mail
temp_path: {folder}/tmp
idlesocket: {folder}/idle
notifysocket: {folder}/notify
lmtpsocket: {folder}/lmtp
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {folder}/passwords
sasl_mech_list: PLAIN LOGIN
httpmodules: caldav
virtdomains: userid
unixhierarchysep: yes
altnamespace: no
autocreate_quota: -1
"""
MASTER = """
START {{
  recover cmd="/usr/sbin/cyrus ctl_cyrusdb -C {folder}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="/usr/lib/cyrus/bin/imapd -C {folder}/imapd.conf" listen="127.0.0.1:{imap}" proto="tcp4" prefork=0
  http cmd="/usr/lib/cyrus/bin/httpd -C {folder}/imapd.conf" listen="127.0.0.1:{http}" proto="tcp4" prefork=0
}}
EVENTS {{
}}
"""
PACKAGES = "apt-get install cyrus-imapd cyrus-caldav sasl2-bin, which take Dovecot's place"


@dataclass(frozen=True)
class RunningCyrus:
    """Where it is; its only user is `DRIVER` with the password `SECRET`."""

    imap: int
    http: int

    @property
    def home(self) -> str:
        """Where the user's calendars are."""
        return f"http://127.0.0.1:{self.http}/dav/calendars/user/{DRIVER}/"


@contextmanager
def running_cyrus() -> Iterator[RunningCyrus]:
    """Run a Cyrus with an empty inbox, or skip where it is missing or the tests are not root's."""
    missing = [name for name in ("cyrmaster", "saslpasswd2") if not Path("/usr/sbin", name).exists()]
    if missing or not Path("/usr/lib/cyrus/bin/httpd").exists():
        pytest.skip(f"Cyrus is missing: {PACKAGES}")
    if os.getuid() != 0:
        pytest.skip("Cyrus starts only as root")
    imap, http = free_port(), free_port()
    folder = Path("/tmp") / f"cyrus-{os.getpid()}-{imap}"  # a short path that its own user enters
    for name in ("config", "mail", "tmp", "proc", "lock"):
        (folder / name).mkdir(parents=True)
    (folder / "imapd.conf").write_text(IMAPD.format(folder=folder))
    (folder / "cyrus.conf").write_text(MASTER.format(folder=folder, imap=imap, http=http))
    user, _, domain = DRIVER.partition("@")
    keep = ["/usr/sbin/saslpasswd2", "-p", "-c", "-f", str(folder / "passwords"), "-u", domain, user]
    subprocess.run(keep, input=SECRET.encode(), check=True)
    subprocess.run(["chown", "-R", "cyrus:mail", str(folder)], check=True)
    process = subprocess.Popen(
        ["/usr/sbin/cyrmaster", "-C", str(folder / "imapd.conf"), "-M", str(folder / "cyrus.conf"),
         "-p", str(folder / "pid"), "-D", "-L", str(folder / "log")],
    )  # fmt: skip
    try:
        until_listening(imap, process, folder / "log")
        with socket.create_connection(("127.0.0.1", imap), 30) as greeted:
            greeted.recv(100)
        yield RunningCyrus(imap, http)
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
