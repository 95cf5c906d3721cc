# SPDX-License-Identifier: Apache-2.0
"""Writes a loss as TensorBoard wants it: tensorboard_log.py FOLDER, with lines "STEP VALUE" to read, flushed at an empty line."""

import sys

from tensorboardX import SummaryWriter

with SummaryWriter(sys.argv[1], max_queue=10_000, flush_secs=3600) as writer:
    for line in sys.stdin:
        if line.strip():
            step, value = line.split()
            writer.add_scalar("loss", float(value), int(step))
        else:
            writer.flush()
            print("flushed", flush=True)
