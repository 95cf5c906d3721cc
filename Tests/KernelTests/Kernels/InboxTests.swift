// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import Kernel

@Suite(.timeLimit(.minutes(1))) struct InboxTests {
  private func message(_ number: Int, _ size: Int) -> LinkEvent {
    .message(
      KernelMessage(
        channel: .iopub, header: Array("\(number)".utf8), parentHeader: [], metadata: [], content: [UInt8](repeating: 65, count: size),
        buffers: number % 2 == 0 ? [[1, 2], []] : []))
  }

  private func seen(_ events: [LinkEvent]) -> [String] {
    events.map { event in
      switch event {
      case .message(let message): String(decoding: message.header, as: UTF8.self) + "/\(message.content.count)/\(message.buffers.count)"
      case .refused(let why): why
      default: "?"
      }
    }
  }

  /// More than fits into memory, with a disk and without one.
  @Test(arguments: [FileManager.default.temporaryDirectory.path(), "/nowhere"])
  func whatNobodyTakesYetComesInOrderAndOnce(folder: String) async throws {
    let inbox = Inbox(folder: folder)
    var expected: [String] = []
    for number in 0..<200 {
      inbox.put(message(number, 400_000))
      expected.append("\(number)/400000/\(number % 2 == 0 ? 2 : 0)")
      if number % 50 == 49 {
        inbox.put(.refused("refused \(number)"))
        expected.append("refused \(number)")
      }
    }
    inbox.close()
    let taken = Mutex<[[LinkEvent]]>([])
    await inbox.empty { events in taken.withLock { $0.append(events) } }
    #expect(taken.withLock { $0.flatMap(seen) } == expected)
    if folder != "/nowhere" { #expect(taken.withLock { $0.map { $0.count }.max() ?? 0 } < 100) }
  }
}
