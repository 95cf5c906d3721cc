// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ZeroMQ

@testable import Kernel

/// Against the null kernel, which answers at once and does on request what no real kernel does.
@Suite(.timeLimit(.minutes(1))) struct ZeroMQLinkTests {
  let links: KernelLinks
  let recorder = LinkRecorder()

  init() throws { links = try KernelLinks() }

  private func connect(_ kernel: TestKernel, isAttached: Bool = false) async throws -> ZeroMQLink {
    var terms = LinkTerms(connection: kernel.connection, session: UUID().uuidString)
    terms.isAttached = isAttached
    terms.lossLimit = .milliseconds(300)
    terms.heartbeatInterval = .milliseconds(100)
    return try await links.open(terms, to: recorder.sink)
  }

  /// Asks for code to be run.
  private func run(_ code: String, on link: ZeroMQLink) throws -> String {
    let header = MessageHeader(id: UUID().uuidString, type: "execute_request", session: "s", username: "u", date: MessageDate.now)
    let content = #"{"code": "\#(code)", "silent": false, "store_history": true, "user_expressions": {}, "allow_stdin": true}"#
    try link.send(KernelMessage(header, on: .shell, content: Array(content.utf8)))
    return header.id
  }

  private func texts(of request: String) -> [String] {
    recorder.messages.filter { $0.parent?.id == request && $0.channel == .iopub }.map { String(decoding: $0.content, as: UTF8.self) }
  }

  @Test(arguments: ["ipc", "tcp"]) func aFirstRunLosesNothing(_ transport: String) async throws {
    let kernel = try TestKernel.null(over: transport)
    let link = try await connect(kernel)
    let information = try await link.ready(within: .seconds(20))
    #expect(String(decoding: information, as: UTF8.self).contains(#""implementation": "null""#))
    let request = try run("one", on: link)
    await recorder.done(request)
    #expect(
      texts(of: request) == [
        #"{"execution_state": "busy"}"#, #"{"execution_count": 1, "data": {"text/plain": "one"}, "metadata": {}}"#,
        #"{"execution_state": "idle"}"#,
      ])
    await link.close()
  }

  @Test(arguments: [["no-welcome"], ["deaf-control"], ["no-welcome", "deaf-control"], ["null-parents"], ["no-heartbeat"]])
  func everyKindOfKernelBecomesReady(_ flags: [String]) async throws {
    let kernel =
      switch flags.count {
      case 2: try TestKernel.null(flags[0], flags[1])
      default: try TestKernel.null(flags[0])
      }
    let link = try await connect(kernel)
    _ = try await link.ready(within: .seconds(20))
    let request = try run("x", on: link)
    await recorder.done(request)
    #expect(texts(of: request).count == 3)
    // Nothing of the questions about readiness is shown to anybody.
    #expect(recorder.messages.allSatisfy { $0.messageHeader?.type != "kernel_info_reply" && $0.messageHeader?.type != "iopub_welcome" })
  }

  @Test func aSecondLinkToTheSameKernelBecomesReadyToo() async throws {
    let kernel = try TestKernel.null()
    let first = try await connect(kernel)
    _ = try await first.ready(within: .seconds(20))
    let second = try await connect(kernel)
    _ = try await second.ready(within: .seconds(20))
    let request = try run("x", on: second)
    await recorder.done(request)
    // Each of both sees what is published; the reply goes to one.
    await recorder.wait { events in
      events.count { if case .message(let message) = $0 { message.parent?.id == request } else { false } } == 7
    }
  }
}
