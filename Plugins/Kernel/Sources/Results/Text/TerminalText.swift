// SPDX-License-Identifier: Apache-2.0

/// What a program printed, as a terminal would show it: a terminal of 256 rows without a right edge, and all that scrolled out of it.
///
/// Fed piece by piece, in time linear in the length of what is fed. Lines that scrolled out can change no more: they are given out by
/// `takeSettled`. What is left is bounded, whatever is fed: 512 lines, of all together a quarter of a million columns and a line.
struct TerminalText: Sendable {
  /// How many rows a cursor can go up.
  static let rows = 256
  /// A line longer than this is settled, but for its end.
  static let mostColumns = 16_384
  /// How far right a cursor can be moved where there is no text: programs move it far to find out how wide a terminal is.
  static let farthest = 1_024
  /// All lines that can still change together.
  private static let mostCells = 262_144

  var lines: [TextLine] = [TextLine()]
  /// The cursor: an index of `lines`, or one past its end and more after the cursor was moved down.
  var row = 0
  var column = 0
  var style = TextStyle.plain
  var saved: (row: Int, column: Int, style: TextStyle) = (0, 0, .plain)
  var links = TextLinks()
  private var parser = EscapeParser()
  private var settled: [UInt8] = []
  /// Columns written since the last look at how many there are.
  private var written = 0

  /// The first row of the terminal; there is always a line for it.
  private(set) var top = 0

  /// Takes what was printed next: UTF-8, cut between characters.
  mutating func feed(_ text: Span<UInt8>) {
    var index = 0
    while index < text.count {
      let byte = text[index]
      if parser.isIdle, byte >= 0x20, byte < 0x7F {
        putPlain(text, &index)
      } else if byte < 0x80 {
        index += 1
        if parser.isIdle, byte == 0x0A { lineFeed() } else { take(Unicode.Scalar(byte)) }
      } else {
        let scalar = Self.decode(text, &index)
        if parser.isIdle, scalar.value >= 0xA0 { put(scalar, width: CharacterWidth.of(scalar)) } else { take(scalar) }
      }
    }
  }

  /// The same for a text.
  mutating func feed(_ text: String) { feed(Array(text.utf8).span) }

  /// Gives out what cannot change any more; the next call goes on behind it.
  mutating func takeSettled() -> [UInt8] {
    defer { settled.removeAll(keepingCapacity: settled.capacity < 1 << 20) }
    return settled
  }

  /// How much `takeSettled` would give.
  var settledBytes: Int { settled.count }

  /// What can still change, as text.
  var rest: [UInt8] {
    var text: [UInt8] = []
    for (index, line) in lines.enumerated() {
      if index > 0 { text.append(UInt8(ascii: "\n")) }
      line.write(to: &text, links: links)
    }
    return text
  }

  private mutating func take(_ scalar: Unicode.Scalar) {
    for action in parser.take(scalar) { perform(action) }
  }

  private static func decode(_ text: Span<UInt8>, _ index: inout Int) -> Unicode.Scalar {
    let first = text[index]
    let count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    var value = UInt32(first) & (0xFF >> UInt32(count + 1))
    for step in 1..<count {
      guard index + step < text.count, text[index + step] & 0xC0 == 0x80 else {
        index += step
        return "\u{FFFD}"
      }
      value = value << 6 | UInt32(text[index + step] & 0x3F)
    }
    index += count
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }
}

// MARK: - Writing

extension TerminalText {
  /// Puts a character at the cursor.
  mutating func put(_ scalar: Unicode.Scalar, width: Int) {
    reachRow()
    guard width > 0 else { return lines[row].join(scalar, before: column) }
    if column >= Self.mostColumns { breakLine() }
    let before = lines[row].cells.count
    lines[row].put(scalar, width: width, at: column, style: style)
    column += width
    written += lines[row].cells.count - before
  }

  /// Puts a stretch of plain characters, from `index` on; all at once where nothing stands yet.
  private mutating func putPlain(_ text: Span<UInt8>, _ index: inout Int) {
    reachRow()
    if column >= Self.mostColumns { breakLine() }
    guard lines[row].cells.count == column else {
      put(Unicode.Scalar(text[index]), width: 1)
      index += 1
      return
    }
    let count = lines[row].append(text, from: index, most: Self.mostColumns - column, style: style)
    column += count
    written += count
    index += count
  }

  /// Goes to the next row, and makes it when there is none.
  mutating func lineFeed() {
    row += 1
    column = 0
    reachRow()
    if lines.count >= 2 * Self.rows {
      settle(lines.count - Self.rows)
    } else if written > Self.mostCells / 4 {
      written = 0
      settleWide()
    }
  }

  /// Makes the lines up to the cursor's.
  mutating func reachRow() {
    while row >= lines.count { lines.append(TextLine()) }
    top = max(top, lines.count - Self.rows)
  }

  /// Gives out the first lines.
  private mutating func settle(_ count: Int) {
    for line in lines.prefix(count) {
      line.write(to: &settled, links: links)
      settled.append(UInt8(ascii: "\n"))
    }
    lines.removeFirst(count)
    row = max(0, row - count)
    top = max(0, top - count)
    saved.row = max(0, saved.row - count)
  }

  /// Gives out first lines while there are too many columns in all.
  private mutating func settleWide() {
    var cells = lines.reduce(0) { $0 + $1.cells.count }
    var count = 0
    while cells > Self.mostCells, count < row {
      cells -= lines[count].cells.count
      count += 1
    }
    if count > 0 { settle(count) }
  }

  /// Gives out a line that is too long, so far, and goes on at its end.
  private mutating func breakLine() {
    settle(row)
    lines[0].write(to: &settled, links: links)
    lines[0] = TextLine()
    column = 0
  }
}
