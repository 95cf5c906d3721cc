// SPDX-License-Identifier: Apache-2.0

/// Tells what is text and what is a command to a terminal: ECMA-48 controls, as xterm reads them.
///
/// Keeps at most a few kilobytes, and swallows at most so much of what never ends.
struct EscapeParser: Sendable {
  enum Action: Sendable, Hashable {
    case show(Unicode.Scalar)
    /// A control character.
    case control(UInt8)
    /// ESC and a letter.
    case escape(UInt8)
    /// CSI: parameters, whether a private sign or an intermediate character stood there, the final letter.
    case sequence([[Int]], isPrivate: Bool, UInt8)
    /// OSC: its text.
    case command(String)
  }

  private enum State: Sendable {
    case ground, escape, intermediate, sequence
    case command, commandEscape
    /// DCS, APC, PM, SOS: swallowed.
    case string(Int), stringEscape(Int)
  }

  private static let mostParameters = 64
  private static let longestCommand = 8_192
  private static let longestString = 4 << 20

  private var state = State.ground
  private var parameters: [[Int]] = []
  private var isPrivate = false
  private var text = String.UnicodeScalarView()
  private var textBytes = 0

  /// Whether the next character is text or begins something.
  var isIdle: Bool {
    if case .ground = state { true } else { false }
  }

  /// Takes the next character.
  mutating func take(_ scalar: Unicode.Scalar) -> [Action] {
    switch state {
    case .ground: return ground(scalar)
    case .escape: return escape(scalar)
    case .intermediate:
      state = .ground
      return scalar.value < 0x20 ? ground(scalar) : []
    case .sequence: return sequence(scalar)
    case .command: return command(scalar)
    case .commandEscape: return endOfString(scalar) ?? [.command(String(text))]
    case .string(let count): return string(scalar, count)
    case .stringEscape: return endOfString(scalar) ?? []
    }
  }

  private mutating func ground(_ scalar: Unicode.Scalar) -> [Action] {
    switch scalar.value {
    case 0x1B: state = .escape
    case 0..<0x20: return [.control(UInt8(scalar.value))]
    case 0x7F: break
    case 0x80...0x9F: return escape(Unicode.Scalar(UInt8(scalar.value - 0x40)))
    default: return [.show(scalar)]
    }
    return []
  }

  private mutating func escape(_ scalar: Unicode.Scalar) -> [Action] {
    state = .ground
    switch scalar {
    case "[":
      state = .sequence
      parameters = [[0]]
      isPrivate = false
    case "]":
      state = .command
      text = String.UnicodeScalarView()
      textBytes = 0
    case "P", "X", "^", "_": state = .string(0)
    case " "..."/": state = .intermediate
    case "\u{1B}": state = .escape
    case "0"..."~": return [.escape(UInt8(scalar.value))]
    default: return ground(scalar)
    }
    return []
  }

  private mutating func sequence(_ scalar: Unicode.Scalar) -> [Action] {
    switch scalar {
    case "0"..."9": addDigit(Int(scalar.value - 48))
    case ";": if parameters.count < Self.mostParameters { parameters.append([0]) }
    case ":": if parameters[parameters.count - 1].count < 8 { parameters[parameters.count - 1].append(0) }
    case " "..."/", "<"..."?": isPrivate = true
    case "@"..."~":
      state = .ground
      return [.sequence(parameters, isPrivate: isPrivate, UInt8(scalar.value))]
    case "\u{18}", "\u{1A}": state = .ground
    case "\u{1B}": state = .escape
    case "\0"..."\u{1F}": return [.control(UInt8(scalar.value))]  // carried out in the middle, as terminals do
    case "\u{7F}": break
    default:
      state = .ground
      return ground(scalar)
    }
    return []
  }

  private mutating func addDigit(_ digit: Int) {
    let last = parameters.count - 1
    let part = parameters[last].count - 1
    parameters[last][part] = min(parameters[last][part] * 10 + digit, 99_999)
  }

  /// A command ends with BEL or ESC \. A line break ends one too, and so does its length: what was never ended must not swallow all.
  private mutating func command(_ scalar: Unicode.Scalar) -> [Action] {
    switch scalar {
    case "\u{07}", "\u{9C}":
      state = .ground
      return [.command(String(text))]
    case "\u{1B}":
      state = .commandEscape
      return []
    case "\u{18}", "\u{1A}", "\n", "\r":
      state = .ground
      return scalar == "\n" || scalar == "\r" ? ground(scalar) : []
    default:
      text.append(scalar)
      textBytes += 1
      guard textBytes >= Self.longestCommand else { return [] }
      state = .ground
      return text.filter { $0.value >= 0x20 }.map { .show($0) }
    }
  }

  private mutating func string(_ scalar: Unicode.Scalar, _ count: Int) -> [Action] {
    switch scalar {
    case "\u{1B}": state = .stringEscape(count)
    case "\u{18}", "\u{1A}", "\u{9C}": state = .ground
    default: state = count < Self.longestString ? .string(count + 1) : .ground
    }
    return []
  }

  /// Behind an ESC in a string: nil when it was the end; else what the ESC begins.
  private mutating func endOfString(_ scalar: Unicode.Scalar) -> [Action]? {
    if scalar == "\\" {
      state = .ground
      return nil
    }
    return escape(scalar)
  }
}
