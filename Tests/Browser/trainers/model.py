# SPDX-License-Identifier: Apache-2.0
"""A model small enough for the standard library, with real losses of real samples: logistic regression in three numbers."""

from __future__ import annotations

import json
import math
import os
import random
from typing import Dict, List, Optional, Sequence


class Samples:
    """Points of two clouds; every tenth carries the other cloud's label, so that some losses stay high."""

    def __init__(self, count: int, seed: int = 7) -> None:
        source = random.Random(seed)
        self.labels: List[int] = []
        self.points: List[tuple] = []
        for index in range(count):
            side = index % 2
            centre = 1.5 if side else -1.5
            self.points.append((source.gauss(centre, 1.4), source.gauss(centre / 2, 1.4)))
            self.labels.append(1 - side if index % 10 == 3 else side)

    def __len__(self) -> int:
        return len(self.points)


class Model:
    """Weights, their training, and the loss of each sample."""

    def __init__(self, weights: Sequence[float] = (0.0, 0.0, 0.0)) -> None:
        self.weights = list(weights)

    def loss(self, samples: Samples, index: int) -> float:
        x, y = samples.points[index]
        a, b, c = self.weights
        margin = (a * x + b * y + c) * (1 if samples.labels[index] else -1)
        return math.log1p(math.exp(-margin)) if margin > -30 else -margin

    def step(self, samples: Samples, batch: Sequence[int], rate: float) -> Dict[str, float]:
        """One step of gradient descent; returns what a trainer reports of it."""
        gradient, total, right = [0.0, 0.0, 0.0], 0.0, 0
        for index in batch:
            x, y = samples.points[index]
            a, b, c = self.weights
            sign = 1 if samples.labels[index] else -1
            margin = (a * x + b * y + c) * sign
            total += self.loss(samples, index)
            right += margin > 0
            slope = -sign / (1 + math.exp(min(30.0, margin)))
            gradient = [gradient[0] + slope * x, gradient[1] + slope * y, gradient[2] + slope]
        gradient = [part / len(batch) for part in gradient]
        self.weights = [weight - rate * part for weight, part in zip(self.weights, gradient)]
        return {
            "loss": total / len(batch),
            "accuracy": right / len(batch),
            "grad_norm": math.sqrt(sum(part * part for part in gradient)),
            "weight_norm": math.sqrt(sum(part * part for part in self.weights)),
        }

    def mean_loss(self, samples: Samples, indices: Sequence[int]) -> float:
        return sum(self.loss(samples, index) for index in indices) / max(1, len(indices))


class Checkpoints:
    """Files of weights, named as the original trainer names them."""

    def __init__(self, directory: str, project: str) -> None:
        self.directory = os.path.abspath(directory)
        self.project = project
        os.makedirs(self.directory, exist_ok=True)

    def save(self, run: str, step: int, epoch: int, model: Model) -> str:
        path = os.path.join(self.directory, f"{self.project}__{run}__step{step}.pt")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"weights": model.weights, "step": step, "epoch": epoch}, file)
        return path

    def load(self, path: str) -> dict:
        if not os.path.isfile(path):
            raise ValueError(f"checkpoint not found: {path}")
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def newest(self, run: str) -> Optional[str]:
        start = f"{self.project}__{run}__step"
        steps = [int(name[len(start) : -3]) for name in os.listdir(self.directory) if name.startswith(start) and name.endswith(".pt")]
        return os.path.join(self.directory, f"{start}{max(steps)}.pt") if steps else None


def clusters(losses: Sequence[float], count: int) -> List[int]:
    """Which of `count` clusters each loss belongs to; cluster 0 holds the smallest losses."""
    ordered = sorted(losses)
    centres = [ordered[min(len(ordered) - 1, (2 * place + 1) * len(ordered) // (2 * count))] for place in range(count)]
    for _ in range(10):
        owner = [min(range(count), key=lambda place: abs(loss - centres[place])) for loss in losses]
        for place in range(count):
            mine = [loss for loss, place_of in zip(losses, owner) if place_of == place]
            centres[place] = sum(mine) / len(mine) if mine else centres[place]
    return owner
