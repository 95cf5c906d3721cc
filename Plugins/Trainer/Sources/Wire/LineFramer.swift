// SPDX-License-Identifier: Apache-2.0

/// Cuts one connection's stream into lines.
final class LineFramer {
  private let maxLineBytes: Int
  /// The beginning of a line whose end has not come.
  private var partial: [UInt8] = []
  private var isSkipping = false
  /// How many lines were over the limit and skipped.
  private(set) var skippedLines = 0

  init(maxLineBytes: Int) { self.maxLineBytes = maxLineBytes }

  /// Takes the next piece of the stream and hands out the lines that end in it, without their newline; empty ones are left out.
  func feed(_ piece: [UInt8], _ body: (Span<UInt8>) -> Void) {
    let piece = piece.span
    var start = 0
    while let end = newline(in: piece, from: start) {
      finishLine(piece.extracting(start..<end), body)
      start = end + 1
    }
    keep(piece.extracting(start..<piece.count))
  }

  /// Ends the stream.
  ///
  /// - Returns: How many bytes of a line without an end were thrown away.
  func finish() -> Int {
    defer { partial = [] }
    return partial.count
  }

  private func finishLine(_ rest: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
    guard !isSkipping else {
      isSkipping = false
      return
    }
    guard partial.count + rest.count <= maxLineBytes else {
      skip()
      isSkipping = false
      return
    }
    if partial.isEmpty {
      if !rest.isEmpty { body(rest) }
    } else {
      append(rest, to: &partial)
      body(partial.span)
      partial.removeAll(keepingCapacity: partial.count <= 1 << 20)
    }
  }

  private func keep(_ rest: Span<UInt8>) {
    guard !isSkipping, !rest.isEmpty else { return }
    guard partial.count + rest.count <= maxLineBytes else { return skip() }
    append(rest, to: &partial)
  }

  private func skip() {
    skippedLines += 1
    partial = []
    isSkipping = true
  }
}
