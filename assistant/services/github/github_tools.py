"""The tools for GitHub as entries of an MCP `tools/list` result."""

from __future__ import annotations

from assistant.town.definitions.schema import Definition, hints, meta, record, result, text, whole

_REPOSITORY = text(
    "Which repository; without it, the usual one.", maxLength=140, examples=["site", "octo/site", "my blog"]
)
_NUMBER = whole("Number of the issue or pull request.", 1, 10_000_000)
_ISSUES = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "number": {"type": "integer"},
            "title": {"type": "string"},
            "repository": {"type": "string"},
            "state": {"type": "string"},
            "author": {"type": "string"},
            "comments": {"type": "integer"},
            "updated": {"type": "string"},
        },
        "required": ["number", "title", "repository", "state"],
    },
}
_ABOUT = ["login", "dark mode", "the crash on start", "the build"]

_SEARCH = {
    "about": text("What they are about, or the whole search as it was said.", maxLength=300, examples=_ABOUT),
    "kind": text("What is looked for.", enum=["issues", "pull requests"]),
    "state": text("In which state.", enum=["open", "closed", "merged"]),
    "repository": text("In which one; without it, in all.", maxLength=140, examples=["site", "octo/site"]),
}
_SEARCH_WORDS = {
    "kind": {"issues": ["issue", "issues", "tickets", "bugs"], "pull requests": ["pull request", "prs"]},
    "state": {"open": ["open", "unresolved"], "closed": ["closed", "resolved"], "merged": ["merged"]},
}
_FOUND = result(
    search=text("The search as GitHub got it."), total=whole("How many there are.", 0, 10**9), issues=_ISSUES
)

SEARCH_ISSUES: Definition = {
    "name": "search_issues",
    "title": "Issues and pull requests",
    "description": "Find issues and pull requests on GitHub, open or closed, and what they are about.",
    "inputSchema": record(
        {**_SEARCH, "whose": text("Whose they are.", enum=["assigned to me", "for my review", "mentioning me"])}
    ),
    "outputSchema": _FOUND,
    "annotations": hints(read_only=True, open_world=True),
    "_meta": meta(
        "development",
        [
            "list the [open](state) [issues](kind) in [site](repository)",
            "are there [open](state) [issues](kind) about [dark mode](about)",
            "find [issues](kind) about [the crash on start](about)",
            "which [pull requests](kind) are [waiting for my review](whose)",
            "show the [pull requests](kind) [assigned to me](whose)",
            "what [issues](kind) are [assigned to me](whose)",
            "search github for [login](about)",
            "search github for [closed](state) [issues](kind) about [the build](about)",
            "show the [open](state) [pull requests](kind) in the repository [octo/site](repository)",
            "which [issues](kind) in [site](repository) are [open](state)",
        ],
        words={
            **_SEARCH_WORDS,
            "whose": {
                "assigned to me": ["assigned to me", "on my plate"],
                "for my review": ["waiting for my review", "for my review", "to review"],
                "mentioning me": ["mentioning me", "that mention me"],
            },
        },
    ),
}

MY_ISSUES: Definition = {
    "name": "my_issues",
    "title": "My own issues",
    "description": "My own issues and pull requests on GitHub: those that I opened.",
    "inputSchema": record(_SEARCH),
    "outputSchema": _FOUND,
    "annotations": hints(read_only=True, open_world=True),
    "_meta": meta(
        "development",
        [
            "show my [open](state) [issues](kind)",
            "what are my [open](state) [issues](kind) about [login](about)",
            "read me my [issues](kind)",
            "list my [closed](state) [issues](kind)",
            "show me my [open](state) [pull requests](kind)",
            "find my [issues](kind) about [the crash on start](about)",
            "are my [pull requests](kind) [merged](state)",
            "list my [open](state) [issues](kind) in [site](repository)",
            "what [issues](kind) did i open",
        ],
        words=_SEARCH_WORDS,
    ),
}

READ_ISSUE: Definition = {
    "name": "read_issue",
    "title": "Read an issue",
    "description": "Read an issue or pull request on GitHub aloud: its title, its text and the last comments.",
    "inputSchema": record({"number": _NUMBER, "repository": _REPOSITORY}, ["number"]),
    "outputSchema": result(
        number=_NUMBER, title=text("Its title."), text=text("What it says."), state=text("Its state."),
        comments={"type": "array", "items": {"type": "object", "properties": {
            "author": {"type": "string"}, "text": {"type": "string"}}, "required": ["author", "text"]}},
    ),
    "annotations": hints(read_only=True, open_world=True),
    "_meta": meta(
        "development",
        [
            "read issue [twelve](number)",
            "read me issue number [12](number)",
            "read issue [12](number) in [site](repository)",
            "what does issue [forty](number) say",
            "what is pull request [7](number) about",
        ],
    ),
}  # fmt: skip

LIST_NOTIFICATIONS: Definition = {
    "name": "list_notifications",
    "title": "GitHub notifications",
    "description": "Read the unread notifications of GitHub aloud, the newest first.",
    "inputSchema": record({}),
    "outputSchema": result(
        notifications={"type": "array", "items": {"type": "object", "properties": {
            "title": {"type": "string"}, "repository": {"type": "string"}, "reason": {"type": "string"},
            "kind": {"type": "string"}, "updated": {"type": "string"}},
            "required": ["title", "repository", "reason"]}},
    ),
    "annotations": hints(read_only=True, open_world=True),
    "_meta": meta(
        "development",
        [
            "read my github notifications",
            "what is new on github",
            "any notifications on github",
            "do i have github notifications",
            "check github",
        ],
    ),
}  # fmt: skip

CREATE_ISSUE: Definition = {
    "name": "create_issue",
    "title": "Open an issue",
    "description": "Open a new issue on GitHub.",
    "inputSchema": record(
        {
            "title": text("Title of the issue.", minLength=1, maxLength=256,
                          examples=["the login page is blank", "the map flickers"]),
            "body": text("What else it says.", maxLength=10_000),
            "repository": _REPOSITORY,
        },
        ["title"],
    ),
    "outputSchema": result(number=_NUMBER, repository=text("Which repository."), title=text("Its title.")),
    "annotations": hints(read_only=False, open_world=True),
    "_meta": meta(
        "development",
        [
            "open an issue saying [the login page is blank](title)",
            "open an issue in [site](repository) saying [the map flickers](title)",
            "file an issue that [the login page is blank](title)",
            "create an issue [the map flickers](title)",
        ],
        voice_confirmations=["title", "body", "repository"],
        inverse={"tool": "close_issue", "arguments": {"number": "$result.number", "repository": "$result.repository"}},
    ),
}  # fmt: skip

COMMENT_ON_ISSUE: Definition = {
    "name": "comment_on_issue",
    "title": "Comment on an issue",
    "description": "Write a comment on an issue or pull request on GitHub.",
    "inputSchema": record(
        {
            "number": _NUMBER,
            "text": text("What the comment says.", minLength=1, maxLength=10_000,
                         examples=["i will look at it tomorrow", "fixed on main"]),
            "repository": _REPOSITORY,
        },
        ["number", "text"],
    ),
    "outputSchema": result(number=_NUMBER, repository=text("Which repository."), text=text("What it says.")),
    "annotations": hints(read_only=False, open_world=True),
    "_meta": meta(
        "development",
        [
            "comment on issue [12](number) saying [i will look at it tomorrow](text)",
            "comment on issue [12](number) that [i will look at it tomorrow](text)",
            "reply to issue [seven](number) saying [fixed on main](text)",
        ],
        voice_confirmations=["number", "text", "repository"],
    ),
}  # fmt: skip


def _closing(name: str, title: str, verb: str, inverse: str) -> Definition:
    return {
        "name": name,
        "title": title,
        "description": f"{verb.capitalize()} an issue on GitHub.",
        "inputSchema": record({"number": _NUMBER, "repository": _REPOSITORY}, ["number"]),
        "outputSchema": result(number=_NUMBER, repository=text("Which repository."), state=text("Its state.")),
        "annotations": hints(read_only=False, idempotent=True, open_world=True),
        "_meta": meta(
            "development",
            [
                f"{verb} issue [12](number)",
                f"{verb} issue number [12](number)",
                f"{verb} issue [seven](number) in [site](repository)",
            ],
            voice_confirmations=["number", "repository"],
            inverse={"tool": inverse, "arguments": {"number": "$result.number", "repository": "$result.repository"}},
        ),
    }


CLOSE_ISSUE = _closing("close_issue", "Close an issue", "close", "reopen_issue")
REOPEN_ISSUE = _closing("reopen_issue", "Reopen an issue", "reopen", "close_issue")

CREATE_REPOSITORY: Definition = {
    "name": "create_repository",
    "title": "Create a repository",
    "description": "Create a repository on GitHub, empty or from a template.",
    "inputSchema": record(
        {
            "name": text("What it is called.", minLength=1, maxLength=100, examples=["holiday photos", "garden"]),
            "template": text("Template that it begins as.", maxLength=140, examples=["python template", "octo/base"]),
            "private": {"type": "boolean", "default": True, "description": "Whether only you may see it."},
        },
        ["name"],
    ),
    "outputSchema": result(repository=text("Its full name."), private={"type": "boolean"}),
    "annotations": hints(read_only=False, open_world=True),
    "_meta": meta(
        "development",
        [
            "create a repository called [garden](name)",
            "make a repository called [garden](name) from the template [python template](template)",
            "create a new repository named [holiday photos](name) from [octo/base](template)",
        ],
        voice_confirmations=["name", "template", "private"],
    ),
}  # fmt: skip
