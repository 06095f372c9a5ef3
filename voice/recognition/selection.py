"""What several passes over one utterance say together: which text, how sure, and whether the sentence has ended.

Pure. It rejects what too little speaks for: speech that is no command must not become the nearest command.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np
import numpy.typing as npt

from voice.recognition.recognizer_base import Alternative, Ending, Transcript
from voice.recognition.sphinx_worker import FRAMES_A_SECOND, PHONE_LOOP, Dictated, Pass

RECOGNIZER = "pocketsphinx"
_FIRST = (0.96, 1.04, PHONE_LOOP)
_OTHERS = (0.92, 1.08, 0.88, 1.12)
"""Resampling factors, over the range of vocal tract lengths of adults: the others only where the first differ, or too
little speaks for what they say. Of 240 human commands at 15 and 6 dB the first two agreed on 138, and the others
would have put one of those right that was wrong. A seventh pass, not resampled, changed how many were right
neither on 80 recordings at 6 dB (62) nor on the 120 it was then counted on (81), and made three rounds of two."""
_VOTE = 200.0
"""What each pass with the same text adds to its path score: 60 to 500 did equally well on human commands."""
_LEAST_TEMPO = 6.0
"""Letters a second; the slowest of 480 human commands that were heard right had 7.6."""
_SHORT_SPEECH = 1.5
"""Seconds; shorter speech is never too slow ("no")."""
_MARGINS = 0.5
"""Seconds of quiet in what is decoded, before and after the speech."""
_AGREEMENT_WEIGHT = 4.0
_BREVITY_WEIGHT = 1.0
"""Divided by the seconds of words: a mean of few frames is less sure. A bare "no" in noise needs it."""
_SHORT_WORDS = 50
"""Frames. Fewer are no word if twice as many passes hear nothing: an earcon of 0.3 s was heard as "don't" by 2 of 6."""
_LEAST_EVIDENCE = -21.0
"""How well the words fit the sound, against the free loop of phones, a frame, with what agreement of all passes and
brevity add. The fit of human speech, 40 to 60 clips of many speakers: clean above -16 with the grammar of what they
say, below -24 with a grammar that has nothing of it; at 15 dB above -18 and below -22; at 6 dB they overlap by a
tenth. Of 70 human commands of another kind (clean and 15 dB, idle and confirming) 3 pass here and 1 at -17.5; of 20 of
their own kind at 6 dB one more is heard."""


def evidence(passes: Sequence[Pass], text: str) -> float:
    """Return what speaks for the text: how well its words fit against the phone loop, how many passes hear it."""
    loop = next((one for one in passes if one.factor == PHONE_LOOP), None)
    sentences = [one for one in passes if one.factor != PHONE_LOOP]
    agreeing = [one for one in sentences if one.text == text]
    if not agreeing:
        return float("-inf")
    share = _AGREEMENT_WEIGHT * len(agreeing) / len(sentences)
    best = max(agreeing, key=lambda one: one.score)
    if loop is None or not len(loop.fit):
        return share
    spoken = _against(best, loop)
    if not len(spoken) or (len(spoken) < _SHORT_WORDS and 2 * len(agreeing) <= sum(not one.text for one in sentences)):
        return float("-inf")
    return float(spoken.mean()) + share + _BREVITY_WEIGHT * FRAMES_A_SECOND / len(spoken)


def _against(heard: Pass, loop: Pass | None) -> npt.NDArray[np.float32]:
    """Return how well the words of a pass fit, frame by frame, less how well the phone loop does."""
    frames = min(len(heard.fit), len(loop.fit)) if loop is not None else 0
    against = heard.fit[:frames] - loop.fit[:frames] if loop is not None else heard.fit[:0]
    return np.asarray(against[~np.isnan(against)], np.float32)


def best_of(passes: Sequence[Pass]) -> list[Alternative]:
    """Return the texts heard, likeliest first, by path score and votes."""
    best: dict[str, float] = {}
    votes: Counter[str] = Counter()
    for one in passes:
        if one.factor != PHONE_LOOP and one.text:
            best[one.text] = max(best.get(one.text, float("-inf")), one.score)
            votes[one.text] += 1
    found = [Alternative(text, score + _VOTE * votes[text]) for text, score in best.items()]
    return sorted(found, key=lambda one: one.score, reverse=True)


def transcript_of(passes: Sequence[Pass], audio_seconds: float, decode_seconds: float) -> Transcript:
    """Return what the passes say together: the best by path score and votes, the others as alternatives.

    Empty where too little speaks for any text.
    """
    ranked = best_of(passes)
    text = ranked[0].text if ranked else ""
    if not text or evidence(passes, text) < _LEAST_EVIDENCE or _too_slow(text, audio_seconds):
        return Transcript("", (), 0.0, RECOGNIZER, audio_seconds, decode_seconds)
    sentences = [one for one in passes if one.factor != PHONE_LOOP]
    share = sum(one.text == text for one in sentences) / len(sentences)
    return Transcript(text, tuple(ranked), share, RECOGNIZER, audio_seconds, decode_seconds)


def settled(passes: Sequence[Pass]) -> bool:
    """Whether the passes so far agree on a whole sentence and enough speaks for it: others would change nothing."""
    texts = {one.text for one in passes if one.factor != PHONE_LOOP}
    whole = all(one.whole for one in passes if one.factor != PHONE_LOOP)
    return len(texts) == 1 and "" not in texts and whole and evidence(passes, *texts) >= _LEAST_EVIDENCE


def next_pass(passes: Sequence[Pass], running: Sequence[float]) -> float | None:
    """Return the resampling factor of the pass to begin with now, beside those that run; None where there is none yet.

    Which passes are made in the end does not depend on how long each takes.
    """
    begun = {*running, *(one.factor for one in passes)}
    if not begun.issuperset(_FIRST):
        return next(factor for factor in _FIRST if factor not in begun)
    others = next((factor for factor in _OTHERS if factor not in begun), None)
    if begun.intersection(_OTHERS) or _differ(passes):
        return others  # the phones of the rival, which take longest to come, would not settle it
    return None if set(_FIRST).intersection(running) or settled(passes) else others


def _differ(passes: Sequence[Pass]) -> bool:
    """Whether the sentences of these passes will not be settled, whatever others say."""
    sentences = [one for one in passes if one.factor != PHONE_LOOP]
    return len({one.text for one in sentences}) > 1 or any(not one.text or not one.whole for one in sentences)


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


DICTATION = (0.92, 1.0)
"""Resampling factors of the passes that take dictation, one a process: each takes half as long as the speech."""
_DICTATED_CONFIDENCE = 0.3
_LEAST_HEAD = 55
"""Frames of words that the grammar knows: "let" or "share" alone fits anything."""
_LAST_WORD = 35
"""Frames before the open words: "i'd like to" begins any request, and what makes it this one comes last."""
_LEAST_HEAD_FIT = -20.0
"""How well those fit, against the free loop of phones, a frame, in the mean of the passes: 12 synthetic messages at
15 dB come to -16 and more, 24 human commands of another kind, clean, to -22 and less where the head is long enough."""
_LEAST_LIKENESS = 0.5
"""Share of the words that the passes must have in common: of free words that differ more hardly one is right."""


def dictated(passes: Sequence[Pass], taken: Sequence[Dictated], audio_seconds: float, seconds: float) -> Transcript:
    """Return what was taken down behind words that the grammar knows; those words alone where the passes differ much.

    Empty where too little speaks for the words that the grammar knows.
    """
    nothing = Transcript("", (), 0.0, RECOGNIZER, audio_seconds, seconds)
    loop = next((one for one in passes if one.factor == PHONE_LOOP), None)
    fits = [_against(one.head, loop) for one in taken if one.head.text]
    known = len(fits) > 1 and min(map(len, fits)) >= _LEAST_HEAD
    well = known and float(np.mean([fit[-_LAST_WORD:].mean() for fit in fits])) >= _LEAST_HEAD_FIT
    believed = [one for one in taken if well or not one.head.text]
    if not believed:
        return nothing
    best = max(believed, key=lambda one: one.score)
    tails = [one.tail.split() for one in taken]
    likeness = min(SequenceMatcher(a=tails[0], b=tail).ratio() for tail in tails[1:]) if len(tails) > 1 else 0.0
    text = f"{best.head.text} {best.tail}" if best.tail and likeness >= _LEAST_LIKENESS else best.head.text
    if not text:
        return nothing
    found = (Alternative(text.strip(), best.score),)
    return Transcript(text.strip(), found, _DICTATED_CONFIDENCE, RECOGNIZER, audio_seconds, seconds)
