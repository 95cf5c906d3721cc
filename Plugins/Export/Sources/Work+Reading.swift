// SPDX-License-Identifier: Apache-2.0

internal import Crypto

extension Work {
  /// Reads something to its end, asking at each piece whether anybody still wants it.
  ///
  /// - Parameters:
  ///   - source: Puts more at the beginning of a buffer and tells how much; 0 at the end.
  ///   - piece: Takes each piece: a buffer, how much of it counts, and how much there was so far; false to have no more.
  /// - Returns: The size and the hash of all of it; nil when `piece` had enough.
  func read(
    _ source: (inout [UInt8]) throws -> Int, _ piece: (_ buffer: [UInt8], _ count: Int, _ soFar: Int64) throws -> Bool
  ) throws -> (bytes: Int64, sha256: String)? {
    let hash = try SHA256()
    var buffer = [UInt8](repeating: 0, count: Self.chunk)
    var bytes: Int64 = 0
    while true {
      try check()
      let count = try source(&buffer)
      if count == 0 { return (bytes, try hash.finish().description) }
      bytes += Int64(count)
      try hash.update(buffer, count: count)
      guard try piece(buffer, count, bytes) else { return nil }
    }
  }
}
