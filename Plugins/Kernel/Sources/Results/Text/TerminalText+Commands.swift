// SPDX-License-Identifier: Apache-2.0

extension TerminalText {
  /// Does what a program asked of the terminal. What has no meaning for text that is kept is passed over.
  mutating func perform(_ action: EscapeParser.Action) {
    switch action {
    case .show(let scalar): put(scalar, width: CharacterWidth.of(scalar))
    case .control(let byte): control(byte)
    case .escape(let letter): escape(letter)
    case .sequence(let parameters, let isPrivate, let letter):
      if !isPrivate { sequence(parameters, letter) }
    case .command(let text): link(text)
    }
  }

  private mutating func control(_ byte: UInt8) {
    switch byte {
    case 0x08: column = max(0, column - 1)
    case 0x09: column = min((column / 8 + 1) * 8, Self.mostColumns)
    case 0x0A, 0x0B, 0x0C: lineFeed()
    case 0x0D: column = 0
    default: break
    }
  }

  private mutating func escape(_ letter: UInt8) {
    switch letter {
    case UInt8(ascii: "7"): saved = (row, column, style)
    case UInt8(ascii: "8"): restore()
    case UInt8(ascii: "D"):
      let column = column
      lineFeed()
      self.column = column
    case UInt8(ascii: "E"): lineFeed()
    case UInt8(ascii: "M"): reverseLineFeed()
    case UInt8(ascii: "c"):
      lines.removeSubrange(top...)
      lines.append(TextLine())
      (row, column, style) = (top, 0, .plain)
    default: break
    }
  }

  private mutating func reverseLineFeed() {
    guard row <= top else { return row -= 1 }
    let column = column
    insertLines(1)
    self.column = column
  }

  private mutating func restore() {
    row = max(saved.row, top)
    column = saved.column
    style = saved.style
  }

  private mutating func sequence(_ parameters: [[Int]], _ letter: UInt8) {
    let first = parameters[0][0]
    let count = max(1, first)
    switch UnicodeScalar(letter) {
    case "A": row = max(top, row - count)
    case "B", "e": row = min(bottom, row + count)
    case "C", "a": moveTo(column + count)
    case "D": column = max(0, column - count)
    case "E": (row, column) = (min(bottom, row + count), 0)
    case "F": (row, column) = (max(top, row - count), 0)
    case "G", "`": moveTo(count - 1)
    case "d": row = min(bottom, top + count - 1)
    case "H", "f":
      row = min(bottom, top + count - 1)
      moveTo(max(1, parameters.count > 1 ? parameters[1][0] : 1) - 1)
    case "m": style.apply(parameters)
    case "s": saved = (row, column, style)
    case "u": restore()
    default: edit(first, count, letter)
    }
  }

  private mutating func moveTo(_ wanted: Int) {
    let width = row < lines.count ? lines[row].cells.count : 0
    column = min(wanted, max(Self.farthest, width, column))
  }

  /// The last row that a cursor can be moved to.
  private var bottom: Int { top + Self.rows - 1 }

  private mutating func edit(_ first: Int, _ count: Int, _ letter: UInt8) {
    guard row < lines.count || letter == UInt8(ascii: "J") else { return }
    switch UnicodeScalar(letter) {
    case "J": eraseDisplay(first)
    case "K": eraseLine(first)
    case "P": lines[row].remove(count, at: column)
    case "@": lines[row].insert(min(count, max(0, Self.farthest - lines[row].cells.count)), at: column)
    case "X": lines[row].erase(column..<column + count)
    case "L": insertLines(count)
    case "M":
      let end = min(lines.count, row + count)
      lines.removeSubrange(row..<end)
      if lines.count <= top { lines.append(TextLine()) }
      column = 0
    default: break
    }
  }

  private mutating func insertLines(_ count: Int) {
    // What is pushed over the lower edge is gone, as on a terminal.
    let edge = top + Self.rows
    let count = min(count, edge - row)
    lines.insert(contentsOf: repeatElement(TextLine(), count: count), at: row)
    if lines.count > edge { lines.removeSubrange(edge...) }
    column = 0
  }

  private mutating func eraseLine(_ which: Int) {
    switch which {
    case 0: lines[row].erase(column..<Int.max)
    case 1: lines[row].erase(0..<column + 1)
    case 2: lines[row].erase(0..<Int.max)
    default: break
    }
  }

  private mutating func eraseDisplay(_ which: Int) {
    switch which {
    case 0:
      guard row < lines.count else { return }
      eraseLine(0)
      lines.removeSubrange((row + 1)...)
    case 1:
      let row = min(row, lines.count)
      for index in top..<row { lines[index] = TextLine() }
      if row < lines.count { eraseLine(1) }
    case 2, 3:
      lines.removeSubrange((top + 1)...)
      lines[top] = TextLine()
    default: break
    }
  }

  /// OSC 8: `8;parameters;address`, an empty address ends the link.
  private mutating func link(_ text: String) {
    let parts = text.split(separator: ";", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "8" else { return }
    let address = String(String.UnicodeScalarView(parts[2].unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F ~= $0.value) }))
    let (lines, link) = (lines, style.link)
    style.link = links.number(of: address) {
      var used: Set<UInt16> = [link]
      for line in lines { for cell in line.cells { used.insert(cell.style.link) } }
      return used
    }
  }
}
