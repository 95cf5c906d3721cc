// SPDX-License-Identifier: Apache-2.0
// Real ipykernel, real jupyter_client.

import Glibc
import JSON
import PluginSDK
import Processes
import Testing

@testable import Kernel

@Suite(.timeLimit(.minutes(3))) struct LocalKernelTests {
  @Test func answersJupyterClientOverSockets() async throws {
    let bench = try LaunchBench()
    let document = try bench.write("project/work.py")
    try await bench.withKernel(KernelOrder(interpreter: LaunchBench.venv, document: document)) { kernel in
      let lines = try await bench.ask(
        kernel,
        "run('import os; print(os.getcwd(), os.getpid(), os.getsid(0), os.environ.get(\"JPY_PARENT_PID\"), os.environ[\"VIRTUAL_ENV\"])')")
      let pid = kernel.record.process.pid
      #expect(lines == ["\(bench.folder)/project \(pid) \(pid) None \(LaunchBench.venv)"])
      #expect(kernel.connection.transport == "ipc")
      #expect(LocalFiles.rights(kernel.record.place.connectionFile)?.mode == 0o600)
      #expect(LocalFiles.rights(bench.runtime)?.mode == 0o700)
      #expect(bench.runtime == bench.home + "/.local/share/jupyter/runtime")
      #expect(kernel.connection.key.utf8.count == 64)
      let usage = try #require(await kernel.usage())
      #expect(usage.processes == 1 && usage.memory > 20_000_000 && usage.cpuSeconds > 0.1)
    }
    #expect(LocalFiles.names(in: bench.runtime).isEmpty && LocalFiles.names(in: bench.folder + "/state/kernels").isEmpty)
    await bench.finish()
  }

  @Test func answersOverEncryptedPorts() async throws {
    let bench = try LaunchBench()
    try await bench.withKernel(change: { $0.usesSockets = false }) { kernel in
      #expect(kernel.connection.transport == "tcp" && kernel.connection.curveSecretKey?.utf8.count == 40)
      #expect(Set([kernel.connection.shellPort, kernel.connection.iopubPort, kernel.connection.heartbeatPort]).count == 3)
      #expect(try await bench.ask(kernel, "run('print(6 * 7)')") == ["42"])
      let link = try await kernel.connect(session: "s") { _ in }
      #expect(String(decoding: try await link.ready(within: .seconds(60)), as: UTF8.self).contains("ipython"))
      await link.close()
      #expect(kernel.describe()["encrypted"] == true)
      let warnings = OutputTail.text(of: kernel.record.place.errors, bytes: 4_096)
      #expect(!warnings.lowercased().contains("encrypt"), "ipykernel warns where a connection is open to others: \(warnings)")
    }
    await bench.finish()
  }

  @Test func longPathsFallBackToPorts() async throws {
    let long = String(repeating: "x", count: 100)
    let bench = try LaunchBench(["JUPYTER_RUNTIME_DIR": "/tmp/launch-test-\(long)-\(getpid())"])
    try await bench.withKernel { kernel in
      #expect(kernel.connection.transport == "tcp" && kernel.connection.curvePublicKey != nil)
      let link = try await kernel.connect(session: "s") { _ in }
      _ = try await link.ready(within: .seconds(60))
      await link.close()
    }
    LocalFiles.removeTree(bench.runtime)
    await bench.finish()
  }

  // MARK: - Ends

  @Test func endByExitCode() async throws {
    let bench = try LaunchBench()
    try await bench.withKernel { kernel in
      _ = try await bench.ask(kernel, "client.execute('import os; os._exit(3)')")
      let end = await kernel.ended()
      #expect(end.exitCode == 3 && end.signal == nil && end.sentence == "ended with exit code 3" && !kernel.isAlive)
      #expect(kernel.persist() == nil)
      #expect(await kernel.usage() == nil)
      #expect(throws: PluginFailure.self) { try kernel.signal(SIGTERM) }
    }
    await bench.finish()
  }

  @Test func endByASegmentationFaultWithItsLastWords() async throws {
    let bench = try LaunchBench()
    try bench.register(
      "crash", ["argv": .array([.string(LaunchBench.python), "-X", "faulthandler", "-c", "import ctypes; ctypes.string_at(0)"])])
    try await bench.withKernel(KernelOrder(spec: "crash")) { kernel in
      let end = await kernel.ended()
      #expect(end.signal == SIGSEGV && !end.outOfMemory)
      #expect(end.lastErrors.contains("Segmentation fault"))
    }
    await bench.finish()
  }

  /// The real memory killer, in a control group made for this: where that can be made.
  @Test(.enabled(if: MemoryGroup.canBeMade)) func endByTheMemoryKiller() async throws {
    let bench = try LaunchBench()
    let group = try #require(MemoryGroup(bytes: 64 << 20))
    let code = "import sys; open(sys.argv[1], 'w').write('0'); b = bytearray(300_000_000); b[::4096] = b[::4096]"
    try bench.register("hungry", ["argv": .array([.string(LaunchBench.python), "-c", .string(code), .string(group.members)])])
    try await bench.withKernel(KernelOrder(spec: "hungry")) { kernel in
      let end = await kernel.ended()
      #expect(end.signal == SIGKILL && end.outOfMemory && end.sentence == "was killed by the system for want of memory")
    }
    group.remove()
    await bench.finish()
  }

  @Test func anEndBySignalIsSeen() async throws {
    let bench = try LaunchBench()
    try bench.register("idle", ["argv": .array([.string(LaunchBench.python), "-c", "import time; time.sleep(1000)"])])
    try await bench.withKernel(KernelOrder(spec: "idle")) { kernel in
      try kernel.signal(SIGKILL)
      #expect(await kernel.ended().signal == SIGKILL)
    }
    await bench.finish()
  }

  @Test func endAtTheStartHasItsErrors() async throws {
    let bench = try LaunchBench()
    try bench.register("broken", ["argv": .array([.string(LaunchBench.python), "-c", "import sys; sys.exit('no luck today')"])])
    try await bench.withKernel(KernelOrder(spec: "broken")) { kernel in
      let end = await kernel.ended()
      #expect(end.exitCode == 1 && end.lastErrors == "no luck today\n")
    }
    await bench.finish()
  }

  @Test func longErrorsAreCut() async throws {
    let bench = try LaunchBench()
    try bench.register(
      "loud", ["argv": .array([.string(LaunchBench.python), "-c", "import sys; sys.stderr.write('ä' * 9000 + 'end'); sys.exit(2)"])])
    try await bench.withKernel(KernelOrder(spec: "loud")) { kernel in
      let end = await kernel.ended()
      #expect(end.lastErrors.utf8.count <= 4_096 && end.lastErrors.utf8.count > 4_090 && end.lastErrors.hasSuffix("äend"))
      #expect(end.lastErrors.hasPrefix("ää"))
    }
    await bench.finish()
  }

  @Test func aTakenPortIsToldSoThatAnotherTryCanBeMade() async throws {
    let bench = try LaunchBench()
    let code = """
      import json, socket, sys
      info = json.load(open(sys.argv[1])); s = socket.socket(); s.bind(('127.0.0.1', info['iopub_port'])); s.listen()
      sys.argv[1:] = ['-f', sys.argv[1]]
      from ipykernel.kernelapp import launch_new_instance; launch_new_instance()
      """
    try bench.register("late", ["argv": .array([.string(LaunchBench.python), "-c", .string(code), "{connection_file}"])])
    try await bench.withKernel(KernelOrder(spec: "late"), change: { $0.usesSockets = false }) { kernel in
      // ipykernel hangs after writing that.
      let end = await kernel.ended()
      #expect(end.signal == SIGKILL && end.lastErrors.contains("Address already in use"))
    }
    await bench.finish()
  }

  @Test func killLeavesNoDescendant() async throws {
    let bench = try LaunchBench()
    try await bench.withKernel { kernel in
      let lines = try await bench.ask(
        kernel,
        """
        run('''
        import subprocess
        a = subprocess.Popen(["sleep", "1000"])
        b = subprocess.Popen(["sleep", "1000"], start_new_session=True)
        c = subprocess.check_output(["setsid", "sh", "-c", "sleep 1000 >/dev/null & echo $!"], text=True).strip()
        print(a.pid, b.pid, c)
        ''')
        """)
      let pids = lines.joined().split(separator: " ").compactMap { Int32($0) }
      #expect(pids.count == 3)
      let family = try pids.map { try #require(ProcessIdentity($0)) }
      await kernel.kill()
      #expect(!kernel.isAlive && family.allSatisfy { !$0.isAlive })
      let end = await kernel.ended()
      #expect(end.signal == SIGKILL && !end.outOfMemory)
    }
    await bench.finish()
  }

  @Test func interruptReachesWhatACellBegan() async throws {
    let bench = try LaunchBench()
    try await bench.withKernel { kernel in
      #expect(kernel.interruptWays == [.signal, .message])
      await #expect(throws: PluginFailure.self) { try await kernel.interrupt(by: .message) }
      let fifo = bench.folder + "/go"
      mkfifo(fifo, 0o600)
      async let lines = bench.ask(
        kernel,
        "run('import subprocess; p = subprocess.Popen([\"sleep\", \"1000\"]); open(\"\(bench.folder)/go\", \"w\"); print(p.wait())')")
      // Opens when the cell does: it runs.
      try await bench.provider.tools.work.run { _ = close(open(fifo, O_RDONLY)) }
      try await kernel.interrupt(by: .signal)
      #expect(try await lines.joined().contains("KeyboardInterrupt"))
      #expect(kernel.isAlive)
    }
    await bench.finish()
  }

  // MARK: - Kernels that choose their own ports

  @Test func onesThatDoNotRegisterAreBegunTheOtherWay() async throws {
    let bench = try LaunchBench()
    // ipykernel takes a registration file for a connection file without ports, and would wait for ever: this one ends.
    let code = """
      import json, sys
      if 'registration_port' in json.load(open(sys.argv[1])): sys.exit(1)
      sys.argv[1:] = ['-f', sys.argv[1]]
      from ipykernel.kernelapp import launch_new_instance; launch_new_instance()
      """
    try bench.register("k", ["argv": .array([.string(LaunchBench.python), "-c", .string(code), "{connection_file}"])])
    try await bench.withKernel(KernelOrder(spec: "k"), change: { ($0.registers, $0.usesSockets) = (true, false) }) { kernel in
      let lines = try await bench.ask(kernel, "run('print(6 * 7)')")
      #expect(lines == ["42"])
      #expect(kernel.connection.transport == "tcp")
    }
    #expect(LocalFiles.names(in: bench.runtime).isEmpty && LocalFiles.names(in: bench.folder + "/state/kernels").isEmpty)
    await bench.finish()
  }

  /// Takes the network: `JACKFIELD_TEST_INSTALL=1` runs it.
  @Test(.enabled(if: getenv("JACKFIELD_TEST_INSTALL") != nil)) func xeusPythonRegisters() async throws {
    let bench = try LaunchBench()
    try await bench.makeBareEnvironment()
    let prefix = bench.folder + "/bare"
    _ = try await bench.run([prefix + "/bin/python", "-m", "pip", "install", "-q", "xeus-python"])
    let environment = bench.surroundings.environment.merging(["VIRTUAL_ENV": prefix]) { $1 }
    let planner = LocalPlanner(Surroundings(environment: environment))
    let order = KernelOrder(spec: "xpython")
    let plan = try planner.plan(order, planner.choose(order))
    #expect(plan.registers && plan.command.first == prefix + "/bin/python3.11")
    let kernel = try #require(try await bench.provider.register(plan, bench.provider.place()))
    let lines = try await bench.ask(kernel, "run('import os; print(6 * 7, os.getpid())')")
    #expect(lines == ["42 \(kernel.record.process.pid)"] && kernel.connection.transport == "tcp")
    await kernel.kill()
    await kernel.cleanUp()
    await bench.finish()
  }

  // MARK: - After a restart of the host

  @Test func isFoundAgain() async throws {
    let bench = try LaunchBench()
    let plan = try await bench.provider.prepare(KernelOrder(interpreter: LaunchBench.python))
    let kernel = try #require(try await bench.provider.launch(plan) as? LocalKernel)
    _ = try await bench.ask(kernel, "run('x = 42')")
    let record = try JSONValue(parsing: try #require(kernel.persist()).serialized())
    bench.provider.tools.watcher.stop()
    let next = try bench.anotherProvider()
    let found = try #require(try await next.restore(record) as? LocalKernel)
    #expect(found.isAlive && found.describe()["adopted"] == true && found.describe()["pid"] == kernel.describe()["pid"])
    #expect(found.connection == kernel.connection && found.persist() == kernel.persist())
    #expect(try #require(await found.usage()).memory > 20_000_000)
    let link = try await found.connect(session: "t") { _ in }
    _ = try await link.ready(within: .seconds(60))
    await link.close()
    async let end = found.ended()
    await found.kill()
    #expect(await end.signal == SIGKILL)
    await found.cleanUp()
    #expect(LocalFiles.kind(kernel.record.place.connectionFile) == .nothing)
    next.stop()
    await bench.finish()
  }

  @Test func anotherProcessOfTheSameNumberIsNotTaken() async throws {
    let bench = try LaunchBench()
    try await bench.withKernel { kernel in
      var record = try #require(kernel.persist())
      record["began"] = 12
      record["id"] = "gone"
      record["output_directory"] = .string(bench.folder + "/state/kernels/gone")
      #expect(try await bench.provider.restore(record) == nil)
      #expect(kernel.isAlive)
    }
    await bench.finish()
  }

  @Test func aLostConnectionFileIsTold() async throws {
    let bench = try LaunchBench()
    try await bench.withKernel { kernel in
      let record = try #require(kernel.persist())
      LocalFiles.remove(kernel.record.place.connectionFile)
      let error = await #expect(throws: PluginFailure.self) { try await bench.provider.restore(record) }
      #expect(
        error?.message
          == "cannot talk to the kernel that runs as process \(kernel.record.process.pid): its connection file "
          + "'\(kernel.record.place.connectionFile)' is gone; end the process, or put the file back")
    }
    await bench.finish()
  }

  @Test(arguments: [
    "null", "[]", "{}", #"{"pid": -1}"#, #"{"pid": 1, "began": 1, "id": "../x"}"#,
    #"{"pid": 99999999999, "began": 1, "id": "x", "runtime_directory": "/x", "output_directory": "/x"}"#,
    #"{"pid": 7, "began": 1, "id": "x", "runtime_directory": "/x", "output_directory": "/etc"}"#,
  ])
  func junkIsNoKernel(record: String) async throws {
    let bench = try LaunchBench()
    #expect(try await bench.provider.restore(JSONValue(parsing: record)) == nil)
    await bench.finish()
  }
}
