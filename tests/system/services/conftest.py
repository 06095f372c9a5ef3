"""Servers of mail and calendars that others wrote, as processes of their own: run by `make test-system`.

Those from apt (dovecot-imapd, postfix) are skipped visibly if they are missing; Xandikos is installed from PyPI into a
folder of its own.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

XANDIKOS = "xandikos==0.4.10"
DRIVER = "driver@example.org"
SECRET = "größe-9"


@pytest.fixture(autouse=True, scope="session")  # before any server is started
def asked_for(request: pytest.FixtureRequest) -> None:
    """Leave `make test` with what needs nothing but pip."""
    if "system" not in request.config.getoption("-m"):
        pytest.skip("needs programs from apt: make test-system")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def program(name: str, package: str) -> str:
    """Return where a program is, or skip."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is missing: apt-get install {package}")
    return found


def until_listening(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while True:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        said = log.read_text(errors="replace")[-2000:] if log.exists() else ""
        assert process.poll() is None, said
        assert time.monotonic() < until, said
        time.sleep(0.05)


@dataclass(frozen=True)
class RunningServer:
    port: int
    folder: Path


@pytest.fixture(scope="session")
def xandikos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("xandikos")
    installed = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder / "packages"), XANDIKOS],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if installed.returncode != 0:
        pytest.skip(f"{XANDIKOS} cannot be installed: {installed.stderr.strip()[-200:]}")
    port, log = free_port(), folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "xandikos", "serve", "-d", str(folder / "data"), "--port", str(port),
             "-l", "127.0.0.1", "--autocreate", "--defaults", "--current-user-principal", "/user/"],
            stdout=output, stderr=output, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder / "packages")},
        )  # fmt: skip
    until_listening(port, process, log)
    yield RunningServer(port, folder)
    process.terminate()
    process.wait(10)


DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login{mechanisms}
auth_failure_delay = 0
default_internal_user = {owner}
default_internal_group = {group}
default_login_user = {owner}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/mail
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%u {folder}/users
}}
{more}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
"""


DOVECOT_TOKENS = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2
}}
"""


@pytest.fixture
def dovecot() -> Iterator[RunningServer]:
    """A Dovecot with one empty maildir in the folder `mail`."""
    with running_dovecot() as server:
        yield server


@contextmanager
def running_dovecot(introspection: str = "", mechanism: str = "") -> Iterator[RunningServer]:
    """Run a Dovecot; with the address of an introspection endpoint it takes tokens by that mechanism as well."""
    dovecot_program = program("dovecot", "dovecot-imapd")
    if not Path("/usr/lib/dovecot/imap").exists():
        pytest.skip("dovecot's imap is missing: apt-get install dovecot-imapd")
    import grp

    owner = pwd.getpwnam("mail") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    folder = Path("/tmp") / f"dovecot-{os.getpid()}-{free_port()}"  # a short path that others enter
    folder.mkdir(mode=0o755)
    for name in ("cur", "new", "tmp"):
        (folder / "mail" / name).mkdir(parents=True)
    (folder / "users").write_text(f"{DRIVER}:{{PLAIN}}{SECRET}::::::\n")
    port = free_port()
    group = grp.getgrgid(owner.pw_gid).gr_name
    (folder / "oauth2").write_text(
        f"introspection_url = {introspection}\nintrospection_mode = post\nusername_attribute = username\n"
        "active_attribute = active\nactive_value = true\n"
    )
    (folder / "conf").write_text(
        DOVECOT.format(
            folder=folder,
            port=port,
            owner=owner.pw_name,
            group=group,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            mechanisms=f" {mechanism}",
            more=DOVECOT_TOKENS.format(folder=folder) if introspection else "",
        )
    )
    process = subprocess.Popen([dovecot_program, "-c", str(folder / "conf"), "-F"], stderr=subprocess.DEVNULL)
    try:
        until_listening(port, process, folder / "log")
        yield RunningServer(port, folder)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


POSTFIX_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log
maillog_file_prefixes = /tmp
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.org
mydestination = example.org
mynetworks = 127.0.0.0/8
alias_maps =
local_transport = discard
local_recipient_maps = inline:{{ {{ ann@example.org = x }}, {{ tom@example.org = x }}, {{ grey@example.org = x }} }}
smtpd_recipient_restrictions =
  check_recipient_access inline:{{ {{ grey@example.org = 450 4.7.1 Greylisted }} }},
  check_recipient_access inline:{{ {{ full@example.org = 452 4.2.2 full }} }},
  reject_unauth_destination, reject_unlisted_recipient
"""
POSTFIX_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@pytest.fixture(scope="session")
def postfix() -> Iterator[RunningServer]:
    """A Postfix that knows ann, tom and grey at example.org, puts grey off, and drops what it takes."""
    program("postfix", "postfix")
    if os.getuid() != 0:
        pytest.skip("Postfix starts only as root")
    folder, port = Path("/tmp") / f"postfix-{os.getpid()}", free_port()
    for name in ("queue", "data"):
        (folder / name).mkdir(parents=True)
    folder.chmod(0o755)
    shutil.chown(folder / "data", "postfix")
    (folder / "main.cf").write_text(POSTFIX_MAIN.format(folder=folder))
    (folder / "master.cf").write_text(POSTFIX_MASTER.format(port=port))
    subprocess.run(["/usr/sbin/postfix", "-c", str(folder), "check"], capture_output=True, check=False)
    process = subprocess.Popen(
        ["/usr/sbin/postfix", "-c", str(folder), "start-fg"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until_listening(port, process, folder / "log")
        yield RunningServer(port, folder)
    finally:
        subprocess.run(["/usr/sbin/postfix", "-c", str(folder), "stop"], capture_output=True, check=False)
        process.wait(20)
        shutil.rmtree(folder)
