// SPDX-License-Identifier: Apache-2.0

/// Finds the number that a value's text shows.
enum WatchNumber {
  /// `3`, `-0.5e-3`, `np.float64(1.5)`, `tensor(0.25, grad_fn=<…>)`, `array(7)`; nil for all that is no single finite number.
  static func of(_ text: String) -> Double? {
    guard text.utf8.count <= 4_096 else { return nil }
    let text = trimmed(text[...])
    if let number = plain(text) { return number }
    guard text.last == ")", let open = text.firstIndex(of: "("),
      text[..<open].allSatisfy({ $0.isLetter || $0.isNumber || "._".contains($0) })
    else { return nil }
    let inside = text[text.index(after: open)...].dropLast()
    let parts = inside.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first else { return nil }
    // Two values are no number; named arguments after the first are no values.
    if parts.count == 2, !parts[1].contains("=") { return nil }
    return plain(trimmed(first))
  }

  private static func plain(_ text: Substring) -> Double? {
    let digits = text.filter { $0 != "_" }
    guard let first = digits.utf8.first(where: { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }),
      UInt8(ascii: "0")...UInt8(ascii: "9") ~= first || first == UInt8(ascii: "."), !digits.contains("x")
    else { return nil }
    guard let number = Double(digits.last == "." ? digits + "0" : digits), number.isFinite else { return nil }
    return number
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
