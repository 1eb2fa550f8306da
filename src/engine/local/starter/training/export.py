"""Writes the trained network as a GGUF file (Q8_0) that llama.cpp runs: `export.py FOLDER FILE`."""

import sys
from pathlib import Path

import gguf
import torch

from network import Network, Shape
from prompt import CHAT_TEMPLATE
from vocabulary import BEGIN, BYTES, CONTROLS, END, UNKNOWN, Vocabulary


def export(folder: Path, path: Path) -> None:
    vocabulary = Vocabulary.load(str(folder / "vocabulary.json"))
    kept = torch.load(folder / "checkpoint.pt", weights_only=True)
    shape = Shape(**{key: value for key, value in kept["shape"].items() if key != "parameters"})
    weights = {name: tensor.float().numpy() for name, tensor in kept["network"].items()}
    writer = gguf.GGUFWriter(path, "llama")
    write_facts(writer, shape, kept["shape"]["parameters"])
    write_vocabulary(writer, vocabulary)
    for name, tensor in tensors_of(weights, shape):
        if tensor.ndim == 1:
            writer.add_tensor(name, tensor)
        else:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quants.quantize(tensor, kind), raw_dtype=kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(f"{path}: {path.stat().st_size} bytes")


def write_facts(writer: gguf.GGUFWriter, shape: Shape, parameters: int) -> None:
    writer.add_name("Smallfirst starter")
    writer.add_description(f"Trained from scratch on generated text; {parameters} parameters.")
    writer.add_license("MIT")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_layer_norm_rms_eps(shape.norm_epsilon)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_rope_dimension_count(shape.head)
    writer.add_vocab_size(shape.vocabulary)


def write_vocabulary(writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
    """Bytes are marked as controls: half a character in an answer would break whoever reads it as UTF-8."""
    hidden = {*CONTROLS, *BYTES}
    kinds = [gguf.TokenType.CONTROL if piece in hidden else gguf.TokenType.NORMAL for piece in vocabulary.pieces]
    kinds[vocabulary.ids[UNKNOWN]] = gguf.TokenType.UNKNOWN
    writer.add_tokenizer_model("llama")
    writer.add_token_list(vocabulary.pieces)
    writer.add_token_scores([vocabulary.score(index) for index in range(len(vocabulary.pieces))])
    writer.add_token_types(kinds)
    writer.add_unk_token_id(vocabulary.ids[UNKNOWN])
    writer.add_bos_token_id(vocabulary.ids[BEGIN])
    writer.add_eos_token_id(vocabulary.ids[END])
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def tensors_of(weights: dict, shape: Shape):
    """llama.cpp's names; the output matrix is the embedding."""
    yield "token_embd.weight", weights["embedding.weight"]
    yield "output_norm.weight", weights["norm.weight"]
    for index in range(shape.layers):
        own, to = f"blocks.{index}", f"blk.{index}"
        q, k, v = weights[f"{own}.qkv.weight"].reshape(3, shape.width, shape.width)
        gate, up = weights[f"{own}.gate_up.weight"].reshape(2, shape.hidden, shape.width)
        yield f"{to}.attn_norm.weight", weights[f"{own}.attention_norm.weight"]
        yield f"{to}.attn_q.weight", q
        yield f"{to}.attn_k.weight", k
        yield f"{to}.attn_v.weight", v
        yield f"{to}.attn_output.weight", weights[f"{own}.out.weight"]
        yield f"{to}.ffn_norm.weight", weights[f"{own}.feed_norm.weight"]
        yield f"{to}.ffn_gate.weight", gate
        yield f"{to}.ffn_up.weight", up
        yield f"{to}.ffn_down.weight", weights[f"{own}.down.weight"]


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
