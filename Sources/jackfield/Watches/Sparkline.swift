// SPDX-License-Identifier: Apache-2.0

/// Numbers as a row of blocks, each scaled between the least and the greatest of them.
enum Sparkline {
  private static let blocks = Array("▁▂▃▄▅▆▇█")

  /// - Parameters:
  ///   - values: The oldest first; what is no finite number is a gap.
  ///   - width: At most so many, the latest.
  static func text(_ values: [Double?], width: Int) -> String {
    let shown = values.suffix(max(0, width))
    let known = shown.compactMap(\.self).filter(\.isFinite)
    guard let least = known.min(), let greatest = known.max() else { return "" }
    return String(
      shown.map { value -> Character in
        guard let value, value.isFinite else { return " " }
        // Halves, so that the span of two huge numbers is a number, too.
        let span = greatest / 2 - least / 2
        guard span > 0 else { return blocks[3] }
        return blocks[min(blocks.count - 1, Int((value / 2 - least / 2) / span * Double(blocks.count)))]
      })
  }
}
