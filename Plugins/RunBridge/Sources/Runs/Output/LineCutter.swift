// SPDX-License-Identifier: Apache-2.0

/// Cuts one stream of a process's output into lines of text: whatever bytes it is, and however long.
struct LineCutter: Sendable {
  static let longestLine = 64 << 10

  /// Where the bytes that come next stand in the file.
  private(set) var offset: Int
  /// A line whose end has not come.
  private var partial: [UInt8] = []

  init(offset: Int) { self.offset = offset }

  /// How far whole lines were handed out.
  var handedOut: Int { offset - partial.count }

  /// Takes the next piece; hands out each line that ends in it, with where the next one begins. A progress bar's carriage return ends a line
  /// too; empty lines are left out.
  mutating func feed(_ piece: [UInt8], _ body: (_ line: String, _ next: Int) -> Void) {
    for byte in piece {
      offset += 1
      switch byte {
      case 0x0A, 0x0D: finish(body)
      default:
        partial.append(byte)
        if partial.count >= Self.longestLine { finish(body) }
      }
    }
  }

  /// Hands out what is left.
  mutating func finish(_ body: (_ line: String, _ next: Int) -> Void) {
    guard !partial.isEmpty else { return }
    // What is no UTF-8 becomes the character that says so.
    let line = String(decoding: partial, as: UTF8.self)
    partial.removeAll(keepingCapacity: partial.count <= 4_096)
    body(line, offset)
  }
}
