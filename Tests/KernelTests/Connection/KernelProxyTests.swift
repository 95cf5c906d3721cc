// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import Kernel

/// Passes all straight to a link, and what comes back to the proxy.
private final class Straight: ProxyTarget {
  private let ends = Mutex<(link: ZeroMQLink?, proxy: KernelProxy?, restart: Bool?)>((nil, nil, nil))

  var restartAsked: Bool? { ends.withLock { $0.restart } }

  func join(_ link: ZeroMQLink?, _ proxy: KernelProxy?) { ends.withLock { ($0.link, $0.proxy) = (link, proxy) } }

  func take(_ event: LinkEvent) {
    if case .message(let message) = event { ends.withLock { $0.proxy }?.deliver(message) }
  }

  func frontEndSent(_ message: KernelMessage) { try? ends.withLock { $0.link }?.send(message) }

  func frontEndAskedForShutdown(restart: Bool) { ends.withLock { $0.restart = restart } }
}

@Suite(.timeLimit(.minutes(2))) struct KernelProxyTests {
  /// Two jupyter_clients at once through the proxy, on a real kernel.
  @Test func jupyterClientsShareAKernelAndEachGetsItsAnswers() async throws {
    let kernel = try TestKernel.python()
    let links = try KernelLinks()
    let target = Straight()
    let link = try await links.open(LinkTerms(connection: kernel.connection, session: UUID().uuidString)) { target.take($0) }
    _ = try await link.ready(within: .seconds(60))
    var front = kernel.connection
    front.ip += "p"
    front.key = "the front ends' own"
    let proxy = try await KernelProxy.begin(front, for: target)
    target.join(link, proxy)
    let file = kernel.folder.appending(path: "front.json")
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
    #expect(target.restartAsked == false)
    await proxy.close()
    target.join(nil, nil)
    // The kernel lives on.
    _ = try await link.ready(within: .seconds(30))
    await link.close()
  }
}
