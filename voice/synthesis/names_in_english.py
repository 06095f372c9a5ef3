"""Streets without full stops ("12 Oak Dr") and Roman numerals after names ("Charles III"), in English. Pure.

The words around a short word decide: "Dr Watson" is a doctor, and "I" alone is a numeral only after a word that numbers
things. Doubtful text stays as it is.
"""

from __future__ import annotations

import re

from voice.synthesis.spoken_figures import words

_STREETS = {
    "rd": "road", "ave": "avenue", "blvd": "boulevard", "ln": "lane", "sq": "square", "pkwy": "parkway",
    "hwy": "highway", "cres": "crescent", "ct": "court", "pl": "place", "ter": "terrace",
}  # fmt: skip
_NAME = r"(?:[A-Z][\w'’.-]*|\d{1,3}(?:st|nd|rd|th))"
_STREET = re.compile(rf"\b({_NAME}) (Rd|Ave|Blvd|Ln|Sq|Pkwy|Hwy|Cres)\b(?!\.)")
_RARE_STREET = re.compile(rf"\b({_NAME}) (Ct|Pl|Ter)(?=\s*(?:$|[,;.!?)\d]))")
_HOUSE = re.compile(r"\b(\d{1,5}[a-zA-Z]? (?:[NSEW]\.? )?(?:[A-Z][\w'’-]* ){1,3})(St|Dr)\b(?!\.)")
_AT_THE_END = re.compile(rf"\b({_NAME}) (St|Dr)(?=\s*(?:$|[,;.!?)]))")
_TITLE = re.compile(r"(?<![\w.])(St|Dr) (?=[A-Z][a-z’'])")
_ROMAN = r"(?:X{1,3}(?:IX|IV|V?I{0,3})|IX|IV|VI{0,3}|I{2,3})"
"""A numeral of at least two."""
_NUMBERED = "act appendix article book category chapter class figure game gate grade level mark page part phase pier platform section stage table terminal title type unit volume war wave zone".split()  # fmt: skip  # noqa: E501  # one list
"""Words that number things: "Terminal IV" is terminal four."""
_RULERS = """
    albert alexander alfonso alphonse benedict carl carlos catherine charles christian clement constantine edward
    elizabeth ferdinand francis franz frederick friedrich george gregory gustav haakon harald henry innocent ivan james
    john juan julius karl leo leopold louis ludwig margaret margrethe maximilian mehmed murad napoleon nicholas olav
    otto paul peter philip pius ptolemy ramesses ramses richard robert rudolf selim suleiman sylvester umberto urban
    victor wilhelm willem william
""".split()
"""First names of rulers and popes, after which a numeral is an ordinal."""
_NUMERAL = re.compile(rf"\b([A-Z][a-z]+) ({_ROMAN})\b(?![.'’-]\w)")
_ONE = re.compile(r"\b([A-Z][a-z]+) I(?=\s*(?:$|[,;.!?)])| of\b| [a-z]+\b)")
_VALUES = {"X": 10, "V": 5, "I": 1}


def named(text: str) -> str:
    """Return the text with its streets, saints, doctors and numerals as whole words."""
    text = _STREET.sub(_street, text)
    text = _RARE_STREET.sub(_street, text)
    text = _HOUSE.sub(lambda found: f"{found[1]}{'street' if found[2] == 'St' else 'drive'}", text)
    text = _AT_THE_END.sub(lambda found: f"{found[1]} {'street' if found[2] == 'St' else 'drive'}", text)
    text = _TITLE.sub(lambda found: "Saint " if found[1] == "St" else "doctor ", text)
    text = _NUMERAL.sub(lambda found: _numbered(found[1], _value(found[2]), found.group()), text)
    return _ONE.sub(_first, text)


def _street(found: re.Match[str]) -> str:
    return f"{found[1]} {_STREETS[found[2].lower()]}"


def _value(roman: str) -> int:
    values = [_VALUES[letter] for letter in roman]
    return sum(
        -value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def _numbered(name: str, value: int, text: str) -> str:
    """Return "Charles the third", "Terminal four" or, for the names of films and ships, "Rocky two"."""
    if name.lower() in _RULERS:
        return f"{name} the {words(value, 'ordinal')}"
    surely = value not in (1, 5, 10)  # "Malcolm X": a single letter may be anything
    return f"{name} {words(value)}" if surely or name.lower() in _NUMBERED else text


def _first(found: re.Match[str]) -> str:
    """ "World War I memorial" and "Henry I" have a numeral; in "At Gate I saw" the word is a person."""
    following = found.string[found.end() :]
    if found[1] == "War":
        return f"{found[1]} one"
    if following.startswith(" ") and not following.startswith(" of "):
        return found.group()
    return _numbered(found[1], 1, found.group())
