// SPDX-License-Identifier: Apache-2.0

extension Duration {
  /// Reads "500ms", "5s", "2m", "1h" or bare seconds; in milliseconds, from 1 to what the host takes.
  static func parse(_ text: String) throws(UsageError) -> Int {
    let units = [("ms", 1.0), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)]
    let (suffix, scale) = units.first { text.hasSuffix($0.0) } ?? ("", 1_000)
    guard let number = Double(text.dropLast(suffix.count)), !number.isNaN else {
      throw UsageError("'\(text)' is not a time; write 500ms, 5s, 2m or 1h", subcommand: "call")
    }
    guard number > 0 else { throw UsageError("a time of '\(text)' is over at once; give one above 0, such as 5s", subcommand: "call") }
    guard number * scale <= Double(Int32.max) else {
      throw UsageError("a time of '\(text)' is too long; at most 596h, or leave it away to wait for ever", subcommand: "call")
    }
    return Int((number * scale).rounded(.up))
  }
}
