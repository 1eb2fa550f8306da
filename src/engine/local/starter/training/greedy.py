"""Answers prompts greedily in PyTorch, for the test that llama.cpp says the same: `greedy.py FOLDER PROMPTS.json ANSWERS.json`."""

import json
import sys
from pathlib import Path

import gguf
import torch

from network import Network, Shape
from prompt import encode_prompt
from vocabulary import END, Vocabulary

MAX_TOKENS = 80


def answer_all(folder: Path, prompts_path: Path, answers_path: Path) -> None:
    vocabulary = Vocabulary.load(str(folder / "vocabulary.json"))
    network = load(folder)
    answers = []
    for asked in json.loads(prompts_path.read_text(encoding="utf8")):
        messages = [["system", asked["task"]]] if "task" in asked else []
        ids, margins = answer(network, encode_prompt(vocabulary, [*messages, ["user", asked["prompt"]]]), vocabulary.ids[END])
        answers.append({**asked, "ids": ids, "margins": margins})
    answers_path.write_text("[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in answers) + "\n]\n", encoding="utf8")


def load(folder: Path) -> Network:
    """With the weights as the model file has them: rounded to Q8_0 and back."""
    kept = torch.load(folder / "checkpoint.pt", weights_only=True)
    network = Network(Shape(**{key: value for key, value in kept["shape"].items() if key != "parameters"}))
    kind = gguf.GGMLQuantizationType.Q8_0
    for name, tensor in kept["network"].items():
        if tensor.ndim == 2:
            rounded = gguf.quants.dequantize(gguf.quants.quantize(tensor.float().numpy(), kind), kind)
            kept["network"][name] = torch.from_numpy(rounded.copy())
    network.load_state_dict(kept["network"])
    return network.eval()


@torch.no_grad()
def answer(network: Network, prompt: list[int], end: int) -> tuple[list[int], list[float]]:
    """The tokens up to the end, which is not among them, and by how much each one's logit led the next best."""
    ids, margins = list(prompt), []
    while len(margins) < MAX_TOKENS:
        (best, second), (chosen, _) = (two.tolist() for two in network.logits(network(torch.tensor([ids]))[0, -1]).topk(2))
        if chosen == end:
            break
        ids.append(chosen)
        margins.append(round(best - second, 3))
    return ids[len(prompt) :], margins


if __name__ == "__main__":
    answer_all(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
