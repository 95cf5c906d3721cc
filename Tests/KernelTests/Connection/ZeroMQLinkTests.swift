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
        #"{"execution_state": "busy"}"#, #"{"code": "one", "execution_count": 1}"#,
        #"{"execution_count": 1, "data": {"text/plain": "one"}, "metadata": {}}"#,
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
    #expect(texts(of: request).count == 4)
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
    await recorder.messages(7, of: request)
  }

  @Test func aWrongSignatureAndARepeatedMessageAreRefusedAndTheRestGoesOn() async throws {
    let kernel = try TestKernel.null()
    let link = try await connect(kernel)
    _ = try await link.ready(within: .seconds(20))
    await recorder.done(try run("bad-signature", on: link))
    await recorder.done(try run("replay", on: link))
    await recorder.done(try run("junk", on: link))
    #expect(
      recorder.refusals == [
        "refused a message on iopub: it has a wrong signature",
        "refused a message on iopub: it has a signature that was used before: the message was sent again",
        "refused a message on iopub: it has 2 frames without the delimiter '<IDS|MSG>'",
      ])
    #expect(recorder.messages.count { $0.content.holds(Array("odd".utf8)) } == 1)
  }

  @Test(arguments: ["null-parent", "no-parent"]) func outputWithoutAParentComesThrough(_ code: String) async throws {
    let kernel = try TestKernel.null()
    let link = try await connect(kernel)
    _ = try await link.ready(within: .seconds(20))
    await recorder.done(try run(code, on: link))
    let orphan = await recorder.message("stream")
    #expect(orphan.parent == nil && orphan.content.holds(Array("orphan".utf8)))
  }

  @Test(arguments: ["idle-first", "reply-first", "error"]) func everyOrderOfReplyAndIdleComesThrough(_ code: String) async throws {
    let kernel = try TestKernel.null()
    let link = try await connect(kernel)
    _ = try await link.ready(within: .seconds(20))
    await recorder.done(try run(code, on: link))
  }

  @Test func whatComesAfterTheEndComesThrough() async throws {
    let kernel = try TestKernel.null()
    let link = try await connect(kernel)
    _ = try await link.ready(within: .seconds(20))
    let late = try run("late", on: link)
    await recorder.done(late)
    #expect(await recorder.message("stream", of: late).content == Array(#"{"name": "stdout", "text": "late"}"#.utf8))
    let lost = try run("idle-lost", on: link)
    _ = await recorder.message("execute_reply", of: lost)
    await recorder.done(try run("next", on: link))
  }

  @Test func notANumberIsMended() async throws {
    let kernel = try TestKernel.null()
    let link = try await connect(kernel)
    _ = try await link.ready(within: .seconds(20))
    let output = await recorder.message("display_data", of: try run("nan", on: link))
    #expect(output.content.holds(Array("NaN".utf8)))
    #expect(
      String(decoding: output.contentJSON, as: UTF8.self)
        == #"{"data": {"a": null, "b": null, "c": "\ufffd!"}, "metadata": {}}"#)
  }

  @Test func aQuestionOnStdinFindsUsAndItsAnswerGoesBack() async throws {
    let kernel = try TestKernel.null()
    let link = try await connect(kernel)
    _ = try await link.ready(within: .seconds(20))
    let request = try run("input", on: link)
    let question = await recorder.message("input_request", of: request)
    #expect(question.channel == .stdin)
    let answer = MessageHeader(id: "answer", type: "input_reply", session: "s", date: MessageDate.now)
    try link.send(
      KernelMessage(
        channel: .stdin, header: answer.json, parentHeader: question.parentHeader, metadata: Array("{}".utf8),
        content: Array(#"{"value": "forty-two"}"#.utf8)))
    let printed = await recorder.message("stream", of: request)
    #expect(printed.content.holds(Array("forty-two".utf8)))
  }

  @Test(arguments: ["ipc", "tcp"]) func aFloodLosesNothing(_ transport: String) async throws {
    let kernel = try TestKernel.null(over: transport)
    let link = try await connect(kernel)
    _ = try await link.ready(within: .seconds(20))
    await recorder.done(try run("flood 20000 7", on: link))
    #expect(recorder.messages.count { $0.content.count == 37 } == 20_000)
    #expect(recorder.refusals.isEmpty)
  }

  /// A kernel that is faster than its messages are looked at: what is taken out unread waits on the disk, and comes in order.
  @Test(arguments: [true, false]) func aFloodThatIsTooFastLosesNothing(_ hasSpool: Bool) async throws {
    let kernel = try TestKernel.null()
    let spool = kernel.folder.appending(path: "spool")
    if hasSpool { try FileManager.default.createDirectory(at: spool, withIntermediateDirectories: false) }
    let slow = try KernelLinks(spool: spool.path())
    let link = try await slow.open(LinkTerms(connection: kernel.connection, session: "s-\(UUID().uuidString)")) { [recorder] event in
      // Some of the work that a busy machine has beside.
      let end = ContinuousClock.now + .microseconds(30)
      while ContinuousClock.now < end {}
      recorder.take(event)
    }
    _ = try await link.ready(within: .seconds(20))
    await recorder.done(try run("flood 40000 7", on: link))
    let numbers = recorder.messages.filter { $0.channel == .iopub && $0.content.count == 37 }.compactMap { message in
      message.messageHeader.flatMap { Int($0.id.split(separator: "_").last ?? "") }
    }
    #expect(numbers.count == 40_000 && zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 })
    #expect(recorder.refusals.isEmpty)
    await slow.stop()
    if hasSpool { #expect(try FileManager.default.contentsOfDirectory(atPath: spool.path()).isEmpty) }
  }

  @Test func aLargeMessageComesWhole() async throws {
    let kernel = try TestKernel.null()
    let link = try await connect(kernel)
    _ = try await link.ready(within: .seconds(20))
    let output = await recorder.message("stream", of: try run("big 10000000", on: link))
    #expect(output.content.count == 10_000_030)
  }

  @Test func anotherSessionMeansAnotherProcess() async throws {
    let kernel = try TestKernel.null()
    let link = try await connect(kernel)
    _ = try await link.ready(within: .seconds(20))
    await recorder.done(try run("before", on: link))
    #expect(recorder.restarts == 0)
    await recorder.done(try run("restart", on: link))
    #expect(recorder.restarts == 1)
    await recorder.done(try run("after", on: link))
    #expect(recorder.restarts == 1)
  }

  @Test func aKernelThatRepeatsOurSessionIsNotTakenForAnother() async throws {
    let kernel = try TestKernel.null("echo-session")
    let link = try await connect(kernel)
    _ = try await link.ready(within: .seconds(20))
    await recorder.done(try run("one", on: link))
    await recorder.done(try run("two", on: link))
    #expect(recorder.restarts == 0)
  }

  @Test func aSilentKernelAndAnAbsentOneAreToldApart() async throws {
    let silent = try TestKernel.null("silent")
    let link = try await connect(silent)
    let place = silent.connection.endpoint(of: .iopub)
    await #expect {
      _ = try await link.ready(within: .seconds(4))
    } throws: {
      "\($0)"
        == "the kernel at '\(place)' was not ready within 4 s: it is connected, and says nothing; it may be stopped, or no kernel"
    }
    var nowhere = silent.connection
    nowhere.ip += "-nowhere"
    let absent = try await links.open(LinkTerms(connection: nowhere, session: "s"), to: recorder.sink)
    await #expect {
      _ = try await absent.ready(within: .milliseconds(100))
    } throws: {
      "\($0)"
        == "the kernel at '\(nowhere.endpoint(of: .iopub))' was not ready within 100 ms: nobody listens there; the kernel has not started, or has ended"
    }
  }

  @Test func anotherKeyIsNamedAsTheReason() async throws {
    let kernel = try TestKernel.null()
    var terms = LinkTerms(connection: kernel.connection, session: "s")
    terms.connection.key = "wrong"
    let link = try await links.open(terms, to: recorder.sink)
    await #expect {
      _ = try await link.ready(within: .milliseconds(500))
    } throws: {
      "\($0)".hasSuffix("it has a wrong signature); check the key of the connection file")
    }
  }

  @Test func whoGivesUpWaitingGetsAnErrorAtOnce() async throws {
    let kernel = try TestKernel.null("silent")
    let link = try await connect(kernel)
    let waiting = Task { try await link.ready(within: .seconds(600)) }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    let closed = Task { try await link.ready(within: .seconds(600)) }
    await link.close()
    await #expect {
      try await closed.value
    } throws: {
      "\($0)" == "cannot talk to the kernel: the connection was closed"
    }
    #expect(throws: (any Error).self) { _ = try run("x", on: link) }
  }

  @Test func anAttachedKernelsEndIsSeen() async throws {
    let kernel = try TestKernel.null(over: "tcp")
    let link = try await connect(kernel, isAttached: true)
    _ = try await link.ready(within: .seconds(20))
    _ = try run("exit 3", on: link)
    let place = kernel.connection.endpoint(of: .iopub)
    await recorder.wait { if case .disconnected("the connection to the kernel at '\(place)' broke") = $0 { true } else { false } }
    await recorder.wait {
      if case .lost("the kernel at '\(place)' is gone: nobody has listened there for 300 ms") = $0 { true } else { false }
    }
  }

  @Test func aHeartThatStopsIsToldAndOneThatBeatsAgainToo() async throws {
    let kernel = try TestKernel.null()
    let link = try await connect(kernel, isAttached: true)
    _ = try await link.ready(within: .seconds(20))
    #expect(recorder.refusals.isEmpty)
    kernel.signal(SIGSTOP)
    await recorder.wait { if case .disconnected(let why) = $0 { why.contains("missed 3 heartbeats") } else { false } }
    kernel.signal(SIGCONT)
    await recorder.wait { if case .reconnected = $0 { true } else { false } }
    await recorder.done(try run("still there", on: link))
  }

  @Test func fiftyKernelsAtOnce() async throws {
    let kernels = try (0..<50).map { _ in try TestKernel.null() }
    let recorders = kernels.map { _ in LinkRecorder() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (kernel, recorder) in zip(kernels, recorders) {
        let terms = LinkTerms(connection: kernel.connection, session: UUID().uuidString)
        group.addTask {
          let link = try await links.open(terms, to: recorder.sink)
          _ = try await link.ready(within: .seconds(50))
          let request = try run("flood 200 7", on: link)
          await recorder.done(request)
          #expect(recorder.messages.count { $0.content.count == 37 } == 200)
          await link.close()
        }
      }
      try await group.waitForAll()
    }
  }
}
