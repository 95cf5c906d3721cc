// SPDX-License-Identifier: Apache-2.0

extension Duration {
  /// Reads "500ms", "5s", "2m", "1h" or bare seconds; in milliseconds.
  static func parse(_ text: String) throws(UsageError) -> Int {
    let units = [("ms", 1.0), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)]
    let (suffix, scale) = units.first { text.hasSuffix($0.0) } ?? ("", 1_000)
    guard let number = Double(text.dropLast(suffix.count)), number > 0, number * scale < 1e12 else {
      throw UsageError("'\(text)' is not a time; write 500ms, 5s, 2m or 1h", subcommand: "call")
    }
    return Int((number * scale).rounded(.up))
  }
}
