"""What was said, from how it sounded and what it would mean together: sentences of the grammar beside free ones.

Pure. A recognizer says how likely each text is; understanding says how much sense it makes. Neither alone decides.
It never makes a yes, a no or a choice out of words that were heard outside the grammar, never drops a "don't" or a
question that was heard, and understands nothing rather than guess between "on" and "off".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from assistant.understanding.grammar.value_rules import NUMBER_WORDS
from assistant.understanding.language import language
from assistant.understanding.mood import Mood, MoodPart, Moods
from assistant.understanding.reading import Context, Control, Reading
from voice.plain_words import plain_words
from voice.recognition.recognizer_base import Alternative, Transcript

Read = Callable[[Sequence[str], Context], Reading]

SENSE = 5.0
"""What a reading's score (0 to 1) counts, in natural logarithms of the sound's likelihood."""
LISTENED_FOR, LISTENED_FOR_A_WORD = 3.0, 1.0
"""What a sentence of the grammar has ahead of free words, in natural logarithms: once, and for each of its words."""
MISSING = 3.0
"""What each missing argument takes off, in natural logarithms."""
LEAST_SENSE = 0.55
"""Score below which words ask for nothing that were heard outside the grammar, or behind a doubtful opening of it."""
LEAST_SENSE_OF_A_STATEMENT = 0.8
"""The same for words that neither tell what to do nor open a question: "our neighbours are moving to another town"
makes 0.73 beside a map. None of 81 commands (45 public) that make less sense than this is put in such a form."""
MOST_MARGIN = 12.0
"""By how much another text may be likelier than a free one that is taken, in natural logarithms."""
ANY_VALUE = 0.3
"""The sense that free words make as an answer: any words may be one."""
NEAR = 3.0
"""An answer to a question is free words at most this much less likely than the likeliest, in natural logarithms."""
SURE_OF_OPPOSITE = 1.0
"""How much likelier a request must be than the same with an opposite word ("off" for "on"), in natural logarithms."""
SAME_WORDS = 0.6
"""Share of the words that two texts have in common if they are the same request with an opposite word."""

HELD_BACK = 0.9
"""The sense that a refusal makes ("don't open the window"), or a question that is listened for: as much as that of a
request that is well understood."""

LEAST_YES, LEAST_YES_A_WORD = -4.0, -1.0
"""How likely a yes of one word must be, and what each further word takes off, in natural logarithms. Of 60 synthetic
yeses clean and at 15 dB none was less likely than -3.6; "okra" heard as "okay" was at -5.5 and -6.4."""

SUREST_YES = 0.9
"""Share of the evidence that a yes of one word must have against all that was heard, words outside the grammar
included. Of 60 synthetic yeses that were taken before (of 63, clean and at 24, 15 and 6 dB), none of one word had less
without another yes beside it; "that is right" had 0.82, "book it" 0.7. "Anna" heard as "yeah" had 0.61 to 0.86, "guess"
as "yes" 0.65 to 0.89."""


@dataclass(frozen=True)
class _Weighed:
    one: Alternative
    reading: Reading
    worth: float
    """What its sense adds to how likely it is."""

    @property
    def likelihood(self) -> float:
        return _likelihood(self.one)


def _likelihood(one: Alternative) -> float:
    return one.score if one.likelihood is None else one.likelihood


def _reading_once(read: Read) -> Read:
    """Return the same, which reads no texts twice."""
    known: dict[tuple[str, ...], Reading] = {}

    def reading(texts: Sequence[str], context: Context) -> Reading:
        key = tuple(texts)
        if key not in known:
            known[key] = read(texts, context)
        return known[key]

    return reading


def read_heard(transcript: Transcript, context: Context, read: Read) -> Reading:
    """Return what an utterance means; an empty reading if nothing that was heard makes enough sense.

    A transcript without likelihoods (typed words, other recognizers) is read as it stands, best text first.
    """
    if not transcript.text:
        return Reading()
    listed, read = transcript.alternatives, _reading_once(read)
    expected = [one for one in listed if not one.free]
    if all(one.likelihood is None for one in listed):
        return read([one.text for one in listed] or [transcript.text], context)
    if context.confirming or context.options:
        reading = read([one.text for one in expected], context) if expected else Reading()
        if reading.control is Control.YES and not (
            _plainly(expected[0]) and _surely(transcript, expected, context, read)
        ):
            return Reading(text=reading.text)
        return _corrected(reading, [one.text for one in expected], context, read)
    weighed = (_weigh(one, context, read) for one in expected)
    likely = (each for each in weighed if not each.one.doubtful or context.asked or _makes_sense(each.reading))
    sentence = _best(likely, lambda each: each.one.score + each.worth)
    free = _best(_free(listed, context, read), lambda each: each.likelihood + each.worth)
    found = _taken(sentence, free)
    if found is None or _hangs_on_an_opposite(found, listed):
        return Reading(text=found.reading.text if found is not None else "")
    held = _held_back(found, listed, context, read)
    return found.reading if held is None else held


def _corrected(reading: Reading, texts: Sequence[str], context: Context, read: Read) -> Reading:
    """Return the reading, or that of a later text if this one would change a value to what the driver just heard."""
    for place in range(1, len(texts) + 1):
        if not reading.changes or any(
            plain_words(str(value)) != plain_words(str(context.pending_arguments.get(name)))
            for name, value in reading.changes.items()
        ):
            return reading
        reading = read(texts[place:], context) if place < len(texts) else reading
    return reading


def _plainly(one: Alternative) -> bool:
    """Return whether the words are likely enough for a yes; a recognizer without likelihoods has its own rule."""
    further = len(one.text.split()) - 1
    return one.likelihood is None or one.likelihood >= LEAST_YES + LEAST_YES_A_WORD * further


def _surely(transcript: Transcript, expected: Sequence[Alternative], context: Context, read: Read) -> bool:
    """Return whether nothing that is no yes was as likely as a yes of one word; other words for yes are no rivals."""
    if len(expected[0].text.split()) > 1:
        return True
    others = (read([one.text], context).control for one in expected[1:])
    return transcript.confidence >= SUREST_YES or Control.YES in others


def _taken(sentence: _Weighed | None, free: _Weighed | None) -> _Weighed | None:
    """Return the sentence of the grammar, or the free words if they are far likelier and make enough sense."""
    if sentence is None or free is None:
        return sentence or free
    if _tells_no_more(free, sentence):
        return sentence
    ahead = LISTENED_FOR + LISTENED_FOR_A_WORD * len(sentence.one.text.split())
    return sentence if sentence.likelihood + sentence.worth + ahead >= free.likelihood + free.worth else free


def _tells_no_more(free: _Weighed, sentence: _Weighed) -> bool:
    """Whether free words ask for the same tool as a sentence, and fill no parameter that the sentence leaves open.

    They are that sentence spelled badly: "an ice coffee this week" for "an iced coffee with sweetener".
    """
    one, other = (each.reading.interpretations[:1] for each in (free, sentence))
    if not one or not other or _told(free.reading) or _told(sentence.reading):
        return False
    return one[0].tool == other[0].tool and not other[0].missing and set(one[0].arguments) <= set(other[0].arguments)


def _hangs_on_an_opposite(found: _Weighed, listed: Sequence[Alternative]) -> bool:
    """Whether the same request with an opposite word is nearly as likely: "turn off the light" for "turn on ..."."""
    own = plain_words(found.one.text).split()
    for other in listed:
        if _likelihood(other) < found.likelihood - SURE_OF_OPPOSITE:
            continue
        words = plain_words(other.text).split()
        gone, come = set(own) - set(words), set(words) - set(own)
        turned = any(language().are_opposites(one, two) for one in gone for two in come)
        if turned and SequenceMatcher(a=own, b=words).ratio() >= SAME_WORDS:
            return True
    return False


def _held_back(found: _Weighed, listed: Sequence[Alternative], context: Context, read: Read) -> Reading | None:
    """Return what was heard nearly as likely as a request, and asks, refuses or drops in nearly the same words.

    Beside a sentence of the grammar, free words that only ask must be far likelier: "may I have a coffee" is often
    written as "may have a coffee?". They hold nothing back if a text that asks for the same is likelier: "at like a
    large coffee" behind "I'd like a large coffee".
    """
    if not found.reading.interpretations or context.asked:
        return None
    wanted = {each.tool for each in found.reading.interpretations[:1]}
    own = plain_words(found.one.text).split()
    readings = [read([other.text], context) for other in listed]
    likeliest = max(
        _likelihood(other)
        for other, reading in zip(listed, readings, strict=True)
        if other is found.one
        or (reading.mood is found.reading.mood and wanted & {each.tool for each in reading.interpretations[:1]})
    )
    for other, reading in zip(listed, readings, strict=True):
        ahead = _likelihood(other) - (likeliest if reading.mood is Mood.TELL else found.likelihood)
        if other is found.one or ahead < -SURE_OF_OPPOSITE:
            continue
        if reading.mood in (Mood.DO, found.reading.mood) or wanted & {each.tool for each in reading.interpretations}:
            continue
        words = plain_words(other.text).split()
        alike = SequenceMatcher(a=own, b=words).ratio() >= SAME_WORDS
        if reading.mood is not Mood.TELL:
            if (alike or found.one.free) and not (reading.mood is Mood.DO_NOT and not _refuses(words)):
                return reading
        elif reading.interpretations:
            continue  # a request of its own, which was weighed as such
        elif alike and (found.one.free or not other.free or (ahead >= LISTENED_FOR and _only_asks(other, words))):
            return reading
    return None


def _refuses(words: Sequence[str]) -> bool:
    """Whether words say that something is not to be done: "making me a coffee" has none that does."""
    mood, said = language().mood, f" {' '.join(words)} "
    return any(f" {word} " in said for word in (*mood["negations"], *mood["refusing"]))


def _only_asks(other: Alternative, words: Sequence[str]) -> bool:
    """Whether free words are a question that asks for no deed; "out like a coffee" is a request spelled badly."""
    return not _asks_for_a_deed(words) and not _merely_states(other.text)


def _asks_for_a_deed(words: Sequence[str]) -> bool:
    """Whether a question opens as those do that ask for a deed: "could get me a coffee" lost its "you"."""
    return bool(words) and words[0] in language().mood["asking_for"]


def _free(listed: Sequence[Alternative], context: Context, read: Read) -> Iterable[_Weighed]:
    """Yield the free texts that may be taken: as a request or a value, never as a control or a choice."""
    loudest = max(one.likelihood or one.score for one in listed)
    most = NEAR if context.asked else MOST_MARGIN
    for one in listed:
        if not one.free or loudest - (one.likelihood or one.score) > most:
            continue
        weighed = _weigh(one, context, read)
        reading = weighed.reading
        if reading.control is not None or reading.choice is not None:
            continue
        if not context.asked and _merely_states(one.text):
            continue
        if context.asked or _sense(reading) >= (LEAST_SENSE_OF_A_STATEMENT if _states(reading) else LEAST_SENSE):
            yield weighed


def _merely_states(text: str) -> bool:
    """Whether free words say how things are and wish for nothing: "I think the weather was nicer in Spain".

    They are talk, however well they fit a tool, and "it's the window closed" is what a question sounds like. Of 1,430
    public commands, typed, five are put like that. The commas that the model writes are guesses, so the words are read
    without them too.
    """
    words = plain_words(text)
    return any(_say(parts, words) for parts in map(_moods().parts, (text, words))) and not _wishes(words.split())


def _say(parts: Sequence[MoodPart], words: str) -> bool:
    """Whether clauses only say something: by their mood, or since they open with a third person ("that's ...")."""
    first = words.partition(" ")[0]
    return all(part.states for part in parts) and (parts[0].mood is Mood.TELL or first in _third_persons())


@cache
def _third_persons() -> frozenset[str]:
    mood = language().mood
    opening = {*mood["subjects"], *mood["contracted_copulas"]} - NUMBER_WORDS
    return frozenset(opening - {*mood["speakers"], *mood["asked_ones"]})


def _wishes(words: Sequence[str]) -> bool:
    """Whether somebody wishes for something for themselves: "I think I need", "we are running out of"."""
    mood = language().mood
    behind = (" ".join(words[place + 1 : place + 5]) for place, word in enumerate(words) if word in mood["speakers"])
    return any(f" {wish} " in f" {said} " for said in behind for wish in mood["own_wishes"])


@cache
def _moods() -> Moods:
    return Moods(language())


def _states(reading: Reading) -> bool:
    """Whether the words only tell something: they neither tell what to do nor open as a question does."""
    first = plain_words(reading.text).partition(" ")[0]
    return reading.mood is Mood.TELL and first not in language().answers["answer_shapes"]["questions"]


def _weigh(one: Alternative, context: Context, read: Read) -> _Weighed:
    reading = read([one.text], context)
    first = reading.interpretations[0] if reading.interpretations and not _told(reading) else None
    missing = len(first.missing) if first is not None else 0
    sense = ANY_VALUE if one.free and _told(reading) else _sense(reading)
    if not one.free and not context.asked and reading.mood is Mood.TELL and not reading.interpretations:
        sense = HELD_BACK  # it is listened for so that it is not bent into a request
    return _Weighed(one, reading, SENSE * sense - MISSING * missing)


def _makes_sense(reading: Reading) -> bool:
    """Whether words fit the doubtful opening that they stand behind: "share of the company rose" opens as a request."""
    return _sense(reading) >= LEAST_SENSE or reading.mood is Mood.TELL


def _told(reading: Reading) -> bool:
    """Whether the words steer, choose or answer rather than ask for something."""
    told = reading.control is not None or reading.choice is not None or bool(reading.changes)
    return told or reading.next_sentence is not None


def _sense(reading: Reading) -> float:
    if _told(reading):
        return 1.0
    if not reading.interpretations and reading.mood in (Mood.DO_NOT, Mood.DROP):
        return HELD_BACK
    return reading.interpretations[0].score if reading.interpretations else 0.0


def _best(found: Iterable[_Weighed], rank: Callable[[_Weighed], float]) -> _Weighed | None:
    return max(found, key=rank, default=None)
