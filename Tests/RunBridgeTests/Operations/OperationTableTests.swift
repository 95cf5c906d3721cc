// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import RunBridge

@Suite struct OperationTableTests {
  private static let settings = {
    var settings = OperationSettings()
    settings.mostWaiting = 50
    settings.mostOfConnection = 20
    settings.waitingBytes = 20_000
    return settings
  }()

  /// Whatever scripts, adapters and people do in whatever order: nothing ends twice, and nothing is left.
  @Test(arguments: 0..<10) func everythingEndsOnce(round: Int) {
    var table = OperationTable(Self.settings)
    var (begun, ended) = (Set<Int>(), Set<Int>())
    func end(_ number: Int) {
      guard table.take(number) != nil else { return }
      #expect(begun.contains(number))
      #expect(ended.insert(number).inserted)
    }
    for step in 0..<3_000 as Range<UInt> {
      let connection: UInt? = Bool.random() ? UInt.random(in: 1...5) : nil
      let start = OperationStart.field("form", operation: .random(in: 1...30), token: "\(Int.random(in: 0...3))")
      switch Int.random(in: 0..<10) {
      case 0..<6:
        let listener: UInt? = connection == nil ? step + 1 : nil
        if case .new(let operation) = table.announce(start, by: .talking(connection: connection), listener: listener, now: 1) {
          #expect(begun.insert(operation.number).inserted)
        }
      case 6..<8: end(Int.random(in: 0...max(1, begun.count)))
      case 8: if let abandoned = table.leave(UInt.random(in: 1...step + 1)) { end(abandoned) }
      default:
        let closing = UInt.random(in: 1...5)
        for number in table.disconnect(closing) { end(number) }
        table.forget(closing)
      }
      #expect(table.open.count <= 50)
    }
    for number in table.inOrder.map(\.number) { end(number) }
    for connection in 1...5 as ClosedRange<UInt> { table.forget(connection) }
    #expect(begun == ended)
    #expect(table.open.isEmpty && table.remembered == 0)
    #expect(begun.allSatisfy { !table.isListenedTo($0) })
    #expect(table.size == 0)
  }
}
