// SPDX-License-Identifier: Apache-2.0

/// What is open at the end of some lines, and where it was opened.
struct OpenPlace {
  let line: Int
  let reason: String

  /// Reads the logical line again that ends at a line; nil when nothing is open there.
  init?(_ document: PythonDocument, _ lines: ClosedRange<Int>, _ end: Int) {
    var first = end
    while first > lines.lowerBound, document.records[first].role == .inner { first -= 1 }
    var tokenizer = LineTokenizer()
    var (state, opened) = (StateTable.empty, [Int]())
    let text = document.bytes.span
    for line in first...end {
      state = tokenizer.read(text, document.byteRange(ofLine: line), state: state).next
      opened.removeLast(opened.count - min(tokenizer.kept, opened.count))
      while opened.count < tokenizer.states.depth(of: state) { opened.append(line) }
    }
    guard let last = opened.last else { return nil }
    let frame = tokenizer.states.frame(of: state)
    line = last
    switch frame {
    case .continued, .continuedAfterColon, .magic: reason = "the line ends in a backslash, and no line follows"
    default: reason = "\(frame.shown) is never closed"
    }
  }
}
