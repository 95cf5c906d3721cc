// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import JSON
import PluginSDK
import Testing

@testable import Kernel

@Suite(.timeLimit(.minutes(3))) struct InterpreterTests {
  /// Makes the folders of an environment; its Python is a link to a real one.
  private func environment(_ bench: LaunchBench, _ path: String, library: String = "python3.11") throws {
    let prefix = path.hasPrefix("/") ? path : bench.folder + "/" + path
    try LocalFiles.makeDirectory("\(prefix)/bin")
    try LocalFiles.makeDirectory("\(prefix)/lib/\(library)/site-packages")
    symlink(LaunchBench.python, "\(prefix)/bin/python")
  }

  private func addKernel(_ bench: LaunchBench, _ path: String, _ version: String) throws {
    try bench.write("\(path)/lib/python3.11/site-packages/ipykernel/__init__.py")
    try bench.write("\(path)/lib/python3.11/site-packages/ipykernel-\(version).dist-info/METADATA")
  }

  @Test func readsARealVirtualEnvironment() async throws {
    let bench = try LaunchBench()
    let found = try InterpreterReader(surroundings: bench.surroundings).resolve(LaunchBench.venv)
    let lines = try await bench.run([
      LaunchBench.python, "-c",
      "import sys, ipykernel, site; print(sys.prefix, '.'.join(map(str, sys.version_info[:3])), ipykernel.__version__, site.getsitepackages()[0])",
    ])
    #expect(lines == ["\(found.prefix) \(found.version ?? "") \(found.ipykernel ?? "") \(found.packages.first ?? "")"])
    #expect(found.kind == .venv && found.executable == LaunchBench.python && found.hasPip)
    let same = try InterpreterReader(surroundings: bench.surroundings).resolve(LaunchBench.python)
    #expect(same == found)
    await bench.finish()
  }

  @Test func findsWhatIsNearTheDocumentFirst() async throws {
    let bench = try LaunchBench()
    try environment(bench, "home/job/.venv")
    try bench.write("home/job/.venv/pyvenv.cfg", "home = /x\nversion_info = 3.12.1.final.0\n")
    try environment(bench, "home/job/deep/venv")
    try bench.write("home/job/deep/venv/pyvenv.cfg", "uv = 0.5\nversion = 3.10.2\n")
    try environment(bench, "home/job/deep/.pixi/envs/default")
    try bench.write("home/job/deep/.pixi/envs/default/conda-meta/python-3.13.0-h1_0.json", "{}")
    try environment(bench, "home/.venv")
    try bench.write("home/job/.git/HEAD")
    let found = InterpreterFinder(bench.surroundings).near(bench.home + "/job/deep/a.py")
    #expect(found.map { "\($0.kind) \($0.name) \($0.version ?? "")" } == ["venv deep 3.10.2", "pixi default 3.13.0", "venv job 3.12.1"])
    chmod(bench.home + "/job/deep/venv", 0o777)
    let safe = InterpreterFinder(bench.surroundings).near(bench.home + "/job/deep/a.py")
    #expect(safe.map(\.kind) == [.pixi, .venv], "an environment that others can write into is none of ours")
    await bench.finish()
  }

  @Test func findsCondaUVPyenvAndPath() async throws {
    let bench = try LaunchBench(["PATH": "/usr/bin:/bin"])
    for path in ["home/miniconda3", "home/miniconda3/envs/ml", "elsewhere"] {
      try environment(bench, path)
      try bench.write("\(path)/conda-meta/python-3.11.9-h1_0.json", "{}")
    }
    try bench.write("home/miniconda3/condabin/conda", "#!/bin/sh\n", mode: 0o755)
    try bench.write("home/.conda/environments.txt", "\(bench.folder)/elsewhere\n\(bench.home)/miniconda3/envs/ml\n/nowhere\n\n../x\n")
    try environment(bench, "home/.local/share/uv/python/cpython-3.12.3-linux-x86_64-gnu", library: "python3.12")
    try environment(bench, "home/.pyenv/versions/3.9.18", library: "python3.9")
    for path in ["home/.local/share/uv/python/cpython-3.12.3-linux-x86_64-gnu", "home/.pyenv/versions/3.9.18"] {
      unlink("\(bench.folder)/\(path)/bin/python")
      try bench.write("\(path)/bin/python", "#!/bin/sh\n", mode: 0o755)
    }
    try addKernel(bench, "home/miniconda3/envs/ml", "6.29.5")
    let found = InterpreterFinder(bench.surroundings).all(near: nil)
    let told = found.map { "\($0.kind) \($0.name) \($0.version ?? "?") \($0.ipykernel ?? "-")" }
    #expect(
      Array(told.prefix(5)) == [
        "conda elsewhere 3.11.9 -", "conda ml 3.11.9 6.29.5", "conda base 3.11.9 -", "uv cpython-3.12.3-linux-x86_64-gnu 3.12.3 -",
        "pyenv 3.9.18 3.9.18 -",
      ])
    // A kernel of it can be asked for by the name in the list.
    let entry = try #require(try await bench.provider.specs().first { $0.source == bench.home + "/miniconda3/envs/ml/bin/python" })
    #expect(entry.synthetic && entry.name.hasPrefix("python-conda-ml-") && entry.displayName == "Python 3.11.9 (conda: ml)")
    let plan = try await bench.provider.prepare(KernelOrder(spec: entry.name))
    #expect(
      plan.command == [entry.source, "-m", "ipykernel_launcher", "-f", "{connection_file}"] && plan.usesSockets && !plan.supportsCurve)
    #expect(plan.environment["CONDA_PREFIX"] == bench.home + "/miniconda3/envs/ml" && plan.environment["CONDA_DEFAULT_ENV"] == "ml")
    #expect(plan.environment["PATH"] == "\(bench.home)/miniconda3/envs/ml/bin:/usr/bin:/bin")
    let conda = try #require(
      InstallPlan.into(found[0], Surroundings(environment: ["HOME": "/x", "CONDA_EXE": bench.home + "/miniconda3/condabin/conda"])))
    #expect(conda.text == "\(bench.home)/miniconda3/condabin/conda install --yes --prefix \(bench.folder)/elsewhere ipykernel")
    await bench.finish()
  }

  // MARK: - What is none

  @Test func whatIsNoInterpreterIsRefusedInWords() async throws {
    let bench = try LaunchBench()
    try bench.write("text", "x")
    mkdir(bench.folder + "/empty", 0o700)
    for (path, reason) in [
      ("python3", "give it from the root on, or its environment's folder"),
      (bench.folder + "/nothing", "there is nothing; see 'kernel.interpreters' for what there is"),
      (bench.folder + "/empty", "the folder has no 'bin/python'; name the folder of an environment, or an interpreter"),
      (bench.folder + "/text", "it is no program; name a Python interpreter, or the folder of an environment"),
      ("/dev/null", "it is no program; name a Python interpreter, or the folder of an environment"),
    ] {
      let error = await #expect(throws: PluginFailure.self) { try await bench.provider.prepare(KernelOrder(interpreter: path)) }
      #expect(error?.message == "cannot use '\(path)' as an interpreter: \(reason)" && error?.code == "not_an_interpreter")
    }
    try bench.write("odd/bin/other", "#!/bin/sh\n", mode: 0o755)
    let error = await #expect(throws: PluginFailure.self) {
      try await bench.provider.prepare(KernelOrder(interpreter: bench.folder + "/odd/bin/other"))
    }
    #expect(
      error?.message
        == "cannot use '\(bench.folder)/odd/bin/other' as an interpreter: it is a program, but neither its name nor the folders "
        + "around it are Python's; name a Python interpreter")
    await bench.finish()
  }

  @Test func aProgramThatOnlyClaimsToBePythonSaysSoAtItsEnd() async throws {
    let bench = try LaunchBench()
    try bench.write("odd/bin/python", "#!/bin/sh\necho \"no module $2\" >&2\nexit 9\n", mode: 0o755)
    try await bench.withKernel(KernelOrder(interpreter: bench.folder + "/odd")) { kernel in
      let end = await kernel.ended()
      #expect(end.exitCode == 9 && end.lastErrors == "no module ipykernel_launcher\n")
    }
    await bench.finish()
  }

  @Test func withoutAnOrderItIsWhatTheShellRuns() async throws {
    let bench = try LaunchBench()
    let pyenv = bench.home + "/.pyenv"
    for version in ["2.7.18", "3.9.18", "3.11.7"] {
      try bench.write("home/.pyenv/versions/\(version)/bin/python", "#!/bin/sh\n", mode: 0o755)
      try bench.write("home/.pyenv/versions/\(version)/bin/python3", "#!/bin/sh\n", mode: 0o755)
    }
    try bench.write("home/.pyenv/shims/python", "#!/bin/sh\n", mode: 0o755)
    try bench.write("home/.pyenv/version", "2.7.18\n3.9.18\n")
    let find: ([String: String]) -> String? = { variables in
      let surroundings = Surroundings(environment: ["HOME": bench.home, "PATH": "\(pyenv)/shims:/nowhere"].merging(variables) { $1 })
      do {
        switch try LocalPlanner(surroundings).choose(KernelOrder()) {
        case .needsPackage(let interpreter): return interpreter.executable
        default: return nil
        }
      } catch { return "\(error)" }
    }
    #expect(find([:]) == pyenv + "/versions/3.9.18/bin/python3")
    #expect(find(["PYENV_VERSION": "3.11.7"]) == pyenv + "/versions/3.11.7/bin/python3")
    // Nothing that is in PATH is of use: what else there is, but never the old one.
    #expect(find(["PATH": "/nowhere"])?.contains("/versions/3.") == true)
    for version in ["3.9.18", "3.11.7"] { try FileManager.default.removeItem(atPath: "\(pyenv)/versions/\(version)") }
    #expect(
      find([:])
        == "cannot choose a kernel: there is no Python from 3.8 on on this machine and no kernelspec for it; name an 'interpreter' or a 'spec'"
    )
    let old = await #expect(throws: PluginFailure.self) {
      try await bench.provider.prepare(KernelOrder(interpreter: pyenv + "/versions/2.7.18/bin/python"))
    }
    #expect(
      old?.message
        == "cannot start a kernel with '\(pyenv)/versions/2.7.18/bin/python': its Python is 2.7.18, and ipykernel needs 3.8; name a newer "
        + "'interpreter', see kernel.interpreters")
    await bench.finish()
  }

  @Test func ordersThatCannotBeSettled() async throws {
    let bench = try LaunchBench()
    try bench.register("far", ["argv": ["no-such-program"]])
    let message: (KernelOrder) async -> String = { order in
      do { return "\(try await bench.provider.prepare(order))" } catch { return "\(error)" }
    }
    #expect(await message(KernelOrder(spec: "nowhere")).hasPrefix("there is no kernel 'nowhere': there are 'far'"))
    #expect(
      await message(KernelOrder(spec: "far"))
        == "cannot start kernel 'far' of '\(bench.home)/.local/share/jupyter/kernels/far': its program is 'no-such-program', and it is in no "
        + "folder of PATH; install it, or register the kernel anew")
    #expect(
      await message(KernelOrder(interpreter: LaunchBench.python, workingDirectory: "/nowhere"))
        == "cannot start a kernel in '/nowhere': there is no such folder; give the 'working_directory' from the root on")
    #expect(
      await message(KernelOrder(interpreter: LaunchBench.python, environment: ["A=B": "c"]))
        == "cannot set the variable 'A=B': a name has no '=', and neither it nor its value NUL")
    #expect(
      await message(KernelOrder(document: bench.folder + "/x.jl"))
        == "there is no kernel for '\(bench.folder)/x.jl', whose language is 'julia': no kernelspec has it; install one, or name a 'spec'")
    await bench.finish()
  }

  // MARK: - Variables

  @Test func variablesOfAPlan() async throws {
    let bench = try LaunchBench([
      "VIRTUAL_ENV": "/other/venv", "PATH": "/other/venv/bin:/usr/bin", "PYTHONHOME": "/x", "JPY_PARENT_PID": "1", "KEPT": "yes",
    ])
    let document = try bench.write("project/a.py")
    let own = try await bench.provider.prepare(KernelOrder(interpreter: LaunchBench.venv, document: document, environment: ["KEPT": "no"]))
    #expect(own.environment["PATH"] == LaunchBench.venv + "/bin:/usr/bin" && own.environment["VIRTUAL_ENV"] == LaunchBench.venv)
    #expect(own.environment["PYTHONHOME"] == nil && own.environment["JPY_PARENT_PID"] == nil && own.environment["KEPT"] == "no")
    #expect(own.environment["JPY_SESSION_NAME"] == document && own.workingDirectory == bench.folder + "/project")
    let bound = try await bench.provider.prepare(KernelOrder(interpreter: LaunchBench.venv, outlivesHost: false))
    #expect(bound.environment["JPY_PARENT_PID"] == "\(getpid())" && bound.workingDirectory == bench.home)
    try bench.register(
      "k", ["argv": ["python", "{resource_dir}/x"], "env": ["A": "${KEPT}:$HOME", "KEPT": "${KEPT}2"], "interrupt_mode": "message"])
    let spec = try await bench.provider.prepare(KernelOrder(spec: "K", environment: ["Z": "1"]))
    #expect(spec.environment["A"] == "yes:\(bench.home)" && spec.environment["KEPT"] == "yes2" && spec.environment["Z"] == "1")
    #expect(spec.interruptMode == "message" && spec.command[1] == bench.home + "/.local/share/jupyter/kernels/k/x")
    await bench.finish()
  }

  /// jupyter_client would take its own Python for it.
  @Test func pythonOfASpecIsThatOfItsEnvironment() async throws {
    let bench = try LaunchBench()
    try environment(bench, "env")
    try bench.write("env/pyvenv.cfg", "home = /usr/bin\n")
    try bench.write(
      "env/share/jupyter/kernels/xpython/kernel.json", #"{"argv": ["python3.11", "-m", "xpython_launcher", "-f", "{connection_file}"]}"#)
    let surroundings = Surroundings(environment: bench.surroundings.environment.merging(["VIRTUAL_ENV": bench.folder + "/env"]) { $1 })
    let planner = LocalPlanner(surroundings)
    let plan = try planner.plan(KernelOrder(spec: "xpython"), planner.choose(KernelOrder(spec: "xpython")))
    #expect(plan.command == ["\(bench.folder)/env/bin/python", "-m", "xpython_launcher", "-f", "{connection_file}"])
    #expect(!plan.usesSockets && plan.registers && plan.environment["VIRTUAL_ENV"] == bench.folder + "/env")
    await bench.finish()
  }

  // MARK: - A missing ipykernel

  @Test func missingIPykernelIsToldWithTheCommand() async throws {
    let bench = try LaunchBench()
    let python = bench.folder + "/bare/bin/python"
    _ = try await bench.run([LaunchBench.python, "-m", "venv", "--without-pip", bench.folder + "/bare"])
    let withoutPip = await #expect(throws: PluginFailure.self) { try await bench.provider.prepare(KernelOrder(interpreter: python)) }
    #expect(withoutPip?.message.contains("; run '\(python) -m ensurepip && \(python) -m pip install ipykernel', or ") == true)
    try bench.write("bare/lib/python3.11/site-packages/pip/__init__.py")
    let error = await #expect(throws: PluginFailure.self) {
      try await bench.provider.prepare(KernelOrder(interpreter: bench.folder + "/bare"))
    }
    #expect(
      error?.message
        == "cannot start a kernel with '\(python)': ipykernel is not installed there; run '\(python) -m pip install ipykernel', "
        + "or have it done ('install'), or leave the environment as it is and use one of ours on top of it ('overlay')")
    #expect(error?.code == "ipykernel_missing")
    // uv looks after what it made, and after what has no pip.
    try bench.write("bin/uv", "#!/bin/sh\n", mode: 0o755)
    let bare = try InterpreterReader(surroundings: bench.surroundings).resolve(python)
    let withUV = Surroundings(environment: ["HOME": bench.home, "PATH": bench.folder + "/bin"])
    try bench.write("bare/pyvenv.cfg", "home = /usr/bin\nuv = 0.5\n")
    #expect(InstallPlan.into(bare, withUV)?.text == "\(bench.folder)/bin/uv pip install --python \(python) ipykernel")
    await bench.finish()
  }

  /// pip is real and looks into an empty folder.
  @Test func aFailedInstallationHasItsOutput() async throws {
    let bench = try LaunchBench(["PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/nowhere", "PIP_CONFIG_FILE": "/dev/null"])
    try await bench.makeBareEnvironment()
    let python = bench.folder + "/bare/bin/python"
    let error = await #expect(throws: PluginFailure.self) {
      try await bench.provider.prepare(KernelOrder(interpreter: python, install: true))
    }
    #expect(error?.message.hasPrefix("'\(python) -m pip install ipykernel' ended with exit code 1; its output ends with:\n") == true)
    #expect(error?.message.contains("No matching distribution found for ipykernel") == true)
    let before = LocalFiles.names(in: bench.folder + "/bare/lib/python3.11/site-packages")
    await #expect(throws: PluginFailure.self) { try await bench.provider.prepare(KernelOrder(interpreter: python, overlay: true)) }
    #expect(LocalFiles.names(in: bench.folder + "/data/environments").isEmpty, "nothing half-made stays")
    #expect(LocalFiles.names(in: bench.folder + "/bare/lib/python3.11/site-packages") == before)
    await bench.finish()
  }

  /// Takes half a minute and the network: `JACKFIELD_TEST_INSTALL=1` runs it.
  @Test(.enabled(if: getenv("JACKFIELD_TEST_INSTALL") != nil)) func anOverlayLeavesTheEnvironmentAlone() async throws {
    let bench = try LaunchBench()
    _ = try await bench.run([LaunchBench.python, "-m", "venv", bench.folder + "/bare"])
    let packages = bench.folder + "/bare/lib/python3.11/site-packages"
    try bench.write(packages + "/only_here.py", "answer = 42\n")
    let before = LocalFiles.names(in: packages)
    let order = KernelOrder(interpreter: bench.folder + "/bare", overlay: true)
    let began = ContinuousClock.now
    try await bench.withKernel(order) { kernel in
      print("overlay and start took \(ContinuousClock.now - began)")
      let lines = try await bench.ask(
        kernel, "run('import only_here, os, sys; print(only_here.answer, os.environ[\"VIRTUAL_ENV\"], sys.prefix)')")
      #expect(lines.first?.hasPrefix("42 \(bench.folder)/bare \(bench.folder)/data/environments/bare-3.11.7-") == true)
    }
    let again = ContinuousClock.now
    _ = try await bench.provider.prepare(order)
    #expect(ContinuousClock.now - again < .seconds(2), "made once")
    #expect(LocalFiles.names(in: packages) == before)
    _ = try await bench.provider.prepare(KernelOrder(interpreter: bench.folder + "/bare", install: true))
    #expect(LocalFiles.names(in: packages).contains("ipykernel"))
    await bench.finish()
  }

  @Test func anInstallationCanBeCancelled() async throws {
    let bench = try LaunchBench()
    let run = CommandRun(
      command: ["/bin/sh", "-c", "sleep 1000 & echo begun; wait"], environment: bench.surroundings.environment, directory: bench.folder,
      tools: bench.provider.tools)
    let (begun, feed) = AsyncStream<String>.makeStream()
    let task = Task { try await run.run { feed.yield($0) } }
    for await line in begun where line == "begun" { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    await bench.finish()
  }

  @Test func managedEnvironmentsAreLeftAlone() async throws {
    let bench = try LaunchBench()
    try bench.write("usr/bin/python3.11", "#!/bin/sh\n", mode: 0o755)
    try bench.write("usr/lib/python3.11/EXTERNALLY-MANAGED", "x")
    let error = await #expect(throws: PluginFailure.self) {
      try await bench.provider.prepare(KernelOrder(interpreter: bench.folder + "/usr/bin/python3.11", install: true))
    }
    #expect(
      error?.message
        == "cannot start a kernel with '\(bench.folder)/usr/bin/python3.11': ipykernel is not installed there, and its packages "
        + "are the system's, which pip must not touch; install it with the system's package manager, or use an environment of ours on top "
        + "of it ('overlay')")
    await bench.finish()
  }

  @Test func commandsAreWrittenAsPeopleTypeThem() {
    #expect(InstallPlan(commands: [["/a b/python", "-m", "x's"], ["ok", ""]]).text == #"'/a b/python' -m 'x'\''s' && ok ''"#)
  }
}
