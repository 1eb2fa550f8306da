"""Trains the starter on prepared dialogues, resumably: `train.py FOLDER [--seed N] [--epochs E] [--begin CHECKPOINT]`."""

import argparse
import csv
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from network import Network, Shape
from vocabulary import HAND_OVER, Vocabulary

# Lengths that rows are padded to: few, so that each is compiled once.
LENGTHS = (32, 48, 64, 96, 128, 192, 512)
TOKENS_PER_STEP = 12_288
# A processor without instructions for halves would take ten times as long with them.
HAS_HALVES = torch.cuda.is_available() or torch.ops.mkldnn._is_mkldnn_bf16_supported()
MUON_RATE, ADAM_RATE = 0.012, 0.003
WARM_UP, DECAY = 0.02, 0.45
# Where the weights are an earlier training's, of the peak rates: enough to learn anew, too little to forget much; and a long decline.
AGAIN, DECAY_AGAIN = 0.5, 0.85
# Then most dialogues are known: at first only the hardest quarter of each batch is learnt, later all, so that the model's sureness stays right.
HARDEST, ALL_FROM = 0.25, 0.75
VERDICT_WEIGHT, FIRST_WEIGHT, END_WEIGHT = 3.0, 4.0, 2.0
# Each length is compiled for all rows, for the hardest, and without gradients.
torch._dynamo.config.recompile_limit = 4 * len(LENGTHS)
VALIDATION_SHARE = 0.005
SAVE_EVERY_S, LOG_EVERY = 180, 50


def train(folder: Path, seed: int, epochs: float, begin: Path | None) -> None:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(seed)
    vocabulary = Vocabulary.load(str(folder / "vocabulary.json"))
    data = Dialogues(folder, vocabulary.ids[HAND_OVER])
    shape = Shape(vocabulary=len(vocabulary.pieces))
    network = Network(shape).to(device)
    run = torch.compile(network, dynamic=False)
    matrices = [p for name, p in network.named_parameters() if p.ndim == 2 and "embedding" not in name]
    others = [p for name, p in network.named_parameters() if p.ndim != 2 or "embedding" in name]
    optimizers = [
        torch.optim.Muon(matrices, lr=MUON_RATE, momentum=0.95, weight_decay=0.01),
        torch.optim.AdamW(others, lr=ADAM_RATE, betas=(0.9, 0.98), weight_decay=0.0, fused=True),
    ]
    batches = data.batches(seed, epochs)
    held_back = data.validation_batches()
    step, seconds = resume(folder, network, optimizers)
    if begin and step == 0:
        network.load_state_dict(torch.load(begin, weights_only=True)["network"])
    print(json.dumps(network.describe()), f"{len(batches)} steps, from {step}, on {device}", flush=True)
    started = saved = time.monotonic() - seconds
    sums = torch.zeros(2)
    while step < len(batches):
        rows = data.rows(batches[step])
        if begin and step < ALL_FROM * len(batches):
            rows = hardest_of(network, run, rows, device)
        rate = rate_at(step / len(batches), DECAY_AGAIN if begin else DECAY)
        for optimizer, peak in zip(optimizers, (MUON_RATE, ADAM_RATE)):
            optimizer.param_groups[0]["lr"] = peak * rate * (AGAIN if begin else 1.0)
        loss = loss_of(network, run, rows, device)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        step += 1
        sums += torch.tensor([loss.item(), 1.0])
        now = time.monotonic()
        if step % LOG_EVERY == 0 or step == len(batches):
            mean = (sums[0] / sums[1]).item()
            validation = validate(network, run, data, held_back, device) if step % (LOG_EVERY * 10) == 0 or step == len(batches) else ""
            log(folder, step, now - started, mean, validation, rate)
            sums.zero_()
        if now - saved > SAVE_EVERY_S or step == len(batches):
            save(folder, network, optimizers, step, now - started)
            saved = now


class Dialogues:
    """Token rows with where each answer begins; the last rows are held back for validation."""

    def __init__(self, folder: Path, hand_over: int):
        with np.load(folder / "dialogues.npz") as file:
            self.tokens, ends, self.answers = file["tokens"], file["ends"], file["answers"]
        self.hand_over = hand_over
        self.begins = np.concatenate(([0], ends[:-1]))
        self.lengths = ends - self.begins
        self.bucket = np.searchsorted(np.array(LENGTHS), self.lengths - 1)
        self.train_count = int(len(ends) * (1 - VALIDATION_SHARE))

    def batches(self, seed: int, epochs: float) -> list[np.ndarray]:
        chance = np.random.default_rng(seed)
        all_batches: list[np.ndarray] = []
        whole, part = int(epochs), epochs - int(epochs)
        for epoch in range(whole + (part > 0)):
            order = chance.permutation(self.train_count)
            if epoch == whole:
                order = order[: int(len(order) * part)]
            batches = self._in_buckets(order)
            chance.shuffle(batches)
            all_batches += batches
        return all_batches

    def validation_batches(self) -> list[np.ndarray]:
        return self._in_buckets(np.arange(self.train_count, len(self.lengths)))

    def _in_buckets(self, order: np.ndarray) -> list[np.ndarray]:
        batches = []
        for bucket, length in enumerate(LENGTHS):
            members = order[self.bucket[order] == bucket]
            size = TOKENS_PER_STEP // length
            # What is left over after whole batches is too little to matter.
            batches += [members[at : at + size] for at in range(0, len(members) - size + 1, size)]
        return batches

    def rows(self, members: np.ndarray) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Inputs, targets and weights, each (rows, length): only the answer is learnt, a hand-over's wording lightly.

        Most is decided by its first tokens: whether it is an answer, and which; and of a title by where it ends.
        """
        length = LENGTHS[self.bucket[members[0]]]
        inputs = np.zeros((len(members), length), np.int64)
        targets = np.zeros_like(inputs)
        weights = np.zeros(inputs.shape, np.float32)
        for row, member in enumerate(members):
            begin, size, answer = self.begins[member], self.lengths[member], self.answers[member]
            ids = self.tokens[begin : begin + size]
            inputs[row, : size - 1] = ids[:-1]
            targets[row, : size - 1] = ids[1:]
            first = size - 1 - answer
            is_hand_over = ids[first + 1] == self.hand_over
            weights[row, first : size - 1] = 0.2 if is_hand_over else 1.0
            weights[row, first] = VERDICT_WEIGHT
            if not is_hand_over:
                weights[row, size - 2] = END_WEIGHT
                weights[row, first + 1] = FIRST_WEIGHT
        return torch.from_numpy(inputs), torch.from_numpy(targets), torch.from_numpy(weights)


@torch.no_grad()
def hardest_of(network, run, rows, device):
    """The rows of the greatest loss (Jiang et al. 2019, Accelerating Deep Learning by Focusing on the Biggest Losers)."""
    losses, asked = losses_of(network, run, rows, device)
    by_row = torch.zeros(rows[2].shape, device=device).masked_scatter(asked, losses).sum(dim=1).cpu()
    chosen = by_row.topk(max(1, int(len(by_row) * HARDEST))).indices
    return tuple(part[chosen] for part in rows)


def loss_of(network, run, rows, device) -> torch.Tensor:
    losses, _ = losses_of(network, run, rows, device)
    return losses.sum() / rows[2].sum()


def losses_of(network, run, rows, device) -> tuple[torch.Tensor, torch.Tensor]:
    """Each asked token's loss times its weight, and which tokens are asked: (tokens,), (rows, length)."""
    inputs, targets, weights = (part.to(device) for part in rows)
    with torch.autocast(device, dtype=torch.bfloat16, enabled=HAS_HALVES):
        hidden = run(inputs)
        asked = weights > 0
        logits = network.logits(hidden[asked])
    losses = F.cross_entropy(logits.float(), targets[asked], reduction="none")
    return losses * weights[asked], asked


@torch.no_grad()
def validate(network, run, data: Dialogues, batches, device) -> float:
    losses = [loss_of(network, run, data.rows(batch), device).item() for batch in batches]
    return sum(losses) / max(1, len(losses))


def orthogonalise(grad: torch.Tensor, coefficients: tuple[float, float, float], steps: int, eps: float) -> torch.Tensor:
    """What Muon does to a matrix, as PyTorch has it, but in whole floats."""
    a, b, c = coefficients
    x = grad.T if grad.size(0) > grad.size(1) else grad
    x = x / x.norm().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if grad.size(0) > grad.size(1) else x


if not HAS_HALVES:
    torch.optim._muon._zeropower_via_newtonschulz = orthogonalise


def rate_at(progress: float, decay: float) -> float:
    """Of the peak: a short rise, level, then straight down."""
    return min(1.0, progress / WARM_UP + 0.01, max(0.0, (1 - progress) / decay))


def resume(folder: Path, network, optimizers) -> tuple[int, float]:
    path = folder / "checkpoint.pt"
    if not path.exists():
        return 0, 0.0
    kept = torch.load(path, weights_only=True)
    network.load_state_dict(kept["network"], strict=False)
    for optimizer, state in zip(optimizers, kept["optimizers"]):
        optimizer.load_state_dict(state)
    return kept["step"], kept["seconds"]


def save(folder: Path, network, optimizers, step: int, seconds: float) -> None:
    kept = {
        "network": network.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        "shape": network.describe(),
        "step": step,
        "seconds": seconds,
    }
    torch.save(kept, folder / "checkpoint.tmp")
    (folder / "checkpoint.tmp").replace(folder / "checkpoint.pt")


def log(folder: Path, step: int, seconds: float, loss: float, validation, rate: float) -> None:
    with (folder / "curve.csv").open("a", newline="") as file:
        csv.writer(file).writerow([step, round(seconds), f"{loss:.5f}", validation and f"{validation:.5f}", f"{rate:.4f}"])
    print(f"step {step}  {seconds:.0f} s  loss {loss:.4f}  validation {validation}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument("--begin", type=Path)
    options = parser.parse_args()
    train(options.folder, options.seed, options.epochs, options.begin)
