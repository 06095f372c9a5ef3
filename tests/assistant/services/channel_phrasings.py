"""Forty ways to send something on a named channel, written before the first run; the last fourteen were not looked at.

Each is a sentence, its channel, whom it is for ("" for nobody in particular), and its words.
"""

from __future__ import annotations

PHRASINGS: list[tuple[str, str, str, str]] = [
    ("send a whatsapp message to anna saying i'm on my way", "whatsapp", "anna", "i'm on my way"),
    ("send anna a whatsapp message saying i'm on my way", "whatsapp", "anna", "i'm on my way"),
    ("whatsapp anna that i'm running late", "whatsapp", "anna", "i'm running late"),
    ("tell anna on whatsapp that i'm running late", "whatsapp", "anna", "i'm running late"),
    ("send a message to tom on whatsapp saying dinner is ready", "whatsapp", "tom", "dinner is ready"),
    ("write tom on whatsapp that dinner is ready", "whatsapp", "tom", "dinner is ready"),
    ("message mum via whatsapp that we arrived", "whatsapp", "mum", "we arrived"),
    ("let mum know on whatsapp that we arrived", "whatsapp", "mum", "we arrived"),
    ("send a message to the team on slack saying the build is broken", "slack", "the team", "the build is broken"),
    ("tell the team on slack that the build is broken", "slack", "the team", "the build is broken"),
    ("send a slack message to the team saying i'm ten minutes late", "slack", "the team", "i'm ten minutes late"),
    ("slack the team that i'm ten minutes late", "slack", "the team", "i'm ten minutes late"),
    ("post on slack that the meeting is cancelled", "slack", "", "the meeting is cancelled"),
    ("send a teams message saying i join from the car", "teams", "", "i join from the car"),
    ("post in teams that i join from the car", "teams", "", "i join from the car"),
    ("send a message on teams to the office saying the parcel has come", "teams", "the office", "the parcel has come"),
    ("post on linkedin that we are hiring two engineers", "linkedin", "", "we are hiring two engineers"),
    ("post to linkedin saying we are hiring two engineers", "linkedin", "", "we are hiring two engineers"),
    ("post on mastodon greetings from the road", "mastodon", "", "greetings from the road"),
    ("send a mastodon message to ben saying see you there", "mastodon", "ben", "see you there"),
    ("send a matrix message to the family saying we are home", "matrix", "the family", "we are home"),
    ("tell the family on matrix that we are home", "matrix", "the family", "we are home"),
    ("write to anna over matrix that the train is late", "matrix", "anna", "the train is late"),
    ("send a whatsapp to ben saying call me back", "whatsapp", "ben", "call me back"),
    ("on whatsapp tell ben to call me back", "whatsapp", "ben", "call me back"),
    ("using slack tell the team that lunch is here", "slack", "the team", "lunch is here"),
    (
        "send tom a message on whatsapp saying the keys are under the mat",
        "whatsapp",
        "tom",
        "the keys are under the mat",
    ),
    ("text anna on whatsapp that the roof is leaking", "whatsapp", "anna", "the roof is leaking"),
    ("whatsapp mum saying happy birthday", "whatsapp", "mum", "happy birthday"),
    ("send a whatsapp message to mum that we need bread", "whatsapp", "mum", "we need bread"),
    ("message the team on slack saying the server is back", "slack", "the team", "the server is back"),
    ("let the team know on slack that the server is back", "slack", "the team", "the server is back"),
    ("post a message in slack saying the kitchen is flooded", "slack", "", "the kitchen is flooded"),
    ("send a message via teams saying i will be there at noon", "teams", "", "i will be there at noon"),
    ("tell the office on teams that i will be there at noon", "teams", "the office", "i will be there at noon"),
    ("share on linkedin that our new office is open", "linkedin", "", "our new office is open"),
    ("toot on mastodon that the sunset is beautiful", "mastodon", "", "the sunset is beautiful"),
    ("send ben a message on matrix saying the game starts at eight", "matrix", "ben", "the game starts at eight"),
    ("please send anna a whatsapp saying the flight is on time", "whatsapp", "anna", "the flight is on time"),
    ("can you tell tom on whatsapp that i found his phone", "whatsapp", "tom", "i found his phone"),
]
UNSEEN = 14
