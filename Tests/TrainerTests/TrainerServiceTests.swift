// SPDX-License-Identifier: Apache-2.0
// Real sockets against everything but the host.

import FoundationEssentials
import JSON
import PluginSDK
import Testing

@testable import Trainer

@Suite(.timeLimit(.minutes(1))) struct TrainerServiceTests {
  @Test func linesArriveByteForByteAndInOrder() async throws {
    let bench = try ServiceBench()
    let trainer = try bench.trainer()
    let lines = [#"{ "type":"log" , "text":"é"  }"#, #"{"type": "unheard_of", "type2": 1}"#, step(1, seq: 1)]
    for line in lines { trainer.send(line) }
    #expect(await bench.sink.next()?.topic == .connected)
    #expect(await bench.sink.next() == .init(topic: .log, text: lines[0]))
    #expect(await bench.sink.next() == .init(topic: .other, text: lines[1]))
    #expect(await bench.sink.next() == .init(topic: .step, text: lines[2]))
    bench.stop()
  }

  @Test func singleBytesMakeWholeLines() async throws {
    let bench = try ServiceBench()
    let trainer = try bench.trainer()
    for byte in (step(1, seq: 1) + "\n" + step(2, seq: 2) + "\n").utf8 { trainer.send(bytes: [byte]) }
    #expect(await bench.sink.take(2) == [step(1, seq: 1), step(2, seq: 2)])
    bench.stop()
  }

  @Test func tornLineIsDroppedAndCountedAndTheRepeatedOnePasses() async throws {
    let bench = try ServiceBench()
    let first = try bench.trainer()
    first.send(step(1, seq: 1))
    first.send(bytes: Array(step(2, seq: 2).utf8.prefix(40)))
    first.close()
    let news = try JSONValue(parsing: try #require(await bench.sink.next(on: .disconnected)))
    #expect(news["tornBytes"] == 40 && news["session_id"] == "sess-a" && news["connection"] == 1)
    let second = try bench.trainer()
    second.send(step(1, seq: 1), step(2, seq: 2))
    #expect(await bench.sink.take(2) == [step(1, seq: 1), step(2, seq: 2)])
    #expect(bench.service.counters[.tornLines] == 1)
    #expect(bench.service.sessions.sessions.map(\.state) == [.running])
    bench.stop()
  }

  @Test func endOfAnOldConnectionTellsThatTheSessionIsStillConnected() async throws {
    let bench = try ServiceBench()
    let trainers = try [bench.trainer(), bench.trainer()]
    for (index, trainer) in trainers.enumerated() {
      trainer.send(step(index + 1, seq: index + 1))
      _ = await bench.sink.take(1)
    }
    trainers[0].close()
    let first = try #require(await bench.sink.next(on: .disconnected))
    #expect(try JSONValue(parsing: first)["stillConnected"] == true)
    trainers[1].close()
    let news = try JSONValue(parsing: try #require(await bench.sink.next(on: .disconnected)))
    #expect(news["stillConnected"] == nil && news["session_id"] == "sess-a")
    bench.stop()
  }

  @Test func whatIsNotUnderstoodIsCountedAndTheConnectionLives() async throws {
    let bench = try ServiceBench(maxLineBytes: 1_000)
    let trainer = try bench.trainer()
    trainer.send("not json", #"{"neither": "type nor ok"}"#, "[1]", #"{"type":"log","text":"\#(String(repeating: "x", count: 2_000))"}"#)
    trainer.send(bytes: [0xFF, 0xFE, 0x0A])
    trainer.send(step(1, seq: 1))
    #expect(await bench.sink.take(1) == [step(1, seq: 1)])
    #expect(bench.service.counters[.notJSON] == 2)
    #expect(bench.service.counters[.unknownLines] == 2)
    #expect(bench.service.counters[.oversizedLines] == 1)
    bench.stop()
  }

  @Test func lineOfManyMegabytesPasses() async throws {
    let bench = try ServiceBench()
    let trainer = try bench.trainer()
    let line = #"{"type":"log","text":"\#(String(repeating: "0123456789abcdef", count: 1 << 20))"}"#
    trainer.send(line)
    #expect(await bench.sink.take(1) == [line])
    bench.stop()
  }

  @Test func fiftyTrainersAtOnceKeepTheirOrder() async throws {
    let bench = try ServiceBench()
    let trainers = try (0..<50).map { _ in try bench.trainer() }
    for number in 1...20 {
      for (index, trainer) in trainers.enumerated() { trainer.send(step(number, seq: number, session: "sess-\(index)")) }
    }
    let lines = await bench.sink.take(1_000)
    for index in 0..<50 {
      let own = lines.filter { $0.contains("\"sess-\(index)\"") }
      #expect(own == (1...20).map { step($0, seq: $0, session: "sess-\(index)") })
    }
    #expect(bench.service.sessions.sessions.count { $0.state == .running } == 50)
    bench.stop()
  }

  @Test func oneTooManyWaitsAndIsNotClosed() async throws {
    let bench = try ServiceBench(maxConnections: 1)
    let first = try bench.trainer()
    let second = try bench.trainer()
    second.send(step(2, seq: 2, session: "second"))
    first.send(step(1, seq: 1, session: "first"))
    #expect(await bench.sink.take(1) == [step(1, seq: 1, session: "first")])
    first.close()
    #expect(await bench.sink.take(1) == [step(2, seq: 2, session: "second")])
    bench.stop()
  }

  @Test func fullSubscriberFillsMemoryThenAFileAndNothingIsLostOrDoubled() async throws {
    let bench = try ServiceBench(room: 3, spoolMemoryBytes: 20_000)
    let trainers = try (0..<3).map { _ in try bench.trainer() }
    let lines = trainers.indices.map { index in (1...2_000).map { step($0, seq: $0, session: "sess-\(index)") } }
    for number in 0..<2_000 {
      for (index, trainer) in trainers.enumerated() { trainer.send(lines[index][number]) }
    }
    #expect(await bench.phase { $0 == .file } != nil)
    bench.sink.setRoom(nil)
    let got = await bench.sink.take(6_000)
    for index in trainers.indices { #expect(got.filter { $0.contains("\"sess-\(index)\"") } == lines[index]) }
    #expect(await bench.phase { $0 == .memory } != nil)
    #expect(bench.service.spool.usage == Spool.Usage(memoryBytes: 0, fileBytes: 0, phase: .memory))
    bench.stop()
  }

  @Test func withoutRoomOnTheDiskTheSocketsAreNotReadUntilTheSubscriberCatchesUp() async throws {
    let bench = try ServiceBench(room: 1, spoolMemoryBytes: 10_000, spoolDirectory: "/proc/nowhere")
    let trainer = try bench.trainer()
    let lines = (1...100_000).map { step($0, seq: $0) }
    let text = Array(lines.map { $0 + "\n" }.joined().utf8)
    // More than the system's buffers hold: it blocks until it is read again.
    let sender = try OwnedThread.begin(name: "sender") { trainer.send(bytes: text) }
    guard case .full(let reason)? = await bench.phase({ if case .full = $0 { true } else { false } }) else { return }
    #expect(reason == "cannot make the spool file '/proc/nowhere/events-0000000000000002': No such file or directory")
    bench.sink.setRoom(nil)
    #expect(await bench.sink.take(100_000) == lines)
    sender.join()
    bench.stop()
  }

  @Test func stopPublishesWhatWasReadAndEndsTheConnections() async throws {
    let bench = try ServiceBench(room: 2)
    let trainer = try bench.trainer()
    trainer.send(step(1, seq: 1), step(2, seq: 2))
    #expect(await bench.sink.take(1) == [step(1, seq: 1)])
    bench.stop()
    #expect(await bench.sink.take(1) == [step(2, seq: 2)])
    #expect(await trainer.next() == nil)
  }

  /// Sends steps on two connections to a bench whose bus takes only the first events, and stops it as the host does in the end.
  ///
  /// - Returns: The steps that were published.
  private func stoppedInTheMiddle(_ bench: ServiceBench, room: Int, steps: Int) async throws -> [String] {
    let trainers = try [bench.trainer(), bench.trainer()]
    for number in 1...steps {
      for (index, trainer) in trainers.enumerated() { trainer.send(step(number, seq: number, session: "sess-\(index)")) }
    }
    for (index, trainer) in trainers.enumerated() { try await bench.exchange(with: trainer, "sess-\(index)") }
    var published: [String] = []
    for _ in 0..<room {
      if let event = await bench.sink.next(), event.topic == .step { published.append(event.text) }
    }
    bench.sink.refuseEverything()
    bench.service.stop()
    return published
  }

  @Test(arguments: [64 << 20, 20_000, 0])
  func whatCannotBePublishedBeforeTheStopIsPublishedFirstAtTheNextStart(spoolMemoryBytes: Int) async throws {
    let first = try ServiceBench(room: 700, spoolMemoryBytes: spoolMemoryBytes)
    var published = try await stoppedInTheMiddle(first, room: 700, steps: 1_000)
    #expect(first.service.counters[.keptBytes] > 100_000 && first.service.counters[.undeliveredBytes] == 0)

    let second = try ServiceBench(spoolMemoryBytes: spoolMemoryBytes, directory: first.directory)
    let trainer = try second.trainer()
    trainer.send(step(1, seq: 1, session: "new"))
    while published.last != step(1, seq: 1, session: "new") { published += await second.sink.take(1) }
    for index in 0..<2 {
      #expect(published.filter { $0.contains("\"sess-\(index)\"") } == (1...1_000).map { step($0, seq: $0, session: "sess-\(index)") })
    }
    #expect(published.count == 2_001)
    second.stop()
    #expect(second.spoolFiles.isEmpty)
  }

  @Test func stopAfterStopKeepsWhatIsStillNotPublished() async throws {
    let first = try ServiceBench(room: 10)
    var published = try await stoppedInTheMiddle(first, room: 10, steps: 300)
    let second = try ServiceBench(room: 100, directory: first.directory)
    published += try await stoppedInTheMiddle(second, room: 100, steps: 5)
    let third = try ServiceBench(directory: first.directory)
    published += await third.sink.take(610 - published.count)
    for index in 0..<2 {
      let expected = (Array(1...300) + Array(1...5)).map { step($0, seq: $0, session: "sess-\(index)") }
      #expect(published.filter { $0.contains("\"sess-\(index)\"") } == expected)
    }
    third.stop()
    #expect(third.spoolFiles.isEmpty)
  }

  @Test func sessionsOfAnEarlierLifeAreToldToBeDisconnectedUnlessTheyAreBack() async throws {
    let first = try ServiceBench(room: 0)
    _ = try await stoppedInTheMiddle(first, room: 0, steps: 2)
    let second = try ServiceBench(room: 0, directory: first.directory)
    let back = try second.trainer()
    back.send(step(3, seq: 3, session: "sess-0"))
    try await second.exchange(with: back, "sess-0")
    second.sink.setRoom(nil)
    #expect(await second.sink.next(on: .disconnected) == #"{"connection":0,"session_id":"sess-1","tornBytes":0}"#)
    #expect(await second.sink.take(1) == [step(3, seq: 3, session: "sess-0")])
    second.stop()
  }

  @Test func whatACrashLeftIsPublishedButForItsTornEnd() async throws {
    let first = try ServiceBench(room: 0, spoolMemoryBytes: 0)
    let trainer = try first.trainer()
    for number in 1...99 { trainer.send(step(number, seq: number)) }
    try await first.exchange(with: trainer, "sess-a")
    // Lines that are read together are written together: this one alone is to be torn.
    trainer.send(step(100, seq: 100))
    try await first.exchange(with: trainer, "sess-a")
    // The files as they are in the middle of the work, and the last write cut off.
    let copy = first.directory + "-crashed"
    try FileManager.default.copyItem(atPath: first.directory, toPath: copy)
    let second = try ServiceBench(room: 0, directory: copy, tearing: 10)
    second.sink.setRoom(nil)
    #expect(await second.sink.take(99) == (1...99).map { step($0, seq: $0) })
    #expect(await second.sink.next(on: .disconnected) == #"{"connection":0,"session_id":"sess-a","tornBytes":0}"#)
    #expect(second.service.counters[.tornSpoolBytes] > 100)
    second.stop()
    #expect(second.spoolFiles.isEmpty)
    first.stop()
  }

  @Test func takenPortIsExplained() throws {
    let bench = try ServiceBench()
    let port = bench.service.address.port
    #expect(
      throws: PluginFailure(
        "cannot listen for trainers on 127.0.0.1:\(port): another process has port \(port); end it (another host, or the editor extension), "
          + "or set 'port' of the plugin and ONTHEFLY_DASHBOARD_PORT of the trainers to another one",
        code: "port_taken", retryable: true)
    ) {
      try TrainerService(
        TrainerSettings(.init(port: port)),
        .init(
          spoolDirectory: "/nowhere/x", processDirectory: "/proc/nowhere", memoryFile: "/proc/nowhere", ledger: FakeLedger(),
          sink: RecordingSink(), warn: { _, _ in },
          report: { _, _ in }))
    }
    bench.stop()
  }
}
