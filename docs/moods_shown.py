"""The page about moods and opposites, its examples read by the program itself when the page is made."""

from __future__ import annotations

from assistant.understanding.language import language
from assistant.understanding.mood import Mood, Moods

HEAD = """# What a sentence wants

Before McQueen looks for a tool, it gives each clause of a sentence a mood. One function decides the mood, `Moods.parts`
in `assistant/understanding/mood.py`, from the structure of the clause: auxiliary and subject, question words, negation
before the verb, tags, and words at the end that take the clause back. The words are data of the language
(`assistant/understanding/language/*.mood.toml`). Every proposal of a tool (from typing, speech, an earlier request,
learned sentences or a language model) passes one gate, `Gate.passed` in `assistant/understanding/mood_gate.py`.

A clause that neither asks nor refuses is an order only if it has the form of an order (`orders.py`): a verb in its
plain form after courtesies or a name, known or recognised by its object; a plea ("I want you to", "you may", "it's
time to"); a thing and its wanted state ("lights off"); or a complaint about a state ("it's too loud"). A clause
with its own subject and verb is a statement, and so is one that compares, counts, names or tells a habit ("it's two
degrees cooler", "the fan is on three", "the kids always want the window open"; `complaints.py`). What should have
been done ("I should have sent Peter a message") is not even looked up. Behind an aside ("I can't see", "I don't
like this song") an order counts, and what others are said to do does not (`behind_asides.py`). A condition without
a main clause asks for nothing. A statement may lead to an order or follow it without a pause ("it's raining close
the windows"). An order that hangs on a condition waits for it (`conditions.py`), and McQueen cannot wait; "if you
can" is no such condition. Words after an order may deny it ("that was only a joke": patterns with slots in the
language's `denials`), judge it or quote it as another person's words. This does not apply inside dictated texts
("tell Anna ...", "... with the message ...") and titles. "No window open" refuses; "no, headlights off" says no to
something else, and orders. An order is also taken back by a turn that says that things are well as they are ("actually
it's fine", "no, it's warm enough"), and a wish by "but" and what keeps from it ("but it's raining"; not "but just a
bit": `withdrawals.py`).

| mood | may reach | if nothing may be reached |
|---|---|---|
"""
ROWS = (
    (
        Mood.DO,
        "every tool that does what was said",
        'McQueen says what the tool can do: "I can open that, but not close it."',
    ),
    (Mood.TELL, "tools that only look, and those that look by an argument", '"I can\'t tell."'),
    (
        Mood.DO_NOT,
        "nothing; a request that waits for a yes, a value or the network is refused",
        '"I will leave it. Nothing was done."',
    ),
    (Mood.WAIT, "nothing", '"I can\'t wait for that to happen. Nothing was done."'),
    (Mood.UNDO, "tools that undo, or the last action if it is the one named", '"I can\'t reverse that from here."'),
    (Mood.DROP, "nothing", '"I have left it. Nothing was done."'),
)
EXAMPLES = {
    "en": (
        "open the trunk", "can you open the trunk", "would you mind opening the trunk", "why don't you open the trunk",
        "don't forget to open the trunk", "i don't know, open the trunk", "is the trunk open", "did you open the trunk",
        "why is the trunk open", "check whether i opened the trunk", "you opened the trunk, didn't you",
        "the trunk is open", "it's two degrees cooler in the back", "hands off the trunk",
        "don't open the trunk", "don't, um, open the trunk", "never open the trunk",
        "i'd rather you didn't open the trunk", "would you mind not opening the trunk", "no need to open the trunk",
        "stop opening the trunk", "stop charging", "undo the last commit", "open the trunk never mind",
        "open the trunk no wait cancel that", "open the trunk said nobody ever", "open the trunk actually it's fine",
        "i'd love to open the trunk but it's raining", "i'd like to open the trunk but just a bit",
        "maybe i should open the trunk",
        "my wife likes to open the trunk", "suppose i open the trunk", "wait before you open the trunk",
        "if it rains close the windows", "close the windows when it rains", "if you can close the windows",
        "it's raining close the windows", "the windows close on their own",
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

The tool must express every word of polarity ("off", "close", "unlock", "down", "previous"): by the verb in its name or
description, by an argument (a boolean, a listed value, a signed step), or by an amount whose zero means off or closed.
If the tool does the opposite, or does not express the word, it is not called. Specific verbs ("restore", "postpone",
"refund", "unpay") reach only tools that have them or a verb with a similar meaning. A thing does not fill a parameter
for a room or place ("turn the alarm off", with a tool for the light of a room). A number after "by" reaches no tool
that sets a value. The pairs of opposites, by axis:

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
