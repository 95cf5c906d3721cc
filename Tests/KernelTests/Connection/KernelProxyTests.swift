// SPDX-License-Identifier: Apache-2.0

import Foundation
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
    let relaying = Task { await proxy.run() }
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
    #expect(await relaying.value, "a front end asked for the end")
    let (_, ending) = try await bench.run("x", on: kernel)
    #expect(ending.executionCount == 42, "the front ends ran 41, and the kernel lives on")
    await bench.end()
  }
}
