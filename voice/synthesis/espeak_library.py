"""Finds libespeak-ng: the system's, else the one in the espeakng-loader wheel, and makes it findable for pyttsx3.

Loads and initialises; never plays or keeps sound. espeak-ng can be initialised once a process.
"""

from __future__ import annotations

import ctypes
import os
import threading
from pathlib import Path

from voice.voice_errors import SynthesisError

_SONAME = "libespeak-ng.so.1"
_RETRIEVAL = 1  # AUDIO_OUTPUT_RETRIEVAL: samples are handed over, no sound device is opened
_UTF8 = 1
_IPA = 2
_lock = threading.Lock()
_library: ctypes.CDLL | None = None
_initialised = False


def load_library() -> ctypes.CDLL:
    """Return libespeak-ng, loaded so that a later load by its SONAME finds this one. Raises `SynthesisError`."""
    global _library  # one library a process, as the loader sees it
    with _lock:
        if _library is None:
            _library = _open()
        return _library


def _open() -> ctypes.CDLL:
    try:
        return ctypes.CDLL(_SONAME, mode=ctypes.RTLD_GLOBAL)
    except OSError:
        pass
    try:
        import espeakng_loader

        # Load it by its SONAME's file, so that the loader knows it by that name from now on.
        path = Path(espeakng_loader.get_library_path())
        by_soname = path.with_name(_SONAME)
        os.environ.setdefault("ESPEAK_DATA_PATH", str(espeakng_loader.get_data_path()))
        return ctypes.CDLL(str(by_soname if by_soname.exists() else path), mode=ctypes.RTLD_GLOBAL)
    except (ImportError, OSError) as error:
        raise SynthesisError(
            f"no speech synthesis: libespeak-ng cannot be loaded ({error}); "
            "pip install espeakng-loader, or apt install libespeak-ng1"
        ) from error


def phonemes(text: str, voice: str = "en-us") -> str:
    """Return the IPA of a text, words separated by spaces. Raises `SynthesisError`."""
    global _initialised  # the same
    library = load_library()
    with _lock:
        if not _initialised:
            if library.espeak_Initialize(_RETRIEVAL, 0, None, 0) < 0:
                raise SynthesisError("espeak-ng cannot be initialised: its data folder is missing; reinstall it")
            _initialised = True
        library.espeak_SetVoiceByName(voice.encode())
        library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        pointer = ctypes.c_char_p(text.encode())
        parts: list[str] = []
        while pointer.value:
            part = library.espeak_TextToPhonemes(ctypes.byref(pointer), _UTF8, _IPA)
            parts.append((part or b"").decode())
        return " ".join(part for part in parts if part)


_OTHER_NAMES = {"en-gb": "en"}
"""Languages that have another name in espeak-ng."""


def known_voice(name: str) -> str:
    """Return espeak-ng's name for that voice.

    Raises `ValueError` if it has no such voice or variant, because it would silently use another one.
    """
    library = load_library()
    base, plus, variant = name.partition("+")
    base = _OTHER_NAMES.get(base.lower(), base)
    if library.espeak_SetVoiceByName(base.encode()) != 0:
        raise ValueError("there is no such voice; espeak-ng has for example en-us, en-gb, de")
    library.espeak_Info.restype = ctypes.c_char_p
    place = ctypes.c_char_p()
    library.espeak_Info(ctypes.byref(place))
    variants = Path((place.value or b"").decode()) / "voices" / "!v"
    if variant and variants.is_dir() and not (variants / variant).exists():
        known = ", ".join(sorted(path.name for path in variants.iterdir())[:12])
        raise ValueError(f"there is no variant +{variant}; espeak-ng has for example {known}")
    return base + plus + variant
