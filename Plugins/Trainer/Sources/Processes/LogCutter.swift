// SPDX-License-Identifier: Apache-2.0

/// Cuts a process's output into lines of text: whatever bytes it is, and however long.
struct LogCutter: Sendable {
  static let longestLine = 64 << 10

  /// A line whose end has not come.
  private var partial: [UInt8] = []

  init() {}

  /// How many bytes were fed and not handed out.
  var pendingBytes: Int { partial.count }

  /// Takes the next piece; hands out the lines that end in it. A progress bar's carriage return ends a line too, empty lines are left out.
  mutating func feed(_ piece: [UInt8], _ body: (String) -> Void) {
    for byte in piece {
      switch byte {
      case 0x0A, 0x0D: finish(body)
      default:
        partial.append(byte)
        if partial.count >= Self.longestLine { finish(body) }
      }
    }
  }

  /// Hands out what is left.
  mutating func finish(_ body: (String) -> Void) {
    guard !partial.isEmpty else { return }
    // What is no UTF-8 becomes the character that says so.
    body(String(decoding: partial, as: UTF8.self))
    partial.removeAll(keepingCapacity: partial.count <= 4_096)
  }
}
