"""Takes a model file apart again, so that a training can begin with what is shipped: `unpack.py FILE FOLDER`."""

import sys
from pathlib import Path

import gguf
import numpy as np
import torch

from export import tensors_of
from network import Network, Shape
from vocabulary import Vocabulary


def unpack(path: Path, folder: Path) -> None:
    reader = gguf.GGUFReader(path)
    pieces = reader.get_field("tokenizer.ggml.tokens").contents()
    vocabulary = Vocabulary([])
    vocabulary = Vocabulary(pieces[vocabulary.first_text :])
    shape = Shape(
        vocabulary=len(pieces),
        width=fact(reader, "embedding_length"),
        layers=fact(reader, "block_count"),
        heads=fact(reader, "attention.head_count"),
        hidden=fact(reader, "feed_forward_length"),
        context=fact(reader, "context_length"),
    )
    tensors = {tensor.name: gguf.quants.dequantize(tensor.data, tensor.tensor_type) for tensor in reader.tensors}
    network = Network(shape)
    weights = {name: np.array(tensor.numpy()) for name, tensor in network.state_dict().items()}
    # Each of these is a view into `weights`, in the order and with the names of the file.
    for name, own in tensors_of(weights, shape):
        own[...] = tensors[name].reshape(own.shape)
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary.save(str(folder / "vocabulary.json"))
    state = {name: torch.from_numpy(tensor) for name, tensor in weights.items()}
    network.load_state_dict(state)
    torch.save({"network": state, "shape": network.describe()}, folder / "checkpoint.pt")
    print(f"{path}: {network.describe()['parameters']} parameters, {len(pieces)} pieces")


def fact(reader: gguf.GGUFReader, name: str) -> int:
    return int(reader.get_field(f"llama.{name}").contents())


if __name__ == "__main__":
    unpack(Path(sys.argv[1]), Path(sys.argv[2]))
