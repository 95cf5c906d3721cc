// SPDX-License-Identifier: Apache-2.0

/// The hash table over the symbols that a library defines (DT_GNU_HASH): four numbers, a Bloom filter, buckets, chains.
struct ELFGNUHash {
  /// How many symbols the library has at least: all that are defined lie below.
  let count: Int
  private let firstSymbol: Int
  private let buckets: [UInt8]
  private let chains: [UInt8]

  /// - Throws: `ELFFault.damaged` when the table does not lie in the file.
  init(_ image: ELFImage, at address: UInt64) throws(ELFFault) {
    let fault = ELFFault.damaged("its hash table lies outside of the file")
    guard let place = image.place(of: address), let head = image.bytes(at: address, count: 16), let bucketCount = head.uint32(at: 0),
      let firstSymbol = head.uint32(at: 4), let filterCount = head.uint32(at: 8)
    else { throw fault }
    let bucketsOffset = 16 + 8 * Int(filterCount)
    let chainsOffset = bucketsOffset + 4 * Int(bucketCount)
    guard chainsOffset <= place.available, let buckets = image.file.bytes(at: place.offset + bucketsOffset, count: 4 * Int(bucketCount))
    else { throw fault }
    self.buckets = buckets
    self.firstSymbol = Int(firstSymbol)
    // The end of the last chain is only found by walking it: take what can be there at most, then cut.
    let rest = min(place.available - chainsOffset, 4 * ELFSymbols.maximumCount)
    guard let last = Self.lastBucket(buckets), last >= self.firstSymbol else {
      count = self.firstSymbol
      chains = []
      return
    }
    guard let end = Self.end(of: last - self.firstSymbol, image.file, place.offset + chainsOffset, rest),
      let chains = image.file.bytes(at: place.offset + chainsOffset, count: 4 * end)
    else { throw fault }
    self.chains = chains
    count = self.firstSymbol + end
  }

  private static func lastBucket(_ buckets: [UInt8]) -> Int? {
    var last: UInt32 = 0
    for at in stride(from: 0, to: buckets.count, by: 4) { last = max(last, buckets.uint32(at: at) ?? 0) }
    return last == 0 ? nil : Int(last)
  }

  /// The index behind the chain that begins at `start`: its last entry has the lowest bit set.
  private static func end(of start: Int, _ file: PlainFile, _ chains: Int, _ limit: Int) -> Int? {
    var index = start
    let block = 1_024
    while 4 * index < limit {
      guard let entries = file.bytes(at: chains + 4 * index, count: min(4 * block, (limit - 4 * index) / 4 * 4)), !entries.isEmpty else {
        return nil
      }
      for at in stride(from: 0, to: entries.count, by: 4) where (entries.uint32(at: at) ?? 1) & 1 == 1 { return index + at / 4 + 1 }
      index += entries.count / 4
    }
    return nil
  }

  /// Indices of the symbols whose hash is that of `name`, seldom more than one.
  func candidates(for name: ArraySlice<UInt8>) -> [Int] {
    let wanted = name.reduce(UInt32(5_381)) { $0 &* 33 &+ UInt32($1) }
    let bucketCount = buckets.count / 4
    guard bucketCount > 0, let bucket = buckets.uint32(at: 4 * Int(wanted % UInt32(bucketCount))).map(Int.init), bucket >= firstSymbol
    else {
      return []
    }
    var found: [Int] = []
    let start = bucket - firstSymbol
    // An honest chain has a few entries; a forged one shall not cost seconds.
    for index in start..<(start + 4_096) {
      guard let entry = chains.uint32(at: 4 * index) else { break }
      if entry | 1 == wanted | 1 { found.append(firstSymbol + index) }
      if entry & 1 == 1 { break }
    }
    return found
  }
}
