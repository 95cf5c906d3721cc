// SPDX-License-Identifier: Apache-2.0

import Foundation
import PluginSDK
import Testing

@testable import Kernel

@Suite(.timeLimit(.minutes(2))) struct KernelProxyTests {
  /// Two jupyter_clients at once through the proxy, on a real kernel.
  @Test func jupyterClientsShareAKernelAndEachGetsItsAnswers() async throws {
    let bench = try KernelBench()
    let kernel = try await bench.start("python")
    let ports = try TestKernel.freePorts(5)
    let front = ConnectionInfo(
      shellPort: ports[0], iopubPort: ports[1], stdinPort: ports[2], controlPort: ports[3], heartbeatPort: ports[4],
      key: "the front ends' own")
    let proxy = try await KernelProxy(kernel, at: front, runs: bench.runs) { Issue.record("refused: \($0)") }
    let relaying = Task { try await proxy.run() }
    let file = URL(filePath: "\(bench.folder)/front.json")
    try Data(front.json).write(to: file)
    let script = """
      import sys
      from jupyter_client.blocking import BlockingKernelClient
      clients = []
      for _ in range(2):
          client = BlockingKernelClient(connection_file=sys.argv[1])
          client.load_connection_file()
          client.start_channels()
          client.wait_for_ready(timeout=30)
          clients.append(client)
      for number, client in enumerate(clients):
          for i in range(20):
              outputs = []
              reply = client.execute_interactive(f"print({number}, {i})", output_hook=outputs.append, timeout=30)
              assert reply["content"]["status"] == "ok", reply
              texts = [m["content"]["text"] for m in outputs if m["msg_type"] == "stream"]
              assert "".join(texts) == f"{number} {i}\\n", texts
      reply = clients[0].execute_interactive("x = input('? ')\\nprint(x * 2)", stdin_hook=lambda m: clients[0].input("ab"), allow_stdin=True, timeout=30)
      assert reply["content"]["status"] == "ok", reply
      assert clients[1].is_alive()
      assert clients[1].complete("impor", reply=True, timeout=30)["content"]["matches"]
      assert clients[1].shutdown(reply=True, timeout=30)["content"]["status"] == "ok"
      """
    let status = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
      let process = Process()
      process.executableURL = TestPlaces.root.appending(path: "build/venv/bin/python")
      process.arguments = ["-c", script, file.path()]
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    #expect(status == 0)
    #expect(try await relaying.value, "a front end asked for the end")
    let (_, ending) = try await bench.run("x", on: kernel)
    #expect(ending.executionCount == 42, "the front ends ran 41, and the kernel lives on")
    await bench.end()
  }

  /// A front end knows that a kernel died by the end of the process that it began.
  @Test func theDeathOfItsKernelEndsIt() async throws {
    let bench = try KernelBench()
    let kernel = try await bench.start("python")
    let ports = try TestKernel.freePorts(5)
    let front = ConnectionInfo(
      shellPort: ports[0], iopubPort: ports[1], stdinPort: ports[2], controlPort: ports[3], heartbeatPort: ports[4], key: "a key")
    let proxy = try await KernelProxy(kernel, at: front, runs: bench.runs) { Issue.record("refused: \($0)") }
    let relaying = Task { try await proxy.run() }
    _ = try await bench.run("import os\nos.kill(os.getpid(), 9)", on: kernel)
    let failure = await #expect(throws: PluginFailure.self) { try await relaying.value }
    #expect(failure?.code == "kernel_dead")
    #expect(failure?.message == "kernel '\(kernel.id)' can be used no more: the kernel was killed by signal 9")
    await bench.end()
  }

  // MARK: - Runs whose kernel ends

  private func front() throws -> ConnectionInfo {
    let ports = try TestKernel.freePorts(5)
    return ConnectionInfo(
      shellPort: ports[0], iopubPort: ports[1], stdinPort: ports[2], controlPort: ports[3], heartbeatPort: ports[4], key: "a key")
  }

  /// Runs a script with the path of a connection file.
  private func python(_ script: String, _ connection: ConnectionInfo, in folder: String) async throws -> Int32 {
    let file = URL(filePath: "\(folder)/front.json")
    try Data(connection.json).write(to: file)
    return try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
      let process = Process()
      process.executableURL = TestPlaces.root.appending(path: "build/venv/bin/python")
      process.arguments = ["-c", script, file.path()]
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
  }

  /// Reads what a jupyter_client gets for two runs and a question, of which the first run ends its kernel.
  private static let dying = """
    import sys
    from jupyter_client.blocking import BlockingKernelClient
    client = BlockingKernelClient(connection_file=sys.argv[1])
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    runs = [client.execute(code, stop_on_error=False) for code in [CODE, "1"]]
    idle, errors, replies = set(), {}, {}
    while not set(runs) <= set(replies):
        reply = client.get_shell_msg(timeout=30)
        replies[reply["parent_header"]["msg_id"]] = reply
    while not idle >= set(runs):
        message = client.get_iopub_msg(timeout=30)
        parent = message["parent_header"].get("msg_id")
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            idle.add(parent)
        if message["msg_type"] == "error":
            errors[parent] = message["content"]
    replies = [replies[run] for run in runs]
    assert all(reply["msg_type"] == "execute_reply" for reply in replies), replies
    """

  @Test func runsOfAKernelThatDiesAndIsBegunAgainAreAnswered() async throws {
    let bench = try KernelBench()
    let kernel = try await bench.start("python", policy: KernelPolicy(KernelSettings(), autorestart: 1))
    let front = try front()
    let proxy = try await KernelProxy(kernel, at: front, runs: bench.runs) { Issue.record("refused: \($0)") }
    let relaying = Task { try await proxy.run() }
    let script = """
      CODE = "import os, signal\\nos.kill(os.getpid(), signal.SIGKILL)"
      \(Self.dying)
      lost = replies[0]["content"]
      assert lost["status"] == "error" and lost["ename"] == "DeadKernelError" and "killed by signal 9" in lost["evalue"], replies
      assert errors[runs[0]]["evalue"] == lost["evalue"], errors
      # The next may have come before the death or after it.
      assert replies[1]["content"]["status"] in ("error", "aborted", "ok"), replies
      # Until it is begun again, it is told that it is dead.
      while client.execute_interactive("6 * 7", timeout=60)["content"]["status"] != "ok":
          pass
      client.shutdown(reply=True, timeout=30)
      """
    try #require(try await python(script, front, in: bench.folder) == 0)
    #expect(try await relaying.value)
    await bench.end()
  }

  @Test func runsOfAKernelThatIsRestartedAreAnsweredAndItGoesOn() async throws {
    let bench = try KernelBench()
    let kernel = try await bench.start("python")
    let front = try front()
    let proxy = try await KernelProxy(kernel, at: front, runs: bench.runs) { Issue.record("refused: \($0)") }
    let relaying = Task { try await proxy.run() }
    let restarting = Task {
      _ = try await bench.recorder.first { recorder in
        recorder.news.contains { news in
          if case .output(_, let chunk) = news { String(decoding: chunk, as: UTF8.self).contains("begun\\n") } else { false }
        } ? true : nil
      }
      try await kernel.restart()
    }
    let script = """
      CODE = "print('begun', flush=True)\\nimport time\\ntime.sleep(600)"
      \(Self.dying)
      # The second may have come before the restart or after it.
      first, second = [reply["content"]["status"] for reply in replies]
      assert first == "aborted" and second in ("aborted", "ok"), replies
      assert not errors, errors
      reply = client.execute_interactive("6 * 7", timeout=60)
      assert reply["content"]["status"] == "ok", reply
      assert reply["content"]["execution_count"] == (1 if second == "aborted" else 2), reply
      client.shutdown(reply=True, timeout=30)
      """
    try #require(try await python(script, front, in: bench.folder) == 0)
    try await restarting.value
    #expect(try await relaying.value)
    await bench.end()
  }

  // MARK: - Front ends that ask before they hear

  /// A question on the shell, some time before the subscription; what is said of it on iopub must not be missed.
  @Test func aQuestionWaitsForTheSubscription() async throws {
    let bench = try KernelBench()
    let kernel = try await bench.start()
    let front = try front()
    let proxy = try await KernelProxy(kernel, at: front, runs: bench.runs, patience: .seconds(600)) { Issue.record("refused: \($0)") }
    let relaying = Task { try await proxy.run() }
    let script = """
      \(Self.asking(front))
      assert not shell.poll(300), "answered before anybody could hear"
      iopub = context.socket(zmq.SUB)
      iopub.connect("\(front.endpoint(of: .iopub))")
      iopub.subscribe(b"")
      states = []
      while states != ["busy", "idle"]:
          assert iopub.poll(30_000), states
          _, message = session.recv(iopub)
          if message["msg_type"] == "status" and message["parent_header"].get("msg_id") == asked:
              states.append(message["content"]["execution_state"])
      assert shell.poll(30_000)
      session.send(shell, "shutdown_request", {"restart": False})
      """
    #expect(try await python(script, front, in: bench.folder) == 0)
    #expect(try await relaying.value)
    await bench.end()
  }

  @Test func whoNeverSubscribesIsAnsweredAllTheSame() async throws {
    let bench = try KernelBench()
    let kernel = try await bench.start()
    let front = try front()
    let proxy = try await KernelProxy(kernel, at: front, runs: bench.runs, patience: .milliseconds(1)) { Issue.record("refused: \($0)") }
    let relaying = Task { try await proxy.run() }
    let script = """
      \(Self.asking(front))
      assert shell.poll(30_000)
      session.send(shell, "shutdown_request", {"restart": False})
      """
    #expect(try await python(script, front, in: bench.folder) == 0)
    #expect(try await relaying.value)
    await bench.end()
  }

  private static func asking(_ front: ConnectionInfo) -> String {
    """
    import zmq
    from jupyter_client.session import Session
    context, session = zmq.Context(), Session(key=b"a key")
    shell = context.socket(zmq.DEALER)
    shell.connect("\(front.endpoint(of: .shell))")
    asked = session.send(shell, "kernel_info_request", {})["header"]["msg_id"]
    """
  }

  // MARK: - Front ends that do not read

  /// A subscriber that stops reading gets what waits for it within the limit, and then what is new.
  @Test func aFrontEndThatStopsReadingMissesWhatIsBeyondTheLimit() async throws {
    let bench = try KernelBench()
    let kernel = try await bench.start()
    let front = try front()
    let proxy = try await KernelProxy(kernel, at: front, runs: bench.runs) { Issue.record("refused: \($0)") }
    let relaying = Task { try await proxy.run() }
    let script = """
      import json, sys, zmq
      from jupyter_client.blocking import BlockingKernelClient
      count, limit = 60_000, \(ProxySockets.mostUnread)
      client = BlockingKernelClient(connection_file=sys.argv[1])
      client.load_connection_file()
      client.start_channels()
      stopped = zmq.Context().socket(zmq.SUB)
      stopped.rcvhwm = 1
      stopped.connect("\(front.endpoint(of: .iopub))")
      stopped.subscribe(b"")

      def read():
          assert stopped.poll(30_000), f"nothing comes any more after {seen} streams"
          frames = stopped.recv_multipart()
          start = frames.index(b"<IDS|MSG>") + 2
          return json.loads(frames[start])["msg_type"], frames[start + 3]

      seen = 0
      assert read()[0] == "iopub_welcome"
      client.wait_for_ready(timeout=30)
      client.execute(f"flood {count} 2000", reply=True, timeout=90)
      client.execute("last", reply=True, timeout=30)
      while True:
          kind, content = read()
          if kind == "stream":
              seen += 1
              # Room comes with reading: what is published then arrives again.
              if seen == limit // 2 + 2_000:
                  client.execute("newest")
          elif b"newest" in content:
              break
      assert limit * 9 // 10 <= seen < count // 2, seen
      client.shutdown(reply=True, timeout=30)
      """
    try #require(try await python(script, front, in: bench.folder) == 0)
    #expect(try await relaying.value)
    await bench.end()
  }
}
