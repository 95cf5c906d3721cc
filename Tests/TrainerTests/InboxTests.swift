// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Trainer

@Suite struct InboxTests {
  private func bytes(_ count: Int, on connection: ConnectionID = 1) -> Arrival {
    Arrival(.bytes, on: connection, [UInt8](repeating: 0x78, count: count))
  }

  @Test func smallPiecesOfOneStreamAreMerged() {
    let inbox = Inbox()
    for arrival in [bytes(1), bytes(2), bytes(3, on: 2), bytes(4), Arrival(.closed, on: 1)] { #expect(inbox.add(arrival)) }
    #expect(inbox.take()?.arrivals == [bytes(3), bytes(3, on: 2), bytes(4), Arrival(.closed, on: 1)])
    inbox.finish()
    #expect(inbox.take() == nil)
  }

  @Test func readingStopsWhenTooMuchLiesThereAndGoesOnWhenAQuarterIsTaken() {
    let inbox = Inbox(mostBytes: 400_000, pieceBytes: 60_000)
    for connection in 1...5 as ClosedRange<ConnectionID> { #expect(inbox.add(bytes(70_000, on: connection))) }
    #expect(!inbox.add(bytes(70_000, on: 6)))
    #expect(!inbox.add(bytes(70_000, on: 7)))
    #expect((1...4).map { _ in inbox.take()?.endsPause } == [false, false, true, false])
    #expect(inbox.add(bytes(70_000, on: 8)))
  }
}
