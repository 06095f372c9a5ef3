"""What needs the driver's yes, and why: `assess` decides it, and nothing else does (docs/design.md).

It reads a table of rules from the top; the first that fits decides. Only two things lower the level: settings that
trust the server, and the driver's own permission. Nothing that an untrusted server says does, beyond speaking, in words
that are known here, of looking only. Contacts nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from client.calls.call_effects import effect_in_words, has_effects, is_plain, wants_confirmation
from client.calls.english_words import words_of
from client.catalog import Tool
from client.values import JSON

_GRAVE = frozenset(
    """
    book buy call cancel charge delete donate erase mail message order pay post publish purchase remove reserve
    sell send share submit tell text transfer withdraw
    """.split()
)
"""Verbs of a trusted tool's name that need a yes: they spend money, send words to a person, book, cancel or delete."""

_NEVER_ALLOWED = frozenset(
    """
    account auction bank bet bid bill bitcoin book broadcast buy call cancel cash charge chat clear coin comment
    confirm credit crypto currency debit delete deposit destroy dial discard donate drop email empty erase expense
    fax fee fine forget format forward fund gift invest invite invoice kill lend loan mail message money mortgage
    notify order overwrite pay payment phone post price publish purchase purge redeem refund remit remove rent
    replace reply reserve reset ring sell send share sms spend stock submit subscribe swap tell terminate text tip
    trade transaction transfer trash truncate uninstall wallet wipe wire withdraw write
    """.split()
)
"""Words of money, of words to people and of deletion: a tool with one of them is asked about every time."""

_ACTION_NAMES = frozenset({"action", "operation", "op", "command", "mode", "method", "verb", "type", "kind", "do"})
"""Names of parameters whose value may say what is done."""

_LOOKING_VALUES = frozenset(
    """
    browse check directions display find forecast get get_event get_events get_saved_places list look lookup query read
    route search search_places show status track_orders view
    """.split()
)
"""Exact values of such a parameter that only look."""


@dataclass(frozen=True)
class Sensitivity:
    """Whether a yes is needed, and the reason in words."""

    sensitive: bool
    why: str


@dataclass(frozen=True)
class ConsentRule:
    """One row of the table."""

    when: str
    """In words, for the docs."""
    sensitive: bool
    why: Callable[[Tool, Mapping[str, JSON]], str]
    """Gives the reason, and "" if the rule does not fit."""


def assess(tool: Tool, arguments: Mapping[str, JSON] | None = None) -> Sensitivity:
    """Return whether this tool with these arguments needs a yes. Without arguments: whether it ever may."""
    for rule in RULES:
        why = rule.why(tool, arguments or {})
        if why:
            return Sensitivity(rule.sensitive, why)
    return Sensitivity(True, "nothing says that it is harmless")


def why_not_allowed(tool: Tool) -> str:
    """Return why the driver's permission does not count for this tool; "" if it does.

    It counts only if every word of the name is known to be about other things than money, words to people and
    deletion: what cannot be read may be any of them.
    """
    spoken = {*words_of(tool.name), *words_of(tool.title), *words_of(tool.description)}
    grave = sorted(word for word in spoken if any(form in _NEVER_ALLOWED for form in _forms(word)))
    if grave:
        return f'it speaks of "{grave[0]}"'
    if wants_confirmation(tool) or tool.voice_confirmations:
        return "its server wants it confirmed"
    if not is_plain(tool):
        return "its words are not all plain English"
    return ""


def _forms(word: str) -> tuple[str, ...]:
    """Return the word without the endings of a plural, a participle and the like."""
    found = [word]
    for ending in ("s", "es", "ed", "d", "ing", "er", "al", "ion", "ment"):
        if word.endswith(ending):
            found += [word.removesuffix(ending), word.removesuffix(ending) + "e"]
    if word.endswith("ies"):
        found.append(word.removesuffix("ies") + "y")
    return tuple(found)


def _only_looks(tool: Tool, arguments: Mapping[str, JSON]) -> bool:
    """Return whether every parameter that says what is done is given, or defaulted, with a value that only looks."""
    defaults = {name: schema["default"] for name, schema in tool.properties.items() if "default" in schema}
    sent = {**defaults, **arguments}
    telling = {name for name in (*tool.properties, *arguments) if name.lower() in _ACTION_NAMES}
    return bool(telling) and all(str(sent.get(name)) in _LOOKING_VALUES for name in telling)


# -- the rules -------------------------------------------------------------------------------------------------------


def _asked_for(tool: Tool, arguments: Mapping[str, JSON]) -> str:
    return "its description asks for confirmation" if wants_confirmation(tool) else ""


def _looking_arguments(tool: Tool, arguments: Mapping[str, JSON]) -> str:
    return "these arguments only look" if tool.trusted and _only_looks(tool, arguments) else ""


def _listed(tool: Tool, arguments: Mapping[str, JSON]) -> str:
    return "its server lists voice confirmations" if tool.voice_confirmations else ""


def _reads(tool: Tool, arguments: Mapping[str, JSON]) -> str:
    if has_effects(tool):
        return ""
    return "read-only" if tool.trusted else "its name and description only look"


def _permitted(tool: Tool, arguments: Mapping[str, JSON]) -> str:
    return "you said that it need not be asked about" if tool.allowed and not why_not_allowed(tool) else ""


def _untrusted(tool: Tool, arguments: Mapping[str, JSON]) -> str:
    if tool.trusted:
        return ""
    return effect_in_words(tool) or "its server says that it changes something"


def _grave(tool: Tool, arguments: Mapping[str, JSON]) -> str:
    grave = _GRAVE & set(words_of(tool.name))
    return f"its name speaks of an effect: {', '.join(sorted(grave))}" if grave else ""


def _unsaid(tool: Tool, arguments: Mapping[str, JSON]) -> str:
    unsaid = tool.hints.destructive is None and tool.hints.open_world is None
    return "its server does not say what it does" if unsaid else ""


def _destroys(tool: Tool, arguments: Mapping[str, JSON]) -> str:
    return "it may destroy or hurt something" if tool.hints.destructive is not False else ""


def _reaches_out(tool: Tool, arguments: Mapping[str, JSON]) -> str:
    return "it reaches beyond the car" if tool.hints.open_world is not False else ""


def _harmless(tool: Tool, arguments: Mapping[str, JSON]) -> str:
    return "harmless by its hints"


RULES: tuple[ConsentRule, ...] = (
    ConsentRule("its description begins with REQUIRES_CONFIRMATION", True, _asked_for),
    ConsentRule("its server is trusted, and each argument that says what is done is an exact value that looks", False,
         _looking_arguments),
    ConsentRule("its server lists voice confirmations", True, _listed),
    ConsentRule("it only looks: a trusted server says so, or its name and description speak of nothing else", False,
         _reads),
    ConsentRule("you allowed it as it is now, and it speaks of no money, no words to people and no deletion", False,
         _permitted),
    ConsentRule("its server is not trusted", True, _untrusted),
    ConsentRule("its name speaks of money, words to people, booking, cancelling or deletion", True, _grave),
    ConsentRule("its server says neither whether it destroys nor whether it reaches beyond the car", True, _unsaid),
    ConsentRule("it may destroy or hurt something", True, _destroys),
    ConsentRule("it reaches beyond the car", True, _reaches_out),
    ConsentRule("anything else that a trusted server calls harmless", False, _harmless),
)  # fmt: skip
"""Read from the top; the first rule that fits decides."""


def is_deferrable(tool: Tool) -> bool:
    """Return whether a confirmed call may wait for the network: what the server says, else only words to a person."""
    if tool.deferrable is not None:
        return tool.deferrable
    return bool({"send", "message", "mail", "text", "post"} & set(words_of(tool.name)))
