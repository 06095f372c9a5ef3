"""The tools for files as entries of an MCP `tools/list` result."""

from __future__ import annotations

from assistant.town.definitions.schema import Definition, hints, meta, record, result, text

LONGEST_TEXT = 20_000
MOST_CHANGES = 50
_PATHS = ["shopping dot txt", "notes slash ideas", "todo", "packing list", "readme dot md"]
_TEXTS = ["buy milk", "call the garage", "bread and butter"]


def _path(description: str) -> dict[str, object]:
    return text(description, minLength=1, maxLength=1000, examples=_PATHS)


_ENTRY = text("Number under which the change can be taken back.")
_ITEMS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "path": {"type": "string"},
            "folder": {"type": "boolean"},
            "bytes": {"type": "integer"},
            "changed": {"type": "string", "format": "date-time"},
        },
        "required": ["path", "folder", "bytes", "changed"],
    },
}
_TAKE_BACK = {"tool": "take_back_file_change", "arguments": {"entry": "$result.entry"}}

LIST_FILES: Definition = {
    "name": "list_files",
    "title": "List files",
    "description": "Which files and folders are in a folder.",
    "inputSchema": record(
        {"folder": text("Which folder; without it, the uppermost.", maxLength=1000, examples=["notes", "recipes"])}
    ),
    "outputSchema": result(items=_ITEMS),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta(
        "files",
        [
            "list my files",
            "what files do i have",
            "which files are there",
            "show my files",
            "list the files in the folder [notes](folder)",
            "what files are in [notes](folder)",
            "what is in the folder [recipes](folder)",
            "show the folder [recipes](folder)",
        ],
    ),
}

READ_FILE: Definition = {
    "name": "read_file",
    "title": "Read a file",
    "description": "What a text file says.",
    "inputSchema": record({"path": _path("Which file.")}, ["path"]),
    "outputSchema": result(path=text("Which file."), text=text("What it says."), more={"type": "boolean"}),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta(
        "files",
        [
            "read the file [shopping dot txt](path)",
            "read me the file [notes slash ideas](path)",
            "open the file [todo](path)",
            "read [shopping dot txt](path)",
            "read [notes slash ideas](path)",
            "read [notes/ideas.md](path)",
            "open [shopping dot txt](path)",
            "what does [shopping.txt](path) say",
            "what does the file [packing list](path) say",
            "what is in the file [readme dot md](path)",
        ],
    ),
}

FIND_FILES: Definition = {
    "name": "find_files",
    "title": "Find files",
    "description": "Files that have words in their name or their text.",
    "inputSchema": record(
        {"words": text("What to look for.", minLength=1, maxLength=200, examples=["milk", "garage", "invoice"])},
        ["words"],
    ),
    "outputSchema": result(items=_ITEMS),
    "annotations": hints(read_only=True, open_world=False),
    "_meta": meta(
        "files",
        [
            "find the file about [milk](words)",
            "find files about [garage](words)",
            "search my files for [invoice](words)",
            "look in my files for [invoice](words)",
            "which file mentions [garage](words)",
            "which files are about [milk](words)",
        ],
    ),
}

WRITE_FILE: Definition = {
    "name": "write_file",
    "title": "Write a file",
    "description": "Write a text file, new or in place of the one that is there.",
    "inputSchema": record(
        {
            "path": _path("Which file."),
            "text": text("What it says.", minLength=1, maxLength=LONGEST_TEXT, examples=_TEXTS),
        },
        ["path", "text"],
    ),
    "outputSchema": result(path=text("Which file."), entry=_ENTRY),
    "annotations": hints(read_only=False, destructive=True, open_world=False),
    "_meta": meta(
        "files",
        [
            "write the file [shopping dot txt](path) saying [buy milk](text)",
            "write a file [todo](path) that says [call the garage](text)",
            "create the file [notes slash ideas](path) with [bread and butter](text)",
            "save [buy milk](text) as [shopping dot txt](path)",
            "save [call the garage](text) in the file [todo](path)",
        ],
        voice_confirmations=["path", "text"],
        inverse=_TAKE_BACK,
    ),
}

ADD_TO_FILE: Definition = {
    "name": "add_to_file",
    "title": "Add to a file",
    "description": "Add a line at the end of a text file.",
    "inputSchema": record(
        {
            "path": _path("Which file."),
            "text": text("What is added.", minLength=1, maxLength=LONGEST_TEXT, examples=_TEXTS),
        },
        ["path", "text"],
    ),
    "outputSchema": result(path=text("Which file."), entry=_ENTRY),
    "annotations": hints(read_only=False, open_world=False),
    "_meta": meta(
        "files",
        [
            "add [buy milk](text) to the file [shopping dot txt](path)",
            "add [buy milk](text) to [shopping dot txt](path)",
            "add a line to the file [todo](path) saying [call the garage](text)",
            "append [call the garage](text) to the file [notes slash ideas](path)",
        ],
        voice_confirmations=["path", "text"],
        inverse=_TAKE_BACK,
    ),
}

DELETE_FILE: Definition = {
    "name": "delete_file",
    "title": "Delete a file",
    "description": "Put a file or folder into the trash, from which it can be taken back for 30 days.",
    "inputSchema": record({"path": _path("Which file or folder.")}, ["path"]),
    "outputSchema": result(path=text("What was deleted."), entry=_ENTRY),
    "annotations": hints(read_only=False, destructive=True, open_world=False),
    "_meta": meta(
        "files",
        [
            "delete the file [shopping dot txt](path)",
            "delete [notes slash ideas](path)",
            "remove the file [todo](path)",
            "throw away the file [packing list](path)",
        ],
        voice_confirmations=["path"],
        inverse=_TAKE_BACK,
    ),
}

MOVE_FILE: Definition = {
    "name": "move_file",
    "title": "Move or rename a file",
    "description": "Give a file or folder another name or place; nothing that is there is replaced.",
    "inputSchema": record(
        {"path": _path("Which file or folder."), "destination_path": _path("Its new path.")},
        ["path", "destination_path"],
    ),
    "outputSchema": result(path=text("Its new path."), entry=_ENTRY),
    "annotations": hints(read_only=False, open_world=False),
    "_meta": meta(
        "files",
        [
            "rename the file [shopping dot txt](path) to [groceries dot txt](destination_path)",
            "rename [todo](path) to [done](destination_path)",
            "move the file [todo](path) to [notes slash todo](destination_path)",
            "move [packing list](path) to [holiday slash packing list](destination_path)",
        ],
        voice_confirmations=["path", "destination_path"],
        inverse=_TAKE_BACK,
    ),
}

CHANGE_FILES: Definition = {
    "name": "change_files",
    "title": "Change several files",
    "description": "Several changes of files as one: all of them, or none.",
    "inputSchema": record(
        {
            "changes": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_CHANGES,
                "items": record(
                    {
                        "change": text("What is done.", enum=["write", "add", "delete", "move"]),
                        "path": _path("Which file."),
                        "text": text("What is written or added.", maxLength=LONGEST_TEXT),
                        "destination_path": text("Where it is moved.", maxLength=1000),
                    },
                    ["change", "path"],
                ),
                "description": "The changes, in their order.",
            }
        },
        ["changes"],
    ),
    "outputSchema": result(paths={"type": "array", "items": {"type": "string"}}, entry=_ENTRY),
    "annotations": hints(read_only=False, destructive=True, open_world=False),
    "_meta": meta("files", [], voice_confirmations=["changes"], inverse=_TAKE_BACK),
}

TAKE_BACK_FILE_CHANGE: Definition = {
    "name": "take_back_file_change",
    "title": "Take back a change of a file",
    "description": "Bring back what a file was before it was written, moved or deleted.",
    "inputSchema": record({"entry": text("Number of the change.", minLength=1, maxLength=40)}, ["entry"]),
    "outputSchema": result(path=text("What is again as it was.")),
    "annotations": hints(read_only=False, idempotent=False, open_world=False),
    "_meta": meta("files", [], voice_confirmations=["entry"]),
}
