// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Host
import PluginBridge

@Suite struct ControlPartsTests {
  private func cut(_ pieces: [String], limit: Int = 10) -> [LineBuffer.Cut] {
    var buffer = LineBuffer(limit: limit)
    var cuts: [LineBuffer.Cut] = []
    for piece in pieces {
      buffer.append(ArraySlice(Array(piece.utf8)))
      while case .line(let line) = buffer.next() { cuts.append(.line(line)) }
      if buffer.next() == .tooLong { return cuts + [.tooLong] }
    }
    return cuts
  }

  @Test(arguments: [
    (["a\nb", "c\n", "d"], ["a", "bc"]), (["\n\n"], ["", ""]), (["0123456789\n"], ["0123456789"]),
    (["", "0123456789", "\n"], ["0123456789"]),
  ])
  func linesAreCut(pieces: [String], lines: [String]) {
    #expect(cut(pieces) == lines.map { .line(Array($0.utf8)) })
  }

  @Test(arguments: [["0123456789a"], ["01234", "56789a"], ["01234567890\n"]])
  func longLineIsFound(pieces: [String]) { #expect(cut(pieces) == [.tooLong]) }

  private func mark(of queue: inout OutgoingQueue) -> CallID? { queue.nextWrittenMark() }
  private func grant(of flow: inout StreamFlow) -> UInt64 { flow.nextGrant(room: 1_000) }

  @Test func marksComeOutWhenTheirLineIsWritten() {
    var queue = OutgoingQueue()
    queue.append([1, 2, 3], mark: 7)
    queue.append([4])
    queue.append([5], mark: 8)
    var room = 2
    let write: ([UInt8], Int) -> UnixSocket.Transfer = { bytes, start in
      guard room > 0 else { return .wouldBlock }
      let count = min(room, bytes.count - start)
      room -= count
      return .bytes(count)
    }
    _ = queue.flush(write)
    #expect(mark(of: &queue) == nil)
    room = 2
    _ = queue.flush(write)
    #expect(mark(of: &queue) == 7)
    #expect(mark(of: &queue) == nil)
    #expect(queue.count == 1)
    room = 5
    _ = queue.flush(write)
    #expect(mark(of: &queue) == 8)
    #expect(queue.isEmpty)
  }

  @Test func flowLetsGoWhatFits() {
    var flow = StreamFlow(credit: 64)
    #expect(grant(of: &flow) == 1)  // its size is not known yet
    #expect(grant(of: &flow) == 0)
    flow.queued(bytes: 100)
    #expect(grant(of: &flow) == 8)
    flow.written()
    #expect(grant(of: &flow) == 1)
    flow.queued(bytes: 5_000)
    flow.written()
    #expect(grant(of: &flow) == 0)
  }

  @Test func flowKnowsTheSizeFromTheCallBefore() {
    var flow = StreamFlow(credit: 64, expected: 100)
    #expect(grant(of: &flow) == 8)  // 10 would fit, but what comes may be larger
    flow.queued(bytes: 20)
    flow.written()
    #expect(grant(of: &flow) == 2)
    #expect(flow.largest == 20)
    flow.queued(bytes: 500)
    flow.written()
    #expect(grant(of: &flow) == 0)
    #expect(flow.largest == 500)
  }

  @Test func flowReachesTheCreditWithMany() {
    var flow = StreamFlow(credit: 64, expected: 10)
    var underWay = flow.nextGrant(room: 1 << 20)
    for _ in 1...100 {
      flow.queued(bytes: 10)
      flow.written()
      underWay += flow.nextGrant(room: 1 << 20) - 1
    }
    #expect(underWay == 64)
  }

  @Test func flowWithoutCreditWaitsForTheClient() {
    var flow = StreamFlow(credit: 0)
    #expect(grant(of: &flow) == 0)
    flow.allow(3)
    #expect(grant(of: &flow) == 1)
    flow.queued(bytes: 1)
    #expect(grant(of: &flow) == 2)
    flow.written()
    #expect(grant(of: &flow) == 0)
  }
}
