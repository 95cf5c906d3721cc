// SPDX-License-Identifier: Apache-2.0

/// Lets the output of code through to a person, so that no escape of it is obeyed but colours; keeps its place between pieces.
///
/// On a terminal also lone control characters and what changes the direction of writing become "?"; a file or a pipe gets those as they
/// came, since nothing there obeys them.
struct TerminalFilter {
  private enum Place {
    case text
    /// Behind ESC.
    case escape
    /// In a control sequence, behind ESC [, with what was there so far.
    case control([UInt8])
    /// In a control string, as of a title, until its end or that of the line.
    case string
    /// Behind an ESC in a control string.
    case stringEscape
  }

  let isTerminal: Bool
  private var place = Place.text
  /// Whether colours are set that a reset has to follow.
  private(set) var isColoured = false
  /// Longer ones mean nothing to a terminal.
  private static let mostParameters = 64

  init(isTerminal: Bool) { self.isTerminal = isTerminal }

  /// - Parameter text: The next piece; an escape may begin in one and end in another.
  mutating func pass(_ text: String) -> String {
    if case .text = place, isPlain(text) { return text }
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { take(scalar, &shown) }
    return String(shown)
  }

  /// What ends the colours that are set, so that what follows is not coloured by them.
  mutating func reset() -> String {
    defer { isColoured = false }
    return isColoured ? "\u{1B}[0m" : ""
  }

  /// Whether nothing in it needs a look; the most of all output.
  private func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { byte in
      switch byte {
      case 0x20..<0x7F, 0x09, 0x0A, 0x0D: true
      // Only what follows these two may be a control character or change the direction of writing.
      case 0x80...: byte != 0xC2 && byte != 0xE2
      default: false
      }
    }
  }

  private mutating func take(_ scalar: Unicode.Scalar, _ shown: inout String.UnicodeScalarView) {
    switch place {
    case .text: takeText(scalar, &shown)
    case .escape: takeEscape(scalar, &shown)
    case .control(let parameters): takeControl(scalar, parameters, &shown)
    case .string: takeString(scalar, &shown)
    case .stringEscape:
      place = scalar == "\\" ? .text : .escape
      if scalar != "\\" { takeEscape(scalar, &shown) }
    }
  }

  private mutating func takeText(_ scalar: Unicode.Scalar, _ shown: inout String.UnicodeScalarView) {
    switch scalar.value {
    case 0x1B: place = .escape
    case 0x9B: place = .control([])
    case 0x90, 0x98, 0x9D...0x9F: place = .string
    case 0x09, 0x0A, 0x0D: shown.append(scalar)
    // A backspace is how old programs draw progress; it reaches nothing but its own line.
    case 0x08: shown.append(scalar)
    case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: shown.append(isTerminal ? "?" : scalar)
    default: shown.append(scalar)
    }
  }

  private mutating func takeEscape(_ scalar: Unicode.Scalar, _ shown: inout String.UnicodeScalarView) {
    switch scalar.value {
    case 0x5B: place = .control([])
    case 0x50, 0x58, 0x5D...0x5F: place = .string
    case 0x1B, 0x20...0x2F: break  // more of the same sequence
    case 0x30...0x7E: place = .text
    default:
      place = .text
      takeText(scalar, &shown)
    }
  }

  private mutating func takeControl(_ scalar: Unicode.Scalar, _ parameters: [UInt8], _ shown: inout String.UnicodeScalarView) {
    switch scalar.value {
    case 0x20...0x3F where parameters.count < Self.mostParameters: place = .control(parameters + [UInt8(scalar.value)])
    case 0x20...0x3F: break
    case 0x6D:
      place = .text
      if isTerminal, parameters.count < Self.mostParameters, parameters.allSatisfy(Self.isColour) { colour(parameters, &shown) }
    case 0x40...0x7E: place = .text
    default:
      place = .text
      takeText(scalar, &shown)
    }
  }

  /// Digits, ";" and ":".
  private static func isColour(_ byte: UInt8) -> Bool { (0x30...0x3B).contains(byte) }

  private mutating func colour(_ parameters: [UInt8], _ shown: inout String.UnicodeScalarView) {
    isColoured = !(parameters.isEmpty || parameters == [0x30])
    shown += "\u{1B}[\(String(decoding: parameters, as: UTF8.self))m".unicodeScalars
  }

  private mutating func takeString(_ scalar: Unicode.Scalar, _ shown: inout String.UnicodeScalarView) {
    switch scalar.value {
    case 0x1B: place = .stringEscape
    case 0x07, 0x9C: place = .text
    // One that is never ended must not swallow all that follows.
    case 0x0A:
      place = .text
      shown.append(scalar)
    default: break
    }
  }
}
