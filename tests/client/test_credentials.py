"""Where logins are kept: a keyring where there is one, else an encrypted file, and never anywhere else."""

from __future__ import annotations

import multiprocessing
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import KeyringLocked, PasswordDeleteError

from client.access.accounts import Accounts, Credentials, KeptSession
from client.access.credentials import KEY_FILE, SECRETS_FILE, CredentialStore, address_of
from client.access.system_keyring import keyring_in_use, of_keyring
from client.client_errors import CredentialsError

SECRET = "eyJhbGciOi-very-secret"
BANK = "https://bank.example/api/v1"


class MemoryKeyring(KeyringBackend):
    """A keyring of this process; it keeps the contract of `keyring` backends."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring ships few types
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked(SECRET)
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked(SECRET)
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("no such entry")


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.mark.proves("C.credentials")
async def test_with_a_keyring_the_login_is_there_and_in_no_file(tmp_path: Path, ring: MemoryKeyring) -> None:
    accounts = Accounts(CredentialStore(tmp_path), BANK)
    await accounts.add(Credentials("anna", SECRET))
    assert SECRET in "".join(ring.kept.values())
    assert not any((tmp_path / name).exists() for name in (KEY_FILE, SECRETS_FILE))
    assert await CredentialStore(tmp_path).notice() == ""
    assert await Accounts(CredentialStore(tmp_path), BANK).credentials() == Credentials("anna", SECRET)


@pytest.mark.proves("C.credentials")
@pytest.mark.usefixtures("no_ring")
async def test_without_a_keyring_the_login_is_in_an_encrypted_file_for_the_owners_eyes_and_that_is_said(
    tmp_path: Path,
) -> None:
    store = CredentialStore(tmp_path / "data")
    accounts = Accounts(store, BANK)
    await accounts.add(Credentials("anna", SECRET))
    for name in (KEY_FILE, SECRETS_FILE):
        file = tmp_path / "data" / name
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert SECRET.encode() not in file.read_bytes()
        assert b"anna" not in file.read_bytes()
    notice = await store.notice()
    assert "no keyring" in notice
    assert str(tmp_path / "data" / SECRETS_FILE) in notice
    assert await Accounts(CredentialStore(tmp_path / "data"), BANK).credentials("anna") == Credentials("anna", SECRET)


@pytest.mark.usefixtures("no_ring")
async def test_a_login_from_the_time_without_a_keyring_is_found_and_forgotten_once_there_is_one(tmp_path: Path) -> None:
    await Accounts(CredentialStore(tmp_path), BANK).add(Credentials("anna", SECRET))
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    accounts = Accounts(CredentialStore(tmp_path), BANK)
    assert await accounts.credentials() == Credentials("anna", SECRET)
    assert await accounts.remove("anna")
    assert await accounts.credentials() is None
    assert await Accounts(CredentialStore(tmp_path), BANK).names() == ()


async def test_a_login_belongs_to_its_address_and_to_no_other(tmp_path: Path, ring: MemoryKeyring) -> None:
    store = CredentialStore(tmp_path)
    await Accounts(store, "https://Bank.Example/api/v1/?x=1").add(Credentials("anna", SECRET))
    assert await Accounts(store, BANK).credentials() is not None
    for other in ("https://bank.example:8443/api/v1", "http://bank.example/api/v1", "https://evil.example/api/v1"):
        assert await Accounts(store, other).credentials() is None
    assert address_of("http://anna:pw@[::1]:3001/mcp/?q#f") == "http://[::1]:3001/mcp"


async def test_several_accounts_of_one_server_are_kept_side_by_side(tmp_path: Path, ring: MemoryKeyring) -> None:
    accounts = Accounts(CredentialStore(tmp_path), BANK)
    await accounts.add(Credentials("anna", "a"))
    await accounts.add(Credentials("ben", "b"))
    await accounts.keep_session("anna", KeptSession("ab" * 32, 5.0, 3.0))
    assert await accounts.names() == ("ben", "anna")
    assert await accounts.credentials() == Credentials("ben", "b")
    assert await accounts.credentials("anna") == Credentials("anna", "a")
    assert await accounts.remove("ben")
    assert not await accounts.remove("ben")
    assert await accounts.credentials() == Credentials("anna", "a")
    assert await accounts.session("anna") == KeptSession("ab" * 32, 5.0, 3.0)
    await accounts.remove("anna")
    assert ring.kept == {}


@pytest.mark.proves("C.secret")
async def test_no_error_and_no_text_form_shows_a_secret(tmp_path: Path, ring: MemoryKeyring) -> None:
    accounts = Accounts(CredentialStore(tmp_path), BANK)
    await accounts.add(Credentials("anna", SECRET))
    ring.locked = True
    with pytest.raises(CredentialsError, match=r"KeyringLocked.*unlock it") as caught:
        await accounts.credentials()
    shown = f"{caught.value!r} {caught.value.__cause__} {Credentials('anna', SECRET)!r} {accounts!r}"
    assert SECRET not in shown
    assert "ab" * 32 not in repr(KeptSession("ab" * 32, 5.0, 3.0))


async def test_a_keyring_that_cannot_be_loaded_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> KeyringBackend:
        raise ModuleNotFoundError("no such backend")

    monkeypatch.setattr(keyring, "get_keyring", broken)
    with pytest.raises(CredentialsError, match=r"cannot be loaded \(ModuleNotFoundError\)"):
        await CredentialStore(tmp_path).load(BANK, "x")


class Bus(Exception):  # noqa: N818  # as a library for D-Bus names its own
    """An error of D-Bus, which is no error of `keyring`."""


@pytest.mark.parametrize("error", [Bus(SECRET), OSError(SECRET), KeyError(SECRET), RuntimeError(SECRET), EOFError()])
async def test_a_keyring_that_fails_in_any_way_is_one_sentence_with_the_way_out(
    tmp_path: Path, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_: str) -> None:
        raise error

    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(ring, name, broken)
    store = CredentialStore(tmp_path)
    for asked in (store.load(BANK, "x"), store.keep(BANK, "x", {}), store.forget(BANK, "x")):
        with pytest.raises(CredentialsError, match=r"keyring cannot be used .*keyring --disable") as told:
            await asked
        assert SECRET not in str(told.value)


def test_a_keyring_that_waits_for_a_prompt_nobody_sees_comes_to_an_end() -> None:
    waiting = threading.Event()
    with pytest.raises(CredentialsError, match=r"no answer in 0\.05 s"):
        of_keyring(waiting.wait, 0.05)
    waiting.set()


def test_a_locked_keyring_is_found_by_asking_it(ring: MemoryKeyring) -> None:
    assert keyring_in_use() == ring.name
    ring.locked = True
    with pytest.raises(CredentialsError, match=r"KeyringLocked.*unlock it"):
        keyring_in_use()


@pytest.mark.usefixtures("no_ring")
async def test_a_damaged_or_readable_file_is_named_with_its_cure(tmp_path: Path) -> None:
    accounts = Accounts(CredentialStore(tmp_path), BANK)
    await accounts.add(Credentials("anna", SECRET))
    file = tmp_path / SECRETS_FILE
    file.chmod(0o644)
    with pytest.raises(CredentialsError, match=r"others may read.*chmod 600"):
        await accounts.credentials()
    file.chmod(0o600)
    file.write_bytes(b"nonsense")
    with pytest.raises(CredentialsError, match="damaged; remove the file"):
        await accounts.credentials()
    (tmp_path / KEY_FILE).unlink()
    with pytest.raises(CredentialsError, match="cannot read the logins"):
        await accounts.credentials()


def _keep_many(folder: str, who: str) -> None:
    import asyncio

    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring ships few types
    store = CredentialStore(Path(folder))

    async def keep() -> None:
        await asyncio.gather(*(store.keep(BANK, f"{who}{number}", {"n": number}) for number in range(10)))

    asyncio.run(keep())


@pytest.mark.usefixtures("no_ring")
async def test_two_processes_that_keep_logins_at_once_lose_none(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_keep_many, args=(str(tmp_path), who)) for who in ("a", "b")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
        assert worker.exitcode == 0
    store = CredentialStore(tmp_path)
    for who in ("a", "b"):
        assert [await store.load(BANK, f"{who}{number}") for number in range(10)] == [{"n": n} for n in range(10)]
