"""Combines several passes over one utterance: which text, how sure, and whether the sentence has ended.

Pure. It rejects texts with too little evidence, because speech that is no command must not become the nearest command.
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
"""Resampling factors of the later passes, over the range of adults' vocal tract lengths; made only if the first two
differ or have too little evidence. Of 240 human commands at 15 and 6 dB the first two agreed on 138, and the others
would have corrected one of those. A seventh pass, not resampled, changed the number of right ones neither on 80
recordings at 6 dB (62) nor on 120 others (81), and made three rounds of two.
"""
_VOTE = 200.0
"""Added to the path score for each pass with the same text: 60 to 500 did equally well on human commands."""
_LEAST_TEMPO = 6.0
"""Least letters per second; the slowest of 480 human commands that were heard right had 7.6."""
_SHORT_SPEECH = 1.5
"""Seconds; the tempo of shorter speech ("no") is not checked."""
_MARGINS = 0.5
"""Seconds of silence to decode before and after the speech."""
_AGREEMENT_WEIGHT = 4.0
_BREVITY_WEIGHT = 1.0
"""Divided by the seconds of words, because the mean of few frames is less certain. A bare "no" in noise needs it."""
_SHORT_WORDS = 50
"""Frames. Fewer are no word if twice as many passes hear nothing: 2 of 6 heard an earcon of 0.3 s as "don't"."""
_LEAST_EVIDENCE = -21.0
"""How well the words fit the sound, against the free loop of phones, a frame, with what agreement of all passes and
brevity add. The fit of human speech, 40 to 60 clips of many speakers: clean above -16 with the grammar of what they
say, below -24 with a grammar that has nothing of it; at 15 dB above -18 and below -22; at 6 dB they overlap by a
tenth. Of 70 human commands of another kind (clean and 15 dB, idle and confirming) 3 pass here and 1 at -17.5; of 20 of
their own kind at 6 dB one more is heard."""


def evidence(passes: Sequence[Pass], text: str) -> float:
    """Return the evidence for the text: how well its words fit against the phone loop, and how many passes hear it."""
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
    """Return the mean fit of a pass's words per frame, minus the fit of the phone loop."""
    frames = min(len(heard.fit), len(loop.fit)) if loop is not None else 0
    against = heard.fit[:frames] - loop.fit[:frames] if loop is not None else heard.fit[:0]
    return np.asarray(against[~np.isnan(against)], np.float32)


def best_of(passes: Sequence[Pass]) -> list[Alternative]:
    """Return the texts of all passes, likeliest first, by path score and votes."""
    best: dict[str, float] = {}
    votes: Counter[str] = Counter()
    for one in passes:
        if one.factor != PHONE_LOOP and one.text:
            best[one.text] = max(best.get(one.text, float("-inf")), one.score)
            votes[one.text] += 1
    found = [Alternative(text, score + _VOTE * votes[text]) for text, score in best.items()]
    return sorted(found, key=lambda one: one.score, reverse=True)


def transcript_of(passes: Sequence[Pass], audio_seconds: float, decode_seconds: float) -> Transcript:
    """Return the transcript: the best text by path score and votes, the others as alternatives.

    Empty if no text has enough evidence.
    """
    ranked = best_of(passes)
    text = ranked[0].text if ranked else ""
    if not text or evidence(passes, text) < _LEAST_EVIDENCE or _too_slow(text, audio_seconds):
        return Transcript("", (), 0.0, RECOGNIZER, audio_seconds, decode_seconds)
    sentences = [one for one in passes if one.factor != PHONE_LOOP]
    share = sum(one.text == text for one in sentences) / len(sentences)
    return Transcript(text, tuple(ranked), share, RECOGNIZER, audio_seconds, decode_seconds)


def settled(passes: Sequence[Pass]) -> bool:
    """Return whether the passes so far agree on a whole sentence with enough evidence, so that others would change
    nothing.
    """
    texts = {one.text for one in passes if one.factor != PHONE_LOOP}
    whole = all(one.whole for one in passes if one.factor != PHONE_LOOP)
    return len(texts) == 1 and "" not in texts and whole and evidence(passes, *texts) >= _LEAST_EVIDENCE


def next_pass(passes: Sequence[Pass], running: Sequence[float]) -> float | None:
    """Return the resampling factor of the next pass to start beside the running ones; None if there is none yet.

    Which passes run in the end does not depend on how long each takes.
    """
    begun = {*running, *(one.factor for one in passes)}
    if not begun.issuperset(_FIRST):
        return next(factor for factor in _FIRST if factor not in begun)
    others = next((factor for factor in _OTHERS if factor not in begun), None)
    if begun.intersection(_OTHERS) or _differ(passes):
        return others  # the phones of the rival, which take longest to come, would not settle it
    return None if set(_FIRST).intersection(running) or settled(passes) else others


def _differ(passes: Sequence[Pass]) -> bool:
    """Return whether these passes already differ so much that no other pass can settle the sentence."""
    sentences = [one for one in passes if one.factor != PHONE_LOOP]
    return len({one.text for one in sentences}) > 1 or any(not one.text or not one.whole for one in sentences)


def _too_slow(text: str, audio_seconds: float) -> bool:
    """Return whether the sound is too long for so few words: a short command matched to a longer sentence."""
    spoken = audio_seconds - _MARGINS
    return spoken > _SHORT_SPEECH and len(text) < _LEAST_TEMPO * spoken


_MAJORITY = 0.5
"""Share of the passes that must hear the same words before they decide about a pause."""


def ending_of(passes: Sequence[Pass]) -> Ending:
    """Return whether the passes so far mean that the turn has ended."""
    heard = Counter(one.begun for one in passes if one.begun)
    if not heard:
        return Ending.UNKNOWN
    text, votes = heard.most_common(1)[0]
    if votes <= _MAJORITY * sum(one.factor != PHONE_LOOP for one in passes):
        return Ending.UNKNOWN
    return Ending.COMPLETE if all(one.whole for one in passes if one.begun == text) else Ending.OPEN


DICTATION = (0.92, 1.0)
"""Resampling factors of the passes for dictation, one for each process: each takes half as long as the speech."""
_DICTATED_CONFIDENCE = 0.3
_LEAST_HEAD = 55
"""Least frames of words of the grammar: "let" or "share" alone fits anything."""
_LAST_WORD = 35
"""Frames before the open words: "i'd like to" begins any request, and only its last words make it this one."""
_LEAST_HEAD_FIT = -20.0
"""Least fit of those frames against the phone loop, in the mean of the passes: 12 synthetic messages at 15 dB have -16
and more, 24 human commands of another kind, clean, -22 and less if the head is long enough.
"""
_LEAST_LIKENESS = 0.5
"""Least share of words that the passes must have in common; dictated words that differ more are hardly ever right."""


def dictated(passes: Sequence[Pass], taken: Sequence[Dictated], audio_seconds: float, seconds: float) -> Transcript:
    """Return the words of the grammar and the dictated words after them; only the former if the passes differ much.

    Empty if there is too little evidence for the words of the grammar.
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
