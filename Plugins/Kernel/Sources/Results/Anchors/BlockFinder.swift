// SPDX-License-Identifier: Apache-2.0

/// Finds blocks again in the text of a document as it is now.
///
/// Made once a text; each block costs no more than the places where its first line stands.
struct BlockFinder {
  /// What is known of a block from before.
  struct Block {
    var source: String
    var span: LineSpan
    var freshness: Freshness
  }

  struct Found: Hashable {
    var span: LineSpan
    var freshness: Freshness
  }

  /// A line that stands in more places than this is looked for near the old place alone.
  private static let mostPlaces = 2_000

  private let lines: [Substring]
  private var places: [Substring: [Int]] = [:]
  /// First lines, from 1, that blocks of the same text were found at.
  private var taken: [String: Set<Int>] = [:]

  init(_ text: String) {
    lines = BlockText.lines(of: text)
    for (index, line) in lines.enumerated() { places[BlockText.key(line), default: []].append(index + 1) }
  }

  /// Finds all blocks, given in the order of their lines.
  mutating func find(_ blocks: [Block]) -> [Found] {
    var found: [Found?] = []
    for block in blocks { found.append(exact(block)) }
    return blocks.indices.map { index in found[index] ?? guess(blocks[index], shift(near: index, blocks, found)) }
  }

  /// The place nearest to the old one where exactly these lines stand.
  private mutating func exact(_ block: Block) -> Found? {
    let wanted = BlockText.normalized(BlockText.lines(of: block.source))
    guard let start = wanted.firstIndex(where: { !$0.isEmpty }) else { return nil }
    let key = wanted.joined(separator: "\n")
    let used = taken[key] ?? []
    let old = block.span.first
    // Of two as near the earlier one.
    let candidates = (places[BlockText.key(wanted[start])] ?? []).map { $0 - start }
      .filter { $0 >= 1 && !used.contains($0) && $0 + wanted.count - 1 <= lines.count }
      .sorted { (abs($0 - old), $0) < (abs($1 - old), $1) }.prefix(Self.mostPlaces)
    guard let first = candidates.first(where: { matches(wanted, at: $0) }) else { return nil }
    taken[key, default: []].insert(first)
    return Found(span: LineSpan(first: first, last: first + wanted.count - 1), freshness: .fresh)
  }

  private func matches(_ wanted: [Substring], at first: Int) -> Bool {
    BlockText.normalized(lines[(first - 1)..<(first - 1 + wanted.count)]) == wanted
  }

  /// By how much the lines around have moved.
  private func shift(near index: Int, _ blocks: [Block], _ found: [Found?]) -> Int {
    for other in [index - 1, index + 1] where found.indices.contains(other) {
      if let place = found[other] { return place.span.first - blocks[other].span.first }
    }
    return 0
  }

  /// Not there as it was: changed where it stood, or gone. Where its neighbours went comes first; told edits have moved it by then.
  private func guess(_ block: Block, _ shift: Int) -> Found {
    for shift in shift == 0 ? [0] : [shift, 0] {
      guard let span = lines(of: block, movedBy: shift) else { continue }
      let here = Array(lines[(span.first - 1)..<span.last])
      // A selection within a line.
      if here.joined(separator: "\n").contains(block.source), !BlockText.key(Substring(block.source)).isEmpty {
        return Found(span: span, freshness: .fresh)
      }
      if Self.likeness(BlockText.lines(of: block.source), here) >= 0.5 { return Found(span: span, freshness: .edited) }
    }
    // It was known to be edited: whatever stands there now is what became of it.
    if block.freshness == .edited, let span = lines(of: block, movedBy: shift),
      lines[(span.first - 1)..<span.last].contains(where: { !BlockText.key($0).isEmpty })
    {
      return Found(span: span, freshness: .edited)
    }
    return Found(span: block.span, freshness: .orphaned)
  }

  private func lines(of block: Block, movedBy shift: Int) -> LineSpan? {
    let first = max(1, block.span.first + shift)
    let last = min(lines.count, block.span.last + shift)
    return first <= last ? LineSpan(first: first, last: last) : nil
  }

  /// 0 to 1: how many of the lines are there still, or how much of the text at both ends.
  private static func likeness(_ old: [Substring], _ new: [Substring]) -> Double {
    let keys = Set(new.map(BlockText.key).filter { !$0.isEmpty })
    let mine = old.map(BlockText.key).filter { !$0.isEmpty }
    let lines = Double(mine.count(where: keys.contains)) / Double(max(1, mine.count))
    let before = Array(mine.joined(separator: "\n").utf8)
    let after = Array(new.map(BlockText.key).filter { !$0.isEmpty }.joined(separator: "\n").utf8)
    let longest = max(1, before.count, after.count)
    let start = zip(before, after).prefix { $0 == $1 }.count
    let end = zip(before.reversed(), after.reversed()).prefix { $0 == $1 }.count
    return max(lines, Double(min(start + end, before.count, after.count)) / Double(longest))
  }
}
