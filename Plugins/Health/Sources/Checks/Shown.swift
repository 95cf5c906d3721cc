// SPDX-License-Identifier: Apache-2.0
// Values of others in our sentences: short, whatever they are.

extension String {
  /// Fit for a sentence: at most 80 characters, no control characters.
  var shown: String { shown(80) }

  /// Fit for a sentence, at most so many characters.
  func shown(_ limit: Int) -> String {
    var text = ""
    var count = 0
    for character in unicodeScalars {
      guard count < limit else { return text + "…" }
      text.unicodeScalars.append(character.value < 0x20 || character.value == 0x7F ? " " : character)
      count += 1
    }
    return text
  }

  /// At most so many bytes of UTF-8, cut between characters, with a note of what was left out.
  func clipped(_ limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: limit)
    while end > utf8.startIndex, utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
    return String(self[..<end]) + "\n… (\(utf8.count) bytes in all)"
  }
}

extension Double {
  /// With three digits that count: 0.0227, 12.3, 1230.
  var shown: String {
    guard isFinite, self != 0 else { return isFinite ? "0" : "not finite" }
    var size = magnitude
    var digits = 2
    while size >= 10, digits > -15 { (size, digits) = (size / 10, digits - 1) }
    while size < 1, digits < 15 { (size, digits) = (size * 10, digits + 1) }
    var scale = 1.0
    for _ in 0..<abs(digits) { scale *= 10 }
    let rounded = digits >= 0 ? (self * scale).rounded() / scale : (self / scale).rounded() * scale
    guard rounded.magnitude < 1e15, rounded == rounded.rounded() else { return "\(rounded)" }
    return "\(Int64(rounded))"
  }

  /// As a percentage without decimals: 46 %.
  var percent: String { isFinite && magnitude < 1e6 ? "\(Int((self * 100).rounded())) %" : "not a number" }
}

/// "1 layer", "2 layers".
func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }
