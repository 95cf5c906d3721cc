// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Cuts one connection's bytes into lines, however they arrive.
struct LineFramer {
  /// Lines skipped because they were over the limit.
  private(set) var longLines = 0
  private let limit: Int
  private var rest: [UInt8] = []
  private var isSkipping = false

  /// - Parameter limit: In bytes; a longer line is skipped to its end.
  init(limit: Int) { self.limit = limit }

  /// Whether bytes wait for the end of their line.
  var isTorn: Bool { !rest.isEmpty || isSkipping }

  /// Takes bytes and calls `line` for each line they complete, without its end and without empty ones.
  mutating func add(_ bytes: Span<UInt8>, _ line: (Span<UInt8>) -> Void) {
    var start = 0
    while let end = bytes.index(ofNewlineFrom: start) {
      let piece = bytes.extracting(start..<end)
      start = end + 1
      finish(piece, line)
    }
    keep(bytes.extracting(start..<bytes.count))
  }

  private mutating func finish(_ piece: Span<UInt8>, _ line: (Span<UInt8>) -> Void) {
    if isSkipping {
      isSkipping = false
      return
    }
    guard rest.count + piece.count <= limit else {
      longLines += 1
      rest = []
      return
    }
    if rest.isEmpty {
      emit(piece, line)
    } else {
      rest.append(copying: piece)
      emit(rest.span, line)
      // A rare huge line should not keep its memory.
      rest.removeAll(keepingCapacity: rest.capacity <= 1 << 20)
    }
  }

  private func emit(_ text: Span<UInt8>, _ line: (Span<UInt8>) -> Void) {
    let count = text.count > 0 && text[text.count - 1] == UInt8(ascii: "\r") ? text.count - 1 : text.count
    if count > 0 { line(text.extracting(first: count)) }
  }

  private mutating func keep(_ piece: Span<UInt8>) {
    guard !isSkipping, piece.count > 0 else { return }
    guard rest.count + piece.count <= limit else {
      longLines += 1
      rest = []
      isSkipping = true
      return
    }
    rest.append(copying: piece)
  }
}

extension Span<UInt8> {
  /// Where the next line ends.
  fileprivate func index(ofNewlineFrom start: Int) -> Int? {
    unsafe withUnsafeBytes { bytes in
      guard start < bytes.count, let base = bytes.baseAddress,
        let found = unsafe memchr(base + start, 0x0a, bytes.count - start)
      else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
  }
}

extension [UInt8] {
  /// Appends lent bytes.
  mutating func append(copying bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
