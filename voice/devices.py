"""Sound devices through sounddevice (PortAudio): lists them, finds the configured one, and opens a stream on it.

PortAudio is loaded at the first use, so that all other parts work without it. Never plays or records: `microphone.py`
and `speaker.py` do. Opening, closing and listing again block, so callers do them in a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import functools
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Literal

from voice.voice_errors import DeviceError

Kind = Literal["microphone", "speaker"]
Callback = Callable[[Any, int, Any, Any], None]
"""The callback that PortAudio calls in its own thread for each block: buffer, frames, times, flags."""

BUFFER_SECONDS = 0.06
"""Seconds of sound to keep buffered: less runs dry on a busy machine, more makes interrupting slow."""
_USUAL_RATES = (48_000, 44_100, 16_000)
_ENDING_SECONDS = 0.5
"""Seconds that a device may take to ask for one more block, so that its thread ends by itself."""


@dataclass(frozen=True)
class Device:
    """One device as PortAudio lists it."""

    number: int
    name: str
    inputs: int
    outputs: int
    rate: int
    """Preferred samples per second."""
    default_for: tuple[Kind, ...] = ()

    def channels(self, kind: Kind) -> int:
        """Return the number of channels in that direction; 0 means none."""
        return self.inputs if kind == "microphone" else self.outputs


@dataclass(frozen=True)
class OpenStream:
    """A stream, started or not."""

    stream: Any
    device: Device
    rate: int
    channels: int
    ending: threading.Event
    """Set when its callback must no longer be called."""
    ended: threading.Event
    """Set once its thread no longer calls our code."""


class SoundSystem:
    """PortAudio in this process. It lists devices once; listing again is possible only while no stream is open."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._open: dict[int, OpenStream] = {}
        """Also kept here, so that no stream is freed while the device's thread calls its callback, which would
        crash."""

    def devices(self) -> list[Device]:
        """Return the devices. Raises `DeviceError` if there is no PortAudio or no device."""
        sounddevice = load_sounddevice()
        with self._lock, _translated(sounddevice, "the sound system does not answer"):
            defaults: dict[Kind, Any] = dict(zip(("microphone", "speaker"), sounddevice.default.device, strict=True))
            found = [
                Device(
                    number,
                    str(entry["name"]),
                    int(entry["max_input_channels"]),
                    int(entry["max_output_channels"]),
                    int(entry["default_samplerate"]) or 48_000,
                    tuple(kind for kind, default in defaults.items() if default == number),
                )
                for number, entry in enumerate(sounddevice.query_devices())
            ]
        if not found:
            raise DeviceError(f"there is no sound device{_NO_DEVICE_CURE}")
        return found

    def choose(self, kind: Kind, wanted: str = "") -> Device:
        """Return the device whose name contains `wanted` (any case, an exact name first), or the default for "".

        Raises `DeviceError`, naming the devices that exist.
        """
        able = [device for device in self.devices() if device.channels(kind)]
        if not able:
            raise DeviceError(f"there is no {kind}; plug one in, or use typed text and WAV files")
        if not wanted:
            return next((device for device in able if kind in device.default_for), able[0])
        name = wanted.lower()
        fitting = [d for d in able if d.name.lower() == name] or [d for d in able if name in d.name.lower()]
        if not fitting:
            names = ", ".join(device.name for device in able)
            raise DeviceError(f"there is no {kind} named {wanted}; there are: {names}")
        return fitting[0]

    def open(self, kind: Kind, wanted: str, callback: Callback, on_end: Callable[[], None]) -> OpenStream:
        """Open a stream of 16-bit blocks of 20 ms on the device of that name ("" is the default), not started yet.

        It uses a rate and channel count that the device accepts. Raises `DeviceError`.
        """
        sounddevice = load_sounddevice()
        make = sounddevice.RawInputStream if kind == "microphone" else sounddevice.RawOutputStream
        ending, ended = threading.Event(), threading.Event()

        def call(data: Any, frames: int, times: Any, status: Any) -> None:
            if ending.is_set():
                if kind == "speaker":
                    data[:] = bytes(len(data))
                raise sounddevice.CallbackAbort
            callback(data, frames, times, status)

        def end() -> None:
            on_end()
            ended.set()

        refusal: Exception | None = None
        with self._lock:  # from the choice on: listing again renumbers the devices
            device = self.choose(kind, wanted)
            numbers = dict.fromkeys((1, min(2, device.channels(kind)), device.channels(kind)))
            for rate, channels in product(dict.fromkeys((device.rate, *_USUAL_RATES)), numbers):
                try:
                    stream = make(
                        samplerate=rate, blocksize=rate // 50, device=device.number, channels=channels,
                        dtype="int16", latency=BUFFER_SECONDS, callback=call, finished_callback=end,
                    )  # fmt: skip
                except (sounddevice.PortAudioError, ValueError) as error:
                    refusal = error
                    if _is_away(error):
                        break
                    continue
                opened = OpenStream(stream, device, rate, channels, ending, ended)
                self._open[id(opened)] = opened
                return opened
        raise DeviceError(f"the {kind} {device.name} cannot be used: {_reason(refusal)}") from refusal

    async def open_apart(self, opening: Callable[[], OpenStream]) -> OpenStream:
        """Call `opening` in a thread. If the caller is cancelled meanwhile, close the opened stream.

        Raises `DeviceError`.
        """
        lock, wanted, opened = threading.Lock(), True, None

        def run() -> OpenStream:
            nonlocal opened
            stream = opening()
            with lock:
                if wanted:
                    opened = stream
                    return stream
            self.close(stream)
            raise DeviceError("nobody waits for the device any more")

        try:
            return await asyncio.to_thread(run)
        except asyncio.CancelledError:
            with lock:
                wanted = False
            if opened is not None:
                self.close(opened)
            raise

    def start(self, opened: OpenStream, kind: Kind) -> None:
        """Start the sound. Raises `DeviceError`; the stream is closed then."""
        sounddevice = load_sounddevice()
        try:
            with _translated(sounddevice, f"the {kind} {opened.device.name} cannot be started"):
                opened.stream.start()
        except DeviceError:
            self.close(opened)
            raise

    def close(self, opened: OpenStream) -> None:
        """Stop the device and give it back, within one block if it works; also a device that is gone. Idempotent."""
        sounddevice = load_sounddevice()
        with self._lock:
            if self._open.pop(id(opened), None) is None:
                return
            opened.ending.set()
            with contextlib.suppress(sounddevice.PortAudioError):
                # Aborting cancels the thread, and cancelling it inside our callback crashes the interpreter. So the
                # thread is told to end and joined; only a thread that no longer calls us is cancelled.
                if opened.stream.active and not opened.ended.wait(_ENDING_SECONDS):
                    opened.stream.abort(ignore_errors=True)
                else:
                    opened.stream.stop(ignore_errors=True)
            with contextlib.suppress(sounddevice.PortAudioError):
                opened.stream.close(ignore_errors=True)

    def look_again(self) -> bool:
        """List the devices again, to notice newly plugged ones. Returns False, and does nothing, while a stream is
        open.

        Raises `DeviceError`.
        """
        sounddevice = load_sounddevice()
        with self._lock:
            if self._open:
                return False
            with _translated(sounddevice, "the sound system does not answer"):
                # PortAudio lists devices when it is initialised, and has no other means to notice new ones.
                sounddevice._terminate()
                sounddevice._initialize()
        return True


SYSTEM = SoundSystem()
"""The single instance of this process, because PortAudio is global."""

_NO_DEVICE_CURE = "; plug in a microphone and a speaker, or use typed text and WAV files"


def describe_devices() -> list[str]:
    """Return one line for each sound device, the defaults marked. Raises `DeviceError` if there are none."""
    lines = []
    for device in SYSTEM.devices():
        marks = f" (default {' and '.join(device.default_for)})" if device.default_for else ""
        lines.append(f"{device.name}: {device.inputs} in, {device.outputs} out, {device.rate} Hz{marks}")
    return lines


def load_sounddevice() -> Any:
    """Return the sounddevice module. Raises `DeviceError` with the cure for this system."""
    try:
        import sounddevice  # loads PortAudio, which a machine may lack
    except OSError as error:
        raise DeviceError(f"PortAudio is missing, so there is no sound ({error}); {portaudio_cure()}") from error
    except ImportError as error:
        raise DeviceError("sounddevice is missing, so there is no sound; pip install sounddevice") from error
    if sys.platform == "linux":
        _silence_alsa()
    return sounddevice


@functools.cache
def _silence_alsa() -> None:
    """Make ALSA print nothing: each late block would print a line, and McQueen counts late blocks itself."""
    # Called in the device's threads, so it must not be Python; `strlen` takes what comes first, and does nothing.
    with contextlib.suppress(OSError, AttributeError):  # no ALSA
        nothing = ctypes.cast(ctypes.CDLL(None).strlen, ctypes.c_void_p)
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(nothing)


_CURES = {
    "debian": "apt install libportaudio2",
    "ubuntu": "apt install libportaudio2",
    "fedora": "dnf install portaudio",
    "rhel": "dnf install portaudio",
    "suse": "zypper install libportaudio2",
    "arch": "pacman -S portaudio",
    "alpine": "apk add portaudio",
}


def portaudio_cure(platform: str = sys.platform, os_release: Path = Path("/etc/os-release")) -> str:
    """Return the command that installs PortAudio on this system; `os_release` names a Linux distribution."""
    if platform == "darwin":
        return "brew install portaudio"
    if platform.startswith("win"):
        return "pip install --force-reinstall sounddevice (its wheel for Windows has PortAudio inside)"
    try:
        lines = os_release.read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    entries = dict(line.split("=", 1) for line in lines if "=" in line)
    names = f"{entries.get('ID', '')} {entries.get('ID_LIKE', '')}".replace('"', "").split()
    known = [cure for name in names for system, cure in _CURES.items() if name.startswith(system)]
    return known[0] if known else "install the package of your system that has libportaudio.so.2"


@contextlib.contextmanager
def _translated(sounddevice: Any, what: str) -> Iterator[None]:
    try:
        yield
    except (sounddevice.PortAudioError, ValueError) as error:
        raise DeviceError(f"{what}: {_reason(error)}{_NO_DEVICE_CURE}") from error


def _reason(error: Exception | None) -> str:
    """Return the host's own words if there are any, else PortAudio's."""
    arguments: tuple[object, ...] = error.args if error is not None else ()
    # sounddevice gives its own words, a number, and (host, its number, its words) if the host said something.
    host: object = arguments[2] if len(arguments) > 2 else None
    host_words = str(host[2]) if isinstance(host, tuple) and len(host) > 2 else ""
    words = host_words or (str(arguments[0]) if arguments else "no reason is given")
    return f"{words} (another program may hold it, or this user may not use it)" if _is_held(words) else words


def _is_away(error: Exception) -> bool:
    """Whether no other rate or channel count can help; on Linux PortAudio prints an error at each try."""
    unavailable, host_error = -9985, -9999
    away = (unavailable, host_error) if sys.platform == "linux" else (unavailable,)
    return len(error.args) > 1 and error.args[1] in away


def _is_held(words: str) -> bool:
    return any(mark in words.lower() for mark in ("busy", "permission", "denied", "device unavailable"))
