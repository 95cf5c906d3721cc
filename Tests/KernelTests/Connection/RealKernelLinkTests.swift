// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ZeroMQ

@testable import Kernel

/// Against real ipykernel.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RealKernelLinkTests {
  let links: KernelLinks

  init() throws { links = try KernelLinks() }

  private func connect(_ kernel: TestKernel, to recorder: LinkRecorder) async throws -> ZeroMQLink {
    try await links.open(LinkTerms(connection: kernel.connection, session: UUID().uuidString), to: recorder.sink)
  }

  private func run(_ code: String, on link: ZeroMQLink) throws -> String {
    let header = MessageHeader(id: UUID().uuidString, type: "execute_request", session: "s", username: "u", date: MessageDate.now)
    let content = #"{"code": "\#(code)", "silent": false, "store_history": true, "user_expressions": {}, "allow_stdin": false}"#
    try link.send(KernelMessage(header, on: .shell, content: Array(content.utf8)))
    return header.id
  }

  /// How many starts; the soak asks for 200.
  private static var starts: Int { ProcessInfo.processInfo.environment["JACKFIELD_FIRST_RUNS"].flatMap(Int.init) ?? 20 }

  @Test func firstRunsRightAfterTheStartLoseNothing() async throws {
    for start in 0..<Self.starts {
      let kernel = try TestKernel.python(over: start % 2 == 0 ? "ipc" : "tcp")
      let recorder = LinkRecorder()
      let link = try await connect(kernel, to: recorder)
      _ = try await link.ready(within: .seconds(60))
      let request = try run("print(\(start)); \(start)", on: link)
      await recorder.done(request)
      // Reply and idle may be read before the last output, and what is printed may come in two pieces.
      for type in ["execute_input", "execute_result", "stream"] { _ = await recorder.message(type, of: request) }
      await link.close()
    }
  }

  @Test func anEncryptedKernelIsServed() async throws {
    let kernel = try TestKernel.python(over: "tcp", curve: CurveKeys.make())
    let recorder = LinkRecorder()
    let link = try await connect(kernel, to: recorder)
    _ = try await link.ready(within: .seconds(60))
    let request = try run("6 * 7", on: link)
    await recorder.done(request)
    let result = await recorder.message("execute_result", of: request)
    #expect(String(decoding: result.content, as: UTF8.self).contains("42"))
  }

  /// The first subscriber gets the welcome for "", a second none: that is what the random topic is for.
  @Test func aKernelThatJupyterClientWatchesIsAttachedToAndABusyOneToo() async throws {
    let kernel = try TestKernel.python()
    let watcher = try Watcher(of: kernel)
    try watcher.waitUntilReady()
    let recorder = LinkRecorder()
    let link = try await connect(kernel, to: recorder)
    _ = try await link.ready(within: .seconds(60))
    let request = try run("6 * 7", on: link)
    await recorder.done(request)
    let result = await recorder.message("execute_result", of: request)
    #expect(String(decoding: result.content, as: UTF8.self).contains("42"))
    // A kernel that is busy for ever answers on control.
    let endless = try run("while True: pass", on: link)
    _ = await recorder.message("execute_input", of: endless)
    let second = LinkRecorder()
    let late = try await connect(kernel, to: second)
    let information = try await late.ready(within: .seconds(60))
    #expect(String(decoding: information, as: UTF8.self).contains("ipython"))
    withExtendedLifetime(watcher) {}
  }
}

/// A jupyter_client that has its channels open to a kernel, until this goes.
private final class Watcher {
  private let process = Process()
  private let output = Pipe()
  private let input = Pipe()

  init(of kernel: TestKernel) throws {
    process.executableURL = TestPlaces.root.appending(path: "build/venv/bin/python")
    process.arguments = [
      "-c",
      """
      import sys
      from jupyter_client.blocking import BlockingKernelClient
      client = BlockingKernelClient(connection_file=sys.argv[1])
      client.load_connection_file()
      client.start_channels()
      client.wait_for_ready(timeout=60)
      print("ready", flush=True)
      sys.stdin.read()
      """, kernel.file.path(),
    ]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  func waitUntilReady() throws {
    let said = output.fileHandleForReading.readData(ofLength: 6)
    try #require(said == Data("ready\n".utf8))
  }

  deinit {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
