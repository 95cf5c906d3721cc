// SPDX-License-Identifier: Apache-2.0

/// How a character of a terminal looks: what "select graphic rendition" and links have set.
struct TextStyle: Sendable, Hashable {
  /// 0: the terminal's own; 1 << 24 and a palette's number; 2 << 24 and red, green, blue.
  typealias Color = UInt32

  static let plain = TextStyle()

  private(set) var foreground: Color = 0
  private(set) var background: Color = 0
  private var flags: UInt16 = 0
  /// 0: none; else the place in the text's table of links, from 1.
  var link: UInt16 = 0

  /// The switches, each with its number to turn it on, in the order they are written.
  private static let switches: [Int] = [1, 2, 3, 4, 5, 7, 8, 9, 21, 53]

  /// Takes the numbers of one escape, as "1;38;5;208" or "38:2::255:0:0" came.
  mutating func apply(_ parameters: [[Int]]) {
    var index = 0
    while index < parameters.count {
      let group = parameters[index]
      index += 1
      switch group.first ?? 0 {
      case 38: foreground = color(group, parameters, &index) ?? foreground
      case 48: background = color(group, parameters, &index) ?? background
      case 58: _ = color(group, parameters, &index)
      case 4 where group.count > 1: set(4, group[1] != 0)
      case let number: apply(number)
      }
    }
  }

  private mutating func apply(_ number: Int) {
    switch number {
    case 0: self = TextStyle(link: link)
    case 1...5, 7...9, 21, 53: set(number, true)
    case 6: set(5, true)
    case 22:
      set(1, false)
      set(2, false)
    case 24:
      set(4, false)
      set(21, false)
    case 23, 25, 27...29: set(number - 20, false)
    case 55: set(53, false)
    case 30...37: foreground = palette(number - 30)
    case 39: foreground = 0
    case 40...47: background = palette(number - 40)
    case 49: background = 0
    case 90...97: foreground = palette(number - 82)
    case 100...107: background = palette(number - 92)
    default: break
    }
  }

  private init(link: UInt16 = 0) { self.link = link }

  private mutating func set(_ number: Int, _ isOn: Bool) {
    guard let place = Self.switches.firstIndex(of: number) else { return }
    if isOn { flags |= 1 << UInt16(place) } else { flags &= ~(1 << UInt16(place)) }
  }

  private func palette(_ number: Int) -> Color { 1 << 24 | Color(number) }

  /// Reads "5;N" or "2;R;G;B", behind colons in the same group or in the groups that follow.
  private func color(_ group: [Int], _ parameters: [[Int]], _ index: inout Int) -> Color? {
    if group.count > 1 {
      // With colons a colour space may stand before the three.
      return color(kind: group[1], group.count > 5 ? Array(group.dropFirst(3)) : Array(group.dropFirst(2)))
    }
    guard index < parameters.count else { return nil }
    let kind = parameters[index].first ?? 0
    let count = kind == 5 ? 1 : kind == 2 ? 3 : 0
    let numbers = parameters[(index + 1)...].prefix(count).map { $0.first ?? 0 }
    index = min(index + 1 + count, parameters.count)
    return color(kind: kind, numbers)
  }

  private func color(kind: Int, _ numbers: [Int]) -> Color? {
    guard numbers.allSatisfy({ 0...255 ~= $0 }) else { return nil }
    switch (kind, numbers.count) {
    case (5, 1...): return palette(numbers[0])
    case (2, 3...): return 2 << 24 | Color(numbers[0]) << 16 | Color(numbers[1]) << 8 | Color(numbers[2])
    default: return nil
    }
  }
}

// MARK: - Writing

extension TextStyle {
  /// The escape that turns a terminal from `other` to this, links aside; empty when there is nothing to turn.
  func escape(after other: TextStyle) -> String {
    var mine = self
    var before = other
    mine.link = 0
    before.link = 0
    guard mine != before else { return "" }
    guard mine != .plain else { return "\u{1B}[0m" }
    var numbers = before == .plain ? [] : ["0"]
    for (place, number) in Self.switches.enumerated() where flags & (1 << UInt16(place)) != 0 { numbers.append("\(number)") }
    numbers += Self.numbers(foreground, 30) + Self.numbers(background, 40)
    return "\u{1B}[\(numbers.joined(separator: ";"))m"
  }

  private static func numbers(_ color: Color, _ base: Int) -> [String] {
    let value = Int(color & 0xFF_FFFF)
    switch color >> 24 {
    case 1 where value < 8: return ["\(base + value)"]
    case 1 where value < 16: return ["\(base + 52 + value)"]
    case 1: return ["\(base + 8)", "5", "\(value)"]
    case 2: return ["\(base + 8)", "2", "\(value >> 16)", "\(value >> 8 & 255)", "\(value & 255)"]
    default: return []
    }
  }
}
