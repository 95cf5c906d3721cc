// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Kernel

@Suite struct WireFramesTests {
  private static let large = [UInt8](repeating: 7, count: WireFrames.largeFrame)

  private func arrays(_ frames: WireFrames) -> [[UInt8]] { (0..<frames.count).map { frames[$0] } }

  @Test(arguments: [[], [[]], [[1], [], [2, 3]], [[1], WireFramesTests.large, [], WireFramesTests.large + [1]]] as [[[UInt8]]])
  func framesAreThoseThatWerePutIn(_ given: [[UInt8]]) {
    var frames = WireFrames(given)
    #expect(arrays(frames) == given)
    for index in given.indices {
      #expect(frames.size(of: index) == given[index].count && frames.holds(given[index], at: index))
      #expect(!frames.holds(given[index] + [0], at: index))
    }
    var joined: [UInt8] = []
    frames.withPieces(of: 0..<given.count) { for index in $0.indices { joined.append($0[index]) } }
    #expect(joined == given.flatMap(\.self))
    frames.removeAll()
    frames.append([9])
    #expect(arrays(frames) == [[9]])
  }

  /// What waits unread comes back as it was: frames like those before, of other lengths, missing, large.
  @Test func whatIsWrittenIsReadBack() {
    let messages: [(KernelChannel, [[UInt8]])] = [
      (.iopub, [[1], [2, 2], []]), (.iopub, [[1], [3, 3], []]), (.shell, [[1]]), (.control, [[1], [3, 3], [4]]), (.stdin, []),
      (.iopub, [Self.large, [1], Self.large]), (.iopub, [Self.large, [1]]), (.iopub, [[1], [1]]),
    ]
    var writer = FrameWriter()
    for (channel, frames) in messages { writer.append(WireFrames(frames), on: channel) }
    var reader = FrameReader(writer.bytes)
    for (channel, frames) in messages {
      let read = reader.next()
      #expect(read == channel && arrays(reader.frames) == frames)
    }
    let end = reader.next()
    #expect(end == nil && reader.isAtEnd)
  }
}
