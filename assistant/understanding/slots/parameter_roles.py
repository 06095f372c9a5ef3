"""What a parameter's name and description speak of: a place, a person, a day, a title, what is looked for.

Reads names and descriptions only, by the roles of the language data; it decides no value.
"""

from __future__ import annotations

from assistant.understanding.language import Language
from assistant.understanding.tokens import name_words, spoken_words

NAMED = 1.7
"""Strength from which the parameter's name itself speaks of a role."""
HANDING = frozenset({"send", "give", "transfer", "lend", "pay", "email", "forward", "hand", "text", "award", "offer"})
"""Verbs of tools that hand something to somebody."""
ENDS_OF_WAYS = frozenset({"origin", "destination"})
"""Roles that outweigh what kind of place a parameter takes, if they open its name."""


def roles_of(words: tuple[str, ...], about: tuple[str, ...], language: Language) -> tuple[str, ...]:
    """Return the roles that a parameter's name or description speaks of, the surest first."""
    strength: dict[str, float] = {}
    small = frozenset(language.words("cutting", "boundaries"))  # "to" names a role as a name, not in "what to buy"
    for role, entry in language.table("roles").items():
        named = {language.stem(word) for word in entry["named"]}
        for place, word in enumerate(reversed(words)):
            if language.stem(word) in named:  # what is named tells more than that it is a name: "friend_names"
                general = word in ("name", "names") and len(words) > 1
                leads = role in ENDS_OF_WAYS and place and place == len(words) - 1  # "from_station", "to_city"
                weight = 3.0 if leads else 1.3 if general else 2.0 - 0.3 * place
                strength[role] = max(strength.get(role, 0.0), weight)
        for place, word in enumerate(about[:12]):
            if word not in small and language.stem(word) in named:
                strength[role] = strength.get(role, 0.0) + 0.5 / (1 + 0.2 * place)
    if strength.get("container", 0.0) >= NAMED:
        strength.pop("title", None)  # "project name": the name of what holds things, and none of them
    return tuple(sorted(strength, key=lambda role: -strength[role]))


def makes_lists(words: tuple[str, ...], language: Language) -> bool:
    """Return whether a tool's name is about lists themselves, and not about what is put on one: `add_card_to_list`."""
    leads = frozenset(language.words("cutting", "boundaries"))
    place = next((i for i, word in enumerate(words) if language.stem(word) == "list" and i), None)
    return place is not None and not leads.intersection(words[:place])


def hands_to(words: tuple[str, ...], name: str, description: str) -> bool:
    """Return whether a tool hands something to what a parameter of these words names: "Send a notice to a tenant"."""
    noun = " ".join(words[:-1] if words[-1:] == ("name",) else words)
    if not noun or HANDING.isdisjoint(name_words(name)[:2]):
        return False
    told = f" {' '.join(spoken_words(description.partition('.')[0]))} "
    return any(f" to {article} {noun} " in told for article in ("a", "an", "the", "another"))
