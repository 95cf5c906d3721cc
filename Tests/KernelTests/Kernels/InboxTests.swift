// SPDX-License-Identifier: Apache-2.0

import Foundation
import PluginSDK
import Testing

@testable import Kernel

@Suite struct InboxTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "inbox-\(UUID().uuidString)").path

  private func message(_ number: Int, size: Int = 200) -> KernelMessage {
    KernelMessage(
      channel: .iopub, header: Array(#"{"msg_id":"\#(number)","msg_type":"stream"}"#.utf8), parentHeader: Array(#"{"msg_id":"run"}"#.utf8),
      metadata: Array("{}".utf8), content: [UInt8](repeating: 120, count: size), buffers: number % 1_000 == 0 ? [[1, 2], []] : [])
  }

  private func drained(_ inbox: Inbox) -> [LinkEvent] {
    var events: [LinkEvent] = []
    while let some = inbox.take() { events += some }
    return events
  }

  /// Their ids, and what is no message by its words.
  private func names(_ events: [LinkEvent]) -> [String] {
    events.map { event in
      switch event {
      case .message(let message): message.messageHeader?.id ?? "?"
      case .refused(let why): why
      default: "?"
      }
    }
  }

  @Test func floodWaitsOnTheDiskInOrderAndWhole() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let inbox = Inbox(backlog: folder + "/k.inbox")
    var expected: [String] = []
    for number in 0..<30_000 {
      inbox.put(.message(message(number)))
      expected.append("\(number)")
      guard number % 7_000 == 6_999 else { continue }
      inbox.put(.refused("refused \(number)"))
      expected.append("refused \(number)")
    }
    let events = drained(inbox)
    #expect(names(events) == expected)
    guard case .message(let last) = events[29_000 + 4] else { return #expect(Bool(false), "no message") }
    #expect(last.buffers == [[1, 2], []] && last.content.count == 200 && last.parent?.id == "run" && last.channel == .iopub)
    #expect(inbox.take() == nil)
    // The file has no name: nothing is left when the host is killed.
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test func goesOnInMemoryAfterAFlood() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let inbox = Inbox(backlog: folder + "/k.inbox")
    for round in 0..<3 {
      for number in 0..<20_000 { inbox.put(.message(message(round * 20_000 + number))) }
      #expect(names(drained(inbox)) == (0..<20_000).map { "\(round * 20_000 + $0)" })
    }
  }

  @Test func diskThatTakesNothingLosesNothing() {
    let inbox = Inbox(backlog: folder + "/is/not/there.inbox")
    for number in 0..<20_000 { inbox.put(.message(message(number))) }
    #expect(names(drained(inbox)) == (0..<20_000).map(String.init))
  }

  @Test func littleIsForTheLinksOwnThreadAndTellsNobody() async {
    let inbox = Inbox()
    inbox.put(.message(message(1)))
    inbox.put(.message(message(2)))
    #expect(inbox.hasLittle)
    #expect(inbox.takeLittle().map(names) == ["1", "2"])
    #expect(!inbox.hasLittle && inbox.takeLittle() == nil)
    inbox.close()
    for await _ in inbox.signals { #expect(Bool(false), "somebody was told") }
  }

  @Test(arguments: [(count: 40, size: 200), (count: 1, size: 100_000)])
  func moreIsForTheTaskAlone(_ flood: (count: Int, size: Int)) async {
    let inbox = Inbox()
    for number in 0..<flood.count { inbox.put(.message(message(number, size: flood.size))) }
    // Nothing may overtake what the task is at.
    #expect(!inbox.hasLittle && inbox.takeLittle() == nil)
    inbox.close()
    var batches: [[String]] = []
    for await _ in inbox.signals { while let events = inbox.take() { batches.append(names(events)) } }
    #expect(batches == [(0..<flood.count).map(String.init)])
    inbox.put(.message(message(1)))
    #expect(inbox.takeLittle().map(names) == ["1"])
  }

  @Test func littleThatTheLinkCannotDealWithIsLeftToTheTask() async {
    let inbox = Inbox()
    inbox.put(.message(message(1)))
    inbox.tell()
    inbox.put(.message(message(2)))
    #expect(!inbox.hasLittle)
    inbox.close()
    var batches: [[String]] = []
    for await _ in inbox.signals { while let events = inbox.take() { batches.append(names(events)) } }
    #expect(batches == [["1", "2"]])
  }
}
