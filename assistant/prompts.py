"""Every fixed sentence that McQueen says.

They are short, what is said often varies, and none contains a word that counts as yes, stop or a command (a test reads
each through the understanding of answers). Nothing is worded here from what servers or drivers say: see `replies.py`.
"""

from __future__ import annotations

PROMPTS: dict[str, tuple[str, ...]] = {
    "not_understood": (
        "Sorry, I did not get that. What would you like?",
        "That was not clear to me. Please put it another way.",
        "I still did not get that, so I have left it.",
    ),
    "not_understood_answer": (
        "Sorry, I did not get that.",
        "That was not clear to me.",
        "I still did not get that, so I have left it. Nothing was done.",
    ),
    "silence": ("Are you there?", "I heard nothing, so I have left it. Nothing was done."),
    "no_tool": ("I have nothing that can do that.", "None of my services can do that.", "That one is beyond me."),
    "left": ("I have left it. Nothing was done.", "I have let it go. Nothing was done."),
    "refused": ("I will leave it. Nothing was done.", "Then I leave it. Nothing was done."),
    "too_early": ("Let me finish the question first.",),
    "too_late": ("That was a while ago, so I ask afresh.",),
    "help_choosing": ("You can name one, or say its place in the list.",),
    "help_eliciting": ("You can tell me the value, or leave the whole thing.",),
    "help_confirming": ("You can agree, turn it down, or tell me what is different.",),
    "help_answering": ("The service asks this before it goes ahead.",),
    "taking_back": ("If it still waits, I drop it.",),
    "taken_back": ("It is dropped and will not be sent.",),
    "went_stale": ("This waited too long for the network and was not sent.",),
    "still_kept": ("It still waits for the network:",),
    "quiet_from_now": ("From here on I speak only when you ask. Warnings still come.",),
    "announcing": ("From here on I tell you what comes up.",),
    "working": ("Still working on it.", "One moment, it is taking a while."),
    "on_its_way": ("It is already on its way. I will tell you how it went.",),
    "nothing_to_repeat": ("I have not said anything yet.",),
    "nothing_done": ("I have not done anything yet.",),
    "nothing_to_undo": ("There is nothing that I can reverse.",),
    "no_inverse": ("I can't reverse that from here.",),
    "nothing_back": ("There is nothing before this.",),
    "go_on": ("Shall I go on?",),
    "check": ("Shall I look whether it went through?",),
    "more_than_that": ("That was all.",),
    "queued": ("I will do that next.", "That comes next."),
    "done": ("It is done.",),
    "kept": ("There is no network. I keep this.",),
    "lost": ("I lost the answer, so it may have happened or not.",),
    "service_gone": ("The service for that is not there just now. Nothing was done.",),
    "earlier": ("Now the earlier request:",),
    "reversing": ("To reverse:",),
}
"""Every fixed sentence, in the order in which repeated use varies it."""


_IN_ORDER = frozenset({"not_understood", "not_understood_answer", "silence", "no_tool"})
"""Prompts whose variants belong to the first, second and third try."""


def prompt(name: str, turn: int = 0) -> str:
    """Return the sentence of that name; `turn` picks the variant: the tries in order, the others in rotation."""
    variants = PROMPTS[name]
    return variants[min(turn, len(variants) - 1)] if name in _IN_ORDER else variants[turn % len(variants)]
