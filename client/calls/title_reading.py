"""What the title of a tool says: it can name an act that the tool's name and description leave out.

Pure. A title never shows that a tool only looks. A word in it that is not known counts only at its head.
"""

from __future__ import annotations

from client.calls.description_reading import effect_in_description
from client.calls.english_words import EffectSign, doubt, is_known, words_of
from client.calls.name_reading import effect_in_name


def effect_in_title(title: str, name: str) -> EffectSign | None:
    """Return the act that a title names ("Unlock the front door" of `get_front_door`), or may name; else None."""
    words, named = words_of(title), set(words_of(name))
    if not words or set(words) <= named:
        return None
    if len(words) > 1 and not is_known(words[0]) and words[0] not in named:
        return doubt(f'its title begins with "{words[0]}"')
    for found in (effect_in_name(title), effect_in_description(title, looks_by_name=True)):
        if found is not None and found.acts:
            return found._replace(
                why=found.why.replace("its name", "its title").replace("its description", "its title")
            )
    return None
