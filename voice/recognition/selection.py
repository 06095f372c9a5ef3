"""What several passes over one utterance say together: which text, how sure, and whether the sentence has ended.

Pure. It rejects what too little speaks for: speech that is no command must not become the nearest command.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from voice.recognition.base import Alternative, Ending, Transcript
from voice.recognition.sphinx_worker import PHONE_LOOP, Pass

RECOGNIZER = "pocketsphinx"
STAGES = ((0.96, 1.0, 1.04, 0.92), (PHONE_LOOP, 0.88, 1.08, 1.12))
"""Resampling factors, over the range of vocal tract lengths of adults: the later ones only where the first differ."""
_VOTE = 200.0
"""What each pass with the same text adds to its path score: 60 to 500 did equally well on human commands."""
_LEAST_TEMPO = 6.0
"""Letters a second; the slowest of 480 human commands that were heard right had 7.6."""
_SHORT_SPEECH = 1.5
"""Seconds; shorter speech is never too slow ("no")."""
_MARGINS = 0.5
"""Seconds of quiet in what is decoded, before and after the speech."""
_AGREEMENT_WEIGHT = 6.0
_LEAST_EVIDENCE = -9.0
"""Speech that follows the grammar is near the phone loop's score (human: -14 to 5 a frame) or the passes agree (a bare
"no" in noise: -12, but six of seven); other speech is far below (-14 to -28), and one or two of them agree. Measured on
60 human commands at 6 dB, 60 of other speakers against a grammar that has nothing of what they say, and synthetic
speech; weights of 4 to 8 with their own limits part them as well."""


def evidence(passes: Sequence[Pass], text: str) -> float:
    """Return what speaks for the text: its score over the phone loop's, a frame, and the share of passes with it."""
    loop = next((one for one in passes if one.factor == PHONE_LOOP), None)
    sentences = [one for one in passes if one.factor != PHONE_LOOP]
    agreeing = [one for one in sentences if one.text == text]
    if not agreeing:
        return float("-inf")
    share = len(agreeing) / len(sentences)
    if loop is None or loop.score == float("-inf"):
        return _AGREEMENT_WEIGHT * share
    return (max(one.score for one in agreeing) - loop.score) / max(1, loop.frames) + _AGREEMENT_WEIGHT * share


def settled(passes: Sequence[Pass]) -> bool:
    """Whether the passes so far agree, so that others would change nothing."""
    texts = {one.text for one in passes if one.factor != PHONE_LOOP}
    return len(texts) == 1 and "" not in texts and all(one.whole for one in passes)


def transcript_of(passes: Sequence[Pass], audio_seconds: float, decode_seconds: float) -> Transcript:
    """Return what the passes say together: the best by path score and votes, the others as alternatives.

    Empty where too little speaks for any text.
    """
    sentences = [one for one in passes if one.factor != PHONE_LOOP and one.text]
    best: dict[str, float] = {}
    votes: dict[str, int] = {}
    for one in sentences:
        best[one.text] = max(best.get(one.text, float("-inf")), one.score)
        votes[one.text] = votes.get(one.text, 0) + 1
    ranked = sorted(best, key=lambda text: best[text] + _VOTE * votes[text], reverse=True)
    if not ranked or evidence(passes, ranked[0]) < _LEAST_EVIDENCE or _too_slow(ranked[0], audio_seconds):
        return Transcript("", (), 0.0, RECOGNIZER, audio_seconds, decode_seconds)
    share = votes[ranked[0]] / sum(one.factor != PHONE_LOOP for one in passes)
    alternatives = tuple(Alternative(text, best[text] + _VOTE * votes[text]) for text in ranked)
    return Transcript(ranked[0], alternatives, share, RECOGNIZER, audio_seconds, decode_seconds)


def _too_slow(text: str, audio_seconds: float) -> bool:
    """Whether the sound is too long for so few words: a short command that was laid over a longer sentence."""
    spoken = audio_seconds - _MARGINS
    return spoken > _SHORT_SPEECH and len(text) < _LEAST_TEMPO * spoken


_MAJORITY = 0.5
"""Share of the passes that must hear the same words before a pause is judged by them."""


def ending_of(passes: Sequence[Pass]) -> Ending:
    """Return what the passes say about the end, from what they hear so far."""
    heard = Counter(one.begun for one in passes if one.begun)
    if not heard:
        return Ending.UNKNOWN
    text, votes = heard.most_common(1)[0]
    if votes <= _MAJORITY * sum(one.factor != PHONE_LOOP for one in passes):
        return Ending.UNKNOWN
    return Ending.COMPLETE if all(one.whole for one in passes if one.begun == text) else Ending.OPEN
