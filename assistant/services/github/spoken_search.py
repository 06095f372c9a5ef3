"""A search as people say it, as the qualifiers that GitHub's search takes. Pure.

"my open issues about login" is `is:issue is:open author:@me login`. Search words never become qualifiers: anything in
them that GitHub would read as a qualifier is removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

_ME = r"(?:me|myself)"
_NAME = r"[\w.-]+"
_THAT = r"(?:(?:that|which) (?:are|were|is|was|have been|has been|got) )?"
_LABEL_ENDS = (
    r"about|regarding|concerning|in|of|on|by|from|assigned|that|which|and|or|for|with|without|since|this|last|today|"
    r"yesterday|repository|repo|project|issues|pull|please"
)
_LABEL = rf"({_NAME}(?: (?!(?:{_LABEL_ENDS})\b){_NAME})" + r"{0,3})"
"""A label has up to four words, and ends before a word that begins something else."""

_FIXED: tuple[tuple[str, str], ...] = (
    (r"pull requests?|merge requests?|prs?|p rs?", "is:pr"),
    (r"issues?|bugs? reports?|bugs|tickets?", "is:issue"),
    (rf"{_THAT}(?:not merged|unmerged)", "is:unmerged"),
    (rf"{_THAT}merged", "is:merged"),
    (rf"{_THAT}(?:still open|open(?:ed)? now|open|unresolved)", "is:open"),
    (rf"{_THAT}(?:closed|resolved|done)", "is:closed"),
    (r"(?:with |that have )?(?:failing|failed|broken|red) (?:checks?|tests?|builds?|ci)", "status:failure"),
    (r"(?:with |that have )?(?:passing|passed|green) (?:checks?|tests?|builds?|ci)", "status:success"),
    (rf"(?:that )?i (?:have )?(?:commented on|answered|replied to)|(?:commented on|answered) by {_ME}",
     "commenter:@me"),
    (r"drafts?", "draft:true"),
    (rf"(?:that are |which are )?assigned to {_ME}|on my plate|i(?:'m| am) assigned to", "assignee:@me"),
    (r"(?:waiting for|requesting|for|needing|that need) my review|to review|i (?:should|must|have to) review",
     "review-requested:@me"),
    (rf"(?:that )?(?:mention|mentions|mentioning) {_ME}|i(?:'m| am) mentioned in", "mentions:@me"),
    (rf"(?:that )?(?:involve|involves|involving) {_ME}", "involves:@me"),
    (rf"(?:that )?i (?:opened|wrote|created|filed|reported|made)|of mine|mine|"
     rf"(?:(?:opened|written|filed|created|reported|made) )?by {_ME}", "author:@me"),
    (r"(?:that are )?(?:unassigned|not assigned(?: to (?:anyone|anybody|somebody|someone))?|"
     r"assigned to (?:nobody|no ?one)|without (?:an )?assignee)", "no:assignee"),
    (r"without (?:a |any )?labels?|unlabell?ed", "no:label"),
    (r"without (?:any )?comments?|nobody (?:has )?(?:commented|answered)(?: on)?", "comments:0"),
    (r"approved", "review:approved"),
)  # fmt: skip
"""A spoken phrase (a pattern of whole words), and its qualifier. The order matters: longer phrases come first."""

_NAMED: tuple[tuple[str, str], ...] = (
    (rf"(?:that are |which are )?assigned to ({_NAME})", "assignee"),
    (rf"(?:opened|written|filed|created|reported|made|sent) by ({_NAME})|by ({_NAME})", "author"),
    (rf"(?:that )?(?:mention|mentions|mentioning) ({_NAME})", "mentions"),
    (rf"(?:with the |with )?label(?:l?ed)? (?:as )?{_LABEL}|tagged (?:as )?{_LABEL}", "label"),
    (rf"(?:in|of|on) the ({_NAME}) (?:repository|repo|project)|"
     rf"(?:in|of|on) (?:the )?(?:repository |repo |project )({_NAME}(?:/{_NAME})?)", "repo"),
    (rf"in (?:milestone|the milestone) ({_NAME})", "milestone"),
)  # fmt: skip

_SINCE: tuple[tuple[str, Callable[[date], date]], ...] = (
    (r"(?:from |since |of )?today", lambda day: day),
    (r"(?:from |since |of )?yesterday", lambda day: day - timedelta(1)),
    (r"(?:from |of |since )?this week", lambda day: day - timedelta(day.weekday())),
    (r"(?:from |of |in |since )?(?:the )?last (?:week|seven days)", lambda day: day - timedelta(7)),
    (r"(?:from |of |since )?this month", lambda day: day.replace(day=1)),
    (r"(?:from |of |in |since )?(?:the )?last (?:month|thirty days)", lambda day: day - timedelta(30)),
)
_EMPTY = frozenset(
    "about a all and any are regarding concerning containing do find for from get have i in is list me my of on our "
    "please search show tell that the there to what what's which with word words latest newest recent some them github "
    "were was did does".split()
)
"""Words that search for nothing."""
_LEAVE = frozenset(_EMPTY - {"about", "regarding", "concerning", "containing"})


def qualifiers(said: str, today: date, owner: str = "") -> str:
    """Return the search. `owner` owns the repositories that are named without an owner.

    If the words ask for nothing, the search is empty.
    """
    left = " ".join(said.lower().replace("’", "'").split())
    about = re.search(r"\b(?:about|regarding|concerning|containing|with the words?)\b(.*)$", left)
    # Behind "about" only places, persons and days are no words to search for.
    head, tail = (left[: about.start()], about[1]) if about else (left, "")
    found: list[str] = []
    head = _named(head, found, owner)
    tail = _named(tail, found, owner)
    for pattern, qualifier in _FIXED:
        head, times = re.subn(rf"(?<![\w'-])(?:{pattern})(?![\w'-])", " ", head)
        if times:
            found.append(qualifier)
    head, tail = (_since(text, found, today) for text in (head, tail))
    if re.search(r"\b(?:my|mine)\b", head) and not any("@me" in one for one in found):
        found.append("author:@me")
    words = [word for word in _bare(head) if word not in _EMPTY] + [word for word in _bare(tail) if word not in _LEAVE]
    return " ".join((*sorted(dict.fromkeys(found), key=_rank), *words))


_ORDER = (
    "is:issue",
    "is:pr",
    "is:",
    "draft",
    "author",
    "assignee",
    "review",
    "mentions",
    "involves",
    "no",
    "label",
    "repo",
)


def _rank(qualifier: str) -> int:
    return next((place for place, start in enumerate(_ORDER) if qualifier.startswith(start)), len(_ORDER))


def _named(text: str, found: list[str], owner: str) -> str:
    for pattern, key in _NAMED:

        def note(match: re.Match[str], key: str = key) -> str:
            value = next(group for group in match.groups() if group)
            if value in ("me", "myself", "nobody", "anyone", "anybody", "my", "the"):
                return match[0]
            if key == "repo" and "/" not in value:
                if not owner:
                    return match[0]
                value = f"{owner}/{value}"
            found.append(f'{key}:"{value}"' if " " in value else f"{key}:{value}")
            return " "

        text = re.sub(rf"(?<![\w'-])(?:{pattern})(?![\w'-])", note, text)
    return text


def _since(text: str, found: list[str], today: date) -> str:
    for pattern, day in _SINCE:
        text, times = re.subn(rf"(?<![\w'-])(?:updated |changed |opened )?(?:{pattern})(?![\w'-])", " ", text)
        if times:
            found.append(f"updated:>={day(today).isoformat()}")
    return text


def _bare(text: str) -> list[str]:
    """Return the words without anything that GitHub reads as a qualifier, a quote or an operator."""
    words = (re.sub(r"[^\w.'+#-]", "", word).strip("-'") for word in text.replace(":", " ").split())
    return [word for word in words if word and word not in ("and", "or", "not")]
