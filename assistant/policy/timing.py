"""The one home of the times in a turn, and of how often each step is tried.

Data only. Dialogue, conversation and drives read it; ears, microphone and tool client get the numbers as parameters. A
number that settings may change (the silence that ends a turn) has its default here. Rows such as T5 are those of the
driving limits, which `mcqueen drive` checks.
"""

from __future__ import annotations

# -- the driver's answer ---------------------------------------------------------------------------------------------

REPLY_SECONDS = 8.0
"""T5: how long an answer to a question may begin after it was asked."""
MOST_FAILED_TRIES = 3
"""T6: no-match and no-input together."""
MOST_MISSED_WORDS = 2
"""Times that free words may be missed: what was said first, and one correction."""
MOST_FAILED_LOOK_UPS = 2
"""Times that a look-up is asked about again before it is left."""
YES_SECONDS = 60.0
"""How old a yes may be, from its question to the call that it allows (docs/design.md). An older one allows nothing, for
example because the car slept meanwhile.
"""
AGREED_SECONDS = YES_SECONDS - 10.0
"""How long a yes to several calls covers the later ones: less than `YES_SECONDS`, so that none expires on its way."""
MOST_OPTIONS = 3
"""V2: options in one question, and calls in one read-back."""

# -- the open microphone ---------------------------------------------------------------------------------------------

REOPEN_SECONDS = 0.5
"""Pause between the end of playback and the open microphone (docs/design.md)."""
NO_SPEECH_SECONDS = 3.0
"""How long a fresh turn waits for speech (docs/design.md)."""
FOLLOW_UP_SECONDS = 2.0
"""How long the microphone stays open after a statement (docs/design.md)."""
OFFER_SECONDS = 4.0
"""How long it stays open after an offer that needs no answer (docs/design.md)."""
LONGEST_RECORDING_SECONDS = 10.0
"""Longest recording, from the first speech (docs/design.md)."""
PRE_ROLL_SECONDS = 0.5
"""Sound from before a press, or before speech was noticed, that belongs to the turn (livekit#2140)."""

# -- the silence that ends a turn ------------------------------------------------------------------------------------

ENDING_SILENCE_SECONDS = 0.6
"""If it is not known whether the sentence is complete. The setting `voice.turn_ending_silence` replaces it."""
COMPLETE_SILENCE_SECONDS = 0.45
"""After a complete sentence of the grammar. People pause within a command: of 60 (clean, at 15 and at 6 dB) none for
longer than 0.5 s, but two to four for longer than 0.3 s."""
OPEN_SILENCE_SECONDS = 1.5
"""After a sentence that is clearly unfinished (OVOS)."""

# -- speech over ours ------------------------------------------------------------------------------------------------

DUCK_SECONDS = 0.2
"""Seconds of the driver's speech over McQueen's after which McQueen gets quieter; a cough is shorter."""
INTERRUPT_SECONDS = 0.5
"""Seconds of the driver's speech over McQueen's after which McQueen stops (livekit)."""
INTERRUPTING_WORDS_SECONDS = 2.0
"""How long McQueen waits for words after an interruption before it goes on speaking (livekit)."""

# -- what McQueen says and does meanwhile ----------------------------------------------------------------------------

ACKNOWLEDGE_SECONDS = 0.25
"""T1: from a press to an earcon or a visible change."""
BUSY_SECONDS = 2.0
"""T2: a result that takes longer gets a sign that something is going on."""
BUSY_NOTICE_SECONDS = BUSY_SECONDS - 0.5
"""When the "still working" sentence starts, so that it is heard before T2's limit."""
BUSY_AGAIN_SECONDS = 5.0
"""Between two such sentences about one call: often enough that nobody thinks it was lost."""
CALL_SECONDS = 10.0
"""How long a call may take in all (docs/design.md). The setting `deadline` replaces it."""
ANSWER_SECONDS = 5.0
"""T3: from the end of speech to the first sample of the answer, 95 of 100 times."""
SPOKEN_SECONDS = 8.0
"""V1: one breath. Read-backs may take more, in parts no longer than this."""
OFFER_TO_GO_ON_SECONDS = 2.0
"""V1: an offer to go on may follow a full breath; its words take this long at 150 words a minute."""
QUIET_SECONDS = 27.0
"""V6: no unrequested speech after a finished task while moving, except safety."""
CALENDAR_SECONDS = 240.0
"""Seconds between two looks at the calendar: short enough that no event slips between them."""
HINT_SECONDS = 5.0
"""Seconds that servers may take to say what they offer. After that, understanding works with their tools alone."""
FOUND_SECONDS = 3.0
"""Wait at the start before asking about requests kept on the device: signals of the vehicle may still be coming in."""
UNFINISHED_SECONDS = 3600.0
"""How long after the end of a conversation a question that it left open is offered again; later it is another day's."""

# -- the whole task --------------------------------------------------------------------------------------------------

MOST_STEPS = 5
"""S9: the driver's turns in one task."""
SENTENCES_ON_THE_ROAD = 2
"""Sentences of a list that are taken unless parked, so that request, name, sentences and yes keep to S9."""
LONGEST_TASK_SECONDS = 30.0
"""V5: without the driver's pauses and waits for the network."""

# -- conversations in text -------------------------------------------------------------------------------------------

CHAT_ANSWER_SECONDS = 30.0
"""How long a message in a chat waits for its whole answer. What comes later is there for the next look."""
CHAT_IDLE_SECONDS = 1800.0
"""How long after its last message a chat ends."""
CHAT_LOOK_SECONDS = 60.0
"""How often it is looked whether a chat is to end."""
