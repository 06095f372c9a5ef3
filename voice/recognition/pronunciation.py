"""The pronunciation of words in the phones of the pocketsphinx model: from its dictionary, else from espeak-ng.

Never guesses silently: an unknown word is spelled letter by letter.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from voice.recognition.network import ANY

_EXTRA: dict[str, tuple[str, ...]] = {
    "am": ("AE M", "EY EH M"),
    "pm": ("P IY EH M",),
    "mcqueen": ("M AH K W IY N",),
    "ok": ("OW K EY",),
    "a": ("AH", "EY"),
}
"""Pronunciations of drivers' words that the model's dictionary lacks."""

_LETTERS = {
    "a": "EY", "b": "B IY", "c": "S IY", "d": "D IY", "e": "IY", "f": "EH F", "g": "JH IY", "h": "EY CH",
    "i": "AY", "j": "JH EY", "k": "K EY", "l": "EH L", "m": "EH M", "n": "EH N", "o": "OW", "p": "P IY",
    "q": "K Y UW", "r": "AA R", "s": "EH S", "t": "T IY", "u": "Y UW", "v": "V IY", "w": "D AH B AH L Y UW",
    "x": "EH K S", "y": "W AY", "z": "Z IY",
}  # fmt: skip

_IPA: tuple[tuple[str, str], ...] = (
    ("tʃ", "CH"), ("dʒ", "JH"), ("aɪ", "AY"), ("aʊ", "AW"), ("eɪ", "EY"), ("oʊ", "OW"), ("əʊ", "OW"), ("ɔɪ", "OY"),
    ("ɔːɹ", "AO R"), ("ɔːr", "AO R"), ("oːɹ", "AO R"), ("ɑːɹ", "AA R"), ("ɛɹ", "EH R"), ("ɪɹ", "IH R"), ("ʊɹ", "UH R"),
    ("ɚ", "ER"), ("ɝ", "ER"), ("ɜː", "ER"), ("əl", "AH L"), ("iː", "IY"), ("uː", "UW"), ("ɑː", "AA"), ("ɔː", "AO"),
    ("ɐ", "AH"), ("ᵻ", "IH"), ("æ", "AE"), ("ʌ", "AH"), ("ə", "AH"), ("ɛ", "EH"), ("ɪ", "IH"), ("ʊ", "UH"), ("ɒ", "AA"),
    ("ɔ", "AO"), ("ɑ", "AA"), ("a", "AA"), ("e", "EY"), ("i", "IY"), ("o", "OW"), ("u", "UW"), ("y", "UW"), ("ø", "ER"),
    ("θ", "TH"), ("ð", "DH"), ("ʃ", "SH"), ("ʒ", "ZH"), ("ŋ", "NG"), ("ɹ", "R"), ("ɾ", "T"), ("ɡ", "G"), ("x", "HH"),
    ("b", "B"), ("d", "D"), ("f", "F"), ("g", "G"), ("h", "HH"), ("j", "Y"), ("k", "K"), ("l", "L"), ("m", "M"),
    ("n", "N"), ("p", "P"), ("r", "R"), ("s", "S"), ("t", "T"), ("v", "V"), ("w", "W"), ("z", "Z"),
    ("ɲ", "N Y"), ("ç", "HH"),
)  # fmt: skip
"""espeak-ng's IPA for American English with the phones in ARPABET, longest first.

Stress and length marks are dropped.
"""


def pronunciations(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return each word's pronunciations, best first."""
    return {word: _single(word) or _EXTRA.get(word) or _known(word) or _guessed(word) for word in words}


def _single(word: str) -> tuple[str, ...]:
    """Return the phone behind a word of a network of heads."""
    return (word.removeprefix(ANY).upper(),) if word.startswith(ANY) else ()


def is_listed(word: str) -> bool:
    """Return whether the dictionary has an English word, in small letters."""
    return bool(_known(word))


@lru_cache(maxsize=1)
def _dictionary() -> mmap.mmap:
    """Return the model's dictionary file as a memory map, which all processes share; as tuples it would take 28 MB in
    each.
    """
    import pocketsphinx

    with (Path(pocketsphinx.get_model_path()) / "en-us" / "cmudict-en-us.dict").open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _known(word: str) -> tuple[str, ...]:
    """Return the pronunciations in the dictionary, whose words are sorted by their bytes."""
    lines, wanted = _dictionary(), word.encode()
    low, high = 0, len(lines)
    while low < high:
        start = lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
        if _entry(lines, start)[0] < wanted:
            low = start + len(_line(lines, start))
        else:
            high = start
    found = []
    while low < len(lines) and _entry(lines, low)[0] == wanted:
        found.append(_entry(lines, low)[1].decode())
        low += len(_line(lines, low))
    return tuple(found)


def _line(lines: mmap.mmap, start: int) -> bytes:
    end = lines.find(b"\n", start) + 1
    return lines[start : end or len(lines)]


def _entry(lines: mmap.mmap, start: int) -> tuple[bytes, bytes]:
    """Return a word without the number of its pronunciation, and its phones."""
    word, _, phones = _line(lines, start).rstrip().partition(b" ")
    return word.partition(b"(")[0], phones


@lru_cache(maxsize=4096)
def _guessed(word: str) -> tuple[str, ...]:
    from voice.synthesis.espeak_library import phonemes

    bare = word.replace("'", "")
    spoken = arpabet(phonemes(word))
    return (spoken,) if spoken else (spelled(bare),)


def arpabet(ipa: str) -> str:
    """Return the phones for a transcription in IPA; empty if no part of it is known."""
    phones: list[str] = []
    position = 0
    while position < len(ipa):
        for symbol, phone in _IPA:
            if ipa.startswith(symbol, position):
                phones.append(phone)
                position += len(symbol)
                break
        else:
            position += 1
    return " ".join(phones)


def spelled(word: str) -> str:
    """Return the names of the letters, for words that cannot be pronounced."""
    return " ".join(_LETTERS[letter] for letter in word.lower() if letter in _LETTERS) or "AH"
