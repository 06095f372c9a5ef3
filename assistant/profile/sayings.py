"""How drivers ask to store or delete something: whole sentences with names, places and preferences.

Free names and addresses are taken as they were said; the understanding reads figures and e-mail addresses. English
only. It proposes; storing is a call like any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.profile.profile_tools import NAME

_KEEP = r"(?:please )?(?:remember|note|keep in mind|don't forget)(?: that)? "
_RELATIONS = (
    "wife|husband|partner|mother|mom|mum|father|dad|sister|brother|son|daughter|aunt|uncle|grandmother|grandma|"
    "grandfather|grandpa|boss|assistant|doctor|dentist|girlfriend|boyfriend|best friend|friend|neighbour|neighbor"
)
_PLACES = "home|work|office|school|gym|house|flat|cabin|cottage|workshop|club"


@dataclass(frozen=True)
class Saying:
    """A sentence's request to the profile."""

    tool: str
    """The qualified name of the tool."""
    arguments: Mapping[str, str]
    explicit: bool
    """Whether it says "remember" or "forget"; then it counts as a request in every mode of the conversation."""


def _made(tool: str, pattern: str, explicit: bool) -> tuple[str, re.Pattern[str], bool]:
    return tool, re.compile(pattern, re.IGNORECASE), explicit


_SAYINGS = (
    _made("remember_contact", rf"{_KEEP}(?P<name>.+?)'?s (?:phone |mobile )?number is (?P<phone>.+)", True),
    _made("remember_contact", r"(?:save|keep) (?P<name>.+?)'?s (?:phone |mobile )?number(?: as)? (?P<phone>.+)", True),
    _made("remember_contact", rf"{_KEEP}(?P<name>.+?)'?s (?:phone |mobile )?number (?P<phone>[+\d].+)", True),
    _made("remember_contact", r"(?P<name>[\w .-]+?)'s (?:phone |mobile )?number is (?P<phone>.+)", False),
    _made("remember_contact", rf"{_KEEP}(?P<name>.+?)'?s e-?mail(?: address)? is (?P<email>.+)", True),
    _made("remember_relation", rf"{_KEEP}my (?P<relation>{_RELATIONS})(?:'s name)? is (?:called )?(?P<name>.+)", True),
    _made("remember_relation", rf"{_KEEP}(?P<name>[\w .-]+?) is my (?P<relation>[\w ]+)", True),
    _made("remember_relation", rf"my (?P<relation>{_RELATIONS})(?:'s name is| is called) (?P<name>.+)", False),
    _made("remember_place", rf"call (?:my |the )?(?P<name>{_PLACES}) (?P<address>\S+ .+|.*\d.*)", True),
    _made("remember_place", rf"{_KEEP}(?P<name>(?:my |the )?[\w ]+?) is (?:at |in )?(?P<address>.+)", True),
    _made("remember_place", rf"my (?P<name>{_PLACES})(?: address)? is (?:at |in )?(?P<address>.+)", False),
    _made("remember_preference", rf"{_KEEP}i (?:prefer|like) (?P<preference>.+?)(?: food| better| most)?", True),
    _made("remember_preference", r"i (?:always )?prefer (?P<preference>.+?)(?: food)?", False),
    _made("show_profile", r"what (?:do you|did you) (?:know|remember|keep) (?:about|of) (?P<about>.+)", True),
    _made("forget", r"(?:please )?(?:forget|erase) that i (?:prefer|like) (?P<what>.+?)(?: food)?", True),
    _made("forget", r"(?:please )?(?:forget|erase) (?P<what>everything)(?: about me| you know(?: about me)?)?", True),
    _made("forget", r"(?:please )?(?:forget|erase) (?P<what>.+?)(?:'s (?:number|phone|e-?mail|address))?", True),
    _made("forget", r"(?:please )?(?:delete|remove) (?P<what>.+?) from my profile", True),
)
_NOTHING = frozenset({"me", "it", "that", "this", "about it", "about that", "about this", "to"})
_PREFERENCE_FIRST = re.compile(rf"{_KEEP}i (?:prefer|like|use) ", re.IGNORECASE)


def saying_of(text: str) -> Saying | None:
    """Return a whole sentence's request to the profile; None for any other sentence."""
    bare = text.strip().rstrip(".!?")
    for tool, pattern, explicit in _SAYINGS:
        if tool == "remember_place" and _PREFERENCE_FIRST.match(bare):
            continue
        found = pattern.fullmatch(bare)
        if found is None:
            continue
        arguments = {name: value.strip(" ,") for name, value in found.groupdict().items() if value}
        if tool == "show_profile" and arguments.get("about", "").casefold() == "me":
            return Saying(f"{NAME}.{tool}", {}, explicit)
        if any(value.casefold() in _NOTHING or value.casefold().startswith("to ") for value in arguments.values()):
            return None
        return Saying(f"{NAME}.{tool}", arguments, explicit)
    return None
