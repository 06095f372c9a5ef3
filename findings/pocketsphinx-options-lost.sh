#!/usr/bin/env bash
# pocketsphinx 5.1.1 takes options for its front end without complaint and then puts the values of the
# model's feat.params in their place: of eight options asked for, eight are lost, cmn="none" among
# them. Whoever tunes or compares such options measures the same decoder each time. Options that the
# file does not name (topn, wlen) are kept.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pocketsphinx==5.1.1
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from pocketsphinx import Decoder

print("pocketsphinx", version("pocketsphinx"), "with the en-us model of its wheel")
named = {
    "cmn": "none", "agc": "max", "varnorm": True, "lifter": 0,
    "transform": "legacy", "nfilt": 40, "lowerf": 50.0, "upperf": 4000.0,
}
free = {"topn": 8, "wlen": 0.02}
decoder = Decoder(lm=None, loglevel="FATAL", **named, **free)
got = {option: decoder.config[option] for option in named | free}
for option, asked in (named | free).items():
    print(f"{option:10} asked {asked!r:9} got {got[option]!r}")

lost = [option for option, asked in named.items() if got[option] != asked]
kept = [option for option, asked in free.items() if got[option] == asked]
print("Lost without a word:", ", ".join(lost))
sys.exit(0 if lost == list(named) and kept == list(free) else "The behaviour has changed.")
PY
