# SPDX-License-Identifier: Apache-2.0
"""Kernels: the link alone and the whole host, each beside a bare C client of the same kernel in the same round."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

import blocks
import host as hosts
from host import Host, ask

KEY = "0123456789abcdef0123456789abcdef"
PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
MESSAGES = 100_000
BIG = 10_000_000


class Kernels:
    """Needs `root`, `scratch`, `quick`, `tool` of `measures.Bench`."""

    # What the groups of Benchmarks/run call.

    def kernels(self):
        """On the null kernel, which answers at once: what is left is ours."""
        rows = {}
        for transport in ("ipc", "tcp"):
            rows |= self._link(transport)
        rows |= self._whole()
        rows |= self._flood_fast()
        rows |= self._flood_stopped()
        rows |= self._big()
        rows |= self._many()
        rows |= self._death()
        return rows

    def ipykernel(self):
        """On a real one; nothing when there is none in build/venv."""
        if not self._has("ipykernel"):
            print("no rows of ipykernel: it is not in build/venv", file=sys.stderr)
            return {}
        rows = {}
        with self._specs() as environment:
            rows |= self._real(environment)
            rows |= self._cold(environment)
            rows |= self._warm(environment)
        return rows

    def blocks(self):
        """Finding the statement at a line, beside Python's own reading of the text."""
        found = blocks.rows(str(self.products / "python-blocks"))
        return {name: (base, ours) for name, (base, ours) in found.items()}

    def remote(self):
        """Through a Jupyter server of this machine; nothing when there is none in build/venv."""
        if not self._has("jupyter_server") or not self._has("tornado"):
            print("no rows of a Jupyter server: jupyter_server is not in build/venv", file=sys.stderr)
            return {}
        count, token, port = 20 if self.quick else 200, "b" * 32, hosts.free_port()
        url = f"http://127.0.0.1:{port}/"
        with self._specs() as environment, self._server(port, token, environment):
            base = output(self.python, self.root / "Benchmarks/server.py", url, token, count)
            settings = {"servers": {"bench": {"url": url, "token": token}}}
            with Host(self.root, self.scratch, more=environment, kernel=settings) as host:
                kernel = host.call("kernel.start", provider="bench", spec="python3")["id"]
                ours = self._run(host, kernel, "1", count)
                host.call("kernel.shutdown", kernel=kernel)
        return {"remote": (base["median_ms"], ours["nanoseconds"] / 1e6)}

    @contextlib.contextmanager
    def _server(self, port, token, environment):
        with tempfile.TemporaryDirectory(prefix="jfb-") as folder:
            command = [self.python, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0",
                       f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={token}"]
            with process(command, {**os.environ, **environment}) as running:
                begun = time.perf_counter()
                while True:
                    try:
                        socket.create_connection(("127.0.0.1", port)).close()
                        break
                    except ConnectionRefusedError:
                        if running.poll() is not None or time.perf_counter() - begun > 60:
                            raise SystemExit("jupyter_server did not begin to listen") from None
                        time.sleep(0.02)
                yield

    # MARK: The link alone

    def _link(self, transport):
        count = 500 if self.quick else 5_000
        with self._null(transport) as file:
            base = output(self.tool("kernel"), file, "trip", count)
            ours = output(self.kernel_bench, file, "trip", count)
            rows = {f"link {transport}": (base["nanoseconds"] / 1e3, ours["nanoseconds"] / 1e3),
                    f"link cpu {transport}": (base["cpu_nanoseconds"] / 1e3, ours["cpu_nanoseconds"] / 1e3)}
        with self._null(transport) as file:
            base = output(self.tool("kernel"), file, "flood", MESSAGES, 7)
            ours = output(self.kernel_bench, file, "flood", MESSAGES, 7)
            rows |= {f"link flood {transport}": (base["cpu_seconds"], ours["cpu_seconds"]),
                     f"link flood memory {transport}": (base["peak_kilobytes"] / 1024, ours["peak_kilobytes"] / 1024)}
        return rows

    # MARK: The whole host

    def _whole(self):
        count, rows = (500, {}) if self.quick else (5_000, {})
        for transport in ("ipc", "tcp"):
            with self._null(transport) as file, Host(self.root, self.scratch) as host:
                base = output(self.tool("kernel"), file, "trip", count)
                kernel = host.call("kernel.attach", connection_file=file)["id"]
                cpu = host.cpu_seconds()
                ours = self._run(host, kernel, "1", count)
                cpu = (host.cpu_seconds() - cpu) / (count * 1.1)
                rows |= {f"whole {transport}": (base["nanoseconds"] / 1e3, ours["nanoseconds"] / 1e3),
                         f"whole cpu {transport}": (base["cpu_nanoseconds"] / 1e3, cpu * 1e6)}
        return rows

    def _flood_fast(self):
        """The client takes everything as it comes."""
        with self._null("ipc") as file:
            base = output(self.tool("kernel"), file, "flood", MESSAGES, 7)
        with self._null("ipc") as file, Host(self.root, self.scratch) as host:
            kernel = host.call("kernel.attach", connection_file=file)["id"]
            self._run(host, kernel, "1", 20)
            before, cpu = host.memory(), host.cpu_seconds()
            ours = self._run(host, kernel, f"flood {MESSAGES} 7", 1)
            cpu, peak = host.cpu_seconds() - cpu, host.memory("VmHWM")
        if ours["lines"] < MESSAGES:
            raise SystemExit(f"of {MESSAGES} messages the reader got {ours['lines']}")
        return {"flood": (base["seconds"], ours["nanoseconds"] / 1e9), "flood cpu": (base["cpu_seconds"], cpu),
                "flood memory": (base["peak_kilobytes"] / 1024, peak - before)}

    def _flood_stopped(self):
        """The client reads nothing until the run has ended; then it, and another that asks for all of it, must get everything."""
        with self._null("ipc") as file:
            base = output(self.tool("kernel"), file, "flood", MESSAGES, 7)
        with self._null("ipc") as file, Host(self.root, self.scratch) as host:
            kernel = host.call("kernel.attach", connection_file=file)["id"]
            self._run(host, kernel, "1", 20)
            before, cpu, begun = host.memory(), host.cpu_seconds(), time.perf_counter()
            with socket.socket(socket.AF_UNIX) as door:
                door.connect(host.socket)
                door.sendall(request("code.run", {"kernel": kernel, "code": f"flood {MESSAGES} 7"}))
                run = self._wait_for_end(host, kernel)
                seconds, cpu = time.perf_counter() - begun, host.cpu_seconds() - cpu
                peak = host.memory("VmHWM")
                late = count_streams(door)
            again = self._count(host, run)
        if (late, again) != (MESSAGES, MESSAGES):
            raise SystemExit(f"of {MESSAGES} messages the reader that had stopped got {late}, and code.output gave {again}")
        return {"stopped": (base["seconds"], seconds), "stopped cpu": (base["cpu_seconds"], cpu),
                "stopped memory": (base["peak_kilobytes"] / 1024, peak - before)}

    def _wait_for_end(self, host, kernel):
        """The id of the run that went on; returns when it has ended."""
        run = None
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(host.socket)
            while True:
                queue = ask(door, "command/call", name="code.queue", input={"kernel": kernel})["result"]
                if run and "running" not in queue:
                    return run
                run = queue.get("running", {}).get("run", run)
                time.sleep(0.005)

    def _count(self, host, run):
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(host.socket)
            door.sendall(request("code.output", {"run": run}))
            return count_streams(door)

    def _big(self):
        """One message of ten million bytes, for a document: its result is kept."""
        with self._null("ipc") as file:
            base = output(self.tool("kernel"), file, "big", BIG)
        with self._null("ipc") as file, Host(self.root, self.scratch) as host:
            document = str(host.home / "big.py")
            kernel = host.call("kernel.attach", connection_file=file, document=document)["id"]
            self._run(host, kernel, "1", 20)
            before, begun = host.memory(), time.perf_counter()
            self._run(host, kernel, f"big {BIG}", 1, document=document, text=f"big {BIG}\n", line=1)
            shown = time.perf_counter() - begun
            # Answered behind all that was recorded before.
            results = host.call("results.list", document=document)
            kept, peak = time.perf_counter() - begun, host.memory("VmHWM")
            if not results["results"]:
                raise SystemExit("the long text is not among the results")
        return {"big": (base["seconds"] * 1e3, shown * 1e3), "big kept": (base["seconds"] * 1e3, kept * 1e3),
                "big memory": (base["peak_kilobytes"] / 1024, peak - before)}

    def _many(self):
        """What a kernel costs that does nothing; each has answered some runs."""
        with contextlib.ExitStack() as stack:
            files = [stack.enter_context(self._null("ipc")) for _ in range(50)]
            host = stack.enter_context(Host(self.root, self.scratch))
            sizes, threads = {0: host.memory()}, {0: host.threads()}
            for number, file in enumerate(files, 1):
                kernel = host.call("kernel.attach", connection_file=file)["id"]
                self._run(host, kernel, "1", 10)
                if number in (10, 50):
                    sizes[number], threads[number] = host.memory(), host.threads()
        return {"memory idle": (None, sizes[0]), "memory 10 kernels": (None, sizes[10]), "memory 50 kernels": (None, sizes[50]),
                "memory a kernel": (None, (sizes[50] - sizes[10]) / 40), "threads 0": (None, threads[0]), "threads 50": (None, threads[50])}

    def _death(self):
        """SIGKILL to a kernel with a run at work and nine waiting, until the last of ten clients is answered."""
        with self._specs() as environment, Host(self.root, self.scratch, more=environment) as host:
            kernel = host.call("kernel.start", spec="null")
            doors = [socket.socket(socket.AF_UNIX) for _ in range(10)]
            for number, door in enumerate(doors):
                door.connect(host.socket)
                door.sendall(request("code.run", {"kernel": kernel["id"], "code": "silence", "client": f"c{number}"}))
            while len(host.call("code.queue", kernel=kernel["id"])["waiting"]) < 9:
                time.sleep(0.005)
            begun = time.perf_counter()
            os.kill(host.call("kernel.show", kernel=kernel["id"])["pid"], signal.SIGKILL)
            for door in doors:
                answer = last_line(door)
                if answer["result"]["result"]["runs"][0]["status"] != "lost":
                    raise SystemExit(f"a run of a dead kernel ended so: {answer}")
            seconds = time.perf_counter() - begun
            for door in doors:
                door.close()
        return {"death": (None, seconds * 1e3)}

    # MARK: ipykernel

    def _real(self, environment):
        count = 100 if self.quick else 500
        with self._python(environment) as file, Host(self.root, self.scratch, more=environment) as host:
            text(self.tool("kernel"), file, "trip", 100)
            base = output(self.tool("kernel"), file, "trip", count)
            kernel = host.call("kernel.attach", connection_file=file)["id"]
            ours = self._run(host, kernel, "1", count)
            link = output(self.kernel_bench, file, "trip", count)
        return {"ipykernel link": (base["nanoseconds"] / 1e6, link["nanoseconds"] / 1e6),
                "ipykernel": (base["nanoseconds"] / 1e6, ours["nanoseconds"] / 1e6)}

    def _cold(self, environment):
        """From making the process to its first answer; the host's page cache is warm by the baseline."""
        begun = time.perf_counter()
        with self._python(environment):
            base = time.perf_counter() - begun
        with Host(self.root, self.scratch, more=environment) as host:
            begun = time.perf_counter()
            kernel = host.call("kernel.start", spec="python3")["id"]
            ours = time.perf_counter() - begun
            host.call("kernel.shutdown", kernel=kernel)
        return {"cold": (base * 1e3, ours * 1e3), "cold over": (None, (ours - base) * 1e3)}

    def _warm(self, environment):
        """A document's first run, with a kernel kept ready."""
        with Host(self.root, self.scratch, more=environment, kernel={"warm": {"python3": 1}, "outliveHost": False}) as host:
            self._wait_for_warm(environment["JUPYTER_RUNTIME_DIR"])
            document = str(host.home / "first.py")
            begun = time.perf_counter()
            self._run(host, None, None, 1, document=document, text="1\n", line=1, spec="python3")
            seconds = time.perf_counter() - begun
            for kernel in host.call("kernel.list")["kernels"]:
                host.call("kernel.shutdown", kernel=kernel["id"])
        return {"warm": (None, seconds * 1e3)}

    def _wait_for_warm(self, place):
        """It is nobody's yet, so no list has it; a process that has read its modules and then not used the processor for a while is ready."""
        last, since = None, time.perf_counter()
        while True:
            children = processes_of(place)
            used = sum(children.values())
            if used < 10 or used != last:
                last, since = used, time.perf_counter()
            elif time.perf_counter() - since > 1:
                return
            time.sleep(0.05)

    # MARK: Parts

    def _run(self, host, kernel, code, count, **given):
        """Runs it so often through the door, over one connection, everything streamed."""
        given = {**given, **({"kernel": kernel} if kernel else {}), **({"code": code} if "text" not in given else {})}
        return output(self.tool("door"), "run", host.socket, request("code.run", given).decode().strip(), count)

    @contextlib.contextmanager
    def _null(self, transport):
        with tempfile.TemporaryDirectory(prefix="jfb-") as folder:
            file = connection_file(folder, transport)
            with process([self.tool("nullkernel"), file]):
                # Its sockets are there when it answers.
                text(self.tool("kernel"), file, "ready", 0)
                yield file

    @contextlib.contextmanager
    def _python(self, environment):
        with tempfile.TemporaryDirectory(prefix="jfb-") as folder:
            file = connection_file(folder, "ipc")
            with process([self.python, "-m", "ipykernel_launcher", "-f", file], {**os.environ, **environment}):
                text(self.tool("kernel"), file, "ready", 0)
                yield file

    @contextlib.contextmanager
    def _specs(self):
        """A folder of kernelspecs for the host: the null kernel, and ipykernel of build/venv."""
        with tempfile.TemporaryDirectory(prefix="jfb-") as folder:
            folder = pathlib.Path(folder)
            specs = {"null": [str(self.tool("nullkernel")), "{connection_file}"],
                     "python3": [str(self.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]}
            for name, command in specs.items():
                place = folder / "data/kernels" / name
                place.mkdir(parents=True)
                (place / "kernel.json").write_text(json.dumps({"argv": command, "display_name": name, "language": "python"}))
            yield {"JUPYTER_PATH": str(folder / "data"), "JUPYTER_RUNTIME_DIR": str(folder / "r"), "IPYTHONDIR": str(folder / "ipython")}

    @property
    def python(self):
        return self.root / "build/venv/bin/python"

    @property
    def kernel_bench(self):
        return self.scratch / "kernel-bench"

    def _has(self, module):
        return self.python.exists() and subprocess.run([self.python, "-c", f"import {module}"], capture_output=True).returncode == 0


@contextlib.contextmanager
def process(command, environment=None):
    running = subprocess.Popen([str(part) for part in command], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def connection_file(folder, transport):
    path = os.path.join(folder, "kernel.json")
    ports = [hosts.free_port() for _ in PORTS] if transport == "tcp" else range(1, 6)
    content = {"transport": transport, "ip": "127.0.0.1" if transport == "tcp" else os.path.join(folder, "s"), "key": KEY,
               "signature_scheme": "hmac-sha256", "kernel_name": "null", **dict(zip(PORTS, ports))}
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        json.dump(content, file)
    return path


def request(command, given):
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "command/call",
                       "params": {"name": command, "input": given, "stream": True}}).encode() + b"\n"


def count_streams(door):
    """How many pieces of text a stream of the door has, to its end."""
    count, rest = 0, b""
    while True:
        piece = door.recv(1 << 20)
        if not piece:
            raise SystemExit("the host closed the connection")
        lines = (rest + piece).split(b"\n")
        rest = lines.pop()
        for line in lines:
            if b'"type":"stream"' in line:
                count += 1
            elif line.startswith(b'{"jsonrpc":"2.0","id":'):
                return count


def last_line(door):
    """The answer behind a stream."""
    rest = b""
    while True:
        piece = door.recv(1 << 16)
        if not piece:
            raise SystemExit("the host closed the connection")
        lines = (rest + piece).split(b"\n")
        rest = lines.pop()
        for line in lines:
            if line.startswith(b'{"jsonrpc":"2.0","id":'):
                return json.loads(line)


def processes_of(place):
    """Processor time of the kernels with their connection files in a folder, by process."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if place.encode() in (entry / "cmdline").read_bytes():
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                found[entry.name] = int(fields[11]) + int(fields[12])
        except OSError:
            continue
    return found


def text(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"'{command[0]}' failed ({done.returncode}): {done.stderr.strip()}")
    return done.stdout


def output(*command):
    return json.loads(text(*command))
