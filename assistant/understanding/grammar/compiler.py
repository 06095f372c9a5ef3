"""What the recognizer listens for: from the catalog and the dialogue's state to a grammar.

Pure and bounded. Arguments come in any order, optional and repeated: a grammar that is too tight looks like a bad
acoustic model. It never looks at audio, and what it lets through is still read by the interpreter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.understanding.answers.dictated_words import FREE_WORDS, free_words
from assistant.understanding.answers.sentence_lists import for_a_sentence, is_asked
from assistant.understanding.grammar.name_rules import counted, led, read_name, shaped
from assistant.understanding.grammar.pattern_rules import spelled, spelled_out
from assistant.understanding.grammar.schema_rules import (
    kind_of,
    listed_values,
    moment_of,
    named_values,
    paths_of,
    schema_at,
    text_of,
    usual_connectors,
)
from assistant.understanding.grammar.spoken_phrases import SpokenPhrases
from assistant.understanding.grammar.template_rules import (
    LEADS,
    TemplateSlot,
    Usage,
    commands,
    content_words,
    read_usage,
    usage_from_schema,
    vary_openings,
)
from assistant.understanding.grammar.value_rules import (
    NUMBER_WORDS,
    ORDINALS,
    VALUE_RULES,
    any_of,
    in_turn,
    integers,
    less_likely,
    phrases,
)
from assistant.understanding.language import Language, language
from assistant.understanding.reading import Context
from client.catalog import Catalog, Tool
from client.schemas.patterns import as_whole, matches
from client.values import JSON
from voice.plain_words import plain_words
from voice.recognition.recognizer_base import AnyOrder, Expression, Grammar, Maybe, Open, Repeated, Rule, Words

BARE_NUMBER = 100.0
"""How much rarer a number or time is that no word of a request leads to."""
WITHOUT_OBJECT = 1000.0
"""How much rarer an opening is without the required argument that follows it in every example: nobody says "tell I'm on
my way", and "tell that I'm on my way" is what a name sounds like that the model rarely writes."""
KNOWN_CODE = 100.0
"""How much likelier each letter is in a code that an answer has held: another one must sound clearly different."""


@dataclass(frozen=True)
class _Semantic:
    """What kind of value a parameter takes, as far as its schema and name tell."""

    connectors: tuple[str, ...]
    filler: Expression


class _Compiler:
    """Collects the rules of one grammar."""

    def __init__(self, catalog: Catalog, context: Context, spoken: SpokenPhrases) -> None:
        self.catalog = catalog
        self.spoken = spoken
        self.context = context
        self.rules: dict[str, Expression] = dict(VALUE_RULES)
        profile = context.profile
        self.names: list[str] = phrases([*profile.contacts, *profile.contacts.values(), *profile.places])

    # -- values --

    def slot(self, tool: Tool, path: str, slot: TemplateSlot) -> Expression:
        """Return a reference to the rule of a slot's values, making it where it is new."""
        name = f"{tool.qualified}.{path}"
        if name not in self.rules:
            self.rules[name] = self._values(schema_at(tool, path), path, slot)
        return Rule(name)

    def _values(self, schema: Mapping[str, JSON], path: str, slot: TemplateSlot) -> Expression:
        listed = listed_values(schema)
        self.names += phrases([*listed, *named_values(schema)])
        if listed:
            one = any_of(phrases([*listed, *slot.surfaces]))
            return in_turn(one, Maybe(in_turn(Maybe(Words("and")), one))) if schema.get("type") == "array" else one
        kind = kind_of(schema)
        if kind in ("integer", "number"):
            counted = _counted(slot.surfaces)
            numbers = self._numbers(schema, kind)
            return in_turn(numbers, Maybe(any_of(counted))) if counted else numbers
        typed = self._typed(schema, path)
        hints = named_values(schema)
        found = [] if (typed and "format" in schema) or "pattern" in schema else self._results()
        options: list[str | Expression] = [*typed, *found, *phrases([*slot.surfaces, *hints])]
        vocabulary = content_words(slot.surfaces)
        # The words of the examples, put together anew; not where the schema itself names values, nor for an answer,
        # which is short enough to be mistaken for any two of them.
        if not typed and not hints and not self.context.confirming and len(vocabulary) > 1:
            loose = Repeated(any_of(vocabulary))
            return any_of([any_of(options), loose], (8.0, 1.0)) if options else loose
        return any_of(options) if options else Rule("number")

    def _numbers(self, schema: Mapping[str, JSON], kind: str) -> Expression:
        low, high = schema.get("minimum"), schema.get("maximum")
        if kind == "number":
            return Rule("decimal")
        if isinstance(low, int | float) and isinstance(high, int | float):
            return integers(int(low), int(high))
        if isinstance(high, int | float) and high <= 99:
            return integers(0, int(high))
        return Rule("number")

    def _typed(self, schema: Mapping[str, JSON], path: str) -> list[Expression]:
        """Return rules for what format and name say: dates, times, contacts, places, messages."""
        said = schema.get("format")
        for form in ("date", "time", "date-time", "duration"):
            if said == form:
                return [Rule(form), Rule("on-day")] if form == "date" else [Rule(form)]
        if isinstance(pattern := schema.get("pattern"), str):
            return [self._coded(pattern)]
        words = set(plain_words(path.replace(".", " ")).split()) | set(
            plain_words(text_of(schema, "description")).split()
        )
        profile = self.context.profile
        found: list[Expression] = []
        if words & {"date", "day"}:
            found += [Rule("date"), Rule("on-day")]
        if words & {"time", "hour"} and not words & {"times"}:
            found.append(Rule("time"))
        if words & {"duration", "minutes"}:
            found.append(Rule("duration"))
        if plain_words(path).split()[-1:] == ["month"]:
            found.append(Rule("month"))
        if words & _PERSON_WORDS and profile.contacts:
            found.append(any_of(phrases([*profile.contacts, *profile.contacts.values()])))
        if words & _PLACE_WORDS:
            places = phrases([*profile.places, *profile.places.values(), "here", "home", "work"])
            found.append(any_of(places))
        kept = (*self.context.recent, *profile.quick_messages)
        if words & FREE_WORDS and kept:
            sentences = [_quick_message(message, self.spoken.about) for message in kept]
            if self.context.blank in VALUE_RULES:
                sentences.append(Rule(self.context.blank))
            found.append(Open(any_of(sentences)))
        return found

    def _coded(self, pattern: str) -> Expression:
        """Return how a value of a pattern is spelled; one that an answer has held is likelier than any other."""
        known = [spelled_out(code) for code in self.context.codes if matches(as_whole(pattern), code)]
        return any_of([*known, spelled(pattern, KNOWN_CODE)]) if known else spelled(pattern)

    def _results(self) -> list[Expression]:
        """Return how things that the last answer listed are called where a name is wanted."""
        listed = self.context.results
        if not listed:
            return []
        numbered = any_of([*ORDINALS[: len(listed)], "last", "same"])
        return [any_of([*phrases(listed), in_turn("the", numbered, Maybe(Words("one")))])]

    # -- requests --

    def request(self, tool: Tool) -> Expression:
        """Return every way to ask for a tool."""
        paths = paths_of(tool)
        usage = read_usage(tool.examples, paths)
        if paths and not usage.slots:  # examples that mark no argument say nothing of how arguments are said
            usage = replace(usage_from_schema(tool, paths), sentences=usage.sentences)
        elif usage.empty:
            usage = usage_from_schema(tool, paths)
        items = {path: self.item(tool, slot) for path, slot in usage.slots.items()}
        whole: list[Expression] = [self._led(phrases(usage.sentences))] if usage.sentences else []
        if paths and not read_usage(tool.examples, paths).slots:
            whole += self._shaped(tool, paths)
        openings = self._openings(usage, usage.openings)
        if items:
            whole += self._filled(tool, usage, items)
        elif openings is not None:
            whole.append(openings)
        return any_of(whole)

    def _filled(self, tool: Tool, usage: Usage, items: Mapping[str, Expression]) -> list[Expression]:
        """Return requests with arguments; the object of an opening stands right behind it, and is hardly left out."""
        body = self._body(usage, items)
        if not usage.openings:
            return [body]
        before = Maybe(any_of([items[path] for path in usage.leading])) if usage.leading else Words("")
        found: list[Expression] = []
        objects = {one: path for one in usage.openings if (path := usage.object_of(one)) in tool.required}
        for path in dict.fromkeys(objects.get(one, "") for one in usage.openings):
            openings = self._openings(usage, [one for one in usage.openings if objects.get(one, "") == path])
            if openings is None:
                continue
            if path:
                rest = {name: item for name, item in items.items() if name != path}
                led = in_turn(items[path], self._body(usage, rest))
                found.append(in_turn(before, openings, any_of([led, body], (WITHOUT_OBJECT, 1.0))))
            else:
                found.append(in_turn(before, openings, body))
        return found

    def _shaped(self, tool: Tool, paths: Sequence[str]) -> list[Expression]:
        """Return requests by the verb of the tool's name, if it has one."""
        spoken = language()
        name = read_name(plain_words(tool.name), plain_words(tool.description).split()[:6], spoken)
        if name is None:
            return []
        items: list[Expression] = []
        for path in paths:
            schema, values = schema_at(tool, path), self.slot(tool, path, TemplateSlot(path))
            if kind_of(schema) in ("integer", "number") and not listed_values(schema):
                about = plain_words(text_of(schema, "description")).split()
                items.append(counted(values, plain_words(path), about, spoken))
            else:
                items.append(led(values, spoken))
        return [shaped(name, LEADS, items, spoken)]

    def _openings(self, usage: Usage, listed: Sequence[str]) -> Expression | None:
        if not listed:
            return None
        openings = self._led(vary_openings(listed))
        return in_turn(openings, Maybe(any_of(["a", "an", "the"]))) if usage.article else openings

    @staticmethod
    def _led(openings: Iterable[str]) -> Expression:
        commanding = [opening for opening in openings if commands(opening)]
        others = [opening for opening in openings if not commands(opening)]
        options: list[str | Expression] = list(others)
        if commanding:
            options.append(in_turn(Maybe(any_of(LEADS)), any_of(commanding)))
        return any_of(options)

    @staticmethod
    def _body(usage: Usage, items: Mapping[str, Expression]) -> Expression:
        """Return the arguments, and the words that stand between them, in any order."""
        return AnyOrder((*items.values(), *(Words(extra) for extra in usage.extras)))

    def item(self, tool: Tool, slot: TemplateSlot, *, bare: bool = False, rarer: bool | None = None) -> Expression:
        """Return a slot's values behind the words that lead to it.

        `bare` lets them stand alone in any case; a bare number is `rarer`, in a request unless that says otherwise.
        """
        schema = schema_at(tool, slot.path)
        connectors = [*slot.connectors, *usual_connectors(schema, slot.path)]
        spoken = [connector for connector in dict.fromkeys(connectors) if connector]
        values = self.slot(tool, slot.path, slot)
        rare = (not bare if rarer is None else rarer) and _is_number(schema, slot.path)
        if not spoken:
            return less_likely(values, BARE_NUMBER) if rare else values
        lead = any_of(spoken)
        if not bare and "" not in connectors:
            return in_turn(lead, values)
        led = any_of([lead, Words("")], (BARE_NUMBER, 1.0)) if rare else Maybe(lead)
        return in_turn(led, values)

    # -- states of the dialogue --

    def answers(self) -> Expression:
        """Return what is said to a read-back: yes, no, and new values."""
        plain = self.spoken.yes_or_no()
        changes = self.changes()
        if changes is None:
            return plain
        no, change = any_of(self.spoken.refusing), any_of(self.spoken.change)
        lead = any_of([in_turn(no, Maybe(change)), change])
        reworded = self._reworded(no)
        options = [plain, in_turn(lead, changes), changes, *([reworded] if reworded is not None else [])]
        return any_of(options, (10.0, 3.0, 1.0, 3.0)[: len(options)])

    def _reworded(self, lead: Expression) -> Expression | None:
        """Return how the free words of the pending message are said anew: "no, change the message to ..."."""
        tool = self.catalog.find(self.context.pending_tool)
        name = free_words(tool)
        if tool is None or not name:
            return None
        slot = read_usage(tool.examples, paths_of(tool)).slots.get(name, TemplateSlot(name))
        return in_turn(Maybe(lead), any_of(self.spoken.rewording), self.slot(tool, name, slot))

    def changes(self) -> Expression | None:
        """Return values of the pending tool's parameters, one or several."""
        tool = self.catalog.find(self.context.pending_tool)
        if tool is None:
            return None
        paths = paths_of(tool)
        usage = read_usage(tool.examples, paths)
        slots = [usage.slots.get(path, TemplateSlot(path)) for path in paths if path != self.context.asked]
        items = [self.item(tool, slot, bare=True) for slot in slots]
        if len(items) < 2:
            return any_of(items) if items else None
        several = AnyOrder(tuple(self.item(tool, slot, bare=True, rarer=True) for slot in slots))
        # One new value is far likelier than several; without that, noise after it is heard as a number more.
        return any_of([any_of(items), several], (20.0, 1.0))

    def asked(self) -> list[Expression]:
        """Return what is said to a question for a value."""
        tool = self.catalog.find(self.context.pending_tool)
        if tool is None or self.context.asked not in paths_of(tool):
            return []
        slot = read_usage(tool.examples, paths_of(tool)).slots.get(self.context.asked, TemplateSlot(self.context.asked))
        values = self.slot(tool, self.context.asked, slot)
        spoken = usual_connectors(schema_at(tool, self.context.asked), self.context.asked)
        connectors = [connector for connector in dict.fromkeys([*slot.connectors, *spoken]) if connector]
        lead = any_of([*self.spoken.leading, *connectors])
        answer = in_turn(Maybe(lead), values, Maybe(Words("please")))
        others = self.changes()
        return [answer if others is None else in_turn(answer, any_of([Words(""), others], (10.0, 1.0)))]

    def options(self) -> list[Expression]:
        """Return what is said to an offer of several things."""
        if not self.context.options:
            return []
        count = len(self.context.options)
        numbered = any_of([*ORDINALS[:count], "last"])
        named = any_of(phrases(self.context.options))
        return [in_turn(Maybe(Words("the")), numbered, Maybe(Words("one"))),
                in_turn("number", integers(1, count)) if count else Words("number one"),
                in_turn(Maybe(Words("the")), named)]  # fmt: skip


def compile_grammar(catalog: Catalog, context: Context, spoken: Language | None = None) -> Grammar:
    """Return what may be said now: control words always, and by state answers, values, choices or requests.

    `spoken` is the driver's language, English if it is left out.
    """
    compiler = _Compiler(catalog, context, SpokenPhrases(spoken or language()))
    parts: list[Expression] = [compiler.spoken.controls()]
    parts += compiler.options()
    if context.confirming:
        parts.append(compiler.answers())
    elif context.asked:
        parts += compiler.asked()
    if is_asked(catalog, context):  # a sentence is a request of its own, or the end of them
        parts = [compiler.spoken.controls(), any_of(compiler.spoken.no_more)]
        compiler.context = context = for_a_sentence(context)
    if not context.confirming and not context.asked:
        requests = [compiler.request(tool) for tool in catalog]
        if requests:
            manners = Maybe(any_of(compiler.spoken.manners))
            parts.append(in_turn(any_of(requests), manners))
    root = any_of(parts, tuple(3.0 if part is parts[0] else 1.0 for part in parts))
    closed = context.confirming or bool(context.options)
    names = tuple(dict.fromkeys(name for name in compiler.names if not set(name.split()) & NUMBER_WORDS))
    return Grammar(root, compiler.rules, closed=closed, answer=bool(context.asked) and not closed, names=names)


def _is_number(schema: Mapping[str, JSON], path: str) -> bool:
    """Whether a value may be a single number: it is as short as the small words of any sentence ("for", "at")."""
    number = kind_of(schema) in ("integer", "number") or moment_of(schema, path) == "time"
    return number and not listed_values(schema)


_PERSON_WORDS = frozenset("contact recipient person to who name attendee attendees caller".split())
_PLACE_WORDS = frozenset("place location destination address city origin from where town near".split())


def _counted(surfaces: Iterable[str]) -> list[str]:
    """Return what the values of examples count, behind their numbers: "people" of "two people"."""
    found = [" ".join(words[1:]) for words in map(str.split, surfaces) if words[:1] and words[0] in NUMBER_WORDS]
    return list(dict.fromkeys(words for words in found if words and not set(words.split()) & NUMBER_WORDS))


def _quick_message(message: str, about: Sequence[str]) -> Expression:
    """Return a kept sentence with its blanks open: `"i'm {duration} late"`."""
    parts: list[str | Expression] = []
    rest = message
    while "{" in rest and "}" in rest:
        head, _, tail = rest.partition("{")
        name, _, rest = tail.partition("}")
        roughly = Maybe(any_of(about)) if name in ("duration", "time") else ""
        parts += [plain_words(head), roughly, Rule(name) if name in VALUE_RULES else Words(plain_words(name))]
    return in_turn(*parts, plain_words(rest))
