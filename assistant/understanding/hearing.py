"""What was said, from how it sounded and what it would mean together: sentences of the grammar beside free ones.

Pure. A recognizer says how likely each text is; understanding says how much sense it makes. Neither alone decides.
It never makes a yes, a no or a choice out of words that were heard outside the grammar.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.understanding.reading import Context, Reading
from voice.recognition.base import Alternative, Transcript

Read = Callable[[Sequence[str], Context], Reading]

SENSE = 5.0
"""What a reading's score (0 to 1) counts in natural logarithms of the sound's likelihood."""
LISTENED_FOR = 4.0
"""What a sentence of the grammar has ahead of a free one, in natural logarithms."""
MISSING = 0.5
"""What each missing argument takes off, in natural logarithms."""
LEAST_SENSE = 0.5
"""Score below which words that were heard outside the grammar ask for nothing."""
MOST_MARGIN = 12.0
"""By how much another text may be likelier than the one taken, in natural logarithms."""


@dataclass(frozen=True)
class _Weighed:
    alternative: Alternative
    reading: Reading
    worth: float
    sense: float


def read_heard(transcript: Transcript, context: Context, read: Read) -> Reading:
    """Return what an utterance means; an empty reading if nothing that was heard makes enough sense.

    A transcript without likelihoods (typed words, other recognizers) is read as it stands, best text first.
    """
    if not transcript.text:
        return Reading()
    listed = transcript.alternatives
    if not any(one.likelihood is not None for one in listed):
        return read([one.text for one in listed] or [transcript.text], context)
    expected = [one for one in listed if not one.free]
    closed = context.confirming or bool(context.options)
    if closed or not any(one.free for one in listed):
        return read([one.text for one in expected], context) if expected else Reading()
    loudest = max(one.likelihood or 0.0 for one in listed)
    best: _Weighed | None = None
    for one in listed:
        weighed = _weigh(one, read([one.text], context))
        if loudest - (one.likelihood or 0.0) > MOST_MARGIN or (one.free and not _may_be_meant(weighed, context)):
            continue
        if best is None or weighed.worth > best.worth:
            best = weighed
    return best.reading if best is not None else Reading()


def _weigh(one: Alternative, reading: Reading) -> _Weighed:
    first = reading.interpretations[0] if reading.interpretations else None
    told = reading.control is not None or reading.choice is not None or bool(reading.changes)
    sense = 1.0 if told else first.score if first is not None else 0.0
    missing = len(first.missing) if first is not None and not told else 0
    ahead = 0.0 if one.free else LISTENED_FOR
    likelihood = one.likelihood if one.likelihood is not None else one.score
    return _Weighed(one, reading, likelihood + SENSE * sense + ahead - MISSING * missing, sense)


def _may_be_meant(weighed: _Weighed, context: Context) -> bool:
    """Whether words that were heard outside the grammar may be taken: as a request or a value, never as a control."""
    reading = weighed.reading
    if reading.control is not None or reading.choice is not None:
        return False
    return bool(context.asked) or weighed.sense >= LEAST_SENSE
