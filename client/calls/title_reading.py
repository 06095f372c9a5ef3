"""What the title of a tool says: it can name an act that the tool's name and description leave out.

Pure. A title never shows that a tool only looks. A word of its own leaves that open.
"""

from __future__ import annotations

from client.calls.description_reading import effect_in_description
from client.calls.english_words import EffectSign, base_of, doubt, is_in, is_known, word_list, words_of
from client.calls.name_reading import effect_in_name

_GENERAL = frozenset({"by", "id", "mcp", "tool"})
"""Words of titles that say nothing."""
_TELLING = ("function", "joining", "looking", "looking_in_sentences", "informational")
"""Lists of words that a title may add without naming an act."""


def effect_in_title(title: str, name: str, description: str = "") -> EffectSign | None:
    """Return the act that a title names ("Unlock the front door" of `get_front_door`), or may name; else None.

    A title may name an act by every word that neither the name nor the description has: "Ticket and instant payment".
    """
    words, named = words_of(title), set(words_of(name))
    if not words or set(words) <= named:
        return None
    if len(words) > 1 and not is_known(words[0]) and words[0] not in named:
        return doubt(f'its title begins with "{words[0]}"')
    for found in (effect_in_name(title), effect_in_description(title, looks_by_name=True)):
        if found is not None and found.acts:
            why = found.why.replace("its name", "its title").replace("its description", "its title")
            return found._replace(why=why)
    known = {base_of(word) for word in (*named, *words_of(description))} | _GENERAL
    added = next((word for word in words if base_of(word) not in known and not is_in(word, *_TELLING)), "")
    last = next((word for word in reversed(words) if word != "please"), "")
    if last in word_list("particles") | word_list("particles_at_end") and last not in known:
        added = last
    return doubt(f'its title adds "{added}"') if added else None
