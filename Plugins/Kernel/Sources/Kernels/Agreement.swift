// SPDX-License-Identifier: Apache-2.0

extension [UInt8] {
  /// How many bytes from a place on are those that others have in the same places.
  func agreement(with other: [UInt8], from start: Int) -> Int {
    let (mine, theirs, end) = (span, other.span, Swift.min(count, other.count))
    var at = start
    while at < end, mine[at] == theirs[at] { at += 1 }
    return Swift.max(0, at - start)
  }

  /// Where, from a place on, so many bytes agree again; the end, when they nowhere do.
  func nextAgreement(with other: [UInt8], from start: Int, least: Int) -> Int {
    let (mine, theirs, end) = (span, other.span, Swift.min(count, other.count))
    var (at, equal) = (start, 0)
    while at < end {
      equal = mine[at] == theirs[at] ? equal + 1 : 0
      at += 1
      if equal == least { return at - least }
    }
    return count
  }
}
