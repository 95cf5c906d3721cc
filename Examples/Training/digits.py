#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains a small network on hand-written digits, with the standard library alone, and streams the run."""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import random
import sys
from pathlib import Path
from typing import Iterator, List, Optional, Tuple

HERE = Path(__file__).resolve().parent
try:
    import jackfield
except ModuleNotFoundError:  # not installed: use the clone this file is in
    sys.path.insert(0, str(HERE.parents[1] / "Clients" / "Python" / "src"))
    import jackfield

Vector = List[float]
Sample = Tuple[Vector, int]

PIXELS, CLASSES, VALIDATION_SAMPLES = 64, 10, 360


class Network:
    """Pixels, a layer of tanh units, and one logit for each digit."""

    def __init__(self, hidden: int, dice: random.Random) -> None:
        self.layers = [_layer(PIXELS, hidden, dice), _layer(hidden, CLASSES, dice)]

    def forward(self, pixels: Vector) -> Tuple[Vector, Vector]:
        """Returns the hidden units' values and the probabilities of the ten digits."""
        first, second = self.layers
        hidden = [math.tanh(_dot(row, pixels) + row[-1]) for row in first]
        logits = [_dot(row, hidden) + row[-1] for row in second]
        highest = max(logits)
        powers = [math.exp(logit - highest) for logit in logits]
        total = sum(powers)
        return hidden, [power / total for power in powers]

    def train(self, batch: List[Sample], rate: float) -> Tuple[float, float, float]:
        """Does one step of gradient descent; returns the batch's mean loss in nats, accuracy and gradient norm."""
        first, second = self.layers
        gradients = [[[0.0] * len(row) for row in layer] for layer in self.layers]
        loss = correct = 0.0
        for pixels, digit in batch:
            hidden, probabilities = self.forward(pixels)
            loss -= math.log(max(probabilities[digit], 1e-12))
            correct += probabilities.index(max(probabilities)) == digit
            errors = [p - (label == digit) for label, p in enumerate(probabilities)]
            back = [sum(e * row[unit] for e, row in zip(errors, second)) for unit in range(len(hidden))]
            _add_outer(gradients[1], errors, hidden)
            _add_outer(gradients[0], [b * (1 - h * h) for b, h in zip(back, hidden)], pixels)
        self._descend(gradients, rate / len(batch))
        squares = sum(g * g for layer in gradients for row in layer for g in row)
        return loss / len(batch), correct / len(batch), math.sqrt(squares) / len(batch)

    def evaluate(self, samples: List[Sample]) -> Tuple[float, float]:
        """Returns the mean loss in nats and the accuracy."""
        loss = correct = 0.0
        for pixels, digit in samples:
            probabilities = self.forward(pixels)[1]
            loss -= math.log(max(probabilities[digit], 1e-12))
            correct += probabilities.index(max(probabilities)) == digit
        return loss / len(samples), correct / len(samples)

    def _descend(self, gradients: List[List[Vector]], rate: float) -> None:
        for layer, layer_gradients in zip(self.layers, gradients):
            for row, slopes in zip(layer, layer_gradients):
                row[:] = [weight - rate * slope for weight, slope in zip(row, slopes)]


def _layer(inputs: int, units: int, dice: random.Random) -> List[Vector]:
    """One row a unit: a weight for each input, then the bias."""
    scale = 1 / math.sqrt(inputs)
    return [[dice.gauss(0, scale) for _ in range(inputs)] + [0.0] for _ in range(units)]


def _dot(row: Vector, values: Vector) -> float:
    return sum(weight * value for weight, value in zip(row, values))  # zip leaves the bias out


def _add_outer(gradient: List[Vector], errors: Vector, inputs: Vector) -> None:
    inputs = inputs + [1.0]  # for the bias
    for row, error in zip(gradient, errors):
        row[:] = [slope + error * value for slope, value in zip(row, inputs)]


def read_digits(path: Path) -> List[Sample]:
    """Reads the images, with pixels scaled to 0…1."""
    with gzip.open(path, "rt", newline="") as file:
        return [([float(pixel) / 16 for pixel in row[:PIXELS]], int(float(row[PIXELS]))) for row in csv.reader(file)]


def batches(samples: List[Sample], size: int, dice: random.Random) -> Iterator[List[Sample]]:
    """Cuts the samples into batches, in a new order each time."""
    shuffled = dice.sample(samples, len(samples))
    for start in range(0, len(shuffled), size):
        yield shuffled[start : start + size]


def train(options: argparse.Namespace) -> float:
    """Trains, and returns the last validation accuracy."""
    dice = random.Random(options.seed)
    samples = read_digits(HERE / "data" / "digits.csv.gz")
    dice.shuffle(samples)
    validation, training = samples[:VALIDATION_SAMPLES], samples[VALIDATION_SAMPLES:]
    network = Network(options.hidden, dice)

    def save(step: int) -> Path:
        options.checkpoints.mkdir(parents=True, exist_ok=True)
        path = options.checkpoints.resolve() / f"{options.name}-step{step}.json"
        path.write_text(json.dumps({"step": step, "layers": network.layers}))
        return path

    def load(path: str) -> None:
        network.layers = json.loads(Path(path).read_text())["layers"]

    step, accuracy = 0, 0.0
    with jackfield.Run("digits", options.name, save_checkpoint=save, load_checkpoint=load, port=options.port) as run:
        for epoch in range(options.epochs):
            for batch in batches(training, options.batch, dice):
                step += 1
                loss, batch_accuracy, norm = network.train(batch, options.lr)
                run.step(step, loss=loss, accuracy=batch_accuracy, epoch=epoch, lr=options.lr, grad_norm=norm)
                if run.should_stop or step == options.steps:
                    break
            val_loss, accuracy = network.evaluate(validation)
            run.epoch_end(epoch, val_loss=val_loss, val_accuracy=accuracy)
            run.log(f"epoch {epoch}: val_loss = {val_loss:.4f}, val_accuracy = {accuracy:.3f}")
            print(f"epoch {epoch}  step {step}  val_loss {val_loss:.4f}  val_accuracy {accuracy:.3f}", flush=True)
            if run.should_stop or step == options.steps:
                break
    return accuracy


def main(arguments: Optional[List[str]] = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=24, help="passes over the training images (default 24)")
    parser.add_argument("--steps", type=int, help="stop after so many steps")
    parser.add_argument("--lr", type=float, default=0.1, help="learning rate (default 0.1)")
    parser.add_argument("--batch", type=int, default=32, help="images a step (default 32)")
    parser.add_argument("--hidden", type=int, default=24, help="hidden units (default 24)")
    parser.add_argument("--seed", type=int, default=1, help="of the split, the weights and the order (default 1)")
    parser.add_argument("--name", default="baseline", help="the run's name (default baseline)")
    parser.add_argument("--port", type=int, help="the host's port (default: the client's own)")
    parser.add_argument("--checkpoints", type=Path, default=Path("checkpoints"), metavar="FOLDER")
    train(parser.parse_args(arguments))


if __name__ == "__main__":
    main()
