#!/usr/bin/env bash
# The llama.cpp server in xllamacpp 2026.10.11549 takes a JSON schema for its answer and keeps half of it
# without a word: the pattern "^[0-9]{3}$" holds, but with one anchor or none it is dropped, and multipleOf is
# too; the reply is 200 and breaks the schema. The schema true (anything) of a property, valid since draft 6,
# is refused, with words about the chat template. The model has random weights: it writes whatever it may.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check xllamacpp==2026.10.11549 gguf==0.19.0 numpy==2.4.6 httpx==0.28.1
"$folder/venv/bin/python" - 2> "$folder/log" <<'PY'
import json
import re
import sys
import tempfile
from importlib.metadata import version

import gguf
import httpx
import numpy as np
import xllamacpp

print("xllamacpp", version("xllamacpp"))
WIDTH, PORT = 64, 18431
tokens = [(b"<unk>", 2), (b"<s>", 3), (b"</s>", 3)] + [(b"<0x%02X>" % byte, 6) for byte in range(256)]
tokens += [(("\u2581" if sign == 32 else chr(sign)).encode(), 1) for sign in range(32, 127)]
settings = xllamacpp.CommonParams()
settings.model.path, settings.n_ctx, settings.port = tempfile.mkdtemp() + "/tiny.gguf", 2048, PORT
model, random = gguf.GGUFWriter(settings.model.path, "llama"), np.random.default_rng(0)
for add, value in {
    model.add_context_length: 2048, model.add_embedding_length: WIDTH, model.add_block_count: 1,
    model.add_feed_forward_length: WIDTH, model.add_head_count: 4, model.add_head_count_kv: 4,
    model.add_layer_norm_rms_eps: 1e-5, model.add_rope_dimension_count: 16, model.add_vocab_size: len(tokens),
    model.add_tokenizer_model: "llama", model.add_bos_token_id: 1, model.add_eos_token_id: 2,
    model.add_chat_template: "{% for m in messages %}{{ m.content }}{% endfor %}",
}.items():
    add(value)
model.add_token_list([token for token, _ in tokens])
model.add_token_types([kind for _, kind in tokens])
model.add_token_scores([-float(kind == 1) for _, kind in tokens])
parts = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
shapes = {"token_embd": len(tokens), "output": len(tokens)} | {f"blk.0.{part}": WIDTH for part in parts}
for name, rows in shapes.items():
    model.add_tensor(f"{name}.weight", (random.standard_normal((rows, WIDTH)) * 0.1).astype(np.float32))
for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
    model.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))
for end in (model.write_header_to_file, model.write_kv_data_to_file, model.write_tensors_to_file, model.close):
    end()
server = xllamacpp.Server(settings)


def asked(part: object, seed: int) -> tuple[int, str]:
    schema = {"type": "object", "properties": {"a": part}, "required": ["a"], "additionalProperties": False}
    body = {"messages": [{"role": "user", "content": "hello"}], "max_tokens": 20, "seed": seed,
            "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}}
    reply = httpx.post(f"http://127.0.0.1:{PORT}/v1/chat/completions", json=body, timeout=60)
    read = reply.json()
    text = read["choices"][0]["message"]["content"] if "choices" in read else read["error"]["message"]
    return reply.status_code, text


def values(part: object) -> list[str]:
    replies = "\n".join(text for code, text in (asked(part, seed) for seed in range(12)) if code == 200)
    found = re.findall(r'{\s*"a"\s*:\s*"?([^"\s}]+)', replies)
    print(f"{json.dumps(part)}\n    {len(found)} replies with a value: {found}")
    return found


whole, half, bare = (values({"type": "string", "pattern": each}) for each in ("^[0-9]{3}$", "^[0-9]{3}", "[0-9]{3}"))
tens = values({"type": "integer", "multipleOf": 10, "minimum": 10, "maximum": 99})
code, words = asked(True, 0)
print(f"true\n    {code} {words}")
same = (
    whole and all(re.fullmatch("[0-9]{1,3}", value) for value in whole)
    and any(not value[0].isdigit() for value in half) and any(not value[0].isdigit() for value in bare)
    and any(int(value) % 10 for value in tens) and code == 400 and "template" in words
)
sys.exit(0 if same else "The behaviour has changed.")
PY
