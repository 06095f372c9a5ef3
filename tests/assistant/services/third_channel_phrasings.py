"""Forty more ways to send something on a channel, written before their first run; the last thirteen were kept unseen.

Each is a sentence, its channel, whom it is for ("" for nobody in particular), and its words. Unlike the hundred before
them, some name the means first ("use whatsapp to ..."), and some speak of a channel in the message itself.
"""

from __future__ import annotations

SEEN: list[tuple[str, str, str, str]] = [
    ("use whatsapp to tell ben hi", "whatsapp", "ben", "hi"),
    ("use whatsapp to tell anna that the keys are in the drawer", "whatsapp", "anna", "the keys are in the drawer"),
    ("use slack to tell the team that i am late", "slack", "the team", "i am late"),
    ("with whatsapp tell mum that we are there", "whatsapp", "mum", "we are there"),
    ("over whatsapp let tom know that the shop is shut", "whatsapp", "tom", "the shop is shut"),
    ("open whatsapp and tell ben that i found it", "whatsapp", "ben", "i found it"),
    ("go on slack and write that the printer is fixed", "slack", "", "the printer is fixed"),
    ("write in slack to the team that slack is down", "slack", "the team", "slack is down"),
    ("write in slack to the team that the meeting moved", "slack", "the team", "the meeting moved"),
    ("write to the team in slack that i have the report", "slack", "the team", "i have the report"),
    ("tell ben on whatsapp that teams is broken again", "whatsapp", "ben", "teams is broken again"),
    ("tell anna on whatsapp that i wrote her on matrix", "whatsapp", "anna", "i wrote her on matrix"),
    ("let anna know on matrix that dinner is at eight", "matrix", "anna", "dinner is at eight"),
    ("let the office know on teams that the line is busy", "teams", "the office", "the line is busy"),
    ("let tom know by whatsapp that the paint is dry", "whatsapp", "tom", "the paint is dry"),
    ("post on mastodon sunset over the lake", "mastodon", "", "sunset over the lake"),
    ("post on mastodon that the trail is muddy", "mastodon", "", "the trail is muddy"),
    ("post on mastodon saying good morning everyone", "mastodon", "", "good morning everyone"),
    ("whatsapp bob that the ladder is back", "whatsapp", "bob", "the ladder is back"),
    ("whatsapp ben that the game starts at six", "whatsapp", "ben", "the game starts at six"),
    ("whatsapp mum to say we will be late", "whatsapp", "mum", "we will be late"),
    ("say on slack that the server is back", "slack", "", "the server is back"),
    ("say hello to ben on whatsapp", "whatsapp", "ben", "hello"),
    ("put on linkedin that i am speaking in berlin", "linkedin", "", "i am speaking in berlin"),
    ("have whatsapp tell tom that i am outside", "whatsapp", "tom", "i am outside"),
    ("can you let the family know via matrix that we have landed", "matrix", "the family", "we have landed"),
    ("i need to tell the office on teams that my laptop died", "teams", "the office", "my laptop died"),
]

UNSEEN: list[tuple[str, str, str, str]] = [
    ("use matrix to tell the family that the dog is fine", "matrix", "the family", "the dog is fine"),
    ("use teams to let the office know that i am on the train", "teams", "the office", "i am on the train"),
    ("using whatsapp write anna that the tickets came", "whatsapp", "anna", "the tickets came"),
    ("write in teams to the office that teams keeps crashing", "teams", "the office", "teams keeps crashing"),
    ("write on whatsapp to tom that the bike is ready", "whatsapp", "tom", "the bike is ready"),
    ("tell the team on slack that linkedin has our post", "slack", "the team", "linkedin has our post"),
    ("let ben know on mastodon that the photo is lovely", "mastodon", "ben", "the photo is lovely"),
    ("let mum know over whatsapp that the baby is asleep", "whatsapp", "mum", "the baby is asleep"),
    ("post on linkedin saying our team has grown", "linkedin", "", "our team has grown"),
    ("whatsapp tom that the garage called", "whatsapp", "tom", "the garage called"),
    ("whatsapp anna to say the cake is ready", "whatsapp", "anna", "the cake is ready"),
    ("open slack and tell the team that the build is green", "slack", "the team", "the build is green"),
    ("please say on mastodon that the ferry is running", "mastodon", "", "the ferry is running"),
]
