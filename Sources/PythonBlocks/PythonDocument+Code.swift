// SPDX-License-Identifier: Apache-2.0

extension PythonDocument {
  /// What a kernel is given for a block: its lines without the indentation they share.
  public func code(of block: Block) -> String { code(block.codeLines) }

  /// Some lines without the indentation of the least indented statement among them; the text of strings stays as it is.
  ///
  /// Lines are ended by `\n`, but not the last.
  public func code(_ lines: ClosedRange<Int>) -> String {
    guard lineCount > 0, lines.upperBound >= 0, lines.lowerBound < lineCount else { return "" }
    let present = lines.clamped(to: 0...lineCount - 1)
    let margin = self.margin(of: present)
    var code: [UInt8] = []
    code.reserveCapacity(starts[present.upperBound + 1] - starts[present.lowerBound])
    for line in present {
      let range = byteRange(ofLine: line)
      let (kept, spaces) = margin == 0 || isInsideText(line) ? (range.lowerBound, 0) : behind(margin, line)
      code.append(contentsOf: repeatElement(UInt8(ascii: " "), count: spaces))
      code.append(contentsOf: bytes[kept..<range.upperBound])
      if line < present.upperBound { code.append(UInt8(ascii: "\n")) }
    }
    // A blank last line ends what a backslash continued: it must not be lost.
    if code.last == UInt8(ascii: "\n") { code.append(UInt8(ascii: "\n")) }
    return String(decoding: withoutMark(code, first: present.lowerBound), as: UTF8.self)
  }

  /// The columns all statements of some lines have before them; of lines without a beginning, what their text has.
  private func margin(of lines: ClosedRange<Int>) -> Int {
    let starting = lines.filter { records[$0].role == .start }.map { Int(records[$0].column) }
    if let least = starting.min() { return least }
    return lines.filter { !isInsideText($0) && !isBlankText($0) }.map { indentation(of: byteRange(ofLine: $0)).column }.min() ?? 0
  }

  /// Where a line goes on behind its blanks, and how many columns remain when some are taken away.
  ///
  /// They are written as spaces: a tab reaches less far when fewer columns stand before it.
  private func behind(_ margin: Int, _ line: Int) -> (kept: Int, spaces: Int) {
    let (end, column) = indentation(of: byteRange(ofLine: line))
    // A line's own blanks say nothing behind a lone backslash.
    let isFixed = records[line].role == .start && tokenizer.states.frame(of: records[line].state).isBare
    return (end, max((isFixed ? Int(records[line].column) : column) - margin, 0))
  }

  private func indentation(of line: Range<Int>) -> (end: Int, column: Int) {
    var column = 0
    for index in line {
      switch bytes[index] {
      case UInt8(ascii: " "): column += 1
      case UInt8(ascii: "\t"): column = (column / 8 + 1) * 8
      case 0x0C: column = 0
      default: return (index, column)
      }
    }
    return (line.upperBound, column)
  }

  /// A byte order mark is no code.
  private func withoutMark(_ code: [UInt8], first: Int) -> [UInt8] {
    first == 0 && code.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(code.dropFirst(3)) : code
  }
}
