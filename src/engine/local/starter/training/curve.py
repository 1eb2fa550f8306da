"""Draws the losses of a training as a picture: `curve.py CURVE.csv PICTURE.png`."""

import csv
import sys

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot


def draw(curve_path: str, picture_path: str) -> None:
    with open(curve_path, newline="") as file:
        rows = list(csv.reader(file))
    steps = [int(row[0]) for row in rows]
    figure, axes = pyplot.subplots(figsize=(7, 3.6), layout="constrained")
    axes.plot(steps, [float(row[2]) for row in rows], color="#7aa2d6", linewidth=1, label="training")
    held_back = [(int(row[0]), float(row[3])) for row in rows if row[3]]
    axes.plot(*zip(*held_back), "o-", color="#c2410c", markersize=3, linewidth=1, label="held-back dialogues")
    axes.set(xlabel="step", ylabel="weighted cross-entropy, nats per token", yscale="log")
    axes.grid(alpha=0.3, which="both")
    axes.legend(frameon=False)
    figure.savefig(picture_path, dpi=120)


if __name__ == "__main__":
    draw(sys.argv[1], sys.argv[2])
