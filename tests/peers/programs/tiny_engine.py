# mypy: ignore-errors
# It runs in an environment of its own, whose packages ours need not have.
"""A real llama.cpp server (xllamacpp): python tiny_engine.py PORT [MODEL TEMPLATE].

Without a model it makes a tiny one of random weights: what that says makes no sense; which requests it takes is the
engine's own. A model without a chat template of its own gets the one in the file.
"""

import sys
import tempfile
import time
from pathlib import Path

import gguf
import numpy as np
import xllamacpp

WIDTH, HEADS, FORWARD, LAYERS = 64, 4, 128, 2


def vocabulary():
    """Return tokens and their kinds: three marks, each byte, each printable sign."""
    found = [(b"<unk>", 2), (b"<s>", 3), (b"</s>", 3)]
    found += [(f"<0x{byte:02X}>".encode(), 6) for byte in range(256)]
    found += [(("\u2581" if sign == 32 else chr(sign)).encode(), 1) for sign in range(32, 127)]
    return found


def made(path):
    """Write the model."""
    tokens, random = vocabulary(), np.random.default_rng(0)
    file = gguf.GGUFWriter(path, "llama")
    file.add_context_length(8192)
    file.add_embedding_length(WIDTH)
    file.add_block_count(LAYERS)
    file.add_feed_forward_length(FORWARD)
    file.add_head_count(HEADS)
    file.add_head_count_kv(HEADS)
    file.add_layer_norm_rms_eps(1e-5)
    file.add_rope_dimension_count(WIDTH // HEADS)
    file.add_vocab_size(len(tokens))
    file.add_tokenizer_model("llama")
    file.add_token_list([token for token, _ in tokens])
    file.add_token_types([kind for _, kind in tokens])
    file.add_token_scores([0.0 if kind != 1 else -1.0 for _, kind in tokens])
    file.add_bos_token_id(1)
    file.add_eos_token_id(2)
    file.add_chat_template("{% for m in messages %}{{ m.content }}{% endfor %}{{ tools | tojson if tools }}")

    def add(name, *shape):
        file.add_tensor(name, (random.standard_normal(shape) * 0.1).astype(np.float32))

    add("token_embd.weight", len(tokens), WIDTH)
    add("output.weight", len(tokens), WIDTH)
    file.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    for layer in range(LAYERS):
        for norm in ("attn_norm", "ffn_norm"):
            file.add_tensor(f"blk.{layer}.{norm}.weight", np.ones(WIDTH, np.float32))
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"blk.{layer}.{part}.weight", WIDTH, WIDTH)
        for part, shape in (
            ("ffn_gate", (FORWARD, WIDTH)),
            ("ffn_up", (FORWARD, WIDTH)),
            ("ffn_down", (WIDTH, FORWARD)),
        ):
            add(f"blk.{layer}.{part}.weight", *shape)
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()


def set_up(port, model, template):
    """Return the settings: one thread, since more of them wait for each other on a machine that is busy."""
    settings = xllamacpp.CommonParams()
    settings.n_ctx, settings.port, settings.n_parallel = 8192, port, 1
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    settings.swa_full = True  # else a prompt that begins as the last one did is read anew
    settings.model.path = model or str(Path(tempfile.mkdtemp()) / "tiny.gguf")
    if template:
        settings.chat_template = Path(template).read_text()
    if not model:
        made(settings.model.path)
    return settings


server = xllamacpp.Server(set_up(int(sys.argv[1]), *(sys.argv[2:4] or ("", ""))))
while True:
    time.sleep(3600)
