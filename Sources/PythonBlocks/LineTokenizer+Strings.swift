// SPDX-License-Identifier: Apache-2.0

extension LineTokenizer {
  /// Reads the text of a string without fields.
  ///
  /// - Returns: Whether it ended on this line.
  mutating func readString(_ text: Span<UInt8>, _ frame: Frame) -> Bool {
    let (quote, isTriple) = (frame.quote, frame.isTriple)
    while position < end {
      let byte = text[position]
      if byte == UInt8(ascii: "\\") {
        guard position + 1 < end else {
          position = end
          goesOn = true
          return false
        }
        position += 2
      } else if byte == quote, !isTriple || isTripleQuote(text, quote) {
        position += isTriple ? 3 : 1
        pop()
        return true
      } else if byte == 0 {
        fail(.nulByte)
        return false
      } else {
        position += 1
      }
    }
    if !isTriple { fail(.unfinishedString) }
    return false
  }

  /// Reads the text of a formatted string, or a format specification, up to a field or the end.
  ///
  /// - Returns: Whether there is more to read on this line.
  mutating func readFormatted(_ text: Span<UInt8>, _ frame: Frame) -> Bool {
    let (quote, isTriple, isSpecification) = (frame.quote, frame.isTriple, frame.isSpecification)
    while position < end {
      let byte = text[position]
      switch byte {
      case UInt8(ascii: "\\"):
        guard skipEscape(text, frame) else {
          goesOn = true
          return false
        }
      case UInt8(ascii: "{"):
        if !isSpecification, isNext(byte, text) {
          position += 2
        } else {
          position += 1
          push(.field)
          return true
        }
      case UInt8(ascii: "}"):
        position += 1
        if isSpecification {
          pop()
          pop()
          return true
        }
      case quote where !isTriple || isTripleQuote(text, quote):
        return endFormatted(isSpecification: isSpecification, length: isTriple ? 3 : 1)
      case 0:
        fail(.nulByte)
        return false
      default: position += 1
      }
    }
    if !isTriple { fail(.unfinishedString) }
    return false
  }

  private mutating func endFormatted(isSpecification: Bool, length: Int) -> Bool {
    if isSpecification {
      fail(.unfinishedString)
      return false
    }
    position += length
    lastMark = 0
    pop()
    return true
  }

  /// Goes past a backslash and what it escapes: never a brace, but for the one of `\N{…}`.
  ///
  /// - Returns: False when the backslash is the last of the line.
  private mutating func skipEscape(_ text: Span<UInt8>, _ frame: Frame) -> Bool {
    position += 1
    guard position < end else { return false }
    let escaped = text[position]
    if escaped == UInt8(ascii: "{") || escaped == UInt8(ascii: "}") { return true }
    position += 1
    if escaped == UInt8(ascii: "N"), !frame.isRaw, position < end, text[position] == UInt8(ascii: "{") {
      while position < end, text[position] != UInt8(ascii: "}"), text[position] != frame.quote { position += 1 }
      if position < end, text[position] == UInt8(ascii: "}") { position += 1 }
    }
    return true
  }

  private func isNext(_ byte: UInt8, _ text: Span<UInt8>) -> Bool { position + 1 < end && text[position + 1] == byte }

  private func isTripleQuote(_ text: Span<UInt8>, _ quote: UInt8) -> Bool {
    position + 2 < end && text[position + 1] == quote && text[position + 2] == quote
  }
}
