# SPDX-License-Identifier: Apache-2.0
"""A host with something of everything, all of it real: what a person's page looks like on a good working day."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List

from . import trainings
from .builds import ROOT, SOURCES
from .feed import Feed
from .host import Host

NATIVE = ROOT / "Tests/Browser/trainers/native.py"

ANALYSIS = '''\
# %% Data
import statistics
from IPython.display import HTML, SVG, Markdown
losses = [2.31, 1.07, 0.62, 0.41, 0.33]
print(f"{len(losses)} epochs")

# %% A table
HTML("<table><tr><th>epoch</th><th>loss</th></tr>" + "".join(f"<tr><td>{n}</td><td>{x}</td></tr>" for n, x in enumerate(losses)) + "</table>")

# %% A picture
bars = "".join(f'<rect x="{n * 40}" y="{120 - x * 50}" width="32" height="{x * 50}" fill="#3b82c4"/>' for n, x in enumerate(losses))
SVG(f'<svg xmlns="http://www.w3.org/2000/svg" width="220" height="120">{bars}</svg>')

# %% Words
Markdown("The loss **halves** about every epoch.")

# %% A mistake
statistics.mean([])
'''

INTERVIEW = '''\
import sys, time
sys.path.insert(0, {sources!r})
from jackfield import bridge
print("reading 40 pages", flush=True)
print("asking for a subject", flush=True)
answer = None
while answer is None:  # also when nobody is there yet who could answer
    try:
        answer = bridge.choose("What shall the report be about?", ["losses by class", "slow layers", {{"label": "both", "description": "takes longer"}}])
    except Exception as error:
        print(error, flush=True)
        time.sleep(1)
print(answer)
'''

FINISHED = '''\
for page in range(1, 41):
    print(f"page {page} of 40: {page * 7} words")
'''


class Content:
    """Fills a host; `close` ends what still runs."""

    def __init__(self, host: Host, folder: Path) -> None:
        self.host, self.folder = host, folder
        self._processes: List[subprocess.Popen] = []
        self._closers: List[Any] = []
        self.digits()
        self.family()
        self.troubled()
        self.notebook()
        self.scripts()
        self.live()

    # Runs

    def digits(self) -> None:
        """Two whole trainings of the example that is shipped."""
        for name, more in {"digits-baseline": ["--epochs", "6"], "digits-wide": ["--epochs", "6", "--hidden", "40", "--lr", "0.2"]}.items():
            self._keep(trainings.digits(self.host, self.folder / name, name, *more)).wait()

    def family(self) -> None:
        """A training that is paused, reported on, tested, forked twice and merged; it goes on."""
        self.native("cifar-small", "optimizer=adamw", "batch_size=16")
        self._reach(60)
        call = self.host.call
        call("trainer.pause")
        call("health.run", checks=["numerics", "activations", "throughput"])
        for where in ("train", "val"):
            call("trainer.report", subset_on=where)
        call("trainer.test", label="before the forks")
        call("trainer.fork", name="hard-samples", quantile={"from": 0.7, "to": 1}, hparams={"lr_mul": 0.5}, resume=True)
        self._reach(50)
        call("trainer.report")
        call("trainer.fork", name="harder-samples", quantile={"from": 0.85, "to": 1}, resume=True)
        self._reach(40)
        call("trainer.merge", parents=["hard-samples", "harder-samples"], name="blend", strategy="swa", resume=True)
        self._reach(30)
        call("trainer.report")
        call("trainer.test", label="after the merge")

    def native(self, name: str, *meta: str) -> None:
        training = trainings.Training(self.host, name, [NATIVE, "--project", "vision", "--name", name, "--pace", "0.03",
                                                        "--directory", self.folder / "checkpoints", "--meta", *meta], self.folder / name)
        self._keep(training)

    def _reach(self, step: int) -> None:
        self.host.until(f"step {step}", lambda: any((each.get("lastStep") or 0) >= step for each in self._connected()))

    def _connected(self) -> List[Dict[str, Any]]:
        return [each for each in self.host.call("trainer.list")["sessions"] if each["connected"]]

    def troubled(self) -> None:
        """One that diverges, with a log that says so, and ends badly."""
        with_trouble = Feed(self.host, "lr-too-high", project="vision")
        self._closers.append(with_trouble)
        with_trouble.logs(["starting with lr = 3.0", "data: 50,000 samples, 391 batches"])
        for step in range(1, 400):
            with_trouble.step(step, loss=2.3 / (1 + step / 30) if step < 200 else min(2.0 + (step - 200) ** 1.5 / 10, 500), lr=3.0, grad_norm=step ** 1.2)
            if step % 40 == 0:
                with_trouble.logs([f"gradient norm {step ** 1.2:.1f} clipped to 1.0"], "warning")
        for step in range(400, 420):
            with_trouble.step(step, loss=None, lr=3.0)
        with_trouble.logs(["loss is not finite at step 400", "RuntimeError: loss is nan\n  File \"train.py\", line 88, in step\n    loss.backward()"], "error")
        with_trouble.stored()
        with_trouble.close()

    def live(self) -> None:
        """One that trains while the page is looked at."""
        self._keep(trainings.training(self.host, self.folder / "live", "transformer-tiny", project="language", steps=None, pace=0.05, epoch=100, metrics={
            "loss": "4.2 / (1 + step / 80) + random() / 8", "accuracy": "0.9 - 0.85 / (1 + step / 90)", "lr": "3e-4 * min(1, step / 100)",
            "grad_norm": "0.8 + random() + (6 if step % 97 == 0 else 0)", "throughput": "5200 + 300 * random()"}))

    # Kernels, scripts

    def notebook(self) -> None:
        document = self.folder / "analysis.py"
        document.write_text(ANALYSIS)
        self.document = str(document)
        self.kernel = self.host.call("kernel.start", interpreter=sys.executable, document=self.document, working_directory=str(self.folder))
        for expression in ("len(losses)", "losses[-1]"):
            self.host.call("watch.add", document=self.document, expression=expression)
        first_lines = [number for number, line in enumerate(ANALYSIS.splitlines(), 1) if line.startswith("# %%")]
        for line in first_lines:
            self.host.call("code.run", document=self.document, line=line + 1, mode="cell", stop_on_error=False, wait=True)

    def scripts(self) -> None:
        for name, text in {"report.py": INTERVIEW.format(sources=str(SOURCES)), "count.py": FINISHED}.items():
            (self.folder / name).write_text(text)
        self._start("count words", "count.py")

    @contextmanager
    def question(self) -> Iterator[None]:
        """A script asks something meanwhile: pages show that wherever they are."""
        run = self._start("write the report", "report.py")
        yield
        self.host.call("run.stop", run=run)

    def _start(self, name: str, script: str) -> str:
        return self.host.call("run.start", name=name, command=[sys.executable, str(self.folder / script)], cwd=str(self.folder))["run"]

    def _keep(self, training: trainings.Training) -> trainings.Training:
        self._closers.append(training)
        return training

    def close(self) -> None:
        for each in self._closers:
            each.stop() if isinstance(each, trainings.Training) else each.close()
