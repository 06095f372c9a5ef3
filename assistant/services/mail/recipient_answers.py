"""What a mail server's answer to a recipient means (RFC 5321, RFC 3463): unknown, put off, full, or not taken.

The server's own words are never said: anybody may have written them. The enhanced code counts before the plain one,
because servers answer 550 to much that is no unknown user (Exim 4.96: also "relay not permitted").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from assistant.hosting.spoken_words import joined

_ENHANCED = re.compile(rb"\s*[245]\.(\d{1,3})\.(\d{1,3})\b")
_SENDER_DETAILS = {7, 8}
"""Details of subject 1 that are about the sender's address (RFC 3463 section 3.2)."""
_SAID_OF_UNKNOWN = {(2, 4), (4, 1)}
"""Other codes that servers give for a mailbox that does not exist: OpenSMTPD 6.8 (524 5.2.4, "Mailing list expansion
problem") and, by its own documentation, Exchange Online (550 5.4.1, "Access denied")."""


class RecipientAnswer(StrEnum):
    """Why one recipient does not get the mail now."""

    UNKNOWN = "unknown"
    """The mailbox does not exist; the driver is asked for another one."""
    PERHAPS_UNKNOWN = "perhaps_unknown"
    """Refused with an unspecific code: the mailbox does not exist, or is closed to this sender."""
    LATER = "later"
    """Greylisting, limits or a fault: the same mail may be accepted later."""
    FULL = "full"
    """The mailbox is full, which may change."""
    NOT_TAKEN = "not_taken"
    """Refused for another reason, such as a rule about who may write there."""

    @property
    def later(self) -> bool:
        """Whether the same mail may be taken later."""
        return self in (RecipientAnswer.LATER, RecipientAnswer.FULL)

    @property
    def asked_anew(self) -> bool:
        """Whether the driver may mean another recipient and is therefore asked."""
        return self in (RecipientAnswer.UNKNOWN, RecipientAnswer.PERHAPS_UNKNOWN)


_SENTENCES: Mapping[RecipientAnswer, str] = {
    RecipientAnswer.UNKNOWN: "the mail server does not know {addresses}",
    RecipientAnswer.PERHAPS_UNKNOWN: "the mail server takes no mail for {addresses}",
    RecipientAnswer.LATER: "the mail server asks to try {addresses} again later",
    RecipientAnswer.FULL: "the mailbox of {addresses} is full for now",
    RecipientAnswer.NOT_TAKEN: "the mail server takes no mail for {addresses}",
}


def answer_about(code: int, said: bytes) -> RecipientAnswer:
    """Return the meaning of the answer with this code and text to RCPT, or to the mail text for one recipient."""
    enhanced = _ENHANCED.match(said)
    subject, detail = (int(enhanced.group(1)), int(enhanced.group(2))) if enhanced else (None, None)
    if (subject, detail) == (2, 2) or (code == 552 and enhanced is None):
        return RecipientAnswer.FULL
    if code // 100 != 5:
        return RecipientAnswer.LATER
    if (subject, detail) in _SAID_OF_UNKNOWN:
        return RecipientAnswer.PERHAPS_UNKNOWN
    if enhanced is not None:
        unknown = subject == 1 and detail not in _SENDER_DETAILS
        return RecipientAnswer.UNKNOWN if unknown else RecipientAnswer.NOT_TAKEN
    return RecipientAnswer.PERHAPS_UNKNOWN if code in (550, 551, 553) else RecipientAnswer.NOT_TAKEN


def sentence_about(refused: Mapping[str, RecipientAnswer]) -> str:
    """Return why these addresses do not get the mail, as one clause."""
    parts: list[str] = []
    for answer, sentence in _SENTENCES.items():
        if addresses := [address for address, given in refused.items() if given is answer]:
            parts.append(sentence.format(addresses=joined(addresses)))
    return joined(parts)
