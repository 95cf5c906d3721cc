// SPDX-License-Identifier: Apache-2.0
import PluginBridge

/// The bytes that wait to be written to one client.
///
/// Short lines are gathered into pieces worth a system call each. A line may carry a mark, which comes out once its last byte is written.
struct OutgoingQueue {
  private static let pieceBytes = 1 << 16

  private var pieces = RingBuffer<[UInt8]>()
  /// Still being filled; behind all pieces.
  private var tail: [UInt8] = []
  /// How much of the first piece is written.
  private var written = 0
  private var marks = RingBuffer<(end: UInt64, call: CallID)>()
  private var appended: UInt64 = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ line: [UInt8], mark: CallID? = nil) {
    if line.count >= Self.pieceBytes {
      closeTail()
      pieces.append(line)
    } else {
      tail.append(contentsOf: line)
      if tail.count >= Self.pieceBytes { closeTail() }
    }
    count += line.count
    appended += UInt64(line.count)
    if let mark { marks.append((appended, mark)) }
  }

  private mutating func closeTail() {
    guard !tail.isEmpty else { return }
    pieces.append(tail)
    tail = []
  }

  /// Hands pieces to `write` until it takes no more.
  ///
  /// - Returns: false when the stream has ended.
  mutating func flush(_ write: (_ bytes: [UInt8], _ start: Int) -> UnixSocket.Transfer) -> Bool {
    while count > 0 {
      if pieces.isEmpty { closeTail() }
      switch write(pieces[0], written) {
      case .bytes(let taken): advance(taken)
      case .wouldBlock: return true
      case .ended: return false
      }
    }
    return true
  }

  private mutating func advance(_ taken: Int) {
    count -= taken
    written += taken
    guard written == pieces[0].count else { return }
    _ = pieces.popFirst()
    written = 0
  }

  /// The next mark whose line is written.
  mutating func nextWrittenMark() -> CallID? {
    guard !marks.isEmpty, marks[0].end <= appended - UInt64(count) else { return nil }
    return marks.popFirst()?.call
  }
}
