#!/usr/bin/env bash
# word2number 1.1 counts a part of a number twice if it holds both a million (or a billion) and a lower
# group: "two million five hundred thousand" is 2,501,500, and "one billion two hundred million" is
# 1,201,000,200. It raises no error. "five million three hundred" and "one hundred thousand" are right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check word2number==1.1 setuptools wheel
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from word2number import w2n

print("word2number", version("word2number"))
expected = {"one hundred thousand": 100_000, "five million three hundred": 5_000_300,
            "two million five hundred thousand": 2_501_500, "one million one thousand": 1_002_001,
            "one billion two hundred million": 1_201_000_200}
seen = {words: w2n.word_to_num(words) for words in expected}
for words, number in seen.items():
    print(f"{words}: {number:,}")
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
