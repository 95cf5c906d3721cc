# SPDX-License-Identifier: Apache-2.0
"""The script of a user of onthefly-ai: a small classifier on made-up points, paced so that a person could follow."""

import argparse
import os
import time

import torch
from onthefly import Trainer
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

parser = argparse.ArgumentParser()
parser.add_argument("--name", default="baseline")
parser.add_argument("--epochs", type=int, default=None)
parser.add_argument("--pace", type=float, default=0.02, help="seconds a batch")
parser.add_argument("--rank", type=int, default=None, help="of two; makes a gloo group")
parser.add_argument("--rendezvous", default="")
options = parser.parse_args()

torch.manual_seed(7)
torch.set_num_threads(1)


def points(count, seed):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(0, 4, (count,), generator=generator)
    return TensorDataset(torch.randn(count, 16, generator=generator) + labels[:, None].float(), labels)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4))

    def forward(self, x):
        if self.training:
            time.sleep(options.pace)
        return self.layers(x)


model = Classifier()
if options.rank is not None:
    torch.distributed.init_process_group("gloo", init_method=f"file://{options.rendezvous}", rank=options.rank, world_size=2)
    model = nn.parallel.DistributedDataParallel(model)

trainer = Trainer(project="demo", run_name=options.name, max_epochs=options.epochs)
trainer.fit(
    model=model, optimizer=torch.optim.AdamW(model.parameters(), lr=1e-3), loss_fn=nn.CrossEntropyLoss(), model_factory=Classifier,
    train_loader=DataLoader(points(320, 1), batch_size=32, shuffle=True), val_loader=DataLoader(points(96, 2), batch_size=32),
    test_loader=DataLoader(points(96, 3), batch_size=32), device="cpu", amp=False)
print("fit returned", flush=True)
time.sleep(float(os.environ.get("LINGER", "0.5")))  # else its last events are lost: it closes its line before it writes them
trainer.close()
