// SPDX-License-Identifier: Apache-2.0

/// A Python text that knows its lines, and reads again only what an edit changes.
///
/// Line ends (`\n`, `\r\n`, `\r`) count as one newline and are kept as `\n`. Text need not be right, nor UTF-8: bytes above 127 count as letters.
public struct PythonDocument: Sendable {
  /// The text; each line ends in `\n`, also the last.
  private(set) var bytes: [UInt8]
  /// Where each line begins, and at the end the length of the text.
  private(set) var starts: [Int] = [0]
  private(set) var records: [LineRecord] = []
  /// The state after the last line.
  private(set) var finalState = StateTable.empty
  private(set) var tokenizer = LineTokenizer()

  /// Reads a text.
  public init(_ text: String) { self.init(utf8: Array(text.utf8)) }

  /// Reads a text from its bytes.
  public init(utf8 text: [UInt8]) {
    bytes = Self.normalized(text)
    records.reserveCapacity(bytes.count / 32)
    starts.reserveCapacity(bytes.count / 32)
    findLines()
    readAll()
  }

  /// A newline at the end of the text begins no line.
  public var lineCount: Int { records.count }
  /// Bytes read by the tokenizer since the beginning: what the first pass and all edits cost.
  public var bytesRead: Int { tokenizer.bytesRead }
  /// The text with every line ended by `\n`.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The bytes of a line without its newline.
  func byteRange(ofLine line: Int) -> Range<Int> { starts[line]..<starts[line + 1] - 1 }

  /// Whether the beginning of a line is inside the text of a string.
  func isInsideText(_ line: Int) -> Bool { tokenizer.states.isInsideText(records[line].state) }

  // MARK: - Edits

  /// Replaces whole lines by the lines of a text; an empty text removes them. Lines past the end are left out of the range.
  ///
  /// - Returns: How many lines were read again.
  @discardableResult
  public mutating func replaceLines(_ lines: Range<Int>, with text: String) -> Int {
    let lines = lines.clamped(to: 0..<lineCount)
    let first = lines.lowerBound
    let inserted = Self.normalized(Array(text.utf8))
    let begin = starts[first]
    bytes.replaceSubrange(begin..<starts[lines.upperBound], with: inserted)
    let newStarts = Self.lineEnds(in: inserted).map { begin + $0 }
    let shift = inserted.count - (starts[lines.upperBound] - begin)
    starts.replaceSubrange(first + 1..<lines.upperBound + 1, with: newStarts)
    if shift != 0 {
      for index in first + 1 + newStarts.count..<starts.count { starts[index] += shift }
    }
    let state = first < records.count ? records[first].state : finalState
    records.replaceSubrange(lines, with: repeatElement(LineRecord(), count: newStarts.count))
    guard tokenizer.states.count <= 4096 + 4 * bytes.count else {
      readAll()
      return lineCount
    }
    // Only the first line knows a byte order mark: one that became the first, or was it, is read again.
    return read(from: first, state: state, atLeast: first + newStarts.count + (first == 0 ? 1 : 0))
  }

  // MARK: - Reading

  private mutating func findLines() {
    starts.append(contentsOf: Self.lineEnds(in: bytes))
    records = Array(repeating: LineRecord(), count: starts.count - 1)
  }

  private mutating func readAll() {
    tokenizer.reset()
    _ = read(from: 0, state: StateTable.empty, atLeast: records.count)
  }

  /// Reads lines until one that is known begins in the state it began in before.
  private mutating func read(from first: Int, state: Int32, atLeast: Int) -> Int {
    var state = state
    var line = first
    let unchanged = bytes
    let text = unchanged.span
    while line < records.count {
      if line >= atLeast, records[line].state == state { return line - first }
      (records[line], state) = tokenizer.read(text, starts[line]..<starts[line + 1] - 1, state: state)
      line += 1
    }
    finalState = state
    return line - first
  }

  // MARK: - Line ends

  private static func normalized(_ text: [UInt8]) -> [UInt8] {
    var text = text
    if text.contains(UInt8(ascii: "\r")) { text = unified(text) }
    if let last = text.last, last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
    return text
  }

  private static func unified(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    for (index, byte) in text.enumerated() {
      if byte == UInt8(ascii: "\r") {
        result.append(UInt8(ascii: "\n"))
      } else if byte != UInt8(ascii: "\n") || index == 0 || text[index - 1] != UInt8(ascii: "\r") {
        result.append(byte)
      }
    }
    return result
  }

  private static func lineEnds(in text: [UInt8]) -> [Int] {
    let bytes = text.span
    var ends: [Int] = []
    ends.reserveCapacity(text.count / 32 + 1)
    for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") { ends.append(index + 1) }
    return ends
  }
}
