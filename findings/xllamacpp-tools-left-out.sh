#!/usr/bin/env bash
# The llama.cpp server in xllamacpp 2026.10.11549 answers 200 to a request with a tool that must be called
# (tool_choice "required"), and the model never learns of it: with a model file that has no chat template, as plain
# conversions of base models are, the prompt is the same with tools as without, and so is the answer, letter by
# letter. Nothing in the reply says so. With a template that has tools in it the prompt is longer by them. The models
# have random weights: what they write means nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check xllamacpp==2026.10.11549 gguf==0.19.0 numpy==2.4.6 httpx==0.28.1
"$folder/venv/bin/python" - 2> "$folder/log" <<'PY'
import sys
import tempfile
from importlib.metadata import version

import gguf
import httpx
import numpy as np
import xllamacpp

print("xllamacpp", version("xllamacpp"))
WIDTH, PORT = 64, 18441
TEMPLATE = "{% for m in messages %}{{ m.content }}{% endfor %}{{ tools | tojson if tools }}"
tokens = [(b"<unk>", 2), (b"<s>", 3), (b"</s>", 3)] + [(b"<0x%02X>" % byte, 6) for byte in range(256)]
tokens += [(("\u2581" if sign == 32 else chr(sign)).encode(), 1) for sign in range(32, 127)]


def served(port: int, template: str) -> xllamacpp.Server:
    settings = xllamacpp.CommonParams()
    settings.model.path, settings.n_ctx, settings.port = tempfile.mkdtemp() + "/tiny.gguf", 4096, port
    model, random = gguf.GGUFWriter(settings.model.path, "llama"), np.random.default_rng(0)
    for add, value in {
        model.add_context_length: 4096, model.add_embedding_length: WIDTH, model.add_block_count: 1,
        model.add_feed_forward_length: WIDTH, model.add_head_count: 4, model.add_head_count_kv: 4,
        model.add_layer_norm_rms_eps: 1e-5, model.add_rope_dimension_count: 16, model.add_vocab_size: len(tokens),
        model.add_tokenizer_model: "llama", model.add_bos_token_id: 1, model.add_eos_token_id: 2,
    }.items():
        add(value)
    if template:
        model.add_chat_template(template)
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
    return xllamacpp.Server(settings)


def asked(port: int, **more: object) -> tuple[int, int, str, bool]:
    body = {"messages": [{"role": "user", "content": "turn on the light"}], "max_tokens": 60, "temperature": 0, **more}
    reply = httpx.post(f"http://127.0.0.1:{port}/v1/chat/completions", json=body, timeout=100)
    read = reply.json()
    message, tokens_read = read["choices"][0]["message"], read["usage"]["prompt_tokens"]
    print(f"    {list(more) or 'no tools'}: {reply.status_code}, {tokens_read} tokens read, keys {sorted(message)}")
    return reply.status_code, tokens_read, message["content"], "tool_calls" in message


LIGHT = {"name": "light", "parameters": {"type": "object", "properties": {"on": {"type": "boolean"}}}}
more = {"tools": [{"type": "function", "function": LIGHT}], "tool_choice": "required"}
found = {}
for port, template in ((PORT, ""), (PORT + 1, TEMPLATE)):
    server = served(port, template)
    print("with a template" if template else "without a template")
    found[bool(template)] = (asked(port), asked(port, **more))
same = found[False][0] == found[False][1] == (200, *found[False][0][1:3], False)
sys.exit(0 if same and found[True][1][1] > found[True][0][1] else "The behaviour has changed.")
PY
