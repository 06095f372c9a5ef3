"""Large type for a terminal: capitals of five by five dots, drawn with half blocks (three rows) or signs (five rows),
for texts read at a glance while driving: a state, a short question, a speed. Knows nothing of the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

HEIGHT = 5
LARGEST_SCALE = 3
_ROWS: dict[str, str] = {
    "A": "01110 10001 11111 10001 10001", "B": "11110 10001 11110 10001 11110", "C": "01111 10000 10000 10000 01111",
    "D": "11110 10001 10001 10001 11110", "E": "11111 10000 11110 10000 11111", "F": "11111 10000 11110 10000 10000",
    "G": "01111 10000 10011 10001 01111", "H": "10001 10001 11111 10001 10001", "I": "111 010 010 010 111",
    "J": "00111 00010 00010 10010 01100", "K": "10001 10010 11100 10010 10001", "L": "10000 10000 10000 10000 11111",
    "M": "10001 11011 10101 10001 10001", "N": "10001 11001 10101 10011 10001", "O": "01110 10001 10001 10001 01110",
    "P": "11110 10001 11110 10000 10000", "Q": "01110 10001 10101 10010 01101", "R": "11110 10001 11110 10010 10001",
    "S": "01111 10000 01110 00001 11110", "T": "11111 00100 00100 00100 00100", "U": "10001 10001 10001 10001 01110",
    "V": "10001 10001 10001 01010 00100", "W": "10001 10001 10101 11011 10001", "X": "10001 01010 00100 01010 10001",
    "Y": "10001 01010 00100 00100 00100", "Z": "11111 00010 00100 01000 11111", "0": "01110 10001 10001 10001 01110",
    "1": "010 110 010 010 111", "2": "11110 00001 01110 10000 11111", "3": "11110 00001 01110 00001 11110",
    "4": "10010 10010 11111 00010 00010", "5": "11111 10000 11110 00001 11110", "6": "01110 10000 11110 10001 01110",
    "7": "11111 00010 00100 01000 01000", "8": "01110 10001 01110 10001 01110", "9": "01110 10001 01111 00001 01110",
    "?": "1110 0001 0110 0000 0100", "!": "1 1 1 0 1", ".": "0 0 0 0 1", ",": "00 00 00 01 10", "'": "1 1 0 0 0",
    "-": "000 000 111 000 000", "/": "00001 00010 00100 01000 10000", ":": "0 1 0 1 0", " ": "00 00 00 00 00",
}  # fmt: skip
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def width(text: str) -> int:
    """Return the width of a text in dots."""
    return sum(len(_glyph(letter)[0]) + 1 for letter in text) - 1 if text else 0


def wrapped(text: str, columns: int) -> list[str]:
    """Return the text in lines of whole words that fit; a word that is too long has a line of its own."""
    lines: list[str] = []
    for word in text.split():
        together = f"{lines[-1]} {word}" if lines else word
        if lines and width(together) <= columns:
            lines[-1] = together
        else:
            lines.append(word)
    return lines


def large(text: str, columns: int, height: int, *, blocks: bool = True) -> list[str]:
    """Return the rows of a text in the largest type that fits; empty if none fits."""
    for scale in range(LARGEST_SCALE, 0, -1):
        lines = wrapped(text, columns // scale)
        dots = [row for line in lines for row in _scaled(_dots(line), scale)]
        rows = _halved(dots) if blocks else ["".join("#" if dot else " " for dot in row) for row in dots]
        if len(rows) <= height and all(width(line) * scale <= columns for line in lines):
            return rows
    return []


def _glyph(letter: str) -> list[str]:
    return _ROWS.get(letter.upper(), _ROWS["?"]).split()


def _dots(line: str) -> list[list[bool]]:
    glyphs = [_glyph(letter) for letter in line]
    empty: list[bool] = []
    return [[dot == "1" for dot in "0".join(glyph[row] for glyph in glyphs)] for row in range(HEIGHT)] + [empty]


def _scaled(dots: Sequence[list[bool]], scale: int) -> list[list[bool]]:
    return [[dot for dot in row for _ in range(scale)] for row in dots for _ in range(scale)]


def _halved(dots: Sequence[list[bool]]) -> list[str]:
    rows = [*dots, []] if len(dots) % 2 else dots
    return [
        "".join(_HALVES[upper, lower] for upper, lower in zip_longest(rows[row], rows[row + 1], fillvalue=False))
        for row in range(0, len(rows), 2)
    ]
