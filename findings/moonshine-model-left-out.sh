#!/usr/bin/env bash
# The wheel of moonshine-voice 0.1.0 holds the English tiny model whole. The wheel of the patch release
# 0.1.3 keeps the model's folder and its tokenizer but not the two networks, which it downloads at run
# time: "~=0.1.0" turns an offline install into one that needs the net, and get_model_path("tiny-en")
# still names a folder that exists. (The Linux x86-64 wheels are read here, not run.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
for release in 0.1.0 0.1.3; do
  "$folder/venv/bin/pip" download -qq --disable-pip-version-check --no-deps --only-binary :all: \
    --platform manylinux_2_34_x86_64 -d "$folder" "moonshine-voice==$release"
done
"$folder/venv/bin/python" - "$folder" <<'PY'
import sys
import zipfile
from pathlib import Path

seen = {}
for path in sorted(Path(sys.argv[1]).glob("moonshine_voice-*.whl")):
    release = path.name.split("-")[1]
    print(f"moonshine-voice {release}, wheel of {path.stat().st_size / 1e6:.0f} MB")
    seen[release] = set()
    for entry in zipfile.ZipFile(path).infolist():
        if "/tiny-en/" in entry.filename and not entry.is_dir():
            seen[release].add(Path(entry.filename).name)
            print(f"  {entry.filename} {entry.file_size / 1e6:.1f} MB")
networks = {"encoder_model.ort", "decoder_model_merged.ort"}
expected = {"0.1.0": networks | {"tokenizer.bin"}, "0.1.3": {"tokenizer.bin"}}
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
