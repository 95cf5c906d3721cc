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
      let (kept, spaces) = margin == 0 || isInsideText(line) ? (range.lowerBound, 0) : behind(margin, range)
      code.append(contentsOf: repeatElement(UInt8(ascii: " "), count: spaces))
      code.append(contentsOf: bytes[kept..<range.upperBound])
      // A blank last line ends what a backslash continued: it must not be lost.
      if line < present.upperBound || (range.isEmpty && line > present.lowerBound) { code.append(UInt8(ascii: "\n")) }
    }
    return String(decoding: withoutMark(code, first: present.lowerBound), as: UTF8.self)
  }

  /// The columns all statements of some lines have before them; of lines without a beginning, what their text has.
  private func margin(of lines: ClosedRange<Int>) -> Int {
    let starting = lines.filter { records[$0].role == .start }.map { Int(records[$0].column) }
    if let least = starting.min() { return least }
    return lines.filter { !isInsideText($0) && !isBlankText($0) }.map { column(behind: byteRange(ofLine: $0)) }.min() ?? 0
  }

  private func column(behind line: Range<Int>) -> Int {
    var column = 0
    for index in line {
      switch bytes[index] {
      case UInt8(ascii: " "): column += 1
      case UInt8(ascii: "\t"): column = (column / 8 + 1) * 8
      case 0x0C: column = 0
      default: return column
      }
    }
    return column
  }

  /// Where a line goes on when some columns are taken away, and how many spaces a tab leaves that reached further.
  private func behind(_ margin: Int, _ line: Range<Int>) -> (kept: Int, spaces: Int) {
    var (at, column) = (line.lowerBound, 0)
    while at < line.upperBound, column < margin {
      switch bytes[at] {
      case UInt8(ascii: " "): column += 1
      case UInt8(ascii: "\t"): column = (column / 8 + 1) * 8
      case 0x0C: column = 0
      default: return (at, 0)
      }
      at += 1
    }
    return (at, max(column - margin, 0))
  }

  /// A byte order mark is no code.
  private func withoutMark(_ code: [UInt8], first: Int) -> [UInt8] {
    first == 0 && code.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(code.dropFirst(3)) : code
  }
}
