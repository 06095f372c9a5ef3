"""A cabin for the ears: a sound server of its own, with a virtual microphone and a speaker whose sound is recorded.

What is played into the "air" reaches the microphone; an echo leads the speaker's sound into the air as well. Devices
can be pulled out and put back. Real time, real PortAudio, no sound card. Never uses the sound server of the user.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from ctypes.util import find_library
from pathlib import Path

import numpy as np

from voice.noise import cabin_noise
from voice.recognition.recognizer_base import SAMPLE_RATE, Samples

MICROPHONE = "cabin_microphone"
SPEAKER = "cabin_speaker"
SPARE_MICROPHONE = "spare_microphone"
SPARE_SPEAKER = "spare_speaker"
NOISE_LEVEL = 0.004
"""Of full scale, root mean square: a car that stands with its engine on, 25 dB under the driver. None is silent."""

_ALSA = """
</usr/share/alsa/alsa.conf>
pcm.cabin_microphone { type pulse device "cabin_microphone" hint { show on description "microphone" } }
pcm.cabin_speaker { type pulse device "cabin_speaker" hint { show on description "speaker" } }
pcm.!default { type pulse }
"""


def missing_parts() -> str:
    """Return what this machine lacks for a sound path, with the cure; empty where all is there."""
    missing = [name for name in ("pulseaudio", "pactl", "pacat", "parec") if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)} missing: apt install pulseaudio pulseaudio-utils"
    if find_library("portaudio") is None:  # not loaded here: it lists devices then, and the server does not run yet
        return "PortAudio missing: apt install libportaudio2"
    plugins = list(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so"))
    return "" if plugins else "ALSA does not reach PulseAudio: apt install libasound2-plugins"


class Cabin:
    """One sound server. Everything it plays on the speakers is recorded from the start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "native"
        self._control = folder / "cli"
        self._server: subprocess.Popen[bytes] | None = None
        self._helpers: list[subprocess.Popen[bytes]] = []
        self._recordings: dict[str, bytearray] = {}
        self._threads: list[threading.Thread] = []
        self._began = 0.0
        self.environment = {
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_SERVER": f"unix:{self._socket}",
            "PULSE_COOKIE": str(folder / "cookie"),
            "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
            "HOME": str(folder),
        }

    # -- the server --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the server with all devices plugged in, and the recording."""
        self._folder.chmod(0o700)
        for place in (self._socket, self._control):
            place.unlink(missing_ok=True)
        (self._folder / "asound.conf").write_text(_ALSA)
        with (self._folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes",
                 "--log-target=stderr", "--log-level=error",
                 "-L", f"module-native-protocol-unix auth-anonymous=1 socket={self._socket}",
                 "-L", f"module-cli-protocol-unix socket={self._control}"],
                env={**os.environ, **self.environment}, stderr=log,
            )  # fmt: skip
        wait_until(lambda: self._socket.exists() and self._pactl("info").returncode == 0, 10.0)
        self._load("module-null-sink sink_name=air rate=48000 channels=1")
        self._load(f"module-null-sink sink_name={SPARE_SPEAKER} rate=44100 channels=2")
        self.plug_speaker()
        self.plug_microphone()
        self._load(f"module-remap-source source_name={SPARE_MICROPHONE} master=air.monitor channels=2")
        self._pactl("set-default-sink", SPARE_SPEAKER)
        self._pactl("set-default-source", SPARE_MICROPHONE)
        self._record(SPARE_SPEAKER)
        # A listener of its own keeps a virtual sink in small steps, as real hardware is; idle ones run 2 s ahead.
        self._helpers.append(self._start("parec", "--latency-msec=10", "-d", "air.monitor", stdout=subprocess.DEVNULL))
        self._hum()

    def stop(self) -> None:
        """End everything that was started."""
        for process in (*self._helpers, *([self._server] if self._server else [])):
            process.terminate()
        for process in (*self._helpers, *([self._server] if self._server else [])):
            process.wait(10)
            if process.stdout is not None:
                process.stdout.close()
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()
        self._helpers.clear()

    def freeze(self, seconds: float) -> None:
        """Let the server stand still for that long, as a machine that is far too busy does."""
        assert self._server is not None
        self._server.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._server.send_signal(signal.SIGCONT)

    # -- devices -----------------------------------------------------------------------------------------------------

    def plug_speaker(self) -> None:
        """Put the speaker in."""
        self._load(f"module-null-sink sink_name={SPEAKER} rate=48000 channels=2")
        self._record(SPEAKER)

    def plug_microphone(self) -> None:
        """Put the microphone in."""
        self._load(f"module-remap-source source_name={MICROPHONE} master=air.monitor channels=1")

    def plug_all(self) -> None:
        """Put in what a test pulled out."""
        present = self._pactl("list", "short", "sinks").stdout + self._pactl("list", "short", "sources").stdout
        if f"\t{SPEAKER}\t" not in present:
            self.plug_speaker()
        if f"\t{MICROPHONE}\t" not in present:
            self.plug_microphone()
        if f"\t{SPARE_MICROPHONE}\t" not in present:
            self.plug_spare_microphone()

    def unplug_speaker(self) -> None:
        """Pull the speaker out: what plays on it is cut off, and it is there no more."""
        self._cut("sink-input", SPEAKER)
        self._unload(f"sink_name={SPEAKER} ")

    def unplug_microphone(self) -> None:
        """Pull the microphone out: what records from it is cut off, and it is there no more."""
        self._cut("source-output", MICROPHONE)
        self._unload(f"source_name={MICROPHONE} ")

    def unplug_every_microphone(self) -> None:
        """Pull all microphones out, so that none can stand in."""
        self.unplug_microphone()
        self._cut("source-output", SPARE_MICROPHONE)
        self._unload(f"source_name={SPARE_MICROPHONE} ")

    def plug_spare_microphone(self) -> None:
        """Put the spare microphone in."""
        self._load(f"module-remap-source source_name={SPARE_MICROPHONE} master=air.monitor channels=2")
        self._pactl("set-default-source", SPARE_MICROPHONE)

    def mute(self, muted: bool) -> None:
        """Mute the microphone as a switch on it does: it gives digital silence."""
        self._pactl("set-source-mute", MICROPHONE, "1" if muted else "0")

    def echo(self, decibels: float | None) -> None:
        """Lead the speaker's sound into the air at that level; None takes it away."""
        self._unload("source=cabin_speaker.monitor ")
        if decibels is None:
            return
        self._load(f"module-loopback source={SPEAKER}.monitor sink=air latency_msec=40 adjust_time=0")
        listing = self._pactl("list", "sink-inputs").stdout
        for entry in listing.split("Sink Input #")[1:]:
            if "loopback" in entry.lower():
                self._pactl("set-sink-input-volume", entry.split("\n", 1)[0].strip(), f"{decibels}dB")

    # -- sound -------------------------------------------------------------------------------------------------------

    def speak(self, samples: Samples, rate: int = SAMPLE_RATE) -> None:
        """Play into the air, and return when it is over."""
        process = self._start(
            "pacat", "--latency-msec=200", "-d", "air", f"--rate={rate}", "--channels=1", "--format=s16le",
            stdin=subprocess.PIPE,
        )  # fmt: skip
        process.communicate(samples.tobytes(), timeout=len(samples) / rate + 10)
        self._helpers.remove(process)

    def heard(self, since: float = 0.0, speaker: str = SPEAKER) -> Samples:
        """Return what the speaker played since that moment of `now`, at 16 kHz."""
        everything = np.frombuffer(bytes(self._recordings[speaker]), dtype=np.int16)
        return everything[max(0, round(since * SAMPLE_RATE)) :]

    @property
    def recorded(self) -> float:
        """Megabytes of this process that hold what the speakers played."""
        return sum(len(recording) for recording in self._recordings.values()) / 1e6

    def now(self, speaker: str = SPEAKER) -> float:
        """Return the length of the recording so far, in seconds."""
        return len(self._recordings[speaker]) / 2 / SAMPLE_RATE

    def _hum(self) -> None:
        """Play the noise of a cabin into the air for as long as the server runs."""
        process = self._start(
            "pacat", "--latency-msec=200", "-d", "air", f"--rate={SAMPLE_RATE}", "--channels=1", "--format=s16le",
            stdin=subprocess.PIPE,
        )  # fmt: skip
        noise = cabin_noise(30.0, seed=7, level=NOISE_LEVEL).tobytes()

        def write() -> None:
            assert process.stdin is not None
            with contextlib.suppress(OSError):  # the server has ended
                while True:
                    process.stdin.write(noise)

        self._begin(write, "noise of the cabin")

    def _record(self, speaker: str) -> None:
        recording = self._recordings.setdefault(speaker, bytearray())
        process = self._start(
            "parec", "--latency-msec=10", "-d", f"{speaker}.monitor", f"--rate={SAMPLE_RATE}", "--channels=1",
            "--format=s16le", stdout=subprocess.PIPE,
        )  # fmt: skip

        def read() -> None:
            assert process.stdout is not None
            while data := process.stdout.read1(640):  # type: ignore[attr-defined]  # a buffered reader
                recording.extend(data)

        self._begin(read, f"recording of {speaker}")
        before = len(recording)
        wait_until(lambda: len(recording) > before, 10.0)

    def _begin(self, work: Callable[[], None], name: str) -> None:
        self._threads.append(threading.Thread(target=work, name=name, daemon=True))
        self._threads[-1].start()

    @property
    def threads(self) -> list[int]:
        """The threads of this process that make the cabin: their processor time is not McQueen's."""
        return [thread.native_id for thread in self._threads if thread.native_id is not None]

    # -- talking to the server ---------------------------------------------------------------------------------------

    def _start(self, *command: str, stdin: int | None = None, stdout: int | None = None) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, env={**os.environ, **self.environment}, stdin=stdin, stdout=stdout)
        self._helpers.append(process)
        return process

    def _pactl(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pactl", *words], env={**os.environ, **self.environment}, capture_output=True, text=True, check=False
        )

    def _load(self, module: str) -> None:
        done = self._pactl("load-module", *module.split(" "))
        assert done.returncode == 0, f"{module}: {done.stderr}"

    def _unload(self, mark: str) -> None:
        for line in self._pactl("list", "short", "modules").stdout.splitlines():
            if mark in line + " ":
                self._pactl("unload-module", line.split("\t")[0])

    def _cut(self, kind: str, device: str) -> None:
        """Cut the connection of everything that uses the device, as a cable that is pulled does."""
        place = "sinks" if kind == "sink-input" else "sources"
        devices = self._pactl("list", "short", place).stdout.splitlines()
        numbers = [line.split("\t")[0] for line in devices if line.split("\t")[1] == device]
        streams = self._pactl("list", "short", f"{kind}s").stdout.splitlines()
        cut = [line.split("\t")[0] for line in streams if line.split("\t")[1] in numbers]
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(str(self._control))
            for stream in cut:
                control.sendall(f"kill-{kind} {stream}\n".encode())
            control.settimeout(0.2)  # it answers each line, and gives no sign of having answered them all
            with contextlib.suppress(TimeoutError):
                while control.recv(4096):
                    pass


def wait_until(condition: object, seconds: float) -> None:
    """Look again and again until the condition holds. Raises `AssertionError` when it never does."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.02)
