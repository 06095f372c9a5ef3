"""The tools to store, show and delete profile entries, as entries of an MCP `tools/list` result.

Only definitions. These tools are called only on the driver's own words.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from assistant.hosting.tool_entry import Definition, tool_entry

NAME = "profile"
"""The server's name."""


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": 200, "description": description}


_tool = partial(tool_entry, category="profile")

DEFINITIONS: tuple[Definition, ...] = (
    _tool("remember_contact", "Keep a contact", "Keep how a person is reached.",
          {"name": _text("whose"), "phone": {"type": "string", "description": "phone number"},
           "email": {"type": "string", "format": "email", "description": "e-mail address"}},
          ["remember that [Anna](name)'s number is [0171 2345678](phone)",
           "[Anna](name)'s number is [0171 2345678](phone)", "remember [Anna](name)'s number [0171 2345678](phone)",
           "save [Anna](name)'s number as [0171 2345678](phone)",
           "remember that [Anna](name)'s email is [anna@example.org](email)"], required=["name"]),
    _tool("remember_relation", "Keep who somebody is", "Keep who your wife, husband, mother, boss or the like is.",
          {"relation": _text("what they are to you"), "name": _text("who")},
          ["remember that my [wife](relation) is [Anna](name)", "remember that [Anna](name) is my [wife](relation)",
           "my [wife](relation) is called [Anna](name)", "my [boss](relation)'s name is [Tom](name)"],
          required=["relation", "name"]),
    _tool("remember_place", "Keep a place", "Keep where a place of yours is: home, work, the gym.",
          {"name": _text("what you call it"), "address": _text("where it is")},
          ["call [home](name) [5 Main Street](address)", "remember that [home](name) is [5 Main Street](address)",
           "remember that [work](name) is at [5 Main Street](address)",
           "my [office](name) is at [5 Main Street](address)",
           "remember [home](name) as [5 Main Street](address)"], required=["name", "address"]),
    _tool("remember_preference", "Keep a preference", "Keep what you prefer, for example diesel or Italian food.",
          {"preference": _text("what you prefer")},
          ["remember that I prefer [diesel](preference)", "I prefer [diesel](preference)",
           "remember I like [italian](preference) food", "remember that I like [italian](preference)"],
          required=["preference"]),
    _tool("set_units", "Units", "Keep whether you use metric or imperial units.",
          {"units": {"type": "string", "enum": ["metric", "imperial"], "description": "which units"}},
          ["use [imperial](units) units", "I use [metric](units) units", "remember that I use [metric](units) units",
           "switch to [imperial](units) units"], required=["units"]),
    _tool("show_profile", "Profile", "Say what is kept about you, or about one person or place.",
          {"about": _text("a person or a place")},
          ["what do you know about me", "show my profile", "what have you kept about me",
           "what do you remember about [Anna](about)", "what is [Anna](about)'s number", "where is my [home](about)"],
          looks=True),
    _tool("forget", "Forget", "Erase something that is kept about you, or everything.",
          {"what": _text("a person, place or preference, or everything")},
          ["forget [Anna](what)", "forget [Anna](what)'s number", "forget my [home](what)", "forget [everything](what)",
           "forget [everything](what) about me", "forget that I prefer [diesel](what)", "erase [everything](what)"],
          required=["what"], destroys=True),
)  # fmt: skip
