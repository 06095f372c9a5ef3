#!/usr/bin/env bash
# email-reply-parser 0.5.12 gives back the new part of a mail that is a reply. If the text begins with the
# letters "On" and any later line, paragraphs away, ends in "wrote:", all of it counts as quoted and the
# reply is the empty string: "On my way! ... is it true what Anna wrote: ..." is lost whole, and so is
# "Only ... wrote:". Nothing was quoted in these mails.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check email-reply-parser==0.5.12
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from email_reply_parser import EmailReplyParser

print("email-reply-parser", version("email-reply-parser"))
mails = [
    "I'm on my way!\n\nIs it true what Anna wrote:\nbring milk?\n\nTom",
    "On my way!\n\nIs it true what Anna wrote:\nbring milk?\n\nTom",
    "Only do what Anna wrote:\nbring milk.",
]
seen = [EmailReplyParser.parse_reply(mail) for mail in mails]
for mail, reply in zip(mails, seen, strict=True):
    print(f"{mail!r}\n    reply: {reply!r}")
sys.exit(0 if seen == [mails[0], "", ""] else "The behaviour has changed.")
PY
