"""The page about moods and opposites, its examples read by the program itself when the page is made."""

from __future__ import annotations

from assistant.understanding.language import language
from assistant.understanding.mood import Mood, Moods

HEAD = """# What a sentence wants

Before any tool is looked for, each clause of a sentence is given a mood. One function decides it, `Moods.parts` in
`assistant/understanding/mood.py`, from the structure of the clause: auxiliary and subject, question words, negation
before the verb, tags, and what its end takes back. The words that it goes by are data of the language
(`assistant/understanding/language/*.mood.toml`). Whatever proposes a tool (typing, speech, going on from a request
before, what was learned, a language model) passes the same gate, `Gate.passed` in
`assistant/understanding/mood_gate.py`.

A clause that neither asks nor refuses is an order only if it has the shape of one (`orders.py` beside it):
a verb in its plain form behind courtesies or a name, known or told by the object behind it; a plea ("I want you to",
"you may", "it's time to"); a thing in the state that it shall have ("lights off"); or a complaint of a state ("it's
too loud"). A clause with a subject and a verb of its own tells something, and a condition without a main clause wants
nothing. What stands behind an order may deny it, judge it or put it into somebody's mouth. Texts that are handed on
("tell Anna ...", "... with the message ...") and titles are free of that.

| mood | may reach | if nothing may be reached |
|---|---|---|
"""
ROWS = (
    (
        Mood.DO,
        "every tool that does what was said",
        'the tool\'s own half is told: "I can open that, but not close it."',
    ),
    (Mood.TELL, "tools that only look, and those that look by an argument", '"I can\'t tell."'),
    (
        Mood.DO_NOT,
        "nothing; what waits for a yes, a value or the network is refused",
        '"I will leave it. Nothing was done."',
    ),
    (Mood.UNDO, "tools that take back, or the last deed if it is the one named", '"I can\'t reverse that from here."'),
    (Mood.DROP, "nothing", '"I have left it. Nothing was done."'),
)
EXAMPLES = {
    "en": (
        "open the trunk", "can you open the trunk", "would you mind opening the trunk", "why don't you open the trunk",
        "don't forget to open the trunk", "i don't know, open the trunk", "is the trunk open", "did you open the trunk",
        "why is the trunk open", "check whether i opened the trunk", "you opened the trunk, didn't you",
        "the trunk is open", "don't open the trunk", "don't, um, open the trunk", "never open the trunk",
        "i'd rather you didn't open the trunk", "would you mind not opening the trunk", "no need to open the trunk",
        "stop opening the trunk", "stop charging", "undo the last commit", "open the trunk never mind",
        "open the trunk no wait cancel that", "open the trunk said nobody ever",
        "my wife likes to open the trunk", "suppose i open the trunk", "wait before you open the trunk",
        "tell anna i don't want to open the trunk", "close the windows but don't open the trunk",
    ),
    "de": (
        "öffne den Kofferraum", "kannst du den Kofferraum öffnen", "vergiss nicht den Kofferraum zu öffnen",
        "ist der Kofferraum offen", "hast du den Kofferraum geöffnet", "öffne den Kofferraum nicht",
        "auf keinen Fall den Kofferraum öffnen", "öffne den Kofferraum ach nein doch nicht",
    ),
}  # fmt: skip
OPPOSITES = """
## Opposites

Words of polarity ("off", "close", "unlock", "down", "previous") must be taken up: by the verb in the tool's own
name or description, by an argument that takes them (a boolean, a listed value, a step with its sign), or by an
amount whose nought is off or closed. If the tool does the opposite, or nothing takes the word up, it is not called.
Verbs of their own ("restore", "postpone", "refund", "unpay") reach only tools that say them or a verb of like meaning,
and a thing reaches no parameter that wants a place ("turn the alarm off", of a tool for the light of a room).
A number behind "by" reaches no tool that sets a value. The pairs, by the axis that they are opposites on:

| axis | one side | the other |
|---|---|---|
"""


def page() -> str:
    """Return the page."""
    lines = [HEAD.rstrip("\n")]
    lines += [f"| {mood.value} | {reach} | {else_} |" for mood, reach, else_ in ROWS]
    lines += ["", "## Examples", "", "| sentence | moods |", "|---|---|"]
    for code, texts in EXAMPLES.items():
        moods = Moods(language(code))
        lines += [f"| {text} | {', '.join(part.mood.value for part in moods.parts(text))} |" for text in texts]
    lines.append(OPPOSITES.rstrip("\n"))
    for pair in language("en").mood["pairs"]:
        lines.append(f"| {pair['axis']} | {', '.join(pair['plus'])} | {', '.join(pair['minus'])} |")
    return "\n".join([*lines, ""])
